//! Looking things up in the audit log.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::act::{Act, SubjectKind};
use super::audit::AuditEntry;
use super::schema::audit_log;
use super::{AnyConnection, MultiBackend, UtcTime, Word};

/// Which entries are wanted; what is left out does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// The officer's id, `command-line`, `schedule` or `signed-out`.
    pub officer: Option<String>,
    /// What was done.
    pub act: Option<Act>,
    /// To which thing.
    pub subject: Option<(SubjectKind, String)>,
    /// To what is named so, of whichever kind.
    pub about: Option<String>,
    /// Not before this time.
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    pub to: Option<DateTime<Utc>>,
}

/// Between which entries lie all that were made in a filter's times. A page of them is then read along the log, however
/// long the log is: a range of times alone would be sorted whole for each page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    first: i64,
    last: i64,
}

impl AuditFilter {
    /// The stretch of the log that the filter's times lie in.
    ///
    /// # Errors
    /// When the database fails.
    pub fn stretch(&self, conn: &mut AnyConnection) -> QueryResult<Stretch> {
        if self.from.is_none() && self.to.is_none() {
            return Ok(Stretch { first: 0, last: i64::MAX });
        }
        // Two questions: the index on times answers each alone, and no clock need have gone forward only.
        let first: Option<i64> = self.times().select(diesel::dsl::min(audit_log::seq)).first(conn)?;
        let last: Option<i64> = self.times().select(diesel::dsl::max(audit_log::seq)).first(conn)?;
        Ok(Stretch { first: first.unwrap_or(1), last: last.unwrap_or(0) })
    }

    /// Entries before entry `before`, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn newest(
        &self,
        conn: &mut AnyConnection,
        of: Stretch,
        before: Option<i64>,
        limit: i64,
    ) -> QueryResult<Vec<AuditEntry>> {
        let last = of.last.min(before.map_or(i64::MAX, |before| before.saturating_sub(1)));
        let query = self.query().filter(audit_log::seq.between(of.first, last));
        query.order(audit_log::seq.desc()).limit(limit).load(conn)
    }

    /// Entries after entry `after`, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn oldest(
        &self,
        conn: &mut AnyConnection,
        of: Stretch,
        after: i64,
        limit: i64,
    ) -> QueryResult<Vec<AuditEntry>> {
        let first = of.first.max(after.saturating_add(1));
        let query = self.query().filter(audit_log::seq.between(first, of.last));
        query.order(audit_log::seq).limit(limit).load(conn)
    }

    fn query(&self) -> audit_log::BoxedQuery<'_, MultiBackend> {
        let mut query = self.times();
        if let Some(officer) = &self.officer {
            query = query.filter(audit_log::officer.eq(officer));
        }
        if let Some(act) = self.act {
            query = query.filter(audit_log::act.eq(act.as_str()));
        }
        if let Some((kind, subject)) = &self.subject {
            query = query
                .filter(audit_log::subject_kind.eq(kind.as_str()))
                .filter(audit_log::subject.eq(subject));
        }
        if let Some(name) = &self.about {
            let kinds = SubjectKind::ALL.iter().map(|kind| kind.as_str());
            query = query.filter(audit_log::subject_kind.eq_any(kinds)).filter(audit_log::subject.eq(name));
        }
        query
    }

    fn times(&self) -> audit_log::BoxedQuery<'_, MultiBackend> {
        let mut query = audit_log::table.into_boxed();
        if let Some(from) = self.from {
            query = query.filter(audit_log::at.ge(UtcTime::from(from)));
        }
        if let Some(to) = self.to {
            query = query.filter(audit_log::at.lt(UtcTime::from(to)));
        }
        query
    }
}

/// How often something was done.
///
/// # Errors
/// When the database fails.
pub fn count_of_act(conn: &mut AnyConnection, act: Act) -> QueryResult<i64> {
    audit_log::table.filter(audit_log::act.eq(act.as_str())).count().get_result(conn)
}
