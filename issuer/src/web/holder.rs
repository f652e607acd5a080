//! The holder's own view: everything that is held about them, how long it is kept, and its end at their wish.

mod shown;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;
use shared::id::CardNumber;

use super::cards::{Found, found as find_card};
use super::case;
use super::desk::{Desk, run};
use super::error::WebError;
use super::names::typed_day;
use super::officer::{Desks, Officer};
use super::page::{Shell, go, render, render_with, render_wrong};
use super::posted::Posted;
use super::wrongs::Wrongs;
use crate::db::card::Card;
use crate::db::enrolment::Enrolment;
use crate::db::kept::Kept;
use crate::db::retention_change::RetentionReason;
use crate::db::visit::Visit;
use crate::db::{Id, Word as _};
use crate::enrolment;
use crate::keystore::HOLD;
use crate::requests::{self, Everything};
use crate::retention::{self, RetentionError};
use crate::revocation::Named;
use shown::HolderPage;

/// Whose data it is: the holder of a card, or whoever a case without one is of.
enum Whose {
    Card { number: String, enrolment: Option<Id<Enrolment>> },
    Case(Id<Enrolment>),
}

impl Whose {
    fn of(desk: &Desk, path: &str) -> Result<Self, WebError> {
        desk.issuer.db.read(|conn| {
            if let Ok(number) = CardNumber::parse(path) {
                let card = Card::find_by_number(conn, &number.to_string())?.ok_or(WebError::NotFound)?;
                return Ok(Self::Card { number: card.number, enrolment: card.enrolment_id });
            }
            let id = Id::parse(path).map_err(|_| WebError::NotFound)?;
            Enrolment::find(conn, &id)?.map(|found| Self::Case(found.id)).ok_or(WebError::NotFound)
        })
    }

    fn enrolment(&self) -> Result<&Id<Enrolment>, WebError> {
        match self {
            Self::Card { enrolment, .. } => enrolment.as_ref().ok_or_else(|| RetentionError::Gone.into()),
            Self::Case(id) => Ok(id),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Card { number, .. } => number,
            Self::Case(id) => id.as_str(),
        }
    }

    fn everything(&self, desk: &Desk, officer: &Officer<Desks>) -> Result<Everything, WebError> {
        let (issuer, actor, now) = (&desk.issuer, officer.actor(), desk.now());
        Ok(match self {
            Self::Card { number, .. } => {
                requests::everything_about(issuer, Named::Number(number), &actor, now)?
            }
            Self::Case(id) => requests::everything_about_case(issuer, id, &actor, now)?,
        })
    }
}

#[derive(Template)]
#[template(path = "record/holder_find.html")]
struct FindPage {
    shell: Shell,
    wrong: Option<String>,
}

pub(super) async fn find(officer: Officer<Desks>) -> Result<HttpResponse, WebError> {
    render(&FindPage { shell: officer.shell().of("kept"), wrong: None })
}

/// Finds the holder by their card, the code on its slip, or the ticket of their visit.
pub(super) async fn found(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let found = run(&desk, move |desk| {
        for text in case::scan::texts(&posted) {
            match find_card(desk, &text)? {
                Found::Nothing => {}
                Found::Card(name) | Found::Case(name) => return Ok(Some(name)),
            }
        }
        Ok::<_, WebError>(None)
    });
    if let Some(name) = found.await? {
        return Ok(go(format!("/holder/{name}")));
    }
    // What was typed may be the code of a slip: it is not shown again.
    let shell = officer.shell().of("kept");
    let wrong = Some(shell.say.t("find-nothing"));
    render_with(StatusCode::NOT_FOUND, &FindPage { shell, wrong })
}

/// What an address may say beside whose data it is.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
    #[serde(default)]
    language: String,
}

