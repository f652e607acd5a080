//! The examples of draft-ietf-oauth-status-list. Lists in JWT form are not
//! supported, on purpose: they count as refused.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use shared::cose::Sign1;
use shared::keys::hex;
use shared::status_list::{Status, StatusList, StatusListError, StatusToken};
use tests::raw::{Map, Raw};
use tests::read;

use super::{CLOCK, Suite, hex_of, public_key, text};

#[test]
fn every_list_in_both_encodings() {
    let Some(suite) = Suite::open("token-status-list") else { return };
    let file = suite.json("status_lists.json");
    let lists = file["lists"].as_array().unwrap();
    let (mut encodings, mut statuses) = (0, 0);
    for list in lists {
        let cbor = hex_of(list, "cbor_hex");
        // The JSON form has the same two members; they are put into the CBOR map.
        let from_json = Map::from([
            ("bits", Raw::Int(list["json"]["bits"].as_i64().unwrap())),
            ("lst", Base64UrlUnpadded::decode_vec(text(&list["json"], "lst")).unwrap().into()),
        ]);
        for bytes in [cbor, from_json.encoded()] {
            statuses += compare(list, &StatusList::from_cbor(&bytes).unwrap());
            encodings += 1;
        }
    }
    println!(
        "conformance token-status-list: {encodings} encodings of {} lists decoded, {statuses} statuses",
        lists.len()
    );
    assert_eq!((lists.len(), encodings), (6, 12));
    assert_eq!(statuses, 2 * (16 + 12 + 4 * 1_048_576));
}

/// Every index, and the bytes by their hash.
fn compare(expected: &Value, list: &StatusList) -> u64 {
    let name = text(expected, "name");
    assert_eq!(Some(list.len()), expected["entries"].as_u64(), "{name}");
    let non_zero = expected["non_zero"].as_object().unwrap();
    let (mut found, mut packed) = (0, Vec::new());
    let width = expected["bits"].as_u64().unwrap();
    for index in 0..list.len() {
        let value = list.get(index).unwrap().value();
        let (place, shift) = (usize::try_from(index * width / 8).unwrap(), index * width % 8);
        packed.resize(place + 1, 0_u8);
        packed[place] |= value << shift;
        if value != 0 {
            assert_eq!(non_zero[&index.to_string()].as_u64(), Some(u64::from(value)), "{name} at {index}");
            found += 1;
        }
    }
    assert_eq!(found, non_zero.len(), "{name}");
    assert_eq!(list.get(list.len()), None);
    assert_eq!(Some(packed.len()), expected["inflated_length"].as_u64().map(|n| n.try_into().unwrap()));
    assert_eq!(hex(&Sha256::digest(&packed)), text(expected, "inflated_sha256"), "{name}");
    list.len()
}

#[test]
fn the_signed_tokens() {
    let Some(suite) = Suite::open("token-status-list") else { return };
    let key = public_key(&suite.json("key.jwk.json"));
    let other = tests::city::RIVERBEND.public();

    let file = suite.json("status_list_cwt.json");
    let bytes = hex_of(&file, "cwt_hex");
    let token = StatusToken::parse(&bytes).unwrap();
    assert_eq!(token.dangerous_peek().kid().unwrap().as_bytes(), b"12");
    assert_eq!(token.clone().verify(&other), Err(StatusListError::BadSignature));
    let token = token.verify(&key).unwrap();
    assert_eq!(token.uri, text(&file["claims"], "2"));
    assert_eq!(
        (Some(token.issued_at), token.expires),
        (file["claims"]["6"].as_i64(), file["claims"]["4"].as_i64())
    );
    assert!((token.issued_at..token.expires.unwrap()).contains(&CLOCK));
    let list = token.statuses().unwrap();
    let lists = suite.json("status_lists.json");
    let same = lists["lists"].as_array().unwrap().iter().find(|list| list["name"] == file["same_list_as"]);
    assert_eq!(compare(same.unwrap(), &list), 16);

    // No card, only a reference: it verifies as COSE, its claims are read generically.
    let file = suite.json("referenced_token_cwt.json");
    let bytes = hex_of(&file, "cwt_hex");
    let sign1 = Sign1::parse(&bytes).unwrap();
    assert!(key.verify(sign1.header.algorithm, &sign1.signed_bytes(), sign1.signature));
    let claims = read::to_json(sign1.payload).unwrap();
    assert_eq!(claims, file["claims"]);
    let reference = &claims["65535"]["status_list"];
    assert_eq!(reference["uri"], token.uri);
    assert_eq!(list.get(reference["idx"].as_u64().unwrap()), Some(Status::Revoked));

    let jwt = suite.json("status_list_jwt.json");
    assert!(StatusToken::parse(text(&jwt, "jwt").as_bytes()).is_err());
    println!("conformance token-status-list: 3 tokens, 2 CWT verified, 1 JWT refused as unsupported");
}
