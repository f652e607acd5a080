//! What the city keeps: demands, holds, a holder's own view, keys. Who may, what is said, and that it takes two.

use actix_web::http::StatusCode;
use chrono::Duration;
use secrecy::SecretString;

use super::visit::Visit;
use super::{Browser, PASSWORD, Page, Served, Town};
use crate::db::Id;
use crate::db::approval::Approval;
use crate::db::issuing_key::{IssuingKey, KeyState, KeyUse};
use crate::db::officer::{NewOfficer, Officer, PasswordDigest, Role};
use crate::enrolment;

fn has(page: &Page, said: &str) {
    assert!(page.text.contains(said), "{said:?} is not in:\n{}", page.text);
}

fn has_not(page: &Page, said: &str) {
    assert!(!page.text.contains(said), "{said:?} is in:\n{}", page.text);
}

/// A case with a card that is printed and not handed over; gives its number.
async fn issued<A: Served>(visit: &Visit<'_, A>) -> String {
    visit.to_review().await;
    visit.issue().await;
    visit.case().card.unwrap()
}

async fn visit<'a, A: Served>(town: &'a Town, app: &'a A) -> Visit<'a, A> {
    Visit::begin(town, app, Browser::of(town, app, Role::Registrar).await).await
}

/// The id in the first address of a form that begins so.
fn id_of(page: &Page, action: &str) -> String {
    let start = format!("action=\"{action}");
    let mut ids = page.text.split(start.as_str()).skip(1).filter_map(|rest| rest.get(..36));
    ids.find(|id| Id::<Officer>::parse(id).is_ok())
        .unwrap_or_else(|| panic!("{start}: {}", page.text))
        .to_owned()
}

