//! The card of a case: issued once, spoiled, found again after a crash, renewed.

use chrono::Duration;
use diesel::prelude::*;
use shared::verdict::{CannotTell, NotValid, Outcome};

use super::super::*;
use crate::db::card::CardState;
use crate::db::issuing_key::KeyUse;
use crate::db::print_job::PrintOutcome;
use crate::db::schema::{card, enrolment};
use crate::enrolment::testing::{at, desks, typed, typed_with_photo};
use crate::keys;
use crate::recovery::RecoveryKey;
use crate::revocation;

#[test]
fn a_visit_from_the_papers_to_the_hand() {
    for desk in desks() {
        let from = desk.newest();
        let case = desk.reviewed_as(&desk.begun(), typed_with_photo);
        assert_eq!(case.ticket.len(), 4);
        assert_eq!(find_ticket(&desk.issuer, &case.ticket.to_lowercase(), at(1)).unwrap(), case);
        let handed = desk.handed_over(&case);
        assert_eq!(handed.destroy_by, at(6).date_naive() + Duration::days(7));
        assert_eq!(handed.case.state, EnrolmentState::HandedOver);
        assert_eq!(handed.case.destroy_by, handed.destroy_by);
        assert_eq!(
            desk.told(from),
            [
                "enrolment_made",
                "enrolment_saved",
                "evidence_checked",
                "enrolment_moved photo",
                "enrolment_moved review",
                "enrolment_saved",
                "cards_reserved",
                "enrolment_moved print",
                "cards_issued",
                "print_queued",
                "print_answered printed",
                "card_scanned service",
                &format!("card_handed_over {}", handed.number),
            ]
        );
        // What is kept now is what the card says, and the day's key opens it.
        let opened = open(&desk.issuer, &case.id, &desk.amina, at(7)).unwrap();
        assert_eq!(opened.draft.full_name, "Zo\u{eb} Quetzalcanary");
        assert_eq!(opened.draft.evidence, [""; 0]);
        let holder = holder(&desk.issuer, &case.id, &desk.amina, at(7)).unwrap();
        assert_eq!(holder.language, "es");
        let destroyed =
            desk.test.write(|tx| Ok(crate::db::kept::Kept::erase_day(tx.conn(), handed.destroy_by)?));
        assert_eq!(destroyed, 1);
        assert!(matches!(open(&desk.issuer, &case.id, &desk.amina, at(7)), Err(CaseError::Gone)));
    }
}

#[test]
fn a_desk_signs_with_its_own_key_and_so_does_the_card_after_a_jam() {
    for desk in desks() {
        let wanted = keys::Wanted { desk: Some("desk-1"), ..keys::Wanted::now(KeyUse::Card, at(0)) };
        let own = keys::make_as(&desk.issuer, wanted, &desk.amina, at(0)).unwrap();
        let case = desk.reviewed_as(&desk.begun(), typed_with_photo);
        let made = desk.issue(&case).unwrap();
        assert_eq!(desk.card(made.card.draft.number()).kid, own.kid);
        let case = desk.printed(&made.case, PrintOutcome::Spoiled).unwrap();
        let next = case.card.unwrap();
        assert_ne!(next, made.card.draft.number());
        assert_eq!(desk.card(&next).kid, own.kid);
    }
}

#[test]
fn issuing_twice_gives_the_same_card() {
    for desk in desks() {
        let case = desk.reviewed_as(&desk.begun(), typed_with_photo);
        let first = desk.issue(&case).unwrap();
        let again = desk.issue(&case).unwrap();
        assert_eq!(first.card.identity_qr, again.card.identity_qr);
        assert_eq!(first.card.service_qr, again.card.service_qr);
        let printed = print::printable(&desk.issuer, &case.id, &desk.bo, at(3)).unwrap();
        assert_eq!(printed.card.service_qr, first.card.service_qr);
        assert_eq!(again.case.card.as_deref(), Some(first.card.draft.number()));
        let all = desk.issuer.db.read(|conn| Ok::<_, CaseError>(Card::all(conn)?)).unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].enrolment_id.as_ref(), Some(&case.id), "no second enrolment was made");
    }
}

