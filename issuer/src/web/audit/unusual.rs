//! What an auditor should look at: not a fault in itself, and worth a question.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::{Days, NaiveDate};
use serde::Deserialize;

use crate::audit::{self, Hours, Unusual, UnusualKind};
use crate::web::desk::{Desk, run};
use crate::web::error::WebError;
use crate::web::names::{Names, begin_of, end_of, minute, typed_day};
use crate::web::officer::{Audits, Officer};
use crate::web::page::{Shell, render, render_wrong};
use crate::web::say::Say;
use crate::web::wrongs::Wrongs;

/// How many days back the page looks by itself.
const USUAL_DAYS: u64 = 30;
/// The most days it looks through: a log is read whole for it.
const MOST_DAYS: i64 = 100;
/// Entries that are named of each officer.
const NAMED: usize = 10;

/// Which days, and the city's hours in UTC, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    from: String,
    to: String,
    work_from: String,
    work_to: String,
}

#[derive(Template)]
#[template(path = "record/unusual.html")]
struct UnusualPage {
    shell: Shell,
    wrongs: Wrongs,
    from: String,
    to: String,
    work_from: String,
    work_to: String,
    rows: Vec<Row>,
}

struct Row {
    message: &'static str,
    who: String,
    count: usize,
    first: String,
    last: String,
    entries: Vec<i64>,
    more: usize,
}

pub(in crate::web) async fn page(
    desk: Data<Desk>,
    officer: Officer<Audits>,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("audit");
    let page = run(&desk, move |desk| UnusualPage::of(desk, shell, &asked)).await?;
    if page.wrongs.is_empty() { render(&page) } else { render_wrong(&page) }
}

impl UnusualPage {
    fn of(desk: &Desk, shell: Shell, asked: &Asked) -> Result<Self, WebError> {
        let mut wrongs = Wrongs::default();
        let today = desk.now().date_naive();
        let to = day(&asked.to, today, "to", &shell.say, &mut wrongs);
        let usual = to.checked_sub_days(Days::new(USUAL_DAYS)).unwrap_or(to);
        let from = day(&asked.from, usual, "from", &shell.say, &mut wrongs);
        if (to - from).num_days() > MOST_DAYS {
            wrongs.add("from", shell.say.one("unusual-wrong-days", "count", MOST_DAYS));
        }
        let usual = Hours::default();
        let hours = Hours {
            from: hour(&asked.work_from, usual.from, 23, "work_from", &shell.say, &mut wrongs),
            to: hour(&asked.work_to, usual.to, 24, "work_to", &shell.say, &mut wrongs),
        };
        let mut rows = Vec::new();
        if wrongs.is_empty() {
            let names = desk.issuer.db.read(|conn| Ok::<_, WebError>(Names::all(conn)?))?;
            let found = audit::unusual(&desk.issuer, begin_of(from), end_of(to), hours)?;
            rows = found.iter().map(|one| Row::of(one, &names, &shell.say)).collect();
        }
        Ok(Self {
            from: from.to_string(),
            to: to.to_string(),
            work_from: hours.from.to_string(),
            work_to: hours.to.to_string(),
            rows,
            wrongs,
            shell,
        })
    }
}

fn day(text: &str, usual: NaiveDate, field: &'static str, say: &Say, wrongs: &mut Wrongs) -> NaiveDate {
    if let Ok(day) = typed_day(text) {
        return day.unwrap_or(usual);
    }
    wrongs.add(field, say.t("wrong-date"));
    usual
}

fn hour(text: &str, usual: u32, most: u32, field: &'static str, say: &Say, wrongs: &mut Wrongs) -> u32 {
    if text.trim().is_empty() {
        return usual;
    }
    match text.trim().parse() {
        Ok(hour) if hour <= most => hour,
        _ => {
            wrongs.add(field, say.one("unusual-wrong-hour", "count", most));
            usual
        }
    }
}

impl Row {
    fn of(one: &Unusual, names: &Names, say: &Say) -> Self {
        Self {
            message: match one.kind {
                UnusualKind::ViewWithoutAct => "unusual-view",
                UnusualKind::ManyViews => "unusual-many",
                UnusualKind::NightWork => "unusual-night",
                UnusualKind::Override => "unusual-override",
                UnusualKind::Overturned => "unusual-overturned",
            },
            who: names.of(&one.officer, say),
            count: one.entries.len(),
            first: minute(one.first),
            last: minute(one.last),
            entries: one.entries.iter().copied().take(NAMED).collect(),
            more: one.entries.len().saturating_sub(NAMED),
        }
    }
}
