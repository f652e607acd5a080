//! Officers by their logins, times and days as the pages show them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use diesel::QueryResult;

use super::say::Say;
use crate::db::api_token::ApiToken;
use crate::db::officer::Officer as Account;
use crate::db::{AnyConnection, UtcTime};

/// Who did what: officers by login, other programs by name, the rest in words.
pub(super) struct Names(HashMap<String, String>);

impl Names {
    pub(super) fn all(conn: &mut AnyConnection) -> QueryResult<Self> {
        let accounts = Account::all(conn)?.into_iter().map(|account| (account.id.to_string(), account.login));
        let programs = ApiToken::all(conn)?.into_iter().map(|token| (token.id.to_string(), token.name));
        Ok(Self(accounts.chain(programs).collect()))
    }

    /// What an actor of the audit log is called.
    pub(super) fn of(&self, actor: &str, say: &Say) -> String {
        match actor {
            "command-line" => say.t("who-command-line"),
            "schedule" => say.t("who-schedule"),
            "signed-out" => say.t("who-signed-out"),
            id => self.0.get(id).map_or(id, String::as_str).to_owned(),
        }
    }

    /// Every login and name, in order.
    pub(super) fn logins(&self) -> Vec<String> {
        let mut logins: Vec<_> = self.0.values().cloned().collect();
        logins.sort();
        logins
    }

    /// The id of a login.
    pub(super) fn id_of(&self, login: &str) -> Option<&str> {
        self.0.iter().find(|(_, known)| *known == login).map(|(id, _)| id.as_str())
    }
}

/// The words of somebody who did something at a time.
pub(super) fn by_at(who: &str, at: UtcTime) -> String {
    format!("{who} {}", minute(at.utc()))
}

pub(super) fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

pub(super) fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}

/// A day as a form's field for days sends it; none where it was left empty.
pub(super) fn typed_day(text: &str) -> Result<Option<NaiveDate>, chrono::ParseError> {
    match text.trim() {
        "" => Ok(None),
        text => NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Some),
    }
}

/// The first moment of a day.
pub(super) fn begin_of(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// The first moment after a day.
pub(super) fn end_of(day: NaiveDate) -> DateTime<Utc> {
    day.succ_opt().map_or(DateTime::<Utc>::MAX_UTC, begin_of)
}

/// What is said by the message `family-word`; the word itself where there is no such message.
pub(super) fn word(say: &Say, family: &str, word: &str) -> String {
    let id = format!("{family}-{word}");
    let said = say.t(&id);
    if said == id { word.to_owned() } else { said }
}
