//! Tokens: made, listed, withdrawn.

use chrono::{DateTime, Duration, SubsecRound as _, Utc};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::api_token::{ApiToken, Scope};
use crate::db::officer::Officer;
use crate::db::{Id, Word as _};
use crate::issuance::entry;
use crate::officers::Token;
use crate::{Error, Issuer, edge};

/// What every token begins with, so that one that lies where it should not is found by a search.
pub const PREFIX: &str = "cardapi_";
/// The most days that a token is good.
pub const LONGEST: u16 = 366;
/// The most characters of a name or a desk.
const LONGEST_NAME: usize = 32;
/// The most calls a minute.
const MOST_CALLS: u32 = 1_000_000;

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What the program is called.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// The desk it acts at; none for one of its own name.
    pub desk: Option<String>,
    /// How many days it is good.
    pub days: u16,
    /// How many calls a minute are answered.
    pub calls_a_minute: u32,
}

/// A new token.
#[derive(Debug)]
pub struct Made {
    /// What is kept of it.
    pub kept: ApiToken,
    token: Token,
}

impl Made {
    /// The token itself, which nobody can be shown again.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}", self.token.text().as_str()))
    }
}

impl Wanted {
    /// Whether it can be made: asked before a second custodian is.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), Error> {
        let refused = |text: String| Err(Error::Refused(text));
        for name in std::iter::once(&self.name).chain(&self.desk) {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if !(1..=LONGEST_NAME).contains(&name.len()) || !name.chars().all(fits) {
                return refused(format!("a name and a desk are 1 to {LONGEST_NAME} of a to z, 0 to 9 and -"));
            }
        }
        let scopes = self.known_scopes()?;
        if scopes.is_empty() {
            return refused("say what the program may do: --scope issue,status".to_owned());
        }
        if scopes.contains(&Scope::Print) && !scopes.contains(&Scope::Issue) {
            return refused("only what a call has just issued is printed: print goes with issue".to_owned());
        }
        if !(1..=LONGEST).contains(&self.days) {
            return refused(format!("a token is good for 1 to {LONGEST} days"));
        }
        if !(1..=MOST_CALLS).contains(&self.calls_a_minute) {
            return refused(format!("1 to {MOST_CALLS} calls a minute are answered"));
        }
        Ok(())
    }

    /// Its scopes, each once, in their order.
    fn known_scopes(&self) -> Result<Vec<Scope>, Error> {
        let mut scopes = Vec::with_capacity(self.scopes.len());
        for word in &self.scopes {
            scopes.push(Scope::from_word(word).ok_or_else(|| {
                let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
                Error::Refused(format!("a program may do these: {}", known.join(", ")))
            })?);
        }
        scopes.sort_unstable();
        scopes.dedup();
        Ok(scopes)
    }
}

/// Makes a token.
///
/// # Errors
/// When it cannot be as wanted, its name was given before, or the database fails.
pub fn make(issuer: &Issuer, wanted: &Wanted, actor: &Actor, now: DateTime<Utc>) -> Result<Made, Error> {
    wanted.check()?;
    let (token, made_at) = (Token::new(), now.trunc_subsecs(0));
    let scopes: Vec<_> = wanted.known_scopes()?.into_iter().map(Scope::as_str).collect();
    let kept = ApiToken {
        id: Id::new(edge::new_id(now)),
        name: wanted.name.clone(),
        token_hash: token.hash().to_vec(),
        scopes: scopes.join(" "),
        desk: wanted.desk.clone().unwrap_or_else(|| wanted.name.clone()),
        calls_a_minute: wanted.calls_a_minute.into(),
        made_at: made_at.into(),
        expires_at: (made_at + Duration::days(wanted.days.into())).into(),
        withdrawn_at: None,
    };
    issuer.db.write(|tx| {
        let given = ApiToken::find_by_name(tx.conn(), &kept.name)?.is_some();
        if given || Officer::find_by_login(tx.conn(), &kept.name)?.is_some() {
            return Err(Error::Refused(format!(
                "{} was given to a program or an officer before, and the audit log must tell them apart: choose another \
                 name",
                kept.name
            )));
        }
        kept.insert(tx.conn())?;
        let mut told = entry(Act::TokenMade, SubjectKind::Program, kept.id.to_string(), actor, now);
        told.reason = Some(kept.scopes.clone());
        tx.audit(told)?;
        Ok(())
    })?;
    Ok(Made { kept, token })
}

