//! The server restarts or crashes in mid-load, and the network to it breaks: whoever was told that something is kept finds it
//! there, everybody else is told clearly, and the same issuer goes on by itself.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use issuer::db::act::{Act, Actor, SubjectKind};
use issuer::db::audit::NewAuditEntry;
use issuer::db::audit_chain::verify_chain;
use issuer::db::audit_find::AuditFilter;
use issuer::db::{Database, DatabaseUrl, DbError, Tx};
use scopeguard::defer;
use tests::hall::{binary, until};
use tests::load::{City, Full, visit};
use tests::postgres::{Flow, Server, Wire};

const DESKS: usize = 4;
/// Cards that must come through before a restart, and after it.
const ENOUGH: usize = 4;

/// What the pages say of a database that is not there, each with its status.
const CLEAR: [(&str, &str); 3] = [
    (
        ": 503 ",
        "The city’s database does not answer. Wait a moment and try again; what was done before is kept.",
    ),
    (": 503 ", "Too much at once. Wait a moment and try again: nothing was lost."),
    (
        ": 500 ",
        "The connection to the database broke just as this was to be kept. It is not known whether it was done: look it \
         up before you do it again.",
    ),
];

#[test]
fn a_server_that_restarts_or_is_cut_off_in_mid_load_loses_nothing_and_is_found_again() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("city");
    let wire = Wire::to(server.port());
    let address = wire.leads_to(&server.database("city"), server.port());
    let city = City::open(&binary("issuer"), &data, Some(&address), Full::default(), 1).unwrap();
    let issuer = city.server();
    let browsers: Vec<_> = (0..DESKS).map(|desk| city.officer(desk)).collect();
    let (shown, wrong, closing) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()), AtomicBool::new(false));
    let cards = || shown.lock().unwrap().len();
    std::thread::scope(|scope| {
        // Where the story fails the desks end too.
        defer! {
            closing.store(true, Ordering::SeqCst);
            wire.set(Flow::All);
        }
        for (desk, mut browser) in browsers.into_iter().enumerate() {
            let (shown, wrong, closing) = (&shown, &wrong, &closing);
            scope.spawn(move || {
                for number in (desk * 10_000)..(desk + 1) * 10_000 {
                    if closing.load(Ordering::SeqCst) {
                        break;
                    }
                    let mut acknowledged = Vec::new();
                    let visited = visit(&mut browser, number, false, &mut acknowledged);
                    shown.lock().unwrap().append(&mut acknowledged);
                    if let Err(error) = visited {
                        wrong.lock().unwrap().push(error.to_string());
                    }
                }
            });
        }
        let cut = || {
            let told = wrong.lock().unwrap().len();
            wire.set(Flow::Cut);
            until("somebody is told of the cut", || wrong.lock().unwrap().len() > told);
        };
        let holds_back = || wire.set(Flow::NoAnswers);
        let faults: [&dyn Fn(); 4] =
            [&|| server.restart("fast"), &|| server.restart("immediate"), &cut, &holds_back];
        for fault in faults {
            let before = cards();
            until("cards are issued before it", || cards() >= before + ENOUGH);
            fault();
            wire.set(Flow::All);
            let before = cards();
            until("cards are issued after it", || cards() >= before + ENOUGH);
        }
    });
    let (shown, wrong) = (shown.into_inner().unwrap(), wrong.into_inner().unwrap());
    for said in &wrong {
        let clear = CLEAR.iter().any(|(status, words)| said.contains(status) && said.contains(words));
        assert!(clear, "{said}");
    }
    city.check(&shown).unwrap();
    assert_eq!(city.server(), issuer, "the same process served all along");
    println!(
        "two restarts and two faults of the wire under {DESKS} desks: {} cards, none lost; {} visits were told to try again",
        shown.len(),
        wrong.len()
    );
}

/// A migrated database, and the same through a wire.
fn wired(server: &Server) -> (Database, Database, Wire) {
    let direct = server.database("wired");
    let wire = Wire::to(server.port());
    let through = wire.leads_to(&direct, server.port());
    let open = |url: &str| Database::open(&DatabaseUrl::parse(url).unwrap()).unwrap();
    let direct = open(&direct);
    direct.migrate().unwrap();
    (direct, open(&through), wire)
}

fn tell(tx: &mut Tx<'_>, subject: &str) -> Result<(), DbError> {
    tx.audit(NewAuditEntry {
        at: issuer::edge::now(),
        actor: Actor::command_line("hall"),
        act: Act::BatchOpened,
        subject_kind: SubjectKind::Batch,
        subject: subject.to_owned(),
        reason: None,
    })?;
    Ok(())
}

/// The subjects of a log that is whole.
fn told(db: &Database) -> Vec<String> {
    db.read(|conn| {
        let entries = verify_chain(conn)?.unwrap().entries;
        let every = AuditFilter::default();
        let whole = every.stretch(conn)?;
        let all = every.oldest(conn, whole, 0, 1_000)?;
        assert_eq!(i64::try_from(all.len()).unwrap(), entries);
        Ok::<_, DbError>(all.into_iter().map(|entry| entry.subject).collect())
    })
    .unwrap()
}

