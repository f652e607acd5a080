//! The counter's page and what it asks. Every address is in one table, `routes`.
//!
//! The page and its endpoint are for the browser of the same machine. Nothing about anyone checked is kept: a
//! verdict is made, answered and dropped.

mod guard;
mod lists;
mod page;
mod problem;

use std::io;
use std::net::{SocketAddr, TcpListener};

use actix_web::middleware::from_fn;
use actix_web::web::{self, Bytes, Data, Json, JsonConfig, PayloadConfig, Query, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer};
use serde::{Deserialize, Serialize};
use shared::verdict::Desk;

use crate::answer::{Answer, State};
use crate::clock::Clock;
use crate::counter::{Counter, parse_desk};
use crate::store::{Store, StoreError};
use crate::words::Words;
use lists::Lists;
use problem::Problem;

/// Largest picture taken, in bytes.
const MAX_PICTURE: usize = 10 * 1024 * 1024;
/// Largest request of a text, in bytes: past what any code holds.
const MAX_TEXT: usize = 64 * 1024;
/// Seconds that a stopping server waits for open connections.
const PATIENCE: u64 = 1;

/// The counter that is served.
#[derive(Debug)]
pub struct Kiosk {
    lists: Lists,
    words: Words,
    desk: Option<String>,
    clock: Clock,
}

impl Kiosk {
    /// A counter that trusts what is in `store`, now and whenever it changes. `desk` is the desk that the page
    /// opens with.
    ///
    /// # Errors
    /// What is kept is damaged, or a file cannot be read.
    pub fn new(store: Store, desk: Option<String>, clock: Clock) -> Result<Self, StoreError> {
        Ok(Self { lists: Lists::new(store)?, words: Words::built_in(), desk, clock })
    }
}

/// Serves until the process is told to stop. `ready` is told the address, once requests are answered.
///
/// # Errors
/// When the address is taken, or the server fails.
pub fn serve(kiosk: Kiosk, listen: SocketAddr, ready: impl FnOnce(SocketAddr)) -> io::Result<()> {
    let listener = TcpListener::bind(listen)?;
    let address = listener.local_addr()?;
    let kiosk = Data::new(kiosk);
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(kiosk.clone())
                .wrap(from_fn(guard::same_machine))
                .wrap(guard::headers())
                .configure(routes)
        })
        .workers(1)
        .shutdown_timeout(PATIENCE)
        .listen(listener)?;
        ready(address);
        server.run().await
    })
}

fn routes(config: &mut ServiceConfig) {
    config
        .app_data(
            JsonConfig::default().limit(MAX_TEXT).error_handler(|error, _| Problem::json(&error).into()),
        )
        .app_data(PayloadConfig::new(MAX_PICTURE))
        .route("/v1/state", web::get().to(state))
        .route("/v1/bundle", web::get().to(bundle))
        .route("/v1/verify", web::post().to(verify))
        .route("/v1/read", web::post().to(read_codes))
        .configure(page::routes)
        .default_service(web::to(|| async { Problem::not_found() }));
}

/// Where the page is shown: its desk and its language.
#[derive(Debug, Deserialize)]
struct Place {
    desk: Option<String>,
    language: Option<String>,
}

async fn state(kiosk: Data<Kiosk>, place: Query<Place>) -> Result<HttpResponse, Problem> {
    let trusted = kiosk.lists.current()?;
    let language = kiosk.words.language(place.language.as_deref());
    // A desk that the city has not, or has no longer, is no desk; the page then asks for one.
    let desk = place.desk.as_deref().or(kiosk.desk.as_deref()).unwrap_or_default();
    let state = State::of(trusted.as_deref(), desk, language, &kiosk.words, kiosk.clock.now());
    Ok(HttpResponse::Ok().json(state))
}

/// What is trusted here, for the page that checks by itself; nothing before the first bundle.
async fn bundle(kiosk: Data<Kiosk>) -> Result<HttpResponse, Problem> {
    let Some(trusted) = kiosk.lists.current()? else { return Ok(HttpResponse::NoContent().finish()) };
    let fingerprint = ("X-Root-Fingerprint", trusted.fingerprint().to_string());
    Ok(HttpResponse::Ok()
        .content_type("application/cbor")
        .insert_header(fingerprint)
        .body(trusted.to_bundle()))
}

/// What the page sends for a verdict.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scanned {
    text: String,
    /// The same by the keys that were pressed, as a US keyboard has them.
    pressed: Option<String>,
    desk: Option<String>,
    language: Option<String>,
}

async fn verify(kiosk: Data<Kiosk>, scanned: Json<Scanned>) -> Result<HttpResponse, Problem> {
    let trusted = kiosk.lists.current()?;
    let trusted = trusted.as_deref();
    let name = scanned.desk.as_deref().filter(|desk| !desk.is_empty());
    let service = name.map(|name| parse_desk(name, trusted)).transpose()?;
    let desk = service.as_ref().map_or(Desk::Any, Desk::Of);
    let checked =
        Counter { trusted, desk, now: kiosk.clock.now() }.check(&scanned.text, scanned.pressed.as_deref());
    let language = kiosk.words.language(scanned.language.as_deref());
    Ok(HttpResponse::Ok().json(Answer::of(&checked, trusted, desk, language, &kiosk.words)))
}

/// The codes of a picture; the page has each verified.
#[derive(Serialize)]
struct Codes {
    texts: Vec<String>,
}

async fn read_codes(picture: Result<Bytes, actix_web::Error>) -> Result<HttpResponse, Problem> {
    let picture = picture.map_err(|error| Problem::body(&error))?;
    let texts = web::block(move || reader::codes_in(&picture)).await.map_err(|_| Problem::internal())?;
    let texts = texts.map_err(|error| Problem::picture(&error))?;
    Ok(HttpResponse::Ok().json(Codes { texts }))
}

#[cfg(test)]
mod tests;
