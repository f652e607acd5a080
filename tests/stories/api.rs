//! Other programs of the city: from a token to a card at the counter, through the real server; killed in between; and the examples
//! of the README as they stand there.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::SubsecRound as _;
use issuer::card::portrait;
use issuer::db::officer::Role;
use issuer::officers::Factor;
use scopeguard::guard;
use serde_json::{Value, json};
use tests::described::Described;
use tests::hall::{Hall, binary};
use tests::load::{City, Full};
use tests::power_loss::Chance;
use ureq::Agent;

const EVERYTHING: &str = "issue,print,look-up,status,suspend,revoke";

/// A program with its token, at a server.
struct Program {
    agent: Agent,
    origin: String,
    token: String,
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    kind: String,
    location: String,
    bytes: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }
}

impl Program {
    fn new(origin: &str, token: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        Self { agent: config.into(), origin: origin.to_owned(), token: token.to_owned() }
    }

    fn get(&self, path: &str) -> Answer {
        let request = self.agent.get(format!("{}{path}", self.origin));
        answer(request.header("Authorization", format!("Bearer {}", self.token)).call().unwrap())
    }

    fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, ureq::Error> {
        let mut request = self.agent.post(format!("{}{path}", self.origin));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.header("Authorization", format!("Bearer {}", self.token)).send(body).map(answer)
    }

    fn change(&self, path: &str, reason: &str) -> Answer {
        let body = json!({ "reason": reason }).to_string();
        self.post(path, &[("Content-Type", "application/json")], body.as_bytes()).unwrap()
    }

    fn issue(&self, key: &str, body: &Value) -> Result<Answer, ureq::Error> {
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)];
        self.post("/api/v1/cards", &headers, body.to_string().as_bytes())
    }
}

fn answer(answer: ureq::http::Response<ureq::Body>) -> Answer {
    let header = |name| {
        let value: Option<&ureq::http::HeaderValue> = answer.headers().get(name);
        value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    };
    let (status, kind, location) = (answer.status().as_u16(), header("content-type"), header("location"));
    let bytes = answer.into_body().read_to_vec().unwrap();
    Answer { status, kind, location, bytes }
}

/// A token that `issuer token create` printed.
fn token(hall: &Hall, scopes: &str) -> String {
    let arguments = ["token", "create", "--name", "library-system", "--scope", scopes, "--days", "90"];
    let said = hall.issuer(&[&arguments[..], &["--calls-a-minute", "100000"]].concat()).good();
    assert!(said.complaint.contains("It is shown this once"), "{}", said.complaint);
    said.out.trim().to_owned()
}

fn serve(hall: &Hall) -> City {
    City::open(&binary("issuer"), &hall.file("city"), None, Full::default(), 1).unwrap()
}

/// Holds an answer against the description.
fn as_described(described: &Described, method: &str, path: &str, answer: &Answer) {
    let schema = described.answer(method, path, answer.status, &answer.kind);
    described.check(schema, &answer.json(), &format!("{method} {path} {}", answer.status));
}

