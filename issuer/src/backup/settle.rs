//! After an older database was put back: nothing is given out twice, nothing revoked becomes good again.
//!
//! Which places were given out after the backup is known to nobody. So no list of before is given out from any more: new
//! cards go on new lists, under addresses that were never used. That holds whatever else was lost. What was published last
//! then tells what was revoked meanwhile, and which keys and lists came since; publications go on behind it.
//!
//! Card numbers need no such care: they are drawn from 2^40, so that a new one meets one of a million forgotten ones
//! once in a million cards.

use std::path::Path;

use chrono::{DateTime, Utc};
use shared::bundle::Bundle;
use shared::status_list::{Status, StatusToken};
use shared::trust_list::{self as listed, KeyUse as ListedUse};
use shared::trusted::Trusted;

use super::restore::bundle_in;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::api_token::ApiToken;
use crate::db::card::Card;
use crate::db::card_status::{CardStatus, NewStatusChange, StatusChange};
use crate::db::issuing_key::{IssuingKey, KeyState, KeyUse, NewIssuingKey};
use crate::db::kept_status::KeptStatus;
use crate::db::publication::Publication;
use crate::db::status_list::{NewStatusList, StatusList};
use crate::db::{Id, Tx};
use crate::issuance::entry;
use crate::publish::ceremony;
use crate::{Error, Issuer, crash, edge, files, issuance};

/// Why a card's status was changed, in the city's record.
const REASON: &str = "as published before the database was put back";

/// What was settled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// Lists that nothing is given out from any more.
    pub lists_closed: usize,
    /// Lists that were begun after the backup.
    pub lists_found: usize,
    /// Keys that were made after the backup.
    pub keys_found: usize,
    /// Keys that had to be made, since none of a use could sign any more.
    pub keys_made: usize,
    /// Cards that became suspended, revoked or good again after the backup.
    pub cards_changed: usize,
    /// Statuses of cards that were issued after the backup: they are kept by their place.
    pub statuses_kept: usize,
    /// Tokens of other programs that open nothing any more.
    pub tokens_withdrawn: usize,
    /// The number behind which publications go on.
    pub sequence: u64,
}

/// What was published last, as its root signed it.
struct Last {
    trusted: Trusted,
    lists: Vec<(String, shared::status_list::StatusList)>,
    at: i64,
}

/// Settles a database that was put back.
///
/// # Errors
/// When what was published is not of this city, or a part fails; nothing is changed then.
pub fn settle(
    issuer: &Issuer,
    published: Option<&Path>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Settled, Error> {
    let last = published.map(|published| last(issuer, &bundle_in(published))).transpose()?;
    let mark = issuer.keystore.published()?;
    let mut settled = issuer.db.write(|tx| {
        let url = issuer.city.url.as_str().to_owned();
        tx.audit(entry(Act::DatabaseRestored, SubjectKind::City, url, actor, now))?;
        let mut settled = Settled::default();
        if let Some(last) = &last {
            keys(issuer, tx, last, now, &mut settled)?;
            lists(issuer, tx, last, now, &mut settled)?;
            statuses(tx, last, actor, now, &mut settled)?;
        }
        for list in StatusList::all(tx.conn())? {
            if list.next_position < list.capacity {
                StatusList::close(tx.conn(), &list.id)?;
                settled.lists_closed += 1;
            }
        }
        settled.tokens_withdrawn = tokens(tx, actor, now)?;
        settled.sequence = numbers(tx, last.as_ref(), mark)?;
        crash::point("restore.settling");
        Ok::<_, Error>(settled)
    })?;
    // Keys that were made after the backup sign no more here, and those of before may have been replaced by them.
    for usage in [KeyUse::Card, KeyUse::Status] {
        if crate::keys::signer(issuer, usage, now).is_err() {
            crate::keys::make(issuer, usage, actor, now)?;
            settled.keys_made += 1;
        }
    }
    Ok(settled)
}

/// Which of the tokens were withdrawn after the backup is known to nobody: so none is good any more.
fn tokens(tx: &mut Tx<'_>, actor: &Actor, now: DateTime<Utc>) -> Result<usize, Error> {
    let mut withdrawn = 0;
    for token in ApiToken::all(tx.conn())?.into_iter().filter(|token| token.is_live(now)) {
        ApiToken::withdraw(tx.conn(), &token.id, now)?;
        tx.audit(entry(Act::TokenWithdrawn, SubjectKind::Program, token.id.to_string(), actor, now))?;
        withdrawn += 1;
    }
    Ok(withdrawn)
}

fn last(issuer: &Issuer, path: &Path) -> Result<Last, Error> {
    let refused = |error: String| Error::Refused(format!("{}: {error}", path.display()));
    let bytes = files::read(path)?;
    let root = ceremony::fingerprint(issuer)?;
    let (trusted, _) = Trusted::establish(&bytes, Some(root)).map_err(|error| refused(error.to_string()))?;
    let bundle = Bundle::parse(&bytes).map_err(|error| refused(error.to_string()))?;
    let prefix = issuance::status_prefix(&issuer.city);
    let (mut lists, mut at) = (Vec::new(), trusted.trust_list().issued_at);
    for token in bundle.status_lists {
        let unverified = StatusToken::parse(token).map_err(|error| refused(error.to_string()))?;
        let own = own_keys(issuer, &trusted).iter().filter(|key| key.usage != ListedUse::Cards);
        let signed = own.filter_map(|key| unverified.clone().verify(&key.key).ok());
        for token in signed.filter(|token| token.uri.starts_with(&prefix)) {
            at = at.max(token.issued_at);
            let statuses = token.statuses().map_err(|error| refused(error.to_string()))?;
            lists.push((token.uri.to_owned(), statuses));
        }
    }
    Ok(Last { trusted, lists, at })
}

fn own_keys<'a>(issuer: &Issuer, trusted: &'a Trusted) -> &'a [listed::IssuerKey] {
    let issuers = &trusted.trust_list().issuers;
    let own = issuers.iter().find(|listed| listed.url == issuer.city.url.as_str());
    own.map_or(&[], |own| own.keys.as_slice())
}

