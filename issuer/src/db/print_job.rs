//! Print jobs: which card was given to the printer, and what came out.

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use super::act::Actor;
use super::card::Card;
use super::columns::{Raw, put_text, take_word};
use super::enrolment::Enrolment;
use super::schema::print_job;
use super::{AnyConnection, Id, MultiBackend, UtcTime, Word};
use crate::edge;

/// A card given to the printer.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = print_job)]
#[diesel(treat_none_as_default_value = false)]
pub struct PrintJob {
    /// Its id.
    pub id: Id<PrintJob>,
    /// Of which case.
    pub enrolment_id: Id<Enrolment>,
    /// Which card.
    pub card_id: Id<Card>,
    /// When it was given to the printer.
    pub queued_at: UtcTime,
    /// By whom.
    pub queued_by: String,
    /// At which desk.
    pub desk: String,
    /// What came out, once somebody said so.
    pub outcome: Option<PrintOutcome>,
    /// When that was said.
    pub outcome_at: Option<UtcTime>,
    /// By whom.
    pub outcome_by: Option<String>,
}

impl PrintJob {
    /// Notes that a card is given to the printer.
    ///
    /// # Errors
    /// When the database fails.
    pub fn queue(
        conn: &mut AnyConnection,
        enrolment_id: &Id<Enrolment>,
        card_id: &Id<Card>,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        let job = Self {
            id: Id::new(edge::new_id(now)),
            enrolment_id: enrolment_id.clone(),
            card_id: card_id.clone(),
            queued_at: now.into(),
            queued_by: actor.id().to_owned(),
            desk: actor.desk().to_owned(),
            outcome: None,
            outcome_at: None,
            outcome_by: None,
        };
        diesel::insert_into(print_job::table).values(&job).execute(conn)?;
        Ok(job)
    }

    /// Notes what came out, of a job that nobody has answered yet; says whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub fn answer(
        conn: &mut AnyConnection,
        id: &Id<Self>,
        outcome: PrintOutcome,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> QueryResult<bool> {
        let changed = diesel::update(print_job::table.find(id).filter(print_job::outcome_at.is_null()))
            .set((
                print_job::outcome.eq(Some(outcome)),
                print_job::outcome_at.eq(Some(UtcTime::from(now))),
                print_job::outcome_by.eq(Some(actor.id())),
            ))
            .execute(conn)?;
        Ok(changed == 1)
    }

    /// Changes the answer of a job: what seemed good turned out to be spoiled.
    ///
    /// # Errors
    /// When the database fails.
    pub fn answer_again(
        conn: &mut AnyConnection,
        id: &Id<Self>,
        outcome: PrintOutcome,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> QueryResult<()> {
        diesel::update(print_job::table.find(id))
            .set((
                print_job::outcome.eq(Some(outcome)),
                print_job::outcome_at.eq(Some(UtcTime::from(now))),
                print_job::outcome_by.eq(Some(actor.id())),
            ))
            .execute(conn)
            .map(drop)
    }

    /// The jobs of a case, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(conn: &mut AnyConnection, enrolment: &Id<Enrolment>) -> QueryResult<Vec<Self>> {
        print_job::table
            .filter(print_job::enrolment_id.eq(enrolment))
            .order((print_job::queued_at.desc(), print_job::id.desc()))
            .load(conn)
    }
}

/// What came out of the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum PrintOutcome {
    /// The card, good.
    Printed,
    /// A card that cannot be handed over.
    Spoiled,
    /// Nothing.
    Nothing,
}

impl Word for PrintOutcome {
    const ALL: &'static [Self] = &[Self::Printed, Self::Spoiled, Self::Nothing];

    fn as_str(self) -> &'static str {
        match self {
            Self::Printed => "printed",
            Self::Spoiled => "spoiled",
            Self::Nothing => "nothing",
        }
    }
}

impl ToSql<Text, MultiBackend> for PrintOutcome {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for PrintOutcome {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}
