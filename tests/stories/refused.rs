//! The database refuses one statement: the act does not happen, and what cannot be audited does not either.

use std::collections::BTreeSet;

use issuer::Issuer;
use issuer::db::act::Actor;
use issuer::db::card::{Card, CardState};
use issuer::db::card_status::CardStatus;
use issuer::db::officer::Role;
use issuer::db::visit::Station;
use issuer::db::{Id, Word as _};
use issuer::enrolment::Case;
use tests::hall::{Answer, Hall, on_postgres};
use tests::visit;

/// What `issuer issue` inserts and updates, in order, each with the cards that are left reserved where it is refused.
const STEPS: &[(Statement, usize)] = &[
    (Statement("INSERT", "batch", "TRUE"), 0),
    (Statement("UPDATE", "audit_counter", "TRUE"), 0),
    (Statement("INSERT", "audit_log", "TRUE"), 0),
    (Statement("INSERT", "status_list", "TRUE"), 0),
    (Statement("UPDATE", "status_list", "TRUE"), 0),
    (Statement("INSERT", "enrolment", "TRUE"), 0),
    (Statement("INSERT", "card", "TRUE"), 0),
    (Statement("INSERT", "audit_log", "NEW.act = 'cards_reserved'"), 0),
    (Statement("UPDATE", "card", "TRUE"), 3),
    (Statement("UPDATE", "enrolment", "TRUE"), 3),
    (Statement("INSERT", "audit_log", "NEW.act = 'cards_issued'"), 3),
];

