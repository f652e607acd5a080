//! The card in the holder's hand: from here on the days are counted until the city knows no more than a number.

use chrono::{DateTime, NaiveDate, Utc};

use super::case::{Told, change};
use super::{Case, CaseError, Seen};
use crate::Issuer;
use crate::db::act::{Act, Actor};
use crate::db::card::{Card, CardState};
use crate::db::card_status::CardStatus;
use crate::db::enrolment::{Enrolment, EnrolmentState};
use crate::db::visit::{Station, VisitOutcome};
use crate::issuance::{Terms, kept_until};

/// A card that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver {
    /// The case, closed.
    pub case: Case,
    /// The card's number.
    pub number: String,
    /// The day on which the record is destroyed.
    pub destroy_by: NaiveDate,
}

/// Notes that the holder has the card, and closes the case. The record is sealed anew until the day that the city's
/// retention says, and holds from then on no more than the card says.
///
/// # Errors
/// When the case was changed meanwhile, waits for something else, or its card is not good.
pub fn hand_over(
    issuer: &Issuer,
    seen: Seen<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<HandedOver, CaseError> {
    let (case, number) = change(issuer, seen, actor, now, |changing| {
        changing.at(&[Station::HandOver])?;
        let card = changing.visit.card_id.clone().ok_or(CaseError::NotFound)?;
        let card = Card::find(changing.tx.conn(), &card)?.ok_or(CaseError::NotFound)?;
        if (card.status, card.state) != (CardStatus::Valid, CardState::Issued) {
            return Err(CaseError::Card { number: card.number, status: card.status });
        }
        changing.close(VisitOutcome::HandedOver)?;
        let mut record = changing.record()?;
        record.handed_over();
        let day = kept_until(&issuer.city, Terms::of_card(&card), now.date_naive());
        changing.seal_until(&record, day)?;
        let id = changing.visit.enrolment_id.clone();
        Enrolment::step(changing.tx.conn(), &id, EnrolmentState::hand_over)??;
        Ok((Told::because(Act::CardHandedOver, card.number.clone()), card.number))
    })?;
    Ok(HandedOver { number, destroy_by: case.destroy_by, case })
}
