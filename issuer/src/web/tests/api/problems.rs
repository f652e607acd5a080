//! What is refused, and in which words: each says what to do next and repeats nothing that was sent.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use chrono::Duration;
use serde_json::json;

use super::{Token, asks, zoe};
use crate::db::act::Actor;
use crate::db::api_token::Scope;
use crate::programs;
use crate::web::routes::{Access, table};
use crate::web::tests::{Browser, Town};

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

#[actix_web::test]
async fn every_field_that_is_wrong_is_pointed_at() {
    let town = Town::new();
    let app = town.app().await;
    let token = Token::all(&town);
    let body = json!({
        "full_name": "Zoë 😀",
        "second_name": "Ζωή",
        "birth_date": "9 March 1988",
        "gender": 1,
        "services": ["spaceport"],
        "photo": "not base64",
        "language": null,
        "nationality": "Narnia",
    });
    let page = token.issue(&app, KEY, &body).await;
    let problem = page.json(422);
    assert_eq!(
        problem,
        json!({
            "type": "about:blank",
            "title": "Unprocessable Entity",
            "status": 422,
            "code": "fields",
            "detail": "put these fields right and send it again; nothing was issued",
            "errors": [
                { "pointer": "#/gender", "detail": "send a text" },
                { "pointer": "#/photo", "detail": "send the file in base64, with its padding" },
                {
                    "pointer": "#",
                    "detail": "leave out, or send once, all but these: full_name, second_name, second_lang, birth_date, \
                               gender, address, guardian, language, another, services, photo"
                },
                { "pointer": "#/full_name", "detail": "names are written with letters; take the pictures out" },
                { "pointer": "#/second_lang", "detail": "second_name and second_lang go together; give both or none" },
                { "pointer": "#/birth_date", "detail": "write YYYY-MM-DD, or a year alone" },
                { "pointer": "#/services", "detail": "the city has these services: library, clinic, transit" },
            ],
        })
    );
    for sent in ["Zo", "😀", "Ζωή", "1988", "spaceport", "Narnia", "nationality", "not base64"] {
        assert!(!page.text.contains(sent), "{sent}: {}", page.text);
    }
    assert_eq!(page.header("content-type"), "application/problem+json");
    let nobody = token.issue(&app, KEY, &json!({})).await.json(422);
    assert_eq!(nobody["errors"], json!([{ "pointer": "#/full_name", "detail": "it must be given" }]));
    let no_photo = json!({ "full_name": "Zoë", "photo": "AAAA" });
    let no_photo = token.issue(&app, KEY, &no_photo).await.json(422);
    assert_eq!(
        no_photo["errors"],
        json!([{ "pointer": "#/photo", "detail": "not a JPEG, PNG or WebP picture; save it as JPEG" }])
    );
    // Too wide for any card.
    let wide = json!({ "full_name": "W".repeat(200) });
    let wide = token.issue(&app, KEY, &wide).await;
    assert_eq!(wide.json(422)["code"], "unprintable");
    assert!(!wide.text.contains("WWW"), "{}", wide.text);
    let cards = town.desk.issuer.db.read(|conn| Ok::<_, crate::Error>(crate::db::card::Card::all(conn)?));
    assert_eq!(cards.unwrap(), []);
}

#[actix_web::test]
async fn bodies_that_are_none_are_refused() {
    let town = Town::new();
    let app = town.app().await;
    let token = Token::all(&town);
    let typed = |kind: &str, body: &str| {
        asks(KEY).insert_header(("Content-Type", kind.to_owned())).set_payload(body.to_owned())
    };
    for (request, status, code) in [
        (typed("text/plain", "{}"), 415, "media_type"),
        (typed("application/x-www-form-urlencoded", "full_name=Zoe"), 415, "media_type"),
        (asks(KEY), 415, "media_type"),
        (typed("application/json", "{"), 400, "not_understood"),
        (typed("application/json", "[]"), 400, "not_understood"),
        (typed("application/json", ""), 400, "not_understood"),
        (typed("multipart/form-data", "x"), 400, "not_understood"),
        (typed("multipart/form-data; boundary=A", "x"), 400, "not_understood"),
        (typed("application/json", &"x".repeat((12 << 20) + 1)), 413, "too_large"),
        (
            TestRequest::post()
                .uri("/api/v1/cards/0000-0000-0/revoke")
                .insert_header(("Content-Type", "application/json"))
                .set_payload(" ".repeat(16 * 1024 + 1)),
            413,
            "too_large",
        ),
        (
            TestRequest::post()
                .uri("/api/v1/cards/0000-0000-0/revoke")
                .insert_header(("Content-Type", "multipart/form-data; boundary=A"))
                .set_payload("--A--\r\n"),
            415,
            "media_type",
        ),
    ] {
        assert_eq!(token.send(&app, request).await.json(status)["code"], code);
        assert_eq!(town.acts().last().unwrap(), "call_refused");
    }
}

