//! How long personal data stands, and how it goes.
//!
//! A record due on day `d` is destroyed once the clock is in day `d + 1`, in UTC like every time of the issuer. It goes
//! in this order, each step of which can be taken again after a crash:
//!
//! 1. the database notes that the destruction of the day begins;
//! 2. the day's key is overwritten, synced, removed: from here nothing opens the records, in no backup either;
//! 3. the blobs are deleted, and the destruction noted as done;
//! 4. SQLite's journal is emptied (`secure_delete` has wiped the pages), PostgreSQL vacuums the table;
//! 5. a receipt is signed into a chain of receipts.
//!
//! So a blob whose key is gone is always one of a day that is noted as begun, and the next [`tick`] deletes it. A record
//! that lacks its key without that is told by [`status`] and [`verify`].
//!
//! **The clock.** Set back, it destroys nothing early: a day is past or it is not. Set far ahead it would destroy what is
//! not due: when it stands more than [`JUMP_DAYS`] days past the last checkpoint of the audit log, nothing is destroyed
//! until a person says that the clock is right ([`Clock::Confirmed`]). Checkpoints are made by [`tick`] and [`run`] and
//! only when the clock was believed, so that entries written under a wrong clock do not make it right.
//!
//! **PostgreSQL.** [`run`] vacuums the table of enrolments, which frees the room of deleted blobs and lets it be written
//! over. `VACUUM FULL enrolment`, once a week when nobody works, rewrites the table; the write-ahead log and base backups
//! keep old pages for as long as the server is told to. What all of these hold is ciphertext whose key is gone.
//!
//! **What backups can still open.** A record of which the day was moved nearer (at hand-over, or by [`shorten_or_lengthen`])
//! stands in earlier backups wrapped by the key of the day it was first due. With the keystore it opens there until that
//! day. A holder's wish does better: [`destroy_now`] gives the day a new key at once.

mod case;
mod clock;
mod destroy;
mod hold;
pub(crate) mod receipt;
mod wish;

use chrono::{DateTime, Days, NaiveDate, Utc};

pub use case::{Changed, latest, move_record, reseal, shorten_or_lengthen};
pub(crate) use clock::jump as clock_jump;
pub use clock::{Clock, JUMP_DAYS, Jump};
pub use hold::{Ended, Held, approve, ask, ask_end, card_numbers, decline, holds, release};
pub use receipt::{Receipt, ReceiptFault, Verified, verify};
pub use wish::{Wished, destroy_case_now, destroy_now};

use crate::config::Keep;
use crate::db::DbError;
use crate::db::act::Actor;
use crate::db::destruction::Destruction;
use crate::db::enrolment::Enrolment;
use crate::db::hold::HoldState;
use crate::db::kept::Kept;
use crate::keystore::{KeystoreError, open_record};
use crate::{Error, Issuer, audit, crash};

/// Why something about retention was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RetentionError {
    /// The record was destroyed already.
    #[error("the record is gone")]
    Gone,
    /// A hold keeps the record.
    #[error("a hold keeps the record; it goes once the hold is released")]
    Held,
    /// Longer than the city's rules let it stand.
    #[error("city.toml lets this record stand until {latest} at the latest")]
    TooLong {
        /// The last day that is allowed.
        latest: NaiveDate,
    },
    /// A day that is past, or is today's.
    #[error(
        "take a day after {today}; to destroy the record now, at the holder's wish: issuer requests destroy"
    )]
    TooSoon {
        /// Today.
        today: NaiveDate,
    },
    /// The second officer is the first.
    #[error("this takes two officers, and this is the one who asked")]
    SameOfficer,
    /// The officer's role does not allow it.
    #[error("this is for officers who are {needed}")]
    Role {
        /// Who may.
        needed: &'static str,
    },
    /// Only a signed-in officer can; not the command line by itself.
    #[error("this takes an officer with an account that is not blocked")]
    NoOfficer,
    /// The city has no such hold.
    #[error("there is no such hold")]
    NoSuchHold,
    /// A step that the hold's state does not allow.
    #[error("the hold is {}, so this cannot be done", is.as_str())]
    HoldState {
        /// What it is.
        is: HoldState,
    },
    /// No card was named.
    #[error("name at least one card")]
    NoCard,
    /// A part failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

use crate::db::Word as _;

