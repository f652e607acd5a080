//! The language that the resident speaks best.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::{CaseView, Loaded, Next, case_id, page_of, seen, step};
use crate::enrolment::{self, CaseError, Draft, Seen};
use crate::web::desk::{Desk, run};
use crate::web::error::WebError;
use crate::web::officer::{Desks, Officer};
use crate::web::page::{Shell, go};
use crate::web::posted::Posted;
use crate::web::say::HOLDERS;

#[derive(Template)]
#[template(path = "case/language.html")]
struct LanguagePage {
    shell: Shell,
    case: CaseView,
    languages: Vec<Choice>,
}

struct Choice {
    tag: &'static str,
    name: &'static str,
    direction: &'static str,
    question: String,
    chosen: bool,
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
        let chosen = &loaded.opened.draft.language;
        let languages = HOLDERS.iter().map(|(tag, name)| {
            let say = shell.say.to_holder(tag);
            let direction = say.direction();
            Choice { tag, name, direction, question: say.t("ask-language"), chosen: chosen == tag }
        });
        Ok(Next::Page(LanguagePage {
            languages: languages.collect(),
            case: CaseView { holder: None, ..CaseView::new(&shell, &loaded, "language") },
            shell,
        }))
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
    let language = HOLDERS.iter().map(|(tag, _)| *tag).find(|tag| *tag == posted.get("language"));
    let Some(language) = language else { return Ok(go(format!("/cases/{id}/language"))) };
    let saved = run(&desk, move |desk| {
        let save = |seen: Seen<'_>| {
            let typed = |draft: &mut Draft| language.clone_into(&mut draft.language);
            enrolment::save(&desk.issuer, seen, &officer.actor(), desk.now(), typed)
        };
        match save(seen(&id, &posted)) {
            // The choice is one word: whoever chose last is right.
            Err(CaseError::Changed { version, .. }) => save(Seen { case: &id, version }),
            other => other,
        }
    });
    Ok(go(page_of(&saved.await?)))
}
