//! Whom and what the trust list names.

use chrono::{DateTime, Duration, Utc};
use shared::keys::Kid;
use shared::trust_list::{
    Issuer as Listed, IssuerKey, KeyState, KeyUse, Service, ServiceId, StatusSource, Texts, TrustList,
};

use crate::config;
use crate::db;
use crate::db::issuing_key::{self, IssuingKey};
use crate::db::recognised::{RecognisedIssuer, RecognisedList};
use crate::{Error, Issuer, issuance, jwk, keys, recognise};

/// The last second of the year 9999: other cities' keys carry no end.
const FAR_FUTURE: i64 = 253_402_300_799;

/// The trust list of this number as it would be signed then.
pub(crate) fn trust_list(issuer: &Issuer, sequence: u64, now: DateTime<Utc>) -> Result<TrustList, Error> {
    let days = i64::from(issuer.city.trust_list.next_update_days.days());
    let recognised = issuer.db.read(|conn| Ok::<_, Error>(RecognisedIssuer::all(conn)?))?;
    let mut issuers = vec![own_entry(issuer)?];
    for other in &recognised {
        issuers.push(their_entry(issuer, other)?);
    }
    Ok(TrustList {
        sequence,
        issued_at: now.timestamp(),
        next_update: (now + Duration::days(days)).timestamp(),
        issuers,
        services: issuer.city.services.iter().map(service).collect(),
    })
}

pub(crate) fn own_entry(issuer: &Issuer) -> Result<Listed, Error> {
    let city = &issuer.city;
    let (keys, lists) = issuer
        .db
        .read(|conn| Ok::<_, Error>((IssuingKey::all(conn)?, db::status_list::StatusList::all(conn)?)))?;
    Ok(Listed {
        url: city.url.as_str().to_owned(),
        names: texts(&city.name),
        hotline: Some(city.hotline.as_str().to_owned()),
        keys: keys.iter().map(|key| own_key(key, &lists)).collect::<Result<_, _>>()?,
        status: StatusSource::Lists(vec![issuance::status_prefix(city)]),
        services: city.services.iter().filter_map(|service| ServiceId::parse(service.id.as_str())).collect(),
    })
}

fn own_key(key: &IssuingKey, lists: &[db::status_list::StatusList]) -> Result<IssuerKey, Error> {
    let public = keys::public_half(key)?;
    Ok(IssuerKey {
        kid: Kid::from_hex(&key.kid).unwrap_or_else(|| public.kid()),
        key: public,
        usage: match key.usage {
            issuing_key::KeyUse::Card => KeyUse::Cards,
            issuing_key::KeyUse::Status => KeyUse::Lists,
        },
        valid_from: key.not_before.utc().timestamp(),
        valid_until: key.not_after.utc().timestamp(),
        state: match (key.state, key.compromised_since) {
            (issuing_key::KeyState::Active, _) => KeyState::Active,
            (issuing_key::KeyState::Retired, _) => KeyState::Retired,
            (issuing_key::KeyState::Compromised, since) => KeyState::Compromised {
                since: since.map_or(0, |since| since.utc().timestamp()),
                lists: lists.iter().filter(|list| list.kid == key.kid).map(|list| list.uri.clone()).collect(),
            },
        },
    })
}

fn their_entry(issuer: &Issuer, other: &RecognisedIssuer) -> Result<Listed, Error> {
    let keys = jwk::read_keys(other.jwks.as_bytes())
        .map_err(|error| Error::Refused(format!("{}: {error}", other.url)))?;
    let lists = issuer.db.read(|conn| Ok::<_, Error>(RecognisedList::of_issuer(conn, &other.url)?))?;
    let listed = |named: jwk::NamedKey| IssuerKey {
        kid: named.kid,
        key: named.key,
        usage: recognise::THEIR_KEYS,
        valid_from: 0,
        valid_until: FAR_FUTURE,
        state: KeyState::Active,
    };
    Ok(Listed {
        url: other.url.clone(),
        names: Texts::from([("en".to_owned(), other.name.clone())]),
        hotline: None,
        keys: keys.into_iter().map(listed).collect(),
        status: if other.has_status {
            StatusSource::Lists(lists.into_iter().map(|list| list.uri).collect())
        } else {
            StatusSource::None
        },
        services: other.services.split(' ').filter_map(ServiceId::parse).collect(),
    })
}

fn service(service: &config::Service) -> Service {
    Service {
        id: service.id.clone(),
        titles: texts(&service.title),
        scope_texts: texts(&service.scope),
        fields: service.fields.clone(),
        oldest_list: u64::try_from(service.oldest_list.duration().num_seconds()).unwrap_or_default(),
    }
}

fn texts(texts: &config::Texts) -> Texts {
    texts.iter().map(|(tag, text)| (tag.as_str().to_owned(), text.as_str().to_owned())).collect()
}
