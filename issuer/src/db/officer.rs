//! Officers: who may sign in, and in which role.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::columns::{Raw, put_text, take_word};
use super::schema::officer;
use super::{AnyConnection, Id, MultiBackend, UtcTime, Word};

/// An officer's account.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Officer {
    /// The account's id, which cards and the audit log name.
    pub id: Id<Officer>,
    /// The name to sign in with.
    pub login: String,
    /// What the officer may do.
    pub role: Role,
    /// How the password is checked.
    pub password_hash: PasswordDigest,
    /// When the account was made.
    pub created_at: UtcTime,
    /// Whether the officer may sign in.
    pub state: OfficerState,
}

/// An account to be made.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = officer)]
#[diesel(treat_none_as_default_value = false)]
pub struct NewOfficer {
    id: Id<Officer>,
    login: String,
    role: Role,
    password_hash: PasswordDigest,
    created_at: UtcTime,
    state: OfficerState,
}

impl NewOfficer {
    /// An active account.
    #[must_use]
    pub fn new(id: Uuid, login: String, role: Role, password: PasswordDigest, now: DateTime<Utc>) -> Self {
        Self {
            id: Id::new(id),
            login,
            role,
            password_hash: password,
            created_at: now.into(),
            state: OfficerState::Active,
        }
    }
}

impl Officer {
    /// Makes an account.
    ///
    /// # Errors
    /// When the login is taken, or the database fails.
    pub fn insert(conn: &mut AnyConnection, new: &NewOfficer) -> QueryResult<Self> {
        diesel::insert_into(officer::table).values(new).returning(officer::all_columns).get_result(conn)
    }

    /// The account of a login.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_by_login(conn: &mut AnyConnection, login: &str) -> QueryResult<Option<Self>> {
        officer::table.filter(officer::login.eq(login)).first(conn).optional()
    }

    /// The account of an id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, id: &Id<Self>) -> QueryResult<Option<Self>> {
        officer::table.find(id).first(conn).optional()
    }

    /// Every account, by login.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        officer::table.order(officer::login).load(conn)
    }

    /// Blocks the account or lets it in again.
    ///
    /// # Errors
    /// When there is no such account, or the database fails.
    pub fn change_state(conn: &mut AnyConnection, id: &Id<Self>, state: OfficerState) -> QueryResult<Self> {
        diesel::update(officer::table.find(id))
            .set(officer::state.eq(state))
            .returning(officer::all_columns)
            .get_result(conn)
    }

    /// Changes the password.
    ///
    /// # Errors
    /// When there is no such account, or the database fails.
    pub fn change_password(
        conn: &mut AnyConnection,
        id: &Id<Self>,
        password: &PasswordDigest,
    ) -> QueryResult<Self> {
        diesel::update(officer::table.find(id))
            .set(officer::password_hash.eq(password))
            .returning(officer::all_columns)
            .get_result(conn)
    }
}

/// What an officer may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Role {
    /// Enrols residents and hands cards over.
    Registrar,
    /// Gives the second look that a refusal needs.
    Approver,
    /// Reads the audit log.
    Auditor,
    /// Keeps keys, officers and lists.
    Custodian,
}

impl Word for Role {
    const ALL: &'static [Self] = &[Self::Registrar, Self::Approver, Self::Auditor, Self::Custodian];

    fn as_str(self) -> &'static str {
        match self {
            Self::Registrar => "registrar",
            Self::Approver => "approver",
            Self::Auditor => "auditor",
            Self::Custodian => "custodian",
        }
    }
}

impl ToSql<Text, MultiBackend> for Role {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for Role {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

/// Whether an officer may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum OfficerState {
    /// May sign in.
    Active,
    /// May not.
    Blocked,
}

impl Word for OfficerState {
    const ALL: &'static [Self] = &[Self::Active, Self::Blocked];

    fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Blocked => "blocked",
        }
    }
}

impl ToSql<Text, MultiBackend> for OfficerState {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for OfficerState {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

/// A password as it is kept: Argon2id with its salt and costs, as a PHC string.
#[derive(Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct PasswordDigest(String);

impl PasswordDigest {
    /// What stands there until a password is chosen. Nothing matches it.
    #[must_use]
    pub fn none() -> Self {
        Self("none".to_owned())
    }

    /// Whether no password was chosen yet.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::none()
    }

    /// Works the password of a new account through Argon2id; slow on purpose.
    ///
    /// # Errors
    /// When the password is longer than Argon2 takes.
    pub fn of(password: &SecretString, salt: [u8; 16]) -> Result<Self, argon2::password_hash::Error> {
        let hash: PasswordHash =
            Argon2::default().hash_password_with_salt(password.expose_secret().as_bytes(), &salt)?;
        Ok(Self(hash.to_string()))
    }

    /// Whether this is the password; slow on purpose.
    #[must_use]
    pub fn matches(&self, password: &SecretString) -> bool {
        PasswordHash::new(&self.0).is_ok_and(|hash| {
            Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok()
        })
    }
}

impl std::fmt::Debug for PasswordDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordDigest(…)")
    }
}

impl ToSql<Text, MultiBackend> for PasswordDigest {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(&self.0, out)
    }
}

impl FromSql<Text, MultiBackend> for PasswordDigest {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        raw.from_sql::<String, Text>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{databases, now};
    use super::*;
    use crate::edge::new_id;

    #[test]
    fn an_account_is_kept_and_blocked() {
        let password = PasswordDigest::of(&"correct horse".into(), [7; 16]).unwrap();
        assert!(password.matches(&"correct horse".into()));
        assert!(!password.matches(&"correct hors".into()));
        assert_eq!(format!("{password:?}"), "PasswordDigest(…)");
        assert!(PasswordDigest::none().is_none() && !password.is_none());
        assert!(!PasswordDigest::none().matches(&"none".into()));
        for test in databases() {
            let new =
                NewOfficer::new(new_id(now()), "amina".to_owned(), Role::Approver, password.clone(), now());
            let made = test.write(|tx| Ok(Officer::insert(tx.conn(), &new)?));
            assert_eq!(made.password_hash, password);
            assert!(made.password_hash.0.starts_with("$argon2id$v=19$"));
            let found = test.write(|tx| Ok(Officer::find_by_login(tx.conn(), "amina")?)).unwrap();
            assert_eq!((found.role, found.created_at.utc()), (Role::Approver, now()));
            let blocked =
                test.write(|tx| Ok(Officer::change_state(tx.conn(), &made.id, OfficerState::Blocked)?));
            assert_eq!(blocked.state, OfficerState::Blocked);
            let none = PasswordDigest::none();
            let changed = test.write(|tx| Ok(Officer::change_password(tx.conn(), &made.id, &none)?));
            assert_eq!(changed.password_hash, none);
            assert_eq!(test.write(|tx| Ok(Officer::find_by_login(tx.conn(), "nobody")?)), None);
        }
    }
}
