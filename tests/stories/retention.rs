//! Nothing to seize: once its day is past, nothing that the city has gives a resident's data back.

mod canaries;
mod memory;
pub(crate) mod search;

use std::fs;
use std::path::Path;

use chrono::{DateTime, Duration, Utc};
use issuer::Issuer;
use issuer::db::Id;
use issuer::db::card::Card;
use issuer::db::enrolment::Enrolment;
use issuer::keystore::open_record;
use issuer::retention::{self, Clock, Outcome, RetentionError};
use tests::hall::{Hall, on_postgres, restoring};

use crate::path::privacy::files_below;
use canaries::{Canary, HOW_MANY};
use search::Search;

/// How many canaries have a photo.
const PHOTOS: usize = 24;

fn enrolments(issuer: &Issuer) -> Vec<Enrolment> {
    let cards = issuer.db.read(|conn| Ok::<_, issuer::Error>(Card::all(conn)?)).unwrap();
    let ids: Vec<Id<Enrolment>> = cards.into_iter().map(|card| card.enrolment_id.unwrap()).collect();
    let find = |id| issuer.db.read(|conn| Ok::<_, issuer::Error>(Enrolment::find(conn, id)?));
    ids.iter().map(|id| find(id).unwrap().unwrap()).collect()
}

/// What a thief of the backup has: the folder without the keys of the days, and on PostgreSQL a dump.
fn back_up(hall: &Hall, to: &str) {
    let mut files = Vec::new();
    files_below(&hall.file("city"), &mut files);
    for file in files {
        let below = file.strip_prefix(hall.file("city")).unwrap();
        if !below.starts_with("keys/destroy-by") {
            hall.write(&format!("{to}/{}", below.display()), fs::read(&file).unwrap());
        }
    }
    if on_postgres() {
        let server = std::env::var("TEST_POSTGRES_URL").unwrap();
        let dump = hall.run("pg_dump", &["--inserts", "-n", "story_retention", "-d", &server]);
        assert!(dump.contains("INSERT INTO story_retention.enrolment"));
        hall.write(&format!("{to}/dump.sql"), dump);
    }
}

/// The program's own backups of city and keys; false on PostgreSQL, which is backed up by its own programs.
fn own_backup(hall: &Hall) -> bool {
    if on_postgres() {
        return false;
    }
    hall.make_backup_key();
    hall.back_up("backup/city.age", "backup/keys.age");
    true
}

/// Both of them opened, in a folder of its own.
fn restore(hall: &Hall) {
    hall.issuer(&restoring("backup/city.age", "backup/keys.age", "restored")).good();
    let restored = Issuer::open(&hall.file("restored"), None).unwrap();
    let sealed = enrolments(&restored).into_iter().filter(|one| one.sealed.is_some()).count();
    assert_eq!(sealed, HOW_MANY, "the backup has every record, sealed");
}

/// Searches every file below some folders; how many there were, and what was found.
fn search_files(search: &mut Search, folders: &[&Path]) -> usize {
    let mut files = Vec::new();
    for folder in folders {
        files_below(folder, &mut files);
    }
    for file in &files {
        search.file(file);
    }
    files.len()
}

/// A server's ticks, once a day, so that the clock is believed.
fn days_pass(issuer: &Issuer, start: DateTime<Utc>, days: std::ops::RangeInclusive<i64>) -> usize {
    let mut destroyed = 0;
    for day in days {
        match retention::tick(issuer, start + Duration::days(day)).unwrap() {
            Outcome::Done(report) => {
                destroyed += report.days.iter().map(|(_, records)| records).sum::<usize>();
            }
            Outcome::ClockJumped { .. } => panic!("day {day}"),
        }
    }
    destroyed
}

