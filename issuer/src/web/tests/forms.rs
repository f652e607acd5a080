//! Forms that are not ours, and what stands in every answer.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::test::TestRequest;

use super::{Browser, Served, Town};
use crate::db::officer::Role;

fn stay() -> TestRequest {
    TestRequest::post().uri("/stay")
}

#[actix_web::test]
async fn only_our_own_forms_do_anything() {
    let town = Town::new();
    let app = town.app().await;
    let browser = Browser::of(&town, &app, Role::Registrar).await;
    let token = ("X-Form-Token", browser.csrf.as_str());
    let ours = [
        stay().insert_header(token).insert_header(("Sec-Fetch-Site", "same-origin")),
        stay()
            .insert_header(token)
            .insert_header(("Sec-Fetch-Site", "same-origin"))
            .insert_header(("Origin", "null")),
        stay().insert_header(token).insert_header(("Origin", "https://desk.test")),
    ];
    for request in ours {
        assert_eq!(browser.send(&app, request).await.status, StatusCode::NO_CONTENT);
    }
    let before = town.acts().len();
    let others = [
        stay().insert_header(token),
        stay().insert_header(token).insert_header(("Sec-Fetch-Site", "cross-site")),
        stay().insert_header(token).insert_header(("Sec-Fetch-Site", "same-site")),
        stay().insert_header(token).insert_header(("Sec-Fetch-Site", "none")),
        stay().insert_header(token).insert_header(("Origin", "https://evil.example")),
        stay().insert_header(token).insert_header(("Origin", "null")),
        stay().insert_header(("Sec-Fetch-Site", "same-origin")),
        stay()
            .insert_header(("Sec-Fetch-Site", "same-origin"))
            .insert_header(("X-Form-Token", "0".repeat(64))),
        stay().insert_header(("Sec-Fetch-Site", "same-origin")).set_form([("form_token", "")]),
    ];
    for (n, request) in others.into_iter().enumerate() {
        let page = browser.send(&app, request).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{n}");
        assert!(page.text.contains("This form is too old, or came from another page."), "{n}");
    }
    assert_eq!(town.acts().len(), before);
}

#[actix_web::test]
async fn another_sessions_token_is_no_good() {
    let town = Town::new();
    let app = town.app().await;
    let one = Browser::of(&town, &app, Role::Registrar).await;
    let other = Browser::of(&town, &app, Role::Approver).await;
    let mixed = Browser { cookie: one.cookie.clone(), csrf: other.csrf.clone() };
    assert_eq!(mixed.post(&app, "/account/sessions", &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(one.post(&app, "/account/sessions", &[]).await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn what_is_too_large_or_no_form_is_refused() {
    let town = Town::new();
    let app = town.app().await;
    let browser = Browser::of(&town, &app, Role::Registrar).await;
    let token = ("X-Form-Token", browser.csrf.as_str());
    let ours = ("Sec-Fetch-Site", "same-origin");
    let said = stay().insert_header(token).insert_header(ours).insert_header((CONTENT_LENGTH, 200 << 20));
    assert_eq!(browser.send(&app, said).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let sent = stay().insert_header(token).insert_header(ours).set_payload(vec![b'a'; 300 * 1024]);
    assert_eq!(browser.send(&app, sent).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let json = stay()
        .insert_header(token)
        .insert_header(ours)
        .insert_header(("Content-Type", "application/json"))
        .set_payload("{}");
    assert_eq!(browser.send(&app, json).await.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn every_answer_is_closed_to_others() {
    let town = Town::new();
    let app = town.app().await;
    let browser = Browser::of(&town, &app, Role::Registrar).await;
    for path in ["/", "/account", "/no-such-page", "/sign-in"] {
        let page = browser.get(&app, path).await;
        let header = |name: &str| page.headers.get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{path}");
        // No script or style stands in a page.
        assert!(!page.text.contains("<style") && !page.text.contains(" style=\""), "{path}");
        let scripts = page.text.matches("<script").count();
        let files = page.text.matches("<script type=\"module\" src=\"/static/").count();
        assert!(!page.text.contains("onclick") && scripts == files && files > 0, "{path}");
    }
    let style = page_of(&browser, &app).await;
    assert!(style.contains("immutable"), "{style}");
}

async fn page_of(browser: &Browser, app: &impl Served) -> String {
    let start = browser.get(app, "/").await.text;
    let (_, rest) = start.split_once("href=\"/static/").unwrap();
    let path = format!("/static/{}", rest.split('"').next().unwrap());
    let style = browser.get(app, &path).await;
    assert_eq!(style.status, StatusCode::OK);
    style.headers.get("cache-control").unwrap().to_str().unwrap().to_owned()
}
