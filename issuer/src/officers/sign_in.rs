//! Signing in: login, password and code at once. Whoever fails learns nothing of what was wrong.

use chrono::{DateTime, Duration, Utc};
use secrecy::SecretString;

use super::{DESK, Factor, Token, entry, recovery_hash};
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::officer::{Officer, OfficerState, PasswordDigest};
use crate::db::session::Session;
use crate::db::sign_in::{OfficerRecovery, SecondFactor};
use crate::db::{Id, Tx};
use crate::recovery::RecoveryCode;
use crate::{Error, Issuer, edge};

/// How long ended sessions stay in the database.
const KEPT: Duration = Duration::days(30);

/// What somebody typed.
#[derive(Debug)]
pub struct Attempt {
    /// The login.
    pub login: String,
    /// The password.
    pub password: SecretString,
    /// The changing code, or a recovery code.
    pub code: SecretString,
}

/// A session that was just begun, with the token that goes into the browser.
#[derive(Debug)]
pub struct Begun {
    /// The token.
    pub token: Token,
    /// The session.
    pub session: Session,
}

/// What shows that the second factor is there.
enum Proof {
    Step(i64),
    Recovery([u8; 32]),
}

/// Signs an officer in, or does not. The work is the same for logins that nobody has: `dummy` is a digest of no
/// password. `may_try_code` is asked once the password is right, so that only who knows it can use up the tries.
/// The session that `before` names, if any, ends: each sign-in has a token of its own.
///
/// # Errors
/// When a part fails. A wrong password or code is no error.
pub fn sign_in(
    issuer: &Issuer,
    dummy: &PasswordDigest,
    attempt: &Attempt,
    may_try_code: impl FnOnce(&Id<Officer>) -> bool,
    before: Option<&Token>,
    now: DateTime<Utc>,
) -> Result<Option<Begun>, Error> {
    let known = issuer.db.read(|conn| Ok::<_, Error>(Officer::find_by_login(conn, &attempt.login)?))?;
    let usable = known.as_ref().filter(|officer| !officer.password_hash.is_none());
    let right = usable.map_or(dummy, |officer| &officer.password_hash).matches(&attempt.password);
    let proven = match usable.filter(|_| right) {
        Some(officer) if may_try_code(&officer.id) => {
            proof(issuer, officer, &attempt.code, now)?.map(|proof| (officer, proof))
        }
        _ => None,
    };
    issuer.db.write(|tx| {
        if let Some((officer, proof)) = proven
            && unchanged(tx, officer)?
            && use_up(tx, officer, &proof, now)?
        {
            if let Some(before) = before.map(|token| Session::find(tx.conn(), &token.hash())).transpose()? {
                before.map(|session| Session::end(tx.conn(), &session.id, now)).transpose()?;
            }
            Session::forget_before(tx.conn(), now - KEPT)?;
            let begun = begin(tx, &officer.id, now)?;
            let actor = Actor::officer(&officer.id, officer.role, DESK);
            tx.audit(entry(Act::SignedIn, SubjectKind::Officer, officer.id.to_string(), &actor, now))?;
            return Ok(Some(begun));
        }
        // What was typed is not kept: it may be a password in the wrong field.
        let subject = known.as_ref().map_or_else(|| "unknown".to_owned(), |officer| officer.id.to_string());
        let actor = Actor::signed_out(DESK);
        tx.audit(entry(Act::SignInRefused, SubjectKind::Officer, subject, &actor, now))?;
        Ok(None)
    })
}

/// Begins a session of an officer, within a write.
///
/// # Errors
/// When the database fails.
pub(super) fn begin(tx: &mut Tx<'_>, officer: &Id<Officer>, now: DateTime<Utc>) -> Result<Begun, Error> {
    let token = Token::new();
    let session = Session {
        id: Id::new(edge::new_id(now)),
        token_hash: token.hash().to_vec(),
        officer_id: officer.clone(),
        created_at: now.into(),
        last_seen_at: now.into(),
        csrf_secret: edge::random_bytes::<32>().to_vec(),
        ended_at: None,
    };
    session.insert(tx.conn())?;
    Ok(Begun { token, session })
}

fn proof(
    issuer: &Issuer,
    officer: &Officer,
    code: &SecretString,
    now: DateTime<Utc>,
) -> Result<Option<Proof>, Error> {
    use secrecy::ExposeSecret as _;
    let code = code.expose_secret();
    let kept = issuer.db.read(|conn| Ok::<_, Error>(SecondFactor::find(conn, &officer.id)?))?;
    let Some(kept) = kept else { return Ok(None) };
    let factor = Factor::open(&issuer.keystore, &kept.sealed_secret, &officer.id)?;
    if let Some(step) = factor.and_then(|factor| factor.step_of(code, now)) {
        return Ok(Some(Proof::Step(step)));
    }
    match RecoveryCode::parse(code) {
        Ok(code) => Ok(Some(Proof::Recovery(recovery_hash(&issuer.keystore, &code)?))),
        Err(_) => Ok(None),
    }
}

/// Whether the officer may still sign in with the password that was checked.
fn unchanged(tx: &mut Tx<'_>, officer: &Officer) -> Result<bool, Error> {
    let kept = Officer::find(tx.conn(), &officer.id)?;
    Ok(kept.is_some_and(|kept| {
        kept.state == OfficerState::Active && kept.password_hash == officer.password_hash
    }))
}

fn use_up(tx: &mut Tx<'_>, officer: &Officer, proof: &Proof, now: DateTime<Utc>) -> Result<bool, Error> {
    Ok(match proof {
        Proof::Step(step) => SecondFactor::use_step(tx.conn(), &officer.id, *step)?,
        Proof::Recovery(hash) => OfficerRecovery::use_up(tx.conn(), &officer.id, hash, now)?,
    })
}
