//! Why a step of a visit was not taken. Data, no sentences: the page has the words.

use chrono::{DateTime, Utc};
use shared::evidence::Assessment;

use super::draft::Line;
use crate::Error;
use crate::card::PhotoError;
use crate::db::DbError;
use crate::db::card_status::CardStatus;
use crate::db::enrolment::ImpossibleStep;
use crate::db::visit::{NoWay, Station};
use crate::resident::WrongField;
use crate::retention::RetentionError;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// There is no such case.
    #[error("there is no such case")]
    NotFound,
    /// Somebody changed the case since it was looked at. What they did stands.
    #[error("{by} changed the case at {at}; it is at version {version}")]
    Changed {
        /// The officer.
        by: String,
        /// When.
        at: DateTime<Utc>,
        /// The version it is at now.
        version: i64,
    },
    /// The case waits at a station where this cannot be done.
    #[error("this cannot be done at {station:?}")]
    NotNow {
        /// Where it waits.
        station: Station,
    },
    /// The record was destroyed: its day has passed.
    #[error("the record was destroyed")]
    Gone,
    /// The record would be larger than a record may be.
    #[error("the record has {bytes} bytes, more than {most}")]
    TooLarge {
        /// How large.
        bytes: usize,
        /// How large it may be.
        most: usize,
    },
    /// Fields are wrong or missing.
    #[error("{} fields are wrong", .0.len())]
    Fields(Vec<WrongField>),
    /// The photo cannot be used.
    #[error(transparent)]
    Photo(#[from] PhotoError),
    /// The papers are not enough.
    #[error("the papers are not enough")]
    Evidence(Box<Assessment>),
    /// Other papers are ticked than were checked, or none were checked yet.
    #[error("the papers are to be checked")]
    NotChecked,
    /// The holder has not confirmed these lines.
    #[error("{} lines are not confirmed", .0.len())]
    NotConfirmed(Vec<Line>),
    /// Somebody of this name and birth date has these cards: going on needs a reason.
    #[error("there are cards of somebody alike: {}", .0.join(", "))]
    Duplicates(Vec<String>),
    /// A renewal or a replacement needs the number of the earlier card.
    #[error("the earlier card is needed")]
    NoEarlierCard,
    /// What was given is no number of a card of this city.
    #[error("the city has no such card")]
    NoSuchCard,
    /// The status of a card does not allow it.
    #[error("card {number} is {status:?}")]
    Card {
        /// Its number.
        number: String,
        /// Its status.
        status: CardStatus,
    },
    /// It needs another officer than the one who asked.
    #[error("another officer must do this")]
    SameOfficer,
    /// It needs an officer of another role.
    #[error("this role may not do this")]
    Role,
    /// The printer still has the card, or was never given it.
    #[error("there is no such print job, or it was answered")]
    NoJob,
    /// Something failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<DbError> for CaseError {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<diesel::result::Error> for CaseError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<crate::keystore::KeystoreError> for CaseError {
    fn from(error: crate::keystore::KeystoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<RetentionError> for CaseError {
    fn from(error: RetentionError) -> Self {
        match error {
            RetentionError::Failed(error) => Self::Failed(error),
            _ => Self::Gone,
        }
    }
}

impl From<NoWay> for CaseError {
    fn from(no_way: NoWay) -> Self {
        Self::NotNow { station: no_way.from }
    }
}

impl From<ImpossibleStep> for CaseError {
    fn from(_: ImpossibleStep) -> Self {
        Self::Gone
    }
}
