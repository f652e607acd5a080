//! A case at the desk: one page a step, the same frame around each.

pub(super) mod hand_over;
pub(super) mod language;
pub(super) mod leave;
pub(super) mod papers;
pub(super) mod person;
pub(super) mod photo;
pub(super) mod print;
pub(super) mod review;
pub(super) mod scan;
pub(super) mod second_look;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::desk::{Desk, run};
use super::error::WebError;
use super::officer::{Desks, Officer};
use super::page::{Shell, go, render, render_wrong};
use super::posted::Posted;
use super::say::Say;
use crate::config::City;
use crate::db::Id;
use crate::db::api_token::ApiToken;
use crate::db::officer::Officer as Account;
use crate::db::visit::{Station, VisitKind};
use crate::enrolment::{self, Case, CaseError, CaseId, Opened, Seen, Wanted};
use crate::words::list_separator;

/// The steps of a visit, in their order: the name in addresses, the message, the station.
const STEPS: [(&str, &str, Station); 8] = [
    ("language", "step-language", Station::Check),
    ("papers", "step-papers", Station::Check),
    ("person", "step-person", Station::Person),
    ("photo", "step-photo", Station::Photo),
    ("review", "step-review", Station::Review),
    ("print", "step-print", Station::Print),
    ("scan", "step-scan", Station::Scan),
    ("hand-over", "step-hand-over", Station::HandOver),
];

/// What the frame of a case's pages shows.
pub(super) struct CaseView {
    pub(super) id: String,
    pub(super) ticket: String,
    pub(super) version: i64,
    pub(super) kind_message: &'static str,
    pub(super) steps: Vec<Step>,
    /// The resident's language, where it is another than the officer's.
    pub(super) holder: Option<Say>,
    pub(super) colleague: Option<String>,
    pub(super) conflict: Option<String>,
    /// It can be ended without a card.
    pub(super) may_leave: bool,
}

/// A step, as the frame shows it.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) message: &'static str,
    pub(super) now: bool,
    pub(super) past: bool,
    pub(super) open: bool,
}

impl CaseView {
    fn new(shell: &Shell, loaded: &Loaded, step: &str) -> Self {
        let case = &loaded.opened.case;
        let at = STEPS.iter().position(|(name, ..)| *name == step);
        let reached = STEPS.iter().rposition(|(_, _, station)| *station == case.station);
        let steps = STEPS.iter().enumerate().map(|(place, (name, message, station))| Step {
            name,
            message,
            now: at == Some(place),
            past: reached.is_some_and(|reached| place < reached),
            open: if case.station.is_for_typing() {
                station.is_for_typing() && reached.is_some_and(|reached| place <= reached)
            } else {
                *station == case.station
            },
        });
        let language = shell.say.to_holder(&loaded.opened.draft.language);
        Self {
            id: case.id.to_string(),
            ticket: case.ticket.clone(),
            version: case.version,
            kind_message: kind_message(case.kind),
            steps: steps.collect(),
            holder: (language.language() != shell.say.language()).then_some(language),
            colleague: loaded.colleague.clone(),
            conflict: loaded.conflict.clone(),
            may_leave: case.station != Station::Closed,
        }
    }
}

pub(super) fn kind_message(kind: VisitKind) -> &'static str {
    match kind {
        VisitKind::New => "kind-new",
        VisitKind::Renewal => "kind-renewal",
        VisitKind::Replacement => "kind-replacement",
    }
}

/// A case with its record opened, and who else is at it.
pub(super) struct Loaded {
    pub(super) opened: Opened,
    colleague: Option<String>,
    conflict: Option<String>,
}

impl Loaded {
    fn open(desk: &Desk, id: &CaseId, officer: &Officer<Desks>) -> Result<Self, WebError> {
        let opened = enrolment::open(&desk.issuer, id, &officer.actor(), desk.now())?;
        let colleague = opened.also_open.as_ref().map(|other| login(desk, &other.officer)).transpose()?;
        Ok(Self { opened, colleague, conflict: None })
    }

    /// The case as it is now, after somebody else changed it.
    fn after_conflict(
        desk: &Desk,
        id: &CaseId,
        officer: &Officer<Desks>,
        by: &str,
    ) -> Result<Self, WebError> {
        Ok(Self { conflict: Some(login(desk, by)?), ..Self::open(desk, id, officer)? })
    }
}

