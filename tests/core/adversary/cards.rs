//! Cards that somebody made, changed, kept too long or took from elsewhere.

use shared::cbor::CborError;
use shared::cose::CoseError;
use shared::credential::ReadError;
use shared::qr_text::{TextError, ZlibError};
use shared::verdict::{Desk, Verdict, verdict};
use tests::city::{
    City, DAY, DESK, DESK_LIST, FORGER, GOOD, LIST_LENGTH, LISTS_AT, LOST, LOST_AT, LOST_LIST, NOW,
    OLD_FERRY, OLD_FERRY_URL, REVOKED, RIVERBEND_ED, RIVERBEND_URL, SUSPENDED, at, identity, number,
    old_ferry_card, service_card, status_at,
};
use tests::draft::{Draft, KID};
use tests::pack;
use tests::raw::Raw;

use super::{outcome, outcome_at};

fn here(card: &Draft) -> String {
    outcome(&card.text(), &City::port_alder().trusted())
}

#[test]
fn forged_with_a_key_of_ones_own() {
    assert_eq!(here(&identity().forged_by(FORGER)), "not_valid: bad_signature");
    assert_eq!(here(&service_card().forged_by(FORGER)), "not_valid: bad_signature");
    assert_eq!(here(&identity().forged_by(FORGER).without_protected(KID)), "not_valid: bad_signature");
    assert_eq!(here(&identity().signed_by(FORGER)), "cannot_tell: unknown_key");
}

#[test]
fn a_signature_that_only_a_lenient_check_takes() {
    let signed = identity().signed_bytes();
    let lenient = tests::lenient::signature(DESK, &signed);
    let key = ed25519_dalek::VerifyingKey::from_bytes(&DESK.public().to_bytes().try_into().unwrap()).unwrap();
    let signature = ed25519_dalek::Signature::from_slice(&lenient).unwrap();
    assert!(ed25519_dalek::Verifier::verify(&key, &signed, &signature).is_ok());
    assert!(key.verify_strict(&signed, &signature).is_err());
    assert_eq!(here(&identity().signature(lenient)), "not_valid: bad_signature");
}

#[test]
fn a_list_from_before_its_key_was_lost_does_not_tell_and_one_of_that_very_second_does() {
    let card = identity().signed_by(LOST).claim(6, LOST_AT - 1).claim(65_535, status_at(GOOD, LOST_LIST));
    for (signed, said) in [(LOST_AT - 1, "cannot_tell: status_unknown"), (LOST_AT, "valid_stale")] {
        let city = City::port_alder().with(|city| {
            city.lists.iter_mut().find(|list| list.uri == LOST_LIST).unwrap().issued_at = signed;
        });
        assert_eq!(outcome(&card.text(), &city.trusted()), said, "a list of {signed}");
    }
}

#[test]
fn where_no_desk_says_otherwise_lists_are_fresh_for_seven_days() {
    for (age, said) in [(7 * DAY, "valid"), (7 * DAY + 1, "valid_stale")] {
        let city = City::port_alder().with(|city| {
            city.lists.iter_mut().for_each(|list| list.issued_at = NOW - age);
        });
        assert_eq!(outcome(&identity().text(), &city.trusted()), said, "lists {age} s old");
    }
}

#[test]
fn a_forged_card_proves_nothing() {
    let trusted = City::port_alder().trusted();
    for card in [identity().forged_by(FORGER), identity().signed_by(FORGER), identity().signature(vec![])] {
        let verdict = verdict(&card.text(), Some(&trusted), Desk::Any, at(NOW));
        assert_eq!((verdict.card, verdict.lists_age), (None, None));
    }
}

