//! Signing keys: Ed25519 as PKCS#8, which other programs read too.

use std::path::{Path, PathBuf};

use ed25519_dalek::pkcs8::spki::{DecodePublicKey as _, EncodePublicKey as _};
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes};
use ed25519_dalek::{SigningKey, VerifyingKey};
use pkcs8::der::SecretDocument;
use pkcs8::der::pem::{LineEnding, PemLabel};
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use zeroize::{Zeroize, Zeroizing};

use super::file::{read_private, write_new};
use super::passphrase::{Passphrase, PassphraseOf};
use super::{Keystore, KeystoreError, key_name};
use crate::edge::random_bytes;

/// scrypt's costs: 16 MiB, the most that OpenSSL reads without being told to.
const SCRYPT_LOG_N: u8 = 14;
const SCRYPT_R: u32 = 8;
const SCRYPT_P: u32 = 1;

/// What is wrong with a file that should say in which token a key is.
pub(super) const NO_URI: &str = "it is not a PKCS#11 URI";

impl Keystore {
    /// Keeps a new signing key, made from 32 random bytes.
    ///
    /// # Errors
    /// When the name is none or taken, or the file cannot be written.
    pub fn new_signing_key(
        &self,
        name: &str,
        seed: &Zeroizing<[u8; 32]>,
    ) -> Result<SigningKey, KeystoreError> {
        keep(&self.signing_path(name)?, seed, self.passphrase.as_ref())
    }

    /// The signing key of this name.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn signing_key(&self, name: &str) -> Result<SigningKey, KeystoreError> {
        let path = self.signing_path(name)?;
        let content = read_private(&path)?;
        let open = || opened(&path, &content, self.passphrase.as_ref(), PassphraseOf::Keystore);
        self.opened.key(&content, open)
    }

    /// Keeps a new root key, made from 32 random bytes, under a passphrase of its own or the keystore's.
    ///
    /// # Errors
    /// When there is one, or the file cannot be written.
    pub fn new_root_key(
        &self,
        seed: &Zeroizing<[u8; 32]>,
        passphrase: Option<&Passphrase>,
    ) -> Result<SigningKey, KeystoreError> {
        self.new_root_key_at(&self.root_path(), seed, passphrase)
    }

    /// Keeps a new root key in a file elsewhere; only its public half stays in the keystore.
    ///
    /// # Errors
    /// As [`Keystore::new_root_key`].
    pub fn new_root_key_at(
        &self,
        path: &Path,
        seed: &Zeroizing<[u8; 32]>,
        passphrase: Option<&Passphrase>,
    ) -> Result<SigningKey, KeystoreError> {
        let key = keep(path, seed, passphrase)?;
        self.keep_root_public(&key.verifying_key())?;
        Ok(key)
    }

    /// The root key.
    ///
    /// # Errors
    /// When it is not here, as when it is kept offline, or cannot be read.
    pub fn root_key(&self, passphrase: Option<&Passphrase>) -> Result<SigningKey, KeystoreError> {
        let key = root_key_at(&self.root_path(), passphrase)?;
        // A keystore of an earlier version of this program has no public half yet.
        if !self.root_public_path().exists() {
            self.keep_root_public(&key.verifying_key())?;
        }
        Ok(key)
    }

    /// Whether the root key lies here.
    #[must_use]
    pub fn has_root_key(&self) -> bool {
        self.root_path().exists()
    }

    /// The public half of the root key, wherever the key is.
    ///
    /// # Errors
    /// When the file is not there or cannot be read.
    pub fn root_public_key(&self) -> Result<VerifyingKey, KeystoreError> {
        let path = self.root_public_path();
        let content = read_private(&path)?;
        std::str::from_utf8(&content)
            .ok()
            .and_then(|pem| VerifyingKey::from_public_key_pem(pem).ok())
            .ok_or(KeystoreError::Damaged { path, fault: "it holds no Ed25519 public key" })
    }

    /// Keeps the public half of a root key that is elsewhere.
    ///
    /// # Errors
    /// When there is one, or the file cannot be written.
    pub fn keep_root_public(&self, key: &VerifyingKey) -> Result<(), KeystoreError> {
        let path = self.root_public_path();
        // An Ed25519 key always has a PEM form.
        write_new(&path, key.to_public_key_pem(LineEnding::LF).unwrap_or_default().as_bytes())
    }

    fn root_public_path(&self) -> PathBuf {
        self.dir.join("root.pub")
    }

    /// Whether the signing key of this name is in a token.
    ///
    /// # Errors
    /// When the name is none.
    pub fn is_in_token(&self, name: &str) -> Result<bool, KeystoreError> {
        Ok(self.token_path(name)?.exists())
    }

    /// The token that a key is in, as its PKCS#11 URI; none for a key in a file.
    ///
    /// # Errors
    /// When the name is none, or it cannot be read.
    pub fn token_of(&self, name: &str) -> Result<Option<String>, KeystoreError> {
        let path = self.token_path(name)?;
        path.exists().then(|| token_at(&path)).transpose()
    }

    /// The file that says in which token a key is.
    pub(super) fn token_path(&self, name: &str) -> Result<PathBuf, KeystoreError> {
        let name = key_name(name)?;
        Ok(self.dir.join("signing").join(format!("{name}.token")))
    }

    fn root_path(&self) -> PathBuf {
        self.dir.join("root.pem")
    }

    fn signing_path(&self, name: &str) -> Result<PathBuf, KeystoreError> {
        let name = key_name(name)?;
        Ok(self.dir.join("signing").join(format!("{name}.pem")))
    }
}

