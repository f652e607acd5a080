//! Which papers are shown, what they come to and what is missing.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use shared::evidence::{AddressKind, Assessment, DocumentType, Standing};

use super::{CaseView, Loaded, Next, page_of, seen, step};
use crate::config::City;
use crate::enrolment::{self, CaseError, Draft};
use crate::evidence_words::{Missing, Teller};
use crate::web::desk::Desk;
use crate::web::error::WebError;
use crate::web::officer::{Desks, Officer};
use crate::web::page::Shell;
use crate::web::posted::Posted;
use crate::web::wrongs::Wrongs;
use crate::words::{Message, direction};

/// The kinds of address, with their messages.
pub(super) const ADDRESSES: [(&str, &str); 4] = [
    ("street", "ask-address-street"),
    ("care_of", "ask-address-care-of"),
    ("withheld", "ask-address-withheld"),
    ("none", "ask-address-none"),
];

#[derive(Template)]
#[template(path = "case/papers.html")]
struct PapersPage {
    shell: Shell,
    case: CaseView,
    wrongs: Wrongs,
    papers: Vec<Paper>,
    birth_year: String,
    address_kind: &'static str,
    address_kinds: [(&'static str, &'static str); 4],
    guardian_came: bool,
    meters: Vec<Meter>,
    met: bool,
    met_text: String,
    lacks: Vec<Lack>,
}

struct Paper {
    id: String,
    title: String,
    holder_title: String,
    worth: String,
    shown: bool,
}

/// What is missing, in a language.
struct Lack {
    language: String,
    direction: &'static str,
    missing: Vec<Missing>,
}

struct Meter {
    text: String,
    needed: u8,
    there: u8,
    met: bool,
}

/// What is missing, on a page to be printed for the resident.
#[derive(Template)]
#[template(path = "case/need.html")]
struct NeedPage {
    shell: Shell,
    language: String,
    direction: &'static str,
    city: String,
    ticket: String,
    title: String,
    missing: Vec<Missing>,
    keeps: String,
    hotline: String,
}

/// Takes what the papers' form says.
pub(super) fn take(draft: &mut Draft, posted: &Posted) {
    draft.evidence = posted.all("paper").map(str::to_owned).collect();
    draft.address_kind = address_kind(posted.get("address_kind"));
    draft.guardian_came = posted.has("guardian_came");
    posted.get("birth_year").trim().clone_into(&mut draft.birth_year);
}

pub(super) fn address_kind(word: &str) -> Option<AddressKind> {
    AddressKind::ALL.into_iter().find(|kind| kind.as_str() == word)
}

pub(in crate::web) async fn page(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let shell = officer.shell().of("queue");
        let loaded = Loaded::open(desk, &id, &officer)?;
        if !loaded.opened.case.station.is_for_typing() {
            return Ok(Next::stands(&loaded.opened.case));
        }
        PapersPage::of(desk, shell, &loaded, Wrongs::default()).map(Next::Page)
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
        let on = posted.get("do") == "on";
        let saved =
            enrolment::save(&desk.issuer, seen(&id, &posted), &actor, now, |draft| take(draft, &posted));
        let finished = saved.and_then(|case| match case.station {
            crate::db::visit::Station::Check if on => {
                enrolment::finish_check(&desk.issuer, case.seen(), &actor, now)
            }
            _ => Ok(case),
        });
        let mut wrongs = Wrongs::default();
        let loaded = match finished {
            Ok(case) if on => return Ok(Next::Go(page_of(&case))),
            Ok(case) => return Ok(Next::Go(format!("/cases/{}/papers", case.id))),
            Err(CaseError::Evidence(_)) => {
                wrongs.add("meter", shell.say.t("papers-not-met"));
                Loaded::open(desk, &id, &officer)?
            }
            Err(CaseError::Changed { by, .. }) => {
                let mut loaded = Loaded::after_conflict(desk, &id, &officer, &by)?;
                // A form of an earlier moment, of a case whose card is made.
                if !loaded.opened.case.station.is_for_typing() {
                    return Ok(Next::stands(&loaded.opened.case));
                }
                take(&mut loaded.opened.draft, &posted);
                loaded
            }
            Err(error) => return Err(WebError::from(error)),
        };
        PapersPage::of(desk, shell, &loaded, wrongs).map(Next::Wrong)
    })
    .await
}

