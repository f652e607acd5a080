//! What retention does with the days, the clock, crashes and forged receipts.

use chrono::Duration;

use super::*;
use crate::db::card::Card;
use crate::db::destruction::DestructionKind;
use crate::db::enrolment::EnrolmentState;
use crate::db::hold::HoldReason;
use crate::db::officer::Role;
use crate::db::retention_change::RetentionReason;
use crate::db::testing::{TestCity, cities, now};
use crate::keystore::Keystore;
use crate::revocation::Named;

fn actor() -> Actor {
    Actor::command_line("hall")
}

fn day(days: i64) -> NaiveDate {
    (now() + Duration::days(days)).date_naive()
}

/// Runs every day, so that the clock is believed, and says what was destroyed.
fn days_pass(issuer: &Issuer, days: std::ops::RangeInclusive<i64>) -> Vec<(NaiveDate, usize)> {
    let mut destroyed = Vec::new();
    for passed in days {
        match tick(issuer, now() + Duration::days(passed)).unwrap() {
            Outcome::Done(report) => destroyed.extend(report.days),
            Outcome::ClockJumped { .. } => panic!("day {passed}"),
        }
    }
    destroyed
}

fn sealed(city: &TestCity, card: &Card) -> bool {
    city.enrolment(card).sealed.is_some()
}

#[test]
fn a_day_goes_once_it_is_past_and_not_before() {
    for city in cities() {
        let issuer = &city.issuer;
        let card = city.enrol("Ana Novak", now());
        // 30 days without a card: due on day 30.
        assert_eq!(city.enrolment(&card).destroy_by, day(30));
        let before = days_pass(issuer, 0..=29);
        assert!(before.iter().all(|(_, records)| *records == 0), "{before:?}");
        let last_second = day(31).and_time(chrono::NaiveTime::MIN).and_utc() - Duration::seconds(1);
        tick(issuer, last_second).unwrap();
        assert!(sealed(&city, &card));
        let opened = open(issuer, &city.enrolment(&card)).unwrap();
        assert!(String::from_utf8_lossy(&opened).contains("Kastanienallee"));

        let kept = city.enrolment(&card);
        let done = run(issuer, Clock::Checked, &actor(), last_second + Duration::seconds(1)).unwrap();
        let Outcome::Done(report) = done else { panic!("{done:?}") };
        assert_eq!((report.days, report.receipts, report.wiped), (vec![(day(30), 1)], 1, true));
        let gone = city.enrolment(&card);
        assert_eq!((gone.state, &gone.sealed, &gone.wrapped_key), (EnrolmentState::Destroyed, &None, &None));
        // As a backup has it: with every key that is left it opens no more.
        assert!(matches!(open(issuer, &kept), Err(RetentionError::Gone)));
        assert!(!issuer.keystore.destroy_by_days().unwrap().contains(&day(30)));

        let verified = verify(issuer, now() + Duration::days(31)).unwrap().unwrap();
        assert_eq!((verified.receipts, verified.records, verified.unsigned), (31, 1, 0));
        assert_eq!(verified.days, Some((day(0), day(30))));
        let again = tick(issuer, last_second + Duration::minutes(2)).unwrap();
        let Outcome::Done(again) = again else { panic!("{again:?}") };
        assert_eq!((again.days, again.receipts), (vec![], 0));
        assert_eq!(audit::verify(issuer, None).unwrap().unwrap().checkpoints, 31);
    }
}

