//! Batches at the desk: what is wrong is shown first, cards are issued once, and nobody else opens the job.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use chrono::Duration;

use super::{Browser, Page, Served, Town};
use crate::card::portrait;
use crate::db::card::Card;
use crate::db::officer::Role;

const GOOD: &str = "full_name,birth_date,photo\nZoë Müller,1988-03-09,faces/zoë.jpg\nLayla Haddad,1990,\n";

/// The parts of a form: field, name of the file where it is one, bytes.
type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

async fn send(browser: &Browser, app: &impl Served, parts: &[Part<'_>]) -> Page {
    let mut body = Vec::new();
    for (field, file, bytes) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        let head = format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    let request = TestRequest::post()
        .uri("/batches")
        .insert_header(("Sec-Fetch-Site", "same-origin"))
        .insert_header(("X-Form-Token", browser.csrf.as_str()))
        .insert_header(("Content-Type", "multipart/form-data; boundary=edge"))
        .set_payload(body);
    browser.send(app, request).await
}

/// Sends a file with its photos; gives the address of the job, once the file was looked through.
async fn upload(town: &Town, app: &impl Served, browser: &Browser, csv: &str, photos: &[Part<'_>]) -> String {
    let mut parts: Vec<Part<'_>> = vec![
        ("layout", None, b"card"),
        ("slips", None, b"1"),
        ("csv", Some("residents.csv"), csv.as_bytes()),
    ];
    parts.extend(photos);
    let page = send(browser, app, &parts).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    town.desk.jobs.settle();
    page.location
}

fn numbers(town: &Town) -> Vec<String> {
    let db = &town.desk.issuer.db;
    let cards = db.read(|conn| Ok::<_, crate::Error>(Card::all(conn)?)).unwrap();
    let mut numbers: Vec<_> = cards.into_iter().map(|card| card.number).collect();
    numbers.sort();
    numbers
}

/// Every file below a folder, but for the database's own and the city's keys.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.extend((!path.ends_with("keys")).then_some(path));
            } else if !path.file_name().unwrap().to_string_lossy().contains("city.db") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[actix_web::test]
async fn a_good_file_is_shown_issued_once_and_printed() {
    let town = Town::new();
    let app = town.app().await;
    let browser = Browser::of(&town, &app, Role::Registrar).await;
    let photo = portrait::drawn(1).unwrap();
    let sent = [("photos", Some("zoë.jpg"), photo.as_slice())];
    let job = upload(&town, &app, &browser, GOOD, &sent).await;
    let shown = browser.get(&app, &job).await;
    assert!(shown.text.contains("Issue 2 cards"), "{}", shown.text);
    assert!(numbers(&town).is_empty());
    let before = files(town.folder());
    // The second click finds it begun.
    for _ in 0..2 {
        assert_eq!(browser.post(&app, &format!("{job}/issue"), &[]).await.location, job);
    }
    town.desk.jobs.settle();
    assert_eq!(browser.post(&app, &format!("{job}/issue"), &[]).await.location, job);
    town.desk.jobs.settle();
    assert_eq!(numbers(&town).len(), 2);
    let progress = browser.get(&app, &format!("{job}/progress")).await;
    let progress: serde_json::Value = serde_json::from_str(&progress.text).unwrap();
    assert_eq!(progress, serde_json::json!({ "signed": 2, "state": "ready" }));
    let made = browser.get(&app, &job).await;
    assert!(made.text.contains("2 cards are signed"), "{}", made.text);
    for name in ["cards.pdf", "slips.pdf"] {
        let document = browser.get(&app, &format!("{job}/documents/{name}")).await;
        assert_eq!(document.status, StatusCode::OK);
        assert!(document.text.starts_with("%PDF-"), "{name}");
        let header = |name: &str| document.headers.get(name).unwrap().to_str().unwrap();
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("content-disposition"), format!("attachment; filename=\"{name}\""));
    }
    let none = browser.get(&app, &format!("{job}/documents/../../city.toml")).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    assert_eq!(
        files(town.folder()),
        before.as_slice(),
        "nothing is written but the database and the keystore"
    );
    let acts = town.acts();
    assert!(acts.contains(&"batch_opened".to_owned()) && !acts.contains(&"batch_finished".to_owned()));
    let closed = browser.post(&app, &format!("{job}/close"), &[]).await;
    assert_eq!(closed.location, "/batches?done=batch-closed");
    assert_eq!(town.acts().iter().filter(|act| *act == "batch_finished").count(), 1);
    assert_eq!(browser.get(&app, &job).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.post(&app, &format!("{job}/close"), &[]).await.status, StatusCode::NOT_FOUND);

    // The same file again: second cards only when they are asked for.
    let job = upload(&town, &app, &browser, GOOD, &sent).await;
    let shown = browser.get(&app, &job).await;
    assert!(shown.text.contains("Every resident in it would get a second card."), "{}", shown.text);
    let refused = browser.post(&app, &format!("{job}/issue"), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    town.desk.jobs.settle();
    assert_eq!(numbers(&town).len(), 2);
    assert_eq!(browser.post(&app, &format!("{job}/issue"), &[("again", "1")]).await.location, job);
    town.desk.jobs.settle();
    assert_eq!(numbers(&town).len(), 4);
}

