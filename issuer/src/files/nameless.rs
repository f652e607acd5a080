//! Files that have no name until they are whole. Whatever ends the program, the operating system takes them away: a long
//! batch writes names and recovery codes for minutes, and a kill leaves nothing of them.

use std::fs::{File, Permissions};
use std::io::{self, Seek as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, linkat};
use sha2::{Digest, Sha256};

use super::{failed, folder_of, make_folder, sync, unfinished};
use crate::{Error, crash};

/// A file under way, for its owner alone.
#[derive(Debug)]
pub(crate) struct Nameless {
    path: PathBuf,
    file: File,
    digest: Sha256,
}

/// A whole file that is on the disk and waits to be put in its place.
#[derive(Debug)]
pub(crate) struct Ready {
    path: PathBuf,
    file: File,
    digest: [u8; 32],
}

impl Nameless {
    /// A new file in the folder of its place, which is made.
    pub(crate) fn new(path: &Path) -> Result<Self, Error> {
        let folder = folder_of(path);
        make_folder(folder)?;
        let made = || {
            let file = tempfile::tempfile_in(folder)?;
            // The one that it was made with lets others read what gets a name.
            file.set_permissions(Permissions::from_mode(0o600))?;
            Ok(file)
        };
        let file = made().map_err(failed("write to the folder", folder))?;
        Ok(Self { path: path.to_owned(), file, digest: Sha256::new() })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.digest.update(bytes);
        self.file.write_all(bytes).map_err(failed("write", &self.path))
    }

    pub(crate) fn ready(self) -> Result<Ready, Error> {
        self.file.sync_all().map_err(failed("write", &self.path))?;
        Ok(Ready { path: self.path, file: self.file, digest: self.digest.finalize().into() })
    }
}

impl Ready {
    /// SHA-256 of what is in it.
    pub(crate) fn digest(&self) -> [u8; 32] {
        self.digest
    }

    fn place(self) -> io::Result<()> {
        let folder = folder_of(&self.path);
        let nameless = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        let link = |name: &Path| -> io::Result<()> {
            linkat(CWD, &nameless, CWD, name, AtFlags::SYMLINK_FOLLOW)?;
            Ok(())
        };
        match link(&self.path) {
            // Where nothing stood it is in its place in one step: there is no moment in which a kill leaves another name.
            Ok(()) => unfinished::sweep(folder, &self.file.metadata()?),
            // A name can be given to what has none, but no name be taken over: that takes a second step.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                match unfinished::name_in(folder, link) {
                    Ok(named) => named.persist(&self.path).map_err(|error| error.error)?,
                    Err(_) => self.copy()?,
                }
            }
            // Some file systems give no such names, and some machines have no such folder.
            Err(_) => self.copy()?,
        }
        sync(folder)
    }

    fn copy(&self) -> io::Result<()> {
        let mut beside = unfinished::file_in(folder_of(&self.path), 0o600)?;
        let mut file = self.file.try_clone()?;
        file.rewind()?;
        io::copy(&mut file, &mut beside)?;
        beside.as_file().sync_all()?;
        beside.persist(&self.path).map(drop).map_err(|error| error.error)
    }
}

/// Puts whole files in their places.
pub(crate) fn place_all(ready: Vec<Ready>) -> Result<(), Error> {
    crash::point("files.ready");
    for file in ready {
        let path = file.path.clone();
        file.place().map_err(failed("write", &path))?;
        crash::point("files.first_placed");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    fn ready(path: &Path) -> Ready {
        let mut file = Nameless::new(path).unwrap();
        file.write(b"Ana ").unwrap();
        file.write(b"Novak").unwrap();
        file.ready().unwrap()
    }

    #[test]
    fn a_file_has_no_name_before_it_has_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cards.pdf");
        drop(ready(&path));
        let (first, ready) = (ready(&path), ready(&path));
        assert_eq!(names(dir.path()), Vec::<String>::new());
        place_all(vec![first]).unwrap();
        assert_eq!(names(dir.path()), ["cards.pdf"]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(ready.digest(), <[u8; 32]>::from(Sha256::digest("Ana Novak")));
        fs::write(&path, "old").unwrap();
        place_all(vec![ready]).unwrap();
        assert_eq!(names(dir.path()), ["cards.pdf"]);
        assert_eq!(fs::read(&path).unwrap(), b"Ana Novak");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn where_no_name_can_be_given_a_copy_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cards.pdf");
        ready(&path).copy().unwrap();
        assert_eq!(names(dir.path()), ["cards.pdf"]);
        assert_eq!(fs::read(&path).unwrap(), b"Ana Novak");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
