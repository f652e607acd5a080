//! `COSE_Sign1` (RFC 9052) as cards, lists and trust lists use it.
//!
//! ```cddl
//! COSE_Sign1 = [
//!   protected: bstr .cbor { 1: alg, ? 4: kid, ? 16: tstr / uint },
//!   unprotected: { ? 4: kid, * label => any },
//!   payload: bstr,
//!   signature: bstr,
//! ]
//! alg = -8 / -19 / -7      ; EdDSA, Ed25519 (RFC 9864), ES256
//! ```
//! The algorithm must be protected. `crit` is refused whatever it lists, since
//! no extension is understood. The external data is empty.

use minicbor::data::Type;
use minicbor::decode::Decoder;
use thiserror::Error;

use crate::cbor::{self, CborError, Key, Strict};
use crate::keys::{Kid, PublicKey, SignError, Signer};
use crate::unverified::SignatureIsGood;

/// The COSE tag for a single signer.
const TAG_SIGN1: u64 = 18;
/// The CWT tag (RFC 8392 section 6).
const TAG_CWT: u64 = 61;

const LABEL_ALG: i64 = 1;
const LABEL_CRIT: i64 = 2;
const LABEL_KID: i64 = 4;
const LABEL_TYPE: i64 = 16;

/// A signature algorithm of the COSE registry that this format reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// -8, `EdDSA`: with our keys this is Ed25519.
    EdDsa,
    /// -19, Ed25519 under its fully specified name (RFC 9864).
    Ed25519,
    /// -7, ECDSA on P-256 with SHA-256.
    Es256,
}

impl Algorithm {
    /// The registry's number.
    #[must_use]
    pub fn label(self) -> i64 {
        match self {
            Self::EdDsa => -8,
            Self::Ed25519 => -19,
            Self::Es256 => -7,
        }
    }

    fn from_label(label: i64) -> Result<Self, CoseError> {
        match label {
            -8 => Ok(Self::EdDsa),
            -19 => Ok(Self::Ed25519),
            -7 => Ok(Self::Es256),
            other => Err(CoseError::UnsupportedAlgorithm { label: other }),
        }
    }
}

/// Which tags stand around the `COSE_Sign1` array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tagging {
    /// Tag 18, as this format writes it.
    Sign1,
    /// Tag 61 around tag 18, as Inji writes it.
    CwtSign1,
    /// No tag.
    None,
}

/// Where the key id stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KidPlace {
    /// In the protected header, as this format writes it.
    Protected,
    /// In the unprotected header.
    Unprotected,
    /// Nowhere.
    Absent,
}

/// Why bytes are not a `COSE_Sign1` that this format reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CoseError {
    /// Not strict CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Another COSE object or another tag: encrypted, MAC, several signers.
    #[error("tag {tag} is not that of a COSE_Sign1")]
    OtherTag {
        /// The tag found.
        tag: u64,
    },
    /// Not the array of four that a `COSE_Sign1` is.
    #[error("not a COSE_Sign1")]
    NotSign1,
    /// The protected header is missing or carries no algorithm.
    #[error("no algorithm in the protected header")]
    NoAlgorithm,
    /// An algorithm outside [`Algorithm`].
    #[error("algorithm {label} is not supported")]
    UnsupportedAlgorithm {
        /// The registry's number.
        label: i64,
    },
    /// The `crit` header: it names what must be understood, and nothing is.
    #[error("a critical header parameter is not understood")]
    Critical,
    /// One parameter in both headers.
    #[error("header parameter {label} is both protected and unprotected")]
    InBothHeaders {
        /// Its label.
        label: i64,
    },
    /// A key id longer than [`Kid::MAX_LEN`].
    #[error("a key id of {length} bytes")]
    KidTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The payload travels elsewhere.
    #[error("the payload is detached")]
    DetachedPayload,
}

/// The header parameters that this format reads, from both headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// How it is signed.
    pub algorithm: Algorithm,
    /// Which key signed it, where said.
    pub kid: Option<Kid>,
    /// Where the key id stands.
    pub kid_place: KidPlace,
    /// What it is (RFC 9596), where said as text.
    pub typ: Option<&'a str>,
}

/// A `COSE_Sign1` taken apart, not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign1<'a> {
    /// The tags around it.
    pub tagging: Tagging,
    /// Its header.
    pub header: Header<'a>,
    /// What is signed.
    pub payload: &'a [u8],
    /// The signature, of any length: a wrong length fails the check.
    pub signature: &'a [u8],
    protected: &'a [u8],
}

