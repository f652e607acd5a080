//! No page of a visit reads a table from one end to the other: every query that a whole visit, a lost card and the other pages
//! ask is explained by the engine itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use tests::hall::{Hall, binary};
use tests::load::{City, visit};

/// Tables that stay small however many cards there are: officers, keys, lists, kits, what is done by two, and where the
/// migrations stand.
const SMALL: [&str; 15] = [
    "__diesel_schema_migrations",
    "api_token",
    "approval",
    "audit_counter",
    "event_kit",
    "hold",
    "issuing_key",
    "kit",
    "mass_revocation",
    "officer",
    "publication",
    "recognised_issuer",
    "recognised_list",
    "session",
    "status_list",
];

/// Every statement that this process asks of a database, and how often.
static ASKED: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

struct Listener;

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            // What is bound stands behind.
            let text = query.to_string();
            let sql = text.split(" -- binds:").next().unwrap_or_default().trim().to_owned();
            *ASKED.lock().unwrap().entry(sql).or_default() += 1;
        }
    }
}

#[test]
fn no_query_of_a_visit_reads_a_whole_table() {
    set_default_instrumentation(|| Some(Box::new(Listener))).unwrap();
    let hall = Hall::new("explain");
    let city = City::here(&binary("issuer"), &hall.file("city")).unwrap();
    let mut desk = city.officer(0);
    ASKED.lock().unwrap().clear();
    let mut shown = Vec::new();
    for number in 0..3 {
        visit(&mut desk, number, false, &mut shown).unwrap();
    }
    desk.get("/queue").unwrap();
    desk.get(&format!("/cards?number={}", shown[0])).unwrap();
    let asked = ASKED.lock().unwrap().clone();
    assert!(asked.len() > 40, "{} kinds of statements were heard", asked.len());

    let mut most: Vec<_> = asked.iter().collect();
    most.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
    let mut scans = BTreeSet::new();
    for (place, (sql, times)) in most.into_iter().enumerate() {
        if !["SELECT", "UPDATE", "DELETE", "INSERT"].iter().any(|verb| sql.starts_with(verb)) {
            continue;
        }
        let plan = hall.explain(sql);
        if place < 12 {
            println!("{times} times: {sql}\n    {}", plan.join("\n    "));
        }
        for table in plan.iter().filter_map(|line| scanned(line)) {
            if !SMALL.contains(&table.as_str()) {
                scans.insert(format!("{table}: {sql}"));
            }
        }
    }
    assert!(scans.is_empty(), "read from end to end: {scans:#?}");
}

/// The table that a line of a plan reads from end to end. An index read from end to end is no better.
fn scanned(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches("-> ").trim();
    let rest = line.strip_prefix("SCAN ").or_else(|| line.strip_prefix("Seq Scan on "))?;
    let table = rest.split_whitespace().next()?.trim_matches('"').to_owned();
    (table != "CONSTANT").then_some(table)
}
