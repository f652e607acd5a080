//! What waits for whom, and the page that finds a case or a card.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, http::header::HeaderValue};
use askama::Template;
use serde::Deserialize;

use super::case::{kind_message, login};
use super::desk::{Desk, run};
use super::error::WebError;
use super::officer::{Desks, Officer};
use super::page::{Shell, go, render};
use crate::db::Word as _;
use crate::db::visit::Station;
use crate::enrolment::{self, queue};

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    shell: Shell,
    station: String,
    stations: Vec<(&'static str, String)>,
    page: u32,
    list: List,
}

#[derive(Template)]
#[template(path = "queue_part.html")]
struct QueuePart {
    shell: Shell,
    list: List,
}

/// A page of cases.
struct List {
    rows: Vec<Row>,
    stamp: i64,
    earlier: Option<String>,
    later: Option<String>,
}

struct Row {
    id: String,
    ticket: String,
    station_message: String,
    kind_message: &'static str,
    minutes: i64,
    open_at: String,
}

/// Which part of the queue.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    station: String,
    #[serde(default)]
    page: u32,
    #[serde(default)]
    ticket: String,
    #[serde(default)]
    done: String,
}

pub(super) async fn page(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let asked = asked.into_inner();
    if !asked.ticket.trim().is_empty() {
        let found =
            run(&desk, move |desk| enrolment::find_ticket(&desk.issuer, &asked.ticket, desk.now())).await?;
        return Ok(go(format!("/cases/{}", found.id)));
    }
    let shell = officer.shell().of("queue").with_done(&asked.done);
    let (station, page) = (asked.station.clone(), asked.page);
    let list = run(&desk, move |desk| List::of(desk, &asked)).await?;
    let stations = Station::ALL.iter().filter(|station| **station != Station::Closed);
    render(&QueuePage {
        stations: stations.map(|station| (station.as_str(), station_message(*station))).collect(),
        shell,
        station,
        page,
        list,
    })
}

/// The part that changes, for a page that asks again and again: nothing while nothing changed.
pub(super) async fn part(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    asked: Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, WebError> {
    let known = request.headers().get("x-stamp").and_then(|stamp| stamp.to_str().ok()?.parse::<i64>().ok());
    let stamp = run(&desk, |desk| queue::stamp(&desk.issuer)).await?;
    if known == Some(stamp) {
        return Ok(HttpResponse::NoContent().finish());
    }
    let list = run(&desk, move |desk| List::of(desk, &asked)).await?;
    let stamp = HeaderValue::from(list.stamp);
    let mut answer = render(&QueuePart { shell: officer.shell(), list })?;
    answer.headers_mut().insert(actix_web::http::header::HeaderName::from_static("x-stamp"), stamp);
    Ok(answer)
}

pub(super) fn station_message(station: Station) -> String {
    format!("station-{}", station.as_str())
}

impl List {
    fn of(desk: &Desk, asked: &Asked) -> Result<Self, WebError> {
        let now = desk.now();
        let station = Station::from_word(&asked.station);
        let queue = queue::queue(&desk.issuer, station, asked.page, now)?;
        let address = |page: u32| format!("/queue?station={}&page={page}", asked.station);
        let beyond = i64::from(asked.page.saturating_add(1)).saturating_mul(queue::PAGE);
        let rows = queue.cases.into_iter().map(|case| {
            Ok(Row {
                id: case.id.to_string(),
                ticket: case.ticket,
                station_message: station_message(case.station),
                kind_message: kind_message(case.kind),
                minutes: (now - case.since).num_minutes().max(0),
                open_at: case.open_by.map(|by| login(desk, &by.officer)).transpose()?.unwrap_or_default(),
            })
        });
        Ok(Self {
            rows: rows.collect::<Result<_, WebError>>()?,
            stamp: queue.stamp,
            earlier: asked.page.checked_sub(1).map(address),
            later: (beyond < queue.total).then(|| address(asked.page.saturating_add(1))),
        })
    }
}
