//! Batches: a CSV file of residents whose cards are issued together, once.
//!
//! Nothing of a batch is issued unless every row is good and every card can be printed. A batch that was
//! interrupted goes on when the same file is given again: the same cards, not new ones.
//!
//! However many rows a file has, few are held in memory. They are looked through some at a time and kept, sealed, in a file
//! without a name (`kept`); then they are signed some at a time (`run`) while those before are printed (`printer`).

mod file;
mod fits;
mod kept;
mod output;
mod press;
mod print;
mod printer;
mod run;
mod sample;
mod slip;
mod sound;
mod volume;
mod wrong;

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::mpsc;
use std::{panic, thread};

use chrono::{DateTime, Utc};
use thiserror::Error as ThisError;

pub use file::{BatchFile, Photos, Row};
pub use fits::{fits, proof};
pub use output::{Output, Product};
pub use press::{press, words};
pub use print::{document, printable};
pub use run::{Asked, finish};
pub use sample::sample;
pub use slip::slip;
pub use sound::{Looked, Preview, Sound};
pub use wrong::{BatchError, FileWrong, PhotoWrong, RowError, RowWrong};

use crate::card::Field;
use crate::db::Id;
use crate::db::act::Actor;
use crate::db::batch::Batch;
use crate::issuance::IssuedCard;
use crate::{Error, Issuer, crash, files};
use printer::Printer;
use run::Run;
use volume::Volume;

/// What is to be done with a file.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// The CSV file.
    pub file: &'a Path,
    /// What is made of its cards.
    pub outputs: &'a [Output],
    /// Files of so many cards, or sheets of cards, instead of one.
    pub split: Option<NonZeroUsize>,
    /// Which batch it is.
    pub asked: Asked<'a>,
    /// Whether to tell of every card, also of those whose files an interrupted run finished.
    pub every_card: bool,
}

/// What is told while a batch is under way.
#[derive(Debug)]
pub enum Step<'a> {
    /// The file is looked through so far.
    Looked(Looked),
    /// The card of a row, from 1, is signed, and the database knows it.
    Card(usize, &'a IssuedCard),
    /// So many cards are signed.
    Signed {
        /// How many.
        cards: usize,
        /// Of how many.
        of: usize,
    },
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// How many cards.
    pub cards: usize,
    /// How many of them an interrupted run had reserved or issued.
    pub resumed: usize,
    /// How many files there are.
    pub files: usize,
    /// How many of them an interrupted run had finished.
    pub stayed: usize,
    /// Names that have no room on the card in full.
    pub shortened: Vec<Shortened>,
}

/// A name that is printed with initials. The credential has it in full.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[error(
    "line {line}: the {field} has no room in full and is printed as {printed:?}; the identity code has all of it"
)]
pub struct Shortened {
    /// The row's line in the file, from 1.
    pub line: u64,
    /// Which name.
    pub field: Field,
    /// The name as printed.
    pub printed: String,
}