#[test]
fn days_off_are_caught_up_and_the_clock_is_not_believed_blindly() {
    for city in cities() {
        let issuer = &city.issuer;
        let card = city.enrol("Ana Novak", now());
        days_pass(issuer, 0..=24);
        // Nine days off.
        let caught_up = days_pass(issuer, 33..=33);
        assert_eq!(caught_up.len(), 9, "days 24 to 32: {caught_up:?}");
        assert!(!sealed(&city, &card));

        let other = city.enrol("Bo Ek", now() + Duration::days(33));
        let far = now() + Duration::days(33 + 300);
        let Outcome::ClockJumped { jump, overdue } = tick(issuer, far).unwrap() else { panic!() };
        assert_eq!((jump.since, jump.now), (now() + Duration::days(33), far));
        assert!(overdue.contains(&(day(63), 1)), "{overdue:?}");
        assert_eq!(status(issuer, far).unwrap().overdue, overdue);
        // An entry written under the wrong clock does not make it right.
        let third = city.enrol("Cy Li", far);
        assert!(matches!(tick(issuer, far).unwrap(), Outcome::ClockJumped { .. }));
        assert!(sealed(&city, &other) && sealed(&city, &third));

        // Set back: nothing is destroyed early.
        assert_eq!(days_pass(issuer, 1..=1), []);
        assert!(sealed(&city, &other));
        let confirmed = run(issuer, Clock::Confirmed, &actor(), far).unwrap();
        assert!(matches!(confirmed, Outcome::Done(report) if report.days.contains(&(day(63), 1))));
        assert!(!sealed(&city, &other) && sealed(&city, &third));
    }
}

#[test]
fn a_crash_at_any_step_is_gone_on_with() {
    for step in 0..4 {
        for city in cities() {
            let issuer = &city.issuer;
            let card = city.enrol("Ana Novak", now());
            days_pass(issuer, 0..=30);
            let late = now() + Duration::days(31);
            let begun = destroy::begin(issuer, day(30), &actor(), late).unwrap().unwrap();
            assert_eq!(begun.records, 1);
            assert!(destroy::begin(issuer, day(30), &actor(), late).unwrap().is_none(), "only once");
            if step > 0 {
                issuer.keystore.destroy(day(30)).unwrap();
                assert_eq!(status(issuer, late).unwrap().under_way, 1, "a blob without its key is noticed");
            }
            if step > 1 {
                issuer
                    .db
                    .write(|tx| {
                        Kept::erase_day(tx.conn(), day(30))?;
                        Destruction::done(tx.conn(), &begun.id, 1, late)?;
                        tx.audit(crate::db::testing::entry("test"))?;
                        Ok::<_, Error>(())
                    })
                    .unwrap();
                assert_eq!(status(issuer, late).unwrap().unsigned, 1);
            }
            if step > 2 {
                receipt::sign_all(issuer, &actor(), late).unwrap();
            }
            // As after a restart.
            tick(issuer, late).unwrap();
            assert!(!sealed(&city, &card));
            let verified = verify(issuer, late).unwrap().unwrap();
            assert_eq!((verified.receipts, verified.records, verified.unsigned), (31, 1, 0), "step {step}");
            audit::verify(issuer, None).unwrap().unwrap();
        }
    }
}

#[test]
fn without_a_key_that_signs_the_records_still_go() {
    for city in cities() {
        let issuer = &city.issuer;
        let card = city.enrol("Ana Novak", now());
        days_pass(issuer, 0..=30);
        city.tamper("UPDATE issuing_key SET state = 'retired' WHERE \"use\" = 'status'");
        let late = now() + Duration::days(31);
        let Outcome::Done(report) = tick(issuer, late).unwrap() else { panic!() };
        assert_eq!((report.days.as_slice(), report.receipts, report.unsigned), (&[(day(30), 1)][..], 0, 1));
        assert!(!sealed(&city, &card));
        city.tamper("UPDATE issuing_key SET state = 'active' WHERE \"use\" = 'status'");
        tick(issuer, late).unwrap();
        assert_eq!(verify(issuer, late).unwrap().unwrap().receipts, 31);
    }
}

