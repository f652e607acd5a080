//! Checking that nothing in the audit log was changed, removed or reordered.
//!
//! Whoever can write the database can also make the whole chain anew, or cut its end off together with the counter:
//! that shows only against a hash that was signed, which is what `audit::verify` does with checkpoints.

use diesel::prelude::*;

use super::AnyConnection;
use super::audit::AuditEntry;
pub(crate) use super::audit::CHAIN_START;
use super::schema::{audit_counter, audit_log};

/// How many entries are in memory at once while the chain is checked.
const CHECK_AT_ONCE: i64 = 1000;

/// A chain that was checked and is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeChain {
    /// How many entries there are.
    pub entries: i64,
    /// The hash of the last one, to be signed or written down elsewhere.
    pub last_hash: Vec<u8>,
}

/// The first entry at which the chain is broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the audit log is broken at entry {seq}: {fault}")]
pub struct FirstBadEntry {
    /// Its number.
    pub seq: i64,
    /// What is wrong with it.
    pub fault: ChainFault,
}

/// What can be wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainFault {
    /// It is not there.
    #[error("it is missing")]
    Missing,
    /// Its fields are not those its hash was made over.
    #[error("it was changed")]
    Changed,
    /// It does not follow the entry before it.
    #[error("it does not follow the entry before it")]
    Unlinked,
    /// It is there, and the counter was never so far.
    #[error("it is beyond the counter")]
    BeyondCounter,
    /// A signed checkpoint covers it, and it is not there: the log's end was cut off.
    #[error("it was signed by a checkpoint, and is cut off")]
    CutOff,
    /// A signed checkpoint has another hash for it or for an entry soon after it: the log was made anew from here on.
    #[error("it, or one before the next checkpoint, is not what a checkpoint signed")]
    NotAsSigned,
}

/// Reads the whole log and checks every link.
///
/// # Errors
/// When the database fails. A broken chain is an answer, not an error.
pub fn verify_chain(conn: &mut AnyConnection) -> QueryResult<Result<WholeChain, FirstBadEntry>> {
    // The last entry is read before the counter: entries may be appended meanwhile, and then the counter is higher.
    let last: Option<i64> = audit_log::table.select(diesel::dsl::max(audit_log::seq)).first(conn)?;
    let counter: i64 = audit_counter::table.find(1_i64).select(audit_counter::value).first(conn)?;
    let mut chain = WholeChain { entries: 0, last_hash: CHAIN_START.to_vec() };
    loop {
        let entries: Vec<AuditEntry> = audit_log::table
            .filter(audit_log::seq.gt(chain.entries))
            .filter(audit_log::seq.le(counter))
            .order(audit_log::seq)
            .limit(CHECK_AT_ONCE)
            .load(conn)?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            let seq = chain.entries + 1;
            if let Some(fault) = fault_of(&entry, seq, &chain.last_hash) {
                return Ok(Err(FirstBadEntry { seq, fault }));
            }
            chain = WholeChain { entries: seq, last_hash: entry.hash };
        }
    }
    if chain.entries < counter {
        return Ok(Err(FirstBadEntry { seq: chain.entries + 1, fault: ChainFault::Missing }));
    }
    if last > Some(counter) {
        return Ok(Err(FirstBadEntry { seq: counter + 1, fault: ChainFault::BeyondCounter }));
    }
    Ok(Ok(chain))
}

/// What is wrong with an entry that should be this one and follow that hash.
pub(crate) fn fault_of(entry: &AuditEntry, seq: i64, previous_hash: &[u8]) -> Option<ChainFault> {
    if entry.seq != seq {
        Some(ChainFault::Missing)
    } else if entry.hash != entry.computed_hash() {
        Some(ChainFault::Changed)
    } else if entry.previous_hash != previous_hash {
        Some(ChainFault::Unlinked)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;

    use super::super::testing::{TestDatabase, databases, entry};
    use super::super::{Database, DbError};
    use super::*;

    fn chain(db: &Database) -> Result<WholeChain, FirstBadEntry> {
        db.read(|conn| Ok::<_, DbError>(verify_chain(conn)?)).unwrap()
    }

    /// Ten entries, and then what somebody with the file in their hands did.
    fn tampered(test: &TestDatabase, sql: &str) -> FirstBadEntry {
        for _ in 0..10 {
            test.write(|_| Ok(()));
        }
        assert_eq!(chain(&test.db).unwrap().entries, 10);
        test.db
            .write(|tx| {
                tx.audit(entry("eleven"))?;
                Ok::<_, DbError>(tx.conn().batch_execute(sql)?)
            })
            .unwrap();
        chain(&test.db).unwrap_err()
    }

    #[test]
    fn each_change_is_found_at_its_entry() {
        for (sql, seq, fault) in [
            ("UPDATE audit_log SET officer = 'x' WHERE seq = 4", 4, ChainFault::Changed),
            ("UPDATE audit_log SET reason = '' WHERE seq = 1", 1, ChainFault::Changed),
            ("DELETE FROM audit_log WHERE seq = 7", 7, ChainFault::Missing),
            ("DELETE FROM audit_log WHERE seq = 11", 11, ChainFault::Missing),
            (
                "UPDATE audit_log SET seq = 99 WHERE seq = 2;
                 UPDATE audit_log SET seq = 2 WHERE seq = 3;
                 UPDATE audit_log SET seq = 3 WHERE seq = 99;",
                2,
                ChainFault::Changed,
            ),
            ("UPDATE audit_counter SET value = 9", 10, ChainFault::BeyondCounter),
        ] {
            for test in databases() {
                assert_eq!(tampered(&test, sql), FirstBadEntry { seq, fault }, "{sql}");
            }
        }
    }

    #[test]
    fn an_entry_made_anew_does_not_fit_the_chain() {
        for test in databases() {
            for _ in 0..3 {
                test.write(|_| Ok(()));
            }
            test.write(|tx| {
                let mut forged: AuditEntry = audit_log::table.find(2_i64).first(tx.conn())?;
                forged.subject = "another".to_owned();
                forged.hash = forged.computed_hash().to_vec();
                diesel::delete(audit_log::table.find(2_i64)).execute(tx.conn())?;
                diesel::insert_into(audit_log::table).values(&forged).execute(tx.conn())?;
                Ok(())
            });
            assert_eq!(chain(&test.db), Err(FirstBadEntry { seq: 3, fault: ChainFault::Unlinked }));
        }
    }

    #[test]
    fn a_long_log_is_checked_in_parts() {
        for test in databases() {
            test.write(|tx| {
                for _ in 1..2050 {
                    tx.audit(entry("many"))?;
                }
                Ok(())
            });
            assert_eq!(chain(&test.db).unwrap().entries, 2050);
        }
    }
}
