//! The dialect of Inji Certify, `PixelPass` and Inji Verify.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use shared::cose::CoseError;
use shared::credential::{self, ReadError};
use shared::keys::{hex, unhex};
use shared::qr_text::{self, TextError};
use tests::{pack, read};

use super::{Scanned, Suite, hex_of, judge, jwk_kid, public_key, reason, text, trusting};

const ISSUER: &str = "https://221f38cc3ffc.ngrok-free.app/v1/certify";

#[test]
fn the_dialect_of_inji() {
    let Some(suite) = Suite::open("claim-169-inji") else { return };
    let variants = suite.json("qr-variants.json");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for result in tokens(&suite).into_iter().chain(texts(&suite, &variants)).chain(parse_only(&suite)) {
        *counts.entry(result).or_default() += 1;
    }
    println!("conformance claim-169-inji: 14 cases, {counts:?}");
    assert_eq!(
        counts,
        BTreeMap::from([
            ("token accepted", 2),
            ("token rejected", 1),
            ("text accepted", 6),
            ("text rejected", 1),
            ("other parsed", 2),
            ("other rejected", 1),
            ("other unsupported", 1),
        ])
    );
}

/// Every text of the suite: the tokens packed, the variants, and the tokens whose key nobody published.
pub(super) fn scanned(suite: &Suite) -> Vec<Scanned> {
    let token = |(file, jwks): (&str, &str)| Scanned {
        name: file.to_owned(),
        text: pack::text(&unhex(&suite.text(file)).unwrap()),
        trusted: trusted(suite, jwks),
    };
    let named =
        |vector: &Value, text: String, trusted| Scanned { name: vector["name"].to_string(), text, trusted };
    let variants = suite.json("qr-variants.json");
    let variants = variants["variants"].as_array().unwrap().iter();
    let variant = |vector: &Value| {
        named(vector, text(vector, "qr_data").to_owned(), trusted(suite, text(vector, "jwks")))
    };
    let others = suite.json("parse-only.json");
    let others = others["vectors"].as_array().unwrap().iter();
    let other = |vector: &Value| named(vector, packed_hex(vector), trusted_otherwise(suite, vector));
    let tokens = [
        ("valid-ec-cwt.hex", "jwksECkey.json"),
        ("valid-ec-cwt-tag18.hex", "jwksECkey.json"),
        ("invalid-ec-cwt.hex", "jwksECkey.json"),
    ];
    tokens.into_iter().map(token).chain(variants.map(variant)).chain(others.map(other)).collect()
}

/// As `PixelPass` packs it: the hexadecimal text.
fn packed_hex(vector: &Value) -> String {
    pack::text(text(vector, "cwt_hex").as_bytes())
}

/// The vector's issuer, with a key that is not the one.
fn trusted_otherwise(suite: &Suite, vector: &Value) -> shared::trusted::Trusted {
    let issuer = vector["claims"]["1"].as_str().unwrap_or(ISSUER);
    let key = public_key(&suite.json("jwksECkey.json")["keys"][0]);
    let kid = key.kid();
    trusting(issuer, key, kid)
}

/// The three tokens as they are, in a QR text of their bytes.
fn tokens(suite: &Suite) -> Vec<&'static str> {
    let judged = |file: &str, jwks: &str| {
        let token = unhex(&suite.text(file)).unwrap();
        let verdict = judge(&pack::text(&token), &trusted(suite, jwks));
        (reason(&verdict), verdict.dialect.map(|dialect| dialect.to_string()))
    };
    let (outcome, dialect) = judged("valid-ec-cwt.hex", "jwksECkey.json");
    assert_eq!((outcome, dialect.as_deref()), ("valid", Some("tag61+bstr169+es256")));
    let (outcome, dialect) = judged("valid-ec-cwt-tag18.hex", "jwksECkey.json");
    assert_eq!((outcome, dialect.as_deref()), ("valid", Some("bstr169+es256")));
    // RS256: refused before its key is looked for.
    assert_eq!(judged("invalid-ec-cwt.hex", "jwksinvalidECkey.json"), ("unreadable", None));
    vec!["token accepted", "token accepted", "token rejected"]
}

