//! The endpoint, asked as the page asks it.

use ::tests::city::{self, City, DAY};
use ::tests::draft::Draft;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::problem::Problem;
use super::*;
use crate::counter::Counter;
use shared::verdict::Desk;

mod faults;
mod guards;
mod openapi;
mod vectors;

struct Hall {
    folder: TempDir,
}

impl Hall {
    fn trusting(city: &City) -> Self {
        let hall = Self::empty();
        hall.store().take(&city.bundle(), None).unwrap();
        hall
    }

    fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn store(&self) -> Store {
        Store::new(self.folder.path().to_owned())
    }

    /// What the server answers: status, kind of content, JSON.
    async fn ask(&self, request: TestRequest, clock: fn() -> DateTime<Utc>) -> (u16, String, Value) {
        let kiosk = Data::new(Kiosk::new(self.store(), None, Clock::new(clock)).unwrap());
        let app = App::new().app_data(kiosk).wrap(from_fn(guard::same_machine)).wrap(guard::headers());
        let service = init_service(app.configure(routes::all)).await;
        let answer = call_service(&service, request.to_request()).await;
        let status = answer.status().as_u16();
        let kind = answer.headers().get(CONTENT_TYPE).unwrap().to_str().unwrap().to_owned();
        (status, kind, serde_json::from_slice(&read_body(answer).await).unwrap_or_default())
    }

    /// The whole answer.
    async fn answer(&self, request: TestRequest) -> ServiceResponse {
        let kiosk = Data::new(Kiosk::new(self.store(), None, Clock::new(today)).unwrap());
        let app = App::new().app_data(kiosk).wrap(from_fn(guard::same_machine)).wrap(guard::headers());
        call_service(&init_service(app.configure(routes::all)).await, request.to_request()).await
    }

    /// The state of a kiosk that is kept new.
    async fn state(&self, updates: &Arc<Updates>) -> Value {
        let kiosk = Kiosk::new(self.store(), None, Clock::new(today)).unwrap().telling(Some(updates.clone()));
        let app = App::new().app_data(Data::new(kiosk)).configure(routes::all);
        let answer =
            call_service(&init_service(app).await, TestRequest::with_uri("/v1/state").to_request()).await;
        serde_json::from_slice(&read_body(answer).await).unwrap()
    }

    async fn verify_at(&self, text: &str, desk: &str, clock: fn() -> DateTime<Utc>) -> Value {
        let request = verify_request().set_json(json!({ "text": text, "desk": desk }));
        let (status, kind, answer) = self.ask(request, clock).await;
        assert_eq!((status, kind.as_str()), (200, "application/json"), "{answer}");
        answer
    }

    async fn verify(&self, card: &Draft, desk: &str) -> Value {
        self.verify_at(&card.text(), desk, today).await
    }
}

fn today() -> DateTime<Utc> {
    city::at(city::NOW)
}

fn verify_request() -> TestRequest {
    TestRequest::post().uri("/v1/verify").insert_header((HOST, "127.0.0.1:8090"))
}

fn named(answer: &Value) -> (&str, Option<&str>) {
    (answer["outcome"].as_str().unwrap(), answer["reason"].as_str())
}

fn rows(answer: &Value) -> Vec<(&str, &str)> {
    let rows = answer["screen"]["rows"].as_array().unwrap();
    rows.iter().map(|row| (row["field"].as_str().unwrap(), row["value"].as_str().unwrap())).collect()
}

#[actix_web::test]
async fn a_good_card_is_valid_with_what_its_desk_shows() {
    let hall = Hall::trusting(&City::port_alder());
    let answer = hall.verify(&city::identity(), "library").await;
    assert_eq!(named(&answer), ("valid", None));
    assert_eq!(
        rows(&answer),
        [
            ("number", city::number().as_str()),
            ("full_name", "Zoë Żurawska-Ñandú"),
            ("services", "City library · City clinic · Buses and trams"),
            ("expires", "2027-01-03"),
            ("issuer", "Port Alder"),
        ]
    );
    let screen = &answer["screen"];
    assert_eq!(screen["title"], "Valid");
    assert_eq!(screen["sentence"], "The card is good.");
    assert_eq!(screen["advice"], "Serve the holder.");
    assert_eq!(screen["scope"], "What this card opens there.");
    assert_eq!(screen["hotline"], "+1 555 0142");
    assert_eq!(screen["lists"], "Lists: 60 min old");
}

