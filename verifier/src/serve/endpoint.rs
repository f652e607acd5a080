//! What the page, and other programs of this machine, may ask.

use actix_web::HttpResponse;
use actix_web::web::{self, Bytes, Data, Json, Query};
use serde::{Deserialize, Serialize};
use shared::verdict::Desk;
use utoipa::{IntoParams, OpenApi as _, ToSchema};

use super::Kiosk;
use super::in_time::InTime;
use super::lists::Kept;
use super::openapi::{Description, File, Verdict};
use super::problem::Problem;
use crate::answer::{Answer, State};
use crate::counter::{Counter, parse_desk};
use crate::updates;

/// Where the page is shown.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Place {
    /// The desk, by the name of its service; without it the desk that the kiosk was opened with.
    desk: Option<String>,
    /// The wanted language, such as `pt-BR`; English where there is none like it.
    language: Option<String>,
}

/// The state of the kiosk: what the page shows, and how the lists are kept.
#[derive(Serialize, ToSchema)]
pub(super) struct KioskState {
    #[serde(flatten)]
    page: State,
    /// How the lists in the verifier's folder are.
    kept: Kept,
    /// How fetching newer lists goes; null where the kiosk was opened without an address.
    #[schema(required)]
    updates: Option<updates::Report>,
}

/// What the page shows while nothing is scanned: the city, its desks, how old the lists are, the words.
#[utoipa::path(get, path = "/v1/state", params(Place), responses(
    (status = 200, description = "The state.", body = KioskState),
))]
pub(super) async fn state(kiosk: Data<Kiosk>, place: Query<Place>) -> HttpResponse {
    let held = kiosk.lists.current();
    let language = kiosk.words.language(place.language.as_deref());
    // A desk that the city has not, or has no longer, is no desk; the page then asks for one.
    let desk = place.desk.as_deref().or(kiosk.desk.as_deref()).unwrap_or_default();
    let page = State::of(held.trusted.as_deref(), desk, language, &kiosk.words, kiosk.clock.now());
    let updates = kiosk.updates.as_ref().map(|updates| updates.report());
    HttpResponse::Ok().json(KioskState { page, kept: held.kept, updates })
}

/// What is trusted here, for a page that checks by itself.
#[utoipa::path(get, path = "/v1/bundle", responses(
    (status = 200, description = "The signed lists, as in FORMAT.md.", body = File,
        content_type = "application/cbor",
        headers(("X-Root-Fingerprint" = String, description = "The fingerprint of the pinned root."))),
    (status = 204, description = "Nobody is trusted here yet."),
))]
pub(super) async fn bundle(kiosk: Data<Kiosk>) -> HttpResponse {
    let Some(trusted) = kiosk.lists.current().trusted else { return HttpResponse::NoContent().finish() };
    let fingerprint = ("X-Root-Fingerprint", trusted.fingerprint().to_string());
    HttpResponse::Ok().content_type("application/cbor").insert_header(fingerprint).body(trusted.to_bundle())
}

/// A scanned or pasted text.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Scanned {
    /// The text of the code.
    text: String,
    /// The same by the keys that were pressed, as a US keyboard has them.
    pressed: Option<String>,
    /// The service of the desk; none or empty: no desk in particular.
    desk: Option<String>,
    /// The wanted language of the sentences.
    language: Option<String>,
}

/// The verdict on a card, with the words to show. It is a verdict also where the card is not good.
#[utoipa::path(post, path = "/v1/verify", request_body = Scanned, responses(
    (status = 200, description = "The verdict.", body = Verdict),
))]
pub(super) async fn verify(
    kiosk: Data<Kiosk>,
    InTime(Json(scanned)): InTime<Json<Scanned>>,
) -> Result<HttpResponse, Problem> {
    let trusted = kiosk.lists.current().trusted;
    let trusted = trusted.as_deref();
    let name = scanned.desk.as_deref().filter(|desk| !desk.is_empty());
    let service = name.map(|name| parse_desk(name, trusted)).transpose()?;
    let desk = service.as_ref().map_or(Desk::Any, Desk::Of);
    let checked =
        Counter { trusted, desk, now: kiosk.clock.now() }.check(&scanned.text, scanned.pressed.as_deref());
    let language = kiosk.words.language(scanned.language.as_deref());
    Ok(HttpResponse::Ok().json(Answer::of(&checked, trusted, desk, language, &kiosk.words)))
}

/// The codes of a picture.
#[derive(Serialize, ToSchema)]
pub(super) struct Codes {
    /// The text of each, to be verified one by one.
    texts: Vec<String>,
}

/// The texts of all codes in a picture.
#[utoipa::path(post, path = "/v1/read",
    request_body(content = File, content_type = "application/octet-stream",
        description = "A PNG, JPEG or WebP file of at most 10 MB; its content decides, not the type that is told."),
    responses((status = 200, description = "What was read; empty where no code was found.", body = Codes)),
)]
pub(super) async fn read_codes(
    InTime(picture): InTime<Result<Bytes, actix_web::Error>>,
) -> Result<HttpResponse, Problem> {
    let picture = picture.map_err(|error| Problem::body(&error))?;
    let texts = web::block(move || reader::codes_in(&picture)).await.map_err(|_| Problem::internal())?;
    let texts = texts.map_err(|error| Problem::picture(&error))?;
    Ok(HttpResponse::Ok().json(Codes { texts }))
}

/// This description.
#[utoipa::path(get, path = "/v1/openapi.json", responses(
    (status = 200, description = "The description, of OpenAPI 3.1.", body = serde_json::Value),
))]
pub(super) async fn openapi() -> HttpResponse {
    HttpResponse::Ok().json(Description::openapi())
}
