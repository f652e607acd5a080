//! What stands around every page.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use askama::Template;
use serde::Deserialize;

use super::desk::Desk;
use super::error::WebError;
use super::officer::SignedIn;
use super::say::Say;
use crate::db::Word as _;
use crate::db::officer::Role;

/// The frame of a page: its language, who is signed in, where else there is to go.
#[derive(Clone)]
pub(super) struct Shell {
    pub(super) say: Say,
    pub(super) officer: Option<Signed>,
    pub(super) city: String,
    pub(super) version: &'static str,
    /// What was just done, as its message.
    pub(super) done: Option<String>,
    /// The part of the desk that the page is of.
    pub(super) part: &'static str,
}

/// What was just done, as an address says it.
#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    pub(super) done: String,
}

/// What a page tells of the officer.
#[derive(Clone)]
pub(super) struct Signed {
    pub(super) login: String,
    pub(super) role: Role,
    pub(super) desk: String,
    pub(super) csrf: String,
    pub(super) until_warning: i64,
    pub(super) until_end: i64,
}

impl Shell {
    pub(super) fn signed_out(desk: &Desk, say: &Say) -> Self {
        let city = &desk.issuer.city;
        Self {
            say: say.clone(),
            officer: None,
            city: city.name_in(say.language()).to_owned(),
            version: super::files::version(),
            done: None,
            part: "",
        }
    }

    pub(super) fn signed_in(signed_in: &SignedIn) -> Self {
        use crate::db::session::IDLE;
        let warning = chrono::Duration::minutes(2);
        let signed = Signed {
            login: signed_in.account.login.clone(),
            role: signed_in.account.role,
            desk: signed_in.desk.clone(),
            csrf: signed_in.csrf(),
            until_warning: (IDLE - warning).num_seconds(),
            until_end: IDLE.num_seconds(),
        };
        Self {
            say: signed_in.say.clone(),
            officer: Some(signed),
            city: signed_in.city.clone(),
            version: super::files::version(),
            done: None,
            part: "",
        }
    }

    /// The same around a page of this part of the desk.
    pub(super) fn of(mut self, part: &'static str) -> Self {
        self.part = part;
        self
    }

    /// The same with what was just done, if the address says it: the name of a message.
    pub(super) fn with_done(mut self, done: &str) -> Self {
        let known =
            !done.is_empty() && done.len() < 40 && done.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let id = format!("done-{done}");
        self.done = known.then(|| self.say.t(&id)).filter(|text| *text != id);
        self
    }

    pub(super) fn csrf(&self) -> &str {
        self.officer.as_ref().map_or("", |officer| &officer.csrf)
    }

    /// Whether the officer works at the desk: enrols, looks up, hands over.
    pub(super) fn at_desk(&self) -> bool {
        self.has(&[Role::Registrar, Role::Approver])
    }

    pub(super) fn approves(&self) -> bool {
        self.has(&[Role::Approver, Role::Custodian])
    }

    pub(super) fn counts(&self) -> bool {
        self.has(&[Role::Registrar, Role::Approver, Role::Custodian])
    }

    /// Whether the officer keeps the accounts of the others.
    pub(super) fn keeps_officers(&self) -> bool {
        self.has(&[Role::Custodian])
    }

    /// Whether the officer reads the audit log.
    pub(super) fn audits(&self) -> bool {
        self.has(&[Role::Auditor])
    }

    fn has(&self, roles: &[Role]) -> bool {
        self.officer.as_ref().is_some_and(|officer| roles.contains(&officer.role))
    }
}

impl Signed {
    pub(super) fn role_message(&self) -> String {
        format!("role-{}", self.role.as_str())
    }
}

/// The page that says why there is no other.
#[derive(Template)]
#[template(path = "error.html")]
pub(super) struct ErrorPage {
    pub(super) shell: Shell,
    pub(super) text: String,
    /// The request's id, where the log says more.
    pub(super) id: Option<String>,
}

impl WebError {
    /// What is wrong and what to do, in words.
    pub(super) fn text(&self, say: &Say) -> String {
        say.one(self.message(), "what", self.told())
    }
}

/// A page as an answer.
pub(super) fn render(page: &impl Template) -> Result<HttpResponse, WebError> {
    render_with(StatusCode::OK, page)
}

/// A page that says what is wrong with what was sent.
pub(super) fn render_wrong(page: &impl Template) -> Result<HttpResponse, WebError> {
    render_with(StatusCode::UNPROCESSABLE_ENTITY, page)
}

pub(super) fn render_with(status: StatusCode, page: &impl Template) -> Result<HttpResponse, WebError> {
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page.render()?))
}

/// Goes on at another page of the desk, by GET.
pub(super) fn go(to: impl Into<String>) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, to.into())).finish()
}
