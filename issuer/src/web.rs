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
mod farewell;
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
mod metrics;
mod names;
mod officer;
mod page;
mod patience;
mod pictures;
mod posted;
mod queue;
mod requests;
mod routes;
mod say;
mod schedule;
mod sign_in;
mod staff;
mod start;
#[cfg(test)]
mod tests;
mod tls;
mod watch;
mod wrongs;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::web::Data;
use actix_web::{App, HttpServer};

pub use desk::{Clock, Desk};
pub use patience::Patience;
pub use posted::read_form;
pub use routes::{Address, addresses};
pub use tls::{Certificate, TlsError, TlsFiles};

/// Seconds that a stopping server waits for what is under way.
const FAREWELL: u64 = 20;
/// How long after that the threads that answered may take to let go of the desk.
const LETS_GO: Duration = Duration::from_secs(5);
/// How often batches are looked at that nobody may need any more.
const TIDY: Duration = Duration::from_secs(60);

/// Where a desk is served, and how its server ends.
#[derive(Clone, Debug)]
pub struct Serving {
    /// The address of the desk.
    pub listen: SocketAddr,
    /// The address of what Prometheus is told; none for nothing.
    pub metrics: Option<SocketAddr>,
    /// How long a server that was told to stop still answers whoever comes, while `/readyz` says that it stops.
    pub drain: Duration,
    /// What the desk is served with by TLS; none for plain HTTP, behind a proxy or on the machine itself.
    pub certificate: Option<Arc<Certificate>>,
}

impl Serving {
    /// The desk alone, at an address; the server ends without letting anybody wait.
    #[must_use]
    pub fn at(listen: SocketAddr) -> Self {
        Self { listen, metrics: None, drain: Duration::ZERO, certificate: None }
    }
}

/// Where it is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// The desk.
    pub desk: SocketAddr,
    /// The metrics.
    pub metrics: Option<SocketAddr>,
}

/// Serves until the process is told to stop. `ready` is told the addresses, once requests are answered.
///
/// # Errors
/// When an address is taken, or the server fails.
pub fn serve(desk: Desk, serving: &Serving, ready: impl FnOnce(Served)) -> io::Result<()> {
    let listener = TcpListener::bind(serving.listen)?;
    let watched = serving.metrics.map(TcpListener::bind).transpose()?;
    let at = Served {
        desk: listener.local_addr()?,
        metrics: watched.as_ref().map(TcpListener::local_addr).transpose()?,
    };
    let (desk, drain) = (Data::new(desk), serving.drain);
    let certificate = serving.certificate.clone();
    let by_tls = certificate.is_some();
    let kept = Data::clone(&desk);
    let last = Data::clone(&desk);
    let ended = actix_web::rt::System::new().block_on(async move {
        let told = farewell::Told::listen()?;
        let shared = Data::clone(&desk);
        let server = HttpServer::new(move || {
            let desk = App::new().app_data(Data::clone(&shared));
            desk.wrap(headers(by_tls)).wrap(from_fn(watch::pass)).configure(routes::register)
        })
        .workers(2)
        .client_request_timeout(kept.patience.head)
        .disable_signals()
        .shutdown_timeout(FAREWELL);
        let server = match &certificate {
            None => server.listen(listener)?,
            Some(certificate) => server.listen_rustls_0_23(listener, certificate.config()?)?,
        };
        let following = certificate.map(|certificate| actix_web::rt::spawn(certificate.follow()));
        let due = [
            actix_web::rt::spawn(schedule::hourly(Data::clone(&kept))),
            actix_web::rt::spawn(schedule::mass_revocations(desk)),
            actix_web::rt::spawn(tidy(Data::clone(&kept))),
        ];
        let metrics = watched.map(|listener| metrics::server(Data::clone(&kept), listener)).transpose()?;
        let metrics = metrics.map(|server| (server.handle(), actix_web::rt::spawn(server)));
        ready(at);
        let server = server.run();
        actix_web::rt::spawn(farewell::wait(told, kept, drain, server.handle()));
        let ended = server.await;
        if let Some((metrics, running)) = metrics {
            metrics.stop(false).await;
            let _ = running.await;
        }
        due.iter().for_each(actix_web::rt::task::JoinHandle::abort);
        if let Some(following) = following {
            following.abort();
        }
        ended
    });
    let_go(&last.into_inner());
    ended
}

/// Waits until the threads that answered have let go of the desk: whoever is last closes its database.
fn let_go(desk: &Arc<Desk>) {
    let began = Instant::now();
    while Arc::strong_count(desk) > 1 && began.elapsed() < LETS_GO {
        #[expect(clippy::disallowed_methods, reason = "no thread says when it has ended")]
        std::thread::sleep(Duration::from_millis(5));
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
fn headers(by_tls: bool) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
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
        .add(("Cache-Control", "no-store"));
    // Behind a proxy that is for the proxy to say; on plain HTTP browsers take no notice of it.
    if by_tls { headers.add(("Strict-Transport-Security", "max-age=63072000")) } else { headers }
}
