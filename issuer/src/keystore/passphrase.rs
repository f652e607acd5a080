//! Where passphrases come from.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// A passphrase that protects key files.
#[derive(Clone)]
pub struct Passphrase(SecretString);

impl Passphrase {
    /// A passphrase that is at hand.
    #[must_use]
    pub fn new(text: SecretString) -> Self {
        Self(text)
    }

    /// Looks for a passphrase: in the file that was named on the command line, in the environment, and among the
    /// credentials that systemd hands over. `None` when there is none: the keys are not encrypted then.
    ///
    /// The root key's passphrase falls back to the common one, if the root key has none of its own.
    ///
    /// `environment` is [`std::env::var_os`].
    ///
    /// # Errors
    /// When a place that should hold one cannot be read, or holds an empty one.
    pub fn find(
        of: PassphraseOf,
        file: Option<&Path>,
        environment: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Self>, PassphraseError> {
        if let Some(path) = file {
            return read(path).map(Some);
        }
        if let Some(value) = environment(of.variable()) {
            let text = value
                .into_string()
                .map_err(|_| PassphraseError::NotText { place: of.variable().to_owned() })?;
            return parse(&Zeroizing::new(text), of.variable()).map(Some);
        }
        if let Some(dir) = environment("CREDENTIALS_DIRECTORY") {
            let path = PathBuf::from(dir).join(of.credential());
            if path.exists() {
                return read(&path).map(Some);
            }
        }
        match of {
            PassphraseOf::Keystore | PassphraseOf::Token | PassphraseOf::Kit => Ok(None),
            PassphraseOf::Root => Self::find(PassphraseOf::Keystore, None, environment),
        }
    }

    #[cfg(feature = "pkcs11")]
    pub(super) fn secret(&self) -> SecretString {
        self.0.clone()
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// What a passphrase protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassphraseOf {
    /// The keys the issuer works with.
    Keystore,
    /// The root key.
    Root,
    /// The token that holds issuing keys: its PIN.
    Token,
    /// The keys of an event kit that is made or brought home.
    Kit,
}

impl PassphraseOf {
    /// The environment variable that may hold it.
    #[must_use]
    pub fn variable(self) -> &'static str {
        match self {
            Self::Keystore => "ISSUER_PASSPHRASE",
            Self::Root => "ISSUER_ROOT_PASSPHRASE",
            Self::Token => "ISSUER_TOKEN_PIN",
            Self::Kit => "ISSUER_KIT_PASSPHRASE",
        }
    }

    /// The systemd credential that may hold it.
    #[must_use]
    pub fn credential(self) -> &'static str {
        match self {
            Self::Keystore => "issuer-passphrase",
            Self::Root => "issuer-root-passphrase",
            Self::Token => "issuer-token-pin",
            Self::Kit => "issuer-kit-passphrase",
        }
    }
}

/// Why a passphrase could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PassphraseError {
    /// The file cannot be read.
    #[error("cannot read the passphrase file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not UTF-8.
    #[error("the passphrase in {place} is not UTF-8 text")]
    NotText {
        /// The file or variable.
        place: String,
    },
    /// Nothing in it.
    #[error("the passphrase in {place} is empty; write one, or leave it out to keep the keys unencrypted")]
    Empty {
        /// The file or variable.
        place: String,
    },
}

fn read(path: &Path) -> Result<Passphrase, PassphraseError> {
    let place = path.display().to_string();
    let bytes =
        std::fs::read(path).map_err(|source| PassphraseError::Read { path: path.to_owned(), source })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        PassphraseError::NotText { place: place.clone() }
    })?;
    parse(&Zeroizing::new(text), &place)
}

/// An editor's line end is not part of the passphrase; all else is.
fn parse(text: &Zeroizing<String>, place: &str) -> Result<Passphrase, PassphraseError> {
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(PassphraseError::Empty { place: place.to_owned() });
    }
    Ok(Passphrase(line.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(
        of: PassphraseOf,
        file: Option<&Path>,
        variables: &[(&str, &str)],
    ) -> Result<Option<String>, PassphraseError> {
        let found = Passphrase::find(of, file, &|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        })?;
        Ok(found.map(|one| one.0.expose_secret().to_owned()))
    }

    #[test]
    fn the_command_line_goes_before_the_environment_before_systemd() {
        use PassphraseOf::{Keystore, Root};
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "from a file \r\n").unwrap();
        std::fs::write(dir.path().join("issuer-passphrase"), "from systemd").unwrap();
        let systemd = ("CREDENTIALS_DIRECTORY", dir.path().to_str().unwrap());
        let common = ("ISSUER_PASSPHRASE", "common");
        let root = ("ISSUER_ROOT_PASSPHRASE", "root");

        let text = |found: Result<Option<String>, PassphraseError>| found.unwrap();
        assert_eq!(text(find(Keystore, Some(&file), &[common])).as_deref(), Some("from a file "));
        assert_eq!(text(find(Keystore, None, &[common, systemd])).as_deref(), Some("common"));
        assert_eq!(text(find(Keystore, None, &[root, systemd])).as_deref(), Some("from systemd"));
        assert_eq!(text(find(Keystore, None, &[root])), None);
        assert_eq!(text(find(Root, None, &[common, root])).as_deref(), Some("root"));
        assert_eq!(text(find(Root, None, &[common])).as_deref(), Some("common"));
        assert_eq!(text(find(Root, None, &[systemd])).as_deref(), Some("from systemd"));
    }

    #[test]
    fn an_empty_or_missing_passphrase_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(
            find(PassphraseOf::Keystore, None, &[("ISSUER_PASSPHRASE", "")]),
            Err(PassphraseError::Empty { .. })
        ));
        assert!(matches!(
            find(PassphraseOf::Keystore, Some(&dir.path().join("none")), &[]),
            Err(PassphraseError::Read { .. })
        ));
    }

    #[test]
    fn it_is_not_printed() {
        let passphrase = Passphrase::new("hunter2".into());
        assert_eq!(format!("{passphrase:?}"), "Passphrase(…)");
    }
}