/// Issues the cards of a file.
///
/// # Errors
/// When a row is wrong, or something fails; what was told by then stands, and the same file goes on from there.
pub fn issue(
    issuer: &Issuer,
    order: &Order<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
    mut told: impl FnMut(Step<'_>) -> Result<(), Error>,
) -> Result<Done, Error> {
    output::apart(order.outputs)?;
    order.outputs.iter().try_for_each(Output::try_out)?;
    let press = press::press(issuer)?;
    let products = order.outputs.iter().map(|output| output.product).collect();
    let looked = |looked| told(Step::Looked(looked));
    let mut sound = Sound::read(order.file, folder(order.outputs), &press, issuer, products, now, looked)?;
    let run = Run::begin(issuer, &sound, order.asked, actor, now)?;
    let cards = sound.cards();
    let volumes = volume::volumes(order.outputs, cards, order.split);
    let files = files_of(&volumes);
    let volumes = volume::unfinished(issuer, &run.batch, volumes)?;
    let stayed = files - files_of(&volumes);
    let split = order.split.is_some();
    let batch = &run.batch;
    let mut printer =
        Printer { press: &press, issuer, batch, actor, now, volumes: &volumes, split, open: Vec::new() };
    thread::scope(|scope| {
        // One part is signed while the one before is printed.
        let (signed, to_print) = mpsc::sync_channel::<(usize, Vec<IssuedCard>)>(1);
        let at_the_printer = scope
            .spawn(move || to_print.into_iter().try_for_each(|(before, cards)| printer.add(before, &cards)));
        let signing = sign_all(&run, &mut sound, &volumes, order.every_card, &signed, told);
        // The printer waits for more until nobody can send any.
        drop(signed);
        let printing = at_the_printer.join().unwrap_or_else(|panic| panic::resume_unwind(panic));
        // Where printing failed, signing stopped for that reason.
        printing.and(signing)
    })?;
    crash::point("batch.printed");
    run::finish(issuer, &run.batch, actor, now)?;
    crash::point("batch.finished");
    Ok(Done { cards, resumed: run.resumed, files, stayed, shortened: sound.shortened })
}

/// Signs the cards of a file, part by part, and hands them on to be printed.
fn sign_all(
    run: &Run<'_>,
    sound: &mut Sound,
    volumes: &[Volume],
    every_card: bool,
    to_print: &mpsc::SyncSender<(usize, Vec<IssuedCard>)>,
    mut told: impl FnMut(Step<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let (mut before, of) = (0, sound.cards());
    for place in 0.. {
        let Some(rows) = sound.part(place)? else { break };
        let range = before..before + rows.len();
        // What is finished needs nothing any more.
        if every_card || volume::touches(volumes, &range) {
            let cards = run.part(before, &rows, |row| volume::has_slip(volumes, row))?;
            for (row, card) in (before + 1..).zip(&cards) {
                told(Step::Card(row, card))?;
            }
            if to_print.send((before, cards)).is_err() {
                return Ok(());
            }
        }
        before = range.end;
        told(Step::Signed { cards: before, of })?;
    }
    crash::point("batch.signed");
    Ok(())
}

/// The folder of the first output, in which there is room for the cards of a batch.
fn folder(outputs: &[Output]) -> &Path {
    match outputs.first() {
        Some(Output { product: Product::Proofs, path }) => path,
        Some(Output { path, .. }) => files::folder_of(path),
        None => Path::new("."),
    }
}

fn files_of(volumes: &[Volume]) -> usize {
    volumes.iter().map(|volume| volume.outputs.len()).sum()
}

/// The cards of a batch, signed.
#[derive(Debug)]
pub struct Signed {
    /// The batch, which stays open until they are printed.
    pub batch: Id<Batch>,
    /// Its cards, in the order of the rows.
    pub cards: Vec<IssuedCard>,
    /// How many of them an interrupted run had reserved or issued.
    pub resumed: usize,
}

/// Signs the cards of a file, all that were not yet, for whoever prints them at once. `report` is told each card once it is
/// signed and the database knows it.
///
/// # Errors
/// When something fails; what was reported by then stands, and the same file goes on from there.
pub fn sign(
    issuer: &Issuer,
    sound: &mut Sound,
    asked: Asked<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
    mut report: impl FnMut(usize, &IssuedCard) -> Result<(), Error>,
) -> Result<Signed, Error> {
    let run = Run::begin(issuer, sound, asked, actor, now)?;
    let mut cards = Vec::with_capacity(sound.cards());
    for place in 0.. {
        let Some(rows) = sound.part(place)? else { break };
        for card in run.part(cards.len(), &rows, |_| true)? {
            report(cards.len() + 1, &card)?;
            cards.push(card);
        }
    }
    Ok(Signed { batch: run.batch, cards, resumed: run.resumed })
}
