//! Second looks: who asked another officer, why, and what was decided. The words of both are in the sealed record.

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use super::act::Actor;
use super::columns::{Raw, put_text, take_word};
use super::enrolment::Enrolment;
use super::schema::second_look;
use super::visit::Station;
use super::{AnyConnection, Id, MultiBackend, UtcTime, Word};
use crate::edge;

/// A second look.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = second_look)]
#[diesel(treat_none_as_default_value = false)]
pub struct SecondLook {
    /// Its id.
    pub id: Id<SecondLook>,
    /// At which case.
    pub enrolment_id: Id<Enrolment>,
    /// Why it was asked for.
    pub asked_reason: Doubt,
    /// Where the case waited then.
    pub asked_at_station: Station,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: UtcTime,
    /// What was decided.
    pub decision: Option<Decision>,
    /// Why.
    pub decided_reason: Option<Doubt>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<UtcTime>,
}

impl SecondLook {
    /// Notes that an officer asks.
    ///
    /// # Errors
    /// When one is asked for already, or the database fails.
    pub fn ask(
        conn: &mut AnyConnection,
        enrolment_id: &Id<Enrolment>,
        reason: Doubt,
        station: Station,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> QueryResult<()> {
        let look = Self {
            id: Id::new(edge::new_id(now)),
            enrolment_id: enrolment_id.clone(),
            asked_reason: reason,
            asked_at_station: station,
            asked_by: actor.id().to_owned(),
            asked_at: now.into(),
            decision: None,
            decided_reason: None,
            decided_by: None,
            decided_at: None,
        };
        diesel::insert_into(second_look::table).values(&look).execute(conn).map(drop)
    }

    /// Notes what another officer decided.
    ///
    /// # Errors
    /// When the database fails.
    pub fn decide(
        conn: &mut AnyConnection,
        id: &Id<Self>,
        decision: Decision,
        reason: Doubt,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> QueryResult<()> {
        let changed = diesel::update(second_look::table.find(id).filter(second_look::decided_at.is_null()))
            .set((
                second_look::decision.eq(Some(decision)),
                second_look::decided_reason.eq(Some(reason)),
                second_look::decided_by.eq(Some(actor.id())),
                second_look::decided_at.eq(Some(UtcTime::from(now))),
            ))
            .execute(conn)?;
        if changed == 1 { Ok(()) } else { Err(diesel::result::Error::NotFound) }
    }

    /// The second looks at a case, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(conn: &mut AnyConnection, enrolment: &Id<Enrolment>) -> QueryResult<Vec<Self>> {
        second_look::table
            .filter(second_look::enrolment_id.eq(enrolment))
            .order((second_look::asked_at.desc(), second_look::id.desc()))
            .load(conn)
    }
}

/// What an officer doubts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Doubt {
    /// Whether the papers are what they seem.
    PapersDoubtful,
    /// Whether the papers are this person's.
    PhotoDoesNotMatch,
    /// Whether they live in the city.
    NotResident,
    /// Whether they have a card already.
    Duplicate,
    /// Something else, said in the words.
    Other,
    /// Nothing: of a decision to go on.
    NothingWrong,
}

impl Word for Doubt {
    const ALL: &'static [Self] = &[
        Self::PapersDoubtful,
        Self::PhotoDoesNotMatch,
        Self::NotResident,
        Self::Duplicate,
        Self::Other,
        Self::NothingWrong,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::PapersDoubtful => "papers_doubtful",
            Self::PhotoDoesNotMatch => "photo_does_not_match",
            Self::NotResident => "not_resident",
            Self::Duplicate => "duplicate",
            Self::Other => "other",
            Self::NothingWrong => "nothing_wrong",
        }
    }
}

impl ToSql<Text, MultiBackend> for Doubt {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for Doubt {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

/// What another officer decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Decision {
    /// The visit goes on where it was.
    GoOn,
    /// No card.
    Refused,
}

impl Word for Decision {
    const ALL: &'static [Self] = &[Self::GoOn, Self::Refused];

    fn as_str(self) -> &'static str {
        match self {
            Self::GoOn => "go_on",
            Self::Refused => "refused",
        }
    }
}

impl ToSql<Text, MultiBackend> for Decision {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for Decision {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}