#[test]
fn a_program_issues_a_card_that_is_good_at_the_counter_until_it_is_revoked() {
    let hall = Hall::new("api");
    let token = token(&hall, EVERYTHING);
    let city = serve(&hall);
    let program = Program::new(city.origin(0), &token);
    let described = Described(program.get("/api/v1/openapi.json").json());

    let photo = portrait::drawn(7).unwrap();
    let mut body = Vec::new();
    for (name, value) in
        [("full_name", "Zoë Müller-Nguyễn"), ("birth_date", "1988-03-09"), ("language", "en")]
    {
        body.extend(
            format!("--P\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    body.extend(b"--P\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"zoe.jpg\"\r\n\r\n");
    body.extend([photo.as_slice(), b"\r\n--P--\r\n"].concat());
    let headers =
        [("Content-Type", "multipart/form-data; boundary=P"), ("Idempotency-Key", "\"key-of-zoes-card-1\"")];
    let with_accept = [&headers[..], &[("Accept", "application/pdf")]].concat();
    let printed = program.post("/api/v1/cards", &with_accept, &body).unwrap();
    assert_eq!((printed.status, printed.kind.as_str()), (201, "application/pdf"));
    assert!(
        described.0["paths"]["/api/v1/cards"]["post"]["responses"]["201"]["content"]["application/pdf"]
            .is_object()
    );
    let issued = program.post("/api/v1/cards", &headers, &body).unwrap();
    assert_eq!((issued.status, &issued.location), (201, &printed.location));
    as_described(&described, "POST", "/api/v1/cards", &issued);
    let number = issued.json()["number"].as_str().unwrap().to_owned();
    let said = String::from_utf8(issued.bytes).unwrap();
    assert!(!said.contains("Zo") && !said.contains("1988"), "{said}");

    // Off the page, through the city's lists, to a verdict.
    hall.write("card.pdf", &printed.bytes);
    hall.run("pdftoppm", &["-r", "300", "-png", "card.pdf", "page"]);
    hall.publish_and_trust();
    let check = || {
        let verdicts = hall.verifier(&["check", "--json", "page-1.png", "page-2.png"]).json();
        assert!(verdicts.iter().all(|verdict| verdict["number"] == number.as_str()), "{verdicts:?}");
        verdicts
            .into_iter()
            .map(|verdict| (verdict["outcome"].clone(), verdict["reason"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(check(), vec![(json!("valid"), Value::Null); 2]);

    let at = |what: &str| format!("/api/v1/cards/{number}{what}");
    let path = |what: &str| format!("/api/v1/cards/{{number}}{what}");
    for (answer, what, status) in [
        (program.get(&at("")), "", 200),
        (program.get(&at("/status")), "/status", 200),
        (program.get("/api/v1/cards/0000-0000-0"), "", 404),
    ] {
        assert_eq!(answer.status, status);
        as_described(&described, "GET", &path(what), &answer);
    }
    for (what, reason, status) in [
        ("/suspend", "lost", 200),
        ("/suspend", "lost", 409),
        ("/reinstate", "found", 200),
        ("/revoke", "moved away", 422),
        ("/revoke", "stolen", 200),
        ("/revoke", "stolen", 409),
    ] {
        let answer = program.change(&at(what), reason);
        assert_eq!(answer.status, status, "{what} {reason}");
        as_described(&described, "POST", &path(what), &answer);
    }
    let refused = program.issue("key-of-zoes-card-1", &json!({ "full_name": "Bo Ek" })).unwrap();
    assert_eq!(refused.status, 422);
    as_described(&described, "POST", "/api/v1/cards", &refused);
    hall.publish_and_trust();
    assert_eq!(check(), vec![(json!("not_valid"), json!("revoked")); 2]);

    let listed = hall.issuer(&["token", "list"]).good().out;
    assert!(listed.contains("library-system") && !listed.contains("last call never"), "{listed}");
    assert!(!listed.contains(token.strip_prefix("cardapi_").unwrap()));
    hall.issuer(&["token", "revoke", "library-system"]).good();
    let gone = program.get(&at("/status"));
    assert_eq!(gone.status, 401);
    as_described(&described, "GET", &path("/status"), &gone);
    hall.issuer(&["audit", "verify"]).good();
}

#[test]
fn every_address_for_programs_is_described_and_nothing_else() {
    let hall = Hall::new("api_described");
    let city = serve(&hall);
    let Described(document) =
        Described(Program::new(city.origin(0), "none").get("/api/v1/openapi.json").json());
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["summary"].is_string(), "{method} {path} says nothing of itself");
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let of_programs = issuer::web::addresses().into_iter().filter(|address| address.for_programs);
    let served: BTreeSet<String> = of_programs
        .flat_map(|address| {
            address.methods.into_iter().map(move |method| format!("{method} {}", address.path))
        })
        .collect();
    assert_eq!(described, served);
    assert_eq!(served.len(), 7);
    let text = document.to_string();
    let named: BTreeSet<&str> =
        text.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let there: BTreeSet<&str> =
        document["components"]["schemas"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(named, there);
    let card = &document["components"]["schemas"]["NewCard"]["properties"];
    assert_eq!(card["services"]["items"]["enum"], json!(["library", "clinic", "transit"]));
}

/// How often the server is killed while cards are asked for.
const KILLS: usize = 8;

#[test]
fn a_server_that_is_killed_makes_one_card_for_each_key() {
    let hall = Hall::new("api_kills");
    let token = token(&hall, "issue");
    let mut city = serve(&hall);
    let mut chance = Chance::new(20_261_129);
    let (mut keys, mut numbers) = (0, BTreeSet::new());
    for round in 0..KILLS {
        let program = Program::new(city.origin(0), &token);
        let over = AtomicBool::new(false);
        let asked = std::thread::scope(|scope| {
            let ends = guard((), |()| over.store(true, Ordering::Relaxed));
            let caller = scope.spawn(|| {
                let mut asked = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    let key = format!("key-{round:08}-{:08}", asked.len());
                    let body = json!({ "full_name": format!("Resident {round} {}", asked.len()) });
                    let said = program.issue(&key, &body).ok().filter(|answer| answer.status == 201);
                    asked.push((key, body, said.map(|said| said.json())));
                }
                asked
            });
            #[expect(clippy::disallowed_methods, reason = "a moment of chance; nothing is waited for")]
            std::thread::sleep(Duration::from_millis(u64::try_from(100 + chance.below(300)).unwrap()));
            city.kill_and_restart().unwrap();
            drop(ends);
            caller.join().unwrap()
        });
        // Each call is sent again, whether it was answered or not.
        let program = Program::new(city.origin(0), &token);
        for (key, body, said) in asked {
            let again = program.issue(&key, &body).unwrap();
            assert_eq!(again.status, 201, "{again:?}");
            assert!(said.is_none_or(|said| said == again.json()), "another card for {key}");
            numbers.insert(again.json()["number"].as_str().unwrap().to_owned());
            keys += 1;
        }
    }
    assert!(keys > KILLS, "{keys}");
    assert_eq!(numbers.len(), keys);
    let numbers: Vec<String> = numbers.into_iter().collect();
    city.check(&numbers).unwrap();
    drop(city);
    let counted = hall.issuer(&["inventory", "--json"]).good().json();
    let cards = counted.iter().find(|item| item["table"] == "card" && item["field"] == "id").unwrap();
    assert_eq!(cards["count"], keys);
    hall.issuer(&["audit", "verify"]).good();
    println!("{KILLS} kills, {keys} keys, each with its one card");
}

#[test]
fn a_token_takes_two_custodians() {
    let hall = Hall::new("api_two");
    let [amina, bilal] = ["amina", "bilal"].map(|login| hall.officer(login, Role::Custodian));
    let shown = |factor: &Factor, step: i64| {
        let code = factor.code(issuer::edge::now().trunc_subsecs(0) + chrono::Duration::seconds(30 * step));
        hall.write("shown", format!("violet otter ferry\n{code}\n"));
    };
    let wanted = ["token", "create", "--name", "library-system", "--scope", "status", "--days", "90"];
    let alone = hall.issuer(&wanted);
    assert!(alone.complaint.contains("this takes both"), "{}", alone.complaint);
    shown(&amina, 0);
    let asked = [&wanted[..], &["--asked-by", "amina", "--password-file", "shown"]].concat();
    let said = hall.issuer(&asked).good().out;
    assert!(!said.contains("cardapi_"), "{said}");
    let id = said.split_whitespace().skip_while(|word| *word != "approve").nth(1).unwrap().to_owned();
    assert_eq!(hall.issuer(&["token", "list"]).good().out, "");
    shown(&bilal, 0);
    let approved =
        hall.issuer(&["key", "approve", &id, "--by", "bilal", "--password-file", "shown"]).good().out;
    let token = approved.trim();
    assert!(token.starts_with("cardapi_"), "{approved}");
    let city = serve(&hall);
    assert_eq!(Program::new(city.origin(0), token).get("/api/v1/cards/0000-0000-0/status").status, 404);
    // Withdrawing it takes nobody else.
    hall.issuer(&["token", "revoke", "library-system"]).good();
}

#[test]
fn the_examples_of_the_readme_run() {
    let hall = Hall::new("api_readme");
    let token = token(&hall, EVERYTHING);
    hall.write("photo.jpg", portrait::drawn(7).unwrap());
    let city = serve(&hall);
    let readme = include_str!("../../issuer/README.md");
    let (_, section) = readme.split_once("## For other programs of the city\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let blocks: Vec<&str> =
        section.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let [commands, issuing, card] = blocks[..] else { panic!("{} blocks", blocks.len()) };
    assert!(commands.contains("issuer token create --name library-system"), "{commands}");
    let run = |script: &str, number: &str| {
        let mut shell = Command::new("sh");
        shell.current_dir(hall.folder()).args(["-euc", script]);
        shell.env("DESK", city.origin(0)).env("TOKEN", &token).env("NUMBER", number);
        tests::hall::run(&mut shell).good().out
    };
    run(issuing, "");
    assert!(hall.read("card.pdf").starts_with(b"%PDF-"));
    let issued: Value = serde_json::from_slice(&hall.read("issued.json")).unwrap();
    let number = issued["number"].as_str().unwrap();
    let said = run(card, number);
    let answers: Vec<Value> =
        serde_json::Deserializer::from_str(&said).into_iter().collect::<Result<_, _>>().unwrap();
    assert_eq!(answers[0], issued);
    let statuses: Vec<_> = answers.iter().map(|answer| answer["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["valid", "valid", "suspended", "valid", "revoked"]);
    // The commands, as they stand there.
    for line in commands.lines() {
        let line = line.split('#').next().unwrap().trim().replace("library-system", "library-system-2");
        let words: Vec<&str> = line.split_whitespace().skip(1).collect();
        hall.issuer(&words).good();
    }
}
