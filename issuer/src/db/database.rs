//! Transactions, and the rule that every write is audited.

use std::time::Duration;

use diesel::prelude::*;
use diesel::r2d2::R2D2Connection as _;

use super::act::Act;
use super::audit::wait_for_counter;
use super::connection::{AnyConnection, connect, create_private_file};
use super::figures::Figures;
use super::group::Group;
use super::line::{AtWriter, Line, Writer};
use super::migrations::migrate;
use super::readers::Readers;
#[cfg(feature = "postgres")]
use super::server;
use super::turn::{Turn, TurnFile};
use super::{DatabaseUrl, DbError, Tx};

/// How often a transaction is begun that does not get as far as its act.
const TRIES: usize = 3;
/// How long a write waits for those of its own process before it, and then for those of others.
const PATIENCE: Duration = Duration::from_secs(30);

/// The city's database.
///
/// Writers wait for their turn: those of one process at its one writing connection, those of several at a file beside
/// a SQLite database, or at the audit counter's row on PostgreSQL. Those of one process that come at once share a
/// transaction. Readers have connections of their own, which cannot write.
///
/// A write within a write waits for itself for ever: hand the [`Tx`] down instead. So does one that holds a lock which
/// another write takes: who has written waits for those behind it.
pub struct Database {
    url: DatabaseUrl,
    turn: Option<TurnFile>,
    pub(super) line: Line,
    readers: Readers,
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
        let line = Line::new(Writer::Idle(connect(url)?));
        Ok(Self { url: url.clone(), turn, line, readers: Readers::default(), figures: Figures::default() })
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
    /// When there are some to run and this is not the role that owns the tables, or one fails.
    pub fn migrate(&self) -> Result<Vec<String>, DbError> {
        let (writer, mut conn) = self.writer_alone()?;
        let _turn = self.turn()?;
        let migrated = migrate(&mut conn)?;
        // Where some were run, what was set for that goes with the connection.
        writer.leave(if migrated.is_empty() { Writer::Idle(conn) } else { Writer::Lost });
        Ok(migrated)
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
        self.readers.read(&self.url, act)
    }

