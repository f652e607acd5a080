//! A revocation dies at each of its steps: what was acknowledged stays, what was not can be said again.

use tests::stage::Stage;

use crate::points::REVOKE;

#[test]
fn no_revocation_is_lost_after_it_was_acknowledged() {
    let mut stage = Stage::new("crash_revoke");
    for point in REVOKE {
        stage.hall.write("residents.csv", format!("full_name\nFirst {point}\nSecond {point}\n"));
        let issued =
            stage.hall.issuer(&["issue", "--batch", "residents.csv", "--out", "cards.pdf", "--json"]);
        let before: Vec<String> = stage.reported.keys().cloned().collect();
        stage.note(&issued.good().out);
        let new: Vec<String> =
            stage.reported.keys().filter(|number| !before.contains(number)).cloned().collect();
        let revoke = |number: &str| stage.hall.issuer(&["revoke", number, "--reason", "lost"]);
        revoke(&new[0]).good();
        let died = stage.dies(point, &["revoke", &new[1], "--reason", "lost"]);
        assert_eq!(died.out, "", "nothing was acknowledged");
        stage.whole();
        let kept = *point == "status.kept";
        let verdicts = stage.verdicts();
        let second = if kept { "not_valid: revoked" } else { "valid" };
        assert_eq!([&verdicts[&new[0]], &verdicts[&new[1]]], ["not_valid: revoked", second], "{point}");
        let again = revoke(&new[1]);
        assert_eq!(again.status, Some(i32::from(kept)), "{point}: {}", again.complaint);
        stage.whole();
    }
    assert!(stage.verdicts().values().all(|verdict| verdict == "not_valid: revoked"));
}
