//! One case kept shorter than the city's rule, or longer within it.

use chrono::{DateTime, NaiveDate, Utc};

use super::RetentionError;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::enrolment::Enrolment;
use crate::db::kept::Kept;
use crate::db::retention_change::{RetentionChange, RetentionReason};
use crate::db::{AnyConnection, Id, Tx, Word as _};
use crate::issuance::entry;
use crate::keystore::{HOLD, seal_record};
use crate::{Issuer, crash, edge};

/// A record whose day moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// The day before.
    pub from: NaiveDate,
    /// The day now.
    pub to: NaiveDate,
}

/// Moves the day on which a record goes: nearer as one likes, further as far as the city's rule for a case in its
/// state had it, or as far as `longest` in `city.toml` lets one case stand after enrolment.
///
/// # Errors
/// When the record is gone, or the day is past or too far.
pub fn shorten_or_lengthen(
    issuer: &Issuer,
    enrolment: &Id<Enrolment>,
    day: NaiveDate,
    reason: RetentionReason,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Changed, RetentionError> {
    let today = now.date_naive();
    if day <= today {
        return Err(RetentionError::TooSoon { today });
    }
    issuer.db.write(|tx| {
        let kept = Kept::find(tx.conn(), enrolment)?.ok_or(RetentionError::Gone)?;
        let latest = latest_of(issuer, tx.conn(), &kept)?;
        if day > latest {
            return Err(RetentionError::TooLong { latest });
        }
        move_record(issuer, tx, enrolment, day)?;
        crash::point("keep.rewrapped");
        RetentionChange::insert(
            tx.conn(),
            &RetentionChange {
                id: Id::new(edge::new_id(now)),
                enrolment_id: enrolment.clone(),
                state: kept.state,
                from_day: kept.destroy_by,
                to_day: day,
                reason,
                at: now.into(),
                officer: actor.id().to_owned(),
            },
        )?;
        let mut entry =
            entry(Act::RetentionChanged, SubjectKind::Enrolment, enrolment.to_string(), actor, now);
        entry.reason = Some(reason.as_str().to_owned());
        tx.audit(entry)?;
        crash::point("keep.moving");
        Ok(Changed { from: kept.destroy_by, to: day })
    })
}

/// The last day to which a record's day may be moved.
///
/// # Errors
/// When the record is gone.
pub fn latest(issuer: &Issuer, enrolment: &Id<Enrolment>) -> Result<NaiveDate, RetentionError> {
    issuer.db.read(|conn| {
        let kept = Kept::find(conn, enrolment)?.ok_or(RetentionError::Gone)?;
        latest_of(issuer, conn, &kept)
    })
}

fn latest_of(issuer: &Issuer, conn: &mut AnyConnection, kept: &Kept) -> Result<NaiveDate, RetentionError> {
    let rule = RetentionChange::rule_of(conn, &kept.id, kept.state)?.unwrap_or(kept.destroy_by);
    let longest = issuer.city.retention.longest;
    let longest = longest.map(|longest| kept.created_at.utc().date_naive() + longest.duration());
    Ok(rule.max(kept.destroy_by).max(longest.unwrap_or(NaiveDate::MIN)))
}

/// Seals a record anew, as saving a case does: under the key of `day`, or, while a hold keeps it, under the hold's. The
/// caller audits.
///
/// # Errors
/// When the record or its key is gone.
pub fn reseal(
    issuer: &Issuer,
    tx: &mut Tx<'_>,
    of: &Enrolment,
    plaintext: &[u8],
    day: NaiveDate,
) -> Result<(), RetentionError> {
    if of.destroy_by_key.starts_with(HOLD) {
        let key = issuer.keystore.find_wrapping_key(&of.destroy_by_key, day)?.ok_or(RetentionError::Gone)?;
        return Ok(Kept::put_held(tx.conn(), &of.id, seal_record(plaintext, &key, of.id.as_str()))?);
    }
    let sealed = seal_record(plaintext, &issuer.keystore.destroy_by_key(day)?, of.id.as_str());
    Enrolment::change_destroy_by(tx.conn(), &of.id, sealed)?;
    Ok(())
}

/// Moves a record to another day without opening it, as hand-over does: its key is wrapped by that day's key, or, while
/// a hold keeps it, goes on being wrapped by the hold's. The caller audits.
///
/// # Errors
/// When the record or its key is gone.
pub fn move_record(
    issuer: &Issuer,
    tx: &mut Tx<'_>,
    enrolment: &Id<Enrolment>,
    day: NaiveDate,
) -> Result<(), RetentionError> {
    let kept = Kept::find(tx.conn(), enrolment)?.ok_or(RetentionError::Gone)?;
    if kept.destroy_by_key.starts_with(HOLD) {
        return Ok(Kept::move_day(tx.conn(), enrolment, day)?);
    }
    let from = issuer.keystore.find_destroy_by_key(kept.destroy_by)?.ok_or(RetentionError::Gone)?;
    let to = issuer.keystore.destroy_by_key(day)?;
    let wrapped = kept.wrapped_key.as_deref().unwrap_or_default();
    let wrapped = from.rewrap(&to, wrapped, enrolment.as_str()).map_err(|_| RetentionError::Gone)?;
    Ok(Kept::rewrap(tx.conn(), enrolment, (&day.to_string(), day), wrapped)?)
}
