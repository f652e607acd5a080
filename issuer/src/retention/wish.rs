//! A holder's wish: their record is destroyed now, and not on its day.
//!
//! The blob and its wrapped key leave the database at once. A backup taken earlier still has both, and the day's key
//! would open them until the day is past. So the day gets a new key: the other records due that day are wrapped by it,
//! and the old one is destroyed an hour later, when nobody can be sealing under it any more. From then on no backup
//! taken before the wish opens any record that was due that day: a city that goes back to such a backup keeps its cards
//! and loses those records, which the day would have taken anyway.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::RetentionError;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::destruction::{Destruction, DestructionKind};
use crate::db::enrolment::Enrolment;
use crate::db::kept::Kept;
use crate::db::{DbError, Id};
use crate::issuance::entry;
use crate::keystore::HOLD;
use crate::revocation::{self, Named};
use crate::{Error, Issuer, crash, edge};

/// How long the old key of a day stays: what was being sealed when the wish came is wrapped by it.
const GRACE: Duration = Duration::hours(1);

/// What was destroyed at a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wished {
    /// The card that named the record, or the case.
    pub number: String,
    /// The day on which it would have been due.
    pub due: NaiveDate,
    /// From when no backup opens it, if the server runs or `issuer retention run` is called then.
    pub in_backups_from: DateTime<Utc>,
}

/// Destroys the record of a card at its holder's wish, with a receipt. The card stays good.
///
/// # Errors
/// When there is no such card, its record is gone, or a hold keeps it.
pub fn destroy_now(
    issuer: &Issuer,
    named: Named<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Wished, RetentionError> {
    let card = revocation::find_card(issuer, named)?;
    let enrolment = card.enrolment_id.ok_or(RetentionError::Gone)?;
    destroy(issuer, &enrolment, (SubjectKind::Card, card.number), actor, now)
}

/// The same for a case of which there is no card in anybody's hand. The caller closes the case.
///
/// # Errors
/// When its record is gone, or a hold keeps it.
pub fn destroy_case_now(
    issuer: &Issuer,
    enrolment: &Id<Enrolment>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Wished, RetentionError> {
    destroy(issuer, enrolment, (SubjectKind::Enrolment, enrolment.to_string()), actor, now)
}

fn destroy(
    issuer: &Issuer,
    enrolment: &Id<Enrolment>,
    (kind, name): (SubjectKind, String),
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Wished, RetentionError> {
    let kept = issuer.db.read(|conn| Ok::<_, RetentionError>(Kept::find(conn, enrolment)?))?;
    let kept = kept.ok_or(RetentionError::Gone)?;
    if kept.destroy_by_key.starts_with(HOLD) {
        return Err(RetentionError::Held);
    }
    let due = kept.destroy_by;
    // The new key first: a crash after it leaves a day with two keys, which `tick` brings back to one.
    issuer.keystore.renew_destroy_by_key(due)?;
    crash::point("wish.day_renewed");
    let id = Id::new(edge::new_id(now));
    issuer.db.write(|tx| {
        let kept = Kept::find(tx.conn(), enrolment)?.ok_or(RetentionError::Gone)?;
        if kept.destroy_by_key.starts_with(HOLD) {
            return Err(RetentionError::Held);
        }
        Kept::erase(tx.conn(), enrolment)?;
        let destruction = Destruction {
            id,
            kind: DestructionKind::Wish,
            due,
            records: 1,
            begun_at: now.into(),
            destroyed_at: Some(now.into()),
            sequence: None,
            signed: None,
        };
        Destruction::insert(tx.conn(), &destruction)?;
        tx.audit(entry(Act::DestroyedAtWish, kind, name.clone(), actor, now))?;
        crash::point("wish.erasing");
        Ok::<_, RetentionError>(())
    })?;
    crash::point("wish.erased");
    rewrap_day(issuer, due, actor, now)?;
    crash::point("wish.rewrapped");
    issuer.db.wipe()?;
    super::receipt::sign_all(issuer, actor, now)?;
    Ok(Wished { number: name, due, in_backups_from: now + GRACE })
}

/// Destroys the old keys of days that were given new ones, once nobody can be sealing under them.
pub(super) fn finish_rekeying(issuer: &Issuer, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    for day in issuer.keystore.renewed_days()? {
        let wished = issuer.db.read(|conn| Ok::<_, Error>(Destruction::last_wish(conn, day)?))?;
        if wished.is_some_and(|at| now - at.utc() < GRACE) {
            continue;
        }
        rewrap_day(issuer, day, actor, now)?;
        issuer.keystore.destroy_older(day)?;
    }
    Ok(())
}

/// Wraps every record due on a day by the day's newest key.
fn rewrap_day(issuer: &Issuer, day: NaiveDate, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    let rewrapped = issuer.db.write(|tx| {
        let Some(key) = issuer.keystore.find_destroy_by_key(day)? else { return Ok(()) };
        let records = Kept::of_day(tx.conn(), day)?;
        for kept in &records {
            let wrapped = kept.wrapped_key.as_deref().unwrap_or_default();
            // One that does not open is left as it is: `verify` and whoever looks at it will say so.
            if let Ok(wrapped) = key.rewrap(&key, wrapped, kept.id.as_str()) {
                Kept::rewrap(tx.conn(), &kept.id, (&kept.destroy_by_key, day), wrapped)?;
            }
        }
        if !records.is_empty() {
            tx.audit(entry(Act::DayRekeyed, SubjectKind::Day, day.to_string(), actor, now))?;
        }
        Ok(())
    });
    match rewrapped {
        // There was nothing to wrap.
        Err(Error::Database(DbError::NotAudited)) => Ok(()),
        rewrapped => rewrapped,
    }
}
