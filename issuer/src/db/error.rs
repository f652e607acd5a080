//! What can go wrong with the database.

use std::path::PathBuf;

use diesel::prelude::ConnectionError;
use diesel::result::{DatabaseErrorKind, Error as QueryError};

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
    /// There are migrations to run, and this role may not.
    #[error(
        "the tables are older than this program, and this role may not change them; run issuer migrate as the role \
         that owns them, then start this again"
    )]
    NotOwner,
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
    /// Others had the database for too long.
    #[error("too much is asked of the database at once; nothing was changed: try again in a moment")]
    Busy,
    /// Another transaction was in the way, as PostgreSQL and its like say when they put one of two back.
    #[error("others were at the same things in the database; nothing was changed: try again")]
    Contended,
    /// The connection was lost before the transaction was committed, or the transaction with all that shared it.
    #[error("the database went away in mid-work; nothing was changed: try again")]
    Lost,
    /// The connection was lost in mid-commit, and the server could not be asked what came of it.
    #[error(
        "the database went away just as this was to be kept: it is not known whether it was done; look it up before \
         you do it again"
    )]
    NotKnown,
    /// A query failed.
    #[error("the database refused a query")]
    Query(#[source] QueryError),
}

impl DbError {
    /// The same once more, for another who waited for the same thing.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::Held => Self::Held,
            Self::ReadOnly => Self::ReadOnly,
            Self::Moves => Self::Moves,
            Self::Busy => Self::Busy,
            Self::Contended => Self::Contended,
            Self::NotKnown => Self::NotKnown,
            Self::Disk { fault } => Self::Disk { fault: fault.clone() },
            Self::Damaged { fault } => Self::Damaged { fault: fault.clone() },
            Self::Query(QueryError::DatabaseError(kind, said)) => {
                let said = Box::new(said.message().to_owned());
                Self::Query(QueryError::DatabaseError(*kind, said))
            }
            _ => Self::Lost,
        }
    }
}

/// What libpq and PostgreSQL say when a connection ends under a statement.
const GONE: [&str; 7] = [
    "terminating connection due to",
    "server closed the connection",
    "no connection to the server",
    "could not receive data from server",
    "could not send data to server",
    "SSL connection has been closed",
    "SSL SYSCALL error",
];

/// The engines say some faults of the machine in words alone.
impl From<QueryError> for DbError {
    fn from(error: QueryError) -> Self {
        let error = match error {
            QueryError::RollbackErrorOnCommit { commit_error, .. } => *commit_error,
            error => error,
        };
        let (kind, said) = match &error {
            QueryError::DatabaseError(kind, said) => (kind, said),
            QueryError::BrokenTransactionManager => return Self::Lost,
            _ => return Self::Query(error),
        };
        match (kind, said.message()) {
            (DatabaseErrorKind::ClosedConnection, _) => Self::Lost,
            (_, said) if GONE.iter().any(|words| said.contains(words)) => Self::Lost,
            (DatabaseErrorKind::SerializationFailure, _) | (_, "deadlock detected") => Self::Contended,
            (
                _,
                "canceling statement due to lock timeout" | "canceling statement due to statement timeout",
            ) => Self::Busy,
            (_, "database is locked") => Self::Held,
            (_, "the city moves") => Self::Moves,
            (_, "attempt to write a readonly database") => Self::ReadOnly,
            (_, fault @ ("disk I/O error" | "database or disk is full")) => {
                Self::Disk { fault: fault.to_owned() }
            }
            (_, fault @ ("database disk image is malformed" | "file is not a database")) => {
                Self::Damaged { fault: fault.to_owned() }
            }
            _ => Self::Query(error),
        }
    }
}
