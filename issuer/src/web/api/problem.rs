//! Answers that are no answers (RFC 9457): what is wrong, and what to do next. Nothing that was sent is said again.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::api_token::Scope;
use crate::db::{DbError, Word as _};
use crate::{Error, programs};

/// Why there is no answer, and what to do next (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Problem {
    #[serde(skip)]
    answer: StatusCode,
    #[serde(skip)]
    headers: Box<[(HeaderName, String)]>,
    /// Always `about:blank`: `code` says which problem it is.
    r#type: &'static str,
    /// The words of the status.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// Which problem it is, for programs.
    code: &'static str,
    /// What to do next, in English.
    detail: String,
    /// Each field that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<WrongPart>,
}

/// A field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrongPart {
    /// Where it stands in the body: a JSON pointer, as the fragment of an address.
    pub(super) pointer: String,
    /// What to do about it, in English. What was sent is not repeated.
    pub(super) detail: String,
}

impl WrongPart {
    pub(super) fn of(field: &str, detail: impl Into<String>) -> Self {
        Self { pointer: format!("#/{field}"), detail: detail.into() }
    }
}

impl Problem {
    fn new(answer: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            answer,
            headers: Box::default(),
            r#type: "about:blank",
            title: answer.canonical_reason().unwrap_or_default(),
            status: answer.as_u16(),
            code,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        let mut headers = std::mem::take(&mut self.headers).into_vec();
        headers.push((name, value.into()));
        self.headers = headers.into_boxed_slice();
        self
    }

    /// Which problem it is.
    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    pub(super) fn nowhere() -> Self {
        Self::new(StatusCode::NOT_FOUND, "no_such_address", "see /api/v1/openapi.json for what can be called")
    }

    pub(super) fn no_card() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "no_such_card",
            "the city has no card of this number; look at the number again, as it is printed: XXXX-XXXX-X",
        )
    }

    pub(super) fn method(allowed: &str) -> Self {
        let detail = format!("this address takes {allowed} alone");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", detail).with(ALLOW, allowed)
    }

    pub(super) fn no_token() -> Self {
        let detail = "send the program's token: Authorization: Bearer cardapi_…";
        Self::new(StatusCode::UNAUTHORIZED, "no_token", detail)
            .with(WWW_AUTHENTICATE, "Bearer realm=\"cards\"")
    }

    pub(super) fn bad_token() -> Self {
        let detail =
            "this token is unknown, withdrawn or past its day; ask a custodian of the city for a new one";
        Self::new(StatusCode::UNAUTHORIZED, "bad_token", detail)
            .with(WWW_AUTHENTICATE, "Bearer realm=\"cards\", error=\"invalid_token\"")
    }

    pub(super) fn scope(scope: Scope) -> Self {
        let scope = scope.as_str();
        let detail =
            format!("the program's token lacks the scope {scope}; a custodian of the city can give one");
        Self::new(StatusCode::FORBIDDEN, "scope", detail).with(
            WWW_AUTHENTICATE,
            format!("Bearer realm=\"cards\", error=\"insufficient_scope\", scope=\"{scope}\""),
        )
    }

    pub(super) fn too_often(seconds: u64) -> Self {
        let detail = format!("the program called too often; call again in {seconds} seconds");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_often", detail).with(RETRY_AFTER, seconds.to_string())
    }

    pub(super) fn too_large(most: usize) -> Self {
        let detail = format!("send at most {most} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    pub(super) fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "send it again, in one go")
    }

    pub(super) fn kind(taken: &str) -> Self {
        let detail = format!("send {taken}, and say so in Content-Type");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail)
    }

    pub(super) fn not_understood(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "not_understood", detail)
    }

    pub(super) fn key() -> Self {
        let detail = "give each card that is asked for a random key of its own, and the same key when it is asked for again: \
                      Idempotency-Key: \"8e03978e-40d5-43dd-bc93-6894a57f9324\"; 16 to 255 of A to Z, a to z, 0 to 9, -, _ and .";
        Self::new(StatusCode::BAD_REQUEST, "idempotency_key", detail)
    }

    pub(super) fn fields(errors: Vec<WrongPart>) -> Self {
        let detail = "put these fields right and send it again; nothing was issued";
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "fields", detail) }
    }

    /// The card is another than the change needs.
    pub(super) fn card_is(status: &str) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "card_status",
            format!("the card is {status}, so this cannot be done with it; nothing was changed"),
        )
    }

    fn refused(text: &str) -> Self {
        tracing::warn!(cause = text, "a program's call was refused");
        let detail = "the city cannot do this now, and its log says why; nothing was issued or changed: tell the city hall";
        Self::new(StatusCode::CONFLICT, "refused", detail)
    }

    pub(super) fn busy() -> Self {
        let detail = "the city's database or keys are in other hands for a moment; send the same again in a few seconds, \
                      with the same key";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail).with(RETRY_AFTER, "5")
    }

    fn internal(cause: &Error) -> Self {
        tracing::error!(cause = cause.for_log(), "a program's call failed");
        let detail = "the issuer failed; send the same again, with the same key: no second card is made";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(text) => Self::refused(&text),
            Error::Database(
                DbError::Held
                | DbError::Moves
                | DbError::Open(_)
                | DbError::Busy
                | DbError::Contended
                | DbError::Lost
                | DbError::NotKnown,
            ) => Self::busy(),
            other => Self::internal(&other),
        }
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        Error::from(error).into()
    }
}

impl From<diesel::result::Error> for Problem {
    fn from(error: diesel::result::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<programs::NotIssued> for Problem {
    fn from(error: programs::NotIssued) -> Self {
        use programs::NotIssued;
        match error {
            NotIssued::OtherRequest => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "key_used",
                "this key was given to another call within the last day; give each card that is asked for a key of its own",
            ),
            NotIssued::Unprintable => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unprintable",
                "the card cannot be printed: a name or an address has no room on it or in its codes, or no font of the \
                 issuer's machine has its letters; shorten it, or let the city hall see to it",
            ),
            NotIssued::Duplicate => Self::new(
                StatusCode::CONFLICT,
                "duplicate",
                "somebody of this name and birth date has a good card; ask the resident, and say why there is to be \
                 another: somebody_else, lost, runs_out or other, in the field another",
            ),
            NotIssued::Revoked => Self::new(
                StatusCode::CONFLICT,
                "revoked",
                "the card that this call made was revoked since; for another card give another key",
            ),
            NotIssued::Failed(error) => error.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.answer
    }

    fn error_response(&self) -> HttpResponse {
        let json = serde_json::to_string(self).unwrap_or_default();
        let mut answer = HttpResponse::build(self.answer);
        for (name, value) in &self.headers {
            answer.insert_header((name.clone(), value.as_str()));
        }
        if [StatusCode::REQUEST_TIMEOUT, StatusCode::PAYLOAD_TOO_LARGE].contains(&self.answer) {
            // The rest of the body would be taken for the next request.
            answer.force_close();
        }
        answer.content_type("application/problem+json").body(json)
    }
}

impl Responder for Problem {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.error_response()
    }
}
