//! The log: a line a request, and nobody's name.

use std::collections::BTreeMap;

use issuer::db::officer::Role;
use serde_json::Value;
use tests::desk::{Desk, arguments};
use tests::hall::Hall;
use tests::load::{Browser, Person, Wrong, visit_of};
use tests::log::look_through;

use crate::retention::search::Search;

/// Names that nobody else has, in Latin, Arabic, Cyrillic, Devanagari and Greek letters.
const CANARIES: [(&str, &str, &str); 5] = [
    ("Xochiquetzalli Ñandubayová", "", ""),
    ("Wilhelmina Quistgaardsen", "الحدادزاده", "ar"),
    ("Oleksandryna Zhuravlivska", "Журавлівська", "uk"),
    ("Chandrashekharan Padmavati", "पद्मावती", "hi"),
    ("Persephoneia Kalligraphou", "Καλλιγράφου", "el"),
];
/// What else must not be told: a login, a password, and what only an address or a header held.
const SECRETS: [&str; 4] = ["quetzal-login", "hunter2hunter2", "canary-in-a-query", "canary-in-a-header"];

fn person(number: usize) -> Person {
    let (full_name, second_name, language) = CANARIES[number];
    Person {
        full_name: full_name.to_owned(),
        second_name: (second_name.to_owned(), language.to_owned()),
        ..Person::numbered(number).unwrap()
    }
}

/// A file of residents: looked through with a wrong row, then issued without it.
fn batch(desk: &mut Browser) -> Vec<String> {
    let head = "full_name,birth_date,address\n";
    let good = format!("{},1988-05-04,Quetzalstraße 7\n", CANARIES[0].0);
    let wrong = format!("{},never,Quetzalstraße 8\n", CANARIES[1].0);
    let mut numbers = Vec::new();
    for csv in [format!("{head}{good}{wrong}"), format!("{head}{good}")] {
        let file = ("csv", csv.as_bytes());
        let looked = desk.upload("/batches", &[("layout", "card"), ("slips", "1")], file).unwrap();
        let job = looked.path;
        desk.wait_while(&job, "looking");
        desk.post(&format!("{job}/issue"), &[]).unwrap();
        desk.wait_while(&job, "issuing");
        if csv.contains("never") {
            desk.post(&format!("{job}/forget"), &[]).unwrap();
            continue;
        }
        let pdf = desk.get(&format!("{job}/documents/cards.pdf")).unwrap();
        assert!(pdf.bytes.starts_with(b"%PDF"));
        numbers.push(pdf.path);
        desk.post(&format!("{job}/close"), &[]).unwrap();
    }
    numbers
}

/// Everything that may go wrong in what is asked: wrong inputs, another's pages, nowhere, and words of no method.
fn astray(desk: &Desk, browser: &mut Browser) {
    let name = CANARIES[3].1;
    let _ = browser.post("/find", &[("scan", name)]);
    let _ = browser.post("/find", &[("scan", "7K3M-Q2XA-9D4T-WV81")]);
    let _ = browser.get("/cards?asked=canary-in-a-query");
    let _ = browser.get("/Xochiquetzalli-is-nowhere");
    let _ = browser.get("/staff");
    let _ = browser.post("/cases/no-such-case/person", &[("full_name", name)]);
    let page = browser.post("/cases", &[("kind", "new")]).unwrap();
    let case = page.path.strip_suffix("/language").unwrap().to_owned();
    let version = page.version().unwrap();
    let wrong = [("version", version.as_str()), ("full_name", name), ("birth_day", "32"), ("do", "on")];
    let answer = browser.post(&format!("{case}/person"), &wrong);
    assert!(matches!(answer, Err(Wrong::Said(_))), "{answer:?}");
    let mut stranger = Browser::new(&desk.origin);
    stranger.get("/sign-in").unwrap();
    let fields = [("login", SECRETS[0]), ("password", SECRETS[1]), ("code", "000000"), ("next", "/canary")];
    assert!(stranger.post("/sign-in", &fields).is_err());
    for request in [
        "GET /healthz?canary-in-a-query HTTP/1.1\r\nHost: x\r\nX-Request-Id: canary-in-a-header\r\nUser-Agent: \
         canary-in-a-header\r\nConnection: close\r\n\r\n",
        "XOCHIQUETZALLI / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /%D9%84%D9%8A%D9%84%D9%89 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\nConnection: close\r\n\r\nlogin=quetzal-login",
        "GET / canary-in-a-query HTTP/1.1\r\n\r\n",
    ] {
        if request.contains("9999") {
            // Goes away in the middle of its form.
            use std::io::Write as _;
            let mut gone =
                std::net::TcpStream::connect(desk.origin.strip_prefix("http://").unwrap()).unwrap();
            gone.write_all(request.as_bytes()).unwrap();
            continue;
        }
        let answer = desk.raw(request);
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
        assert!(!answer.contains("x-request-id: canary"), "{answer}");
    }
}

