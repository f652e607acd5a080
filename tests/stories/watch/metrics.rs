//! What Prometheus is told: in its format, right, and nothing that names anybody; dashboard and alerts ask for what there is.

use std::collections::BTreeSet;
use std::process::Command;

use issuer::Issuer;
use issuer::db::Id;
use issuer::db::act::Actor;
use issuer::db::officer::Role;
use issuer::db::visit::Station;
use issuer::enrolment::{self, Wanted};
use serde_json::Value;
use tests::desk::Desk;
use tests::hall::{Hall, on_postgres, output};
use tests::load::visit;
use tests::metrics::{Scrape, read, value};

const DASHBOARD: &str = include_str!("../../../issuer/ops/grafana.json");
const ALERTS: &str = include_str!("../../../issuer/ops/alerts.yml");

fn scrape(desk: &Desk) -> Scrape {
    read(&desk.scrape()).unwrap()
}

fn number(scrape: &Scrape, name: &str, labels: &[(&str, &str)]) -> i64 {
    format!("{:.0}", value(scrape, name, labels)).parse().unwrap()
}

#[test]
fn the_numbers_are_those_of_the_day() {
    let hall = Hall::new("watch_metrics");
    let desk = Desk::open(&hall, &[]);
    let before = scrape(&desk);
    assert_eq!(number(&before, "issuer_cards_today", &[("what", "issued")]), 0);
    assert_eq!(number(&before, "issuer_lists_published_timestamp_seconds", &[]), 0);
    let engine = if on_postgres() { "postgres" } else { "sqlite" };
    assert_eq!(number(&before, "issuer_build_info", &[("engine", engine)]), 1);

    let mut browser = desk.officer(&hall, "amina", Role::Registrar);
    let mut shown = Vec::new();
    for number in 0..3 {
        visit(&mut browser, number, false, &mut shown).unwrap();
    }
    browser.post("/cases", &[("kind", "new")]).unwrap();
    let status = format!("/cards/{}/status", shown[0]);
    browser.post(&status, &[("change", "revoke"), ("reason", "lost")]).unwrap();
    spoiled(&hall);
    let _ = hall.issue("full_name\nAna Novak\nBo Ek\n");
    hall.publish("public");

    let after = scrape(&desk);
    let today = |what| number(&after, "issuer_cards_today", &[("what", what)]);
    assert_eq!(["issued", "printed", "spoiled", "handed_over", "revoked"].map(today), [7, 4, 1, 4, 2]);
    // The batch was a command's, and the spoiled card another program's: in no process that is watched.
    let acts = |act| number(&after, "issuer_acts_total", &[("act", act)]);
    assert_eq!(["cards_issued", "card_handed_over", "card_revoked", "signed_in"].map(acts), [3, 3, 1, 1]);
    assert_eq!(number(&after, "issuer_queue_cases", &[("station", "check")]), 1);
    assert_eq!(number(&after, "issuer_queue_cases", &[("station", "print")]), 0);
    let published = number(&after, "issuer_lists_published_timestamp_seconds", &[]);
    assert!((issuer::edge::now().timestamp() - published).abs() < 600, "{published}");
    let worked = number(&after, "issuer_schedule_last_success_timestamp_seconds", &[("work", "hourly")]);
    assert!((issuer::edge::now().timestamp() - worked).abs() < 600, "{worked}");
    assert_eq!(number(&after, "issuer_retention_overdue_seconds", &[]), 0);
    let route = [("method", "POST"), ("route", "/cases/{case}/hand-over")];
    assert_eq!(number(&after, "issuer_http_request_duration_seconds_count", &route), 3);
    assert_eq!(number(&after, "issuer_http_requests_total", &[route[0], route[1], ("status", "303")]), 3);
    let writes = number(&after, "issuer_database_write_duration_seconds_count", &[]);
    let entries: f64 = after["issuer_acts_total"].samples.iter().map(|act| act.value).sum();
    let entries: i64 = format!("{entries:.0}").parse().unwrap();
    assert!(writes > 60 && entries >= writes, "{writes} writes, {entries} entries");
    names_nobody(&after, &shown);
    is_good_for_promtool(&hall, &desk);
}

