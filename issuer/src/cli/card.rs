//! `issuer card`.

use std::path::{Path, PathBuf};

use crate::card::check::{self, Found};
use crate::{Error, files};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Measure the codes in a PDF of cards, and refuse those that would not be read well
    Check(Check),
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

pub(super) fn run(arguments: &Arguments) -> Result<(), Error> {
    let Command::Check(arguments) = &arguments.command;
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
