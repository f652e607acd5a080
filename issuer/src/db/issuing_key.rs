//! Issuing keys: their public halves and how far they are trusted. The private halves are in the keystore.

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use super::columns::{Raw, put_text, take_word};
use super::schema::issuing_key;
use super::{AnyConnection, MultiBackend, UtcTime, Word};

/// A key that signs cards or status lists.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct IssuingKey {
    /// The key's COSE kid, in hexadecimal.
    pub kid: String,
    /// What it signs.
    pub usage: KeyUse,
    /// How far it is trusted.
    pub state: KeyState,
    /// It signs nothing before.
    pub not_before: UtcTime,
    /// It signs nothing after.
    pub not_after: UtcTime,
    /// Since when it may have been in other hands.
    pub compromised_since: Option<UtcTime>,
    /// The public key.
    pub public_key: Vec<u8>,
    /// When it was made.
    pub created_at: UtcTime,
    /// The desk or event kit that it signs for; none for every other.
    pub desk: Option<String>,
}

/// A key to be added.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = issuing_key)]
#[diesel(treat_none_as_default_value = false)]
pub struct NewIssuingKey {
    /// The key's COSE kid, in hexadecimal.
    pub kid: String,
    /// What it signs.
    pub usage: KeyUse,
    /// How far it is trusted; not compromised.
    pub state: KeyState,
    /// It signs nothing before.
    pub not_before: UtcTime,
    /// It signs nothing after.
    pub not_after: UtcTime,
    /// The public key.
    pub public_key: Vec<u8>,
    /// When it was made.
    pub created_at: UtcTime,
    /// The desk or event kit that it signs for; none for every other.
    pub desk: Option<String>,
}

impl IssuingKey {
    /// Adds a key.
    ///
    /// # Errors
    /// When there is such a key, or the database fails.
    pub fn insert(conn: &mut AnyConnection, new: &NewIssuingKey) -> QueryResult<Self> {
        diesel::insert_into(issuing_key::table)
            .values(new)
            .returning(issuing_key::all_columns)
            .get_result(conn)
    }

    /// The key of a kid.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, kid: &str) -> QueryResult<Option<Self>> {
        issuing_key::table.find(kid).first(conn).optional()
    }

    /// Every key, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        issuing_key::table.order((issuing_key::created_at, issuing_key::kid)).load(conn)
    }

    /// The keys of one use and state, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(conn: &mut AnyConnection, usage: KeyUse, state: KeyState) -> QueryResult<Vec<Self>> {
        issuing_key::table
            .filter(issuing_key::usage.eq(usage))
            .filter(issuing_key::state.eq(state))
            .order((issuing_key::created_at.desc(), issuing_key::kid))
            .load(conn)
    }

    /// An active key signs no more; what it signed stays good.
    ///
    /// # Errors
    /// When there is no such active key, or the database fails.
    pub fn retire(conn: &mut AnyConnection, kid: &str) -> QueryResult<Self> {
        diesel::update(issuing_key::table.find(kid).filter(issuing_key::state.eq(KeyState::Active)))
            .set(issuing_key::state.eq(KeyState::Retired))
            .returning(issuing_key::all_columns)
            .get_result(conn)
    }

    /// An active key signs until then and no longer: its successor begins there.
    ///
    /// # Errors
    /// When there is no such active key, or the database fails.
    pub fn end_at(conn: &mut AnyConnection, kid: &str, end: DateTime<Utc>) -> QueryResult<Self> {
        diesel::update(issuing_key::table.find(kid).filter(issuing_key::state.eq(KeyState::Active)))
            .set(issuing_key::not_after.eq(UtcTime::from(end)))
            .returning(issuing_key::all_columns)
            .get_result(conn)
    }

    /// A key may have been in other hands since then. There is no way back.
    ///
    /// # Errors
    /// When there is no such key, or the database fails.
    pub fn compromise(conn: &mut AnyConnection, kid: &str, since: DateTime<Utc>) -> QueryResult<Self> {
        diesel::update(issuing_key::table.find(kid))
            .set((
                issuing_key::state.eq(KeyState::Compromised),
                issuing_key::compromised_since.eq(Some(UtcTime::from(since))),
            ))
            .returning(issuing_key::all_columns)
            .get_result(conn)
    }
}

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum KeyUse {
    /// The credentials on cards.
    Card,
    /// Status lists.
    Status,
}

impl Word for KeyUse {
    const ALL: &'static [Self] = &[Self::Card, Self::Status];

    fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Status => "status",
        }
    }
}

impl ToSql<Text, MultiBackend> for KeyUse {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for KeyUse {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

/// How far a key is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum KeyState {
    /// It signs.
    Active,
    /// It signs no more; what it signed is good.
    Retired,
    /// What it signed since a certain time is not good.
    Compromised,
}

impl Word for KeyState {
    const ALL: &'static [Self] = &[Self::Active, Self::Retired, Self::Compromised];

    fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Compromised => "compromised",
        }
    }
}

impl ToSql<Text, MultiBackend> for KeyState {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for KeyState {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::super::testing::{databases, new_key, now};
    use super::super::{DbError, UtcTime};
    use super::*;

    #[test]
    fn keys_are_found_by_use_and_state() {
        for test in databases() {
            test.write(|tx| {
                for (kid, usage, age) in
                    [("a1", KeyUse::Card, 3), ("b2", KeyUse::Card, 1), ("c3", KeyUse::Status, 2)]
                {
                    let mut new = new_key(kid, usage);
                    new.created_at = (now() - Duration::days(age)).into();
                    IssuingKey::insert(tx.conn(), &new)?;
                }
                Ok(())
            });
            let kids = |usage, state| -> Vec<String> {
                test.db
                    .read(|conn| Ok::<_, DbError>(IssuingKey::of(conn, usage, state)?))
                    .unwrap()
                    .into_iter()
                    .map(|key| key.kid)
                    .collect()
            };
            assert_eq!(kids(KeyUse::Card, KeyState::Active), ["b2", "a1"]);
            assert_eq!(kids(KeyUse::Status, KeyState::Active), ["c3"]);

            test.write(|tx| {
                IssuingKey::retire(tx.conn(), "a1")?;
                let bad = IssuingKey::compromise(tx.conn(), "b2", now())?;
                assert_eq!(bad.compromised_since, Some(UtcTime::from(now())));
                assert_eq!(bad.public_key, [0, 1, 255]);
                Ok(())
            });
            assert_eq!(kids(KeyUse::Card, KeyState::Active), [""; 0]);
            assert_eq!(kids(KeyUse::Card, KeyState::Retired), ["a1"]);
            let again = test.db.write(|tx| {
                tx.audit(super::super::testing::entry("b2"))?;
                Ok::<_, DbError>(IssuingKey::retire(tx.conn(), "b2")?)
            });
            assert!(matches!(again, Err(DbError::Query(diesel::result::Error::NotFound))));
        }
    }
}
