//! `/api/v1/cards/{number}`: a card is looked up, its status asked for and changed.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use shared::id::CardNumber;

use super::answer::{CardAnswer, StatusAnswer};
use super::body::{Known as Fields, Sent};
use super::described::{ReinstateReason, RevokeReason, SuspendReason};
use super::gate::run;
use super::problem::{Problem, WrongPart};
use super::program::{AsksStatus, Does, LooksUp, Program, Revokes, Suspends};
use crate::db::Word as _;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::card::Card;
use crate::db::status_list::StatusList;
use crate::issuance::entry;
use crate::revocation::{self, Change, Known, Named};
use crate::web::cards::{REINSTATE, REVOKE, SUSPEND};
use crate::web::desk::Desk;

const REASON: Fields = Fields { texts: &["reason"], list: None, file: None };

/// A card is looked up by its number.
#[utoipa::path(get, path = "/api/v1/cards/{number}",
    params(("number" = String, Path, description = "The number on the card.", example = "K7QM-2X4D-9",
        pattern = "^[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]$")),
    responses((status = 200, description = "The card.", body = CardAnswer)),
)]
pub(in crate::web) async fn look_up(
    desk: Data<Desk>,
    program: Program<LooksUp>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let answer = run(&desk, move |desk| {
        let number = number(&path)?;
        let found = desk.issuer.db.read(|conn| {
            let Some(card) = Card::find_by_number(conn, &number)? else { return Ok(None) };
            let list = StatusList::find(conn, &card.status_list_id)?;
            Ok::<_, Problem>(list.map(|list| CardAnswer::of(&card, &list.uri)))
        })?;
        let answer = found.ok_or_else(Problem::no_card)?;
        tell(desk, &number, &program.actor())?;
        Ok::<_, Problem>(answer)
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}

/// Whether a card is good.
#[utoipa::path(get, path = "/api/v1/cards/{number}/status",
    params(("number" = String, Path, description = "The number on the card.", example = "K7QM-2X4D-9",
        pattern = "^[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]$")),
    responses((status = 200, description = "Whether the card is good now.", body = StatusAnswer)),
)]
pub(in crate::web) async fn status(
    desk: Data<Desk>,
    program: Program<AsksStatus>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let answer = run(&desk, move |desk| {
        let number = number(&path)?;
        let known = known(desk, &number)?;
        tell(desk, &number, &program.actor())?;
        Ok::<_, Problem>(StatusAnswer::of(&known))
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}

/// A card is not good for now.
///
/// Counters hear of it with the next publication.
#[utoipa::path(post, path = "/api/v1/cards/{number}/suspend", request_body = SuspendReason,
    params(("number" = String, Path, description = "The number on the card.", example = "K7QM-2X4D-9",
        pattern = "^[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]$")),
    responses((status = 200, description = "Whether the card is good now.", body = StatusAnswer)),
)]
pub(in crate::web) async fn suspend(
    desk: Data<Desk>,
    program: Program<Suspends>,
    path: Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    change(&desk, &program, &path, sent, (Change::Suspend, &SUSPEND)).await
}

/// A suspended card is good again.
///
/// Counters hear of it with the next publication.
#[utoipa::path(post, path = "/api/v1/cards/{number}/reinstate", request_body = ReinstateReason,
    params(("number" = String, Path, description = "The number on the card.", example = "K7QM-2X4D-9",
        pattern = "^[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]$")),
    responses((status = 200, description = "Whether the card is good now.", body = StatusAnswer)),
)]
pub(in crate::web) async fn reinstate(
    desk: Data<Desk>,
    program: Program<Suspends>,
    path: Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    change(&desk, &program, &path, sent, (Change::Reinstate, &REINSTATE)).await
}

/// A card is never good again.
///
/// Counters hear of it with the next publication.
#[utoipa::path(post, path = "/api/v1/cards/{number}/revoke", request_body = RevokeReason,
    params(("number" = String, Path, description = "The number on the card.", example = "K7QM-2X4D-9",
        pattern = "^[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]$")),
    responses((status = 200, description = "Whether the card is good now.", body = StatusAnswer)),
)]
pub(in crate::web) async fn revoke(
    desk: Data<Desk>,
    program: Program<Revokes>,
    path: Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    change(&desk, &program, &path, sent, (Change::Revoke, &REVOKE)).await
}

/// Changes the status of a card, for a reason of the desk's own list.
async fn change<S: Does>(
    desk: &Data<Desk>,
    program: &Program<S>,
    path: &str,
    sent: Sent,
    (change, reasons): (Change, &'static [&'static str]),
) -> Result<HttpResponse, Problem> {
    let mut fields = sent.fields(&REASON)?;
    let reason = reasons.iter().find(|reason| **reason == fields.text("reason"));
    let (Some(reason), true) = (reason, fields.wrong.is_empty()) else {
        let mut wrong = std::mem::take(&mut fields.wrong);
        if reason.is_none() && wrong.iter().all(|part| part.pointer != "#/reason") {
            wrong.push(WrongPart::of("reason", format!("write one of: {}", reasons.join(", "))));
        }
        return Err(Problem::fields(wrong));
    };
    let (number, actor) = (number(path)?, program.actor());
    let answer = run(desk, move |desk| {
        let known = self::known(desk, &number)?;
        let named = Named::Number(&number);
        match revocation::change(&desk.issuer, change, named, reason, &actor, desk.now()) {
            Err(crate::Error::Refused(_)) => return Err(Problem::card_is(known.status.as_str())),
            changed => changed?,
        };
        Ok(StatusAnswer::of(&self::known(desk, &number)?))
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}

fn number(path: &str) -> Result<String, Problem> {
    CardNumber::parse(path).map(|number| number.to_string()).map_err(|_| Problem::no_card())
}

fn known(desk: &Desk, number: &str) -> Result<Known, Problem> {
    revocation::look_up(&desk.issuer, Named::Number(number))?.ok_or_else(Problem::no_card)
}

/// What cannot be told to the audit log is not shown.
fn tell(desk: &Desk, number: &str, actor: &Actor) -> Result<(), Problem> {
    let told = entry(Act::CardLookedUp, SubjectKind::Card, number.to_owned(), actor, desk.now());
    desk.issuer.db.write(|tx| Ok(tx.audit(told).map(drop)?))
}
