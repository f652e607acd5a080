//! Signed by a listed key, and still not to be believed: what breaks the format's
//! rules is refused before anybody asks who signed it.

use super::{Case, Folder, case, invalid};
use crate::city::{DESK, EXPIRES, PORT_ALDER_URL, identity};
use crate::draft::{ALG, CRIT, Draft, KID};
use crate::pack;
use crate::raw::{Map, Raw};

pub(super) fn cases() -> Vec<Case> {
    [headers(), claims(), encodings()].into_iter().flatten().collect()
}

const UNREADABLE: &str = "cannot_tell: unreadable";

fn refused(name: &'static str, description: &'static str, card: &Draft) -> Case {
    invalid(name, description, card, UNREADABLE)
}

fn headers() -> Vec<Case> {
    let kid = DESK.kid().as_bytes().to_vec();
    let twice = Map::from([(ALG, Raw::Int(-8)), (ALG, Raw::Int(-8)), (KID, kid.as_slice().into())]);
    vec![
        refused(
            "crit",
            "A critical header parameter: none is understood",
            &identity().protected(CRIT, Raw::Array(vec![Raw::Int(ALG)])),
        ),
        refused(
            "crit-unprotected",
            "crit where it must not stand",
            &identity().unprotected(CRIT, Raw::Array(vec![Raw::Int(ALG)])),
        ),
        refused(
            "alg-unprotected",
            "The algorithm in the unprotected header only",
            &identity().without_protected(ALG).unprotected(ALG, -8),
        ),
        refused("alg-in-both", "The algorithm in both headers", &identity().unprotected(ALG, -8)),
        refused("alg-absent", "No algorithm", &identity().without_protected(ALG)),
        refused("alg-text", "An algorithm by name", &identity().protected(ALG, "EdDSA")),
        refused("alg-rs256", "RS256, which is not supported", &identity().protected(ALG, -257)),
        refused("alg-none", "Algorithm 0, reserved", &identity().protected(ALG, 0)),
        refused("alg-hmac", "A MAC algorithm where a signature's stands", &identity().protected(ALG, 5)),
        refused(
            "alg-twice",
            "The algorithm twice in the protected header",
            &identity().protected_bytes(Raw::Map(twice).encode()),
        ),
        refused("protected-empty", "An empty protected header", &identity().protected_bytes(Vec::new())),
        refused(
            "protected-trailing",
            "A byte behind the protected header",
            &identity().protected_bytes([Raw::Map(Map::from([(ALG, -8)])).encode(), vec![0]].concat()),
        ),
        refused("kid-in-both", "The key id in both headers", &identity().unprotected(KID, kid)),
        refused("kid-not-bytes", "A key id that is a number", &identity().protected(KID, 7)),
    ]
}

fn claims() -> Vec<Case> {
    vec![
        refused("exp-float", "An expiry with a fraction", &identity().claim(4, Raw::Float(1_800_000_000.5))),
        refused(
            "exp-whole-float",
            "A whole expiry written as a float",
            &identity().claim(4, Raw::Float(1_800_000_000.0)),
        ),
        refused("exp-text", "An expiry as text", &identity().claim(4, "2027-01-03")),
        refused(
            "exp-tagged",
            "An expiry in tag 1",
            &identity().claim(4, Raw::Tag(1, Box::new(Raw::Int(EXPIRES)))),
        ),
        refused(
            "exp-too-large",
            "An expiry of 2^63",
            &identity().claim(4, Raw::Encoded(vec![0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0])),
        ),
        refused(
            "iat-float",
            "A time of signing with a fraction",
            &identity().claim(6, Raw::Float(1_767_408_000.25)),
        ),
        refused("nbf-null", "A beginning that is null", &identity().claim(5, Raw::Null)),
        refused("iss-bytes", "An issuer as bytes", &identity().claim(1, PORT_ALDER_URL.as_bytes())),
        refused(
            "scope-array",
            "A scope as an array",
            &identity().claim(9, Raw::Array(vec!["library".into()])),
        ),
        refused("exp-twice", "Two expiries", &identity().claim_again(4, EXPIRES + 1)),
        refused("iss-twice", "Two issuers", &identity().claim_again(1, "https://evil.example")),
        refused("name-twice", "Two names", &identity().field_again(4, "Somebody Else")),
        refused("claim-169-twice", "Two identity maps", &two_identities()),
        refused(
            "name-twice-in-bstr",
            "Two names, in the byte string dialect",
            &identity().field_again(4, "Somebody Else").wrapped(),
        ),
        refused(
            "unknown-key-twice",
            "A key that nobody reads, twice",
            &identity().claim(500, 1).claim_again(500, 2),
        ),
        refused(
            "status-index-text",
            "A status index as text",
            &identity().claim(65_535, crate::city::status_at("40", crate::city::DESK_LIST)),
        ),
    ]
}

