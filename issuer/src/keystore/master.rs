//! The master key: it wraps the keystore's other symmetric keys, so that opening the keystore works the passphrase
//! only once.
//!
//! ```text
//! master.key = "CCMK" 0x00 key[32]                                                     without a passphrase
//!            | "CCMK" 0x01 memory:u32 passes:u32 salt[16] nonce[24] wrapped[48]         with one
//! NAME.key   = "CCWK" nonce[24] wrapped[48]
//! ```
//! Numbers are big-endian; `wrapped` is XChaCha20-Poly1305 over 32 bytes, bound to what the key is for; the
//! passphrase goes through Argon2id.

use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use super::file::{read_private, write_new};
use super::passphrase::{Passphrase, PassphraseOf};
use super::{KeystoreError, record};
use crate::edge::random_bytes;

const MASTER: &[u8; 4] = b"CCMK";
const WRAPPED: &[u8; 4] = b"CCWK";
const MASTER_PURPOSE: &[u8] = b"master key";

/// The memory Argon2id takes, in KiB, and how often it goes over it.
const COST: Cost = Cost { memory: 64 * 1024, passes: 3 };

/// More than this is taken for damage: 4 GiB, 64 passes.
const HIGHEST_COST: Cost = Cost { memory: 4 * 1024 * 1024, passes: 64 };

struct Cost {
    memory: u32,
    passes: u32,
}

/// The key that wraps the others.
pub(super) struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    pub(super) fn create(path: &Path, passphrase: Option<&Passphrase>) -> Result<Self, KeystoreError> {
        let key = Zeroizing::new(random_bytes::<32>());
        let content = match passphrase {
            None => Zeroizing::new([MASTER.as_slice(), &[0], key.as_slice()].concat()),
            Some(passphrase) => {
                let salt = random_bytes::<16>();
                let outer = stretch(passphrase, &salt, &COST)
                    .ok_or_else(|| KeystoreError::Passphrase { path: path.to_owned() })?;
                let wrapped = record::wrap_key(&outer, &key, MASTER_PURPOSE);
                Zeroizing::new(
                    [
                        MASTER.as_slice(),
                        &[1],
                        &COST.memory.to_be_bytes(),
                        &COST.passes.to_be_bytes(),
                        &salt,
                        &wrapped,
                    ]
                    .concat(),
                )
            }
        };
        write_new(path, &content)?;
        Ok(Self(key))
    }

    pub(super) fn open(path: &Path, passphrase: Option<&Passphrase>) -> Result<Self, KeystoreError> {
        let content = read_private(path)?;
        let damaged = |fault| KeystoreError::Damaged { path: path.to_owned(), fault };
        let rest = content.strip_prefix(MASTER).ok_or(damaged("it is not a master key"))?;
        match (rest.split_first(), passphrase) {
            (Some((0, key)), None) => Ok(Self(Zeroizing::new(
                key.try_into().map_err(|_| damaged("it has not the length of a key"))?,
            ))),
            (Some((0, _)), Some(_)) => Err(KeystoreError::NotProtected { path: path.to_owned() }),
            (Some((1, _)), None) => Err(KeystoreError::PassphraseNeeded {
                path: path.to_owned(),
                variable: PassphraseOf::Keystore.variable(),
                credential: PassphraseOf::Keystore.credential(),
            }),
            (Some((1, protected)), Some(passphrase)) => {
                let (cost, salt, wrapped) =
                    parse_protected(protected).ok_or(damaged("it has not the form of a key"))?;
                let outer = stretch(passphrase, salt, &cost)
                    .ok_or_else(|| KeystoreError::Passphrase { path: path.to_owned() })?;
                record::unwrap_key(&outer, wrapped, MASTER_PURPOSE)
                    .map(Self)
                    .ok_or_else(|| KeystoreError::WrongPassphrase { path: path.to_owned() })
            }
            _ => Err(damaged("it was written by a newer program")),
        }
    }

    /// The key in this file, made when there is none.
    pub(super) fn key_at(&self, path: &Path, purpose: &str) -> Result<Zeroizing<[u8; 32]>, KeystoreError> {
        if let Some(key) = self.find_key_at(path, purpose)? {
            return Ok(key);
        }
        let key = Zeroizing::new(random_bytes::<32>());
        match self.put_key_at(path, &key, purpose) {
            Ok(()) => Ok(key),
            // Another process was faster: its key is the key.
            Err(KeystoreError::AlreadyThere { path }) => {
                self.find_key_at(&path, purpose)?.ok_or(KeystoreError::Missing { path })
            }
            Err(error) => Err(error),
        }
    }

    /// Keeps a key in a file that is not there yet.
    pub(super) fn put_key_at(
        &self,
        path: &Path,
        key: &Zeroizing<[u8; 32]>,
        purpose: &str,
    ) -> Result<(), KeystoreError> {
        let wrapped = record::wrap_key(&self.0, key, purpose.as_bytes());
        write_new(path, &[WRAPPED.as_slice(), &wrapped].concat())
    }

    /// The key in this file, if there is one.
    pub(super) fn find_key_at(
        &self,
        path: &Path,
        purpose: &str,
    ) -> Result<Option<Zeroizing<[u8; 32]>>, KeystoreError> {
        let content = match read_private(path) {
            Ok(content) => content,
            Err(KeystoreError::Missing { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        content
            .strip_prefix(WRAPPED)
            .and_then(|wrapped| record::unwrap_key(&self.0, wrapped, purpose.as_bytes()))
            .map(Some)
            .ok_or_else(|| KeystoreError::Damaged {
                path: path.to_owned(),
                fault: "it is not a key that this keystore made under this name",
            })
    }
}

fn parse_protected(rest: &[u8]) -> Option<(Cost, &[u8; 16], &[u8])> {
    let (memory, rest) = rest.split_first_chunk()?;
    let (passes, rest) = rest.split_first_chunk()?;
    let (salt, wrapped) = rest.split_first_chunk()?;
    let cost = Cost { memory: u32::from_be_bytes(*memory), passes: u32::from_be_bytes(*passes) };
    let sane = cost.memory <= HIGHEST_COST.memory && cost.passes <= HIGHEST_COST.passes;
    (sane && wrapped.len() == record::WRAPPED_LENGTH).then_some((cost, salt, wrapped))
}

fn stretch(passphrase: &Passphrase, salt: &[u8; 16], cost: &Cost) -> Option<Zeroizing<[u8; 32]>> {
    let params = Params::new(cost.memory, cost.passes, 1, Some(32)).ok()?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice())
        .ok()?;
    Some(key)
}
