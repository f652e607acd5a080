//! An issuer goes on beside a newer one that has added to the tables: `migrations/README.md` says what may be added.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use issuer::Issuer;
use issuer::db::act::Actor;
use issuer::db::card::CardState;
use issuer::db::officer::Role;
use scopeguard::defer;
use tests::desk::Desk;
use tests::hall::{Hall, until, within};
use tests::load::visit;

/// What a newer version would add.
const ADDED: [&str; 6] = [
    "ALTER TABLE card ADD COLUMN added_note TEXT",
    "ALTER TABLE enrolment ADD COLUMN added_count BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE audit_log ADD COLUMN added_place TEXT",
    "CREATE TABLE added_thing (id TEXT PRIMARY KEY NOT NULL, card_id TEXT NOT NULL REFERENCES card (id))",
    "CREATE INDEX added_card_desk ON card (desk)",
    "INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000001')",
];

#[test]
fn an_issuer_goes_on_beside_a_newer_one() {
    let hall = Hall::new("side_by_side");
    // One that was open before, and has asked everything of the tables once.
    let opened = Issuer::open(&hall.file("city"), None).unwrap();
    let actor = Actor::command_line("hall");
    let issue =
        |name: &str| within::issue(&opened, name, &actor, issuer::edge::now()).draft.number().to_owned();
    let before = issue("Ana Novak");

    for added in ADDED {
        hall.sql(added, added);
    }
    let after = issue("Bo Ek");
    // And one that is opened only now.
    let new = hall.issue("full_name\nCy Lee\n");
    for number in [before.as_str(), after.as_str(), new[0]["number"].as_str().unwrap()] {
        hall.issuer(&["revoke", number, "--reason", "lost"]).good();
    }
    hall.publish_and_trust();
    assert_eq!(hall.issuer(&["migrate"]).good().out, "The database is up to date.\n");
    hall.issuer(&["audit", "verify"]).good();
    hall.issuer(&["retention", "verify"]).good();
    let said = hall.issuer(&["inventory"]).good().out;
    assert!(
        said.contains("added_note"),
        "a field that this version does not know is named all the same: {said}"
    );
    assert_eq!(tests::visit::cards(&opened).len(), 3);
    // But what it could not look after it does not bring back.
    if hall.address().is_none() {
        hall.issuer(&["key", "make-backup", "--out", "backup-key.txt"]).good();
        hall.issuer(&["backup", "city.backup"]).good();
        hall.issuer(&["backup", "--keys", "keys.backup"]).good();
        let keys = ["--keys", "keys.backup", "--identity", "backup-key.txt", "--to", "restored"];
        let refused = hall.issuer(&[&["restore", "city.backup"], &keys[..]].concat());
        let newer = "the backup is of a newer program, whose database has the change 20990101000001; restore it with that \
                     program";
        assert_eq!(refused.status, Some(1));
        assert!(refused.complaint.contains(newer), "{}", refused.complaint);
    }
}

#[test]
fn desks_work_on_while_a_newer_one_changes_the_tables() {
    const DESKS: usize = 4;
    let hall = Hall::new("side_by_side_at_work");
    let desk = Desk::open(&hall, &[]);
    let officer = |number| desk.officer(&hall, &format!("officer-{number}"), Role::Registrar);
    let officers: Vec<_> = (0..DESKS).map(officer).collect();
    let (shown, closing) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    std::thread::scope(|scope| {
        defer!(closing.store(true, Ordering::SeqCst));
        for (desk, mut browser) in officers.into_iter().enumerate() {
            let (shown, closing) = (&shown, &closing);
            scope.spawn(move || {
                for number in (0..).take_while(|_| !closing.load(Ordering::SeqCst)) {
                    let mut new = Vec::new();
                    visit(&mut browser, desk * 10_000 + number, false, &mut new).unwrap();
                    shown.lock().unwrap().append(&mut new);
                }
            });
        }
        let cards = || shown.lock().unwrap().len();
        for added in ADDED {
            let before = cards();
            until("a card is issued", || cards() > before);
            hall.sql(&format!("PRAGMA busy_timeout = 20000; {added}"), added);
        }
        let before = cards();
        until("every desk goes on", || cards() >= before + 2 * DESKS);
    });
    drop(desk);
    let issuer = Issuer::open(&hall.file("city"), None).unwrap();
    let cards = tests::visit::cards(&issuer);
    assert!(cards.iter().all(|card| card.state == CardState::Issued));
    let there: BTreeSet<String> = cards.into_iter().map(|card| card.number).collect();
    let shown: BTreeSet<String> = shown.into_inner().unwrap().into_iter().collect();
    assert!(shown.is_subset(&there), "{shown:?}, {there:?}");
    hall.issuer(&["audit", "verify"]).good();
}