/// Keys that came since sign no more here; what became of the others is noted.
fn keys(
    issuer: &Issuer,
    tx: &mut Tx<'_>,
    last: &Last,
    now: DateTime<Utc>,
    settled: &mut Settled,
) -> Result<(), Error> {
    for said in own_keys(issuer, &last.trusted) {
        let kid = said.kid.to_hex();
        let known = IssuingKey::find(tx.conn(), &kid)?;
        if known.is_none() {
            settled.keys_found += 1;
            let usage = if said.usage == ListedUse::Lists { KeyUse::Status } else { KeyUse::Card };
            let new = NewIssuingKey {
                kid: kid.clone(),
                usage,
                state: KeyState::Retired,
                not_before: time(said.valid_from, now).into(),
                not_after: time(said.valid_until, now).into(),
                public_key: said.key.to_bytes(),
                created_at: time(said.valid_from, now).into(),
                desk: None,
            };
            IssuingKey::insert(tx.conn(), &new)?;
        }
        match (&said.state, known.map(|known| known.state)) {
            (listed::KeyState::Compromised { since, .. }, state) if state != Some(KeyState::Compromised) => {
                IssuingKey::compromise(tx.conn(), &kid, time(*since, now))?;
            }
            (listed::KeyState::Retired, Some(KeyState::Active)) => {
                IssuingKey::retire(tx.conn(), &kid)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Lists that came since are published on, with what was said of their places. Which key's cards stand on them is not
/// published: the newest key for cards is the likeliest.
fn lists(
    issuer: &Issuer,
    tx: &mut Tx<'_>,
    last: &Last,
    now: DateTime<Utc>,
    settled: &mut Settled,
) -> Result<(), Error> {
    let known = StatusList::all(tx.conn())?;
    let cards = own_keys(issuer, &last.trusted).iter().filter(|key| key.usage == ListedUse::Cards);
    let Some(newest) = cards.max_by_key(|key| key.valid_from) else { return Ok(()) };
    for (uri, statuses) in &last.lists {
        if known.iter().any(|list| list.uri == *uri) {
            continue;
        }
        settled.lists_found += 1;
        let new = NewStatusList {
            id: Id::new(edge::new_id(now)),
            kid: newest.kid.to_hex(),
            // Of no year: nothing is given out from it.
            expiry_year: 0,
            shard: i64::try_from(known.len() + settled.lists_found).unwrap_or(i64::MAX),
            capacity: i64::try_from(statuses.len()).unwrap_or(issuance::LIST_CAPACITY),
            next_position: 0,
            uri: uri.clone(),
        };
        StatusList::insert(tx.conn(), &new)?;
    }
    Ok(())
}

fn statuses(
    tx: &mut Tx<'_>,
    last: &Last,
    actor: &Actor,
    now: DateTime<Utc>,
    settled: &mut Settled,
) -> Result<(), Error> {
    for list in StatusList::all(tx.conn())? {
        let Some((_, said)) = last.lists.iter().find(|(uri, _)| *uri == list.uri) else { continue };
        // All places of a stolen key's lists are refused but those that its cards have: publishing does that again.
        let key = IssuingKey::find(tx.conn(), &list.kid)?;
        let stolen = key.is_some_and(|key| key.state == KeyState::Compromised);
        for index in 0..said.len() {
            let Some(status) = said.get(index).filter(|status| *status != Status::Valid) else { continue };
            let status =
                if status == Status::Suspended { CardStatus::Suspended } else { CardStatus::Revoked };
            let index = i64::try_from(index).unwrap_or(i64::MAX);
            match Card::at_place(tx.conn(), &list.id, index)? {
                Some(card) => settled.cards_changed += usize::from(follow(tx, &card, status, actor, now)?),
                None if stolen => {}
                None => {
                    let kept = KeptStatus { status_list_id: list.id.clone(), status_index: index, status };
                    kept.put(tx.conn())?;
                    settled.statuses_kept += 1;
                }
            }
        }
    }
    Ok(())
}

/// Brings a card to the status that was published; a card that is revoked stays so.
fn follow(
    tx: &mut Tx<'_>,
    card: &Card,
    status: CardStatus,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let transition = match (card.status, status) {
        (CardStatus::Valid, CardStatus::Suspended) => CardStatus::suspend,
        (CardStatus::Valid | CardStatus::Suspended, CardStatus::Revoked) => CardStatus::revoke,
        _ => return Ok(false),
    };
    let new = NewStatusChange { id: edge::new_id(now), transition, reason: REASON, actor, now };
    let changed = StatusChange::make(tx.conn(), &card.id, new)?;
    Ok(changed.is_ok())
}

/// Publications go on behind all that is known to have been published.
fn numbers(tx: &mut Tx<'_>, last: Option<&Last>, mark: Option<(u64, i64)>) -> Result<u64, Error> {
    let published = last.map(|last| (last.trusted.trust_list().sequence, last.at));
    let highest = u64::try_from(Publication::highest(tx.conn())?).unwrap_or_default();
    for (sequence, at) in [published, mark].into_iter().flatten() {
        if let Some(at) = DateTime::from_timestamp(at, 0) {
            Publication::note(tx.conn(), i64::try_from(sequence).unwrap_or(i64::MAX), at)?;
        }
    }
    Ok([published, mark].into_iter().flatten().map(|(sequence, _)| sequence).fold(highest, u64::max))
}

fn time(seconds: i64, now: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or(now)
}
