//! Two writers of the same format, the core and the tests' own, agree to the byte.

use shared::claims::{Claims, Face, Identity, StatusRef};
use shared::credential;
use shared::status_list;
use tests::city::{
    City, DESK, DESK_LIST, EXPIRES, GOOD, ISSUED, LISTS, LISTS_AT, List, NEXT_UPDATE, PORT_ALDER_URL, ROOT,
    TRUST_LIST_AT, identity, number, service_card,
};
use tests::pack;

fn claims(identity: Identity<'_>) -> Claims<'_> {
    Claims {
        issuer: Some(PORT_ALDER_URL),
        expires: Some(EXPIRES),
        not_before: None,
        issued_at: Some(ISSUED),
        scope: Some("library clinic transit"),
        identity,
        status: Some(StatusRef { index: u64::try_from(GOOD).unwrap(), uri: DESK_LIST }),
    }
}

#[test]
fn an_identity_credential() {
    let number = number();
    let claims = claims(Identity {
        number: Some(&number),
        language: Some("en"),
        full_name: Some("Zoë Żurawska-Ñandú"),
        birth_date: Some("19910307"),
        ..Identity::default()
    });
    let signed = credential::sign(&claims, &DESK.signer()).unwrap();
    assert_eq!(signed.token, identity().token());
    assert_eq!(signed.qr_text(), identity().text());
}

#[test]
fn a_service_credential() {
    let number = number();
    let face = [b"RIFF".as_slice(), &pack::filler(656)].concat();
    let claims =
        claims(Identity { number: Some(&number), face: Some(Face::webp(&face)), ..Identity::default() });
    let signed = credential::sign(&claims, &DESK.signer()).unwrap();
    assert_eq!(signed.token, service_card().token());
}

#[test]
fn a_status_list() {
    let list = List::new(DESK_LIST, LISTS);
    let signed = status_list::sign(&list.statuses, DESK_LIST, LISTS_AT, 43_200, &LISTS.signer()).unwrap();
    assert_eq!(signed, list.draft().token());
}

#[test]
fn a_bundle_comes_back_as_it_was_given() {
    let city = City::port_alder();
    let trusted = city.trusted();
    assert_eq!(trusted.fingerprint(), ROOT.public().thumbprint());
    assert_eq!(trusted.trust_list(), &city.trust_list);
    assert_eq!(
        (
            trusted.trust_list().issued_at,
            trusted.trust_list().next_update,
            trusted.clock_floor(&city.trust_list.issuers[0])
        ),
        (TRUST_LIST_AT, NEXT_UPDATE, LISTS_AT)
    );
    let mut lists: Vec<_> = city.lists.iter().map(|list| (list.uri.as_str(), list.issued_at)).collect();
    lists.sort_unstable();
    assert_eq!(trusted.status_lists().collect::<Vec<_>>(), lists);
    // Kept and loaded again, it is the same; the lists are then in order of their names.
    let (again, update) =
        shared::trusted::Trusted::establish(&trusted.to_bundle(), Some(trusted.fingerprint())).unwrap();
    assert_eq!((update.sequence_before, update.sequence, update.lists_changed), (None, 12, 4));
    assert_eq!(again.to_bundle(), trusted.to_bundle());
}
