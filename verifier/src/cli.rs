//! The commands.

mod bundle_qr;
mod check;
mod export;
mod serve;
mod shell;
mod trust;

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Parser, Subcommand};

use crate::clock::Clock;

/// Exit status for a call that cannot be understood.
const USAGE: u8 = 64;
/// Exit status for a failure outside the card: a file, a network.
const FAILURE: u8 = 70;

#[derive(Parser)]
#[command(name = "verifier", version, about = "Says, offline, what a local citizenship card is worth")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Trust a city, or take its newer lists
    #[command(after_help = "Example:\n  verifier trust --bundle bundle.cbor --root 1f0a-…\n\n\
        The first bundle pins the city's root key. Compare the fingerprint with the one the city\n\
        publishes, or give it as --root. Older bundles are refused from then on.")]
    Trust(trust::Arguments),
    /// Show a bundle as a loop of QR codes, for a device without network
    #[command(after_help = "Example:\n  verifier bundle-qr --bundle bundle.cbor --out loop.html\n\n\
        Open the page on any screen and scan it; parts may come in any order.")]
    BundleQr(bundle_qr::Arguments),
    /// Check cards: QR texts, pictures of cards, or lines on standard input
    #[command(after_help = "Examples:\n  verifier check --desk library card.png\n  \
        scanner | verifier check --json -\n\n\
        Exit status: 0 valid, 10 valid_stale, 20 not_valid, 30 cannot_tell (the worst of all inputs),\n\
        64 when the call is wrong.")]
    Check(check::Arguments),
    /// Open the counter's page to the browser of this machine
    #[command(after_help = "Examples:\n  verifier serve --desk library\n  \
        verifier serve --desk library --lists-from https://card.city.example/bundle.cbor\n\n\
        Then open http://127.0.0.1:8090/ and scan. Other machines cannot reach it unless --listen says so.")]
    Serve(serve::Arguments),
    /// Write the counter's page as a site that any web server can host, for phones and tablets
    #[command(after_help = "Example:\n  verifier export-pwa site\n\n\
        Put the folder on a web server with https. The page is then installed from the browser's menu and works\n\
        without a network. site/README.txt names the headers that the server should send.")]
    ExportPwa(export::Arguments),
    /// Print what a shell needs to complete these commands
    #[command(
        after_help = "Example:\n  verifier completions bash > /usr/share/bash-completion/completions/verifier"
    )]
    Completions(shell::Completions),
    /// Write the manual pages of these commands
    #[command(after_help = "Example:\n  verifier man /usr/local/share/man/man1")]
    Man(shell::Man),
}

/// The folder in which the verifier keeps what it trusts.
#[derive(clap::Args)]
struct Data {
    /// Folder of what this verifier trusts
    #[arg(long, value_name = "DIR", default_value = "verifier-data", env = "VERIFIER_DATA")]
    data: PathBuf,
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers, not mistakes.
            let status = if error.use_stderr() { USAGE } else { 0 };
            let _ = error.print();
            return ExitCode::from(status);
        }
    };
    let answer = match arguments.command {
        Command::Trust(arguments) => trust::run(&arguments),
        Command::BundleQr(arguments) => bundle_qr::run(&arguments),
        Command::Check(arguments) => check::run(&arguments, crate::edge::now()),
        Command::Serve(arguments) => serve::run(&arguments, Clock::new(crate::edge::now)),
        Command::ExportPwa(arguments) => export::run(&arguments),
        Command::Completions(arguments) => Ok(shell::completions(&arguments)),
        Command::Man(arguments) => shell::man(&arguments),
    };
    match answer {
        Ok(status) => status,
        Err(error) => {
            eprintln!("verifier: {error:#}");
            ExitCode::from(if error.is::<Usage>() { USAGE } else { FAILURE })
        }
    }
}

/// A call that cannot be understood; says what to do instead.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

fn parse_time(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(date.and_time(NaiveTime::MIN).and_utc());
    }
    text.parse()
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or_else(|| "give a time like 2026-11-24T10:00:00Z, 2026-11-24 or 1795514400".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_three_forms() {
        for text in ["2026-02-02T02:40:00Z", "2026-02-02T03:40:00+01:00", "1770000000"] {
            assert_eq!(parse_time(text).unwrap().timestamp(), 1_770_000_000, "{text}");
        }
        assert_eq!(parse_time("2026-02-02").unwrap().timestamp(), 1_769_990_400);
        assert!(parse_time("yesterday").is_err());
    }
}