#[test]
fn a_forged_receipt_and_a_lie_about_what_stands_are_found() {
    let faults = |sql: &str| {
        let mut found = Vec::new();
        for city in cities() {
            city.enrol("Ana Novak", now());
            days_pass(&city.issuer, 0..=5);
            assert!(verify(&city.issuer, now() + Duration::days(5)).unwrap().is_ok());
            city.tamper(sql);
            found.push(verify(&city.issuer, now() + Duration::days(5)).unwrap().unwrap_err());
        }
        assert!(found.iter().all(|faults| *faults == found[0]), "alike on both engines");
        found.swap_remove(0)
    };
    // Receipts 1 to 5, of the days 0 to 4.
    assert_eq!(
        faults("UPDATE destruction SET records = 7 WHERE sequence = 2"),
        [ReceiptFault::Changed { sequence: 2 }]
    );
    assert_eq!(
        faults("DELETE FROM destruction WHERE sequence = 3"),
        [ReceiptFault::Missing { sequence: 3 }, ReceiptFault::Unlinked { sequence: 4 }]
    );
    assert_eq!(
        faults("DELETE FROM destruction WHERE sequence >= 4"),
        [ReceiptFault::Missing { sequence: 4 }, ReceiptFault::Missing { sequence: 5 }]
    );
    assert!(matches!(
        faults(
            "UPDATE destruction SET signed = (SELECT signed FROM audit_checkpoint ORDER BY seq LIMIT 1) WHERE sequence = 1"
        )[..],
        [
            ReceiptFault::NotSigned { sequence: 1, why: audit::NotSigned::Type },
            ReceiptFault::Unlinked { sequence: 2 }
        ]
    ));
    assert_eq!(
        faults(&format!("UPDATE enrolment SET destroy_by = '{}'", day(2))),
        [ReceiptFault::StillSealed { day: day(2), records: 1 }]
    );
    assert_eq!(
        faults(&format!("UPDATE enrolment SET destroy_by = '{}'", day(99))),
        [ReceiptFault::KeyLost { day: day(99), records: 1 }]
    );
    for city in cities() {
        days_pass(&city.issuer, 0..=5);
        city.issuer.keystore.destroy_by_key(day(3)).unwrap();
        let found = verify(&city.issuer, now() + Duration::days(5)).unwrap().unwrap_err();
        assert_eq!(found, [ReceiptFault::KeyStands { day: day(3) }]);
    }
}

#[test]
fn a_hold_takes_two_people_and_keeps_only_what_it_names() {
    for city in cities() {
        let issuer = &city.issuer;
        let (card, other) = (city.enrol("Ana Novak", now()), city.enrol("Bo Ek", now()));
        let registrar = city.officer("amina", Role::Registrar);
        let approver = city.officer("bo", Role::Approver);
        let auditor = city.officer("cy", Role::Auditor);
        let numbers = [card.number.as_str()];
        let reason = HoldReason::CourtOrder;
        let asked = ask(issuer, &numbers, reason, &actor(), now());
        assert!(matches!(asked, Err(RetentionError::NoOfficer)), "the command line is nobody");
        assert!(matches!(ask(issuer, &[], reason, &registrar, now()), Err(RetentionError::NoCard)));
        let asked = ask(issuer, &numbers, reason, &auditor, now());
        assert!(matches!(asked, Err(RetentionError::Role { .. })));
        let own = ask(issuer, &numbers, reason, &approver, now()).unwrap();
        assert!(matches!(approve(issuer, &own.id, &approver, now()), Err(RetentionError::SameOfficer)));
        let by_registrar = approve(issuer, &own.id, &registrar, now());
        assert!(matches!(by_registrar, Err(RetentionError::Role { .. })));
        assert_eq!(status(issuer, now()).unwrap().held, 0);

        let hold = ask(issuer, &numbers, reason, &registrar, now()).unwrap();
        let approved_hold = approve(issuer, &hold.id, &approver, now()).unwrap();
        assert_eq!((approved_hold.held, approved_hold.gone), (vec![card.number.clone()], vec![]));
        assert_eq!(status(issuer, now()).unwrap().held, 1);
        days_pass(issuer, 0..=31);
        assert!(sealed(&city, &card) && !sealed(&city, &other));
        let opened = open(issuer, &city.enrolment(&card)).unwrap();
        assert!(String::from_utf8_lossy(&opened).contains("Ana Novak"));
        assert!(verify(issuer, now() + Duration::days(31)).unwrap().is_ok(), "a held record is no fault");
        let wish = destroy_now(issuer, Named::Number(&card.number), &actor(), now());
        assert!(matches!(wish, Err(RetentionError::Held)));

        let late = now() + Duration::days(32);
        let now_gone = ask(issuer, &[&other.number], reason, &registrar, late).unwrap();
        let now_gone = approve(issuer, &now_gone.id, &approver, late).unwrap();
        assert_eq!((now_gone.held, now_gone.gone), (vec![], vec![other.number.clone()]));

        let kept = city.enrolment(&card);
        assert!(matches!(release(issuer, &hold.id, &approver, late), Err(RetentionError::HoldState { .. })));
        ask_end(issuer, &hold.id, &registrar, late).unwrap();
        let ended = release(issuer, &hold.id, &approver, late).unwrap();
        assert_eq!((ended.given_back, ended.still_held, ended.destroyed), (0, 0, 1));
        assert!(!sealed(&city, &card) && matches!(open(issuer, &kept), Err(RetentionError::Gone)));
        assert_eq!(issuer.keystore.hold_keys().unwrap(), [""; 0]);
        assert_eq!(verify(issuer, late).unwrap().unwrap().records, 2);
        let last = issuer.db.read(|conn| Ok::<_, Error>(Destruction::last_receipt(conn)?)).unwrap().unwrap();
        assert_eq!((last.kind, last.records, last.due), (DestructionKind::Hold, 1, day(30)));
    }
}

