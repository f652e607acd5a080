//! Two visits at the desk die at each of their steps and go on: a first card that the printer spoils, and a replacement.
//!
//! What dies is this program, started again as a desk: there a clock and an officer are arguments.

use std::path::Path;
use std::process::Command;

use issuer::Issuer;
use issuer::db::card::CardState;
use issuer::db::card_status::CardStatus;
use issuer::db::print_job::PrintOutcome;
use issuer::db::visit::Station;
use issuer::db::{Id, act::Actor, officer::Role};
use issuer::enrolment::{self, Case, Wanted, print};
use shared::evidence::AddressKind;

use super::points::DESK;
use super::stage::{Stage, died};

const FOLDER: &str = "STORY_DESK";

/// The desk as a process of its own.
fn desk(stage: &Stage) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let child = "crash::desk::child";
    command.args([child, "--exact", "--ignored", "--nocapture"]).env(FOLDER, stage.hall.file("city"));
    command
}

#[test]
#[ignore = "not a story: the desk that the story below starts"]
fn child() {
    let folder = std::env::var(FOLDER).unwrap();
    let issuer = Issuer::open(Path::new(&folder), None).unwrap();
    let officer = Actor::officer(&Id::new(issuer::edge::new_id(now())), Role::Registrar, "desk-1");
    let first = match enrolment::queue::queue(&issuer, None, 0, now()).unwrap().cases.first() {
        Some(waiting) => enrolment::find(&issuer, &waiting.id, now()).unwrap(),
        None => begin(&issuer, &officer),
    };
    visit(&issuer, first, &officer);
    if of_desk(&issuer).len() < 3 {
        let second = begin(&issuer, &officer);
        visit(&issuer, second, &officer);
    }
}

fn now() -> chrono::DateTime<chrono::Utc> {
    issuer::edge::now()
}

/// The numbers of the cards that are good.
fn of_desk(issuer: &Issuer) -> Vec<issuer::db::card::Card> {
    issuer.db.read(|conn| Ok::<_, issuer::Error>(issuer::db::card::Card::all(conn)?)).unwrap()
}

/// A first card where there is none, else a replacement for the one that is good.
fn begin(issuer: &Issuer, officer: &Actor) -> Case {
    let cards = of_desk(issuer);
    let good = cards.iter().find(|card| card.status == CardStatus::Valid).map(|card| card.number.clone());
    let wanted = good.as_deref().map_or(Wanted::New, Wanted::Replacement);
    enrolment::begin(issuer, wanted, officer, now()).unwrap()
}

/// Goes on with a case from where it stands to the hand-over.
fn visit(issuer: &Issuer, mut case: Case, officer: &Actor) {
    while case.station != Station::Closed {
        case = step(issuer, &case, officer);
    }
}

fn step(issuer: &Issuer, case: &Case, officer: &Actor) -> Case {
    let seen = case.seen();
    match case.station {
        Station::Check => {
            let case = enrolment::save(issuer, seen, officer, now(), typed).unwrap();
            enrolment::finish_check(issuer, case.seen(), officer, now()).unwrap()
        }
        Station::Person => enrolment::go(issuer, seen, Station::Photo, officer, now()).unwrap(),
        Station::Photo => enrolment::go(issuer, seen, Station::Review, officer, now()).unwrap(),
        Station::Review => {
            let confirm = |draft: &mut enrolment::Draft| draft.confirmed = draft.lines();
            let case = enrolment::save(issuer, seen, officer, now(), confirm).unwrap();
            let another = Some(enrolment::WhyAnother::Lost).filter(|_| case.earlier.is_some());
            let made = enrolment::issue(issuer, case.seen(), another, officer, now()).unwrap();
            report(&made);
            made.case
        }
        Station::Print => {
            let (case, job) = print::queue(issuer, seen, officer, now()).unwrap();
            let jobs = print::jobs(issuer, &case.id).unwrap();
            let spoiled = jobs.iter().any(|job| job.outcome == Some(PrintOutcome::Spoiled));
            let first = case.earlier.is_none();
            let outcome = if first && !spoiled { PrintOutcome::Spoiled } else { PrintOutcome::Printed };
            let case = print::outcome(issuer, case.seen(), &job.id, outcome, officer, now()).unwrap();
            let made = print::printable(issuer, &case.id, officer, now()).unwrap();
            report(&made);
            case
        }
        Station::Scan => {
            let made = print::printable(issuer, &case.id, officer, now()).unwrap();
            enrolment::scan(issuer, seen, &made.card.service_qr, officer, now()).unwrap().0
        }
        Station::HandOver => enrolment::hand_over(issuer, seen, officer, now()).unwrap().case,
        station => panic!("{station:?}"),
    }
}

fn typed(draft: &mut enrolment::Draft) {
    draft.evidence = vec!["passport".to_owned(), "utility-bill".to_owned()];
    draft.address_kind = Some(AddressKind::Street);
    draft.address = "Quetzalstrasse 7".to_owned();
    draft.full_name = "Ana Novak".to_owned();
    (draft.birth_day, draft.birth_month) = ("9".to_owned(), "3".to_owned());
    draft.birth_year = "1988".to_owned();
}

/// What the desk acknowledges.
fn report(made: &enrolment::Made) {
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
