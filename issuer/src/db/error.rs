//! What can go wrong with the database.

use std::path::PathBuf;

use diesel::prelude::ConnectionError;

/// Why the database could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DbError {
    /// The file of a new database could not be made.
    #[error("cannot make the database file {}", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file at which writers wait for each other cannot be made or locked.
    #[error("cannot wait for other writers of the database")]
    Turn(#[source] std::io::Error),
    /// This program was built without the engine that the address names.
    #[error(
        "the database address names PostgreSQL, and this program was built without it; build it with --features postgres"
    )]
    NoPostgres,
    /// No connection.
    #[error("cannot open the database")]
    Open(#[source] ConnectionError),
    /// A migration failed; the one that failed left nothing behind.
    #[error("cannot bring the database up to date: {0}")]
    Migrate(Box<dyn std::error::Error + Send + Sync>),
    /// A change was made without an audit entry. It was not kept. This is a fault of the program.
    #[error("a change was refused because it wrote no audit entry")]
    NotAudited,
    /// A copy was asked of a database that is no file.
    #[error("the database is on PostgreSQL, whose own program copies it: pg_dump")]
    NotAFile,
    /// Pages of the file are damaged.
    #[error("the database file is damaged ({fault}); stop, keep a copy of it, and restore the last backup")]
    Damaged {
        /// What SQLite found.
        fault: String,
    },
    /// A query failed.
    #[error("the database refused a query")]
    Query(#[from] diesel::result::Error),
}
