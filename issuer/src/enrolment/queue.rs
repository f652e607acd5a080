//! Who waits where, by ticket; no name.

use chrono::{DateTime, Utc};

use super::{CaseError, CaseId, OpenBy};
use crate::Issuer;
use crate::db::Word as _;
use crate::db::visit::{Station, Visit, VisitKind};

/// Most cases on a page of the queue.
pub const PAGE: i64 = 50;

/// A page of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// How many wait at each station where some wait, in the order of a visit.
    pub counts: Vec<(Station, i64)>,
    /// The cases of this page, those that wait longest first.
    pub cases: Vec<Waiting>,
    /// How many there are in all, of the stations asked for.
    pub total: i64,
    /// What [`stamp`] gave when this was read.
    pub stamp: i64,
}

/// A case that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its id.
    pub id: CaseId,
    /// Its ticket.
    pub ticket: String,
    /// What is wanted.
    pub kind: VisitKind,
    /// Where it waits.
    pub station: Station,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// Who has it open.
    pub open_by: Option<OpenBy>,
}

/// The open cases at one station or at all, a page of them, from page 0.
///
/// # Errors
/// When the database fails.
pub fn queue(
    issuer: &Issuer,
    station: Option<Station>,
    page: u32,
    now: DateTime<Utc>,
) -> Result<Queue, CaseError> {
    let stations = station.map_or_else(|| Station::ALL.to_vec(), |station| vec![station]);
    issuer.db.read(|conn| {
        let stamp = Visit::newest_stamp(conn)?.unwrap_or_default();
        let mut counts = Visit::counts(conn)?;
        counts.sort_unstable();
        let asked = counts.iter().filter(|(station, _)| stations.contains(station));
        let total = asked.map(|(_, count)| count).sum();
        let visits = Visit::waiting(conn, &stations, i64::from(page) * PAGE, PAGE)?;
        let waiting = |visit: Visit| Waiting {
            open_by: visit.open_by(now).map(|(officer, at)| OpenBy { officer: officer.to_owned(), at }),
            id: visit.enrolment_id,
            ticket: visit.ticket,
            kind: visit.kind,
            station: visit.station,
            since: visit.waiting_since.utc(),
            began_at: visit.began_at.utc(),
        };
        Ok(Queue { counts, cases: visits.into_iter().map(waiting).collect(), total, stamp })
    })
}

/// A number that is another as soon as a case changed: for a page that asks now and then.
///
/// # Errors
/// When the database fails.
pub fn stamp(issuer: &Issuer) -> Result<i64, CaseError> {
    issuer.db.read(|conn| Ok(Visit::newest_stamp(conn)?.unwrap_or_default()))
}
