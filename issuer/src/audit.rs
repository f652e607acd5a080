//! The audit log for those who must trust it: signed checkpoints, what is found in it, what is unusual.
//!
//! The log is a hash chain ([`crate::db::audit`]). The chain alone does not show that its end was cut off, or that all of
//! it was made anew: a checkpoint does, which signs the hash of an entry, and with it of all entries before. [`tick`]'s
//! hourly ones stand in the database; exported ([`export`]) and kept elsewhere, they also show what somebody did who
//! could write the database and its checkpoints.
//!
//! [`tick`]: crate::retention::tick

mod find;
pub(crate) mod signed;
mod unusual;

use base64ct::{Base64, Encoding as _};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

pub use find::{AuditCsv, CsvPart, Page, export_csv, find};
pub use signed::NotSigned;
pub use unusual::{Hours, Unusual, UnusualKind, unusual};

use crate::db::DbError;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit_chain::{ChainFault, FirstBadEntry, verify_chain};
use crate::db::audit_checkpoint::AuditCheckpoint;
use crate::db::issuing_key::KeyUse;
use crate::issuance::entry;
use crate::retention::clock_jump;
use crate::{Error, Issuer, keys};

/// What a checkpoint says it is.
pub(crate) const TYPE: &str = "audit-checkpoint+json";

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The city.
    pub city: String,
    /// The last entry it covers.
    pub seq: i64,
    /// That entry's hash, in hexadecimal.
    pub hash: String,
    /// When it was signed.
    pub at: DateTime<Utc>,
}

/// A log that is whole, and what bears it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeLog {
    /// How many entries.
    pub entries: i64,
    /// How many checkpoints agree with them.
    pub checkpoints: usize,
    /// The last entry that a checkpoint covers: what comes behind it could be cut off unseen.
    pub covered: i64,
}

/// What is wrong with a log, the first of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuditFault {
    /// An entry.
    #[error(transparent)]
    Entry(#[from] FirstBadEntry),
    /// A checkpoint in the database is not the city's.
    #[error("the checkpoint of entry {seq} in the database: {why}")]
    Kept {
        /// The entry.
        seq: i64,
        /// Why not.
        why: NotSigned,
    },
    /// A line of a file of checkpoints is not the city's.
    #[error("line {line} of the checkpoints: {why}")]
    Given {
        /// The line, from 1.
        line: usize,
        /// Why not.
        why: NotSigned,
    },
}

/// Signs the log as it stands now, and adds an entry that says so. Nothing new since the last checkpoint: none.
///
/// # Errors
/// When no key may sign now, or the database fails.
pub fn checkpoint(issuer: &Issuer, actor: &Actor, now: DateTime<Utc>) -> Result<Option<Checkpoint>, Error> {
    let signer = keys::signer(issuer, KeyUse::Status, now)?;
    let city = issuer.city.url.as_str();
    let made = issuer.db.write(|tx| {
        let last = AuditCheckpoint::last(tx.conn())?;
        let entries = AuditCheckpoint::last_entry(tx.conn())?;
        if last.map(|last| last.seq) == entries.map(|(seq, _)| seq) {
            return Ok(None);
        }
        let own = tx.audit(entry(Act::CheckpointMade, SubjectKind::AuditLog, city.to_owned(), actor, now))?;
        let said =
            Checkpoint { city: city.to_owned(), seq: own.seq, hash: shared::keys::hex(&own.hash), at: now };
        let kept =
            AuditCheckpoint { seq: own.seq, at: now.into(), signed: signed::sign(&signer, TYPE, &said)? };
        AuditCheckpoint::insert(tx.conn(), &kept)?;
        Ok(Some(said))
    });
    match made {
        // Nothing new: then nothing was written either.
        Err(Error::Database(DbError::NotAudited)) => Ok(None),
        made => made,
    }
}