#[actix_web::test]
async fn bad_rows_and_photos_are_marked_and_nothing_is_signed() {
    let town = Town::new();
    let app = town.app().await;
    let browser = Browser::of(&town, &app, Role::Registrar).await;
    let csv = "full_name,birth_date,gender,services,photo\n\
        Good Row,1990-05-15,F,library,\n\
        <b>x</b>,1990-02-30,Q,pool,../../city.toml\n\
        Up Above,1990,,,/etc/passwd\n\
        Of Both,1990,,,twice.jpg\n\
        No Picture,1990,,,notes.jpg\n\
        Too,few\n";
    let photos: [Part<'_>; 4] = [
        ("photos", Some("twice.jpg"), b"one"),
        ("photos", Some("other/twice.jpg"), b"two"),
        ("photos", Some("notes.jpg"), b"no picture at all"),
        ("photos", Some(".."), b"nothing"),
    ];
    let job = upload(&town, &app, &browser, csv, &photos).await;
    let page = browser.get(&app, &job).await;
    for part in [
        "<td class=\"number\">3</td><td><code dir=\"ltr\">birth_date</code></td><td>1990-02-30 is no date.",
        "Q is not F, M or X.",
        "There is no service pool. There are: library, clinic, transit.",
        "The photo ../../city.toml was not sent along.",
        "The photo /etc/passwd was not sent along.",
        "Several photos are called twice.jpg.",
        "The photo notes.jpg cannot be used: ",
        "2 cells, but 5 columns.",
        "<dt>good rows</dt><dd>1</dd>",
        "<dt>rows to put right</dt><dd>5</dd>",
    ] {
        assert!(page.text.contains(part), "{part:?} is not in:\n{}", page.text);
    }
    assert!(!page.text.contains("/issue") && !page.text.contains("<b>x"), "{}", page.text);
    assert_eq!(browser.post(&app, &format!("{job}/issue"), &[]).await.location, job);
    town.desk.jobs.settle();
    assert!(numbers(&town).is_empty());
    assert_eq!(
        browser.post(&app, &format!("{job}/forget"), &[]).await.location,
        "/batches?done=batch-forgotten"
    );
    for (csv, said) in [
        ("full_name,nationality\nA B,x\n", "There is no column nationality."),
        ("full_name,full_name\nA,B\n", "The column full_name stands twice."),
        ("gender\nF\n", "The first line has no column full_name."),
        ("full_name\n", "There is no row below the first line."),
    ] {
        let job = upload(&town, &app, &browser, csv, &[]).await;
        let page = browser.get(&app, &job).await;
        assert!(page.text.contains(said), "{said:?} is not in:\n{}", page.text);
    }
}

#[actix_web::test]
async fn names_printed_with_initials_are_told_before() {
    let town = Town::new();
    let app = town.app().await;
    let browser = Browser::of(&town, &app, Role::Registrar).await;
    let csv =
        "full_name,photo\nMaria Fernanda Concepción de los Ángeles Esperanza Gutiérrez Villanueva,m.jpg\n";
    let photo = portrait::drawn(1).unwrap();
    let job = upload(&town, &app, &browser, csv, &[("photos", Some("m.jpg"), photo.as_slice())]).await;
    let page = browser.get(&app, &job).await;
    assert!(page.text.contains("Names printed with initials"), "{}", page.text);
    let printed = "Maria Fernanda Concepción de los Ángeles Esperanza G. Villanueva";
    assert!(page.text.contains(printed) && page.text.contains("Issue one card"), "{}", page.text);
}

#[actix_web::test]
async fn what_is_no_file_of_residents_is_said_at_the_field() {
    let town = Town::new();
    let app = town.app().await;
    let browser = Browser::of(&town, &app, Role::Registrar).await;
    let none = send(&browser, &app, &[("layout", None, b"card"), ("csv", Some(""), b"")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text.contains("Choose the file of residents."), "{}", none.text);
    let sheet: Part<'_> = ("csv", Some("residents.xlsx"), b"PK\x03\x04\x00");
    let wrong = send(&browser, &app, &[("layout", None, b"papyrus"), sheet]).await;
    assert!(wrong.text.contains("This is no CSV file."), "{}", wrong.text);
    assert!(wrong.text.contains("Choose one of those that are offered."), "{}", wrong.text);
    let large = vec![b'a'; 13 << 20];
    let refused = send(&browser, &app, &[("layout", None, b"card"), ("csv", Some("a.csv"), &large)]).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text.contains("Send at most 12 MB."), "{}", refused.text);
}

