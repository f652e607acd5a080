//! A case as the desk sees it, and the one way in which it is changed.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use super::record::Record;
use super::{CaseError, CaseId};
use crate::Issuer;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit::NewAuditEntry;
use crate::db::card::Card;
use crate::db::card_status::CardStatus;
use crate::db::enrolment::{Enrolment, EnrolmentState};
use crate::db::visit::{Station, Visit, VisitKind, VisitOutcome};
use crate::db::{AnyConnection, Id, Tx};
use crate::retention;

/// A case, without a word of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its id: that of the enrolment.
    pub id: CaseId,
    /// What it is called at the desk.
    pub ticket: String,
    /// What is wanted.
    pub kind: VisitKind,
    /// The number of the earlier card, for a renewal or a replacement.
    pub earlier: Option<String>,
    /// The number of its card, once there is one: the latest, where one was spoiled.
    pub card: Option<String>,
    /// The status of that card.
    pub card_status: Option<CardStatus>,
    /// Where it waits.
    pub station: Station,
    /// How far the enrolment went.
    pub state: EnrolmentState,
    /// Which version this is.
    pub version: i64,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// Since when it waits at its station.
    pub waiting_since: DateTime<Utc>,
    /// Who has it open, and since when, as far as that still counts.
    pub open_by: Option<OpenBy>,
    /// How it ended.
    pub outcome: Option<VisitOutcome>,
    /// The day on which the record is destroyed.
    pub destroy_by: NaiveDate,
}

/// Who has a case open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenBy {
    /// The officer's id.
    pub officer: String,
    /// When they opened it, or last did something with it.
    pub at: DateTime<Utc>,
}

/// A case as somebody saw it. A change of a case that was changed since is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen<'a> {
    /// Which.
    pub case: &'a CaseId,
    /// The version that was seen.
    pub version: i64,
}

impl Case {
    /// The case as it was seen here.
    #[must_use]
    pub fn seen(&self) -> Seen<'_> {
        Seen { case: &self.id, version: self.version }
    }

    pub(super) fn of(conn: &mut AnyConnection, visit: &Visit, now: DateTime<Utc>) -> Result<Self, CaseError> {
        let enrolment = Enrolment::find(conn, &visit.enrolment_id)?.ok_or(CaseError::NotFound)?;
        let mut card = |id: &Option<Id<Card>>| -> QueryResult<Option<Card>> {
            id.as_ref().map_or(Ok(None), |id| Card::find(conn, id))
        };
        let (earlier, made) = (card(&visit.earlier_card_id)?, card(&visit.card_id)?);
        Ok(Self {
            id: visit.enrolment_id.clone(),
            ticket: visit.ticket.clone(),
            kind: visit.kind,
            earlier: earlier.map(|card| card.number),
            card_status: made.as_ref().map(|card| card.status),
            card: made.map(|card| card.number),
            station: visit.station,
            state: enrolment.state,
            version: visit.version,
            began_at: visit.began_at.utc(),
            waiting_since: visit.waiting_since.utc(),
            open_by: visit.open_by(now).map(|(officer, at)| OpenBy { officer: officer.to_owned(), at }),
            outcome: visit.outcome,
            destroy_by: enrolment.destroy_by,
        })
    }
}

/// What a change is to be called in the audit log.
pub(super) struct Told {
    pub(super) act: Act,
    pub(super) reason: Option<String>,
}

impl Told {
    pub(super) fn of(act: Act) -> Self {
        Self { act, reason: None }
    }

    pub(super) fn because(act: Act, reason: impl Into<String>) -> Self {
        Self { act, reason: Some(reason.into()) }
    }
}

/// A case in the transaction that changes it.
pub(super) struct Changing<'a, 't> {
    pub(super) issuer: &'a Issuer,
    pub(super) tx: &'a mut Tx<'t>,
    pub(super) visit: Visit,
    pub(super) actor: &'a Actor,
    pub(super) now: DateTime<Utc>,
}

impl Changing<'_, '_> {
    /// Refuses unless the case waits at one of these stations.
    pub(super) fn at(&self, stations: &[Station]) -> Result<(), CaseError> {
        let station = self.visit.station;
        if stations.contains(&station) { Ok(()) } else { Err(CaseError::NotNow { station }) }
    }

    /// Takes the case to another station.
    pub(super) fn step(&mut self, to: Station) -> Result<(), CaseError> {
        Ok(self.visit.step(to, self.now)?)
    }

    /// Closes the case.
    pub(super) fn close(&mut self, outcome: VisitOutcome) -> Result<(), CaseError> {
        self.step(Station::Closed)?;
        self.visit.closed_at = Some(self.now.into());
        self.visit.outcome = Some(outcome);
        Ok(())
    }

    /// Its enrolment.
    pub(super) fn enrolment(&mut self) -> Result<Enrolment, CaseError> {
        Enrolment::find(self.tx.conn(), &self.visit.enrolment_id)?.ok_or(CaseError::NotFound)
    }

    /// Its record, opened.
    pub(super) fn record(&mut self) -> Result<Record, CaseError> {
        let enrolment = self.enrolment()?;
        Record::open(self.issuer, &enrolment)
    }

    /// Seals the record anew, until the same day.
    pub(super) fn seal(&mut self, record: &Record) -> Result<(), CaseError> {
        let day = self.enrolment()?.destroy_by;
        self.seal_until(record, day)
    }

    /// Seals the record anew, until another day.
    pub(super) fn seal_until(&mut self, record: &Record, day: NaiveDate) -> Result<(), CaseError> {
        let (enrolment, plain) = (self.enrolment()?, record.plain()?);
        retention::reseal(self.issuer, self.tx, &enrolment, &plain, day)?;
        Ok(())
    }

    /// Tells the audit log of something that goes along with the change.
    pub(super) fn tell(&mut self, told: Told, kind: SubjectKind, subject: String) -> Result<i64, CaseError> {
        let entry = NewAuditEntry {
            at: self.now,
            actor: self.actor.clone(),
            act: told.act,
            subject_kind: kind,
            subject,
            reason: told.reason,
        };
        Ok(self.tx.audit(entry)?.seq)
    }

    fn finish(mut self, told: Told) -> Result<Case, CaseError> {
        self.visit.changed(self.actor, self.now);
        self.stamp(told)
    }

    /// Keeps the visit, under the number of the entry that tells of it.
    pub(super) fn stamp(mut self, told: Told) -> Result<Case, CaseError> {
        let id = self.visit.enrolment_id.to_string();
        self.visit.stamp = self.tell(told, SubjectKind::Enrolment, id)?;
        self.visit.update(self.tx.conn())?;
        Case::of(self.tx.conn(), &self.visit, self.now)
    }
}

/// Changes a case, in one transaction: the version is checked, `act` does it, the audit log is told. Nothing is kept of
/// what fails.
pub(super) fn change<T>(
    issuer: &Issuer,
    seen: Seen<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
    act: impl FnOnce(&mut Changing<'_, '_>) -> Result<(Told, T), CaseError>,
) -> Result<(Case, T), CaseError> {
    issuer.db.write(|tx| {
        let visit = Visit::find(tx.conn(), seen.case)?.ok_or(CaseError::NotFound)?;
        if visit.version != seen.version {
            let (by, at) = (visit.changed_by, visit.changed_at.utc());
            return Err(CaseError::Changed { by, at, version: visit.version });
        }
        let mut changing = Changing { issuer, tx, visit, actor, now };
        let (told, value) = act(&mut changing)?;
        Ok((changing.finish(told)?, value))
    })
}