/// The PKCS#11 URI in a file.
pub(super) fn token_at(path: &Path) -> Result<String, KeystoreError> {
    let content = read_private(path)?;
    let uri = std::str::from_utf8(&content).map(|uri| uri.trim().to_owned());
    uri.map_err(|_| KeystoreError::Damaged { path: path.to_owned(), fault: NO_URI })
}

/// A root key in a file of its own.
///
/// # Errors
/// When it is not there or cannot be read.
pub fn root_key_at(path: &Path, passphrase: Option<&Passphrase>) -> Result<SigningKey, KeystoreError> {
    opened(path, &read_private(path)?, passphrase, PassphraseOf::Root)
}

fn keep(
    path: &Path,
    seed: &Zeroizing<[u8; 32]>,
    passphrase: Option<&Passphrase>,
) -> Result<SigningKey, KeystoreError> {
    // Without the public key inside, which OpenSSL 3.0 refuses to read.
    let mut pair = KeypairBytes { secret_key: **seed, public_key: None };
    let pem = match passphrase {
        None => pair.to_pkcs8_pem(LineEnding::LF).ok(),
        Some(passphrase) => encrypted_pem(&pair, passphrase),
    };
    pair.secret_key.zeroize();
    let pem = pem.ok_or_else(|| KeystoreError::Passphrase { path: path.to_owned() })?;
    write_new(path, pem.as_bytes())?;
    Ok(SigningKey::from_bytes(seed))
}

fn encrypted_pem(pair: &KeypairBytes, passphrase: &Passphrase) -> Option<Zeroizing<String>> {
    let costs = scrypt::Params::new(SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P).ok()?;
    let scheme =
        pbes2::Parameters::generate_scrypt_aes256cbc(costs, &random_bytes::<16>(), random_bytes::<16>())
            .ok()?;
    let plain = pair.to_pkcs8_der().ok()?;
    PrivateKeyInfoRef::try_from(plain.as_bytes())
        .ok()?
        .encrypt_with_params(scheme, passphrase.as_bytes())
        .ok()?
        .to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF)
        .ok()
}

