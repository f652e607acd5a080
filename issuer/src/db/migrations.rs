//! Brings the tables up to date.
//!
//! Where nothing is to be done nothing is asked that only the owner of the tables may: an issuer serves in a role that can
//! read and write rows and no more. Migrations that this program does not know are left alone: they are a newer program's,
//! and only ever add.

use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{AnyConnection, DbError};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

diesel::table! {
    #[sql_name = "__diesel_schema_migrations"]
    migrations_run (version) {
        version -> Text,
    }
}

/// The versions of the migrations that are built in.
pub(super) fn known() -> Vec<String> {
    let built_in = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&MIGRATIONS).unwrap_or_default();
    let mut versions: Vec<_> =
        built_in.iter().map(|migration| migration.name().version().to_string()).collect();
    versions.sort();
    versions
}

/// The versions of those that were run.
pub(super) fn run(conn: &mut AnyConnection) -> QueryResult<Vec<String>> {
    migrations_run::table.select(migrations_run::version).order(migrations_run::version).load(conn)
}

/// Runs the migrations that are still to be run, and names them.
pub(super) fn migrate(conn: &mut AnyConnection) -> Result<Vec<String>, DbError> {
    if is_up_to_date(conn) {
        return Ok(Vec::new());
    }
    let done = match conn {
        AnyConnection::Sqlite(conn) => {
            conn.run_pending_migrations(MIGRATIONS).map(|done| done.iter().map(ToString::to_string).collect())
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => {
            server::prepare(conn)?;
            conn.run_pending_migrations(MIGRATIONS).map(|done| done.iter().map(ToString::to_string).collect())
        }
    };
    done.map_err(DbError::Migrate)
}

fn is_up_to_date(conn: &mut AnyConnection) -> bool {
    // A new database has no such table.
    run(conn).is_ok_and(|run| known().iter().all(|version| run.contains(version)))
}

#[cfg(feature = "postgres")]
mod server {
    use diesel::connection::SimpleConnection as _;
    use diesel::dsl::sql;
    use diesel::prelude::*;
    use diesel::sql_types::Bool;

    use super::super::DbError;
    use super::super::server::WITHOUT_LIMITS;

    /// Whether this role owns the tables; or may make them, where there are none yet.
    const IS_OWNER: &str = "COALESCE(
        (SELECT pg_has_role(tableowner, 'USAGE') FROM pg_tables
         WHERE schemaname = current_schema() AND tablename = 'audit_counter'),
        has_schema_privilege(current_schema(), 'CREATE'),
        false)";
    /// One program migrates at a time. The number means nothing.
    const ALONE: &str = "SELECT pg_advisory_lock(169000169)";

    /// Sees that migrations may be run, and that nobody else runs any.
    pub(super) fn prepare(conn: &mut PgConnection) -> Result<(), DbError> {
        if !diesel::select(sql::<Bool>(IS_OWNER)).get_result::<bool>(conn)? {
            return Err(DbError::NotOwner);
        }
        conn.batch_execute(WITHOUT_LIMITS)?;
        Ok(conn.batch_execute(ALONE)?)
    }
}
