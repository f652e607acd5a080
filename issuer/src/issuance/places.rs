//! Places on status lists: each card has one, and no two have the same.

use chrono::Datelike as _;
use shared::keys::Signer;

use super::{IndexOrder, Terms};
use crate::config::City;
use crate::db::act::Act;
use crate::db::audit::AuditEntry;
use crate::db::status_list::{NewStatusList, StatusList};
use crate::db::{Id, Tx};
use crate::{Error, Issuer, edge, kit};

/// Most cards on one status list.
pub const LIST_CAPACITY: i64 = 1 << 20;

/// The list a key's cards of one expiry year are on, and the places taken on it.
pub(super) struct Places {
    pub(super) list: Id<StatusList>,
    pub(super) uri: String,
    pub(super) indices: Vec<u64>,
}

/// Takes so many places on the list of a key and of the year in which its cards expire; begins a list where there is none
/// with so much room.
pub(super) fn take_places(
    issuer: &Issuer,
    tx: &mut Tx<'_>,
    signer: &dyn Signer,
    terms: Terms,
    count: usize,
) -> Result<Places, Error> {
    let here = kit::may_issue(issuer, tx)?;
    let (kid, year) = (signer.kid().to_hex(), i64::from(terms.expires().year()));
    let wanted = u32::try_from(count).unwrap_or(u32::MAX);
    let mut shard = 0;
    if let Some(list) = StatusList::newest(tx.conn(), &kid, year)? {
        if let Some(places) = take_from(issuer, tx, &list, wanted)? {
            return Ok(places);
        }
        shard = list.shard + 1;
    }
    if let Some(kit) = here {
        return Err(kit.no_list(year));
    }
    let place = new_place(tx)?;
    let list = StatusList::insert(
        tx.conn(),
        &NewStatusList {
            id: Id::new(edge::new_id(terms.issued_at)),
            kid,
            expiry_year: year,
            shard,
            capacity: LIST_CAPACITY,
            next_position: 0,
            uri: format!("{}{place}", status_prefix(&issuer.city)),
        },
    )?;
    take_from(issuer, tx, &list, wanted)?
        .ok_or_else(|| Error::Refused(format!("{count} cards at once are more than a status list holds")))
}

/// What a new list's URI ends in: never what one ended in before. A database that was put back from a copy does not know
/// them all; then chance sees to it.
pub(crate) fn new_place(tx: &mut Tx<'_>) -> Result<String, Error> {
    let place = StatusList::all(tx.conn())?.len() + 1;
    if AuditEntry::any(tx.conn(), Act::DatabaseRestored)? {
        return Ok(format!("{place}-{}", shared::keys::hex(&edge::random_bytes::<4>())));
    }
    Ok(place.to_string())
}

fn take_from(
    issuer: &Issuer,
    tx: &mut Tx<'_>,
    list: &StatusList,
    count: u32,
) -> Result<Option<Places>, Error> {
    let Some(positions) = StatusList::reserve_positions(tx.conn(), &list.id, count)? else { return Ok(None) };
    let order = index_order(issuer, list)?;
    let indices =
        positions.map(|position| order.index(u64::try_from(position).unwrap_or_default())).collect();
    Ok(Some(Places { list: list.id.clone(), uri: list.uri.clone(), indices }))
}

/// In which order a list hands out its indices.
///
/// # Errors
/// When the keystore does not give its secret.
pub fn index_order(issuer: &Issuer, list: &StatusList) -> Result<IndexOrder, Error> {
    let secret = issuer.keystore.secret("status-order")?;
    Ok(IndexOrder::new(&secret, list.id.as_str(), u64::try_from(list.capacity).unwrap_or_default()))
}

/// What the URIs of the city's status lists begin with. Short: it stands in every code.
#[must_use]
pub fn status_prefix(city: &City) -> String {
    format!("{}/s/", city.url.as_str())
}
