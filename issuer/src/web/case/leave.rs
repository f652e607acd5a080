//! A resident leaves without a card: by their own wish, or to come back. It is no refusal: nobody says no here.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::{CaseView, Loaded, Next, seen, step};
use crate::db::Word as _;
use crate::db::visit::Station;
use crate::enrolment::{self, CaseError, WhyLeft};
use crate::web::desk::Desk;
use crate::web::error::WebError;
use crate::web::officer::{Desks, Officer};
use crate::web::page::Shell;
use crate::web::posted::Posted;
use crate::web::wrongs::Wrongs;

const REASONS: [(&str, &str); 4] = [
    ("comes_back", "left-comes_back"),
    ("wants_none", "left-wants_none"),
    ("not_fetched", "left-not_fetched"),
    ("mistake", "left-mistake"),
];

#[derive(Template)]
#[template(path = "case/leave.html")]
struct LeavePage {
    shell: Shell,
    case: CaseView,
    wrongs: Wrongs,
    /// The number of the card that was made already, and would be revoked.
    card: Option<String>,
    reasons: [(&'static str, &'static str); 4],
}

pub(in crate::web) async fn page(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let shell = officer.shell().of("queue");
        let loaded = Loaded::open(desk, &id, &officer)?;
        if loaded.opened.case.station == Station::Closed {
            return Ok(Next::stands(&loaded.opened.case));
        }
        Ok(Next::Page(LeavePage::of(shell, &loaded, Wrongs::default())))
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
        let mut wrongs = Wrongs::default();
        let loaded = if let Some(why) = WhyLeft::from_word(posted.get("reason")) {
            match enrolment::leave(&desk.issuer, seen(&id, &posted), why, &officer.actor(), desk.now()) {
                Ok(_) => return Ok(Next::Go("/?done=left".to_owned())),
                Err(CaseError::Changed { by, .. }) => Loaded::after_conflict(desk, &id, &officer, &by)?,
                Err(error) => return Err(WebError::from(error)),
            }
        } else {
            wrongs.add("reason", shell.say.t("second-look-reason-missing"));
            Loaded::open(desk, &id, &officer)?
        };
        if loaded.opened.case.station == Station::Closed {
            return Ok(Next::stands(&loaded.opened.case));
        }
        Ok(Next::Wrong(LeavePage::of(shell, &loaded, wrongs)))
    })
    .await
}

impl LeavePage {
    fn of(shell: Shell, loaded: &Loaded, wrongs: Wrongs) -> Self {
        Self {
            case: CaseView { holder: None, may_leave: false, ..CaseView::new(&shell, loaded, "") },
            card: loaded.opened.case.card.clone(),
            reasons: REASONS,
            wrongs,
            shell,
        }
    }
}