/// The key in a file of this content.
fn opened(
    path: &Path,
    content: &[u8],
    passphrase: Option<&Passphrase>,
    of: PassphraseOf,
) -> Result<SigningKey, KeystoreError> {
    let damaged = |fault| KeystoreError::Damaged { path: path.to_owned(), fault };
    let pem = std::str::from_utf8(content).map_err(|_| damaged("it is not text"))?;
    let (label, document) = SecretDocument::from_pem(pem).map_err(|_| damaged("it is not a PEM file"))?;
    match (label, passphrase) {
        (PrivateKeyInfoRef::PEM_LABEL, None) => {
            SigningKey::from_pkcs8_der(document.as_bytes()).map_err(|_| damaged("it holds no Ed25519 key"))
        }
        (PrivateKeyInfoRef::PEM_LABEL, Some(_)) => Err(KeystoreError::NotProtected { path: path.to_owned() }),
        (EncryptedPrivateKeyInfoRef::PEM_LABEL, None) => Err(KeystoreError::PassphraseNeeded {
            path: path.to_owned(),
            variable: of.variable(),
            credential: of.credential(),
        }),
        (EncryptedPrivateKeyInfoRef::PEM_LABEL, Some(passphrase)) => {
            let sealed = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes())
                .map_err(|_| damaged("it holds no encrypted key"))?;
            // A wrong passphrase shows as bad padding, or rarely as good padding around nonsense.
            sealed
                .decrypt(passphrase.as_bytes())
                .ok()
                .and_then(|plain| SigningKey::from_pkcs8_der(plain.as_bytes()).ok())
                .ok_or_else(|| KeystoreError::WrongPassphrase { path: path.to_owned() })
        }
        _ => Err(damaged("it holds no private key")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.into())
    }

    fn seed() -> Zeroizing<[u8; 32]> {
        Zeroizing::new(random_bytes())
    }

    #[test]
    fn a_key_comes_back_and_is_never_written_over() {
        for given in [None, Some(passphrase("open sesame"))] {
            let dir = tempfile::tempdir().unwrap();
            let keystore = Keystore::create(dir.path(), given.clone()).unwrap();
            let made = keystore.new_signing_key("card-2026", &seed()).unwrap();
            assert!(matches!(
                keystore.new_signing_key("card-2026", &seed()),
                Err(KeystoreError::AlreadyThere { .. })
            ));
            let opened = Keystore::open(dir.path(), given.clone()).unwrap();
            assert_eq!(opened.signing_key("card-2026").unwrap(), made);
            assert!(matches!(opened.signing_key("card-2027"), Err(KeystoreError::Missing { .. })));
            let pem = std::fs::read_to_string(dir.path().join("signing/card-2026.pem")).unwrap();
            assert_eq!(pem.contains("ENCRYPTED"), given.is_some());
        }
    }

    #[test]
    fn the_root_key_has_a_passphrase_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let keystore = Keystore::create(dir.path(), None).unwrap();
        let root = Some(passphrase("root"));
        let made = keystore.new_root_key(&seed(), root.as_ref()).unwrap();
        assert_eq!(keystore.root_key(root.as_ref()).unwrap(), made);
        assert!(matches!(
            keystore.root_key(Some(&passphrase("common"))),
            Err(KeystoreError::WrongPassphrase { .. })
        ));
        let error = keystore.root_key(None).unwrap_err().to_string();
        assert!(error.contains("ISSUER_ROOT_PASSPHRASE"), "{error}");
    }

    #[test]
    fn of_a_root_key_elsewhere_only_the_public_half_is_here() {
        let dir = tempfile::tempdir().unwrap();
        let keystore = Keystore::create(&dir.path().join("keys"), None).unwrap();
        let path = dir.path().join("root.pem");
        let made = keystore.new_root_key_at(&path, &seed(), None).unwrap();
        assert!(!keystore.has_root_key());
        assert!(matches!(keystore.root_key(None), Err(KeystoreError::Missing { .. })));
        assert_eq!(keystore.root_public_key().unwrap(), made.verifying_key());
        assert_eq!(root_key_at(&path, None).unwrap(), made);
        // A keystore without the public half, from before there was one, gets it from the key.
        std::fs::copy(&path, keystore.root_path()).unwrap();
        std::fs::remove_file(keystore.root_public_path()).unwrap();
        keystore.root_key(None).unwrap();
        assert_eq!(keystore.root_public_key().unwrap(), made.verifying_key());
    }

    #[test]
    fn what_is_no_key_is_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let keystore = Keystore::create(dir.path(), None).unwrap();
        let path = keystore.signing_path("x").unwrap();
        for content in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            write_new(&path, content.as_bytes()).unwrap();
            assert!(matches!(keystore.signing_key("x"), Err(KeystoreError::Damaged { .. })));
            std::fs::remove_file(&path).unwrap();
        }
    }
}
