//! The mark in the keystore that tells an older database from the newest: the number of the last publication.
//!
//! A database that was put back by hand would give numbers and places out again. It is found out by this mark before
//! anything is done with it.

use chrono::{DateTime, Utc};

use crate::db::publication::Publication;
use crate::{Error, Issuer};

/// Notes in the keystore that a number was given to a publication.
///
/// # Errors
/// When the mark cannot be written.
pub fn note(issuer: &Issuer, sequence: u64, at: DateTime<Utc>) -> Result<(), Error> {
    Ok(issuer.keystore.note_published(sequence, at.timestamp())?)
}

/// Refuses a database that is older than the keystore knows.
///
/// # Errors
/// When it is older, or a part fails.
pub fn check(issuer: &Issuer) -> Result<(), Error> {
    let Some((noted, _)) = issuer.keystore.published()? else { return Ok(()) };
    let last = issuer.db.read(|conn| Ok::<_, Error>(Publication::highest(conn)?))?;
    if u64::try_from(last).unwrap_or_default() >= noted {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "the database is older than the keys: it knows of publication {last}, and {noted} was made. It was put back from \
         a copy. Before it gives out a place twice, run: issuer restore --settle --published DIR --data {}",
        issuer.data.display()
    )))
}
