//! Keyed hashes by which the city finds out that somebody has a card already, and nothing else.

use diesel::prelude::*;

use super::card::Card;
use super::schema::duplicate_hash;
use super::{AnyConnection, Id};

/// The hash of a card's holder, in one term.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = duplicate_hash)]
#[diesel(treat_none_as_default_value = false)]
pub struct DuplicateHash {
    /// The card.
    pub card_id: Id<Card>,
    /// The first year of the term, whose secret the keystore has.
    pub term: i64,
    /// The hash.
    pub hash: Vec<u8>,
}

impl DuplicateHash {
    /// Keeps it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        diesel::insert_into(duplicate_hash::table).values(self).execute(conn).map(drop)
    }

    /// Whether one is kept of a card.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_of(conn: &mut AnyConnection, card: &Id<Card>) -> QueryResult<bool> {
        let of_card = duplicate_hash::table.filter(duplicate_hash::card_id.eq(card));
        let count: i64 = of_card.count().get_result(conn)?;
        Ok(count > 0)
    }

    /// The cards with one of these hashes, in the order of their making.
    ///
    /// # Errors
    /// When the database fails.
    pub fn cards(conn: &mut AnyConnection, hashes: &[Vec<u8>]) -> QueryResult<Vec<Card>> {
        let mut ids: Vec<Id<Card>> = duplicate_hash::table
            .filter(duplicate_hash::hash.eq_any(hashes))
            .select(duplicate_hash::card_id)
            .load(conn)?;
        ids.sort();
        ids.dedup();
        let mut cards = Vec::with_capacity(ids.len());
        for id in &ids {
            cards.extend(Card::find(conn, id)?);
        }
        Ok(cards)
    }

    /// Whether there are hashes of terms before this one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn are_there_before(conn: &mut AnyConnection, term: i64) -> QueryResult<bool> {
        let oldest: Option<i64> =
            duplicate_hash::table.select(diesel::dsl::min(duplicate_hash::term)).first(conn)?;
        Ok(oldest.is_some_and(|oldest| oldest < term))
    }

    /// Forgets the hashes of terms before this one, and says how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_before(conn: &mut AnyConnection, term: i64) -> QueryResult<usize> {
        diesel::delete(duplicate_hash::table.filter(duplicate_hash::term.lt(term))).execute(conn)
    }
}
