//! Bundles that somebody made, kept, or put together from good parts.

use shared::status_list::{Bits, Status, StatusList, StatusListError};
use shared::trust_list::{KeyState, StatusSource, TrustListError};
use shared::trusted::{TrustError, Trusted};
use tests::city::{
    City, DAY, DESK, DESK_LIST, FORGER, GOOD, KEYS_VALID, LISTS, LISTS_AT, LOST, List, NOW, OLD_FERRY,
    OLD_FERRY_LIST, OTHER_ROOT, RETIRED, ROOT, identity, service_card, status_at,
};
use tests::draft::Key;

use super::outcome;

pub(super) fn city() -> City {
    City::port_alder()
}

fn establish(bundle: &[u8]) -> Result<Trusted, TrustError> {
    Trusted::establish(bundle, Some(ROOT.public().thumbprint())).map(|(trusted, _)| trusted)
}

/// The error of `bundle`, both for who trusts nothing yet and for who trusts the
/// city; the latter's state stays as it was.
pub(super) fn refused(bundle: &[u8]) -> TrustError {
    let mut trusted = city().trusted();
    let before = trusted.to_bundle();
    let error = trusted.update(bundle).unwrap_err();
    assert_eq!(trusted.to_bundle(), before);
    assert_eq!(outcome(&identity().text(), &trusted), "valid");
    assert_eq!(establish(bundle).unwrap_err(), error);
    error
}

pub(super) fn with_list(list: Vec<u8>) -> Vec<u8> {
    city().bundle_of(&city().signed_trust_list(), &[list])
}

pub(super) fn of_list(error: StatusListError) -> TrustError {
    TrustError::StatusList { place: 0, error }
}

#[test]
fn of_another_root() {
    let bundle = city().with(|city| city.root = OTHER_ROOT).bundle();
    let (pinned, found) = (ROOT.public().thumbprint(), OTHER_ROOT.public().thumbprint());
    assert_eq!(refused(&bundle), TrustError::OtherRoot { pinned, found });
}

#[test]
fn under_the_right_root_but_signed_by_another() {
    let forged = city().with(|city| city.root = OTHER_ROOT).signed_trust_list();
    let bundle = city().bundle_of(&forged, &[]);
    assert_eq!(refused(&bundle), TrustError::TrustList(TrustListError::BadSignature));
}

#[test]
fn an_older_bundle() {
    let mut trusted = city().with(|city| city.trust_list.sequence = 13).trusted();
    let before = trusted.to_bundle();
    let error = trusted.update(&city().bundle()).unwrap_err();
    assert_eq!(error, TrustError::OlderTrustList { held: 13, found: 12 });
    assert_eq!(trusted.to_bundle(), before);
}

#[test]
fn two_trust_lists_of_one_number() {
    let mut trusted = city().trusted();
    let forked = city().with(|city| city.trust_list.next_update += DAY);
    assert_eq!(trusted.update(&forked.bundle()), Err(TrustError::ForkedTrustList { sequence: 12 }));
    // The very same one is no fork.
    assert_eq!(trusted.update(&city().bundle()).map(|update| update.lists_changed), Ok(0));
}

#[test]
fn an_older_list_in_a_newer_bundle() {
    let mut trusted = city().trusted();
    let older = city().with(|city| {
        city.trust_list.sequence = 13;
        city.lists[0].issued_at = LISTS_AT - 1;
    });
    let before = trusted.to_bundle();
    let error = trusted.update(&older.bundle()).unwrap_err();
    let uri = DESK_LIST.to_owned();
    assert_eq!(error, TrustError::OlderStatusList { uri, held: LISTS_AT, found: LISTS_AT - 1 });
    assert_eq!((trusted.to_bundle(), trusted.trust_list().sequence), (before, 12));
}

#[test]
fn a_bundle_that_leaves_the_list_out_takes_nothing_back() {
    let revoked = city().with(|city| {
        city.lists[0].statuses.set(u64::try_from(GOOD).unwrap(), Status::Revoked).unwrap();
    });
    let mut trusted = revoked.trusted();
    let without = city().with(|city| {
        city.trust_list.sequence = 13;
        city.lists.clear();
    });
    assert_eq!(trusted.update(&without.bundle()).map(|update| update.lists_changed), Ok(0));
    assert_eq!(outcome(&identity().text(), &trusted), "not_valid: revoked");
}

#[test]
fn a_newer_list_counts_at_once() {
    let mut trusted = city().trusted();
    let newer = city().with(|city| {
        city.lists[0].issued_at = LISTS_AT + 60;
        city.lists[0].statuses.set(u64::try_from(GOOD).unwrap(), Status::Suspended).unwrap();
    });
    assert_eq!(trusted.update(&newer.bundle()).map(|update| update.lists_changed), Ok(1));
    assert_eq!(outcome(&identity().text(), &trusted), "not_valid: suspended");
    let issuers = &trusted.trust_list().issuers;
    assert_eq!(trusted.clock_floor(&issuers[0]), LISTS_AT + 60);
    // A neighbour's cards are not judged by it.
    assert!(trusted.clock_floor(&issuers[1]) < LISTS_AT + 60);
}

