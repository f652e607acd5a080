//! What can go wrong with a key file, and what to do about it.

use std::path::PathBuf;

/// Why a key cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeystoreError {
    /// There is no such key.
    #[error("there is no key at {}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A key is never written over.
    #[error("there is a key at {} already, and keys are never written over", path.display())]
    AlreadyThere {
        /// The file.
        path: PathBuf,
    },
    /// Group or others have rights to the file.
    #[error(
        "{path} has mode {mode:04o}, so others than its owner can get at the key; run: chmod 600 {path}",
        path = path.display()
    )]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is encrypted and no passphrase was given.
    #[error(
        "{} is protected by a passphrase; give it with --passphrase-file, in {variable}, or as the systemd credential {credential}",
        path.display()
    )]
    PassphraseNeeded {
        /// The file.
        path: PathBuf,
        /// The environment variable to set.
        variable: &'static str,
        /// The systemd credential to set.
        credential: &'static str,
    },
    /// The passphrase given is not the one of this file.
    #[error("the passphrase is not the one that protects {}", path.display())]
    WrongPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// A passphrase was given, and the file is not encrypted: whoever gave it believes something that is not so.
    #[error(
        "a passphrase was given, but {} is not protected by one; leave the passphrase out",
        path.display()
    )]
    NotProtected {
        /// The file.
        path: PathBuf,
    },
    /// The file is not what was written.
    #[error("{} is damaged: {fault}; bring it back from a backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// A token did not do it.
    #[error("the token {token}: {fault}")]
    Token {
        /// The token.
        token: String,
        /// What is wrong, and what to do.
        fault: String,
    },
    /// A name that is not part of a file's name.
    #[error("{name:?} is no name for a key; use 1 to 64 of the characters a-z, 0-9 and -")]
    BadName {
        /// The name.
        name: String,
    },
    /// The file system refused.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The operating system has not the memory that protecting a key by a passphrase takes, or alike.
    #[error("cannot work the passphrase of {}", path.display())]
    Passphrase {
        /// The file.
        path: PathBuf,
    },
}