#[test]
fn signed_by_a_recognised_city_in_the_name_of_another() {
    // Riverbend has no business with Port Alder's cards, nor Port Alder with Old Ferry's.
    assert_eq!(here(&identity().signed_by(RIVERBEND_ED)), "cannot_tell: unknown_key");
    assert_eq!(here(&identity().forged_by(RIVERBEND_ED)), "not_valid: bad_signature");
    assert_eq!(here(&old_ferry_card().forged_by(DESK)), "not_valid: bad_signature");
    assert_eq!(
        here(&identity().forged_by(OLD_FERRY).protected(KID, [0xb7; 64].as_slice())),
        "cannot_tell: unknown_key"
    );
}

#[test]
fn replayed_under_another_issuer() {
    let signature = signature_of(&identity());
    for (issuer, with_kid, without) in [
        (RIVERBEND_URL, "cannot_tell: unknown_key", "not_valid: bad_signature"),
        (OLD_FERRY_URL, "cannot_tell: unknown_key", "not_valid: bad_signature"),
        ("https://nowhere.example", "cannot_tell: unknown_issuer", "cannot_tell: unknown_issuer"),
    ] {
        let replayed = identity().claim(1, issuer).signature(signature.clone());
        assert_eq!(here(&replayed), with_kid);
        assert_eq!(here(&replayed.without_protected(KID)), without);
    }
}

#[test]
fn anothers_name_under_ones_own_signature() {
    let altered = identity().field(4, "Somebody Else").signature(signature_of(&identity()));
    assert_eq!(here(&altered), "not_valid: bad_signature");
    let later = identity().claim(4, NOW + 4_000 * DAY).signature(signature_of(&identity()));
    assert_eq!(here(&later), "not_valid: bad_signature");
}

#[test]
fn expired_and_not_yet_valid() {
    assert_eq!(here(&identity().claim(4, NOW)), "not_valid: expired");
    assert_eq!(here(&identity().claim(5, NOW + 1)), "not_valid: not_yet_valid");
}

#[test]
fn revoked_and_suspended() {
    for card in [identity(), service_card()] {
        let with = |index| card.clone().claim(65_535, status_at(index, DESK_LIST));
        assert_eq!(here(&with(REVOKED)), "not_valid: revoked");
        assert_eq!(here(&with(SUSPENDED)), "not_valid: suspended");
    }
}

#[test]
fn a_card_that_is_not_good_shows_no_holder() {
    let trusted = City::port_alder().trusted();
    let revoked = identity().claim(65_535, status_at(REVOKED, DESK_LIST));
    for card in [revoked, identity().claim(4, NOW), identity().claim(9, "clinic")] {
        let library = tests::city::service("library");
        let verdict = verdict(&card.text(), Some(&trusted), Desk::Of(&library), at(NOW));
        let card = verdict.card.unwrap();
        assert_eq!((card.number, card.holder), (Some(number()), None));
    }
}

#[test]
fn the_status_of_a_better_card() {
    let length = i64::try_from(LIST_LENGTH).unwrap();
    assert_eq!(here(&identity().claim(65_535, status_at(length - 1, DESK_LIST))), "valid");
    assert_eq!(here(&identity().claim(65_535, status_at(length, DESK_LIST))), "cannot_tell: status_unknown");
    let elsewhere = status_at(GOOD, "https://cards.port-alder.example.evil.example/status/desk-2027");
    assert_eq!(here(&identity().claim(65_535, elsewhere)), "cannot_tell: status_unknown");
    assert_eq!(here(&identity().without(65_535)), "cannot_tell: status_unknown");
}

#[test]
fn a_stolen_key_dates_its_cards_back() {
    let dated = |iat: i64| identity().signed_by(LOST).claim(6, iat);
    let listed = |iat: i64, index: i64| dated(iat).claim(65_535, status_at(index, LOST_LIST));
    assert_eq!(here(&listed(NOW - DAY, GOOD)), "not_valid: key_compromised");
    // An index that another key's list has not given to anybody is no way out.
    let elsewhere = dated(NOW - 20 * DAY).claim(65_535, status_at(GOOD, DESK_LIST));
    assert_eq!(here(&elsewhere), "not_valid: key_compromised");
    assert_eq!(here(&dated(NOW - 20 * DAY).without(65_535)), "not_valid: key_compromised");
    assert_eq!(here(&listed(NOW - 20 * DAY, LIST_LENGTH.try_into().unwrap())), "cannot_tell: status_unknown");
}

