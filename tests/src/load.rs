//! Load: a city that is already full, and desks that enrol in it as fast as they can, through the real server's own
//! pages. What it prints is measured at the desk's side of the connection. Loopback only; it stops by itself.

mod browser;
mod city;
mod figures;
mod full;
mod visit;

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use issuer::edge;

pub use browser::Browser;
pub use city::City;
pub use figures::Figures;
pub use full::fill;
pub use visit::{Visited, visit};

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
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Every answer's time.
    pub figures: Figures,
    /// The numbers of the cards that were handed over.
    pub cards: Vec<String>,
    /// What went wrong, in words.
    pub wrong: Vec<String>,
    /// From the first visit's first page to the last visit's last.
    pub took: Duration,
    /// The officer's actions and the requests of the last visit.
    pub last: Visited,
}

/// Sets an account up for each desk, signs it in, and lets all of them work.
#[must_use]
pub fn run(city: &City, load: Load) -> Outcome {
    let accounts: Vec<Browser> = (0..load.desks).map(|desk| city.officer(desk)).collect();
    let outcome = Mutex::new(Outcome::default());
    // Another load of the same city is about other people.
    let first = usize::try_from(edge::now().timestamp()).unwrap_or_default();
    let start = Instant::now();
    thread::scope(|scope| {
        for (desk, browser) in accounts.into_iter().enumerate() {
            let outcome = &outcome;
            scope.spawn(move || work(city, load, first + desk * load.visits, browser, outcome));
        }
    });
    let mut outcome = outcome.into_inner().unwrap();
    outcome.took = start.elapsed();
    outcome
}

fn work(city: &City, load: Load, first: usize, mut browser: Browser, outcome: &Mutex<Outcome>) {
    browser.think = load.think;
    for number in 0..load.visits {
        let scans = (number + 1).is_multiple_of(load.scan_every.max(1));
        let visited = visit(city, &mut browser, first + number, scans);
        let mut outcome = outcome.lock().unwrap();
        match visited {
            Ok(visited) => {
                outcome.cards.push(visited.card.clone());
                outcome.last = visited;
            }
            Err(wrong) => outcome.wrong.push(format!("visit {number}: {wrong}")),
        }
    }
    outcome.lock().unwrap().figures.add(browser.figures);
}
