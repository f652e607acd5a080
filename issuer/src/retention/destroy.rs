//! Destroying the days that are past.

use chrono::{DateTime, NaiveDate, Utc};

use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::destruction::{Destruction, DestructionKind};
use crate::db::kept::Kept;
use crate::db::{DbError, Id};
use crate::issuance::entry;
use crate::{Error, Issuer, crash, edge};

/// Destroys every day that is past, and goes on with those that were begun.
pub(super) fn all_due(
    issuer: &Issuer,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<(NaiveDate, usize)>, Error> {
    let mut days = Vec::new();
    for begun in issuer.db.read(|conn| Ok::<_, Error>(Destruction::under_way(conn)?))? {
        days.extend(finish(issuer, &begun, actor, now)?);
    }
    for (day, _) in super::overdue(issuer, now.date_naive())? {
        if let Some(begun) = begin(issuer, day, actor, now)? {
            days.extend(finish(issuer, &begun, actor, now)?);
        }
    }
    Ok(days)
}

/// Notes that a day's destruction begins; not when another process did it meanwhile.
pub(super) fn begin(
    issuer: &Issuer,
    day: NaiveDate,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Option<Destruction>, Error> {
    let id = Id::new(edge::new_id(now));
    let begun = issuer.db.write(|tx| {
        let records = Kept::of_day(tx.conn(), day)?.len();
        let has_key = issuer.keystore.destroy_by_days()?.contains(&day);
        let under_way = Destruction::under_way(tx.conn())?;
        if (records == 0 && !has_key) || under_way.iter().any(|other| other.due == day) {
            return Ok(None);
        }
        let begun = Destruction {
            id,
            kind: DestructionKind::Day,
            due: day,
            records: i64::try_from(records).unwrap_or(i64::MAX),
            begun_at: now.into(),
            destroyed_at: None,
            sequence: None,
            signed: None,
        };
        Destruction::insert(tx.conn(), &begun)?;
        tx.audit(entry(Act::DestructionBegun, SubjectKind::Day, day.to_string(), actor, now))?;
        crash::point("destroy.beginning");
        Ok(Some(begun))
    });
    match begun {
        // There was nothing to begin: then nothing was written either.
        Err(Error::Database(DbError::NotAudited)) => Ok(None),
        begun => begun,
    }
}

/// The key first, then the blobs.
fn finish(
    issuer: &Issuer,
    begun: &Destruction,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Option<(NaiveDate, usize)>, Error> {
    crash::point("destroy.begun");
    issuer.keystore.destroy(begun.due)?;
    crash::point("destroy.key_gone");
    issuer.db.write(|tx| {
        let records = Kept::erase_day(tx.conn(), begun.due)?;
        crash::point("destroy.erasing");
        let news = Destruction::done(tx.conn(), &begun.id, records, now)?;
        tx.audit(entry(Act::EnrolmentsDestroyed, SubjectKind::Day, begun.due.to_string(), actor, now))?;
        Ok(news.then_some((begun.due, records)))
    })
}