/// Everything held. Each look is in the audit log.
pub(super) async fn page(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("kept").with_done(&asked.done);
    let asked = asked.into_inner();
    let page = run(&desk, move |desk| {
        let whose = Whose::of(desk, &path)?;
        let all = whose.everything(desk, &officer)?;
        HolderPage::of(
            desk,
            shell,
            whose.name(),
            &all,
            (&asked.language, Keeping::default(), Wrongs::default()),
        )
    });
    render(&page.await?)
}

/// What was typed about how long a case is kept.
#[derive(Default)]
pub(super) struct Keeping {
    until: String,
    reason: String,
}

/// Keeps a case shorter, or longer as far as `city.toml` allows.
pub(super) async fn keep(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("kept");
    let done = run(&desk, move |desk| {
        let whose = Whose::of(desk, &path)?;
        let keeping =
            Keeping { until: posted.get("until").trim().to_owned(), reason: posted.get("reason").to_owned() };
        let mut wrongs = Wrongs::default();
        let until = typed_day(&keeping.until).ok().flatten();
        if until.is_none() {
            wrongs.add("until", shell.say.t("wrong-date"));
        }
        let reason = RetentionReason::from_word(&keeping.reason);
        if reason.is_none() {
            wrongs.add("reason", shell.say.t("second-look-reason-missing"));
        }
        if let (Some(until), Some(reason)) = (until, reason) {
            let (actor, now) = (officer.actor(), desk.now());
            let id = whose.enrolment()?;
            match retention::shorten_or_lengthen(&desk.issuer, id, until, reason, &actor, now) {
                Ok(_) => return Ok(Ok(format!("/holder/{}?done=kept-until", whose.name()))),
                Err(RetentionError::TooSoon { today }) => {
                    wrongs.add("until", shell.say.one("holder-too-soon", "what", today));
                }
                Err(RetentionError::TooLong { latest }) => {
                    wrongs.add("until", shell.say.one("holder-too-long", "what", latest));
                }
                Err(error) => return Err(error.into()),
            }
        }
        let all = whose.everything(desk, &officer)?;
        HolderPage::of(desk, shell, whose.name(), &all, ("", keeping, wrongs)).map(Err)
    });
    match done.await? {
        Ok(address) => Ok(go(address)),
        Err(page) => render_wrong(&page),
    }
}

#[derive(Template)]
#[template(path = "record/destroy.html")]
struct DestroyPage {
    shell: Shell,
    name: String,
    card: bool,
    /// The day after which the record goes by itself; none when it is gone.
    until: Option<String>,
    held: bool,
    open_visit: bool,
}

/// Says what it means before anything is destroyed.
pub(super) async fn before_destroy(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("kept");
    let page = run(&desk, move |desk| {
        let whose = Whose::of(desk, &path)?;
        let id = whose.enrolment()?;
        let (kept, visit) =
            desk.issuer.db.read(|conn| Ok::<_, WebError>((Kept::find(conn, id)?, Visit::find(conn, id)?)))?;
        Ok::<_, WebError>(DestroyPage {
            shell,
            name: whose.name().to_owned(),
            card: matches!(whose, Whose::Card { .. }),
            held: kept.as_ref().is_some_and(|kept| kept.destroy_by_key.starts_with(HOLD)),
            until: kept.map(|kept| kept.destroy_by.to_string()),
            open_visit: visit.is_some_and(|visit| visit.closed_at.is_none()),
        })
    });
    render(&page.await?)
}

/// Destroys the record now. A visit that was under way ends with it.
pub(super) async fn destroy(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    let done = run(&desk, move |desk| {
        let (issuer, actor, now) = (&desk.issuer, officer.actor(), desk.now());
        let whose = Whose::of(desk, &path)?;
        match &whose {
            Whose::Card { number, .. } => retention::destroy_now(issuer, Named::Number(number), &actor, now)?,
            Whose::Case(id) => retention::destroy_case_now(issuer, id, &actor, now)?,
        };
        enrolment::close_destroyed(issuer, &actor, now)?;
        Ok::<_, WebError>(whose.name().to_owned())
    });
    Ok(go(format!("/holder/{}?done=destroyed", done.await?)))
}
