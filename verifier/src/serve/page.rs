//! The page itself: built in, so that it needs nothing but this program.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};

use super::routes::place;
use crate::pwa;

pub(super) fn routes(config: &mut ServiceConfig) {
    let page =
        || async { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(pwa::kiosk_page()) };
    config.service(place("/", Method::GET, web::get().to(page)));
    for part in pwa::parts() {
        let answer = move || async move { HttpResponse::Ok().content_type(part.kind).body(part.content) };
        config.service(place(&format!("/{}", part.name), Method::GET, web::get().to(answer)));
    }
}
