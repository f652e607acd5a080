//! What is due every hour: destruction, checkpoints of the audit log, the queue's cases whose records are gone, the hashes
//! of old terms.

use chrono::{DateTime, Duration, Utc};

use super::{Done, Work, Worker};
use crate::db::act::Actor;
use crate::db::lease::{Lease, Task};
use crate::enrolment::{self, CaseError};
use crate::retention::{self, Clock, Outcome};
use crate::{Error, Issuer, programs};

const HOUR: Duration = Duration::hours(1);

/// A process that looks whether the hour's work is due: at its own start, and when nobody did it for an hour.
#[derive(Debug)]
pub struct Hourly {
    started: bool,
    /// After a failure this process leaves it to others for so long.
    not_before: Option<DateTime<Utc>>,
}

impl Hourly {
    /// One that has just started.
    #[must_use]
    pub fn at_start() -> Self {
        Self { started: false, not_before: None }
    }

    /// Does the hour's work, if it is due and nobody else is at it. None where it is not due.
    ///
    /// # Errors
    /// When a part fails. This process tries again in an hour; another one may before.
    pub fn look(
        &mut self,
        worker: &Worker,
        issuer: &Issuer,
        clock: &(dyn Fn() -> DateTime<Utc> + Sync),
    ) -> Result<Option<Work<Outcome>>, Error> {
        let now = clock();
        if !self.is_due(issuer.db.lease(Task::Hourly)?.as_ref(), now) {
            return Ok(None);
        }
        let done =
            worker.work(&issuer.db, Task::Hourly, clock, |actor| work(issuer, actor, clock()).map(Done::all));
        match &done {
            Ok(Work::Elsewhere) => {}
            Ok(Work::Done(_) | Work::TakenOver) => self.started = true,
            Err(_) => self.not_before = Some(now + HOUR),
        }
        done.map(Some)
    }

    fn is_due(&self, lease: Option<&Lease>, now: DateTime<Utc>) -> bool {
        // Far from now, whichever way the clock was set.
        let far = |at: DateTime<Utc>| (now - at).abs() >= HOUR;
        if self.not_before.is_some_and(|then| now < then && then - now <= HOUR) {
            return false;
        }
        !self.started || lease.and_then(|lease| lease.done_at).is_none_or(|at| far(at.utc()))
    }
}

fn work(issuer: &Issuer, actor: &Actor, now: DateTime<Utc>) -> Result<Outcome, Error> {
    let outcome = retention::run(issuer, Clock::Checked, actor, now)?;
    enrolment::close_destroyed(issuer, actor, now).map_err(|error| match error {
        CaseError::Failed(error) => error,
        refused => Error::Refused(refused.to_string()),
    })?;
    enrolment::forget_old(issuer, actor, now)?;
    programs::forget_old(issuer, actor, now)?;
    Ok(outcome)
}
