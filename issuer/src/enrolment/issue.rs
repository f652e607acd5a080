//! The card of a case: reserved for the enrolment that there is, then signed. Whoever goes on after a crash, or asks
//! twice, gets the same card.

use chrono::{DateTime, Utc};

use super::case::{Changing, Told, change};
use super::{Case, CaseError, CaseId, Seen, duplicates, evidence, revoke};
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::card::{Card, CardState};
use crate::db::card_status::CardStatus;
use crate::db::issuing_key::KeyUse;
use crate::db::status_list::StatusList;
use crate::db::visit::{Station, Visit, VisitKind};
use crate::db::{Id, Word};
use crate::issuance::{self, Application, Draft, IssuedCard};
use crate::{Issuer, crash, keys};

use super::duplicates::WhyAnother;
use super::record::Record;

/// A case with its card.
#[derive(Debug, Clone)]
pub struct Made {
    /// The case.
    pub case: Case,
    /// The signed card, for print.
    pub card: IssuedCard,
}

/// Makes the card of a case that is complete and confirmed. A case that has its card already gives that one, whatever
/// version was seen: asking twice is harmless.
///
/// # Errors
/// When something is wrong or missing, somebody alike has a card and no reason is given to go on, or a part fails.
pub fn issue(
    issuer: &Issuer,
    seen: Seen<'_>,
    another: Option<WhyAnother>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Made, CaseError> {
    let visit = visit(issuer, seen.case)?;
    if visit.card_id.is_none() {
        let signer = keys::signer_at(issuer, KeyUse::Card, Some(actor.desk()), now)?;
        change(issuer, seen, actor, now, |changing| {
            changing.at(&[Station::Review])?;
            let mut record = changing.record()?;
            let draft = record.draft.clone().ok_or(CaseError::Gone)?;
            let today = now.date_naive();
            let application = draft.application(&issuer.city, today)?;
            evidence::checked(changing, &draft)?;
            let open = draft.not_confirmed();
            if !open.is_empty() {
                return Err(CaseError::NotConfirmed(open));
            }
            duplicates::allow(changing, &draft, another)?;
            changing.step(Station::Print)?;
            reserve(changing, &signer, &application)?;
            duplicates::keep(changing, &draft)?;
            record.made(&application);
            changing.seal(&record)?;
            crash::point("desk.reserving");
            Ok((Told::because(Act::EnrolmentMoved, Station::Print.as_str()), ()))
        })?;
        crash::point("desk.reserved");
    }
    signed(issuer, seen.case, actor, now)
}

/// The card of an open case, signed: the very same each time. Signs it where a crash came between.
pub(super) fn signed(
    issuer: &Issuer,
    id: &CaseId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Made, CaseError> {
    let (visit, card, uri, record) = issuer.db.read(|conn| {
        let visit = Visit::find(conn, id)?.ok_or(CaseError::NotFound)?;
        let station = visit.station;
        let open = visit.card_id.clone().filter(|_| station != Station::Closed);
        let card = open.ok_or(CaseError::NotNow { station })?;
        let card = Card::find(conn, &card)?.ok_or(CaseError::NotFound)?;
        let list = StatusList::find(conn, &card.status_list_id)?.ok_or(CaseError::NotFound)?;
        let enrolment = crate::db::enrolment::Enrolment::find(conn, id)?.ok_or(CaseError::NotFound)?;
        Ok::<_, CaseError>((visit, card, list.uri, Record::open(issuer, &enrolment)?))
    })?;
    if card.status == CardStatus::Revoked {
        return Err(CaseError::Card { number: card.number, status: card.status });
    }
    let draft = Draft::again(&issuer.city, &record.application()?, &card, &uri)?;
    let signed = draft.sign(&keys::by_kid(issuer, &card.kid)?).map_err(crate::Error::from)?;
    crash::point("desk.signed");
    if card.state == CardState::Reserved {
        note_issued(issuer, visit, &card, actor, now)?;
        crash::point("desk.noted");
    }
    Ok(Made { case: super::find(issuer, id, now)?, card: signed })
}

/// Notes that the card is signed, and revokes the earlier one in the same transaction.
fn note_issued(
    issuer: &Issuer,
    visit: Visit,
    card: &Card,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    issuer.db.write(|tx| {
        let still = Card::find(tx.conn(), &card.id)?.ok_or(CaseError::NotFound)?;
        if still.status == CardStatus::Revoked {
            return Err(CaseError::Card { number: still.number, status: still.status });
        }
        if still.state == CardState::Issued {
            // Somebody else was at it in the same moment, and came first.
            let number = card.number.clone();
            tx.audit(issuance::entry(Act::EnrolmentViewed, SubjectKind::Card, number, actor, now))?;
            return Ok(());
        }
        issuance::note_issued(issuer, tx, vec![still], actor, now)?;
        crash::point("desk.noting");
        let mut changing = Changing { issuer, tx, visit, actor, now };
        if let Some(earlier) = changing.visit.earlier_card_id.clone() {
            let reason = match changing.visit.kind {
                VisitKind::Renewal => "renewed",
                VisitKind::New | VisitKind::Replacement => "replaced",
            };
            revoke(&mut changing, &earlier, reason)?;
            crash::point("desk.earlier_revoked");
        }
        Ok(())
    })
}

/// Reserves a card for the case, which becomes its latest.
pub(super) fn reserve(
    changing: &mut Changing<'_, '_>,
    signer: &crate::keys::IssuingSigner,
    application: &Application,
) -> Result<Id<Card>, CaseError> {
    let (id, _) = issuance::reserve_for(
        changing.issuer,
        changing.tx,
        signer,
        &changing.visit.enrolment_id,
        application,
        changing.actor,
        changing.now,
    )?;
    changing.visit.card_id = Some(id.clone());
    Ok(id)
}

fn visit(issuer: &Issuer, id: &CaseId) -> Result<Visit, CaseError> {
    issuer.db.read(|conn| Visit::find(conn, id)?.ok_or(CaseError::NotFound))
}