#[test]
fn a_clock_that_was_set_back() {
    let trusted = City::port_alder().trusted();
    let text = identity().text();
    assert_eq!(outcome_at(&text, &trusted, LISTS_AT - 300), "valid");
    assert_eq!(outcome_at(&text, &trusted, LISTS_AT - 301), "cannot_tell: clock_behind");
    assert_eq!(outcome_at(&text, &trusted, 0), "cannot_tell: clock_behind");
    // Setting it back does not make an expired card good again.
    let expired = identity().claim(4, LISTS_AT);
    assert_eq!(outcome_at(&expired.text(), &trusted, LISTS_AT - 300), "not_valid: expired");
}

#[test]
fn shapes_that_are_refused_each_say_why() {
    let text = |token: &[u8]| pack::text(token);
    let token = identity().token();
    let behind = token.len();
    let deep = identity().claim(500, Raw::nested(50_000));
    let cbor = |error| ReadError::Cose(CoseError::Cbor(error));
    let claims = |error| ReadError::Claims(shared::claims::ClaimsError::Cbor(error));
    let bomb = ReadError::Text(TextError::Zlib(ZlibError::TooLarge { limit: 65_536 }));
    let trailing = [pack::zlib(&token), vec![0, 0, 0]].concat();
    let payload_at = |card: &Draft, needle: &[u8]| {
        let payload = card.payload();
        payload.windows(needle.len()).rposition(|window| window == needle).unwrap()
    };
    let twice = identity().claim_again(4, 1);
    let twice_at = twice.payload().len() - 2;
    let crit = identity().protected(2, Raw::Array(vec![Raw::Int(1)]));
    let long = identity().claim(500, Raw::Encoded(vec![0x18, 0x05]));
    let pieces = identity().claim(500, Raw::Encoded(vec![0x7f, 0x61, 0x41, 0xff]));
    for (text, expected) in [
        (text(&vec![0; 2_500_000]), bomb),
        (text(&[token.as_slice(), &[0, 0]].concat()), cbor(CborError::TrailingBytes { extra: 2 })),
        (text(token.split_last().unwrap().1), cbor(CborError::Truncated { at: behind - 1 })),
        (pack::base45_of(&trailing), TextError::Zlib(ZlibError::TrailingBytes { extra: 3 }).into()),
        (twice.text(), claims(CborError::DuplicateKey { at: twice_at })),
        (crit.text(), CoseError::Critical.into()),
        (long.text(), claims(CborError::NotShortest { at: payload_at(&long, &[0x18, 0x05]) })),
        (pieces.text(), claims(CborError::Indefinite { at: payload_at(&pieces, &[0x7f, 0x61]) })),
        (identity().tags(&[16]).text(), CoseError::OtherTag { tag: 16 }.into()),
        (deep.text(), bomb_or_deep(&deep)),
    ] {
        assert_eq!(read_error(&text), Some(expected));
    }
}

/// 50,000 arrays fit the token's cap; the first one too deep is where it ends.
fn bomb_or_deep(deep: &Draft) -> ReadError {
    assert!(deep.token().len() < 65_536);
    let at = deep.payload().windows(20).position(|window| window == [0x81; 20]).unwrap() + 16;
    ReadError::Claims(CborError::TooDeep { at }.into())
}

fn read_error(text: &str) -> Option<ReadError> {
    let trusted = City::port_alder().trusted();
    let verdict: Verdict = verdict(text, Some(&trusted), Desk::Any, at(NOW));
    assert_eq!(verdict.card, None);
    verdict.read_error
}

fn signature_of(card: &Draft) -> Vec<u8> {
    card.token().split_last_chunk::<64>().unwrap().1.to_vec()
}
