//! `issuer issue`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::paper::PaperArguments;
use super::{Data, actor};
use crate::batch::{self, Order};
use crate::files::failed;
use crate::issuance::IssuedCard;
use crate::{Error, revocation};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer issue --batch residents.csv --out cards.pdf\n  issuer issue --batch residents.csv --out sheets.pdf --layout a4 --duplex long --skip 4\n\n\
    The file is CSV in UTF-8 with a header. Columns, in any order: full_name (required), second_name, second_lang,\n\
    birth_date (YYYY-MM-DD or a year), gender (F, M, X), address, guardian, services (with spaces between; none means\n\
    all), photo (path of a JPEG, PNG or WebP, from the folder of the file), language.\n\
    Nothing is issued unless every row is good. An interrupted batch goes on when the same file is given again."
)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// CSV file of residents
    #[arg(long, value_name = "FILE")]
    batch: PathBuf,
    /// Where to print the cards: two pages each, or sheets of fronts and backs in turn
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    paper: PaperArguments,
    /// Issue new cards although this file was issued before
    #[arg(long)]
    again: bool,
    /// One JSON object a card on standard output
    #[arg(long)]
    json: bool,
}

/// A card as other programs read it.
#[derive(Serialize)]
struct Line<'a> {
    row: usize,
    number: &'a str,
    identity_qr: &'a str,
    service_qr: &'a str,
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    let paper = arguments.paper.paper()?;
    let issuer = arguments.data.open()?;
    let order = Order { file: &arguments.batch, out: &arguments.out, paper, again: arguments.again };
    let mut out = std::io::stdout().lock();
    let done = batch::issue(&issuer, &order, &actor(), now, |row, card| {
        if arguments.json { report(&mut out, row, card) } else { Ok(()) }
    })?;
    if !arguments.json {
        println!("Issued {} cards: {}", done.cards, arguments.out.display());
        if done.resumed > 0 {
            println!("{} of them are those of an interrupted run.", done.resumed);
        }
    }
    for name in &done.shortened {
        eprintln!("{name}");
    }
    warn_of_half_issued(&revocation::half_issued(&issuer)?);
    Ok(())
}

fn report(out: &mut impl std::io::Write, row: usize, card: &IssuedCard) -> Result<(), Error> {
    let line = Line {
        row,
        number: card.draft.number(),
        identity_qr: &card.identity_qr,
        service_qr: &card.service_qr,
    };
    let said = serde_json::to_writer(&mut *out, &line)
        .map_err(std::io::Error::from)
        .and_then(|()| writeln!(out))
        .and_then(|()| out.flush());
    said.map_err(failed("write", std::path::Path::new("standard output")))
}

fn warn_of_half_issued(numbers: &[String]) {
    if let Some(first) = numbers.first() {
        eprintln!(
            "{} cards of interrupted batches were reserved and never signed. Give those files again, or revoke the \
             cards: issuer revoke --half-issued --reason interrupted (the first is {first})",
            numbers.len()
        );
    }
}
