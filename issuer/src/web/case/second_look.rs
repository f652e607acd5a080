//! The second look: nobody refuses a card alone.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use shared::evidence::DocumentId;

use super::{CaseView, Loaded, Next, login, page_of, seen, step};
use crate::config::City;
use crate::db::Word as _;
use crate::db::officer::Role;
use crate::db::second_look::{Decision, Doubt};
use crate::db::visit::{Station, VisitOutcome};
use crate::enrolment::second_look::{self, Remedy};
use crate::enrolment::{self, CaseId};
use crate::web::desk::Desk;
use crate::web::error::WebError;
use crate::web::officer::{Desks, Officer};
use crate::web::page::Shell;
use crate::web::posted::Posted;
use crate::web::wrongs::Wrongs;

/// Longest words, in characters.
const MAX_WORDS: usize = 1000;

const DOUBTS: [(&str, &str); 5] = [
    ("papers_doubtful", "reason-papers_doubtful"),
    ("photo_does_not_match", "reason-photo_does_not_match"),
    ("not_resident", "reason-not_resident"),
    ("duplicate", "reason-duplicate"),
    ("other", "reason-other"),
];

const DECISIONS: [(&str, &str); 6] = [
    ("nothing_wrong", "reason-nothing_wrong"),
    ("papers_doubtful", "reason-papers_doubtful"),
    ("photo_does_not_match", "reason-photo_does_not_match"),
    ("not_resident", "reason-not_resident"),
    ("duplicate", "reason-duplicate"),
    ("other", "reason-other"),
];

#[derive(Template)]
#[template(path = "case/second_look.html")]
struct SecondLookPage {
    shell: Shell,
    case: CaseView,
    wrongs: Wrongs,
    asked: bool,
    asked_by: String,
    asked_reason: String,
    asked_words: String,
    may_decide: bool,
    reasons: Vec<(&'static str, &'static str)>,
    chosen: String,
    words: String,
}

/// What is closed, and why.
#[derive(Template)]
#[template(path = "case/closed.html")]
struct ClosedPage {
    shell: Shell,
    case: CaseView,
    heading: String,
    texts: Vec<String>,
    refused: bool,
}

/// Why somebody was refused, and what would change it, for them to take home.
#[derive(Template)]
#[template(path = "case/why.html")]
struct WhyPage {
    shell: Shell,
    language: String,
    direction: &'static str,
    city: String,
    ticket: String,
    title: String,
    why_heading: String,
    why: String,
    change_heading: String,
    change: String,
    papers: Vec<String>,
    two: String,
    hotline: String,
}

pub(in crate::web) async fn page(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let loaded = Loaded::open(desk, &id, &officer)?;
        let station = loaded.opened.case.station;
        if station != Station::SecondLook && !station.is_for_typing() {
            return Ok(Next::stands(&loaded.opened.case));
        }
        let typed = (String::new(), String::new());
        SecondLookPage::of(desk, &officer, &loaded, Wrongs::default(), typed).map(Next::Page)
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
        let say = officer.say().clone();
        let (issuer, actor, now) = (&desk.issuer, officer.actor(), desk.now());
        let words = posted.get("words").trim();
        let doubt = Doubt::from_word(posted.get("reason"));
        let decision = match posted.get("do") {
            "go_on" => Some(Decision::GoOn),
            "refuse" => Some(Decision::Refused),
            _ => None,
        };
        let mut wrongs = Wrongs::default();
        let nothing = doubt == Some(Doubt::NothingWrong) && decision != Some(Decision::GoOn);
        if doubt.is_none() || nothing {
            wrongs.add("reason", say.t("second-look-reason-missing"));
        }
        if words.is_empty() || words.chars().count() > MAX_WORDS {
            wrongs.add("words", say.t("second-look-words-missing"));
        }
        if let (Some(doubt), true) = (doubt, wrongs.is_empty()) {
            let seen = seen(&id, &posted);
            let (case, done) = match decision {
                None => (second_look::ask(issuer, seen, doubt, words, &actor, now)?, "asked"),
                Some(decision) => {
                    (second_look::decide(issuer, seen, decision, doubt, words, &actor, now)?, "decided")
                }
            };
            return Ok(Next::Go(match case.station {
                Station::SecondLook => format!("/queue?done={done}"),
                _ => format!("{}?done={done}", page_of(&case)),
            }));
        }
        let loaded = Loaded::open(desk, &id, &officer)?;
        let typed = (posted.get("reason").to_owned(), words.to_owned());
        SecondLookPage::of(desk, &officer, &loaded, wrongs, typed).map(Next::Wrong)
    })
    .await
}

