//! The cookies: one for the session, one for the language and one for the desk of this browser.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use crate::officers::Token;

/// The session's token. A browser sends a `__Host-` cookie to this very host alone, and over TLS (RFC 6265bis).
pub(super) const SESSION: &str = "__Host-session";
/// The language of this browser's pages.
pub(super) const LANGUAGE: &str = "__Host-language";
/// The desk where this browser stands.
pub(super) const DESK: &str = "__Host-desk";

/// Most characters of a desk's name.
const LONGEST_DESK: usize = 24;

pub(super) fn session(token: &Token) -> Cookie<'static> {
    strict(SESSION, token.text().to_string()).finish()
}

pub(super) fn no_session() -> Cookie<'static> {
    strict(SESSION, String::new()).max_age(Duration::ZERO).finish()
}

/// What a browser keeps for a year: nothing of a person.
pub(super) fn kept(name: &'static str, value: &str) -> Cookie<'static> {
    strict(name, value.to_owned()).max_age(Duration::days(365)).finish()
}

fn strict(name: &'static str, value: String) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(name, value).path("/").secure(true).http_only(true).same_site(SameSite::Strict)
}

pub(super) fn token(request: &HttpRequest) -> Option<Token> {
    Token::parse(request.cookie(SESSION)?.value())
}

/// The desk of this browser, as far as it can be one's name.
pub(super) fn desk(request: &HttpRequest) -> Option<String> {
    request.cookie(DESK).and_then(|cookie| desk_name(cookie.value()))
}

/// A text as the name of a desk, which the audit log will hold.
pub(super) fn desk_name(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase().replace(' ', "-");
    let fits = (1..=LONGEST_DESK).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    fits.then_some(text)
}
