//! What a kit did, brought home in one transaction: an interruption leaves nothing half done.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use shared::keys::{PublicKey, hex};

use super::TYPE;
use super::check::{self, KitFault, Rows, strictness};
use super::home::{FORM, Home};
use crate::audit::signed::{Keys, NotSigned};
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit::AuditEntry;
use crate::db::card::{Card, CardState, NewCard};
use crate::db::card_status::{CardStatus, NewStatusChange, StatusChange};
use crate::db::issuing_key::{IssuingKey, KeyState};
use crate::db::kept_status::KeptStatus;
use crate::db::kit::{Kit, KitState};
use crate::db::kit_home::{self, KitReceipt, KitRevocation};
use crate::db::status_list::StatusList;
use crate::db::{DbError, Tx};
use crate::issuance::entry;
use crate::{Error, Issuer, crash, edge};

/// What came home.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merged {
    /// The kit.
    pub name: String,
    /// Cards that are new here.
    pub cards: usize,
    /// Of those, the ones that were reserved and never signed: counters refuse them.
    pub half_issued: usize,
    /// Changes of cards' statuses.
    pub changes: usize,
    /// Entries of the audit log.
    pub entries: usize,
    /// Receipts of destruction.
    pub receipts: usize,
    /// Cards of the kit whose number a card of the city bears too: they are revoked.
    pub collisions: Vec<String>,
    /// Cards that were revoked at home before the kit was here.
    pub revoked: Vec<String>,
    /// The days on which sealed records are still due in the kit, and how many each.
    pub standing: Vec<(NaiveDate, i64)>,
}

impl Merged {
    /// Whether all of it was here already.
    #[must_use]
    pub fn nothing_new(&self) -> bool {
        self.entries == 0
    }
}

/// Takes home what [`close`](super::close) gave.
///
/// # Errors
/// [`KitFault`] in words when it is not ours, not whole or not as the kit's log has it; nothing is changed then, nor when
/// the database fails.
pub fn merge(city: &Issuer, signed: &[u8], actor: &Actor, now: DateTime<Utc>) -> Result<Merged, Error> {
    let kits = city.db.read(|conn| Ok::<_, Error>(Kit::all(conn)?))?;
    let keys = |kit: &Kit| {
        PublicKey::ed25519(&kit.statement_key).map(|key| Keys::new([key])).map_err(|_| {
            Error::Refused(format!("the key of the kit {} in the database is damaged", kit.name))
        })
    };
    let mut found = Err(KitFault::NotOurs { why: NotSigned::UnknownKey });
    for kit in kits.into_iter().filter(|kit| kit.state != KitState::Here) {
        let keys = keys(&kit)?;
        match keys.open::<Home>(TYPE, signed) {
            Ok(home) => {
                found = Ok((kit, keys, home));
                break;
            }
            Err(NotSigned::UnknownKey) => {}
            Err(why) => found = Err(KitFault::NotOurs { why }),
        }
    }
    let (kit, keys, home) = found?;
    let ours = home.city == city.city.url.as_str() && home.kit == kit.id.as_str();
    if home.form != FORM || !ours {
        return Err(KitFault::Unreadable.into());
    }
    let standing = home.standing.clone();
    let lists = city.db.read(|conn| Ok::<_, Error>(StatusList::all(conn)?))?;
    let lists: Vec<_> = lists.into_iter().filter(|list| list.kid == kit.kid).collect();
    let rows = check::rows(city, &kit, &keys, &lists, home)?;
    let merged = city.db.write(|tx| take(tx, &kit, &rows, actor, now));
    crash::point("kit.merged");
    match merged {
        // Nothing new: then nothing was written either.
        Err(Error::Database(DbError::NotAudited)) => {
            Ok(Merged { name: kit.name, standing, ..Merged::default() })
        }
        merged => merged.map(|merged| Merged { standing, ..merged }),
    }
}

fn take(tx: &mut Tx<'_>, kit: &Kit, rows: &Rows, actor: &Actor, now: DateTime<Utc>) -> Result<Merged, Error> {
    let mut merged = Merged { name: kit.name.clone(), ..Merged::default() };
    // As it is now, not as it was before this transaction had its turn.
    let state = Kit::find_by_name(tx.conn(), &kit.name)?.map(|kit| kit.state);
    if state == Some(KitState::Lost) {
        return Err(KitFault::Lost { name: kit.name.clone() }.into());
    }
    let news = new_entries(&kit_home::entries(tx.conn(), &kit.id)?, kit, &rows.entries)?;
    if news.is_empty() {
        return Ok(merged);
    }
    merged.entries = news.len();
    kit_home::keep_entries(tx.conn(), &kit.id, news)?;
    crash::point("kit.log_taken");
    let mut new = HashSet::new();
    for card in &rows.cards {
        if take_card(tx, card, &mut merged, actor, now)? {
            new.insert(card.id.as_str());
        }
    }
    for change in &rows.changes {
        take_change(tx, change, &new, &mut merged, actor, now)?;
    }
    crash::point("kit.cards_taken");
    let known = KitReceipt::of(tx.conn(), &kit.id)?.len();
    for (signed, sequence) in rows.receipts.iter().zip(1..).skip(known) {
        KitReceipt { kit_id: kit.id.clone(), sequence, signed: signed.clone() }.insert(tx.conn())?;
        merged.receipts += 1;
    }
    for waiting in KitRevocation::of(tx.conn(), &kit.id)? {
        revoke_waiting(tx, kit, &waiting, &mut merged, actor, now)?;
    }
    let key = IssuingKey::find(tx.conn(), &kit.kid)?;
    if key.is_some_and(|key| key.state == KeyState::Active) {
        IssuingKey::retire(tx.conn(), &kit.kid)?;
        tx.audit(entry(Act::KeyRetired, SubjectKind::Key, kit.kid.clone(), actor, now))?;
    }
    Kit::merged(tx.conn(), &kit.id, now)?;
    let mut told = entry(Act::KitMerged, SubjectKind::Kit, kit.name.clone(), actor, now);
    told.reason = Some(bound(&rows.entries));
    tx.audit(told)?;
    crash::point("kit.merging");
    Ok(merged)
}

