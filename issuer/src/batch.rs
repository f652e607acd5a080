//! Batches: a CSV file of residents whose cards are issued together, once.
//!
//! Nothing of a batch is issued unless every row is good and every card can be printed. A batch that was
//! interrupted goes on when the same file is given again: the same cards, not new ones.

mod file;
mod fits;
mod output;
mod press;
mod print;
mod sample;
mod slip;
mod sound;
mod wrong;

use std::path::Path;

use chrono::{DateTime, Utc};
use thiserror::Error as ThisError;

pub use file::{BatchFile, Looked, Photos, Row};
pub use fits::{fits, proof};
pub use output::{Output, Product};
pub use press::{press, words};
pub use print::printable;
pub use sample::sample;
pub use slip::slip;
pub use sound::{Preview, Sound, document};
pub use wrong::{BatchError, FileWrong, PhotoWrong, RowError, RowWrong};

use crate::card::Field;
use crate::db::Id;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::batch::{Batch, BatchState, NewBatch};
use crate::db::card::{Card, CardState};
use crate::db::card_status::CardStatus;
use crate::db::issuing_key::KeyUse;
use crate::db::status_list::StatusList;
use crate::issuance::{self, CARDS_A_TRANSACTION, Draft, IssuedCard, Origin};
use crate::recovery::{self, RecoveryKey};
use crate::{Error, Issuer, crash, edge, files, keys};

/// What is to be done with a file.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// The CSV file.
    pub file: &'a Path,
    /// What is made of them: all of it or nothing.
    pub outputs: &'a [Output],
    /// Issue new cards although the file was issued before.
    pub again: bool,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// How many cards.
    pub cards: usize,
    /// How many of them an interrupted run had reserved or issued.
    pub resumed: usize,
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

/// Issues the cards of a file. `report` is told each card once it is signed and the database knows it.
///
/// # Errors
/// When a row is wrong, or something fails; what was reported by then stands, and the same file goes on from there.
pub fn issue(
    issuer: &Issuer,
    order: &Order<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
    report: impl FnMut(usize, &IssuedCard) -> Result<(), Error>,
) -> Result<Done, Error> {
    let file = BatchFile::read(order.file, &issuer.city, now.date_naive())?;
    let press = press::press(issuer)?;
    let products = order.outputs.iter().map(|output| output.product).collect();
    let sound = Sound::of(&press, issuer, file, products, now)?;
    output::apart(order.outputs)?;
    order.outputs.iter().try_for_each(Output::try_out)?;
    let Signed { batch, cards, resumed } = sign(issuer, &sound, order.again, actor, now, report)?;
    crash::point("batch.signed");
    let made = order.outputs.iter().map(|output| output.make(&press, issuer, &cards, now));
    files::replace_all_private(&made.collect::<Result<Vec<_>, _>>()?.concat())?;
    crash::point("batch.printed");
    finish(issuer, &batch, actor, now)?;
    crash::point("batch.finished");
    Ok(Done { cards: cards.len(), resumed, shortened: sound.shortened })
}

/// Signs the cards of a file, all that were not yet. `again` makes new ones although the file was issued before.
///
/// # Errors
/// When something fails; what was reported by then stands, and the same file goes on from there.
pub fn sign(
    issuer: &Issuer,
    sound: &Sound,
    again: bool,
    actor: &Actor,
    now: DateTime<Utc>,
    mut report: impl FnMut(usize, &IssuedCard) -> Result<(), Error>,
) -> Result<Signed, Error> {
    let file = &sound.file;
    // A recovery code is good for nothing unless it is printed: without slips none is made.
    let slips = sound.products.contains(&Product::Slips);
    let codes = slips.then(|| RecoveryKey::of(&issuer.keystore)).transpose()?;
    // Before anything is written: where the clock is wrong, no key may sign.
    let signer = keys::signer_at(issuer, KeyUse::Card, Some(actor.desk()), now)?;
    let batch = open(issuer, file, again, actor, now)?;
    crash::point("batch.opened");
    let known = issuer.db.read(|conn| Ok::<_, Error>(Card::of_batch(conn, &batch.id)?))?;
    let mut cards = resume(issuer, file, &batch, &known, codes.as_ref(), actor, now)?;
    let resumed = cards.len();
    for (row, card) in cards.iter().enumerate() {
        report(row + 1, card)?;
    }
    let rest: Vec<_> = file.rows.iter().skip(resumed).map(|row| row.application.clone()).collect();
    for some in rest.chunks(CARDS_A_TRANSACTION) {
        let first_row = i64::try_from(cards.len()).unwrap_or(i64::MAX).saturating_add(1);
        let origin = Origin { batch: Some(&batch.id), first_row };
        let drafts = issuance::reserve(issuer, &signer, some, codes.as_ref(), origin, actor, now)?;
        for card in issuance::sign(issuer, &signer, drafts, actor, now)? {
            report(cards.len() + 1, &card)?;
            cards.push(card);
        }
    }
    Ok(Signed { batch: batch.id, cards, resumed })
}

