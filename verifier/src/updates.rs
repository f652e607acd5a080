//! Newer lists from an address of the city, where there is a network.
//!
//! [`Schedule`] says when to ask, [`Source`] asks, [`Store`] takes what came by the rule of [`crate::trust`]; [`drive`] is
//! the thread at the edge. Where much is held already, `pieces` fetches only what changed. Whatever goes wrong changes nothing of what is trusted, and nobody at the counter waits.

mod pieces;
mod schedule;
mod source;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;
use shared::bundle::{BundleError, MAX_LEN};
use shared::cbor::CborError;
use shared::index::Digest;
use shared::keys::Thumbprint;
use shared::trusted::TrustError;
use utoipa::ToSchema;

use crate::clock::Clock;
use crate::edge::complain;
use crate::store::{Stamp, Store, StoreError};
use pieces::Offer;
use source::{Fetched, Line};

pub use schedule::{Jitter, Schedule};
pub use source::{Source, SourceError};

/// How long one question may take, download and all.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often the thread looks at the clock: a machine that slept is not late by its whole sleep.
const LOOK: Duration = Duration::from_secs(15);
/// The shortest time between two questions.
const BREATH: Duration = Duration::from_secs(1);

/// Why asking brought no newer lists. The names are an API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Failure {
    /// Nothing was asked: no root is pinned here, and none was named.
    NoRoot,
    /// No network, no such name, or nobody there.
    Unreachable,
    /// The other side did not prove who it is.
    Tls,
    /// It took too long.
    TooSlow,
    /// What answered does not speak HTTP.
    NotHttp,
    /// The address sends elsewhere, which is not followed.
    Redirected,
    /// The address answered with another status than 200 or 304.
    HttpStatus,
    /// The download ended too early.
    CutShort,
    /// Larger than any bundle.
    TooLarge,
    /// Something else than a bundle.
    NotABundle,
    /// A bundle of another root.
    OtherCity,
    /// Older than what is held.
    Older,
    /// Another list under the number or time of one that is held.
    Forked,
    /// Damaged, or not signed by those who may.
    Damaged,
    /// The lists were good and could not be written into the folder, or the folder not be read.
    NotKept,
}

/// Newer lists, from one address into one store.
#[derive(Debug)]
pub struct Updates {
    source: Source,
    store: Store,
    root: Option<Thumbprint>,
    patience: Duration,
    progress: Mutex<Progress>,
}

#[derive(Debug)]
struct Progress {
    schedule: Schedule,
    known: Option<Known>,
}

/// The tags of what was fetched last, as long as the store is as it was left then.
#[derive(Debug, Clone)]
struct Known {
    bundle: Option<String>,
    index: Option<String>,
    stamp: Option<Stamp>,
}

/// How updating goes, for the page.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Updates)]
pub struct Report {
    /// The machine that is asked.
    host: String,
    /// Seconds between two questions, as long as they are answered.
    every_s: i64,
    /// When it was last asked (RFC 3339, UTC); null before the first time.
    asked_at: Option<String>,
    /// When it last gave lists, or said that those here are the newest (RFC 3339, UTC).
    fetched_at: Option<String>,
    /// When it will be asked next (RFC 3339, UTC); null: now.
    next_at: Option<String>,
    /// Why the last question brought nothing; null where it did.
    failure: Option<Failure>,
    /// How many questions in a row brought nothing.
    failures: u32,
}

impl Updates {
    /// Asks `source` at once, then at this interval. What comes must be of the root that is pinned in `store`, or of
    /// `root` where none is pinned yet; where neither is there, nothing is asked.
    #[must_use]
    pub fn new(source: Source, store: Store, root: Option<Thumbprint>, every: TimeDelta) -> Self {
        let progress = Mutex::new(Progress { schedule: Schedule::new(every), known: None });
        Self { source, store, root, patience: PATIENCE, progress }
    }

    /// How long to wait before the next question.
    #[must_use]
    pub fn wait(&self, now: DateTime<Utc>) -> TimeDelta {
        self.progress().schedule.wait(now)
    }

    /// Asks, whatever the plan was, and plans the next time. Returns what failed.
    ///
    /// # Errors
    /// Why nothing came of it; what was trusted before still is.
    pub fn ask(&self, now: DateTime<Utc>, jitter: Jitter) -> Result<(), Failure> {
        let known = self.progress().known.clone();
        let came = self.fetch(known.as_ref());
        let mut progress = self.progress();
        let before = progress.schedule.failure();
        progress.schedule.note(came.as_ref().map(|_| ()).map_err(Trouble::failure), now, jitter);
        match came {
            Ok(known) => {
                progress.known = known;
                Ok(())
            }
            Err(trouble) => {
                let failure = trouble.failure();
                // Once, not every hour.
                if before != Some(failure) {
                    complain(format_args!("no newer lists from {}: {trouble}", self.source));
                }
                Err(failure)
            }
        }
    }

