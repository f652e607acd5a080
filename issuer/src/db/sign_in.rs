//! What an officer signs in with besides the password: one-time links, changing codes, recovery codes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::officer::Officer;
use super::schema::{officer_recovery, second_factor, sign_in_link};
use super::{AnyConnection, Id, UtcTime};

/// A one-time link, with which an officer chooses a password.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = sign_in_link)]
#[diesel(treat_none_as_default_value = false)]
pub struct SignInLink {
    /// The hash of what stands in the link.
    pub token_hash: Vec<u8>,
    /// Whose it is.
    pub officer_id: Id<Officer>,
    /// Until when it is good.
    pub expires_at: UtcTime,
    /// When it was used.
    pub used_at: Option<UtcTime>,
}

impl SignInLink {
    /// Keeps a new link, in place of all earlier ones of the officer.
    ///
    /// # Errors
    /// When the database fails.
    pub fn replace(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        let earlier = sign_in_link::table.filter(sign_in_link::officer_id.eq(&self.officer_id));
        diesel::delete(earlier).execute(conn)?;
        diesel::insert_into(sign_in_link::table).values(self).execute(conn).map(drop)
    }

    /// The link of a hash, if it is still good.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_good(
        conn: &mut AnyConnection,
        token_hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> QueryResult<Option<Self>> {
        sign_in_link::table
            .find(token_hash.as_slice())
            .filter(sign_in_link::used_at.is_null())
            .filter(sign_in_link::expires_at.gt(UtcTime::from(now)))
            .first(conn)
            .optional()
    }

    /// Uses it; says whether it was still good.
    ///
    /// # Errors
    /// When the database fails.
    pub fn use_up(conn: &mut AnyConnection, token_hash: &[u8; 32], now: DateTime<Utc>) -> QueryResult<bool> {
        let good = sign_in_link::table
            .find(token_hash.as_slice())
            .filter(sign_in_link::used_at.is_null())
            .filter(sign_in_link::expires_at.gt(UtcTime::from(now)));
        let used =
            diesel::update(good).set(sign_in_link::used_at.eq(Some(UtcTime::from(now)))).execute(conn)?;
        Ok(used == 1)
    }

    /// Forgets the links of an officer.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget(conn: &mut AnyConnection, officer: &Id<Officer>) -> QueryResult<()> {
        let links = sign_in_link::table.filter(sign_in_link::officer_id.eq(officer));
        diesel::delete(links).execute(conn).map(drop)
    }
}

/// The secret behind an officer's changing codes.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = second_factor)]
#[diesel(treat_none_as_default_value = false)]
pub struct SecondFactor {
    /// Whose it is.
    pub officer_id: Id<Officer>,
    /// The secret, sealed under a key of the keystore.
    pub sealed_secret: Vec<u8>,
    /// The step of the last code that was used.
    pub last_step: i64,
}

impl SecondFactor {
    /// Keeps it, in place of an earlier one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn replace(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        Self::forget(conn, &self.officer_id)?;
        diesel::insert_into(second_factor::table).values(self).execute(conn).map(drop)
    }

    /// The second factor of an officer.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, officer: &Id<Officer>) -> QueryResult<Option<Self>> {
        second_factor::table.find(officer).first(conn).optional()
    }

    /// Uses the code of a step; says whether it is later than that of the last one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn use_step(conn: &mut AnyConnection, officer: &Id<Officer>, step: i64) -> QueryResult<bool> {
        let earlier = second_factor::table.find(officer).filter(second_factor::last_step.lt(step));
        let used = diesel::update(earlier).set(second_factor::last_step.eq(step)).execute(conn)?;
        Ok(used == 1)
    }

    /// Forgets the second factor of an officer.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget(conn: &mut AnyConnection, officer: &Id<Officer>) -> QueryResult<()> {
        diesel::delete(second_factor::table.find(officer)).execute(conn).map(drop)
    }
}

/// A recovery code of an officer, hashed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = officer_recovery)]
#[diesel(treat_none_as_default_value = false)]
pub struct OfficerRecovery {
    /// The hash of the code, under a key of the keystore.
    pub code_hash: Vec<u8>,
    /// Whose it is.
    pub officer_id: Id<Officer>,
    /// When it was used.
    pub used_at: Option<UtcTime>,
}

impl OfficerRecovery {
    /// Keeps codes, in place of all earlier ones of the officer.
    ///
    /// # Errors
    /// When the database fails.
    pub fn replace_all(
        conn: &mut AnyConnection,
        officer: &Id<Officer>,
        hashes: &[[u8; 32]],
    ) -> QueryResult<()> {
        Self::forget(conn, officer)?;
        for hash in hashes {
            let code = Self { code_hash: hash.to_vec(), officer_id: officer.clone(), used_at: None };
            diesel::insert_into(officer_recovery::table).values(&code).execute(conn)?;
        }
        Ok(())
    }

