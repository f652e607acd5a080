//! The credential on a card: signed claims, packed for a QR code.

use core::fmt;

use thiserror::Error;

use crate::claims::{Claims, ClaimsError, Wrapping};
use crate::cose::{self, Algorithm, CoseError, KidPlace, Sign1, Tagging};
use crate::keys::{Kid, PublicKey, SignError, Signer};
use crate::qr_text::{self, Packing, TextError, Token};
use crate::unverified::{Unverified, Verified};

/// Why a text holds no credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The text holds no token.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The token is not a `COSE_Sign1` that this format reads.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// Its payload is not the claims set of a card.
    #[error(transparent)]
    Claims(#[from] ClaimsError),
}

impl ReadError {
    /// Whether this is some other code, rather than a card that is damaged or
    /// breaks a rule: a person then looks for the right code instead of
    /// scanning again.
    #[must_use]
    pub fn is_another_code(&self) -> bool {
        match self {
            Self::Text(error) => matches!(
                error,
                TextError::OtherAlphabet { .. } | TextError::Zlib(qr_text::ZlibError::NotZlib)
            ),
            Self::Cose(error) => {
                matches!(error, CoseError::OtherTag { .. } | CoseError::NotSign1 | CoseError::DetachedPayload)
            }
            Self::Claims(error) => matches!(error, ClaimsError::NotAMap | ClaimsError::NoIdentity),
        }
    }
}

/// What a credential on one of our cards is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Says who the holder is: it carries a name.
    Identity,
    /// Says what the card opens, with a face and no name.
    Service,
}

impl Kind {
    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Service => "service",
        }
    }
}

/// In which of the Claim 169 dialects a credential was written.
///
/// Displayed, it is `spec` for the specification's own profile, otherwise the
/// departures from it, joined by `+`: for what Inji prints,
/// `tag61+hex+bstr169+es256`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Tags around the `COSE_Sign1`.
    pub tagging: Tagging,
    /// Bytes or hexadecimal in the zlib stream.
    pub packing: Packing,
    /// How the identity map lies in the claims.
    pub wrapping: Wrapping,
    /// How it is signed.
    pub algorithm: Algorithm,
    /// Where the key id stands.
    pub kid_place: KidPlace,
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let departures = [
            match self.tagging {
                Tagging::Sign1 => None,
                Tagging::CwtSign1 => Some("tag61"),
                Tagging::None => Some("untagged"),
            },
            (self.packing == Packing::HexText).then_some("hex"),
            (self.wrapping == Wrapping::ByteString).then_some("bstr169"),
            match self.algorithm {
                Algorithm::EdDsa => None,
                Algorithm::Ed25519 => Some("ed25519"),
                Algorithm::Es256 => Some("es256"),
            },
            match self.kid_place {
                KidPlace::Protected => None,
                KidPlace::Unprotected => Some("unprotected-kid"),
                KidPlace::Absent => Some("no-kid"),
            },
        ];
        let mut any = false;
        for departure in departures.into_iter().flatten() {
            if any {
                f.write_str("+")?;
            }
            f.write_str(departure)?;
            any = true;
        }
        if any { Ok(()) } else { f.write_str("spec") }
    }
}

/// A credential taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credential<'a> {
    /// What it says.
    pub claims: Claims<'a>,
    /// How it was written.
    pub dialect: Dialect,
    sign1: Sign1<'a>,
}

impl<'a> Credential<'a> {
    /// Which key signed it, where it says.
    #[must_use]
    pub fn kid(&self) -> Option<Kid> {
        self.sign1.header.kid
    }

    /// What it is for: an identity credential carries a name.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.claims.identity.full_name {
            Some(_) => Kind::Identity,
            None => Kind::Service,
        }
    }

    /// The claims set as signed, in CBOR.
    #[must_use]
    pub fn payload(&self) -> &'a [u8] {
        self.sign1.payload
    }

    /// The bytes that the signature covers.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        self.sign1.signed_bytes()
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &'a [u8] {
        self.sign1.signature
    }
}

