//! The visit as a whole: each rule that more than one file keeps.

use chrono::{Duration, NaiveDate};

use super::testing::{Desk, at, desks, typed};
use super::*;
use crate::db::print_job::PrintOutcome;
use crate::db::second_look::{Decision, Doubt};

/// Every change there is, for a case as it is seen.
fn every_change<'a>(
    desk: &'a Desk,
    case: &'a Case,
    text: &'a str,
) -> Vec<(&'static str, Box<dyn Fn() -> Result<(), CaseError> + 'a>)> {
    let (issuer, actor, now) = (&desk.issuer, &desk.amina, at(8));
    let seen = case.seen();
    let going = |to| move || go(issuer, seen, to, actor, now).map(drop);
    let answer = |outcome| {
        move || {
            let job = print::jobs(issuer, seen.case)?.into_iter().next().ok_or(CaseError::NoJob)?;
            print::outcome(issuer, seen, &job.id, outcome, actor, now).map(drop)
        }
    };
    vec![
        ("save", Box::new(move || save(issuer, seen, actor, now, typed).map(drop))),
        ("finish_check", Box::new(move || finish_check(issuer, seen, actor, now).map(drop))),
        ("go check", Box::new(going(Station::Check))),
        ("go person", Box::new(going(Station::Person))),
        ("go photo", Box::new(going(Station::Photo))),
        ("go review", Box::new(going(Station::Review))),
        ("go print", Box::new(going(Station::Print))),
        ("go scan", Box::new(going(Station::Scan))),
        ("go hand_over", Box::new(going(Station::HandOver))),
        ("go second_look", Box::new(going(Station::SecondLook))),
        ("go closed", Box::new(going(Station::Closed))),
        ("ask", Box::new(move || second_look::ask(issuer, seen, Doubt::Other, "", actor, now).map(drop))),
        (
            "decide",
            Box::new(move || {
                let (chioma, refused) = (&desk.chioma, Decision::Refused);
                second_look::decide(issuer, seen, refused, Doubt::Other, "", chioma, now).map(drop)
            }),
        ),
        ("issue", Box::new(move || issue(issuer, seen, None, actor, now).map(drop))),
        ("queue", Box::new(move || print::queue(issuer, seen, actor, now).map(drop))),
        ("printed", Box::new(answer(PrintOutcome::Printed))),
        ("spoiled", Box::new(answer(PrintOutcome::Spoiled))),
        ("nothing", Box::new(answer(PrintOutcome::Nothing))),
        ("scan", Box::new(move || scan(issuer, seen, text, actor, now).map(drop))),
        ("skip_scan", Box::new(move || skip_scan(issuer, seen, WhyNoScan::NoScanner, actor, now).map(drop))),
        ("hand_over", Box::new(move || hand_over(issuer, seen, actor, now).map(drop))),
        ("leave", Box::new(move || leave(issuer, seen, WhyLeft::WantsNone, actor, now).map(drop))),
    ]
}

/// Brings a case to a station. Gives the text of its code, where there is a card.
fn brought(desk: &Desk, station: Station) -> (Case, String) {
    let text = || String::new();
    match station {
        Station::Check => (desk.save(&desk.begun(), typed), text()),
        Station::Person | Station::Photo => {
            let case = desk.save(&desk.begun(), typed);
            let case = finish_check(&desk.issuer, case.seen(), &desk.amina, at(1)).unwrap();
            let photo = station == Station::Photo;
            (if photo { desk.go(&case, Station::Photo) } else { case }, text())
        }
        Station::Review => (desk.reviewed(), text()),
        Station::SecondLook => {
            let case = desk.reviewed();
            let asked = second_look::ask(&desk.issuer, case.seen(), Doubt::Other, "", &desk.bo, at(2));
            (asked.unwrap(), text())
        }
        Station::Print | Station::Scan | Station::HandOver | Station::Closed => {
            let made = desk.issue(&desk.reviewed()).unwrap();
            let text = made.card.identity_qr.clone();
            if station == Station::Print {
                let (case, _) = print::queue(&desk.issuer, made.case.seen(), &desk.amina, at(3)).unwrap();
                return (case, text);
            }
            let case = desk.printed(&made.case, PrintOutcome::Printed).unwrap();
            if station == Station::Scan {
                return (case, text);
            }
            let (case, _) = scan(&desk.issuer, case.seen(), &text, &desk.amina, at(5)).unwrap();
            if station == Station::HandOver {
                return (case, text);
            }
            (hand_over(&desk.issuer, case.seen(), &desk.amina, at(6)).unwrap().case, text)
        }
    }
}

