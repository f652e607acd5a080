//! A hold dies at each of its steps, and so does its end: what is held stands beyond its day, and nothing else does.

use chrono::Duration;
use tests::hall::binary;
use tests::stage::{Stage, died, whole};

use crate::points::{HOLD, KEEP, RELEASE};

/// A day after the one on which what was issued is due.
const PAST: &str = "+31d";
const RUN: [&str; 3] = ["retention", "run", "--even-though-clock-jumped"];
const TWO: [&str; 4] = ["--asked-by", "amina", "--approved-by", "bo"];

/// A city with two officers, and the numbers of the cards of Ana Novak and Bo Ek.
fn city(point: &str, act: &str) -> (Stage, [String; 2]) {
    let stage = Stage::new(&format!("crash_{act}_{}", point.replace('.', "_")));
    for (login, role) in [("amina", "registrar"), ("bo", "approver")] {
        stage.hall.issuer(&["officer", "add", "--login", login, "--role", role]).good();
    }
    let cards = stage.hall.issue("full_name\nAna Novak\nBo Ek\n");
    let numbers = [0, 1].map(|row: usize| cards[row]["number"].as_str().unwrap().to_owned());
    (stage, numbers)
}

fn hold(number: &str) -> Vec<&str> {
    [&["retention", "hold", number, "--reason", "court_order"], TWO.as_slice()].concat()
}

fn release(id: &str) -> Vec<&str> {
    [&["retention", "release", id], TWO.as_slice()].concat()
}

/// The id and the state of each hold.
fn holds(stage: &Stage) -> Vec<(String, String)> {
    let said = stage.hall.issuer(&["retention", "holds"]).good().out;
    let parts = said.lines().map(|line| {
        let mut parts = line.split_whitespace().map(str::to_owned);
        (parts.next().unwrap(), parts.next().unwrap())
    });
    parts.collect()
}

fn is_known(stage: &Stage, shift: &str, number: &str, name: &str) -> bool {
    stage.hall.issuer_at(shift, &["requests", "about", number]).good().out.contains(name)
}

fn hold_keys(stage: &Stage) -> usize {
    std::fs::read_dir(stage.hall.file("city/keys/hold")).unwrap().count()
}

#[test]
fn a_hold_that_dies_can_be_asked_for_again_and_holds_what_it_names() {
    for point in HOLD {
        let (stage, [ana, bo]) = city(point, "of");
        stage.dies(point, &hold(&ana));
        stage.whole();
        let left: Vec<_> = holds(&stage).into_iter().map(|(_, state)| state).collect();
        let expected: &[&str] = match *point {
            "hold.asking" => &[],
            "hold.taken" => &["standing"],
            _ => &["asked"],
        };
        assert_eq!(left, expected, "{point}");
        stage.hall.issuer(&hold(&ana)).good();
        stage.whole();
        let said = stage.hall.issuer_at(PAST, &RUN).good().out;
        assert!(said.contains(": 1 records destroyed."), "{point}: {said}");
        whole(&stage.hall, "city", PAST);
        assert!(is_known(&stage, PAST, &ana, "Ana Novak"), "{point}");
        assert!(!is_known(&stage, PAST, &bo, "Bo Ek"), "{point}");
    }
}

#[test]
fn a_release_that_dies_goes_on_and_the_record_goes_with_its_day() {
    for point in RELEASE.iter().filter(|point| **point != "hold.wiped") {
        let (stage, [ana, _]) = city(point, "early");
        stage.hall.issuer(&hold(&ana)).good();
        let [(id, _)] = holds(&stage).try_into().unwrap();
        stage.dies(point, &release(&id));
        stage.whole();
        ends(&stage, point, &id, "+0d");
        assert!(is_known(&stage, "+0d", &ana, "Ana Novak"), "{point}");
        let said = stage.hall.issuer_at(PAST, &RUN).good().out;
        assert!(said.contains(": 2 records destroyed."), "{point}: {said}");
        let said = stage.hall.issuer_at(PAST, &["retention", "verify"]).good().out;
        assert!(said.starts_with("31 receipts of 2 records"), "{point}: {said}");
        assert!(!is_known(&stage, PAST, &ana, "Ana Novak"), "{point}");
    }
}

#[test]
fn a_release_that_dies_past_the_day_goes_on_and_destroys_the_record() {
    for point in RELEASE {
        let (stage, [ana, _]) = city(point, "late");
        stage.hall.issuer(&hold(&ana)).good();
        let [(id, _)] = holds(&stage).try_into().unwrap();
        stage.hall.issuer_at(PAST, &RUN).good();
        assert!(is_known(&stage, PAST, &ana, "Ana Novak"), "{point}");
        died(stage.hall.command_at(PAST, &binary("issuer-crash-points"), &release(&id)), point);
        whole(&stage.hall, "city", PAST);
        ends(&stage, point, &id, PAST);
        assert!(!is_known(&stage, PAST, &ana, "Ana Novak"), "{point}");
        whole(&stage.hall, "city", PAST);
        let said = stage.hall.issuer_at(PAST, &["retention", "verify"]).good().out;
        assert!(said.starts_with("2 receipts of 2 records"), "{point}: {said}");
    }
}

/// Says again what died, unless it was done; the next run clears away what was left, the key of the hold above all.
fn ends(stage: &Stage, point: &str, id: &str, shift: &str) {
    let again = stage.hall.issuer_at(shift, &release(id));
    let is_done = ["hold.given_back", "hold.key_gone", "hold.wiped"].contains(&point);
    assert_eq!(again.status, Some(i32::from(is_done)), "{point}: {}", again.complaint);
    assert_eq!(again.complaint.contains("the hold is released"), is_done, "{point}: {}", again.complaint);
    stage.hall.issuer_at(shift, &RUN).good();
    assert_eq!(holds(stage), [(id.to_owned(), "released".to_owned())], "{point}");
    assert_eq!(hold_keys(stage), 0, "{point}");
}

#[test]
fn a_moved_day_that_dies_is_the_old_one_or_the_new_one() {
    for point in KEEP {
        let (stage, [ana, bo]) = city(point, "keep");
        let day = (issuer::edge::now() + Duration::days(10)).date_naive().to_string();
        let keep = ["retention", "keep", &ana, "--until", &day, "--reason", "holder_asked"];
        stage.dies(point, &keep);
        stage.whole();
        let status = || stage.hall.issuer(&["retention", "status"]).good().out;
        assert!(status().contains("      2 records due"), "{point}: {}", status());
        stage.hall.issuer(&keep).good();
        assert!(status().contains(&format!("{day}        1 records due")), "{point}: {}", status());
        let said = stage.hall.issuer_at("+12d", &RUN).good().out;
        assert!(said.contains(&format!("{day}: 1 records destroyed.")), "{point}: {said}");
        whole(&stage.hall, "city", "+12d");
        assert!(!is_known(&stage, "+12d", &ana, "Ana Novak"), "{point}");
        assert!(is_known(&stage, "+12d", &bo, "Bo Ek"), "{point}");
    }
}
