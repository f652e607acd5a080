//! Keys: what signs, what checks, and how a key is named.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use p256::ecdsa::signature::Verifier as _;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::cbor;
use crate::cose::Algorithm;
use crate::unverified::SignatureIsGood;

/// A key id as COSE carries it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kid {
    bytes: [u8; Self::MAX_LEN],
    length: u8,
}

impl Kid {
    /// Longest key id read, in bytes.
    pub const MAX_LEN: usize = 64;
    /// Length of the key ids that this format makes, in bytes.
    pub const OWN_LEN: usize = 8;

    /// A key id of at most [`MAX_LEN`](Self::MAX_LEN) bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let length = u8::try_from(bytes.len()).ok()?;
        let mut held = [0; Self::MAX_LEN];
        held.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Self { bytes: held, length })
    }

    /// The bytes as they stand in the header.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// Whether a card that carries `self` means the key named `listed`: the
    /// same bytes, or (Inji) the base64url text of them.
    #[must_use]
    pub fn names(&self, listed: &Self) -> bool {
        self == listed || {
            let mut text = [0; Self::MAX_LEN * 2];
            Base64UrlUnpadded::encode(listed.as_bytes(), &mut text)
                .is_ok_and(|text| text.as_bytes() == self.as_bytes())
        }
    }

    /// Lower-case hexadecimal.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex(self.as_bytes())
    }

    /// From hexadecimal, either case.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        Self::new(&unhex(text)?)
    }
}

impl core::fmt::Debug for Kid {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Kid({})", self.to_hex())
    }
}

/// A public key of one of the kinds that this format checks with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// Ed25519 (RFC 8032).
    Ed25519(Box<VerifyingKey>),
    /// NIST P-256.
    P256(Box<p256::ecdsa::VerifyingKey>),
}

/// Why bytes are not a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not the length that the curve has.
    #[error("a key of {length} bytes")]
    Length {
        /// Length in bytes.
        length: usize,
    },
    /// Not a point of the curve.
    #[error("not a point of the curve")]
    NotAPoint,
    /// A point of small order: anyone can sign for it.
    #[error("a weak key, for which anyone can sign")]
    Weak,
}

impl PublicKey {
    /// An Ed25519 key from its 32 bytes. Keys of small order are refused.
    ///
    /// # Errors
    /// Wrong length, not a point, or weak.
    pub fn ed25519(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| KeyError::Length { length: bytes.len() })?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAPoint)?;
        if key.is_weak() {
            return Err(KeyError::Weak);
        }
        Ok(Self::Ed25519(Box::new(key)))
    }

    /// A P-256 key from a SEC 1 point, compressed or not.
    ///
    /// # Errors
    /// Wrong length or not a point.
    pub fn p256(sec1: &[u8]) -> Result<Self, KeyError> {
        if !matches!(sec1.len(), 33 | 65) {
            return Err(KeyError::Length { length: sec1.len() });
        }
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(sec1).map_err(|_| KeyError::NotAPoint)?;
        Ok(Self::P256(Box::new(key)))
    }

    /// The bytes that [`ed25519`](Self::ed25519) or [`p256`](Self::p256) take back.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.to_bytes().to_vec(),
            Self::P256(key) => key.to_sec1_point(true).as_bytes().to_vec(),
        }
    }

    /// The COSE Key Thumbprint (RFC 9679) with SHA-256.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let cose_key = match self {
            Self::Ed25519(key) => cbor::to_vec(|e| {
                e.map(3)?.i8(1)?.u8(1)?.i8(-1)?.u8(6)?.i8(-2)?.bytes(key.as_bytes())?;
                Ok(())
            }),
            Self::P256(key) => cbor::to_vec(|e| {
                let point = key.to_sec1_point(false);
                let (x, y) =
                    point.as_bytes().get(1..).unwrap_or_default().split_at_checked(32).unwrap_or_default();
                e.map(4)?.i8(1)?.u8(2)?.i8(-1)?.u8(1)?.i8(-2)?.bytes(x)?.i8(-3)?.bytes(y)?;
                Ok(())
            }),
        };
        Thumbprint(Sha256::digest(cose_key).into())
    }

    /// The key id of this format: the first bytes of the thumbprint.
    #[must_use]
    pub fn kid(&self) -> Kid {
        self.thumbprint().kid()
    }

    /// Whether this key made `signature` over `message`, strictly: Ed25519 by
    /// `verify_strict` only.
    #[must_use]
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.check(algorithm, message, signature).is_some()
    }

    /// As [`verify`](Self::verify); a good signature comes with its proof.
    pub(crate) fn check(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Option<SignatureIsGood> {
        let good = match (self, algorithm) {
            (Self::Ed25519(key), Algorithm::EdDsa | Algorithm::Ed25519) => {
                let signature = Signature::from_slice(signature).ok()?;
                key.verify_strict(message, &signature).is_ok()
            }
            (Self::P256(key), Algorithm::Es256) => {
                let signature = p256::ecdsa::Signature::from_slice(signature).ok()?;
                key.verify(message, &signature).is_ok()
            }
            _ => false,
        };
        good.then(SignatureIsGood::attest)
    }
}

