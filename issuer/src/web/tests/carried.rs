//! What is sent after the session has ended, and cases that end without a card.

use actix_web::http::StatusCode;
use chrono::Duration;

use super::visit::{AMINA, Visit};
use super::{Browser, PASSWORD, Page, Served, Town};
use crate::db::Word as _;
use crate::db::officer::Role;
use crate::db::visit::{Station, VisitOutcome};

/// The values of the hidden fields of a page, as a browser reads them.
fn hidden(page: &Page, name: &str) -> String {
    let (_, rest) = page.text.split_once(&format!("name=\"{name}\" value=\"")).expect(name);
    let value = rest.split('"').next().unwrap();
    let plain = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
    plain.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Signs in on a page that carries a form.
async fn sign_in(town: &Town, app: &impl Served, carrying: &Page, role: Role) -> Page {
    let kept =
        ["carried_path", "carried_fields", "carried_officer"].map(|name| (name, hidden(carrying, name)));
    let code = town.code(role);
    let mut fields = vec![("login", role.as_str()), ("password", PASSWORD), ("code", &code), ("next", "")];
    fields.extend(kept.iter().map(|(name, value)| (*name, value.as_str())));
    Browser::default().post(app, "/sign-in", &fields).await
}

/// A visit at the question who it is, whose officer was away for longer than a session lasts; and what they then sent.
async fn late<'a, A: Served>(town: &'a Town, app: &'a A) -> (Visit<'a, A>, Page) {
    let visit = Visit::begin(town, app, Browser::of(town, app, Role::Registrar).await).await;
    visit.goes("language", &[("language", "fr")], "papers").await;
    let papers = [("paper", "passport"), ("paper", "school-letter"), ("birth_year", "1988"), ("do", "on")];
    visit.goes("papers", &[&papers[..], &[("address_kind", "none")]].concat(), "person").await;
    town.hands.forward(Duration::minutes(16));
    let sent = visit.send("person", &[&AMINA[..], &[("do", "on")]].concat()).await;
    (visit, sent)
}

#[actix_web::test]
async fn a_form_of_an_ended_session_goes_on_after_signing_in() {
    let town = Town::new();
    let app = town.app().await;
    let (mut visit, sent) = late(&town, &app).await;
    assert_eq!(sent.status, StatusCode::UNAUTHORIZED);
    assert!(sent.text.contains("What you sent is not lost"), "{}", sent.text);
    assert_eq!(visit.case().station, Station::Person, "nothing came of it yet");
    let wrong = Browser::default()
        .post(
            &app,
            "/sign-in",
            &[
                ("login", "registrar"),
                ("password", "no"),
                ("code", "000000"),
                ("carried_path", &hidden(&sent, "carried_path")),
                ("carried_fields", &hidden(&sent, "carried_fields")),
                ("carried_officer", &hidden(&sent, "carried_officer")),
            ],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        hidden(&wrong, "carried_fields"),
        hidden(&sent, "carried_fields"),
        "a wrong password loses nothing"
    );
    let page = sign_in(&town, &app, &wrong, Role::Registrar).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("What you sent before is still here."));
    assert!(page.text.contains(&format!("action=\"/cases/{}/person\"", visit.id)));
    assert_eq!(hidden(&page, "full_name"), "Amina Diallo");
    visit.browser.take(&page);
    visit.browser.csrf = hidden(&page, "form_token");
    let version = hidden(&page, "version");
    let again = [&AMINA[..], &[("do", "on"), ("version", version.as_str())]].concat();
    let path = format!("/cases/{}/person", visit.id);
    let on = visit.browser.post(&app, &path, &again).await;
    assert_eq!((on.status, on.location), (StatusCode::SEE_OTHER, format!("/cases/{}/photo", visit.id)));
    assert!(visit.get("review").await.status.is_redirection());
}

#[actix_web::test]
async fn nobody_sends_what_a_colleague_typed() {
    let town = Town::new();
    let app = town.app().await;
    let (visit, sent) = late(&town, &app).await;
    let page = sign_in(&town, &app, &sent, Role::Approver).await;
    assert_eq!((page.status, page.location.as_str()), (StatusCode::SEE_OTHER, "/"));
    assert!(!page.text.contains("Amina"));
    assert_eq!(visit.case().station, Station::Person);
}

#[actix_web::test]
async fn what_is_carried_came_from_our_own_page_in_an_own_session_and_is_small() {
    let town = Town::new();
    let app = town.app().await;
    let (visit, _) = late(&town, &app).await;
    let path = format!("/cases/{}/person", visit.id);
    let nobody = Browser::default().post(&app, &path, &AMINA).await;
    assert_eq!((nobody.status, nobody.location.as_str()), (StatusCode::SEE_OTHER, "/sign-in?next="));
    let long = "a".repeat(70_000);
    let large = visit.browser.post(&app, &path, &[("full_name", &long)]).await;
    assert_eq!((large.status, large.location.as_str()), (StatusCode::SEE_OTHER, "/sign-in?next="));
    let password = [("current", PASSWORD), ("password", "amber walrus tide"), ("again", "amber walrus tide")];
    let never = visit.browser.post(&app, "/account/password", &password).await;
    assert_eq!(never.status, StatusCode::SEE_OTHER, "passwords stand in no page");
    let foreign = actix_web::test::TestRequest::post().uri(&path).set_form(AMINA);
    let foreign = foreign.insert_header(("Sec-Fetch-Site", "cross-site"));
    assert_eq!(visit.browser.send(&app, foreign).await.status, StatusCode::FORBIDDEN);
    // A carried address of another server is not offered.
    let code = town.code(Role::Registrar);
    let elsewhere = [("login", "registrar"), ("password", PASSWORD), ("code", &code)];
    let elsewhere =
        [&elsewhere[..], &[("carried_path", "//evil.example"), ("carried_officer", "x")]].concat();
    let page = Browser::default().post(&app, "/sign-in", &elsewhere).await;
    assert_eq!((page.status, page.location.as_str()), (StatusCode::SEE_OTHER, "/"));
}

#[actix_web::test]
async fn a_resident_may_leave_and_a_made_card_is_revoked() {
    let town = Town::new();
    let app = town.app().await;
    let visit = Visit::begin(&town, &app, Browser::of(&town, &app, Role::Registrar).await).await;
    let page = visit.get("leave").await;
    assert!(page.text.contains("Comes back with other papers"), "{}", page.text);
    let none = visit.send("leave", &[]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text.contains("Choose a reason."));
    visit.goes("leave", &[("reason", "comes_back")], "/?done=left").await;
    assert_eq!(visit.case().outcome, Some(VisitOutcome::Left));
    let closed = visit.get("leave").await;
    assert_eq!(closed.location, format!("/cases/{}/closed", visit.id));

    let visit = Visit::begin(&town, &app, visit.browser).await;
    visit.to_review().await;
    visit.issue().await;
    let number = visit.case().card.unwrap();
    let page = visit.get("leave").await;
    assert!(page.text.contains(&format!("Card {number} was made already. It is revoked.")), "{}", page.text);
    visit.goes("leave", &[("reason", "wants_none")], "/?done=left").await;
    let card = visit.browser.get(&app, &format!("/cards/{number}")).await;
    assert!(card.text.contains("Revoked") || card.text.contains("revoked"), "{}", card.text);
    let acts = town.acts();
    assert_eq!(acts.iter().filter(|act| *act == "enrolment_abandoned").count(), 2);
}
