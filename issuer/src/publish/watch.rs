//! When to publish by itself: soon after a change, and in time that no list grows old.
//!
//! Every change is in the audit log, so what happened since the last publication is read there. Cards that were revoked,
//! suspended or reinstated are gathered for some seconds where the last publication is fresh; what counters cannot wait
//! for, a stolen key, a lost kit, a new key or list, is published at the next look. Several who watch the same folder
//! take turns by the lease of [`Task::Publish`].

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Duration, Utc};

use super::{Published, behind, ceremony, place, publish};
use crate::db::act::Act;
use crate::db::audit::AuditEntry;
use crate::db::audit_checkpoint::AuditCheckpoint;
use crate::db::lease::{Lease, Task};
use crate::db::status_list::StatusList;
use crate::keystore::Passphrase;
use crate::scheduled::{Done, Work, Worker};
use crate::{Error, Issuer};

/// What is published at the next look.
const AT_ONCE: [Act; 8] = [
    Act::KeyMade,
    Act::KeyRetired,
    Act::KeyCompromised,
    Act::KitMade,
    Act::KitMerged,
    Act::KitLost,
    Act::IssuerRecognised,
    Act::DatabaseRestored,
];
/// What is gathered.
const SOON: [Act; 5] =
    [Act::CardRevoked, Act::CardSuspended, Act::CardReinstated, Act::KitCardRefused, Act::MassRevocationDone];

/// How fresh what is published must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// What need not be known at once is published so long after the last publication.
    pub gather: Duration,
    /// Lists are signed anew when they are so old, changed or not.
    pub oldest: Duration,
}

impl Pace {
    /// That of a city: changes within half a minute; new lists after a quarter of the time that the strictest counter
    /// lets them stand, and every day.
    #[must_use]
    pub fn of(issuer: &Issuer) -> Self {
        let next_update = Duration::days(i64::from(issuer.city.trust_list.next_update_days.days()));
        let lists = issuer.city.services.iter().map(|service| service.oldest_list.duration());
        let strictest = lists.fold(next_update, Duration::min);
        Self { gather: Duration::seconds(30), oldest: (strictest / 4).min(Duration::days(1)) }
    }
}

/// Why something is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nobody who watched has published yet, or an interrupted publication may have left older files.
    First,
    /// Keys, kits, recognised cities, or a restored database.
    Keys,
    /// A list that is not in the folder.
    NewList,
    /// The trust list does not say what `city.toml` says.
    Settings,
    /// Cards.
    Cards,
    /// What is published grows old.
    Old,
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::First => "first",
            Self::Keys => "keys, kits or recognised cities changed",
            Self::NewList => "a new status list",
            Self::Settings => "city.toml changed",
            Self::Cards => "cards were revoked, suspended or reinstated",
            Self::Old => "the lists grow old",
        })
    }
}

/// What a look came to.
#[derive(Debug)]
pub enum Looked {
    /// Nothing is to be published yet.
    Nothing,
    /// Somebody else publishes.
    Elsewhere,
    /// It was published.
    Published(Box<Published>, Why),
    /// It was begun here and taken over by somebody else, who publishes all of it anew.
    TakenOver,
}

/// Whoever watches, and the folder.
#[derive(Debug)]
pub struct Watch {
    worker: Worker,
    out: PathBuf,
    pace: Pace,
    /// Nothing to publish stands in the audit log up to here.
    clear_to: i64,
    /// Lists that were not in the folder, and were published for once.
    tried: BTreeSet<String>,
    looked_at_settings: bool,
}

impl Watch {
    /// Somebody who watches for what is to be in a folder.
    #[must_use]
    pub fn new(worker: Worker, out: &Path, pace: Pace) -> Self {
        let out = out.to_owned();
        Self { worker, out, pace, clear_to: 0, tried: BTreeSet::new(), looked_at_settings: false }
    }

