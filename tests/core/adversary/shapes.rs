//! Bundles and lists that are not what they should be.

use shared::bundle::BundleError;
use shared::cbor::CborError;
use shared::cose::CoseError;
use shared::qr_text::ZlibError;
use shared::status_list::{self, StatusListError};
use shared::trust_list::TrustListError;
use shared::trusted::TrustError;
use tests::city::{DESK_LIST, LISTS, LISTS_AT, List, ROOT, identity};
use tests::draft::{Draft, TYP};
use tests::raw::{Map, Raw};

use super::bundles::{city, of_list, refused, with_list};
use super::outcome;

#[test]
fn one_kind_of_token_in_the_place_of_another() {
    let list = List::new(DESK_LIST, LISTS).draft().token();
    let card = identity().token();
    let trust_list = city().signed_trust_list();
    assert_eq!(refused(&with_list(card.clone())), of_list(StatusListError::OtherType));
    assert_eq!(refused(&with_list(trust_list.clone())), of_list(StatusListError::OtherType));
    for other in [&card, &list] {
        let bundle = city().bundle_of(other, &[]);
        assert_eq!(refused(&bundle), TrustError::TrustList(TrustListError::OtherType));
    }
    let trusted = city().trusted();
    assert_eq!(outcome(&tests::pack::text(&list), &trusted), "cannot_tell: not_a_card");
    // Its sequence number stands where a card has its issuer.
    assert_eq!(outcome(&tests::pack::text(&trust_list), &trusted), "cannot_tell: unreadable");
}

#[test]
fn the_root_signs_something_that_is_no_trust_list() {
    let signed = |payload: Raw| {
        let draft = Draft::new(ROOT).protected(TYP, shared::trust_list::TYPE);
        refused(&city().bundle_of(&draft.payload_bytes(payload.encode()).token(), &[]))
    };
    let cbor = |error| TrustError::TrustList(TrustListError::Cbor(error));
    let part = "trust list";
    assert_eq!(
        signed(Map::from([(0, 2)]).into()),
        TrustError::TrustList(TrustListError::Version { version: 2 })
    );
    assert_eq!(
        signed(Map::from([(0, 1)]).into()),
        TrustError::TrustList(TrustListError::Missing { part, key: 1 })
    );
    assert_eq!(signed(Raw::Array(vec![])), cbor(CborError::Unexpected { at: 1 }));
    assert_eq!(signed(Map::from([(0, 1), (0, 1)]).into()), cbor(CborError::DuplicateKey { at: 3 }));
}

#[test]
fn lists_of_hostile_shape() {
    let list = |payload: Vec<u8>| {
        let draft = Draft::new(LISTS).protected(TYP, status_list::TYPE).payload_bytes(payload);
        match refused(&with_list(draft.token())) {
            TrustError::StatusList { place: 0, error } => error,
            other => panic!("{other}"),
        }
    };
    let of = |statuses: Raw| {
        let mut map = Map::from([(2, Raw::from(DESK_LIST)), (6, Raw::Int(LISTS_AT))]);
        map.push(65_533, statuses);
        map.encoded()
    };
    let packed =
        |bits: i64, bytes: Vec<u8>| of(Map::from([("bits", Raw::Int(bits)), ("lst", bytes.into())]).into());
    let zeros = |length: usize| tests::pack::zlib(&vec![0; length]);
    let missing = StatusListError::Claim { claim: 65_533 };
    let too_large = StatusListError::Zlib(ZlibError::TooLarge { limit: status_list::MAX_LIST });
    assert_eq!(list(packed(2, zeros(60_000_000))), too_large);
    assert_eq!(list(packed(3, zeros(8))), StatusListError::Width { width: 3 });
    assert_eq!(list(packed(0, zeros(8))), StatusListError::Width { width: 0 });
    assert_eq!(
        list(packed(2, [zeros(8), vec![1]].concat())),
        StatusListError::Zlib(ZlibError::TrailingBytes { extra: 1 })
    );
    assert_eq!(list(packed(2, b"none".to_vec())), StatusListError::Zlib(ZlibError::NotZlib));
    assert_eq!(list(of(Raw::Null)), missing);
    assert_eq!(list(of(Map::default().into())), missing);
    assert_eq!(list(Map::from([(6, LISTS_AT)]).encoded()), StatusListError::Claim { claim: 2 });
    assert_eq!(list(Map::from([(2, DESK_LIST)]).encoded()), StatusListError::Claim { claim: 6 });
    let float = Map::from([(2, Raw::from(DESK_LIST)), (6, Raw::Float(1.0))]);
    assert_eq!(list(float.encoded()), StatusListError::Claim { claim: 6 });
    let trailing = [of(Map::default().into()), vec![0]].concat();
    assert_eq!(list(trailing), StatusListError::Cbor(CborError::TrailingBytes { extra: 1 }));
    let untyped = Draft::new(LISTS).payload_bytes(packed(2, zeros(8))).token();
    assert_eq!(refused(&with_list(untyped)), of_list(StatusListError::OtherType));
}

#[test]
fn bundles_of_hostile_shape() {
    let good = city().bundle();
    let trailing = [good.as_slice(), &[0]].concat();
    let bundle = TrustError::Bundle;
    assert_eq!(refused(&trailing), bundle(BundleError::Cbor(CborError::TrailingBytes { extra: 1 })));
    let cut = good.split_last().unwrap().1;
    assert_eq!(refused(cut), bundle(BundleError::Cbor(CborError::Truncated { at: cut.len() })));
    assert_eq!(refused(&[]), bundle(BundleError::Cbor(CborError::Truncated { at: 0 })));
    let form = |map: Map| refused(&map.encoded());
    assert_eq!(form(Map::from([(0, "local-card-bundle/2")])), bundle(BundleError::OtherForm));
    let named = Map::from([(0, "local-card-bundle/1")]);
    assert_eq!(form(named.clone()), bundle(BundleError::Part { key: 1 }));
    let mut weak = named;
    weak.set(1, [&[1_u8][..], &[0; 31]].concat());
    weak.set(2, vec![]);
    weak.set(3, Raw::Array(vec![]));
    assert_eq!(form(weak), bundle(BundleError::Root(shared::keys::KeyError::Weak)));
    let cose = city().bundle_of(b"\xa0", &[]);
    assert_eq!(refused(&cose), TrustError::TrustList(TrustListError::Cose(CoseError::NotSign1)));
}