/// A change of a table's rows, and of which rows.
#[derive(Debug)]
struct Statement(&'static str, &'static str, &'static str);

const REFUSED: &str = "the database refused a query: refused by a story";

fn issue(hall: &Hall) -> Answer {
    hall.issuer(&["issue", "--batch", "residents.csv", "--out", "cards.pdf", "--json"])
}

fn cards(hall: &Hall) -> Vec<Card> {
    visit::cards(&Issuer::open(&hall.file("city"), None).unwrap())
}

fn half_issued(hall: &Hall) -> usize {
    cards(hall).iter().filter(|card| card.state == CardState::Reserved).count()
}

/// A city of a story, whose database refuses a statement of `issue`, which then failed and reported nothing.
fn refused(story: &str, step: usize, statement: &Statement) -> Hall {
    let Statement(change, table, condition) = statement;
    let hall = Hall::new(&format!("{story}_{step}"));
    hall.write("residents.csv", "full_name\nAna Novak\nBo Ek\nCy Lee\n");
    hall.refuse_when(change, table, condition);
    let said = issue(&hall);
    assert_eq!((said.status, said.out.as_str()), (Some(1), ""), "{statement:?}");
    assert!(said.complaint.starts_with(&format!("issuer: {REFUSED}")), "{statement:?}: {}", said.complaint);
    assert!(!hall.file("cards.pdf").exists(), "{statement:?}");
    hall.allow(table);
    hall
}

#[test]
fn a_half_issued_card_is_found_and_revoked_whatever_was_refused() {
    for (step, (statement, reserved)) in STEPS.iter().enumerate() {
        let hall = refused("refused", step, statement);
        assert_eq!((cards(&hall).len(), half_issued(&hall)), (*reserved, *reserved), "{statement:?}");
        let said = hall.issuer(&["revoke", "--half-issued", "--reason", "interrupted"]).good().out;
        assert_eq!(said.matches("valid -> revoked").count(), *reserved, "{statement:?}");
        assert!(cards(&hall).iter().all(|card| card.status == CardStatus::Revoked));
        hall.issuer(&["audit", "verify"]).good();
        // Nobody is left without a card: the rows are issued anew.
        let new = hall
            .issuer(&["issue", "--batch", "residents.csv", "--out", "cards.pdf", "--json", "--again"])
            .status;
        hall.write("again.csv", "full_name\nBo Ek\nCy Lee\nAna Novak\n");
        let other = hall.issuer(&["issue", "--batch", "again.csv", "--out", "cards.pdf", "--json"]).good();
        assert_eq!(other.json().len(), 3);
        assert_eq!(new, Some(i32::from(*reserved > 0)), "{statement:?}");
    }
}

#[test]
fn a_refused_statement_can_be_made_up_for_by_the_same_file() {
    for (step, (statement, reserved)) in STEPS.iter().enumerate() {
        let hall = refused("made_up_for", step, statement);
        let before: BTreeSet<String> = cards(&hall).into_iter().map(|card| card.number).collect();
        let done: BTreeSet<String> = issue(&hall)
            .good()
            .json()
            .iter()
            .map(|card| card["number"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(done.len(), 3, "{statement:?}");
        assert!(before.is_subset(&done) && before.len() == *reserved, "{statement:?}");
        assert_eq!((cards(&hall).len(), half_issued(&hall)), (3, 0), "{statement:?}");
        hall.issuer(&["audit", "verify"]).good();
    }
}

#[test]
fn what_cannot_be_audited_does_not_happen() {
    let hall = Hall::new("not_audited");
    for (login, role) in [("amina", "registrar"), ("bo", "approver")] {
        let _ = hall.issuer(&["officer", "add", "--login", login, "--role", role]).good();
    }
    hall.make_backup_key();
    let cards = hall.issue("full_name\nAna Novak\nBo Ek\n");
    let [one, other] = [0, 1].map(|row| cards[row]["number"].as_str().unwrap());
    hall.issuer(&["suspend", other, "--reason", "lost"]).good();
    hall.publish("public");
    let published = hall.read("public/bundle.cbor");
    let keys = hall.issuer(&["key", "list", "--json"]).good();
    let kid =
        keys.json().iter().find(|key| key["use"] == "card").unwrap()["kid"].as_str().unwrap().to_owned();
    hall.write("new.csv", "full_name\nCy Lee\n");
    let soon = (issuer::edge::now().date_naive() + chrono::Duration::days(6)).to_string();
    let acts: &[&[&str]] = &[
        &["issue", "--batch", "new.csv", "--out", "new.pdf"],
        &["publish", "--out", "public"],
        &["publish", "--unsigned", "to-sign.cbor"],
        &["revoke", one, "--reason", "lost"],
        &["suspend", one, "--reason", "lost"],
        &["reinstate", other, "--reason", "found"],
        &["key", "new"],
        &["key", "rotate", "--now"],
        &["key", "compromise", &kid],
        &["key", "make-backup", "--out", "stick/second-key.txt"],
        &["backup", "--keys", "keys.backup"],
        &["officer", "add", "--login", "chen", "--role", "auditor"],
        &["officer", "disable", "--login", "amina"],
        &["requests", "about", one],
        &["requests", "destroy", one],
        &["requests", "add", "--received", "2026-11-24", "--kind", "subpoena"],
        &["retention", "hold", one, "--reason", "court_order", "--asked-by", "amina", "--approved-by", "bo"],
        &["retention", "keep", one, "--until", &soon, "--reason", "holder_asked"],
        &["audit", "export", "--out", "log.csv"],
        &["audit", "checkpoint"],
        &["restore", "--settle", "--published", "public"],
    ];
    hall.refuse("INSERT", "audit_log");
    let before = hall.held();
    for act in acts {
        let said = hall.issuer(act);
        assert_eq!(said.status, Some(1), "{act:?}: {}{}", said.out, said.complaint);
        assert_eq!(said.complaint, format!("issuer: {REFUSED}\n"), "{act:?}");
        assert_eq!(hall.held(), before, "{act:?} changed the database");
        for file in ["new.pdf", "to-sign.cbor", "keys.backup", "log.csv"] {
            assert!(!hall.file(file).exists(), "{act:?} made {file}");
        }
    }
    if !on_postgres() {
        assert_eq!(hall.issuer(&["backup", "city.backup"]).status, Some(1));
        assert!(!hall.file("city.backup").exists());
    }
    // A day that is past keeps its key and its records.
    let said = hall.issuer_at("+40d", &["retention", "run", "--even-though-clock-jumped"]);
    assert_eq!(said.complaint, format!("issuer: {REFUSED}\n"));
    assert_eq!(hall.held(), before);
    assert_eq!(hall.read("public/bundle.cbor"), published);
    hall.allow("audit_log");
    hall.issuer(&["audit", "verify"]).good();
    hall.issuer(&["retention", "verify"]).good();
    assert!(hall.issuer(&["requests", "about", one]).good().out.contains("Ana Novak"));
}

#[test]
fn a_visit_goes_on_after_every_statement_that_was_refused() {
    for (change, table) in [
        ("INSERT", "audit_log"),
        ("UPDATE", "audit_counter"),
        ("INSERT", "enrolment"),
        ("INSERT", "visit"),
        ("INSERT", "evidence_check"),
        ("INSERT", "card"),
        ("INSERT", "status_list"),
        ("INSERT", "print_job"),
        ("INSERT", "status_change"),
        ("UPDATE", "visit"),
        ("UPDATE", "enrolment"),
        ("UPDATE", "card"),
        ("UPDATE", "print_job"),
        ("UPDATE", "status_list"),
    ] {
        let hall = Hall::new(&format!("refused_visit_{}_{table}", change.to_lowercase()));
        let issuer = Issuer::open(&hall.file("city"), None).unwrap();
        let officer = Id::new(issuer::edge::new_id(issuer::edge::now()));
        let officer = Actor::officer(&officer, Role::Registrar, "desk-1");
        let go = |case: &Option<Case>| match case.as_ref().filter(|case| case.station != Station::Closed) {
            None => visit::begin(&issuer, &officer),
            Some(case) => visit::step(&issuer, case, &officer, &mut |_| {}),
        };
        let (mut case, mut refusals) = (None, 0);
        // A first card that comes out spoiled, then its replacement.
        while case.as_ref().is_none_or(|case: &Case| case.station != Station::Closed)
            || visit::cards(&issuer).len() < 3
        {
            hall.refuse(change, table);
            let gone = go(&case);
            hall.allow(table);
            case = Some(gone.unwrap_or_else(|error| {
                let said = error_chain(&error);
                assert!(said.contains("refused by a story"), "{change} {table}: {said}");
                refusals += 1;
                // What the step did before stands: the case is looked at anew.
                go(&visit::under_way(&issuer).or(case)).unwrap()
            }));
        }
        assert!(refusals > 0, "{change} {table} is no part of a visit");
        let statuses: Vec<_> = visit::cards(&issuer).iter().map(|card| card.status.as_str()).collect();
        assert_eq!(statuses, ["revoked", "revoked", "valid"], "{change} {table}");
        hall.issuer(&["audit", "verify"]).good();
        hall.issuer(&["retention", "verify"]).good();
    }
}

fn error_chain(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    said
}
