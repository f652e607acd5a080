//! Suspend, reinstate, revoke. What is published tells the counters.

use chrono::{DateTime, Utc};
use shared::id::CardNumber;

use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit::NewAuditEntry;
use crate::db::card::Card;
use crate::db::card_status::{CardStatus, ImpossibleChange, NewStatusChange, StatusChange};
use crate::{Error, Issuer, edge};

/// Longest reason, in characters.
const MAX_REASON: usize = 200;

/// What to do with a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Not good for now.
    Suspend,
    /// Good again.
    Reinstate,
    /// Never good again.
    Revoke,
}

impl Change {
    fn transition(self) -> fn(CardStatus) -> Result<CardStatus, ImpossibleChange> {
        match self {
            Self::Suspend => CardStatus::suspend,
            Self::Reinstate => CardStatus::reinstate,
            Self::Revoke => CardStatus::revoke,
        }
    }

    fn act(self) -> Act {
        match self {
            Self::Suspend => Act::CardSuspended,
            Self::Reinstate => Act::CardReinstated,
            Self::Revoke => Act::CardRevoked,
        }
    }
}

/// Changes the status of the card with this number.
///
/// # Errors
/// When there is no such card, its status does not allow the change, or no reason is given.
pub fn change(
    issuer: &Issuer,
    change: Change,
    number: &str,
    reason: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<StatusChange, Error> {
    let number = CardNumber::parse(number)
        .map_err(|error| Error::Refused(format!("{number:?} is not a card number: {error}")))?
        .to_string();
    let reason = reason.trim();
    if !(1..=MAX_REASON).contains(&reason.chars().count()) {
        return Err(Error::Refused(format!(
            "give a reason of 1 to {MAX_REASON} characters, and no name in it"
        )));
    }
    issuer.db.write(|tx| {
        let Some(card) = Card::find_by_number(tx.conn(), &number)? else {
            return Err(Error::Refused(format!("the city has no card {number}")));
        };
        let new =
            NewStatusChange { id: edge::new_id(now), transition: change.transition(), reason, actor, now };
        let made = StatusChange::make(tx.conn(), &card.id, new)?
            .map_err(|impossible| Error::Refused(format!("{number}: {impossible}")))?;
        tx.audit(NewAuditEntry {
            at: now,
            actor: actor.clone(),
            act: change.act(),
            subject_kind: SubjectKind::Card,
            subject: number.clone(),
            reason: Some(reason.to_owned()),
        })?;
        Ok(made)
    })
}

/// The numbers of cards that an interruption left reserved and unsigned.
///
/// # Errors
/// When the database fails.
pub fn half_issued(issuer: &Issuer) -> Result<Vec<String>, Error> {
    let cards = issuer.db.read(|conn| Ok::<_, Error>(Card::half_issued(conn)?))?;
    Ok(cards.into_iter().map(|card| card.number).collect())
}
