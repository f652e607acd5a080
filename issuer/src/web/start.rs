//! The start page: what an officer begins with.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::error::WebError;
use super::officer::{Any, Officer};
use super::page::{Shell, render};
use crate::db::officer::Role;

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    shell: Shell,
    wrong: Option<String>,
    asked: String,
    waiting: Vec<Waiting>,
    links: Vec<(&'static str, &'static str)>,
}

/// How many cases wait for a station.
struct Waiting {
    station: String,
    message: String,
    count: i64,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
}

pub(super) async fn page(officer: Officer<Any>, asked: Query<Asked>) -> Result<HttpResponse, WebError> {
    render(&StartPage {
        shell: officer.shell().of("start").with_done(&asked.done),
        wrong: None,
        asked: String::new(),
        waiting: Vec::new(),
        links: links(officer.role()),
    })
}

/// Where an officer who enrols nobody goes.
fn links(role: Role) -> Vec<(&'static str, &'static str)> {
    match role {
        Role::Registrar | Role::Approver => Vec::new(),
        Role::Auditor => vec![("/account", "account-title")],
        Role::Custodian => vec![("/day", "nav-day"), ("/staff", "nav-staff"), ("/account", "account-title")],
    }
}
