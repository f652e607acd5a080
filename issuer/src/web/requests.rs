//! The register of demands for data: entered, answered or refused, and counted for the public.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use chrono::{Datelike as _, NaiveDate};
use serde::Deserialize;

use super::desk::{Desk, run};
use super::error::WebError;
use super::names::{Names, typed_day, word};
use super::officer::{Approves, Officer, Oversees, Right};
use super::page::{Done, Shell, go, render, render_wrong};
use super::posted::Posted;
use super::say::Say;
use super::wrongs::Wrongs;
use crate::db::demand::{Demand, DemandAnswer, DemandKind};
use crate::db::hold::{Hold, HoldState};
use crate::db::{Id, Word};
use crate::requests::{self, NewDemand};

/// Most demands on the page, the newest.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "record/requests.html")]
struct RequestsPage {
    shell: Shell,
    wrongs: Wrongs,
    may_enter: bool,
    typed: Typed,
    today: String,
    kinds: Vec<(&'static str, String)>,
    answers: Vec<(&'static str, String)>,
    rows: Vec<Row>,
    more: usize,
}

/// What was typed into the form.
#[derive(Default)]
struct Typed {
    received_on: String,
    kind: String,
    answer: String,
    cards: String,
    reference: String,
}

struct Row {
    id: String,
    received_on: String,
    kind: String,
    reference: String,
    answer: String,
    answered_on: String,
    cards: i64,
    by: String,
    open: bool,
}

pub(super) async fn page(
    desk: Data<Desk>,
    officer: Officer<Oversees>,
    asked: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("kept").with_done(&asked.done);
    let may_enter = Approves::ROLES.contains(&officer.role());
    let page =
        run(&desk, move |desk| RequestsPage::of(desk, shell, may_enter, Typed::default(), Wrongs::default()));
    render(&page.await?)
}

/// Enters a demand.
pub(super) async fn enter(
    desk: Data<Desk>,
    officer: Officer<Approves>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("kept");
    let done = run(&desk, move |desk| {
        let (typed, now) = (Typed::of(&posted), desk.now());
        match typed.demand(now.date_naive(), &shell.say) {
            Ok(new) => {
                requests::add(&desk.issuer, new, &officer.actor(), now)?;
                Ok::<_, WebError>(Ok(()))
            }
            Err(wrongs) => RequestsPage::of(desk, shell, true, typed, wrongs).map(Err),
        }
    });
    match done.await? {
        Ok(()) => Ok(go("/requests?done=demand-entered")),
        Err(page) => render_wrong(&page),
    }
}

/// Answers a demand, or refuses it.
pub(super) async fn answer(
    desk: Data<Desk>,
    officer: Officer<Approves>,
    path: Path<String>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let id: Id<Demand> = Id::parse(&path).map_err(|_| WebError::NotFound)?;
    let shell = officer.shell().of("kept");
    let done = run(&desk, move |desk| {
        let mut wrongs = Wrongs::default();
        let answer = chosen(posted.get("answer"), &shell.say, "answer", &mut wrongs)
            .filter(|answer: &DemandAnswer| *answer != DemandAnswer::Open);
        let cards = cards(posted.get("cards"), &shell.say, &mut wrongs);
        let open = requests::list(&desk.issuer)?
            .into_iter()
            .any(|one| one.id == id && one.answer == DemandAnswer::Open);
        if !open {
            return Err(WebError::NotFound);
        }
        let (Some(answer), Some(cards)) = (answer, cards) else {
            return RequestsPage::of(desk, shell, true, Typed::default(), wrongs).map(Err);
        };
        requests::answer(&desk.issuer, &id, answer, cards, &officer.actor(), desk.now())?;
        Ok::<_, WebError>(Ok(()))
    });
    match done.await? {
        Ok(()) => Ok(go("/requests?done=demand-answered")),
        Err(page) => render_wrong(&page),
    }
}

impl Typed {
    fn of(posted: &Posted) -> Self {
        let [received_on, kind, answer, cards, reference] =
            ["received_on", "kind", "answer", "cards", "reference"]
                .map(|name| posted.get(name).trim().to_owned());
        Self { received_on, kind, answer, cards, reference }
    }

    fn demand(&self, today: NaiveDate, say: &Say) -> Result<NewDemand<'_>, Wrongs> {
        let mut wrongs = Wrongs::default();
        let received_on = typed_day(&self.received_on).ok().flatten().filter(|day| *day <= today);
        if received_on.is_none() {
            wrongs.add("received_on", say.t("requests-wrong-day"));
        }
        let kind = chosen(&self.kind, say, "kind", &mut wrongs);
        let answer = chosen(&self.answer, say, "answer", &mut wrongs);
        let cards = cards(&self.cards, say, &mut wrongs);
        if !requests::is_file_mark(&self.reference) {
            wrongs.add("reference", say.t("requests-wrong-reference"));
        }
        match (received_on, kind, answer, cards) {
            (Some(received_on), Some(kind), Some(answer), Some(cards)) if wrongs.is_empty() => {
                Ok(NewDemand { received_on, kind, answer, cards, reference: &self.reference })
            }
            _ => Err(wrongs),
        }
    }
}

fn chosen<W: Word>(text: &str, say: &Say, field: &'static str, wrongs: &mut Wrongs) -> Option<W> {
    let known = W::from_word(text);
    if known.is_none() {
        wrongs.add(field, say.t("wrong-choice"));
    }
    known
}

/// How many cards an answer speaks of; none of them where nothing was typed.
fn cards(text: &str, say: &Say, wrongs: &mut Wrongs) -> Option<u32> {
    let text = text.trim();
    let count = if text.is_empty() { Some(0) } else { text.parse().ok() };
    if count.is_none() {
        wrongs.add("cards", say.t("requests-wrong-cards"));
    }
    count
}

impl RequestsPage {
    fn of(
        desk: &Desk,
        shell: Shell,
        may_enter: bool,
        typed: Typed,
        wrongs: Wrongs,
    ) -> Result<Self, WebError> {
        let names = desk.issuer.db.read(|conn| Ok::<_, WebError>(Names::all(conn)?))?;
        let all = requests::list(&desk.issuer)?;
        let more = all.len().saturating_sub(SHOWN);
        let rows = all.into_iter().take(SHOWN).map(|one| Row {
            id: one.id.to_string(),
            received_on: one.received_on.to_string(),
            kind: word(&shell.say, "demanded", one.kind.as_str()),
            answer: word(&shell.say, "answer", one.answer.as_str()),
            answered_on: one.answered_on.map(|day| day.to_string()).unwrap_or_default(),
            by: names.of(&one.officer, &shell.say),
            open: one.answer == DemandAnswer::Open,
            reference: one.reference,
            cards: one.cards,
        });
        Ok(Self {
            rows: rows.collect(),
            today: desk.now().date_naive().to_string(),
            kinds: choices::<DemandKind>(&shell.say, "demanded"),
            answers: choices::<DemandAnswer>(&shell.say, "answer"),
            more,
            may_enter,
            typed,
            wrongs,
            shell,
        })
    }
}

/// The words of a list, each with how it is said.
fn choices<W: Word>(say: &Say, family: &str) -> Vec<(&'static str, String)> {
    W::ALL.iter().map(|one| (one.as_str(), word(say, family, one.as_str()))).collect()
}

#[derive(Template)]
#[template(path = "record/counts.html")]
struct CountsPage {
    shell: Shell,
    from: String,
    to: String,
    answers: Vec<String>,
    rows: Vec<(String, Vec<i64>)>,
    total: i64,
    holds: usize,
}

#[derive(Deserialize)]
pub(super) struct Days {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// How many demands came and how they were answered: to be published. This year's, unless other days are asked for.
pub(super) async fn counts(
    desk: Data<Desk>,
    officer: Officer<Oversees>,
    asked: Query<Days>,
) -> Result<HttpResponse, WebError> {
    let today = desk.now().date_naive();
    let typed = |text: &str| typed_day(text).ok().flatten();
    let from = typed(&asked.from).or_else(|| NaiveDate::from_ymd_opt(today.year(), 1, 1)).unwrap_or(today);
    let to = typed(&asked.to).unwrap_or(today);
    let shell = officer.shell().of("kept");
    render(&run(&desk, move |desk| CountsPage::of(desk, shell, from, to)).await?)
}

impl CountsPage {
    fn of(desk: &Desk, shell: Shell, from: NaiveDate, to: NaiveDate) -> Result<Self, WebError> {
        let counted = requests::count(&desk.issuer, from, to)?;
        let count = |kind: DemandKind, answer: DemandAnswer| {
            counted.iter().find(|one| (one.0, one.1) == (kind, answer)).map_or(0, |one| one.2)
        };
        let row = |kind: &DemandKind| {
            let counts = DemandAnswer::ALL.iter().map(|answer| count(*kind, *answer)).collect();
            (word(&shell.say, "demanded", kind.as_str()), counts)
        };
        let holds = desk.issuer.db.read(|conn| Ok::<_, WebError>(Hold::all(conn)?))?;
        let begun = |hold: &&Hold| {
            let decided = hold.decided_at.map(|at| at.utc().date_naive());
            hold.state != HoldState::Declined && decided.is_some_and(|day| from <= day && day <= to)
        };
        Ok(Self {
            from: from.to_string(),
            to: to.to_string(),
            answers: choices::<DemandAnswer>(&shell.say, "answer")
                .into_iter()
                .map(|(_, said)| said)
                .collect(),
            rows: DemandKind::ALL.iter().map(row).collect(),
            total: counted.iter().map(|one| one.2).sum(),
            holds: holds.iter().filter(begun).count(),
            shell,
        })
    }
}
