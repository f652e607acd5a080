//! A whole visit by form posts alone, as a browser without script makes it.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use chrono::Duration;

use super::{Browser, Page, Served, Town};
use crate::card::portrait;
use crate::db::officer::Role;
use crate::enrolment::{self, CaseId};

/// A visit under way: whose browser, which case.
pub(super) struct Visit<'a, A> {
    pub(super) town: &'a Town,
    pub(super) app: &'a A,
    pub(super) browser: Browser,
    pub(super) id: String,
}

/// What is typed about Amina.
pub(super) const AMINA: [(&str, &str); 9] = [
    ("full_name", "Amina Diallo"),
    ("birth_day", "9"),
    ("birth_month", "3"),
    ("birth_year", "1988"),
    ("birth_on_card", "yes"),
    ("gender", ""),
    ("address_kind", "none"),
    ("service", "library"),
    ("service", "clinic"),
];

impl<'a, A: Served> Visit<'a, A> {
    pub(super) async fn begin(town: &'a Town, app: &'a A, browser: Browser) -> Self {
        let begun = browser.post(app, "/cases", &[("kind", "new")]).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
        let id = begun.location.split('/').nth(2).unwrap().to_owned();
        assert_eq!(begun.location, format!("/cases/{id}/language"));
        Self { town, app, browser, id }
    }

    pub(super) fn case(&self) -> enrolment::Case {
        let id = CaseId::parse(&self.id).unwrap();
        enrolment::find(&self.town.desk.issuer, &id, self.town.hands.now()).unwrap()
    }

    pub(super) async fn get(&self, step: &str) -> Page {
        self.browser.get(self.app, &format!("/cases/{}/{step}", self.id)).await
    }

    /// Sends a step's form, as its page would now.
    pub(super) async fn send(&self, step: &str, fields: &[(&str, &str)]) -> Page {
        let version = self.case().version.to_string();
        let all: Vec<_> =
            std::iter::once(("version", version.as_str())).chain(fields.iter().copied()).collect();
        self.browser.post(self.app, &format!("/cases/{}/{step}", self.id), &all).await
    }

    /// Sends it and sees that it leads on.
    pub(super) async fn goes(&self, step: &str, fields: &[(&str, &str)], to: &str) {
        let page = self.send(step, fields).await;
        let expected = if to.starts_with('/') { to.to_owned() } else { format!("/cases/{}/{to}", self.id) };
        assert_eq!((page.status, page.location), (StatusCode::SEE_OTHER, expected), "{step}: {}", page.text);
    }

    pub(super) async fn photo(&self, bytes: &[u8]) -> Page {
        let version = self.case().version.to_string();
        let request = multipart(
            &format!("/cases/{}/photo", self.id),
            &[("form_token", &self.browser.csrf), ("version", &version), ("do", "keep"), ("crop", "")],
            ("photo", "../../etc/passwd", bytes),
        );
        self.browser.send(self.app, request).await
    }

    /// Up to the review, with every line confirmed but nothing issued.
    pub(super) async fn to_review(&self) {
        self.goes("language", &[("language", "fr")], "papers").await;
        let papers =
            [("paper", "passport"), ("paper", "school-letter"), ("birth_year", "1988"), ("do", "on")];
        self.goes("papers", &[&papers[..], &[("address_kind", "none")]].concat(), "person").await;
        self.goes("person", &[&AMINA[..], &[("do", "on")]].concat(), "photo").await;
        let kept = self.photo(&portrait::drawn(7).unwrap()).await;
        assert_eq!(kept.location, format!("/cases/{}/photo", self.id), "{}", kept.text);
        self.goes("photo", &[("do", "on")], "review").await;
    }

    pub(super) async fn issue(&self) {
        let lines = ["full_name", "birth_date", "services", "photo"].map(|line| ("confirm", line));
        self.goes("review", &[&lines[..], &[("do", "issue")]].concat(), "print?done=issued").await;
    }