#[test]
fn a_released_hold_gives_back_or_hands_on() {
    for city in cities() {
        let issuer = &city.issuer;
        let card = city.enrol("Ana Novak", now());
        let (registrar, approver) = (city.officer("a", Role::Registrar), city.officer("b", Role::Custodian));
        let numbers = [card.number.as_str()];
        let holds: Vec<_> = (0..2)
            .map(|_| {
                let hold = ask(issuer, &numbers, HoldReason::OwnDefence, &registrar, now()).unwrap();
                approve(issuer, &hold.id, &approver, now()).unwrap().hold
            })
            .collect();
        // Saved and handed over while held: the day moves, and the hold stays.
        let id = card.enrolment_id.clone().unwrap();
        let held = city.enrolment(&card);
        let forgets_the_hold = crate::keystore::seal_record(
            b"lost",
            &issuer.keystore.destroy_by_key(day(7)).unwrap(),
            id.as_str(),
        );
        let refused = issuer.db.write(|tx| {
            tx.audit(crate::db::testing::entry("test"))?;
            Ok::<_, Error>(Enrolment::change_destroy_by(tx.conn(), &id, forgets_the_hold)?)
        });
        assert!(refused.is_err());
        issuer
            .db
            .write(|tx| {
                tx.audit(crate::db::testing::entry("test"))?;
                reseal(issuer, tx, &held, b"saved", day(30))?;
                move_record(issuer, tx, &id, day(7))
            })
            .unwrap();
        let saved = city.enrolment(&card);
        assert_eq!((saved.destroy_by, &saved.destroy_by_key), (day(7), &held.destroy_by_key));
        assert_eq!(open(issuer, &saved).unwrap().as_slice(), b"saved");
        let mut given_back = Vec::new();
        for hold in &holds {
            ask_end(issuer, &hold.id, &registrar, now()).unwrap();
            let ended = release(issuer, &hold.id, &approver, now()).unwrap();
            given_back.push((ended.still_held, ended.given_back, ended.destroyed));
            assert!(open(issuer, &city.enrolment(&card)).is_ok());
        }
        assert_eq!(given_back, [(1, 0, 0), (0, 1, 0)]);
        assert_eq!(city.enrolment(&card).destroy_by_key, day(7).to_string());
        assert_eq!(issuer.keystore.hold_keys().unwrap(), [""; 0]);
    }
}

