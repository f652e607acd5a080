//! Transactions, and the rule that every write is audited.

use std::sync::{Mutex, MutexGuard, PoisonError};

use diesel::prelude::*;
use diesel::r2d2::R2D2Connection;

use super::DatabaseUrl;
use super::DbError;
use super::act::Act;
use super::audit::{AuditEntry, NewAuditEntry, bump_counter};
use super::connection::{AnyConnection, connect, connect_reader, create_private_file, migrate};
use super::figures::Figures;
use super::turn::TurnFile;

/// How many idle connections are kept for readers.
const IDLE_READERS: usize = 8;

/// The city's database.
///
/// Writers wait for their turn: those of one process at its one writing connection, those of several at a file beside
/// a SQLite database, or at the audit counter's row on PostgreSQL. Readers have connections of their own, which cannot
/// write.
///
/// A write within a write waits for itself for ever: hand the [`Tx`] down instead.
pub struct Database {
    url: DatabaseUrl,
    turn: Option<TurnFile>,
    writer: Mutex<Option<AnyConnection>>,
    readers: Mutex<Vec<AnyConnection>>,
    figures: Figures,
}

impl Database {
    /// Opens the database, making the file of a new SQLite database (readable by its owner alone).
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(url: &DatabaseUrl) -> Result<Self, DbError> {
        let turn = match url {
            DatabaseUrl::Sqlite(path) => {
                create_private_file(path)?;
                Some(TurnFile::beside(path).map_err(cannot_wait)?)
            }
            DatabaseUrl::Postgres(_) => None,
        };
        let writer = connect(url)?;
        let (writer, readers) = (Mutex::new(Some(writer)), Mutex::new(Vec::new()));
        Ok(Self { url: url.clone(), turn, writer, readers, figures: Figures::default() })
    }

    /// What was done with it, in numbers.
    #[must_use]
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    pub(super) fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Brings the tables up to date and says which migrations were run.
    ///
    /// # Errors
    /// When a migration fails.
    pub fn migrate(&self) -> Result<Vec<String>, DbError> {
        let mut slot = locked(&self.writer);
        let conn = match slot.take() {
            Some(conn) => conn,
            None => connect(&self.url)?,
        };
        let turn = self.turn.as_ref().map(TurnFile::wait);
        let _turn = turn.transpose().map_err(DbError::Turn)?;
        migrate(slot.insert(conn))
    }