/// The login of an officer, or the name of a program.
pub(super) fn login(desk: &Desk, officer: &str) -> Result<String, WebError> {
    let Ok(id) = Id::<Account>::parse(officer) else { return Ok(officer.to_owned()) };
    desk.issuer.db.read(|conn| {
        if let Some(account) = Account::find(conn, &id)? {
            return Ok(account.login);
        }
        let programs = ApiToken::all(conn)?;
        let program = programs.into_iter().find(|program| program.id.as_str() == officer);
        Ok(program.map_or_else(|| officer.to_owned(), |program| program.name))
    })
}

/// The case that an address names.
fn case_id(path: &str) -> Result<CaseId, WebError> {
    Id::parse(path).map_err(|_| WebError::NotFound)
}

/// The case as it was when a form was made of it.
fn seen<'c>(id: &'c CaseId, posted: &Posted) -> Seen<'c> {
    Seen { case: id, version: posted.get("version").parse().unwrap_or(0) }
}

/// The page of the step at which a case stands.
fn page_of(case: &Case) -> String {
    let id = &case.id;
    match case.station {
        Station::SecondLook => format!("/cases/{id}/second-look"),
        Station::Closed => format!("/cases/{id}/closed"),
        station => {
            let step =
                STEPS.iter().rfind(|(_, _, known)| *known == station).map_or("papers", |(name, ..)| name);
            format!("/cases/{id}/{step}")
        }
    }
}

/// What a step answers.
enum Next<P> {
    /// Its page.
    Page(P),
    /// Its page, with what is wrong in what was sent.
    Wrong(P),
    /// Another address.
    Go(String),
}

impl<P> Next<P> {
    /// The page where the case stands.
    fn stands(case: &Case) -> Self {
        Self::Go(page_of(case))
    }
}

/// Answers for the case that an address names.
async fn step<P: Template + Send + 'static>(
    desk: &Data<Desk>,
    path: &str,
    act: impl FnOnce(&Desk, CaseId) -> Result<Next<P>, WebError> + Send + 'static,
) -> Result<HttpResponse, WebError> {
    let id = case_id(path)?;
    match run(desk, move |desk| act(desk, id)).await? {
        Next::Page(page) => render(&page),
        Next::Wrong(page) => render_wrong(&page),
        Next::Go(address) => Ok(go(address)),
    }
}

/// Begins a case.
pub(super) async fn begin(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let case = run(&desk, move |desk| {
        let wanted = match posted.get("kind") {
            "renewal" => Wanted::Renewal(posted.get("card")),
            "replacement" => Wanted::Replacement(posted.get("card")),
            _ => Wanted::New,
        };
        enrolment::begin(&desk.issuer, wanted, &officer.actor(), desk.now())
    });
    Ok(go(format!("/cases/{}/language", case.await?.id)))
}

/// A case, wherever it stands.
pub(super) async fn page(
    desk: Data<Desk>,
    _: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    let id = case_id(&path)?;
    let case = run(&desk, move |desk| enrolment::find(&desk.issuer, &id, desk.now())).await?;
    Ok(go(page_of(&case)))
}

/// Keeps what is typed, by itself. The answer says the version that the next must name.
pub(super) async fn keep(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let id = case_id(&path)?;
    let saved = run(&desk, move |desk| {
        let typed = |draft: &mut enrolment::Draft| {
            if posted.has("full_name") {
                person::take(draft, &posted);
            } else {
                papers::take(draft, &posted);
            }
        };
        enrolment::save(&desk.issuer, seen(&id, &posted), &officer.actor(), desk.now(), typed)
    });
    let case = saved.await?;
    Ok(HttpResponse::NoContent().insert_header(("X-Version", case.version.to_string())).finish())
}

impl From<CaseError> for WebError {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::NotFound | CaseError::Gone | CaseError::NoSuchCard | CaseError::NoEarlierCard => {
                Self::NotFound
            }
            CaseError::Changed { .. } => Self::Refused("kept-not", String::new()),
            CaseError::TooLarge { most, .. } => Self::TooLarge(most),
            CaseError::Failed(error) => error.into(),
            CaseError::Role | CaseError::SameOfficer => Self::OtherRole,
            CaseError::Photo(error) => Self::Refused("photo-wrong", error.to_string()),
            _ => Self::Refused("not-now", String::new()),
        }
    }
}

/// A date as the desk shows it.
fn date(day: chrono::NaiveDate) -> String {
    crate::words::date("en", day)
}

/// What services are called, in a list.
pub(super) fn services(city: &City, ids: &[String], language: &str) -> String {
    let title = |id: &String| city.service(id).map(|service| city.text_in(&service.title, language));
    ids.iter().filter_map(title).collect::<Vec<_>>().join(list_separator(language))
}
