//! Signing in, staying signed in, signing out.

use actix_web::http::StatusCode;
use chrono::Duration;

use super::{Browser, PASSWORD, Served, Town};
use crate::db::act::Actor;
use crate::db::officer::Role;
use crate::officers::{self, Login};

async fn try_to(app: &impl Served, (login, password, code): (&str, &str, &str)) -> super::Page {
    let fields = [("login", login), ("password", password), ("code", code)];
    Browser::default().post(app, "/sign-in", &fields).await
}

#[actix_web::test]
async fn a_code_works_once_and_wrong_ones_say_nothing() {
    let town = Town::new();
    let app = town.app().await;
    let code = town.code(Role::Registrar);
    let wrong = try_to(&app, ("registrar", "violet otter fery", &code)).await;
    let unknown = try_to(&app, ("nobody", PASSWORD, &code)).await;
    let other = try_to(&app, ("registrar", PASSWORD, &town.code(Role::Approver))).await;
    for page in [&wrong, &unknown, &other] {
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(page.text.contains("Login, password or code is wrong."));
        assert!(page.cookies.is_empty());
    }
    assert_eq!(wrong.text, other.text);
    let good = try_to(&app, ("registrar", PASSWORD, &code)).await;
    assert_eq!((good.status, good.location.as_str()), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(good.cookies.len(), 1);
    let cookie = &good.cookies[0];
    assert!(cookie.starts_with("__Host-session="));
    for part in ["; HttpOnly", "; SameSite=Strict", "; Secure", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let again = try_to(&app, ("registrar", PASSWORD, &code)).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    town.hands.forward(Duration::seconds(30));
    let next = try_to(&app, ("registrar", PASSWORD, &town.code(Role::Registrar))).await;
    assert_eq!(next.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn the_sixth_wrong_try_waits_and_the_wait_ends() {
    let town = Town::new();
    let app = town.app().await;
    for _ in 0..5 {
        let page = try_to(&app, ("registrar", "wrong wrong wrong", "000000")).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    }
    let slow = try_to(&app, ("registrar", PASSWORD, &town.code(Role::Registrar))).await;
    assert_eq!(slow.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(slow.text.contains("Wait 30 seconds"), "{}", slow.text);
    // A colleague at the same address is let in.
    Browser::of(&town, &app, Role::Approver).await;
    town.hands.forward(Duration::seconds(30));
    Browser::of(&town, &app, Role::Registrar).await;
}

#[actix_web::test]
async fn a_session_ends_when_idle_and_after_ten_hours() {
    let town = Town::new();
    let app = town.app().await;
    let browser = Browser::of(&town, &app, Role::Registrar).await;
    town.hands.forward(Duration::minutes(14));
    assert_eq!(browser.get(&app, "/").await.status, StatusCode::OK);
    town.hands.forward(Duration::minutes(15));
    let ended = browser.get(&app, "/account?done=desk").await;
    assert_eq!(ended.location, "/sign-in?next=%2Faccount%3Fdone%3Ddesk");
    let browser = Browser::of(&town, &app, Role::Registrar).await;
    for _ in 0..42 {
        town.hands.forward(Duration::minutes(14));
        assert_eq!(browser.get(&app, "/").await.status, StatusCode::OK);
    }
    town.hands.forward(Duration::minutes(13));
    assert_eq!(browser.get(&app, "/").await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn signing_out_and_a_new_password_end_sessions() {
    let town = Town::new();
    let app = town.app().await;
    let one = Browser::of(&town, &app, Role::Registrar).await;
    town.hands.forward(Duration::seconds(30));
    let mut two = Browser::of(&town, &app, Role::Registrar).await;
    let fields = [("current", PASSWORD), ("password", "amber walrus tide"), ("again", "amber walrus tide")];
    let changed = two.post(&app, "/account/password", &fields).await;
    assert_eq!(changed.location, "/account?done=password", "{}", changed.text);
    assert_eq!(one.get(&app, "/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(two.get(&app, "/").await.status, StatusCode::SEE_OTHER, "the token before is no good");
    two.take(&changed);
    let account = two.get(&app, "/account?done=password").await;
    assert!(account.text.contains("Your password is changed."), "{}", account.text);
    let (_, rest) = account.text.split_once("data-form-token=\"").unwrap();
    two.csrf = rest.split('"').next().unwrap().to_owned();
    let out = two.post(&app, "/sign-out", &[]).await;
    assert_eq!(out.location, "/sign-in?done=signed-out", "{}", out.text);
    assert_eq!(two.get(&app, "/").await.status, StatusCode::SEE_OTHER);
    assert!(town.acts().ends_with(&["page_viewed".to_owned(), "signed_out".to_owned()]));
}

#[actix_web::test]
async fn a_link_sets_an_account_up_once() {
    let town = Town::new();
    let app = town.app().await;
    let actor = Actor::command_line("hall");
    let login = Login::parse("amina").unwrap();
    let link = officers::add(&town.desk.issuer, &login, Role::Registrar, &actor, town.hands.now()).unwrap();
    let path = format!("/first/{}", link.text().as_str());
    let mut browser = Browser::default();
    let page = browser.get(&app, &path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("You are amina, registrar."), "{}", page.text);
    let factor = officers::Factor::of_link(&town.desk.issuer.keystore, &link).unwrap();
    let code = factor.code(town.hands.now());
    let common = [("password", "password1234"), ("again", "password1234"), ("code", "000000")];
    let wrong = browser.post(&app, &path, &common).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("This password is easy to guess."));
    assert!(wrong.text.contains("These are not the digits that the app shows now."));
    let good = [("password", "amber walrus tide"), ("again", "amber walrus tide"), ("code", code.as_str())];
    let made = browser.post(&app, &path, &good).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    assert_eq!(made.text.matches("<code class=\"big\">").count(), 8);
    browser.take(&made);
    assert_eq!(browser.get(&app, "/").await.status, StatusCode::OK);
    let again = browser.post(&app, &path, &good).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text.contains("This link was used already"));
}