/// What the city's log says of a kit's: how long it is, and the hash of its end.
pub(super) fn bound(entries: &[AuditEntry]) -> String {
    let end = entries.last().map(|last| hex(&last.hash)).unwrap_or_default();
    format!("{} entries to {end}", entries.len())
}

/// The entries behind those that are here already.
fn new_entries<'a>(
    known: &[AuditEntry],
    kit: &Kit,
    given: &'a [AuditEntry],
) -> Result<&'a [AuditEntry], KitFault> {
    if let Some((ours, _)) = known.iter().zip(given).find(|(ours, theirs)| ours.hash != theirs.hash) {
        return Err(KitFault::Parted { name: kit.name.clone(), seq: ours.seq });
    }
    Ok(given.get(known.len()..).unwrap_or_default())
}

/// Keeps a card that is new here, and says whether it was. One whose number was drawn here too is revoked by its place.
fn take_card(
    tx: &mut Tx<'_>,
    card: &Card,
    merged: &mut Merged,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    match Card::find_by_number(tx.conn(), &card.number)? {
        Some(known) if known.id == card.id => return Ok(false),
        Some(_) => {
            let list = &card.status_list_id;
            let kept = KeptStatus::of_list(tx.conn(), list)?;
            if kept.contains(&(card.status_index, CardStatus::Revoked)) {
                return Ok(false);
            }
            let (status_index, status) = (card.status_index, CardStatus::Revoked);
            KeptStatus { status_list_id: list.clone(), status_index, status }.put(tx.conn())?;
            tx.audit(entry(Act::KitCardRefused, SubjectKind::Card, card.number.clone(), actor, now))?;
            merged.collisions.push(card.number.clone());
            return Ok(false);
        }
        None => {}
    }
    let card = card.clone();
    merged.cards += 1;
    merged.half_issued += usize::from(card.state == CardState::Reserved);
    let new = NewCard {
        id: card.id,
        number: card.number,
        enrolment_id: None,
        kid: card.kid,
        status_list_id: card.status_list_id,
        status_index: card.status_index,
        services: card.services,
        issued_at: card.issued_at,
        expires_at: card.expires_at,
        state: card.state,
        status: card.status,
        identity_digest: card.identity_digest,
        service_digest: card.service_digest,
        recovery_hash: card.recovery_hash,
        batch_id: None,
        batch_row: None,
        desk: card.desk,
        officer: card.officer,
    };
    Card::insert_all(tx.conn(), &[new])?;
    Ok(true)
}

/// Keeps a change that is new here. A card that came home earlier follows it where it makes the card worse: what was
/// decided here meanwhile holds.
fn take_change(
    tx: &mut Tx<'_>,
    change: &StatusChange,
    new: &HashSet<&str>,
    merged: &mut Merged,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    // The card of a number that was drawn twice is not here.
    let Some(card) = Card::find(tx.conn(), &change.card_id)? else { return Ok(()) };
    if !change.keep(tx.conn())? {
        return Ok(());
    }
    merged.changes += 1;
    let worse = strictness(change.to_status) > strictness(card.status);
    if worse && !new.contains(card.id.as_str()) {
        let act = if change.to_status == CardStatus::Revoked { Act::CardRevoked } else { Act::CardSuspended };
        StatusChange::follow(tx.conn(), &card.id, change.to_status)?;
        let mut told = entry(act, SubjectKind::Card, card.number, actor, now);
        told.reason = Some(change.reason.clone());
        tx.audit(told)?;
    }
    Ok(())
}

fn revoke_waiting(
    tx: &mut Tx<'_>,
    kit: &Kit,
    waiting: &KitRevocation,
    merged: &mut Merged,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let card = match (&waiting.number, &waiting.recovery_hash) {
        (Some(number), _) => Card::find_by_number(tx.conn(), number)?,
        (None, Some(hash)) => Card::find_by_recovery(tx.conn(), hash)?,
        (None, None) => None,
    };
    let Some(card) = card.filter(|card| card.kid == kit.kid) else { return Ok(()) };
    let id = edge::new_id(now);
    let new = NewStatusChange { id, transition: CardStatus::revoke, reason: &waiting.reason, actor, now };
    if StatusChange::make(tx.conn(), &card.id, new)?.is_ok() {
        let mut told = entry(Act::CardRevoked, SubjectKind::Card, card.number.clone(), actor, now);
        told.reason = Some(waiting.reason.clone());
        tx.audit(told)?;
        merged.revoked.push(card.number);
    }
    Ok(())
}
