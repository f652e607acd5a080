//! Files that others rely on: old or new, never half.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::Error;

/// Writes a file beside the old one, syncs it, and puts it in its place.
///
/// # Errors
/// When it cannot be written; the old one still stands then.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), Error> {
    put(path, content, 0o644, |beside| beside.persist(path).map(drop).map_err(|error| error.error))
}

/// Writes a new file, whole or not at all.
///
/// # Errors
/// When there is one already, or it cannot be written.
pub fn create(path: &Path, content: &[u8]) -> Result<(), Error> {
    put(path, content, 0o644, |beside| beside.persist_noclobber(path).map(drop).map_err(|error| error.error))
}

/// Writes a new file that only its owner may read.
///
/// # Errors
/// As [`create`].
pub fn create_private(path: &Path, content: &[u8]) -> Result<(), Error> {
    put(path, content, 0o600, |beside| beside.persist_noclobber(path).map(drop).map_err(|error| error.error))
}

/// Reads a file.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(failed("read", path))
}

/// Makes a folder and those above it.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(failed("make the folder", path))
}

fn put(
    path: &Path,
    content: &[u8],
    mode: u32,
    place: impl FnOnce(tempfile::NamedTempFile) -> std::io::Result<()>,
) -> Result<(), Error> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    make_folder(folder)?;
    let written = || {
        let mut beside =
            tempfile::Builder::new().permissions(fs::Permissions::from_mode(mode)).tempfile_in(folder)?;
        beside.write_all(content)?;
        beside.as_file().sync_all()?;
        place(beside)?;
        File::open(folder)?.sync_all()
    };
    written().map_err(failed("write", path))
}

pub(crate) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    move |source| Error::File { doing, path: path.to_owned(), source }
}
