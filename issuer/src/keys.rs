//! Issuing keys: made, listed, replaced.

use chrono::{DateTime, Duration, SubsecRound, Utc};
use shared::keys::{Ed25519Signer, PublicKey, Signer};

use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit::NewAuditEntry;
use crate::db::issuing_key::{IssuingKey, KeyState, KeyUse, NewIssuingKey};
use crate::{Error, Issuer, edge};

/// How long a new key may sign.
const VALIDITY: Duration = Duration::days(2 * 366);

/// Makes a key and keeps it: the secret half in the keystore, the public half in the database.
///
/// # Errors
/// When it cannot be kept.
pub fn make(issuer: &Issuer, usage: KeyUse, actor: &Actor, now: DateTime<Utc>) -> Result<IssuingKey, Error> {
    let seed = zeroize::Zeroizing::new(edge::random_bytes::<32>());
    let signer = Ed25519Signer::from_seed(&seed);
    let kid = signer.kid().to_hex();
    issuer.keystore.new_signing_key(&kid, &seed)?;
    // Whole seconds: what a key signs bears its time in whole seconds.
    let not_before = now.trunc_subsecs(0);
    issuer.db.write(|tx| {
        let key = IssuingKey::insert(
            tx.conn(),
            &NewIssuingKey {
                kid,
                usage,
                state: KeyState::Active,
                not_before: not_before.into(),
                not_after: (not_before + VALIDITY).into(),
                public_key: signer.public_key().to_bytes(),
                created_at: now.into(),
            },
        )?;
        tx.audit(entry(Act::KeyMade, &key.kid, actor, now))?;
        Ok(key)
    })
}

/// Makes a new key for a use and retires those before it. What they signed stays good.
///
/// # Errors
/// When the new key cannot be kept; the old ones sign on then.
pub fn rotate(
    issuer: &Issuer,
    usage: KeyUse,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(IssuingKey, Vec<IssuingKey>), Error> {
    let before = issuer.db.read(|conn| Ok::<_, Error>(IssuingKey::of(conn, usage, KeyState::Active)?))?;
    let new = make(issuer, usage, actor, now)?;
    let mut retired = Vec::new();
    for key in before {
        retired.push(issuer.db.write(|tx| {
            let key = IssuingKey::retire(tx.conn(), &key.kid)?;
            tx.audit(entry(Act::KeyRetired, &key.kid, actor, now))?;
            Ok::<_, Error>(key)
        })?);
    }
    Ok((new, retired))
}

/// The key that signs now for a use.
///
/// # Errors
/// When there is none, or its secret half cannot be had.
pub fn signer(issuer: &Issuer, usage: KeyUse, now: DateTime<Utc>) -> Result<Ed25519Signer, Error> {
    let active = issuer.db.read(|conn| Ok::<_, Error>(IssuingKey::of(conn, usage, KeyState::Active)?))?;
    let in_time = |key: &&IssuingKey| key.not_before.utc() <= now && now <= key.not_after.utc();
    let Some(key) = active.iter().find(in_time) else {
        let usage = match usage {
            KeyUse::Card => "card",
            KeyUse::Status => "status",
        };
        return Err(Error::Refused(format!(
            "no key may sign now; make one with: issuer key new --use {usage} --data {}",
            issuer.data.display()
        )));
    };
    by_kid(issuer, &key.kid)
}

/// The key of this kid.
///
/// # Errors
/// When its secret half cannot be had.
pub fn by_kid(issuer: &Issuer, kid: &str) -> Result<Ed25519Signer, Error> {
    Ok(Ed25519Signer::new(issuer.keystore.signing_key(kid)?))
}

/// The public half as the core knows it.
///
/// # Errors
/// When the database holds something else.
pub fn public_half(key: &IssuingKey) -> Result<PublicKey, Error> {
    PublicKey::ed25519(&key.public_key)
        .map_err(|error| Error::Refused(format!("the key {} in the database is damaged: {error}", key.kid)))
}

fn entry(act: Act, kid: &str, actor: &Actor, now: DateTime<Utc>) -> NewAuditEntry {
    NewAuditEntry {
        at: now,
        actor: actor.clone(),
        act,
        subject_kind: SubjectKind::Key,
        subject: kid.to_owned(),
        reason: None,
    }
}
