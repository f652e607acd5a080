//! What is told of a request: to the log a line, to the metrics a number, to the browser an id to ask about.
//!
//! Told are the method, the address as the table of addresses writes it, the status, how long it took, and the id. Never
//! the address as it was asked for, nor anything that was sent. The id is made here: one that came along is not taken, so
//! that nobody outside writes into the log. A proxy logs ours, from the answer.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::uri::PathAndQuery;
use actix_web::http::{ConnectionType, Method, Uri};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage as _, HttpRequest};

use super::desk::Desk;
use crate::edge;
use crate::metrics::{Answered, Metrics};

/// The header of an answer that bears its id.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What stands for an address that is in no row of the table.
const NOWHERE: &str = "none";

/// Names a request, in the log and to whoever asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestId(String);

impl RequestId {
    fn new() -> Self {
        Self(shared::keys::hex(&edge::random_bytes::<8>()))
    }

    /// The id of a request that came through [`pass`].
    pub(super) fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Stands around everything else.
pub(super) async fn pass<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    without_nul(&mut request);
    let Some(desk) = request.app_data::<Data<Desk>>().cloned() else { return next.call(request).await };
    let id = RequestId::new();
    request.extensions_mut().insert(id.clone());
    let told = Telling::begin(&desk.metrics, request.method(), &id);
    let mut response = match next.call(request).await {
        Ok(response) => response,
        Err(error) => {
            told.answered(NOWHERE, error.as_response_error().status_code().as_u16());
            return Err(error);
        }
    };
    let route = response.request().match_pattern();
    told.answered(route.as_deref().unwrap_or(NOWHERE), response.status().as_u16());
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if desk.is_leaving() {
        // Whoever asks again finds a server that stays.
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// In the address, too, U+0000 becomes what stands for a character that cannot be read: PostgreSQL keeps none, nor looks for it.
fn without_nul(request: &mut ServiceRequest) {
    let asked = request.uri().path_and_query().map_or("", PathAndQuery::as_str);
    if !asked.contains("%00") {
        return;
    }
    let Ok(uri) = asked.replace("%00", "%EF%BF%BD").parse::<Uri>() else { return };
    request.match_info_mut().get_mut().update(&uri);
    request.head_mut().uri = uri;
}

/// A request under way. One whose browser goes away first is told too.
struct Telling<'a> {
    metrics: &'a Metrics,
    method: &'static str,
    id: &'a RequestId,
    began: Instant,
    is_told: bool,
}

impl<'a> Telling<'a> {
    fn begin(metrics: &'a Metrics, method: &Method, id: &'a RequestId) -> Self {
        metrics.http.begun();
        Self { metrics, method: known(method), id, began: Instant::now(), is_told: false }
    }

    fn answered(mut self, route: &str, status: u16) {
        self.is_told = true;
        let took = self.began.elapsed();
        self.metrics.http.answered(Answered { method: self.method, route, status, took });
        let ms = took.as_secs_f64() * 1e3;
        let ms = (ms * 10.0).round() / 10.0;
        tracing::info!(
            target: "issuer::request", id = self.id.as_str(), method = self.method, route, status, ms, "request"
        );
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.metrics.http.ended();
        if !self.is_told {
            self.metrics.http.cut_off();
            tracing::info!(
                target: "issuer::request", id = self.id.as_str(), method = self.method, "the browser went away"
            );
        }
    }
}

/// A method that somebody made up is not repeated.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}
