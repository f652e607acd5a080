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

impl Error {
    /// Why, down to the last cause, for a log. What could say something of a resident's card is left out.
    #[must_use]
    pub fn for_log(&self) -> String {
        match self {
            Self::Card(_) => "a card cannot be printed".to_owned(),
            Self::Batch(_) => "a file of residents is wrong".to_owned(),
            Self::City(_)
            | Self::Database(_)
            | Self::Keys(_)
            | Self::Sign(_)
            | Self::File { .. }
            | Self::Refused(_) => causes(self),
        }
    }
}

/// What an error says, and what its causes say, down to the last.
pub(crate) fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        // Some errors say their cause themselves.
        let said = deeper.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = deeper.source();
    }
    text
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Field, Problem};

    #[test]
    fn a_log_is_told_the_cause_and_no_name() {
        let uncovered = Problem::Uncovered {
            field: Field::Name,
            characters: "ዘሪ".to_owned(),
            script: "Ethiopic",
            package: "fonts-noto-core",
        };
        let card = CardError::Unprintable { number: "2GYN-MSVA-2".to_owned(), problems: vec![uncovered] };
        assert_eq!(Error::from(card).for_log(), "a card cannot be printed");
        let locked = diesel::result::Error::RollbackTransaction;
        assert_eq!(
            Error::from(locked).for_log(),
            "the database refused a query: The current transaction was aborted"
        );
        let source = std::io::Error::other("the disk is on fire");
        let file = Error::File { doing: "write", path: "city/keys/root.pub".into(), source };
        assert_eq!(file.for_log(), "cannot write city/keys/root.pub: the disk is on fire");
    }
}
