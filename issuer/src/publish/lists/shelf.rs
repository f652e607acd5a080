//! Lists as they were compressed last, in `DATA/lists`: a file each.
//!
//! A file begins with the digest of what it says, uncompressed, and of what it holds, compressed. It is used only for a
//! list that says exactly that, so that nothing here can bring an old status back; and only where it is whole. Losing
//! the folder costs time and nothing else.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use shared::status_list::{Compressed, StatusList};

use crate::db::{self, Id};
use crate::{Error, files};

const DIGEST: usize = 32;

/// The folder.
pub(super) struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    pub(super) fn of(data: &Path) -> Self {
        Self { folder: data.join("lists") }
    }

    /// The statuses of a list, compressed, and whether they are others than last time.
    pub(super) fn compressed(
        &self,
        list: &Id<db::status_list::StatusList>,
        statuses: &StatusList,
    ) -> Result<(Compressed, bool), Error> {
        let place = self.folder.join(list.as_str());
        let said = digest(statuses.as_bytes());
        if let Some(known) = files::read(&place).ok().and_then(|kept| compressed_of(&kept, said)) {
            return Ok((known, false));
        }
        let compressed = statuses.compress();
        let kept = [said.as_slice(), &digest(compressed.as_bytes()), compressed.as_bytes()].concat();
        files::replace(&place, &kept)?;
        Ok((compressed, true))
    }
}

/// What a file holds, if it is whole and says this.
fn compressed_of(kept: &[u8], says: [u8; DIGEST]) -> Option<Compressed> {
    let (said, rest) = kept.split_first_chunk::<DIGEST>()?;
    let (held, bytes) = rest.split_first_chunk::<DIGEST>()?;
    (*said == says && *held == digest(bytes)).then(|| Compressed::dangerous_from_bytes(bytes.to_vec()))
}

fn digest(bytes: &[u8]) -> [u8; DIGEST] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use shared::status_list::{Bits, Status};

    use super::*;

    #[test]
    fn only_what_says_the_same_and_is_whole_is_used_again() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = Shelf::of(dir.path());
        let id = Id::new(crate::edge::new_id(chrono::DateTime::from_timestamp(1_790_000_000, 0).unwrap()));
        let mut statuses = StatusList::new(Bits::Two, 1 << 12).unwrap();
        let take = |statuses: &StatusList| {
            let (compressed, changed) = shelf.compressed(&id, statuses).unwrap();
            assert_eq!(StatusList::from_cbor(compressed.as_bytes()).unwrap(), *statuses);
            changed
        };
        assert!(take(&statuses));
        assert!(!take(&statuses));
        statuses.set(77, Status::Revoked).unwrap();
        assert!(take(&statuses));
        assert!(!take(&statuses));
        statuses.set(77, Status::Suspended).unwrap();
        assert!(take(&statuses));
        // Each byte of the file, changed, and each end of it.
        let file = dir.path().join("lists").join(id.as_str());
        let whole = std::fs::read(&file).unwrap();
        for place in 0..whole.len() {
            let mut bad = whole.clone();
            bad[place] ^= 1;
            std::fs::write(&file, bad).unwrap();
            assert!(take(&statuses), "byte {place}");
            std::fs::write(&file, &whole[..place]).unwrap();
            assert!(take(&statuses), "{place} bytes");
        }
        std::fs::remove_dir_all(dir.path().join("lists")).unwrap();
        assert!(take(&statuses));
        assert_eq!(std::fs::read(&file).unwrap(), whole);
    }
}
