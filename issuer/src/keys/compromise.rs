//! A key in other hands.
//!
//! From then on a counter refuses what the key signed since the loss, whatever time stands on it, and believes what is
//! older only where the key's own status lists say so (`FORMAT.md`, section 7). Publishing marks every place of those
//! lists that was not given to a card before the loss.

use chrono::{DateTime, SubsecRound as _, Utc};

use super::{Wanted, entry, make_instead};
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::card::Card;
use crate::db::issuing_key::{IssuingKey, KeyState};
use crate::db::kit::{Kit, KitState};
use crate::db::officer::Officer;
use crate::db::{Tx, UtcTime};
use crate::{Error, Issuer, crash, issuance};

/// What is to be done about a key in other hands.
#[derive(Debug)]
pub struct Compromised {
    /// The key.
    pub key: IssuingKey,
    /// The event kit that it was made for; it counts as lost now.
    pub kit: Option<LostKit>,
    /// The key that signs in its place, where one had to be made; or why it could not be. The loss is noted all the same.
    pub successor: Result<Option<IssuingKey>, Error>,
    /// Cards signed since the loss: every counter refuses them, once the lists are published.
    pub refused: Vec<Card>,
    /// Cards signed before: good for now. Their holders should get new ones, since a thief who saw one can copy its place.
    pub earlier: Vec<Card>,
}

/// An event kit in other hands.
#[derive(Debug)]
pub struct LostKit {
    /// What it is called.
    pub name: String,
    /// The logins of its officers, whose passwords and codes were in it.
    pub officers: Vec<String>,
}

/// Notes that a key may have been in other hands since then; without a time, ever since it was made. A later call may
/// move that time back, never forward.
///
/// # Errors
/// When there is no such key, the time is in the future or later than noted before, or a part fails.
pub fn compromise(
    issuer: &Issuer,
    kid: &str,
    since: Option<DateTime<Utc>>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Compromised, Error> {
    let (before, key, kit) = issuer.db.write(|tx| {
        let before = IssuingKey::find(tx.conn(), kid)?.ok_or_else(|| {
            Error::Refused(format!("the city has no key {kid}; to see them: issuer key list"))
        })?;
        // A kit's key may begin on a day to come.
        let since = since.unwrap_or_else(|| before.not_before.utc().min(now)).trunc_subsecs(0);
        if since > now {
            return Err(Error::Refused("a key cannot be lost in the future".to_owned()));
        }
        if let Some(noted) = before.compromised_since.filter(|noted| noted.utc() < since) {
            return Err(Error::Refused(format!(
                "the key {kid} counts as lost since {} already, which is earlier",
                noted.utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
            )));
        }
        let key = IssuingKey::compromise(tx.conn(), kid, since)?;
        tx.audit(entry(Act::KeyCompromised, kid, actor, now))?;
        let kit = lose_kit(tx, kid, actor, now)?;
        crash::point("compromise.noting");
        Ok((before, key, kit))
    })?;
    crash::point("compromise.noted");
    let since = key.compromised_since.map_or(now, UtcTime::utc);
    let cards = issuer.db.read(|conn| Ok::<_, Error>(Card::of_key(conn, kid)?))?;
    let (earlier, refused) = cards.into_iter().partition(|card| card.issued_at.utc() < since);
    // Also when it was noted before: a crash may have come before the new key.
    let needs_none = before.state == KeyState::Retired || kit.is_some();
    let successor = if needs_none { Ok(None) } else { successor(issuer, &key, actor, now) };
    Ok(Compromised { key, kit, successor, refused, earlier })
}

/// The kit that a lost key was made for counts as lost.
fn lose_kit(tx: &mut Tx<'_>, kid: &str, actor: &Actor, now: DateTime<Utc>) -> Result<Option<LostKit>, Error> {
    let kit = Kit::find_by_key(tx.conn(), kid)?.filter(|kit| kit.state != KitState::Here);
    let Some(kit) = kit else { return Ok(None) };
    Kit::lost(tx.conn(), &kit.id)?;
    let mut officers = Vec::new();
    for id in kit.officer_ids() {
        officers.extend(Officer::find(tx.conn(), &id)?.map(|officer| officer.login));
    }
    tx.audit(issuance::entry(Act::KitLost, SubjectKind::Kit, kit.name.clone(), actor, now))?;
    Ok(Some(LostKit { name: kit.name, officers }))
}

/// A new key in the place of a lost one, unless another signs there already.
fn successor(
    issuer: &Issuer,
    lost: &IssuingKey,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Option<IssuingKey>, Error> {
    let others =
        issuer.db.read(|conn| Ok::<_, Error>(IssuingKey::of(conn, lost.usage, KeyState::Active)?))?;
    let signs =
        |key: &IssuingKey| key.desk == lost.desk && key.not_before.utc() <= now && now <= key.not_after.utc();
    if others.iter().any(signs) {
        return Ok(None);
    }
    let wanted = Wanted { desk: lost.desk.as_deref(), ..Wanted::now(lost.usage, now) };
    make_instead(issuer, wanted, lost, actor, now).map(Some)
}