    /// Publishes, if it is time and nobody else does.
    ///
    /// # Errors
    /// When the database fails, or it cannot be published.
    pub fn look(
        &mut self,
        issuer: &Issuer,
        root_passphrase: Option<&Passphrase>,
        clock: &(dyn Fn() -> DateTime<Utc> + Sync),
    ) -> Result<Looked, Error> {
        let lease = issuer.db.lease(Task::Publish)?;
        let Some(why) = self.due(issuer, lease.as_ref(), clock())? else { return Ok(Looked::Nothing) };
        let worked = self.worker.work(&issuer.db, Task::Publish, clock, |actor| {
            // What is written from here on may be in it or not.
            let to = issuer.db.read(|conn| Ok::<_, Error>(AuditCheckpoint::last_entry(conn)?))?;
            let published = publish(issuer, &self.out, root_passphrase, actor, clock())?;
            Ok::<_, Error>(Done { value: published, to: to.map(|(seq, _)| seq) })
        })?;
        match worked {
            Work::Done(published) => {
                self.looked_at_settings = true;
                Ok(Looked::Published(Box::new(published), why))
            }
            Work::Elsewhere => Ok(Looked::Elsewhere),
            Work::TakenOver => {
                // Older files may have gone over newer ones: whoever looks next writes them all.
                issuer.db.forget_done(Task::Publish)?;
                Ok(Looked::TakenOver)
            }
        }
    }

    fn due(
        &mut self,
        issuer: &Issuer,
        lease: Option<&Lease>,
        now: DateTime<Utc>,
    ) -> Result<Option<Why>, Error> {
        let done = lease.and_then(|lease| Some((lease.done_at?.utc(), lease.done_to?)));
        let Some((done_at, done_to)) = done else { return Ok(Some(Why::First)) };
        let after = done_to.max(self.clear_to);
        let (last, at_once, soon) = issuer.db.read(|conn| {
            let last = AuditCheckpoint::last_entry(conn)?.map_or(0, |(seq, _)| seq);
            let at_once = AuditEntry::first_after(conn, after, &AT_ONCE)?;
            Ok::<_, Error>((last, at_once, AuditEntry::first_after(conn, after, &SOON)?))
        })?;
        if at_once.is_some() {
            return Ok(Some(Why::Keys));
        }
        if soon.is_none() {
            self.clear_to = last;
        }
        if self.lacks_a_list(issuer)? {
            return Ok(Some(Why::NewList));
        }
        // A time to come was written under a wrong clock.
        let age = now - done_at;
        let ago = |span: Duration| age >= span || age < -span;
        if soon.is_some() && ago(self.pace.gather) {
            return Ok(Some(Why::Cards));
        }
        if ago(self.pace.oldest) {
            return Ok(Some(Why::Old));
        }
        Ok((self.settings_changed(issuer, now)?).then_some(Why::Settings))
    }

    /// Whether a list of the city is not in the folder. Each is a reason once: what is published decides what is there.
    fn lacks_a_list(&mut self, issuer: &Issuer) -> Result<bool, Error> {
        let lists = issuer.db.read(|conn| Ok::<_, Error>(StatusList::all(conn)?))?;
        let mut lacks = false;
        for list in lists {
            if !self.tried.contains(&list.uri) && !self.out.join(place(issuer, &list.uri)).exists() {
                lacks |= self.tried.insert(list.uri);
            }
        }
        Ok(lacks)
    }

    /// Whether the trust list is behind `city.toml`. Looked at once: the settings are read at the start.
    fn settings_changed(&mut self, issuer: &Issuer, now: DateTime<Utc>) -> Result<bool, Error> {
        if self.looked_at_settings || !issuer.keystore.has_root_key() {
            return Ok(false);
        }
        self.looked_at_settings = true;
        Ok(match ceremony::kept(issuer)? {
            Some((_, list)) => !behind(issuer, &list, now)?.is_empty(),
            None => true,
        })
    }
}

#[cfg(test)]
mod tests;
