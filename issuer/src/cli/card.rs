//! `issuer card`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::Data;
use crate::card::check::{self, Found};
use crate::card::{Paper, Press};
use crate::{Error, batch, files};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Measure the codes in a PDF of cards, and refuse those that would not be read well
    Check(Check),
    /// Print a card of nobody, to see what colours, emblem, texts and layouts look like
    Sample(Sample),
    /// Show the built-in layouts, to begin a file of the city's own with
    Layouts,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  issuer card check cards.pdf\n  issuer card check sheets.pdf --json\n\n\
    Every code must have modules of at least 0.40 mm, 4 white modules on all sides, 1 mm more to the edge of the\n\
    card, and be pure black on white. Cards or sheets, of this issuer or any other: what the file paints is measured.")]
struct Check {
    /// PDF of cards or of sheets
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// One JSON object a code on standard output; lengths in millimetres, white in modules
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer card sample --out sample.pdf\n  issuer card sample --out boxes.pdf --layout large --outlines\n\n\
    What is printed is no card: its codes say so to every verifier. To change where things stand, write the layouts\n\
    into the city's folder and name the file in city.toml:\n  issuer card layouts > city/layouts.toml"
)]
struct Sample {
    #[command(flatten)]
    data: Data,
    /// Where to print it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// A card of its own, or large print
    #[arg(long, value_enum, default_value_t = Layout::Card)]
    layout: Layout,
    /// One of the city's languages [default: the first]
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// Draw the edges of all boxes, with their names
    #[arg(long)]
    outlines: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Layout {
    /// A page for each side, for printers of plastic cards
    Card,
    /// Large print, to be folded
    Large,
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    match &arguments.command {
        Command::Check(arguments) => check(arguments),
        Command::Sample(arguments) => sample(arguments, now),
        Command::Layouts => write!(std::io::stdout().lock(), "{}", Press::layouts())
            .map_err(files::failed("write", Path::new("standard output"))),
    }
}

fn sample(arguments: &Sample, now: DateTime<Utc>) -> Result<(), Error> {
    let issuer = arguments.data.open()?;
    let press = batch::press(&issuer)?;
    let press = if arguments.outlines { press.with_outlines() } else { press };
    let card = batch::sample(&press, &issuer, arguments.language.as_deref(), now)?;
    let paper = if arguments.layout == Layout::Large { Paper::Large } else { Paper::Card };
    files::replace(&arguments.out, &press.print_on(paper, &[card], now)?)?;
    println!("Printed a sample: {}", arguments.out.display());
    Ok(())
}

fn check(arguments: &Check) -> Result<(), Error> {
    let found = check::check(&read(&arguments.file)?)
        .map_err(|error| Error::Refused(format!("{}: {error}", arguments.file.display())))?;
    let mut out = std::io::stdout().lock();
    report(&mut out, &found, arguments.json).map_err(files::failed("write", Path::new("standard output")))?;
    match found.iter().filter(|code| !code.faults.is_empty()).count() {
        0 => Ok(()),
        refused => Err(Error::Refused(format!(
            "{refused} of {} codes fall under the minimum; do not print this file",
            found.len()
        ))),
    }
}

/// Reads no more than a file of cards may have.
fn read(path: &Path) -> Result<Vec<u8>, Error> {
    use std::io::Read as _;
    let most = u64::try_from(check::MAX_FILE).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let opened =
        std::fs::File::open(path).and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut bytes));
    opened.map_err(files::failed("read", path))?;
    Ok(bytes)
}

fn report(out: &mut impl std::io::Write, found: &[Found], json: bool) -> std::io::Result<()> {
    for code in found {
        if json {
            serde_json::to_writer(&mut *out, code)?;
            writeln!(out)?;
            continue;
        }
        writeln!(out, "{code}{}", if code.faults.is_empty() { ": good" } else { ": refused" })?;
        for fault in &code.faults {
            writeln!(out, "  - {fault}")?;
        }
    }
    if !json {
        writeln!(out, "{} codes", found.len())?;
    }
    out.flush()
}
