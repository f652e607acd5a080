//! Plays desks at work in a full city, and says how long its pages took:
//! `cargo run --release -p tests --bin load -- --desks 1 --visits 50 --cards 150000`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use tests::load::{City, Full, Load, Outcome, run};

/// Desks at work in a full city: visits through the real pages of a real server, on this machine alone
#[derive(Debug, Parser)]
struct Arguments {
    /// Desks at work at once
    #[arg(long, default_value_t = 1)]
    desks: usize,
    /// Visits of each desk
    #[arg(long, default_value_t = 20)]
    visits: usize,
    /// Cards in the city before
    #[arg(long, default_value_t = 0)]
    cards: usize,
    /// Entries that each of them left in the audit log: a visit leaves 20, a card of a batch 2
    #[arg(long, default_value_t = 20)]
    entries: i64,
    /// Every how many visits the card is really read; 0 never
    #[arg(long, default_value_t = 1)]
    scan_every: usize,
    /// Milliseconds an officer waits before each page
    #[arg(long, default_value_t = 0)]
    think: u64,
    /// Issue by one call of /api/v1/cards for each card, instead of by visits at the desk's pages
    #[arg(long)]
    api: bool,
    /// How many issuers serve the city at once
    #[arg(long, default_value_t = 1)]
    issuers: usize,
    /// Verifiers that ask for the lists again and again
    #[arg(long, default_value_t = 0)]
    verifiers: usize,
    /// Kill the first issuer after so many seconds, and start it again
    #[arg(long)]
    kill_after: Option<u64>,
    /// Keep the city in this folder, and use it again; otherwise in one that goes
    #[arg(long)]
    data: Option<PathBuf>,
    /// Where the city keeps its tables, such as a PostgreSQL address; `SQLite` otherwise
    #[arg(long)]
    database: Option<String>,
}

fn main() -> Result<(), String> {
    let arguments = Arguments::parse();
    let issuer = std::env::current_exe().map_err(|error| error.to_string())?.with_file_name("issuer");
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let data = arguments.data.clone().unwrap_or_else(|| folder.path().join("city"));
    let database = arguments.database.as_deref();
    let full = Full { cards: arguments.cards, entries: arguments.entries };
    let mut city = City::open(&issuer, &data, database, full, arguments.issuers)?;
    let load = Load {
        desks: arguments.desks,
        visits: arguments.visits,
        scan_every: if arguments.scan_every == 0 { usize::MAX } else { arguments.scan_every },
        think: Duration::from_millis(arguments.think),
        calls: arguments.api,
        verifiers: arguments.verifiers,
        kill_after: arguments.kill_after.map(Duration::from_secs),
    };
    let before = city.cards()?;
    let outcome = run(&mut city, load)?;
    tell(&outcome, load);
    city.check(&outcome.acknowledged)?;
    println!(
        "each of the {} cards that an answer has named is there exactly once",
        outcome.acknowledged.len()
    );
    // Every call was made until it had an answer, so that no other card may be there.
    let more = city.cards()? - before - outcome.acknowledged.len();
    match (more, arguments.api) {
        (0, _) => println!("and no other card was made"),
        (_, true) => return Err(format!("{more} cards were made that no answer has named")),
        (_, false) => println!("{more} more were made in visits that were cut off"),
    }
    let wrong = outcome.wrong.len() + outcome.lists.wrong.len();
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} visits or bundles failed")) }
}

fn tell(outcome: &Outcome, load: Load) {
    print!("{}", outcome.figures);
    let (cards, seconds) = (outcome.cards.len(), outcome.took.as_secs_f64());
    let rate = f64::from(u32::try_from(cards).unwrap_or(u32::MAX)) / seconds;
    println!("{cards} cards in {seconds:.1} s, {rate:.1} a second");
    if !load.calls {
        println!(
            "a visit: {} actions of the officer, {} requests",
            outcome.last.actions, outcome.last.requests
        );
    }
    if outcome.cut_off > 0 {
        println!("{} visits or calls had no answer when the issuer was killed", outcome.cut_off);
    }
    let lists = &outcome.lists;
    if lists.figures.count() > 0 {
        print!("verifiers: {}", lists.figures);
        println!("{} bundles, {} bytes; {} times nothing new", lists.new, lists.bytes, lists.same);
    }
    for wrong in outcome.wrong.iter().chain(&lists.wrong).take(10) {
        println!("wrong: {wrong}");
    }
}
