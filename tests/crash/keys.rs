//! Keys: a rotation and a loss die at each of their steps.

use tests::stage::Stage;

use crate::points::{COMPROMISE, ROTATE};

#[test]
fn a_rotation_that_dies_leaves_a_key_that_signs() {
    let mut stage = Stage::new("crash_rotate");
    for (round, point) in ROTATE.iter().enumerate() {
        let card = stage.hall.issue(&format!("full_name\nBefore {round}\n"));
        stage.note(&card[0].to_string());
        stage.dies(point, &["key", "rotate", "--now"]);
        stage.whole();
        let card = stage.hall.issue(&format!("full_name\nAfter {round}\n"));
        stage.note(&card[0].to_string());
        assert!(stage.verdicts().values().all(|verdict| verdict == "valid"), "{point}");
        stage.hall.issuer(&["key", "rotate", "--now"]).good();
        let keys = stage.hall.issuer(&["key", "list", "--json"]).good().json();
        let active = keys.iter().filter(|key| key["use"] == "card" && key["state"] == "active").count();
        assert_eq!(active, 1, "{point}");
    }
    stage.whole();
    assert!(stage.verdicts().values().all(|verdict| verdict == "valid"));
}

#[test]
fn a_loss_that_dies_can_be_said_again_and_leaves_a_key_that_signs() {
    for point in COMPROMISE {
        let mut stage = Stage::new(&format!("crash_loss_{}", point.replace('.', "_")));
        let card = stage.hall.issue("full_name\nAna Novak\n");
        stage.note(&card[0].to_string());
        let number = card[0]["number"].as_str().unwrap();
        let keys = stage.hall.issuer(&["key", "list", "--json"]).good().json();
        let key = keys.iter().find(|key| key["use"] == "card").unwrap();
        let arguments = ["key", "compromise", key["kid"].as_str().unwrap()];
        stage.dies(point, &arguments);
        stage.whole();
        let expected = if *point == "compromise.noting" { "valid" } else { "not_valid: key_compromised" };
        assert_eq!(stage.verdicts()[number], expected, "{point}");
        stage.hall.issuer(&arguments).good();
        assert_eq!(stage.verdicts()[number], "not_valid: key_compromised", "{point}");
        let next = stage.hall.issue("full_name\nBo Ek\n");
        stage.note(&next[0].to_string());
        assert_eq!(stage.verdicts()[next[0]["number"].as_str().unwrap()], "valid", "{point}");
        stage.whole();
    }
}