impl<'a> Sign1<'a> {
    /// Takes apart one `COSE_Sign1` that fills `bytes`.
    ///
    /// # Errors
    /// What keeps it from being one.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CoseError> {
        let mut decoder = Strict::parse(bytes)?.decoder();
        let tagging = read_tags(&mut decoder)?;
        if !matches!(decoder.array(), Ok(Some(4))) {
            return Err(CoseError::NotSign1);
        }
        let protected = decoder.bytes().map_err(|_| CoseError::NotSign1)?;
        let mut parts = HeaderParts::default();
        if !protected.is_empty() {
            parts.read(&mut Strict::parse(protected)?.decoder(), true)?;
        }
        if !matches!(decoder.datatype(), Ok(Type::Map)) {
            return Err(CoseError::NotSign1);
        }
        parts.read(&mut decoder, false)?;
        if matches!(decoder.datatype(), Ok(Type::Null)) {
            return Err(CoseError::DetachedPayload);
        }
        let payload = decoder.bytes().map_err(|_| CoseError::NotSign1)?;
        let signature = decoder.bytes().map_err(|_| CoseError::NotSign1)?;
        Ok(Self { tagging, header: parts.finish()?, payload, signature, protected })
    }

    /// Whether `key` made the signature. An empty signature is never good.
    pub(crate) fn check(&self, key: &PublicKey) -> Option<SignatureIsGood> {
        key.check(self.header.algorithm, &sig_structure(self.protected, self.payload), self.signature)
    }

    /// The `Sig_structure` (RFC 9052 section 4.4) that the signature covers.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        sig_structure(self.protected, self.payload)
    }
}

/// Signs `payload`: tag 18, algorithm and key id protected, nothing unprotected.
///
/// # Errors
/// What the signer says.
pub fn sign(signer: &dyn Signer, typ: Option<&str>, payload: &[u8]) -> Result<Vec<u8>, SignError> {
    let protected = protected_header(signer, typ);
    let signature = signer.sign(&sig_structure(&protected, payload))?;
    Ok(cbor::to_vec(|e| {
        e.tag(minicbor::data::Tag::new(TAG_SIGN1))?
            .array(4)?
            .bytes(&protected)?
            .map(0)?
            .bytes(payload)?
            .bytes(&signature)?;
        Ok(())
    }))
}

fn protected_header(signer: &dyn Signer, typ: Option<&str>) -> Vec<u8> {
    cbor::to_vec(|e| {
        e.map(if typ.is_some() { 3 } else { 2 })?;
        e.i64(LABEL_ALG)?.i64(signer.algorithm().label())?;
        e.i64(LABEL_KID)?.bytes(signer.kid().as_bytes())?;
        if let Some(typ) = typ {
            e.i64(LABEL_TYPE)?.str(typ)?;
        }
        Ok(())
    })
}

fn sig_structure(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    cbor::to_vec(|e| {
        e.array(4)?.str("Signature1")?.bytes(protected)?.bytes(&[])?.bytes(payload)?;
        Ok(())
    })
}

fn read_tags(decoder: &mut Decoder<'_>) -> Result<Tagging, CoseError> {
    let mut tagging = Tagging::None;
    while matches!(decoder.datatype(), Ok(Type::Tag)) {
        let tag = cbor::read(decoder, Decoder::tag)?.as_u64();
        tagging = match (tagging, tag) {
            (Tagging::None, TAG_CWT) => Tagging::CwtSign1,
            (Tagging::None, TAG_SIGN1) => return Ok(Tagging::Sign1),
            (Tagging::CwtSign1, TAG_SIGN1) => return Ok(Tagging::CwtSign1),
            (_, tag) => return Err(CoseError::OtherTag { tag }),
        };
    }
    match tagging {
        Tagging::None => Ok(Tagging::None),
        _ => Err(CoseError::OtherTag { tag: TAG_CWT }),
    }
}

#[derive(Default)]
struct HeaderParts<'a> {
    algorithm: Option<Algorithm>,
    kid: Option<(Kid, bool)>,
    typ: Option<&'a str>,
}

