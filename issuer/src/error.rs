//! What can go wrong in the issuer, for whoever has to say it to a person.

use std::path::PathBuf;

use crate::card::CardError;
use crate::config::CityError;
use crate::db::DbError;
use crate::keystore::KeystoreError;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// `city.toml` is of no use.
    #[error(transparent)]
    City(#[from] CityError),
    /// The database could not do it.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A key could not be had.
    #[error(transparent)]
    Keys(#[from] KeystoreError),
    /// A key did not sign.
    #[error(transparent)]
    Sign(#[from] shared::keys::SignError),
    /// A card cannot be printed.
    #[error(transparent)]
    Card(#[from] CardError),
    /// A file cannot be read or written.
    #[error("cannot {doing} {}", path.display())]
    File {
        /// What was to be done with it.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Rows of a batch are wrong; nothing of it was issued.
    #[error(transparent)]
    Batch(#[from] crate::batch::BatchError),
    /// What somebody asked for cannot be; the text says what to do instead.
    #[error("{0}")]
    Refused(String),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}
