//! Officers: their accounts, and what they sign in with.

mod factor;
mod password;
mod sign_in;
mod token;

use chrono::{DateTime, Duration, Utc};

pub use factor::{Factor, RECOVERY_CODES, recovery_hash};
pub use password::{NewPassword, PasswordRefused, SHORTEST};
pub use sign_in::{Attempt, Begun, sign_in};
pub use token::Token;

use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::officer::{NewOfficer, Officer, OfficerState, PasswordDigest, Role};
use crate::db::session::Session;
use crate::db::sign_in::{OfficerRecovery, SecondFactor, SignInLink};
use crate::db::{Id, Tx};
use crate::issuance::entry;
use crate::recovery::RecoveryCode;
use crate::{Error, Issuer, edge};

/// How long a one-time link is good.
pub const LINK: Duration = Duration::hours(24);
/// What the audit log calls the desk of officers in browsers.
pub const DESK: &str = "desk";
/// The most characters of a login.
const LONGEST_LOGIN: usize = 32;

/// A name to sign in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login(String);

impl Login {
    /// Takes a login.
    ///
    /// # Errors
    /// When it has other characters than it may have, or too many.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let fits = (1..=LONGEST_LOGIN).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b));
        if fits {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::Refused(format!(
            "{text:?} cannot be a login; take 1 to {LONGEST_LOGIN} of a-z, 0-9, dot, hyphen and underscore"
        )))
    }
}

