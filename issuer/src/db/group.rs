//! Writes that come at once share one transaction, and with it one wait for the disk.
//!
//! Who gets the writer while nobody has a transaction open opens one. If others wait for the writer by the time the act is
//! done, the open transaction is handed on to them; the last, behind whom nobody waits, commits for all. Only then does
//! any of them hear that its act is kept. A write that comes alone is one transaction, as if there were no groups.
//!
//! The first act of a group needs no savepoint: when it fails, there is nothing else to keep. Each further one has its
//! own, so that one that fails takes back its own changes and its numbers of the audit log, and no other's.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

#[cfg(feature = "postgres")]
use diesel::connection::SimpleConnection as _;
use diesel::connection::TransactionManager as _;
use diesel::prelude::*;
use diesel::r2d2::R2D2Connection as _;

use super::audit::bump_counter;
use super::turn::Turn;
use super::unsure::{LastEntry, was_kept};
use super::{AnyConnection, DatabaseUrl, DbError, Tx};

/// What begins and ends transactions.
pub(super) type Transactions = <AnyConnection as Connection>::TransactionManager;

/// Most acts of one group: the writers of other processes wait for as long as it is open.
const MOST_ACTS: usize = 64;
/// An older group is handed on no more, so that its first act does not wait for ever longer ones.
const HANDED_ON_FOR: Duration = Duration::from_millis(50);

/// An open write transaction, and the acts in it that nobody was told of yet.
///
/// Dropped before its end, as by a panic, it keeps nothing and says so to everyone who waits for it.
pub(super) struct Group {
    // Dropped in this order: what is open is rolled back before another process has its turn, or anybody hears of it.
    conn: AnyConnection,
    _turn: Option<Turn>,
    ending: Unsaid,
    opened: Instant,
    /// How many are to be kept.
    acts: usize,
    /// The number in the audit log that opening it took, until the first act begins.
    first: Option<i64>,
    last: LastEntry,
    /// Whether the transaction is no more what it should be.
    lost: bool,
}

impl Group {
    /// Opens a transaction, by taking a number in the audit log.
    pub(super) fn open(mut conn: AnyConnection, turn: Option<Turn>) -> Result<Self, DbError> {
        Transactions::begin_transaction(&mut conn)?;
        let first = Some(bump_counter(&mut conn)?);
        let (ending, opened) = (Unsaid(Arc::default()), Instant::now());
        Ok(Self {
            conn,
            _turn: turn,
            ending,
            opened,
            acts: 0,
            first,
            last: LastEntry::default(),
            lost: false,
        })
    }

