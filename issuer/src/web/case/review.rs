//! The holder reads it all, line by line, on the card as it will look. Then it is issued.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use askama::Template;

use super::{CaseView, Loaded, Next, case_id, date, page_of, seen, step};
use crate::batch;
use crate::card::CardSide;
use crate::config::{City, Field};
use crate::db::Word as _;
use crate::db::visit::Station;
use crate::enrolment::{self, CaseError, Draft, Line, WhyAnother};
use crate::issuance::{Application, Terms, kept_until};
use crate::web::desk::{Desk, run};
use crate::web::error::WebError;
use crate::web::officer::{Desks, Officer};
use crate::web::page::Shell;
use crate::web::posted::Posted;
use crate::web::wrongs::Wrongs;

/// Dots an inch of the pictures: sharp on a screen, and drawn in a moment.
const DPI: u32 = 200;

const WHY_ANOTHER: [(&str, &str); 4] = [
    ("somebody_else", "reason-somebody_else"),
    ("lost", "reason-lost"),
    ("runs_out", "reason-runs_out"),
    ("other", "reason-other"),
];

#[derive(Template)]
#[template(path = "case/review.html")]
struct ReviewPage {
    shell: Shell,
    case: CaseView,
    wrongs: Wrongs,
    notes: Vec<String>,
    lines: Vec<LineView>,
    duplicates: Vec<String>,
    duplicate_reasons: [(&'static str, &'static str); 4],
    kept_until: String,
    holder_kept_until: String,
}

struct LineView {
    name: &'static str,
    message: &'static str,
    value: String,
    /// Whether others see it: printed, or in a code.
    on_card: bool,
    confirmed: bool,
}

pub(in crate::web) async fn page(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let shell = officer.shell().of("queue");
        let loaded = Loaded::open(desk, &id, &officer)?;
        if loaded.opened.case.station != Station::Review {
            return Ok(Next::stands(&loaded.opened.case));
        }
        ReviewPage::of(desk, shell, &loaded, Wrongs::default()).map(Next::Page)
    })
    .await
}

pub(in crate::web) async fn act(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let shell = officer.shell().of("queue");
        let (actor, now) = (officer.actor(), desk.now());
        let before = enrolment::find(&desk.issuer, &id, now)?;
        if before.card.is_some() {
            // A second click, or the back button: the card is there already.
            return Ok(Next::Go(page_of(&before)));
        }
        let confirmed = |draft: &mut Draft| {
            let ticked = |line: &Line| posted.all("confirm").any(|name| name == name_of(*line));
            draft.confirmed = Line::ALL.into_iter().filter(ticked).collect();
        };
        let case = match enrolment::save(&desk.issuer, seen(&id, &posted), &actor, now, confirmed) {
            Ok(case) => case,
            Err(CaseError::Changed { by, .. }) => {
                let loaded = Loaded::after_conflict(desk, &id, &officer, &by)?;
                if loaded.opened.case.station != Station::Review {
                    return Ok(Next::Go(page_of(&loaded.opened.case)));
                }
                return ReviewPage::of(desk, shell, &loaded, Wrongs::default()).map(Next::Wrong);
            }
            Err(error) => return Err(WebError::from(error)),
        };
        if posted.get("do") == "later" {
            return Ok(Next::Go("/queue?done=queued".to_owned()));
        }
        let loaded = Loaded::open(desk, &id, &officer)?;
        let mut wrongs = Wrongs::default();
        if let Err(why) = fits(desk, &loaded)? {
            wrongs.add("confirm", shell.say.one("review-does-not-fit", "why", why));
            return ReviewPage::of(desk, shell, &loaded, wrongs).map(Next::Wrong);
        }
        let why = WhyAnother::from_word(posted.get("duplicate_reason"));
        match enrolment::issue(&desk.issuer, case.seen(), why, &actor, now) {
            Ok(made) => {
                // Printing is the next thing that is done; the job is there before anybody asks.
                let case = match enrolment::print::queue(&desk.issuer, made.case.seen(), &actor, now) {
                    Ok((case, _)) => case,
                    Err(_) => made.case,
                };
                return Ok(Next::Go(format!("{}?done=issued", page_of(&case))));
            }
            Err(CaseError::NotConfirmed(_)) => wrongs.add("confirm", shell.say.t("review-not-confirmed")),
            Err(CaseError::Duplicates(_)) => {
                wrongs.add("duplicate_reason", shell.say.t("duplicate-reason-missing"));
            }
            Err(CaseError::Evidence(_) | CaseError::NotChecked) => {
                let back = enrolment::go(&desk.issuer, case.seen(), Station::Check, &actor, now)?;
                return Ok(Next::Go(page_of(&back)));
            }
            Err(error) => return Err(error.into()),
        }
        ReviewPage::of(desk, shell, &loaded, wrongs).map(Next::Wrong)
    })
    .await
}