#[actix_web::test]
async fn a_hold_takes_two_officers_to_begin_and_two_to_end() {
    let town = Town::new();
    let app = town.app().await;
    let visit = visit(&town, &app).await;
    let number = issued(&visit).await;
    let registrar = &visit.browser;
    let approver = Browser::of(&town, &app, Role::Approver).await;
    let custodian = Browser::of(&town, &app, Role::Custodian).await;

    let wrong = registrar.post(&app, "/holds/ask", &[("numbers", "<b>x</b>"), ("reason", "none")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    has(&wrong, "The city has no card of this number: &#60;b&#62;x&#60;/b&#62;");
    has(&wrong, "Choose a reason.");
    let none = registrar.post(&app, "/holds/ask", &[("numbers", " , "), ("reason", "court_order")]).await;
    has(&none, "Name at least one card.");

    let asked = [("numbers", number.as_str()), ("reason", "court_order")];
    assert_eq!(approver.post(&app, "/holds/ask", &asked).await.location, "/holds?done=hold-asked");
    let own = approver.get(&app, "/holds").await;
    has(&own, "You asked for this. Another officer decides.");
    has_not(&own, "/decide");
    let theirs = custodian.get(&app, "/holds").await;
    has(&theirs, &number);
    let id = id_of(&theirs, "/holds/");
    let decide = format!("/holds/{id}/decide");
    let approve = [("do", "approve")];
    let same = approver.post(&app, &decide, &approve).await;
    assert_eq!(same.status, StatusCode::CONFLICT);
    has(&same, "You asked for this yourself. It takes another officer.");
    assert_eq!(registrar.post(&app, &decide, &approve).await.status, StatusCode::FORBIDDEN);
    assert_eq!(custodian.post(&app, &decide, &approve).await.location, "/holds?done=hold-begun");
    let again = custodian.post(&app, &decide, &approve).await;
    has(&again, "This hold was decided meanwhile.");
    let held = registrar.get(&app, &format!("/holder/{number}/destroy")).await;
    has(&held, "A legal hold keeps this record.");
    let destroy = registrar.post(&app, &format!("/holder/{number}/destroy"), &[]).await;
    assert_eq!(destroy.status, StatusCode::CONFLICT);

    assert_eq!(
        registrar.post(&app, &format!("/holds/{id}/end"), &[]).await.location,
        "/holds?done=hold-end-asked"
    );
    assert_eq!(
        custodian.post(&app, &decide, &[("do", "release")]).await.location,
        "/holds?done=hold-released"
    );
    let acts = town.acts();
    for act in ["hold_asked", "hold_begun", "hold_end_asked", "hold_released"] {
        assert!(acts.iter().any(|known| known == act), "{act}");
    }
    let auditor = Browser::of(&town, &app, Role::Auditor).await;
    let seen = auditor.get(&app, "/holds").await;
    has(&seen, "Released:");
    has_not(&seen, "action=\"/holds/");
}

#[actix_web::test]
async fn demands_are_entered_answered_and_counted_for_the_public() {
    let town = Town::new();
    let app = town.app().await;
    let approver = Browser::of(&town, &app, Role::Approver).await;
    let auditor = Browser::of(&town, &app, Role::Auditor).await;
    let today = town.hands.now().date_naive();
    let (today, tomorrow) = (today.to_string(), today.succ_opt().unwrap().to_string());
    let form = |day: &str, kind: &str, answer: &str, reference: &str, cards: &str| {
        [("received_on", day), ("kind", kind), ("answer", answer), ("reference", reference), ("cards", cards)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let enter = |form: [(String, String); 5]| {
        let approver = approver.clone();
        let app = &app;
        async move {
            let fields: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            approver.post(app, "/requests/enter", &fields).await
        }
    };
    let wrong = enter(form(&tomorrow, "gossip", "open", "Ana Novak", "many")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in [
        "Give the day on which it came: not a day to come.",
        "Choose one of those that are offered.",
        "At most 24 capitals, digits, dots, slashes and hyphens.",
        "Give a number of cards, or leave it empty.",
        "value=\"Ana Novak\"",
    ] {
        has(&wrong, said);
    }
    let entered = enter(form(&today, "subpoena", "open", "2026/17", "")).await;
    assert_eq!(entered.location, "/requests?done=demand-entered");
    enter(form(&today, "police", "refused", "", "0")).await;
    let list = approver.get(&app, "/requests").await;
    has(&list, "<code>2026/17</code>");
    let answer = format!("/requests/{}/answer", id_of(&list, "/requests/"));
    let open = approver.post(&app, &answer, &[("answer", "open")]).await;
    assert_eq!(open.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answered = approver.post(&app, &answer, &[("answer", "card_rows"), ("cards", "3")]).await;
    assert_eq!(answered.location, "/requests?done=demand-answered");
    assert_eq!(approver.post(&app, &answer, &[("answer", "refused")]).await.status, StatusCode::NOT_FOUND);

    let seen = auditor.get(&app, "/requests").await;
    has(&seen, "3 cards");
    has_not(&seen, "/requests/enter");
    assert_eq!(auditor.post(&app, "/requests/enter", &[]).await.status, StatusCode::FORBIDDEN);
    let counts = auditor.get(&app, "/requests/counts").await;
    has(&counts, "2 demands came in this time");
    let zero = "<td class=\"number\">0</td>";
    let police = format!("Police</th>{zero}<td class=\"number\">1</td>{}", zero.repeat(5));
    let subpoena = format!("Subpoena</th>{}<td class=\"number\">1</td>{zero}{zero}", zero.repeat(4));
    has(&counts, &police);
    has(&counts, &subpoena);
    has(&counts, "No legal hold began in this time.");
    let before = auditor.get(&app, "/requests/counts?from=2020-01-01&to=2020-12-31").await;
    has(&before, "No demand came in this time");
}

#[actix_web::test]
async fn a_holder_sees_everything_and_has_it_destroyed() {
    let town = Town::new();
    let app = town.app().await;
    let visit = visit(&town, &app).await;
    let browser = visit.browser.clone();
    let ticket = visit.case().ticket.clone();
    visit.to_review().await;
    let by_ticket = browser.post(&app, "/holder", &[("scan", &ticket)]).await;
    assert_eq!(by_ticket.location, format!("/holder/{}", visit.id));
    let typed = browser.get(&app, &by_ticket.location).await;
    for said in ["Amina Diallo", "src=\"data:image/jpeg;base64,", "Everything the city keeps about you"] {
        has(&typed, said);
    }
    has_not(&typed, "Your card<");
    visit.issue().await;
    let number = visit.case().card.unwrap();
    let found = browser.post(&app, "/holder", &[("scan", &number.to_lowercase())]).await;
    assert_eq!(found.location, format!("/holder/{number}"));
    let nothing = browser.post(&app, "/holder", &[("scan", "0123-4567-89AB-CDEF")]).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    has_not(&nothing, "0123");

    let all = browser.get(&app, &found.location).await;
    for said in [
        "Amina Diallo",
        "Passeport",
        "lang=\"fr\" dir=\"ltr\">Tout ce que la ville garde de vous",
        "Vous êtes venu pour une première carte",
        "tout sur un titulaire regardé",
        "Only the types of papers are kept. No copy, no number.",
    ] {
        has(&all, said);
    }
    assert_eq!(town.acts().last().unwrap(), "everything_viewed");
    let arabic = browser.get(&app, &format!("/holder/{number}?language=ar")).await;
    has(&arabic, "lang=\"ar\" dir=\"rtl\">كل ما تحفظه المدينة عنك");

    let keep = format!("/holder/{number}/keep");
    let far = [("until", "2031-01-01"), ("reason", "complaint")];
    let wrong = browser.post(&app, &keep, &far).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    has(&wrong, "rules let this record stand until");
    let today = town.hands.now().date_naive().to_string();
    has(&browser.post(&app, &keep, &[("until", &today), ("reason", "other")]).await, "Choose a day after");
    let soon = (town.hands.now() + Duration::days(3)).date_naive().to_string();
    let kept = browser.post(&app, &keep, &[("until", &soon), ("reason", "holder_asked")]).await;
    assert_eq!(kept.location, format!("/holder/{number}?done=kept-until"));

    let sure = browser.get(&app, &format!("/holder/{number}/destroy")).await;
    has(&sure, &format!("instead of once {} is past", unbroken(&soon)));
    has(&sure, "A card that was made and not handed over is revoked.");
    let done = browser.post(&app, &format!("/holder/{number}/destroy"), &[]).await;
    assert_eq!(done.location, format!("/holder/{number}?done=destroyed"));
    let gone = browser.get(&app, &done.location).await;
    has(&gone, "Destroyed. The city has no name, no address and no photo of you any more");
    has_not(&gone, "Amina");
    has_not(&gone, "data:image/jpeg");
    has_not(&gone, "/destroy\"");
    has(&gone, "revoked");
    assert_eq!(visit.case().station, crate::db::visit::Station::Closed);
    let again = browser.get(&app, &format!("/holder/{number}/destroy")).await;
    has(&again, "The record is destroyed already");
    assert_eq!(
        browser.post(&app, &format!("/holder/{number}/destroy"), &[]).await.status,
        StatusCode::CONFLICT
    );
    for nobody in ["/holder/2GYN-MSVA-2", "/holder/0193e0f0-0000-7000-8000-000000000000", "/holder/x"] {
        assert_eq!(browser.get(&app, nobody).await.status, StatusCode::NOT_FOUND, "{nobody}");
    }
}

#[actix_web::test]
async fn a_case_without_a_card_is_destroyed_at_its_holders_wish() {
    let town = Town::new();
    let app = town.app().await;
    let visit = visit(&town, &app).await;
    visit.to_review().await;
    let page = format!("/holder/{}/destroy", visit.id);
    let done = visit.browser.post(&app, &page, &[]).await;
    assert_eq!(done.location, format!("/holder/{}?done=destroyed", visit.id));
    let id = enrolment::CaseId::parse(&visit.id).unwrap();
    let opened = enrolment::holder(
        &town.desk.issuer,
        &id,
        &crate::db::act::Actor::command_line("test"),
        town.hands.now(),
    );
    assert!(opened.is_err());
    assert!(town.acts().contains(&"destroyed_at_wish".to_owned()));
}

#[actix_web::test]
async fn the_lawyer_reads_what_a_demand_would_get() {
    let town = Town::new();
    let app = town.app().await;
    let visit = visit(&town, &app).await;
    visit.to_review().await;
    let auditor = Browser::of(&town, &app, Role::Auditor).await;
    let page = auditor.get(&app, "/demand").await;
    let day = (town.hands.now() + Duration::days(30)).date_naive();
    for said in [
        "One sealed record of a resident stands",
        &format!("The last of them is destroyed once {} is past.", unbroken(&day.to_string())),
        "No legal hold keeps a record longer.",
        "No record was destroyed yet.",
        "Never held, in any table: numbers or copies of documents, nationality, legal status.",
        &format!("<bdi class=\"date\">{day}</bdi></td><td class=\"number\">1</td>"),
        "Enrolments, with the sealed records",
    ] {
        has(&page, said);
    }
    has_not(&page, "Amina");
    has_not(&page, "not described</span>");
    visit.browser.post(&app, &format!("/holder/{}/destroy", visit.id), &[]).await;
    let after = auditor.get(&app, "/demand").await;
    has(&after, "No sealed record of a resident stands");
    has(&after, "One record is destroyed. Its key is gone");
    has(&after, "Signed receipts prove it; the last has number 1.");
}

/// A date as it stands in a sentence: on one line.
fn unbroken(day: &str) -> String {
    day.replace('-', "-\u{2060}")
}

/// What asks for a new key.
const ROTATE: &str = r#"{"do":"rotate","usage":"card","desk":null,"from":null}"#;

/// Another custodian, who asks for something; gives the request's id.
fn asked_by_another(town: &Town, what: &str) -> String {
    let now = town.hands.now();
    let digest = PasswordDigest::of(&SecretString::from(PASSWORD), [7; 16]).unwrap();
    let new = NewOfficer::new(crate::edge::new_id(now), "second".to_owned(), Role::Custodian, digest, now);
    town.desk
        .issuer
        .db
        .write(|tx| {
            let other = Officer::insert(tx.conn(), &new)?;
            asked(tx, &other.id, what, now)
        })
        .unwrap()
}

fn asked(
    tx: &mut crate::db::Tx<'_>,
    by: &Id<Officer>,
    what: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<String, crate::Error> {
    let asked = Approval {
        id: Id::new(crate::edge::new_id(now)),
        what: what.to_owned(),
        asked_by: by.clone(),
        asked_at: now.into(),
        approved_by: None,
        approved_at: None,
    };
    asked.insert(tx.conn())?;
    tx.forget_audit();
    Ok(asked.id.to_string())
}

#[actix_web::test]
async fn a_second_custodian_approves_with_password_and_code() {
    let town = Town::new();
    let app = town.app().await;
    let custodian = Browser::of(&town, &app, Role::Custodian).await;
    let id = asked_by_another(&town, ROTATE);
    let page = custodian.get(&app, "/keys").await;
    has(&page, "Replace the key: cards. The new one takes over: at once");
    has(&page, "second 2026-");
    let approve = format!("/keys/approve/{id}");
    let code = town.code(Role::Custodian);
    let used = [("password", PASSWORD), ("code", code.as_str())];
    let wrong = custodian.post(&app, &approve, &used).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "the code was used to sign in");
    has(&wrong, "Password or code is wrong.");
    has(&wrong, &format!("id=\"wrong-{id}\""));

    town.hands.forward(Duration::minutes(1));
    let code = town.code(Role::Custodian);
    let done = custodian.post(&app, &approve, &[("password", PASSWORD), ("code", &code)]).await;
    assert_eq!(done.location, "/keys?done=key-approved", "{}", done.text);
    let acts = town.acts();
    for act in ["approval_given", "key_made", "key_retired"] {
        assert!(acts.iter().any(|known| known == act), "{act}");
    }
    let keys = town.desk.issuer.db.read(|conn| Ok::<_, crate::Error>(IssuingKey::all(conn)?)).unwrap();
    assert_eq!(keys.iter().filter(|key| key.state == KeyState::Retired).count(), 1);
    assert_eq!(custodian.get(&app, "/keys").await.status, StatusCode::OK, "still signed in");
    assert_eq!(custodian.post(&app, &approve, &[]).await.status, StatusCode::NOT_FOUND, "once");
}

#[actix_web::test]
async fn a_loss_in_whose_place_no_key_can_be_made_is_noted_and_told() {
    let town = Town::new();
    let app = town.app().await;
    let custodian = Browser::of(&town, &app, Role::Custodian).await;
    let issuer = &town.desk.issuer;
    let active = || {
        let of = |conn: &mut _| Ok::<_, crate::Error>(IssuingKey::of(conn, KeyUse::Card, KeyState::Active)?);
        issuer.db.read(of).unwrap()
    };
    // Its token went with it.
    let kid = active().remove(0).kid;
    let place = issuer.data.join(format!("keys/signing/{kid}.token"));
    crate::files::create_private(&place, b"pkcs11:token=gone?module-path=/nowhere.so\n").unwrap();
    let id = asked_by_another(&town, &format!(r#"{{"do":"compromise","kid":"{kid}","since":null}}"#));
    town.hands.forward(Duration::minutes(1));
    let code = town.code(Role::Custodian);
    let fields = [("password", PASSWORD), ("code", code.as_str())];
    let done = custodian.post(&app, &format!("/keys/approve/{id}"), &fields).await;
    assert_eq!(done.location, "/keys?done=key-lost-alone", "{}", done.text);
    has(&custodian.get(&app, &done.location).await, "no card is signed there until there is one");
    assert_eq!(active(), []);
}

#[actix_web::test]
async fn nobody_approves_their_own_key() {
    let town = Town::new();
    let app = town.app().await;
    let custodian = Browser::of(&town, &app, Role::Custodian).await;
    let now = town.hands.now();
    let id = town.desk.issuer.db.write(|tx| {
        let own = Officer::find_by_login(tx.conn(), "custodian")?.unwrap();
        asked(tx, &own.id, ROTATE, now)
    });
    let id = id.unwrap();
    let page = custodian.get(&app, "/keys").await;
    has(&page, "You asked for this. Another custodian approves it.");
    has_not(&page, "/keys/approve/");
    town.hands.forward(Duration::minutes(1));
    let code = town.code(Role::Custodian);
    let fields = [("password", PASSWORD), ("code", code.as_str())];
    let own = custodian.post(&app, &format!("/keys/approve/{id}"), &fields).await;
    assert_eq!(own.status, StatusCode::CONFLICT);
    town.hands.forward(Duration::hours(24));
    let custodian = Browser::of(&town, &app, Role::Custodian).await;
    has(&custodian.get(&app, "/keys").await, "Nothing waits.");
}
