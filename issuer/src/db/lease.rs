//! Leases: which process does a piece of scheduled work.

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use super::columns::{Raw, put_text, take_word};
use super::schema::lease;
use super::{AnyConnection, Database, DbError, MultiBackend, UtcTime, Word};

/// The lease of a task.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = lease)]
#[diesel(primary_key(task))]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
pub struct Lease {
    /// The task.
    pub task: Task,
    /// The process that is at it; none where nobody is.
    pub holder: Option<String>,
    /// Grows each time the lease is taken.
    pub token: i64,
    /// Until when it holds without being renewed, by the clock of its holder.
    pub until: UtcTime,
    /// When the work was last done.
    pub done_at: Option<UtcTime>,
    /// Up to which entry of the audit log.
    pub done_to: Option<i64>,
}

/// A piece of scheduled work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Task {
    /// What is due every hour: destruction, checkpoints of the audit log, the queue's cases whose records are gone.
    Hourly,
    /// Mass revocations that were approved.
    MassRevocation,
    /// Publishing what changed.
    Publish,
}

/// A lease that was taken: what is written under it counts while its token is the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Of which task.
    pub task: Task,
    /// The token.
    pub token: i64,
}

impl Held {
    /// Whether nobody took the lease since.
    pub(super) fn is_newest(self, conn: &mut AnyConnection) -> QueryResult<bool> {
        Ok(Lease::find(conn, self.task)?.is_some_and(|lease| lease.token == self.token))
    }
}

impl Lease {
    /// The lease of a task, if it was ever taken.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, task: Task) -> QueryResult<Option<Self>> {
        lease::table.find(task).first(conn).optional()
    }

    /// Puts this in the place of what `before` was, unless that is something else by now. Says whether it did. Inside a
    /// transaction that has its turn among the writers.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn replace(&self, conn: &mut AnyConnection, before: Option<&Self>) -> QueryResult<bool> {
        if Self::find(conn, self.task)?.as_ref() != before {
            return Ok(false);
        }
        let changed = match before {
            None => diesel::insert_into(lease::table).values(self).execute(conn)?,
            Some(_) => diesel::update(lease::table.find(self.task)).set(self).execute(conn)?,
        };
        Ok(changed == 1)
    }
}

impl Database {
    /// The lease of a task, if it was ever taken.
    ///
    /// # Errors
    /// When the database fails.
    pub fn lease(&self, task: Task) -> Result<Option<Lease>, DbError> {
        self.read(|conn| Ok(Lease::find(conn, task)?))
    }

    /// Takes a lease that nobody holds. False when somebody else was faster.
    ///
    /// # Errors
    /// When the database fails.
    pub fn take_free_lease(&self, before: Option<&Lease>, taken: &Lease) -> Result<bool, DbError> {
        self.write_of_processes(|conn| Ok(taken.replace(conn, before)?))
    }

    /// Holds a lease for longer. False when somebody else took it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn renew_lease(&self, held: Held, until: DateTime<Utc>) -> Result<bool, DbError> {
        self.change_lease(held, |lease| lease.until = until.into())
    }

    /// Gives a lease back, noting when the work was done and up to which entry of the audit log, if it was. False when
    /// somebody else took it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn give_lease_back(
        &self,
        held: Held,
        done: Option<(DateTime<Utc>, Option<i64>)>,
    ) -> Result<bool, DbError> {
        self.change_lease(held, |lease| {
            lease.holder = None;
            if let Some((at, to)) = done {
                (lease.done_at, lease.done_to) = (Some(at.into()), to);
            }
        })
    }

    /// Forgets that the work of a task was ever done, whoever is at it: it is due again.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_done(&self, task: Task) -> Result<(), DbError> {
        self.write_of_processes(|conn| {
            let undone = (lease::done_at.eq(None::<UtcTime>), lease::done_to.eq(None::<i64>));
            diesel::update(lease::table.find(task)).set(undone).execute(conn)?;
            Ok(())
        })
    }

    fn change_lease(&self, held: Held, change: impl FnOnce(&mut Lease)) -> Result<bool, DbError> {
        self.write_of_processes(|conn| {
            let Some(before) = Lease::find(conn, held.task)?.filter(|lease| lease.token == held.token) else {
                return Ok(false);
            };
            let mut after = before.clone();
            change(&mut after);
            Ok(after.replace(conn, Some(&before))?)
        })
    }
}

impl Word for Task {
    const ALL: &'static [Self] = &[Self::Hourly, Self::MassRevocation, Self::Publish];

    fn as_str(self) -> &'static str {
        match self {
            Self::Hourly => "hourly",
            Self::MassRevocation => "mass_revocation",
            Self::Publish => "publish",
        }
    }
}

impl ToSql<Text, MultiBackend> for Task {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for Task {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}
