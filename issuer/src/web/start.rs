//! The start page: what an officer begins with.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::error::WebError;
use super::officer::{Any, Officer};
use super::page::{Shell, render};

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    shell: Shell,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
}

pub(super) async fn page(officer: Officer<Any>, asked: Query<Asked>) -> Result<HttpResponse, WebError> {
    render(&StartPage { shell: officer.shell().of("start").with_done(&asked.done) })
}
