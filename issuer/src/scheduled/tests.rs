use std::sync::Mutex;

use chrono::Duration as Span;
use chrono::NaiveDate;

use super::*;
use crate::db::audit_find::{AuditFilter, count_of_act};
use crate::db::destruction::Destruction;
use crate::db::testing::{acts, cities, databases, entry as some_entry, now};
use crate::retention::Outcome;
use crate::{Error, Issuer};

/// The hands of a clock.
struct Hands(Mutex<DateTime<Utc>>);

impl Hands {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }

    fn set(&self, to: DateTime<Utc>) {
        *self.0.lock().unwrap() = to;
    }
}

fn two() -> (Worker, Worker) {
    (Worker::new(LASTS), Worker::new(LASTS))
}

fn seconds(seconds: i64) -> DateTime<Utc> {
    now() + Span::seconds(seconds)
}

fn take(worker: &Worker, db: &Database, at: DateTime<Utc>) -> Option<i64> {
    worker.take(db, Task::Hourly, at).unwrap().map(|held| held.token)
}

/// Writes as whoever has a lease.
fn write(db: &Database, held: Held) -> Result<(), DbError> {
    db.write(|tx| {
        let mut told = some_entry("under a lease");
        told.actor = Actor::schedule().under(held);
        tx.audit(told).map(drop).map_err(DbError::from)
    })
}

#[test]
fn one_has_it_until_it_is_given_back() {
    for test in databases() {
        let (a, b) = two();
        let held = a.take(&test.db, Task::Hourly, seconds(0)).unwrap().unwrap();
        assert_eq!(held, Held { task: Task::Hourly, token: 1 });
        assert_eq!(take(&b, &test.db, seconds(0)), None);
        assert_eq!(take(&a, &test.db, seconds(0)), None, "nor another thread of its own");
        let other = b.take(&test.db, Task::Publish, seconds(0)).unwrap().unwrap();
        assert_eq!(other.token, 1, "each task has its own");
        write(&test.db, held).unwrap();
        assert!(test.db.give_lease_back(held, Some((seconds(1), Some(7)))).unwrap());
        let lease = test.db.lease(Task::Hourly).unwrap().unwrap();
        assert_eq!((lease.holder, lease.done_at, lease.done_to), (None, Some(seconds(1).into()), Some(7)));
        assert_eq!(take(&b, &test.db, seconds(1)), Some(2));
        // It goes round without a word in the audit log.
        assert_eq!(test.db.read(|conn| Ok::<_, DbError>(acts(conn)?)).unwrap().len(), 1);
    }
}

#[test]
fn one_that_fell_silent_is_taken_over_from_and_writes_no_more() {
    for test in databases() {
        let (a, b) = two();
        let silent = a.take(&test.db, Task::Hourly, seconds(0)).unwrap().unwrap();
        assert_eq!(take(&b, &test.db, seconds(19)), None);
        assert!(test.db.renew_lease(silent, seconds(30)).unwrap());
        assert_eq!(take(&b, &test.db, seconds(29)), None);
        let held = b.take(&test.db, Task::Hourly, seconds(30)).unwrap().unwrap();
        assert_eq!(held.token, 2);
        let told = test.db.read(|conn| {
            let filter = AuditFilter { act: Some(Act::WorkTakenOver), ..AuditFilter::default() };
            let stretch = filter.stretch(conn)?;
            Ok::<_, DbError>(filter.newest(conn, stretch, None, 9)?)
        });
        let told = told.unwrap();
        assert_eq!((told.len(), told[0].subject.as_str()), (1, "hourly"));
        assert_eq!(told[0].reason, Some(format!("from {}", a.name())));
        assert_eq!(told[0].officer, "schedule");

        assert!(matches!(write(&test.db, silent), Err(DbError::TakenOver)));
        assert!(!test.db.renew_lease(silent, seconds(60)).unwrap());
        assert!(!test.db.give_lease_back(silent, Some((seconds(31), None))).unwrap());
        write(&test.db, held).unwrap();
        assert_eq!(test.db.read(|conn| Ok::<_, DbError>(acts(conn)?)).unwrap().len(), 2);
        assert_eq!(test.db.lease(Task::Hourly).unwrap().unwrap().done_at, None);
        assert!(test.db.give_lease_back(held, None).unwrap());
        assert!(matches!(write(&test.db, silent), Err(DbError::TakenOver)), "nor once nobody has it");
    }
}

