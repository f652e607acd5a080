//! The papers: what they come to, and that they were enough.

use chrono::{DateTime, NaiveDate, Utc};
use shared::evidence::{Assessment, DocumentId, UnknownDocument};

use super::case::{Changing, Told, change};
use super::{Case, CaseError, Draft, Seen};
use crate::Issuer;
use crate::config::City;
use crate::db::act::{Act, Actor};
use crate::db::card::Card;
use crate::db::card_status::CardStatus;
use crate::db::evidence_check::EvidenceCheck;
use crate::db::visit::{Station, VisitKind};

/// What the papers of a draft come to, with the earlier card as one of them where it counts.
///
/// # Errors
/// When a paper is ticked that the city's table does not have any more.
pub fn assess(
    city: &City,
    draft: &Draft,
    earlier_counts: bool,
    today: NaiveDate,
) -> Result<Assessment, UnknownDocument> {
    let mut case = draft.case(city, today)?;
    if let Some(card) = city.evidence.card.as_ref().filter(|_| earlier_counts) {
        case.shown = case.shown.and(city.evidence.rules.shown([card.as_str()])?);
    }
    Ok(shared::evidence::assess(&city.evidence.rules, &case))
}

/// Ends the check of the papers: they must be enough. What is kept of each is its type, its points, the officer and the
/// time. A renewal counts the earlier card as shown while it is good, if the city's table has a paper with `card = true`.
///
/// # Errors
/// When they are not enough, the case was changed meanwhile, or waits elsewhere.
pub fn finish_check(
    issuer: &Issuer,
    seen: Seen<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Case, CaseError> {
    let (case, ()) = change(issuer, seen, actor, now, |changing| {
        changing.at(&[Station::Check])?;
        changing.step(Station::Person)?;
        let draft = changing.record()?.draft.ok_or(CaseError::Gone)?;
        enough(changing, &draft)?;
        let id = changing.visit.enrolment_id.clone();
        let documents = &issuer.city.evidence.rules.table().documents;
        let shown = shown(changing, &draft)?;
        let rows =
            documents.iter().filter(|document| shown.contains(&document.id)).map(|document| EvidenceCheck {
                enrolment_id: id.clone(),
                document_type: document.id.to_string(),
                identity_points: i64::from(document.identity_points),
                residency_points: i64::from(document.residency_points),
                officer: actor.id().to_owned(),
                at: now.into(),
            });
        EvidenceCheck::replace(changing.tx.conn(), &id, &rows.collect::<Vec<_>>())?;
        Ok((Told::of(Act::EvidenceChecked), ()))
    })?;
    Ok(case)
}

/// Refuses papers that are not enough.
pub(super) fn enough(changing: &mut Changing<'_, '_>, draft: &Draft) -> Result<(), CaseError> {
    let counts = earlier_counts(changing)?;
    let assessment = assess(&changing.issuer.city, draft, counts, changing.now.date_naive())
        .map_err(|_| CaseError::NotChecked)?;
    if assessment.is_met() { Ok(()) } else { Err(CaseError::Evidence(Box::new(assessment))) }
}

/// Refuses papers other than those that were checked.
pub(super) fn checked(changing: &mut Changing<'_, '_>, draft: &Draft) -> Result<(), CaseError> {
    enough(changing, draft)?;
    let id = changing.visit.enrolment_id.clone();
    let kept = EvidenceCheck::of(changing.tx.conn(), &id)?;
    let was = |document: &DocumentId| kept.iter().any(|check| check.document_type == document.as_str());
    if shown(changing, draft)?.iter().all(was) { Ok(()) } else { Err(CaseError::NotChecked) }
}

/// The papers of a draft that the table knows, and the earlier card where it counts.
fn shown(changing: &mut Changing<'_, '_>, draft: &Draft) -> Result<Vec<DocumentId>, CaseError> {
    let counts = earlier_counts(changing)?;
    let evidence = &changing.issuer.city.evidence;
    let ticked = |id: &DocumentId| draft.evidence.iter().any(|word| word == id.as_str());
    let known = evidence.rules.table().documents.iter().map(|document| &document.id);
    Ok(known.filter(|id| ticked(id) || (counts && evidence.card.as_ref() == Some(*id))).cloned().collect())
}

/// Whether the earlier card counts as a paper: of a renewal, while it is good.
fn earlier_counts(changing: &mut Changing<'_, '_>) -> Result<bool, CaseError> {
    let (VisitKind::Renewal, Some(id)) = (changing.visit.kind, changing.visit.earlier_card_id.clone()) else {
        return Ok(false);
    };
    let card = Card::find(changing.tx.conn(), &id)?;
    Ok(card.is_some_and(|card| card.status == CardStatus::Valid && changing.now < card.expires_at.utc()))
}
