//! The second look: no officer refuses a card alone.

use chrono::{DateTime, Utc};
use shared::evidence::{self, Assessment, DocumentId, Shown};

use super::case::{Told, change};
use super::{Case, CaseError, CaseId, Draft, Seen, Words, typing};
use crate::Issuer;
use crate::config::City;
use crate::db::Word as _;
use crate::db::act::{Act, Actor};
use crate::db::enrolment::{Enrolment, EnrolmentState};
use crate::db::officer::Role;
use crate::db::second_look::{Decision, Doubt, SecondLook};
use crate::db::visit::{Station, VisitOutcome};

use super::record::Record;

/// Asks another officer for a second look. The words are sealed with what was typed.
///
/// # Errors
/// When the case was changed meanwhile, is past typing, or nothing is doubted.
pub fn ask(
    issuer: &Issuer,
    seen: Seen<'_>,
    doubt: Doubt,
    words: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Case, CaseError> {
    let (case, ()) = change(issuer, seen, actor, now, |changing| {
        typing(changing)?;
        let station = changing.visit.station;
        if doubt == Doubt::NothingWrong {
            return Err(CaseError::NotNow { station });
        }
        changing.step(Station::SecondLook)?;
        let id = changing.visit.enrolment_id.clone();
        SecondLook::ask(changing.tx.conn(), &id, doubt, station, actor, now)?;
        let mut record = changing.record()?;
        write_down(&mut record, words, actor);
        changing.seal(&record)?;
        Ok((Told::because(Act::SecondLookAsked, doubt.as_str()), ()))
    })?;
    Ok(case)
}

/// Decides, as an approver who is not the one who asked: the visit goes on where it was, or ends without a card.
///
/// # Errors
/// When the case was changed meanwhile or waits for no second look, or this officer may not decide.
pub fn decide(
    issuer: &Issuer,
    seen: Seen<'_>,
    decision: Decision,
    reason: Doubt,
    words: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Case, CaseError> {
    let (case, ()) = change(issuer, seen, actor, now, |changing| {
        changing.at(&[Station::SecondLook])?;
        if actor.role() != Role::Approver.as_str() {
            return Err(CaseError::Role);
        }
        let id = changing.visit.enrolment_id.clone();
        let newest = SecondLook::of(changing.tx.conn(), &id)?.into_iter().next();
        let look = newest.filter(|look| look.decision.is_none()).ok_or(CaseError::NotFound)?;
        if look.asked_by == actor.id() {
            return Err(CaseError::SameOfficer);
        }
        match (decision, reason) {
            (Decision::GoOn, _) => changing.step(look.asked_at_station)?,
            (Decision::Refused, Doubt::NothingWrong) => {
                return Err(CaseError::NotNow { station: Station::SecondLook });
            }
            (Decision::Refused, _) => {
                changing.close(VisitOutcome::Refused)?;
                Enrolment::step(changing.tx.conn(), &id, EnrolmentState::abandon)??;
            }
        }
        SecondLook::decide(changing.tx.conn(), &look.id, decision, reason, actor, now)?;
        let mut record = changing.record()?;
        write_down(&mut record, words, actor);
        changing.seal(&record)?;
        let told = format!("{}: {}", decision.as_str(), reason.as_str());
        Ok((Told::because(Act::SecondLookDecided, told), ()))
    })?;
    Ok(case)
}

/// The second looks at a case, the newest first.
///
/// # Errors
/// When the database fails.
pub fn of_case(issuer: &Issuer, id: &CaseId) -> Result<Vec<SecondLook>, CaseError> {
    issuer.db.read(|conn| Ok(SecondLook::of(conn, id)?))
}

/// What the slip says to somebody who was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The ticket of the case.
    pub ticket: String,
    /// When it was refused.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: Doubt,
    /// What would change it.
    pub remedy: Remedy,
}

/// What would change a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// These papers: the fewest that are enough, and what else would do for each thing needed.
    Papers {
        /// The fewest.
        bring: Vec<DocumentId>,
        /// Everything needed, with each paper that gives it.
        needed: Assessment,
    },
    /// Any of these papers, each of which counts for living here.
    Residency(Vec<DocumentId>),
    /// A paper with a photo, any of these.
    Photo(Vec<DocumentId>),
    /// The number of the card that there is, or its slip: then it can be replaced.
    EarlierCard,
    /// To ask at the desk: the words are between the officers.
    Ask,
}

/// What the slip of a refused case says. The record is opened for it, which the audit log is told.
///
/// # Errors
/// When the case was not refused, or its record is gone.
pub fn refusal(
    issuer: &Issuer,
    id: &CaseId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Refusal, CaseError> {
    let opened = super::open(issuer, id, actor, now)?;
    let newest = of_case(issuer, id)?.into_iter().next();
    let refused = newest.and_then(|look| match (look.decision, look.decided_reason, look.decided_at) {
        (Some(Decision::Refused), Some(reason), Some(at)) => Some((reason, at.utc())),
        _ => None,
    });
    let station = opened.case.station;
    let (reason, at) = refused.ok_or(CaseError::NotNow { station })?;
    let remedy = remedy(&issuer.city, reason, &opened.draft, at)?;
    Ok(Refusal { ticket: opened.case.ticket, at, reason, remedy })
}

fn remedy(city: &City, reason: Doubt, draft: &Draft, at: DateTime<Utc>) -> Result<Remedy, CaseError> {
    let rules = &city.evidence.rules;
    let documents = rules.table().documents.iter();
    Ok(match reason {
        Doubt::PapersDoubtful => {
            let mut case = draft.case(city, at.date_naive()).map_err(|_| CaseError::NotChecked)?;
            case.shown = Shown::default();
            let needed = evidence::assess(rules, &case);
            Remedy::Papers { bring: needed.bring.clone(), needed }
        }
        Doubt::NotResident => Remedy::Residency(
            documents.filter(|one| one.residency_points > 0).map(|one| one.id.clone()).collect(),
        ),
        Doubt::PhotoDoesNotMatch => Remedy::Photo(
            documents
                .filter(|one| one.shows.contains(evidence::Feature::Photo))
                .map(|one| one.id.clone())
                .collect(),
        ),
        Doubt::Duplicate => Remedy::EarlierCard,
        Doubt::Other | Doubt::NothingWrong => Remedy::Ask,
    })
}

fn write_down(record: &mut Record, words: &str, actor: &Actor) {
    let words = words.trim();
    if !words.is_empty() {
        record.words.push(Words { by: actor.id().to_owned(), words: words.to_owned() });
    }
}