    /// Looks something up, on a connection that cannot write.
    ///
    /// # Errors
    /// Those of `act`, and when no connection can be made.
    pub fn read<T, E>(&self, act: impl FnOnce(&mut AnyConnection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbError>,
    {
        let _in_use = self.figures.uses();
        let idle = locked(&self.readers).pop();
        let mut conn = match idle {
            Some(conn) => conn,
            None => connect_reader(&self.url)?,
        };
        let result = act(&mut conn);
        if !conn.is_broken() {
            let mut readers = locked(&self.readers);
            if readers.len() < IDLE_READERS {
                readers.push(conn);
            }
        }
        result
    }

    /// Brings what was overwritten to the disk and empties the journals, so that no page of before is left in the
    /// database's own files. Says whether that could be done in full: on SQLite a reader may be in the way, and the
    /// next call does it. PostgreSQL is told to vacuum; its write-ahead log keeps old pages until it turns them over.
    ///
    /// # Errors
    /// When the database fails.
    pub fn wipe(&self) -> Result<bool, DbError> {
        #[derive(diesel::QueryableByName)]
        struct Checkpoint {
            #[diesel(sql_type = diesel::sql_types::Integer)]
            busy: i32,
        }
        let mut slot = locked(&self.writer);
        let mut conn = match slot.take() {
            Some(conn) => conn,
            None => connect(&self.url)?,
        };
        let wiped = match &mut conn {
            AnyConnection::Sqlite(conn) => diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)")
                .get_result::<Checkpoint>(conn)
                .map(|checkpoint| checkpoint.busy == 0)?,
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(conn) => {
                diesel::connection::SimpleConnection::batch_execute(conn, "VACUUM enrolment")
                    .map(|()| true)?
            }
        };
        *slot = Some(conn);
        Ok(wiped)
    }

    /// Changes something, in one transaction that is kept whole or not at all.
    ///
    /// The transaction begins by bumping the audit counter: a transaction that read first would fail under load on
    /// both engines. Whatever `act` does must be told to the audit log through [`Tx::audit`].
    ///
    /// # Errors
    /// Those of `act`, [`DbError::NotAudited`] when it audited nothing, and those of the database. Nothing is kept
    /// then.
    pub fn write<T, E>(&self, act: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbError> + From<diesel::result::Error>,
    {
        let _writing = self.figures.write_begins();
        let waiting = self.figures.waits();
        let mut slot = locked(&self.writer);
        // Taken out while in use: if `act` panics, the connection and its open transaction are dropped.
        let mut conn = match slot.take() {
            Some(conn) => conn,
            None => connect(&self.url)?,
        };
        let turn = self.turn.as_ref().map(TurnFile::wait);
        let turn = turn.transpose().map_err(DbError::Turn)?;
        drop(waiting);
        let in_use = self.figures.uses();
        let (mut acts, mut refused) = (Vec::new(), false);
        let result = conn.transaction::<T, E, _>(|conn| {
            let first = bump_counter(conn)?;
            let mut tx = Tx { conn, first: Some(first), acts: Vec::new(), failed: false };
            // An act that was refused for a reason of its own is no fault of the audit log.
            let done = act(&mut tx);
            refused = done.is_err() && !tx.failed;
            let value = done?;
            match tx.first {
                None => {
                    acts = tx.acts;
                    Ok(value)
                }
                Some(_) => Err(DbError::NotAudited.into()),
            }
        });
        drop((turn, in_use));
        match &result {
            Ok(_) => self.figures.done(&acts),
            Err(_) if refused => {}
            Err(_) => self.figures.not_audited(),
        }
        if !conn.is_broken() {
            *slot = Some(conn);
        }
        result
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({:?})", self.url)
    }
}

/// An open write transaction: its connection and its place in the audit log.
pub struct Tx<'a> {
    conn: &'a mut AnyConnection,
    /// The number that opening the transaction took, until an entry uses it.
    first: Option<i64>,
    acts: Vec<Act>,
    /// Whether an entry could not be written.
    failed: bool,
}

impl Tx<'_> {
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
        let act = entry.act;
        let written = self.write_entry(entry);
        self.failed |= written.is_err();
        let entry = written?;
        self.acts.push(act);
        Ok(entry)
    }

    fn write_entry(&mut self, entry: NewAuditEntry) -> QueryResult<AuditEntry> {
        let seq = match self.first {
            Some(seq) => seq,
            None => bump_counter(self.conn)?,
        };
        let entry = AuditEntry::append(self.conn, seq, entry)?;
        self.first = None;
        Ok(entry)
    }

    /// Gives the number back, for tests that write as nobody may.
    #[cfg(test)]
    pub(crate) fn forget_audit(&mut self) {
        use super::schema::audit_counter::dsl::{audit_counter, value};
        diesel::update(audit_counter).set(value.eq(value - 1)).execute(self.conn).unwrap();
        self.first = None;
    }
}

