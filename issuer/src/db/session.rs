//! Sessions of signed-in officers. What is kept is a hash of what the officer's browser holds.

use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;

use super::officer::Officer;
use super::schema::session;
use super::{AnyConnection, Id, UtcTime};

/// A session nobody used for this long is over.
pub const IDLE: Duration = Duration::minutes(15);
/// A session this old is over, used or not.
pub const LONGEST: Duration = Duration::hours(10);

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = session)]
#[diesel(treat_none_as_default_value = false)]
pub struct Session {
    /// Its id, which opens nothing.
    pub id: Id<Session>,
    /// The hash of the token in the officer's browser.
    pub token_hash: Vec<u8>,
    /// Whose it is.
    pub officer_id: Id<Officer>,
    /// When the officer signed in.
    pub created_at: UtcTime,
    /// When it was used last.
    pub last_seen_at: UtcTime,
    /// What every form of this session carries.
    pub csrf_secret: Vec<u8>,
    /// When it was ended.
    pub ended_at: Option<UtcTime>,
}

impl Session {
    /// Keeps a new session.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        diesel::insert_into(session::table).values(self).execute(conn).map(drop)
    }

    /// The session of a token, ended or not.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, token_hash: &[u8; 32]) -> QueryResult<Option<Self>> {
        session::table.filter(session::token_hash.eq(token_hash.as_slice())).first(conn).optional()
    }

    /// Whether it still counts.
    #[must_use]
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none()
            && now < self.last_seen_at.utc() + IDLE
            && now < self.created_at.utc() + LONGEST
    }

    /// The sessions of an officer that still count, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn live_of(
        conn: &mut AnyConnection,
        officer: &Id<Officer>,
        now: DateTime<Utc>,
    ) -> QueryResult<Vec<Self>> {
        session::table
            .filter(session::officer_id.eq(officer))
            .filter(session::ended_at.is_null())
            .filter(session::last_seen_at.gt(UtcTime::from(now - IDLE)))
            .filter(session::created_at.gt(UtcTime::from(now - LONGEST)))
            .order(session::created_at.desc())
            .load(conn)
    }

    /// Notes that it was used.
    ///
    /// # Errors
    /// When the database fails.
    pub fn touch(conn: &mut AnyConnection, id: &Id<Self>, now: DateTime<Utc>) -> QueryResult<()> {
        diesel::update(session::table.find(id))
            .set(session::last_seen_at.eq(UtcTime::from(now)))
            .execute(conn)
            .map(drop)
    }

    /// Ends it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end(conn: &mut AnyConnection, id: &Id<Self>, now: DateTime<Utc>) -> QueryResult<()> {
        diesel::update(session::table.find(id).filter(session::ended_at.is_null()))
            .set(session::ended_at.eq(Some(UtcTime::from(now))))
            .execute(conn)
            .map(drop)
    }

    /// Ends all sessions of an officer but one, if one is named; says how many.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end_all(
        conn: &mut AnyConnection,
        officer: &Id<Officer>,
        but: Option<&Id<Self>>,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        let but = but.map(Id::as_str).unwrap_or_default();
        diesel::update(
            session::table
                .filter(session::officer_id.eq(officer))
                .filter(session::ended_at.is_null())
                .filter(session::id.ne(but)),
        )
        .set(session::ended_at.eq(Some(UtcTime::from(now))))
        .execute(conn)
    }

    /// Forgets sessions that ended, or would have, before a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_before(conn: &mut AnyConnection, before: DateTime<Utc>) -> QueryResult<usize> {
        let oldest = UtcTime::from(before - LONGEST);
        diesel::delete(session::table.filter(session::created_at.lt(oldest))).execute(conn)
    }
}

#[cfg(test)]
mod tests {
    use super::super::officer::{NewOfficer, PasswordDigest, Role};
    use super::super::testing::{databases, now};
    use super::*;
    use crate::edge::new_id;

    fn session(officer: &Id<Officer>, token: u8) -> Session {
        Session {
            id: Id::new(new_id(now())),
            token_hash: vec![token; 32],
            officer_id: officer.clone(),
            created_at: now().into(),
            last_seen_at: now().into(),
            csrf_secret: vec![9; 32],
            ended_at: None,
        }
    }

    #[test]
    fn a_session_lasts_while_it_is_used_and_never_longer_than_a_day_at_work() {
        let mut one = session(&Id::new(new_id(now())), 1);
        assert!(one.is_live(now() + IDLE - Duration::seconds(1)));
        assert!(!one.is_live(now() + IDLE));
        one.last_seen_at = (now() + LONGEST - Duration::minutes(1)).into();
        assert!(one.is_live(now() + LONGEST - Duration::seconds(1)));
        assert!(!one.is_live(now() + LONGEST));
        one.ended_at = Some(now().into());
        assert!(!one.is_live(now()));
    }

    #[test]
    fn sessions_are_ended_and_forgotten() {
        for test in databases() {
            let login = "amina".to_owned();
            let new = NewOfficer::new(new_id(now()), login, Role::Auditor, PasswordDigest::none(), now());
            let officer = test.write(|tx| Ok(Officer::insert(tx.conn(), &new)?)).id;
            let all: Vec<_> = (1..=3).map(|token| session(&officer, token)).collect();
            let live = |at| test.write(|tx| Ok(Session::live_of(tx.conn(), &officer, at)?)).len();
            test.write(|tx| Ok(all.iter().try_for_each(|one| one.insert(tx.conn()))?));
            assert_eq!(live(now()), 3);
            let later = now() + Duration::minutes(10);
            test.write(|tx| Ok(Session::touch(tx.conn(), &all[0].id, later)?));
            assert_eq!(live(now() + IDLE), 1);
            assert_eq!(test.write(|tx| Ok(Session::find(tx.conn(), &[9; 32])?)), None);
            let found = test.write(|tx| Ok(Session::find(tx.conn(), &[1; 32])?)).unwrap();
            assert_eq!((found.id, found.last_seen_at.utc()), (all[0].id.clone(), later));
            let ended = test.write(|tx| Ok(Session::end_all(tx.conn(), &officer, Some(&all[1].id), later)?));
            assert_eq!((ended, live(later)), (2, 1));
            test.write(|tx| Ok(Session::end(tx.conn(), &all[1].id, later)?));
            assert_eq!(live(later), 0);
            assert_eq!(test.write(|tx| Ok(Session::forget_before(tx.conn(), now())?)), 0);
            let old = now() + LONGEST + Duration::seconds(1);
            assert_eq!(test.write(|tx| Ok(Session::forget_before(tx.conn(), old)?)), 3);
        }
    }
}
