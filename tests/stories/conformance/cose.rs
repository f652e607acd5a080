//! `COSE_Sign1` and CWT examples of the COSE working group, under the rules of cards:
//! the algorithm protected, no external data, one signer.

use std::collections::BTreeMap;

use serde_json::Value;
use shared::cose::{CoseError, Sign1};
use tests::city::City;
use tests::pack;

use super::{Scanned, Suite, hex_of, judge, public_key, reason, text};

#[test]
fn the_envelope_of_a_card() {
    let Some(suite) = Suite::open("cose") else { return };
    let expectations = suite.json("expectations.json");
    let vectors = expectations["vectors"].as_array().unwrap();
    let on_disk: usize =
        ["CWT", "eddsa-examples", "sign1-tests"].into_iter().map(|folder| suite.files(folder).len()).sum();
    assert_eq!((vectors.len(), on_disk), (15, 15));
    let trusted = City::port_alder().trusted();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for expectation in vectors {
        let name = text(expectation, "file");
        let file = suite.json(name);
        let bytes = hex_of(&file["output"], "cbor");
        let class = open(&file, &bytes);
        let expected = match (text(expectation, "card_envelope"), text(expectation, "cose_layer")) {
            ("accept", "accept") => "accepted",
            ("reject", "reject") => "rejected",
            // Good, but of a kind that cards do not use.
            ("reject", "accept" | "parse") => "unsupported",
            other => panic!("{other:?}"),
        };
        assert_eq!(class, expected, "{name}");
        *counts.entry(class).or_default() += 1;
        // None is a card, whatever its signature.
        let reason = reason(&judge(&pack::text(&bytes), &trusted));
        assert!(matches!(reason, "not_a_card" | "unreadable"), "{name}: {reason}");
    }
    println!("conformance cose: 15 cases, {counts:?}");
    assert_eq!(counts, BTreeMap::from([("accepted", 3), ("rejected", 6), ("unsupported", 6)]));
}

/// Every example of the suite, packed as a card's text, under a city that has none of their keys.
pub(super) fn scanned(suite: &Suite) -> Vec<Scanned> {
    let expectations = suite.json("expectations.json");
    let one = |expectation: &Value| {
        let name = text(expectation, "file").to_owned();
        let bytes = hex_of(&suite.json(&name)["output"], "cbor");
        Scanned { name, text: pack::text(&bytes), trusted: City::port_alder().trusted() }
    };
    expectations["vectors"].as_array().unwrap().iter().map(one).collect()
}

fn open(file: &Value, bytes: &[u8]) -> &'static str {
    let sign0 = &file["input"]["sign0"];
    match Sign1::parse(bytes) {
        Ok(sign1) => {
            let key = public_key(&sign0["key"]);
            let good = key.verify(sign1.header.algorithm, &sign1.signed_bytes(), sign1.signature);
            match (good, sign0.get("external")) {
                (true, None) => "accepted",
                (false, None) => "rejected",
                (false, Some(_)) => "unsupported",
                (true, Some(_)) => panic!("external data was not looked at"),
            }
        }
        Err(CoseError::OtherTag { tag: 16 | 17 }) => "unsupported",
        Err(CoseError::NoAlgorithm) if file["fail"] != true => "unsupported",
        Err(CoseError::OtherTag { tag: 998 } | CoseError::UnsupportedAlgorithm { label: -999 | 0 }) => {
            "rejected"
        }
        Err(error) => panic!("{}: {error}", file["title"]),
    }
}