impl<'a> HeaderParts<'a> {
    fn read(&mut self, decoder: &mut Decoder<'a>, protected: bool) -> Result<(), CoseError> {
        if !matches!(decoder.datatype(), Ok(Type::Map)) {
            return Err(CoseError::NotSign1);
        }
        cbor::read_map(decoder, |key, value| match key {
            Key::Int(LABEL_CRIT) => Err(CoseError::Critical),
            Key::Int(LABEL_ALG) if protected => {
                // A text algorithm is well-formed COSE, but none that we know.
                let label = value.i64().map_err(|_| CoseError::UnsupportedAlgorithm { label: 0 })?;
                self.algorithm = Some(Algorithm::from_label(label)?);
                Ok(())
            }
            Key::Int(LABEL_ALG) if self.algorithm.is_some() => {
                Err(CoseError::InBothHeaders { label: LABEL_ALG })
            }
            Key::Int(LABEL_KID) if self.kid.is_some() => Err(CoseError::InBothHeaders { label: LABEL_KID }),
            Key::Int(LABEL_KID) => {
                let bytes = cbor::read(value, Decoder::bytes)?;
                let kid = Kid::new(bytes).ok_or(CoseError::KidTooLong { length: bytes.len() })?;
                self.kid = Some((kid, protected));
                Ok(())
            }
            Key::Int(LABEL_TYPE) if protected && matches!(value.datatype(), Ok(Type::String)) => {
                self.typ = Some(cbor::read(value, Decoder::str)?);
                Ok(())
            }
            _ => Ok(cbor::skip(value)?),
        })
    }

    fn finish(self) -> Result<Header<'a>, CoseError> {
        Ok(Header {
            algorithm: self.algorithm.ok_or(CoseError::NoAlgorithm)?,
            kid: self.kid.map(|(kid, _)| kid),
            kid_place: match self.kid {
                Some((_, true)) => KidPlace::Protected,
                Some((_, false)) => KidPlace::Unprotected,
                None => KidPlace::Absent,
            },
            typ: self.typ,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Ed25519Signer;

    /// A `COSE_Sign1` without tags, of these two headers, a payload and no signature.
    fn with_headers(protected: &[u8], unprotected: &[u8]) -> Vec<u8> {
        let length = u8::try_from(protected.len()).unwrap();
        [&[0x84, 0x40 + length][..], protected, unprotected, &[0x41, 0x00, 0x40]].concat()
    }

    #[test]
    fn algorithms_have_the_numbers_of_the_registry() {
        for (algorithm, label) in [(Algorithm::EdDsa, -8), (Algorithm::Ed25519, -19), (Algorithm::Es256, -7)]
        {
            assert_eq!(algorithm.label(), label);
            assert_eq!(Algorithm::from_label(label), Ok(algorithm));
        }
        assert_eq!(Algorithm::from_label(8), Err(CoseError::UnsupportedAlgorithm { label: 8 }));
    }

    #[test]
    fn the_signature_is_over_the_signed_bytes() {
        let signer = Ed25519Signer::from_seed(&[1; 32]);
        let token = sign(&signer, None, b"payload").unwrap();
        let sign1 = Sign1::parse(&token).unwrap();
        let key = signer.public_key();
        assert!(key.verify(Algorithm::EdDsa, &sign1.signed_bytes(), sign1.signature));
        assert!(!key.verify(Algorithm::EdDsa, b"payload", sign1.signature));
    }

    #[test]
    fn an_algorithm_counts_in_the_protected_header_alone() {
        let in_unprotected = with_headers(&[], &[0xa1, 0x01, 0x27]);
        assert_eq!(Sign1::parse(&in_unprotected), Err(CoseError::NoAlgorithm));
        let in_both = with_headers(&[0xa1, 0x01, 0x27], &[0xa1, 0x01, 0x27]);
        assert_eq!(Sign1::parse(&in_both), Err(CoseError::InBothHeaders { label: 1 }));
    }

    #[test]
    fn a_type_counts_in_the_protected_header_and_as_text_alone() {
        let typ = |protected: &[u8], unprotected: &[u8]| {
            Sign1::parse(&with_headers(protected, unprotected))
                .map(|sign1| sign1.header.typ.map(str::to_owned))
        };
        assert_eq!(typ(&[0xa2, 0x01, 0x27, 0x10, 0x61, 0x74], &[0xa0]), Ok(Some("t".to_owned())));
        assert_eq!(typ(&[0xa1, 0x01, 0x27], &[0xa1, 0x10, 0x61, 0x74]), Ok(None));
        assert_eq!(typ(&[0xa2, 0x01, 0x27, 0x10, 0x18, 0x3d], &[0xa0]), Ok(None));
    }
}
