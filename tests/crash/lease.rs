//! A server dies or stands still in the middle of scheduled work: another takes it over, and the first does nothing
//! twice. The lease is two seconds here.

use std::fs::File;
use std::process::Command;

use issuer::Issuer;
use issuer::db::act::Act;
use issuer::db::audit_find::count_of_act;
use issuer::db::lease::Task;
use issuer::db::publication::Publication;
use tests::hall::beside::Beside;
use tests::hall::{Hall, binary, run, until};
use tests::stage::{Stage, whole};

/// A day after the one on which an enrolment that went nowhere is due.
const PAST: &str = "+31d";

/// A city with three records that are due on the day before [`PAST`], and a clock that was seen to come there.
fn due(story: &str) -> Stage {
    let stage = Stage::new(story);
    let _ = stage.hall.issue("full_name\nAna Novak\nBo Ek\nCy Lee\n");
    for day in ["+9d", "+18d", "+27d"] {
        stage.hall.issuer_at(day, &["retention", "run"]).good();
    }
    stage
}

/// A server whose clock stands at [`PAST`].
fn serve(hall: &Hall, point: Option<&str>) -> Beside {
    let program = binary(if point.is_some() { "issuer-crash-points" } else { "issuer" });
    let mut command = hall.command_at(PAST, &program, &["serve", "--listen", "127.0.0.1:0", "--lease", "2"]);
    // Threads wait by the machine's own clock.
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    command.envs(point.map(|point| ("ISSUER_CRASH_POINT", point)));
    Beside::start(&mut command)
}

/// Whether no write is under way. What renews a lease beside the work may stand still in the middle of one: then nobody
/// can write until it goes on, and there is nothing to take over.
fn nobody_writes(hall: &Hall) -> bool {
    let Some(database) = hall.address() else {
        return File::open(hall.file("city/city.db-turn")).unwrap().try_lock().is_ok();
    };
    let counter = "SELECT value FROM audit_counter FOR UPDATE NOWAIT";
    run(Command::new("psql").args(["-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", counter])).status
        == Some(0)
}

fn open(hall: &Hall) -> Issuer {
    Issuer::open(&hall.file("city"), None).unwrap()
}

fn counts(hall: &Hall) -> [i64; 4] {
    let acts = [Act::DestructionBegun, Act::EnrolmentsDestroyed, Act::ReceiptSigned, Act::WorkTakenOver];
    let issuer = open(hall);
    acts.map(|act| issuer.db.read(|conn| Ok::<_, issuer::Error>(count_of_act(conn, act)?)).unwrap())
}

/// The process that is at the hour's work.
fn at_work(issuer: &Issuer) -> Option<u32> {
    let holder = issuer.db.lease(Task::Hourly).unwrap()?.holder?;
    holder.split('-').next().unwrap().parse().ok()
}

/// How many days were destroyed whose receipt was signed: the days before had no record, and the last has three.
fn days_done(hall: &Hall) -> i64 {
    let [begun, destroyed, signed, _] = counts(hall);
    assert_eq!((begun, destroyed), (signed, signed));
    signed
}

#[test]
fn a_server_that_dies_in_its_work_is_taken_over_from() {
    let stage = due("lease_dies");
    let before = days_done(&stage.hall);
    let mut dies = serve(&stage.hall, Some("destroy.key_gone"));
    assert_eq!(dies.ended().code(), None, "by the signal");
    let issuer = open(&stage.hall);
    assert_eq!(at_work(&issuer), Some(dies.process()), "its lease stands");

    let other = serve(&stage.hall, None);
    until("the other is through", || issuer.db.lease(Task::Hourly).unwrap().unwrap().holder.is_none());
    drop(other);
    assert_eq!(counts(&stage.hall)[3], 1);
    assert!(days_done(&stage.hall) > before);
    let said = stage.hall.issuer_at(PAST, &["retention", "verify"]).good().out;
    assert!(said.contains(" receipts of 3 records"), "{said}");
    whole(&stage.hall, "city", PAST);
}

#[test]
fn a_server_that_stood_still_comes_back_and_does_nothing_twice() {
    for point in ["destroy.begun", "destroy.key_gone", "destroy.erased", "receipt.signed"] {
        let (stage, still) = loop {
            let stage = due(&format!("lease_{}", point.replace('.', "_")));
            let still = serve(&stage.hall, Some(&format!("stop:{point}")));
            still.stopped();
            if nobody_writes(&stage.hall) {
                break (stage, still);
            }
        };
        let issuer = open(&stage.hall);
        assert_eq!(at_work(&issuer), Some(still.process()), "{point}");
        let other = serve(&stage.hall, None);
        until("the other is through", || issuer.db.lease(Task::Hourly).unwrap().unwrap().holder.is_none());
        let done = counts(&stage.hall);
        assert_eq!(done[3], 1, "{point}");

        still.signal("CONT");
        let _ = still.says("this server was silent for too long");
        drop((still, other));
        assert_eq!(counts(&stage.hall), done, "{point}");
        let said = stage.hall.issuer_at(PAST, &["retention", "verify"]).good().out;
        assert!(said.contains(" receipts of 3 records"), "{point}: {said}");
        whole(&stage.hall, "city", PAST);
    }
}

#[test]
fn a_publication_that_stood_still_leaves_no_older_files() {
    for point in ["publish.numbered", "file.ready:s/1", "file.ready:public/trust-list.cbor"] {
        let arguments = ["publish", "--watch", "--out", "public", "--every", "1", "--lease", "2"];
        let (stage, cards, still) = loop {
            let mut stage = Stage::new(&format!("lease_{}", point.replace(['.', ':', '/', '-'], "_")));
            let cards = stage.hall.issue("full_name\nAna Novak\nBo Ek\n");
            stage.note(&cards[0].to_string());
            let mut command = stage.hall.command_of(&binary("issuer-crash-points"), &arguments);
            let still = Beside::start(command.env("ISSUER_CRASH_POINT", format!("stop:{point}")));
            still.stopped();
            if nobody_writes(&stage.hall) {
                break (stage, cards, still);
            }
        };
        let number = cards[0]["number"].as_str().unwrap();

        stage.hall.issuer(&["revoke", number, "--reason", "lost"]).good();
        let other = Beside::start(&mut stage.hall.issuer_command(&arguments));
        let _ = other.says("Published trust list 2, 1 status lists");
        still.signal("CONT");
        let _ = still.says("this one was silent for too long");
        // Whatever the first has put over it is put right.
        let issuer = open(&stage.hall);
        let done = || issuer.db.lease(Task::Publish).unwrap().is_some_and(|lease| lease.done_at.is_some());
        until("all is published", done);
        for watch in [&still, &other] {
            watch.signal("TERM");
        }
        let highest = issuer.db.read(|conn| Ok::<_, issuer::Error>(Publication::highest(conn)?)).unwrap();
        assert_eq!(highest, 3, "{point}");
        stage.hall.verifier(&["trust", "--bundle", "public/bundle.cbor"]).good();
        let code = format!("{}\n", cards[0]["service_qr"].as_str().unwrap());
        let said = stage.hall.check_lines(&["--desk", "library"], &code).json();
        assert_eq!(said[0]["reason"], "revoked", "{point}");
        stage.whole();
    }
}
