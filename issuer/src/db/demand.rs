//! Demands for data: who asked, and with what it was answered.

use chrono::NaiveDate;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use super::columns::{Raw, put_text, take_word};
use super::schema::demand;
use super::{AnyConnection, Id, MultiBackend, UtcTime, Word};

/// A demand for data.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = demand)]
#[diesel(treat_none_as_default_value = false)]
pub struct Demand {
    /// Its id.
    pub id: Id<Demand>,
    /// The day on which it came.
    pub received_on: NaiveDate,
    /// What it is.
    pub kind: DemandKind,
    /// With what it was answered.
    pub answer: DemandAnswer,
    /// The day on which it was answered.
    pub answered_on: Option<NaiveDate>,
    /// How many cards the answer spoke of.
    pub cards: i64,
    /// The city's own file mark.
    pub reference: String,
    /// When it was entered.
    pub entered_at: UtcTime,
    /// The officer who entered it.
    pub officer: String,
}

impl Demand {
    /// Enters a demand.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert(conn: &mut AnyConnection, new: &Self) -> QueryResult<()> {
        diesel::insert_into(demand::table).values(new).execute(conn)?;
        Ok(())
    }

    /// An open demand is answered. Says whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn close(
        conn: &mut AnyConnection,
        id: &Id<Self>,
        answer: DemandAnswer,
        cards: i64,
        on: NaiveDate,
    ) -> QueryResult<bool> {
        let open = demand::table.find(id).filter(demand::answer.eq(DemandAnswer::Open));
        let closed = diesel::update(open)
            .set((demand::answer.eq(answer), demand::cards.eq(cards), demand::answered_on.eq(Some(on))))
            .execute(conn)?;
        Ok(closed == 1)
    }

    /// Every demand, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        demand::table.order((demand::received_on.desc(), demand::id.desc())).load(conn)
    }

    /// How many came from one day up to another, by kind and answer.
    ///
    /// # Errors
    /// When the database fails.
    pub fn counts(
        conn: &mut AnyConnection,
        from: NaiveDate,
        to: NaiveDate,
    ) -> QueryResult<Vec<(DemandKind, DemandAnswer, i64)>> {
        demand::table
            .filter(demand::received_on.ge(from))
            .filter(demand::received_on.le(to))
            .group_by((demand::kind, demand::answer))
            .select((demand::kind, demand::answer, diesel::dsl::count_star()))
            .order((demand::kind, demand::answer))
            .load(conn)
    }
}

/// What a demand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum DemandKind {
    /// A subpoena.
    Subpoena,
    /// An order of a court.
    CourtOrder,
    /// The police asked.
    Police,
    /// Somebody asked under a law on freedom of information.
    FreedomOfInformation,
    /// Another authority asked.
    OtherAuthority,
    /// A holder asked what is held about them.
    Holder,
}

impl Word for DemandKind {
    const ALL: &'static [Self] = &[
        Self::Subpoena,
        Self::CourtOrder,
        Self::Police,
        Self::FreedomOfInformation,
        Self::OtherAuthority,
        Self::Holder,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Subpoena => "subpoena",
            Self::CourtOrder => "court_order",
            Self::Police => "police",
            Self::FreedomOfInformation => "freedom_of_information",
            Self::OtherAuthority => "other_authority",
            Self::Holder => "holder",
        }
    }
}

impl ToSql<Text, MultiBackend> for DemandKind {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for DemandKind {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

/// With what a demand was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum DemandAnswer {
    /// Not answered yet.
    Open,
    /// Refused.
    Refused,
    /// The city holds nothing of what was asked for.
    NothingHeld,
    /// Counts that name nobody.
    Counts,
    /// Rows of cards: numbers, dates, services, status.
    CardRows,
    /// Entries of the audit log.
    AuditEntries,
    /// Personal data of a record that still stood.
    PersonalData,
}

impl Word for DemandAnswer {
    const ALL: &'static [Self] = &[
        Self::Open,
        Self::Refused,
        Self::NothingHeld,
        Self::Counts,
        Self::CardRows,
        Self::AuditEntries,
        Self::PersonalData,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Refused => "refused",
            Self::NothingHeld => "nothing_held",
            Self::Counts => "counts",
            Self::CardRows => "card_rows",
            Self::AuditEntries => "audit_entries",
            Self::PersonalData => "personal_data",
        }
    }
}

impl ToSql<Text, MultiBackend> for DemandAnswer {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for DemandAnswer {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}
