//! Lists by their pieces: what is fetched, and what becomes of pieces that are missing, wrong or old.

use ::tests::city::City;
use ::tests::lists_server::Reply;
use shared::index::{Index, Pieces};
use shared::status_list::Status;

use super::{Counter, HOUR, Store};
use crate::updates::Failure;

/// Port Alder with three lists of a million cards, of which the first has this many more revoked.
fn city(sequence: u64, revoked: u64) -> City {
    City::port_alder().with(|city| {
        city.trust_list.sequence = sequence;
        let statuses = City::large(1_000_000).lists[0].statuses.clone();
        for list in city.lists.iter_mut().take(3) {
            list.statuses = statuses.clone();
            list.issued_at += i64::try_from(sequence).unwrap();
        }
        // Alike they would be one piece.
        city.lists[1].statuses.set(77, Status::Revoked).unwrap();
        city.lists[2].statuses.set(78, Status::Revoked).unwrap();
        for card in 0..revoked {
            city.lists[0].statuses.set(41 + card * 3, Status::Revoked).unwrap();
        }
    })
}

fn bundle(sequence: u64, revoked: u64) -> Vec<u8> {
    city(sequence, revoked).bundle()
}

/// A counter that holds list 12.
fn counter() -> Counter {
    let counter = Counter::untrusting([], None);
    counter.store().take(&bundle(12, 0), None).unwrap();
    counter
}

/// The files of a bundle, as the issuer publishes them.
fn files(bundle: &[u8]) -> Vec<(String, Vec<u8>)> {
    let pieces = Pieces::of(bundle).unwrap();
    let mut files: Vec<_> =
        pieces.iter().map(|(apart, bytes)| (format!("/{}", apart.place()), bytes.to_vec())).collect();
    files.push(("/index.cbor".to_owned(), Index::of(bundle).unwrap().to_cbor()));
    files.push(("/bundle.cbor".to_owned(), bundle.to_vec()));
    files
}

fn publish(counter: &Counter, bundle: &[u8]) {
    for (path, bytes) in files(bundle) {
        counter.server.put(&path, bytes);
    }
}

/// The paths that were asked for, in order.
fn asked(counter: &Counter) -> Vec<String> {
    let path = |head: String| head.split(' ').nth(1).unwrap().to_owned();
    std::iter::from_fn(|| counter.server.next_question()).map(path).collect()
}

fn kept(store: &Store) -> Vec<u8> {
    store.load().unwrap().unwrap().to_bundle()
}

/// What a store makes of a bundle that it is given whole.
fn taken_whole(bundle: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().to_owned());
    store.take(bundle, None).unwrap();
    kept(&store)
}

#[test]
fn only_the_list_that_changed_is_fetched() {
    let counter = counter();
    let newer = bundle(13, 1);
    publish(&counter, &newer);
    counter.ask(0).unwrap();
    let (before, after) = (bundle(12, 0), newer.clone());
    let held = Pieces::of(&before).unwrap();
    let written = Index::of(&after).unwrap().to_cbor();
    let missing = Index::parse(&written).unwrap().missing(&held);
    assert_eq!(missing.len(), 2, "the trust list and one list of three");
    let places: Vec<String> = missing.iter().map(|apart| format!("/{}", apart.place())).collect();
    assert_eq!(asked(&counter), [&["/index.cbor".to_owned()][..], &places].concat());
    let fetched = written.len() + missing.iter().map(|apart| apart.length).sum::<usize>();
    assert!(fetched * 2 < newer.len(), "{fetched} of {}", newer.len());
    assert_eq!(kept(&counter.store()), taken_whole(&newer));
    // Nothing new: one question, and no answer but that.
    counter.ask(HOUR).unwrap();
    let question = counter.server.question();
    assert!(question.starts_with("get /index.cbor ") && question.contains("if-none-match: \""), "{question}");
    assert!(!counter.server.was_asked());
    // The lists signed anew, and nothing revoked: their times and signatures stand in the index.
    publish(&counter, &bundle(14, 1));
    counter.ask(2 * HOUR).unwrap();
    assert_eq!(asked(&counter).len(), 2, "the index and the trust list");
    assert_eq!(kept(&counter.store()), taken_whole(&bundle(14, 1)));
}

