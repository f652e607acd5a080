//! One act's part of a write transaction.

use diesel::prelude::*;

use super::act::Act;
use super::audit::{AuditEntry, NewAuditEntry, bump_counter};
use super::unsure::LastEntry;
use super::{AnyConnection, DbError};

/// An open write transaction: its connection and its place in the audit log.
pub struct Tx<'a> {
    conn: &'a mut AnyConnection,
    /// The number that opening the transaction took, until an entry uses it.
    first: Option<i64>,
    last: LastEntry,
    /// Whether somebody wrote under a lease that another process has by now.
    taken_over: bool,
    acts: Vec<Act>,
    /// Whether an entry could not be written.
    failed: bool,
}

impl<'a> Tx<'a> {
    /// An act that begins with this number; `last` is the last entry in the same transaction.
    pub(super) fn new(conn: &'a mut AnyConnection, first: i64, last: LastEntry) -> Self {
        Self { conn, first: Some(first), last, taken_over: false, acts: Vec::new(), failed: false }
    }

    /// Its last entry, where what was done was audited, by whom it still falls to.
    pub(super) fn audited(self) -> Result<LastEntry, DbError> {
        match (self.taken_over, self.first) {
            (true, _) => Err(DbError::TakenOver),
            (false, Some(_)) => Err(DbError::NotAudited),
            (false, None) => Ok(self.last),
        }
    }

    /// Whether the act wrote under a lease that another process has by now.
    pub(super) fn is_taken_over(&self) -> bool {
        self.taken_over
    }

    /// What was told to the audit log, and whether that failed.
    pub(super) fn noted(&mut self) -> (Vec<Act>, bool) {
        (std::mem::take(&mut self.acts), self.failed)
    }

    /// The connection, for the tables' own methods.
    pub fn conn(&mut self) -> &mut AnyConnection {
        self.conn
    }

    /// Writes an entry into the audit log. The first takes the number the transaction opened with, each further one
    /// the next: no other writer can come between.
    ///
    /// Whoever acts under a lease that was taken over since ends the act here, and [`super::Database::write`] says
    /// [`DbError::TakenOver`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn audit(&mut self, entry: NewAuditEntry) -> QueryResult<AuditEntry> {
        let act = entry.act;
        let written = self.write_entry(entry);
        self.failed |= written.is_err();
        self.acts.extend(written.is_ok().then_some(act));
        written
    }

    fn write_entry(&mut self, entry: NewAuditEntry) -> QueryResult<AuditEntry> {
        if let Some(held) = entry.actor.held
            && !held.is_newest(self.conn)?
        {
            self.taken_over = true;
            return Err(diesel::result::Error::RollbackTransaction);
        }
        let seq = match self.first {
            Some(seq) => seq,
            None => bump_counter(self.conn)?,
        };
        let entry = AuditEntry::append(self.conn, seq, self.last.hash_before(seq), entry)?;
        self.first = None;
        self.last = LastEntry { seq, hash: entry.hash.clone() };
        Ok(entry)
    }

    /// Gives the number back, for tests that write as nobody may.
    #[cfg(test)]
    pub(crate) fn forget_audit(&mut self) {
        use super::schema::audit_counter::dsl::{audit_counter, value};
        let first = self.first.take().unwrap();
        diesel::update(audit_counter).set(value.eq(value - 1)).execute(self.conn).unwrap();
        self.last = LastEntry { seq: first - 1, hash: Vec::new() };
    }
}
