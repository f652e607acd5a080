//! What keeps other web pages, and other names for this machine, away from the counter.

use std::net::IpAddr;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HOST, HeaderMap, HeaderName, ORIGIN};
use actix_web::middleware::{DefaultHeaders, Next};
use actix_web::{Error, ResponseError as _};

use super::problem::Problem;

/// Lets through what a page of this very server asks.
///
/// A name that somebody else can point at this machine is refused: only `localhost` and numeric addresses are
/// hosts here. So is a request that another page makes the browser send.
pub(super) async fn same_machine(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let headers = request.headers();
    if !is_here(header(headers, &HOST)) {
        return Ok(request.into_response(Problem::host().error_response()));
    }
    // A link from elsewhere may open the page, and no more.
    if request.path().starts_with("/v1/") && !is_own_page(headers) {
        return Ok(request.into_response(Problem::origin().error_response()));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Nothing from elsewhere, nothing kept, not framed.
pub(super) fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
             connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
        ))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("Referrer-Policy", "no-referrer"))
        .add(("Cache-Control", "no-store"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
        .add(("Permissions-Policy", "camera=(self), microphone=(), geolocation=()"))
}

fn is_here(host: Option<&str>) -> bool {
    let Some(host) = host else { return false };
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

fn is_own_page(headers: &HeaderMap) -> bool {
    let host = header(headers, &HOST);
    let own_origin = match headers.get(ORIGIN) {
        None => true,
        Some(origin) => {
            let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
            origin.is_some_and(|(_, authority)| Some(authority) == host)
        }
    };
    let site = headers.get(HeaderName::from_static("sec-fetch-site"));
    own_origin && site.is_none_or(|site| site == "same-origin" || site == "none")
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_nobody_else_can_point_here_are_hosts() {
        for host in ["localhost", "localhost:8090", "127.0.0.1:8090", "192.168.1.20", "[::1]:8090", "[::1]"] {
            assert!(is_here(Some(host)), "{host}");
        }
        for host in
            ["evil.example", "evil.example:8090", "127.0.0.1.evil.example", "", "localhost.evil.example"]
        {
            assert!(!is_here(Some(host)), "{host}");
        }
        assert!(!is_here(None));
    }
}