/// The SHA-256 COSE Key Thumbprint of a key. Of a root key it is the
/// fingerprint that a verifier pins.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// From 64 hexadecimal digits; spaces, colons and hyphens between them do
    /// not count.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | ':' | '-')).collect();
        unhex(&digits)?.try_into().ok().map(Self)
    }

    /// From the raw hash.
    #[must_use]
    pub fn from_bytes(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The raw hash.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn kid(&self) -> Kid {
        let mut bytes = [0; Kid::MAX_LEN];
        for (held, byte) in bytes.iter_mut().zip(self.0.iter().take(Kid::OWN_LEN)) {
            *held = *byte;
        }
        Kid { bytes, length: 8 }
    }
}

/// Sixteen groups of four digits.
impl core::fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (place, pair) in self.0.chunks(2).enumerate() {
            if place > 0 {
                f.write_str("-")?;
            }
            f.write_str(&hex(pair))?;
        }
        Ok(())
    }
}

impl core::fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Thumbprint({self})")
    }
}

/// Why a signer did not sign.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignError {
    /// The key store or token is not there now; trying again may help.
    #[error("the signing key is out of reach: {reason}")]
    Unavailable {
        /// What the store or token said.
        reason: String,
    },
}

/// What signs: a key in memory now, a key in a token later.
pub trait Signer {
    /// Its public key.
    fn public_key(&self) -> PublicKey;
    /// The key id that goes into the header.
    fn kid(&self) -> Kid;
    /// The algorithm that goes into the header.
    fn algorithm(&self) -> Algorithm;
    /// Signs.
    ///
    /// # Errors
    /// The key is out of reach.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError>;
}

/// An Ed25519 key held in memory; its secret is wiped when it is dropped.
pub struct Ed25519Signer {
    key: SigningKey,
    kid: Kid,
}

impl Ed25519Signer {
    /// A signer with this key.
    #[must_use]
    pub fn new(key: SigningKey) -> Self {
        let kid = PublicKey::Ed25519(Box::new(key.verifying_key())).kid();
        Self { key, kid }
    }

    /// A signer from the 32 secret bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self::new(SigningKey::from_bytes(seed))
    }
}

impl Signer for Ed25519Signer {
    fn public_key(&self) -> PublicKey {
        PublicKey::Ed25519(Box::new(self.key.verifying_key()))
    }

    fn kid(&self) -> Kid {
        self.kid
    }

    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDsa
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        Ok(self.key.sign(message).to_bytes())
    }
}

impl core::fmt::Debug for Ed25519Signer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Ed25519Signer").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

/// Bytes from hexadecimal in either case.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    base16ct::mixed::decode_vec(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_key_is_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::ed25519(&identity), Err(KeyError::Weak));
        assert_eq!(PublicKey::ed25519(&[0; 31]), Err(KeyError::Length { length: 31 }));
        assert_eq!(PublicKey::p256(&[4; 65]), Err(KeyError::NotAPoint));
    }

    #[test]
    fn a_kid_is_the_start_of_the_thumbprint() {
        let signer = Ed25519Signer::from_seed(&[7; 32]);
        let thumbprint = signer.public_key().thumbprint();
        assert_eq!(signer.kid().as_bytes(), &thumbprint.as_bytes()[..8]);
        assert_eq!(Kid::from_hex(&signer.kid().to_hex()), Some(signer.kid()));
    }

    #[test]
    fn a_fingerprint_is_read_back_however_it_is_grouped() {
        let thumbprint = Ed25519Signer::from_seed(&[7; 32]).public_key().thumbprint();
        let printed = thumbprint.to_string();
        assert_eq!(printed.len(), 64 + 15);
        assert_eq!(Thumbprint::parse(&printed), Some(thumbprint));
        assert_eq!(Thumbprint::parse(&printed.replace('-', "").to_uppercase()), Some(thumbprint));
        assert_eq!(Thumbprint::parse(&printed[1..]), None);
    }

    #[test]
    fn a_text_kid_names_the_key_whose_bytes_it_spells() {
        let listed = Kid::new(&[0x4d, 0x40, 0xcb]).unwrap();
        assert!(Kid::new(b"TUDL").unwrap().names(&listed));
        assert!(listed.names(&listed));
        assert!(!Kid::new(b"TUDM").unwrap().names(&listed));
    }

    #[test]
    fn debugged_they_show_names_and_no_secret() {
        let signer = Ed25519Signer::from_seed(&[7; 32]);
        let (kid, thumbprint) = (signer.kid(), signer.public_key().thumbprint());
        assert_eq!(format!("{kid:?}"), format!("Kid({})", kid.to_hex()));
        assert_eq!(format!("{thumbprint:?}"), format!("Thumbprint({thumbprint})"));
        assert_eq!(format!("{signer:?}"), format!("Ed25519Signer {{ kid: {kid:?}, .. }}"));
    }

    #[test]
    fn a_thumbprint_is_over_the_cose_key() {
        // The generator of P-256, whose coordinates every standard gives.
        let [x, y] = [
            "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        ]
        .map(|coordinate| unhex(coordinate).unwrap());
        let key = PublicKey::p256(&[&[4][..], &x, &y].concat()).unwrap();
        let head = [0xa4, 0x01, 0x02, 0x20, 0x01, 0x21, 0x58, 0x20];
        let cose_key = [&head[..], &x, &[0x22, 0x58, 0x20], &y].concat();
        assert_eq!(key.thumbprint().as_bytes()[..], Sha256::digest(cose_key)[..]);

        let key = Ed25519Signer::from_seed(&[7; 32]).public_key();
        let head = [0xa3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20];
        let cose_key = [&head[..], &key.to_bytes()].concat();
        assert_eq!(key.thumbprint().as_bytes()[..], Sha256::digest(cose_key)[..]);
    }
}
