//! Status lists, trust lists and bundles.

use proptest::prelude::*;
use shared::bundle::Bundle;
use shared::keys::Kid;
use shared::status_list::{self, Bits, Status, StatusList, StatusToken};
use shared::trust_list::{
    Field, Issuer, IssuerKey, KeyState, KeyUse, Service, ServiceId, StatusSource, Texts, TrustList,
};
use tests::city::{DESK, NOW, ROOT};
use tests::draft::Key;

use super::config;

fn bits() -> impl Strategy<Value = Bits> {
    prop_oneof![Just(Bits::One), Just(Bits::Two), Just(Bits::Four), Just(Bits::Eight)]
}

fn texts() -> impl Strategy<Value = Texts> {
    proptest::collection::btree_map("[a-z]{2}(-[A-Za-z]{2,8})?", ".{0,30}", 0..4)
}

fn service_id() -> impl Strategy<Value = ServiceId> {
    "[a-z0-9-]{1,32}".prop_map(|name| ServiceId::parse(&name).unwrap())
}

fn key() -> impl Strategy<Value = IssuerKey> {
    let state = prop_oneof![
        Just(KeyState::Active),
        Just(KeyState::Retired),
        (any::<i64>(), proptest::collection::vec(".{0,30}", 0..3))
            .prop_map(|(since, lists)| KeyState::Compromised { since, lists }),
    ];
    let usage = prop_oneof![Just(KeyUse::Cards), Just(KeyUse::Lists), Just(KeyUse::Both)];
    let public = prop_oneof![any::<u8>().prop_map(Key::Ed25519), (1..=u8::MAX).prop_map(Key::P256)];
    let kid = proptest::collection::vec(any::<u8>(), 0..=64);
    (kid, public, usage, any::<i64>(), any::<i64>(), state).prop_map(
        |(kid, public, usage, valid_from, valid_until, state)| IssuerKey {
            kid: Kid::new(&kid).unwrap(),
            key: public.public(),
            usage,
            valid_from,
            valid_until,
            state,
        },
    )
}

fn issuer() -> impl Strategy<Value = Issuer> {
    let status = prop_oneof![
        Just(StatusSource::None),
        proptest::collection::vec("https://[a-z]{1,9}/", 0..4).prop_map(StatusSource::Lists),
    ];
    let keys = proptest::collection::vec(key(), 0..3);
    let services = proptest::collection::vec(service_id(), 0..4);
    (".{0,40}", texts(), any::<Option<String>>(), keys, status, services).prop_map(
        |(url, names, hotline, keys, status, services)| Issuer {
            url,
            names,
            hotline,
            keys,
            status,
            services,
        },
    )
}

fn service() -> impl Strategy<Value = Service> {
    let fields = proptest::sample::subsequence(Field::ALL.to_vec(), 0..=Field::ALL.len());
    (service_id(), texts(), texts(), fields, any::<u64>()).prop_map(
        |(id, titles, scope_texts, fields, oldest_list)| Service {
            id,
            titles,
            scope_texts,
            fields,
            oldest_list,
        },
    )
}

fn trust_list() -> impl Strategy<Value = TrustList> {
    let issuers = proptest::collection::vec(issuer(), 0..4);
    let services = proptest::collection::vec(service(), 0..4);
    (any::<u64>(), any::<i64>(), any::<i64>(), issuers, services).prop_map(
        |(sequence, issued_at, next_update, issuers, services)| TrustList {
            sequence,
            issued_at,
            next_update,
            issuers,
            services,
        },
    )
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn a_status_list_keeps_every_status(
        bits in bits(),
        values in proptest::collection::vec(any::<u8>(), 1..400),
        past in 0_u64..1_000,
    ) {
        let mask = u8::MAX >> (8 - bits.width());
        let length = u64::try_from(values.len()).unwrap();
        let mut list = StatusList::new(bits, length).unwrap();
        for (index, value) in (0..).zip(&values) {
            list.set(index, Status::from_value(value & mask)).unwrap();
        }
        let signed = status_list::sign(&list, "https://a.example/1", NOW, 60, &ROOT.signer()).unwrap();
        let verified = StatusToken::parse(&signed).unwrap().verify(&ROOT.public()).unwrap();
        let read = verified.statuses().unwrap();
        for (index, value) in (0..).zip(&values) {
            prop_assert_eq!(read.get(index).map(Status::value), Some(value & mask));
        }
        prop_assert_eq!(read.get(read.len() + past), None);
        prop_assert_eq!(read, list);
        prop_assert!(StatusToken::parse(&signed).unwrap().verify(&DESK.public()).is_err());
    }

    #[test]
    fn a_trust_list_comes_back_as_it_was_signed(list in trust_list()) {
        let signed = list.sign(&ROOT.signer()).unwrap();
        let parsed = TrustList::parse(&signed).unwrap();
        prop_assert!(parsed.clone().verify(&DESK.public()).is_err());
        prop_assert_eq!(&*parsed.verify(&ROOT.public()).unwrap(), &list);
    }

    #[test]
    fn a_bundle_comes_back_as_it_was_written(
        trust_list in any::<Vec<u8>>(),
        lists in proptest::collection::vec(any::<Vec<u8>>(), 0..5),
    ) {
        let status_lists = lists.iter().map(Vec::as_slice).collect();
        let bundle = Bundle { root: ROOT.public(), trust_list: &trust_list, status_lists };
        let bytes = bundle.to_cbor();
        prop_assert_eq!(Bundle::parse(&bytes), Ok(bundle));
    }
}
