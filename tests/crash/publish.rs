//! A publication dies before and after each file that it puts in its place: counters find the old or the new, never half.

use shared::index::{Index, IndexError, Pieces};
use shared::trusted::Trusted;
use tests::stage::Stage;

use crate::points::PUBLISH;

/// What the index and the pieces in the published folder make up, and the number of its trust list.
fn assembled(stage: &Stage) -> (Result<usize, IndexError>, u64) {
    let index = stage.hall.read("public/index.cbor");
    let index = Index::parse(&index).unwrap();
    let stored: Vec<_> =
        index.apart().map(|apart| (apart, stage.hall.read(&format!("public/{}", apart.place())))).collect();
    let mut pieces = Pieces::default();
    assert!(stored.iter().all(|(apart, bytes)| pieces.add(apart, bytes)));
    let bundle = index.assemble(&pieces);
    let sequence =
        bundle.as_ref().map_or(0, |bundle| Trusted::establish(bundle, None).unwrap().0.trust_list().sequence);
    (bundle.map(|bundle| bundle.len()), sequence)
}

#[test]
fn a_publication_that_dies_leaves_lists_that_a_counter_takes() {
    let mut stage = Stage::new("crash_publish");
    let mut last = 0;
    for (round, point) in PUBLISH.iter().enumerate() {
        let card = &stage.hall.issue(&format!("full_name\nResident {round}\n"))[0];
        stage.note(&card.to_string());
        if round == 0 {
            stage.hall.publish_and_trust();
        }
        let number = card["number"].as_str().unwrap();
        stage.hall.issuer(&["revoke", number, "--reason", "lost"]).good();
        let died = stage.dies(point, &["publish", "--out", "public"]);
        assert_eq!(died.out, "", "nothing was acknowledged");
        stage.whole();
        // The index speaks of pieces that are there, and they make up a bundle, of before or new.
        let (index, sequence) = assembled(&stage);
        assert!(index.is_ok() && sequence >= last, "{point}: {index:?}, trust list {sequence} after {last}");
        let said = stage.hall.verifier(&["trust", "--bundle", "public/bundle.cbor"]);
        assert_eq!(said.status, Some(0), "{point}: {}", said.complaint);
        let verdicts = stage.verdicts();
        assert_eq!(verdicts[number], "not_valid: revoked", "{point}");
        let published = stage.hall.read("city/keys/published");
        let sequence: u64 =
            std::str::from_utf8(&published).unwrap().split(' ').next().unwrap().parse().unwrap();
        assert_eq!(assembled(&stage).1, sequence, "{point}");
        assert!(sequence > last, "{point}: {sequence} after {last}");
        last = sequence;
    }
    assert!(stage.verdicts().values().all(|verdict| verdict == "not_valid: revoked"));
}
