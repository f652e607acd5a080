//! What an event kit brought home besides its cards: its audit log, its receipts. And what waits for it.

use diesel::prelude::*;

use super::audit::AuditEntry;
use super::kit::Kit;
use super::schema::{kit_entry, kit_receipt, kit_revocation};
use super::{AnyConnection, Id, UtcTime};

/// An entry of a kit's audit log. The fields are those of [`AuditEntry`].
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = kit_entry)]
#[diesel(treat_none_as_default_value = false)]
struct KitEntry {
    kit_id: Id<Kit>,
    seq: i64,
    at: UtcTime,
    officer: String,
    role: String,
    desk: String,
    act: String,
    subject_kind: String,
    subject: String,
    reason: Option<String>,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

/// Keeps entries of a kit's audit log.
///
/// # Errors
/// When one is there already, or the database fails.
pub fn keep_entries(conn: &mut AnyConnection, kit: &Id<Kit>, entries: &[AuditEntry]) -> QueryResult<()> {
    for entry in entries {
        let row = KitEntry {
            kit_id: kit.clone(),
            seq: entry.seq,
            at: entry.at,
            officer: entry.officer.clone(),
            role: entry.role.clone(),
            desk: entry.desk.clone(),
            act: entry.act.clone(),
            subject_kind: entry.subject_kind.clone(),
            subject: entry.subject.clone(),
            reason: entry.reason.clone(),
            previous_hash: entry.previous_hash.clone(),
            hash: entry.hash.clone(),
        };
        diesel::insert_into(kit_entry::table).values(&row).execute(conn)?;
    }
    Ok(())
}

/// A kit's audit log, in order.
///
/// # Errors
/// When the database fails.
pub fn entries(conn: &mut AnyConnection, kit: &Id<Kit>) -> QueryResult<Vec<AuditEntry>> {
    let rows: Vec<KitEntry> =
        kit_entry::table.filter(kit_entry::kit_id.eq(kit)).order(kit_entry::seq).load(conn)?;
    let entry = |row: KitEntry| AuditEntry {
        seq: row.seq,
        at: row.at,
        officer: row.officer,
        role: row.role,
        desk: row.desk,
        act: row.act,
        subject_kind: row.subject_kind,
        subject: row.subject,
        reason: row.reason,
        previous_hash: row.previous_hash,
        hash: row.hash,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// A receipt of destruction that a kit signed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = kit_receipt)]
#[diesel(treat_none_as_default_value = false)]
pub struct KitReceipt {
    /// The kit.
    pub kit_id: Id<Kit>,
    /// Its number there.
    pub sequence: i64,
    /// The signed bytes.
    pub signed: Vec<u8>,
}

impl KitReceipt {
    /// Keeps it.
    ///
    /// # Errors
    /// When there is one of this number, or the database fails.
    pub fn insert(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        diesel::insert_into(kit_receipt::table).values(self).execute(conn).map(drop)
    }

    /// The receipts of a kit, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(conn: &mut AnyConnection, kit: &Id<Kit>) -> QueryResult<Vec<Self>> {
        kit_receipt::table.filter(kit_receipt::kit_id.eq(kit)).order(kit_receipt::sequence).load(conn)
    }
}

/// A card to be revoked as soon as the kit that made it is home.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = kit_revocation)]
#[diesel(treat_none_as_default_value = false)]
pub struct KitRevocation {
    /// Its id.
    pub id: Id<KitRevocation>,
    /// The kit that may have made the card.
    pub kit_id: Id<Kit>,
    /// The number on the card; none where the code on the slip names it.
    pub number: Option<String>,
    /// The keyed hash of the code on the slip.
    pub recovery_hash: Option<Vec<u8>>,
    /// Why. No personal data.
    pub reason: String,
    /// When it was asked for.
    pub at: UtcTime,
    /// The officer.
    pub officer: String,
}

impl KitRevocation {
    /// Keeps it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        diesel::insert_into(kit_revocation::table).values(self).execute(conn).map(drop)
    }

    /// What waits for a kit, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(conn: &mut AnyConnection, kit: &Id<Kit>) -> QueryResult<Vec<Self>> {
        kit_revocation::table
            .filter(kit_revocation::kit_id.eq(kit))
            .order((kit_revocation::at, kit_revocation::id))
            .load(conn)
    }
}