/// Withdraws the token of a name: from the next call on it opens nothing.
///
/// # Errors
/// When there is none, it was withdrawn before, or the database fails.
pub fn withdraw(issuer: &Issuer, name: &str, actor: &Actor, now: DateTime<Utc>) -> Result<ApiToken, Error> {
    issuer.db.write(|tx| {
        let token = ApiToken::find_by_name(tx.conn(), name)?;
        let token = token.ok_or_else(|| Error::Refused(format!("no program is called {name}")))?;
        if !ApiToken::withdraw(tx.conn(), &token.id, now)? {
            return Err(Error::Refused(format!("the token of {name} was withdrawn already")));
        }
        tx.audit(entry(Act::TokenWithdrawn, SubjectKind::Program, token.id.to_string(), actor, now))?;
        Ok(token)
    })
}

/// Every token there ever was, by name.
///
/// # Errors
/// When the database fails.
pub fn list(issuer: &Issuer) -> Result<Vec<ApiToken>, Error> {
    issuer.db.read(|conn| Ok::<_, Error>(ApiToken::all(conn)?))
}

/// Reads a token as [`Made::text`] wrote it.
#[must_use]
pub fn read(text: &str) -> Option<Token> {
    text.strip_prefix(PREFIX).and_then(Token::parse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::{cities, now};

    fn wanted() -> Wanted {
        Wanted {
            name: "library-system".to_owned(),
            scopes: ["status", "issue", "status"].map(str::to_owned).to_vec(),
            desk: None,
            days: 90,
            calls_a_minute: 600,
        }
    }

    #[test]
    fn a_token_is_shown_once_and_found_by_its_hash_alone() {
        for city in cities() {
            let actor = Actor::command_line("hall");
            let made = make(&city.issuer, &wanted(), &actor, now()).unwrap();
            assert_eq!(
                (made.kept.scopes.as_str(), made.kept.desk.as_str()),
                ("issue status", "library-system")
            );
            let text = made.text();
            assert!(text.starts_with("cardapi_") && text.len() == 8 + 43, "{}", text.len());
            assert!(!city.test.everything().contains(text.strip_prefix(PREFIX).unwrap()));
            assert!(!format!("{made:?}").contains(text.strip_prefix(PREFIX).unwrap()));
            let hash = read(&text).unwrap().hash();
            let find = |conn: &mut _| Ok::<_, Error>(ApiToken::find(conn, &hash)?);
            assert_eq!(city.issuer.db.read(find).unwrap(), Some(made.kept.clone()));
            assert!(read(text.strip_prefix(PREFIX).unwrap()).is_none());
            withdraw(&city.issuer, "library-system", &actor, now()).unwrap();
            assert!(!city.issuer.db.read(find).unwrap().unwrap().is_live(now()));
            let said = |result: Result<ApiToken, Error>| result.unwrap_err().to_string();
            assert_eq!(
                said(withdraw(&city.issuer, "library-system", &actor, now())),
                "the token of library-system was withdrawn already"
            );
            assert_eq!(said(withdraw(&city.issuer, "pool", &actor, now())), "no program is called pool");
            let again = make(&city.issuer, &wanted(), &actor, now()).unwrap_err().to_string();
            assert!(
                again.starts_with("library-system was given to a program or an officer before"),
                "{again}"
            );
        }
    }

    #[test]
    fn what_cannot_be_is_said_before_anybody_is_asked() {
        let wrong = |change: fn(&mut Wanted)| {
            let mut wanted = wanted();
            change(&mut wanted);
            wanted.check().unwrap_err().to_string()
        };
        let name = "a name and a desk are 1 to 32 of a to z, 0 to 9 and -";
        assert_eq!(wrong(|wanted| wanted.name = "Library".to_owned()), name);
        assert_eq!(wrong(|wanted| wanted.desk = Some(String::new())), name);
        assert_eq!(
            wrong(|wanted| wanted.scopes = vec!["all".to_owned()]),
            "a program may do these: issue, print, look-up, status, suspend, revoke"
        );
        assert_eq!(
            wrong(|wanted| wanted.scopes = Vec::new()),
            "say what the program may do: --scope issue,status"
        );
        assert_eq!(
            wrong(|wanted| wanted.scopes = vec!["print".to_owned()]),
            "only what a call has just issued is printed: print goes with issue"
        );
        assert_eq!(wrong(|wanted| wanted.days = 367), "a token is good for 1 to 366 days");
        assert_eq!(wrong(|wanted| wanted.calls_a_minute = 0), "1 to 1000000 calls a minute are answered");
    }
}
