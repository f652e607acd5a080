//! Mass revocations of a city that several servers serve.

use chrono::Duration;
use shared::keys::Signer as _;

use super::*;
use crate::db::card_status::CardStatus;
use crate::db::issuing_key::KeyUse;
use crate::db::lease::Task;
use crate::db::mass_revocation::ChosenBy;
use crate::issuance::{self, Application, Origin};
use crate::keys;
use crate::resident::{Resident, Typed};
use crate::revocation::mass::{self, Choice};
use crate::scheduled::{LASTS, Worker};
use crate::web::schedule::revoke_approved;

/// Issues a card, and says which key signed it.
fn issue(town: &Town, full_name: &str) -> String {
    let (issuer, now) = (&town.desk.issuer, town.hands.now());
    let typed = Typed { full_name, ..Typed::default() };
    let resident = Resident::parse(&typed, &issuer.city, now.date_naive()).unwrap();
    let application = Application { resident, pictures: None };
    let signer = keys::signer(issuer, KeyUse::Card, now).unwrap();
    let (origin, actor) = (Origin { batch: None, first_row: 1 }, Actor::command_line("hall"));
    let drafts = issuance::reserve(issuer, &signer, &[application], None, origin, &actor, now).unwrap();
    issuance::sign(issuer, &signer, drafts, &actor, now).unwrap();
    signer.kid().to_hex()
}

#[actix_web::test]
async fn what_was_approved_goes_on_at_another_server_when_one_is_killed() {
    let town = Town::new();
    let kid = ["Ana Novak", "Bo Ek"].map(|name| issue(&town, name))[1].clone();
    town.hands.forward(Duration::minutes(1));
    let issuer = &town.desk.issuer;
    let asker = Actor::officer(&Id::new(crate::edge::new_id(town.hands.now())), Role::Custodian, "hall");
    let choice = Choice { by: ChosenBy::Key, which: &kid, since: None };
    let asked = mass::ask(issuer, &choice, "key_stolen", &asker, town.hands.now()).unwrap();

    // Another server is at one that was approved earlier, and is killed.
    let killed = Worker::new(LASTS);
    killed.take(&issuer.db, Task::MassRevocation, town.hands.now()).unwrap().unwrap();
    let app = town.app().await;
    let browser = Browser::of(&town, &app, Role::Custodian).await;
    let agreed = browser.post(&app, &format!("/many/{}", asked.id), &[("do", "agree")]).await;
    assert_eq!((agreed.status, agreed.location.as_str()), (StatusCode::SEE_OTHER, "/many?done=many-decided"));
    assert!(revoke_approved(Data::clone(&town.desk), Actor::command_line("desk")).await);
    assert_eq!(mass::unfinished(issuer).unwrap().len(), 1, "the other may be alive");

    town.hands.forward(Duration::seconds(20));
    // The task of the page itself may be the one that takes over: asked again, it has ended.
    for _ in 0..1_000 {
        assert!(revoke_approved(Data::clone(&town.desk), Actor::command_line("desk")).await);
        if mass::unfinished(issuer).unwrap().is_empty() {
            break;
        }
    }
    assert_eq!(mass::unfinished(issuer).unwrap(), []);
    let cards = issuer.db.read(|conn| Ok::<_, crate::Error>(crate::db::card::Card::all(conn)?)).unwrap();
    assert!(cards.iter().all(|card| card.status == CardStatus::Revoked), "{cards:?}");
    let acts = town.acts();
    let count = |act: &str| acts.iter().filter(|one| *one == act).count();
    assert_eq!((count("card_revoked"), count("work_taken_over")), (2, 1));
}
