//! Mass revocations: which cards, who asked and who decided, and how far it went.

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use super::card::Card;
use super::card_status::CardStatus;
use super::columns::{Raw, put_text, take_word};
use super::schema::{card, mass_revocation};
use super::{AnyConnection, Id, MultiBackend, UtcTime, Word};

/// Many cards to be revoked at once.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = mass_revocation)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
pub struct MassRevocation {
    /// Its id.
    pub id: Id<MassRevocation>,
    /// By what the cards are chosen.
    pub chosen_by: ChosenBy,
    /// Which officer, desk, batch or key.
    pub chosen: String,
    /// Only those issued from then on.
    pub issued_since: Option<UtcTime>,
    /// Only those issued until then: when it was asked for.
    pub issued_until: UtcTime,
    /// Why: no personal data.
    pub reason: String,
    /// How far it went.
    pub state: MassState,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: UtcTime,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<UtcTime>,
    /// When the last card was revoked.
    pub finished_at: Option<UtcTime>,
    /// How many cards there were to revoke when it was asked for.
    pub counted: i64,
    /// How many were revoked so far.
    pub revoked: i64,
    /// The last card that was looked at.
    pub last_card_id: Option<Id<Card>>,
}

impl MassRevocation {
    /// Keeps a new one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        diesel::insert_into(mass_revocation::table).values(self).execute(conn).map(drop)
    }

    /// Keeps what was changed.
    ///
    /// # Errors
    /// When there is no such one, or the database fails.
    pub fn update(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        let changed = diesel::update(mass_revocation::table.find(&self.id)).set(self).execute(conn)?;
        if changed == 1 { Ok(()) } else { Err(diesel::result::Error::NotFound) }
    }

    /// The one of an id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, id: &Id<Self>) -> QueryResult<Option<Self>> {
        mass_revocation::table.find(id).first(conn).optional()
    }

    /// All of them, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        mass_revocation::table.order((mass_revocation::asked_at.desc(), mass_revocation::id)).load(conn)
    }

    /// Those that were approved and are not through.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unfinished(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        mass_revocation::table
            .filter(mass_revocation::state.eq(MassState::Approved))
            .order((mass_revocation::asked_at, mass_revocation::id))
            .load(conn)
    }

    /// How many of the chosen cards have each status.
    ///
    /// # Errors
    /// When the database fails.
    pub fn counts(&self, conn: &mut AnyConnection) -> QueryResult<Vec<(CardStatus, i64)>> {
        let since = self.since();
        let chosen =
            card::table.filter(card::issued_at.ge(since)).filter(card::issued_at.le(self.issued_until));
        let status = (card::status, diesel::dsl::count_star());
        match self.chosen_by {
            ChosenBy::Officer => {
                let of = chosen.filter(card::officer.eq(&self.chosen));
                of.group_by(card::status).select(status).load(conn)
            }
            ChosenBy::Desk => {
                let of = chosen.filter(card::desk.eq(&self.chosen));
                of.group_by(card::status).select(status).load(conn)
            }
            ChosenBy::Batch => {
                let of = chosen.filter(card::batch_id.eq(Some(&self.chosen)));
                of.group_by(card::status).select(status).load(conn)
            }
            ChosenBy::Key => {
                let of = chosen.filter(card::kid.eq(&self.chosen));
                of.group_by(card::status).select(status).load(conn)
            }
        }
    }

    /// The next of the chosen cards, by id: at most so many, from behind the last one that was looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub fn next_cards(&self, conn: &mut AnyConnection, most: i64) -> QueryResult<Vec<Card>> {
        let since = self.since();
        let last = self.last_card_id.as_ref().map_or("", Id::as_str);
        let chosen = card::table
            .filter(card::id.gt(last))
            .filter(card::issued_at.ge(since))
            .filter(card::issued_at.le(self.issued_until))
            .order(card::id)
            .limit(most);
        match self.chosen_by {
            ChosenBy::Officer => chosen.filter(card::officer.eq(&self.chosen)).load(conn),
            ChosenBy::Desk => chosen.filter(card::desk.eq(&self.chosen)).load(conn),
            ChosenBy::Batch => chosen.filter(card::batch_id.eq(Some(&self.chosen))).load(conn),
            ChosenBy::Key => chosen.filter(card::kid.eq(&self.chosen)).load(conn),
        }
    }

    fn since(&self) -> UtcTime {
        self.issued_since.unwrap_or_else(|| DateTime::<Utc>::UNIX_EPOCH.into())
    }
}

/// By what cards are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum ChosenBy {
    /// The officer who issued them.
    Officer,
    /// The desk that issued them.
    Desk,
    /// The batch they came in.
    Batch,
    /// The key that signs them.
    Key,
}

impl Word for ChosenBy {
    const ALL: &'static [Self] = &[Self::Officer, Self::Desk, Self::Batch, Self::Key];

    fn as_str(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Desk => "desk",
            Self::Batch => "batch",
            Self::Key => "key",
        }
    }
}

impl ToSql<Text, MultiBackend> for ChosenBy {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for ChosenBy {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

/// How far a mass revocation went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum MassState {
    /// One officer asked.
    Asked,
    /// Another agreed; it is under way.
    Approved,
    /// Another did not agree.
    Declined,
    /// All its cards are revoked.
    Done,
}

impl Word for MassState {
    const ALL: &'static [Self] = &[Self::Asked, Self::Approved, Self::Declined, Self::Done];

    fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Done => "done",
        }
    }
}

impl ToSql<Text, MultiBackend> for MassState {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for MassState {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}
