//! Scheduled work, which one process does at a time, however many serve one database.
//!
//! Whoever finds a piece of work due takes its lease, does it, and gives the lease back; while it works it renews the
//! lease. One that falls silent in the middle of it, because it was killed or cut off, is taken over from: once its time
//! is past by the clock of whoever looks, or once its lease was seen unchanged for as long as a lease lasts. So no clock
//! need agree with another.
//!
//! A process that was only paused comes back to a lease with a newer token: whatever it then writes is not kept
//! ([`Tx::audit`]), and it stops. Leases are taken, renewed and given back without entries in the audit log; one that is
//! taken from somebody silent is told there.
//!
//! [`Tx::audit`]: crate::db::Tx::audit

mod hourly;

use std::collections::BTreeMap;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use hourly::Hourly;

use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::lease::{Held, Lease, Task};
use crate::db::{Database, DbError, Word as _};
use crate::edge;
use crate::issuance::entry;

/// How long a lease lasts if nobody says otherwise: looked at four times in it, silence is found within 25 seconds.
pub const LASTS: Duration = Duration::from_secs(20);

/// A process that takes part in scheduled work.
#[derive(Debug)]
pub struct Worker {
    name: String,
    lasts: Duration,
    /// Leases of others as they were last seen, and since when they are so.
    seen: Mutex<BTreeMap<Task, (Lease, DateTime<Utc>)>>,
}

/// What became of a piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work<T> {
    /// It was done.
    Done(T),
    /// Somebody else is at it.
    Elsewhere,
    /// It was begun here, and taken over by somebody else: this process was silent for too long.
    TakenOver,
}

/// How far a piece of work went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done<T> {
    /// What came of it.
    pub value: T,
    /// Up to which entry of the audit log it was done, where that matters.
    pub to: Option<i64>,
}

impl Worker {
    /// A process whose leases last so long.
    #[must_use]
    pub fn new(lasts: Duration) -> Self {
        let name = format!("{}-{}", std::process::id(), shared::keys::hex(&edge::random_bytes::<4>()));
        Self { name, lasts, seen: Mutex::default() }
    }

    /// Its name, which begins with the number of its process.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How often to look for what is due.
    #[must_use]
    pub fn looks_every(&self) -> Duration {
        self.lasts / 4
    }

    /// Does a piece of work that is due, unless somebody else is at it. `work` is told as whom it acts.
    ///
    /// # Errors
    /// Those of the work, and of the database.
    pub fn work<T, E: From<DbError>>(
        &self,
        db: &Database,
        task: Task,
        clock: &(dyn Fn() -> DateTime<Utc> + Sync),
        work: impl FnOnce(&Actor) -> Result<Done<T>, E>,
    ) -> Result<Work<T>, E> {
        let Some(held) = self.take(db, task, clock())? else { return Ok(Work::Elsewhere) };
        let begun = clock();
        let worked = self.renewing(db, held, clock, || work(&Actor::schedule().under(held)));
        let done = worked.as_ref().ok().map(|done| (begun, done.to));
        if db.give_lease_back(held, done)? {
            worked.map(|done| Work::Done(done.value))
        } else {
            Ok(Work::TakenOver)
        }
    }

    /// Takes the lease of a task, if nobody has it, or whoever has it fell silent.
    ///
    /// # Errors
    /// When the database fails.
    pub fn take(&self, db: &Database, task: Task, now: DateTime<Utc>) -> Result<Option<Held>, DbError> {
        let before = db.lease(task)?;
        let token = before.as_ref().map_or(0, |lease| lease.token) + 1;
        let ours = Lease {
            task,
            holder: Some(self.name.clone()),
            token,
            until: self.until(now).into(),
            done_at: before.as_ref().and_then(|lease| lease.done_at),
            done_to: before.as_ref().and_then(|lease| lease.done_to),
        };
        let held = Held { task, token };
        let silent = match &before {
            Some(lease) if lease.holder.is_some() && !self.is_silent(lease, now) => return Ok(None),
            Some(lease) => lease.holder.clone(),
            None => None,
        };
        let got = match silent {
            None => db.take_free_lease(before.as_ref(), &ours)?,
            Some(silent) => take_over(db, before.as_ref(), &ours, &silent, now)?,
        };
        Ok(got.then_some(held))
    }

    /// Whether whoever has a lease is silent: its time is past, or the lease was seen as it is for as long as it lasts.
    fn is_silent(&self, lease: &Lease, now: DateTime<Utc>) -> bool {
        let mut seen = locked(&self.seen);
        let since = match seen.get(&lease.task) {
            // A clock that was set back begins to count anew.
            Some((known, since)) if known == lease && *since <= now => *since,
            _ => {
                seen.insert(lease.task, (lease.clone(), now));
                now
            }
        };
        lease.until.utc() <= now || self.until(since) <= now
    }

    fn until(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + self.lasts
    }

    /// Renews a lease from a thread beside the work, until that is done or the lease is somebody else's.
    fn renewing<T>(
        &self,
        db: &Database,
        held: Held,
        clock: &(dyn Fn() -> DateTime<Utc> + Sync),
        work: impl FnOnce() -> T,
    ) -> T {
        let (working, worked) = mpsc::channel::<()>();
        thread::scope(|scope| {
            scope.spawn(move || {
                while worked.recv_timeout(self.looks_every()) == Err(RecvTimeoutError::Timeout) {
                    match db.renew_lease(held, self.until(clock())) {
                        Ok(true) => {}
                        Ok(false) => return,
                        Err(error) => {
                            tracing::warn!(%error, task = held.task.as_str(), "a lease was not renewed");
                        }
                    }
                }
            });
            let value = work();
            drop(working);
            value
        })
    }
}

/// Takes a lease from somebody silent, and tells the audit log.
fn take_over(
    db: &Database,
    before: Option<&Lease>,
    taken: &Lease,
    silent: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let got = db.write(|tx| {
        if !taken.replace(tx.conn(), before)? {
            return Ok(false);
        }
        let mut told = entry(
            Act::WorkTakenOver,
            SubjectKind::Task,
            taken.task.as_str().to_owned(),
            &Actor::schedule(),
            now,
        );
        told.reason = Some(format!("from {silent}"));
        tx.audit(told)?;
        Ok::<_, DbError>(true)
    });
    match got {
        // Somebody was faster: then nothing was written either.
        Err(DbError::NotAudited) => Ok(false),
        got => got,
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Work<T> {
    /// What came of it, if it was done here.
    pub fn done(self) -> Option<T> {
        match self {
            Self::Done(value) => Some(value),
            Self::Elsewhere | Self::TakenOver => None,
        }
    }
}

impl<T> Done<T> {
    /// Done, where it does not matter how far the audit log had come.
    pub fn all(value: T) -> Self {
        Self { value, to: None }
    }
}

#[cfg(test)]
mod tests;
