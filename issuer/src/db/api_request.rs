//! Calls of other programs that made a card: a call that is sent again makes no second one.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::card::Card;
use super::schema::api_request;
use super::{AnyConnection, Id, UtcTime};

/// A call that made a card.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = api_request)]
#[diesel(treat_none_as_default_value = false)]
pub struct ApiRequest {
    /// The keyed hash of the key that the program gave it, and of the program.
    pub key_hash: Vec<u8>,
    /// The keyed hash of what was asked for.
    pub request_hash: Vec<u8>,
    /// The card it made.
    pub card_id: Id<Card>,
    /// When.
    pub at: UtcTime,
}

impl ApiRequest {
    /// Keeps it.
    ///
    /// # Errors
    /// When there is one with this key, or the database fails.
    pub fn insert(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        diesel::insert_into(api_request::table).values(self).execute(conn).map(drop)
    }

    /// The call with this key.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, key_hash: &[u8]) -> QueryResult<Option<Self>> {
        api_request::table.filter(api_request::key_hash.eq(key_hash)).first(conn).optional()
    }

    /// Whether there are calls from before a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub fn are_there_before(conn: &mut AnyConnection, before: DateTime<Utc>) -> QueryResult<bool> {
        let oldest: Option<UtcTime> =
            api_request::table.select(diesel::dsl::min(api_request::at)).first(conn)?;
        Ok(oldest.is_some_and(|oldest| oldest.utc() < before))
    }

    /// Forgets the calls from before a moment, and says how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_before(conn: &mut AnyConnection, before: DateTime<Utc>) -> QueryResult<usize> {
        diesel::delete(api_request::table.filter(api_request::at.lt(UtcTime::from(before)))).execute(conn)
    }
}
