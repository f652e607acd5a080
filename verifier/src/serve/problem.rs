//! Answers that are no verdicts (RFC 9457).

use std::fmt;

use actix_web::error::{JsonPayloadError, QueryPayloadError};
use actix_web::http::header::ALLOW;
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use reader::ReadError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::counter::DeskError;

/// Why there is no answer, and what to do about it (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    #[serde(skip)]
    code: StatusCode,
    /// The method that would be answered.
    #[serde(skip)]
    allow: Option<Method>,
    /// Always `about:blank`: the status says which problem it is.
    r#type: &'static str,
    /// The problem, in English.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What to do about it, in English.
    detail: String,
}

impl Problem {
    fn new(code: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { code, allow: None, r#type: "about:blank", title, status: code.as_u16(), detail: detail.into() }
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

    pub(super) fn method(allowed: &Method) -> Self {
        let detail = format!("this address takes {allowed} alone");
        let problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, "Another method is needed", detail);
        Self { allow: Some(allowed.clone()), ..problem }
    }

    pub(super) fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "Too slow", "send it again, in one go")
    }

    pub(super) fn query(error: &QueryPayloadError) -> Self {
        let detail = format!("send ?desk=…&language=…: {error}");
        Self::new(StatusCode::BAD_REQUEST, "Not understood", detail)
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
        let mut answer = HttpResponse::build(self.code);
        if let Some(method) = &self.allow {
            answer.insert_header((ALLOW, method.as_str()));
        }
        if self.code == StatusCode::REQUEST_TIMEOUT {
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
