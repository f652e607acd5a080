//! What an auditor should look at: not a fault in itself, and worth a question.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Timelike as _, Utc};

use crate::db::Word as _;
use crate::db::act::{Act, SubjectKind};
use crate::db::audit::AuditEntry;
use crate::db::audit_find::AuditFilter;
use crate::{Error, Issuer};

/// How long after a look at a record an act on the same case explains it.
const FOLLOWS: Duration = Duration::minutes(30);
/// More looks at records in an hour than an officer at a desk needs: a visit takes about ten minutes.
const MANY_VIEWS: usize = 30;
/// How many entries are in memory at once.
const AT_ONCE: i64 = 1000;
/// Acts by which an officer goes past a check, by their words.
const OVERRIDES: [&str; 2] = ["scan_skipped", "duplicate_allowed"];
/// A second look that went against the first, by its act and what its reason begins with: one officer wanted to refuse,
/// another went on.
const OVERTURNED: (&str, &str) = ("second_look_decided", "go_on");
/// Those who are no officers.
const NOBODY: [&str; 3] = ["command-line", "schedule", "signed-out"];

/// When the city works. The issuer keeps UTC and knows no time zone, so the hours are told in UTC: a city that is not
/// near it gives its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// The first hour of work, 0 to 23, in UTC.
    pub from: u32,
    /// The first hour after work, 0 to 24, in UTC; before `from` when the work goes on past midnight.
    pub to: u32,
}

impl Default for Hours {
    fn default() -> Self {
        Self { from: 6, to: 20 }
    }
}

impl Hours {
    fn include(self, at: DateTime<Utc>) -> bool {
        if self.from <= self.to {
            (self.from..self.to).contains(&at.hour())
        } else {
            at.hour() >= self.from || at.hour() < self.to
        }
    }
}

/// What is unusual about entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum UnusualKind {
    /// A record was looked at, and the officer did nothing with the case in the half hour after.
    ViewWithoutAct,
    /// More than thirty records looked at in one hour.
    ManyViews,
    /// Work outside the city's hours.
    NightWork,
    /// A check was passed over, with a reason.
    Override,
    /// A second look went against the first.
    Overturned,
}

/// Unusual entries of one officer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusual {
    /// What is unusual.
    pub kind: UnusualKind,
    /// The officer's id.
    pub officer: String,
    /// The entries' numbers, in order.
    pub entries: Vec<i64>,
    /// When the first was made.
    pub first: DateTime<Utc>,
    /// When the last was made.
    pub last: DateTime<Utc>,
}

/// What is unusual between two times, by kind and officer.
///
/// # Errors
/// When the database fails.
pub fn unusual(
    issuer: &Issuer,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    hours: Hours,
) -> Result<Vec<Unusual>, Error> {
    // What follows a look at the end of the time may come after it.
    let filter = AuditFilter { from: Some(from), to: Some(to + FOLLOWS), ..AuditFilter::default() };
    let mut search = Search { to, hours, found: BTreeMap::new(), open: Vec::new(), views: BTreeMap::new() };
    let stretch = issuer.db.read(|conn| Ok::<_, Error>(filter.stretch(conn)?))?;
    let mut last = 0;
    loop {
        let entries = issuer.db.read(|conn| Ok::<_, Error>(filter.oldest(conn, stretch, last, AT_ONCE)?))?;
        let Some(end) = entries.last() else { break };
        last = end.seq;
        for entry in &entries {
            search.take(entry);
        }
    }
    Ok(search.finish())
}

type Times = Vec<(i64, DateTime<Utc>)>;

struct Search {
    to: DateTime<Utc>,
    hours: Hours,
    found: BTreeMap<(UnusualKind, String), BTreeMap<i64, DateTime<Utc>>>,
    /// Looks at records that no act followed yet.
    open: Vec<View>,
    /// The looks of the last hour, by officer.
    views: BTreeMap<String, Times>,
}

struct View {
    seq: i64,
    at: DateTime<Utc>,
    officer: String,
    subject: String,
}

impl Search {
    fn take(&mut self, entry: &AuditEntry) {
        let at = entry.at.utc();
        self.followed(entry, at);
        if at >= self.to || NOBODY.contains(&entry.officer.as_str()) {
            return;
        }
        if !self.hours.include(at) {
            self.note(UnusualKind::NightWork, &entry.officer, [(entry.seq, at)]);
        }
        if OVERRIDES.contains(&entry.act.as_str()) {
            self.note(UnusualKind::Override, &entry.officer, [(entry.seq, at)]);
        }
        let decided = entry.reason.as_deref().unwrap_or_default();
        if entry.act == OVERTURNED.0 && decided.starts_with(OVERTURNED.1) {
            self.note(UnusualKind::Overturned, &entry.officer, [(entry.seq, at)]);
        }
        if is_view(entry) {
            self.view(entry, at);
        }
    }

    fn view(&mut self, entry: &AuditEntry, at: DateTime<Utc>) {
        self.open.push(View {
            seq: entry.seq,
            at,
            officer: entry.officer.clone(),
            subject: entry.subject.clone(),
        });
        let views = self.views.entry(entry.officer.clone()).or_default();
        views.retain(|(_, seen)| at - *seen < Duration::hours(1));
        views.push((entry.seq, at));
        if views.len() > MANY_VIEWS {
            let all = views.clone();
            self.note(UnusualKind::ManyViews, &entry.officer, all);
        }
    }

    /// Looks that this entry explains are forgotten; those that nothing can explain any more are noted.
    fn followed(&mut self, entry: &AuditEntry, at: DateTime<Utc>) {
        let explains = !is_view(entry)
            && entry.act != Act::PageViewed.as_str()
            && [SubjectKind::Enrolment.as_str(), SubjectKind::Card.as_str()]
                .contains(&entry.subject_kind.as_str());
        let mut open = std::mem::take(&mut self.open);
        open.retain(|view| {
            if at - view.at >= FOLLOWS {
                self.note(UnusualKind::ViewWithoutAct, &view.officer, [(view.seq, view.at)]);
                return false;
            }
            !(explains && view.officer == entry.officer && view.subject == entry.subject)
        });
        self.open = open;
    }

    fn note(
        &mut self,
        kind: UnusualKind,
        officer: &str,
        entries: impl IntoIterator<Item = (i64, DateTime<Utc>)>,
    ) {
        self.found.entry((kind, officer.to_owned())).or_default().extend(entries);
    }

    fn finish(mut self) -> Vec<Unusual> {
        for view in std::mem::take(&mut self.open) {
            self.note(UnusualKind::ViewWithoutAct, &view.officer, [(view.seq, view.at)]);
        }
        let found = self.found.into_iter().filter_map(|((kind, officer), entries)| {
            let (first, last) = (*entries.values().next()?, *entries.values().next_back()?);
            Some(Unusual { kind, officer, entries: entries.into_keys().collect(), first, last })
        });
        found.collect()
    }
}

fn is_view(entry: &AuditEntry) -> bool {
    [Act::EnrolmentViewed, Act::EverythingViewed].map(crate::db::Word::as_str).contains(&entry.act.as_str())
}
