//! The files of a batch that are whole: the same run does not make them again.

use diesel::prelude::*;

use super::batch::Batch;
use super::schema::batch_file;
use super::{AnyConnection, Id, UtcTime};

/// A file that was made of some rows of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = batch_file)]
#[diesel(treat_none_as_default_value = false)]
pub struct MadeFile {
    /// The batch.
    pub batch_id: Id<Batch>,
    /// What is in it: a word for cards on one kind of paper, or for slips.
    pub product: String,
    /// The first row whose card is in it, from 1.
    pub first_row: i64,
    /// The last.
    pub last_row: i64,
    /// SHA-256 of the file.
    pub digest: Vec<u8>,
    /// When it was made.
    pub made_at: UtcTime,
}

impl MadeFile {
    /// The word for slips, which bear recovery codes.
    pub const SLIPS: &str = "slip";

    /// Keeps a file, in the place of an earlier one that began with the same row.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        let place = (&self.batch_id, &self.product, self.first_row);
        diesel::delete(batch_file::table.find(place)).execute(conn)?;
        diesel::insert_into(batch_file::table).values(self).execute(conn).map(drop)
    }

    /// The files of a batch.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of_batch(conn: &mut AnyConnection, batch: &Id<Batch>) -> QueryResult<Vec<Self>> {
        batch_file::table
            .filter(batch_file::batch_id.eq(batch))
            .order((batch_file::product, batch_file::first_row))
            .load(conn)
    }

    /// Forgets the files of a product in which one of these rows stands: what is in them is void.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget(
        conn: &mut AnyConnection,
        batch: &Id<Batch>,
        product: &str,
        [first, last]: [i64; 2],
    ) -> QueryResult<usize> {
        let touched = batch_file::table
            .filter(batch_file::batch_id.eq(batch))
            .filter(batch_file::product.eq(product))
            .filter(batch_file::first_row.le(last))
            .filter(batch_file::last_row.ge(first));
        diesel::delete(touched).execute(conn)
    }
}

#[cfg(test)]
mod tests {
    use super::super::batch::NewBatch;
    use super::super::testing::{databases, now};
    use super::*;
    use crate::edge::new_id;

    #[test]
    fn files_are_kept_by_their_first_row_and_forgotten_by_any() {
        for test in databases() {
            let batch = NewBatch::new(new_id(now()), vec![1; 32], 30, now());
            test.write(|tx| Ok(Batch::insert(tx.conn(), &batch)?));
            let file = |product: &str, first_row, digest: u8| MadeFile {
                batch_id: batch.id().clone(),
                product: product.to_owned(),
                first_row,
                last_row: first_row + 9,
                digest: vec![digest; 32],
                made_at: now().into(),
            };
            let all = || test.write(|tx| Ok(MadeFile::of_batch(tx.conn(), batch.id())?));
            for file in [file("slip", 11, 1), file("card", 1, 2), file("slip", 1, 3), file("slip", 11, 4)] {
                test.write(|tx| Ok(file.put(tx.conn())?));
            }
            assert_eq!(all(), [file("card", 1, 2), file("slip", 1, 3), file("slip", 11, 4)]);
            let forget = |product: &str, rows| {
                test.write(|tx| Ok(MadeFile::forget(tx.conn(), batch.id(), product, rows)?))
            };
            assert_eq!(forget("slip", [21, 30]), 0);
            assert_eq!(forget("card", [11, 20]), 0);
            assert_eq!(forget("slip", [20, 25]), 1);
            assert_eq!(all(), [file("card", 1, 2), file("slip", 1, 3)]);
        }
    }
}