    /// The text of a code of the card, as a scanner reads it.
    pub(super) fn code(&self) -> String {
        let id = CaseId::parse(&self.id).unwrap();
        let actor = crate::db::act::Actor::command_line("test");
        let issuer = &self.town.desk.issuer;
        enrolment::print::printable(issuer, &id, &actor, self.town.hands.now()).unwrap().card.service_qr
    }
}

/// A form with a file.
pub(super) fn multipart(
    path: &str,
    fields: &[(&str, &str)],
    (name, file, bytes): (&str, &str, &[u8]),
) -> TestRequest {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .bytes(),
        );
    }
    body.extend(
        format!(
            "--frontier\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
             Content-Type: image/jpeg\r\n\r\n"
        )
        .bytes(),
    );
    body.extend(bytes);
    body.extend(b"\r\n--frontier--\r\n");
    TestRequest::post()
        .uri(path)
        .insert_header(("Sec-Fetch-Site", "same-origin"))
        .insert_header(("Content-Type", "multipart/form-data; boundary=frontier"))
        .set_payload(body)
}

#[actix_web::test]
async fn from_the_language_to_the_hand_over() {
    let town = Town::new();
    let app = town.app().await;
    let visit = Visit::begin(&town, &app, Browser::of(&town, &app, Role::Registrar).await).await;
    let language = visit.get("language").await;
    assert!(language.text.contains("Quelle langue parlez-vous le mieux"), "{}", language.text);
    visit.to_review().await;
    let review = visit.get("review").await;
    assert!(review.text.contains("Tout est-il juste sur votre carte"), "{}", review.text);
    assert!(review.text.contains("Amina Diallo") && review.text.contains("1988-03-09"));
    for side in ["front", "back"] {
        let picture = visit.get(&format!("proof/{side}")).await;
        assert_eq!(picture.headers.get("content-type").unwrap(), "image/png", "{}", picture.text);
    }
    let half = visit.send("review", &[("confirm", "full_name"), ("do", "issue")]).await;
    assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(half.text.contains("Go through every line"), "{}", half.text);
    visit.issue().await;
    let print = visit.get("print?done=issued").await;
    assert!(print.text.contains("The card is signed."), "{}", print.text);
    let pdf = visit.get("card.pdf").await;
    assert!(pdf.text.starts_with("%PDF-"), "{}", pdf.text);
    visit.goes("print", &[("outcome", "nothing")], "print?done=again").await;
    visit.goes("print", &[("outcome", "printed")], "scan").await;
    let other = visit.send("scan", &[("do", "scan"), ("scan", "https://example.org/")]).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(other.text.contains("This code is not a card of this city."), "{}", other.text);
    visit.goes("scan", &[("do", "scan"), ("scan", &visit.code())], "hand-over?done=scanned").await;
    let slip = visit.get("slip.pdf").await;
    assert!(slip.text.starts_with("%PDF-"), "{}", slip.text);
    let hand_over = visit.get("hand-over?done=scanned").await;
    let until = (town.hands.now() + Duration::days(7)).format("%Y-%m-%d").to_string();
    // No line is broken within it.
    let until = until.replace('-', "-\u{2060}");
    assert!(hand_over.text.contains(&format!("is destroyed on {until}")), "{}", hand_over.text);
    assert!(hand_over.text.contains(&format!("est détruit le {until}")), "{}", hand_over.text);
    visit.goes("hand-over", &[], "/?done=handed-over").await;
    let number = visit.case().card.unwrap();
    let card = visit.browser.get(&app, &format!("/cards/{number}")).await;
    assert!(card.text.contains("sealed, until") && !card.text.contains("Amina"), "{}", card.text);
    let opened = visit.browser.post(&app, &format!("/cards/{number}/open"), &[]).await;
    assert!(opened.text.contains("Amina Diallo"), "{}", opened.text);
    let acts = town.acts();
    for act in ["evidence_checked", "cards_reserved", "cards_issued", "card_scanned", "card_handed_over"] {
        assert!(acts.iter().any(|known| known == act), "{act} is not in {acts:?}");
    }
}

