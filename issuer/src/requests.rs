//! Demands for data: a register of what authorities and others asked for and with what it was answered, and what a
//! holder is shown of their own.
//!
//! The register takes words of a list and the city's own file mark, never a text: nothing in it names a resident.

mod holder;

use chrono::{DateTime, NaiveDate, Utc};

pub use holder::{CardHeld, Everything, Record, everything_about, everything_about_case};

use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::demand::{Demand, DemandAnswer, DemandKind};
use crate::db::{Id, Word as _};
use crate::issuance::entry;
use crate::{Error, Issuer, edge};

/// Most characters of a file mark.
const LONGEST_MARK: usize = 24;

/// A demand as it came.
#[derive(Debug, Clone, Copy)]
pub struct NewDemand<'a> {
    /// The day on which it came.
    pub received_on: NaiveDate,
    /// What it is.
    pub kind: DemandKind,
    /// With what it was answered; [`DemandAnswer::Open`] when it was not yet.
    pub answer: DemandAnswer,
    /// How many cards the answer spoke of.
    pub cards: u32,
    /// The city's own file mark: capitals, digits, dot, slash and hyphen; may be empty.
    pub reference: &'a str,
}

/// Enters a demand.
///
/// # Errors
/// When it came in the future, or its file mark has other characters.
pub fn add(issuer: &Issuer, new: NewDemand<'_>, actor: &Actor, now: DateTime<Utc>) -> Result<Demand, Error> {
    let today = now.date_naive();
    if new.received_on > today {
        return Err(Error::Refused(format!("{} is not yet; today is {today}", new.received_on)));
    }
    if !is_file_mark(new.reference) {
        return Err(Error::Refused(format!(
            "a file mark has at most {LONGEST_MARK} capitals, digits, dots, slashes and hyphens, and no name in it"
        )));
    }
    let demand = Demand {
        id: Id::new(edge::new_id(now)),
        received_on: new.received_on,
        kind: new.kind,
        answer: new.answer,
        answered_on: (new.answer != DemandAnswer::Open).then_some(today),
        cards: i64::from(new.cards),
        reference: new.reference.to_owned(),
        entered_at: now.into(),
        officer: actor.id().to_owned(),
    };
    issuer.db.write(|tx| {
        Demand::insert(tx.conn(), &demand)?;
        let mut entry = entry(Act::DemandEntered, SubjectKind::Demand, demand.id.to_string(), actor, now);
        entry.reason = Some(new.kind.as_str().to_owned());
        tx.audit(entry)?;
        Ok(demand.clone())
    })
}

/// Whether this can be a file mark.
#[must_use]
pub fn is_file_mark(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b"./-".contains(&b);
    text.len() <= LONGEST_MARK && text.bytes().all(fits)
}

/// An open demand is answered.
///
/// # Errors
/// When there is no such demand that is open.
pub fn answer(
    issuer: &Issuer,
    id: &Id<Demand>,
    answer: DemandAnswer,
    cards: u32,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    issuer.db.write(|tx| {
        if !Demand::close(tx.conn(), id, answer, i64::from(cards), now.date_naive())? {
            return Err(Error::Refused(format!("there is no open demand {id}")));
        }
        let mut entry = entry(Act::DemandAnswered, SubjectKind::Demand, id.to_string(), actor, now);
        entry.reason = Some(answer.as_str().to_owned());
        tx.audit(entry)?;
        Ok(())
    })
}

/// Every demand, the newest first.
///
/// # Errors
/// When the database fails.
pub fn list(issuer: &Issuer) -> Result<Vec<Demand>, Error> {
    issuer.db.read(|conn| Ok(Demand::all(conn)?))
}

/// How many demands came from one day up to another, by kind and answer: to be published.
///
/// # Errors
/// When the database fails.
pub fn count(
    issuer: &Issuer,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(DemandKind, DemandAnswer, i64)>, Error> {
    issuer.db.read(|conn| Ok(Demand::counts(conn, from, to)?))
}

#[cfg(test)]
mod tests;
