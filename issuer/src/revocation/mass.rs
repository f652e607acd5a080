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
use crate::{Error, Issuer, crash, edge};

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
    /// Only custodians decide.
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
        crash::point("mass.asking");
        Ok(mass)
    })
}

/// Agrees or does not, as a custodian who is not the one who asked.
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
        if actor.role() != Role::Custodian.as_str() {
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
        crash::point("mass.deciding");
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
    let mass = issuer.db.write(|tx| {
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
                crash::point("mass.card_revoked");
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
        crash::point("mass.stepping");
        Ok::<_, MassError>(mass)
    })?;
    crash::point("mass.stepped");
    Ok(mass)
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

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::config::testing::city;
    use crate::db::audit_chain::verify_chain;
    use crate::db::card::Card;
    use crate::db::officer::Officer;
    use crate::db::testing::{TestDatabase, databases, list, new_card, now};

    fn officer(role: Role) -> Actor {
        let id: Id<Officer> = Id::new(edge::new_id(now()));
        Actor::officer(&id, role, "gym-2")
    }

    /// Twelve cards: every third of another desk, two of an earlier day, one suspended and one revoked.
    fn cards(test: &TestDatabase) {
        let list = list(test, 100);
        let cards = (0..12).map(|n| {
            let mut card = new_card(&list, &format!("N{n:02}"), n);
            card.id = Id::new(edge::new_id(now() + Duration::milliseconds(n)));
            if n % 3 == 2 {
                card.desk = "hall".to_owned();
            }
            if n < 2 {
                card.issued_at = (now() - Duration::days(1)).into();
            }
            match n {
                3 => card.status = CardStatus::Suspended,
                4 => card.status = CardStatus::Revoked,
                _ => {}
            }
            card
        });
        let cards: Vec<_> = cards.collect();
        test.write(|tx| Ok(Card::insert_all(tx.conn(), &cards)?));
    }

    fn revoked(test: &TestDatabase) -> Vec<String> {
        let all = test.db.read(|conn| Ok::<_, DbError>(Card::all(conn)?)).unwrap();
        let mut all: Vec<_> = all
            .into_iter()
            .filter(|card| card.status == CardStatus::Revoked)
            .map(|card| card.number)
            .collect();
        all.sort();
        all
    }

    #[test]
    fn an_interruption_loses_nothing_and_doubles_nothing() {
        for test in databases() {
            let (amina, chioma) = (officer(Role::Custodian), officer(Role::Custodian));
            let issuer = test.issuer(city(), now());
            cards(&test);
            let choice = Choice { by: ChosenBy::Desk, which: "gym-2", since: None };
            let preview = preview(&issuer, &choice, now()).unwrap();
            assert_eq!(preview, Preview { valid: 6, suspended: 1, revoked: 1 });
            let asked = ask(&issuer, &choice, "laptop stolen", &amina, now()).unwrap();
            assert_eq!(asked.counted, 7);
            assert_eq!(revoked(&test), ["N04"], "nothing happens by asking");
            let others = [Role::Registrar, Role::Approver].map(officer);
            let refused = std::iter::once((&amina, "another officer"));
            for (who, refused) in refused.chain(others.iter().map(|other| (other, "role"))) {
                let error = decide(&issuer, &asked.id, Agreed::Yes, who, now()).unwrap_err();
                assert!(error.to_string().contains(refused), "{error}");
            }
            assert!(matches!(
                step(&issuer, &asked.id, 3, &chioma, now()),
                Err(MassError::NotNow { state: MassState::Asked })
            ));
            decide(&issuer, &asked.id, Agreed::Yes, &chioma, now()).unwrap();
            let first = step(&issuer, &asked.id, 3, &chioma, now()).unwrap();
            assert_eq!((first.revoked, first.state), (3, MassState::Approved));
            drop(issuer);

            // The machine was started anew: it is known what is not through.
            let issuer = test.issuer(city(), now());
            let left = unfinished(&issuer).unwrap();
            assert_eq!(left, [first]);
            let mut steps = 0;
            let done = loop {
                steps += 1;
                let mass = step(&issuer, &left[0].id, 3, &chioma, now()).unwrap();
                if mass.state == MassState::Done {
                    break mass;
                }
            };
            assert_eq!((done.revoked, steps), (7, 3));
            let gym = ["N00", "N01", "N03", "N04", "N06", "N07", "N09", "N10"];
            assert_eq!(revoked(&test), gym);
            assert!(unfinished(&issuer).unwrap().is_empty());
            assert!(matches!(
                step(&issuer, &done.id, 3, &chioma, now()),
                Err(MassError::NotNow { state: MassState::Done })
            ));
            let held = test.everything();
            assert_eq!(held.matches("card_revoked").count(), 7, "each card is told once");
            let chain = issuer.db.read(|conn| Ok::<_, DbError>(verify_chain(conn)?)).unwrap();
            assert!(chain.is_ok());
        }
    }

    #[test]
    fn what_was_issued_after_it_was_asked_stays() {
        for test in databases() {
            let (amina, chioma) = (officer(Role::Registrar), officer(Role::Custodian));
            let issuer = test.issuer(city(), now());
            cards(&test);
            let since = Some(now() - Duration::hours(1));
            let choice = Choice { by: ChosenBy::Key, which: "k1", since };
            let asked = ask(&issuer, &choice, "key lost", &amina, now() + Duration::minutes(1)).unwrap();
            assert_eq!(asked.counted, 9, "two of twelve are of an earlier day, one is revoked");
            decide(&issuer, &asked.id, Agreed::No, &chioma, now()).unwrap();
            let again = ask(&issuer, &choice, "key lost", &amina, now() - Duration::minutes(1));
            assert!(matches!(again, Err(MassError::Nothing)), "they were all issued later");
            for (by, which) in [(ChosenBy::Officer, "command-line"), (ChosenBy::Batch, "none")] {
                let found = preview(&issuer, &Choice { by, which, since: None }, now()).unwrap();
                assert_eq!(found.to_revoke(), if by == ChosenBy::Officer { 11 } else { 0 });
            }
            assert!(matches!(ask(&issuer, &choice, " ", &amina, now()), Err(MassError::Reason)));
        }
    }
}
