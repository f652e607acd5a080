//! `verifier check`.

use std::fs;
use std::io::{self, BufRead, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use shared::qr_text;
use shared::trusted::Trusted;
use shared::verdict::{Desk, Outcome, Verdict};

use super::{Data, Usage, parse_time};
use crate::counter::{Counter, parse_desk};
use crate::sentence::sentence;
use crate::store::Store;
use crate::words::Words;

/// Longest line taken from standard input, in bytes: past what any code holds.
const MAX_LINE: u64 = 65_536;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// The service of this desk: library, clinic, transit, or another of the city's
    #[arg(long, value_name = "SERVICE")]
    desk: Option<String>,
    /// Check as of this time: RFC 3339, a date, or Unix seconds
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Option<DateTime<Utc>>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// QR texts, picture files (PNG, JPEG, WebP), or - for lines on standard input
    #[arg(required = true, value_name = "TEXT | FILE | -", allow_hyphen_values = true)]
    inputs: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> anyhow::Result<ExitCode> {
    let store = Store::new(arguments.data.data.clone());
    let trusted = store.load().with_context(|| "the trusted lists cannot be used".to_owned())?;
    let service = arguments.desk.as_deref().map(|desk| parse_desk(desk, trusted.as_ref())).transpose();
    let service = service.map_err(|error| Usage(error.to_string()))?;
    let counter = Counter {
        trusted: trusted.as_ref(),
        desk: service.as_ref().map_or(Desk::Any, Desk::Of),
        now: arguments.at.unwrap_or(now),
    };
    let inputs = Inputs { counter, json: arguments.json, words: Words::english() };
    let mut worst = None;
    for input in &arguments.inputs {
        let here = inputs.check(input)?;
        worst = worst.max(here);
    }
    match worst {
        Some(status) => Ok(ExitCode::from(status)),
        None => Err(Usage("standard input was empty: give one QR text a line".to_owned()).into()),
    }
}

struct Inputs<'a> {
    counter: Counter<'a>,
    json: bool,
    words: Words,
}

impl Inputs<'_> {
    /// Checks what one argument stands for; the worst exit status, none where
    /// there was nothing to check.
    fn check(&self, input: &str) -> anyhow::Result<Option<u8>> {
        if input == "-" {
            return self.check_lines(io::stdin().lock());
        }
        if Path::new(input).is_file() {
            return self.check_picture(Path::new(input)).map(Some);
        }
        if looks_like_a_picture(input) {
            return Err(Usage(format!("there is no file {input}")).into());
        }
        self.check_text(input).map(Some)
    }

    fn check_lines(&self, mut lines: impl BufRead) -> anyhow::Result<Option<u8>> {
        let mut worst = None;
        loop {
            let mut line = Vec::new();
            let taken = lines.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
            if taken == 0 {
                return Ok(worst);
            }
            if !line.ends_with(b"\n") {
                skip_line(&mut lines)?;
            }
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end_matches(['\r', '\n']);
            if !text.is_empty() {
                worst = worst.max(Some(self.check_text(text)?));
            }
        }
    }

    fn check_picture(&self, path: &Path) -> anyhow::Result<u8> {
        let size = fs::metadata(path).with_context(|| path.display().to_string())?.len();
        if size > reader::MAX_FILE {
            return Err(Usage(format!("{}: a picture of {size} bytes is too large", path.display())).into());
        }
        let picture = fs::read(path).with_context(|| path.display().to_string())?;
        let texts =
            reader::codes_in(&picture).map_err(|error| Usage(format!("{}: {error}", path.display())))?;
        if texts.is_empty() {
            // A picture in which no code can be seen is a card that cannot be read.
            return self.check_text("");
        }
        let mut worst = 0;
        for text in texts {
            worst = worst.max(self.check_text(&text)?);
        }
        Ok(worst)
    }

    fn check_text(&self, text: &str) -> anyhow::Result<u8> {
        let verdict = self.counter.check(text, None).verdict;
        self.say(&verdict)?;
        Ok(exit_status(verdict.outcome))
    }

    fn say(&self, verdict: &Verdict) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        if self.json {
            serde_json::to_writer(&mut out, &verdict.report())?;
            writeln!(out)?;
        } else {
            let list = self.counter.trusted.map(Trusted::trust_list);
            writeln!(out, "{}", sentence(verdict, list, &self.words))?;
        }
        Ok(())
    }
}

fn exit_status(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Valid => 0,
        Outcome::ValidStale => 10,
        Outcome::NotValid(_) => 20,
        Outcome::CannotTell(_) => 30,
    }
}

/// A line longer than any code: what is left of it is passed over.
fn skip_line(lines: &mut impl BufRead) -> io::Result<()> {
    loop {
        let held = lines.fill_buf()?;
        let (used, ended) = match held.iter().position(|byte| *byte == b'\n') {
            Some(end) => (end + 1, true),
            None => (held.len(), held.is_empty()),
        };
        lines.consume(used);
        if ended {
            return Ok(());
        }
    }
}

/// No QR text of a card ends like this: it has capitals and digits only.
fn looks_like_a_picture(input: &str) -> bool {
    let ending = Path::new(input).extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| matches!(ending, "png" | "jpg" | "jpeg" | "webp" | "pdf"))
        && input.len() <= qr_text::MAX_TEXT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_too_long_is_passed_over() {
        let mut lines = io::Cursor::new([vec![b'A'; 200_000], b"\nnext".to_vec()].concat());
        skip_line(&mut lines).unwrap();
        let mut rest = String::new();
        lines.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "next");
    }
}