#[test]
fn two_at_once_make_one_card() {
    for desk in desks() {
        let case = desk.reviewed();
        let made = std::thread::scope(|scope| {
            let both = [&desk.amina, &desk.bo].map(|actor| {
                let (issuer, seen) = (&desk.issuer, case.seen());
                scope.spawn(move || issue(issuer, seen, None, actor, at(2)))
            });
            both.map(|one| one.join().unwrap())
        });
        let numbers: Vec<_> = made.iter().flatten().map(|made| made.card.draft.number().to_owned()).collect();
        assert!(!numbers.is_empty() && numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
        for refused in made.iter().filter_map(|made| made.as_ref().err()) {
            assert!(matches!(refused, CaseError::Changed { .. }), "{refused:?}");
        }
        let all = desk.issuer.db.read(|conn| Ok::<_, CaseError>(Card::all(conn)?)).unwrap();
        assert_eq!(all.len(), 1);
    }
}

#[test]
fn what_is_not_confirmed_or_not_checked_is_not_issued() {
    for desk in desks() {
        let case = desk.reviewed();
        let case = desk.save(&case, |draft| draft.full_name.push_str(" Ek"));
        assert!(
            matches!(&desk.issue(&case), Err(CaseError::NotConfirmed(lines)) if *lines == [Line::FullName])
        );
        let case = desk.save(&case, |draft| {
            draft.confirmed.insert(Line::FullName);
            draft.evidence.push("lease".to_owned());
        });
        assert!(matches!(desk.issue(&case), Err(CaseError::NotChecked)));
        let case = desk.save(&case, |draft| draft.evidence = vec!["passport".to_owned()]);
        let lacking = desk.issue(&case).unwrap_err();
        let CaseError::Evidence(assessment) = lacking else { panic!("{lacking:?}") };
        assert!(!assessment.is_met());
        let case = desk.save(&case, |draft| {
            draft.evidence.push("utility-bill".to_owned());
            draft.birth_year = "88".to_owned();
        });
        assert!(
            matches!(&desk.issue(&case), Err(CaseError::Fields(wrong)) if wrong[0].field == "birth_date")
        );
        let case = desk.save(&case, |draft| draft.birth_year = "1988".to_owned());
        let case = desk.save(&case, |draft| draft.confirmed = draft.lines());
        desk.issue(&case).unwrap();
    }
}

#[test]
fn a_crash_between_reserving_and_signing_is_gone_on_with() {
    for desk in desks() {
        let case = desk.reviewed();
        let made = desk.issue(&case).unwrap();
        // As the crash leaves it: the reservation stands, and nothing after it.
        desk.test.write(|tx| {
            diesel::update(card::table).set(card::state.eq(CardState::Reserved)).execute(tx.conn())?;
            let open = enrolment::state.eq(EnrolmentState::Open);
            diesel::update(enrolment::table).set(open).execute(tx.conn())?;
            Ok(())
        });
        let from = desk.newest();
        let again = print::printable(&desk.issuer, &case.id, &desk.bo, at(30)).unwrap();
        assert_eq!(again.card.identity_qr, made.card.identity_qr);
        assert_eq!(again.case.state, EnrolmentState::Issued);
        assert_eq!(desk.told(from), ["cards_issued", "enrolment_viewed"]);
        desk.printed(&again.case, PrintOutcome::Printed).unwrap();
    }
}

#[test]
fn a_spoiled_card_is_revoked_and_has_a_successor() {
    for desk in desks() {
        let made = desk.issue(&desk.reviewed()).unwrap();
        let spoiled = made.card.draft.number().to_owned();
        let from = desk.newest();
        let case = desk.printed(&made.case, PrintOutcome::Spoiled).unwrap();
        let number = case.card.clone().unwrap();
        assert_ne!(number, spoiled);
        assert_eq!((case.station, case.card_status), (Station::Print, Some(CardStatus::Valid)));
        assert_eq!(desk.card(&spoiled).status, CardStatus::Revoked);
        assert_eq!(desk.card(&number).enrolment_id, desk.card(&spoiled).enrolment_id);
        assert_eq!(
            desk.told(from),
            [
                "print_queued",
                "card_revoked spoiled",
                "cards_reserved",
                "print_answered spoiled",
                "cards_issued"
            ]
        );
        // Nothing came out, then the card: it is the same card.
        let case = desk.printed(&case, PrintOutcome::Nothing).unwrap();
        assert_eq!(case.card.as_deref(), Some(number.as_str()));
        let case = desk.printed(&case, PrintOutcome::Printed).unwrap();
        // A card whose code does not read is spoiled as well.
        let jobs = print::jobs(&desk.issuer, &case.id).unwrap();
        let job = jobs.iter().find(|job| job.outcome == Some(PrintOutcome::Printed)).unwrap();
        let again = PrintOutcome::Spoiled;
        let late = print::outcome(&desk.issuer, case.seen(), &job.id, again, &desk.amina, at(5)).unwrap();
        assert_eq!((late.station, desk.card(&number).status), (Station::Print, CardStatus::Revoked));
        let sheet = day_sheet(&desk.issuer, at(0).date_naive()).unwrap();
        assert_eq!((sheet.issued, sheet.printed, sheet.spoiled, sheet.nothing), (3, 0, 2, 1));
    }
}

#[test]
fn a_slip_has_a_new_code_each_time_until_the_hand_over() {
    for desk in desks() {
        let case = desk.reviewed();
        let made = desk.issue(&case).unwrap();
        let slip = |now| print::printable_with_slip(&desk.issuer, &case.id, &desk.amina, now);
        let first = slip(at(3)).unwrap().card.draft.recovery().unwrap().clone();
        let second = slip(at(4)).unwrap().card.draft.recovery().unwrap().clone();
        assert_ne!(first, second);
        let key = RecoveryKey::of(&desk.issuer.keystore).unwrap();
        let kept = || desk.card(made.card.draft.number()).recovery_hash;
        assert_eq!(kept(), Some(key.hash(&second)));
        let case = desk.printed(&made.case, PrintOutcome::Printed).unwrap();
        let case =
            skip_scan(&desk.issuer, case.seen(), WhyNoScan::ScannerBroken, &desk.amina, at(5)).unwrap();
        hand_over(&desk.issuer, case.seen(), &desk.amina, at(6)).unwrap();
        assert!(slip(at(7)).is_err());
        assert_eq!(kept(), Some(key.hash(&second)), "the holder's slip stays good");
    }
}

#[test]
fn only_this_card_passes_the_scan() {
    for desk in desks() {
        let other = desk.handed_over(&desk.reviewed());
        let other_text = {
            let case = desk.reviewed_as(&desk.begun(), |draft| {
                typed(draft);
                draft.full_name = "Somebody Else".to_owned();
            });
            desk.issue(&case).unwrap()
        };
        assert_ne!(other.number, other_text.card.draft.number());
        let case = desk.reviewed_as(&desk.begun(), |draft| {
            typed(draft);
            draft.full_name = "The Third".to_owned();
        });
        let made = desk.issue(&case).unwrap();
        let mut case = desk.printed(&made.case, PrintOutcome::Printed).unwrap();
        let wrong = WrongScan::Verdict;
        let number = other_text.card.draft.number().to_owned();
        let mut forged = made.card.identity_qr.clone();
        let last = forged.pop().unwrap();
        forged.push(if last == 'A' { 'B' } else { 'A' });
        for (text, expected) in [
            ("https://card.example/", wrong(Outcome::CannotTell(CannotTell::NotACard))),
            (other_text.card.service_qr.as_str(), WrongScan::OtherCard { number }),
        ] {
            let (now, scanned) = scan(&desk.issuer, case.seen(), text, &desk.bo, at(5)).unwrap();
            assert_eq!(scanned, Scanned::Wrong(expected));
            assert_eq!(now.station, Station::Scan);
            case = now;
        }
        let (now, scanned) = scan(&desk.issuer, case.seen(), &forged, &desk.bo, at(5)).unwrap();
        assert!(matches!(scanned, Scanned::Wrong(WrongScan::Verdict(_))), "{scanned:?}");
        let named = revocation::Named::Number(made.card.draft.number());
        revocation::change(&desk.issuer, revocation::Change::Suspend, named, "test", &desk.bo, at(5))
            .unwrap();
        let (now, scanned) = scan(&desk.issuer, now.seen(), &made.card.identity_qr, &desk.bo, at(5)).unwrap();
        assert_eq!(scanned, Scanned::Wrong(wrong(Outcome::NotValid(NotValid::Suspended))));
        revocation::change(&desk.issuer, revocation::Change::Reinstate, named, "test", &desk.bo, at(5))
            .unwrap();
        let (now, scanned) = scan(&desk.issuer, now.seen(), &made.card.identity_qr, &desk.bo, at(5)).unwrap();
        assert_eq!(scanned, Scanned::Good(shared::credential::Kind::Identity));
        assert_eq!(now.station, Station::HandOver);
    }
}