/// What each line says, by its field.
fn lines(log: &str) -> Vec<BTreeMap<String, Value>> {
    log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn no_line_of_a_days_log_names_anybody() {
    let hall = Hall::new("watch_log");
    // Everything that anybody would log, of every crate.
    let mut command = hall.issuer_command(&arguments(&[]));
    let desk = Desk::started(&hall, command.env("RUST_LOG", "trace"));
    let mut browser = desk.officer(&hall, SECRETS[0], Role::Registrar);
    let mut shown = Vec::new();
    for number in 0..CANARIES.len() {
        visit_of(&mut browser, &person(number), false, &mut shown).unwrap();
    }
    batch(&mut browser);
    let lost = &shown[0];
    browser.get(&format!("/cards/{lost}")).unwrap();
    browser.post(&format!("/cards/{lost}/open"), &[]).unwrap();
    browser.post(&format!("/cards/{lost}/status"), &[("change", "revoke"), ("reason", "lost")]).unwrap();
    astray(&desk, &mut browser);
    let log = desk.log();

    let requests = look_through(&log).unwrap_or_else(|wrong| panic!("{}", wrong.join("\n")));
    assert!(requests > 150, "{requests} requests were logged");
    let mut search = Search::default();
    for (name, second_name, _) in CANARIES {
        name.split(' ').chain(second_name.split(' ').filter(|word| !word.is_empty())).for_each(|word| {
            search.look_for_text(word);
        });
    }
    for secret in SECRETS.into_iter().chain(shown.iter().map(String::as_str)) {
        search.look_for_text(secret);
    }
    search.bytes_of(log.as_bytes(), "the log");
    assert_eq!(search.found(), [""; 0]);

    let lines = lines(&log);
    let routes = |route: &str, status: u64| {
        let is_it = |line: &&BTreeMap<String, Value>| {
            line.get("route").is_some_and(|it| it == route) && line["status"] == status
        };
        lines.iter().filter(is_it).count()
    };
    assert_eq!(routes("/cards/{number}/status", 303), 1);
    assert_eq!(routes("/cases/{case}/hand-over", 303), CANARIES.len());
    assert_eq!(routes("none", 404), 2, "what nobody has is not repeated");
    assert!(lines.iter().any(|line| line.get("method").is_some_and(|method| method == "other")));
    println!(
        "{} lines of a server's log at its most talkative, {requests} of them requests; {} forms looked for: 0 found",
        lines.len(),
        search.forms()
    );
}

#[test]
fn the_number_on_a_page_that_failed_finds_its_cause_in_the_log() {
    let hall = Hall::new("watch_fault");
    let desk = Desk::open(&hall, &[]);
    let mut browser = desk.officer(&hall, "amina", Role::Registrar);
    hall.refuse("INSERT", "audit_log");
    let answer = browser.get("/queue");
    let Err(Wrong::Said(said)) = answer else { panic!("{answer:?}") };
    assert!(said.starts_with("GET /queue: 500 "), "{said}");
    let (_, id) = said.split_once("whoever looks into the log: ").unwrap();
    let id = id.split(' ').next().unwrap();
    hall.allow("audit_log");

    let lines = lines(&desk.log());
    let of_id: Vec<_> = lines.iter().filter(|line| line.get("id").is_some_and(|it| it == id)).collect();
    assert_eq!(of_id.len(), 2, "{lines:?}");
    let [fault, request] = of_id.as_slice() else { panic!("{of_id:?}") };
    assert_eq!((&fault["level"], &fault["message"]), (&"ERROR".into(), &"a page failed".into()));
    assert_eq!(fault["cause"], "the database refused a query: refused by a story");
    assert_eq!((&request["route"], &request["status"]), (&"/queue".into(), &500.into()));
    let failures = tests::metrics::read(&desk.scrape()).unwrap();
    let count = |name| tests::metrics::value(&failures, name, &[]);
    assert!(count("issuer_audit_write_failures_total") > 0.5);
}

#[test]
#[ignore = "not a story: tests/run looks through the logs of all stories' servers when they are over"]
fn no_story_logged_what_no_line_may_say() {
    let folder = std::env::var_os("STORY_LOGS").expect("STORY_LOGS names the folder of the logs");
    let (mut files, mut requests) = (0, 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let log = std::fs::read_to_string(&path).unwrap();
        let looked = look_through(&log);
        requests += looked.unwrap_or_else(|wrong| panic!("{}: {}", path.display(), wrong.join("\n")));
        files += 1;
    }
    println!("{requests} requests in the logs of {files} servers, and no line that says more than it may");
    assert!(files > 0 && requests > 0);
}
