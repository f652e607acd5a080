//! The cards of ordinary residents, to be changed at will.

use super::{
    DESK, DESK_LIST, EXPIRES, GOOD, ISSUED, OLD_FERRY, OLD_FERRY_LIST, OLD_FERRY_URL, PORT_ALDER_URL,
    RIVERBEND, RIVERBEND_URL, long_kid, number,
};
use crate::draft::{Draft, KID};
use crate::pack;
use crate::raw::{Map, Raw};

/// A reference to a status (claim 65535).
#[must_use]
pub fn status_at(index: impl Into<Raw>, uri: &str) -> Raw {
    let reference = Map::from([("idx", index.into()), ("uri", uri.into())]);
    Map::from([("status_list", Raw::from(reference))]).into()
}

/// The identity credential of an ordinary resident.
#[must_use]
pub fn identity() -> Draft {
    base()
        .claim(9, "library clinic transit")
        .field(1, number())
        .field(3, "en")
        .field(4, "Zoë Żurawska-Ñandú")
        .field(8, "19910307")
}

/// The service credential of the same card.
#[must_use]
pub fn service_card() -> Draft {
    base().claim(9, "library clinic transit").field(1, number()).field(62, face(660))
}

/// A card of Riverbend as Inji prints it: tag 61, claim 169 in a byte string,
/// ES256, the key id as text.
#[must_use]
pub fn riverbend_card() -> Draft {
    let kid = base64_of(RIVERBEND.public().thumbprint().as_bytes());
    Draft::new(RIVERBEND)
        .tags(&[61, 18])
        .protected(KID, kid.into_bytes())
        .wrapped()
        .claim(1, RIVERBEND_URL)
        .claim(4, EXPIRES)
        .claim(5, ISSUED)
        .claim(6, ISSUED)
        .field(1, "3918592438")
        .field(2, 10)
        .field(4, "Aino Virtasalo")
        .field(8, "04-18-1984")
        .field(9, 1)
}

/// A card of Old Ferry.
#[must_use]
pub fn old_ferry_card() -> Draft {
    Draft::new(OLD_FERRY)
        .protected(KID, long_kid().as_bytes())
        .claim(1, OLD_FERRY_URL)
        .claim(4, EXPIRES)
        .claim(6, ISSUED)
        .claim(9, "library")
        .claim(65_535, status_at(GOOD, OLD_FERRY_LIST))
        .field(1, "OF-7")
        .field(4, "Tamar Lomidze")
}

/// A face of `length` bytes (claim 169 key 62).
#[must_use]
pub fn face(length: usize) -> Raw {
    let mut data = b"RIFF".to_vec();
    data.extend(pack::filler(length - 4));
    Raw::Array(vec![Map::from([(0, Raw::from(data)), (1, Raw::Int(0)), (2, Raw::Int(4))]).into()])
}

fn base() -> Draft {
    Draft::new(DESK)
        .claim(1, PORT_ALDER_URL)
        .claim(4, EXPIRES)
        .claim(6, ISSUED)
        .claim(65_535, status_at(GOOD, DESK_LIST))
}

/// Base64url without padding.
#[must_use]
pub fn base64_of(bytes: &[u8]) -> String {
    use base64ct::{Base64UrlUnpadded, Encoding as _};
    Base64UrlUnpadded::encode_string(bytes)
}