#[test]
fn a_thousand_canaries_leave_no_trace_once_their_day_is_past() {
    let hall = Hall::new("retention");
    let canaries: Vec<Canary> = (0..HOW_MANY).map(Canary::of).collect();
    for number in 0..PHOTOS {
        let photo = issuer::card::portrait::drawn(u64::try_from(number).unwrap()).unwrap();
        hall.write(&format!("photos/{number}.jpg"), photo);
    }
    hall.write("residents.csv", canaries::csv(&canaries, PHOTOS));
    fs::create_dir(hall.file("tmp")).unwrap();
    let answer = tests::hall::run(
        hall.issuer_command(&["issue", "--batch", "residents.csv", "--out", "cards.pdf"])
            .env("TMPDIR", hall.file("tmp"))
            .env("RUST_LOG", "debug"),
    );
    assert_eq!(answer.status, Some(0), "{}", answer.complaint);
    hall.write("logs/issue.log", answer.out + &answer.complaint);
    hall.publish("public");
    let issuer = Issuer::open(&hall.file("city"), None).unwrap();
    let before = enrolments(&issuer);
    assert_eq!(before.len(), HOW_MANY);

    // What is looked for: what the records themselves hold, photos as they are kept.
    let mut search = Search::default();
    let mut opened = 0;
    for (canary, enrolment) in canaries.iter().zip(&before) {
        let record = retention::open(&issuer, enrolment).unwrap();
        let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
        let name = record["resident"]["full_name"].as_str().unwrap();
        let canary = canaries.iter().find(|one| one.full_name == name).unwrap_or(canary);
        opened += usize::from(canary.full_name == name);
        search.look_for_text(&canary.surname);
        search.look_for_text(&canary.birth_date);
        search.look_for_text(&canary.birth_date.replace('-', ""));
        search.look_for_text(&canary.street);
        if let Some(photo) = record["portrait_jpeg"].as_str() {
            search.look_for_photo(photo);
        }
    }
    assert_eq!(opened, HOW_MANY, "with the keys, each opens");
    search.proves_that_it_finds(&canaries[0], &canaries[HOW_MANY - 1]);

    back_up(&hall, "backup");
    let has_own = own_backup(&hall);
    let [city, backup, public, logs, tmp] =
        ["city", "backup", "public", "logs", "tmp"].map(|name| hall.file(name));
    let everywhere = [&city, &backup, &public, &logs, &tmp].map(std::path::PathBuf::as_path);
    let sealed_files = search_files(&mut search, &everywhere);
    assert_eq!(search.found(), [""; 0], "sealed, before the day");

    let start = before[0].created_at.utc();
    assert_eq!(days_pass(&issuer, start, 0..=30), 0, "not before the day is past");
    assert_eq!(days_pass(&issuer, start, 31..=31), HOW_MANY);
    back_up(&hall, "backup-after");
    let [after, restored] = ["backup-after", "restored"].map(|name| hall.file(name));
    let mut everywhere = [everywhere.as_slice(), &[after.as_path()]].concat();
    if has_own {
        restore(&hall);
        everywhere.push(&restored);
    }
    let files = search_files(&mut search, &everywhere);
    assert_eq!(search.found(), [""; 0]);

    // Every key that is left, and every record as the backup has it.
    let mut attempts = 0;
    let keys: Vec<_> = issuer.keystore.destroy_by_days().unwrap();
    assert!(!keys.is_empty());
    for day in keys {
        let key = issuer.keystore.find_destroy_by_key(day).unwrap().unwrap();
        for one in &before {
            let (sealed, wrapped) = (one.sealed.as_ref().unwrap(), one.wrapped_key.as_ref().unwrap());
            assert!(open_record(sealed, wrapped, &key, one.id.as_str()).is_err());
            attempts += 1;
        }
    }
    for one in &before {
        assert!(matches!(retention::open(&issuer, one), Err(RetentionError::Gone)));
    }
    assert!(enrolments(&issuer).iter().all(|one| one.sealed.is_none() && one.wrapped_key.is_none()));

    let verified = retention::verify(&issuer, start + Duration::days(31)).unwrap().unwrap();
    assert_eq!(verified.records, i64::try_from(HOW_MANY).unwrap());
    let officers_own = own_files(&hall, &mut search);
    println!(
        "{HOW_MANY} canaries in {} scripts, {PHOTOS} with photos: {} forms looked for in {sealed_files} files before \
         and {files} after the day, {} bytes and {} inflated streams: 0 found; {attempts} attempts to open with every key \
         that is left: 0 opened; {} receipts of {} records. The officer's own files, which the city must destroy itself: \
         {}.",
        canaries::SCRIPTS.len(),
        search.forms(),
        search.bytes(),
        search.streams(),
        verified.receipts,
        verified.records,
        officers_own.join(", ")
    );
}

/// The files that are the officer's own: what was given in, and what was printed. In these the search does find.
fn own_files(hall: &Hall, search: &mut Search) -> Vec<&'static str> {
    search.file(&hall.file("residents.csv"));
    let found = search.found();
    assert!(found.len() >= 3 * HOW_MANY, "names, birth dates and streets: {}", found.len());
    assert!(hall.file("cards.pdf").exists() && hall.file("photos/0.jpg").exists());
    vec!["residents.csv", "photos", "cards.pdf"]
}