#[actix_web::test]
async fn a_card_is_asked_for_under_a_key() {
    let town = Town::new();
    let app = town.app().await;
    let token = Token::all(&town);
    let without = TestRequest::post().uri("/api/v1/cards");
    let long = "k".repeat(256);
    let twice = asks(KEY).append_header(("Idempotency-Key", KEY));
    let mut requests = vec![without, twice];
    for wrong in
        ["", "short", "fifteen-letters", "with spaces in the middle of it", &long, "Zoë-Ångström-1988"]
    {
        requests.push(asks("x").insert_header(("Idempotency-Key", wrong.as_bytes())));
    }
    for request in requests {
        let page = token.send(&app, request.set_json(zoe())).await;
        assert_eq!(page.json(400)["code"], "idempotency_key");
    }
}

#[actix_web::test]
async fn other_methods_and_addresses_are_told_as_problems() {
    let town = Town::new();
    let app = town.app().await;
    let token = Token::all(&town);
    let mut asked = 0;
    for row in table().into_iter().filter(|row| matches!(row.place.access, Access::Programs(_))) {
        let path = row.place.path.replace("{number}", "0000-0000-0");
        for method in [
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::OPTIONS,
            Method::PATCH,
        ] {
            if row.methods.contains(&method) {
                continue;
            }
            let page = token.send(&app, TestRequest::with_uri(&path).method(method.clone())).await;
            assert_eq!(page.status.as_u16(), 405, "{method} {path}");
            assert_eq!(page.header("allow"), row.methods[0].as_str(), "{method} {path}");
            assert_eq!(page.header("content-type"), "application/problem+json");
            assert_eq!(page.header("access-control-allow-origin"), "");
            asked += 1;
        }
    }
    assert_eq!(asked, 7 * 6);
    for path in ["/api", "/api/", "/api/v1", "/api/v2/cards", "/api/v1/cards/", "/api/v1/nothing"] {
        let page = token.get(&app, path).await;
        assert_eq!(page.json(404)["code"], "no_such_address", "{path}");
        assert_eq!(page.header("content-type"), "application/problem+json");
    }
}

#[actix_web::test]
async fn a_token_ends_on_its_day_and_when_it_is_withdrawn() {
    let town = Town::new();
    let app = town.app().await;
    let status = "/api/v1/cards/0000-0000-0/status";
    let (token, other) = (Token::of(&town, &[Scope::Status], 600), Token::of(&town, &[Scope::Status], 600));
    assert_eq!(token.get(&app, status).await.json(404)["code"], "no_such_card");
    programs::withdraw(&town.desk.issuer, &other.name, &Actor::command_line("hall"), town.hands.now())
        .unwrap();
    let entries = town.acts().len();
    let page = other.get(&app, status).await;
    assert_eq!(page.json(401)["code"], "bad_token");
    assert_eq!(page.header("www-authenticate"), "Bearer realm=\"cards\", error=\"invalid_token\"");
    // Somebody holds a token that is no good any more: the auditor can see it.
    assert_eq!(town.acts()[entries..], ["call_refused"]);
    town.hands.forward(Duration::days(90) - Duration::seconds(1));
    assert_eq!(token.get(&app, status).await.json(404)["code"], "no_such_card");
    town.hands.forward(Duration::seconds(1));
    assert_eq!(token.get(&app, status).await.json(401)["code"], "bad_token");

    let entries = town.acts().len();
    let long = format!("Bearer cardapi_{}", "A".repeat(43));
    for given in ["Bearer", "Bearer x", "Basic Og==", "cardapi_x", &long, "Bearer \u{fc}"] {
        let request = TestRequest::get().uri(status).insert_header(("Authorization", given.as_bytes()));
        let page = Browser::default().send(&app, request).await;
        assert_eq!(page.json(401)["code"], "bad_token", "{given}");
    }
    // Whoever has no token at all writes nothing into the log.
    assert_eq!(town.acts().len(), entries);
}

#[actix_web::test]
async fn a_program_that_calls_too_often_waits() {
    let town = Town::new();
    let app = town.app().await;
    let (token, other) = (Token::of(&town, &[Scope::Status], 3), Token::of(&town, &[Scope::Status], 3));
    let status = "/api/v1/cards/0000-0000-0/status";
    for _ in 0..3 {
        assert_eq!(token.get(&app, status).await.json(404)["code"], "no_such_card");
    }
    let entries = town.acts().len();
    let page = token.get(&app, status).await;
    assert_eq!((&page.json(429)["code"], page.header("retry-after")), (&json!("too_often"), "20"));
    assert_eq!(town.acts().len(), entries);
    assert_eq!(other.get(&app, status).await.status.as_u16(), 404);
    town.hands.forward(Duration::seconds(20));
    assert_eq!(token.get(&app, status).await.status.as_u16(), 404);
    assert_eq!(token.get(&app, status).await.status.as_u16(), 429);
}
