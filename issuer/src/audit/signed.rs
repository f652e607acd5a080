//! Short statements of the city, signed: receipts of destruction, checkpoints of the audit log.
//!
//! A `COSE_Sign1` whose payload is JSON, so that an expert of a court reads it without a program of ours. It is signed
//! by the city's key for status lists: its public half is in the trust list, certified by the root, so that anybody can
//! check a statement; and no event kit ever holds it. The `typ` in the protected header keeps a statement from being
//! taken for a status list, or one kind for another.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use shared::cose::{self, CoseError, Sign1};
use shared::keys::{PublicKey, Signer};

use crate::db::issuing_key::{IssuingKey, KeyUse};
use crate::{Error, Issuer, keys};

/// Why signed bytes are not what they are kept as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSigned {
    /// Not a `COSE_Sign1`.
    #[error(transparent)]
    Form(#[from] CoseError),
    /// Signed as something else.
    #[error("it was signed as something else")]
    Type,
    /// By a key that the city does not have.
    #[error("it names a key that is not the city's")]
    UnknownKey,
    /// The signature is not that key's.
    #[error("its signature is not good")]
    Signature,
    /// What was signed does not read.
    #[error("what was signed does not read")]
    Content,
}

/// Signs a statement of a kind.
///
/// # Errors
/// What the signer says.
pub(crate) fn sign<T: Serialize>(signer: &dyn Signer, kind: &str, statement: &T) -> Result<Vec<u8>, Error> {
    // A struct of texts and numbers always has a JSON form.
    let payload = serde_json::to_vec(statement).unwrap_or_default();
    Ok(cose::sign(signer, Some(kind), &payload)?)
}

/// What the next statement of a chain says of the one before.
pub(crate) fn digest(signed: &[u8]) -> String {
    shared::keys::hex(&Sha256::digest(signed))
}

/// The public halves of the keys that statements are signed with.
#[derive(Debug)]
pub(crate) struct Keys(HashMap<Vec<u8>, PublicKey>);

impl Keys {
    pub(crate) fn of(issuer: &Issuer) -> Result<Self, Error> {
        let all = issuer.db.read(|conn| Ok::<_, Error>(IssuingKey::all(conn)?))?;
        let mut known = HashMap::new();
        for key in all.iter().filter(|key| key.usage == KeyUse::Status) {
            // By the kid that the key itself makes: a row under another's kid is worth nothing.
            let public = keys::public_half(key)?;
            known.insert(public.kid().as_bytes().to_vec(), public);
        }
        Ok(Self(known))
    }

    /// These public halves alone.
    pub(crate) fn new(keys: impl IntoIterator<Item = PublicKey>) -> Self {
        Self(keys.into_iter().map(|key| (key.kid().as_bytes().to_vec(), key)).collect())
    }

    /// Takes a signed statement of a kind.
    pub(crate) fn open<T: DeserializeOwned>(&self, kind: &str, signed: &[u8]) -> Result<T, NotSigned> {
        let sign1 = Sign1::parse(signed)?;
        if sign1.header.typ != Some(kind) {
            return Err(NotSigned::Type);
        }
        let key = sign1.header.kid.and_then(|kid| self.0.get(kid.as_bytes())).ok_or(NotSigned::UnknownKey)?;
        if !key.verify(sign1.header.algorithm, &sign1.signed_bytes(), sign1.signature) {
            return Err(NotSigned::Signature);
        }
        serde_json::from_slice(sign1.payload).map_err(|_| NotSigned::Content)
    }
}
