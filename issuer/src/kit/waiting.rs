//! Cards of a kit that is still away, and are lost already.

use chrono::{DateTime, Utc};
use shared::id::CardNumber;

use crate::db::Id;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::kit::{Kit, KitState};
use crate::db::kit_home::KitRevocation;
use crate::issuance::entry;
use crate::recovery::{RecoveryCode, RecoveryKey};
use crate::revocation::{self, Named};
use crate::{Error, Issuer, edge};

/// Keeps that a card which the city does not know is to be revoked as soon as the kit that made it is merged. Gives the
/// names of the kits that are out; none are, or the card is known: nothing is kept.
///
/// # Errors
/// When what was typed cannot be a number or code, no reason is given, or the database fails.
pub fn revoke_when_home(
    issuer: &Issuer,
    named: Named<'_>,
    reason: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<String>, Error> {
    let out = issuer.db.read(|conn| Ok::<_, Error>(Kit::of(conn, KitState::Out)?))?;
    if out.is_empty() || revocation::look_up(issuer, named)?.is_some() {
        return Ok(Vec::new());
    }
    let reason = revocation::reason(reason)?;
    let mut waiting = Vec::new();
    for kit in &out {
        let (number, recovery_hash) = match named {
            Named::Number(typed) => (CardNumber::parse(typed).ok().map(|number| number.to_string()), None),
            Named::Recovery(typed) => {
                let code = RecoveryCode::parse(typed).ok();
                let key = RecoveryKey::of_kit(&issuer.keystore, &kit.id)?;
                (None, code.map(|code| key.hash(&code)))
            }
        };
        waiting.push(KitRevocation {
            id: Id::new(edge::new_id(now)),
            kit_id: kit.id.clone(),
            number,
            recovery_hash,
            reason: reason.to_owned(),
            at: now.into(),
            officer: actor.id().to_owned(),
        });
    }
    issuer.db.write(|tx| {
        for (one, kit) in waiting.iter().zip(&out) {
            one.insert(tx.conn())?;
            let mut told = entry(Act::KitRevocationNoted, SubjectKind::Kit, kit.name.clone(), actor, now);
            told.reason.clone_from(&one.number);
            tx.audit(told)?;
        }
        Ok::<_, Error>(())
    })?;
    Ok(out.into_iter().map(|kit| kit.name).collect())
}
