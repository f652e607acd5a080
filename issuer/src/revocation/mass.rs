//! Many cards at once: of an officer, a desk, a batch or a key. One asks, another agrees, and it goes in steps: whatever
//! comes between, the next step goes on where the last one ended.

use chrono::{DateTime, Utc};

use super::reason;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit::NewAuditEntry;
use crate::db::card_status::{CardStatus, NewStatusChange, StatusChange};
use crate::db::mass_revocation::{ChosenBy, MassRevocation, MassState};
use crate::db::officer::Role;
use crate::db::{DbError, Id, Tx, Word as _};
use crate::{Error, Issuer, edge};

/// How many cards are revoked in a transaction.
pub const STEP: u32 = 250;

/// Which cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<'a> {
    /// By what they are chosen.
    pub by: ChosenBy,
    /// Which officer (id), desk, batch (id) or key (kid).
    pub which: &'a str,
    /// Only those issued from then on.
    pub since: Option<DateTime<Utc>>,
}

/// How many cards a choice finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Preview {
    /// Those that are good.
    pub valid: i64,
    /// Those that are suspended.
    pub suspended: i64,
    /// Those that are revoked already, and stay so.
    pub revoked: i64,
}

impl Preview {
    /// How many would be revoked.
    #[must_use]
    pub fn to_revoke(self) -> i64 {
        self.valid + self.suspended
    }
}

/// Why a mass revocation does not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MassError {
    /// There is no such one.
    #[error("there is no such mass revocation")]
    NotFound,
    /// It was decided about already, or is not approved.
    #[error("the mass revocation is {}", state.as_str())]
    NotNow {
        /// How far it went.
        state: MassState,
    },
    /// It finds no card.
    #[error("there are no such cards to revoke")]
    Nothing,
    /// The one who asked does not decide.
    #[error("another officer must decide")]
    SameOfficer,
    /// Only approvers and custodians decide.
    #[error("this role may not decide")]
    Role,
    /// A reason is missing or too long.
    #[error("a reason is needed")]
    Reason,
    /// Something failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<DbError> for MassError {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<diesel::result::Error> for MassError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// How many cards a choice would find now.
///
/// # Errors
/// When the database fails.
pub fn preview(issuer: &Issuer, choice: &Choice<'_>, now: DateTime<Utc>) -> Result<Preview, MassError> {
    let mass = asked(choice, String::new(), &Actor::signed_out(""), now);
    issuer.db.read(|conn| Ok(counted(mass.counts(conn)?)))
}

