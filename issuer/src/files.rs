//! Files that others rely on: old or new, never half.

mod nameless;
mod unfinished;

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};

pub(crate) use nameless::{Nameless, Ready, place_all};
pub(crate) use unfinished::Scratch;

use crate::{Error, crash};

/// Writes a file beside the old one, syncs it, and puts it in its place.
///
/// # Errors
/// When it cannot be written; the old one still stands then.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), Error> {
    put(path, content, 0o644, None, |beside| beside.persist(path).map(drop).map_err(|error| error.error))
}

/// The same with a time at which it counts as written: a web server makes its tag of that and of the length, and two files of
/// one second and one length would have one tag.
///
/// # Errors
/// As [`replace`].
pub fn replace_dated(path: &Path, content: &[u8], written: SystemTime) -> Result<(), Error> {
    let place = |beside: tempfile::NamedTempFile| beside.persist(path).map(drop).map_err(|error| error.error);
    put(path, content, 0o644, Some(written), place)
}

/// Writes files that only their owner may read, all of them or none: each is whole before the first takes its place.
///
/// # Errors
/// When one cannot be written; the old ones still stand then.
pub fn replace_all_private(files: &[(PathBuf, Vec<u8>)]) -> Result<(), Error> {
    let ready = files.iter().map(|(path, content)| {
        let mut file = Nameless::new(path)?;
        file.write(content)?;
        file.ready()
    });
    place_all(ready.collect::<Result<_, _>>()?)
}

/// Finds out whether a file could be written, and leaves nothing behind but its folder.
///
/// # Errors
/// When something else stands in its place, or its folder cannot be made or written to.
pub fn try_out(path: &Path) -> Result<(), Error> {
    match fs::metadata(path) {
        Ok(known) if known.is_dir() => {
            return Err(Error::Refused(format!("{} is a folder; name a file in it", path.display())));
        }
        Ok(known) if !known.is_file() => {
            return Err(Error::Refused(format!("{} is not a file that can be replaced", path.display())));
        }
        _ => {}
    }
    let folder = folder_of(path);
    make_folder(folder)?;
    tempfile::tempfile_in(folder).map(drop).map_err(failed("write to the folder", folder))
}

/// Finds out whether files could be written into a folder, and leaves nothing behind but the folder.
///
/// # Errors
/// When something else stands in its place, or it cannot be made or written to.
pub fn try_out_folder(folder: &Path) -> Result<(), Error> {
    if fs::metadata(folder).is_ok_and(|known| !known.is_dir()) {
        return Err(Error::Refused(format!("{} is a file; name a folder", folder.display())));
    }
    make_folder(folder)?;
    tempfile::tempfile_in(folder).map(drop).map_err(failed("write to the folder", folder))
}

/// Writes a new file, whole or not at all.
///
/// # Errors
/// When there is one already, or it cannot be written.
pub fn create(path: &Path, content: &[u8]) -> Result<(), Error> {
    put(path, content, 0o644, None, |beside| {
        beside.persist_noclobber(path).map(drop).map_err(|error| error.error)
    })
}

/// Writes a new file that only its owner may read.
///
/// # Errors
/// As [`create`].
pub fn create_private(path: &Path, content: &[u8]) -> Result<(), Error> {
    put(path, content, 0o600, None, |beside| {
        beside.persist_noclobber(path).map(drop).map_err(|error| error.error)
    })
}

/// Writes a file that only its owner may read in the place of an older one, as much at a time as there is.
///
/// # Errors
/// When it cannot be written; the old one still stands then.
pub(crate) fn write_private(
    path: &Path,
    write: impl FnOnce(&mut File) -> std::io::Result<()>,
) -> Result<(), Error> {
    let folder = folder_of(path);
    let written = || {
        let mut beside = unfinished::file_in(folder, 0o600)?;
        write(beside.as_file_mut())?;
        beside.as_file().sync_all()?;
        beside.persist(path).map_err(|error| error.error)?;
        sync(folder)
    };
    written().map_err(failed("write", path))
}

/// Reads a file.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(failed("read", path))
}

