//! Checkpoints of the audit log: the hash of an entry, signed.

use diesel::prelude::*;

use super::schema::{audit_checkpoint, audit_log};
use super::{AnyConnection, UtcTime};

/// One checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = audit_checkpoint)]
#[diesel(treat_none_as_default_value = false)]
pub struct AuditCheckpoint {
    /// The last entry it covers.
    pub seq: i64,
    /// When it was signed.
    pub at: UtcTime,
    /// The signed bytes.
    pub signed: Vec<u8>,
}

impl AuditCheckpoint {
    /// Keeps a checkpoint.
    ///
    /// # Errors
    /// When there is one of this entry, or the database fails.
    pub fn insert(conn: &mut AnyConnection, new: &Self) -> QueryResult<()> {
        diesel::insert_into(audit_checkpoint::table).values(new).execute(conn)?;
        Ok(())
    }

    /// The checkpoint that covers most.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last(conn: &mut AnyConnection) -> QueryResult<Option<Self>> {
        audit_checkpoint::table.order(audit_checkpoint::seq.desc()).first(conn).optional()
    }

    /// Every checkpoint, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        audit_checkpoint::table.order(audit_checkpoint::seq).load(conn)
    }

    /// The number of the last entry of the log.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_entry(conn: &mut AnyConnection) -> QueryResult<Option<(i64, UtcTime)>> {
        audit_log::table
            .select((audit_log::seq, audit_log::at))
            .order(audit_log::seq.desc())
            .first(conn)
            .optional()
    }

    /// When the first entry of the log was written.
    ///
    /// # Errors
    /// When the database fails.
    pub fn first_entry(conn: &mut AnyConnection) -> QueryResult<Option<UtcTime>> {
        audit_log::table.select(audit_log::at).order(audit_log::seq).first(conn).optional()
    }

    /// The hash of an entry.
    ///
    /// # Errors
    /// When the database fails.
    pub fn hash_of(conn: &mut AnyConnection, seq: i64) -> QueryResult<Option<Vec<u8>>> {
        audit_log::table.find(seq).select(audit_log::hash).first(conn).optional()
    }
}