/// Makes a checkpoint when an hour has passed since the last, there is something new, and the clock can be believed or
/// was `confirmed`. Says whether it did; without a key that may sign it waits.
pub(crate) fn checkpoint_when_due(
    issuer: &Issuer,
    confirmed: bool,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    if !confirmed && clock_jump(issuer, now)?.is_some() {
        return Ok(false);
    }
    let last = issuer.db.read(|conn| Ok::<_, Error>(AuditCheckpoint::last(conn)?))?;
    // One of a time to come was made under a wrong clock: the next is due at once.
    let fresh =
        last.is_some_and(|last| (Duration::zero()..Duration::hours(1)).contains(&(now - last.at.utc())));
    if fresh && !confirmed {
        return Ok(false);
    }
    match checkpoint(issuer, actor, now) {
        Ok(made) => Ok(made.is_some()),
        Err(Error::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Every checkpoint, one a line, in base64: to be kept where nobody who writes the database can write.
///
/// # Errors
/// When the database fails.
pub fn export(issuer: &Issuer) -> Result<String, Error> {
    let all = issuer.db.read(|conn| Ok::<_, Error>(AuditCheckpoint::all(conn)?))?;
    Ok(all.into_iter().map(|one| Base64::encode_string(&one.signed) + "\n").collect())
}

/// Checks every link of the log, and the log against its checkpoints: those of the database, and those `given` that
/// were exported earlier.
///
/// # Errors
/// When the database fails. A fault found is an answer, not an error.
pub fn verify(issuer: &Issuer, given: Option<&str>) -> Result<Result<WholeLog, AuditFault>, Error> {
    let keys = signed::Keys::of(issuer)?;
    // The checkpoints first: those made meanwhile cover more than was read of the log.
    let kept = issuer.db.read(|conn| Ok::<_, Error>(AuditCheckpoint::all(conn)?))?;
    let mut said = Vec::new();
    for one in kept {
        match open(issuer, &keys, &one.signed) {
            Ok(checkpoint) if checkpoint.seq == one.seq => said.push(checkpoint),
            Ok(_) => return Ok(Err(AuditFault::Kept { seq: one.seq, why: NotSigned::Content })),
            Err(why) => return Ok(Err(AuditFault::Kept { seq: one.seq, why })),
        }
    }
    let lines = given.unwrap_or_default().lines().enumerate();
    for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let opened = Base64::decode_vec(line.trim()).map_err(|_| NotSigned::Content);
        match opened.and_then(|signed| open(issuer, &keys, &signed)) {
            Ok(checkpoint) => said.push(checkpoint),
            Err(why) => return Ok(Err(AuditFault::Given { line: index + 1, why })),
        }
    }
    said.sort_by_key(|checkpoint| checkpoint.seq);
    issuer.db.read(|conn| {
        let chain = verify_chain(conn)?;
        let mut whole = WholeLog { entries: 0, checkpoints: 0, covered: 0 };
        let mut unlike = None;
        for checkpoint in &said {
            let hash = AuditCheckpoint::hash_of(conn, checkpoint.seq)?;
            if hash.map(|hash| shared::keys::hex(&hash)).as_ref() == Some(&checkpoint.hash) {
                whole.checkpoints += 1;
                whole.covered = checkpoint.seq;
            } else {
                unlike = Some(checkpoint.seq);
                break;
            }
        }
        Ok(match (chain, unlike) {
            (Ok(chain), None) => Ok(WholeLog { entries: chain.entries, ..whole }),
            (Ok(chain), Some(seq)) if seq > chain.entries => {
                Err(FirstBadEntry { seq: chain.entries + 1, fault: ChainFault::CutOff }.into())
            }
            (Ok(_), Some(_)) => {
                Err(FirstBadEntry { seq: whole.covered + 1, fault: ChainFault::NotAsSigned }.into())
            }
            (Err(bad), _) => Err(bad.into()),
        })
    })
}

fn open(issuer: &Issuer, keys: &signed::Keys, signed: &[u8]) -> Result<Checkpoint, NotSigned> {
    let checkpoint: Checkpoint = keys.open(TYPE, signed)?;
    if checkpoint.city == issuer.city.url.as_str() { Ok(checkpoint) } else { Err(NotSigned::Content) }
}

#[cfg(test)]
mod tests;
