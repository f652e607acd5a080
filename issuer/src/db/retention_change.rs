//! Cases kept shorter than the city's rule, or longer within it.

use chrono::NaiveDate;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use super::columns::{Raw, put_text, take_word};
use super::enrolment::{Enrolment, EnrolmentState};
use super::schema::retention_change;
use super::{AnyConnection, Id, MultiBackend, UtcTime, Word};

/// One change of one record's day.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = retention_change)]
#[diesel(treat_none_as_default_value = false)]
pub struct RetentionChange {
    /// Its id.
    pub id: Id<RetentionChange>,
    /// Whose record.
    pub enrolment_id: Id<Enrolment>,
    /// How far the enrolment was.
    pub state: EnrolmentState,
    /// The day on which the record was due.
    pub from_day: NaiveDate,
    /// The day on which it is due now.
    pub to_day: NaiveDate,
    /// Why.
    pub reason: RetentionReason,
    /// When.
    pub at: UtcTime,
    /// The officer.
    pub officer: String,
}

impl RetentionChange {
    /// Keeps a change.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert(conn: &mut AnyConnection, new: &Self) -> QueryResult<()> {
        diesel::insert_into(retention_change::table).values(new).execute(conn)?;
        Ok(())
    }

    /// Every change of one record's day, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(conn: &mut AnyConnection, enrolment: &Id<Enrolment>) -> QueryResult<Vec<Self>> {
        retention_change::table
            .filter(retention_change::enrolment_id.eq(enrolment))
            .order((retention_change::at, retention_change::id))
            .load(conn)
    }

    /// The latest day on which a record was due before an officer changed it, since it is in this state: what the
    /// city's rule gave it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn rule_of(
        conn: &mut AnyConnection,
        enrolment: &Id<Enrolment>,
        state: EnrolmentState,
    ) -> QueryResult<Option<NaiveDate>> {
        retention_change::table
            .filter(retention_change::enrolment_id.eq(enrolment))
            .filter(retention_change::state.eq(state))
            .select(retention_change::from_day)
            .order(retention_change::from_day.desc())
            .first(conn)
            .optional()
    }
}

/// Why a record is kept shorter or longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum RetentionReason {
    /// The holder asked for it.
    HolderAsked,
    /// Somebody complained, and the case is looked at again.
    Complaint,
    /// The card must be printed again.
    Reprint,
    /// Another reason.
    Other,
}

impl Word for RetentionReason {
    const ALL: &'static [Self] = &[Self::HolderAsked, Self::Complaint, Self::Reprint, Self::Other];

    fn as_str(self) -> &'static str {
        match self {
            Self::HolderAsked => "holder_asked",
            Self::Complaint => "complaint",
            Self::Reprint => "reprint",
            Self::Other => "other",
        }
    }
}

impl ToSql<Text, MultiBackend> for RetentionReason {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for RetentionReason {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}
