//! What signs: a key from a file of the keystore, or one that never leaves its token.

use shared::cose::Algorithm;
use shared::keys::{Ed25519Signer, Kid, PublicKey, SignError, Signer};

use super::Place;
use crate::{Error, Issuer, edge};

/// An issuing key that signs.
#[derive(Debug)]
#[non_exhaustive]
pub enum IssuingSigner {
    /// From a file of the keystore.
    File(Ed25519Signer),
    /// In a token.
    #[cfg(feature = "pkcs11")]
    Token(crate::keystore::TokenSigner),
}

impl IssuingSigner {
    fn inner(&self) -> &dyn Signer {
        match self {
            Self::File(signer) => signer,
            #[cfg(feature = "pkcs11")]
            Self::Token(signer) => signer,
        }
    }
}

impl Signer for IssuingSigner {
    fn public_key(&self) -> PublicKey {
        self.inner().public_key()
    }

    fn kid(&self) -> Kid {
        self.inner().kid()
    }

    fn algorithm(&self) -> Algorithm {
        self.inner().algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        self.inner().sign(message)
    }
}

/// Makes the secret half of a key and keeps it.
pub(super) fn make(issuer: &Issuer, place: Place<'_>) -> Result<IssuingSigner, Error> {
    match place {
        Place::File => {
            let seed = zeroize::Zeroizing::new(edge::random_bytes::<32>());
            let signer = Ed25519Signer::from_seed(&seed);
            issuer.keystore.new_signing_key(&signer.kid().to_hex(), &seed)?;
            Ok(IssuingSigner::File(signer))
        }
        #[cfg(feature = "pkcs11")]
        Place::Token(uri) => Ok(IssuingSigner::Token(issuer.keystore.new_token_key(uri)?)),
        #[cfg(not(feature = "pkcs11"))]
        Place::Token(_) => Err(Error::Refused(NO_TOKENS.to_owned())),
    }
}

/// Opens the secret half of a key.
pub(super) fn open(issuer: &Issuer, kid: &str) -> Result<IssuingSigner, Error> {
    if issuer.keystore.is_in_token(kid)? {
        #[cfg(feature = "pkcs11")]
        return Ok(IssuingSigner::Token(issuer.keystore.token_key(kid)?));
        #[cfg(not(feature = "pkcs11"))]
        return Err(Error::Refused(format!("the key {kid} is in a token; {NO_TOKENS}")));
    }
    Ok(IssuingSigner::File(Ed25519Signer::new(issuer.keystore.signing_key(kid)?)))
}

#[cfg(not(feature = "pkcs11"))]
const NO_TOKENS: &str = "this program was built without tokens; build it with --features pkcs11";
