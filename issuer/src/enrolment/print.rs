//! Print: the card again as often as a printer needs it, and what came out.

use chrono::{DateTime, Utc};

use super::case::{Told, change};
use super::issue::{Made, reserve, signed};
use super::{Case, CaseError, CaseId, Seen, duplicates, revoke};
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::card::Card;
use crate::db::issuing_key::KeyUse;
use crate::db::print_job::{PrintJob, PrintOutcome};
use crate::db::visit::Station;
use crate::db::{Id, Word};
use crate::issuance::{IssuedCard, entry};
use crate::recovery::{RecoveryCode, RecoveryKey};
use crate::{Issuer, crash, keys};

/// The card of a case for its PDF, the very same each time. The record is opened for it, which the audit log is told.
///
/// # Errors
/// When there is no card yet, it was revoked, or the record is gone.
pub fn printable(issuer: &Issuer, id: &CaseId, actor: &Actor, now: DateTime<Utc>) -> Result<Made, CaseError> {
    let made = signed(issuer, id, actor, now)?;
    issuer.db.write(|tx| {
        tx.audit(entry(Act::EnrolmentViewed, SubjectKind::Enrolment, id.to_string(), actor, now))?;
        Ok::<_, CaseError>(())
    })?;
    Ok(made)
}

/// Like [`printable`], with a recovery code for the slip. Nobody knows the code of a slip printed before, so it is made
/// anew each time, and that slip is void. A card that was handed over keeps the code on its holder's slip.
///
/// # Errors
/// As [`printable`], and when the card was handed over.
pub fn printable_with_slip(
    issuer: &Issuer,
    id: &CaseId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Made, CaseError> {
    let key = RecoveryKey::of(&issuer.keystore)?;
    let Made { case, card } = signed(issuer, id, actor, now)?;
    let number = card.draft.number().to_owned();
    let code = RecoveryCode::new();
    issuer.db.write(|tx| {
        let row = Card::find_by_number(tx.conn(), &number)?.ok_or(CaseError::NoSuchCard)?;
        tx.audit(entry(Act::RecoveryRenewed, SubjectKind::Card, number, actor, now))?;
        let renewed = Card::renew_recovery(tx.conn(), &row.id, key.hash(&code))?;
        if renewed { Ok(()) } else { Err(CaseError::NotNow { station: case.station }) }
    })?;
    let IssuedCard { draft, identity_qr, service_qr } = card;
    Ok(Made { case, card: IssuedCard { draft: draft.with_recovery(Some(code)), identity_qr, service_qr } })
}

/// Notes that the card is given to the printer. While nobody said what came out, it is the same job.
///
/// # Errors
/// When the case was changed meanwhile, or its card is not to be printed now.
pub fn queue(
    issuer: &Issuer,
    seen: Seen<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(Case, PrintJob), CaseError> {
    signed(issuer, seen.case, actor, now)?;
    change(issuer, seen, actor, now, |changing| {
        changing.at(&[Station::Print])?;
        let id = changing.visit.enrolment_id.clone();
        let card = changing.visit.card_id.clone().ok_or(CaseError::NotFound)?;
        let mut jobs = PrintJob::of(changing.tx.conn(), &id)?.into_iter();
        let job = match jobs.find(|job| job.outcome.is_none() && job.card_id == card) {
            Some(job) => job,
            None => PrintJob::queue(changing.tx.conn(), &id, &card, actor, now)?,
        };
        crash::point("print.queuing");
        Ok((Told::of(Act::PrintQueued), job))
    })
    .inspect(|_| crash::point("print.queued"))
}

/// The print jobs of a case, the newest first.
///
/// # Errors
/// When the database fails.
pub fn jobs(issuer: &Issuer, id: &CaseId) -> Result<Vec<PrintJob>, CaseError> {
    issuer.db.read(|conn| Ok(PrintJob::of(conn, id)?))
}

/// Says what came out of the printer. A good card goes on to the scan; where nothing came out, the same card is printed
/// again. A spoiled card is revoked and its successor, with a number of its own, reserved in the same transaction, then
/// signed; that a card is spoiled may also be found when it is scanned or handed over.
///
/// # Errors
/// When the case was changed meanwhile, the job is of another card, or was answered.
pub fn outcome(
    issuer: &Issuer,
    seen: Seen<'_>,
    job: &Id<PrintJob>,
    outcome: PrintOutcome,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Case, CaseError> {
    let signer = match outcome {
        PrintOutcome::Spoiled => Some(keys::signer_at(issuer, KeyUse::Card, Some(actor.desk()), now)?),
        PrintOutcome::Printed | PrintOutcome::Nothing => None,
    };
    let (case, ()) = change(issuer, seen, actor, now, |changing| {
        let id = changing.visit.enrolment_id.clone();
        let job = PrintJob::of(changing.tx.conn(), &id)?.into_iter().find(|one| one.id == *job);
        let current = |job: &PrintJob| Some(&job.card_id) == changing.visit.card_id.as_ref();
        let job = job.filter(current).ok_or(CaseError::NoJob)?;
        let station = changing.visit.station;
        match (station, job.outcome, outcome) {
            (Station::Print, None, _) => {}
            // It seemed good at first.
            (Station::Scan | Station::HandOver, Some(PrintOutcome::Printed), PrintOutcome::Spoiled) => {
                changing.step(Station::Print)?;
            }
            (Station::Print, Some(_), _) => return Err(CaseError::NoJob),
            _ => return Err(CaseError::NotNow { station }),
        }
        PrintJob::answer(changing.tx.conn(), &job.id, outcome, actor, now)?;
        crash::point("print.answering");
        match (outcome, &signer) {
            (PrintOutcome::Printed, _) => changing.step(Station::Scan)?,
            (PrintOutcome::Spoiled, Some(signer)) => {
                let record = changing.record()?;
                let draft = record.draft.clone().ok_or(CaseError::Gone)?;
                revoke(changing, &job.card_id, "spoiled")?;
                crash::point("print.spoiled_revoked");
                reserve(changing, signer, &record.application()?)?;
                crash::point("print.successor_reserved");
                duplicates::keep(changing, &draft)?;
            }
            _ => {}
        }
        Ok((Told::because(Act::PrintAnswered, outcome.as_str()), ()))
    })?;
    crash::point("print.answered");
    match outcome {
        PrintOutcome::Spoiled => Ok(signed(issuer, seen.case, actor, now)?.case),
        PrintOutcome::Printed | PrintOutcome::Nothing => Ok(case),
    }
}
