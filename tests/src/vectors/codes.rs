//! Texts: what scanners add, what damage does, and what is no card at all.

use super::{Case, Folder, case};
use crate::city::identity;
use crate::pack;
use crate::raw::{Map, Raw};

pub(super) fn cases() -> Vec<Case> {
    [scanners(), damage(), others(), objects()].into_iter().flatten().collect()
}

const UNREADABLE: &str = "cannot_tell: unreadable";
const NOT_A_CARD: &str = "cannot_tell: not_a_card";

fn good(name: &'static str, description: &'static str, text: String) -> Case {
    case(Folder::Valid, name, description, text, "valid")
}

fn bad(
    name: &'static str,
    description: &'static str,
    text: impl Into<String>,
    outcome: &'static str,
) -> Case {
    case(Folder::Invalid, name, description, text.into(), outcome)
}

fn scanners() -> Vec<Case> {
    let text = identity().text();
    vec![
        good("text-crlf", "The scanner ends the text with CR LF", format!("{text}\r\n")),
        good("text-tab", "The scanner ends the text with a tab", format!("{text}\t")),
        good("text-line-ends-around", "Line ends on both sides", format!("\r\n{text}\n\n")),
        bad("text-line-end-inside", "A line end in the middle", broken(&text, "\r\n"), NOT_A_CARD),
        bad(
            "text-lower-case",
            "The text in lower case: outside the Base45 alphabet",
            text.to_lowercase(),
            NOT_A_CARD,
        ),
        bad("text-prefix", "A prefix, as health certificates have one", format!("HC1:{text}"), NOT_A_CARD),
        bad(
            "text-space-at-end",
            "A space is a Base45 character, not white space",
            format!("{text} "),
            UNREADABLE,
        ),
    ]
}

fn broken(text: &str, at_middle: &str) -> String {
    let (first, second) = text.split_at(text.len() / 2);
    format!("{first}{at_middle}{second}")
}

fn damage() -> Vec<Case> {
    let text = identity().text();
    let packed = pack::zlib(&identity().token());
    let (cut, _) = text.split_at(text.len() - 30);
    let trailing = [packed.as_slice(), &[0]].concat();
    let twice = [packed.as_slice(), packed.as_slice()].concat();
    let mut checksum = packed.clone();
    if let Some(last) = checksum.last_mut() {
        *last ^= 1;
    }
    let odd_hex = identity().hex_token_without_last_digit();
    vec![
        bad("text-cut-short", "The last 30 characters are missing", cut, UNREADABLE),
        bad("base45-too-large", "A group of three that no two bytes give", "NCF:::", UNREADABLE),
        bad("base45-pair-too-large", "A last pair that no byte gives", "NCF::", UNREADABLE),
        bad("base45-one-left", "A length that Base45 never has", "NCFA", UNREADABLE),
        bad("zlib-trailing-byte", "A byte behind the zlib stream", pack::base45_of(&trailing), UNREADABLE),
        bad("zlib-twice", "Two cards in one code", pack::base45_of(&twice), UNREADABLE),
        bad("zlib-checksum", "A wrong Adler-32", pack::base45_of(&checksum), UNREADABLE),
        bad(
            "zlib-preset-dictionary",
            "A zlib header that asks for a preset dictionary",
            pack::base45_of(&[&[0x78, 0xbb, 0, 0, 0, 0], packed.as_slice()].concat()),
            NOT_A_CARD,
        ),
        bad("zlib-bomb", "2.5 MB of zeros in 3,700 characters", pack::text(&vec![0; 2_500_000]), UNREADABLE),
        bad("hex-odd", "Hexadecimal with a digit too few", pack::text(&odd_hex), UNREADABLE),
        bad(
            "hex-twice",
            "Hexadecimal of hexadecimal: undone once only",
            pack::text(shared::keys::hex(shared::keys::hex(&identity().token()).as_bytes()).as_bytes()),
            UNREADABLE,
        ),
        bad("token-empty", "A zlib stream of nothing", pack::text(&[]), UNREADABLE),
    ]
}

