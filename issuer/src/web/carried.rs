//! A form that is sent after its session has ended: the sign-in page carries it, and it goes on once its officer is back.
//!
//! Nothing of it is stored here: what a browser sent goes back to that browser, which showed it a moment before.

use std::time::Duration;

use actix_web::HttpMessage as _;
use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::web::Data;
use askama::Template;
use zeroize::Zeroize as _;

use super::cookies;
use super::desk::{Desk, run};
use super::error::WebError;
use super::page::{Shell, render};
use super::posted::Posted;
use super::routes::Place;
use crate::db::session::Session;

/// Most bytes of a form that is carried: it comes back in another form, written twice over.
const MAX: usize = 64 * 1024;
/// How long it may take to arrive.
const TIME: Duration = Duration::from_secs(30);

/// A form on its way through the sign-in page. Wiped when dropped.
#[derive(Clone)]
pub(super) struct Carried {
    /// Where it was sent.
    pub(super) path: String,
    /// Its fields, as a form's body.
    pub(super) fields: String,
    /// Whose session it was of.
    pub(super) officer: String,
}

impl Drop for Carried {
    fn drop(&mut self) {
        self.fields.zeroize();
    }
}

/// What was sent, offered again to the officer who sent it.
#[derive(Template)]
#[template(path = "carried.html")]
struct CarriedPage {
    shell: Shell,
    path: String,
    fields: Vec<(String, String)>,
    form_token: String,
}

impl Carried {
    /// The form of a request whose session is over; none where the place carries none, or nobody was ever signed in.
    pub(super) async fn of_request(
        desk: &Data<Desk>,
        place: Place,
        request: &mut ServiceRequest,
    ) -> Option<Self> {
        if !place.carried || request.method() != Method::POST {
            return None;
        }
        let token = cookies::token(request.request())?;
        let ended = run(desk, move |desk| {
            desk.issuer.db.read(|conn| Ok::<_, WebError>(Session::find(conn, &token.hash())?))
        });
        let officer = ended.await.ok()??.officer_id.to_string();
        let headers = request.headers().clone();
        let body = Posted::read(&headers, request.take_payload(), MAX);
        let posted = actix_web::rt::time::timeout(TIME, body).await.ok()?.ok()?;
        let fields: Vec<(&str, &str)> = posted.fields().filter(|(name, _)| *name != "form_token").collect();
        let fields = serde_urlencoded::to_string(fields).ok()?;
        Some(Self { path: request.path().to_owned(), fields, officer })
    }

    /// The form that a sign-in page carried.
    pub(super) fn of_sign_in(posted: &Posted) -> Option<Self> {
        let field = |name| Some(posted.get(name)).filter(|value| !value.is_empty()).map(str::to_owned);
        Some(Self {
            path: field("carried_path").filter(|path| path.starts_with('/') && !path.starts_with("//"))?,
            fields: posted.get("carried_fields").to_owned(),
            officer: field("carried_officer")?,
        })
    }

    /// The page that sends it again, in the session that has begun.
    pub(super) fn page(&self, shell: Shell, session: &Session) -> Result<HttpResponse, WebError> {
        let fields = serde_urlencoded::from_str(&self.fields).map_err(|_| WebError::NotAForm)?;
        let form_token = shared::keys::hex(&session.csrf_secret);
        render(&CarriedPage { shell, path: self.path.clone(), fields, form_token })
    }

    /// Whether it is of the officer who signed in: nobody sends what a colleague typed.
    pub(super) fn is_of(&self, session: &Session) -> bool {
        self.officer == session.officer_id.as_str()
    }
}
