//! Batches: files of residents whose cards are issued together, once.

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use uuid::Uuid;

use super::columns::{Raw, put_text, take_word};
use super::schema::batch;
use super::{AnyConnection, Id, MultiBackend, UtcTime, Word};

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Batch {
    /// Its id.
    pub id: Id<Batch>,
    /// SHA-256 of the file; the file itself is not kept.
    pub file_digest: Vec<u8>,
    /// How many rows the file has.
    pub rows: i64,
    /// Whether all its cards were issued.
    pub state: BatchState,
    /// When it was begun.
    pub created_at: UtcTime,
    /// When all its cards were issued.
    pub finished_at: Option<UtcTime>,
    /// The name under which it was begun, where it was given one.
    pub job: Option<String>,
}

/// A batch to be begun.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = batch)]
#[diesel(treat_none_as_default_value = false)]
pub struct NewBatch {
    id: Id<Batch>,
    file_digest: Vec<u8>,
    rows: i64,
    state: BatchState,
    created_at: UtcTime,
    job: Option<String>,
}

impl NewBatch {
    /// An open batch.
    #[must_use]
    pub fn new(id: Uuid, file_digest: Vec<u8>, rows: i64, now: DateTime<Utc>) -> Self {
        let state = BatchState::Open;
        Self { id: Id::new(id), file_digest, rows, state, created_at: now.into(), job: None }
    }

    /// The same under a name.
    #[must_use]
    pub fn named(self, job: Option<&str>) -> Self {
        Self { job: job.map(str::to_owned), ..self }
    }

    /// The id it will have.
    #[must_use]
    pub fn id(&self) -> &Id<Batch> {
        &self.id
    }
}

impl Batch {
    /// Begins a batch.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert(conn: &mut AnyConnection, new: &NewBatch) -> QueryResult<Self> {
        diesel::insert_into(batch::table).values(new).returning(batch::all_columns).get_result(conn)
    }

    /// The newest batch of a file with this digest: the one to go on with after a crash.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_by_digest(conn: &mut AnyConnection, file_digest: &[u8]) -> QueryResult<Option<Self>> {
        batch::table
            .filter(batch::file_digest.eq(file_digest))
            .order((batch::created_at.desc(), batch::id.desc()))
            .first(conn)
            .optional()
    }

    /// The newest batch that was begun under this name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_by_job(conn: &mut AnyConnection, job: &str) -> QueryResult<Option<Self>> {
        batch::table
            .filter(batch::job.eq(Some(job)))
            .order((batch::created_at.desc(), batch::id.desc()))
            .first(conn)
            .optional()
    }

    /// Gives a batch a name that was begun without one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn name(conn: &mut AnyConnection, id: &Id<Self>, job: &str) -> QueryResult<()> {
        let unnamed = batch::table.find(id).filter(batch::job.is_null());
        diesel::update(unnamed).set(batch::job.eq(Some(job))).execute(conn).map(drop)
    }

    /// Notes that all its cards were issued.
    ///
    /// # Errors
    /// When there is no such open batch, or the database fails.
    pub fn finish(conn: &mut AnyConnection, id: &Id<Self>, now: DateTime<Utc>) -> QueryResult<Self> {
        diesel::update(batch::table.find(id).filter(batch::state.eq(BatchState::Open)))
            .set((batch::state.eq(BatchState::Done), batch::finished_at.eq(Some(UtcTime::from(now)))))
            .returning(batch::all_columns)
            .get_result(conn)
    }
}

/// Whether a batch is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum BatchState {
    /// Not all its cards were issued.
    Open,
    /// All were.
    Done,
}

impl Word for BatchState {
    const ALL: &'static [Self] = &[Self::Open, Self::Done];

    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
        }
    }
}

impl ToSql<Text, MultiBackend> for BatchState {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for BatchState {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::super::testing::{databases, now};
    use super::*;
    use crate::edge::new_id;

    #[test]
    fn a_batch_is_found_by_its_file_and_finished_once() {
        for test in databases() {
            let make = |digest: u8, now| {
                let new = NewBatch::new(new_id(now), vec![digest; 32], 500, now);
                test.write(|tx| Ok(Batch::insert(tx.conn(), &new)?))
            };
            let old = make(1, now());
            let new = make(1, now() + Duration::days(400));
            make(2, now());
            let find = |digest: u8| test.write(|tx| Ok(Batch::find_by_digest(tx.conn(), &[digest; 32])?));
            assert_eq!(find(1), Some(new.clone()));
            assert_eq!(find(3), None);
            let finish =
                |id: &Id<Batch>| test.write(|tx| Ok(Batch::finish(tx.conn(), id, now()).optional()?));
            let done = finish(&new.id).unwrap();
            assert_eq!((done.state, done.finished_at), (BatchState::Done, Some(UtcTime::from(now()))));
            assert_eq!(finish(&new.id), None);
            assert_eq!(old.finished_at, None);
        }
    }

    #[test]
    fn a_batch_is_found_by_its_name_which_it_keeps() {
        for test in databases() {
            let make = |digest: u8, job: Option<&str>| {
                let new = NewBatch::new(new_id(now()), vec![digest; 32], 500, now()).named(job);
                test.write(|tx| Ok(Batch::insert(tx.conn(), &new)?))
            };
            let (spring, other) = (make(1, Some("spring")), make(2, None));
            let find = |job: &str| test.write(|tx| Ok(Batch::find_by_job(tx.conn(), job)?));
            assert_eq!(find("spring"), Some(spring.clone()));
            assert_eq!(find("autumn"), None);
            for id in [&spring.id, &other.id] {
                test.write(|tx| Ok(Batch::name(tx.conn(), id, "autumn")?));
            }
            assert_eq!(find("spring"), Some(spring));
            assert_eq!(find("autumn").unwrap().id, other.id);
        }
    }
}
