//! Load: a city that is already full, and desks that enrol in it as fast as they can, through the real server's own
//! pages. What it prints is measured at the desk's side of the connection. Loopback only; it stops by itself.

mod browser;
mod calls;
mod city;
mod figures;
mod full;
mod lists;
mod visit;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use issuer::edge;
use scopeguard::defer;

pub use browser::{Browser, Wrong};
use calls::Caller;
pub use city::City;
pub use figures::Figures;
pub use full::{Full, fill};
pub use lists::Fetched;
use lists::Lists;
pub use visit::{Person, Visited, visit, visit_of};

/// How often lists are published while verifiers ask for them.
const EVERY: Duration = Duration::from_secs(5);

/// How much load.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Desks at work at once.
    pub desks: usize,
    /// Visits of each, one after the other.
    pub visits: usize,
    /// Every how many visits the printed card is rendered, read and scanned; else the scan is passed over with a reason.
    pub scan_every: usize,
    /// How long an officer waits before each page.
    pub think: Duration,
    /// Whether cards are issued by one call each of `/api/v1/cards`, instead of by visits at the desk's pages.
    pub calls: bool,
    /// Verifiers that ask for the lists again and again, while they are published every few seconds.
    pub verifiers: usize,
    /// After how long the first server is killed without a word, and started again.
    pub kill_after: Option<Duration>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Every answer's time.
    pub figures: Figures,
    /// The numbers of the cards that were handed over.
    pub cards: Vec<String>,
    /// The numbers of all cards that a page has shown, handed over or not.
    pub acknowledged: Vec<String>,
    /// What had no answer, because the server had been killed: visits, or calls that were made again.
    pub cut_off: usize,
    /// What verifiers fetched.
    pub lists: Fetched,
    /// What went wrong, in words.
    pub wrong: Vec<String>,
    /// From the first visit's first page to the last visit's last.
    pub took: Duration,
    /// The officer's actions and the requests of the last visit.
    pub last: Visited,
}

/// Who issues cards.
enum Desk {
    Officer(Box<Browser>),
    Program(Caller),
}

/// Sets an account up for each desk and signs it in, or has a token made for all of them, and lets them work.
///
/// # Errors
/// When no token can be made, lists cannot be published, or the server that was killed does not start again.
pub fn run(city: &mut City, load: Load) -> Result<Outcome, String> {
    let token = if load.calls { Some(city.token()?) } else { None };
    let desks = (0..load.desks).map(|desk| match &token {
        Some(token) => Desk::Program(Caller::new(city.origin(desk), token)),
        None => Desk::Officer(Box::new(city.officer(desk))),
    });
    let desks: Vec<Desk> = desks.collect();
    let outcome = Mutex::new(Outcome::default());
    // Another load of the same city is about other people.
    let first = usize::try_from(edge::now().timestamp_millis()).unwrap_or_default();
    let counter = (load.verifiers > 0).then(|| Lists::serve(city)).transpose()?;
    let at_work = AtomicUsize::new(load.desks);
    let start = Instant::now();
    let (lists, restarted) = thread::scope(|scope| {
        for (place, desk) in desks.into_iter().enumerate() {
            let (outcome, at_work) = (&outcome, &at_work);
            let first = first + place * load.visits;
            scope.spawn(move || {
                // One that fails is at work no more, either.
                defer! {
                    at_work.fetch_sub(1, Ordering::Relaxed);
                }
                match desk {
                    Desk::Officer(browser) => work(load, first, *browser, outcome),
                    Desk::Program(caller) => caller.work(load, first, outcome),
                }
            });
        }
        let verifiers: Vec<_> = counter.iter().flat_map(|lists| vec![lists; load.verifiers]).collect();
        let verifiers: Vec<_> =
            verifiers.into_iter().map(|lists| scope.spawn(|| lists.fetch(&at_work))).collect();
        let restarted = supervise(city, load, counter.is_some(), start, &at_work);
        let mut fetched = Fetched::default();
        for verifier in verifiers {
            fetched.add(verifier.join().unwrap());
        }
        (fetched, restarted)
    });
    restarted?;
    let mut outcome = outcome.into_inner().unwrap();
    (outcome.took, outcome.lists) = (start.elapsed(), lists);
    Ok(outcome)
}

/// Publishes every few seconds, and kills the first server when its time has come, as long as desks are at work.
#[expect(clippy::disallowed_methods, reason = "a load takes its time; no test waits for it")]
fn supervise(
    city: &mut City,
    load: Load,
    publishes: bool,
    start: Instant,
    at_work: &AtomicUsize,
) -> Result<(), String> {
    let mut kill_after = load.kill_after;
    let mut last = Instant::now();
    while at_work.load(Ordering::Relaxed) > 0 {
        if kill_after.is_some_and(|after| start.elapsed() >= after) {
            kill_after = None;
            city.kill_and_restart()?;
        }
        if publishes && last.elapsed() >= EVERY {
            last = Instant::now();
            city.publish()?;
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a desk whose server died waits before it asks again")]
fn work(load: Load, first: usize, mut browser: Browser, outcome: &Mutex<Outcome>) {
    browser.think = load.think;
    for number in 0..load.visits {
        let scans = (number + 1).is_multiple_of(load.scan_every.max(1));
        let mut acknowledged = Vec::new();
        let visited = visit(&mut browser, first + number, scans, &mut acknowledged);
        let mut outcome = outcome.lock().unwrap();
        outcome.acknowledged.append(&mut acknowledged);
        match visited {
            Ok(visited) => {
                outcome.cards.push(visited.card.clone());
                outcome.last = visited;
            }
            Err(Wrong::NoAnswer(_)) if load.kill_after.is_some() => {
                outcome.cut_off += 1;
                drop(outcome);
                thread::sleep(Duration::from_millis(500));
            }
            Err(wrong) => outcome.wrong.push(format!("visit {number}: {wrong}")),
        }
    }
    outcome.lock().unwrap().figures.add(browser.figures);
}