fn two_identities() -> Draft {
    let one = Map::from([(4, "One Person")]);
    let two = Map::from([(4, "Another Person")]);
    let mut claims = Map::from([(1, Raw::from(PORT_ALDER_URL)), (4, Raw::Int(EXPIRES))]);
    claims.push(169, one);
    claims.push(169, two);
    identity().payload_bytes(Raw::Map(claims).encode())
}

fn encodings() -> Vec<Case> {
    let token = identity().token();
    let behind = [token.as_slice(), &[0xf6]].concat();
    let cut = token.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default();
    let raw = |bytes: &[u8]| Raw::Encoded(bytes.to_vec());
    let bad = |name, description, text: String| case(Folder::Invalid, name, description, text, UNREADABLE);
    vec![
        bad("cbor-trailing-byte", "An item behind the token", pack::text(&behind)),
        bad("cbor-cut-short", "The token's last byte is missing", pack::text(&cut)),
        bad(
            "cbor-array-of-billions",
            "An array that claims four billion items",
            pack::text(&[0xd2, 0x9a, 0xff, 0xff, 0xff, 0xff]),
        ),
        bad("cbor-indefinite-array", "The COSE array in indefinite length", pack::text(&indefinite(&token))),
        refused(
            "cbor-indefinite-text",
            "A name in pieces",
            &identity().field(4, raw(&[0x7f, 0x61, 0x41, 0x61, 0x42, 0xff])),
        ),
        refused(
            "cbor-indefinite-map",
            "An unknown claim as an indefinite map",
            &identity().claim(500, raw(&[0xbf, 0xff])),
        ),
        refused(
            "cbor-long-integer",
            "A small integer in eight bytes",
            &identity()
                .claim(4, raw(&[0x1b, 0, 0, 0, 0, 0x77, 0x35, 0x94, 0]))
                .claim(500, raw(&[0x18, 0x05])),
        ),
        refused(
            "cbor-long-length",
            "A text whose length takes a byte too many",
            &identity().field(4, raw(&[0x78, 0x02, 0x41, 0x42])),
        ),
        refused(
            "cbor-long-key",
            "A key in two bytes that fits one",
            &identity().claim_again(raw(&[0x18, 0x04]), EXPIRES + 1),
        ),
        refused("cbor-not-utf8", "A name that is not UTF-8", &identity().field(4, raw(&[0x62, 0xc3, 0x28]))),
        refused("cbor-reserved", "A head that CBOR reserves", &identity().claim(500, raw(&[0x1c]))),
        refused("cbor-break", "A break where nothing was open", &identity().claim(500, raw(&[0xff]))),
        refused("cbor-deep", "5,000 arrays, one in the other", &identity().claim(500, Raw::nested(5_000))),
        refused(
            "payload-trailing",
            "A byte behind the claims",
            &identity().payload_bytes([identity().payload(), vec![0]].concat()),
        ),
        refused("payload-empty", "No claims at all: an empty payload", &identity().payload_bytes(Vec::new())),
        refused(
            "bstr169-trailing",
            "A byte behind the wrapped identity map",
            &identity().without(169).claim(169, vec![0xa0, 0x00]),
        ),
    ]
}

/// The array's head and the end of it, without a length.
fn indefinite(token: &[u8]) -> Vec<u8> {
    let mut bytes = token.to_vec();
    if let Some(head) = bytes.get_mut(1) {
        assert_eq!(*head, 0x84);
        *head = 0x9f;
    }
    bytes.push(0xff);
    bytes
}
