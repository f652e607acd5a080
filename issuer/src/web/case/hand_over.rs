//! The holder gets the card and the slip, and the case is closed.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;

use super::{CaseView, Loaded, Next, case_id, date, page_of, seen, step};
use crate::db::visit::Station;
use crate::enrolment::{self, CaseError};
use crate::issuance::{Terms, kept_until};
use crate::web::desk::{Desk, run};
use crate::web::error::WebError;
use crate::web::officer::{Desks, Officer};
use crate::web::page::{Done, Shell, go};
use crate::web::posted::Posted;
use crate::web::say::Say;

#[derive(Template)]
#[template(path = "case/hand_over.html")]
struct HandOverPage {
    shell: Shell,
    case: CaseView,
    scanned: bool,
    kept_until: String,
    holder_kept_until: String,
}

pub(in crate::web) async fn page(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
    asked: Query<Done>,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let shell = officer.shell().of("queue");
        let loaded = Loaded::open(desk, &id, &officer)?;
        if loaded.opened.case.station != Station::HandOver {
            return Ok(Next::stands(&loaded.opened.case));
        }
        let (city, now) = (&desk.issuer.city, desk.now());
        let kept = date(kept_until(city, Terms::of(city, now), now.date_naive()));
        let told = |say: &Say| say.one("ask-kept-until", "date", &kept);
        let case = CaseView::new(&shell, &loaded, "hand-over");
        Ok(Next::Page(HandOverPage {
            kept_until: told(&shell.say),
            holder_kept_until: case.holder.as_ref().map(told).unwrap_or_default(),
            scanned: asked.done == "scanned",
            case,
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
    let address = run(&desk, move |desk| {
        let (issuer, now) = (&desk.issuer, desk.now());
        match enrolment::hand_over(issuer, seen(&id, &posted), &officer.actor(), now) {
            Ok(_) => Ok("/?done=handed-over".to_owned()),
            Err(CaseError::NotNow { .. } | CaseError::Changed { .. }) => {
                Ok(page_of(&enrolment::find(issuer, &id, now)?))
            }
            Err(error) => Err(WebError::from(error)),
        }
    });
    Ok(go(address.await?))
}
