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
    /// Not before this time.
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    pub to: Option<DateTime<Utc>>,
}

impl AuditFilter {
    /// Entries before entry `before`, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn newest(
        &self,
        conn: &mut AnyConnection,
        before: Option<i64>,
        limit: i64,
    ) -> QueryResult<Vec<AuditEntry>> {
        let query = self.query().filter(audit_log::seq.lt(before.unwrap_or(i64::MAX)));
        query.order(audit_log::seq.desc()).limit(limit).load(conn)
    }

    /// Entries after entry `after`, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn oldest(&self, conn: &mut AnyConnection, after: i64, limit: i64) -> QueryResult<Vec<AuditEntry>> {
        self.query().filter(audit_log::seq.gt(after)).order(audit_log::seq).limit(limit).load(conn)
    }

    fn query(&self) -> audit_log::BoxedQuery<'_, MultiBackend> {
        let mut query = audit_log::table.into_boxed();
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
