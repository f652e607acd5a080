//! Cards after issue: found by number, code, scan or ticket; suspended, reinstated, revoked.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use shared::id::CardNumber;

use super::case::{self, login};
use super::desk::{Desk, run};
use super::error::WebError;
use super::officer::{Desks, Officer};
use super::page::{Done, Shell, go, render, render_with};
use super::posted::Posted;
use crate::db::Word as _;
use crate::db::card_status::CardStatus;
use crate::db::enrolment::Enrolment;
use crate::enrolment;
use crate::recovery::RecoveryCode;
use crate::revocation::{self, Change, Known, Named};

/// Reasons for each change.
pub(super) const SUSPEND: [&str; 4] = ["lost", "stolen", "misused", "other"];
pub(super) const REVOKE: [&str; 7] = ["lost", "stolen", "damaged", "wish", "mistake", "misused", "died"];
pub(super) const REINSTATE: [&str; 3] = ["found", "mistake", "other"];

#[derive(Template)]
#[template(path = "cards.html")]
struct CardsPage {
    shell: Shell,
    wrong: Option<String>,
    asked: String,
}

#[derive(Template)]
#[template(path = "card.html")]
struct CardPage {
    shell: Shell,
    number: String,
    tone: &'static str,
    status_message: String,
    wrong: Option<String>,
    issued: String,
    until: String,
    services: String,
    made_at: String,
    record_until: Option<String>,
    name: Option<String>,
    may_renew: bool,
    changes: Vec<(&'static str, &'static str, &'static str)>,
    reasons: Vec<(&'static str, String)>,
    history: Vec<Happened>,
}

struct Happened {
    at: String,
    to_message: String,
    reason: String,
    by: String,
}

pub(super) async fn page(officer: Officer<Desks>) -> Result<HttpResponse, WebError> {
    render(&CardsPage { shell: officer.shell().of("cards"), wrong: None, asked: String::new() })
}

/// What somebody typed or scanned: where it leads.
pub(super) enum Found {
    Card(String),
    Case(String),
    Nothing,
}

/// Finds a card or a case by whatever was scanned or typed.
pub(super) async fn find(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let asked = posted.get("scan").trim().to_owned();
    let found = run(&desk, move |desk| {
        for text in case::scan::texts(&posted) {
            match found(desk, &text)? {
                Found::Nothing => {}
                other => return Ok(other),
            }
        }
        Ok::<_, WebError>(Found::Nothing)
    });
    match found.await? {
        Found::Card(number) => Ok(go(format!("/cards/{number}"))),
        Found::Case(id) => Ok(go(format!("/cases/{id}"))),
        Found::Nothing => {
            let shell = officer.shell().of("cards");
            let wrong = Some(shell.say.t("find-nothing"));
            // A code of a slip is a secret: what was typed is shown again only where it may be a number or a ticket.
            let asked = if asked.len() <= 12 { asked } else { String::new() };
            render_with(StatusCode::NOT_FOUND, &CardsPage { shell, wrong, asked })
        }
    }
}

/// Where a number, a code, a scan or a ticket leads.
pub(super) fn found(desk: &Desk, text: &str) -> Result<Found, WebError> {
    let issuer = &desk.issuer;
    let by_number = |number: &str| -> Result<Option<Known>, WebError> {
        Ok(revocation::look_up(issuer, Named::Number(number))?)
    };
    if let Ok(number) = CardNumber::parse(text)
        && let Some(card) = by_number(&number.to_string())?
    {
        return Ok(Found::Card(card.number));
    }
    if RecoveryCode::parse(text).is_ok()
        && let Some(card) = revocation::look_up(issuer, Named::Recovery(text))?
    {
        return Ok(Found::Card(card.number));
    }
    if let Some(number) = enrolment::number_of(issuer, text, desk.now())?
        && let Some(card) = by_number(&number)?
    {
        return Ok(Found::Card(card.number));
    }
    match enrolment::find_ticket(issuer, text, desk.now()) {
        Ok(case) => Ok(Found::Case(case.id.to_string())),
        Err(enrolment::CaseError::NotFound) => Ok(Found::Nothing),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn card(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
    asked: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("cards").with_done(&asked.done);
    let number = path.into_inner();
    let page = run(&desk, move |desk| CardPage::of(desk, shell, &number, None, None));
    render(&page.await?)
}

/// Opens the record of a card's holder, to see that the right card is in hand.
pub(super) async fn open(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("cards");
    let number = path.into_inner();
    let page = run(&desk, move |desk| {
        let known = known(desk, &number)?;
        let id = known.enrolment.ok_or(WebError::NotFound)?;
        let holder = enrolment::holder(&desk.issuer, &id, &officer.actor(), desk.now())?;
        CardPage::of(desk, shell, &number, Some(holder.full_name), None)
    });
    render(&page.await?)
}

pub(super) async fn status(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("cards");
    let number = path.into_inner();
    let done = run(&desk, move |desk| {
        let (change, reasons): (_, &[&str]) = match posted.get("change") {
            "suspend" => (Change::Suspend, &SUSPEND),
            "reinstate" => (Change::Reinstate, &REINSTATE),
            _ => (Change::Revoke, &REVOKE),
        };
        let Some(reason) = reasons.iter().find(|reason| **reason == posted.get("reason")) else {
            let wrong = shell.say.t("card-reason-other");
            return CardPage::of(desk, shell, &number, None, Some(wrong)).map(Err);
        };
        let named = Named::Number(&number);
        revocation::change(&desk.issuer, change, named, reason, &officer.actor(), desk.now())?;
        Ok::<_, WebError>(Ok(format!("/cards/{number}?done=status")))
    });
    match done.await? {
        Ok(address) => Ok(go(address)),
        Err(page) => render_with(StatusCode::UNPROCESSABLE_ENTITY, &page),
    }
}

fn known(desk: &Desk, number: &str) -> Result<Known, WebError> {
    let number = CardNumber::parse(number).map_err(|_| WebError::NotFound)?.to_string();
    revocation::look_up(&desk.issuer, Named::Number(&number))?.ok_or(WebError::NotFound)
}

impl CardPage {
    fn of(
        desk: &Desk,
        shell: Shell,
        number: &str,
        name: Option<String>,
        wrong: Option<String>,
    ) -> Result<Self, WebError> {
        let known = known(desk, number)?;
        let record_until = known.enrolment.as_ref().map(|id| {
            let enrolment = desk.issuer.db.read(|conn| Ok::<_, WebError>(Enrolment::find(conn, id)?))?;
            Ok::<_, WebError>(enrolment.map(|enrolment| enrolment.destroy_by.to_string()))
        });
        let (changes, reasons): (Vec<_>, Vec<&[&'static str]>) = match known.status {
            CardStatus::Valid => (
                vec![("suspend", "card-suspend", "quiet"), ("revoke", "card-revoke", "danger")],
                vec![&REVOKE, &SUSPEND],
            ),
            CardStatus::Suspended => (
                vec![("reinstate", "card-reinstate", ""), ("revoke", "card-revoke", "danger")],
                vec![&REINSTATE, &REVOKE],
            ),
            CardStatus::Revoked => (Vec::new(), Vec::new()),
        };
        let reasons = each_once(&reasons.concat());
        let history = known.history.iter().map(|one| {
            Ok(Happened {
                at: one.at.utc().format("%Y-%m-%d %H:%M").to_string(),
                to_message: format!("status-{}", one.to_status.as_str()),
                reason: reason_in_words(&shell, &one.reason),
                by: login(desk, &one.officer)?,
            })
        });
        Ok(Self {
            tone: match known.status {
                CardStatus::Valid => "good",
                CardStatus::Suspended => "warn",
                CardStatus::Revoked => "bad",
            },
            status_message: format!("status-{}", known.status.as_str()),
            issued: known.issued_at.format("%Y-%m-%d").to_string(),
            until: (known.expires_at - chrono::Duration::days(1)).format("%Y-%m-%d").to_string(),
            services: case::services(&desk.issuer.city, &known.services, shell.say.language()),
            made_at: known.desk.clone(),
            record_until: record_until.transpose()?.flatten(),
            may_renew: known.status == CardStatus::Valid,
            reasons: reasons.into_iter().map(|reason| (reason, format!("reason-{reason}"))).collect(),
            history: history.collect::<Result<_, WebError>>()?,
            number: known.number,
            changes,
            wrong,
            name,
            shell,
        })
    }
}

/// What goes with one change or another, each once.
fn each_once(reasons: &[&'static str]) -> Vec<&'static str> {
    let mut once = Vec::new();
    for reason in reasons {
        if !once.contains(reason) {
            once.push(*reason);
        }
    }
    once
}

/// A reason that has words of its own, or just as it was given.
fn reason_in_words(shell: &Shell, reason: &str) -> String {
    let id = format!("reason-{reason}");
    let said = shell.say.t(&id);
    if said == id { reason.to_owned() } else { said }
}
