//! The page itself: built in, so that it needs nothing but this program.

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};

const JS: &str = "text/javascript; charset=utf-8";

const FILES: [(&str, &str, &str); 7] = [
    ("/", "text/html; charset=utf-8", include_str!("../../page/index.html")),
    ("/style.css", "text/css; charset=utf-8", include_str!("../../page/style.css")),
    ("/counter.js", JS, include_str!("../../page/counter.js")),
    ("/kiosk.js", JS, include_str!("../../page/kiosk.js")),
    ("/scanner.js", JS, include_str!("../../page/scanner.js")),
    ("/screen.js", JS, include_str!("../../page/screen.js")),
    ("/sound.js", JS, include_str!("../../page/sound.js")),
];

pub(super) fn routes(config: &mut ServiceConfig) {
    for (address, kind, content) in FILES {
        let answer = move || async move { HttpResponse::Ok().content_type(kind).body(content) };
        config.route(address, web::get().to(answer));
    }
}
