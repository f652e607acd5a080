//! The register, and the holder's own view.

use chrono::Duration;

use super::*;
use crate::db::testing::{cities, now};
use crate::retention;
use crate::revocation::{self, Change, Named};

fn actor() -> Actor {
    Actor::command_line("hall")
}

#[test]
fn demands_are_entered_answered_and_counted() {
    for city in cities() {
        let issuer = &city.issuer;
        let today = now().date_naive();
        let new =
            |kind, answer, reference| NewDemand { received_on: today, kind, answer, cards: 0, reference };
        let open =
            add(issuer, new(DemandKind::Subpoena, DemandAnswer::Open, "2026/17"), &actor(), now()).unwrap();
        add(issuer, new(DemandKind::Police, DemandAnswer::Refused, ""), &actor(), now()).unwrap();
        for reference in ["Ana Novak", "a", "ABCDEFGHIJKLMNOPQRSTUVWXY"] {
            assert!(
                add(issuer, new(DemandKind::Police, DemandAnswer::Refused, reference), &actor(), now())
                    .is_err()
            );
        }
        let mut future = new(DemandKind::Police, DemandAnswer::Refused, "");
        future.received_on = today + Duration::days(1);
        assert!(add(issuer, future, &actor(), now()).is_err());

        let close = |answer_is| answer(issuer, &open.id, answer_is, 3, &actor(), now());
        close(DemandAnswer::CardRows).unwrap();
        assert!(close(DemandAnswer::Refused).is_err(), "once");
        let all = list(issuer).unwrap();
        assert_eq!(all.len(), 2);
        let answered = all.iter().find(|one| one.id == open.id).unwrap();
        assert_eq!(
            (answered.answer, answered.cards, answered.answered_on),
            (DemandAnswer::CardRows, 3, Some(today))
        );
        assert_eq!(
            count(issuer, today, today).unwrap(),
            [
                (DemandKind::Police, DemandAnswer::Refused, 1),
                (DemandKind::Subpoena, DemandAnswer::CardRows, 1)
            ]
        );
        assert_eq!(count(issuer, today + Duration::days(1), today + Duration::days(9)).unwrap(), []);
    }
}

#[test]
fn a_holder_sees_everything_and_every_look_is_seen() {
    for city in cities() {
        let issuer = &city.issuer;
        let card = city.enrol("Ana Novak", now());
        let named = Named::Number(&card.number);
        revocation::change(issuer, Change::Suspend, named, "lost", &actor(), now()).unwrap();
        let all = everything_about(issuer, named, &actor(), now()).unwrap();
        assert_eq!(
            (all.cards[0].card.number.as_str(), all.cards[0].history.len()),
            (card.number.as_str(), 1)
        );
        let record = all.record.unwrap();
        let fields = record.fields();
        let said =
            |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        assert_eq!(said("resident.full_name"), Some("Ana Novak"));
        assert_eq!(said("resident.services"), Some("library, clinic, transit"));
        assert_eq!((said("resident.gender"), record.portrait()), (None, None));
        let acts = |all: &[crate::db::audit::AuditEntry]| {
            all.iter().map(|entry| entry.act.clone()).collect::<Vec<_>>()
        };
        assert_eq!(acts(&all.audit), ["everything_viewed", "card_suspended"]);

        let wished = retention::destroy_now(issuer, named, &actor(), now()).unwrap();
        assert_eq!(wished.number, card.number);
        let all = everything_about(issuer, named, &actor(), now()).unwrap();
        assert!(all.record.is_none());
        assert_eq!(acts(&all.audit)[..2], ["everything_viewed", "destroyed_at_wish"]);
        assert!(everything_about(issuer, Named::Recovery("0123-4567-89AB-CDEF"), &actor(), now()).is_err());
    }
}
