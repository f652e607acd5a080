//! Receipts of destruction: signed, each bound to the one before, and checked against what still stands.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use shared::keys::Signer;

use crate::audit::signed::{self, Keys, NotSigned};
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit_find;
use crate::db::destruction::{Destruction, DestructionKind};
use crate::db::issuing_key::KeyUse;
use crate::db::kept::Kept;
use crate::db::{DbError, Word as _};
use crate::issuance::entry;
use crate::{Error, Issuer, crash, keys};

/// What a receipt says it is.
pub(crate) const TYPE: &str = "destruction-receipt+json";

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The city.
    pub city: String,
    /// Its place in the chain, from 1.
    pub sequence: i64,
    /// Why: `day`, `wish` or `hold`.
    pub kind: String,
    /// The day on which the records were due.
    pub day: NaiveDate,
    /// How many were destroyed.
    pub records: i64,
    /// When they were gone.
    pub destroyed_at: DateTime<Utc>,
    /// SHA-256 of the signed bytes of the receipt before, in hexadecimal; empty in the first.
    pub previous: String,
}

/// A chain of receipts that is whole, and agrees with the database and the keystore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many receipts.
    pub receipts: usize,
    /// How many records they speak of.
    pub records: i64,
    /// The first and the last day destroyed as a day.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// Destructions that have no receipt yet.
    pub unsigned: usize,
}

/// What is wrong with the receipts, or with what they say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptFault {
    /// A receipt is not there.
    #[error("receipt {sequence} is missing")]
    Missing {
        /// Its number.
        sequence: i64,
    },
    /// A receipt is not the city's.
    #[error("receipt {sequence}: {why}")]
    NotSigned {
        /// Its number.
        sequence: i64,
        /// Why not.
        why: NotSigned,
    },
    /// What stands beside the receipt is not what was signed.
    #[error("receipt {sequence}: the database says otherwise than what was signed")]
    Changed {
        /// Its number.
        sequence: i64,
    },
    /// It does not follow the one before.
    #[error("receipt {sequence} does not follow the one before it")]
    Unlinked {
        /// Its number.
        sequence: i64,
    },
    /// Records still stand that were due by the day of a receipt.
    #[error("{records} records due on {day} still stand, and a receipt says that the day is destroyed")]
    StillSealed {
        /// The day.
        day: NaiveDate,
        /// How many.
        records: i64,
    },
    /// The key of a destroyed day is in the keystore.
    #[error("the keystore has a key of {day}, and a receipt says that the day is destroyed")]
    KeyStands {
        /// The day.
        day: NaiveDate,
    },
    /// Records that are not due have lost their key.
    #[error("{records} records due on {day} have lost their key")]
    KeyLost {
        /// The day.
        day: NaiveDate,
        /// How many.
        records: i64,
    },
}

