//! The keystore: every secret of the city, in files of its own, never in the database.
//!
//! ```text
//! keys/master.key                  wraps the three kinds below; itself wrapped by the passphrase, when there is one
//! keys/destroy-by/2026-12-01.key   wraps the keys of all records due that day; destroyed when the day is past
//! keys/hold/ID.key               wraps the keys of records that a hold keeps beyond their day
//! keys/secret/NAME.key             for keyed hashes and the order of status indices
//! keys/signing/NAME.pem            Ed25519, PKCS#8, encrypted by the passphrase, when there is one
//! keys/signing/NAME.token          or where such a key is in a token (PKCS#11)
//! keys/root.pem                    the same; under a passphrase of its own, when there is one; or kept elsewhere
//! keys/root.pub                    its public half
//! keys/published                   the number of the last publication, by which an older database is found out
//! ```
//!
//! Each file is made whole or not at all, is never written over, and is refused when others than its owner may read
//! it.

mod destroy_by;
mod error;
mod file;
mod master;
mod opened;
mod passphrase;
mod published;
mod record;
mod signing;
#[cfg(feature = "pkcs11")]
mod token;

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

pub use destroy_by::{DestroyByKey, HOLD};
pub use error::KeystoreError;
pub(crate) use file::{destroy, read_private};
use master::MasterKey;
use opened::Opened;
pub use passphrase::{Passphrase, PassphraseError, PassphraseOf};
pub use record::{CannotOpen, Sealed, open_record, seal_record};
pub use signing::root_key_at;
#[cfg(feature = "pkcs11")]
pub use token::TokenSigner;

/// The keys of one city.
pub struct Keystore {
    dir: PathBuf,
    passphrase: Option<Passphrase>,
    master: MasterKey,
    opened: Opened,
}

impl Keystore {
    /// Makes an empty keystore in `dir`.
    ///
    /// # Errors
    /// When there is one, or it cannot be written.
    pub fn create(dir: &Path, passphrase: Option<Passphrase>) -> Result<Self, KeystoreError> {
        for part in ["", "signing", "destroy-by", "secret"] {
            file::make_private_dir(&dir.join(part))?;
        }
        let master = MasterKey::create(&dir.join("master.key"), passphrase.as_ref())?;
        Ok(Self { dir: dir.to_owned(), passphrase, master, opened: Opened::default() })
    }

    /// Opens the keystore in `dir`. With a passphrase this takes a moment on purpose.
    ///
    /// # Errors
    /// When there is none, its files may be read by others, or the passphrase is missing or wrong.
    pub fn open(dir: &Path, passphrase: Option<Passphrase>) -> Result<Self, KeystoreError> {
        let master = MasterKey::open(&dir.join("master.key"), passphrase.as_ref())?;
        Ok(Self { dir: dir.to_owned(), passphrase, master, opened: Opened::default() })
    }

    /// The secret of this name, made on first use.
    ///
    /// # Errors
    /// When the name is none, or the file cannot be read or made.
    pub fn secret(&self, name: &str) -> Result<Zeroizing<[u8; 32]>, KeystoreError> {
        let name = key_name(name)?;
        let path = self.dir.join("secret").join(format!("{name}.key"));
        self.master.key_at(&path, &format!("secret/{name}"))
    }

    /// Keeps a secret that was made elsewhere.
    ///
    /// # Errors
    /// When the name is none or taken, or the file cannot be made.
    pub fn put_secret(&self, name: &str, secret: &Zeroizing<[u8; 32]>) -> Result<(), KeystoreError> {
        let name = key_name(name)?;
        let path = self.dir.join("secret").join(format!("{name}.key"));
        self.master.put_key_at(&path, secret, &format!("secret/{name}"))
    }

    /// The secret of this name, if there is one.
    ///
    /// # Errors
    /// When the name is none, or the file cannot be read.
    pub fn find_secret(&self, name: &str) -> Result<Option<Zeroizing<[u8; 32]>>, KeystoreError> {
        let name = key_name(name)?;
        let path = self.dir.join("secret").join(format!("{name}.key"));
        self.master.find_key_at(&path, &format!("secret/{name}"))
    }

    /// Destroys the secret of this name, and says whether there was one.
    ///
    /// # Errors
    /// When the name is none, or the file cannot be overwritten or removed.
    pub fn forget_secret(&self, name: &str) -> Result<bool, KeystoreError> {
        let name = key_name(name)?;
        file::destroy(&self.dir.join("secret").join(format!("{name}.key")))
    }

    /// Seals something short under the secret of this name, bound to an id.
    ///
    /// # Errors
    /// As [`Keystore::secret`].
    pub fn seal(&self, name: &str, plaintext: &[u8], id: &str) -> Result<Vec<u8>, KeystoreError> {
        Ok(record::encrypt(&*self.secret(name)?, plaintext, &record::bound(name, id)))
    }

