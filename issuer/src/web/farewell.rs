//! How the server ends: it says that it will, then answers nobody new, then ends what is under way.

use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt::signal::unix::{Signal, SignalKind, signal};
use actix_web::rt::{spawn, time};
use actix_web::web::Data;
use futures_util::future::{Either, select};
use std::io;
use std::pin::pin;

use super::desk::Desk;

/// The status of a process that a second signal ended: what a shell says of one that `SIGTERM` ended.
const ENDED_AT_ONCE: i32 = 143;

/// What tells the process to end.
pub(super) struct Told {
    terminate: Signal,
    interrupt: Signal,
}

impl Told {
    /// Listens to `SIGTERM` and to Ctrl-C, in the place of what they would do.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next of either.
    async fn next(&mut self) {
        let (terminate, interrupt) = (pin!(self.terminate.recv()), pin!(self.interrupt.recv()));
        match select(terminate, interrupt).await {
            Either::Left(_) | Either::Right(_) => {}
        }
    }
}

/// Waits to be told; then `/readyz` says that the server stops, and after `drain` so does the server. A second signal ends
/// the process at once.
pub(super) async fn wait(mut told: Told, desk: Data<Desk>, drain: Duration, server: ServerHandle) {
    told.next().await;
    tracing::warn!(drain_s = drain.as_secs(), "told to stop: what is under way ends first");
    desk.leave();
    spawn(async move {
        told.next().await;
        tracing::warn!("told to stop again: ends at once");
        std::process::exit(ENDED_AT_ONCE);
    });
    time::sleep(drain).await;
    server.stop(true).await;
}
