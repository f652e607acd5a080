//! Status lists: which positions of each are taken.

use std::ops::Range;

use diesel::prelude::*;

use super::schema::status_list;
use super::{AnyConnection, Id};

/// The list of one issuing key and expiry year, or one shard of it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct StatusList {
    /// The list's id.
    pub id: Id<StatusList>,
    /// The key that signed the cards on it.
    pub kid: String,
    /// The year in which the cards on it expire.
    pub expiry_year: i64,
    /// 0, 1, 2 …: a full list is followed by the next.
    pub shard: i64,
    /// How many cards it can hold.
    pub capacity: i64,
    /// The first position that no card has taken.
    pub next_position: i64,
    /// Where it is published, as the cards say.
    pub uri: String,
}

/// A list to be begun.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = status_list)]
#[diesel(treat_none_as_default_value = false)]
pub struct NewStatusList {
    /// The list's id.
    pub id: Id<StatusList>,
    /// The key that signs the cards on it.
    pub kid: String,
    /// The year in which the cards on it expire.
    pub expiry_year: i64,
    /// Which list of this key and year.
    pub shard: i64,
    /// How many cards it can hold.
    pub capacity: i64,
    /// The first position that no card has taken: 0.
    pub next_position: i64,
    /// Where it will be published.
    pub uri: String,
}

impl StatusList {
    /// Begins a list.
    ///
    /// # Errors
    /// When there is such a list, or the database fails.
    pub fn insert(conn: &mut AnyConnection, new: &NewStatusList) -> QueryResult<Self> {
        diesel::insert_into(status_list::table)
            .values(new)
            .returning(status_list::all_columns)
            .get_result(conn)
    }

    /// Every list.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        status_list::table.order((status_list::expiry_year, status_list::kid, status_list::shard)).load(conn)
    }

    /// The list of an id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, id: &Id<Self>) -> QueryResult<Option<Self>> {
        status_list::table.find(id).first(conn).optional()
    }

    /// The newest list of a key and expiry year: the one that may have room.
    ///
    /// # Errors
    /// When the database fails.
    pub fn newest(conn: &mut AnyConnection, kid: &str, expiry_year: i64) -> QueryResult<Option<Self>> {
        status_list::table
            .filter(status_list::kid.eq(kid))
            .filter(status_list::expiry_year.eq(expiry_year))
            .order(status_list::shard.desc())
            .first(conn)
            .optional()
    }

    /// Gives out no more places of a list.
    ///
    /// # Errors
    /// When there is no such list, or the database fails.
    pub fn close(conn: &mut AnyConnection, id: &Id<Self>) -> QueryResult<Self> {
        diesel::update(status_list::table.find(id))
            .set(status_list::next_position.eq(status_list::capacity))
            .returning(status_list::all_columns)
            .get_result(conn)
    }

    /// Takes the next `count` positions. They are in order; the index on a card comes from shuffling them.
    /// `None` when the list has not that much room: nothing is taken then.
    ///
    /// # Errors
    /// When the database fails.
    pub fn reserve_positions(
        conn: &mut AnyConnection,
        id: &Id<Self>,
        count: u32,
    ) -> QueryResult<Option<Range<i64>>> {
        let count = i64::from(count);
        let taken: Option<Self> = diesel::update(
            status_list::table
                .find(id)
                .filter((status_list::next_position + count).le(status_list::capacity)),
        )
        .set(status_list::next_position.eq(status_list::next_position + count))
        .returning(status_list::all_columns)
        .get_result(conn)
        .optional()?;
        Ok(taken.map(|list| list.next_position - count..list.next_position))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Mutex;

    use super::super::testing::{databases, entry, list};
    use super::super::{Database, DbError};
    use super::*;

    fn reserve(db: &Database, id: &Id<StatusList>, count: u32) -> Option<Range<i64>> {
        db.write(|tx| {
            tx.audit(entry("reserve"))?;
            Ok::<_, DbError>(StatusList::reserve_positions(tx.conn(), id, count)?)
        })
        .unwrap()
    }

    #[test]
    fn a_full_list_gives_nothing_away() {
        for test in databases() {
            let list = list(&test, 10);
            assert_eq!(reserve(&test.db, &list.id, 7), Some(0..7));
            assert_eq!(reserve(&test.db, &list.id, 4), None);
            assert_eq!(reserve(&test.db, &list.id, 3), Some(7..10));
            assert_eq!(reserve(&test.db, &list.id, 1), None);
            let newest = test
                .db
                .read(|conn| Ok::<_, DbError>(StatusList::newest(conn, "k1", 2028)?))
                .unwrap()
                .unwrap();
            assert_eq!((newest.next_position, newest.capacity), (10, 10));
            assert_eq!(
                test.db.read(|conn| Ok::<_, DbError>(StatusList::newest(conn, "k1", 2029)?)).unwrap(),
                None
            );
        }
    }

    #[test]
    fn no_position_is_taken_twice() {
        for test in databases() {
            let list = list(&test, 1000);
            let taken = Mutex::new(Vec::new());
            std::thread::scope(|scope| {
                for thread in 1..=4 {
                    let (db, id, taken) = (&test.db, &list.id, &taken);
                    scope.spawn(move || {
                        for _ in 0..20 {
                            let range = reserve(db, id, thread).unwrap();
                            taken.lock().unwrap().extend(range);
                        }
                    });
                }
            });
            let taken = taken.into_inner().unwrap();
            assert_eq!(taken.len(), 200);
            assert_eq!(taken.into_iter().collect::<BTreeSet<_>>(), (0..200).collect());
        }
    }
}
