//! Signing keys that a passphrase has opened: it costs a moment on purpose, which each card would wait for.
//!
//! What is remembered is bound to the bytes of the file, which is read each time: a key whose file is gone, or was changed, is
//! not had from here.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ed25519_dalek::SigningKey;
use sha2::{Digest as _, Sha256};

/// Keys that are remembered at most; a city signs with a few.
const MOST: usize = 64;

/// Opened keys, wiped when dropped.
#[derive(Default)]
pub(super) struct Opened(Mutex<Vec<([u8; 32], SigningKey)>>);

impl Opened {
    /// The key in a file of this content, opened by `open` if it was not before.
    pub(super) fn key<E>(
        &self,
        content: &[u8],
        open: impl FnOnce() -> Result<SigningKey, E>,
    ) -> Result<SigningKey, E> {
        let digest: [u8; 32] = Sha256::digest(content).into();
        let known = self.keys().iter().find(|(of, _)| *of == digest).map(|(_, key)| key.clone());
        if let Some(key) = known {
            return Ok(key);
        }
        let key = open()?;
        let mut keys = self.keys();
        if keys.len() >= MOST {
            keys.remove(0);
        }
        keys.push((digest, key.clone()));
        Ok(key)
    }

    fn keys(&self) -> MutexGuard<'_, Vec<([u8; 32], SigningKey)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_opened_once_and_another_file_is_another_key() {
        let opened = Opened::default();
        let key = |byte: u8| SigningKey::from_bytes(&[byte; 32]);
        assert_eq!(opened.key(b"one", || Ok::<_, ()>(key(1))), Ok(key(1)));
        assert_eq!(opened.key(b"one", || Err(())), Ok(key(1)));
        assert_eq!(opened.key(b"other", || Err(())), Err(()));
        for number in 0..=u8::try_from(MOST).unwrap() {
            opened.key(&[number], || Ok::<_, ()>(key(2))).unwrap();
        }
        assert_eq!(opened.key(b"one", || Err(())), Err(()), "the oldest is forgotten");
    }
}
