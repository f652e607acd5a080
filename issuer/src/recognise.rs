//! Recognition of another city's issuer: its keys, what its cards may open here, its status lists.

use chrono::{DateTime, Utc};
use shared::status_list::StatusToken;
use shared::trust_list::KeyUse;

use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::recognised::{RecognisedIssuer, RecognisedList};
use crate::{Error, Issuer, issuance, jwk};

/// Another city's issuer, as this city wants to recognise it.
#[derive(Debug, Clone)]
pub struct Recognition<'a> {
    /// The `iss` of its cards.
    pub url: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its keys: a JWK set.
    pub jwks: &'a [u8],
    /// The services that its cards may open here.
    pub services: &'a [String],
    /// Whether it publishes status lists. Without, its cards cannot be withdrawn.
    pub has_status: bool,
    /// Its signed status lists.
    pub lists: &'a [Vec<u8>],
}

/// Recognises an issuer, in place of what was known of it; says how many keys it has.
///
/// # Errors
/// When a part of it is of no use.
pub fn recognise(
    issuer: &Issuer,
    wanted: &Recognition<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<usize, Error> {
    let refused = |text: String| Error::Refused(text);
    if wanted.url == issuer.city.url.as_str() {
        return Err(refused("this is the city's own issuer".to_owned()));
    }
    if wanted.url.is_empty() || wanted.url.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(refused(format!("{:?} is no issuer; give the iss of its cards", wanted.url)));
    }
    let keys = jwk::read_keys(wanted.jwks).map_err(|error| refused(format!("--jwks: {error}")))?;
    for service in wanted.services {
        if issuer.city.service(service).is_none() {
            let known: Vec<_> = issuer.city.services.iter().map(|service| service.id.as_str()).collect();
            return Err(refused(format!(
                "the city has no service {service:?}; it has: {}",
                known.join(", ")
            )));
        }
    }
    let lists = wanted.lists.iter().map(|token| check_list(token, &keys)).collect::<Result<Vec<_>, _>>()?;
    let jwks =
        String::from_utf8(wanted.jwks.to_vec()).map_err(|_| refused("--jwks: not UTF-8".to_owned()))?;
    issuer.db.write(|tx| {
        RecognisedIssuer {
            url: wanted.url.to_owned(),
            name: wanted.name.to_owned(),
            jwks,
            services: wanted.services.join(" "),
            has_status: wanted.has_status,
            added_at: now.into(),
        }
        .put(tx.conn())?;
        for (uri, token) in lists {
            RecognisedList { uri, url: wanted.url.to_owned(), token }.put(tx.conn())?;
        }
        let url = wanted.url.to_owned();
        tx.audit(issuance::entry(Act::IssuerRecognised, SubjectKind::Issuer, url, actor, now))?;
        Ok::<_, Error>(())
    })?;
    Ok(keys.len())
}

/// The use of a recognised issuer's keys: a JWK does not say.
pub(crate) const THEIR_KEYS: KeyUse = KeyUse::Both;

fn check_list(token: &[u8], keys: &[jwk::NamedKey]) -> Result<(String, Vec<u8>), Error> {
    let refused = |error: String| Error::Refused(format!("--status-list: {error}"));
    let list = StatusToken::parse(token).map_err(|error| refused(error.to_string()))?;
    let uri = list.dangerous_peek().uri.to_owned();
    let signed = keys.iter().any(|named| list.clone().verify(&named.key).is_ok());
    if signed {
        Ok((uri, token.to_vec()))
    } else {
        Err(refused(format!("{uri} is not signed by a key of --jwks")))
    }
}
