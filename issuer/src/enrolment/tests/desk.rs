//! Several officers, the second look, the queue, and who leaves.

use super::super::*;
use crate::db::print_job::PrintOutcome;
use crate::db::second_look::{Decision, Doubt};
use crate::enrolment::testing::{at, desks, typed};

#[test]
fn whoever_saw_an_older_version_changes_nothing() {
    for desk in desks() {
        let case = desk.begun();
        let newer = save(&desk.issuer, case.seen(), &desk.bo, at(1), typed).unwrap();
        let stale = save(&desk.issuer, case.seen(), &desk.amina, at(2), |draft| draft.full_name.clear());
        let Err(CaseError::Changed { by, at: changed, version }) = stale else { panic!("{stale:?}") };
        assert_eq!((by.as_str(), changed, version), (desk.bo.id(), at(1), newer.version));
        assert_eq!(desk.find(&case).version, newer.version);
        let opened = open(&desk.issuer, &case.id, &desk.amina, at(2)).unwrap();
        assert_eq!(opened.draft.full_name, "Zo\u{eb} Quetzalcanary");
    }
}

#[test]
fn a_second_officer_sees_who_has_it_open_for_ten_minutes() {
    for desk in desks() {
        let case = desk.begun();
        let opened = open(&desk.issuer, &case.id, &desk.bo, at(9)).unwrap();
        let amina = OpenBy { officer: desk.amina.id().to_owned(), at: at(0) };
        assert_eq!(opened.also_open, Some(amina.clone()));
        assert_eq!(opened.case.open_by, Some(amina));
        assert_eq!(opened.case.version, case.version, "looking changes nothing");
        let opened = open(&desk.issuer, &case.id, &desk.bo, at(10)).unwrap();
        assert_eq!(opened.also_open, None, "who did nothing for so long has left");
        assert_eq!(opened.case.open_by.unwrap().officer, desk.bo.id());
        assert_eq!(desk.told(desk.newest() - 2), ["enrolment_viewed", "enrolment_viewed"]);
    }
}

#[test]
fn nobody_says_no_alone() {
    for desk in desks() {
        let case = desk.reviewed();
        let seen = case.seen();
        let doubt = Doubt::PapersDoubtful;
        let asked = second_look::ask(&desk.issuer, seen, doubt, "Quetzalwords", &desk.chioma, at(2)).unwrap();
        let decide = |case: &Case, decision, actor: &Actor| {
            second_look::decide(&desk.issuer, case.seen(), decision, doubt, "no", actor, at(3))
        };
        let refused = Decision::Refused;
        assert!(matches!(decide(&asked, refused, &desk.bo), Err(CaseError::Role)));
        assert!(matches!(decide(&asked, refused, &desk.chioma), Err(CaseError::SameOfficer)));
        let approver = super::testing::officer(crate::db::officer::Role::Approver);
        let back = decide(&asked, Decision::GoOn, &approver).unwrap();
        assert_eq!(back.station, Station::Review, "it goes on where it was");
        let asked = second_look::ask(&desk.issuer, back.seen(), doubt, "", &desk.bo, at(4)).unwrap();
        assert!(second_look::refusal(&desk.issuer, &case.id, &desk.bo, at(4)).is_err());
        let closed = decide(&asked, refused, &desk.chioma).unwrap();
        assert_eq!(closed.outcome, Some(VisitOutcome::Refused));
        assert_eq!(closed.state, EnrolmentState::Abandoned);
        let opened = open(&desk.issuer, &case.id, &desk.bo, at(5)).unwrap();
        let words: Vec<_> = opened.words.iter().map(|one| one.words.as_str()).collect();
        assert_eq!(words, ["Quetzalwords", "no", "no"]);
        let refusal = second_look::refusal(&desk.issuer, &case.id, &desk.bo, at(5)).unwrap();
        let second_look::Remedy::Papers { bring, .. } = refusal.remedy else { panic!("{refusal:?}") };
        assert!(!bring.is_empty());
        assert_eq!(second_look::of_case(&desk.issuer, &case.id).unwrap().len(), 2);
    }
}

#[test]
fn the_queue_is_counted_and_tells_of_every_change() {
    for desk in desks() {
        let stamp = || queue::stamp(&desk.issuer).unwrap();
        assert_eq!(stamp(), 0);
        let cases: Vec<_> = (0..3).map(|_| desk.begun()).collect();
        let before = stamp();
        let moved = desk.save(&cases[1], typed);
        assert!(stamp() > before);
        let moved = finish_check(&desk.issuer, moved.seen(), &desk.bo, at(5)).unwrap();
        let all = queue::queue(&desk.issuer, None, 0, at(6)).unwrap();
        assert_eq!(all.counts, [(Station::Check, 2), (Station::Person, 1)]);
        assert_eq!((all.total, all.cases.len(), all.stamp), (3, 3, stamp()));
        assert_eq!(all.cases[2].ticket, moved.ticket, "who waits longest comes first");
        let one = queue::queue(&desk.issuer, Some(Station::Person), 0, at(6)).unwrap();
        assert_eq!((one.total, one.cases.len()), (1, 1));
        assert_eq!((one.cases[0].since, one.cases[0].began_at), (at(5), at(0)));
        assert_eq!(one.cases[0].open_by.as_ref().unwrap().officer, desk.bo.id());
        assert!(queue::queue(&desk.issuer, None, 1, at(6)).unwrap().cases.is_empty());
        leave(&desk.issuer, moved.seen(), WhyLeft::ComesBack, &desk.bo, at(7)).unwrap();
        assert_eq!(queue::queue(&desk.issuer, None, 0, at(8)).unwrap().total, 2);
        let sheet = day_sheet(&desk.issuer, at(0).date_naive()).unwrap();
        assert_eq!((sheet.enrolled, sheet.left, sheet.waiting, sheet.median), (3, 1, 2, None));
    }
}

#[test]
fn who_does_not_fetch_the_card_has_none() {
    for desk in desks() {
        let made = desk.issue(&desk.reviewed()).unwrap();
        let case = desk.printed(&made.case, PrintOutcome::Printed).unwrap();
        let left = leave(&desk.issuer, case.seen(), WhyLeft::NotFetched, &desk.amina, at(9)).unwrap();
        assert_eq!((left.outcome, left.card_status), (Some(VisitOutcome::Left), Some(CardStatus::Revoked)));
        let reason = desk.told(desk.newest() - 2);
        assert_eq!(reason, ["card_revoked not_fetched", "enrolment_abandoned not_fetched"]);
    }
}

#[test]
fn who_never_came_back_waits_no_more() {
    for desk in desks() {
        let waits = desk.begun();
        let made = desk.issue(&desk.reviewed()).unwrap();
        let closed = |desk: &super::Desk| close_destroyed(&desk.issuer, &desk.amina, at(90)).unwrap();
        assert_eq!(closed(&desk), 0);
        desk.test.write(|tx| Ok(crate::db::kept::Kept::erase_day(tx.conn(), waits.destroy_by)?));
        assert_eq!(closed(&desk), 2);
        assert_eq!(closed(&desk), 0);
        assert_eq!(queue::queue(&desk.issuer, None, 0, at(90)).unwrap().total, 0);
        assert_eq!(desk.find(&made.case).card_status, Some(CardStatus::Revoked));
        assert_eq!(desk.find(&waits).state, EnrolmentState::Destroyed);
    }
}