fn others() -> Vec<Case> {
    vec![
        bad("other-url", "A web address", "https://library.port-alder.example/opening-hours", NOT_A_CARD),
        bad(
            "other-url-upper",
            "A web address in capitals, all in the Base45 alphabet",
            "HTTPS://PORT-ALDER.EXAMPLE/A",
            NOT_A_CARD,
        ),
        bad("other-empty", "An empty text", "", UNREADABLE),
        bad("other-line-end-only", "A line end alone", "\r\n", UNREADABLE),
        bad(
            "other-vcard",
            "A business card",
            "BEGIN:VCARD\nVERSION:4.0\nFN:Maud Example\nEND:VCARD",
            NOT_A_CARD,
        ),
        bad("other-wifi", "A Wi-Fi code", "WIFI:S:Town Hall;T:WPA;P:notapassword;;", NOT_A_CARD),
        bad("other-json", "JSON", r#"{"card": "good"}"#, NOT_A_CARD),
        bad(
            "other-number",
            "A product's number of 12 digits: Base45 could be so long, but nothing zlib is in it",
            "036000291452",
            NOT_A_CARD,
        ),
        bad("other-number-13", "One of 13 digits: Base45 never has that length", "4006381333931", NOT_A_CARD),
        bad("other-base45-not-zlib", "Base45 of a greeting", pack::base45_of(b"hello, counter"), NOT_A_CARD),
        bad("other-unicode", "Letters outside ASCII", "Ünïcödé", NOT_A_CARD),
    ]
}

fn objects() -> Vec<Case> {
    let token = |item: Raw| pack::text(&item.encode());
    let encrypted = Raw::Array(vec![
        Map::from([(1, 3)]).encoded().into(),
        Map::from([(5, pack::filler(12))]).into(),
        pack::filler(90).into(),
    ]);
    let mac = Raw::Array(vec![
        Map::from([(1, 5)]).encoded().into(),
        Map::default().into(),
        identity().payload().into(),
        pack::filler(32).into(),
    ]);
    let many_signers = Raw::Array(vec![
        Raw::Bytes(Vec::new()),
        Map::default().into(),
        identity().payload().into(),
        Raw::Array(vec![]),
    ]);
    let tagged = |tag, item: &Raw| Raw::Tag(tag, Box::new(item.clone()));
    vec![
        bad("cose-encrypt0", "COSE_Encrypt0: not supported", token(tagged(16, &encrypted)), NOT_A_CARD),
        bad(
            "cose-mac0",
            "COSE_Mac0: anyone who checks it could make it",
            token(tagged(17, &mac)),
            NOT_A_CARD,
        ),
        bad(
            "cose-sign",
            "COSE_Sign, several signers: not supported",
            token(tagged(98, &many_signers)),
            NOT_A_CARD,
        ),
        bad(
            "cose-mac0-as-sign1",
            "The parts of a COSE_Mac0 under tag 18",
            token(tagged(18, &mac)),
            UNREADABLE,
        ),
        bad("cbor-map", "A bare claims map, unsigned", pack::text(&identity().payload()), NOT_A_CARD),
        bad("cbor-text", "CBOR text", token("a card".into()), NOT_A_CARD),
        bad("tag-61-alone", "Tag 61 with no tag 18 in it", identity().tags(&[61]).text(), NOT_A_CARD),
        bad("tags-swapped", "Tag 18 around tag 61", identity().tags(&[18, 61]).text(), NOT_A_CARD),
        bad("tag-18-twice", "Tag 18 twice", identity().tags(&[18, 18]).text(), NOT_A_CARD),
        bad("tag-61-twice", "Tag 61 twice", identity().tags(&[61, 61, 18]).text(), NOT_A_CARD),
        bad(
            "tag-unknown",
            "An unknown tag around a good card",
            identity().tags(&[999, 18]).text(),
            NOT_A_CARD,
        ),
        bad(
            "payload-not-a-map",
            "A signed greeting",
            identity().payload_bytes(Raw::from("hi").encode()).text(),
            NOT_A_CARD,
        ),
        bad("claim-169-absent", "A signed token that is no card", identity().without(169).text(), NOT_A_CARD),
        bad(
            "claim-169-text",
            "Claim 169 as text",
            identity().without(169).claim(169, "me").text(),
            NOT_A_CARD,
        ),
        bad("payload-detached", "The payload travels elsewhere", token(tagged(18, &detached())), NOT_A_CARD),
        bad("array-of-three", "Three parts instead of four", token(tagged(18, &encrypted)), NOT_A_CARD),
    ]
}

fn detached() -> Raw {
    Raw::Array(vec![
        Map::from([(1, -8)]).encoded().into(),
        Map::default().into(),
        Raw::Null,
        pack::filler(64).into(),
    ])
}
