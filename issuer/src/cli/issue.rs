//! `issuer issue`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::paper::PaperArguments;
use super::{Data, actor_at};
use crate::batch::{self, Order, Output, Product};
use crate::files::failed;
use crate::issuance::IssuedCard;
use crate::{Error, revocation};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer issue --batch residents.csv --out cards.pdf\n  issuer issue --batch residents.csv --out sheets.pdf --layout a4 --duplex long --skip 4\n  issuer issue --batch residents.csv --out cards.pdf --also slip=slips.pdf\n\n\
    The file is CSV in UTF-8 with a header. Columns, in any order: full_name (required), second_name, second_lang,\n\
    birth_date (YYYY-MM-DD or a year), gender (F, M, X), address, guardian, services (with spaces between; none means\n\
    all), photo (path of a JPEG, PNG or WebP, from the folder of the file), language.\n\
    Nothing is issued unless every row is good. An interrupted batch goes on when the same file is given again.\n\n\
    A recovery code is made only where slips are printed, since it stands nowhere else; hand each slip over with its\n\
    card, and delete the file. When an interrupted batch goes on, slips printed before are void."
)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// CSV file of residents
    #[arg(long, value_name = "FILE")]
    batch: PathBuf,
    /// Where to: cards are two pages each, sheets fronts and backs in turn, slips a page each
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    paper: PaperArguments,
    /// The desk at which they are issued: its own key signs them, where it has one. The hall without, or the event kit
    #[arg(long, value_name = "NAME", value_parser = desk)]
    desk: Option<String>,
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
    let outputs = arguments.paper.outputs(&arguments.out)?;
    let issuer = arguments.data.open()?;
    let order = Order { file: &arguments.batch, outputs: &outputs, again: arguments.again };
    let mut out = std::io::stdout().lock();
    let actor = actor_at(&issuer, arguments.desk.as_deref())?;
    let done = batch::issue(&issuer, &order, &actor, now, |row, card| {
        if arguments.json { report(&mut out, row, card) } else { Ok(()) }
    })?;
    if !arguments.json {
        let files: Vec<String> = outputs.iter().map(|output| output.path.display().to_string()).collect();
        println!("Issued {} cards: {}", done.cards, files.join(", "));
        if done.resumed > 0 {
            println!("{} of them are those of an interrupted run.", done.resumed);
        }
    }
    warn_of_slips(&outputs);
    for name in &done.shortened {
        eprintln!("{name}");
    }
    warn_of_half_issued(&revocation::half_issued(&issuer)?);
    Ok(())
}

fn desk(text: &str) -> Result<String, String> {
    let fits = (1..=32).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err("the name of a desk has 1 to 32 characters".to_owned()) }
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

/// A slip's file holds the codes of all cards.
fn warn_of_slips(outputs: &[Output]) {
    for slips in outputs.iter().filter(|output| output.product == Product::Slips) {
        eprintln!(
            "{path} holds the recovery code of every card: print it, one side a sheet, then delete it",
            path = slips.path.display()
        );
    }
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
