//! What backup and restore ask of the database as a whole.

use std::path::Path;

use diesel::connection::SimpleConnection as _;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::connection::{AnyConnection, connect, create_private_file};
use super::{Database, DbError, migrations};

/// The migrations that this program knows, by version.
#[must_use]
pub fn known_schema() -> Vec<String> {
    migrations::known()
}

impl Database {
    /// Copies a SQLite database as it is at this moment into a new file, while others read and write it. What was deleted
    /// is not in the copy.
    ///
    /// # Errors
    /// When it is not on SQLite, or the copy cannot be written.
    pub fn snapshot(&self, to: &Path) -> Result<(), DbError> {
        create_private_file(to)?;
        let mut conn = connect(self.url())?;
        let path = to.to_string_lossy().replace('\'', "''");
        match &mut conn {
            AnyConnection::Sqlite(conn) => Ok(conn.batch_execute(&format!("VACUUM INTO '{path}'"))?),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(_) => Err(DbError::NotAFile),
        }
    }

    /// The migrations that were run here, by version.
    ///
    /// # Errors
    /// When the database fails.
    pub fn schema(&self) -> Result<Vec<String>, DbError> {
        self.read(|conn| Ok(migrations::run(conn)?))
    }

    /// Reads every page of a SQLite database; PostgreSQL sees to its own.
    ///
    /// # Errors
    /// When a page is damaged, or the database fails.
    pub fn check_pages(&self) -> Result<(), DbError> {
        self.read(|conn| match conn {
            AnyConnection::Sqlite(conn) => {
                let query = "(SELECT group_concat(integrity_check, '; ') FROM pragma_integrity_check)";
                let said: String = diesel::select(sql::<Text>(query)).get_result(conn)?;
                if said == "ok" { Ok(()) } else { Err(DbError::Damaged { fault: said }) }
            }
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(_) => Ok(()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{databases, entry};
    use super::super::{DatabaseUrl, audit_chain};
    use super::*;

    #[test]
    fn a_snapshot_is_whole_and_private_and_of_this_moment() {
        use std::os::unix::fs::PermissionsExt as _;
        for test in databases() {
            test.write(|_| Ok(()));
            assert_eq!(test.db.schema().unwrap(), known_schema());
            test.db.check_pages().unwrap();
            let to = test.dir.path().join("it's a copy.db");
            let made = test.db.snapshot(&to);
            if matches!(test.db.url(), DatabaseUrl::Postgres(_)) {
                assert!(matches!(made, Err(DbError::NotAFile)));
                continue;
            }
            made.unwrap();
            test.write(|tx| Ok(tx.audit(entry("later"))?));
            assert_eq!(std::fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
            let copy = Database::open(&DatabaseUrl::Sqlite(to)).unwrap();
            let chain =
                copy.read(|conn| Ok::<_, DbError>(audit_chain::verify_chain(conn)?)).unwrap().unwrap();
            assert_eq!(chain.entries, 1);
        }
    }
}
