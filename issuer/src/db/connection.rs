//! Connections to either engine, set up so that what is committed stays and what is deleted goes.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{DatabaseUrl, DbError};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

/// A connection to either engine.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// A file, through the SQLite that is built in.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    #[cfg(feature = "postgres")]
    Postgres(PgConnection),
}

/// Runs the migrations that are still to be run, and names them.
pub(super) fn migrate(conn: &mut AnyConnection) -> Result<Vec<String>, DbError> {
    let done = match conn {
        AnyConnection::Sqlite(conn) => {
            conn.run_pending_migrations(MIGRATIONS).map(|done| done.iter().map(ToString::to_string).collect())
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => {
            conn.run_pending_migrations(MIGRATIONS).map(|done| done.iter().map(ToString::to_string).collect())
        }
    };
    done.map_err(DbError::Migrate)
}

/// The versions of the migrations that are built in.
pub(super) fn known_migrations() -> Vec<String> {
    use diesel::migration::MigrationSource;
    let built_in = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&MIGRATIONS).unwrap_or_default();
    let mut versions: Vec<_> =
        built_in.iter().map(|migration| migration.name().version().to_string()).collect();
    versions.sort();
    versions
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
            let mut conn = PgConnection::establish(url).map_err(DbError::Open)?;
            conn.batch_execute("SET client_min_messages TO warning; SET TIME ZONE 'UTC';")?;
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
