//! What was published of cards that this database does not know: it was put back from a backup older than they are.

use diesel::prelude::*;

use super::card_status::CardStatus;
use super::schema::kept_status;
use super::status_list::StatusList;
use super::{AnyConnection, Id};

/// The status of an unknown card.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = kept_status)]
#[diesel(treat_none_as_default_value = false)]
pub struct KeptStatus {
    /// The list.
    pub status_list_id: Id<StatusList>,
    /// The place on it.
    pub status_index: i64,
    /// Suspended or revoked.
    pub status: CardStatus,
}

impl KeptStatus {
    /// Keeps a status, in the place of an earlier one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        let place = (&self.status_list_id, self.status_index);
        diesel::delete(kept_status::table.find(place)).execute(conn)?;
        diesel::insert_into(kept_status::table).values(self).execute(conn).map(drop)
    }

    /// What is kept of a list, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of_list(conn: &mut AnyConnection, list: &Id<StatusList>) -> QueryResult<Vec<(i64, CardStatus)>> {
        kept_status::table
            .filter(kept_status::status_list_id.eq(list))
            .order(kept_status::status_index)
            .select((kept_status::status_index, kept_status::status))
            .load(conn)
    }
}

#[cfg(test)]
mod tests {
    use super::super::DbError;
    use super::super::testing::{databases, list};
    use super::*;

    #[test]
    fn the_last_word_counts() {
        for test in databases() {
            let list = list(&test, 10);
            let put = |index, status| {
                let kept = KeptStatus { status_list_id: list.id.clone(), status_index: index, status };
                test.write(|tx| Ok(kept.put(tx.conn())?));
            };
            put(7, CardStatus::Suspended);
            put(2, CardStatus::Revoked);
            put(7, CardStatus::Revoked);
            let kept = test.db.read(|conn| Ok::<_, DbError>(KeptStatus::of_list(conn, &list.id)?)).unwrap();
            assert_eq!(kept, [(2, CardStatus::Revoked), (7, CardStatus::Revoked)]);
        }
    }
}
