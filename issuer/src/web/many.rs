//! Many cards at once: one officer asks, another agrees, and it goes on by itself.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::case::login;
use super::desk::{Desk, run};
use super::error::WebError;
use super::officer::{Approves, Custodian, Officer, Right as _};
use super::page::{Done, Shell, go, render, render_with};
use super::posted::Posted;
use super::schedule;
use super::wrongs::Wrongs;
use crate::db::mass_revocation::{ChosenBy, MassRevocation, MassState};
use crate::db::officer::Officer as Account;
use crate::db::{Id, Word as _};
use crate::revocation::mass::{self, Agreed, Choice, MassError, Preview};

const REASONS: [(&str, &str); 4] = [
    ("mistake", "reason-mistake"),
    ("misused", "reason-misused"),
    ("key_stolen", "reason-key_stolen"),
    ("other", "reason-other"),
];

const BY: [(&str, &str); 4] =
    [("officer", "many-officer"), ("desk", "many-desk"), ("batch", "many-batch"), ("key", "many-key")];

#[derive(Template)]
#[template(path = "many.html")]
struct ManyPage {
    shell: Shell,
    wrongs: Wrongs,
    by: String,
    ways: [(&'static str, &'static str); 4],
    which: String,
    since: String,
    reason: String,
    reasons: [(&'static str, &'static str); 4],
    preview: Option<Preview>,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    what: String,
    reason: String,
    asked: String,
    state_message: String,
    revoked: i64,
    counted: i64,
    may_decide: bool,
}

pub(super) async fn page(
    desk: Data<Desk>,
    officer: Officer<Approves>,
    asked: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("many").with_done(&asked.done);
    let page = run(&desk, move |desk| {
        ManyPage::of(desk, &officer, shell, &Posted::default(), Wrongs::default(), None)
    });
    render(&page.await?)
}

/// Counts first, and asks once the count was seen.
pub(super) async fn ask(
    desk: Data<Desk>,
    officer: Officer<Approves>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("many");
    let done = run(&desk, move |desk| {
        let now = desk.now();
        let mut wrongs = Wrongs::default();
        let which = which(desk, &posted)?;
        let since = since(&posted);
        if which.is_none() {
            wrongs.add("which", shell.say.t("many-which-missing"));
        }
        if since.is_err() {
            wrongs.add("since", shell.say.t("wrong-date"));
        }
        let (Some((by, which)), Ok(since)) = (which, since) else {
            return ManyPage::of(desk, &officer, shell, &posted, wrongs, None).map(Err);
        };
        let choice = Choice { by, which: &which, since };
        if posted.get("do") == "ask" {
            let reason =
                REASONS.iter().map(|(reason, _)| *reason).find(|reason| *reason == posted.get("reason"));
            match reason.map(|reason| mass::ask(&desk.issuer, &choice, reason, &officer.actor(), now)) {
                Some(Ok(_)) => return Ok(Ok("/many?done=many-asked".to_owned())),
                Some(Err(MassError::Nothing)) => wrongs.add("which", shell.say.t("many-nothing")),
                Some(Err(error)) => return Err(error.into()),
                None => wrongs.add("reason", shell.say.t("second-look-reason-missing")),
            }
        }
        let preview = mass::preview(&desk.issuer, &choice, now)?;
        ManyPage::of(desk, &officer, shell, &posted, wrongs, Some(preview)).map(Err)
    });
    match done.await? {
        Ok(address) => Ok(go(address)),
        Err(page) if page.wrongs.is_empty() => render(&page),
        Err(page) => render_with(StatusCode::UNPROCESSABLE_ENTITY, &page),
    }
}

/// Agrees or not. What is agreed to goes on by itself, whoever leaves the page.
pub(super) async fn decide(
    desk: Data<Desk>,
    officer: Officer<Custodian>,
    path: Path<String>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let id: Id<MassRevocation> = Id::parse(&path).map_err(|_| WebError::NotFound)?;
    let agreed = if posted.get("do") == "agree" { Agreed::Yes } else { Agreed::No };
    let actor = officer.actor();
    let decided = {
        let actor = actor.clone();
        run(&desk, move |desk| mass::decide(&desk.issuer, &id, agreed, &actor, desk.now())).await?
    };
    if decided.state == MassState::Approved {
        // A server that is at another takes this one on at its next look.
        actix_web::rt::spawn(schedule::revoke_approved(desk, actor));
    }
    Ok(go("/many?done=many-decided"))
}

/// By what the cards are chosen, and which: an officer is named by login.
fn which(desk: &Desk, posted: &Posted) -> Result<Option<(ChosenBy, String)>, WebError> {
    let typed = posted.get("which").trim();
    let Some(by) = ChosenBy::from_word(posted.get("by")) else { return Ok(None) };
    if typed.is_empty() || typed.len() > 100 {
        return Ok(None);
    }
    if by != ChosenBy::Officer || typed == "command-line" {
        return Ok(Some((by, typed.to_owned())));
    }
    let account = desk.issuer.db.read(|conn| Ok::<_, WebError>(Account::find_by_login(conn, typed)?))?;
    Ok(account.map(|account| (by, account.id.to_string())))
}

fn since(posted: &Posted) -> Result<Option<DateTime<Utc>>, chrono::ParseError> {
    let text = posted.get("since").trim();
    if text.is_empty() {
        return Ok(None);
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|day| Some(day.and_time(NaiveTime::MIN).and_utc()))
}

impl ManyPage {
    fn of(
        desk: &Desk,
        officer: &Officer<Approves>,
        shell: Shell,
        posted: &Posted,
        wrongs: Wrongs,
        preview: Option<Preview>,
    ) -> Result<Self, WebError> {
        let decides = Custodian::ROLES.contains(&officer.role());
        let rows = mass::all(&desk.issuer)?.into_iter().map(|one| {
            let which = match one.chosen_by {
                ChosenBy::Officer => login(desk, &one.chosen)?,
                _ => one.chosen.clone(),
            };
            let by = BY.iter().find(|(by, _)| *by == one.chosen_by.as_str()).map_or("many-key", |(_, id)| id);
            Ok(Row {
                id: one.id.to_string(),
                what: format!("{}: {which}", shell.say.t(by)),
                reason: shell.say.t(&format!("reason-{}", one.reason)),
                asked: format!(
                    "{} {}",
                    login(desk, &one.asked_by)?,
                    one.asked_at.utc().format("%Y-%m-%d %H:%M")
                ),
                state_message: format!("many-{}", one.state.as_str()),
                revoked: one.revoked,
                counted: one.counted,
                may_decide: decides && one.state == MassState::Asked && one.asked_by != officer.id().as_str(),
            })
        });
        Ok(Self {
            rows: rows.collect::<Result<_, WebError>>()?,
            by: posted.get("by").to_owned(),
            ways: BY,
            which: posted.get("which").to_owned(),
            since: posted.get("since").to_owned(),
            reason: posted.get("reason").to_owned(),
            reasons: REASONS,
            preview,
            wrongs,
            shell,
        })
    }
}

impl From<MassError> for WebError {
    fn from(error: MassError) -> Self {
        match error {
            MassError::NotFound => Self::NotFound,
            MassError::SameOfficer | MassError::Role => Self::OtherRole,
            MassError::Failed(error) => error.into(),
            MassError::NotNow { .. } | MassError::Nothing | MassError::Reason => {
                Self::Refused("not-now", String::new())
            }
        }
    }
}
