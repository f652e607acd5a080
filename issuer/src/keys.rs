//! Issuing keys: made, listed, replaced, and withdrawn when they were stolen.

mod approval;
mod compromise;
mod signer;

use chrono::{DateTime, Duration, SubsecRound, Utc};
use shared::keys::{PublicKey, Signer};

pub use approval::{Custodian, Decision, Done, PATIENCE, agree, approve, ask, asked_for, takes_two};
pub use compromise::{Compromised, LostKit, compromise};
pub use signer::IssuingSigner;

use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit::NewAuditEntry;
use crate::db::issuing_key::{IssuingKey, KeyState, KeyUse, NewIssuingKey};
use crate::db::kit::{Kit, KitState};
use crate::{Error, Issuer, crash};

/// How long a new key may sign.
const VALIDITY: Duration = Duration::days(2 * 366);
/// The most characters of a desk's name.
const LONGEST_DESK: usize = 32;

/// A key to be made.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// What it signs.
    pub usage: KeyUse,
    /// The desk or event kit that it signs for; none for every other.
    pub desk: Option<&'a str>,
    /// From when on it signs.
    pub from: DateTime<Utc>,
    /// How long it signs.
    pub validity: Duration,
    /// Where its secret half is kept.
    pub place: Place<'a>,
}

/// Where the secret half of a key is kept.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// In a file of the keystore.
    File,
    /// In a token, which made it and never gives it away: its PKCS#11 URI.
    Token(&'a str),
}

impl Wanted<'_> {
    /// A key for every desk, from now on, in a file.
    #[must_use]
    pub fn now(usage: KeyUse, now: DateTime<Utc>) -> Self {
        Self { usage, desk: None, from: now, validity: VALIDITY, place: Place::File }
    }
}

/// Makes a key for every desk and keeps it: the secret half in the keystore, the public half in the database.
///
/// # Errors
/// When it cannot be kept.
pub fn make(issuer: &Issuer, usage: KeyUse, actor: &Actor, now: DateTime<Utc>) -> Result<IssuingKey, Error> {
    make_as(issuer, Wanted::now(usage, now), actor, now)
}