/// Signs what is destroyed and has no receipt, and says of how much that was. When no key may sign now, the
/// destruction stands and its receipt waits.
pub(super) fn sign_all(issuer: &Issuer, actor: &Actor, now: DateTime<Utc>) -> Result<usize, Error> {
    let signer = match keys::signer(issuer, KeyUse::Status, now) {
        Ok(signer) => signer,
        Err(Error::Refused(_)) => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut made = 0;
    loop {
        match sign_next(issuer, &signer, actor, now) {
            Ok(()) => {
                crash::point("receipt.signed");
                made += 1;
            }
            // Nothing was left to sign: then nothing was written either.
            Err(Error::Database(DbError::NotAudited)) => return Ok(made),
            Err(error) => return Err(error),
        }
    }
}

fn sign_next(issuer: &Issuer, signer: &dyn Signer, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    issuer.db.write(|tx| {
        let Some(done) = Destruction::unsigned(tx.conn())?.into_iter().next() else { return Ok(()) };
        let Some(destroyed_at) = done.destroyed_at else { return Ok(()) };
        let last = Destruction::last_receipt(tx.conn())?;
        let sequence = last.as_ref().and_then(|last| last.sequence).unwrap_or(0) + 1;
        let receipt = Receipt {
            city: issuer.city.url.as_str().to_owned(),
            sequence,
            kind: done.kind.as_str().to_owned(),
            day: done.due,
            records: done.records,
            destroyed_at: destroyed_at.utc(),
            previous: last.and_then(|last| last.signed).as_deref().map(signed::digest).unwrap_or_default(),
        };
        Destruction::keep_receipt(tx.conn(), &done.id, sequence, signed::sign(signer, TYPE, &receipt)?)?;
        tx.audit(entry(Act::ReceiptSigned, SubjectKind::Day, done.due.to_string(), actor, now))?;
        crash::point("receipt.signing");
        Ok(())
    })
}

/// Checks the chain, its signatures, and that what it says is so. The faults come in the order of the receipts.
///
/// # Errors
/// When the database or the keystore fails. A fault found is an answer, not an error.
pub fn verify(issuer: &Issuer, now: DateTime<Utc>) -> Result<Result<Verified, Vec<ReceiptFault>>, Error> {
    let keys = Keys::of(issuer)?;
    let (rows, standing, audited, unsigned) = issuer.db.read(|conn| {
        Ok::<_, Error>((
            Destruction::receipts(conn)?,
            Kept::days(conn)?,
            audit_find::count_of_act(conn, Act::ReceiptSigned)?,
            Destruction::unsigned(conn)?.len(),
        ))
    })?;
    let mut faults = Vec::new();
    let mut verified = Verified { receipts: 0, records: 0, days: None, unsigned };
    let mut destroyed = BTreeSet::new();
    let mut previous = String::new();
    let mut next = 1;
    for row in &rows {
        let (Some(sequence), Some(bytes)) = (row.sequence, &row.signed) else { continue };
        faults.extend((next..sequence).map(|sequence| ReceiptFault::Missing { sequence }));
        next = sequence.saturating_add(1);
        match keys.open::<Receipt>(TYPE, bytes) {
            Err(why) => faults.push(ReceiptFault::NotSigned { sequence, why }),
            Ok(receipt) if !says(&receipt, row) || receipt.city != issuer.city.url.as_str() => {
                faults.push(ReceiptFault::Changed { sequence });
            }
            Ok(receipt) if receipt.previous != previous => faults.push(ReceiptFault::Unlinked { sequence }),
            Ok(receipt) => {
                verified.receipts += 1;
                verified.records += receipt.records;
            }
        }
        if row.kind == DestructionKind::Day {
            destroyed.insert(row.due);
        }
        previous = signed::digest(bytes);
    }
    // The audit log says how many were signed: the chain's end cannot be cut off without it.
    faults.extend((next..=audited).map(|sequence| ReceiptFault::Missing { sequence }));
    verified.days = destroyed.first().copied().zip(destroyed.last().copied());
    faults.extend(against_what_stands(issuer, &destroyed, &standing, now.date_naive())?);
    Ok(if faults.is_empty() { Ok(verified) } else { Err(faults) })
}

fn against_what_stands(
    issuer: &Issuer,
    destroyed: &BTreeSet<NaiveDate>,
    standing: &[(NaiveDate, i64)],
    today: NaiveDate,
) -> Result<Vec<ReceiptFault>, Error> {
    let days_with_key = issuer.keystore.destroy_by_days()?;
    let mut faults = Vec::new();
    for &(day, records) in standing {
        if destroyed.last().is_some_and(|last| day <= *last) {
            faults.push(ReceiptFault::StillSealed { day, records });
        } else if day >= today && days_with_key.binary_search(&day).is_err() {
            faults.push(ReceiptFault::KeyLost { day, records });
        }
    }
    let left = days_with_key.into_iter().filter(|day| destroyed.contains(day));
    faults.extend(left.map(|day| ReceiptFault::KeyStands { day }));
    Ok(faults)
}

fn says(receipt: &Receipt, row: &Destruction) -> bool {
    Some(receipt.sequence) == row.sequence
        && receipt.kind == row.kind.as_str()
        && receipt.day == row.due
        && receipt.records == row.records
        && Some(receipt.destroyed_at) == row.destroyed_at.map(crate::db::UtcTime::utc)
}
