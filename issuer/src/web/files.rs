//! The stylesheet and the scripts, and whether the desk is there at all.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

use super::desk::{Desk, run};
use super::error::WebError;

#[derive(RustEmbed)]
#[folder = "pages"]
struct Files;

/// Names what the files are together: a new version of the program has new addresses for them.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for name in Files::iter() {
        if let Some(file) = Files::get(&name) {
            digest.update(name.as_bytes());
            digest.update(&file.data);
        }
    }
    shared::keys::hex(digest.finalize().first_chunk::<6>().unwrap_or(&[0; 6]))
});

pub(super) fn version() -> &'static str {
    VERSION.as_str()
}

pub(super) async fn file(place: Path<(String, String)>) -> Result<HttpResponse, WebError> {
    let (_, name) = place.into_inner();
    let file = Files::get(&name).ok_or(WebError::NotFound)?;
    let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let answer = HttpResponse::Ok()
        .content_type(kind)
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(file.data.into_owned());
    Ok(answer)
}

pub(super) async fn nowhere() -> Result<HttpResponse, WebError> {
    Err(WebError::NotFound)
}

/// The process answers.
pub(super) async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("alive\n")
}

/// The process can do its work: the database answers, and it is not about to stop.
pub(super) async fn ready(desk: Data<Desk>) -> HttpResponse {
    if desk.is_leaving() {
        return HttpResponse::ServiceUnavailable().content_type("text/plain").body("stopping\n");
    }
    let asked = run(&desk, |desk| {
        desk.issuer.db.read(|conn| Ok::<_, WebError>(crate::db::officer::Officer::all(conn)?.len()))
    });
    match asked.await {
        Ok(_) => HttpResponse::Ok().content_type("text/plain").body("ready\n"),
        Err(_) => HttpResponse::ServiceUnavailable().content_type("text/plain").body("not ready\n"),
    }
}
