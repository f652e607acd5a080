//! Holds by two people: asked for at the desk, decided by another officer.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use shared::id::CardNumber;

use super::desk::{Desk, run};
use super::error::WebError;
use super::names::{Names, by_at, word};
use super::officer::{Any, Approves, Asks, Officer, Right};
use super::page::{Done, Shell, go, render, render_wrong};
use super::posted::Posted;
use super::wrongs::Wrongs;
use crate::db::card::Card;
use crate::db::hold::{Hold, HoldReason, HoldState};
use crate::db::kept::Kept;
use crate::db::officer::Role;
use crate::db::{AnyConnection, Id, Word as _};
use crate::retention::{self, RetentionError};

/// Most cards that one hold names.
const MOST_CARDS: usize = 100;

#[derive(Template)]
#[template(path = "record/holds.html")]
struct HoldsPage {
    shell: Shell,
    wrongs: Wrongs,
    may_ask: bool,
    numbers: String,
    reason: String,
    reasons: Vec<(&'static str, String)>,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    reason: String,
    state_message: String,
    tone: &'static str,
    cards: Vec<(String, bool)>,
    steps: Vec<(&'static str, String)>,
    next: Next,
}

/// What whoever looks may do with a hold.
enum Next {
    Nothing,
    Decide,
    AskEnd,
    Release,
    /// It waits for another officer: this one asked.
    Another,
}

/// Who looks at the page.
struct Looking {
    id: String,
    role: Role,
}

impl Looking {
    fn of<R: Right>(officer: &Officer<R>) -> Self {
        Self { id: officer.id().to_string(), role: officer.role() }
    }
}

pub(super) async fn page(
    desk: Data<Desk>,
    officer: Officer<Any>,
    asked: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("kept").with_done(&asked.done);
    let looking = Looking::of(&officer);
    let page =
        run(&desk, move |desk| HoldsPage::of(desk, shell, &looking, &Posted::default(), Wrongs::default()));
    render(&page.await?)
}

/// Asks that records of cards be held.
pub(super) async fn ask(
    desk: Data<Desk>,
    officer: Officer<Asks>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("kept");
    let done = run(&desk, move |desk| {
        let mut wrongs = Wrongs::default();
        let numbers = numbers(desk, posted.get("numbers"))?;
        let reason = HoldReason::from_word(posted.get("reason"));
        match &numbers {
            Numbers::None => wrongs.add("numbers", shell.say.t("holds-wrong-none")),
            Numbers::TooMany => wrongs.add("numbers", shell.say.one("holds-wrong-many", "count", MOST_CARDS)),
            Numbers::Unknown(which) => {
                wrongs.add("numbers", shell.say.one("holds-wrong-numbers", "what", which));
            }
            Numbers::Known(_) => {}
        }
        if reason.is_none() {
            wrongs.add("reason", shell.say.t("second-look-reason-missing"));
        }
        match (numbers, reason) {
            (Numbers::Known(numbers), Some(reason)) => {
                let numbers: Vec<_> = numbers.iter().map(String::as_str).collect();
                retention::ask(&desk.issuer, &numbers, reason, &officer.actor(), desk.now())?;
                Ok(Ok(()))
            }
            _ => HoldsPage::of(desk, shell, &Looking::of(&officer), &posted, wrongs).map(Err),
        }
    });
    match done.await? {
        Ok(()) => Ok(go("/holds?done=hold-asked")),
        Err(page) => render_wrong(&page),
    }
}

/// Asks that a hold end.
pub(super) async fn ask_end(
    desk: Data<Desk>,
    officer: Officer<Asks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    let id = hold_id(&path)?;
    run(&desk, move |desk| retention::ask_end(&desk.issuer, &id, &officer.actor(), desk.now())).await?;
    Ok(go("/holds?done=hold-end-asked"))
}

/// Another officer begins a hold, declines it, or releases it.
pub(super) async fn decide(
    desk: Data<Desk>,
    officer: Officer<Approves>,
    path: Path<String>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let id = hold_id(&path)?;
    let done = run(&desk, move |desk| {
        let (issuer, actor, now) = (&desk.issuer, officer.actor(), desk.now());
        Ok::<_, RetentionError>(match posted.get("do") {
            "approve" => retention::approve(issuer, &id, &actor, now).map(|_| "hold-begun")?,
            "release" => retention::release(issuer, &id, &actor, now).map(|_| "hold-released")?,
            _ => retention::decline(issuer, &id, &actor, now).map(|_| "hold-declined")?,
        })
    });
    Ok(go(format!("/holds?done={}", done.await?)))
}

fn hold_id(path: &str) -> Result<Id<Hold>, WebError> {
    Id::parse(path).map_err(|_| WebError::NotFound)
}

/// What was typed as numbers of cards.
enum Numbers {
    None,
    TooMany,
    Unknown(String),
    Known(Vec<String>),
}

fn numbers(desk: &Desk, typed: &str) -> Result<Numbers, WebError> {
    let typed: Vec<_> =
        typed.split(|c: char| c.is_whitespace() || ",;".contains(c)).filter(|one| !one.is_empty()).collect();
    if typed.len() > MOST_CARDS {
        return Ok(Numbers::TooMany);
    }
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    desk.issuer.db.read(|conn| {
        for one in typed {
            let number = CardNumber::parse(one).ok().map(|number| number.to_string());
            let card = number.map(|number| Card::find_by_number(conn, &number)).transpose()?.flatten();
            match card {
                Some(card) => known.push(card.number),
                None => unknown.push(one.chars().take(20).collect::<String>()),
            }
        }
        Ok::<_, WebError>(())
    })?;
    Ok(match (known.is_empty(), unknown.is_empty()) {
        (_, false) => Numbers::Unknown(unknown.join(", ")),
        (true, true) => Numbers::None,
        (false, true) => Numbers::Known(known),
    })
}

impl HoldsPage {
    fn of(
        desk: &Desk,
        shell: Shell,
        looking: &Looking,
        posted: &Posted,
        wrongs: Wrongs,
    ) -> Result<Self, WebError> {
        let rows = desk.issuer.db.read(|conn| {
            let names = Names::all(conn)?;
            let holds = Hold::all(conn)?.into_iter();
            holds.map(|hold| Row::of(conn, &hold, looking, &names, &shell)).collect::<Result<_, WebError>>()
        })?;
        let reasons = HoldReason::ALL.iter();
        let reasons =
            reasons.map(|one| (one.as_str(), word(&shell.say, "hold-reason", one.as_str()))).collect();
        Ok(Self {
            may_ask: Asks::ROLES.contains(&looking.role),
            numbers: posted.get("numbers").to_owned(),
            reason: posted.get("reason").to_owned(),
            reasons,
            rows,
            wrongs,
            shell,
        })
    }
}

impl Row {
    fn of(
        conn: &mut AnyConnection,
        hold: &Hold,
        looking: &Looking,
        names: &Names,
        shell: &Shell,
    ) -> Result<Self, WebError> {
        let mut cards = Vec::new();
        for card in hold.cards(conn)? {
            let kept = card.enrolment_id.as_ref().map(|id| Kept::find(conn, id)).transpose()?.flatten();
            cards.push((card.number, kept.is_some()));
        }
        let step = |message, who: &Option<String>, at: &Option<_>| {
            let (who, at) = (who.as_ref()?, *at.as_ref()?);
            Some((message, by_at(&names.of(who, &shell.say), at)))
        };
        let decided = if hold.state == HoldState::Declined { "hold-declined-by" } else { "hold-approved-by" };
        let steps = [
            Some(("hold-asked-by", by_at(&names.of(&hold.asked_by, &shell.say), hold.asked_at))),
            step(decided, &hold.decided_by, &hold.decided_at),
            step("hold-end-asked-by", &hold.end_asked_by, &hold.end_asked_at),
            step("hold-released-by", &hold.released_by, &hold.released_at),
        ];
        Ok(Self {
            id: hold.id.to_string(),
            reason: word(&shell.say, "hold-reason", hold.reason.as_str()),
            state_message: format!("hold-state-{}", hold.state.as_str()),
            tone: match hold.state {
                HoldState::Asked | HoldState::Ending => "warn",
                HoldState::Standing => "bad",
                HoldState::Declined | HoldState::Released => "",
            },
            next: Next::of(hold, looking),
            steps: steps.into_iter().flatten().collect(),
            cards,
        })
    }
}

impl Next {
    fn of(hold: &Hold, looking: &Looking) -> Self {
        let may = |roles: &[Role]| roles.contains(&looking.role);
        let asked_by = |id: Option<&str>| id == Some(looking.id.as_str());
        match hold.state {
            HoldState::Asked if asked_by(Some(&hold.asked_by)) => Self::Another,
            HoldState::Ending if asked_by(hold.end_asked_by.as_deref()) => Self::Another,
            HoldState::Asked if may(Approves::ROLES) => Self::Decide,
            HoldState::Ending if may(Approves::ROLES) => Self::Release,
            HoldState::Standing if may(Asks::ROLES) => Self::AskEnd,
            _ => Self::Nothing,
        }
    }
}

impl From<RetentionError> for WebError {
    fn from(error: RetentionError) -> Self {
        let refused = |message, told: String| Self::Refused(message, told);
        match error {
            RetentionError::Failed(error) => error.into(),
            RetentionError::NoSuchHold => Self::NotFound,
            RetentionError::Role { .. } | RetentionError::NoOfficer => Self::OtherRole,
            RetentionError::SameOfficer => refused("holds-same-officer", String::new()),
            RetentionError::Gone => refused("holder-gone", String::new()),
            RetentionError::Held => refused("holder-held", String::new()),
            RetentionError::TooLong { latest } => refused("holder-too-long", latest.to_string()),
            RetentionError::TooSoon { today } => refused("holder-too-soon", today.to_string()),
            RetentionError::HoldState { .. } | RetentionError::NoCard => {
                refused("holds-not-now", String::new())
            }
        }
    }
}
