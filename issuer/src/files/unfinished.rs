//! Files and folders in the making. One that a crash left behind may hold names or keys: whoever next writes into the same
//! folder takes it away.

use std::fs::{self, File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::{Builder, NamedTempFile, TempDir, TempPath};

/// How their names begin.
const PREFIX: &str = ".unfinished-";
/// Between the making of one and its lock there is a moment: none so young is taken away.
const YOUNG: Duration = Duration::from_secs(60);

/// A folder that goes when it is dropped, unless it is kept.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: TempDir,
    /// Locked while this program lives.
    _held: File,
}

impl Scratch {
    /// A new folder in another, for its owner alone.
    pub(crate) fn new_in(above: &Path) -> io::Result<Self> {
        let folder =
            Builder::new().prefix(PREFIX).permissions(Permissions::from_mode(0o700)).tempdir_in(above)?;
        let held = File::open(folder.path())?;
        held.lock()?;
        sweep(above, &held.metadata()?);
        Ok(Self { folder, _held: held })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Leaves it, to be put in its place.
    pub(crate) fn keep(self) -> PathBuf {
        self.folder.keep()
    }
}

/// A new file in a folder; it goes unless it is put in a place.
pub(super) fn file_in(folder: &Path, mode: u32) -> io::Result<NamedTempFile> {
    let file = Builder::new().prefix(PREFIX).permissions(Permissions::from_mode(mode)).tempfile_in(folder)?;
    file.as_file().lock()?;
    sweep(folder, &file.as_file().metadata()?);
    Ok(file)
}

/// A name in a folder for a file that has none; it goes unless it is put in a place.
pub(super) fn name_in(folder: &Path, name: impl Fn(&Path) -> io::Result<()>) -> io::Result<TempPath> {
    let named = Builder::new().prefix(PREFIX).make_in(folder, name)?.into_temp_path();
    sweep(folder, &fs::metadata(&named)?);
    Ok(named)
}

/// Takes away what nobody holds any more. What cannot be taken away stays: it is no reason to write nothing.
pub(super) fn sweep(folder: &Path, new: &Metadata) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) && is_left(&path, new) {
            let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        }
    }
}

fn is_left(path: &Path, new: &Metadata) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let times = file.metadata().and_then(|known| Ok((known.modified()?, new.modified()?)));
    let old = times.is_ok_and(|(known, new)| new.duration_since(known).is_ok_and(|age| age >= YOUNG));
    old && file.try_lock().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(folder: &Path, name: &str, age: Duration) -> PathBuf {
        let path = folder.join(format!("{PREFIX}{name}"));
        fs::write(&path, "a name").unwrap();
        let file = File::options().append(true).open(&path).unwrap();
        file.set_modified(file.metadata().unwrap().modified().unwrap() - age).unwrap();
        path
    }

    #[test]
    fn what_a_crash_left_goes_with_the_next_file() {
        let dir = tempfile::tempdir().unwrap();
        let crashed = left(dir.path(), "crashed", YOUNG);
        let young = left(dir.path(), "young", YOUNG / 2);
        let at_work = left(dir.path(), "at-work", YOUNG * 9);
        let held = File::open(&at_work).unwrap();
        held.lock().unwrap();
        let own = file_in(dir.path(), 0o600).unwrap();
        assert!(!crashed.exists());
        assert!(young.exists() && at_work.exists() && own.path().exists());
        drop(held);
        let scratch = Scratch::new_in(dir.path()).unwrap();
        assert!(!at_work.exists());
        assert!(young.exists() && own.path().exists() && scratch.path().exists());
    }

    #[test]
    fn a_folder_of_a_crash_goes_with_all_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Scratch::new_in(dir.path()).unwrap().keep();
        fs::write(folder.join("key.pem"), "a key").unwrap();
        let opened = File::open(&folder).unwrap();
        opened.set_modified(opened.metadata().unwrap().modified().unwrap() - YOUNG).unwrap();
        drop(opened);
        let scratch = Scratch::new_in(dir.path()).unwrap();
        assert!(!folder.exists());
        assert_eq!(fs::metadata(scratch.path()).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
