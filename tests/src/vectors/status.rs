//! What the status lists say.

use super::{Case, edge, invalid};
use crate::city::{
    DESK_LIST, GOOD, LIST_LENGTH, MEANINGLESS, OLD_FERRY_LIST, PORT_ALDER_URL, REVOKED, SUSPENDED, identity,
    old_ferry_card, riverbend_card, service_card, status_at,
};
use crate::draft::Draft;
use crate::raw::{Map, Raw};

pub(super) fn cases() -> Vec<Case> {
    let unknown = "cannot_tell: status_unknown";
    let last = i64::try_from(LIST_LENGTH).unwrap() - 1;
    let at = |index: i64| identity().claim(65_535, status_at(index, DESK_LIST));
    vec![
        invalid("revoked", "The card is revoked", &at(REVOKED), "not_valid: revoked"),
        invalid("suspended", "The card is suspended", &at(SUSPENDED), "not_valid: suspended"),
        invalid(
            "revoked-service-code",
            "The service code of the revoked card: both codes share one index",
            &service_card().claim(65_535, status_at(REVOKED, DESK_LIST)),
            "not_valid: revoked",
        ),
        invalid(
            "status-meaningless",
            "A status value that the format gives no meaning",
            &at(MEANINGLESS),
            unknown,
        ),
        invalid(
            "status-absent",
            "An issuer with lists, and a card that names none",
            &identity().without(65_535),
            unknown,
        ),
        edge("status-index-first", "The first index of the list", &at(0), "valid"),
        edge("status-index-last", "The last index of the list", &at(last), "valid"),
        edge("status-index-past-end", "One past the last index", &at(last + 1), unknown),
        edge(
            "status-index-largest",
            "The largest index that CBOR can write",
            &indexed(Raw::Encoded(vec![0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
            unknown,
        ),
        edge("status-index-negative", "An index below zero", &at(-1), "cannot_tell: unreadable"),
        edge(
            "status-uri-not-the-issuers",
            "The status is said to stand in another issuer's list",
            &identity().claim(65_535, status_at(GOOD, OLD_FERRY_LIST)),
            unknown,
        ),
        edge(
            "status-uri-exact-only",
            "A list that only begins with the name that the trust list gives",
            &old_ferry_card().claim(65_535, status_at(GOOD, &format!("{OLD_FERRY_LIST}1"))),
            unknown,
        ),
        edge(
            "status-list-not-here",
            "The issuer's list, but not in this bundle",
            &identity().claim(65_535, status_at(GOOD, &format!("{PORT_ALDER_URL}/status/desk-2031"))),
            unknown,
        ),
        invalid("status-no-lists-in-bundle", "A bundle without any status list", &identity(), unknown)
            .bundle("no-status-lists"),
        edge(
            "status-list-expired",
            "The list says itself that it is out of date",
            &identity(),
            "valid_stale",
        )
        .bundle("list-expired"),
        edge("status-list-before-its-expiry", "The same list, a second earlier", &identity(), "valid")
            .bundle("list-expired")
            .now(crate::city::NOW - 1),
        edge(
            "status-list-expired-revoked",
            "Revoked in a list that is out of date: revoked all the same",
            &at(REVOKED),
            "not_valid: revoked",
        )
        .bundle("list-expired"),
        edge(
            "issuer-without-lists",
            "An issuer that publishes none, and the city accepts that",
            &riverbend_card(),
            "valid",
        ),
        edge(
            "issuer-without-lists-status-ignored",
            "The same, with a reference that nobody keeps",
            &riverbend_card().claim(65_535, status_at(REVOKED, DESK_LIST)),
            "valid",
        ),
        edge(
            "status-claim-of-another-kind",
            "Claim 65535 used for something else counts as absent",
            &riverbend_card().claim(65_535, "something else"),
            "valid",
        ),
        edge("status-bits-one", "A list of one bit: valid or revoked", &at(REVOKED), "not_valid: revoked")
            .bundle("one-bit-list"),
        edge("status-bits-eight", "A list of eight bits", &at(SUSPENDED), "not_valid: suspended")
            .bundle("eight-bit-list"),
    ]
}

fn indexed(index: Raw) -> Draft {
    let reference = Map::from([("idx", index), ("uri", DESK_LIST.into())]);
    identity().claim(65_535, Map::from([("status_list", Raw::from(reference))]))
}