#[test]
fn a_wish_destroys_one_record_and_no_backup_brings_it_back() {
    for city in cities() {
        let issuer = &city.issuer;
        let (card, other) = (city.enrol("Ana Novak", now()), city.enrol("Bo Ek", now()));
        // A backup of the database, and somebody who is sealing under the day's key at this moment.
        let (backup, backup_other) = (city.enrolment(&card), city.enrolment(&other));
        let sealing = issuer.keystore.destroy_by_key(day(30)).unwrap();
        let wished = destroy_now(issuer, Named::Number(&card.number), &actor(), now()).unwrap();
        assert_eq!((wished.due, wished.in_backups_from), (day(30), now() + Duration::hours(1)));
        assert!(!sealed(&city, &card));
        assert!(matches!(
            destroy_now(issuer, Named::Number(&card.number), &actor(), now()),
            Err(RetentionError::Gone)
        ));
        open(issuer, &city.enrolment(&other)).unwrap();
        let late = city.enrol("Cy Li", now());
        let id = late.enrolment_id.clone().unwrap();
        let straggler = crate::keystore::seal_record(b"straggler", &sealing, id.as_str());
        issuer
            .db
            .write(|tx| {
                tx.audit(crate::db::testing::entry("test"))?;
                Ok::<_, Error>(Enrolment::change_destroy_by(tx.conn(), &id, straggler)?)
            })
            .unwrap();

        tick(issuer, now() + Duration::minutes(59)).unwrap();
        assert!(open(issuer, &backup).is_ok(), "the old key stands for an hour");
        tick(issuer, now() + Duration::minutes(61)).unwrap();
        assert!(matches!(open(issuer, &backup), Err(RetentionError::Gone)));
        assert!(matches!(open(issuer, &backup_other), Err(RetentionError::Gone)), "the price of it");
        assert!(open(issuer, &city.enrolment(&other)).is_ok());
        assert_eq!(open(issuer, &city.enrolment(&late)).unwrap().as_slice(), b"straggler");
        let verified = verify(issuer, now() + Duration::minutes(61)).unwrap().unwrap();
        assert_eq!((verified.receipts, verified.records), (1, 1));
    }
}

#[test]
fn a_case_is_kept_shorter_or_longer_within_the_rules() {
    for mut city in cities() {
        let card = city.enrol("Ana Novak", now());
        let id = card.enrolment_id.clone().unwrap();
        let reason = RetentionReason::HolderAsked;
        let to =
            |issuer: &Issuer, days: i64| shorten_or_lengthen(issuer, &id, day(days), reason, &actor(), now());
        let issuer = &city.issuer;
        assert!(matches!(to(issuer, 31), Err(RetentionError::TooLong { latest }) if latest == day(30)));
        assert!(matches!(to(issuer, 0), Err(RetentionError::TooSoon { .. })));
        assert_eq!(to(issuer, 3).unwrap(), Changed { from: day(30), to: day(3) });
        assert!(open(issuer, &city.enrolment(&card)).is_ok());
        assert_eq!(to(issuer, 30).unwrap(), Changed { from: day(3), to: day(30) }, "back as the rule had it");
        assert_eq!(to(issuer, 4).unwrap().to, day(4));
        city.issuer.city.retention.longest = serde_json::from_str("\"60d\"").unwrap();
        let issuer = &city.issuer;
        assert_eq!(latest(issuer, &id).unwrap(), day(60));
        assert!(matches!(to(issuer, 61), Err(RetentionError::TooLong { .. })));
        assert_eq!(to(issuer, 60).unwrap().to, day(60));
        assert!(open(issuer, &city.enrolment(&card)).is_ok());
        assert_eq!(to(issuer, 1).unwrap().to, day(1));
        assert_eq!(days_pass(issuer, 0..=2).iter().map(|(_, records)| records).sum::<usize>(), 1);
        assert!(matches!(to(issuer, 9), Err(RetentionError::Gone)));
    }
}

#[test]
fn keys_are_made_ahead_and_nothing_of_a_secret_is_printed() {
    for city in cities() {
        let issuer = &city.issuer;
        let card = city.enrol("Ana Novak", now());
        tick(issuer, now()).unwrap();
        let days = issuer.keystore.destroy_by_days().unwrap();
        assert_eq!((days.len(), days[0], days[30]), (31, day(0), day(30)));
        let key = issuer.keystore.find_destroy_by_key(day(30)).unwrap().unwrap();
        let everything =
            crate::requests::everything_about(issuer, Named::Number(&card.number), &actor(), now()).unwrap();
        let record = everything.record.as_ref().unwrap();
        assert!(record.fields().iter().any(|(_, value)| value.as_str() == "Ana Novak"));
        for printed in [format!("{key:?}"), format!("{issuer:?}"), format!("{everything:?}")] {
            assert!(!printed.contains("Ana") && !printed.contains("Kastanien"), "{printed}");
        }
        assert_eq!(format!("{key:?}"), format!("DestroyByKey({})", day(30)));
        assert!(Keystore::open(&city.test.dir.path().join("keys"), None).is_ok());
    }
}