    /// Brings what was overwritten to the disk and empties the journals, so that no page of before is left in the
    /// database's own files. Says whether that could be done in full: on SQLite a reader may be in the way, and the
    /// next call does it. PostgreSQL is told to vacuum, which only the owner of the table may; its write-ahead log keeps old
    /// pages until it turns them over.
    ///
    /// # Errors
    /// When the database fails.
    pub fn wipe(&self) -> Result<bool, DbError> {
        #[derive(diesel::QueryableByName)]
        struct Checkpoint {
            #[diesel(sql_type = diesel::sql_types::Integer)]
            busy: i32,
        }
        let (writer, mut conn) = self.writer_alone()?;
        let wiped = match &mut conn {
            AnyConnection::Sqlite(conn) => diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)")
                .get_result::<Checkpoint>(conn)
                .map(|checkpoint| checkpoint.busy == 0)?,
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(conn) => server::vacuum(conn)?,
        };
        writer.leave(Writer::Idle(conn));
        Ok(wiped)
    }

    /// Changes what processes keep of themselves and of nobody else: the leases. It has its turn among the writers, and
    /// takes no number of the audit log.
    pub(super) fn write_of_processes<T>(
        &self,
        act: impl FnOnce(&mut AnyConnection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let (at_writer, mut conn) = self.writer_alone()?;
        let turn = self.turn()?;
        let result = conn.transaction::<T, DbError, _>(|conn| {
            wait_for_counter(conn)?;
            act(conn)
        });
        drop(turn);
        at_writer.leave(if conn.is_broken() { Writer::Lost } else { Writer::Idle(conn) });
        result
    }

    /// Changes something, in one transaction that is kept whole or not at all. What returns is on the disk.
    ///
    /// The transaction begins by bumping the audit counter: a transaction that read first would fail under load on
    /// both engines. Whatever `act` does must be told to the audit log through [`Tx::audit`].
    ///
    /// # Errors
    /// Those of `act`, [`DbError::NotAudited`] when it audited nothing, and those of the database. Nothing is kept
    /// then.
    pub fn write<T, E>(&self, act: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbError>,
    {
        let _writing = self.figures.write_begins();
        let mut noted = Noted::default();
        let done = self.write_noting(&mut noted, act);
        match &done {
            Ok(_) => self.figures.done(&noted.acts),
            // An act that was refused for a reason of its own is no fault of the audit log.
            Err(_) if noted.refused => {}
            Err(_) => self.figures.not_audited(),
        }
        done
    }

    fn write_noting<T, E>(
        &self,
        noted: &mut Noted,
        act: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DbError>,
    {
        let waiting = self.figures.waits();
        let (at_writer, writer) = self.line.wait(PATIENCE)?;
        drop(waiting);
        let _in_use = self.figures.uses();
        // If `act` panics, the group is dropped, and keeps nothing.
        let mut group = self.group(writer)?;
        let done = group.perform(|tx| {
            let done = act(tx);
            let failed;
            (noted.acts, failed) = tx.noted();
            noted.refused = done.is_err() && !failed;
            done
        });
        let ending = group.ending();
        self.pass_on(at_writer, group);
        let value = done?;
        ending.wait()?;
        Ok(value)
    }

    /// The group that is open, or a new one.
    ///
    /// A new one is asked for again where the server went away since the last write, or other writers were in the way: of
    /// the act itself nothing was done yet.
    fn group(&self, writer: Writer) -> Result<Group, DbError> {
        let mut idle = match writer {
            Writer::Open(group) => return Ok(group),
            Writer::Idle(conn) => Some(conn),
            Writer::Lost => None,
        };
        let mut tries = 1;
        loop {
            let conn = match idle.take() {
                Some(conn) => conn,
                None => connect(&self.url)?,
            };
            match Group::open(conn, self.turn()?) {
                Err(DbError::Lost | DbError::Contended) if tries < TRIES => tries += 1,
                opened => return opened,
            }
        }
    }

    /// Hands a group on to whoever waits, or ends it.
    fn pass_on(&self, at_writer: AtWriter<'_>, group: Group) {
        let (at_writer, group) = if group.goes_on() {
            match at_writer.hand_on(group) {
                Ok(()) => return,
                Err(back) => *back,
            }
        } else {
            (at_writer, group)
        };
        at_writer.leave(group.end(&self.url).map_or(Writer::Lost, Writer::Idle));
    }

    /// The writer's connection with nothing open: an open group is committed first.
    fn writer_alone(&self) -> Result<(AtWriter<'_>, AnyConnection), DbError> {
        let (at_writer, writer) = self.line.wait(PATIENCE)?;
        let conn = match writer {
            Writer::Idle(conn) => Some(conn),
            Writer::Open(group) => group.end(&self.url),
            Writer::Lost => None,
        };
        let conn = match conn {
            Some(conn) => conn,
            None => connect(&self.url)?,
        };
        Ok((at_writer, conn))
    }

    fn turn(&self) -> Result<Option<Turn>, DbError> {
        self.turn.as_ref().map(|file| file.wait(PATIENCE)).transpose()
    }
}

/// What an act told the audit log.
#[derive(Default)]
struct Noted {
    acts: Vec<Act>,
    /// It ended for a reason of its own.
    refused: bool,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({:?})", self.url)
    }
}

/// Writers wait at a file beside the database: where that cannot be written, neither can the database.
fn cannot_wait(error: std::io::Error) -> DbError {
    match error.kind() {
        std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => DbError::ReadOnly,
        _ => DbError::Turn(error),
    }
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
            assert!(matches!(cut, Err(DbError::Lost)), "{cut:?}");
            test.write(|_| Ok(()));
            let cut = test.db.read(|conn| Ok::<_, DbError>(conn.batch_execute(gone)?));
            assert!(matches!(cut, Err(DbError::Lost)), "{cut:?}");
            assert_eq!(entries(&test.db), 1);
        }
    }

    /// As an engine does that puts one of two transactions back.
    #[cfg(feature = "postgres")]
    #[test]
    fn what_others_put_back_is_begun_again_and_not_for_ever() {
        const PUTS_BACK: &str = "
            CREATE SEQUENCE tries;
            CREATE FUNCTION put_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('tries') < 3 THEN RAISE EXCEPTION 'put back' USING ERRCODE = '40001'; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER put_back BEFORE UPDATE ON audit_counter FOR EACH ROW EXECUTE FUNCTION put_back()";
        for test in databases() {
            if !matches!(test.db.url, DatabaseUrl::Postgres(_)) {
                continue;
            }
            // What a sequence counted is never put back.
            let mut beside = connect(&test.db.url).unwrap();
            beside.batch_execute(PUTS_BACK).unwrap();
            test.write(|_| Ok(()));
            beside
                .batch_execute("ALTER SEQUENCE tries MAXVALUE 1000 INCREMENT BY -1 MINVALUE -1000")
                .unwrap();
            let mut begun = 0;
            let refused = test.db.write(|tx| {
                begun += 1;
                tx.audit(entry("never"))?;
                Ok::<_, DbError>(())
            });
            assert!(matches!(refused, Err(DbError::Contended)), "{refused:?}");
            assert_eq!((begun, entries(&test.db)), (0, 1));
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