#[test]
fn a_write_that_swallows_the_refusal_is_not_kept_either() {
    for test in databases() {
        let (a, b) = two();
        let silent = a.take(&test.db, Task::Hourly, seconds(0)).unwrap().unwrap();
        b.take(&test.db, Task::Hourly, seconds(20)).unwrap().unwrap();
        let swallowed = test.db.write(|tx| {
            tx.audit(some_entry("before"))?;
            let mut told = some_entry("under a lease");
            told.actor = Actor::schedule().under(silent);
            assert!(tx.audit(told).is_err());
            Ok::<_, DbError>(())
        });
        assert!(matches!(swallowed, Err(DbError::TakenOver)));
        assert_eq!(test.db.read(|conn| Ok::<_, DbError>(acts(conn)?)).unwrap(), ["work_taken_over"]);
    }
}

#[test]
fn no_clock_need_be_right() {
    for test in databases() {
        let (a, b) = two();
        // The clock of one that dies stands a year ahead.
        let ahead = seconds(0) + Span::days(365);
        let silent = a.take(&test.db, Task::Hourly, ahead).unwrap().unwrap();
        assert_eq!(take(&b, &test.db, seconds(0)), None);
        assert_eq!(take(&b, &test.db, seconds(19)), None);
        test.db.renew_lease(silent, ahead + Span::seconds(40)).unwrap();
        assert_eq!(take(&b, &test.db, seconds(20)), None, "it was seen to be alive");
        assert_eq!(take(&b, &test.db, seconds(39)), None);
        assert_eq!(take(&b, &test.db, seconds(40)), Some(2), "it was seen unchanged for the time of a lease");
        // One whose own clock is set back counts anew.
        let (c, _) = two();
        assert_eq!(take(&c, &test.db, seconds(50)), None);
        assert_eq!(take(&c, &test.db, seconds(-10)), None);
        assert_eq!(take(&c, &test.db, seconds(9)), None);
        assert_eq!(take(&c, &test.db, seconds(10)), Some(3));
    }
}

#[test]
fn of_many_who_look_at_once_one_gets_it() {
    for test in databases() {
        for (round, at) in [(1, seconds(0)), (2, seconds(20)), (3, seconds(40))] {
            let got = Mutex::new(Vec::new());
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        let token = take(&Worker::new(LASTS), &test.db, at);
                        got.lock().unwrap().extend(token);
                    });
                }
            });
            assert_eq!(got.into_inner().unwrap(), [round]);
        }
    }
}

#[test]
fn work_that_lasts_renews_its_lease() {
    for test in databases() {
        let worker = Worker::new(Duration::from_millis(40));
        let done = worker.work(&test.db, Task::Publish, &edge::now, |actor| {
            let first = test.db.lease(Task::Publish)?.map(|lease| lease.until);
            while test.db.lease(Task::Publish)?.map(|lease| lease.until) == first {
                thread::yield_now();
            }
            test.db.write(|tx| {
                let mut told = some_entry("under a lease");
                told.actor = actor.clone();
                tx.audit(told).map_err(DbError::from)
            })?;
            Ok::<_, DbError>(Done { value: 7, to: Some(1) })
        });
        assert_eq!(done.unwrap(), Work::Done(7));
        let lease = test.db.lease(Task::Publish).unwrap().unwrap();
        assert_eq!((lease.holder, lease.done_to), (None, Some(1)));
    }
}