/// A visit whose first print is spoiled: two cards, the first revoked.
fn spoiled(hall: &Hall) {
    let issuer = Issuer::open(&hall.file("city"), None).unwrap();
    let officer =
        Actor::officer(&Id::new(issuer::edge::new_id(issuer::edge::now())), Role::Registrar, "hall");
    let mut case = enrolment::begin(&issuer, Wanted::New, &officer, issuer::edge::now()).unwrap();
    while case.station != Station::Closed {
        case = tests::visit::step(&issuer, &case, &officer, &mut |_| {}).unwrap();
    }
}

/// Every value of a label is a word of the program, an address of the table, or the bound of a bucket.
fn names_nobody(scrape: &Scrape, numbers: &[String]) {
    let routes: BTreeSet<&str> = issuer::web::addresses().iter().map(|address| address.path).collect();
    let word =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.+,- ".contains(&byte));
    let mut series = 0;
    for sample in scrape.values().flat_map(|family| &family.samples) {
        series += 1;
        for (label, value) in &sample.labels {
            let is_known = match label.as_str() {
                "route" => routes.contains(value.as_str()) || value == "none",
                "act" | "station" | "what" | "work" | "method" | "status" | "le" | "version" | "engine" => {
                    word(value)
                }
                _ => false,
            };
            assert!(is_known, "{sample:?}");
            assert!(numbers.iter().all(|number| !value.contains(number.as_str())), "{sample:?}");
        }
    }
    assert!(series > 300, "{series}");
}

/// Prometheus's own program looks at scrape and alerts, where there is one.
fn is_good_for_promtool(hall: &Hall, desk: &Desk) {
    hall.write("metrics.txt", desk.scrape());
    hall.write("alerts.yml", ALERTS);
    for command in ["promtool check metrics < metrics.txt", "promtool check rules alerts.yml"] {
        let said = output(Command::new("sh").current_dir(hall.folder()).args(["-c", command])).unwrap();
        match said.status.code() {
            Some(127) => return println!("passed over: there is no promtool here"),
            // What it says on metrics beside errors is taste.
            code => assert_eq!(code, Some(0), "{said:?}"),
        }
    }
}

#[test]
fn dashboard_and_alerts_ask_for_what_there_is() {
    let hall = Hall::new("watch_names");
    let desk = Desk::open(&hall, &[]);
    assert!(desk.raw("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").contains("200 OK"));
    let scrape = scrape(&desk);
    let told: BTreeSet<&str> =
        scrape.values().flat_map(|family| &family.samples).map(|sample| sample.name.as_str()).collect();
    let mut expressions = Vec::new();
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            expressions.push(target["expr"].as_str().unwrap().to_owned());
        }
    }
    let panels = expressions.len();
    expressions
        .extend(ALERTS.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).map(str::to_owned));
    assert!(panels > 30 && expressions.len() - panels == 16, "{panels} of {}", expressions.len());
    let mut asked = BTreeSet::new();
    for expression in &expressions {
        let words = expression.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        asked.extend(words.filter(|word| word.starts_with("issuer_")).map(str::to_owned));
    }
    let missing: Vec<_> = asked.iter().filter(|name| !told.contains(name.as_str())).collect();
    assert_eq!(missing, Vec::<&String>::new());
    // What nobody looks at need not be told.
    let of_family = |family: &&String| {
        asked.iter().any(|name| {
            let rest = name.strip_prefix(family.as_str());
            matches!(rest, Some("" | "_bucket" | "_count" | "_sum"))
        })
    };
    let idle: Vec<_> = scrape.keys().filter(|family| !of_family(family)).collect();
    assert_eq!(idle, Vec::<&String>::new());
}
