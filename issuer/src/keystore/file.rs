//! Key files: made whole or not at all, never written over, for the owner's eyes alone.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use zeroize::Zeroizing;

use super::KeystoreError;
use crate::crash;
use crate::edge::random_bytes;

/// More than any key file has.
const LARGEST: u64 = 64 * 1024;

/// Makes a directory that its owner alone may enter, unless there is one.
pub(super) fn make_private_dir(path: &Path) -> Result<(), KeystoreError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io("make the directory", path))
}

/// Writes a new file beside its place, brings it to the disk, and links it into its place, which fails if something
/// is there.
pub(super) fn write_new(path: &Path, content: &[u8]) -> Result<(), KeystoreError> {
    let dir = directory_of(path);
    let draft = dir.join(format!(".draft-{:016x}", u64::from_be_bytes(random_bytes())));
    let written = write_draft(&draft, content).and_then(|()| {
        crash::point("key.drafted");
        std::fs::hard_link(&draft, path)
    });
    crash::point("key.linked");
    let removed = std::fs::remove_file(&draft);
    match written {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(KeystoreError::AlreadyThere { path: path.to_owned() })
        }
        Err(error) => Err(io("write", path)(error)),
        Ok(()) => {
            removed.map_err(io("remove", &draft))?;
            sync_dir(dir)
        }
    }
}

/// Reads a file that must be its owner's alone.
pub(crate) fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
    let file = File::open(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => KeystoreError::Missing { path: path.to_owned() },
        _ => io("read", path)(source),
    })?;
    // Asked of the open file, so that what was checked is what is read.
    let about = file.metadata().map_err(io("read", path))?;
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeystoreError::OpenToOthers { path: path.to_owned(), mode });
    }
    if about.len() > LARGEST {
        return Err(KeystoreError::Damaged { path: path.to_owned(), fault: "it is far too long for a key" });
    }
    // Large enough from the start: a buffer that grows leaves copies behind.
    let mut content = Zeroizing::new(Vec::with_capacity(usize::try_from(about.len() + 1).unwrap_or(0)));
    file.take(LARGEST).read_to_end(&mut content).map_err(io("read", path))?;
    Ok(content)
}

/// Writes zeros over a file, brings them to the disk and removes it. Says whether there was one.
pub(crate) fn destroy(path: &Path) -> Result<bool, KeystoreError> {
    let mut file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(io("destroy", path)(error)),
    };
    overwrite(&mut file).map_err(io("destroy", path))?;
    crash::point("key.overwritten");
    std::fs::remove_file(path).map_err(io("destroy", path))?;
    crash::point("key.removed");
    sync_dir(directory_of(path))?;
    Ok(true)
}

fn write_draft(draft: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    file.write_all(content)?;
    file.sync_all()
}

fn overwrite(file: &mut File) -> std::io::Result<()> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    std::io::copy(&mut std::io::repeat(0).take(length), file)?;
    file.sync_all()
}

fn sync_dir(dir: &Path) -> Result<(), KeystoreError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(io("write", dir))
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if dir != Path::new("") => dir,
        _ => Path::new("."),
    }
}

pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> KeystoreError {
    move |source| KeystoreError::Io { doing, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_never_written_over_and_leaves_no_draft() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.key");
        write_new(&path, b"first").unwrap();
        assert!(matches!(write_new(&path, b"second"), Err(KeystoreError::AlreadyThere { .. })));
        assert_eq!(read_private(&path).unwrap().as_slice(), b"first");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_destroyed_is_overwritten_and_gone() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("a.key"), dir.path().join("b.key"));
        write_new(&path, b"secret").unwrap();
        std::fs::hard_link(&path, &other).unwrap();
        assert!(destroy(&path).unwrap());
        assert!(!destroy(&path).unwrap());
        assert_eq!(std::fs::read(&other).unwrap(), [0; 6]);
    }
}
