//! Suspend, reinstate, revoke. What is published tells the counters.

mod look_up;
pub mod mass;

use chrono::{DateTime, Utc};
use shared::id::CardNumber;

use crate::db::AnyConnection;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit::NewAuditEntry;
use crate::db::card::Card;
use crate::db::card_status::{CardStatus, ImpossibleChange, NewStatusChange, StatusChange};
use crate::recovery::{RecoveryCode, RecoveryKey};
use crate::{Error, Issuer, crash, edge};

pub use look_up::{Known, look_up};

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

/// By what a card is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Named<'a> {
    /// By the number on it, as typed.
    Number(&'a str),
    /// By the recovery code on its slip, as typed.
    Recovery(&'a str),
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The card's number.
    pub number: String,
    /// From which status to which.
    pub status: StatusChange,
}

/// Changes the status of a card.
///
/// # Errors
/// When there is no such card, its status does not allow the change, or no reason is given.
pub fn change(
    issuer: &Issuer,
    change: Change,
    named: Named<'_>,
    reason: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Changed, Error> {
    let asked = Asked::of(issuer, named)?;
    let reason = self::reason(reason)?;
    issuer
        .db
        .write(|tx| {
            let card = asked.find(tx.conn())?;
            let new = NewStatusChange {
                id: edge::new_id(now),
                transition: change.transition(),
                reason,
                actor,
                now,
            };
            let status = StatusChange::make(tx.conn(), &card.id, new)?
                .map_err(|impossible| Error::Refused(format!("{}: {impossible}", card.number)))?;
            crash::point("status.changed");
            tx.audit(NewAuditEntry {
                at: now,
                actor: actor.clone(),
                act: change.act(),
                subject_kind: SubjectKind::Card,
                subject: card.number.clone(),
                reason: Some(reason.to_owned()),
            })?;
            crash::point("status.told");
            Ok(Changed { number: card.number, status })
        })
        .inspect(|_| crash::point("status.kept"))
}

/// A reason as it is kept.
pub(crate) fn reason(given: &str) -> Result<&str, Error> {
    let reason = given.trim();
    if (1..=MAX_REASON).contains(&reason.chars().count()) {
        return Ok(reason);
    }
    Err(Error::Refused(format!("give a reason of 1 to {MAX_REASON} characters, and no name in it")))
}

/// The card that is meant.
///
/// # Errors
/// When what was typed cannot be one, or the city has no such card.
pub fn find_card(issuer: &Issuer, named: Named<'_>) -> Result<Card, Error> {
    let asked = Asked::of(issuer, named)?;
    issuer.db.read(|conn| asked.find(conn))
}

/// What was asked for, once it was read.
enum Asked {
    Number(String),
    /// Hashed under the city's key and under those of its event kits.
    Recovery(Vec<Vec<u8>>),
}

impl Asked {
    fn of(issuer: &Issuer, named: Named<'_>) -> Result<Self, Error> {
        match named {
            Named::Number(typed) => match CardNumber::parse(typed) {
                Ok(number) => Ok(Self::Number(number.to_string())),
                Err(error) => Err(Error::Refused(format!("{typed:?} is not a card number: {error}"))),
            },
            // What was typed is not repeated: a terminal or a log would keep it.
            Named::Recovery(typed) => match RecoveryCode::parse(typed) {
                Ok(code) => {
                    let keys = RecoveryKey::all(issuer)?;
                    Ok(Self::Recovery(keys.iter().map(|key| key.hash(&code)).collect()))
                }
                Err(error) => Err(Error::Refused(format!("this cannot be a recovery code: {error}"))),
            },
        }
    }

    fn find(&self, conn: &mut AnyConnection) -> Result<Card, Error> {
        self.find_any(conn)?.ok_or_else(|| {
            Error::Refused(match self {
                Self::Number(number) => format!("the city has no card {number}"),
                Self::Recovery(_) => {
                    "no card has this recovery code; ask for it again, letter by letter, or for \
                                      the card's number"
                        .to_owned()
                }
            })
        })
    }

    fn find_any(&self, conn: &mut AnyConnection) -> Result<Option<Card>, Error> {
        match self {
            Self::Number(number) => Ok(Card::find_by_number(conn, number)?),
            Self::Recovery(hashes) => {
                for hash in hashes {
                    if let Some(card) = Card::find_by_recovery(conn, hash)? {
                        return Ok(Some(card));
                    }
                }
                Ok(None)
            }
        }
    }
}

/// The numbers of cards that an interruption left reserved and unsigned.
///
/// # Errors
/// When the database fails.
pub fn half_issued(issuer: &Issuer) -> Result<Vec<String>, Error> {
    let cards = issuer.db.read(|conn| Ok::<_, Error>(Card::half_issued(conn)?))?;
    Ok(cards.into_iter().map(|card| card.number).collect())
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::config::testing::answers;
    use crate::db::issuing_key::KeyUse;
    use crate::issuance::{self, Application, Draft, Origin};
    use crate::issuer::Passphrases;
    use crate::keys;
    use crate::resident::{Resident, Typed};

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    fn actor() -> Actor {
        Actor::command_line("hall")
    }

    fn city(data: &std::path::Path) -> Issuer {
        Issuer::create(&data.join("city"), &answers(), None, &Passphrases::default(), now()).unwrap()
    }

    /// Cards of two residents, with recovery codes where `codes` is given.
    fn cards(issuer: &Issuer, codes: Option<&RecoveryKey>) -> Vec<Draft> {
        let signer = keys::signer(issuer, KeyUse::Card, now()).unwrap();
        let application = |full_name| {
            let typed = Typed { full_name, ..Typed::default() };
            let resident = Resident::parse(&typed, &issuer.city, now().date_naive()).unwrap();
            Application { resident, pictures: None }
        };
        let applications = [application("Ana Novak"), application("Bo Ek")];
        let origin = Origin { batch: None, first_row: 1 };
        issuance::reserve(issuer, &signer, &applications, codes, origin, &actor(), now()).unwrap()
    }

    #[test]
    fn the_code_on_the_slip_finds_the_card() {
        let dir = tempfile::tempdir().unwrap();
        let issuer = city(dir.path());
        let codes = RecoveryKey::of(&issuer.keystore).unwrap();
        let drafts = cards(&issuer, Some(&codes));
        let printed = drafts[1].recovery().unwrap().printed();
        let typed = printed.to_lowercase().replace('-', " ");
        let change = |what, typed: &str| {
            change(&issuer, what, Named::Recovery(typed), "lost", &actor(), now() + Duration::minutes(1))
        };
        let suspended = change(Change::Suspend, &typed).unwrap();
        assert_eq!(suspended.number, drafts[1].number());
        let revoked = change(Change::Revoke, &printed).unwrap();
        assert_eq!(revoked.status.to_status, CardStatus::Revoked);
        let find = |draft: &Draft| {
            let found = issuer.db.read(|conn| Ok::<_, Error>(Card::find_by_number(conn, draft.number())?));
            found.unwrap().unwrap()
        };
        assert_eq!(find(&drafts[0]).status, CardStatus::Valid);
        assert_eq!(find(&drafts[1]).recovery_hash, Some(codes.hash(drafts[1].recovery().unwrap())));
        let kept = issuer.db.read(|conn| Ok::<_, Error>(StatusChange::of_card(conn, &find(&drafts[1]).id)?));
        assert_eq!(kept.unwrap().into_iter().map(|one| one.reason).collect::<Vec<_>>(), ["lost", "lost"]);
        assert!(change(Change::Revoke, &printed).unwrap_err().to_string().contains("is revoked"));
    }

    #[test]
    fn a_wrong_code_is_told_from_one_that_cannot_be() {
        let dir = tempfile::tempdir().unwrap();
        let issuer = city(dir.path());
        let drafts = cards(&issuer, None);
        assert!(drafts.iter().all(|draft| draft.recovery().is_none()));
        let said = |typed| {
            change(&issuer, Change::Revoke, Named::Recovery(typed), "lost", &actor(), now())
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            said("0123-4567-89AB-CDEF"),
            "no card has this recovery code; ask for it again, letter by letter, or for the card's number"
        );
        assert_eq!(
            said("0123-4567-89AB"),
            "this cannot be a recovery code: a recovery code has 16 letters and digits, this has 12"
        );
        assert_eq!(
            said("0123-4567-89AB-CDEÜ"),
            "this cannot be a recovery code: 'Ü' stands in no recovery code"
        );
    }

    #[test]
    fn a_card_is_looked_up_without_a_name() {
        let dir = tempfile::tempdir().unwrap();
        let issuer = city(dir.path());
        let codes = RecoveryKey::of(&issuer.keystore).unwrap();
        let drafts = cards(&issuer, Some(&codes));
        let number = drafts[0].number();
        change(&issuer, Change::Suspend, Named::Number(number), "lost", &actor(), now()).unwrap();
        let known = look_up(&issuer, Named::Number(number)).unwrap().unwrap();
        assert_eq!((known.number.as_str(), known.status), (number, CardStatus::Suspended));
        assert_eq!(known.services, ["library", "clinic", "transit"]);
        assert_eq!(known.history.iter().map(|one| one.reason.as_str()).collect::<Vec<_>>(), ["lost"]);
        assert_eq!(known.expires_at, drafts[0].terms().expires());
        let printed = drafts[0].recovery().unwrap().printed();
        assert_eq!(look_up(&issuer, Named::Recovery(&printed)).unwrap().as_ref(), Some(&known));
        assert_eq!(look_up(&issuer, Named::Number("0000-0000-0")).unwrap(), None);
        // The name is behind the enrolment, and looking at it is told.
        let id = known.enrolment.unwrap();
        let holder = crate::enrolment::holder(&issuer, &id, &actor(), now()).unwrap();
        assert_eq!(holder.full_name, "Ana Novak");
        let destroyed = |tx: &mut crate::db::Tx<'_>| -> Result<(), Error> {
            let told =
                issuance::entry(Act::EnrolmentsDestroyed, SubjectKind::Day, String::new(), &actor(), now());
            tx.audit(told)?;
            let enrolment = crate::db::enrolment::Enrolment::find(tx.conn(), &id)?.unwrap();
            crate::db::kept::Kept::erase_day(tx.conn(), enrolment.destroy_by)?;
            Ok(())
        };
        issuer.db.write(destroyed).unwrap();
        assert_eq!(look_up(&issuer, Named::Number(number)).unwrap().unwrap().enrolment, None);
    }
}
