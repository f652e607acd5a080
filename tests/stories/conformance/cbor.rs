//! Well-formed and ill-formed CBOR. Strict reading refuses some of what is
//! well-formed on purpose: indefinite lengths, heads longer than need be, deep
//! nesting. Those count as unsupported, each with its reason.

use std::collections::BTreeMap;

use minicbor::Decoder;
use serde_json::Value;
use shared::cbor::{CborError, Strict};
use tests::read;

use super::{Suite, hex_of};

/// How strict reading answers, in one word.
fn answer(bytes: &[u8]) -> &'static str {
    match Strict::parse(bytes) {
        Ok(strict) => {
            assert_eq!(strict.as_bytes(), bytes);
            "accepted"
        }
        Err(CborError::Indefinite { .. }) => "indefinite",
        Err(CborError::NotShortest { .. }) => "not shortest",
        Err(CborError::TooDeep { .. }) => "too deep",
        Err(CborError::TooManyEntries { .. }) => "too many entries",
        Err(CborError::DuplicateKey { .. }) => "duplicate key",
        Err(_) => "ill-formed",
    }
}

fn count<'a>(answers: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for answer in answers {
        *counts.entry(answer).or_default() += 1;
    }
    counts
}

#[test]
fn appendix_a() {
    let Some(suite) = Suite::open("cbor") else { return };
    let file = suite.json("appendix_a.json");
    let cases = file.as_array().unwrap();
    let counts = count(cases.iter().map(|case| answer(&hex_of(case, "hex"))));
    let compared = cases.iter().filter(|case| compare(case)).count();
    println!("conformance cbor appendix_a: {} cases, {counts:?}, {compared} values compared", cases.len());
    assert_eq!(cases.len(), 82);
    assert_eq!(counts, BTreeMap::from([("accepted", 71), ("indefinite", 11)]));
    assert_eq!(compared, 38);
}

/// Whether the value could be compared: it is one that JSON and cards can hold.
fn compare(case: &Value) -> bool {
    let bytes = hex_of(case, "hex");
    let Some(expected) = case.get("decoded") else { return false };
    if answer(&bytes) != "accepted" {
        return false;
    }
    match read::to_json(&bytes).unwrap() {
        Value::Null => expected.is_null(),
        Value::String(text) if text.starts_with("hex:") => false,
        // Floats: the expectation went through a decimal that is rounded when read.
        Value::Number(found) if found.is_f64() => {
            let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
            assert!((found - expected).abs() <= expected.abs() * f64::EPSILON, "{found} {expected}");
            true
        }
        found => {
            assert_eq!(&found, expected);
            true
        }
    }
}

#[test]
fn fail() {
    let Some(suite) = Suite::open("cbor") else { return };
    let file = suite.json("fail.json");
    let cases = file.as_array().unwrap();
    let counts = count(cases.iter().map(|case| answer(&hex_of(case, "hex"))));
    println!("conformance cbor fail: {} cases, {counts:?}", cases.len());
    assert_eq!(cases.len(), 679);
    assert_eq!(counts.get("accepted"), None);
    assert_eq!(counts.values().sum::<usize>(), 679);
}

/// The encoded tests of one file of the working group, the rest passed over.
fn encoded(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut decoder = Decoder::new(bytes);
    let mut tests = Vec::new();
    for _ in 0..decoder.map().unwrap().unwrap() {
        if decoder.str().unwrap() != "tests" {
            decoder.skip().unwrap();
            continue;
        }
        for _ in 0..decoder.array().unwrap().unwrap() {
            for _ in 0..decoder.map().unwrap().unwrap() {
                if decoder.str().unwrap() == "encoded" {
                    tests.push(decoder.bytes().unwrap().to_vec());
                } else {
                    decoder.skip().unwrap();
                }
            }
        }
    }
    assert_eq!(decoder.position(), bytes.len());
    tests
}

#[test]
fn working_group_appendix_a() {
    let Some(suite) = Suite::open("cbor") else { return };
    let files = suite.files("wg/rfc8949-appendixA");
    let tests: Vec<Vec<u8>> = files.iter().flat_map(|file| encoded(&suite.bytes(file))).collect();
    let counts = count(tests.iter().map(|test| answer(test)));
    println!("conformance cbor wg appendix A: {} cases in {} files, {counts:?}", tests.len(), files.len());
    assert_eq!((files.len(), tests.len()), (10, 81));
    assert_eq!(counts, BTreeMap::from([("accepted", 70), ("indefinite", 11)]));
}

#[test]
fn working_group_good() {
    let Some(suite) = Suite::open("cbor") else { return };
    let tests = encoded(&suite.bytes("wg/rfc8949/good.cbor"));
    let counts = count(tests.iter().map(|test| answer(test)));
    println!("conformance cbor wg good: {} cases, {counts:?}", tests.len());
    assert_eq!(tests.len(), 88);
    assert_eq!(counts, BTreeMap::from([("accepted", 73), ("not shortest", 12), ("too deep", 3)]));
}

#[test]
fn working_group_bad() {
    let Some(suite) = Suite::open("cbor") else { return };
    let tests = encoded(&suite.bytes("wg/rfc8949/bad.cbor"));
    let accepted: Vec<&Vec<u8>> = tests.iter().filter(|test| answer(test) == "accepted").collect();
    println!("conformance cbor wg bad: {} cases, {} rejected", tests.len(), tests.len() - accepted.len());
    // Well-formed, though tags 0 and 1 stand around a map: no card has a tag in it
    // that is looked at.
    assert_eq!(tests.len(), 47);
    assert_eq!(accepted, [&[0xc1, 0xa1, 0x61, 0x61, 0x00], &[0xc0, 0xa1, 0x61, 0x61, 0x00]]);
}
