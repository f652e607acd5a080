//! What a kiosk takes of a small machine in a large city: its start, its first verdict, its memory.
//!
//! ```text
//! cargo run --release -p verifier --example large_city
//! CARDS=100000000 cargo run --release -p verifier --example large_city
//! ```
//!
//! Makes a city with lists for 2.5 million cards, or as many as `CARDS` says, one in a hundred revoked, and opens its kiosk
//! again and again: this very program, which is the whole `verifier` where it is given arguments.

use std::env;
use std::error::Error;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use serde_json::json;
use tests::captures::Camera;
use tests::city::{self, City};
use tests::kiosk::Kiosk;

/// As many as nobody says otherwise.
const CARDS: u64 = 2_500_000;
const STARTS: usize = 9;
/// Verdicts and pictures after the first, before the memory is read.
const SCANS: usize = 20;

fn main() -> ExitCode {
    if env::args_os().len() > 1 {
        return verifier::cli::main();
    }
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("large_city: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One start of the kiosk.
struct Start {
    serving: Duration,
    verdict: Duration,
    fresh: u64,
    busy: u64,
}

fn measure() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let cards = env::var("CARDS").map_or(Ok(CARDS), |said| said.parse())?;
    let bundle = City::large(cards).bundle();
    std::fs::write(folder.path().join("bundle.cbor"), &bundle)?;
    let program = env::current_exe()?;
    let begun = Instant::now();
    let mut trust = Command::new(&program);
    let trusted = trust.current_dir(folder.path()).args(["trust", "--bundle", "bundle.cbor"]).output()?;
    assert!(trusted.status.success(), "{trusted:?}");
    println!("bundle of {cards} cards: {} kB, trusted in {:?}", bundle.len() / 1_000, begun.elapsed());
    let starts: Vec<Start> = (0..STARTS)
        .map(|_| {
            let mut command = Command::new(&program);
            let arguments = ["serve", "--listen", "127.0.0.1:0", "--at", &city::NOW.to_string()];
            start(command.current_dir(folder.path()).args(arguments))
        })
        .collect();
    println!("{STARTS} starts                      median     worst");
    let row = |what: &str, figure: &dyn Fn(&Start) -> u128, unit: &str| {
        let mut figures: Vec<u128> = starts.iter().map(figure).collect();
        figures.sort_unstable();
        let (median, worst) = (figures.get(STARTS / 2), figures.last());
        println!("{what:<28} {:>6} {unit} {:>6} {unit}", median.unwrap_or(&0), worst.unwrap_or(&0));
    };
    row("serving after", &|start| start.serving.as_millis(), "ms");
    row("first verdict after", &|start| start.verdict.as_millis(), "ms");
    row("most memory by then", &|start| start.fresh.into(), "kB");
    row("after 20 pictures", &|start| start.busy.into(), "kB");
    Ok(())
}

fn start(command: &mut Command) -> Start {
    let begun = Instant::now();
    let kiosk = Kiosk::started(command);
    let serving = begun.elapsed();
    let scanned = json!({ "text": city::identity().text(), "desk": "library" }).to_string();
    let verify = || kiosk.post("/v1/verify", "application/json", scanned.as_bytes());
    let first = verify();
    let verdict = begun.elapsed();
    assert_eq!(first.get("outcome"), Some(&"valid".into()));
    let fresh = kiosk.most_memory();
    let frame = Camera::GOOD.take(&image::GrayImage::from_pixel(1011, 638, image::Luma([255])));
    for _ in 0..SCANS {
        let _ = verify();
        let _ = kiosk.post("/v1/read", "image/jpeg", &frame);
    }
    Start { serving, verdict, fresh, busy: kiosk.most_memory() }
}
