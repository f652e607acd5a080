//! Publishing: what verifiers fetch, as static files.
//!
//! ```text
//! OUT/bundle.cbor       everything a verifier needs
//! OUT/trust-list.cbor   signed by the root
//! OUT/s/N               the status lists, where their URIs end
//! OUT/jwks.json         the city's keys, for other cities
//! OUT/root.txt          the fingerprint of the root key
//! ```
//! Every file is replaced whole; the bundle last, so that it never names what is not there yet.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Duration, Utc};
use shared::bundle::Bundle;
use shared::keys::{Ed25519Signer, Kid, PublicKey, Signer as _};
use shared::status_list::{self, Bits, Status, StatusList};
use shared::trust_list::{
    Issuer as Listed, IssuerKey, KeyState, KeyUse, Service, ServiceId, StatusSource, Texts, TrustList,
};
use shared::trusted::Trusted;

use crate::config;
use crate::db;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::card::Card;
use crate::db::card_status::CardStatus;
use crate::db::issuing_key::{self, IssuingKey};
use crate::db::publication::{Publication, PublicationKind};
use crate::db::recognised::{RecognisedIssuer, RecognisedList};
use crate::jwk::{self, Jwk, JwkSet};
use crate::keystore::Passphrase;
use crate::{Error, Issuer, files, issuance, keys, recognise};

/// How long a status list counts as fresh, in seconds: a hint for those who fetch.
const TTL: u64 = 3600;
/// The last second of the year 9999: other cities' keys carry no end.
const FAR_FUTURE: i64 = 253_402_300_799;

/// What was published.
#[derive(Debug, Clone)]
pub struct Published {
    /// The fingerprint of the root key.
    pub fingerprint: shared::keys::Thumbprint,
    /// The trust list's sequence number.
    pub sequence: u64,
    /// How many status lists.
    pub lists: usize,
    /// The bundle.
    pub bundle: PathBuf,
}

/// Publishes into a folder.
///
/// # Errors
/// When the root key is not here, or something cannot be signed or written.
pub fn publish(
    issuer: &Issuer,
    out: &Path,
    root_passphrase: Option<&Passphrase>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Published, Error> {
    let root = Ed25519Signer::new(issuer.keystore.root_key(root_passphrase)?);
    let (publication, now) = issuer.db.write(|tx| {
        // Every publication has a later second than the one before: a verifier refuses two lists of one time.
        let last = Publication::last(tx.conn(), PublicationKind::Bundle)?;
        let now = last.map_or(now, |last| now.max(last.at.utc() + Duration::seconds(1)));
        let publication = Publication::next(tx.conn(), PublicationKind::Bundle, now)?;
        let sequence = publication.sequence.to_string();
        tx.audit(issuance::entry(Act::Published, SubjectKind::Publication, sequence, actor, now))?;
        Ok::<_, Error>((publication, now))
    })?;
    let sequence = u64::try_from(publication.sequence).unwrap_or_default();
    let trust_list = trust_list(issuer, sequence, now)?.sign(&root)?;
    let own = own_lists(issuer, now)?;
    let theirs = their_lists(issuer)?;
    let status_lists: Vec<&[u8]> =
        own.iter().map(|(_, token)| token.as_slice()).chain(theirs.iter().map(Vec::as_slice)).collect();
    let bundle = Bundle { root: root.public_key(), trust_list: &trust_list, status_lists }.to_cbor();
    // What no verifier would take is not published.
    let (trusted, _) = Trusted::establish(&bundle, None)
        .map_err(|error| Error::Refused(format!("a verifier would refuse this bundle: {error}")))?;

    for (uri, token) in &own {
        let place = uri.strip_prefix(issuer.city.url.as_str()).unwrap_or(uri).trim_start_matches('/');
        files::replace(&out.join(place), token)?;
    }
    let fingerprint = trusted.fingerprint();
    files::replace(&out.join("trust-list.cbor"), &trust_list)?;
    files::replace(&out.join("jwks.json"), &jwks(issuer)?)?;
    files::replace(&out.join("root.txt"), format!("{fingerprint}\n").as_bytes())?;
    let path = out.join("bundle.cbor");
    files::replace(&path, &bundle)?;
    Ok(Published { fingerprint, sequence, lists: own.len() + theirs.len(), bundle: path })
}

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
    let keys = issuer.db.read(|conn| Ok::<_, Error>(IssuingKey::all(conn)?))?;
    Ok(Listed {
        url: city.url.as_str().to_owned(),
        names: texts(&city.name),
        hotline: Some(city.hotline.as_str().to_owned()),
        keys: keys.iter().map(own_key).collect::<Result<_, _>>()?,
        status: StatusSource::Lists(vec![issuance::status_prefix(city)]),
        services: city.services.iter().filter_map(|service| ServiceId::parse(service.id.as_str())).collect(),
    })
}

fn own_key(key: &IssuingKey) -> Result<IssuerKey, Error> {
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
            (issuing_key::KeyState::Compromised, since) => {
                KeyState::Compromised { since: since.map_or(0, |since| since.utc().timestamp()) }
            }
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

/// Every status list of the city, signed now.
fn own_lists(issuer: &Issuer, now: DateTime<Utc>) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let signer = keys::signer(issuer, issuing_key::KeyUse::Status, now)?;
    let lists = issuer.db.read(|conn| Ok::<_, Error>(db::status_list::StatusList::all(conn)?))?;
    lists
        .into_iter()
        .map(|list| {
            let not_valid = issuer.db.read(|conn| Ok::<_, Error>(Card::not_valid_on(conn, &list.id)?))?;
            let statuses = statuses(list.capacity, &not_valid)
                .map_err(|error| Error::Refused(format!("{}: {error}", list.uri)))?;
            let token = status_list::sign(&statuses, &list.uri, now.timestamp(), TTL, &signer)?;
            Ok((list.uri, token))
        })
        .collect()
}

fn statuses(
    capacity: i64,
    not_valid: &[(i64, CardStatus)],
) -> Result<StatusList, status_list::StatusListError> {
    let mut statuses = StatusList::new(Bits::Two, u64::try_from(capacity).unwrap_or_default())?;
    for (index, status) in not_valid {
        let status = match status {
            CardStatus::Valid => Status::Valid,
            CardStatus::Suspended => Status::Suspended,
            CardStatus::Revoked => Status::Revoked,
        };
        statuses.set(u64::try_from(*index).unwrap_or(u64::MAX), status)?;
    }
    Ok(statuses)
}

fn their_lists(issuer: &Issuer) -> Result<Vec<Vec<u8>>, Error> {
    issuer.db.read(|conn| {
        let mut tokens = Vec::new();
        for other in RecognisedIssuer::all(conn)?.iter().filter(|other| other.has_status) {
            tokens.extend(RecognisedList::of_issuer(conn, &other.url)?.into_iter().map(|list| list.token));
        }
        Ok(tokens)
    })
}

fn jwks(issuer: &Issuer) -> Result<Vec<u8>, Error> {
    let keys = issuer.db.read(|conn| Ok::<_, Error>(IssuingKey::all(conn)?))?;
    let good = keys.iter().filter(|key| key.state != issuing_key::KeyState::Compromised);
    let keys: Vec<PublicKey> = good.map(keys::public_half).collect::<Result<_, _>>()?;
    let set = JwkSet { keys: keys.iter().map(Jwk::ed25519).collect() };
    // A struct of texts always has a JSON form.
    Ok(serde_json::to_vec_pretty(&set).unwrap_or_default())
}