/// Writers wait at a file beside the database: where that cannot be written, neither can the database.
fn cannot_wait(error: std::io::Error) -> DbError {
    match error.kind() {
        std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => DbError::ReadOnly,
        _ => DbError::Turn(error),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is inside stays sound when a holder panicked: connections are taken out before they are used.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use diesel::connection::SimpleConnection;

    use super::super::audit_chain::verify_chain;
    use super::super::enrolment::{Enrolment, NewEnrolment};
    use super::super::kept::Kept;
    use super::super::testing::{databases, entry, now};
    use super::super::{Id, act::Actor, schema::audit_log};
    use super::*;
    use crate::edge::new_id;
    use crate::keystore::{Keystore, open_record, seal_record};

    fn entries(db: &Database) -> i64 {
        db.read(|conn| Ok::<_, DbError>(verify_chain(conn)?)).unwrap().unwrap().entries
    }

    #[test]
    fn many_writers_at_once_all_get_through_without_gaps() {
        for test in databases() {
            // Two of the same database, as two processes would have it.
            let other = Database::open(&test.db.url).unwrap();
            std::thread::scope(|scope| {
                for thread in 0..6 {
                    let db = if thread % 2 == 0 { &test.db } else { &other };
                    scope.spawn(move || {
                        for _ in 0..40 {
                            db.write(|tx| {
                                let before: i64 = audit_log::table.count().get_result(tx.conn())?;
                                let seq = tx.audit(entry("first"))?.seq;
                                assert_eq!(seq, before + 1);
                                assert_eq!(tx.audit(entry("second"))?.seq, seq + 1);
                                Ok::<_, DbError>(())
                            })
                            .unwrap();
                        }
                    });
                }
            });
            assert_eq!(entries(&test.db), 480);
        }
    }

    #[test]
    fn a_write_that_audits_nothing_is_not_kept() {
        for test in databases() {
            test.write(|_| Ok(()));
            let refused =
                test.db.write(|tx| Ok::<_, DbError>(tx.conn().batch_execute("DELETE FROM audit_log")?));
            assert!(matches!(refused, Err(DbError::NotAudited)));
            let failed: Result<(), DbError> = test.db.write(|tx| {
                tx.audit(entry("lost"))?;
                Err(DbError::NoPostgres)
            });
            assert!(matches!(failed, Err(DbError::NoPostgres)));
            test.write(|_| Ok(()));
            assert_eq!(entries(&test.db), 2);
        }
    }

    #[test]
    fn a_panic_keeps_nothing_and_stops_nobody() {
        for test in databases() {
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                test.write::<()>(|tx| {
                    tx.audit(entry("lost"))?;
                    panic!("a fault of the program")
                });
            }));
            assert!(panicked.is_err());
            test.write(|_| Ok(()));
            assert_eq!(entries(&test.db), 1);
        }
    }

    #[test]
    fn readers_cannot_write() {
        for test in databases() {
            test.write(|_| Ok(()));
            for _ in 0..2 {
                let written =
                    test.db.read(|conn| Ok::<_, DbError>(conn.batch_execute("DELETE FROM audit_log")?));
                assert!(matches!(written, Err(DbError::Query(_) | DbError::ReadOnly)));
            }
            assert_eq!(entries(&test.db), 1);
        }
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn a_server_that_went_away_is_asked_again() {
        for test in databases() {
            if !matches!(test.db.url, DatabaseUrl::Postgres(_)) {
                continue;
            }
            let gone = "SELECT pg_terminate_backend(pg_backend_pid())";
            let cut = test.db.write(|tx| {
                tx.audit(entry("lost"))?;
                Ok::<_, DbError>(tx.conn().batch_execute(gone)?)
            });
            assert!(matches!(cut, Err(DbError::Query(_))), "{cut:?}");
            test.write(|_| Ok(()));
            let cut = test.db.read(|conn| Ok::<_, DbError>(conn.batch_execute(gone)?));
            assert!(cut.is_err());
            assert_eq!(entries(&test.db), 1);
        }
    }

    #[test]
    fn migrating_again_changes_nothing() {
        for test in databases() {
            assert_eq!(test.db.migrate().unwrap(), [""; 0]);
        }
    }

    #[test]
    fn the_files_are_private_and_hold_no_name() {
        use std::os::unix::fs::PermissionsExt;

        for mut test in databases() {
            let keystore = Keystore::create(&test.dir.path().join("keys"), None).unwrap();
            let day = now().date_naive();
            let key = keystore.destroy_by_key(day).unwrap();
            let actor = Actor::command_line("gym-2");
            let names: Vec<_> = (0..200).map(|n| format!("Zoë Ångström-Ñandú {n}")).collect();
            let ids: Vec<Id<Enrolment>> = names.iter().map(|_| Id::new(new_id(now()))).collect();
            let new: Vec<_> = std::iter::zip(&ids, &names)
                .map(|(id, name)| {
                    let sealed = seal_record(name.as_bytes(), &key, id.as_str());
                    NewEnrolment::new(id.clone(), sealed, &actor, now())
                })
                .collect();
            test.write(|tx| Ok(Enrolment::insert_all(tx.conn(), &new)?));
            let find = |test: &super::super::testing::TestDatabase| {
                test.db.read(|conn| Ok::<_, DbError>(Enrolment::find(conn, &ids[7])?)).unwrap().unwrap()
            };
            let kept = find(&test);
            assert_eq!((kept.destroy_by, kept.desk.as_str()), (day, "gym-2"));
            let (sealed, wrapped) = (kept.sealed.unwrap(), kept.wrapped_key.unwrap());
            let opened = open_record(&sealed, &wrapped, &key, ids[7].as_str()).unwrap();
            assert_eq!(opened.as_slice(), names[7].as_bytes());

            let gone = test.write(|tx| {
                assert_eq!(Kept::erase_day(tx.conn(), day.pred_opt().unwrap())?, 0);
                Ok(Kept::erase_day(tx.conn(), day)?)
            });
            assert_eq!(gone, 200);
            assert_eq!(find(&test).sealed, None);

            let elsewhere = DatabaseUrl::Sqlite(test.dir.path().join("other.db"));
            test.db = Database::open(&elsewhere).unwrap();
            let mut files = 0;
            for file in std::fs::read_dir(test.dir.path()).unwrap() {
                let path = file.unwrap().path();
                if !path.is_file() {
                    continue;
                }
                files += 1;
                let mode = std::fs::metadata(&path).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600, "{}", path.display());
                let bytes = std::fs::read(&path).unwrap();
                let holds = |what: &[u8]| bytes.windows(what.len()).any(|one| one == what);
                assert!(!holds("Ångström".as_bytes()), "{}", path.display());
                assert!(!holds(&sealed[24..56]), "what was destroyed is wiped");
            }
            assert!(files >= 1);
        }
    }
}
