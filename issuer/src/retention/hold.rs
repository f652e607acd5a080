//! Holds by two people: asked by one officer, approved by another, for named cards alone.
//!
//! A held record's key is wrapped by the hold's own key instead of its day's, so the day is destroyed as ever and takes
//! everything else along. Released by two people again, the record goes back under its day's key, or is destroyed at once
//! when that day is past; then the hold's key is destroyed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::RetentionError;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::card::Card;
use crate::db::destruction::{Destruction, DestructionKind};
use crate::db::hold::{Hold, HoldReason, HoldState};
use crate::db::kept::Kept;
use crate::db::officer::{Officer, OfficerState, Role};
use crate::db::{Id, Tx, Word as _};
use crate::issuance::entry;
use crate::keystore::HOLD;
use crate::revocation::{self, Named};
use crate::{Error, Issuer, crash, edge};

/// What an approved hold holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The hold.
    pub hold: Hold,
    /// The cards whose records are held.
    pub held: Vec<String>,
    /// The cards whose records were gone already: nothing can be held of them.
    pub gone: Vec<String>,
}

/// What became of the records of a hold that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The hold.
    pub hold: Hold,
    /// Records that go with their own day again.
    pub given_back: usize,
    /// Records that another hold keeps.
    pub still_held: usize,
    /// Records whose day was past: destroyed.
    pub destroyed: usize,
}

