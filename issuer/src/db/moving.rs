//! Carries every row of a SQLite database into one on PostgreSQL.
//!
//! Rows travel as texts in one form for both engines ([`table`]), and the digest of a table is over that form: what PostgreSQL
//! gives back is held against what SQLite gave. The old database is frozen first, so that a carriage that was cut off goes on
//! where it stopped. The audit counter comes last: until it is there, no issuer can write to the new database.

mod table;

use diesel::connection::{DefaultLoadingMode, SimpleConnection as _};
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use sha2::{Digest as _, Sha256};

pub use table::Table;

use super::connection::connect;
use super::schema::audit_counter;
use super::server::WITHOUT_LIMITS;
use super::{AnyConnection, DatabaseUrl, DbError};

/// The trigger that keeps writers out of a database that moves; [`DbError::Moves`] knows its words.
const FREEZE: &str = "CREATE TRIGGER IF NOT EXISTS city_moves BEFORE UPDATE ON audit_counter \
                      BEGIN SELECT RAISE(ABORT, 'the city moves'); END";
const THAW: &str = "DROP TRIGGER IF EXISTS city_moves";
/// Most rows that go in one statement.
const ROWS: usize = 1_000;
/// Most bytes of rows that go in one statement, but for the last of them.
const BYTES: usize = 4 << 20;

/// The two databases of a move.
pub struct Carriage {
    from: SqliteConnection,
    to: PgConnection,
    tables: Vec<Table>,
}

/// How many rows a table has, and what is in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Content {
    /// How many.
    pub rows: u64,
    /// SHA-256 over all values, in the order of the key.
    pub digest: [u8; 32],
}

/// What stands in the new database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrived {
    /// Nothing, or rows without the audit counter: a move may begin, or go on.
    NotYet,
    /// A whole city.
    All,
}

impl Carriage {
    /// Opens both. The new one has all tables already.
    ///
    /// # Errors
    /// When they are not SQLite and PostgreSQL, or one cannot be opened.
    pub fn open(from: &DatabaseUrl, to: &DatabaseUrl) -> Result<Self, DbError> {
        let (AnyConnection::Sqlite(mut from), AnyConnection::Postgres(mut to)) =
            (connect(from)?, connect(to)?)
        else {
            return Err(DbError::NoPostgres);
        };
        to.batch_execute(WITHOUT_LIMITS)?;
        let tables = table::all(&mut from, &mut to)?;
        Ok(Self { from, to, tables })
    }

    /// The tables, each after those that it refers to, without the audit counter.
    #[must_use]
    pub fn tables(&self) -> Vec<Table> {
        self.tables.clone()
    }

    /// Whether a whole city stands in the new database.
    ///
    /// # Errors
    /// When the database fails.
    pub fn arrived(&mut self) -> Result<Arrived, DbError> {
        let counted: i64 = audit_counter::table.select(audit_counter::value).first(&mut self.to)?;
        Ok(if counted == 0 { Arrived::NotYet } else { Arrived::All })
    }

    /// Whether the rows that are in the new database already are of this city: the same first entry in the audit log.
    ///
    /// # Errors
    /// When a database fails.
    pub fn belongs(&mut self) -> Result<bool, DbError> {
        use super::schema::audit_log::dsl::{audit_log, hash, seq};
        let first = audit_log.order(seq).select(hash);
        let there: Option<Vec<u8>> = first.first(&mut self.to).optional()?;
        let here: Option<Vec<u8>> = first.first(&mut self.from).optional()?;
        Ok(there.is_none() || there == here)
    }

    /// Takes out of the new database what its migrations put there, such as a row that waits to be changed: the old one has its
    /// own. Does nothing once entries of the audit log have arrived.
    ///
    /// # Errors
    /// When a database fails.
    pub fn make_room(&mut self) -> Result<(), DbError> {
        use super::schema::audit_log::dsl::{audit_log, seq};
        if audit_log.select(seq).first::<i64>(&mut self.to).optional()?.is_some() {
            return Ok(());
        }
        for table in self.tables.iter().rev() {
            // Only where there is something: the role that serves may not delete from every table.
            let any: Option<Row> = sql_query(table.last_in_postgres()).get_result(&mut self.to).optional()?;
            if any.is_some() {
                sql_query(table.empty_in_postgres()).execute(&mut self.to)?;
            }
        }
        Ok(())
    }

