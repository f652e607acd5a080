//! What publishing takes of a machine in a large city, and what a counter downloads of it.
//!
//! ```text
//! cargo run --release -p issuer --example publish_large_city -- FOLDER
//! CARDS=100000000 cargo run --release -p issuer --example publish_large_city -- FOLDER
//! ```
//!
//! Makes a city in a new folder and fills its database with 2.5 million cards, or as many as `CARDS` says, one in a hundred
//! revoked, on lists of 2^20. Up to 10 million every card has its row; past that only those that are not valid have one,
//! which is all that publishing reads (100 million rows are 60 GB). Then it publishes: from nothing, with nothing new, and
//! after one revocation. Each time it is this very program, which is the whole `issuer` where it is told to publish.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use shared::index::{Index, Pieces};

const CARDS: u64 = 2_500_000;
/// Up to this many, every card has its row.
const ALL_ROWS: u64 = 10_000_000;
const SHARD: u64 = 1 << 20;
const TIMES: usize = 5;

fn main() -> ExitCode {
    let told: Vec<_> = env::args_os().skip(1).collect();
    if told.len() > 1 {
        let code = issuer::cli::main();
        eprintln!("{}", most_memory().unwrap_or_default());
        return code;
    }
    match told.first().map(PathBuf::from).context("name a new folder").and_then(|folder| measure(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("publish_large_city: {error:?}");
            ExitCode::FAILURE
        }
    }
}

fn measure(folder: &Path) -> Result<()> {
    ensure!(!folder.exists(), "{} is there already", folder.display());
    let cards = env::var("CARDS").map_or(Ok(CARDS), |said| said.parse())?;
    issuer::demo::make(folder, issuer::edge::now() - TimeDelta::days(1))?;
    let begun = Instant::now();
    let (rows, lists) = fill(&folder.join("city.db"), cards)?;
    let size = fs::metadata(folder.join("city.db"))?.len() / 1_000_000;
    println!("{cards} cards on {lists} lists: {rows} rows, {size} MB, filled in {:.0?}", begun.elapsed());
    let mut held = Vec::new();
    println!("                          seconds    memory    bundle   by pieces");
    for round in 0..TIMES {
        let _ = fs::remove_dir_all(folder.join("public"));
        let _ = fs::remove_dir_all(folder.join("lists"));
        publish(folder, "from nothing", &mut held, round == 0)?;
    }
    for _ in 0..TIMES {
        publish(folder, "nothing new", &mut held, false)?;
    }
    for round in 0..TIMES {
        revoke(&folder.join("city.db"), round)?;
        publish(folder, "one card revoked", &mut held, false)?;
    }
    Ok(())
}

/// Publishes, and prints what it took; `held` is what a counter has of the last time.
fn publish(folder: &Path, what: &str, held: &mut Vec<u8>, is_first: bool) -> Result<()> {
    let out = folder.join("public");
    let begun = Instant::now();
    let mut command = Command::new(env::current_exe()?);
    let done = command.arg("publish").arg("--data").arg(folder).arg("--out").arg(&out).output()?;
    let took = begun.elapsed().as_secs_f64();
    let said = String::from_utf8_lossy(&done.stderr);
    ensure!(done.status.success(), "{said}");
    let memory = said.trim().lines().last().unwrap_or_default().to_owned();
    let bundle = fs::read(out.join("bundle.cbor"))?;
    let written = fs::read(out.join("index.cbor"))?;
    let by_pieces = if is_first {
        bundle.len()
    } else {
        let missing = Index::parse(&written)?.missing(&Pieces::of(held)?);
        missing.iter().map(|apart| apart.length).sum::<usize>() + written.len()
    };
    println!("{what:<24} {took:>8.3} {memory:>12} {:>9} {by_pieces:>11}", bundle.len());
    *held = bundle;
    Ok(())
}

/// The most memory that this process has had.
fn most_memory() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().to_owned())
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    kid: String,
    #[diesel(sql_type = Text)]
    uri: String,
}

/// Fills the database past its rules: how many rows of cards, how many lists.
fn fill(database: &Path, cards: u64) -> Result<(u64, u64)> {
    let mut conn = SqliteConnection::establish(&database.to_string_lossy())?;
    conn.batch_execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL; PRAGMA cache_size = -400000")?;
    let found: Found = diesel::sql_query("SELECT kid, uri FROM status_list LIMIT 1").get_result(&mut conn)?;
    let prefix = found.uri.rsplit_once('/').context("a URI has a slash")?.0.to_owned();
    let lists = cards.div_ceil(SHARD);
    for list in 0..lists {
        let on_it = (cards - list * SHARD).min(SHARD);
        // Every card, or one in a hundred, at a place that chance gives it.
        let (every, valid) = if cards <= ALL_ROWS { (1, "'valid'") } else { (100, "'revoked'") };
        conn.batch_execute(&format!(
            "BEGIN;
             INSERT INTO status_list (id, kid, expiry_year, shard, capacity, next_position, uri)
             VALUES ('{id}', '{kid}', 2099, {list}, {SHARD}, {on_it}, '{prefix}/{uri}');
             WITH RECURSIVE place(n) AS (SELECT 0 UNION ALL SELECT n + {every} FROM place WHERE n + {every} < {on_it})
             INSERT INTO card (id, number, kid, status_list_id, status_index, services, issued_at, expires_at, state,
                 status, identity_digest, service_digest, desk, officer)
             SELECT printf('%08x-0000-7000-8000-%012x', {list}, n), printf('%02x-%06x', {list}, n), '{kid}', '{id}',
                 min(n + abs(random()) % {every}, {on_it} - 1), 'library clinic transit', '2026-11-24 10:00:00', '2031-11-25 00:00:00',
                 'issued', iif(abs(random()) % 100 = 0, 'revoked', {valid}), randomblob(32), randomblob(32), 'hall',
                 '019ab000-0000-7000-8000-000000000000'
             FROM place;
             COMMIT",
            id = list_id(list),
            kid = found.kid,
            uri = 1000 + list,
        ))?;
    }
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
    let rows = if cards <= ALL_ROWS { cards } else { cards / 100 };
    Ok((rows, lists))
}

fn list_id(list: u64) -> String {
    format!("00000000-0000-7000-9000-{list:012x}")
}

/// Revokes one card more.
fn revoke(database: &Path, round: usize) -> Result<()> {
    let mut conn = SqliteConnection::establish(&database.to_string_lossy())?;
    let list = list_id(0);
    let changed = diesel::sql_query(format!(
        "UPDATE card SET status = 'revoked' WHERE id IN (SELECT id FROM card WHERE status_list_id = '{list}'
         AND status = 'valid' LIMIT 1)"
    ))
    .execute(&mut conn)?;
    if changed == 0 {
        // No valid card has its row: a suspended one comes, which is as much of a change.
        diesel::sql_query(format!(
            "UPDATE card SET status = 'suspended' WHERE id IN (SELECT id FROM card WHERE status_list_id = '{list}'
             AND status = 'revoked' LIMIT 1 OFFSET {round})"
        ))
        .execute(&mut conn)?;
    }
    Ok(())
}
