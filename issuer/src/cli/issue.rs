//! `issuer issue`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::paper::PaperArguments;
use super::progress::Progress;
use super::{Data, actor_at};
use crate::batch::{self, Asked, Done, Order, Output, Product, Step};
use crate::files::failed;
use crate::issuance::IssuedCard;
use crate::{Error, edge, revocation};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer issue --batch residents.csv --out cards.pdf\n  issuer issue --batch residents.csv --out sheets.pdf --layout a4 --duplex long --skip 4\n  issuer issue --batch residents.csv --out cards.pdf --also slip=slips.pdf\n  issuer issue --batch all.csv --job spring --out spring/sheets.pdf --layout a4 --also slip=spring/slips.pdf --split 50\n\n\
    The file is CSV in UTF-8 with a header. Columns, in any order: full_name (required), second_name, second_lang,\n\
    birth_date (YYYY-MM-DD or a year), gender (F, M, X), address, guardian, services (with spaces between; none means\n\
    all), photo (path of a JPEG, PNG or WebP, from the folder of the file), language.\n\
    Nothing is issued unless every row is good. An interrupted batch goes on when the same command is given again: no\n\
    card is made twice, and with --split no file that is in its place is made again.\n\n\
    With --split 50 the files are sheets-0001.pdf, sheets-0002.pdf and so on, of 50 cards each, or of 50 sheets where\n\
    there are sheets; files of the same number hold the same people. Give each batch an empty folder.\n\n\
    A recovery code is made only where slips are printed, since it stands nowhere else; hand each slip over with its\n\
    card, and delete the file once the run is over. When an interrupted batch goes on, the slips of a file that is in\n\
    its place stay good; all others are made with new codes, and those printed before from a file that is no longer\n\
    there are void."
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
    /// Make files of so many cards, or sheets of cards, with numbers in their names: cards-0001.pdf
    #[arg(long, value_name = "COUNT")]
    split: Option<NonZeroUsize>,
    /// A name for the batch, under which no other file is taken [default: what is in the file and its photos]
    #[arg(long, value_name = "NAME", value_parser = job)]
    job: Option<String>,
    /// The desk at which they are issued: its own key signs them, where it has one. The hall without, or the event kit
    #[arg(long, value_name = "NAME", value_parser = desk)]
    desk: Option<String>,
    /// Issue new cards although this file was issued before
    #[arg(long)]
    again: bool,
    /// One JSON object a card on standard output
    #[arg(long)]
    json: bool,
    /// Say how far it is on standard error, also where that is no terminal
    #[arg(long)]
    progress: bool,
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
    let order = Order {
        file: &arguments.batch,
        outputs: &outputs,
        split: arguments.split,
        asked: Asked { job: arguments.job.as_deref(), again: arguments.again },
        every_card: arguments.json,
    };
    let mut out = std::io::stdout().lock();
    let mut progress = Progress::new(arguments.progress, now);
    let actor = actor_at(&issuer, arguments.desk.as_deref())?;
    let done = batch::issue(&issuer, &order, &actor, now, |step| match step {
        Step::Card(row, card) if arguments.json => report(&mut out, row, card),
        Step::Card(..) => Ok(()),
        step => {
            progress.tell(&step, edge::now());
            Ok(())
        }
    });
    progress.clear();
    let done = done?;
    if !arguments.json {
        println!("Issued {} cards: {}", done.cards, written(&outputs, &done, arguments.split));
        if done.resumed > 0 {
            println!("{} of them are those of an interrupted run.", done.resumed);
        }
        if done.stayed > 0 {
            println!("{} files of that run were whole and stay as they are.", done.stayed);
        }
    }
    warn_of_slips(&outputs, arguments.split);
    for name in &done.shortened {
        eprintln!("{name}");
    }
    warn_of_half_issued(&revocation::half_issued(&issuer)?);
    Ok(())
}

/// What was made, in a line.
fn written(outputs: &[Output], done: &Done, split: Option<NonZeroUsize>) -> String {
    let names: Vec<String> = outputs.iter().map(|output| output.path.display().to_string()).collect();
    let names = names.join(", ");
    if split.is_some() { format!("{} numbered files of {names}", done.files) } else { names }
}

fn job(text: &str) -> Result<String, String> {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let fits = (1..=64).contains(&text.len()) && text.chars().all(known);
    if fits {
        Ok(text.to_owned())
    } else {
        Err("1 to 64 letters, digits, hyphens, dots and underscores".to_owned())
    }
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
fn warn_of_slips(outputs: &[Output], split: Option<NonZeroUsize>) {
    for slips in outputs.iter().filter(|output| output.product == Product::Slips) {
        let path = slips.path.display();
        if split.is_some() {
            eprintln!(
                "the numbered files of {path} hold the recovery code of every card: print them, one side a sheet, then \
                 delete them"
            );
        } else {
            eprintln!(
                "{path} holds the recovery code of every card: print it, one side a sheet, then delete it"
            );
        }
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