/// Makes a key as wanted.
///
/// # Errors
/// When the desk cannot have that name, or the key cannot be kept.
pub fn make_as(
    issuer: &Issuer,
    wanted: Wanted<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<IssuingKey, Error> {
    if let Some(desk) = wanted.desk
        && !(1..=LONGEST_DESK).contains(&desk.chars().count())
    {
        return Err(Error::Refused(format!("the name of a desk has 1 to {LONGEST_DESK} characters")));
    }
    may_make(issuer, wanted.desk)?;
    let signer = signer::make(issuer, wanted.place)?;
    crash::point("issuing_key.made");
    // Whole seconds: what a key signs bears its time in whole seconds.
    let not_before = wanted.from.trunc_subsecs(0);
    issuer
        .db
        .write(|tx| {
            let key = IssuingKey::insert(
                tx.conn(),
                &NewIssuingKey {
                    kid: signer.kid().to_hex(),
                    usage: wanted.usage,
                    state: KeyState::Active,
                    not_before: not_before.into(),
                    not_after: (not_before + wanted.validity).into(),
                    public_key: signer.public_key().to_bytes(),
                    created_at: now.into(),
                    desk: wanted.desk.map(str::to_owned),
                },
            )?;
            tx.audit(entry(Act::KeyMade, &key.kid, actor, now))?;
            crash::point("issuing_key.noting");
            Ok(key)
        })
        .inspect(|_| crash::point("issuing_key.noted"))
}

/// A kit signs with the key that the city hall gave it; and a kit's name is no desk's.
fn may_make(issuer: &Issuer, desk: Option<&str>) -> Result<(), Error> {
    let (here, kit) = issuer.db.read(|conn| {
        let kit = desk.map(|desk| Kit::find_by_name(conn, desk)).transpose()?.flatten();
        Ok::<_, Error>((issuer.kit(conn)?, kit))
    })?;
    if let Some(here) = here {
        return Err(Error::Refused(format!(
            "this is the event kit {}, and its keys are made at the city hall: issuer kit create",
            here.name
        )));
    }
    match kit {
        None => Ok(()),
        Some(kit) => Err(Error::Refused(format!("{} is an event kit, which has its key already", kit.name))),
    }
}

/// Makes a key as wanted in the place of another: in the same token, or in a file as that was.
fn make_instead(
    issuer: &Issuer,
    wanted: Wanted<'_>,
    before: &IssuingKey,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<IssuingKey, Error> {
    let token = issuer.keystore.token_of(&before.kid)?;
    let place = token.as_deref().map_or(Place::File, Place::Token);
    make_as(issuer, Wanted { place, ..wanted }, actor, now)
}

/// Makes a new key for a use and lets it take over from those before it: at once, which retires them, or from a later
/// time on, up to which they sign. What they signed stays good. It is made where the newest of them is.
///
/// A counter that has not heard of the new key yet cannot tell what it signs; so a later time leaves no gap.
///
/// # Errors
/// When the new key cannot be kept; the old ones sign on then.
pub fn rotate(
    issuer: &Issuer,
    wanted: Wanted<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(IssuingKey, Vec<IssuingKey>), Error> {
    let before =
        issuer.db.read(|conn| Ok::<_, Error>(IssuingKey::of(conn, wanted.usage, KeyState::Active)?))?;
    let new = match before.iter().find(|key| key.desk.as_deref() == wanted.desk) {
        Some(newest) => make_instead(issuer, wanted, newest, actor, now)?,
        None => make_as(issuer, wanted, actor, now)?,
    };
    let mut replaced = Vec::new();
    let same = |key: &IssuingKey| key.desk.as_deref() == wanted.desk && key.not_after.utc() > now;
    for key in before.into_iter().filter(same) {
        replaced.push(issuer.db.write(|tx| {
            let at_once = wanted.from <= now || key.not_before.utc() >= wanted.from;
            let key = if at_once {
                IssuingKey::retire(tx.conn(), &key.kid)?
            } else {
                IssuingKey::end_at(tx.conn(), &key.kid, new.not_before.utc())?
            };
            tx.audit(entry(Act::KeyRetired, &key.kid, actor, now))?;
            crash::point("rotate.retiring");
            Ok::<_, Error>(key)
        })?);
    }
    crash::point("rotate.retired");
    Ok((new, replaced))
}

/// The key of every desk that signs now for a use.
///
/// # Errors
/// When there is none, or its secret half cannot be had.
pub fn signer(issuer: &Issuer, usage: KeyUse, now: DateTime<Utc>) -> Result<IssuingSigner, Error> {
    signer_at(issuer, usage, None, now)
}

/// The key that signs now for a use at a desk: its own, or else that of every desk.
///
/// # Errors
/// When there is none, or its secret half cannot be had.
pub fn signer_at(
    issuer: &Issuer,
    usage: KeyUse,
    desk: Option<&str>,
    now: DateTime<Utc>,
) -> Result<IssuingSigner, Error> {
    let mut active = issuer.db.read(|conn| Ok::<_, Error>(IssuingKey::of(conn, usage, KeyState::Active)?))?;
    // The secret half of a kit's key left with the kit.
    let kits = issuer.db.read(|conn| Ok::<_, Error>(Kit::all(conn)?))?;
    active.retain(|key| !kits.iter().any(|kit| kit.kid == key.kid && kit.state != KitState::Here));
    let in_time = |key: &&IssuingKey| key.not_before.utc() <= now && now <= key.not_after.utc();
    let of = |desk: Option<&str>| active.iter().filter(in_time).find(|key| key.desk.as_deref() == desk);
    let Some(key) = desk.and_then(|desk| of(Some(desk))).or_else(|| of(None)) else {
        let usage = match usage {
            KeyUse::Card => "card",
            KeyUse::Status => "status",
        };
        let mut advice =
            format!("make one with: issuer key new --use {usage} --data {}", issuer.data.display());
        if let Some(next) = active.iter().map(|key| key.not_before.utc()).filter(|from| *from > now).min() {
            let next = next.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            advice = format!("the next begins at {next}: is the clock right? If it is, {advice}");
        }
        return Err(Error::Refused(format!("no key may sign now; {advice}")));
    };
    by_kid(issuer, &key.kid)
}

/// The key of this kid.
///
/// # Errors
/// When its secret half cannot be had.
pub fn by_kid(issuer: &Issuer, kid: &str) -> Result<IssuingSigner, Error> {
    signer::open(issuer, kid)
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
