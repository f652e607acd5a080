//! The day in figures.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::desk::{Desk, run};
use super::error::WebError;
use super::officer::{Counts, Officer};
use super::page::{Shell, render};
use crate::enrolment::day_sheet;

#[derive(Template)]
#[template(path = "day.html")]
struct DayPage {
    shell: Shell,
    date: String,
    figures: Vec<(&'static str, String)>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    date: String,
}

pub(super) async fn page(
    desk: Data<Desk>,
    officer: Officer<Counts>,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let today = desk.now().date_naive();
    let date = NaiveDate::parse_from_str(asked.date.trim(), "%Y-%m-%d").unwrap_or(today);
    let sheet = run(&desk, move |desk| day_sheet(&desk.issuer, date)).await?;
    let median = sheet.median.map_or_else(|| "–".to_owned(), |median| minutes(median.num_seconds()));
    let figures = [
        ("day-enrolled", sheet.enrolled.to_string()),
        ("day-issued", sheet.issued.to_string()),
        ("day-printed", sheet.printed.to_string()),
        ("day-spoiled", sheet.spoiled.to_string()),
        ("day-handed-over", sheet.handed_over.to_string()),
        ("day-refused", sheet.refused.to_string()),
        ("day-waiting", sheet.waiting.to_string()),
        ("day-median", median),
    ];
    render(&DayPage { shell: officer.shell().of("day"), date: date.to_string(), figures: figures.to_vec() })
}

/// Minutes with a half where there is one.
fn minutes(seconds: i64) -> String {
    let halves = (seconds + 15) / 30;
    if halves % 2 == 0 { (halves / 2).to_string() } else { format!("{}.5", halves / 2) }
}
