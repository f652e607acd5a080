//! The status lists, as they are published.

use chrono::{DateTime, Utc};
use shared::status_list::{self, Bits, Status, StatusList};

use crate::db;
use crate::db::card::Card;
use crate::db::card_status::CardStatus;
use crate::db::issuing_key::{self, IssuingKey};
use crate::db::kept_status::KeptStatus;
use crate::db::kit::{Kit, KitState};
use crate::db::recognised::{RecognisedIssuer, RecognisedList};
use crate::{Error, Issuer, keys};

/// How long a status list counts as fresh, in seconds: a hint for those who fetch.
const TTL: u64 = 3600;

/// Every status list of the city, signed now.
pub(super) fn own_lists(issuer: &Issuer, now: DateTime<Utc>) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let signer = keys::signer(issuer, issuing_key::KeyUse::Status, now)?;
    let lists = issuer.db.read(|conn| Ok::<_, Error>(db::status_list::StatusList::all(conn)?))?;
    lists
        .into_iter()
        .map(|list| {
            let statuses =
                statuses(issuer, &list).map_err(|error| Error::Refused(format!("{}: {error}", list.uri)))?;
            let token = status_list::sign(&statuses, &list.uri, now.timestamp(), TTL, &signer)?;
            Ok((list.uri, token))
        })
        .collect()
}

/// What a list says of each of its places.
fn statuses(issuer: &Issuer, list: &db::status_list::StatusList) -> Result<StatusList, Error> {
    let (closed, stolen, cards, not_valid, kept) = issuer.db.read(|conn| {
        let key = IssuingKey::find(conn, &list.kid)?;
        let stolen = key.and_then(|key| key.compromised_since);
        // All cards of a kit are known once it is home: what bears another place is none of them.
        let kit = Kit::find_by_key(conn, &list.kid)?;
        let closed = stolen.is_some() || kit.is_some_and(|kit| kit.state == KitState::Merged);
        // All cards matter only where a place without a card is refused.
        let cards = if closed { Card::of_key(conn, &list.kid)? } else { Vec::new() };
        let not_valid = Card::not_valid_on(conn, &list.id)?;
        Ok::<_, Error>((closed, stolen, cards, not_valid, KeptStatus::of_list(conn, &list.id)?))
    })?;
    let damaged = |error: status_list::StatusListError| Error::Refused(error.to_string());
    let capacity = u64::try_from(list.capacity).unwrap_or_default();
    let mut statuses = StatusList::new(Bits::Two, capacity).map_err(damaged)?;
    if closed {
        for index in 0..capacity {
            statuses.set(index, Status::Revoked).map_err(damaged)?;
        }
        let known = |card: &Card| stolen.is_none_or(|since| card.issued_at.utc() < since.utc());
        let given = |card: &&Card| card.status_list_id == list.id && known(card);
        for card in cards.iter().filter(given) {
            statuses.set(place(card.status_index), Status::Valid).map_err(damaged)?;
        }
    }
    for (index, status) in not_valid.into_iter().chain(kept) {
        let status = match status {
            CardStatus::Valid => Status::Valid,
            CardStatus::Suspended => Status::Suspended,
            CardStatus::Revoked => Status::Revoked,
        };
        // A suspended card that the thief's time covers stays refused.
        let refused = closed && statuses.get(place(index)) == Some(Status::Revoked);
        if !refused {
            statuses.set(place(index), status).map_err(damaged)?;
        }
    }
    Ok(statuses)
}

fn place(index: i64) -> u64 {
    u64::try_from(index).unwrap_or(u64::MAX)
}

pub(super) fn their_lists(issuer: &Issuer) -> Result<Vec<Vec<u8>>, Error> {
    issuer.db.read(|conn| {
        let mut tokens = Vec::new();
        for other in RecognisedIssuer::all(conn)?.iter().filter(|other| other.has_status) {
            tokens.extend(RecognisedList::of_issuer(conn, &other.url)?.into_iter().map(|list| list.token));
        }
        Ok(tokens)
    })
}
