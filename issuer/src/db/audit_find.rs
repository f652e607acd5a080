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

/// How often something was done from a time on, read along the log from the first entry of that time.
///
/// # Errors
/// When the database fails.
pub fn count_since(conn: &mut AnyConnection, act: Act, from: DateTime<Utc>) -> QueryResult<i64> {
    let later = audit_log::table.filter(audit_log::at.ge(UtcTime::from(from)));
    let first: Option<i64> = later.order(audit_log::at).select(audit_log::seq).first(conn).optional()?;
    let Some(first) = first else { return Ok(0) };
    let of_act = audit_log::table.filter(audit_log::act.eq(act.as_str()));
    of_act.filter(audit_log::seq.ge(first)).count().get_result(conn)
}

#[cfg(test)]
mod tests {
    use diesel::sql_query;
    use diesel::sql_types::Text;

    use super::super::DbError;
    use super::super::audit::NewAuditEntry;
    use super::super::testing::{databases, entry, now};
    use super::*;

    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }

    /// How SQLite goes about the entries of a filter.
    fn plan(conn: &mut AnyConnection, filter: &str) -> String {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT * FROM audit_log WHERE {filter} AND seq BETWEEN 10 AND 1000000 \
             ORDER BY seq DESC LIMIT 101"
        );
        let steps: Vec<Step> = sql_query(sql).load(conn).unwrap();
        steps.into_iter().map(|step| step.detail).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn a_page_is_read_along_the_log_and_nothing_is_sorted() {
        let test = &databases()[0];
        let times = "at >= '2026-01-01 00:00:00' AND at < '2026-02-01 00:00:00'";
        for (filter, way) in [
            ("officer = 'x'", "INDEX audit_log_officer (officer=? AND seq>? AND seq<?)"),
            ("act = 'x'", "INDEX audit_log_act (act=? AND seq>? AND seq<?)"),
            (times, "INDEX sqlite_autoindex_audit_log_1 (seq>? AND seq<?)"),
        ] {
            let found = test.db.read(|conn| Ok::<_, DbError>(plan(conn, filter))).unwrap();
            assert!(found.contains(way), "{filter}: {found}");
            assert!(!found.contains("TEMP B-TREE"), "{filter}: {found}");
        }
        let about =
            test.db.read(|conn| Ok::<_, DbError>(plan(conn, "subject_kind IN ('a', 'b') AND subject = 'x'")));
        assert!(about.unwrap().contains("INDEX audit_log_subject (subject_kind=? AND subject=?)"));
    }

    #[test]
    fn times_that_went_back_lose_no_entry() {
        for test in databases() {
            test.write(|tx| {
                for hours in [0, 5, 1, 30, 2] {
                    let at = now() + chrono::Duration::hours(hours);
                    tx.audit(NewAuditEntry { at, ..entry("time") })?;
                }
                Ok(())
            });
            let filter = AuditFilter {
                from: Some(now() + chrono::Duration::hours(1)),
                to: Some(now() + chrono::Duration::hours(6)),
                ..AuditFilter::default()
            };
            let found = test.db.read(|conn| {
                let stretch = filter.stretch(conn)?;
                let seqs = |all: Vec<AuditEntry>| all.iter().map(|one| one.seq).collect::<Vec<_>>();
                Ok::<_, DbError>((
                    seqs(filter.newest(conn, stretch, None, 9)?),
                    seqs(filter.newest(conn, stretch, Some(6), 1)?),
                    seqs(filter.oldest(conn, stretch, 3, 9)?),
                ))
            });
            // The first entry is the write's own.
            assert_eq!(found.unwrap(), (vec![6, 4, 3], vec![4], vec![4, 6]));
        }
    }

    #[test]
    fn what_an_entry_is_about_is_found_in_every_kind_of_thing() {
        for test in databases() {
            test.write(|tx| {
                for kind in [SubjectKind::Card, SubjectKind::Page] {
                    tx.audit(NewAuditEntry { subject_kind: kind, ..entry("same") })?;
                }
                Ok(())
            });
            let filter = AuditFilter { about: Some("same".to_owned()), ..AuditFilter::default() };
            let found = test.db.read(|conn| {
                let stretch = filter.stretch(conn)?;
                Ok::<_, DbError>(filter.newest(conn, stretch, None, 9)?.len())
            });
            assert_eq!(found.unwrap(), 2);
        }
    }
}