#[actix_web::test]
async fn the_report_is_the_one_of_the_command_line() {
    let hall = Hall::trusting(&City::port_alder());
    let mut answer = hall.verify(&city::service_card(), "").await;
    answer.as_object_mut().unwrap().remove("screen");
    let trusted = City::port_alder().trusted();
    let counter = Counter { trusted: Some(&trusted), desk: Desk::Any, now: today() };
    let checked = counter.check(&city::service_card().text(), None);
    assert_eq!(answer, serde_json::to_value(checked.verdict.report()).unwrap());
}

#[actix_web::test]
async fn a_clinic_shows_its_dates_as_people_write_them() {
    let hall = Hall::trusting(&City::port_alder());
    let answer = hall.verify(&city::identity(), "clinic").await;
    assert!(rows(&answer).contains(&("birth_date", "1991-03-07")));
}

#[actix_web::test]
async fn the_last_day_is_the_one_printed_on_the_card() {
    let hall = Hall::trusting(&City::port_alder());
    // Midnight after 31 December 2026.
    let answer = hall.verify(&city::identity().claim(4, 1_798_761_600), "library").await;
    assert!(rows(&answer).contains(&("expires", "2026-12-31")), "{answer}");
}

#[actix_web::test]
async fn transit_learns_no_name_from_an_identity_code() {
    let hall = Hall::trusting(&City::port_alder());
    let answer = hall.verify(&city::identity(), "transit").await;
    assert_eq!(named(&answer), ("valid", None));
    let shown: Vec<&str> = rows(&answer).iter().map(|(field, _)| *field).collect();
    assert_eq!(shown, ["number", "expires", "issuer"]);
    let said = answer.to_string();
    for part in ["Zo", "urawska", "1991", "library"] {
        assert!(!said.contains(part), "{part} in {said}");
    }
    let face = hall.verify(&city::service_card(), "transit").await;
    assert_eq!(face["claims"]["face"]["format"], "webp");
}

#[actix_web::test]
async fn what_is_not_good_says_why_and_what_to_do_and_shows_no_holder() {
    let hall = Hall::trusting(&City::port_alder());
    let revoked = city::identity().claim(65_535, city::status_at(city::REVOKED, city::DESK_LIST));
    let expired = city::identity().claim(4, city::NOW - DAY);
    let forged = city::identity().forged_by(city::FORGER);
    for (card, reason, sentence) in [
        (revoked, "revoked", "The card was revoked."),
        (expired, "expired", "The card is genuine, but its time is over."),
        (forged, "bad_signature", "The city did not sign this: it is forged or altered."),
    ] {
        let answer = hall.verify(&card, "library").await;
        assert_eq!(named(&answer), ("not_valid", Some(reason)));
        assert_eq!(answer["screen"]["sentence"], sentence);
        assert_eq!(answer["screen"]["hotline"], "+1 555 0142");
        assert_eq!(answer["claims"], Value::Null);
        assert!(!answer.to_string().contains("urawska"), "{answer}");
    }
}

#[actix_web::test]
async fn old_lists_are_said_to_be_old() {
    let hall = Hall::trusting(&City::port_alder());
    let later = || city::at(city::NOW + 8 * DAY);
    let answer = hall.verify_at(&city::identity().text(), "library", later).await;
    assert_eq!(named(&answer), ("valid_stale", None));
    assert_eq!(answer["screen"]["lists"], "Lists: 8 days old");
    let (_, _, state) = hall.ask(state_request("desk=library"), later).await;
    assert_eq!((state["stale"].as_bool(), state["lists"].as_str()), (Some(true), Some("Lists: 8 days old")));
    // A clock before the lists says nothing of their age.
    let before = || city::at(city::NOW - 9 * DAY);
    let (_, _, state) = hall.ask(state_request("desk=library"), before).await;
    let said = "This machine's clock is behind.";
    assert_eq!((state["stale"].as_bool(), state["lists"].as_str()), (Some(true), Some(said)));
}

#[actix_web::test]
async fn what_is_no_card_cannot_be_told() {
    let hall = Hall::trusting(&City::port_alder());
    let answer = hall.verify_at("https://example.org/", "library", today).await;
    assert_eq!(named(&answer), ("cannot_tell", Some("not_a_card")));
    let answer = hall.verify_at(&"\u{20ac}".repeat(120), "library", today).await;
    assert_eq!(answer["outcome"], "cannot_tell");
    assert!(answer["screen"]["advice"].as_str().unwrap().starts_with("Set the scanner to US keyboard"));
}

