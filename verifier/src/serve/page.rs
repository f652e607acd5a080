//! The page itself: built in, so that it needs nothing but this program.

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};

use crate::pwa;

pub(super) fn routes(config: &mut ServiceConfig) {
    let page =
        || async { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(pwa::kiosk_page()) };
    config.route("/", web::get().to(page));
    for part in pwa::parts() {
        let answer = move || async move { HttpResponse::Ok().content_type(part.kind).body(part.content) };
        config.route(&format!("/{}", part.name), web::get().to(answer));
    }
}
