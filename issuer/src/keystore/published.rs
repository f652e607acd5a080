//! The number and time of the last publication, beside the keys: an older database is found out by it.
//!
//! ```text
//! keys/published   "SEQUENCE SECONDS" and a line end
//! ```

use std::io::Write as _;

use super::{Keystore, KeystoreError, file};
use crate::crash;

impl Keystore {
    /// The number and time of the last publication, if there was one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn published(&self) -> Result<Option<(u64, i64)>, KeystoreError> {
        let path = self.dir.join("published");
        let content = match file::read_private(&path) {
            Ok(content) => content,
            Err(KeystoreError::Missing { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        std::str::from_utf8(&content)
            .ok()
            .and_then(|text| text.trim_end().split_once(' '))
            .and_then(|(sequence, at)| Some((sequence.parse().ok()?, at.parse().ok()?)))
            .map(Some)
            .ok_or(KeystoreError::Damaged { path, fault: "it is not a number and a time" })
    }

    /// Notes a publication, unless a later one is noted.
    ///
    /// # Errors
    /// When the file cannot be read or replaced.
    pub fn note_published(&self, sequence: u64, at: i64) -> Result<(), KeystoreError> {
        if self.published()?.is_some_and(|(noted, _)| noted >= sequence) {
            return Ok(());
        }
        let path = self.dir.join("published");
        let write = || -> std::io::Result<()> {
            // Such a file is made for its owner alone.
            let mut beside = tempfile::NamedTempFile::new_in(&self.dir)?;
            writeln!(beside, "{sequence} {at}")?;
            beside.as_file().sync_all()?;
            crash::point("mark.ready");
            beside.persist(&path)?;
            crash::point("mark.placed");
            std::fs::File::open(&self.dir)?.sync_all()
        };
        write().map_err(file::io("write", &path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_number_stays() {
        let dir = tempfile::tempdir().unwrap();
        let keystore = Keystore::create(dir.path(), None).unwrap();
        assert_eq!(keystore.published().unwrap(), None);
        keystore.note_published(7, 1_790_000_000).unwrap();
        keystore.note_published(3, 1_800_000_000).unwrap();
        assert_eq!(keystore.published().unwrap(), Some((7, 1_790_000_000)));
        let damaged = |text: &str| {
            std::fs::write(dir.path().join("published"), text).unwrap();
            matches!(keystore.published(), Err(KeystoreError::Damaged { .. }))
        };
        assert!(damaged("") && damaged("7") && damaged("seven 1\n"));
    }
}
