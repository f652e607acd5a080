//! What one custodian asks for and another approves.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::officer::Officer;
use super::schema::approval;
use super::{AnyConnection, Id, UtcTime};

/// Something that takes two custodians.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = approval)]
#[diesel(treat_none_as_default_value = false)]
pub struct Approval {
    /// Its id.
    pub id: Id<Approval>,
    /// What is to be done, in its JSON form.
    pub what: String,
    /// Who asked.
    pub asked_by: Id<Officer>,
    /// When.
    pub asked_at: UtcTime,
    /// Who approved; none while nobody did.
    pub approved_by: Option<Id<Officer>>,
    /// When.
    pub approved_at: Option<UtcTime>,
}

impl Approval {
    /// Keeps what was asked for.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        diesel::insert_into(approval::table).values(self).execute(conn).map(drop)
    }

    /// What was asked for under this id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, id: &str) -> QueryResult<Option<Self>> {
        approval::table.find(id).first(conn).optional()
    }

    /// What waits for a second custodian and was asked for after then, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn waiting(conn: &mut AnyConnection, since: DateTime<Utc>) -> QueryResult<Vec<Self>> {
        approval::table
            .filter(approval::approved_by.is_null())
            .filter(approval::asked_at.gt(UtcTime::from(since)))
            .order((approval::asked_at, approval::id))
            .load(conn)
    }

    /// Notes who approved, unless somebody did already, and says whether it did.
    ///
    /// # Errors
    /// When the officer is who asked, or the database fails.
    pub fn approve(
        conn: &mut AnyConnection,
        id: &Id<Self>,
        by: &Id<Officer>,
        now: DateTime<Utc>,
    ) -> QueryResult<bool> {
        let noted = diesel::update(approval::table.find(id).filter(approval::approved_by.is_null()))
            .set((approval::approved_by.eq(Some(by)), approval::approved_at.eq(Some(UtcTime::from(now)))))
            .execute(conn)?;
        Ok(noted == 1)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::super::DbError;
    use super::super::officer::{NewOfficer, PasswordDigest, Role};
    use super::super::testing::{databases, entry, now};
    use super::*;
    use crate::edge::new_id;

    #[test]
    fn nobody_approves_their_own_and_none_is_approved_twice() {
        for test in databases() {
            let officer = |login: &str| {
                let new = NewOfficer::new(
                    new_id(now()),
                    login.to_owned(),
                    Role::Custodian,
                    PasswordDigest::none(),
                    now(),
                );
                test.write(|tx| Ok(Officer::insert(tx.conn(), &new)?)).id
            };
            let (one, other) = (officer("one"), officer("other"));
            let asked = Approval {
                id: Id::new(new_id(now())),
                what: "{}".to_owned(),
                asked_by: one.clone(),
                asked_at: now().into(),
                approved_by: None,
                approved_at: None,
            };
            test.write(|tx| Ok(asked.insert(tx.conn())?));
            let waiting =
                |since| test.db.read(|conn| Ok::<_, DbError>(Approval::waiting(conn, since)?)).unwrap().len();
            assert_eq!((waiting(now() - Duration::hours(1)), waiting(now())), (1, 0));
            let own = test.db.write(|tx| {
                tx.audit(entry("own"))?;
                Ok::<_, DbError>(Approval::approve(tx.conn(), &asked.id, &one, now())?)
            });
            assert!(matches!(own, Err(DbError::Query(_))), "{own:?}");
            let approve = || test.write(|tx| Ok(Approval::approve(tx.conn(), &asked.id, &other, now())?));
            assert_eq!((approve(), approve()), (true, false));
            assert_eq!(waiting(now() - Duration::hours(1)), 0);
        }
    }
}
