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
    /// Scheduled work was begun by this process and taken over by another. The change was not kept.
    #[error("another server has taken this work over; nothing was changed by this one")]
    TakenOver,
    /// A copy was asked of a database that is no file.
    #[error("the database is on PostgreSQL, whose own program copies it: pg_dump")]
    NotAFile,
    /// Pages of the file are damaged.
    #[error("the database file is damaged ({fault}); stop, keep a copy of it, and restore the last backup")]
    Damaged {
        /// What SQLite found.
        fault: String,
    },
    /// Another program holds the database.
    #[error(
        "another program holds the database and does not let go of it; nothing was changed: end that program, then \
         try again"
    )]
    Held,
    /// The file or its folder cannot be written.
    #[error("the database is read-only here; nothing was changed: see to the rights of its file and folder")]
    ReadOnly,
    /// The disk does not take what is written.
    #[error(
        "the disk is full, or fails ({fault}); nothing was changed: make room, or see to the disk, then try again"
    )]
    Disk {
        /// What SQLite says.
        fault: String,
    },
    /// The city is being carried to another database, or was.
    #[error(
        "the city moves to another database, or has moved; nothing was changed: stop this program, and see what \
         city.toml says. A move that did not end goes on with the same command; issuer move --give-up ends it"
    )]
    Moves,
    /// No move can carry this column.
    #[error("a move cannot carry {column}: {kind}")]
    ColumnType {
        /// Table and column.
        column: String,
        /// Its type.
        kind: String,
    },
    /// A query failed.
    #[error("the database refused a query")]
    Query(#[source] diesel::result::Error),
}

/// SQLite says some faults of the machine in words alone.
impl From<diesel::result::Error> for DbError {
    fn from(error: diesel::result::Error) -> Self {
        let diesel::result::Error::DatabaseError(_, said) = &error else { return Self::Query(error) };
        match said.message() {
            "database is locked" => Self::Held,
            "the city moves" => Self::Moves,
            "attempt to write a readonly database" => Self::ReadOnly,
            fault @ ("disk I/O error" | "database or disk is full") => Self::Disk { fault: fault.to_owned() },
            fault @ ("database disk image is malformed" | "file is not a database") => {
                Self::Damaged { fault: fault.to_owned() }
            }
            _ => Self::Query(error),
        }
    }
}
