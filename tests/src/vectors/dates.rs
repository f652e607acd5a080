//! Both sides of every second that matters.

use super::{Case, edge, invalid};
use crate::city::{
    DAY, DESK, DESK_LIST, GOOD, KEYS_VALID, LISTS_AT, LOST, LOST_AT, LOST_LIST, NEXT_UPDATE, NOW, RETIRED,
    RETIRED_AT, RETIRED_LIST, identity, status_at,
};
use crate::draft::Draft;

pub(super) fn cases() -> Vec<Case> {
    [card(), clock(), lists(), keys()].into_iter().flatten().collect()
}

fn card() -> Vec<Case> {
    let expired = "not_valid: expired";
    vec![
        invalid("expired", "The card expired a year ago", &identity().claim(4, NOW - 365 * DAY), expired),
        edge("exp-last-second", "The last second before the expiry", &identity().claim(4, NOW + 1), "valid"),
        edge("exp-first-second", "The second of the expiry itself", &identity().claim(4, NOW), expired),
        edge("exp-absent", "A card that names no expiry", &identity().without(4), "valid"),
        edge("exp-negative", "An expiry before 1970", &identity().claim(4, -1), expired),
        edge("exp-far", "An expiry in 64 bits that no calendar has", &identity().claim(4, i64::MAX), "valid"),
        invalid(
            "not-yet-valid",
            "The card begins in a year",
            &identity().claim(5, NOW + 365 * DAY).claim(4, NOW + 700 * DAY),
            "not_valid: not_yet_valid",
        ),
        edge("nbf-first-second", "The first second of validity", &identity().claim(5, NOW), "valid"),
        edge(
            "nbf-second-before",
            "The second before the first",
            &identity().claim(5, NOW + 1),
            "not_valid: not_yet_valid",
        ),
    ]
}

fn clock() -> Vec<Case> {
    let behind = "cannot_tell: clock_behind";
    let near = identity().claim(4, LISTS_AT - 10);
    vec![
        invalid("clock-behind", "The verifier's clock stands in 1970", &identity(), behind).now(0),
        edge("clock-at-tolerance", "300 seconds behind the newest list: tolerated", &identity(), "valid")
            .now(LISTS_AT - 300),
        edge("clock-over-tolerance", "301 seconds behind the newest list", &identity(), behind)
            .now(LISTS_AT - 301),
        edge(
            "iat-at-tolerance",
            "Signed 300 seconds ahead of the verifier's clock",
            &identity().claim(6, NOW + 300),
            "valid",
        ),
        edge(
            "iat-over-tolerance",
            "Signed 301 seconds ahead of the verifier's clock",
            &identity().claim(6, NOW + 301),
            behind,
        ),
        edge(
            "clock-behind-but-expired",
            "A clock behind makes an expired card no better: a newer time was signed already",
            &near,
            "not_valid: expired",
        )
        .now(LISTS_AT - DAY),
        edge(
            "clock-behind-but-revoked",
            "A clock behind makes a revoked card no better",
            &identity().claim(65_535, status_at(crate::city::REVOKED, crate::city::DESK_LIST)),
            "not_valid: revoked",
        )
        .now(0),
        edge("iat-absent", "A card that does not say when it was signed", &identity().without(6), "valid"),
    ]
}

fn lists() -> Vec<Case> {
    vec![
        edge("list-age-at-limit", "Lists as old as the library accepts: 7 days", &identity(), "valid")
            .desk("library")
            .now(LISTS_AT + 7 * DAY),
        edge("list-age-over-limit", "One second older", &identity(), "valid_stale")
            .desk("library")
            .now(LISTS_AT + 7 * DAY + 1),
        edge("list-age-clinic-at-limit", "Lists as old as the clinic accepts: 1 day", &identity(), "valid")
            .desk("clinic")
            .now(LISTS_AT + DAY),
        edge("list-age-clinic-over-limit", "One second older", &identity(), "valid_stale")
            .desk("clinic")
            .now(LISTS_AT + DAY + 1),
        edge("list-age-no-desk-at-limit", "No desk: 7 days", &identity(), "valid").now(LISTS_AT + 7 * DAY),
        edge("list-age-no-desk-over-limit", "One second older", &identity(), "valid_stale")
            .now(LISTS_AT + 7 * DAY + 1),
        edge(
            "next-update-last-second",
            "The second at which the next trust list is due",
            &identity(),
            "valid",
        )
        .desk("transit")
        .now(NEXT_UPDATE),
        edge(
            "next-update-over",
            "The second after: lists are overdue, the card is good",
            &identity(),
            "valid_stale",
        )
        .desk("transit")
        .now(NEXT_UPDATE + 1),
    ]
}

fn keys() -> Vec<Case> {
    let (from, until) = KEYS_VALID;
    let unknown = "cannot_tell: unknown_key";
    let lost = |iat: i64| by(LOST, LOST_LIST).claim(6, iat);
    let retired = |iat: i64| by(RETIRED, RETIRED_LIST).claim(6, iat);
    vec![
        edge(
            "key-first-second",
            "Signed at the first second of its key",
            &identity().claim(6, from),
            "valid",
        ),
        edge("key-before-first-second", "Signed the second before", &identity().claim(6, from - 1), unknown),
        edge(
            "key-retired",
            "Signed by a key that was retired since: still good",
            &retired(RETIRED_AT - DAY),
            "valid",
        ),
        edge("key-last-second", "Signed at the last second of its key", &retired(RETIRED_AT), "valid"),
        edge("key-after-last-second", "Signed the second after", &retired(RETIRED_AT + 1), unknown),
        edge("key-lost-before", "Signed the second before its key was lost", &lost(LOST_AT - 1), "valid"),
        edge(
            "key-lost-since",
            "Signed the second its key was lost",
            &lost(LOST_AT),
            "not_valid: key_compromised",
        ),
        edge(
            "key-lost-no-iat",
            "Signed by a lost key, no time of signing: it may have been signed since",
            &lost(0).without(6),
            "not_valid: key_compromised",
        ),
        invalid(
            "key-compromised",
            "Signed with a stolen key yesterday",
            &lost(NOW - DAY),
            "not_valid: key_compromised",
        ),
        invalid(
            "key-lost-other-list",
            "Signed with a stolen key, dated back, and pointing to the list of another key",
            &by(LOST, DESK_LIST).claim(6, LOST_AT - 1),
            "not_valid: key_compromised",
        ),
        edge(
            "key-lost-older-list",
            "Signed before its key was lost, but the only list is older than the loss",
            &lost(LOST_AT - 1),
            "cannot_tell: status_unknown",
        )
        .bundle("lost-list-from-before"),
        edge(
            "key-valid-clock-past",
            "Its key ran out since: cards it signed stay good",
            &identity().claim(4, until + 3 * DAY),
            "valid_stale",
        )
        .now(until + DAY),
    ]
}

fn by(key: crate::draft::Key, list: &str) -> Draft {
    assert_ne!(key, DESK, "that is what an ordinary card has");
    identity().signed_by(key).claim(65_535, status_at(GOOD, list))
}