/// What is missing, for the resident to take home.
pub(in crate::web) async fn need(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let shell = officer.shell();
        let loaded = Loaded::open(desk, &id, &officer)?;
        let assessment = assess(desk, &loaded)?;
        let city = &desk.issuer.city;
        let language = loaded.opened.draft.language.clone();
        let told = Teller { city, words: desk.press()?.words(), language: &language };
        Ok(Next::Page(NeedPage {
            direction: direction(&language),
            city: city.name_in(&language).to_owned(),
            ticket: loaded.opened.case.ticket.clone(),
            title: told.verdict(&assessment),
            missing: told.missing(&assessment),
            keeps: told.say(Message::EvidenceKeeps),
            hotline: city.hotline.as_str().to_owned(),
            language,
            shell,
        }))
    })
    .await
}

impl PapersPage {
    fn of(desk: &Desk, shell: Shell, loaded: &Loaded, wrongs: Wrongs) -> Result<Self, WebError> {
        let assessment = assess(desk, loaded)?;
        let draft = &loaded.opened.draft;
        let (city, words) = (&desk.issuer.city, desk.press()?.words());
        let told = |language| Teller { city, words, language };
        let (officers, holders) = (told(shell.say.language()), told(&draft.language));
        let both = [(shell.say.language(), &officers), (draft.language.as_str(), &holders)];
        let languages = if draft.language == shell.say.language() { 1 } else { 2 };
        let lacks = both.into_iter().take(languages).filter(|_| !assessment.is_met());
        let lacks = lacks.map(|(language, told)| Lack {
            language: language.to_owned(),
            direction: direction(language),
            missing: told.missing(&assessment),
        });
        let lacks = lacks.collect();
        let documents = &desk.issuer.city.evidence.rules.table().documents;
        Ok(Self {
            case: CaseView::new(&shell, loaded, "papers"),
            papers: documents.iter().map(|one| Paper::of(one, draft, &officers, &holders)).collect(),
            birth_year: draft.birth_year.clone(),
            address_kind: draft.address_kind.unwrap_or(AddressKind::Street).as_str(),
            address_kinds: ADDRESSES,
            guardian_came: draft.guardian_came,
            meters: assessment.requirements.iter().map(|one| Meter::of(one, &officers)).collect(),
            met: assessment.is_met(),
            met_text: officers.verdict(&assessment),
            lacks,
            wrongs,
            shell,
        })
    }
}

impl Paper {
    fn of<'t>(
        document: &'t DocumentType,
        draft: &Draft,
        officers: &Teller<'t>,
        holders: &Teller<'t>,
    ) -> Self {
        Self {
            id: document.id.to_string(),
            title: officers.title(&document.id).to_owned(),
            holder_title: holders.title(&document.id).to_owned(),
            worth: officers.worth_in_a_line(document),
            shown: draft.evidence.iter().any(|id| id == document.id.as_str()),
        }
    }
}

impl Meter {
    fn of(standing: &Standing, officers: &Teller<'_>) -> Self {
        Self {
            text: officers.meter(standing),
            needed: standing.needed,
            there: standing.there,
            met: standing.missing() == 0,
        }
    }
}

fn assess(desk: &Desk, loaded: &Loaded) -> Result<Assessment, WebError> {
    let today = desk.now().date_naive();
    let known = known(&desk.issuer.city, &loaded.opened.draft);
    let counts = loaded.opened.case.kind == crate::db::visit::VisitKind::Renewal;
    enrolment::assess(&desk.issuer.city, &known, counts, today)
        .map_err(|unknown| WebError::Refused("error-refused", unknown.to_string()))
}

/// The draft without papers that the city took off its table meanwhile.
fn known(city: &City, draft: &Draft) -> Draft {
    let mut draft = draft.clone();
    let documents = &city.evidence.rules.table().documents;
    draft.evidence.retain(|id| documents.iter().any(|one| one.id.as_str() == id));
    draft
}
