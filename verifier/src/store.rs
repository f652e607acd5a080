//! What the verifier keeps: the city it trusts, in two files, and nothing about
//! anyone it checked.
//!
//! `trusted.cbor` is the newest bundle, put together from all bundles taken;
//! `root.txt` is the fingerprint of the pinned root, for people.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use shared::keys::Thumbprint;
use shared::trusted::{TrustError, Trusted, Update};
use thiserror::Error;

use crate::trust::take;

/// The verifier's folder.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// Tells one state of the folder from the next, without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    modified: SystemTime,
    length: u64,
}

/// What went wrong with the folder.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A file cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The bundle was not taken.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// What is kept does not fit together: damaged or tampered with.
    #[error("{}: what is kept here is damaged ({reason})", folder.display())]
    Damaged {
        /// The folder.
        folder: PathBuf,
        /// How.
        reason: String,
    },
}

impl Store {
    /// The store in `folder`, which need not exist yet.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The trusted state kept here, none before the first bundle.
    ///
    /// # Errors
    /// The files cannot be read or are damaged.
    pub fn load(&self) -> Result<Option<Trusted>, StoreError> {
        let Some(bundle) = Self::read(&self.bundle_path())? else { return Ok(None) };
        let pin_path = self.pin_path();
        let pin = Self::read(&pin_path)?.ok_or_else(|| self.damaged("root.txt is missing"))?;
        let pin = std::str::from_utf8(&pin)
            .ok()
            .and_then(|text| Thumbprint::parse(text.trim()))
            .ok_or_else(|| self.damaged("root.txt is not a fingerprint"))?;
        let (trusted, _) =
            Trusted::establish(&bundle, Some(pin)).map_err(|error| self.damaged(&error.to_string()))?;
        Ok(Some(trusted))
    }

    /// The stamp of what is kept here, none before the first bundle. Each bundle taken changes it.
    ///
    /// # Errors
    /// The folder cannot be looked into.
    pub fn stamp(&self) -> Result<Option<Stamp>, StoreError> {
        let path = self.bundle_path();
        let looked =
            fs::metadata(&path).and_then(|file| Ok(Stamp { modified: file.modified()?, length: file.len() }));
        match looked {
            Ok(stamp) => Ok(Some(stamp)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(file_error(&path, error)),
        }
    }

    /// Takes a bundle: the first one pins its root, later ones must move forward.
    ///
    /// # Errors
    /// The bundle was not taken, or the files cannot be written; what was kept
    /// before still stands.
    pub fn take(&self, bundle: &[u8], expected: Option<Thumbprint>) -> Result<(Trusted, Update), StoreError> {
        let (trusted, update) = take(self.load()?.as_ref(), bundle, expected)?;
        fs::create_dir_all(&self.folder).map_err(|error| file_error(&self.folder, error))?;
        // The pin first: a bundle without its pin would not load.
        self.write(&self.pin_path(), format!("{}\n", trusted.fingerprint()).as_bytes())?;
        self.write(&self.bundle_path(), &trusted.to_bundle())?;
        Ok((trusted, update))
    }

    fn bundle_path(&self) -> PathBuf {
        self.folder.join("trusted.cbor")
    }

    fn pin_path(&self) -> PathBuf {
        self.folder.join("root.txt")
    }

    fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
        match fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(file_error(path, error)),
        }
    }

    /// Old or new, never half: a file beside it, synced, then renamed over it.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let written = || {
            let mut beside = tempfile::NamedTempFile::new_in(&self.folder)?;
            beside.write_all(bytes)?;
            beside.as_file().sync_all()?;
            beside.persist(path).map_err(|error| error.error)?;
            fs::File::open(&self.folder)?.sync_all()
        };
        written().map_err(|error| file_error(path, error))
    }

    fn damaged(&self, reason: &str) -> StoreError {
        StoreError::Damaged { folder: self.folder.clone(), reason: reason.to_owned() }
    }
}

fn file_error(path: &Path, error: io::Error) -> StoreError {
    StoreError::File { path: path.to_owned(), error }
}
