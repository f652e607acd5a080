//! Cards that programs ask for: once for each key, and nothing personal in the answer.

use base64ct::{Base64, Encoding as _};
use chrono::Duration;
use serde_json::json;

use super::{Token, asks, zoe};
use crate::card::portrait;
use crate::db::api_token::Scope;
use crate::db::card::{Card, CardState};
use crate::db::{Word as _, audit::AuditEntry};
use crate::programs;
use crate::web::tests::Town;

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

fn cards(town: &Town) -> Vec<Card> {
    town.desk.issuer.db.read(|conn| Ok::<_, crate::Error>(Card::all(conn)?)).unwrap()
}

#[actix_web::test]
async fn a_card_is_issued_and_nothing_personal_comes_out() {
    let town = Town::new();
    let app = town.app().await;
    let token = Token::of(&town, &[Scope::Issue], 600);
    let mut body = zoe();
    body["photo"] = json!(Base64::encode_string(&portrait::drawn(7).unwrap()));
    body["address"] = json!("Kastanienallee 77");
    let page = token.issue(&app, KEY, &body).await;
    let answer = page.json(201);
    let [card] = &cards(&town)[..] else { panic!("one card") };
    assert_eq!(page.location, format!("/api/v1/cards/{}", card.number));
    let list = answer["status_list"]["uri"].as_str().unwrap();
    assert!(list.starts_with(&format!("{}/s/", town.desk.issuer.city.url.as_str())), "{list}");
    assert_eq!(
        answer,
        json!({
            "number": card.number,
            "services": ["library"],
            "issued_at": "2026-11-24T10:00:00Z",
            "last_day": "2028-11-24",
            "expires_at": "2028-11-25T00:00:00Z",
            "status": "valid",
            "signed": true,
            "status_list": { "uri": list, "idx": card.status_index },
            "kid": card.kid,
            "desk": "library",
        })
    );
    for personal in ["Zo", "ngstr", "1988", "fr\"", "Kastanien", "photo"] {
        assert!(!page.text.contains(personal), "{personal}: {}", page.text);
    }
    assert_eq!(
        (card.state, card.desk.as_str(), card.officer.as_str()),
        (CardState::Issued, "library", token.id.as_str())
    );
    assert_eq!(town.acts()[town.acts().len() - 2..], ["cards_reserved", "cards_issued"]);
    let last = town.desk.issuer.db.read(|conn| {
        Ok::<_, crate::Error>(AuditEntry::last_of(conn, crate::db::act::Act::CardsIssued, &card.number)?)
    });
    let last = last.unwrap().unwrap();
    assert_eq!(
        (last.officer.as_str(), last.role.as_str(), last.desk.as_str()),
        (token.id.as_str(), "program", "library")
    );
}

#[actix_web::test]
async fn the_same_call_gives_the_same_card_and_another_is_refused() {
    let town = Town::new();
    let app = town.app().await;
    let token = Token::all(&town);
    let first = token.issue(&app, KEY, &zoe()).await;
    town.hands.forward(Duration::hours(23));
    let again = token.issue(&app, KEY, &zoe()).await;
    assert_eq!((first.json(201), &first.location), (again.json(201), &again.location));
    // The key without its quotes is the same key, and fields are the same however they are sent.
    let bare = asks("x").insert_header(("Idempotency-Key", KEY));
    let parts = [
        ("language", "fr"),
        ("full_name", "Zoë Ångström"),
        ("birth_date", "1988-03-09"),
        ("services", "library"),
    ];
    let bare = token.send(&app, multipart(bare, &parts, None)).await;
    assert_eq!(bare.json(201), first.json(201));
    assert_eq!(town.acts().last().unwrap(), "call_repeated");
    assert_eq!(cards(&town).len(), 1);

    let mut other = zoe();
    other["full_name"] = json!("Bo Ek");
    let refused = token.issue(&app, KEY, &other).await;
    assert_eq!(refused.json(422)["code"], "key_used");
    assert_eq!(cards(&town).len(), 1);

    // Another program's key is another key.
    let stranger = Token::all(&town).issue(&app, KEY, &other).await.json(201);
    assert_ne!(stranger["number"], first.json(201)["number"]);

    // A day later the call is forgotten.
    town.hands.forward(Duration::hours(1));
    let actor = crate::db::act::Actor::schedule();
    let forget = || programs::forget_old(&town.desk.issuer, &actor, town.hands.now()).unwrap();
    assert_eq!(forget(), 0);
    town.hands.forward(Duration::seconds(1));
    assert_eq!((forget(), forget()), (1, 0));
    other["birth_date"] = json!("1990");
    assert_ne!(token.issue(&app, KEY, &other).await.json(201)["number"], first.json(201)["number"]);
}

#[actix_web::test]
async fn the_same_call_sent_many_times_at_once_makes_one_card() {
    let town = Town::new();
    let app = town.app().await;
    let token = Token::all(&town);
    let body = zoe();
    let calls = (0..12).map(|_| token.issue(&app, KEY, &body));
    let answers = futures_util::future::join_all(calls).await;
    let first = answers[0].json(201);
    assert!(answers.iter().all(|answer| answer.json(201) == first));
    assert_eq!(cards(&town).len(), 1);
    let acts = town.acts();
    let count = |act: &str| acts.iter().filter(|one| *one == act).count();
    assert_eq!((count("cards_reserved"), count("cards_issued")), (1, 1));
}