    /// Keeps every writer out of the old database, until [`Self::thaw`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn freeze(&mut self) -> Result<(), DbError> {
        Ok(self.from.batch_execute(FREEZE)?)
    }

    /// Copies what is not yet there of one table.
    ///
    /// # Errors
    /// When a database fails; what was copied by then stays.
    pub fn copy(&mut self, table: &Table) -> Result<(), DbError> {
        let last: Option<Row> = sql_query(table.last_in_postgres()).get_result(&mut self.to).optional()?;
        let last = last.map(|row| row.values()).transpose()?.unwrap_or_default();
        let mut query = sql_query(table.rows_of_sqlite(!last.is_empty())).into_boxed();
        for value in last.into_iter().flatten() {
            query = query.bind::<Text, _>(value);
        }
        let insert = table.insert_into_postgres();
        let (mut some, mut bytes) = (Vec::new(), 0);
        for row in query.load_iter::<Row, DefaultLoadingMode>(&mut self.from)? {
            let row = row?.row;
            bytes += row.len();
            some.push(row);
            if some.len() == ROWS || bytes >= BYTES {
                insert_all(&mut self.to, &insert, &some)?;
                (some, bytes) = (Vec::new(), 0);
            }
        }
        insert_all(&mut self.to, &insert, &some)
    }

    /// What is in a table of the old database, and of the new one.
    ///
    /// # Errors
    /// When a database fails.
    pub fn contents(&mut self, table: &Table) -> Result<(Content, Content), DbError> {
        let old = sql_query(table.rows_of_sqlite(false));
        let old = content(old.load_iter::<Row, DefaultLoadingMode>(&mut self.from)?)?;
        let new = sql_query(table.rows_of_postgres());
        let new = content(new.load_iter::<Row, PgRowByRowLoadingMode>(&mut self.to)?)?;
        Ok((old, new))
    }

    /// Writes the audit counter: from now on the new database can be written.
    ///
    /// # Errors
    /// When a database fails.
    pub fn finish(&mut self) -> Result<(), DbError> {
        let counted: i64 = audit_counter::table.select(audit_counter::value).first(&mut self.from)?;
        diesel::update(audit_counter::table).set(audit_counter::value.eq(counted)).execute(&mut self.to)?;
        Ok(())
    }
}

/// Lets writers into a database again whose move was given up.
///
/// # Errors
/// When it is not on SQLite, or fails.
pub fn thaw(url: &DatabaseUrl) -> Result<(), DbError> {
    Ok(connect(url)?.batch_execute(THAW)?)
}

/// One row: a JSON array of texts and nulls.
#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    row: String,
}

impl Row {
    fn values(&self) -> Result<Vec<Option<String>>, DbError> {
        serde_json::from_str(&self.row)
            .map_err(|error| DbError::Query(diesel::result::Error::DeserializationError(Box::new(error))))
    }
}

fn insert_all(conn: &mut PgConnection, insert: &str, rows: &[String]) -> Result<(), DbError> {
    if !rows.is_empty() {
        sql_query(insert).bind::<Text, _>(format!("[{}]", rows.join(","))).execute(conn)?;
    }
    Ok(())
}

fn content(rows: impl Iterator<Item = QueryResult<Row>>) -> Result<Content, DbError> {
    let (mut counted, mut digest) = (0, Sha256::new());
    for row in rows {
        counted += 1;
        for value in row?.values()? {
            // The length first, so that no two rows of other values give the same bytes; none has no length.
            match value {
                None => digest.update([0]),
                Some(text) => {
                    digest.update([1]);
                    digest.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
                    digest.update(text);
                }
            }
        }
    }
    Ok(Content { rows: counted, digest: digest.finalize().into() })
}
