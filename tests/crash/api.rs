//! A card that another program asks for: the issuer dies at each of its steps, and the same call finds its one card.
//!
//! What dies is this program, started again as the server: there the token and the clock are arguments.

use std::path::Path;
use std::process::Command;

use issuer::db::act::Actor;
use issuer::db::card::CardState;
use issuer::issuance::Application;
use issuer::programs::{self, Asked, RequestKey, Wanted};
use issuer::resident::{Resident, Typed};
use issuer::{Issuer, batch};
use tests::hall::again;
use tests::stage::{Stage, died};

use crate::points::API;

const FOLDER: &str = "STORY_API";
const NAME: &str = "Ana Novak";

fn server(stage: &Stage) -> Command {
    let mut command = again("api::child");
    command.env(FOLDER, stage.hall.file("city"));
    command
}

#[test]
#[ignore = "not a story: the server that the story below starts"]
fn child() {
    let issuer = Issuer::open(Path::new(&std::env::var(FOLDER).unwrap()), None).unwrap();
    let token = programs::list(&issuer).unwrap().into_iter().next().unwrap();
    let now = issuer::edge::now();
    let typed = Typed { full_name: NAME, ..Typed::default() };
    let resident = Resident::parse(&typed, &issuer.city, now.date_naive()).unwrap();
    let asked = Asked {
        application: Application { resident, pictures: None },
        another: None,
        key: RequestKey::of(&issuer, &token.id, "one-key-for-this-card", [NAME.as_bytes()]).unwrap(),
    };
    let press = batch::press(&issuer).unwrap();
    let actor = Actor::program(&token.id, &token.desk);
    let made = programs::issue(&issuer, &press, &asked, &actor, now).unwrap();
    println!("\n{}", serde_json::json!({ "number": made.card.number, "service_qr": made.signed.service_qr }));
}

#[test]
fn a_call_that_dies_finds_its_one_card() {
    for point in API {
        let mut stage = Stage::new(&format!("crash_{}", point.replace('.', "_")));
        let issuer = Issuer::open(&stage.hall.file("city"), None).unwrap();
        let wanted = Wanted {
            name: "library-system".to_owned(),
            scopes: vec!["issue".to_owned()],
            desk: None,
            days: 90,
            calls_a_minute: 600,
        };
        programs::make(&issuer, &wanted, &Actor::command_line("hall"), issuer::edge::now()).unwrap();
        drop(issuer);
        let died = died(server(&stage), point);
        stage.note(&died.out);
        stage.whole();
        for _ in 0..2 {
            let done = tests::hall::run(server(&stage).env("ISSUER_CRASH_POINT", "none"));
            assert_eq!(done.status, Some(0), "{point}: {}{}", done.out, done.complaint);
            // A card reported twice must be the same.
            stage.note(&done.out);
            stage.whole();
        }
        let cards = stage.cards();
        assert_eq!(cards.len(), 1, "{point}");
        assert_eq!(cards[0].state, CardState::Issued, "{point}");
        assert_eq!(stage.verdicts().into_values().collect::<Vec<_>>(), ["valid"], "{point}");
    }
}