/// A case that is closed.
pub(in crate::web) async fn closed(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let shell = officer.shell().of("queue");
        let loaded = Loaded::open(desk, &id, &officer)?;
        let case = &loaded.opened.case;
        let heading = match case.outcome {
            None => return Ok(Next::stands(case)),
            Some(VisitOutcome::HandedOver) => "closed-handed-over",
            Some(VisitOutcome::Refused) => "closed-refused",
            Some(VisitOutcome::Left) => "closed-abandoned",
        };
        Ok(Next::Page(ClosedPage {
            heading: shell.say.t(heading),
            texts: case.card.iter().cloned().collect(),
            refused: case.outcome == Some(VisitOutcome::Refused),
            case: CaseView::new(&shell, &loaded, ""),
            shell,
        }))
    })
    .await
}

pub(in crate::web) async fn why(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| WhyPage::of(desk, &officer, &id).map(Next::Page)).await
}

impl SecondLookPage {
    fn of(
        desk: &Desk,
        officer: &Officer<Desks>,
        loaded: &Loaded,
        wrongs: Wrongs,
        (chosen, words): (String, String),
    ) -> Result<Self, WebError> {
        let shell = officer.shell().of("queue");
        let case = &loaded.opened.case;
        let asked = case.station == Station::SecondLook;
        let look = second_look::of_case(&desk.issuer, &case.id)?.into_iter().next().filter(|_| asked);
        let by = look.as_ref().map(|look| look.asked_by.clone()).unwrap_or_default();
        let asked_words = loaded.opened.words.iter().rfind(|words| words.by == by);
        let reason = look.as_ref().map(|look| format!("reason-{}", look.asked_reason.as_str()));
        Ok(Self {
            asked_by: login(desk, &by)?,
            asked_reason: reason.map(|id| shell.say.t(&id)).unwrap_or_default(),
            asked_words: asked_words.map(|words| words.words.clone()).unwrap_or_default(),
            may_decide: officer.role() == Role::Approver && by != officer.id().as_str(),
            reasons: if asked { DECISIONS.to_vec() } else { DOUBTS.to_vec() },
            case: CaseView { holder: None, ..CaseView::new(&shell, loaded, "") },
            asked,
            chosen,
            words,
            wrongs,
            shell,
        })
    }
}

impl WhyPage {
    fn of(desk: &Desk, officer: &Officer<Desks>, id: &CaseId) -> Result<Self, WebError> {
        let (actor, now) = (officer.actor(), desk.now());
        let refusal = second_look::refusal(&desk.issuer, id, &actor, now)?;
        let language = enrolment::open(&desk.issuer, id, &actor, now)?.draft.language;
        let city = &desk.issuer.city;
        let shell = officer.shell();
        let holder = shell.say.to_holder(&language);
        let (change, papers) = match &refusal.remedy {
            Remedy::Papers { bring, .. } => ("ask-change-papers", titles(city, bring, &language)),
            Remedy::Residency(papers) => ("ask-change-resident", titles(city, papers, &language)),
            Remedy::Photo(papers) => ("ask-change-photo", titles(city, papers, &language)),
            Remedy::EarlierCard => ("ask-change-duplicate", Vec::new()),
            Remedy::Ask => ("ask-change-other", Vec::new()),
        };
        let reason = match refusal.reason {
            Doubt::PapersDoubtful => "ask-why-papers",
            Doubt::PhotoDoesNotMatch => "ask-why-photo",
            Doubt::NotResident => "ask-why-resident",
            Doubt::Duplicate => "ask-why-duplicate",
            Doubt::Other | Doubt::NothingWrong => "ask-why-other",
        };
        Ok(Self {
            direction: holder.direction(),
            language: holder.language().to_owned(),
            city: city.name_in(&language).to_owned(),
            ticket: refusal.ticket,
            title: holder.t("ask-refused-title"),
            why_heading: holder.t("ask-refused-why"),
            why: holder.t(reason),
            change_heading: holder.t("ask-refused-change"),
            change: holder.one(change, "hotline", city.hotline.as_str()),
            papers,
            two: holder.t("ask-refused-two"),
            hotline: city.hotline.as_str().to_owned(),
            shell,
        })
    }
}

fn titles(city: &City, ids: &[DocumentId], language: &str) -> Vec<String> {
    ids.iter().map(|id| city.evidence.title(id, language, &city.languages).to_owned()).collect()
}
