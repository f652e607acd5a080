//! Why a page was not shown, or an act not done. The gate turns it into a page in the officer's language.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::Error;
use crate::db::DbError;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum WebError {
    /// Nobody is signed in, or not any more.
    SignedOut,
    /// The page is for another role.
    OtherRole,
    /// A form that another page sent, or one of an ended session.
    NotOurForm,
    /// There is no such page, case or card.
    NotFound,
    /// What was sent is larger than it may be, in bytes.
    TooLarge(usize),
    /// What was sent is not a form.
    NotAForm,
    /// It came too slowly.
    TooSlow,
    /// More at once than this machine does.
    Busy,
    /// What was asked for cannot be done now: a message, and one thing that it is told.
    Refused(&'static str, String),
    /// A fault of ours.
    Internal(Error),
}

impl WebError {
    /// The message that says it.
    pub(super) fn message(&self) -> &'static str {
        match self {
            Self::SignedOut => "error-signed-out",
            Self::OtherRole => "error-other-role",
            Self::NotOurForm => "error-not-our-form",
            Self::NotFound => "error-not-found",
            Self::TooLarge(_) => "error-too-large",
            Self::NotAForm => "error-not-a-form",
            Self::TooSlow => "error-too-slow",
            Self::Busy => "error-busy",
            Self::Refused(message, _) => message,
            Self::Internal(cause) => in_words(cause).0,
        }
    }

    /// What the message is told.
    pub(super) fn told(&self) -> String {
        match self {
            Self::TooLarge(most) => format!("{} MB", most.div_ceil(1024 * 1024)),
            Self::Refused(_, told) => told.clone(),
            _ => String::new(),
        }
    }
}

/// What a fault of ours is to the officer, and to their browser: whether it may be tried again.
fn in_words(cause: &Error) -> (&'static str, StatusCode) {
    let Error::Database(fault) = cause else { return ("error-internal", StatusCode::INTERNAL_SERVER_ERROR) };
    match fault {
        DbError::Busy | DbError::Contended | DbError::Held => ("error-busy", StatusCode::SERVICE_UNAVAILABLE),
        DbError::Lost | DbError::Open(_) => ("error-away", StatusCode::SERVICE_UNAVAILABLE),
        DbError::NotKnown => ("error-not-known", StatusCode::INTERNAL_SERVER_ERROR),
        _ => ("error-internal", StatusCode::INTERNAL_SERVER_ERROR),
    }
}

impl fmt::Display for WebError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl ResponseError for WebError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::OtherRole | Self::NotOurForm => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotAForm => StatusCode::BAD_REQUEST,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Refused(..) => StatusCode::CONFLICT,
            Self::Internal(cause) => in_words(cause).1,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl From<Error> for WebError {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(text) => Self::Refused("error-refused", text),
            other => Self::Internal(other),
        }
    }
}

impl From<DbError> for WebError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<diesel::result::Error> for WebError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<askama::Error> for WebError {
    fn from(error: askama::Error) -> Self {
        Self::Internal(Error::Refused(format!("a page cannot be rendered: {error}")))
    }
}