/// Takes apart the credential in a token.
///
/// # Errors
/// What keeps the token from being one.
pub fn parse(token: &Token) -> Result<Unverified<Credential<'_>>, ReadError> {
    let sign1 = Sign1::parse(&token.bytes)?;
    let (claims, wrapping) = Claims::parse(sign1.payload)?;
    let dialect = Dialect {
        tagging: sign1.tagging,
        packing: token.packing,
        wrapping,
        algorithm: sign1.header.algorithm,
        kid_place: sign1.header.kid_place,
    };
    Ok(Unverified::new(Credential { claims, dialect, sign1 }))
}

/// Why a credential was not verified: no key given made its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no key given made this signature")]
pub struct BadSignature;

impl<'a> Unverified<Credential<'a>> {
    /// Checks the signature against one key.
    ///
    /// # Errors
    /// The key did not make it.
    pub fn verify(self, key: &PublicKey) -> Result<Verified<Credential<'a>>, BadSignature> {
        let checked = self.dangerous_peek().sign1.check(key).ok_or(BadSignature)?;
        Ok(self.into_verified(&checked))
    }
}

/// A signed credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The `COSE_Sign1`.
    pub token: Vec<u8>,
}

impl Signed {
    /// The text for the QR code.
    #[must_use]
    pub fn qr_text(&self) -> String {
        qr_text::encode(&self.token)
    }
}

/// Signs the claims of a card in this format's own profile.
///
/// # Errors
/// What the signer says.
pub fn sign(claims: &Claims<'_>, signer: &dyn Signer) -> Result<Signed, SignError> {
    cose::sign(signer, None, &claims.to_cbor()).map(|token| Signed { token })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::Identity;
    use crate::keys::Ed25519Signer;

    #[test]
    fn a_credential_shows_what_was_signed_and_by_whom() {
        let signer = Ed25519Signer::from_seed(&[1; 32]);
        let claims = Claims {
            issuer: Some("https://city.example"),
            expires: None,
            not_before: None,
            issued_at: Some(1_770_000_000),
            scope: None,
            identity: Identity { full_name: Some("Ana Novak"), ..Identity::default() },
            status: None,
        };
        let token = qr_text::decode(&sign(&claims, &signer).unwrap().qr_text()).unwrap();
        let card = parse(&token).unwrap().verify(&signer.public_key()).unwrap();
        assert_eq!((card.claims, card.kind(), card.kid()), (claims, Kind::Identity, Some(signer.kid())));
        assert_eq!(card.payload(), claims.to_cbor());
        let key = signer.public_key();
        assert!(key.verify(Algorithm::EdDsa, &card.signed_bytes(), card.signature()));
        assert_eq!((Kind::Identity.as_str(), Kind::Service.as_str()), ("identity", "service"));
    }

    #[test]
    fn a_dialect_names_each_departure() {
        let own = Dialect {
            tagging: Tagging::Sign1,
            packing: Packing::Bytes,
            wrapping: Wrapping::Map,
            algorithm: Algorithm::EdDsa,
            kid_place: KidPlace::Protected,
        };
        assert_eq!(own.to_string(), "spec");
        let inji = Dialect {
            tagging: Tagging::CwtSign1,
            packing: Packing::HexText,
            wrapping: Wrapping::ByteString,
            algorithm: Algorithm::Es256,
            kid_place: KidPlace::Protected,
        };
        assert_eq!(inji.to_string(), "tag61+hex+bstr169+es256");
        let bare = Dialect {
            tagging: Tagging::None,
            algorithm: Algorithm::Ed25519,
            kid_place: KidPlace::Absent,
            ..own
        };
        assert_eq!(bare.to_string(), "untagged+ed25519+no-kid");
        assert_eq!(Dialect { kid_place: KidPlace::Unprotected, ..own }.to_string(), "unprotected-kid");
    }
}
