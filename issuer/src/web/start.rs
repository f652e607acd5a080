//! The start page: what an officer begins with.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;

use super::desk::{Desk, run};
use super::error::WebError;
use super::officer::{Any, Officer};
use super::page::{Done, Shell, render};
use super::queue::station_message;
use crate::db::Word as _;
use crate::db::officer::Role;
use crate::db::visit::Station;
use crate::enrolment::queue;

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
    station: &'static str,
    message: String,
    count: i64,
}

pub(super) async fn page(
    desk: Data<Desk>,
    officer: Officer<Any>,
    asked: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let counts =
        run(&desk, |desk| Ok::<_, WebError>(queue::queue(&desk.issuer, None, 0, desk.now())?.counts));
    let waiting = counts.await?.into_iter().filter(|(station, _)| *station != Station::Closed);
    let waiting = waiting.map(|(station, count)| Waiting {
        station: station.as_str(),
        message: station_message(station),
        count,
    });
    render(&StartPage {
        shell: officer.shell().of("start").with_done(&asked.done),
        wrong: None,
        asked: String::new(),
        waiting: waiting.collect(),
        links: links(officer.role()),
    })
}

/// Where an officer who enrols nobody goes.
fn links(role: Role) -> Vec<(&'static str, &'static str)> {
    match role {
        Role::Registrar | Role::Approver => Vec::new(),
        Role::Auditor => vec![("/audit", "nav-audit"), ("/kept", "nav-kept"), ("/account", "account-title")],
        Role::Custodian => vec![
            ("/keys", "nav-keys"),
            ("/staff", "nav-staff"),
            ("/many", "nav-many"),
            ("/day", "nav-day"),
            ("/kept", "nav-kept"),
            ("/account", "account-title"),
        ],
    }
}
