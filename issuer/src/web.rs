//! The web server. Every address is in one table, `routes`.

mod start;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use actix_web::middleware::DefaultHeaders;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpServer};

use crate::config::City;

/// What the pages need.
#[derive(Debug, Clone)]
pub struct Site {
    /// The city.
    pub city: City,
    /// The data folder.
    pub data: PathBuf,
}

/// Serves until the process is told to stop. `ready` is told the address, once requests are answered.
///
/// # Errors
/// When the address is taken, or the server fails.
pub fn serve(site: Site, listen: SocketAddr, ready: impl FnOnce(SocketAddr)) -> io::Result<()> {
    let listener = TcpListener::bind(listen)?;
    let address = listener.local_addr()?;
    let site = Data::new(site);
    actix_web::rt::System::new().block_on(async move {
        let server =
            HttpServer::new(move || App::new().app_data(site.clone()).wrap(headers()).configure(routes))
                .workers(2)
                .listen(listener)?;
        ready(address);
        server.run().await
    })
}

fn routes(config: &mut ServiceConfig) {
    config.route("/", web::get().to(start::page)).route("/style.css", web::get().to(start::style));
}

/// Nothing from elsewhere, nothing kept, not framed.
fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("Referrer-Policy", "no-referrer"))
        .add(("Cache-Control", "no-store"))
}
