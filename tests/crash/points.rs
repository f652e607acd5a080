//! Every crash point there is, by the act that dies at it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A batch, from the file to the printed cards.
pub(crate) const ISSUE: &[&str] = &[
    "batch.opening",
    "batch.opened",
    "issue.sealed",
    "issue.places_taken",
    "issue.enrolments_inserted",
    "issue.cards_inserted",
    "issue.reserving",
    "issue.reserved",
    "issue.signed",
    "issue.noting",
    "issue.noted",
    "batch.signed",
    "batch.noting",
    "batch.noted",
    "files.ready",
    "files.first_placed",
    "batch.printed",
    "batch.finishing",
    "batch.finished",
];
/// A visit at the desk with a spoiled card, and one for a replacement.
pub(crate) const DESK: &[&str] = &[
    "desk.reserving",
    "desk.reserved",
    "desk.signed",
    "desk.noting",
    "desk.noted",
    "desk.earlier_revoked",
    "print.queuing",
    "print.queued",
    "print.answering",
    "print.spoiled_revoked",
    "print.successor_reserved",
    "print.answered",
];
/// A card that another program of the city asks for.
pub(crate) const API: &[&str] = &["api.reserving", "api.reserved", "api.signed", "api.noting", "api.noted"];
/// A revocation.
pub(crate) const REVOKE: &[&str] = &["status.changed", "status.told", "status.kept"];
/// A publication, each file of it.
pub(crate) const PUBLISH: &[&str] = &[
    "publish.numbering",
    "publish.numbered",
    "mark.ready",
    "mark.placed",
    "publish.marked",
    "file.ready:city/trust-list.cbor",
    "file.placed:city/trust-list.cbor",
    "publish.lists_ready",
    "publish.pieces_written",
    "file.ready:s/1",
    "file.placed:s/1",
    "file.ready:public/trust-list.cbor",
    "file.placed:public/trust-list.cbor",
    "file.ready:public/jwks.json",
    "file.placed:public/jwks.json",
    "file.ready:public/root.txt",
    "file.placed:public/root.txt",
    "file.ready:public/root-words.txt",
    "file.placed:public/root-words.txt",
    "file.ready:public/bundle.cbor",
    "file.placed:public/bundle.cbor",
    "file.ready:public/index.cbor",
    "file.placed:public/index.cbor",
    "publish.swept",
];
/// The destruction of a day.
pub(crate) const DESTROY: &[&str] = &[
    "destroy.beginning",
    "destroy.begun",
    "key.overwritten",
    "key.removed",
    "destroy.key_gone",
    "destroy.erasing",
    "destroy.erased",
    "destroy.wiped",
    "receipt.signing",
    "receipt.signed",
];
/// The destruction of one record at its holder's wish.
pub(crate) const WISH: &[&str] = &["wish.day_renewed", "wish.erasing", "wish.erased", "wish.rewrapped"];
/// A hold of a record, from the question to where it stands.
pub(crate) const HOLD: &[&str] = &["hold.asking", "hold.asked", "hold.keyed", "hold.taking", "hold.taken"];
/// The end of a hold; what is destroyed comes with the last.
pub(crate) const RELEASE: &[&str] =
    &["hold.ending", "hold.end_asked", "hold.giving_back", "hold.given_back", "hold.key_gone", "hold.wiped"];
/// A record that goes sooner than the rule.
pub(crate) const KEEP: &[&str] = &["keep.rewrapped", "keep.moving"];
/// Many cards revoked at once.
pub(crate) const MASS: &[&str] =
    &["mass.asking", "mass.deciding", "mass.card_revoked", "mass.stepping", "mass.stepped"];
/// An event kit that is made.
pub(crate) const KIT: &[&str] = &["kit.begun", "kit.filled", "kit.making", "kit.made", "kit.placed"];
/// One that is closed.
pub(crate) const KIT_CLOSE: &[&str] = &["kit.closing", "kit.closed", "kit.checkpointed"];
/// Its database that is sealed when nobody works with it.
pub(crate) const KIT_REST: &[&str] = &["kit.sealed", "kit.resting"];
/// One that comes home.
pub(crate) const KIT_MERGE: &[&str] = &["kit.log_taken", "kit.cards_taken", "kit.merging", "kit.merged"];
/// A new issuing key in the place of another.
pub(crate) const ROTATE: &[&str] = &[
    "key.drafted",
    "key.linked",
    "issuing_key.made",
    "issuing_key.noting",
    "issuing_key.noted",
    "rotate.retiring",
    "rotate.retired",
];
/// A lost key.
pub(crate) const COMPROMISE: &[&str] =
    &["compromise.noting", "compromise.noted", "issuing_key.made", "issuing_key.noting", "issuing_key.noted"];
/// A backup of the city.
pub(crate) const BACKUP: &[&str] = &["backup.copied", "backup.ready", "backup.telling", "backup.placed"];
/// A city put back from its backups.
pub(crate) const RESTORE: &[&str] =
    &["restore.city_read", "restore.keys_read", "restore.settling", "restore.settled", "restore.placed"];

const ALL: [&[&str]; 19] = [
    ISSUE, DESK, API, REVOKE, PUBLISH, DESTROY, WISH, HOLD, RELEASE, KEEP, MASS, KIT, KIT_CLOSE, KIT_REST,
    KIT_MERGE, ROTATE, COMPROMISE, BACKUP, RESTORE,
];

/// The points in the code below a folder.
fn in_code(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            in_code(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let code = fs::read_to_string(&path).unwrap();
            for call in ["crash::point(\"", "crash::file_point(\""] {
                found.extend(code.split(call).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
            }
        }
    }
}

#[test]
fn every_point_of_the_code_is_in_the_campaign_and_stands_once() {
    let mut found = Vec::new();
    in_code(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../issuer/src"), &mut found);
    found.sort();
    let of_the_campaign: BTreeSet<&str> =
        ALL.concat().into_iter().map(|point| point.split(':').next().unwrap()).collect();
    assert_eq!(found, of_the_campaign.into_iter().collect::<Vec<_>>());
}