#[test]
fn a_commit_without_an_answer_is_looked_up() {
    let Some(server) = Server::start() else { return };
    let (direct, through, wire) = wired(&server);
    std::thread::scope(|scope| {
        // Where the story fails, who waits for an answer ends too.
        defer!(wire.set(Flow::Cut));
        let done = scope.spawn(|| {
            through.write(|tx| {
                tell(tx, "kept")?;
                wire.set(Flow::NoAnswers);
                Ok::<_, DbError>(())
            })
        });
        let committed = "SELECT count(*) FROM audit_log";
        until("the server has committed", || server.sql("wired", committed).trim() == "1");
        wire.set(Flow::Cut);
        wire.set(Flow::All);
        done.join().unwrap().unwrap();
    });
    wire.set(Flow::All);
    assert_eq!(told(&direct), ["kept"]);
    // The commit itself does not arrive.
    let lost = through.write(|tx| {
        tell(tx, "lost")?;
        wire.set(Flow::Cut);
        wire.set(Flow::All);
        Ok::<_, DbError>(())
    });
    assert!(matches!(lost, Err(DbError::Lost)), "{lost:?}");
    through.write(|tx| tell(tx, "after")).unwrap();
    assert_eq!(told(&direct), ["kept", "after"]);
}

#[test]
fn a_commit_that_nobody_can_ask_about_is_not_known() {
    let Some(server) = Server::start() else { return };
    let (direct, through, wire) = wired(&server);
    let unknown = through.write(|tx| {
        tell(tx, "who knows")?;
        wire.set(Flow::Cut);
        Ok::<_, DbError>(())
    });
    assert!(matches!(unknown, Err(DbError::NotKnown)), "{unknown:?}");
    let refused = through.write(|tx| tell(tx, "nobody there"));
    assert!(matches!(refused, Err(DbError::Open(_))), "{refused:?}");
    let refused = through.read(|_| Ok::<_, DbError>(()));
    assert!(matches!(refused, Err(DbError::Open(_))), "{refused:?}");
    wire.set(Flow::All);
    through.write(|tx| tell(tx, "after")).unwrap();
    assert_eq!(told(&direct), ["after"]);
}

#[test]
fn a_writer_that_fell_silent_is_put_back_and_keeps_nobody_for_long() {
    let Some(server) = Server::start() else { return };
    let (direct, through, wire) = wired(&server);
    std::thread::scope(|scope| {
        defer!(wire.set(Flow::Cut));
        let silent = scope.spawn(|| {
            through.write(|tx| {
                tell(tx, "silent")?;
                wire.set(Flow::Nothing);
                Ok::<_, DbError>(())
            })
        });
        let holds = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'";
        until("the silent one holds the counter", || server.sql("wired", holds).trim() == "1");
        // Another issuer waits for it, but no longer than the server lets a silent transaction be.
        let began = Instant::now();
        direct.write(|tx| tell(tx, "another")).unwrap();
        let waited = began.elapsed();
        assert!(waited < Duration::from_secs(20), "{waited:?}");
        println!("an issuer fell silent in mid-write; another waited {:.1} s for it", waited.as_secs_f64());
        wire.set(Flow::All);
        let silent = silent.join().unwrap();
        assert!(matches!(silent, Err(DbError::Lost)), "{silent:?}");
    });
    wire.set(Flow::All);
    through.write(|tx| tell(tx, "after")).unwrap();
    assert_eq!(told(&direct), ["another", "after"]);
}

#[test]
fn a_lock_that_somebody_holds_is_waited_for_no_longer_than_said() {
    let Some(server) = Server::start() else { return };
    let direct = server.database("held");
    let short = format!("{direct}?options=-clock_timeout%3D200ms%20-cstatement_timeout%3D400ms");
    let open = |url: &str| Database::open(&DatabaseUrl::parse(url).unwrap()).unwrap();
    let (holder, waiter) = (open(&direct), open(&short));
    holder.migrate().unwrap();
    holder
        .write(|tx| {
            tell(tx, "holder")?;
            let refused = waiter.write(|tx| tell(tx, "waiter"));
            assert!(matches!(refused, Err(DbError::Busy)), "{refused:?}");
            Ok::<_, DbError>(())
        })
        .unwrap();
    let slow = waiter.read(|conn| {
        use diesel::connection::SimpleConnection as _;
        Ok::<_, DbError>(conn.batch_execute("SELECT pg_sleep(60)")?)
    });
    assert!(matches!(slow, Err(DbError::Busy)), "{slow:?}");
    waiter.write(|tx| tell(tx, "waiter")).unwrap();
    assert_eq!(told(&holder), ["holder", "waiter"]);
}