impl From<diesel::result::Error> for RetentionError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<DbError> for RetentionError {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<KeystoreError> for RetentionError {
    fn from(error: KeystoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<RetentionError> for Error {
    fn from(error: RetentionError) -> Self {
        match error {
            RetentionError::Failed(error) => error,
            refused => Self::Refused(refused.to_string()),
        }
    }
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// What was due is destroyed.
    Done(Report),
    /// The clock stands far past anything seen: nothing was destroyed.
    ClockJumped {
        /// How far.
        jump: Jump,
        /// The days that it says are past, and how many records were due on each.
        overdue: Vec<(NaiveDate, i64)>,
    },
}

/// What was destroyed, and what is left to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The days destroyed, and how many records went with each.
    pub days: Vec<(NaiveDate, usize)>,
    /// Receipts signed.
    pub receipts: usize,
    /// Receipts that wait for a key that may sign.
    pub unsigned: usize,
    /// Whether the database's journals were emptied; false when a reader was in the way, and the next run does it.
    pub wiped: bool,
    /// Whether a checkpoint of the audit log was made.
    pub checkpoint: bool,
}

/// Destroys everything whose day is past, goes on with what was interrupted, and signs what lacks a receipt.
///
/// # Errors
/// When the database or the keystore fails. What was done by then stands, and the next run goes on.
pub fn run(issuer: &Issuer, clock: Clock, actor: &Actor, now: DateTime<Utc>) -> Result<Outcome, Error> {
    let today = now.date_naive();
    if let Some(jump) = clock::jump(issuer, now)?
        && clock == Clock::Checked
    {
        return Ok(Outcome::ClockJumped { jump, overdue: overdue(issuer, today)? });
    }
    make_ahead(issuer, today)?;
    let mut report = Report { wiped: true, ..Report::default() };
    report.days = destroy::all_due(issuer, actor, now)?;
    hold::destroy_released_keys(issuer)?;
    wish::finish_rekeying(issuer, actor, now)?;
    let unsigned = issuer.db.read(|conn| Ok::<_, Error>(Destruction::unsigned(conn)?))?.len();
    if unsigned > 0 {
        crash::point("destroy.erased");
        report.wiped = issuer.db.wipe()?;
        crash::point("destroy.wiped");
        report.receipts = receipt::sign_all(issuer, actor, now)?;
        report.unsigned = unsigned.saturating_sub(report.receipts);
    }
    report.checkpoint = audit::checkpoint_when_due(issuer, clock == Clock::Confirmed, actor, now)?;
    Ok(Outcome::Done(report))
}

/// What the server does at its start and every hour: as [`run`], and never against the clock. Cheap when nothing is due.
///
/// # Errors
/// As [`run`].
pub fn tick(issuer: &Issuer, now: DateTime<Utc>) -> Result<Outcome, Error> {
    run(issuer, Clock::Checked, &Actor::schedule(), now)
}

/// Where retention stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The days on which records are due, and how many each; those that holds keep are not among them.
    pub due: Vec<(NaiveDate, i64)>,
    /// The days that are past and not destroyed.
    pub overdue: Vec<(NaiveDate, i64)>,
    /// The days whose records have lost their key: they open no more, before their day.
    pub without_key: Vec<NaiveDate>,
    /// Records that holds keep.
    pub held: i64,
    /// Destructions that were interrupted.
    pub under_way: usize,
    /// Receipts to be signed.
    pub unsigned: usize,
    /// The last receipt's number and day.
    pub last_receipt: Option<(i64, NaiveDate)>,
    /// Set when the clock stands far past anything seen.
    pub jump: Option<Jump>,
}

/// Says where retention stands.
///
/// # Errors
/// When the database or the keystore fails.
pub fn status(issuer: &Issuer, now: DateTime<Utc>) -> Result<Status, Error> {
    let overdue = overdue(issuer, now.date_naive())?;
    let jump = clock::jump(issuer, now)?;
    let with_key = issuer.keystore.destroy_by_days()?;
    issuer.db.read(|conn| {
        let due = Kept::days(conn)?;
        let without_key =
            due.iter().map(|(day, _)| *day).filter(|day| with_key.binary_search(day).is_err()).collect();
        let last = Destruction::last_receipt(conn)?;
        Ok(Status {
            without_key,
            overdue,
            held: Kept::held(conn)?,
            under_way: Destruction::under_way(conn)?.len(),
            unsigned: Destruction::unsigned(conn)?.len(),
            last_receipt: last.and_then(|last| Some((last.sequence?, last.due))),
            jump,
            due,
        })
    })
}

/// Opens an enrolment's record, whichever key wraps its own. What comes back is wiped when dropped.
///
/// # Errors
/// [`RetentionError::Gone`] when it was destroyed or its key is gone, and when a part fails.
pub fn open(issuer: &Issuer, of: &Enrolment) -> Result<zeroize::Zeroizing<Vec<u8>>, RetentionError> {
    let (Some(sealed), Some(wrapped)) = (&of.sealed, &of.wrapped_key) else {
        return Err(RetentionError::Gone);
    };
    let key = issuer.keystore.find_wrapping_key(&of.destroy_by_key, of.destroy_by)?;
    let key = key.ok_or(RetentionError::Gone)?;
    open_record(sealed, wrapped, &key, of.id.as_str()).map_err(|_| RetentionError::Gone)
}

/// The days before `today` that have a key or records still.
fn overdue(issuer: &Issuer, today: NaiveDate) -> Result<Vec<(NaiveDate, i64)>, Error> {
    let mut days = issuer.db.read(|conn| Ok::<_, Error>(Kept::overdue(conn, today)?))?;
    for day in issuer.keystore.destroy_by_days()?.into_iter().filter(|day| *day < today) {
        if !days.iter().any(|(known, _)| *known == day) {
            days.push((day, 0));
        }
    }
    days.sort_unstable();
    Ok(days)
}

/// Makes the keys of the days to come, one a day, as far ahead as records are usually kept. Keys of later days are
/// made when a record needs one.
fn make_ahead(issuer: &Issuer, today: NaiveDate) -> Result<(), Error> {
    let rules = issuer.city.retention;
    let mut longest = rules.without_card.duration();
    if let Keep::For(span) = rules.after_hand_over {
        longest = longest.max(span.duration());
    }
    let known = issuer.keystore.destroy_by_days()?;
    let ahead = u64::try_from(longest.num_days()).unwrap_or_default().min(400);
    for day in (0..=ahead).filter_map(|days| today.checked_add_days(Days::new(days))) {
        if known.binary_search(&day).is_err() {
            issuer.keystore.destroy_by_key(day)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
