//! Destructions: begun, done, signed.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use super::columns::{Raw, put_text, take_word};
use super::schema::destruction;
use super::{AnyConnection, Id, MultiBackend, UtcTime, Word};

/// One destruction, and its receipt once that is signed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = destruction)]
#[diesel(treat_none_as_default_value = false)]
pub struct Destruction {
    /// Its id.
    pub id: Id<Destruction>,
    /// Why it came to be.
    pub kind: DestructionKind,
    /// The day on which the records were due.
    pub due: NaiveDate,
    /// How many records were destroyed; while it is under way, how many were seen when it began.
    pub records: i64,
    /// When it began: before the key went.
    pub begun_at: UtcTime,
    /// When the records were gone.
    pub destroyed_at: Option<UtcTime>,
    /// The receipt's place in the chain: 1, 2, 3 …
    pub sequence: Option<i64>,
    /// The receipt.
    pub signed: Option<Vec<u8>>,
}

impl Destruction {
    /// Notes that a destruction begins.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert(conn: &mut AnyConnection, new: &Self) -> QueryResult<()> {
        diesel::insert_into(destruction::table).values(new).execute(conn)?;
        Ok(())
    }

    /// Those that an interruption left under way, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn under_way(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        destruction::table
            .filter(destruction::destroyed_at.is_null())
            .order((destruction::begun_at, destruction::id))
            .load(conn)
    }

    /// The records are gone, so many of them. Says whether that was news: another process may have been faster.
    ///
    /// # Errors
    /// When the database fails.
    pub fn done(
        conn: &mut AnyConnection,
        id: &Id<Self>,
        records: usize,
        now: DateTime<Utc>,
    ) -> QueryResult<bool> {
        let done = diesel::update(destruction::table.find(id).filter(destruction::destroyed_at.is_null()))
            .set((
                destruction::records.eq(i64::try_from(records).unwrap_or(i64::MAX)),
                destruction::destroyed_at.eq(Some(UtcTime::from(now))),
            ))
            .execute(conn)?;
        Ok(done == 1)
    }

    /// Those that are done and have no receipt yet, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unsigned(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        destruction::table
            .filter(destruction::destroyed_at.is_not_null())
            .filter(destruction::signed.is_null())
            .order((destruction::destroyed_at, destruction::begun_at, destruction::id))
            .load(conn)
    }

    /// Keeps a receipt.
    ///
    /// # Errors
    /// When the place is taken, or the database fails.
    pub fn keep_receipt(
        conn: &mut AnyConnection,
        id: &Id<Self>,
        sequence: i64,
        signed: Vec<u8>,
    ) -> QueryResult<()> {
        diesel::update(destruction::table.find(id))
            .set((destruction::sequence.eq(Some(sequence)), destruction::signed.eq(Some(signed))))
            .execute(conn)?;
        Ok(())
    }

    /// The last receipt of the chain.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_receipt(conn: &mut AnyConnection) -> QueryResult<Option<Self>> {
        destruction::table
            .filter(destruction::sequence.is_not_null())
            .order(destruction::sequence.desc())
            .first(conn)
            .optional()
    }

    /// The whole chain of receipts, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn receipts(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        destruction::table.filter(destruction::sequence.is_not_null()).order(destruction::sequence).load(conn)
    }

    /// When a record due on this day was last destroyed at its holder's wish.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_wish(conn: &mut AnyConnection, due: NaiveDate) -> QueryResult<Option<UtcTime>> {
        let at: Option<Option<UtcTime>> = destruction::table
            .filter(destruction::due.eq(due))
            .filter(destruction::kind.eq(DestructionKind::Wish))
            .select(destruction::destroyed_at)
            .order(destruction::destroyed_at.desc())
            .first(conn)
            .optional()?;
        Ok(at.flatten())
    }
}

/// Why records were destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum DestructionKind {
    /// Their day was past.
    Day,
    /// The holder wished it.
    Wish,
    /// A hold ended, and their day was past.
    Hold,
}

impl Word for DestructionKind {
    const ALL: &'static [Self] = &[Self::Day, Self::Wish, Self::Hold];

    fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Wish => "wish",
            Self::Hold => "hold",
        }
    }
}

impl ToSql<Text, MultiBackend> for DestructionKind {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for DestructionKind {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}
