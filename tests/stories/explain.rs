//! No page of a visit reads a table from one end to the other: every query that a whole visit, a lost card and the other pages
//! ask is explained by the engine itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use issuer::Issuer;
use issuer::db::lease::Task;
use tests::hall::{Hall, binary, until};
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

/// The index of open cases alone: read from end to end, it is as short as the queue.
const OF_OPEN_CASES: [&str; 1] = ["using visit_queue"];

/// Every statement that was asked of the city's database, and how often.
static ASKED: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

/// What stands in the address of the city's database alone: other stories of this process have their own.
static ADDRESS: OnceLock<String> = OnceLock::new();

/// Listens at the connections to that database.
#[derive(Default)]
struct Listener {
    hears: bool,
}

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => {
                self.hears = ADDRESS.get().is_some_and(|address| url.contains(address));
            }
            InstrumentationEvent::StartQuery { query, .. } if self.hears => {
                // What is bound stands behind.
                let text = query.to_string();
                let sql = text.split(" -- binds:").next().unwrap_or_default().trim().to_owned();
                *ASKED.lock().unwrap().entry(sql).or_default() += 1;
            }
            _ => {}
        }
    }
}

#[test]
fn no_query_of_a_visit_reads_a_whole_table() {
    let hall = Hall::new("explain");
    let folder = hall.folder().to_str().unwrap().to_owned();
    ADDRESS.set(hall.address().map_or(folder, |_| "story_explain".to_owned())).unwrap();
    set_default_instrumentation(|| Some(Box::new(Listener::default()))).unwrap();
    let city = City::here(&binary("issuer"), &hall.file("city")).unwrap();
    let mut desk = city.officer(0);
    hourly_is_done(&hall.file("city"));
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
        for table in scanned(&plan) {
            if !SMALL.contains(&table.as_str()) {
                scans.insert(format!("{table}: {sql}"));
            }
        }
    }
    assert!(scans.is_empty(), "read from end to end: {scans:#?}");
}

/// Waits until the server has done what is due every hour: what that asks belongs to no page, and it comes at the start.
fn hourly_is_done(data: &Path) {
    let city = Issuer::open(data, None).unwrap();
    until("what is due every hour is done", || {
        let lease = city.db.lease(Task::Hourly).unwrap();
        lease.is_some_and(|lease| lease.done_at.is_some() && lease.holder.is_none())
    });
}

/// The tables that a plan reads from end to end. An index read from end to end is no better, unless the first few of its
/// order are all that is wanted.
fn scanned(plan: &[String]) -> Vec<String> {
    let limited = plan.iter().any(|line| line.starts_with("Limit"));
    let mut tables = Vec::new();
    for (place, line) in plan.iter().enumerate() {
        let whole = line.strip_prefix("SCAN ").or_else(|| line.strip_prefix("Seq Scan on "));
        let index = ["Index Scan ", "Index Only Scan "].iter().find_map(|kind| line.strip_prefix(kind));
        let by_index = index.and_then(|rest| rest.split_once(" on ")).filter(|(index, _)| {
            let below = plan.get(place + 1).is_some_and(|next| next.starts_with("Index Cond"));
            !below && !limited && !OF_OPEN_CASES.contains(index)
        });
        let by_index = by_index.map(|(_, rest)| rest);
        let table = whole.or(by_index).and_then(|rest| rest.split_whitespace().next());
        tables.extend(table.map(|table| table.trim_matches('"').to_owned()));
    }
    tables.retain(|table| table != "CONSTANT");
    tables
}
