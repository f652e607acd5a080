//! Tokens with which other programs of the city call. What is kept is a hash of what the program holds.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::schema::api_token;
use super::{AnyConnection, Id, UtcTime, Word};

/// What a program may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Issue cards.
    Issue,
    /// Be answered with the card it has just issued, for print.
    Print,
    /// Look cards up by their number.
    LookUp,
    /// Ask whether a card is good.
    Status,
    /// Suspend cards, and make them good again.
    Suspend,
    /// Revoke cards.
    Revoke,
}

impl Word for Scope {
    const ALL: &'static [Self] =
        &[Self::Issue, Self::Print, Self::LookUp, Self::Status, Self::Suspend, Self::Revoke];

    fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Print => "print",
            Self::LookUp => "look-up",
            Self::Status => "status",
            Self::Suspend => "suspend",
            Self::Revoke => "revoke",
        }
    }
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = api_token)]
#[diesel(treat_none_as_default_value = false)]
pub struct ApiToken {
    /// Its id, which opens nothing: as which the audit log knows the program.
    pub id: Id<ApiToken>,
    /// What the program is called.
    pub name: String,
    /// The hash of the token that the program holds.
    pub token_hash: Vec<u8>,
    /// What it may do: words of [`Scope`], with spaces between.
    pub scopes: String,
    /// The desk that it acts at.
    pub desk: String,
    /// How many calls a minute are answered.
    pub calls_a_minute: i64,
    /// When it was made.
    pub made_at: UtcTime,
    /// From when on it opens nothing.
    pub expires_at: UtcTime,
    /// When it was withdrawn.
    pub withdrawn_at: Option<UtcTime>,
}

impl ApiToken {
    /// Keeps a new token.
    ///
    /// # Errors
    /// When the name was given before, or the database fails.
    pub fn insert(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        diesel::insert_into(api_token::table).values(self).execute(conn).map(drop)
    }

    /// The token of a hash, good or not.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, token_hash: &[u8; 32]) -> QueryResult<Option<Self>> {
        api_token::table.filter(api_token::token_hash.eq(token_hash.as_slice())).first(conn).optional()
    }

    /// The token of a name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_by_name(conn: &mut AnyConnection, name: &str) -> QueryResult<Option<Self>> {
        api_token::table.filter(api_token::name.eq(name)).first(conn).optional()
    }

    /// Every token there ever was, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        api_token::table.order(api_token::name).load(conn)
    }

    /// Withdraws it, and says whether that was news.
    ///
    /// # Errors
    /// When the database fails.
    pub fn withdraw(conn: &mut AnyConnection, id: &Id<Self>, now: DateTime<Utc>) -> QueryResult<bool> {
        let withdrawn = diesel::update(api_token::table.find(id).filter(api_token::withdrawn_at.is_null()))
            .set(api_token::withdrawn_at.eq(Some(UtcTime::from(now))))
            .execute(conn)?;
        Ok(withdrawn == 1)
    }

    /// Whether it still opens anything.
    #[must_use]
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.withdrawn_at.is_none() && now < self.expires_at.utc()
    }

    /// Whether it may do this.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.split(' ').any(|word| word == scope.as_str())
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::super::testing::{databases, now};
    use super::*;
    use crate::edge::new_id;

    fn token(name: &str, hash: u8) -> ApiToken {
        ApiToken {
            id: Id::new(new_id(now())),
            name: name.to_owned(),
            token_hash: vec![hash; 32],
            scopes: "issue look-up".to_owned(),
            desk: "library".to_owned(),
            calls_a_minute: 600,
            made_at: now().into(),
            expires_at: (now() + Duration::days(90)).into(),
            withdrawn_at: None,
        }
    }

    #[test]
    fn a_token_is_good_until_its_day_or_until_it_is_withdrawn() {
        for test in databases() {
            let kept = token("library", 1);
            test.write(|tx| Ok(kept.insert(tx.conn())?));
            let find = |hash: u8| test.write(|tx| Ok(ApiToken::find(tx.conn(), &[hash; 32])?));
            assert_eq!(find(1), Some(kept.clone()));
            assert_eq!(find(2), None);
            assert!(kept.is_live(now() + Duration::days(90) - Duration::seconds(1)));
            assert!(!kept.is_live(now() + Duration::days(90)));
            let may: Vec<_> = Scope::ALL.iter().filter(|scope| kept.may(**scope)).collect();
            assert_eq!(may, [&Scope::Issue, &Scope::LookUp]);
            let withdraw = || test.write(|tx| Ok(ApiToken::withdraw(tx.conn(), &kept.id, now())?));
            assert_eq!((withdraw(), withdraw()), (true, false));
            assert!(!find(1).unwrap().is_live(now()));
        }
    }

    #[test]
    fn a_name_is_given_once() {
        for test in databases() {
            test.write(|tx| Ok(token("library", 1).insert(tx.conn())?));
            let again = test.db.write(|tx| {
                tx.audit(super::super::testing::entry("again"))?;
                Ok::<_, super::super::DbError>(token("library", 2).insert(tx.conn())?)
            });
            assert!(matches!(again, Err(super::super::DbError::Query(_))), "{again:?}");
        }
    }
}