/// Notes that the cards of a batch are printed: the same file makes no more of them.
///
/// # Errors
/// When there is no such open batch, or the database fails.
pub fn finish(issuer: &Issuer, batch: &Id<Batch>, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    issuer.db.write(|tx| {
        Batch::finish(tx.conn(), batch, now)?;
        crash::point("batch.finishing");
        tx.audit(batch_entry(Act::BatchFinished, batch, actor, now))?;
        Ok(())
    })
}

/// The open batch of this file, a new one where there is none.
fn open(
    issuer: &Issuer,
    file: &BatchFile,
    again: bool,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Batch, Error> {
    let rows = i64::try_from(file.rows.len()).unwrap_or(i64::MAX);
    let new = NewBatch::new(edge::new_id(now), file.digest.to_vec(), rows, now);
    issuer.db.write(|tx| {
        match Batch::find_by_digest(tx.conn(), &file.digest)? {
            Some(batch) if batch.state == BatchState::Open => {
                tx.audit(batch_entry(Act::BatchOpened, &batch.id, actor, now))?;
                return Ok(batch);
            }
            Some(batch) if !again => {
                return Err(Error::Refused(format!(
                    "this file was issued on {}; every row would get a second card. If that is what you want: --again",
                    batch.created_at.utc().format("%Y-%m-%d")
                )));
            }
            _ => {}
        }
        let batch = Batch::insert(tx.conn(), &new)?;
        crash::point("batch.opening");
        tx.audit(batch_entry(Act::BatchOpened, &batch.id, actor, now))?;
        Ok(batch)
    })
}

/// The cards that an interrupted run reserved or signed: made again, the very same, and signed where they were not.
fn resume(
    issuer: &Issuer,
    file: &BatchFile,
    batch: &Batch,
    known: &[Card],
    codes: Option<&RecoveryKey>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<IssuedCard>, Error> {
    for card in known {
        if card.status == CardStatus::Revoked {
            return Err(Error::Refused(format!(
                "card {} of this batch was revoked meanwhile; issue the file anew with --again, or the missing rows in \
                 a file of their own",
                card.number
            )));
        }
    }
    // The codes of the interrupted run are gone with it: nobody can print them any more.
    let new_codes = match codes {
        Some(key) if !known.is_empty() => recovery::renew(issuer, known, key, &batch.id, actor, now)?,
        _ => vec![None; known.len()],
    };
    let mut cards = Vec::with_capacity(known.len());
    for ((card, row), code) in known.iter().zip(&file.rows).zip(new_codes) {
        let list = issuer.db.read(|conn| Ok::<_, Error>(StatusList::find(conn, &card.status_list_id)?))?;
        let uri = list.ok_or(diesel::result::Error::NotFound)?.uri;
        let draft = Draft::again(&issuer.city, &row.application, card, &uri)?.with_recovery(code);
        let signer = keys::by_kid(issuer, &card.kid)?;
        match card.state {
            CardState::Issued => cards.push(draft.sign(&signer)?),
            CardState::Reserved => {
                cards.extend(issuance::sign(issuer, &signer, vec![draft], actor, now)?);
            }
        }
    }
    Ok(cards)
}

fn batch_entry(
    act: Act,
    batch: &Id<Batch>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> crate::db::audit::NewAuditEntry {
    issuance::entry(act, SubjectKind::Batch, batch.to_string(), actor, now)
}
