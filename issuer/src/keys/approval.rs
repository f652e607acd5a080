//! What takes two custodians: one asks, another approves, each with password and code.

use chrono::{DateTime, Duration, SubsecRound as _, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{Compromised, Place, Wanted, compromise, make_as, rotate};
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::approval::Approval;
use crate::db::issuing_key::{IssuingKey, KeyUse};
use crate::db::officer::{Officer, OfficerState, PasswordDigest, Role};
use crate::db::session::Session;
use crate::db::sign_in::SecondFactor;
use crate::db::{Id, Word as _};
use crate::issuance::entry;
use crate::officers::{self, Attempt};
use crate::{Error, Issuer, edge};

/// How long the second custodian may take.
pub const PATIENCE: Duration = Duration::hours(24);

/// Something that takes two custodians.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Decision {
    /// One more key is made. It signs from now on, before any other of its desk.
    New {
        /// What it signs: `card` or `status`.
        usage: String,
        /// The desk it signs for; none for every other.
        desk: Option<String>,
        /// The token it is made in, as a PKCS#11 URI; none for a file.
        pkcs11: Option<String>,
    },
    /// A new key takes over, made where the one before it is.
    Rotate {
        /// What it signs: `card` or `status`.
        usage: String,
        /// The desk it signs for; none for every other.
        desk: Option<String>,
        /// When it takes over; none for at once.
        from: Option<DateTime<Utc>>,
    },
    /// A key is in other hands.
    Compromise {
        /// The key.
        kid: String,
        /// Since when; none for ever since it was made.
        since: Option<DateTime<Utc>>,
    },
    /// An event kit is made, with a key of its own.
    Kit(crate::kit::Wanted),
    /// Another program of the city is given a token.
    Token(crate::programs::Wanted),
}

/// What came of a decision.
#[derive(Debug)]
#[non_exhaustive]
pub enum Done {
    /// The new key.
    Made(IssuingKey),
    /// The new key, and those it takes over from.
    Rotated(IssuingKey, Vec<IssuingKey>),
    /// What is to be done now.
    Compromised(Box<Compromised>),
}

impl Decision {
    /// Does it.
    ///
    /// # Errors
    /// When a part fails.
    pub fn carry_out(&self, issuer: &Issuer, actor: &Actor, now: DateTime<Utc>) -> Result<Done, Error> {
        match self {
            Self::New { usage, desk, pkcs11 } => {
                let place = pkcs11.as_deref().map_or(Place::File, Place::Token);
                let wanted = Wanted { desk: desk.as_deref(), place, ..Wanted::now(use_of(usage)?, now) };
                make_as(issuer, wanted, actor, now).map(Done::Made)
            }
            Self::Rotate { usage, desk, from } => {
                let (from, desk) = (from.unwrap_or(now), desk.as_deref());
                let wanted = Wanted { desk, from, ..Wanted::now(use_of(usage)?, now) };
                let (new, before) = rotate(issuer, wanted, actor, now)?;
                Ok(Done::Rotated(new, before))
            }
            Self::Compromise { kid, since } => {
                compromise(issuer, kid, *since, actor, now).map(|done| Done::Compromised(Box::new(done)))
            }
            Self::Kit(_) | Self::Token(_) => Err(self.at_the_server()),
        }
    }

    /// Why it is approved by the command alone.
    fn at_the_server(&self) -> Error {
        let why = match self {
            Self::Kit(_) => "a kit takes a passphrase of its own",
            _ => "a token is shown once, to whoever approves it",
        };
        Error::Refused(format!("{why}: approve it at the server, with issuer key approve"))
    }
}

fn use_of(word: &str) -> Result<KeyUse, Error> {
    KeyUse::from_word(word).ok_or_else(|| Error::Refused("what the key signs is not known".to_owned()))
}

/// Whether decisions take two here: as soon as the city has two custodians who can sign in. Until then the command line
/// acts alone.
///
/// # Errors
/// When the database fails.
pub fn takes_two(issuer: &Issuer) -> Result<bool, Error> {
    issuer.db.read(|conn| {
        let mut ready = 0;
        for officer in Officer::all(conn)? {
            let custodian = officer.role == Role::Custodian && officer.state == OfficerState::Active;
            if custodian && SecondFactor::find(conn, &officer.id)?.is_some() {
                ready += 1;
            }
        }
        Ok(ready >= 2)
    })
}

/// A custodian who has just shown password and code.
#[derive(Debug)]
pub struct Custodian(Officer);

impl Custodian {
    /// Checks password and code. The session that signing in begins is ended at once.
    ///
    /// # Errors
    /// When they are wrong, or the officer is no custodian.
    pub fn sign_in(issuer: &Issuer, attempt: &Attempt, now: DateTime<Utc>) -> Result<Self, Error> {
        let nobodys = SecretString::from(shared::keys::hex(&edge::random_bytes::<16>()));
        let dummy = PasswordDigest::of(&nobodys, edge::random_bytes())
            .map_err(|error| Error::Refused(format!("passwords cannot be checked: {error}")))?;
        Self::confirm(issuer, &dummy, attempt, |_| true, now)?
            .ok_or_else(|| Error::Refused("login, password or code is wrong; a code is good once".to_owned()))
    }

