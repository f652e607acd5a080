//! The bundle: everything a verifier needs, in one file that travels by network,
//! stick or code.
//!
//! ```cddl
//! bundle = {
//!   0: "local-card-bundle/1",
//!   1: bstr .size 32,                ; the root key, Ed25519
//!   2: bstr .cbor trust-list-token,  ; #6.18(COSE_Sign1), signed by the root
//!   3: [* bstr .cbor status-token],
//! }
//! ```
//! The bundle itself is not signed: every part of it is. The root key in it
//! proves nothing either; a verifier compares its fingerprint.

use minicbor::data::Type;
use thiserror::Error;

use crate::cbor::{self, CborError, Key, Strict};
use crate::keys::{KeyError, PublicKey};

/// Largest bundle, in bytes.
pub const MAX_LEN: usize = 33_554_432;
/// Most status lists in one bundle.
pub const MAX_LISTS: u64 = 1024;

const FORM: &str = "local-card-bundle/1";

/// A bundle taken apart; nothing in it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle<'a> {
    /// The root key that it claims.
    pub root: PublicKey,
    /// The signed trust list.
    pub trust_list: &'a [u8],
    /// The signed status lists.
    pub status_lists: Vec<&'a [u8]>,
}

/// Why bytes are not a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BundleError {
    /// Larger than [`MAX_LEN`].
    #[error("a bundle of {length} bytes")]
    TooLarge {
        /// Its length in bytes.
        length: usize,
    },
    /// Not strict CBOR, or not of the form.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Not a bundle, or one of another form.
    #[error("not a bundle of the form {FORM}")]
    OtherForm,
    /// A part is missing or of the wrong type.
    #[error("key {key} of the bundle is missing or has the wrong type")]
    Part {
        /// Its key.
        key: i64,
    },
    /// The root key is no key.
    #[error("the root key is no key: {0}")]
    Root(#[from] KeyError),
}

impl<'a> Bundle<'a> {
    /// Takes apart a bundle.
    ///
    /// # Errors
    /// What keeps `bytes` from being one.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BundleError> {
        if bytes.len() > MAX_LEN {
            return Err(BundleError::TooLarge { length: bytes.len() });
        }
        let mut decoder = Strict::parse(bytes)?.decoder();
        if !matches!(decoder.datatype(), Ok(Type::Map)) {
            return Err(BundleError::OtherForm);
        }
        let (mut form, mut root, mut trust_list, mut status_lists) = (None, None, None, None);
        cbor::read_map(&mut decoder, |key, value| {
            match key {
                Key::Int(0) => form = value.str().ok(),
                Key::Int(1) => root = Some(part(1, value.bytes())?),
                Key::Int(2) => trust_list = Some(part(2, value.bytes())?),
                Key::Int(3) => {
                    let mut lists = Vec::new();
                    cbor::read_array(value, MAX_LISTS, |d| {
                        lists.push(part(3, d.bytes())?);
                        Ok::<(), BundleError>(())
                    })?;
                    status_lists = Some(lists);
                }
                _ => cbor::skip(value)?,
            }
            Ok::<(), BundleError>(())
        })?;
        if form != Some(FORM) {
            return Err(BundleError::OtherForm);
        }
        Ok(Self {
            root: PublicKey::ed25519(root.ok_or(BundleError::Part { key: 1 })?)?,
            trust_list: trust_list.ok_or(BundleError::Part { key: 2 })?,
            status_lists: status_lists.ok_or(BundleError::Part { key: 3 })?,
        })
    }

    /// The bundle's bytes.
    #[must_use]
    pub fn to_cbor(&self) -> Vec<u8> {
        cbor::to_vec(|e| {
            e.map(4)?.u8(0)?.str(FORM)?.u8(1)?.bytes(&self.root.to_bytes())?;
            e.u8(2)?.bytes(self.trust_list)?;
            e.u8(3)?.array(u64::try_from(self.status_lists.len()).unwrap_or(u64::MAX))?;
            for list in &self.status_lists {
                e.bytes(list)?;
            }
            Ok(())
        })
    }
}

fn part(key: i64, bytes: Result<&[u8], minicbor::decode::Error>) -> Result<&[u8], BundleError> {
    bytes.map_err(|_| BundleError::Part { key })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Ed25519Signer, Signer as _};

    #[test]
    fn gives_back_what_was_written() {
        let root = Ed25519Signer::from_seed(&[1; 32]).public_key();
        let bundle = Bundle { root, trust_list: b"list", status_lists: vec![b"one", b"two"] };
        assert_eq!(Bundle::parse(&bundle.to_cbor()).unwrap(), bundle);
    }

    #[test]
    fn something_else_is_no_bundle() {
        assert_eq!(Bundle::parse(&[0x80]), Err(BundleError::OtherForm));
        assert_eq!(Bundle::parse(&[0xa0]), Err(BundleError::OtherForm));
        assert_eq!(Bundle::parse(b""), Err(BundleError::Cbor(CborError::Truncated { at: 0 })));
    }
}
