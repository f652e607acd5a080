//! What other programs call, through its own routes.

mod cards;
mod issuing;
mod problems;

use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::{Browser, Page, Served, Town};
use crate::db::Word as _;
use crate::db::act::Actor;
use crate::db::api_token::Scope;
use crate::programs::{self, Wanted};

/// A program with a token.
pub(super) struct Token {
    pub(super) id: String,
    pub(super) name: String,
    text: String,
}

impl Token {
    /// A token of these scopes, good for 90 days, at the desk `library`.
    pub(super) fn of(town: &Town, scopes: &[Scope], calls_a_minute: u32) -> Self {
        let issuer = &town.desk.issuer;
        let wanted = Wanted {
            name: format!("program-{}", programs::list(issuer).unwrap().len()),
            scopes: scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
            desk: Some("library".to_owned()),
            days: 90,
            calls_a_minute,
        };
        let made = programs::make(issuer, &wanted, &Actor::command_line("hall"), town.hands.now()).unwrap();
        Self { id: made.kept.id.to_string(), name: wanted.name, text: made.text().to_string() }
    }

    /// A token for everything.
    pub(super) fn all(town: &Town) -> Self {
        Self::of(town, Scope::ALL, 600)
    }

    /// Sends a request with the token, and nothing else of a browser.
    pub(super) async fn send(&self, app: &impl Served, request: TestRequest) -> Page {
        let bearer = format!("Bearer {}", self.text);
        Browser::default().send(app, request.insert_header(("Authorization", bearer))).await
    }

    /// Asks for a card under a key.
    pub(super) async fn issue(&self, app: &impl Served, key: &str, body: &Value) -> Page {
        self.send(app, asks(key).set_json(body)).await
    }

    pub(super) async fn get(&self, app: &impl Served, path: &str) -> Page {
        self.send(app, TestRequest::get().uri(path)).await
    }

    pub(super) async fn post(&self, app: &impl Served, path: &str, body: &Value) -> Page {
        self.send(app, TestRequest::post().uri(path).set_json(body)).await
    }
}

/// A request for a card under a key.
pub(super) fn asks(key: &str) -> TestRequest {
    TestRequest::post().uri("/api/v1/cards").insert_header(("Idempotency-Key", format!("\"{key}\"")))
}

/// A resident without a photo.
pub(super) fn zoe() -> Value {
    json!({ "full_name": "Zoë Ångström", "birth_date": "1988-03-09", "services": ["library"], "language": "fr" })
}

impl Page {
    /// The JSON of an answer of this status.
    pub(super) fn json(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// A header of the answer; empty where it is not there.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
