//! The card comes out of the printer, or does not: that is asked, never guessed.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::{CaseView, Loaded, Next, case_id, page_of, seen, step};
use crate::batch;
use crate::card::{Paper, Rows, Sheet, SheetSize, Turned};
use crate::db::Word as _;
use crate::db::print_job::{PrintJob, PrintOutcome};
use crate::db::visit::Station;
use crate::enrolment::{self, CaseError, print};
use crate::web::desk::{Desk, run};
use crate::web::error::WebError;
use crate::web::officer::{Desks, Officer};
use crate::web::page::{Done, Shell, go};
use crate::web::posted::Posted;
use crate::web::wrongs::Wrongs;

#[derive(Template)]
#[template(path = "case/print.html")]
struct PrintPage {
    shell: Shell,
    case: CaseView,
    wrongs: Wrongs,
    number: String,
}

pub(in crate::web) async fn page(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
    asked: Query<Done>,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let shell = officer.shell().of("queue").with_done(&asked.done);
        let loaded = Loaded::open(desk, &id, &officer)?;
        let case = &loaded.opened.case;
        // From the scan and the hand-over an officer may come back: a card may turn out spoiled there.
        let Some(number) = case.card.clone().filter(|_| case.station != Station::Closed) else {
            return Ok(Next::stands(case));
        };
        let case = CaseView::new(&shell, &loaded, "print");
        Ok(Next::Page(PrintPage { case, wrongs: Wrongs::default(), number, shell }))
    })
    .await
}

pub(in crate::web) async fn act(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let id = case_id(&path)?;
    let address = run(&desk, move |desk| {
        let (issuer, actor, now) = (&desk.issuer, officer.actor(), desk.now());
        let Some(outcome) = PrintOutcome::from_word(posted.get("outcome")) else {
            return Ok("/queue?done=queued".to_owned());
        };
        let case = enrolment::find(issuer, &id, now)?;
        // A jam or an empty tray changes nothing once the card is past the printer: the same file is opened again.
        if outcome != PrintOutcome::Spoiled && case.station != Station::Print {
            return Ok(page_of(&case));
        }
        let mut seen = seen(&id, &posted);
        let job = if case.station == Station::Print && !is_queued(desk, &id)? {
            let (case, job) = print::queue(issuer, seen, &actor, now)?;
            seen.version = case.version;
            job
        } else {
            // With the printer, or come out of it good as it seemed.
            let open = |job: &PrintJob| matches!(job.outcome, None | Some(PrintOutcome::Printed));
            print::jobs(issuer, &id)?.into_iter().find(open).ok_or(CaseError::NoJob)?
        };
        let case = print::outcome(issuer, seen, &job.id, outcome, &actor, now)?;
        let done = match outcome {
            PrintOutcome::Printed => return Ok(page_of(&case)),
            PrintOutcome::Spoiled => "spoiled",
            PrintOutcome::Nothing => "again",
        };
        Ok::<_, WebError>(format!("{}?done={done}", page_of(&case)))
    });
    Ok(go(address.await?))
}

/// Whether the case's card is with the printer, and nobody said yet what came out.
fn is_queued(desk: &Desk, id: &enrolment::CaseId) -> Result<bool, CaseError> {
    Ok(print::jobs(&desk.issuer, id)?.iter().any(|job| job.outcome.is_none()))
}

/// On what the card is printed.
#[derive(Deserialize)]
pub(in crate::web) struct On {
    #[serde(default)]
    layout: String,
}

/// The card, to print.
pub(in crate::web) async fn card(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
    on: Query<On>,
) -> Result<HttpResponse, WebError> {
    let id = case_id(&path)?;
    let paper = match on.layout.as_str() {
        "large" => Paper::Large,
        "a4" => sheet(SheetSize::A4),
        "letter" => sheet(SheetSize::Letter),
        _ => Paper::Card,
    };
    let pdf = run(&desk, move |desk| {
        let (issuer, actor, now) = (&desk.issuer, officer.actor(), desk.now());
        let case = enrolment::find(issuer, &id, now)?;
        if case.station == Station::Print && !is_queued(desk, &id)? {
            print::queue(issuer, case.seen(), &actor, now)?;
        }
        let made = print::printable(issuer, &id, &actor, now)?;
        let press = desk.press()?;
        let card = batch::printable(press, &issuer.city, &made.card);
        press.print_on(paper, &[card], now).map_err(|error| WebError::Internal(error.into()))
    });
    Ok(pdf_answer("card.pdf", pdf.await?))
}

/// Ten cards, of which this is one: a printer of the kind that offices have.
fn sheet(size: SheetSize) -> Paper {
    Paper::Sheet(Sheet { size, rows: Rows::Five, turned: Turned::LongEdge, skip: 0 })
}

/// The slip, with a new recovery code.
pub(in crate::web) async fn slip(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    let id = case_id(&path)?;
    let pdf = run(&desk, move |desk| {
        let (issuer, actor, now) = (&desk.issuer, officer.actor(), desk.now());
        let made = print::printable_with_slip(issuer, &id, &actor, now)?;
        let press = desk.press()?;
        let slip = batch::slip(press, &issuer.city, &made.card, now).ok_or(WebError::NotFound)?;
        press.print_slips(&[slip], now).map_err(|error| WebError::Internal(error.into()))
    });
    Ok(pdf_answer("slip.pdf", pdf.await?))
}

/// A document that the browser shows, and keeps nowhere.
pub(in crate::web) fn pdf_answer(name: &str, pdf: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")))
        .body(pdf)
}
