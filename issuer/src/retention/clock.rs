//! Whether the clock can be believed.

use chrono::{DateTime, Duration, Utc};

use crate::db::audit_checkpoint::AuditCheckpoint;
use crate::{Error, Issuer};

/// How many days the clock may stand past the last checkpoint. A city hall that was closed for longer says once that
/// its clock is right.
pub const JUMP_DAYS: i64 = 10;

/// Who says that the clock is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Nobody: it is checked.
    Checked,
    /// A person, who was told what it would destroy.
    Confirmed,
}

/// A clock that stands far past anything seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jump {
    /// The last time that was believed.
    pub since: DateTime<Utc>,
    /// What the clock says.
    pub now: DateTime<Utc>,
}

/// Whether the clock jumped. Before the first checkpoint the first audit entry counts: a later one may have been written
/// under a wrong clock.
pub(crate) fn jump(issuer: &Issuer, now: DateTime<Utc>) -> Result<Option<Jump>, Error> {
    let seen = issuer.db.read(|conn| {
        Ok::<_, Error>(match AuditCheckpoint::last(conn)? {
            Some(last) => Some(last.at),
            None => AuditCheckpoint::first_entry(conn)?,
        })
    })?;
    Ok(seen
        .map(crate::db::UtcTime::utc)
        .and_then(|since| (now - since > Duration::days(JUMP_DAYS)).then_some(Jump { since, now })))
}
