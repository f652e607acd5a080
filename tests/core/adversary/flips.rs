//! One wrong bit, anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use shared::id::CardNumber;
use shared::trusted::Trusted;
use tests::city::{City, identity, riverbend_card, service_card};
use tests::draft::Draft;
use tests::pack;

use super::outcome;

#[test]
fn every_bit_of_an_identity_token() {
    flip_all("identity", &identity());
}

#[test]
fn every_bit_of_a_service_token() {
    flip_all("service", &service_card());
}

#[test]
fn every_bit_of_a_token_as_inji_writes_it() {
    flip_all("inji", &riverbend_card());
}

/// What a flip may lead to, by the part of the token that it hits.
fn allowed(part: Part) -> &'static [&'static str] {
    match part {
        Part::Frame => &["cannot_tell: not_a_card", "cannot_tell: unreadable"],
        Part::Protected => {
            &["cannot_tell: unknown_key", "cannot_tell: unreadable", "not_valid: bad_signature"]
        }
        Part::Payload => &[
            "cannot_tell: not_a_card",
            "cannot_tell: unknown_issuer",
            "cannot_tell: unreadable",
            "not_valid: bad_signature",
        ],
        Part::Signature => &["not_valid: bad_signature"],
    }
}

/// Flips each bit of a card; says how many there were.
fn flip_card(card: u64, trusted: &Trusted) -> usize {
    let names = ["Zoë Żurawska-Ñandú", "Ng", "ليلى الحداد", "Олена Ковальчук", "Nguyễn Thị Hồng"];
    let name = names.iter().cycle().nth(usize::try_from(card % 5).unwrap()).unwrap();
    let services = if card.is_multiple_of(3) { "library" } else { "library clinic transit" };
    let [_, _, _, random @ ..] = (card + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
    let number = CardNumber::from_random(random).to_string();
    let draft = identity().claim(9, services).field(1, number.as_str()).field(4, *name);
    let draft = if card.is_multiple_of(4) { draft.without_field(8) } else { draft };
    let token = draft.token();
    let read = |token: &[u8]| outcome(&pack::base45_of(&pack::zlib_stored(token)), trusted);
    assert_eq!(read(&token), "valid", "card {card}");
    for bit in 0..token.len() * 8 {
        let mut flipped = token.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let outcome = read(&flipped);
        assert!(
            outcome.starts_with("not_valid: ") || outcome.starts_with("cannot_tell: "),
            "{card}, {bit}: {outcome}"
        );
    }
    token.len() * 8
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Frame,
    Protected,
    Payload,
    Signature,
}

fn flip_all(name: &str, card: &Draft) {
    let trusted = City::port_alder().trusted();
    assert_eq!(outcome(&card.text(), &trusted), "valid");
    let token = card.token();
    let parts = parts(&token, &card.payload());
    let mut seen: BTreeMap<Part, BTreeSet<String>> = BTreeMap::new();
    for (place, part) in parts.iter().enumerate() {
        for bit in 0..8 {
            let mut flipped = token.clone();
            flipped[place] ^= 1 << bit;
            let outcome = outcome(&pack::text(&flipped), &trusted);
            assert!(allowed(*part).contains(&outcome.as_str()), "byte {place}, bit {bit}: {outcome}");
            seen.entry(*part).or_default().insert(outcome);
        }
    }
    println!("{name}: {} bits flipped, {seen:?}", token.len() * 8);
    // Each of the reasons does occur.
    for (part, outcomes) in seen {
        assert_eq!(outcomes.iter().map(String::as_str).collect::<Vec<_>>(), allowed(part), "{part:?}");
    }
}

fn parts(token: &[u8], payload: &[u8]) -> Vec<Part> {
    let place = |needle: &[u8]| token.windows(needle.len()).position(|window| window == needle).unwrap();
    let payload_at = place(payload);
    let signature_at = token.len() - 64;
    assert_eq!(payload_at + payload.len() + 2, signature_at, "the signature's head is two bytes");
    // d2 84 (d8 3d d2 84), then the head of the protected header.
    let head = token.iter().position(|byte| *byte == 0x84).unwrap() + 1;
    let (protected_at, protected) = match token[head] {
        0x58 => (head + 2, usize::from(token[head + 1])),
        short => (head + 1, usize::from(short - 0x40)),
    };
    (0..token.len())
        .map(|at| match at {
            _ if at >= signature_at => Part::Signature,
            _ if (payload_at..payload_at + payload.len()).contains(&at) => Part::Payload,
            _ if (protected_at..protected_at + protected).contains(&at) => Part::Protected,
            _ => Part::Frame,
        })
        .collect()
}

/// A thousand good cards that differ in name, birth date, place and services: each bit of each.
#[test]
fn every_bit_of_a_thousand_cards() {
    const CARDS: u64 = 1_000;
    let trusted = City::port_alder().trusted();
    let flip_from =
        |first: u64| (first..CARDS).step_by(2).map(|card| flip_card(card, &trusted)).sum::<usize>();
    let bits = thread::scope(|scope| {
        let odd = scope.spawn(|| flip_from(1));
        flip_from(0) + odd.join().unwrap()
    });
    println!("{CARDS} cards: {bits} bits flipped");
    assert!(bits > 1_200_000, "{bits}");
}

#[test]
fn a_changed_character_of_the_text_changes_nothing_that_counts() {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let trusted = City::port_alder().trusted();
    let (card, text) = (identity().token(), identity().text());
    let mut refused = 0;
    for place in 0..text.len() {
        let mut changed = text.clone().into_bytes();
        let symbol = ALPHABET.iter().position(|symbol| *symbol == changed[place]).unwrap();
        changed[place] = ALPHABET[(symbol + 1) % ALPHABET.len()];
        let changed = String::from_utf8(changed).unwrap();
        match outcome(&changed, &trusted).as_str() {
            // Bits that zlib does not use: the token is the same.
            "valid" => assert_eq!(shared::qr_text::decode(&changed).unwrap().bytes, card),
            "cannot_tell: not_a_card" | "cannot_tell: unreadable" | "not_valid: bad_signature" => {
                refused += 1;
            }
            other => panic!("character {place}: {other}"),
        }
    }
    assert!(refused >= text.len() - 2, "{refused} of {} changes were refused", text.len());
}