/// Makes an account, and the one-time link to choose its password with.
///
/// # Errors
/// When the login is taken, or a part fails.
pub fn add(
    issuer: &Issuer,
    login: &Login,
    role: Role,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Token, Error> {
    let new = NewOfficer::new(edge::new_id(now), login.0.clone(), role, PasswordDigest::none(), now);
    issuer.db.write(|tx| {
        if Officer::find_by_login(tx.conn(), &login.0)?.is_some() {
            let login = &login.0;
            return Err(Error::Refused(format!(
                "there is an officer {login} already; for a new link: issuer officer reset --login {login}"
            )));
        }
        let officer = Officer::insert(tx.conn(), &new)?;
        let link = link(tx, &officer, now)?;
        tx.audit(entry(Act::OfficerAdded, SubjectKind::Officer, officer.id.to_string(), actor, now))?;
        Ok(link)
    })
}

/// Takes password, second factor, recovery codes and sessions away, and makes a new link. A blocked officer is let in
/// again.
///
/// # Errors
/// When there is no such officer, or a part fails.
pub fn reset(issuer: &Issuer, login: &str, actor: &Actor, now: DateTime<Utc>) -> Result<Token, Error> {
    issuer.db.write(|tx| {
        let officer = named(tx, login)?;
        Officer::change_password(tx.conn(), &officer.id, &PasswordDigest::none())?;
        Officer::change_state(tx.conn(), &officer.id, OfficerState::Active)?;
        SecondFactor::forget(tx.conn(), &officer.id)?;
        OfficerRecovery::forget(tx.conn(), &officer.id)?;
        Session::end_all(tx.conn(), &officer.id, None, now)?;
        let link = link(tx, &officer, now)?;
        tx.audit(entry(Act::OfficerReset, SubjectKind::Officer, officer.id.to_string(), actor, now))?;
        Ok(link)
    })
}

/// Blocks an account and ends its sessions.
///
/// # Errors
/// When there is no such officer, or a part fails.
pub fn disable(issuer: &Issuer, login: &str, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    issuer.db.write(|tx| {
        let officer = named(tx, login)?;
        Officer::change_state(tx.conn(), &officer.id, OfficerState::Blocked)?;
        SignInLink::forget(tx.conn(), &officer.id)?;
        Session::end_all(tx.conn(), &officer.id, None, now)?;
        tx.audit(entry(Act::OfficerBlocked, SubjectKind::Officer, officer.id.to_string(), actor, now))?;
        Ok(())
    })
}

/// What an officer has once a link was used.
#[derive(Debug)]
pub struct SetUp {
    /// The session that begins.
    pub begun: Begun,
    /// The recovery codes, which are shown this once.
    pub recovery: Vec<RecoveryCode>,
}

/// The officer of a link that is still good.
///
/// # Errors
/// When the database fails.
pub fn of_link(issuer: &Issuer, link: &Token, now: DateTime<Utc>) -> Result<Option<Officer>, Error> {
    issuer.db.read(|conn| {
        let Some(link) = SignInLink::find_good(conn, &link.hash(), now)? else { return Ok(None) };
        let officer = Officer::find(conn, &link.officer_id)?;
        Ok(officer.filter(|officer| officer.state == OfficerState::Active))
    })
}

/// Uses a link: keeps the password and the link's second factor, whose code of `step` was shown; none when the link is
/// good no more.
///
/// # Errors
/// When a part fails.
pub fn set_up(
    issuer: &Issuer,
    link: &Token,
    password: &NewPassword,
    step: i64,
    now: DateTime<Utc>,
) -> Result<Option<SetUp>, Error> {
    let digest = password.digest()?;
    let Some(officer) = of_link(issuer, link, now)? else { return Ok(None) };
    let sealed_secret = Factor::of_link(&issuer.keystore, link)?.sealed(&issuer.keystore, &officer.id)?;
    let recovery: Vec<_> = (0..RECOVERY_CODES).map(|_| RecoveryCode::new()).collect();
    let hashes: Vec<_> =
        recovery.iter().map(|code| recovery_hash(&issuer.keystore, code)).collect::<Result<_, _>>()?;
    issuer.db.write(|tx| {
        let actor = Actor::officer(&officer.id, officer.role, DESK);
        tx.audit(entry(Act::OfficerSetUp, SubjectKind::Officer, officer.id.to_string(), &actor, now))?;
        let still = Officer::find(tx.conn(), &officer.id)?
            .is_some_and(|officer| officer.state == OfficerState::Active);
        if !still || !SignInLink::use_up(tx.conn(), &link.hash(), now)? {
            return Err(Error::Refused("the link was used at the same moment".to_owned()));
        }
        Officer::change_password(tx.conn(), &officer.id, &digest)?;
        let factor = SecondFactor { officer_id: officer.id.clone(), sealed_secret, last_step: step };
        factor.replace(tx.conn())?;
        OfficerRecovery::replace_all(tx.conn(), &officer.id, &hashes)?;
        Session::end_all(tx.conn(), &officer.id, None, now)?;
        let begun = sign_in::begin(tx, &officer.id, now)?;
        Ok(Some(SetUp { begun, recovery }))
    })
}

/// Changes an officer's password and ends every session; a new one begins for the browser in hand.
///
/// # Errors
/// When a part fails.
pub fn change_password(
    issuer: &Issuer,
    officer: &Officer,
    password: &NewPassword,
    now: DateTime<Utc>,
) -> Result<Begun, Error> {
    let digest = password.digest()?;
    let actor = Actor::officer(&officer.id, officer.role, DESK);
    issuer.db.write(|tx| {
        Officer::change_password(tx.conn(), &officer.id, &digest)?;
        Session::end_all(tx.conn(), &officer.id, None, now)?;
        tx.audit(entry(Act::PasswordChanged, SubjectKind::Officer, officer.id.to_string(), &actor, now))?;
        sign_in::begin(tx, &officer.id, now)
    })
}

fn named(tx: &mut Tx<'_>, login: &str) -> Result<Officer, Error> {
    Officer::find_by_login(tx.conn(), login)?.ok_or_else(|| {
        Error::Refused(format!("there is no officer {login:?}; see who there is with: issuer officer list"))
    })
}

fn link(tx: &mut Tx<'_>, officer: &Officer, now: DateTime<Utc>) -> Result<Token, Error> {
    let token = Token::new();
    let link = SignInLink {
        token_hash: token.hash().to_vec(),
        officer_id: Id::clone(&officer.id),
        expires_at: (now + LINK).into(),
        used_at: None,
    };
    link.replace(tx.conn())?;
    Ok(token)
}

#[cfg(test)]
mod tests {
    use crate::config::testing::answers;
    use crate::issuer::Passphrases;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_link_gives_a_password_and_codes_that_are_good_once() {
        let dir = tempfile::tempdir().unwrap();
        let issuer = Issuer::create(dir.path(), &answers(), None, &Passphrases::default(), at(0)).unwrap();
        let dummy = PasswordDigest::of(&"nobody's password".into(), [7; 16]).unwrap();
        let (amina, actor) = (Login::parse("amina").unwrap(), Actor::command_line("hall"));
        let link = add(&issuer, &amina, Role::Registrar, &actor, at(0)).unwrap();
        assert!(add(&issuer, &amina, Role::Auditor, &actor, at(0)).is_err(), "the login is taken");
        assert!(of_link(&issuer, &link, at(24 * 3600)).unwrap().is_none(), "the link is too old");
        let factor = Factor::of_link(&issuer.keystore, &link).unwrap();
        let typed = "violet otter ferry";
        let password = NewPassword::parse(&typed.into(), &typed.into(), &[]).unwrap();
        let step = factor.step_of(&factor.code(at(0)), at(0)).unwrap();
        let made = set_up(&issuer, &link, &password, step, at(0)).unwrap().unwrap();
        assert!(set_up(&issuer, &link, &password, step, at(0)).unwrap().is_none(), "a link is good once");

        let try_in = |login: &str, password: &str, code: &str, before: Option<&Token>, now| {
            let attempt = Attempt { login: login.to_owned(), password: password.into(), code: code.into() };
            sign_in(&issuer, &dummy, &attempt, |_| true, before, now).unwrap()
        };
        assert!(try_in("amina", typed, &factor.code(at(0)), None, at(0)).is_none(), "the code was used");
        let code = factor.code(at(60));
        assert!(try_in("amina", "violet otter fery", &code, None, at(60)).is_none());
        assert!(try_in("bo", typed, &code, None, at(60)).is_none());
        assert!(try_in("amina", typed, "000000", None, at(60)).is_none());
        let begun = try_in("amina", typed, &code, Some(&made.begun.token), at(60)).unwrap();
        assert!(try_in("amina", typed, &code, None, at(60)).is_none(), "a code is good once");
        let live = |token: &Token| {
            let found = issuer.db.read(|conn| Ok::<_, Error>(Session::find(conn, &token.hash())?)).unwrap();
            found.unwrap().is_live(at(60))
        };
        assert_eq!([live(&made.begun.token), live(&begun.token)], [false, true]);
        let spare = made.recovery[0].printed();
        let by_spare = try_in("amina", typed, &spare, None, at(60)).unwrap();
        assert!(try_in("amina", typed, &spare, None, at(60)).is_none(), "a recovery code is good once");

        let officer = of_login(&issuer, "amina");
        let other = "harbour cactus lantern";
        let new = NewPassword::parse(&other.into(), &other.into(), &[]).unwrap();
        let changed = change_password(&issuer, &officer, &new, at(60)).unwrap();
        assert_eq!([&begun, &by_spare, &changed].map(|one| live(&one.token)), [false, false, true]);
        let later = factor.code(at(120));
        assert!(try_in("amina", typed, &later, None, at(120)).is_none(), "the old password");
        disable(&issuer, "amina", &actor, at(60)).unwrap();
        assert!(!live(&changed.token));
        assert!(try_in("amina", other, &later, None, at(120)).is_none(), "a blocked officer");
        let again = reset(&issuer, "amina", &actor, at(120)).unwrap();
        assert!(of_link(&issuer, &again, at(120)).unwrap().is_some());
        assert!(of_login(&issuer, "amina").password_hash.is_none());
        assert!(try_in("amina", other, &later, None, at(120)).is_none(), "a reset officer");
    }

    fn of_login(issuer: &Issuer, login: &str) -> Officer {
        issuer.db.read(|conn| Ok::<_, Error>(Officer::find_by_login(conn, login)?)).unwrap().unwrap()
    }

    #[test]
    fn logins_are_plain() {
        for good in ["amina", "j.o-e_2", "0"] {
            assert_eq!(Login::parse(good).unwrap().0, good);
        }
        for wrong in ["", "Amina", "a b", "zoë", "a/b", &"a".repeat(33)] {
            assert!(Login::parse(wrong).unwrap_err().to_string().contains("cannot be a login"), "{wrong}");
        }
    }

    #[test]
    fn a_login_that_nobody_has_takes_as_long_as_one_that_somebody_has() {
        const TRIES: usize = 200;
        let dir = tempfile::tempdir().unwrap();
        let issuer = Issuer::create(dir.path(), &answers(), None, &Passphrases::default(), at(0)).unwrap();
        let dummy = PasswordDigest::of(&"nobody's password".into(), [7; 16]).unwrap();
        let (amina, actor) = (Login::parse("amina").unwrap(), Actor::command_line("hall"));
        let link = add(&issuer, &amina, Role::Registrar, &actor, at(0)).unwrap();
        let factor = Factor::of_link(&issuer.keystore, &link).unwrap();
        let typed = "violet otter ferry";
        let password = NewPassword::parse(&typed.into(), &typed.into(), &[]).unwrap();
        let step = factor.step_of(&factor.code(at(0)), at(0)).unwrap();
        set_up(&issuer, &link, &password, step, at(0)).unwrap().unwrap();
        let mut times: [Vec<std::time::Duration>; 2] = [Vec::new(), Vec::new()];
        for _ in 0..TRIES {
            // One after the other, so that whatever else the machine does falls on both.
            for (login, times) in ["amina", "nobody"].into_iter().zip(&mut times) {
                let attempt =
                    Attempt { login: login.to_owned(), password: "wrong".into(), code: "000000".into() };
                let begun = std::time::Instant::now();
                assert!(sign_in(&issuer, &dummy, &attempt, |_| true, None, at(60)).unwrap().is_none());
                times.push(begun.elapsed());
            }
        }
        let median = |mut times: Vec<std::time::Duration>| {
            times.sort_unstable();
            times[TRIES / 2].as_secs_f64()
        };
        let [known, unknown] = times.map(median);
        assert!(
            (0.85..1.15).contains(&(known / unknown)),
            "{known} s for a known login, {unknown} s for none"
        );
    }
}
