//! `/metrics`, on an address of its own: whoever reaches it is not asked who they are.

use actix_web::dev::Server;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use prometheus_client::encoding::prometheus_text;
use std::io;
use std::net::TcpListener;

use super::desk::{Desk, run};
use super::error::WebError;
use crate::metrics::State;

/// A server of the metrics, to be run.
pub(super) fn server(desk: Data<Desk>, listener: TcpListener) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new().app_data(Data::clone(&desk)).route("/metrics", web::get().to(metrics))
    });
    Ok(server.workers(1).disable_signals().shutdown_timeout(1).listen(listener)?.run())
}

/// What the database cannot say now is left out; the rest is told all the same.
async fn metrics(desk: Data<Desk>) -> HttpResponse {
    let state = run(&desk, |desk| State::of(&desk.issuer, desk.now()).map_err(WebError::Internal)).await;
    match desk.metrics.text(state.ok().as_ref(), desk.now()) {
        Ok(text) => {
            HttpResponse::Ok().insert_header((CONTENT_TYPE, prometheus_text::CONTENT_TYPE)).body(text)
        }
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
