//! Batches at the desk: a file of residents is sent, shown row by row, issued, and printed.

mod shown;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use std::sync::Arc;
use zeroize::Zeroizing;

use super::desk::{Desk, run};
use super::error::WebError;
use super::jobs::{self, Document, Job, Photos, Sent, State, Taken};
use super::officer::{Desks, Officer};
use super::page::{Done, Shell, go, render, render_with, render_wrong};
use super::posted::Posted;
use super::wrongs::Wrongs;
use crate::batch::{self, Product};
use crate::card::{Paper, Rows, Sheet, SheetSize, Turned};
use crate::db::batch::{Batch, BatchState};
use shown::JobPage;

/// What cards are printed on: the form's word and its message.
const LAYOUTS: [(&str, &str); 3] =
    [("card", "batch-on-card"), ("a4", "batch-on-a4"), ("letter", "batch-on-letter")];

#[derive(Template)]
#[template(path = "batches.html")]
struct BatchesPage {
    shell: Shell,
    wrongs: Wrongs,
    jobs: Vec<JobRow>,
    layouts: [(&'static str, &'static str); 3],
    layout: String,
    slips: bool,
}

struct JobRow {
    id: String,
    began: String,
    login: String,
    message: &'static str,
    tone: &'static str,
}

/// What can be begun, and what is in hand.
pub(super) async fn page(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    asked: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("batches").with_done(&asked.done);
    render(&BatchesPage::new(&desk, &officer, shell, Wrongs::default(), "card", true))
}

/// Takes a file and its photos in.
pub(super) async fn upload(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    mut posted: Posted,
) -> Result<HttpResponse, WebError> {
    let say = officer.say();
    let mut wrongs = Wrongs::default();
    let csv = posted.take_files("csv").into_iter().next();
    match &csv {
        None => wrongs.add("csv", say.t("batch-no-file")),
        Some(csv) if is_no_text(&csv.bytes) => wrongs.add("csv", say.t("batch-no-csv")),
        Some(_) => {}
    }
    let cards = product(posted.get("layout"));
    if cards.is_none() {
        wrongs.add("layout", say.t("wrong-choice"));
    }
    if let (Some(mut csv), Some(cards), true) = (csv, cards, wrongs.is_empty()) {
        let products = std::iter::once(cards).chain(posted.has("slips").then_some(Product::Slips)).collect();
        if let Some(job) = desk.jobs.begin(&officer.signed_in, products, desk.now()) {
            let photos = Photos::of(posted.take_files("photos"));
            let sent = Sent { csv: Zeroizing::new(std::mem::take(&mut csv.bytes)), photos };
            let to = job.address();
            jobs::look_through(&desk, job, sent);
            return Ok(go(to));
        }
        wrongs.add("csv", say.t("batch-too-many"));
    }
    let shell = officer.shell().of("batches");
    render_wrong(&BatchesPage::new(&desk, &officer, shell, wrongs, posted.get("layout"), posted.has("slips")))
}

/// How far a batch is, and what to do next.
pub(super) async fn job(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    id: Path<String>,
) -> Result<HttpResponse, WebError> {
    let job = find(&desk, &officer, &id)?;
    render(&JobPage::of(&job, officer.shell().of("batches"), None))
}

/// How far a batch is, for the page's script.
pub(super) async fn progress(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    id: Path<String>,
) -> Result<HttpResponse, WebError> {
    let job = find(&desk, &officer, &id)?;
    let state = job.with(State::word);
    Ok(HttpResponse::Ok().json(serde_json::json!({ "state": state, "signed": job.signed() })))
}

/// Issues the cards, once.
pub(super) async fn issue(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    id: Path<String>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let job = find(&desk, &officer, &id)?;
    let again = posted.has("again");
    match desk.jobs.take(&job, again) {
        Taken::Now(sound) => jobs::issue(&desk, Arc::clone(&job), sound, again, officer.actor()),
        Taken::Already => {}
        Taken::Printed => {
            let wrong = officer.say().t("batch-again-missing");
            let page = JobPage::of(&job, officer.shell().of("batches"), Some(wrong));
            return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
        Taken::Elsewhere(login) => return Err(WebError::Refused("batch-elsewhere", login)),
    }
    Ok(go(job.address()))
}

/// A document to print.
pub(super) async fn document(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    place: Path<(String, String)>,
) -> Result<HttpResponse, WebError> {
    let (id, name) = place.into_inner();
    let job = find(&desk, &officer, &id)?;
    let document = job.with(|state| match state {
        State::Ready(ready) => {
            ready.documents.iter().find(|document| Document::name(document.product) == name).cloned()
        }
        _ => None,
    });
    let document = document.ok_or(WebError::NotFound)?;
    let saved_as = format!("attachment; filename=\"{}\"", Document::name(document.product));
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((CONTENT_DISPOSITION, saved_as))
        .body(document.pdf.as_slice().to_vec()))
}

