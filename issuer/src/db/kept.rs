//! The sealed records that still stand, as retention sees them: never what is in them.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::enrolment::{Enrolment, EnrolmentState};
use super::schema::enrolment;
use super::{AnyConnection, Id, UtcTime};
use crate::keystore::{HOLD, Sealed};

/// One sealed record that still stands, without its blob.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Kept {
    /// Its enrolment.
    pub id: Id<Enrolment>,
    /// How far the enrolment went.
    pub state: EnrolmentState,
    /// When the resident was enrolled.
    pub created_at: UtcTime,
    /// The day on which it is due to be destroyed.
    pub destroy_by: NaiveDate,
    /// The name of the key that wraps its key: a day, or a hold's.
    pub destroy_by_key: String,
    /// Its key, wrapped.
    pub wrapped_key: Option<Vec<u8>>,
}

const COLUMNS: Columns = (
    enrolment::id,
    enrolment::state,
    enrolment::created_at,
    enrolment::destroy_by,
    enrolment::destroy_by_key,
    enrolment::wrapped_key,
);
type Columns = (
    enrolment::id,
    enrolment::state,
    enrolment::created_at,
    enrolment::destroy_by,
    enrolment::destroy_by_key,
    enrolment::wrapped_key,
);

impl Kept {
    /// The days before `today` on which records that no hold keeps were due, and how many each.
    ///
    /// # Errors
    /// When the database fails.
    pub fn overdue(conn: &mut AnyConnection, today: NaiveDate) -> QueryResult<Vec<(NaiveDate, i64)>> {
        enrolment::table
            .filter(enrolment::sealed.is_not_null())
            .filter(enrolment::destroy_by_key.not_like(held()))
            .filter(enrolment::destroy_by.lt(today))
            .group_by(enrolment::destroy_by)
            .select((enrolment::destroy_by, diesel::dsl::count_star()))
            .order(enrolment::destroy_by)
            .load(conn)
    }

    /// Every day on which records are due, whether one keeps them or not, and how many each.
    ///
    /// # Errors
    /// When the database fails.
    pub fn days(conn: &mut AnyConnection) -> QueryResult<Vec<(NaiveDate, i64)>> {
        enrolment::table
            .filter(enrolment::sealed.is_not_null())
            .filter(enrolment::destroy_by_key.not_like(held()))
            .group_by(enrolment::destroy_by)
            .select((enrolment::destroy_by, diesel::dsl::count_star()))
            .order(enrolment::destroy_by)
            .load(conn)
    }

    /// How many records holds keep.
    ///
    /// # Errors
    /// When the database fails.
    pub fn held(conn: &mut AnyConnection) -> QueryResult<i64> {
        enrolment::table
            .filter(enrolment::sealed.is_not_null())
            .filter(enrolment::destroy_by_key.like(held()))
            .count()
            .get_result(conn)
    }

    /// The records due on a day that no hold keeps.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of_day(conn: &mut AnyConnection, day: NaiveDate) -> QueryResult<Vec<Self>> {
        enrolment::table
            .filter(enrolment::sealed.is_not_null())
            .filter(enrolment::destroy_by.eq(day))
            .filter(enrolment::destroy_by_key.not_like(held()))
            .select(COLUMNS)
            .order(enrolment::id)
            .load(conn)
    }

    /// The records whose key is wrapped by a key of this name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of_key(conn: &mut AnyConnection, name: &str) -> QueryResult<Vec<Self>> {
        enrolment::table
            .filter(enrolment::sealed.is_not_null())
            .filter(enrolment::destroy_by_key.eq(name))
            .select(COLUMNS)
            .order(enrolment::id)
            .load(conn)
    }

    /// The record of an enrolment, unless it was destroyed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, id: &Id<Enrolment>) -> QueryResult<Option<Self>> {
        enrolment::table
            .find(id)
            .filter(enrolment::sealed.is_not_null())
            .select(COLUMNS)
            .first(conn)
            .optional()
    }

    /// Its key was wrapped anew, by the key of this name, and it is due on this day.
    ///
    /// # Errors
    /// When the record was destroyed meanwhile, or the database fails.
    pub fn rewrap(
        conn: &mut AnyConnection,
        id: &Id<Enrolment>,
        (name, due): (&str, NaiveDate),
        wrapped: Vec<u8>,
    ) -> QueryResult<()> {
        let updated = diesel::update(enrolment::table.find(id).filter(enrolment::sealed.is_not_null()))
            .set((
                enrolment::destroy_by.eq(due),
                enrolment::destroy_by_key.eq(name),
                enrolment::wrapped_key.eq(Some(wrapped)),
            ))
            .execute(conn)?;
        if updated == 1 { Ok(()) } else { Err(diesel::result::Error::NotFound) }
    }

    /// A held record was sealed anew, under the same hold.
    ///
    /// # Errors
    /// When the record was destroyed meanwhile, or the database fails.
    pub fn put_held(conn: &mut AnyConnection, id: &Id<Enrolment>, new: Sealed) -> QueryResult<()> {
        let standing = enrolment::table
            .find(id)
            .filter(enrolment::sealed.is_not_null())
            .filter(enrolment::destroy_by_key.like(held()));
        let updated = diesel::update(standing)
            .set((
                enrolment::destroy_by.eq(new.destroy_by),
                enrolment::sealed.eq(Some(new.sealed)),
                enrolment::wrapped_key.eq(Some(new.wrapped_key)),
            ))
            .execute(conn)?;
        if updated == 1 { Ok(()) } else { Err(diesel::result::Error::NotFound) }
    }

    /// The day on which a held record would be due moves.
    ///
    /// # Errors
    /// When the record was destroyed meanwhile, or the database fails.
    pub fn move_day(conn: &mut AnyConnection, id: &Id<Enrolment>, due: NaiveDate) -> QueryResult<()> {
        let updated = diesel::update(enrolment::table.find(id).filter(enrolment::sealed.is_not_null()))
            .set(enrolment::destroy_by.eq(due))
            .execute(conn)?;
        if updated == 1 { Ok(()) } else { Err(diesel::result::Error::NotFound) }
    }

    /// Empties one record, and says whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn erase(conn: &mut AnyConnection, id: &Id<Enrolment>) -> QueryResult<bool> {
        let emptied = diesel::update(enrolment::table.find(id).filter(enrolment::sealed.is_not_null()))
            .set((
                enrolment::state.eq(EnrolmentState::Destroyed),
                enrolment::sealed.eq(None::<Vec<u8>>),
                enrolment::wrapped_key.eq(None::<Vec<u8>>),
            ))
            .execute(conn)?;
        Ok(emptied == 1)
    }

    /// Empties every record due on a day that no hold keeps, and says how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub fn erase_day(conn: &mut AnyConnection, day: NaiveDate) -> QueryResult<usize> {
        diesel::update(
            enrolment::table
                .filter(enrolment::destroy_by.eq(day))
                .filter(enrolment::destroy_by_key.not_like(held()))
                .filter(enrolment::sealed.is_not_null()),
        )
        .set((
            enrolment::state.eq(EnrolmentState::Destroyed),
            enrolment::sealed.eq(None::<Vec<u8>>),
            enrolment::wrapped_key.eq(None::<Vec<u8>>),
        ))
        .execute(conn)
    }
}

fn held() -> String {
    format!("{HOLD}%")
}