#[test]
fn whatever_is_wrong_with_the_pieces_the_bundle_is_fetched() {
    let newer = bundle(13, 1);
    let (before, after) = (bundle(12, 0), newer.clone());
    let written = Index::of(&after).unwrap().to_cbor();
    let missing = Index::parse(&written).unwrap().missing(&Pieces::of(&before).unwrap());
    let piece = format!("/{}", missing[0].place());
    let (older, other) = (Index::of(&before).unwrap().to_cbor(), bundle(13, 2));
    let mut altered = written.clone();
    altered[40] ^= 1;
    let too_long = vec![0; missing[0].length + 1];
    let too_short = vec![0; missing[0].length];
    for (what, path, answer) in [
        ("no index", "/index.cbor", None),
        ("no CBOR", "/index.cbor", Some(b"<html>garbage</html>".to_vec())),
        ("no bytes", "/index.cbor", Some(Vec::new())),
        ("half an index", "/index.cbor", Some(written[..written.len() / 2].to_vec())),
        ("an index of another digest", "/index.cbor", Some(altered)),
        ("an index of before", "/index.cbor", Some(older)),
        ("an index past its cap", "/index.cbor", Some(vec![0; shared::index::MAX_LEN + 1])),
        ("an index of what nobody has", "/index.cbor", Some(Index::of(&other).unwrap().to_cbor())),
        ("no piece", &piece, None),
        ("another piece", &piece, Some(too_short)),
        ("a piece that is longer", &piece, Some(too_long)),
    ] {
        let counter = counter();
        publish(&counter, &newer);
        match answer {
            Some(bytes) => counter.server.put(path, bytes),
            None => counter.server.remove(path),
        }
        let came = counter.ask(0);
        if what == "an index of before" {
            // As a cache in between may give it: what is held is as new.
            assert_eq!((came, kept(&counter.store())), (Ok(()), taken_whole(&before)), "{what}");
            continue;
        }
        assert_eq!(came, Ok(()), "{what}");
        assert_eq!(kept(&counter.store()), taken_whole(&newer), "{what}");
        assert_eq!(asked(&counter).last().unwrap(), "/bundle.cbor", "{what}");
    }
}

#[test]
fn where_more_than_half_changed_the_bundle_is_one_question() {
    let counter = counter();
    let newer = city(13, 1).with(|city| {
        city.lists[1].statuses.set(90, Status::Revoked).unwrap();
        city.lists[2].statuses.set(91, Status::Revoked).unwrap();
    });
    publish(&counter, &newer.bundle());
    counter.ask(0).unwrap();
    assert_eq!(asked(&counter), ["/index.cbor", "/bundle.cbor"]);
    assert_eq!(kept(&counter.store()), taken_whole(&newer.bundle()));
    counter.ask(HOUR).unwrap();
    assert_eq!(asked(&counter), ["/index.cbor"], "and it is known");
    // A bundle out of a cache that lags behind the index is not taken for the newest.
    let newest = newer.clone().with(|city| {
        city.trust_list.sequence = 15;
        city.lists = City::large(3_000_000).lists;
        for list in &mut city.lists {
            list.issued_at += 15;
        }
    });
    let middle = newer.with(|city| city.trust_list.sequence = 14);
    publish(&counter, &newest.bundle());
    counter.server.put("/bundle.cbor", middle.bundle());
    counter.ask(2 * HOUR).unwrap();
    assert_eq!(asked(&counter), ["/index.cbor", "/bundle.cbor"]);
    assert_eq!(counter.sequence(), Some(14));
    counter.server.put("/bundle.cbor", newest.bundle());
    counter.ask(3 * HOUR).unwrap();
    assert_eq!(counter.sequence(), Some(15));
}

#[test]
fn pieces_take_nobody_back() {
    let counter = counter();
    counter.store().take(&bundle(14, 2), None).unwrap();
    let before = kept(&counter.store());
    // Both the index and the bundle are of before.
    publish(&counter, &bundle(13, 1));
    assert_eq!(counter.ask(0), Err(Failure::Older));
    assert_eq!(asked(&counter).last().unwrap(), "/bundle.cbor");
    // The newest number with the lists of before: signed by nobody.
    let mut mixed = bundle(14, 2);
    let end = mixed.len() - 1;
    mixed[end] ^= 1;
    publish(&counter, &mixed);
    assert_eq!(counter.ask(HOUR), Err(Failure::Damaged));
    assert_eq!(kept(&counter.store()), before);
}

#[test]
fn a_machine_that_is_gone_is_asked_once_and_a_redirect_is_not_followed() {
    let counter = counter();
    counter.server.then(Reply::Status(302, "\r\nLocation: http://127.0.0.1:9/index.cbor"));
    counter.server.then(Reply::Status(500, ""));
    assert_eq!(counter.ask(0), Err(Failure::HttpStatus));
    assert_eq!(asked(&counter), ["/index.cbor", "/bundle.cbor"]);
}
