//! Whom the verifier trusts: the bundles, and cards that none of them backs.

use shared::status_list::{Bits, Status, StatusList};

use super::{Case, Folder, case, invalid, valid};
use crate::city::{
    City, DESK, DESK_LIST, FORGER, LISTS, LOST_AT, LOST_LIST, List, NOW, OLD_FERRY_URL, OTHER_ROOT,
    PORT_ALDER_URL, RIVERBEND_URL, identity, riverbend_card, service_card,
};
use crate::draft::KID;

pub(super) fn bundles() -> Vec<(&'static str, &'static str, City)> {
    let city = City::port_alder;
    vec![
        ("city", "Port Alder, its lists an hour old, and the two cities it recognises", city()),
        ("no-status-lists", "The trust list alone", city().with(|city| city.lists.clear())),
        (
            "list-expired",
            "The list of the desk's cards says that it is out of date since a second",
            city().with(|city| list(city, DESK_LIST).expires = Some(NOW)),
        ),
        (
            "trust-list-overdue",
            "The next trust list was due a second ago",
            city().with(|city| city.trust_list.next_update = NOW - 1),
        ),
        (
            "lost-list-from-before",
            "The list of the lost key's cards is a second older than the loss",
            city().with(|city| list(city, LOST_LIST).issued_at = LOST_AT - 1),
        ),
        (
            "another-city",
            "Another root, and a trust list that names Old Ferry alone",
            city().with(|city| {
                city.root = OTHER_ROOT;
                city.trust_list.issuers.retain(|issuer| issuer.url == OLD_FERRY_URL);
                city.lists.retain(|list| list.uri.starts_with(OLD_FERRY_URL));
            }),
        ),
        (
            "one-bit-list",
            "The list of the desk's cards has one bit a card",
            city().with(|city| list(city, DESK_LIST).statuses = one_revoked(Bits::One)),
        ),
        (
            "eight-bit-list",
            "The list of the desk's cards has eight bits a card",
            city().with(|city| {
                let mut statuses = one_revoked(Bits::Eight);
                statuses.set(6, Status::Suspended).unwrap();
                list(city, DESK_LIST).statuses = statuses;
            }),
        ),
    ]
}

fn list<'a>(city: &'a mut City, uri: &str) -> &'a mut List {
    city.lists.iter_mut().find(|list| list.uri == uri).unwrap()
}

fn one_revoked(bits: Bits) -> StatusList {
    let mut statuses = StatusList::new(bits, 64).unwrap();
    statuses.set(5, Status::Revoked).unwrap();
    statuses
}

pub(super) fn cases() -> Vec<Case> {
    [lists(), issuers(), signatures()].into_iter().flatten().collect()
}

const FORGED: &str = "not_valid: bad_signature";

fn lists() -> Vec<Case> {
    vec![
        case(
            Folder::Invalid,
            "no-trust-list",
            "A good card, and a verifier that trusts no city yet",
            identity().text(),
            "cannot_tell: no_trust_list",
        )
        .no_trust(),
        case(
            Folder::Invalid,
            "no-trust-list-forged",
            "A forged card there: nothing more is known of it",
            identity().forged_by(FORGER).text(),
            "cannot_tell: no_trust_list",
        )
        .no_trust(),
        valid("trust-list-overdue-not-yet", "A second before the next trust list is overdue", &identity())
            .bundle("trust-list-overdue")
            .now(NOW - 1),
        case(
            Folder::Valid,
            "trust-list-overdue",
            "A good card by a trust list that is overdue",
            identity().text(),
            "valid_stale",
        )
        .bundle("trust-list-overdue"),
        case(
            Folder::Valid,
            "trust-list-overdue-no-lists",
            "The same for an issuer without status lists",
            riverbend_card().text(),
            "valid_stale",
        )
        .bundle("trust-list-overdue"),
    ]
}

fn issuers() -> Vec<Case> {
    let (no_issuer, no_key) = ("cannot_tell: unknown_issuer", "cannot_tell: unknown_key");
    vec![
        invalid("unknown-issuer", "An issuer that this city does not recognise", &identity(), no_issuer)
            .bundle("another-city"),
        invalid("issuer-absent", "A card that names no issuer", &identity().without(1), no_issuer),
        invalid(
            "issuer-almost",
            "An issuer whose name has a slash too many",
            &identity().claim(1, format!("{PORT_ALDER_URL}/")),
            no_issuer,
        ),
        invalid(
            "unknown-key",
            "Signed and named by a key that nobody lists",
            &identity().signed_by(FORGER),
            no_key,
        ),
        invalid(
            "key-not-for-cards",
            "Signed by the key that signs status lists and no cards",
            &identity().signed_by(LISTS),
            no_key,
        ),
        invalid(
            "replayed-under-another-issuer",
            "A good card whose issuer was changed to a recognised city, its own key named",
            &identity().claim(1, RIVERBEND_URL),
            no_key,
        ),
        invalid(
            "replayed-under-another-issuer-no-kid",
            "The same without a key id: every key of that city is tried",
            &identity().claim(1, RIVERBEND_URL).without_protected(KID),
            FORGED,
        ),
    ]
}

fn signatures() -> Vec<Case> {
    vec![
        invalid(
            "forged",
            "Signed by a forger under the name of the desk's key",
            &identity().forged_by(FORGER),
            FORGED,
        ),
        invalid(
            "forged-service",
            "The same for a service credential",
            &service_card().forged_by(FORGER),
            FORGED,
        ),
        invalid(
            "forged-no-kid",
            "Signed by a forger, no key named",
            &identity().forged_by(FORGER).without_protected(KID),
            FORGED,
        ),
        invalid("altered-name", "The name was changed after signing", &altered(), FORGED),
        invalid(
            "signature-empty",
            "No signature: an empty byte string",
            &identity().signature(Vec::new()),
            FORGED,
        ),
        invalid("signature-short", "A signature cut to 63 bytes", &identity().signature(vec![7; 63]), FORGED),
        invalid("signature-zero", "A signature of 64 zeros", &identity().signature(vec![0; 64]), FORGED),
        invalid(
            "signature-small-order-r",
            "A signature of the right key whose R has a small order: lenient checks take it",
            &identity().signature(crate::lenient::signature(DESK, &identity().signed_bytes())),
            FORGED,
        ),
        invalid(
            "signature-not-reduced",
            "A good signature with the group's order added to its second half",
            &identity().signature(not_reduced()),
            FORGED,
        ),
        invalid(
            "es256-key-named-as-ed25519",
            "The algorithm says ES256, the key named is Ed25519",
            &identity().protected(crate::draft::ALG, -7),
            FORGED,
        ),
    ]
}

/// Another card's signature under a changed name.
fn altered() -> crate::draft::Draft {
    let signature = signature_of(&identity().token());
    identity().field(4, "Zoë Żurawska-Ñanda").signature(signature)
}

fn signature_of(token: &[u8]) -> Vec<u8> {
    token.split_last_chunk::<64>().unwrap().1.to_vec()
}

/// The order of Ed25519's group, little-endian, is added to S.
fn not_reduced() -> Vec<u8> {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut signature = signature_of(&identity().token());
    let mut carry = 0;
    for (byte, add) in signature.iter_mut().skip(32).zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        [*byte, _] = sum.to_le_bytes();
        carry = sum >> 8;
    }
    signature
}
