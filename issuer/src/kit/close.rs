//! The end of an event, at the kit.

use chrono::{DateTime, Utc};

use super::TYPE;
use super::home::{FORM, Home, HomeCard, HomeChange, HomeEntry, to_base64};
use crate::audit::{self, signed};
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit_checkpoint::AuditCheckpoint;
use crate::db::audit_find::AuditFilter;
use crate::db::card::Card;
use crate::db::card_status::StatusChange;
use crate::db::destruction::Destruction;
use crate::db::issuing_key::KeyUse;
use crate::db::kept::Kept;
use crate::issuance::entry;
use crate::{Error, Issuer, crash, keys};

/// Closes a kit: it issues no more cards. Gives the signed bytes that go home; closing again gives what came since too,
/// such as receipts of what was destroyed later.
///
/// # Errors
/// When this is no kit, its key for statements cannot be had, or the database fails.
pub fn close(kit: &Issuer, actor: &Actor, now: DateTime<Utc>) -> Result<Vec<u8>, Error> {
    let own = kit.db.read(|conn| Ok::<_, Error>(kit.kit(conn)?))?.ok_or_else(|| {
        Error::Refused(format!("{} is the folder of a city hall, not of an event kit", kit.data.display()))
    })?;
    let signer = keys::signer(kit, KeyUse::Status, now)?;
    kit.db.write(|tx| {
        tx.audit(entry(Act::KitClosed, SubjectKind::Kit, own.name.clone(), actor, now))?;
        crash::point("kit.closing");
        Ok::<_, Error>(())
    })?;
    crash::point("kit.closed");
    // The log ends with the entry of its checkpoint: nothing can be cut off behind it.
    audit::checkpoint(kit, actor, now)?;
    crash::point("kit.checkpointed");
    let home = kit.db.read(|conn| {
        let last = AuditCheckpoint::last(conn)?.ok_or(diesel::result::Error::NotFound)?;
        let mut entries = {
            let all = AuditFilter::default();
            let stretch = all.stretch(conn)?;
            all.oldest(conn, stretch, 0, i64::MAX)?
        };
        entries.retain(|entry| entry.seq <= last.seq);
        let receipts = Destruction::receipts(conn)?.into_iter().filter_map(|one| one.signed);
        Ok::<_, Error>(Home {
            form: FORM.to_owned(),
            city: kit.city.url.as_str().to_owned(),
            kit: own.id.to_string(),
            closed_at: now,
            cards: Card::all(conn)?.iter().map(HomeCard::of).collect(),
            changes: StatusChange::all(conn)?.iter().map(HomeChange::of).collect(),
            entries: entries.iter().map(HomeEntry::of).collect(),
            checkpoint: to_base64(&last.signed),
            receipts: receipts.map(|signed| to_base64(&signed)).collect(),
            standing: Kept::days(conn)?,
        })
    })?;
    signed::sign(&signer, TYPE, &home)
}