#[actix_web::test]
async fn a_job_opens_to_its_officer_and_to_an_approver() {
    let town = Town::new();
    let app = town.app().await;
    let registrar = Browser::of(&town, &app, Role::Registrar).await;
    let approver = Browser::of(&town, &app, Role::Approver).await;
    let csv = "full_name\nA B\n";
    let of_registrar = upload(&town, &app, &registrar, csv, &[]).await;
    let of_approver = upload(&town, &app, &approver, csv, &[]).await;
    assert_eq!(approver.get(&app, &of_registrar).await.status, StatusCode::OK);
    for path in ["", "/progress", "/documents/cards.pdf"] {
        let page = registrar.get(&app, &format!("{of_approver}{path}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    for act in ["issue", "close", "forget"] {
        let page = registrar.post(&app, &format!("{of_approver}/{act}"), &[]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{act}");
    }
    let list = registrar.get(&app, "/batches").await.text;
    assert!(list.contains(&of_registrar) && !list.contains(&of_approver), "{list}");
    let list = approver.get(&app, "/batches").await.text;
    assert!(list.contains(&of_registrar) && list.contains(&of_approver), "{list}");
    // One file is in work at one place at a time.
    approver.post(&app, &format!("{of_approver}/issue"), &[]).await;
    let elsewhere = registrar.post(&app, &format!("{of_registrar}/issue"), &[]).await;
    assert_eq!(elsewhere.status, StatusCode::CONFLICT);
    assert!(elsewhere.text.contains("approver has the same file in work just now."), "{}", elsewhere.text);
    town.desk.jobs.settle();
    assert_eq!(numbers(&town).len(), 1);
}

#[actix_web::test]
async fn jobs_are_few_and_forgotten_half_an_hour_after_their_last_use() {
    let town = Town::new();
    let app = town.app().await;
    let registrar = Browser::of(&town, &app, Role::Registrar).await;
    let approver = Browser::of(&town, &app, Role::Approver).await;
    let mut jobs = Vec::new();
    for n in 0..5 {
        town.hands.forward(Duration::seconds(1));
        jobs.push(upload(&town, &app, &registrar, &format!("full_name\nA B{}\n", "b".repeat(n)), &[]).await);
    }
    // The fifth took the place of the officer's first; a colleague's does not.
    assert_eq!(registrar.get(&app, &jobs[0]).await.status, StatusCode::NOT_FOUND);
    let csv: Part<'_> = ("csv", Some("a.csv"), b"full_name\nA B\n");
    let full = send(&approver, &app, &[("layout", None, b"card"), csv]).await;
    assert_eq!(full.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(full.text.contains("Too many batches are in hand."), "{}", full.text);
    town.hands.forward(Duration::minutes(10));
    assert_eq!(registrar.get(&app, &jobs[1]).await.status, StatusCode::OK);
    town.hands.forward(Duration::minutes(10));
    registrar.get(&app, "/").await;
    town.hands.forward(Duration::minutes(10));
    assert_eq!(registrar.get(&app, &jobs[4]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(registrar.get(&app, &jobs[1]).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn after_a_restart_the_same_file_goes_on_with_the_same_cards() {
    let town = Town::new();
    let job = {
        let app = town.app().await;
        let browser = Browser::of(&town, &app, Role::Registrar).await;
        let job = upload(&town, &app, &browser, "full_name\nA B\nC D\n", &[]).await;
        browser.post(&app, &format!("{job}/issue"), &[]).await;
        town.desk.jobs.settle();
        job
    };
    let cards = numbers(&town);
    assert_eq!(cards.len(), 2);
    let town = town.again();
    town.hands.forward(Duration::days(1));
    let app = town.app().await;
    let browser = Browser::of(&town, &app, Role::Registrar).await;
    // As at another server of the city: it says that it does not know it, and what to do.
    let elsewhere = browser.get(&app, &job).await;
    assert_eq!(elsewhere.status, StatusCode::CONFLICT);
    assert!(elsewhere.text.contains("This batch is not in hand at this server."), "{}", elsewhere.text);
    let job = upload(&town, &app, &browser, "full_name\nA B\nC D\n", &[]).await;
    let shown = browser.get(&app, &job).await;
    assert!(shown.text.contains("It goes on with the same cards, not with new ones."), "{}", shown.text);
    browser.post(&app, &format!("{job}/issue"), &[]).await;
    town.desk.jobs.settle();
    let made = browser.get(&app, &job).await;
    assert!(made.text.contains("2 of them were begun earlier."), "{}", made.text);
    assert_eq!(numbers(&town), cards);
    // Where new cards of another file are added, the first ones stay.
    let job = upload(&town, &app, &browser, "full_name\nE F\n", &[]).await;
    browser.post(&app, &format!("{job}/issue"), &[]).await;
    town.desk.jobs.settle();
    assert_eq!(numbers(&town).len(), 3);
}
