//! The status lists, as they are published.
//!
//! What a list says is read anew for every publication, from the rows of its cards: no note of what changed can be
//! forgotten. Compressing it is what takes time, and is done only where it says something else than last time
//! ([`Shelf`]). Every list is signed anew, which takes next to nothing: so each is as new as its publication, for
//! every reader of the Token Status List format.

mod shelf;

use chrono::{DateTime, Utc};
use shared::status_list::{self, Bits, Status, StatusList};

use crate::db;
use crate::db::card::Card;
use crate::db::card_status::CardStatus;
use crate::db::issuing_key::{self, IssuingKey};
use crate::db::kept_status::KeptStatus;
use crate::db::kit::{Kit, KitState};
use crate::db::recognised::{RecognisedIssuer, RecognisedList};
use crate::{Error, Issuer, keys, parallel};
use shelf::Shelf;

/// How long a status list counts as fresh, in seconds: a hint for those who fetch.
const TTL: u64 = 3600;

/// A list, signed.
pub(super) struct Signed {
    pub(super) uri: String,
    pub(super) token: Vec<u8>,
    /// Whether it says something else than when it was published last.
    pub(super) changed: bool,
}

/// Every status list of the city, signed now.
pub(super) fn own_lists(issuer: &Issuer, now: DateTime<Utc>) -> Result<Vec<Signed>, Error> {
    let signer = keys::signer(issuer, issuing_key::KeyUse::Status, now)?;
    let lists = issuer.db.read(|conn| Ok::<_, Error>(db::status_list::StatusList::all(conn)?))?;
    let shelf = Shelf::of(&issuer.data);
    let tokens = parallel::map(&lists, |list| -> Result<Signed, Error> {
        let statuses =
            statuses(issuer, list).map_err(|error| Error::Refused(format!("{}: {error}", list.uri)))?;
        let (statuses, changed) = shelf.compressed(&list.id, &statuses)?;
        let token = statuses.sign(&list.uri, now.timestamp(), TTL, &signer)?;
        Ok(Signed { uri: list.uri.clone(), token, changed })
    });
    tokens.into_iter().collect()
}

/// What a list says of each of its places.
fn statuses(issuer: &Issuer, list: &db::status_list::StatusList) -> Result<StatusList, Error> {
    let (given, not_valid, kept) = issuer.db.read(|conn| {
        let key = IssuingKey::find(conn, &list.kid)?;
        let stolen = key.and_then(|key| key.compromised_since);
        // All cards of a kit are known once it is home: what bears another place is none of them.
        let kit = Kit::find_by_key(conn, &list.kid)?;
        let closed = stolen.is_some() || kit.is_some_and(|kit| kit.state == KitState::Merged);
        // All cards matter only where a place without a card is refused.
        let given = closed.then(|| Card::given_on(conn, &list.id, stolen)).transpose()?;
        let not_valid = Card::not_valid_on(conn, &list.id)?;
        Ok::<_, Error>((given, not_valid, KeptStatus::of_list(conn, &list.id)?))
    })?;
    let damaged = |error: status_list::StatusListError| Error::Refused(error.to_string());
    let capacity = u64::try_from(list.capacity).unwrap_or_default();
    let mut statuses = StatusList::new(Bits::Two, capacity).map_err(damaged)?;
    let closed = given.is_some();
    if let Some(given) = given {
        for index in 0..capacity {
            statuses.set(index, Status::Revoked).map_err(damaged)?;
        }
        for index in given {
            statuses.set(place(index), Status::Valid).map_err(damaged)?;
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