#[actix_web::test]
async fn what_is_typed_is_kept_right_or_wrong() {
    let town = Town::new();
    let app = town.app().await;
    let visit = Visit::begin(&town, &app, Browser::of(&town, &app, Role::Registrar).await).await;
    let papers = [("paper", "passport"), ("paper", "lease"), ("address_kind", "street"), ("do", "on")];
    visit.goes("papers", &papers, "person").await;
    let wrong = [
        ("full_name", "<b>Zoë</b> 😀"),
        ("birth_day", "31"),
        ("birth_month", "2"),
        ("birth_year", "1988"),
        ("address_kind", "street"),
        ("do", "on"),
    ];
    let page = visit.send("person", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in ["take out 😀", "This is no date.", "Write the address, or choose another answer."] {
        assert!(page.text.contains(text), "{text} is not in {}", page.text);
    }
    // What was typed stands in its field, as text.
    assert!(page.text.contains("value=\"&#60;b&#62;Zoë&#60;/b&#62; 😀\""), "{}", page.text);
    assert!(!page.text.contains("<b>Zoë"));
    // The same browser later, another session: nothing is lost.
    town.hands.forward(Duration::minutes(20));
    let again = Visit { browser: Browser::of(&town, &app, Role::Registrar).await, ..visit };
    let page = again.get("person").await;
    assert!(page.text.contains("Zoë") && page.text.contains("value=\"31\""), "{}", page.text);
}

#[actix_web::test]
async fn two_officers_do_not_overwrite_each_other() {
    let town = Town::new();
    let app = town.app().await;
    let visit = Visit::begin(&town, &app, Browser::of(&town, &app, Role::Registrar).await).await;
    let papers = [("paper", "passport"), ("paper", "school-letter"), ("address_kind", "none"), ("do", "on")];
    visit.goes("papers", &papers, "person").await;
    let colleague = Browser::of(&town, &app, Role::Approver).await;
    let seen = visit.case().version.to_string();
    let path = format!("/cases/{}/person", visit.id);
    let page = colleague.get(&app, &path).await;
    assert!(page.text.contains("registrar has this case open now."), "{}", page.text);
    let fields =
        |name| [("version", seen.as_str()), ("full_name", name), ("address_kind", "none"), ("do", "save")];
    let first = visit.browser.post(&app, &path, &fields("Amina Diallo")).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
    let second = colleague.post(&app, &path, &fields("Aminata Diallo")).await;
    assert_eq!(second.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(second.text.contains("registrar changed this case meanwhile."), "{}", second.text);
    assert!(second.text.contains("value=\"Aminata Diallo\""), "{}", second.text);
    assert!(second.text.contains("Saved meanwhile by the colleague: Amina Diallo"), "{}", second.text);
    let kept = visit.get("person").await;
    assert!(kept.text.contains("value=\"Amina Diallo\""), "{}", kept.text);
    // By itself, a page keeps nothing over a colleague either.
    let by_itself = colleague.post(&app, &format!("/cases/{}/keep", visit.id), &fields("Aminata")).await;
    assert_eq!(by_itself.status, StatusCode::CONFLICT);
}

#[actix_web::test]
async fn a_second_click_makes_no_second_card() {
    let town = Town::new();
    let app = town.app().await;
    let visit = Visit::begin(&town, &app, Browser::of(&town, &app, Role::Registrar).await).await;
    visit.to_review().await;
    visit.issue().await;
    let number = visit.case().card.unwrap();
    let again = visit.send("review", &[("do", "issue")]).await;
    assert_eq!(again.location, format!("/cases/{}/print", visit.id));
    assert_eq!(visit.case().card.unwrap(), number);
    let cards = town.desk.issuer.db.read(|conn| Ok::<_, crate::Error>(crate::db::card::Card::all(conn)?));
    assert_eq!(cards.unwrap().len(), 1);
    // Back to a form that was sent before: the case is where it is.
    for step in ["person", "photo", "review", "papers", "language", "scan", "hand-over"] {
        assert_eq!(visit.get(step).await.location, format!("/cases/{}/print", visit.id), "{step}");
    }
}

#[actix_web::test]
async fn a_spoiled_card_has_a_successor() {
    let town = Town::new();
    let app = town.app().await;
    let visit = Visit::begin(&town, &app, Browser::of(&town, &app, Role::Registrar).await).await;
    visit.to_review().await;
    visit.issue().await;
    let (first, code) = (visit.case().card.unwrap(), visit.code());
    visit.goes("print", &[("outcome", "spoiled")], "print?done=spoiled").await;
    let second = visit.case().card.unwrap();
    assert_ne!(first, second);
    let card = visit.browser.get(&app, &format!("/cards/{first}")).await;
    assert!(card.text.contains("revoked") && card.text.contains("Spoiled in the printer"), "{}", card.text);
    visit.goes("print", &[("outcome", "printed")], "scan").await;
    let spoiled = visit.send("scan", &[("do", "scan"), ("scan", &code)]).await;
    assert!(spoiled.text.contains("This is another card"), "{}", spoiled.text);
    let skipped = visit.send("scan", &[("do", "skip")]).await;
    assert!(skipped.text.contains("Say why it is not scanned."), "{}", skipped.text);
    visit.goes("scan", &[("do", "skip"), ("skip_reason", "no_scanner")], "hand-over").await;
}

#[actix_web::test]
async fn nobody_refuses_alone() {
    let town = Town::new();
    let app = town.app().await;
    let visit = Visit::begin(&town, &app, Browser::of(&town, &app, Role::Registrar).await).await;
    visit.goes("language", &[("language", "uk")], "papers").await;
    let empty = visit.send("second-look", &[("do", "ask")]).await;
    assert!(empty.text.contains("Choose a reason."), "{}", empty.text);
    let ask = [("do", "ask"), ("reason", "not_resident"), ("words", "The lease ended last year")];
    visit.goes("second-look", &ask, "/queue?done=asked").await;
    let waits = visit.get("second-look").await;
    assert!(waits.text.contains("It waits for another officer"), "{}", waits.text);
    let refuse = [("do", "refuse"), ("reason", "not_resident"), ("words", "No sign of an address here")];
    assert_eq!(visit.send("second-look", &refuse).await.status, StatusCode::FORBIDDEN);
    let approver = Visit { browser: Browser::of(&town, &app, Role::Approver).await, ..visit };
    let page = approver.get("second-look").await;
    assert!(page.text.contains("The lease ended last year"), "{}", page.text);
    approver.goes("second-look", &refuse, "closed?done=decided").await;
    let why = approver.get("why").await;
    assert!(why.text.contains("lang=\"uk\"") && why.text.contains("Вашу заяву не прийнято"), "{}", why.text);
    assert!(why.text.contains("Не було видно, що ви живете в цьому місті."), "{}", why.text);
}

#[actix_web::test]
async fn photos_that_are_none_are_refused_in_words() {
    let town = Town::new();
    let app = town.app().await;
    let visit = Visit::begin(&town, &app, Browser::of(&town, &app, Role::Registrar).await).await;
    let papers = [("paper", "passport"), ("paper", "school-letter"), ("address_kind", "none"), ("do", "on")];
    visit.goes("papers", &papers, "person").await;
    visit.goes("person", &[&AMINA[..], &[("do", "on")]].concat(), "photo").await;
    for bytes in [&b"GIF89a"[..], b"<svg onload=alert(1)>", b"\xff\xd8\xff\xe0 cut short"] {
        let page = visit.photo(bytes).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text);
        assert!(page.text.contains("This file is not a photo that can be used"), "{}", page.text);
    }
    let huge = visit.photo(&vec![0; 13 << 20]).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(huge.text.contains("Send at most 12 MB."), "{}", huge.text);
    // Without any it goes on as well.
    visit.goes("photo", &[("do", "on")], "review").await;
}

#[actix_web::test]
async fn whatever_is_asked_for_finds_the_card_or_the_case() {
    let town = Town::new();
    let app = town.app().await;
    let visit = Visit::begin(&town, &app, Browser::of(&town, &app, Role::Registrar).await).await;
    let ticket = visit.case().ticket;
    visit.to_review().await;
    let find = async |text: &str| visit.browser.post(&app, "/find", &[("scan", text)]).await;
    assert_eq!(find(&ticket.to_lowercase()).await.location, format!("/cases/{}", visit.id));
    visit.issue().await;
    let number = visit.case().card.unwrap();
    let card = format!("/cards/{number}");
    assert_eq!(find(&number).await.location, card);
    assert_eq!(find(&visit.code()).await.location, card);
    for wrong in ["", "nothing", "ZZZZ-ZZZZ-Z", "<script>"] {
        let page = find(wrong).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{wrong}");
        assert!(page.text.contains("Nothing was found for this."), "{}", page.text);
        assert!(!page.text.contains("<script>"));
    }
    let address = format!("{card}/status");
    let revoke = visit.browser.post(&app, &address, &[("change", "revoke"), ("reason", "lost")]);
    assert_eq!(revoke.await.location, format!("{card}?done=status"));
    let renewal = visit.browser.post(&app, "/cases", &[("kind", "replacement"), ("card", &number)]).await;
    assert_eq!(renewal.status, StatusCode::SEE_OTHER, "{}", renewal.text);
}

#[actix_web::test]
async fn the_queue_is_live_and_names_nobody() {
    let town = Town::new();
    let app = town.app().await;
    let visit = Visit::begin(&town, &app, Browser::of(&town, &app, Role::Registrar).await).await;
    visit.to_review().await;
    let queue = visit.browser.get(&app, "/queue").await;
    let ticket = visit.case().ticket;
    assert!(queue.text.contains(&ticket) && !queue.text.contains("Amina"), "{}", queue.text);
    let (_, stamp) = queue.text.split_once("data-stamp=\"").unwrap();
    let stamp = stamp.split('"').next().unwrap();
    let part = |stamp: &str| {
        TestRequest::get().uri("/queue/part?station=").insert_header(("X-Stamp", stamp.to_owned()))
    };
    assert_eq!(visit.browser.send(&app, part(stamp)).await.status, StatusCode::NO_CONTENT);
    visit.issue().await;
    let changed = visit.browser.send(&app, part(stamp)).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert!(changed.text.contains("print") && changed.headers.contains_key("x-stamp"), "{}", changed.text);
    // Asking again and again keeps nobody signed in.
    for _ in 0..16 {
        town.hands.forward(Duration::minutes(1));
        visit.browser.send(&app, part(stamp)).await;
    }
    assert_eq!(visit.browser.get(&app, "/queue").await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn the_holder_is_told_what_does_not_stand_on_the_card() {
    let town = Town::new();
    let app = town.app().await;
    let visit = Visit::begin(&town, &app, Browser::of(&town, &app, Role::Registrar).await).await;
    let papers = [("paper", "passport"), ("paper", "utility-bill"), ("address_kind", "street"), ("do", "on")];
    visit.goes("papers", &papers, "person").await;
    let lives = [("full_name", "Amina Diallo"), ("address_kind", "street"), ("address", "12 Mill Lane")];
    visit.goes("person", &[&lives[..], &[("do", "on")]].concat(), "photo").await;
    visit.goes("photo", &[("do", "on")], "review").await;
    let review = visit.get("review").await;
    assert_eq!(
        review.text.matches("Not on the card: only in the sealed record").count(),
        1,
        "{}",
        review.text
    );
    let (_, after) = review.text.split_once("12 Mill Lane").unwrap();
    assert!(after.starts_with("<span class=\"off\">"), "{after}");
}