#[test]
fn the_commands_say_what_they_do() {
    let hall = Hall::new("retention_commands");
    let cards = hall.issue("full_name,address\nAna Novak,Kastanienallee 77\nBo Ek,\n");
    let number = |row: usize| cards[row]["number"].as_str().unwrap();
    for (login, role) in [("amina", "registrar"), ("bo", "approver")] {
        let _ = hall.issuer(&["officer", "add", "--login", login, "--role", role]).good();
    }
    let said = hall.issuer(&["retention", "run"]).good().out;
    assert!(said.starts_with("Nothing was due.\n"), "{said}");
    let said = hall.issuer(&["retention", "status"]).good().out;
    assert!(said.contains("      2 records due"), "{said}");
    let said = hall.issuer(&["retention", "verify"]).good().out;
    assert!(said.starts_with("0 receipts of 0 records"), "{said}");

    let hold = |first: &str, second: &str| {
        let two = ["--asked-by", first, "--approved-by", second];
        let hold = ["retention", "hold", number(0), "--reason", "court_order"];
        hall.issuer(&[hold.as_slice(), &two].concat())
    };
    let same = hold("bo", "bo");
    assert_eq!(same.status, Some(1));
    assert!(same.complaint.contains("this takes two officers"), "{}", same.complaint);
    let role = hold("bo", "amina");
    assert!(role.complaint.contains("approvers or custodians"), "{}", role.complaint);
    let said = hold("amina", "bo").good().out;
    assert!(said.contains(&format!("{}: held", number(0))), "{said}");
    let holds = hall.issuer(&["retention", "holds"]).good().out;
    let standing = holds.lines().find(|line| line.contains("standing")).unwrap();
    let id = standing.split_whitespace().next().unwrap();
    let wish = hall.issuer(&["requests", "destroy", number(0)]);
    assert!(wish.complaint.contains("a hold keeps the record"), "{}", wish.complaint);
    let release = ["retention", "release", id, "--asked-by", "amina", "--approved-by", "bo"];
    let said = hall.issuer(&release).good().out;
    assert!(said.starts_with("Released: 1 records go on their own day again"), "{said}");

    let about = hall.issuer(&["requests", "about", number(0)]).good().out;
    assert!(about.contains("resident.address: Kastanienallee 77"), "{about}");
    let _ = hall.issuer(&["requests", "destroy", number(0)]).good();
    let about = hall.issuer(&["requests", "about", number(0)]).good().out;
    assert!(about.contains("Personal data: none; it was destroyed."), "{about}");
    let said = hall.issuer(&["retention", "verify"]).good().out;
    assert!(said.starts_with("1 receipts of 1 records"), "{said}");

    let today = issuer::edge::now().date_naive().to_string();
    let add = ["requests", "add", "--received", &today, "--kind", "subpoena", "--reference", "2026/17"];
    let said = hall.issuer(&add).good().out;
    let id = said.trim().trim_start_matches("Entered as ").trim_end_matches('.');
    let _ = hall.issuer(&["requests", "answer", id, "--answer", "nothing_held"]).good();
    let said = hall.issuer(&["requests", "count", "--from", &today, "--to", &today]).good().out;
    assert_eq!(said.split_whitespace().collect::<Vec<_>>(), ["subpoena", "nothing_held", "1"]);
    let items = hall.issuer(&["inventory", "--json"]).good().json();
    let sealed = items.iter().find(|item| item["field"] == "sealed").unwrap();
    assert_eq!((&sealed["count"], &sealed["kind"]), (&1.into(), &"sealed".into()));
    let said = hall.issuer(&["inventory"]).good().out;
    assert!(!said.contains("NOT KNOWN") && said.contains("everything the resident said"), "{said}");

    let _ = hall.issuer(&["audit", "checkpoint", "--out", "checkpoints.txt"]).good();
    let said = hall.issuer(&["audit", "verify", "--checkpoints", "checkpoints.txt"]).good().out;
    assert!(said.contains("none changed, missing or reordered"), "{said}");
    let said = hall.issuer(&["audit", "export", "--out", "log.csv", "--act", "hold_begun"]).good().out;
    assert!(said.starts_with("2 entries"), "{said}");
    let far = Issuer::open(&hall.file("city"), None).unwrap();
    let day = |days| issuer::edge::now() + Duration::days(days);
    let actor = issuer::db::act::Actor::command_line("hall");
    assert!(matches!(retention::tick(&far, day(400)).unwrap(), Outcome::ClockJumped { .. }));
    assert!(matches!(retention::run(&far, Clock::Confirmed, &actor, day(400)).unwrap(), Outcome::Done(_)));
    let about = hall.issuer(&["requests", "about", number(1)]).good().out;
    assert!(about.contains("Personal data: none"), "{about}");
}
