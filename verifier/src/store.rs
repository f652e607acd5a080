//! What the verifier keeps: the city it trusts, in two files, and nothing about
//! anyone it checked.
//!
//! `trusted.cbor` is the newest bundle, put together from all bundles taken;
//! `root.txt` is the fingerprint of the pinned root, for people. `lock` is empty:
//! whoever takes a bundle holds it.

use std::fs::{self, File};
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
    bundle: FileStamp,
    pin: Option<FileStamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileStamp {
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
    #[error("{}: what is kept here is damaged ({reason}); load the city's bundle again: \
        verifier trust --bundle FILE --root FINGERPRINT", folder.display())]
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
        match self.pin() {
            Ok(Some(pin)) => self.load_under(pin),
            Ok(None) if self.stamp()?.is_none() => Ok(None),
            Ok(None) => Err(self.damaged("root.txt is missing")),
            Err(error) => Err(error),
        }
    }

    fn load_under(&self, root: Thumbprint) -> Result<Option<Trusted>, StoreError> {
        let Some(bundle) = Self::read(&self.bundle_path())? else { return Ok(None) };
        let established = Trusted::establish(&bundle, Some(root));
        established.map(|(trusted, _)| Some(trusted)).map_err(|error| self.damaged(&error.to_string()))
    }

    /// The bundle kept here, as it lies there: nothing in it is checked.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn bundle(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Self::read(&self.bundle_path())
    }

    /// The stamp of what is kept here, none before the first bundle. Each bundle taken changes it.
    ///
    /// # Errors
    /// The folder cannot be looked into.
    pub fn stamp(&self) -> Result<Option<Stamp>, StoreError> {
        let Some(bundle) = FileStamp::of(&self.bundle_path())? else { return Ok(None) };
        Ok(Some(Stamp { bundle, pin: FileStamp::of(&self.pin_path())? }))
    }

    /// Takes a bundle: the first one pins its root, later ones must move forward. What is damaged here is replaced
    /// by a good bundle of the root that is pinned or expected.
    ///
    /// # Errors
    /// The bundle was not taken, or the files cannot be written; what was kept
    /// before still stands.
    pub fn take(&self, bundle: &[u8], expected: Option<Thumbprint>) -> Result<(Trusted, Update), StoreError> {
        // What is refused leaves nothing behind, not even a folder. What is kept already asks for no writing.
        let (trusted, update, is_kept) = self.judge(bundle, expected)?;
        if is_kept {
            return Ok((trusted, update));
        }
        fs::create_dir_all(&self.folder).map_err(|error| file_error(&self.folder, error))?;
        let _alone = self.lock()?;
        // Another verifier may have taken a newer one meanwhile.
        let (trusted, update, is_kept) = self.judge(bundle, expected)?;
        if !is_kept {
            // The pin first: a bundle without its pin would not load.
            self.write(&self.pin_path(), format!("{}\n", trusted.fingerprint()).as_bytes())?;
            self.write(&self.bundle_path(), &trusted.to_bundle())?;
        }
        Ok((trusted, update))
    }

    /// What taking a bundle would give, and whether that is kept here already.
    fn judge(
        &self,
        bundle: &[u8],
        expected: Option<Thumbprint>,
    ) -> Result<(Trusted, Update, bool), StoreError> {
        let pinned = match self.pin() {
            // A damaged pin gives way to the root that a person names.
            Err(StoreError::Damaged { .. }) if expected.is_some() => None,
            pinned => pinned?,
        };
        let held = match pinned.or(expected).map(|root| self.load_under(root)) {
            None => self.load()?,
            Some(Err(StoreError::Damaged { .. })) => None,
            Some(loaded) => loaded?,
        };
        let (trusted, update) = take(held.as_ref(), bundle, expected.or(pinned))?;
        let found = trusted.fingerprint();
        if let Some(pinned) = pinned.filter(|pinned| *pinned != found) {
            return Err(TrustError::OtherRoot { pinned, found }.into());
        }
        let is_whole = held.is_some() && pinned.is_some();
        let is_kept =
            is_whole && update.sequence_before == Some(update.sequence) && update.lists_changed == 0;
        Ok((trusted, update, is_kept))
    }

    /// Keeps other verifiers from taking a bundle at the same time, until it is dropped.
    fn lock(&self) -> Result<Option<File>, StoreError> {
        let path = self.folder.join("lock");
        let locked = || {
            let file = File::options().create(true).append(true).open(&path)?;
            match file.lock() {
                Ok(()) => Ok(Some(file)),
                // A file system without locks: writing is atomic all the same.
                Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
                Err(error) => Err(error),
            }
        };
        locked().map_err(|error| file_error(&path, error))
    }

    /// The root that is pinned here.
    ///
    /// # Errors
    /// The file cannot be read, or holds no fingerprint.
    pub fn pin(&self) -> Result<Option<Thumbprint>, StoreError> {
        let Some(pin) = Self::read(&self.pin_path())? else { return Ok(None) };
        let pin = std::str::from_utf8(&pin).ok().and_then(|text| Thumbprint::parse(text.trim()));
        pin.map(Some).ok_or_else(|| self.damaged("root.txt is not a fingerprint"))
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
            File::open(&self.folder)?.sync_all()
        };
        written().map_err(|error| file_error(path, error))
    }

    fn damaged(&self, reason: &str) -> StoreError {
        StoreError::Damaged { folder: self.folder.clone(), reason: reason.to_owned() }
    }
}

impl FileStamp {
    fn of(path: &Path) -> Result<Option<Self>, StoreError> {
        let looked =
            fs::metadata(path).and_then(|file| Ok(Self { modified: file.modified()?, length: file.len() }));
        match looked {
            Ok(stamp) => Ok(Some(stamp)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(file_error(path, error)),
        }
    }
}

fn file_error(path: &Path, error: io::Error) -> StoreError {
    StoreError::File { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests;