    /// The same for a caller that limits tries: `dummy` and `may_try_code` are as in [`officers::sign_in`]. None when
    /// password or code is wrong.
    ///
    /// # Errors
    /// When the officer is no custodian, or a part fails.
    pub fn confirm(
        issuer: &Issuer,
        dummy: &PasswordDigest,
        attempt: &Attempt,
        may_try_code: impl FnOnce(&Id<Officer>) -> bool,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, Error> {
        let Some(begun) = officers::sign_in(issuer, dummy, attempt, may_try_code, None, now)? else {
            return Ok(None);
        };
        let officer = issuer.db.write(|tx| {
            let officer = Officer::find(tx.conn(), &begun.session.officer_id)?;
            let officer = officer.ok_or(diesel::result::Error::NotFound)?;
            Session::end(tx.conn(), &begun.session.id, now)?;
            let actor = Actor::officer(&officer.id, officer.role, officers::DESK);
            tx.audit(entry(Act::SignedOut, SubjectKind::Officer, officer.id.to_string(), &actor, now))?;
            Ok::<_, Error>(officer)
        })?;
        if officer.role == Role::Custodian {
            return Ok(Some(Self(officer)));
        }
        Err(Error::Refused(format!("{} is no custodian, and this takes two of them", officer.login)))
    }

    fn actor(&self) -> Actor {
        Actor::officer(&self.0.id, self.0.role, "hall")
    }
}

/// Keeps what a custodian asks for.
///
/// # Errors
/// When a part fails.
pub fn ask(issuer: &Issuer, what: &Decision, by: &Custodian, now: DateTime<Utc>) -> Result<Approval, Error> {
    let now = now.trunc_subsecs(0);
    let approval = Approval {
        id: Id::new(edge::new_id(now)),
        // An enum of texts and times always has a JSON form.
        what: serde_json::to_string(what).unwrap_or_default(),
        asked_by: by.0.id.clone(),
        asked_at: now.into(),
        approved_by: None,
        approved_at: None,
    };
    issuer.db.write(|tx| {
        approval.insert(tx.conn())?;
        let mut entry =
            entry(Act::ApprovalAsked, SubjectKind::Approval, approval.id.to_string(), &by.actor(), now);
        entry.reason = Some(approval.what.clone());
        tx.audit(entry)?;
        Ok::<_, Error>(())
    })?;
    Ok(approval)
}

/// Approves what another custodian asked for, and does it.
///
/// # Errors
/// When there is nothing of this id, it is too old, was approved before or asked for by the same custodian, or a part
/// fails.
pub fn approve(issuer: &Issuer, id: &str, by: &Custodian, now: DateTime<Utc>) -> Result<Done, Error> {
    // Before the approval is used up.
    let asked = asked_for(issuer, id)?;
    if matches!(asked, Decision::Kit(_) | Decision::Token(_)) {
        return Err(asked.at_the_server());
    }
    let (decision, actor) = agree(issuer, id, by, now)?;
    decision.carry_out(issuer, &actor, now)
}

/// What was asked for under an id.
///
/// # Errors
/// When there is nothing of this id, or it cannot be read.
pub fn asked_for(issuer: &Issuer, id: &str) -> Result<Decision, Error> {
    let asked = issuer.db.read(|conn| Ok::<_, Error>(Approval::find(conn, id)?))?;
    read(id, asked.as_ref())
}

fn read(id: &str, asked: Option<&Approval>) -> Result<Decision, Error> {
    let asked = asked.ok_or_else(|| Error::Refused(format!("nobody asked for anything under {id}")))?;
    serde_json::from_str(&asked.what)
        .map_err(|_| Error::Refused(format!("{id} was asked for by a newer program")))
}

/// Approves what another custodian asked for, to be done by whoever calls this.
///
/// # Errors
/// As [`approve`].
pub fn agree(
    issuer: &Issuer,
    id: &str,
    by: &Custodian,
    now: DateTime<Utc>,
) -> Result<(Decision, Actor), Error> {
    let decision = issuer.db.write(|tx| {
        let asked = Approval::find(tx.conn(), id)?
            .ok_or_else(|| Error::Refused(format!("nobody asked for anything under {id}")))?;
        let decision = read(id, Some(&asked))?;
        if asked.asked_by == by.0.id {
            return Err(Error::Refused(format!("{} asked for this; another custodian approves", by.0.login)));
        }
        if now > asked.asked_at.utc() + PATIENCE || now < asked.asked_at.utc() {
            return Err(Error::Refused(
                "this was not asked for within the last 24 hours; ask again".to_owned(),
            ));
        }
        if !Approval::approve(tx.conn(), &asked.id, &by.0.id, now)? {
            return Err(Error::Refused("this was approved already".to_owned()));
        }
        tx.audit(entry(Act::ApprovalGiven, SubjectKind::Approval, id.to_owned(), &by.actor(), now))?;
        Ok(decision)
    })?;
    Ok((decision, by.actor()))
}