    /// Does one act more. One that fails leaves nothing behind.
    pub(super) fn perform<T, E>(&mut self, act: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbError>,
    {
        self.begin_act()?;
        match self.attempt(act) {
            Ok((value, last)) => {
                self.keep_act(last)?;
                Ok(value)
            }
            Err(error) => {
                self.lost = Transactions::rollback_transaction(&mut self.conn).is_err();
                Err(error)
            }
        }
    }

    fn begin_act(&mut self) -> Result<(), DbError> {
        if self.acts > 0 {
            let begun = Transactions::begin_transaction(&mut self.conn);
            begun.inspect_err(|_| self.lost = true)?;
        }
        Ok(())
    }

    /// The act itself, and the last entry it wrote.
    fn attempt<T, E>(&mut self, act: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<(T, LastEntry), E>
    where
        E: From<DbError>,
    {
        let first = match self.first.take() {
            Some(first) => first,
            None => self.next_number()?,
        };
        let mut tx = Tx::new(&mut self.conn, first, self.last.clone());
        let value = act(&mut tx)?;
        let last = tx.audited().ok_or(DbError::NotAudited)?;
        Ok((value, last))
    }

    fn next_number(&mut self) -> Result<i64, DbError> {
        let number = bump_counter(&mut self.conn)?;
        // On some faults of the disk SQLite ends a whole transaction by itself: the numbers would begin anew.
        if number == self.last.seq + 1 { Ok(number) } else { Err(DbError::Lost) }
    }

    fn keep_act(&mut self, last: LastEntry) -> Result<(), DbError> {
        if self.acts > 0 {
            let kept = Transactions::commit_transaction(&mut self.conn);
            kept.inspect_err(|_| self.lost = true)?;
        }
        self.acts += 1;
        self.last = last;
        Ok(())
    }

    /// Whether it may be handed on to whoever waits.
    pub(super) fn goes_on(&self) -> bool {
        !self.lost && (1..MOST_ACTS).contains(&self.acts) && self.opened.elapsed() < HANDED_ON_FOR
    }

    /// Where those in it hear how it ended.
    pub(super) fn ending(&self) -> Arc<Ending> {
        Arc::clone(&self.ending.0)
    }

    /// Commits for everyone in it, and tells them; gives the connection back if it can still be used.
    pub(super) fn end(mut self, url: &DatabaseUrl) -> Option<AnyConnection> {
        if !self.lost && self.acts > 0 {
            match commit(&mut self.conn).map_err(DbError::from) {
                Err(error) if self.conn.is_broken() => return self.find_out(error, url),
                committed => self.ending.0.tell(committed),
            }
        }
        (!self.conn.is_broken()).then_some(self.conn)
    }

    /// Asks the server whether a commit was done that it did not answer.
    fn find_out(self, error: DbError, url: &DatabaseUrl) -> Option<AnyConnection> {
        let Self { conn, ending, last, .. } = self;
        drop(conn);
        let (told, conn) = match was_kept(url, &last) {
            Ok((true, conn)) => (Ok(()), Some(conn)),
            Ok((false, conn)) => (Err(error), Some(conn)),
            Err(unsure) => (Err(unsure), None),
        };
        ending.0.tell(told);
        conn
    }
}

fn commit(conn: &mut AnyConnection) -> QueryResult<()> {
    #[cfg(feature = "postgres")]
    if let AnyConnection::Postgres(server) = conn {
        // PostgreSQL takes a COMMIT after a statement that failed for a ROLLBACK, and calls that a success; not so a
        // statement before it.
        let committed = server.batch_execute("VALUES (1); COMMIT");
        if committed.is_err() {
            // What fails here breaks the connection, as is looked at next.
            let _ = Transactions::rollback_transaction(conn);
        }
        return committed;
    }
    Transactions::commit_transaction(conn)
}

/// How a group ended, for those who wait for it.
#[derive(Default)]
pub(super) struct Ending(OnceLock<Result<(), DbError>>);

impl Ending {
    /// Waits for it.
    pub(super) fn wait(&self) -> Result<(), DbError> {
        match self.0.wait() {
            Ok(()) => Ok(()),
            Err(error) => Err(error.again()),
        }
    }

    fn tell(&self, how: Result<(), DbError>) {
        // It is told once; what comes later is the group being dropped.
        let _ = self.0.set(how);
    }
}

/// Says that nothing was kept, where nobody said how it ended.
struct Unsaid(Arc<Ending>);

impl Drop for Unsaid {
    fn drop(&mut self) {
        self.0.tell(Err(DbError::Lost));
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use diesel::connection::SimpleConnection as _;

    use super::super::Database;
    use super::super::audit_chain::verify_chain;
    use super::super::schema::audit_log;
    use super::super::testing::{TestDatabase, databases, entry};
    use super::*;

    /// What was kept: the subjects of the whole log, in order.
    fn kept(db: &Database) -> Vec<String> {
        let subjects = audit_log::table.order(audit_log::seq).select(audit_log::subject);
        db.read(|conn| {
            let chain = verify_chain(conn)?;
            let subjects: Vec<String> = subjects.load(conn)?;
            assert_eq!(chain.unwrap().entries, i64::try_from(subjects.len()).unwrap());
            Ok::<_, DbError>(subjects)
        })
        .unwrap()
    }

    fn tell(tx: &mut Tx<'_>, subject: &str) -> Result<(), DbError> {
        tx.audit(entry(subject))?;
        Ok(())
    }

    /// An act that ends only when so many others wait behind it.
    fn until_others_wait(db: &Database, others: usize) {
        let began = Instant::now();
        while db.line.waiting() < others {
            assert!(began.elapsed() < Duration::from_secs(20), "nobody waits");
            std::thread::yield_now();
        }
    }

    /// Two acts, of which the second shares the transaction of the first.
    fn share(
        test: &TestDatabase,
        second: impl FnOnce(&mut Tx<'_>) -> Result<(), DbError> + Send,
    ) -> (Result<(), DbError>, std::thread::Result<Result<(), DbError>>) {
        let db = &test.db;
        std::thread::scope(|scope| {
            let first = scope.spawn(|| {
                db.write(|tx| {
                    tell(tx, "first")?;
                    until_others_wait(db, 1);
                    Ok(())
                })
            });
            // Not before the first is inside.
            while !db.line.is_in_use() {
                std::thread::yield_now();
            }
            let second = scope.spawn(|| catch_unwind(AssertUnwindSafe(|| db.write(second))));
            (first.join().unwrap(), second.join().unwrap())
        })
    }

    #[test]
    fn who_comes_while_another_writes_shares_its_transaction() {
        for test in databases() {
            let (first, second) = share(&test, |tx| {
                let within: i64 = audit_log::table.count().get_result(tx.conn())?;
                assert_eq!((within, kept(&test.db).len()), (1, 0), "the first is there, and not kept yet");
                tell(tx, "second")
            });
            first.unwrap();
            second.unwrap().unwrap();
            assert_eq!(kept(&test.db), ["first", "second"]);
        }
    }

    #[test]
    fn one_that_fails_takes_back_its_own_alone() {
        for test in databases() {
            let (first, second) = share(&test, |tx| {
                tell(tx, "lost")?;
                tell(tx, "lost too")?;
                // PostgreSQL does nothing more in a transaction in which a statement failed.
                tx.conn().batch_execute("INSERT INTO no_such_table VALUES (1)")?;
                Ok(())
            });
            first.unwrap();
            assert!(matches!(second.unwrap(), Err(DbError::Query(_))));
            test.write(|tx| tell(tx, "after"));
            assert_eq!(kept(&test.db), ["first", "test", "after"]);
        }
    }

    #[test]
    fn one_that_audits_nothing_takes_back_its_own_alone() {
        for test in databases() {
            let (first, second) = share(&test, |tx| Ok(tx.conn().batch_execute("DELETE FROM audit_log")?));
            first.unwrap();
            assert!(matches!(second.unwrap(), Err(DbError::NotAudited)));
            assert_eq!(kept(&test.db), ["first"]);
        }
    }

    #[test]
    fn a_panic_is_told_to_all_and_keeps_nothing() {
        for test in databases() {
            let (first, second) = share(&test, |tx| {
                tell(tx, "lost")?;
                panic!("a fault of the program")
            });
            assert!(matches!(first, Err(DbError::Lost)), "{first:?}");
            assert!(second.is_err());
            test.write(|tx| tell(tx, "after"));
            assert_eq!(kept(&test.db), ["test", "after"]);
        }
    }

    #[test]
    fn a_commit_that_fails_is_told_to_all_and_keeps_nothing() {
        for test in databases() {
            let (first, second) = share(&test, |tx| {
                tell(tx, "second")?;
                let late = match tx.conn() {
                    AnyConnection::Sqlite(_) => {
                        "PRAGMA defer_foreign_keys = ON;
                         INSERT INTO recognised_list (uri, url, token) VALUES ('a', 'nowhere', x'00');"
                    }
                    #[cfg(feature = "postgres")]
                    AnyConnection::Postgres(_) => {
                        "ALTER TABLE recognised_list ADD CONSTRAINT late FOREIGN KEY (url)
                         REFERENCES recognised_issuer (url) DEFERRABLE INITIALLY DEFERRED;
                         ALTER TABLE recognised_list DROP CONSTRAINT recognised_list_url_fkey;
                         INSERT INTO recognised_list (uri, url, token) VALUES ('a', 'nowhere', '\\x00');"
                    }
                };
                Ok(tx.conn().batch_execute(late)?)
            });
            for refused in [first, second.unwrap()] {
                assert!(matches!(refused, Err(DbError::Query(_))), "{refused:?}");
            }
            test.write(|tx| tell(tx, "after"));
            assert_eq!(kept(&test.db), ["test", "after"]);
        }
    }

    #[test]
    fn an_act_that_hides_a_failed_statement_is_not_told_that_it_was_kept() {
        for test in databases() {
            let on_postgres = matches!(test.db.url(), DatabaseUrl::Postgres(_));
            let hidden = test.db.write(|tx| {
                tell(tx, "hidden")?;
                assert!(tx.conn().batch_execute("INSERT INTO no_such_table VALUES (1)").is_err());
                Ok::<_, DbError>(())
            });
            assert_eq!(hidden.is_err(), on_postgres);
            assert_eq!(kept(&test.db).len(), usize::from(!on_postgres));
        }
    }

    #[test]
    fn a_transaction_that_the_engine_ended_by_itself_keeps_nothing() {
        for test in databases() {
            let (first, second) = share(&test, |tx| {
                tell(tx, "second")?;
                tx.conn().batch_execute("ROLLBACK")?;
                Ok(())
            });
            assert!(first.is_err() && second.unwrap().is_err());
            test.write(|tx| tell(tx, "after"));
            assert_eq!(kept(&test.db), ["test", "after"]);
        }
    }

    #[test]
    fn who_sees_to_the_whole_database_waits_for_nobody_for_ever() {
        const WRITES: usize = 40;
        for test in databases() {
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| (0..WRITES).for_each(|_| test.db.write(|tx| tell(tx, "one")).unwrap()));
                }
                for _ in 0..20 {
                    test.db.wipe().unwrap();
                    assert_eq!(test.db.migrate().unwrap(), [""; 0]);
                }
            });
            assert_eq!(kept(&test.db).len(), 4 * WRITES);
        }
    }
}
