//! Visits at the desk, step by step, for stories about what goes wrong between two steps.

use chrono::{DateTime, Utc};
use issuer::Issuer;
use issuer::db::act::Actor;
use issuer::db::card::Card;
use issuer::db::card_status::CardStatus;
use issuer::db::print_job::PrintOutcome;
use issuer::db::visit::Station;
use issuer::enrolment::{self, Case, CaseError, Draft, Made, Wanted, WhyAnother, print};
use shared::evidence::AddressKind;

fn now() -> DateTime<Utc> {
    issuer::edge::now()
}

/// Every card of a city.
pub fn cards(issuer: &Issuer) -> Vec<Card> {
    issuer.db.read(|conn| Ok::<_, issuer::Error>(Card::all(conn)?)).unwrap()
}

/// The case that waits, if one does.
pub fn under_way(issuer: &Issuer) -> Option<Case> {
    let queue = enrolment::queue::queue(issuer, None, 0, now()).unwrap();
    queue.cases.first().map(|waiting| enrolment::find(issuer, &waiting.id, now()).unwrap())
}

/// Begins a first card where there is none, else a replacement for the one that is good.
///
/// # Errors
/// Those of the desk.
pub fn begin(issuer: &Issuer, officer: &Actor) -> Result<Case, CaseError> {
    let cards = cards(issuer);
    let good = cards.iter().find(|card| card.status == CardStatus::Valid).map(|card| card.number.clone());
    let wanted = good.as_deref().map_or(Wanted::New, Wanted::Replacement);
    enrolment::begin(issuer, wanted, officer, now())
}

/// Takes a case a step on; `report` is told of each card that was acknowledged. The first print of a first card is
/// spoiled.
///
/// # Errors
/// Those of the desk.
pub fn step(
    issuer: &Issuer,
    case: &Case,
    officer: &Actor,
    report: &mut impl FnMut(&Made),
) -> Result<Case, CaseError> {
    let seen = case.seen();
    match case.station {
        Station::Check => {
            let case = enrolment::save(issuer, seen, officer, now(), typed)?;
            enrolment::finish_check(issuer, case.seen(), officer, now())
        }
        Station::Person => enrolment::go(issuer, seen, Station::Photo, officer, now()),
        Station::Photo => enrolment::go(issuer, seen, Station::Review, officer, now()),
        Station::Review => {
            let confirm = |draft: &mut Draft| draft.confirmed = draft.lines();
            let case = enrolment::save(issuer, seen, officer, now(), confirm)?;
            let another = Some(WhyAnother::Lost).filter(|_| case.earlier.is_some());
            let made = enrolment::issue(issuer, case.seen(), another, officer, now())?;
            report(&made);
            Ok(made.case)
        }
        Station::Print => {
            let (case, job) = print::queue(issuer, seen, officer, now())?;
            let spoiled = |job: &_| matches!(job, Some(PrintOutcome::Spoiled));
            let before = print::jobs(issuer, &case.id)?.iter().any(|job| spoiled(&job.outcome));
            let first = case.earlier.is_none() && !before;
            let outcome = if first { PrintOutcome::Spoiled } else { PrintOutcome::Printed };
            let case = print::outcome(issuer, case.seen(), &job.id, outcome, officer, now())?;
            report(&print::printable(issuer, &case.id, officer, now())?);
            Ok(case)
        }
        Station::Scan => {
            let made = print::printable(issuer, &case.id, officer, now())?;
            Ok(enrolment::scan(issuer, seen, &made.card.service_qr, officer, now())?.0)
        }
        Station::HandOver => Ok(enrolment::hand_over(issuer, seen, officer, now())?.case),
        station @ (Station::SecondLook | Station::Closed) => panic!("no step leads on from {station:?}"),
    }
}

fn typed(draft: &mut Draft) {
    draft.evidence = vec!["passport".to_owned(), "utility-bill".to_owned()];
    draft.address_kind = Some(AddressKind::Street);
    "Quetzalstrasse 7".clone_into(&mut draft.address);
    "Ana Novak".clone_into(&mut draft.full_name);
    (draft.birth_day, draft.birth_month) = ("9".to_owned(), "3".to_owned());
    "1988".clone_into(&mut draft.birth_year);
}