#[actix_web::test]
async fn without_a_city_nothing_can_be_told_until_its_bundle_comes() {
    let hall = Hall::empty();
    let kiosk = Data::new(Kiosk::new(hall.store(), None, Clock::new(today)).unwrap());
    assert!(kiosk.lists.current().trusted.is_none());
    let answer = hall.verify(&city::identity(), "library").await;
    assert_eq!(named(&answer), ("cannot_tell", Some("no_trust_list")));
    let (_, _, state) = hall.ask(state_request(""), today).await;
    assert_eq!((&state["city"], &state["lists"]), (&Value::Null, &json!("No lists here yet")));
    hall.store().take(&City::port_alder().bundle(), None).unwrap();
    assert_eq!(kiosk.lists.current().trusted.unwrap().trust_list().sequence, 12);
}

#[actix_web::test]
async fn the_state_names_the_city_its_desks_and_its_root() {
    let hall = Hall::trusting(&City::port_alder());
    let (_, _, state) = hall.ask(state_request("desk=clinic&language=ar"), today).await;
    assert_eq!(state["city"], "بورت ألدر");
    assert_eq!(state["fingerprint"], city::ROOT.public().thumbprint().to_string());
    assert_eq!(state["desk"], "clinic");
    assert_eq!(state["services"][0], json!({ "id": "library", "name": "City library" }));
    assert_eq!(state["languages"].as_array().unwrap().len(), 8);
    assert_eq!(state["words"]["ready"], "امسح بطاقة");
    let (_, _, unknown) = hall.ask(state_request("desk=harbour"), today).await;
    assert_eq!(unknown["desk"], "");
}

fn state_request(query: &str) -> TestRequest {
    TestRequest::get().uri(&format!("/v1/state?{query}")).insert_header((HOST, "localhost:8090"))
}

#[actix_web::test]
async fn the_codes_of_a_picture_are_read() {
    let code = qrcode::QrCode::new("CODE").unwrap();
    let width = u32::try_from(code.width()).unwrap();
    let dark = code.to_colors();
    let picture = image::GrayImage::from_fn((width + 8) * 8, (width + 8) * 8, |x, y| {
        let (x, y) = ((x / 8).wrapping_sub(4), (y / 8).wrapping_sub(4));
        let place = usize::try_from(y.wrapping_mul(width).wrapping_add(x)).unwrap();
        let is_dark = x < width && y < width && dark[place] == qrcode::Color::Dark;
        image::Luma([if is_dark { 0 } else { 255 }])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let request = TestRequest::post().uri("/v1/read").insert_header((HOST, "localhost"));
    let (status, _, answer) = Hall::empty().ask(request.set_payload(png.into_inner()), today).await;
    assert_eq!((status, answer), (200, json!({ "texts": ["CODE"] })));
}

#[actix_web::test]
async fn a_page_that_checks_by_itself_gets_the_lists_and_their_root() {
    let city = City::port_alder();
    for (hall, expected) in [(Hall::empty(), None), (Hall::trusting(&city), Some(city.trusted()))] {
        let kiosk = Data::new(Kiosk::new(hall.store(), None, Clock::new(today)).unwrap());
        let service = init_service(App::new().app_data(kiosk).configure(routes::all)).await;
        let answer = call_service(&service, TestRequest::get().uri("/v1/bundle").to_request()).await;
        assert_eq!(answer.status(), if expected.is_some() { 200 } else { 204 });
        let root = answer.headers().get("X-Root-Fingerprint").map(|root| root.to_str().unwrap().to_owned());
        assert_eq!(root, expected.as_ref().map(|trusted| trusted.fingerprint().to_string()));
        assert_eq!(read_body(answer).await.to_vec(), expected.map_or(vec![], |trusted| trusted.to_bundle()));
    }
}

#[actix_web::test]
async fn the_page_takes_nothing_from_elsewhere() {
    let hall = Hall::empty();
    let kiosk = Data::new(Kiosk::new(hall.store(), None, Clock::new(today)).unwrap());
    let app = App::new().app_data(kiosk).wrap(from_fn(guard::same_machine)).wrap(guard::headers());
    let service = init_service(app.configure(routes::all)).await;
    let parts = crate::pwa::parts().filter(|part| part.name != "core.wasm");
    for address in parts.map(|part| format!("/{}", part.name)).chain(["/".to_owned()]) {
        let request = TestRequest::get().uri(&address).insert_header((HOST, "localhost"));
        let answer = call_service(&service, request.to_request()).await;
        assert_eq!(answer.status(), 200, "{address}");
        assert_eq!(answer.headers().get("Cache-Control").unwrap(), "no-store");
        let policy = answer.headers().get("Content-Security-Policy").unwrap().to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';"),
            "{policy}"
        );
        let body = String::from_utf8(read_body(answer).await.to_vec()).unwrap();
        assert!(!body.contains("http://") && !body.contains("https://"), "{address}");
    }
}