fn trusted(suite: &Suite, jwks: &str) -> shared::trusted::Trusted {
    let jwks = suite.json(jwks);
    let [jwk] = jwks["keys"].as_array().unwrap().as_slice() else { panic!("one key") };
    trusting(ISSUER, public_key(jwk), jwk_kid(jwk))
}

fn texts(suite: &Suite, file: &Value) -> Vec<&'static str> {
    let variants = file["variants"].as_array().unwrap();
    assert_eq!(variants.len(), 7);
    assert_eq!(file["claims"]["1"], ISSUER);
    let one = |variant: &Value| {
        let trusted = trusted(suite, text(variant, "jwks"));
        let verdict = judge(text(variant, "qr_data"), &trusted);
        if variant["expected"] == "reject" {
            assert_eq!(reason(&verdict), "unreadable");
            return "text rejected";
        }
        let tags = match variant["outer_tags"].as_array().unwrap().len() {
            2 => "tag61+",
            1 => "",
            _ => "untagged+",
        };
        let inner = if text(variant, "zlib_input").starts_with("ascii hex") { "hex+" } else { "" };
        let dialect = format!("{tags}{inner}bstr169+es256");
        assert_eq!((reason(&verdict), verdict.dialect.map(|d| d.to_string())), ("valid", Some(dialect)));
        compare(text(variant, "qr_data"), &file["claims"], &file["claim_169"]);
        let report = serde_json::to_value(verdict.report()).unwrap();
        assert_eq!(report["claims"]["full_name"], "Janardhan BS");
        assert_eq!(report["claims"]["gender"], "M");
        assert_eq!(report["claims"].get("face"), None, "text is not image data");
        "text accepted"
    };
    variants.iter().map(one).collect()
}

/// Tokens whose key nobody published: read, never valid.
fn parse_only(suite: &Suite) -> Vec<&'static str> {
    let file = suite.json("parse-only.json");
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 4);
    let one = |vector: &Value| {
        let packed = packed_hex(vector);
        let trusted = trusted_otherwise(suite, vector);
        let verdict = judge(&packed, &trusted);
        match text(vector, "name") {
            "inji-verify-broken-hex" => {
                assert_eq!(verdict.read_error, Some(ReadError::Text(TextError::DamagedHex)));
                "other rejected"
            }
            "inji-verify-rs256" => {
                let error = ReadError::Cose(CoseError::UnsupportedAlgorithm { label: -257 });
                assert_eq!(verdict.read_error, Some(error));
                "other unsupported"
            }
            name => {
                assert_eq!(reason(&verdict), "unknown_key", "{name}");
                compare(&packed, &vector["claims"], &vector["claim_169"]);
                assert_eq!(credential_alg(&hex_of(vector, "cwt_hex")), vector["alg"].as_i64().unwrap());
                "other parsed"
            }
        }
    };
    vectors.iter().map(one).collect()
}

fn credential_alg(token: &[u8]) -> i64 {
    shared::cose::Sign1::parse(token).unwrap().header.algorithm.label()
}

/// Every listed value, read from the payload.
fn compare(qr_data: &str, claims: &Value, claim_169: &Value) {
    let token = qr_text::decode(qr_data).unwrap();
    let unverified = credential::parse(&token).unwrap();
    let payload = read::to_json(unverified.dangerous_peek().payload()).unwrap();
    let listed = |expected: &Value, found: &Value| {
        let expected: &Map<String, Value> = expected.as_object().unwrap();
        assert!(!expected.is_empty());
        for (key, value) in expected {
            assert_eq!(&found[key], value, "key {key}");
        }
    };
    listed(claims, &payload);
    let inner = payload["169"].as_str().unwrap().strip_prefix("hex:").unwrap();
    assert_eq!(inner, hex(&unhex(inner).unwrap()));
    listed(claim_169, &read::to_json(&unhex(inner).unwrap()).unwrap());
}
