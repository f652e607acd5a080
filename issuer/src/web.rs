//! The desk's pages. Every address is in one table, `routes`.

mod account;
mod api;
mod audit;
mod batches;
mod cards;
mod carried;
mod case;
mod cookies;
mod day;
mod demand;
mod desk;
mod error;
mod files;
mod first;
mod gate;
mod holder;
mod holds;
mod jobs;
mod kept;
mod keys;
mod limits;
mod many;
mod names;
mod officer;
mod page;
mod patience;
mod posted;
mod queue;
mod requests;
mod routes;
mod say;
mod sign_in;
mod staff;
mod start;
#[cfg(test)]
mod tests;
mod wrongs;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::middleware::DefaultHeaders;
use actix_web::web::Data;
use actix_web::{App, HttpServer};

pub use desk::{Clock, Desk};
pub use patience::Patience;
pub use routes::{Address, addresses};

use crate::db::act::Actor;
use crate::retention::Outcome;
use crate::{enrolment, programs, retention};

/// Seconds that a stopping server waits for what is under way.
const FAREWELL: u64 = 20;
/// How often what is due is looked for.
const HOUR: Duration = Duration::from_secs(3600);
/// How often batches are looked at that nobody may need any more.
const TIDY: Duration = Duration::from_secs(60);

/// Serves until the process is told to stop. `ready` is told the address, once requests are answered.
///
/// # Errors
/// When the address is taken, or the server fails.
pub fn serve(desk: Desk, listen: SocketAddr, ready: impl FnOnce(SocketAddr)) -> io::Result<()> {
    let listener = TcpListener::bind(listen)?;
    let address = listener.local_addr()?;
    let desk = Data::new(desk);
    let kept = Data::clone(&desk);
    actix_web::rt::System::new().block_on(async move {
        let shared = Data::clone(&desk);
        let server = HttpServer::new(move || {
            App::new().app_data(Data::clone(&shared)).wrap(headers()).configure(routes::register)
        })
        .workers(2)
        .client_request_timeout(kept.patience.head)
        .shutdown_timeout(FAREWELL)
        .listen(listener)?;
        let schedule = actix_web::rt::spawn(schedule(Data::clone(&kept)));
        let tidy = actix_web::rt::spawn(tidy(kept));
        ready(address);
        many::resume(desk).await;
        let ended = server.run().await;
        tidy.abort();
        schedule.abort();
        ended
    })
}

/// What is due at the start and every hour: destruction, and the queue's cases whose records are gone.
async fn schedule(desk: Data<Desk>) {
    let mut hours = actix_web::rt::time::interval(HOUR);
    loop {
        hours.tick().await;
        let done = desk::run(&desk, |desk| {
            let (issuer, now) = (&desk.issuer, desk.now());
            let outcome = retention::tick(issuer, now)?;
            if matches!(outcome, Outcome::ClockJumped { .. }) {
                tracing::error!(?outcome, "nothing is destroyed until somebody says that the clock is right");
            }
            enrolment::close_destroyed(issuer, &Actor::schedule(), now)?;
            enrolment::forget_old(issuer, &Actor::schedule(), now)?;
            programs::forget_old(issuer, &Actor::schedule(), now)?;
            Ok::<_, error::WebError>(())
        });
        if let Err(error) = done.await {
            tracing::error!(%error, "what is due every hour failed; it is tried again in an hour");
        }
    }
}

/// Forgets what stands in memory alone and was not used for long.
async fn tidy(desk: Data<Desk>) {
    let mut ticks = actix_web::rt::time::interval(TIDY);
    loop {
        ticks.tick().await;
        desk.jobs.forget_old(desk.now());
    }
}

/// Nothing from elsewhere, nothing kept, not framed.
fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; \
             connect-src 'self'; font-src 'none'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; \
             base-uri 'none'",
        ))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("X-Frame-Options", "DENY"))
        .add(("Referrer-Policy", "no-referrer"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
        .add(("Permissions-Policy", "camera=(self), microphone=(), geolocation=()"))
        .add(("Cache-Control", "no-store"))
}