/// Asks that the cards of a choice be revoked: those that were issued until now.
///
/// # Errors
/// When there are none, or no reason is given.
pub fn ask(
    issuer: &Issuer,
    choice: &Choice<'_>,
    why: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<MassRevocation, MassError> {
    let why = reason(why).map_err(|_| MassError::Reason)?;
    let mut mass = asked(choice, why.to_owned(), actor, now);
    issuer.db.write(|tx| {
        mass.counted = counted(mass.counts(tx.conn())?).to_revoke();
        if mass.counted == 0 {
            return Err(MassError::Nothing);
        }
        mass.insert(tx.conn())?;
        let told = format!("{} {}: {}", mass.chosen_by.as_str(), mass.chosen, mass.reason);
        tell(tx, Act::MassRevocationAsked, &mass, told, actor, now)?;
        Ok(mass)
    })
}

/// Agrees or does not, as an approver or a custodian who is not the one who asked.
///
/// # Errors
/// When it was decided about already, or this officer may not.
pub fn decide(
    issuer: &Issuer,
    id: &Id<MassRevocation>,
    agreed: Agreed,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<MassRevocation, MassError> {
    issuer.db.write(|tx| {
        let mut mass = MassRevocation::find(tx.conn(), id)?.ok_or(MassError::NotFound)?;
        if mass.state != MassState::Asked {
            return Err(MassError::NotNow { state: mass.state });
        }
        if ![Role::Approver, Role::Custodian].map(Role::as_str).contains(&actor.role()) {
            return Err(MassError::Role);
        }
        if mass.asked_by == actor.id() {
            return Err(MassError::SameOfficer);
        }
        mass.state = match agreed {
            Agreed::Yes => MassState::Approved,
            Agreed::No => MassState::Declined,
        };
        mass.decided_by = Some(actor.id().to_owned());
        mass.decided_at = Some(now.into());
        mass.update(tx.conn())?;
        let told = mass.state.as_str().to_owned();
        tell(tx, Act::MassRevocationDecided, &mass, told, actor, now)?;
        Ok(mass)
    })
}

/// Whether the second officer agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreed {
    /// The cards are revoked.
    Yes,
    /// They are not.
    No,
}

/// Revokes the next cards of one that was approved, each told to the audit log; says how far it is. What is done once is
/// done: call it until the state is [`MassState::Done`].
///
/// # Errors
/// When it is not approved, or the database fails.
pub fn step(
    issuer: &Issuer,
    id: &Id<MassRevocation>,
    most: u32,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<MassRevocation, MassError> {
    issuer.db.write(|tx| {
        let mut mass = MassRevocation::find(tx.conn(), id)?.ok_or(MassError::NotFound)?;
        if mass.state != MassState::Approved {
            return Err(MassError::NotNow { state: mass.state });
        }
        let cards = mass.next_cards(tx.conn(), i64::from(most))?;
        for card in &cards {
            if card.status == CardStatus::Revoked {
                continue;
            }
            let new = NewStatusChange {
                id: edge::new_id(now),
                transition: CardStatus::revoke,
                reason: &mass.reason,
                actor,
                now,
            };
            if StatusChange::make(tx.conn(), &card.id, new)?.is_ok() {
                mass.revoked += 1;
                tx.audit(NewAuditEntry {
                    at: now,
                    actor: actor.clone(),
                    act: Act::CardRevoked,
                    subject_kind: SubjectKind::Card,
                    subject: card.number.clone(),
                    reason: Some(format!("{} ({})", mass.reason, mass.id)),
                })?;
            }
        }
        let act = if let Some(last) = cards.last() {
            mass.last_card_id = Some(last.id.clone());
            Act::MassRevocationStepped
        } else {
            mass.state = MassState::Done;
            mass.finished_at = Some(now.into());
            Act::MassRevocationDone
        };
        mass.update(tx.conn())?;
        let told = format!("{} of {}", mass.revoked, mass.counted);
        tell(tx, act, &mass, told, actor, now)?;
        Ok(mass)
    })
}

/// Mass revocations, the newest first.
///
/// # Errors
/// When the database fails.
pub fn all(issuer: &Issuer) -> Result<Vec<MassRevocation>, MassError> {
    issuer.db.read(|conn| Ok(MassRevocation::all(conn)?))
}

/// Those that were approved and are not through: what to go on with after a start.
///
/// # Errors
/// When the database fails.
pub fn unfinished(issuer: &Issuer) -> Result<Vec<MassRevocation>, MassError> {
    issuer.db.read(|conn| Ok(MassRevocation::unfinished(conn)?))
}

fn asked(choice: &Choice<'_>, reason: String, actor: &Actor, now: DateTime<Utc>) -> MassRevocation {
    MassRevocation {
        id: Id::new(edge::new_id(now)),
        chosen_by: choice.by,
        chosen: choice.which.to_owned(),
        issued_since: choice.since.map(Into::into),
        issued_until: now.into(),
        reason,
        state: MassState::Asked,
        asked_by: actor.id().to_owned(),
        asked_at: now.into(),
        decided_by: None,
        decided_at: None,
        finished_at: None,
        counted: 0,
        revoked: 0,
        last_card_id: None,
    }
}

fn counted(counts: Vec<(CardStatus, i64)>) -> Preview {
    counts.into_iter().fold(Preview::default(), |mut all, (status, count)| {
        match status {
            CardStatus::Valid => all.valid += count,
            CardStatus::Suspended => all.suspended += count,
            CardStatus::Revoked => all.revoked += count,
        }
        all
    })
}

fn tell(
    tx: &mut Tx<'_>,
    act: Act,
    mass: &MassRevocation,
    told: String,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), MassError> {
    tx.audit(NewAuditEntry {
        at: now,
        actor: actor.clone(),
        act,
        subject_kind: SubjectKind::MassRevocation,
        subject: mass.id.to_string(),
        reason: Some(told),
    })?;
    Ok(())
}