/// An officer asks that the records of these cards be held. Nothing is held until [`approve`].
///
/// # Errors
/// When a card is not the city's, none is named, or `actor` is no officer who may ask.
pub fn ask(
    issuer: &Issuer,
    numbers: &[&str],
    reason: HoldReason,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Hold, RetentionError> {
    if numbers.is_empty() {
        return Err(RetentionError::NoCard);
    }
    let mut cards = BTreeMap::new();
    for number in numbers {
        let card = revocation::find_card(issuer, Named::Number(number))?;
        cards.insert(card.number.clone(), card.id);
    }
    let hold = Hold {
        id: Id::new(edge::new_id(now)),
        state: HoldState::Asked,
        reason,
        asked_by: actor.id().to_owned(),
        asked_at: now.into(),
        decided_by: None,
        decided_at: None,
        end_asked_by: None,
        end_asked_at: None,
        released_by: None,
        released_at: None,
    };
    issuer.db.write(|tx| {
        officer(tx, actor, ASKING)?;
        Hold::insert(tx.conn(), &hold, &cards.values().cloned().collect::<Vec<_>>())?;
        audit(tx, Act::HoldAsked, &hold, actor, now)?;
        crash::point("hold.asking");
        Ok(hold.clone())
    })
}

/// Another officer approves: from here the records are held.
///
/// # Errors
/// When it was decided already, or `actor` is the officer who asked, or no approver or custodian.
pub fn approve(
    issuer: &Issuer,
    id: &Id<Hold>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Held, RetentionError> {
    crash::point("hold.asked");
    let held = issuer.db.write(|tx| {
        let hold = standing(tx, id, HoldState::Asked)?;
        officer(tx, actor, DECIDING)?;
        another(&hold.asked_by, actor)?;
        let (mut numbers, mut gone) = (Vec::new(), Vec::new());
        for card in hold.cards(tx.conn())? {
            if take(issuer, tx, &hold, &card)? { numbers.push(card.number) } else { gone.push(card.number) }
        }
        let hold = hold.decide(tx.conn(), HoldState::Standing, actor.id(), now)?;
        audit(tx, Act::HoldBegun, &hold, actor, now)?;
        for number in &numbers {
            tx.audit(entry(Act::HoldBegun, SubjectKind::Card, number.clone(), actor, now))?;
        }
        crash::point("hold.taking");
        Ok::<_, RetentionError>(Held { hold, held: numbers, gone })
    })?;
    crash::point("hold.taken");
    Ok(held)
}

/// Another officer declines: nothing is held.
///
/// # Errors
/// As [`approve`].
pub fn decline(
    issuer: &Issuer,
    id: &Id<Hold>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Hold, RetentionError> {
    issuer.db.write(|tx| {
        let hold = standing(tx, id, HoldState::Asked)?;
        officer(tx, actor, DECIDING)?;
        another(&hold.asked_by, actor)?;
        let hold = hold.decide(tx.conn(), HoldState::Declined, actor.id(), now)?;
        audit(tx, Act::HoldDeclined, &hold, actor, now)?;
        Ok(hold)
    })
}

/// An officer asks that a hold end. It stands until [`release`].
///
/// # Errors
/// When it does not stand, or `actor` is no officer who may ask.
pub fn ask_end(
    issuer: &Issuer,
    id: &Id<Hold>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Hold, RetentionError> {
    issuer.db.write(|tx| {
        let hold = standing(tx, id, HoldState::Standing)?;
        officer(tx, actor, ASKING)?;
        let hold = hold.ask_end(tx.conn(), actor.id(), now)?;
        audit(tx, Act::HoldEndAsked, &hold, actor, now)?;
        crash::point("hold.ending");
        Ok(hold)
    })
}

/// Another officer than the one who asked for its end releases a hold. What is overdue is destroyed at once.
///
/// # Errors
/// When nobody asked for its end, or `actor` is the one who did, or no approver or custodian.
pub fn release(
    issuer: &Issuer,
    id: &Id<Hold>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Ended, RetentionError> {
    crash::point("hold.end_asked");
    let ended = issuer.db.write(|tx| {
        let hold = standing(tx, id, HoldState::Ending)?;
        officer(tx, actor, DECIDING)?;
        another(hold.end_asked_by.as_deref().unwrap_or_default(), actor)?;
        let ended = give_back(issuer, tx, &hold, actor, now)?;
        audit(tx, Act::HoldReleased, &ended.hold, actor, now)?;
        crash::point("hold.giving_back");
        Ok::<_, RetentionError>(ended)
    })?;
    crash::point("hold.given_back");
    destroy_released_keys(issuer)?;
    crash::point("hold.key_gone");
    if ended.destroyed > 0 {
        issuer.db.wipe()?;
        crash::point("hold.wiped");
        super::receipt::sign_all(issuer, actor, now)?;
    }
    Ok(ended)
}

/// Every hold, the newest first.
///
/// # Errors
/// When the database fails.
pub fn holds(issuer: &Issuer) -> Result<Vec<Hold>, Error> {
    issuer.db.read(|conn| Ok(Hold::all(conn)?))
}

/// The numbers of the cards that a hold names.
///
/// # Errors
/// When the database fails.
pub fn card_numbers(issuer: &Issuer, hold: &Hold) -> Result<Vec<String>, Error> {
    let cards = issuer.db.read(|conn| Ok::<_, Error>(hold.cards(conn)?))?;
    Ok(cards.into_iter().map(|card| card.number).collect())
}

/// Destroys the keys of holds that are over, also those that a crash left.
pub(super) fn destroy_released_keys(issuer: &Issuer) -> Result<(), Error> {
    for name in issuer.keystore.hold_keys()? {
        let Ok(id) = Id::<Hold>::parse(&name) else { continue };
        // A key without a row is of an approval under way: it holds nothing yet, or its row is about to be there.
        let over = issuer.db.read(|conn| {
            let over = Hold::find(conn, &id)?.is_some_and(|hold| hold.state == HoldState::Released);
            Ok::<_, Error>(over && Kept::of_key(conn, &key_name(&id))?.is_empty())
        })?;
        if over {
            issuer.keystore.destroy_hold(&name)?;
        }
    }
    Ok(())
}

/// The roles that may, and what they are called when somebody else tries.
type May = (&'static [Role], &'static str);

const ASKING: May =
    (&[Role::Registrar, Role::Approver, Role::Custodian], "registrars, approvers or custodians");
const DECIDING: May = (&[Role::Approver, Role::Custodian], "approvers or custodians");

fn standing(tx: &mut Tx<'_>, id: &Id<Hold>, needed: HoldState) -> Result<Hold, RetentionError> {
    let hold = Hold::find(tx.conn(), id)?.ok_or(RetentionError::NoSuchHold)?;
    if hold.state == needed { Ok(hold) } else { Err(RetentionError::HoldState { is: hold.state }) }
}

/// The account is asked, not the actor: nobody acts for two people by giving two names.
fn officer(tx: &mut Tx<'_>, actor: &Actor, (roles, needed): May) -> Result<(), RetentionError> {
    let id = Id::parse(actor.id()).map_err(|_| RetentionError::NoOfficer)?;
    match Officer::find(tx.conn(), &id)? {
        Some(officer) if officer.state != OfficerState::Active => Err(RetentionError::NoOfficer),
        Some(officer) if !roles.contains(&officer.role) => Err(RetentionError::Role { needed }),
        Some(_) => Ok(()),
        None => Err(RetentionError::NoOfficer),
    }
}

fn another(first: &str, actor: &Actor) -> Result<(), RetentionError> {
    if first == actor.id() { Err(RetentionError::SameOfficer) } else { Ok(()) }
}

/// Wraps the key of a card's record by the hold's; says whether there was a record.
fn take(issuer: &Issuer, tx: &mut Tx<'_>, hold: &Hold, card: &Card) -> Result<bool, RetentionError> {
    let Some(enrolment) = &card.enrolment_id else { return Ok(false) };
    let Some(kept) = Kept::find(tx.conn(), enrolment)? else { return Ok(false) };
    if kept.destroy_by_key.starts_with(HOLD) {
        // Another hold has it, or another card of the same enrolment stands in this one.
        return Ok(true);
    }
    let Some(from) = issuer.keystore.find_wrapping_key(&kept.destroy_by_key, kept.destroy_by)? else {
        return Ok(false);
    };
    let to = issuer.keystore.hold_key(hold.id.as_str(), kept.destroy_by)?;
    crash::point("hold.keyed");
    let wrapped = kept.wrapped_key.as_deref().unwrap_or_default();
    let Ok(wrapped) = from.rewrap(&to, wrapped, enrolment.as_str()) else { return Ok(false) };
    Kept::rewrap(tx.conn(), enrolment, (&key_name(&hold.id), kept.destroy_by), wrapped)?;
    Ok(true)
}

fn give_back(
    issuer: &Issuer,
    tx: &mut Tx<'_>,
    hold: &Hold,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Ended, RetentionError> {
    let today = now.date_naive();
    let mut overdue: BTreeMap<_, usize> = BTreeMap::new();
    let (mut given_back, mut still_held) = (0, 0);
    for kept in Kept::of_key(tx.conn(), &key_name(&hold.id))? {
        let other = hold.another_of(tx.conn(), &kept.id)?;
        let to = match &other {
            Some(other) => issuer.keystore.hold_key(other.as_str(), kept.destroy_by)?,
            None if kept.destroy_by >= today => issuer.keystore.destroy_by_key(kept.destroy_by)?,
            None => {
                Kept::erase(tx.conn(), &kept.id)?;
                *overdue.entry(kept.destroy_by).or_default() += 1;
                continue;
            }
        };
        let from = issuer.keystore.find_wrapping_key(&kept.destroy_by_key, kept.destroy_by)?;
        let wrapped = kept.wrapped_key.as_deref().unwrap_or_default();
        let wrapped = from
            .ok_or(RetentionError::Gone)?
            .rewrap(&to, wrapped, kept.id.as_str())
            .map_err(|_| RetentionError::Gone)?;
        let name = other.as_ref().map_or_else(|| kept.destroy_by.to_string(), key_name);
        Kept::rewrap(tx.conn(), &kept.id, (&name, kept.destroy_by), wrapped)?;
        if other.is_some() { still_held += 1 } else { given_back += 1 }
    }
    for (due, records) in &overdue {
        let destruction = Destruction {
            id: Id::new(edge::new_id(now)),
            kind: DestructionKind::Hold,
            due: *due,
            records: i64::try_from(*records).unwrap_or(i64::MAX),
            begun_at: now.into(),
            destroyed_at: Some(now.into()),
            sequence: None,
            signed: None,
        };
        Destruction::insert(tx.conn(), &destruction)?;
        tx.audit(entry(Act::EnrolmentsDestroyed, SubjectKind::Day, due.to_string(), actor, now))?;
    }
    let hold = hold.release(tx.conn(), actor.id(), now)?;
    Ok(Ended { hold, given_back, still_held, destroyed: overdue.values().sum() })
}

/// How a record names the key of a hold.
fn key_name(id: &Id<Hold>) -> String {
    format!("{HOLD}{id}")
}

fn audit(
    tx: &mut Tx<'_>,
    act: Act,
    hold: &Hold,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), RetentionError> {
    let mut entry = entry(act, SubjectKind::Hold, hold.id.to_string(), actor, now);
    entry.reason = Some(hold.reason.as_str().to_owned());
    tx.audit(entry)?;
    Ok(())
}