/// SHA-256 of a file, which may go on.
///
/// # Errors
/// When it cannot be read.
pub fn hash(path: &Path) -> Result<Sha256, Error> {
    let mut hash = Sha256::new();
    let mut file = File::open(path).map_err(failed("read", path))?;
    let mut bytes = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut bytes).map_err(failed("read", path))?;
        match bytes.get(..read) {
            None | Some([]) => return Ok(hash),
            Some(read) => hash.update(read),
        }
    }
}

/// Makes a folder and those above it.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(failed("make the folder", path))
}

/// Makes a folder that its owner alone may enter.
///
/// # Errors
/// When it cannot be made.
pub fn make_private_folder(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed("make the folder", path))
}

fn put(
    path: &Path,
    content: &[u8],
    mode: u32,
    written_at: Option<SystemTime>,
    place: impl FnOnce(tempfile::NamedTempFile) -> std::io::Result<()>,
) -> Result<(), Error> {
    let folder = folder_of(path);
    make_folder(folder)?;
    let written = || {
        let beside = beside(folder, content, mode)?;
        if let Some(at) = written_at {
            beside.as_file().set_modified(at)?;
        }
        crash::file_point("file.ready", path);
        place(beside)?;
        crash::file_point("file.placed", path);
        sync(folder)
    };
    written().map_err(failed("write", path))
}

/// A file with this content in a folder, under a name of its own; it goes unless it is put in a place.
fn beside(folder: &Path, content: &[u8], mode: u32) -> std::io::Result<tempfile::NamedTempFile> {
    let mut beside = unfinished::file_in(folder, mode)?;
    beside.write_all(content)?;
    beside.as_file().sync_all()?;
    Ok(beside)
}

/// After this, what was put in a folder stays there.
fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

pub(crate) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    move |source| Error::File { doing, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn all_files_are_replaced_or_none() {
        let dir = tempfile::tempdir().unwrap();
        let place = |name: &str| dir.path().join(name);
        fs::write(place("cards.pdf"), "old").unwrap();
        let files =
            |second: &str| vec![(place("cards.pdf"), b"new".to_vec()), (place(second), b"slips".to_vec())];
        // A file stands where the second file's folder would be.
        let said = replace_all_private(&files("cards.pdf/slips.pdf")).unwrap_err().to_string();
        assert_eq!(said, format!("cannot make the folder {}", place("cards.pdf").display()));
        assert_eq!(fs::read(place("cards.pdf")).unwrap(), b"old");
        assert_eq!(names(dir.path()), ["cards.pdf"]);
        replace_all_private(&files("new/slips.pdf")).unwrap();
        assert_eq!(fs::read(place("cards.pdf")).unwrap(), b"new");
        assert_eq!(fs::read(place("new/slips.pdf")).unwrap(), b"slips");
        assert_eq!(names(dir.path()), ["cards.pdf", "new"]);
        for name in ["cards.pdf", "new/slips.pdf"] {
            assert_eq!(fs::metadata(place(name)).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_place_is_tried_out_without_a_trace() {
        let dir = tempfile::tempdir().unwrap();
        let place = |name: &str| dir.path().join(name);
        fs::write(place("cards.pdf"), "old").unwrap();
        for good in ["cards.pdf", "none-yet.pdf", "new/folder/cards.pdf"] {
            try_out(&place(good)).unwrap();
        }
        assert_eq!(names(dir.path()), ["cards.pdf", "new"]);
        assert_eq!(fs::read(place("cards.pdf")).unwrap(), b"old");
        let folder = place("new");
        for (bad, said) in [
            (folder.as_path(), format!("{} is a folder; name a file in it", folder.display())),
            (Path::new("/dev/full"), "/dev/full is not a file that can be replaced".to_owned()),
            (&place("cards.pdf/x"), format!("cannot make the folder {}", place("cards.pdf").display())),
            (Path::new("/proc/cards.pdf"), "cannot write to the folder /proc".to_owned()),
        ] {
            assert_eq!(try_out(bad).unwrap_err().to_string(), said);
        }
    }
}
