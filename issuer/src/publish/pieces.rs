//! The pieces of a bundle, and the index that says how they make it up: whoever has most of them fetches the rest.
//!
//! A piece bears its digest as its name, so it never changes. One that the index no longer names stays for a day: whoever
//! read the index before finds all that it names.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use shared::index::{Index, Pieces};

use crate::{Error, files};

/// How long a piece stays that is needed no more.
const KEPT: Duration = Duration::from_secs(86_400);

/// Writes the pieces of a bundle into a folder, where they are not there yet; the index that goes with them.
pub(super) fn write(out: &Path, bundle: &[u8]) -> Result<Vec<u8>, Error> {
    let refused = |error: String| Error::Refused(format!("the bundle cannot be taken to pieces: {error}"));
    let pieces = Pieces::of(bundle).map_err(|error| refused(error.to_string()))?;
    let index = Index::of(bundle).map_err(|error| refused(error.to_string()))?.to_cbor();
    // What no verifier would read is not published.
    Index::parse(&index)
        .and_then(|index| index.assemble(&pieces))
        .map_err(|error| refused(error.to_string()))?;
    for (apart, bytes) in pieces.iter() {
        let place = out.join(apart.place());
        if !files::read(&place).is_ok_and(|there| there == bytes) {
            files::replace(&place, bytes)?;
        }
    }
    Ok(index)
}

/// The names of the pieces that an index in a folder speaks of; none where there is none to read.
pub(super) fn named(index: &Path) -> BTreeSet<String> {
    let read = files::read(index).unwrap_or_default();
    Index::parse(&read).map(|index| index.apart().map(|apart| apart.place()).collect()).unwrap_or_default()
}

/// Takes away the pieces that no index has named for a day. `before` are those of the index that was replaced. What cannot
/// be taken away stays: it does no harm.
pub(super) fn sweep(out: &Path, before: &BTreeSet<String>, now: DateTime<Utc>) {
    let needed = named(&out.join("index.cbor"));
    let now = SystemTime::from(now);
    for entry in std::fs::read_dir(out.join("pieces")).into_iter().flatten().flatten() {
        let place = format!("pieces/{}", entry.file_name().to_string_lossy());
        if needed.contains(&place) {
            continue;
        }
        if before.contains(&place) {
            // Its day begins now.
            let _ = File::options().write(true).open(entry.path()).and_then(|file| file.set_modified(now));
            continue;
        }
        let since = entry.metadata().and_then(|piece| piece.modified());
        let is_over = since.is_ok_and(|since| now.duration_since(since).is_ok_and(|idle| idle > KEPT));
        if is_over {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::bundle::Bundle;
    use shared::keys::{Ed25519Signer, Signer as _};

    use super::*;

    fn bundle(trust_list: u8) -> Vec<u8> {
        let root = Ed25519Signer::from_seed(&[1; 32]).public_key();
        Bundle { root, trust_list: &[trust_list; 2_000], status_lists: vec![&[9; 3_000]] }.to_cbor()
    }

    /// Publishes at an hour; how many pieces there are then.
    fn publish(out: &Path, trust_list: u8, hour: i64) -> usize {
        let before = named(&out.join("index.cbor"));
        let index = write(out, &bundle(trust_list)).unwrap();
        files::replace(&out.join("index.cbor"), &index).unwrap();
        sweep(out, &before, DateTime::from_timestamp(1_790_000_000 + hour * 3_600, 0).unwrap());
        std::fs::read_dir(out.join("pieces")).unwrap().count()
    }

    #[test]
    fn a_piece_stays_a_day_after_the_last_index_that_named_it() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path();
        assert_eq!(publish(out, 1, 0), 2, "the trust list and the list");
        assert_eq!(publish(out, 2, 1), 3, "and the trust list of before");
        assert_eq!(publish(out, 2, 24), 3);
        assert_eq!(publish(out, 3, 25), 4, "a whole day has not passed");
        assert_eq!(publish(out, 3, 26), 3);
        assert_eq!(publish(out, 3, 50), 2);
        // A piece that was damaged is mended.
        let index = files::read(&out.join("index.cbor")).unwrap();
        for place in named(&out.join("index.cbor")) {
            std::fs::write(out.join(place), "damaged").unwrap();
        }
        assert_eq!(publish(out, 3, 51), 2);
        let held: Vec<Vec<u8>> = named(&out.join("index.cbor"))
            .iter()
            .map(|place| files::read(&out.join(place)).unwrap())
            .collect();
        let index = Index::parse(&index).unwrap();
        let mut pieces = Pieces::default();
        for apart in index.apart() {
            assert!(held.iter().any(|piece| pieces.add(&apart, piece)));
        }
        assert_eq!(index.assemble(&pieces).unwrap(), bundle(3));
    }
}
