//! Ed25519: Wycheproof, and the edge cases on which libraries differ. Cards take the
//! strict side of each.

use shared::cose::Algorithm;
use shared::keys::PublicKey;

use super::{Suite, hex_of, text};

/// A key that is none, or weak, verifies nothing.
fn good(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let answers = [Algorithm::EdDsa, Algorithm::Ed25519]
        .map(|algorithm| PublicKey::ed25519(key).is_ok_and(|key| key.verify(algorithm, message, signature)));
    assert_eq!(answers[0], answers[1]);
    answers[0]
}

#[test]
fn wycheproof() {
    let Some(suite) = Suite::open("ed25519/wycheproof") else { return };
    let file = suite.json("ed25519_test.json");
    let groups = file["testGroups"].as_array().unwrap();
    let (mut accepted, mut rejected) = (0, 0);
    for group in groups {
        let key = hex_of(&group["publicKey"], "pk");
        for test in group["tests"].as_array().unwrap() {
            let good = good(&key, &hex_of(test, "msg"), &hex_of(test, "sig"));
            assert_eq!(good, text(test, "result") == "valid", "case {}", test["tcId"]);
            *(if good { &mut accepted } else { &mut rejected }) += 1;
        }
    }
    println!("conformance wycheproof: {} groups, {accepted} accepted, {rejected} rejected", groups.len());
    assert_eq!((groups.len(), accepted, rejected), (78, 88, 63));
    assert_eq!(file["numberOfTests"], accepted + rejected);
}

#[test]
fn speccheck() {
    let Some(suite) = Suite::open("ed25519/speccheck") else { return };
    let (cases, expectations) = (suite.json("cases.json"), suite.json("expectations.json"));
    let (cases, expectations) = (cases.as_array().unwrap(), expectations["vectors"].as_array().unwrap());
    assert_eq!((cases.len(), expectations.len()), (12, 12));
    let mut accepted = Vec::new();
    for (place, (case, expectation)) in cases.iter().zip(expectations).enumerate() {
        assert_eq!(expectation["index"], place);
        let good = good(&hex_of(case, "pub_key"), &hex_of(case, "message"), &hex_of(case, "signature"));
        assert_eq!(good, text(expectation, "strict") == "accept", "case {place}");
        if good {
            accepted.push(place);
        }
    }
    println!(
        "conformance speccheck: 12 cases, {} accepted, {} rejected",
        accepted.len(),
        12 - accepted.len()
    );
    assert_eq!(accepted, [3]);
}
