//! One act's part of a write transaction.

use diesel::prelude::*;

use super::AnyConnection;
use super::audit::{AuditEntry, NewAuditEntry, bump_counter};
use super::unsure::LastEntry;

/// An open write transaction: its connection and its place in the audit log.
pub struct Tx<'a> {
    conn: &'a mut AnyConnection,
    /// The number that opening the transaction took, until an entry uses it.
    first: Option<i64>,
    last: LastEntry,
}

impl<'a> Tx<'a> {
    /// An act that begins with this number; `last` is the last entry in the same transaction.
    pub(super) fn new(conn: &'a mut AnyConnection, first: i64, last: LastEntry) -> Self {
        Self { conn, first: Some(first), last }
    }

    /// Its last entry; none where what was done was not audited.
    pub(super) fn audited(self) -> Option<LastEntry> {
        self.first.is_none().then_some(self.last)
    }

    /// The connection, for the tables' own methods.
    pub fn conn(&mut self) -> &mut AnyConnection {
        self.conn
    }

    /// Writes an entry into the audit log. The first takes the number the transaction opened with, each further one
    /// the next: no other writer can come between.
    ///
    /// # Errors
    /// When the database fails.
    pub fn audit(&mut self, entry: NewAuditEntry) -> QueryResult<AuditEntry> {
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
