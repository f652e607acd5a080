//! The counter's page and what it asks. Every address is in one table, `routes`.
//!
//! The page and its endpoint are for the browser of the same machine. Nothing about anyone checked is kept: a
//! verdict is made, answered and dropped.

mod endpoint;
mod guard;
mod in_time;
mod lists;
mod openapi;
mod page;
mod problem;
mod routes;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer};

use crate::clock::Clock;
use crate::counter::{DeskError, parse_desk};
use crate::store::Store;
use crate::updates::Updates;
use crate::words::Words;
use in_time::Patience;
use lists::Lists;

/// Largest picture taken, in bytes.
const MAX_PICTURE: usize = 10 * 1024 * 1024;
/// Largest request of a text, in bytes: past what any code holds.
const MAX_TEXT: usize = 64 * 1024;
/// Most connections at once: a browser has six.
const MAX_CONNECTIONS: usize = 256;
/// How long a request may take to arrive, its head and then its body.
const PATIENCE: Duration = Duration::from_secs(10);
/// Seconds that a stopping server waits for open connections.
const FAREWELL: u64 = 1;

/// The counter that is served.
#[derive(Debug)]
pub struct Kiosk {
    lists: Lists,
    words: Words,
    desk: Option<String>,
    clock: Clock,
    updates: Option<Arc<Updates>>,
    patience: Patience,
}

impl Kiosk {
    /// A counter that trusts what is in `store`, now and whenever it changes. `desk` is the desk that the page
    /// opens with.
    ///
    /// # Errors
    /// The city has no such desk.
    pub fn new(store: Store, desk: Option<String>, clock: Clock) -> Result<Self, DeskError> {
        let lists = Lists::new(store);
        let trusted = lists.current().trusted;
        desk.as_deref().map(|name| parse_desk(name, trusted.as_deref())).transpose()?;
        let words = Words::built_in();
        Ok(Self { lists, words, desk, clock, updates: None, patience: Patience(PATIENCE) })
    }

    /// The same, telling how these updates go. Whoever serves it drives them.
    #[must_use]
    pub fn telling(self, updates: Option<Arc<Updates>>) -> Self {
        Self { updates, ..self }
    }
}

/// Serves until the process is told to stop. `ready` is told the address, once requests are answered.
///
/// # Errors
/// When the address is taken, or the server fails.
pub fn serve(kiosk: Kiosk, listen: SocketAddr, ready: impl FnOnce(SocketAddr)) -> io::Result<()> {
    let listener = TcpListener::bind(listen)?;
    let address = listener.local_addr()?;
    let Patience(patience) = kiosk.patience;
    let kiosk = Data::new(kiosk);
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(kiosk.clone())
                .wrap(from_fn(guard::same_machine))
                .wrap(guard::headers())
                .configure(routes::all)
        })
        .workers(1)
        .max_connections(MAX_CONNECTIONS)
        .client_request_timeout(patience)
        .shutdown_timeout(FAREWELL)
        .listen(listener)?;
        ready(address);
        server.run().await
    })
}

#[cfg(test)]
mod tests;
