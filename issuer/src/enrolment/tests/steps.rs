//! Which steps are possible, and that the others change nothing.

use super::super::*;
use super::revoked;
use crate::db::print_job::PrintOutcome;
use crate::db::second_look::{Decision, Doubt};
use crate::enrolment::testing::{Desk, at, desks, typed};

/// A change, by name.
type Change<'a> = (&'static str, Box<dyn Fn() -> Result<(), CaseError> + 'a>);

/// Every change there is, for a case as it is seen.
fn every_change<'a>(desk: &'a Desk, case: &'a Case, text: &'a str) -> Vec<Change<'a>> {
    let (issuer, actor, now) = (&desk.issuer, &desk.amina, at(8));
    let seen = case.seen();
    let going = |to| move || go(issuer, seen, to, actor, now).map(drop);
    let answer = |outcome| {
        move || {
            let jobs = print::jobs(issuer, seen.case)?;
            let job = jobs.first().ok_or(CaseError::NoJob)?;
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
    for desk in desks() {
        for station in S::ALL {
            let names = {
                let case = desk.begun();
                let all = every_change(&desk, &case, "");
                all.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
            };
            for name in names {
                let (case, text) = brought(&desk, *station);
                assert_eq!(case.station, *station);
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
