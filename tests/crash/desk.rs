//! Two visits at the desk die at each of their steps and go on: a first card that the printer spoils, and a replacement.
//!
//! What dies is this program, started again as a desk: there a clock and an officer are arguments.

use std::path::Path;
use std::process::Command;

use issuer::Issuer;
use issuer::db::card::CardState;
use issuer::db::card_status::CardStatus;
use issuer::db::visit::Station;
use issuer::db::{Id, act::Actor, officer::Role};
use issuer::enrolment::Made;
use tests::hall::again;
use tests::stage::{Stage, died};
use tests::visit;

use crate::points::DESK;

const FOLDER: &str = "STORY_DESK";

/// The desk as a process of its own.
fn desk(stage: &Stage) -> Command {
    let mut command = again("desk::child");
    command.env(FOLDER, stage.hall.file("city"));
    command
}

#[test]
#[ignore = "not a story: the desk that the story below starts"]
fn child() {
    let folder = std::env::var(FOLDER).unwrap();
    let issuer = Issuer::open(Path::new(&folder), None).unwrap();
    let officer =
        Actor::officer(&Id::new(issuer::edge::new_id(issuer::edge::now())), Role::Registrar, "desk-1");
    let mut case = visit::under_way(&issuer).unwrap_or_else(|| visit::begin(&issuer, &officer).unwrap());
    loop {
        while case.station != Station::Closed {
            case = visit::step(&issuer, &case, &officer, &mut report).unwrap();
        }
        if visit::cards(&issuer).len() == 3 {
            return;
        }
        case = visit::begin(&issuer, &officer).unwrap();
    }
}

/// What the desk acknowledges.
fn report(made: &Made) {
    let (number, code) = (made.card.draft.number(), &made.card.service_qr);
    println!("\n{}", serde_json::json!({ "number": number, "service_qr": code }));
}

#[test]
fn a_visit_that_dies_goes_on_and_ends_with_one_good_card() {
    for point in DESK {
        let mut stage = Stage::new(&format!("crash_{}", point.replace('.', "_")));
        let died = died(desk(&stage), point);
        stage.note(&died.out);
        stage.whole();
        let done = tests::hall::run(desk(&stage).env("ISSUER_CRASH_POINT", "none"));
        assert_eq!(done.status, Some(0), "{point}: {}{}", done.out, done.complaint);
        stage.note(&done.out);
        stage.whole();
        let cards = stage.cards();
        assert!(cards.iter().all(|card| card.state == CardState::Issued), "{point}");
        // The one that was spoiled, the one that was replaced, and the good one.
        let statuses: Vec<_> = cards.iter().map(|card| card.status).collect();
        assert_eq!(statuses, [CardStatus::Revoked, CardStatus::Revoked, CardStatus::Valid], "{point}");
        let verdicts = stage.verdicts();
        for card in &cards {
            let expected = if card.status == CardStatus::Valid { "valid" } else { "not_valid: revoked" };
            if let Some(verdict) = verdicts.get(&card.number) {
                assert_eq!(verdict, expected, "{point}");
            }
        }
        assert_eq!(verdicts.len(), stage.reported.len());
        assert!(verdicts.contains_key(&cards[2].number), "{point}");
    }
}
