//! Holds: records of named cards that stand beyond their day, because two officers said so.

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use super::card::Card;
use super::columns::{Raw, put_text, take_word};
use super::enrolment::Enrolment;
use super::schema::{card, hold, hold_card};
use super::{AnyConnection, IDS_A_STATEMENT, Id, MultiBackend, UtcTime, Word};

/// A hold.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = hold)]
#[diesel(treat_none_as_default_value = false)]
pub struct Hold {
    /// Its id, which its key is named by.
    pub id: Id<Hold>,
    /// How far it is.
    pub state: HoldState,
    /// Why it was asked for.
    pub reason: HoldReason,
    /// The officer who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: UtcTime,
    /// The officer who approved or declined.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<UtcTime>,
    /// The officer who asked that it end.
    pub end_asked_by: Option<String>,
    /// When.
    pub end_asked_at: Option<UtcTime>,
    /// The officer who released it.
    pub released_by: Option<String>,
    /// When.
    pub released_at: Option<UtcTime>,
}

impl Hold {
    /// Keeps a hold that was asked for, and the cards it names.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert(conn: &mut AnyConnection, new: &Self, cards: &[Id<Card>]) -> QueryResult<()> {
        diesel::insert_into(hold::table).values(new).execute(conn)?;
        for card in cards {
            diesel::insert_into(hold_card::table)
                .values((hold_card::hold_id.eq(&new.id), hold_card::card_id.eq(card)))
                .execute(conn)?;
        }
        Ok(())
    }

    /// The hold of an id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, id: &Id<Self>) -> QueryResult<Option<Self>> {
        hold::table.find(id).first(conn).optional()
    }

    /// Every hold, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        hold::table.order((hold::asked_at.desc(), hold::id)).load(conn)
    }

    /// The cards it names, by number.
    ///
    /// # Errors
    /// When the database fails.
    pub fn cards(&self, conn: &mut AnyConnection) -> QueryResult<Vec<Card>> {
        let ids: Vec<Id<Card>> =
            hold_card::table.filter(hold_card::hold_id.eq(&self.id)).select(hold_card::card_id).load(conn)?;
        let mut cards: Vec<Card> = Vec::with_capacity(ids.len());
        for some in ids.chunks(IDS_A_STATEMENT) {
            cards
                .extend(card::table.filter(card::id.eq_any(some.iter().map(Id::as_str))).load::<Card>(conn)?);
        }
        cards.sort_by(|a, b| a.number.cmp(&b.number));
        Ok(cards)
    }

    /// The holds that name a card, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of_card(conn: &mut AnyConnection, card: &Id<Card>) -> QueryResult<Vec<Self>> {
        hold::table
            .inner_join(hold_card::table.on(hold_card::hold_id.eq(hold::id)))
            .filter(hold_card::card_id.eq(card))
            .select(hold::all_columns)
            .order((hold::asked_at.desc(), hold::id))
            .load(conn)
    }

    /// Another hold that keeps the record of this enrolment.
    ///
    /// # Errors
    /// When the database fails.
    pub fn another_of(
        &self,
        conn: &mut AnyConnection,
        enrolment: &Id<Enrolment>,
    ) -> QueryResult<Option<Id<Self>>> {
        hold::table
            .inner_join(hold_card::table.on(hold_card::hold_id.eq(hold::id)))
            .inner_join(card::table.on(card::id.eq(hold_card::card_id)))
            .filter(card::enrolment_id.eq(Some(enrolment)))
            .filter(hold::id.ne(&self.id))
            .filter(hold::state.eq(HoldState::Standing).or(hold::state.eq(HoldState::Ending)))
            .select(hold::id)
            .order(hold::asked_at)
            .first(conn)
            .optional()
    }

    /// It is approved or declined.
    ///
    /// # Errors
    /// When the database fails.
    pub fn decide(
        &self,
        conn: &mut AnyConnection,
        state: HoldState,
        officer: &str,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        diesel::update(hold::table.find(&self.id))
            .set((
                hold::state.eq(state),
                hold::decided_by.eq(Some(officer)),
                hold::decided_at.eq(Some(UtcTime::from(now))),
            ))
            .returning(hold::all_columns)
            .get_result(conn)
    }

    /// An officer asked that it end.
    ///
    /// # Errors
    /// When the database fails.
    pub fn ask_end(&self, conn: &mut AnyConnection, officer: &str, now: DateTime<Utc>) -> QueryResult<Self> {
        diesel::update(hold::table.find(&self.id))
            .set((
                hold::state.eq(HoldState::Ending),
                hold::end_asked_by.eq(Some(officer)),
                hold::end_asked_at.eq(Some(UtcTime::from(now))),
            ))
            .returning(hold::all_columns)
            .get_result(conn)
    }

    /// It is released.
    ///
    /// # Errors
    /// When the database fails.
    pub fn release(&self, conn: &mut AnyConnection, officer: &str, now: DateTime<Utc>) -> QueryResult<Self> {
        diesel::update(hold::table.find(&self.id))
            .set((
                hold::state.eq(HoldState::Released),
                hold::released_by.eq(Some(officer)),
                hold::released_at.eq(Some(UtcTime::from(now))),
            ))
            .returning(hold::all_columns)
            .get_result(conn)
    }
}

/// How far a hold is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum HoldState {
    /// One officer asked for it; nothing is held.
    Asked,
    /// Another declined it.
    Declined,
    /// Another approved it: the records are held.
    Standing,
    /// One officer asked that it end; the records are held.
    Ending,
    /// Another released it.
    Released,
}

impl Word for HoldState {
    const ALL: &'static [Self] = &[Self::Asked, Self::Declined, Self::Standing, Self::Ending, Self::Released];

    fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Declined => "declined",
            Self::Standing => "standing",
            Self::Ending => "ending",
            Self::Released => "released",
        }
    }
}

impl ToSql<Text, MultiBackend> for HoldState {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for HoldState {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

/// Why records are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum HoldReason {
    /// A court ordered it.
    CourtOrder,
    /// The city must be able to answer a claim against it.
    OwnDefence,
    /// The holder asked for it.
    HolderAsked,
}

impl Word for HoldReason {
    const ALL: &'static [Self] = &[Self::CourtOrder, Self::OwnDefence, Self::HolderAsked];

    fn as_str(self) -> &'static str {
        match self {
            Self::CourtOrder => "court_order",
            Self::OwnDefence => "own_defence",
            Self::HolderAsked => "holder_asked",
        }
    }
}

impl ToSql<Text, MultiBackend> for HoldReason {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for HoldReason {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}
