//! Sealing the personal data of one resident, so that destroying one key destroys it in every copy.
//!
//! ```text
//! sealed      = nonce[24] XChaCha20-Poly1305(record key, "record" 0 id, personal data)
//! wrapped key = nonce[24] XChaCha20-Poly1305(destroy-by key, "record key" 0 id, record key)
//! ```

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use chrono::NaiveDate;
use zeroize::Zeroizing;

use super::DestroyByKey;
use crate::edge::random_bytes;

const NONCE_LENGTH: usize = 24;

/// The length of a wrapped 32-byte key: nonce, key, tag.
pub(super) const WRAPPED_LENGTH: usize = NONCE_LENGTH + 32 + 16;

/// A sealed record and its wrapped key, as the database keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The day whose key opens it, and whose end destroys it.
    pub destroy_by: NaiveDate,
    /// The record, sealed under a key of its own.
    pub sealed: Vec<u8>,
    /// That key, wrapped by the destroy-by key.
    pub wrapped_key: Vec<u8>,
}

/// Seals a record, bound to the id it is kept under.
#[must_use]
pub fn seal_record(plaintext: &[u8], destroy_by_key: &DestroyByKey, id: &str) -> Sealed {
    let record_key = Zeroizing::new(random_bytes::<32>());
    Sealed {
        destroy_by: destroy_by_key.day(),
        sealed: encrypt(&record_key, plaintext, &bound("record", id)),
        wrapped_key: destroy_by_key.wrap(&record_key, id),
    }
}

/// Opens a record. What comes back is wiped when dropped.
///
/// # Errors
/// When this key is not the one it was sealed for, the id is another's, or it was changed.
pub fn open_record(
    sealed: &[u8],
    wrapped_key: &[u8],
    destroy_by_key: &DestroyByKey,
    id: &str,
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    let record_key = destroy_by_key.unwrap(wrapped_key, id)?;
    decrypt(&record_key, sealed, &bound("record", id)).ok_or(CannotOpen)
}

/// A record that does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record does not open: its key or its id is another's, or it was changed")]
pub struct CannotOpen;

/// Wraps a key: nonce and ciphertext, bound to a purpose.
pub(super) fn wrap_key(outer: &[u8; 32], key: &[u8; 32], purpose: &[u8]) -> Vec<u8> {
    encrypt(outer, key, purpose)
}

/// Unwraps a key, if it was wrapped by this outer key for this purpose.
pub(super) fn unwrap_key(outer: &[u8; 32], wrapped: &[u8], purpose: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let key = decrypt(outer, wrapped, purpose)?;
    key.as_slice().try_into().ok().map(Zeroizing::new)
}

pub(super) fn bound(what: &str, id: &str) -> Vec<u8> {
    [what.as_bytes(), &[0], id.as_bytes()].concat()
}

pub(super) fn encrypt(key: &[u8; 32], plaintext: &[u8], aad: &[u8]) -> Vec<u8> {
    let nonce = random_bytes::<NONCE_LENGTH>();
    #[expect(clippy::expect_used, reason = "it fails on 256 GiB and more, which no record has")]
    let ciphertext = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), Payload { msg: plaintext, aad })
        .expect("a record is short");
    [nonce.as_slice(), &ciphertext].concat()
}

pub(super) fn decrypt(key: &[u8; 32], sealed: &[u8], aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_LENGTH>()?;
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad })
        .ok()
        .map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(of: u32) -> DestroyByKey {
        let date = NaiveDate::from_ymd_opt(2026, 12, of).unwrap();
        DestroyByKey::new(date, Zeroizing::new(random_bytes()))
    }

    #[test]
    fn a_record_opens_with_its_key_and_its_id_alone() {
        let (key, other) = (day(1), day(1));
        let record = seal_record("Zoë Ångström".as_bytes(), &key, "id-1");
        assert_eq!(record.destroy_by, key.day());
        let open = |key, id| open_record(&record.sealed, &record.wrapped_key, key, id);
        assert_eq!(open(&key, "id-1").unwrap().as_slice(), "Zoë Ångström".as_bytes());
        assert_eq!(open(&other, "id-1"), Err(CannotOpen));
        assert_eq!(open(&key, "id-2"), Err(CannotOpen));
    }

    #[test]
    fn no_bit_can_be_changed_and_no_end_cut_off() {
        let key = day(2);
        let record = seal_record(b"personal", &key, "id-1");
        for at in 0..record.sealed.len() {
            let mut sealed = record.sealed.clone();
            sealed[at] ^= 1;
            assert!(open_record(&sealed, &record.wrapped_key, &key, "id-1").is_err());
            assert!(open_record(&record.sealed[..at], &record.wrapped_key, &key, "id-1").is_err());
        }
        for at in 0..record.wrapped_key.len() {
            let mut wrapped = record.wrapped_key.clone();
            wrapped[at] ^= 1;
            assert!(open_record(&record.sealed, &wrapped, &key, "id-1").is_err());
        }
    }

    #[test]
    fn the_same_record_never_looks_the_same() {
        let key = day(3);
        let (one, other) = (seal_record(b"personal", &key, "id-1"), seal_record(b"personal", &key, "id-1"));
        assert_ne!(one.sealed, other.sealed);
        assert_ne!(one.wrapped_key, other.wrapped_key);
        assert_eq!(one.wrapped_key.len(), WRAPPED_LENGTH);
    }
}
