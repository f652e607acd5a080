//! Answers that are no verdicts (RFC 9457).

use std::fmt;

use actix_web::error::JsonPayloadError;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use serde::Serialize;

use crate::counter::DeskError;
use crate::store::StoreError;
use reader::ReadError;

/// Why there is no answer, and what to do about it.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    #[serde(skip)]
    code: StatusCode,
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
}

impl Problem {
    fn new(code: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { code, r#type: "about:blank", title, status: code.as_u16(), detail: detail.into() }
    }

    pub(super) fn host() -> Self {
        let detail = "open this page as localhost or by the machine's numeric address";
        Self::new(StatusCode::MISDIRECTED_REQUEST, "Unknown host", detail)
    }

    pub(super) fn origin() -> Self {
        let detail = "only the counter's own page may ask here";
        Self::new(StatusCode::FORBIDDEN, "Another page asked", detail)
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Nothing here", "there is no such address; the page is at /")
    }

    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal error", "start the verifier again")
    }

    pub(super) fn json(error: &JsonPayloadError) -> Self {
        let code = match error {
            JsonPayloadError::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            other => other.status_code(),
        };
        Self::new(code, "Not understood", format!("send {{\"text\": \"…\"}} as JSON: {error}"))
    }

    pub(super) fn body(error: &actix_web::Error) -> Self {
        let code = error.as_response_error().status_code();
        Self::new(code, "Body not taken", format!("send a picture of at most 10 MB: {error}"))
    }

    pub(super) fn picture(error: &ReadError) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Not a picture", error.to_string())
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Unknown desk", error.to_string())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        eprintln!("verifier: the trusted lists cannot be used: {error}");
        let detail = "load the city's bundle again: verifier trust --bundle FILE";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "The trusted lists cannot be used", detail)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code
    }

    fn error_response(&self) -> HttpResponse {
        let json = serde_json::to_string(self).unwrap_or_default();
        HttpResponse::build(self.code).content_type("application/problem+json").body(json)
    }
}

impl Responder for Problem {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.error_response()
    }
}