#[test]
fn two_lists_of_one_name_and_time() {
    let mut trusted = city().trusted();
    let before = trusted.to_bundle();
    let forked = city().with(|city| {
        city.lists[0].statuses.set(u64::try_from(GOOD).unwrap(), Status::Revoked).unwrap();
    });
    let uri = DESK_LIST.to_owned();
    assert_eq!(trusted.update(&forked.bundle()), Err(TrustError::ForkedStatusList { uri }));
    assert_eq!(trusted.to_bundle(), before);
}

#[test]
fn a_list_signed_by_whoever_may_not() {
    for key in [DESK, LOST, RETIRED, FORGER, ROOT] {
        let list = List::new(DESK_LIST, key).draft().token();
        assert_eq!(refused(&with_list(list)), of_list(StatusListError::BadSignature), "{key:?}");
    }
    // Named as the right key, signed by another; signed by none.
    let forged = List::new(DESK_LIST, LISTS).draft().forged_by(FORGER).token();
    assert_eq!(refused(&with_list(forged)), of_list(StatusListError::BadSignature));
    let unsigned = List::new(DESK_LIST, LISTS).draft().signature(Vec::new()).token();
    assert_eq!(refused(&with_list(unsigned)), of_list(StatusListError::BadSignature));
}

#[test]
fn a_list_from_outside_its_keys_time() {
    let (from, until) = KEYS_VALID;
    for (at, good) in [(from - 1, false), (from, true), (until, true), (until + 1, false)] {
        let list = List { issued_at: at, ..List::new(DESK_LIST, LISTS) };
        let error = establish(&with_list(list.draft().token())).err();
        assert_eq!(error, (!good).then(|| of_list(StatusListError::BadSignature)), "{at}");
    }
}

#[test]
fn a_list_of_another_issuer() {
    // Port Alder's key under Old Ferry's name.
    let theirs = List::new(OLD_FERRY_LIST, LISTS).draft().token();
    assert_eq!(refused(&with_list(theirs)), of_list(StatusListError::BadSignature));
    // A name that ends in no slash stands for itself alone.
    let uri = format!("{OLD_FERRY_LIST}1");
    let beside = List::new(&uri, OLD_FERRY).draft().token();
    assert_eq!(refused(&with_list(beside)), TrustError::UnlistedStatusList { uri });
    for uri in ["https://cards.port-alder.example/other/1", "https://id.riverbend.example/v1/certify", ""] {
        let error = refused(&with_list(List::new(uri, LISTS).draft().token()));
        assert_eq!(error, TrustError::UnlistedStatusList { uri: uri.to_owned() });
    }
}

#[test]
fn one_list_twice() {
    let list = List::new(DESK_LIST, LISTS).draft().token();
    let bundle = city().bundle_of(&city().signed_trust_list(), &[list.clone(), list]);
    assert_eq!(refused(&bundle), TrustError::StatusListTwice { uri: DESK_LIST.to_owned() });
}

#[test]
fn a_list_whose_key_was_lost_since_goes() {
    let mut trusted = city().trusted();
    let lost = city().with(|city| {
        city.trust_list.sequence = 13;
        city.trust_list.issuers[0].keys[1].state = KeyState::Compromised { since: NOW, lists: vec![] };
        city.lists.clear();
    });
    trusted.update(&lost.bundle()).unwrap();
    assert_eq!(trusted.status_lists().count(), 1);
    assert_eq!(outcome(&identity().text(), &trusted), "cannot_tell: status_unknown");
    let again = List { issued_at: NOW, ..List::new(DESK_LIST, LISTS) };
    let bundle = lost.bundle_of(&lost.signed_trust_list(), &[again.draft().token()]);
    assert_eq!(trusted.update(&bundle), Err(of_list(StatusListError::BadSignature)));
}

#[test]
fn an_issuer_that_was_taken_off_the_trust_list_goes() {
    let mut trusted = city().trusted();
    let text = tests::city::riverbend_card().hex_text();
    assert_eq!(outcome(&text, &trusted), "valid");
    let without = city().with(|city| {
        city.trust_list.sequence = 13;
        city.trust_list.issuers.remove(1);
    });
    trusted.update(&without.bundle()).unwrap();
    assert_eq!(outcome(&text, &trusted), "cannot_tell: unknown_issuer");
}

#[test]
fn a_one_bit_list_has_no_room_for_a_suspension() {
    let mut list = StatusList::new(Bits::One, 64).unwrap();
    let error = list.set(1, Status::Suspended).unwrap_err();
    assert_eq!(error, StatusListError::ValueTooWide { value: 2, width: 1 });
}

#[test]
fn an_issuer_without_lists_gets_none() {
    let silent = city().with(|city| {
        city.trust_list.issuers[0].status = StatusSource::None;
        city.lists.truncate(1);
    });
    let error = establish(&silent.bundle()).unwrap_err();
    assert_eq!(error, TrustError::UnlistedStatusList { uri: DESK_LIST.to_owned() });
    let quiet = silent.with(|city| city.lists.clear()).trusted();
    let card = service_card().claim(65_535, status_at(GOOD, DESK_LIST));
    assert_eq!(outcome(&card.text(), &quiet), "valid");
}

#[test]
fn another_keys_kid_does_not_help() {
    let kid = Key::Ed25519(3).kid();
    let list = List::new(DESK_LIST, DESK).draft().protected(4, kid.as_bytes()).token();
    assert_eq!(refused(&with_list(list)), of_list(StatusListError::BadSignature));
}