/// A side of the card as it will look.
pub(in crate::web) async fn proof(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, WebError> {
    let (case, side) = path.into_inner();
    let id = case_id(&case)?;
    let side = match side.as_str() {
        "front" => CardSide::Front,
        "back" => CardSide::Back,
        _ => return Err(WebError::NotFound),
    };
    let png = run(&desk, move |desk| {
        let loaded = Loaded::open(desk, &id, &officer)?;
        let application = application(desk, &loaded)?;
        let (city, terms) = (&desk.issuer.city, Terms::of(&desk.issuer.city, desk.now()));
        batch::proof(desk.press()?, city, &application, terms, side, DPI)
            .map_err(|error| WebError::Refused("review-does-not-fit", error.to_string()))
    });
    let answer = HttpResponse::Ok()
        .content_type("image/png")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(png.await?);
    Ok(answer)
}

fn application(desk: &Desk, loaded: &Loaded) -> Result<Application, WebError> {
    Ok(loaded.opened.draft.application(&desk.issuer.city, desk.now().date_naive())?)
}

/// Whether the card can be printed, found out before it has a number; gives the names that are printed with initials.
fn fits(desk: &Desk, loaded: &Loaded) -> Result<Result<Vec<String>, String>, WebError> {
    let application = application(desk, loaded)?;
    let terms = Terms::of(&desk.issuer.city, desk.now());
    Ok(batch::fits(desk.press()?, &desk.issuer.city, &application, terms))
}

impl ReviewPage {
    fn of(desk: &Desk, shell: Shell, loaded: &Loaded, mut wrongs: Wrongs) -> Result<Self, WebError> {
        let (city, now) = (&desk.issuer.city, desk.now());
        let (draft, today) = (&loaded.opened.draft, now.date_naive());
        let case = CaseView::new(&shell, loaded, "review");
        let mut notes = Vec::new();
        match fits(desk, loaded)? {
            Ok(shortened) => {
                notes.extend(shortened.iter().map(|name| shell.say.one("review-shortened", "name", name)));
            }
            Err(why) if wrongs.is_empty() => {
                wrongs.add("confirm", shell.say.one("review-does-not-fit", "why", why));
            }
            Err(_) => {}
        }
        let resident =
            draft.resident(city, today).map_err(|_| WebError::Refused("not-now", String::new()))?;
        let there = draft.lines();
        let lines = Line::ALL.into_iter().filter(|line| there.contains(line)).map(|line| LineView {
            name: name_of(line),
            message: message_of(line),
            value: match line {
                Line::FullName => resident.full_name.clone(),
                Line::SecondName => resident.second_name.clone().unwrap_or_default(),
                Line::BirthDate => {
                    resident.birth_date.map(|born| born.printed(&resident.language)).unwrap_or_default()
                }
                Line::Gender => resident.gender.clone().unwrap_or_default(),
                Line::Address => resident.address.clone().unwrap_or_default(),
                Line::Guardian => resident.guardian.clone().unwrap_or_default(),
                Line::Services => super::services(city, &resident.services, shell.say.language()),
                Line::Photo => "✓".to_owned(),
            },
            on_card: on_card(line, city),
            confirmed: draft.confirmed.contains(&line),
        });
        let kept = date(kept_until(city, Terms::of(city, now), today));
        let told = |say: &crate::web::say::Say| say.one("ask-kept-until", "date", &kept);
        Ok(Self {
            lines: lines.collect(),
            duplicates: enrolment::duplicates(&desk.issuer, &loaded.opened, now)?,
            duplicate_reasons: WHY_ANOTHER,
            kept_until: told(&shell.say),
            holder_kept_until: case.holder.as_ref().map(told).unwrap_or_default(),
            case,
            notes,
            wrongs,
            shell,
        })
    }
}

fn name_of(line: Line) -> &'static str {
    match line {
        Line::FullName => "full_name",
        Line::SecondName => "second_name",
        Line::BirthDate => "birth_date",
        Line::Gender => "gender",
        Line::Address => "address",
        Line::Guardian => "guardian",
        Line::Services => "services",
        Line::Photo => "photo",
    }
}

/// Whether a line stands on the city's cards. Names, services and the portrait are printed on all of them, and a guardian
/// and a birth date where there are any.
fn on_card(line: Line, city: &City) -> bool {
    let in_code = |field| city.identity_code.contains(&field) || city.service_code.contains(&field);
    match line {
        Line::Address => in_code(Field::Address),
        Line::Gender => in_code(Field::Gender),
        Line::FullName
        | Line::SecondName
        | Line::BirthDate
        | Line::Guardian
        | Line::Services
        | Line::Photo => true,
    }
}

fn message_of(line: Line) -> &'static str {
    match line {
        Line::FullName => "ask-name-line",
        Line::SecondName => "ask-second-line",
        Line::BirthDate => "ask-birth-line",
        Line::Gender => "ask-gender-line",
        Line::Address => "ask-address-line",
        Line::Guardian => "ask-guardian-line",
        Line::Services => "ask-services-line",
        Line::Photo => "ask-photo-line",
    }
}
