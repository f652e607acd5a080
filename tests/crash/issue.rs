//! A batch dies at each of its steps; the same file goes on.

use std::collections::BTreeSet;

use tests::stage::Stage;

use crate::points::ISSUE;

const ROWS: usize = 4;

#[test]
fn a_batch_that_dies_anywhere_goes_on_and_makes_each_card_once() {
    let mut stage = Stage::new("crash_issue");
    for (round, point) in ISSUE.iter().enumerate() {
        let names: Vec<String> = (0..ROWS).map(|row| format!("Resident {round} {row}")).collect();
        stage.hall.write("residents.csv", format!("full_name\n{}\n", names.join("\n")));
        let also = "slip=slips.pdf";
        let arguments = ["issue", "--batch", "residents.csv", "--out", "cards.pdf", "--also", also, "--json"];
        let died = stage.dies(point, &arguments);
        stage.note(&died.out);
        stage.whole();
        let answer = stage.hall.issuer(&arguments);
        let finished = *point == "batch.finished";
        assert_eq!(answer.status, Some(i32::from(finished)), "{point}: {}", answer.complaint);
        assert_eq!(answer.complaint.contains("every row would get a second card"), finished);
        stage.note(&answer.out);
        stage.whole();
        assert_eq!(stage.reported.len(), (round + 1) * ROWS, "{point}");
        assert_eq!(stage.cards().len(), (round + 1) * ROWS, "{point}: a card that nobody reported");
    }
    let verdicts: BTreeSet<_> = stage.verdicts().into_values().collect();
    assert_eq!(verdicts, BTreeSet::from(["valid".to_owned()]));
    let said = stage.hall.issuer(&["revoke", "--half-issued", "--reason", "interrupted"]).good().out;
    assert_eq!(said, "No card is half issued.\n");
}

#[test]
fn what_a_dead_batch_left_half_issued_is_found_and_revoked() {
    let stage = Stage::new("crash_half");
    stage.hall.write("residents.csv", "full_name\nAna Novak\nBo Ek\n");
    let arguments = ["issue", "--batch", "residents.csv", "--out", "cards.pdf"];
    stage.dies("issue.signed", &arguments);
    let said = stage.hall.issuer(&["revoke", "--half-issued", "--reason", "interrupted"]).good().out;
    assert_eq!(said.matches("valid -> revoked").count(), 2);
    let again = stage.hall.issuer(&arguments);
    assert!(again.complaint.contains("of this batch was revoked meanwhile"), "{}", again.complaint);
    stage.whole();
}

#[test]
fn a_program_with_crash_points_says_so_and_starts_only_when_told() {
    let stage = Stage::new("crash_told");
    let program = tests::hall::binary("issuer-crash-points");
    let said = tests::hall::run(&mut stage.hall.command_of(&program, &["--version"])).good().out;
    assert_eq!(said, format!("issuer {}, with crash points: for tests alone\n", env!("CARGO_PKG_VERSION")));
    let refused = tests::hall::run(&mut stage.hall.command_of(&program, &["audit", "verify"]));
    assert_eq!(refused.status, Some(64));
    assert_eq!(
        refused.complaint,
        "issuer: this is a program for tests, which dies on purpose; it must never serve a city\n"
    );
    let mut told = stage.hall.command_of(&program, &["audit", "verify"]);
    tests::hall::run(told.env("ISSUER_CRASH_POINT", "none")).good();
    let real = stage.hall.issuer(&["--version"]).good().out;
    assert_eq!(real, format!("issuer {}\n", env!("CARGO_PKG_VERSION")));
}
