//! Event kits: what the city knows of each, and in a kit what it knows of itself.

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use super::columns::{Raw, put_text, take_word};
use super::officer::Officer;
use super::schema::kit;
use super::{AnyConnection, Id, MultiBackend, UtcTime, Word};

/// An event kit.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = kit)]
#[diesel(treat_none_as_default_value = false)]
pub struct Kit {
    /// Its id.
    pub id: Id<Kit>,
    /// What it is called.
    pub name: String,
    /// The key that it signs cards with.
    pub kid: String,
    /// The public half of the key that it signs statements with: of what was destroyed, of its audit log.
    pub statement_key: Vec<u8>,
    /// The hash of the first entry of its audit log.
    pub first_hash: Vec<u8>,
    /// The ids of its officers, with spaces between.
    pub officers: String,
    /// When it was made.
    pub made_at: UtcTime,
    /// Until when it signs cards.
    pub valid_until: UtcTime,
    /// Where it is.
    pub state: KitState,
    /// When it was last brought home.
    pub merged_at: Option<UtcTime>,
}

impl Kit {
    /// Adds a kit.
    ///
    /// # Errors
    /// When there is one of this name, or the database fails.
    pub fn insert(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        diesel::insert_into(kit::table).values(self).execute(conn).map(drop)
    }

    /// Every kit, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        kit::table.order((kit::made_at, kit::id)).load(conn)
    }

    /// The kit of a name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_by_name(conn: &mut AnyConnection, name: &str) -> QueryResult<Option<Self>> {
        kit::table.filter(kit::name.eq(name)).first(conn).optional()
    }

    /// The kit that a key was made for.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_by_key(conn: &mut AnyConnection, kid: &str) -> QueryResult<Option<Self>> {
        kit::table.filter(kit::kid.eq(kid)).first(conn).optional()
    }

    /// The kit that this database is one of; none in a city hall.
    ///
    /// # Errors
    /// When the database fails.
    pub fn here(conn: &mut AnyConnection) -> QueryResult<Option<Self>> {
        kit::table.filter(kit::state.eq(KitState::Here)).first(conn).optional()
    }

    /// The kits of a state, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(conn: &mut AnyConnection, state: KitState) -> QueryResult<Vec<Self>> {
        kit::table.filter(kit::state.eq(state)).order((kit::made_at, kit::id)).load(conn)
    }

    /// Notes that it was brought home.
    ///
    /// # Errors
    /// When there is no such kit, or the database fails.
    pub fn merged(conn: &mut AnyConnection, id: &Id<Self>, now: DateTime<Utc>) -> QueryResult<()> {
        let kit = kit::table.find(id).filter(kit::state.ne(KitState::Here));
        let noted = diesel::update(kit)
            .set((kit::state.eq(KitState::Merged), kit::merged_at.eq(Some(UtcTime::from(now)))))
            .execute(conn)?;
        if noted == 1 { Ok(()) } else { Err(diesel::result::Error::NotFound) }
    }

    /// Notes that it was lost.
    ///
    /// # Errors
    /// When there is no such kit, or the database fails.
    pub fn lost(conn: &mut AnyConnection, id: &Id<Self>) -> QueryResult<()> {
        let kit = kit::table.find(id).filter(kit::state.ne(KitState::Here));
        let noted = diesel::update(kit).set(kit::state.eq(KitState::Lost)).execute(conn)?;
        if noted == 1 { Ok(()) } else { Err(diesel::result::Error::NotFound) }
    }

    /// The ids of its officers.
    pub fn officer_ids(&self) -> impl Iterator<Item = Id<Officer>> {
        self.officers.split(' ').filter_map(|id| Id::parse(id).ok())
    }
}

/// Where a kit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum KitState {
    /// This is it.
    Here,
    /// Away from the city hall.
    Out,
    /// What it did was brought home.
    Merged,
    /// In other hands.
    Lost,
}

impl Word for KitState {
    const ALL: &'static [Self] = &[Self::Here, Self::Out, Self::Merged, Self::Lost];

    fn as_str(self) -> &'static str {
        match self {
            Self::Here => "here",
            Self::Out => "out",
            Self::Merged => "merged",
            Self::Lost => "lost",
        }
    }
}

impl ToSql<Text, MultiBackend> for KitState {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for KitState {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}
