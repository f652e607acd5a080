//! What stands in the tables, counted, as the engine itself lists them.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};

use super::AnyConnection;

/// A column, as the engine's own catalogue names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
pub struct Column {
    /// The table.
    #[diesel(sql_type = Text)]
    pub table_name: String,
    /// The column.
    #[diesel(sql_type = Text)]
    pub column_name: String,
}

/// Every column of every table there is, but for the engine's own and the list of migrations.
///
/// # Errors
/// When the database fails.
pub fn columns(conn: &mut AnyConnection) -> QueryResult<Vec<Column>> {
    let sql = match conn {
        AnyConnection::Sqlite(_) => {
            "SELECT m.name AS table_name, c.name AS column_name \
             FROM sqlite_master AS m, pragma_table_info(m.name) AS c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '__diesel_schema_migrations' \
             ORDER BY m.name, c.cid"
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => {
            "SELECT CAST(table_name AS TEXT) AS table_name, CAST(column_name AS TEXT) AS column_name \
             FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name <> '__diesel_schema_migrations' \
             ORDER BY table_name, ordinal_position"
        }
    };
    diesel::sql_query(sql).load(conn)
}

/// How much stands in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// How many rows.
    pub rows: i64,
    /// How many rows have something in each column, in the columns' order.
    pub columns: Vec<i64>,
    /// The earliest and the latest time, where the table has one.
    pub times: Option<(NaiveDateTime, NaiveDateTime)>,
}

/// Counts one table. The names must come from [`columns`] and from the program, not from a person.
///
/// # Errors
/// When the database fails.
pub fn filled(
    conn: &mut AnyConnection,
    table: &str,
    columns: &[&str],
    time: Option<&str>,
) -> QueryResult<Filled> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        total: i64,
        #[diesel(sql_type = Text)]
        counts: String,
        #[diesel(sql_type = Nullable<Timestamp>)]
        oldest: Option<NaiveDateTime>,
        #[diesel(sql_type = Nullable<Timestamp>)]
        newest: Option<NaiveDateTime>,
    }
    let counts: Vec<_> =
        columns.iter().map(|column| format!("CAST(count({}) AS TEXT)", quoted(column))).collect();
    let time = time.map_or_else(|| "NULL".to_owned(), quoted);
    let sql = format!(
        "SELECT count(*) AS total, {} AS counts, CAST(min({time}) AS {TIMESTAMP}) AS oldest, \
         CAST(max({time}) AS {TIMESTAMP}) AS newest FROM {}",
        counts.join(" || ' ' || "),
        quoted(table),
        TIMESTAMP = match conn {
            // SQLite's type of this name would make a number of it.
            AnyConnection::Sqlite(_) => "TEXT",
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(_) => "TIMESTAMP",
        },
    );
    let row: Row = diesel::sql_query(sql).get_result(conn)?;
    let columns = row.counts.split(' ').map(|count| count.parse().unwrap_or_default()).collect();
    Ok(Filled { rows: row.total, columns, times: row.oldest.zip(row.newest) })
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