    /// How it goes.
    #[must_use]
    pub fn report(&self) -> Report {
        let progress = self.progress();
        let schedule = &progress.schedule;
        let time = |time: Option<DateTime<Utc>>| time.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
        Report {
            host: self.source.host().to_owned(),
            every_s: schedule.every().num_seconds(),
            asked_at: time(schedule.asked()),
            fetched_at: time(schedule.fetched()),
            next_at: time(schedule.next()),
            failure: schedule.failure(),
            failures: schedule.failures(),
        }
    }

    fn fetch(&self, known: Option<&Known>) -> Result<Option<Known>, Trouble> {
        let root = match self.store.pin() {
            Err(StoreError::Damaged { .. }) if self.root.is_some() => self.root,
            pinned => pinned?.or(self.root),
        };
        let root = root.ok_or(Failure::NoRoot)?;
        let stamp = self.store.stamp()?;
        // Somebody else may have changed the store, or damaged it: then everything is fetched again.
        let known = known.filter(|known| known.stamp == stamp);
        let line = self.source.line(self.patience);
        let tag = known.and_then(|known| known.index.as_deref());
        let offered = match self.store.bundle()?.filter(|held| pieces::is_worth_it(held)) {
            Some(held) => pieces::ask(&line, &held, tag)?,
            None => Offer::Whole(None),
        };
        match offered {
            Offer::Unchanged => Ok(known.cloned()),
            Offer::Bundle { bytes, tag } => {
                // What the pieces make up may be wrong where the bundle is right.
                if self.store.take(&bytes, Some(root)).is_ok() {
                    return Ok(Some(Known { bundle: None, index: tag, stamp: self.store.stamp()? }));
                }
                self.whole(&line, known, None, root)
            }
            Offer::Whole(tag) => self.whole(&line, known, tag, root),
        }
    }

    /// Asks for the bundle. `index` is the digest of the newest bundle and the tag of the index that says so.
    fn whole(
        &self,
        line: &Line<'_>,
        known: Option<&Known>,
        index: Option<(Digest, String)>,
        root: Thumbprint,
    ) -> Result<Option<Known>, Trouble> {
        match line.bundle(known.and_then(|known| known.bundle.as_deref()), MAX_LEN)? {
            Fetched::Unchanged => Ok(known.cloned()),
            Fetched::Whole { bytes, etag } => {
                self.store.take(&bytes, Some(root))?;
                // A bundle out of a cache may be older than the index: then the index is read again.
                let index =
                    index.filter(|(bundle, _)| *bundle == shared::index::digest(&bytes)).map(|(_, tag)| tag);
                Ok(Some(Known { bundle: etag, index, stamp: self.store.stamp()? }))
            }
        }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        // Whoever panicked while holding this left it whole: each part is replaced in one go.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps the lists new until the process ends. `dice` throws any number.
pub fn drive(updates: &Updates, clock: Clock, dice: impl Fn() -> u32) -> ! {
    loop {
        match updates.wait(clock.now()).to_std() {
            Ok(wait) if !wait.is_zero() => thread::park_timeout(wait.min(LOOK)),
            _ => {
                // What failed is told by `report`, and on standard error.
                let _ = updates.ask(clock.now(), Jitter::of(dice()));
                // Even a clock that stands still does not make it ask without end.
                thread::park_timeout(BREATH);
            }
        }
    }
}

/// A failure with all that a person may want to know of it.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("{0}")]
    Asking(#[from] Failure),
    #[error("{0}. Cards are checked by the lists that are here")]
    Store(#[from] StoreError),
}

impl Trouble {
    fn failure(&self) -> Failure {
        match self {
            Self::Asking(failure) => *failure,
            Self::Store(StoreError::Trust(error)) => error.into(),
            Self::Store(_) => Failure::NotKept,
        }
    }
}

impl From<&TrustError> for Failure {
    fn from(error: &TrustError) -> Self {
        match error {
            TrustError::Bundle(BundleError::Cbor(CborError::Truncated { .. })) => Self::CutShort,
            TrustError::Bundle(_) => Self::NotABundle,
            TrustError::OtherRoot { .. } => Self::OtherCity,
            TrustError::OlderTrustList { .. } | TrustError::OlderStatusList { .. } => Self::Older,
            TrustError::ForkedTrustList { .. } | TrustError::ForkedStatusList { .. } => Self::Forked,
            _ => Self::Damaged,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::NoRoot => "no city is trusted here yet: verifier trust --bundle FILE, or name its --root",
            Self::Unreachable => "it cannot be reached",
            Self::Tls => "its certificate is not good",
            Self::TooSlow => "it is too slow",
            Self::NotHttp => "what answers there does not speak HTTP",
            Self::Redirected => "it sends elsewhere; give the new address",
            Self::HttpStatus => "it answers with an error",
            Self::CutShort => "the download was cut short",
            Self::TooLarge => "that is larger than any bundle",
            Self::NotABundle => "that is no bundle",
            Self::OtherCity => "that is the bundle of another city",
            Self::Older => "those lists are older than those here",
            Self::Forked => "those lists are not the ones of this number that are here; ask the city",
            Self::Damaged => "that bundle is damaged, or not signed by those who may",
            Self::NotKept => "the lists could not be kept",
        })
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests;
