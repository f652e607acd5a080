//! The address of the city's lists, and questions to it.

use std::fmt;
use std::io::{self, Read as _};
use std::net::IpAddr;
use std::str::FromStr;
use std::time::{Duration, Instant};

use thiserror::Error;
use ureq::http::{Response, StatusCode, Uri};
use ureq::{Agent, Body};

use super::Failure;

/// Longest `ETag` that is sent back.
const MAX_TAG: usize = 256;

/// An address to fetch lists from: of https, or of http on this very machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    uri: Uri,
    is_here: bool,
}

/// Why lists are not fetched from an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// Not an address.
    #[error("this is no address; it looks like https://card.city.example/bundle.cbor")]
    NotAnAddress,
    /// Not of https.
    #[error(
        "lists are fetched over https; http is only for this very machine, as http://127.0.0.1:8080/bundle.cbor"
    )]
    NotEncrypted,
    /// It has a name or a password in it.
    #[error("leave out name and password: lists are public")]
    Secret,
}

impl FromStr for Source {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let uri: Uri = text.parse().map_err(|_| SourceError::NotAnAddress)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(SourceError::NotAnAddress)?;
        let is_here = is_loopback(host);
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_here => {}
            Some("http") => return Err(SourceError::NotEncrypted),
            _ => return Err(SourceError::NotAnAddress),
        }
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(SourceError::Secret);
        }
        Ok(Self { uri, is_here })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(formatter)
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// What an address answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fetched {
    /// What was fetched before is still the newest.
    Unchanged,
    /// A whole answer; nothing in it is checked.
    Whole { bytes: Vec<u8>, etag: Option<String> },
}

impl Source {
    /// The machine that is asked, for people.
    #[must_use]
    pub fn host(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    /// What lies beside the bundle; none where its address is no plain path.
    fn beside(&self, place: &str) -> Option<Uri> {
        let path = self.uri.path_and_query().filter(|path| path.query().is_none())?.path();
        let (folder, _) = path.rsplit_once('/')?;
        let mut parts = self.uri.clone().into_parts();
        parts.path_and_query = Some(format!("{folder}/{place}").parse().ok()?);
        Uri::from_parts(parts).ok()
    }

    /// A line to the machine for a few questions, which may take `patience` together.
    pub(super) fn line(&self, patience: Duration) -> Line<'_> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(1)
            .user_agent("verifier");
        if self.is_here {
            config = config.proxy(None);
        }
        Line { source: self, agent: config.build().into(), end: Instant::now() + patience }
    }
}

/// A line to the machine. It follows no redirect, and keeps no connection once it is dropped.
pub(super) struct Line<'a> {
    source: &'a Source,
    agent: Agent,
    end: Instant,
}

impl Line<'_> {
    /// Asks for the bundle: at most so many bytes.
    pub(super) fn bundle(&self, known: Option<&str>, limit: usize) -> Result<Fetched, Failure> {
        self.ask(self.source.uri.clone(), known, limit)
    }

    /// Asks for what lies beside the bundle, likewise.
    pub(super) fn beside(&self, place: &str, known: Option<&str>, limit: usize) -> Result<Fetched, Failure> {
        let uri = self.source.beside(place).ok_or(Failure::HttpStatus)?;
        self.ask(uri, known, limit)
    }

    fn ask(&self, uri: Uri, known: Option<&str>, limit: usize) -> Result<Fetched, Failure> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Failure::TooSlow);
        }
        let mut question = self.agent.get(uri).config().timeout_global(Some(left)).build();
        if let Some(etag) = known {
            question = question.header("If-None-Match", etag);
        }
        let answer = question.call()?;
        match answer.status() {
            StatusCode::OK => whole(answer, limit),
            StatusCode::NOT_MODIFIED if known.is_some() => Ok(Fetched::Unchanged),
            status if status.is_redirection() && status != StatusCode::NOT_MODIFIED => {
                Err(Failure::Redirected)
            }
            _ => Err(Failure::HttpStatus),
        }
    }
}

fn whole(mut answer: Response<Body>, limit: usize) -> Result<Fetched, Failure> {
    let etag = answer.headers().get("ETag").and_then(|etag| etag.to_str().ok());
    let etag = etag.filter(|etag| etag.len() <= MAX_TAG).map(str::to_owned);
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    let told = answer.body().content_length();
    if told.is_some_and(|length| length > most) {
        return Err(Failure::TooLarge);
    }
    let mut bytes = Vec::new();
    answer.body_mut().as_reader().take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        return Err(Failure::TooLarge);
    }
    Ok(Fetched::Whole { bytes, etag })
}

impl From<ureq::Error> for Failure {
    fn from(error: ureq::Error) -> Self {
        match error {
            ureq::Error::Timeout(_) => Self::TooSlow,
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::TlsRequired => Self::Tls,
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => Self::CutShort,
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => Self::TooSlow,
            // So rustls says that the other side, or its certificate, is not what it should be.
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => Self::Tls,
            ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => Self::NotHttp,
            _ => Self::Unreachable,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        ureq::Error::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_of_https_or_of_this_machine() {
        for good in [
            "https://card.city.example/bundle.cbor",
            "HTTPS://card.city.example",
            "https://192.168.1.7:8443/bundle.cbor?kit=1",
            "http://localhost:8080/bundle.cbor",
            "http://LOCALHOST/bundle.cbor",
            "http://127.0.0.1/bundle.cbor",
            "http://127.9.9.9:8080/bundle.cbor",
            "http://[::1]:8080/bundle.cbor",
        ] {
            assert!(good.parse::<Source>().is_ok(), "{good}");
        }
        for (bad, why) in [
            ("http://card.city.example/bundle.cbor", SourceError::NotEncrypted),
            ("http://192.168.1.7/bundle.cbor", SourceError::NotEncrypted),
            ("http://localhost.evil.example/", SourceError::NotEncrypted),
            ("http://127.0.0.1.evil.example/", SourceError::NotEncrypted),
            ("http://127.0.0.1@evil.example/", SourceError::NotEncrypted),
            ("http://0.0.0.0/", SourceError::NotEncrypted),
            ("https://desk:secret@card.city.example/", SourceError::Secret),
            ("http://evil.example@127.0.0.1/", SourceError::Secret),
            ("ftp://card.city.example/", SourceError::NotAnAddress),
            ("file:///etc/passwd", SourceError::NotAnAddress),
            ("bundle.cbor", SourceError::NotAnAddress),
            ("/bundle.cbor", SourceError::NotAnAddress),
            ("https://", SourceError::NotAnAddress),
            ("", SourceError::NotAnAddress),
        ] {
            assert_eq!(bad.parse::<Source>(), Err(why), "{bad}");
        }
    }

    #[test]
    fn what_lies_beside_the_bundle_is_on_the_same_machine() {
        let beside = |source: &str| {
            let source = source.parse::<Source>().unwrap();
            source.beside("index.cbor").map(|uri| uri.to_string())
        };
        for (source, expected) in [
            ("https://card.city.example/bundle.cbor", Some("https://card.city.example/index.cbor")),
            ("https://card.city.example", Some("https://card.city.example/index.cbor")),
            ("https://card.city.example:8443/a/b/", Some("https://card.city.example:8443/a/b/index.cbor")),
            ("http://127.0.0.1:80/a/b", Some("http://127.0.0.1:80/a/index.cbor")),
            ("https://card.city.example/bundle.cbor?kit=1", None),
        ] {
            assert_eq!(beside(source).as_deref(), expected, "{source}");
        }
    }
}
