//! Cards that programs look up and change.

use serde_json::json;

use super::{Token, zoe};
use crate::db::api_token::Scope;
use crate::web::tests::Town;

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

#[actix_web::test]
async fn a_card_is_looked_up_suspended_and_revoked_as_at_the_desk() {
    let town = Town::new();
    let app = town.app().await;
    let token = Token::all(&town);
    let issued = token.issue(&app, KEY, &zoe()).await.json(201);
    let number = issued["number"].as_str().unwrap();
    let at = |what: &str| format!("/api/v1/cards/{number}{what}");
    assert_eq!(token.get(&app, &at("")).await.json(200), issued);
    // As somebody types it.
    let typed = number.to_lowercase().replace('-', "");
    assert_eq!(token.get(&app, &format!("/api/v1/cards/{typed}")).await.json(200), issued);
    assert_eq!(town.acts().last().unwrap(), "card_looked_up");

    town.hands.forward(chrono::Duration::hours(1));
    let status = |status: &str, since: &str| json!({ "number": number, "status": status, "since": since, "expires_at": "2028-11-25T00:00:00Z" });
    assert_eq!(token.get(&app, &at("/status")).await.json(200), status("valid", "2026-11-24T10:00:00Z"));
    let suspended = token.post(&app, &at("/suspend"), &json!({ "reason": "lost" })).await.json(200);
    assert_eq!(suspended, status("suspended", "2026-11-24T11:00:00Z"));
    assert_eq!(town.acts().last().unwrap(), "card_suspended");
    let again = token.post(&app, &at("/suspend"), &json!({ "reason": "lost" })).await.json(409);
    assert_eq!(
        (&again["code"], &again["detail"]),
        (
            &json!("card_status"),
            &json!("the card is suspended, so this cannot be done with it; nothing was changed")
        )
    );
    let found = token.post(&app, &at("/reinstate"), &json!({ "reason": "found" })).await.json(200);
    assert_eq!(found["status"], "valid");
    let revoked = token.post(&app, &at("/revoke"), &json!({ "reason": "died" })).await;
    assert_eq!(revoked.json(200), status("revoked", "2026-11-24T11:00:00Z"));
    let known = token.get(&app, &at("/status")).await;
    assert_eq!(known.json(200)["status"], "revoked");
    // Why is between the holder and the city.
    assert!(!known.text.contains("died") && !revoked.text.contains("died"));
    assert_eq!(
        token.post(&app, &at("/reinstate"), &json!({ "reason": "found" })).await.json(409)["code"],
        "card_status"
    );
}

#[actix_web::test]
async fn a_change_takes_a_reason_of_the_desks_list() {
    let town = Town::new();
    let app = town.app().await;
    let token = Token::all(&town);
    let issued = token.issue(&app, KEY, &zoe()).await.json(201);
    let revoke = format!("/api/v1/cards/{}/revoke", issued["number"].as_str().unwrap());
    let reasons = "write one of: lost, stolen, damaged, wish, mistake, misused, died";
    for (body, errors) in [
        (json!({}), json!([{ "pointer": "#/reason", "detail": reasons }])),
        (json!({ "reason": "Zoë moved away" }), json!([{ "pointer": "#/reason", "detail": reasons }])),
        (json!({ "reason": 7 }), json!([{ "pointer": "#/reason", "detail": "send a text" }])),
        (
            json!({ "reason": "lost", "name": "Zoë" }),
            json!([{ "pointer": "#", "detail": "leave out, or send once, all but these: reason" }]),
        ),
    ] {
        let page = token.post(&app, &revoke, &body).await;
        assert_eq!(page.json(422)["errors"], errors);
        assert!(!page.text.contains("Zo"), "{}", page.text);
        assert_eq!(town.acts().last().unwrap(), "call_refused");
    }
}

#[actix_web::test]
async fn a_number_that_no_card_has_is_told_alike() {
    let town = Town::new();
    let app = town.app().await;
    let token = Token::of(&town, &[Scope::LookUp, Scope::Status, Scope::Revoke], 600);
    for number in ["0000-0000-0", "0000-0000-1", "x", "%00", "Zo%C3%AB"] {
        for page in [
            token.get(&app, &format!("/api/v1/cards/{number}")).await,
            token.get(&app, &format!("/api/v1/cards/{number}/status")).await,
            token.post(&app, &format!("/api/v1/cards/{number}/revoke"), &json!({ "reason": "lost" })).await,
        ] {
            assert_eq!(page.json(404)["code"], "no_such_card", "{number}");
            assert_eq!(town.acts().last().unwrap(), "call_refused");
        }
    }
}
