//! What stands in Port Alder's trust list.

use std::collections::BTreeMap;

use shared::keys::Kid;
use shared::trust_list::{Field, Issuer, IssuerKey, KeyState, KeyUse, Service, StatusSource, Texts};

use super::{
    DESK, KEYS_VALID, LISTS, LOST, LOST_AT, LOST_LIST, OLD_FERRY, OLD_FERRY_LIST, OLD_FERRY_URL,
    PORT_ALDER_URL, RETIRED, RETIRED_AT, RIVERBEND, RIVERBEND_ED, RIVERBEND_URL, long_kid, service,
};
use crate::draft::Key;

fn listed(key: Key, usage: KeyUse) -> IssuerKey {
    let (valid_from, valid_until) = KEYS_VALID;
    IssuerKey { kid: key.kid(), key: key.public(), usage, valid_from, valid_until, state: KeyState::Active }
}

pub(super) fn port_alder() -> Issuer {
    Issuer {
        url: PORT_ALDER_URL.to_owned(),
        names: texts(&[("en", "Port Alder"), ("ar", "بورت ألدر")]),
        hotline: Some("+1 555 0142".to_owned()),
        keys: vec![
            listed(DESK, KeyUse::Cards),
            listed(LISTS, KeyUse::Lists),
            IssuerKey { valid_until: RETIRED_AT, state: KeyState::Retired, ..listed(RETIRED, KeyUse::Cards) },
            IssuerKey {
                state: KeyState::Compromised { since: LOST_AT, lists: vec![LOST_LIST.to_owned()] },
                ..listed(LOST, KeyUse::Cards)
            },
        ],
        status: StatusSource::Lists(vec![format!("{PORT_ALDER_URL}/status/")]),
        services: ["library", "clinic", "transit"].map(service).to_vec(),
    }
}

pub(super) fn riverbend() -> Issuer {
    let kid = Kid::new(RIVERBEND.public().thumbprint().as_bytes()).unwrap();
    Issuer {
        url: RIVERBEND_URL.to_owned(),
        names: texts(&[("en", "Riverbend")]),
        hotline: None,
        keys: vec![IssuerKey { kid, ..listed(RIVERBEND, KeyUse::Both) }, listed(RIVERBEND_ED, KeyUse::Both)],
        status: StatusSource::None,
        services: vec![service("library")],
    }
}

pub(super) fn old_ferry() -> Issuer {
    Issuer {
        url: OLD_FERRY_URL.to_owned(),
        names: texts(&[("en", "Old Ferry"), ("ka", "ძველი ბორანი")]),
        hotline: Some("+1 555 0177".to_owned()),
        keys: vec![IssuerKey { kid: long_kid(), ..listed(OLD_FERRY, KeyUse::Both) }],
        status: StatusSource::Lists(vec![OLD_FERRY_LIST.to_owned()]),
        services: ["library", "clinic"].map(service).to_vec(),
    }
}

pub(super) fn services() -> Vec<Service> {
    use Field::{
        Address, BirthDate, Expires, Face, FullName, Gender, Guardian, Number, SecondName, Services,
    };
    let of = |name: &str, title: &str, fields: &[Field], days: u64| Service {
        id: service(name),
        titles: texts(&[("en", title)]),
        scope_texts: texts(&[("en", "What this card opens there.")]),
        fields: fields.to_vec(),
        oldest_list: days * 86_400,
    };
    vec![
        of("library", "City library", &[Number, FullName, SecondName, Face, Services, Expires], 7),
        of(
            "clinic",
            "City clinic",
            &[Number, FullName, SecondName, BirthDate, Gender, Address, Guardian, Face, Expires],
            1,
        ),
        of("transit", "Buses and trams", &[Number, Face, Expires], 30),
    ]
}

fn texts(pairs: &[(&str, &str)]) -> Texts {
    pairs
        .iter()
        .map(|(language, text)| ((*language).to_owned(), (*text).to_owned()))
        .collect::<BTreeMap<_, _>>()
}
