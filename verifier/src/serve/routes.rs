//! Every address of the endpoint, and the page's.

use actix_web::http::Method;
use actix_web::web::{self, JsonConfig, PayloadConfig, QueryConfig, ServiceConfig};
use actix_web::{Handler, Resource, Responder, Route};

use super::problem::Problem;
use super::{MAX_PICTURE, MAX_TEXT, endpoint, page};

/// An address of the endpoint.
pub(super) struct Row {
    pub(super) path: &'static str,
    pub(super) method: Method,
    route: Route,
}

impl Row {
    fn get<F, Args>(path: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: actix_web::FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Self { path, method: Method::GET, route: web::get().to(handler) }
    }

    fn post<F, Args>(path: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: actix_web::FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Self { path, method: Method::POST, route: web::post().to(handler) }
    }
}

/// The endpoint's addresses; `openapi` describes each.
pub(super) fn table() -> Vec<Row> {
    vec![
        Row::get("/v1/state", endpoint::state),
        Row::get("/v1/bundle", endpoint::bundle),
        Row::post("/v1/verify", endpoint::verify),
        Row::post("/v1/read", endpoint::read_codes),
        Row::get("/v1/openapi.json", endpoint::openapi),
    ]
}

pub(super) fn all(config: &mut ServiceConfig) {
    config
        .app_data(
            JsonConfig::default().limit(MAX_TEXT).error_handler(|error, _| Problem::json(&error).into()),
        )
        .app_data(QueryConfig::default().error_handler(|error, _| Problem::query(&error).into()))
        .app_data(PayloadConfig::new(MAX_PICTURE));
    for row in table() {
        config.service(place(row.path, row.method, row.route));
    }
    config.configure(page::routes).default_service(web::to(|| async { Problem::not_found() }));
}

/// One method at one address; any other is a problem.
pub(super) fn place(path: &str, method: Method, route: Route) -> Resource {
    let other = move || {
        let problem = Problem::method(&method);
        async move { problem }
    };
    web::resource(path).route(route).default_service(web::to(other))
}