/// The cards are printed: the batch is complete, and what is in memory is forgotten.
pub(super) async fn close(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    id: Path<String>,
) -> Result<HttpResponse, WebError> {
    let job = find(&desk, &officer, &id)?;
    let ready = job.with(|state| match state {
        State::Ready(ready) => Some((ready.batch.clone(), ready.digest)),
        _ => None,
    });
    let Some((batch, digest)) = ready else { return Ok(go(job.address())) };
    if desk.jobs.forget(&job) {
        let actor = officer.actor();
        run(&desk, move |desk| {
            let issuer = &desk.issuer;
            let known =
                issuer.db.read(|conn| Ok::<_, crate::Error>(Batch::find_by_digest(conn, &digest)?))?;
            let open = known.is_some_and(|known| known.id == batch && known.state == BatchState::Open);
            if open { batch::finish(issuer, &batch, &actor, desk.now()) } else { Ok(()) }
        })
        .await?;
    }
    Ok(go("/batches?done=batch-closed"))
}

/// Forgets what is in memory. Cards that are signed stay, and the same file goes on with them.
pub(super) async fn forget(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    id: Path<String>,
) -> Result<HttpResponse, WebError> {
    let job = find(&desk, &officer, &id)?;
    Ok(if desk.jobs.forget(&job) { go("/batches?done=batch-forgotten") } else { go(job.address()) })
}

fn find(desk: &Desk, officer: &Officer<Desks>, id: &str) -> Result<Arc<Job>, WebError> {
    let found = desk.jobs.find(id, &officer.signed_in, desk.now());
    found.ok_or_else(|| {
        if desk.jobs.is_elsewhere(id) {
            WebError::Refused("batch-not-here", String::new())
        } else {
            WebError::NotFound
        }
    })
}

/// What cards are made on, as the form says it.
fn product(layout: &str) -> Option<Product> {
    let sheet = |size| Paper::Sheet(Sheet { size, rows: Rows::Five, turned: Turned::LongEdge, skip: 0 });
    let paper = match layout {
        "card" => Paper::Card,
        "a4" => sheet(SheetSize::A4),
        "letter" => sheet(SheetSize::Letter),
        _ => return None,
    };
    Some(Product::Cards(paper))
}

/// Whether this is a spreadsheet's own file, or a picture: what CSV in UTF-8 never looks like.
fn is_no_text(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") || bytes.starts_with(b"%PDF") || bytes.iter().take(4096).any(|byte| *byte == 0)
}

impl BatchesPage {
    fn new(
        desk: &Desk,
        officer: &Officer<Desks>,
        shell: Shell,
        wrongs: Wrongs,
        layout: &str,
        slips: bool,
    ) -> Self {
        let jobs = desk.jobs.of(&officer.signed_in, desk.now());
        let jobs = jobs.iter().map(|job| JobRow::of(job)).collect();
        Self { shell, wrongs, jobs, layouts: LAYOUTS, layout: layout.to_owned(), slips }
    }
}

impl JobRow {
    fn of(job: &Job) -> Self {
        let (message, tone) = job.with(|state| match state {
            State::Looking => ("batch-looking", "warn"),
            State::Shown(shown) if shown.preview.sound.is_some() => ("batch-to-issue", "warn"),
            State::NoBatch(_) | State::Shown(_) => ("batch-to-mend", "bad"),
            State::Issuing { .. } => ("batch-issuing", "warn"),
            State::Ready(_) => ("batch-ready", "good"),
            State::Failed(_) => ("batch-failed", "bad"),
        });
        Self {
            id: job.id.clone(),
            began: job.began.format("%Y-%m-%d %H:%M").to_string(),
            login: job.login.clone(),
            message,
            tone,
        }
    }
}
