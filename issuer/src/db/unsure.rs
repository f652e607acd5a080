//! When the connection is lost in mid-commit, nobody knows whether the commit was done: the server is asked.
//!
//! The audit counter's row stays locked until a transaction is over, one way or the other. Who gets the lock on a new
//! connection therefore knows that it is; and whether the last entry of the audit log that belonged to it stands there says
//! which way.

use std::time::{Duration, Instant};

use diesel::connection::TransactionManager as _;
use diesel::prelude::*;

use super::audit::bump_counter;
use super::connection::connect;
use super::group::Transactions;
use super::schema::audit_log;
use super::{AnyConnection, DatabaseUrl, DbError};

/// For how long a server that is not there is asked again: that long a restart may take.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(200);

/// The last entry that a transaction wrote into the audit log: its number and its hash, empty while there is none.
#[derive(Debug, Clone, Default)]
pub(super) struct LastEntry {
    pub(super) seq: i64,
    pub(super) hash: Vec<u8>,
}

impl LastEntry {
    /// The hash that stands before entry `seq`, if this is the entry before it.
    pub(super) fn hash_before(&self, seq: i64) -> Option<Vec<u8>> {
        (self.seq == seq - 1 && !self.hash.is_empty()).then(|| self.hash.clone())
    }
}

/// Whether the transaction that ended with this entry was kept, and a new connection.
pub(super) fn was_kept(url: &DatabaseUrl, last: &LastEntry) -> Result<(bool, AnyConnection), DbError> {
    let began = Instant::now();
    loop {
        let asked = connect(url).and_then(|mut conn| Ok((stands(&mut conn, last)?, conn)));
        if asked.is_ok() || began.elapsed() >= PATIENCE {
            return asked.map_err(|_| DbError::NotKnown);
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "a server that restarts is there again after some time"
        )]
        std::thread::sleep(PAUSE);
    }
}

fn stands(conn: &mut AnyConnection, last: &LastEntry) -> QueryResult<bool> {
    Transactions::begin_transaction(conn)?;
    // Whoever holds the counter is through with it before this goes on.
    let found = bump_counter(conn).and_then(|_| {
        audit_log::table.find(last.seq).select(audit_log::hash).first::<Vec<u8>>(conn).optional()
    });
    Transactions::rollback_transaction(conn)?;
    Ok(found?.is_some_and(|hash| hash == last.hash))
}