#[test]
fn work_that_was_taken_over_says_so() {
    for test in databases() {
        let (a, b) = two();
        let clock = || seconds(0);
        let worked = a.work(&test.db, Task::Hourly, &clock, |actor| {
            let elsewhere = b.work(&test.db, Task::Hourly, &clock, |_| Ok::<_, DbError>(Done::all(())));
            assert_eq!(elsewhere?, Work::Elsewhere);
            assert_eq!(take(&b, &test.db, seconds(20)), Some(2));
            let mut told = some_entry("too late");
            told.actor = actor.clone();
            test.db.write(|tx| tx.audit(told).map_err(DbError::from))?;
            Ok::<_, DbError>(Done::all(()))
        });
        assert_eq!(worked.unwrap(), Work::TakenOver);
        assert_eq!(test.db.lease(Task::Hourly).unwrap().unwrap().holder.as_deref(), Some(b.name()));
    }
}

fn look(hourly: &mut Hourly, worker: &Worker, issuer: &Issuer, hands: &Hands) -> Option<Work<Outcome>> {
    hourly.look(worker, issuer, &|| hands.now()).unwrap()
}

/// The days that were destroyed.
fn destroyed(work: Option<Work<Outcome>>) -> Vec<(NaiveDate, usize)> {
    match work {
        Some(Work::Done(Outcome::Done(report))) => report.days,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_hours_work_is_done_once_an_hour_by_whoever_looks_first() {
    for city in cities() {
        let (issuer, hands) = (&city.issuer, Hands(Mutex::new(now())));
        let (a, b) = two();
        let (mut at_a, mut at_b) = (Hourly::at_start(), Hourly::at_start());
        assert_eq!(destroyed(look(&mut at_a, &a, issuer, &hands)), []);
        assert_eq!(destroyed(look(&mut at_b, &b, issuer, &hands)), [], "each at its own start");
        for minute in [1, 30, 59] {
            hands.set(now() + Span::minutes(minute));
            assert_eq!(look(&mut at_a, &a, issuer, &hands), None);
            assert_eq!(look(&mut at_b, &b, issuer, &hands), None);
        }
        hands.set(now() + Span::minutes(60));
        assert!(look(&mut at_b, &b, issuer, &hands).is_some());
        assert_eq!(look(&mut at_a, &a, issuer, &hands), None);
        // A clock that was set back by more than an hour is no reason to wait for a day.
        hands.set(now() - Span::days(1));
        assert!(look(&mut at_a, &a, issuer, &hands).is_some());
    }
}

#[test]
fn what_one_that_died_had_begun_the_other_ends() {
    for city in cities() {
        let (issuer, hands) = (&city.issuer, Hands(Mutex::new(now())));
        city.enrol("Ana Novak", now());
        let (a, b) = two();
        let (mut at_a, mut at_b) = (Hourly::at_start(), Hourly::at_start());
        for day in [0, 9, 18, 27] {
            hands.set(now() + Span::days(day));
            look(&mut at_a, &a, issuer, &hands);
            look(&mut at_b, &b, issuer, &hands);
        }
        let due = now() + Span::days(31);
        hands.set(due);
        a.take(&issuer.db, Task::Hourly, due).unwrap().unwrap();
        assert_eq!(look(&mut at_b, &b, issuer, &hands), Some(Work::Elsewhere));
        hands.set(due + Span::seconds(19));
        assert_eq!(look(&mut at_b, &b, issuer, &hands), Some(Work::Elsewhere));
        hands.set(due + Span::seconds(20));
        let days = destroyed(look(&mut at_b, &b, issuer, &hands));
        assert_eq!(days.iter().map(|(_, records)| records).sum::<usize>(), 1);
        let receipts = issuer.db.read(|conn| Ok::<_, Error>(Destruction::receipts(conn)?)).unwrap();
        assert_eq!(receipts.iter().map(|receipt| receipt.records).sum::<i64>(), 1);
        let taken = issuer.db.read(|conn| Ok::<_, Error>(count_of_act(conn, Act::WorkTakenOver)?)).unwrap();
        assert_eq!(taken, 1);
    }
}