    /// Opens what [`Keystore::seal`] sealed; none when it was sealed under another name or id, or changed.
    ///
    /// # Errors
    /// As [`Keystore::secret`].
    pub fn open_sealed(
        &self,
        name: &str,
        sealed: &[u8],
        id: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, KeystoreError> {
        Ok(record::decrypt(&*self.secret(name)?, sealed, &record::bound(name, id)))
    }
}

impl std::fmt::Debug for Keystore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keystore({})", self.dir.display())
    }
}

/// A name that can be part of a file's name.
fn key_name(name: &str) -> Result<&str, KeystoreError> {
    let fits = (1..=64).contains(&name.len())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if fits { Ok(name) } else { Err(KeystoreError::BadName { name: name.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.into())
    }

    #[test]
    fn secrets_are_made_once_and_differ() {
        for given in [None, Some(passphrase("open sesame"))] {
            let dir = tempfile::tempdir().unwrap();
            let keys = dir.path().join("keys");
            let made = Keystore::create(&keys, given.clone()).unwrap();
            let order = made.secret("status-order").unwrap();
            assert_ne!(order, made.secret("recovery").unwrap());
            let opened = Keystore::open(&keys, given).unwrap();
            assert_eq!(opened.secret("status-order").unwrap(), order);
            for name in ["", "../root", "A", "a.b", "a/b"] {
                assert!(matches!(opened.secret(name), Err(KeystoreError::BadName { .. })));
            }
            let rights = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(rights(&keys), 0o700);
            assert_eq!(rights(&keys.join("master.key")), 0o600);
            let file = keys.join("secret/status-order.key");
            assert_eq!(rights(&file), 0o600);
            let kept = std::fs::read(&file).unwrap();
            assert!(!kept.windows(32).any(|window| window == order.as_slice()));
        }
    }

    #[test]
    fn a_forgotten_secret_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let keystore = Keystore::create(dir.path(), None).unwrap();
        assert_eq!(keystore.find_secret("duplicates-2026").unwrap(), None);
        let made = keystore.secret("duplicates-2026").unwrap();
        assert_eq!(keystore.find_secret("duplicates-2026").unwrap().as_ref(), Some(&made));
        assert!(keystore.forget_secret("duplicates-2026").unwrap());
        assert!(!keystore.forget_secret("duplicates-2026").unwrap());
        assert_eq!(keystore.find_secret("duplicates-2026").unwrap(), None);
        assert_ne!(keystore.secret("duplicates-2026").unwrap(), made, "made anew it is another");
    }

    #[test]
    fn the_passphrase_is_asked_for_and_checked() {
        let dir = tempfile::tempdir().unwrap();
        let keys = dir.path().join("keys");
        Keystore::create(&keys, Some(passphrase("right"))).unwrap();
        let wrong = Keystore::open(&keys, Some(passphrase("wrong"))).unwrap_err();
        assert!(matches!(wrong, KeystoreError::WrongPassphrase { .. }));
        let none = Keystore::open(&keys, None).unwrap_err();
        assert!(matches!(none, KeystoreError::PassphraseNeeded { .. }));
        assert!(none.to_string().contains("ISSUER_PASSPHRASE"));
        let twice = Keystore::create(&keys, Some(passphrase("right"))).unwrap_err();
        assert!(matches!(twice, KeystoreError::AlreadyThere { .. }));
        Keystore::open(&keys, Some(passphrase("right"))).unwrap();
    }

    #[test]
    fn a_passphrase_for_an_open_keystore_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        Keystore::create(dir.path(), None).unwrap();
        let error = Keystore::open(dir.path(), Some(passphrase("new"))).unwrap_err();
        assert!(matches!(error, KeystoreError::NotProtected { .. }));
    }

    #[test]
    fn files_that_others_may_read_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        Keystore::create(dir.path(), None).unwrap();
        let path = dir.path().join("master.key");
        for mode in [0o640, 0o604, 0o620] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let error = Keystore::open(dir.path(), None).unwrap_err().to_string();
            assert_eq!(
                error,
                format!(
                    "{path} has mode {mode:04o}, so others than its owner can get at the key; run: chmod 600 {path}",
                    path = path.display()
                )
            );
        }
    }

    #[test]
    fn a_damaged_master_key_is_told_from_a_wrong_passphrase() {
        let dir = tempfile::tempdir().unwrap();
        Keystore::create(dir.path(), Some(passphrase("right"))).unwrap();
        let path = dir.path().join("master.key");
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert!(matches!(
            Keystore::open(dir.path(), Some(passphrase("right"))),
            Err(KeystoreError::Damaged { .. })
        ));
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(
            Keystore::open(dir.path(), Some(passphrase("right"))),
            Err(KeystoreError::Missing { .. })
        ));
    }
}
