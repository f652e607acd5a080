//! Renewal, replacement, and who has a card already.

use chrono::NaiveDate;

use super::super::*;
use super::revoked;
use crate::db::print_job::PrintOutcome;
use crate::enrolment::testing::{at, desks, typed, typed_with_photo};

#[test]
fn a_renewal_revokes_the_earlier_card_with_the_new_one() {
    for desk in desks() {
        let first = desk.handed_over(&desk.reviewed_as(&desk.begun(), typed_with_photo));
        // While the record stands, what is on the card is there to begin with.
        let wanted = Wanted::Renewal(&first.number);
        let case = begin(&desk.issuer, wanted, &desk.bo, at(60)).unwrap();
        assert_eq!(case.earlier.as_ref(), Some(&first.number));
        let opened = open(&desk.issuer, &case.id, &desk.bo, at(60)).unwrap();
        assert_eq!(opened.draft.full_name, "Zo\u{eb} Quetzalcanary");
        assert_eq!(opened.draft.evidence, ["passport", "utility-bill"]);
        assert!(opened.draft.photo.is_some());
        assert!(duplicates(&desk.issuer, &opened, at(60)).unwrap().is_empty(), "the earlier card is none");
        let case = desk.reviewed_as(&case, |draft| {
            draft.address_kind = Some(shared::evidence::AddressKind::None);
        });
        assert_eq!(desk.card(&first.number).status, CardStatus::Valid);
        let made = desk.issue(&case).unwrap();
        let earlier = desk.card(&first.number);
        assert_eq!(earlier.status, CardStatus::Revoked);
        let history = desk
            .issuer
            .db
            .read(|conn| Ok::<_, CaseError>(StatusChange::of_card(conn, &earlier.id)?))
            .unwrap();
        assert_eq!(history.iter().map(|one| one.reason.as_str()).collect::<Vec<_>>(), ["renewed"]);
        // A second issue, and a spoiled successor, leave it as it is.
        desk.printed(&made.case, PrintOutcome::Spoiled).unwrap();
        assert_eq!(desk.card(&first.number).status, CardStatus::Revoked);
    }
}

#[test]
fn a_good_earlier_card_counts_at_a_renewal_and_not_at_a_replacement() {
    for desk in desks() {
        let first = desk.handed_over(&desk.reviewed());
        desk.test.write(|tx| Ok(crate::db::kept::Kept::erase_day(tx.conn(), first.destroy_by)?));
        let number = first.number.as_str();
        let begin = |wanted| begin(&desk.issuer, wanted, &desk.amina, at(60)).unwrap();
        let papers = |draft: &mut Draft| {
            typed(draft);
            draft.evidence = vec!["utility-bill".to_owned()];
        };
        let renewal = desk.save(&begin(Wanted::Renewal(number)), papers);
        let opened = open(&desk.issuer, &renewal.id, &desk.amina, at(60)).unwrap();
        assert_eq!(opened.case.earlier.as_deref(), Some(number));
        finish_check(&desk.issuer, renewal.seen(), &desk.amina, at(60)).unwrap();
        let kept =
            desk.issuer.db.read(|conn| Ok::<_, CaseError>(EvidenceCheck::of(conn, &renewal.id)?)).unwrap();
        let types: Vec<_> = kept.iter().map(|check| check.document_type.as_str()).collect();
        assert_eq!(types, ["city-card", "utility-bill"]);
        let replacement = desk.save(&begin(Wanted::Replacement(number)), papers);
        let lacking = finish_check(&desk.issuer, replacement.seen(), &desk.amina, at(60));
        assert!(matches!(lacking, Err(CaseError::Evidence(_))), "{lacking:?}");
        revoked(&desk, number);
        let revoked = desk.save(&begin(Wanted::Renewal(number)), papers);
        let lacking = finish_check(&desk.issuer, revoked.seen(), &desk.amina, at(60));
        assert!(matches!(lacking, Err(CaseError::Evidence(_))), "{lacking:?}");
        let none = super::begin(&desk.issuer, Wanted::Renewal("0000-0000-0"), &desk.amina, at(60));
        assert!(matches!(none, Err(CaseError::NoSuchCard)));
    }
}

#[test]
fn a_duplicate_is_told_and_needs_a_reason() {
    for desk in desks() {
        let first = desk.handed_over(&desk.reviewed());
        let case = desk.reviewed_as(&desk.begun(), |draft| {
            typed(draft);
            draft.full_name = "quetzalcanary,  ZOE".to_owned();
        });
        let opened = open(&desk.issuer, &case.id, &desk.amina, at(2)).unwrap();
        assert_eq!(duplicates(&desk.issuer, &opened, at(2)).unwrap(), [first.number.as_str()]);
        assert!(
            matches!(&desk.issue(&case), Err(CaseError::Duplicates(all)) if *all == [first.number.as_str()])
        );
        let from = desk.newest();
        let why = Some(WhyAnother::SomebodyElse);
        issue(&desk.issuer, case.seen(), why, &desk.amina, at(3)).unwrap();
        assert_eq!(desk.told(from)[0], "duplicate_allowed somebody_else");
        let other = desk.reviewed_as(&desk.begun(), |draft| {
            typed(draft);
            draft.birth_year = "1989".to_owned();
        });
        desk.issue(&other).unwrap();
    }
}

#[test]
fn old_terms_are_forgotten() {
    for desk in desks() {
        desk.handed_over(&desk.reviewed());
        // The card is good for two years; the term of 2026 is known until the end of 2028.
        let first =
            |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc();
        let secret = || desk.issuer.keystore.find_secret("duplicates-2026").unwrap();
        assert_eq!(forget_old(&desk.issuer, &desk.amina, first(2028)).unwrap(), 0);
        assert!(secret().is_some());
        assert_eq!(forget_old(&desk.issuer, &desk.amina, first(2029)).unwrap(), 1);
        assert!(secret().is_none());
        assert_eq!(forget_old(&desk.issuer, &desk.amina, first(2029)).unwrap(), 0);
    }
}
