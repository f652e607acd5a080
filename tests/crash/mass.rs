//! A mass revocation dies at each of its steps and goes on: each card is revoked once, and told once.
//!
//! What dies is this program, started again: two officers are arguments there.

use std::path::Path;
use std::process::Command;

use issuer::Issuer;
use issuer::db::Id;
use issuer::db::act::Actor;
use issuer::db::card::Card;
use issuer::db::card_status::CardStatus;
use issuer::db::mass_revocation::{ChosenBy, MassState};
use issuer::db::officer::Role;
use issuer::edge;
use issuer::revocation::mass::{self, Agreed, Choice};
use tests::hall::again;
use tests::stage::{Stage, died};

use crate::points::MASS;

const FOLDER: &str = "STORY_MASS";
const CARDS: usize = 5;
/// Cards of a step.
const STEP: u32 = 2;

fn officers(stage: &Stage) -> Command {
    let mut command = again("mass::child");
    command.env(FOLDER, stage.hall.file("city"));
    command
}

#[test]
#[ignore = "not a story: the two officers that the story below starts"]
fn child() {
    let issuer = Issuer::open(Path::new(&std::env::var(FOLDER).unwrap()), None).unwrap();
    let now = edge::now();
    let officer = |role| Actor::officer(&Id::new(edge::new_id(now)), role, "desk-1");
    let cards = issuer.db.read(|conn| Ok::<_, issuer::Error>(Card::all(conn)?)).unwrap();
    let choice = Choice { by: ChosenBy::Key, which: &cards[0].kid, since: None };
    loop {
        let next = match mass::all(&issuer).unwrap().pop() {
            None => mass::ask(&issuer, &choice, "key_stolen", &officer(Role::Approver), now),
            Some(asked) if asked.state == MassState::Asked => {
                mass::decide(&issuer, &asked.id, Agreed::Yes, &officer(Role::Custodian), now)
            }
            Some(mass) => mass::step(&issuer, &mass.id, STEP, &officer(Role::Custodian), now),
        };
        if next.unwrap().state == MassState::Done {
            return;
        }
    }
}

fn revoked(stage: &Stage) -> usize {
    stage.cards().iter().filter(|card| card.status == CardStatus::Revoked).count()
}

#[test]
fn a_mass_revocation_that_dies_goes_on_and_doubles_nothing() {
    for point in MASS {
        let mut stage = Stage::new(&format!("crash_{}", point.replace('.', "_")));
        for card in stage.hall.issue("full_name\nAna Novak\nBo Ek\nCy Lee\nDee Ray\nEli Fox\n") {
            stage.note(&card.to_string());
        }
        died(officers(&stage), point);
        stage.whole();
        assert_eq!(revoked(&stage), if *point == "mass.stepped" { 2 } else { 0 }, "{point}");
        let done = tests::hall::run(officers(&stage).env("ISSUER_CRASH_POINT", "none"));
        assert_eq!(done.status, Some(0), "{point}: {}{}", done.out, done.complaint);
        stage.whole();
        assert_eq!(revoked(&stage), CARDS, "{point}");
        let told = ["audit", "export", "--out", "log.csv", "--act", "card_revoked"];
        let said = stage.hall.issuer(&told).good().out;
        assert!(said.starts_with(&format!("{CARDS} entries")), "{point}: {said}");
        let verdicts = stage.verdicts();
        assert_eq!(verdicts.len(), CARDS);
        assert!(verdicts.values().all(|verdict| verdict == "not_valid: revoked"), "{point}: {verdicts:?}");
    }
}