    /// Uses a code; says whether the officer had it unused.
    ///
    /// # Errors
    /// When the database fails.
    pub fn use_up(
        conn: &mut AnyConnection,
        officer: &Id<Officer>,
        hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> QueryResult<bool> {
        let unused = officer_recovery::table
            .find(hash.as_slice())
            .filter(officer_recovery::officer_id.eq(officer))
            .filter(officer_recovery::used_at.is_null());
        let used = diesel::update(unused)
            .set(officer_recovery::used_at.eq(Some(UtcTime::from(now))))
            .execute(conn)?;
        Ok(used == 1)
    }

    /// How many codes an officer has left.
    ///
    /// # Errors
    /// When the database fails.
    pub fn left(conn: &mut AnyConnection, officer: &Id<Officer>) -> QueryResult<i64> {
        officer_recovery::table
            .filter(officer_recovery::officer_id.eq(officer))
            .filter(officer_recovery::used_at.is_null())
            .count()
            .get_result(conn)
    }

    /// Forgets the codes of an officer.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget(conn: &mut AnyConnection, officer: &Id<Officer>) -> QueryResult<()> {
        let codes = officer_recovery::table.filter(officer_recovery::officer_id.eq(officer));
        diesel::delete(codes).execute(conn).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::super::officer::{NewOfficer, PasswordDigest, Role};
    use super::super::testing::{TestDatabase, databases, now};
    use super::*;
    use crate::edge::new_id;

    fn officer(test: &TestDatabase, login: &str) -> Id<Officer> {
        let digest = PasswordDigest::none();
        let new = NewOfficer::new(new_id(now()), login.to_owned(), Role::Approver, digest, now());
        test.write(|tx| Ok(Officer::insert(tx.conn(), &new)?)).id
    }

    #[test]
    fn a_link_is_good_once_and_for_a_while_and_until_the_next() {
        for test in databases() {
            let officer = officer(&test, "amina");
            let link = |token: u8| SignInLink {
                token_hash: vec![token; 32],
                officer_id: officer.clone(),
                expires_at: (now() + Duration::hours(24)).into(),
                used_at: None,
            };
            let good = |token, at| {
                test.write(|tx| Ok(SignInLink::find_good(tx.conn(), &[token; 32], at)?)).is_some()
            };
            test.write(|tx| Ok(link(1).replace(tx.conn())?));
            test.write(|tx| Ok(link(2).replace(tx.conn())?));
            let last = now() + Duration::hours(24) - Duration::seconds(1);
            assert_eq!([good(1, now()), good(2, now()), good(2, last)], [false, true, true]);
            assert!(!good(2, now() + Duration::hours(24)));
            let use_up = |at| test.write(|tx| Ok(SignInLink::use_up(tx.conn(), &[2; 32], at)?));
            assert_eq!(
                [use_up(now() + Duration::hours(24)), use_up(last), use_up(last)],
                [false, true, false]
            );
            assert!(!good(2, now()));
        }
    }

    #[test]
    fn codes_are_good_once() {
        for test in databases() {
            let (one, other) = (officer(&test, "amina"), officer(&test, "bo"));
            let factor = SecondFactor { officer_id: one.clone(), sealed_secret: vec![0, 255], last_step: 7 };
            test.write(|tx| Ok(factor.replace(tx.conn())?));
            assert_eq!(test.write(|tx| Ok(SecondFactor::find(tx.conn(), &one)?)), Some(factor));
            let step = |officer: &Id<Officer>, step| {
                test.write(|tx| Ok(SecondFactor::use_step(tx.conn(), officer, step)?))
            };
            assert_eq!([step(&one, 7), step(&one, 8), step(&one, 8)], [false, true, false]);
            assert!(!step(&other, 9));

            test.write(|tx| Ok(OfficerRecovery::replace_all(tx.conn(), &one, &[[1; 32], [2; 32]])?));
            let recover = |officer: &Id<Officer>, code| {
                test.write(|tx| Ok(OfficerRecovery::use_up(tx.conn(), officer, &[code; 32], now())?))
            };
            assert_eq!(
                [recover(&other, 1), recover(&one, 1), recover(&one, 1), recover(&one, 3)],
                [false, true, false, false]
            );
            assert_eq!(test.write(|tx| Ok(OfficerRecovery::left(tx.conn(), &one)?)), 1);
        }
    }
}