#[test]
fn only_the_possible_steps_are_possible() {
    use Station as S;
    let free = ["save", "ask", "leave"];
    let possible = |station: S| -> Vec<&str> {
        match station {
            S::Check => [&free[..], &["finish_check"]].concat(),
            S::Person => [&free[..], &["go check", "go photo"]].concat(),
            S::Photo => [&free[..], &["go check", "go person", "go review"]].concat(),
            S::Review => [&free[..], &["go check", "go person", "go photo", "issue"]].concat(),
            // Issuing what is issued gives the same card.
            S::Print => vec!["issue", "queue", "printed", "spoiled", "nothing", "leave"],
            S::Scan => vec!["issue", "spoiled", "scan", "skip_scan", "leave"],
            S::HandOver => vec!["issue", "spoiled", "hand_over", "leave"],
            S::SecondLook => vec!["decide", "leave"],
            S::Closed => vec![],
        }
    };
    for desk in desks().into_iter().take(1) {
        for station in S::ALL {
            let names: Vec<_> = {
                let (case, text) = brought(&desk, *station);
                assert_eq!(case.station, *station);
                every_change(&desk, &case, &text).into_iter().map(|(name, _)| name).collect()
            };
            for name in names {
                // Somebody of another name each time, or they were duplicates.
                let (case, text) = brought(&desk, *station);
                let before = (desk.find(&case), desk.newest());
                let all = every_change(&desk, &case, &text);
                let (_, change) = all.iter().find(|(one, _)| *one == name).unwrap();
                let done = change();
                let expected = possible(*station).contains(&name);
                assert_eq!(done.is_ok(), expected, "{name} at {station:?}: {done:?}");
                if !expected {
                    assert_eq!((desk.find(&case), desk.newest()), before, "{name} at {station:?}");
                }
                // Whoever comes next is no duplicate of this one.
                let case = desk.find(&case);
                if case.station != S::Closed {
                    leave(&desk.issuer, case.seen(), WhyLeft::Mistake, &desk.amina, at(9)).unwrap();
                } else if let Some(number) = &case.card {
                    revoked(&desk, number);
                }
            }
        }
    }
}

fn revoked(desk: &Desk, number: &str) {
    use crate::revocation::{self, Change, Named};
    if desk.card(number).status != CardStatus::Revoked {
        let named = Named::Number(number);
        revocation::change(&desk.issuer, Change::Revoke, named, "test", &desk.amina, at(9)).unwrap();
    }
}

#[test]
fn a_visit_from_the_papers_to_the_hand() {
    for desk in desks() {
        let from = desk.newest();
        let case = desk.reviewed();
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
        let destroyed = desk.test.write(|tx| Ok(Enrolment::destroy_due(tx.conn(), handed.destroy_by)?));
        assert_eq!(destroyed, 1);
        assert!(matches!(open(&desk.issuer, &case.id, &desk.amina, at(7)), Err(CaseError::Gone)));
    }
}

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
fn issuing_twice_gives_the_same_card() {
    for desk in desks() {
        let case = desk.reviewed();
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
    use crate::db::card::CardState;
    use crate::db::schema::{card, enrolment};
    use diesel::prelude::*;
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
        let job = print::jobs(&desk.issuer, &case.id).unwrap().remove(0);
        let again = PrintOutcome::Spoiled;
        let late = print::outcome(&desk.issuer, case.seen(), &job.id, again, &desk.amina, at(5)).unwrap();
        assert_eq!((late.station, desk.card(&number).status), (Station::Print, CardStatus::Revoked));
        let sheet = day_sheet(&desk.issuer, at(0).date_naive()).unwrap();
        assert_eq!((sheet.issued, sheet.printed, sheet.spoiled, sheet.nothing), (3, 0, 2, 1));
    }
}

#[test]
fn a_slip_has_a_new_code_each_time_until_the_hand_over() {
    use crate::recovery::RecoveryKey;
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
    use shared::verdict::{CannotTell, NotValid, Outcome};
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
        use crate::revocation::{self, Change, Named};
        let named = Named::Number(made.card.draft.number());
        revocation::change(&desk.issuer, Change::Suspend, named, "test", &desk.bo, at(5)).unwrap();
        let (now, scanned) = scan(&desk.issuer, now.seen(), &made.card.identity_qr, &desk.bo, at(5)).unwrap();
        assert_eq!(scanned, Scanned::Wrong(wrong(Outcome::NotValid(NotValid::Suspended))));
        revocation::change(&desk.issuer, Change::Reinstate, named, "test", &desk.bo, at(5)).unwrap();
        let (now, scanned) = scan(&desk.issuer, now.seen(), &made.card.identity_qr, &desk.bo, at(5)).unwrap();
        assert_eq!(scanned, Scanned::Good(shared::credential::Kind::Identity));
        assert_eq!(now.station, Station::HandOver);
    }
}

#[test]
fn a_renewal_revokes_the_earlier_card_with_the_new_one() {
    for desk in desks() {
        let first = desk.handed_over(&desk.reviewed());
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
        desk.test.write(|tx| Ok(Enrolment::destroy_due(tx.conn(), first.destroy_by)?));
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
fn a_record_too_large_is_refused() {
    for desk in desks() {
        let case = desk.begun();
        let large = save(&desk.issuer, case.seen(), &desk.amina, at(1), |draft| {
            draft.address = "x".repeat(MAX_RECORD);
        });
        assert!(matches!(large, Err(CaseError::TooLarge { most: MAX_RECORD, .. })));
        assert_eq!(desk.find(&case).version, 1);
    }
}
