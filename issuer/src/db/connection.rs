//! Connections to either engine, set up so that what is committed stays and what is deleted goes.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

#[cfg(feature = "postgres")]
use super::server;
use super::{DatabaseUrl, DbError};

/// A connection to either engine.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// A file, through the SQLite that is built in.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    #[cfg(feature = "postgres")]
    Postgres(PgConnection),
}

/// Makes the file of a new database, so that it is its owner's alone from the first moment; its journals follow it.
pub(super) fn create_private_file(path: &Path) -> Result<(), DbError> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(DbError::Create { path: path.to_owned(), source }),
    }
}

/// A connection that can write.
pub(super) fn connect(url: &DatabaseUrl) -> Result<AnyConnection, DbError> {
    match url {
        DatabaseUrl::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(&path.to_string_lossy()).map_err(DbError::Open)?;
            // The time to wait comes first: turning WAL on may itself have to wait for another process.
            conn.batch_execute(
                "PRAGMA busy_timeout = 10000;
                 PRAGMA journal_mode = WAL;
                 PRAGMA synchronous = FULL;
                 PRAGMA foreign_keys = ON;
                 PRAGMA secure_delete = ON;
                 PRAGMA trusted_schema = OFF;",
            )?;
            Ok(AnyConnection::Sqlite(conn))
        }
        #[cfg(feature = "postgres")]
        DatabaseUrl::Postgres(url) => {
            let mut conn = PgConnection::establish(&server::address(url)).map_err(DbError::Open)?;
            conn.batch_execute(&server::session())?;
            Ok(AnyConnection::Postgres(conn))
        }
        #[cfg(not(feature = "postgres"))]
        DatabaseUrl::Postgres(_) => Err(DbError::NoPostgres),
    }
}

/// A connection that cannot write.
pub(super) fn connect_reader(url: &DatabaseUrl) -> Result<AnyConnection, DbError> {
    let mut conn = connect(url)?;
    conn.batch_execute(match conn {
        AnyConnection::Sqlite(_) => "PRAGMA query_only = ON;",
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => "SET default_transaction_read_only = on;",
    })?;
    Ok(conn)
}

#[cfg(test)]
mod tests {
    use diesel::dsl::sql;
    use diesel::sql_types::{BigInt, Text};

    use super::*;

    #[test]
    fn a_sqlite_connection_is_set_up_to_lose_and_to_leak_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(dir.path().join("city.db"));
        let mut conn = connect(&url).unwrap();
        for (pragma, column, expected) in [
            ("synchronous", "synchronous", 2),
            ("foreign_keys", "foreign_keys", 1),
            ("secure_delete", "secure_delete", 1),
            ("trusted_schema", "trusted_schema", 0),
            ("busy_timeout", "timeout", 10_000),
            ("query_only", "query_only", 0),
        ] {
            let query = format!("(SELECT {column} FROM pragma_{pragma})");
            let value: i64 = diesel::select(sql::<BigInt>(&query)).get_result(&mut conn).unwrap();
            assert_eq!(value, expected, "{pragma}");
        }
        let mode: String = diesel::select(sql::<Text>("(SELECT journal_mode FROM pragma_journal_mode)"))
            .get_result(&mut conn)
            .unwrap();
        assert_eq!(mode, "wal");
    }

    #[test]
    fn an_engine_that_is_not_built_in_is_named() {
        let url = DatabaseUrl::Postgres("postgres://127.0.0.1:1/none".to_owned());
        match connect(&url) {
            #[cfg(not(feature = "postgres"))]
            Err(DbError::NoPostgres) => {}
            #[cfg(feature = "postgres")]
            Err(DbError::Open(_)) => {}
            _ => panic!("it must not open"),
        }
    }
}