#[actix_web::test]
async fn what_was_reserved_before_a_crash_is_gone_on_with() {
    let town = Town::new();
    let app = town.app().await;
    let token = Token::all(&town);
    let first = token.issue(&app, KEY, &zoe()).await.json(201);
    // As if the program had died between its two transactions.
    town.tamper("UPDATE card SET state = 'reserved'; UPDATE enrolment SET state = 'open'");
    let number = first["number"].as_str().unwrap();
    let between = token.get(&app, &format!("/api/v1/cards/{number}")).await.json(200);
    assert_eq!(between["signed"], false);
    assert_eq!(token.issue(&app, KEY, &zoe()).await.json(201), first);
    assert_eq!(town.acts()[town.acts().len() - 2..], ["call_repeated", "cards_issued"]);
    // Revoked before it was signed, it is never signed.
    town.tamper("UPDATE card SET state = 'reserved', status = 'revoked'");
    assert_eq!(token.issue(&app, KEY, &zoe()).await.json(409)["code"], "revoked");
    assert_eq!(cards(&town)[0].state, CardState::Reserved);
}

#[actix_web::test]
async fn the_card_for_print_comes_out_of_the_call_that_issued_it_and_only_with_its_scope() {
    let town = Town::new();
    let app = town.app().await;
    let wants = |key: &str| asks(key).insert_header(("Accept", "application/pdf, application/problem+json"));
    let without = Token::of(&town, &[Scope::Issue], 600);
    let refused = without.send(&app, wants(KEY).set_json(zoe())).await;
    assert_eq!(refused.json(403)["code"], "scope");
    assert_eq!(
        refused.header("www-authenticate"),
        "Bearer realm=\"cards\", error=\"insufficient_scope\", scope=\"print\""
    );
    assert_eq!(cards(&town).len(), 0);

    let token = Token::of(&town, &[Scope::Issue, Scope::Print], 600);
    let card = token.send(&app, wants(KEY).set_json(zoe())).await;
    assert_eq!(
        (card.status.as_u16(), card.header("content-type")),
        (201, "application/pdf"),
        "{}",
        card.text
    );
    assert!(card.text.starts_with("%PDF-"));
    assert_eq!(card.location, format!("/api/v1/cards/{}", cards(&town)[0].number));
    let again = token.send(&app, wants(KEY).set_json(zoe())).await;
    assert_eq!((again.location, again.text), (card.location.clone(), card.text));
    assert_eq!(token.issue(&app, KEY, &zoe()).await.location, card.location);
    assert_eq!(cards(&town).len(), 1);
}

#[actix_web::test]
async fn somebody_who_has_a_card_is_given_another_for_a_reason_alone() {
    let town = Town::new();
    let app = town.app().await;
    let token = Token::all(&town);
    let first = token.issue(&app, KEY, &zoe()).await.json(201);
    let mut again = zoe();
    again["full_name"] = json!("ANGSTROM, Zoe");
    let refused = token.issue(&app, "another-key-0001", &again).await;
    assert_eq!(refused.json(409)["code"], "duplicate");
    assert!(!refused.text.contains(first["number"].as_str().unwrap()), "{}", refused.text);
    assert_eq!(town.acts().last().unwrap(), "call_refused");
    for unknown in ["because", ""] {
        again["another"] = json!(unknown);
        let wrong = token.issue(&app, "another-key-0001", &again).await.json(422);
        let detail = "leave it out, or write one of: somebody_else, lost, runs_out, other";
        assert_eq!(wrong["errors"], json!([{ "pointer": "#/another", "detail": detail }]));
    }
    again["another"] = json!("lost");
    token.issue(&app, "another-key-0001", &again).await.json(201);
    assert!(town.acts().contains(&"duplicate_allowed".to_owned()));
    assert_eq!(cards(&town).len(), 2);
}

#[actix_web::test]
async fn a_photo_comes_as_a_part_too() {
    let town = Town::new();
    let app = town.app().await;
    let token = Token::all(&town);
    let parts = [("full_name", "Zoë Ångström"), ("services", "library"), ("services", "clinic")];
    let page = token.send(&app, multipart(asks(KEY), &parts, Some(&portrait::drawn(7).unwrap()))).await;
    assert_eq!(page.json(201)["services"], json!(["library", "clinic"]));
    let card = &cards(&town)[0];
    let id = card.enrolment_id.clone().unwrap();
    let holder = crate::enrolment::holder(
        &town.desk.issuer,
        &id,
        &crate::db::act::Actor::command_line("hall"),
        town.hands.now(),
    );
    assert_eq!(holder.unwrap().full_name, "Zoë Ångström");
    // Kept as long as a case without hand-over.
    let enrolment = town
        .desk
        .issuer
        .db
        .read(|conn| Ok::<_, crate::Error>(crate::db::enrolment::Enrolment::find(conn, &id)?));
    let enrolment = enrolment.unwrap().unwrap();
    assert_eq!(enrolment.destroy_by, (town.hands.now() + Duration::days(30)).date_naive());
    assert_eq!(enrolment.state.as_str(), "issued");
}

/// A request with its fields as parts.
pub(super) fn multipart(
    request: actix_web::test::TestRequest,
    parts: &[(&str, &str)],
    photo: Option<&[u8]>,
) -> actix_web::test::TestRequest {
    let mut body = Vec::new();
    for (name, value) in parts {
        let part = format!("--PART\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.as_bytes());
    }
    if let Some(photo) = photo {
        body.extend(
            b"--PART\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"zoe.jpg\"\r\n\
              Content-Type: image/jpeg\r\n\r\n",
        );
        body.extend(photo);
        body.extend(b"\r\n");
    }
    body.extend(b"--PART--\r\n");
    request.insert_header(("Content-Type", "multipart/form-data; boundary=PART")).set_payload(body)
}
