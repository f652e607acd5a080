//! Every cap on a card: what just fits, and one more.

use shared::cbor::{MAX_DEPTH, MAX_MAP_ENTRIES};
use shared::claims;
use shared::keys::Kid;
use shared::qr_text;

use super::{Case, Folder, case, edge};
use crate::city::{face, identity, long_kid, old_ferry_card};
use crate::draft::{Draft, KID};
use crate::pack;
use crate::raw::{Map, Raw};

const UNREADABLE: &str = "cannot_tell: unreadable";

pub(super) fn cases() -> Vec<Case> {
    let caps = [text(), token(), depth(), entries(), strings(), services(), kid(), faces()];
    caps.into_iter().flatten().collect()
}

fn pair(
    fits: (&'static str, &'static str),
    over: (&'static str, &'static str),
    mut card: impl FnMut(usize) -> Draft,
    limit: usize,
) -> Vec<Case> {
    vec![edge(fits.0, fits.1, &card(limit), "valid"), edge(over.0, over.1, &card(limit + 1), UNREADABLE)]
}

/// A text of two bytes in three characters: the longest is 4,296 characters.
fn text() -> Vec<Case> {
    let stored = |bytes: usize| {
        let token = grown(bytes - pack::zlib_stored(&[]).len(), face_of);
        pack::base45_of(&pack::zlib_stored(&token))
    };
    let longest = qr_text::MAX_TEXT / 3 * 2;
    let (fits, over) = (stored(longest), stored(longest + 1));
    assert_eq!((fits.len(), over.len()), (qr_text::MAX_TEXT, qr_text::MAX_TEXT + 2));
    vec![
        case(Folder::Edge, "cap-text", "The longest text: 4,296 characters", fits, "valid"),
        case(Folder::Edge, "cap-text-over", "A byte more: 4,298 characters", over, UNREADABLE),
    ]
}

/// An unknown claim of zeros, which zlib makes small.
fn token() -> Vec<Case> {
    let of = |length: usize| grown(length, |zeros| identity().claim(500, vec![0; zeros]));
    let hex = |length: usize| pack::text(shared::keys::hex(&of(length)).as_bytes());
    let max = qr_text::MAX_TOKEN;
    vec![
        case(Folder::Edge, "cap-token", "The largest token: 65,536 bytes", pack::text(&of(max)), "valid"),
        case(Folder::Edge, "cap-token-over", "One byte more", pack::text(&of(max + 1)), UNREADABLE),
        case(Folder::Edge, "cap-token-hex", "Its half, in hexadecimal", hex(max / 2), "valid"),
        case(Folder::Edge, "cap-token-hex-over", "One byte more, two digits", hex(max / 2 + 1), UNREADABLE),
    ]
}

/// The claims map is one level, the value in it the next.
fn depth() -> Vec<Case> {
    pair(
        ("cap-depth", "Nested as deep as may be: 16 levels below the payload"),
        ("cap-depth-over", "One level more"),
        |depth| identity().claim(500, Raw::nested(depth - 1)),
        usize::from(MAX_DEPTH),
    )
}

fn entries() -> Vec<Case> {
    pair(
        ("cap-map-entries", "A map of 256 entries"),
        ("cap-map-entries-over", "One entry more"),
        |entries| {
            let mut map = Map::default();
            (0..i64::try_from(entries).unwrap()).for_each(|key| map.push(key, 0));
            identity().claim(500, map)
        },
        usize::try_from(MAX_MAP_ENTRIES).unwrap(),
    )
}

fn strings() -> Vec<Case> {
    let name = |length| identity().field(4, "N".repeat(length));
    let iss = |length| identity().claim(1, format!("https://{}", "i".repeat(length - 8)));
    let max = claims::MAX_TEXT;
    let mut cases =
        pair(("cap-name", "A name of 2,048 bytes"), ("cap-name-over", "One byte more"), name, max);
    cases.push(edge(
        "cap-issuer",
        "An issuer of 2,048 bytes: read, but not listed",
        &iss(max),
        "cannot_tell: unknown_issuer",
    ));
    cases.push(edge("cap-issuer-over", "One byte more", &iss(max + 1), UNREADABLE));
    cases
}

fn services() -> Vec<Case> {
    pair(
        ("cap-services", "32 services in the scope, two spaces between them"),
        ("cap-services-over", "One service more"),
        |count| {
            let services: Vec<String> = (0..count).map(|n| format!("s{n}")).collect();
            identity().claim(9, services.join("  "))
        },
        claims::MAX_SERVICES,
    )
}

fn kid() -> Vec<Case> {
    assert_eq!(long_kid().as_bytes().len(), Kid::MAX_LEN);
    vec![
        edge("cap-kid", "A key id of 64 bytes", &old_ferry_card(), "valid"),
        edge("cap-kid-over", "One byte more", &old_ferry_card().protected(KID, vec![0xb7; 65]), UNREADABLE),
    ]
}

fn faces() -> Vec<Case> {
    let one = Map::from([(0, Raw::from(pack::filler(4))), (1, Raw::Int(0)), (2, Raw::Int(4))]);
    pair(
        ("cap-faces", "16 faces: the first one counts"),
        ("cap-faces-over", "One face more"),
        |count| identity().field(62, Raw::Array(vec![one.clone().into(); count])),
        16,
    )
}

fn face_of(length: usize) -> Draft {
    identity().field(62, face(length))
}

/// The token of exactly `length` bytes, made by filling up `card`.
fn grown(length: usize, card: impl Fn(usize) -> Draft) -> Vec<u8> {
    let overhead = card(1_000).token().len() - 1_000;
    let guess = length - overhead;
    (guess - 8..guess + 8).map(|fill| card(fill).token()).find(|token| token.len() == length).unwrap()
}
