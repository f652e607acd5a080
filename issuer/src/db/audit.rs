//! The audit log: a hash chain that any change, gap or reordering breaks.
//!
//! An entry says who did what to which thing and when. It names officers, desks, numbers and ids; never a resident.

use chrono::{DateTime, SubsecRound, Utc};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::act::{Act, Actor, SubjectKind};
use super::schema::{audit_counter, audit_log};
use super::{AnyConnection, UtcTime, Word};

/// What stands before the first entry.
pub(crate) const CHAIN_START: [u8; 32] = [0; 32];

/// One entry as it was kept.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = audit_log)]
#[diesel(treat_none_as_default_value = false)]
pub struct AuditEntry {
    /// Its number: 1, 2, 3 … without gaps.
    pub seq: i64,
    /// When, in whole milliseconds.
    pub at: UtcTime,
    /// The officer's id, or `command-line`.
    pub officer: String,
    /// The role in which it was done.
    pub role: String,
    /// The desk at which it was done.
    pub desk: String,
    /// What was done: a word of [`Act`].
    pub act: String,
    /// The kind of thing it was done to: a word of [`SubjectKind`].
    pub subject_kind: String,
    /// The thing's id or number.
    pub subject: String,
    /// Why, where a reason must be given. No personal data.
    pub reason: Option<String>,
    /// The hash of the entry before, zeros for the first.
    pub previous_hash: Vec<u8>,
    /// The hash over all of the above.
    pub hash: Vec<u8>,
}

/// An entry to be written.
#[derive(Clone, Debug)]
pub struct NewAuditEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, in which role, where.
    pub actor: Actor,
    /// What was done.
    pub act: Act,
    /// The kind of thing it was done to.
    pub subject_kind: SubjectKind,
    /// The thing's id or number.
    pub subject: String,
    /// Why, where a reason must be given. No personal data.
    pub reason: Option<String>,
}

impl AuditEntry {
    /// Whether something was ever done here.
    ///
    /// # Errors
    /// When the database fails.
    pub fn any(conn: &mut AnyConnection, act: Act) -> QueryResult<bool> {
        let found: Option<i64> = audit_log::table
            .filter(audit_log::act.eq(act.as_str()))
            .select(audit_log::seq)
            .first(conn)
            .optional()?;
        Ok(found.is_some())
    }

    /// The last entry of an act on a subject.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_of(conn: &mut AnyConnection, act: Act, subject: &str) -> QueryResult<Option<Self>> {
        audit_log::table
            .filter(audit_log::act.eq(act.as_str()))
            .filter(audit_log::subject.eq(subject))
            .order(audit_log::seq.desc())
            .first(conn)
            .optional()
    }

    /// Adds an entry behind entry `seq - 1`, whose hash is looked up where it is not known. [`super::Tx::audit`] is the way
    /// to it.
    ///
    /// # Errors
    /// When the database fails, or holds no entry `seq - 1`.
    pub(super) fn append(
        conn: &mut AnyConnection,
        seq: i64,
        previous_hash: Option<Vec<u8>>,
        new: NewAuditEntry,
    ) -> QueryResult<Self> {
        let previous_hash = match (previous_hash, seq) {
            (Some(known), _) => known,
            (None, 1) => CHAIN_START.to_vec(),
            (None, _) => audit_log::table.find(seq - 1).select(audit_log::hash).first(conn)?,
        };
        let mut entry = Self {
            seq,
            at: new.at.trunc_subsecs(3).into(),
            officer: new.actor.officer,
            role: new.actor.role.to_owned(),
            desk: new.actor.desk,
            act: new.act.as_str().to_owned(),
            subject_kind: new.subject_kind.as_str().to_owned(),
            subject: new.subject,
            reason: new.reason,
            previous_hash,
            hash: Vec::new(),
        };
        entry.hash = entry.computed_hash().to_vec();
        diesel::insert_into(audit_log::table).values(&entry).execute(conn)?;
        Ok(entry)
    }

    /// SHA-256 over the fields, each with its length in front, so that no two entries have the same encoding.
    pub(crate) fn computed_hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"citizenship card audit entry 1\0");
        let mut field = |bytes: &[u8]| {
            hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(bytes);
        };
        field(&self.previous_hash);
        field(&self.seq.to_be_bytes());
        field(&self.at.utc().timestamp_micros().to_be_bytes());
        for text in [&self.officer, &self.role, &self.desk, &self.act, &self.subject_kind, &self.subject] {
            field(text.as_bytes());
        }
        match &self.reason {
            None => field(&[0]),
            Some(reason) => {
                field(&[1]);
                field(reason.as_bytes());
            }
        }
        hash.finalize().into()
    }
}

/// Takes the next number of the audit log. It must be the first thing a write transaction does: it makes every other
/// writer wait until this one is through.
pub(super) fn bump_counter(conn: &mut AnyConnection) -> QueryResult<i64> {
    let (_, value): (i64, i64) = diesel::update(audit_counter::table.find(1_i64))
        .set(audit_counter::value.eq(audit_counter::value + 1))
        .returning(audit_counter::all_columns)
        .get_result(conn)?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_entries_are_encoded_alike() {
        let blank = AuditEntry {
            seq: 1,
            at: super::super::testing::now().into(),
            officer: "ab".to_owned(),
            role: "c".to_owned(),
            desk: String::new(),
            act: String::new(),
            subject_kind: String::new(),
            subject: String::new(),
            reason: None,
            previous_hash: CHAIN_START.to_vec(),
            hash: Vec::new(),
        };
        let shifted = AuditEntry { officer: "a".to_owned(), role: "bc".to_owned(), ..blank.clone() };
        let reasoned = AuditEntry { reason: Some(String::new()), ..blank.clone() };
        assert_ne!(blank.computed_hash(), shifted.computed_hash());
        assert_ne!(blank.computed_hash(), reasoned.computed_hash());
    }
}
