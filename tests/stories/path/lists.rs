//! Revocation and the lists that tell of it.

use serde_json::{Value, json};
use tests::hall::Hall;

fn check(hall: &Hall, text: &str, more: &[&str]) -> (i32, Value) {
    let answer = hall.check_lines(more, text);
    (answer.status.unwrap(), answer.json()[0].clone())
}

#[test]
fn a_card_is_suspended_reinstated_and_revoked() {
    let hall = Hall::new("status");
    let card = &hall.issue("full_name\nAna Novak\n")[0];
    let (number, text) = (card["number"].as_str().unwrap(), card["service_qr"].as_str().unwrap());
    let mut seen = Vec::new();
    let mut now_says = |act: Option<&str>| {
        if let Some(act) = act {
            hall.issuer(&[act, number, "--reason", "lost"]).good();
        }
        hall.publish_and_trust();
        let (status, verdict) = check(&hall, text, &[]);
        seen.push((status, verdict["outcome"].clone(), verdict["reason"].clone(), verdict["number"].clone()));
    };
    now_says(None);
    now_says(Some("suspend"));
    now_says(Some("reinstate"));
    now_says(Some("revoke"));
    let valid = (0, json!("valid"), json!(null), json!(number));
    assert_eq!(
        seen,
        [
            valid.clone(),
            (20, json!("not_valid"), json!("suspended"), json!(number)),
            valid,
            (20, json!("not_valid"), json!("revoked"), json!(number)),
        ]
    );
    let again = hall.issuer(&["reinstate", number, "--reason", "found"]);
    assert_eq!(again.status, Some(1));
    assert!(again.complaint.contains("revoked, which is final"), "{}", again.complaint);
    for (arguments, part) in [
        (["revoke", "7K3M-Q2XA-8", "--reason", "x"], "mistyped"),
        (["revoke", "0000-0000-0", "--reason", "x"], "the city has no card 0000-0000-0"),
        (["suspend", number, "--reason", " "], "give a reason"),
    ] {
        let answer = hall.issuer(&arguments);
        assert_eq!(answer.status, Some(1));
        assert!(answer.complaint.contains(part), "{}", answer.complaint);
    }
    hall.issuer(&["audit", "verify"]).good();
}

#[test]
fn time_decides_between_good_stale_expired_and_a_wrong_clock() {
    let hall = Hall::new("time");
    let card = &hall.issue("full_name\nAna Novak\n")[0];
    hall.publish_and_trust();
    let text = card["identity_qr"].as_str().unwrap();
    let (_, now) = check(&hall, text, &[]);
    let expires = now["expires"].as_str().unwrap().to_owned();
    let day = |days: i64| {
        let expiry = chrono::DateTime::parse_from_rfc3339(&expires).unwrap();
        (expiry + chrono::Duration::days(days)).to_rfc3339()
    };
    let at = |time: &str| {
        let (status, verdict) = check(&hall, text, &["--at", time]);
        (status, verdict["outcome"].clone(), verdict["reason"].clone())
    };
    assert_eq!(at(&expires), (20, json!("not_valid"), json!("expired")));
    assert_eq!(at(&day(-1)), (10, json!("valid_stale"), json!(null)));
    assert_eq!(at("2020-01-01"), (30, json!("cannot_tell"), json!("clock_behind")));
}

#[test]
fn a_verifier_never_goes_back_and_never_changes_city() {
    let hall = Hall::new("rollback");
    hall.publish("one");
    hall.publish("two");
    hall.verifier(&["trust", "--bundle", "two/bundle.cbor"]).good();
    hall.verifier(&["trust", "--bundle", "two/bundle.cbor"]).good();
    let older = hall.verifier(&["trust", "--bundle", "one/bundle.cbor"]);
    assert_ne!(older.status, Some(0));
    assert!(older.complaint.contains("trust list 1 is older than 2"), "{}", older.complaint);

    let other = Hall::new("rollback_other");
    other.publish("public");
    let foreign = other.file("public/bundle.cbor");
    let foreign = hall.verifier(&["trust", "--bundle", foreign.to_str().unwrap()]);
    assert_ne!(foreign.status, Some(0));
    assert!(foreign.complaint.contains("the bundle's root is"), "{}", foreign.complaint);

    let fingerprint = String::from_utf8(hall.read("two/root.txt")).unwrap();
    let trust = |root: &str, data: &str| {
        hall.verifier(&["trust", "--bundle", "two/bundle.cbor", "--root", root, "--data", data])
    };
    trust(fingerprint.trim(), "first").good();
    let wrong = trust(&"0".repeat(64), "second");
    assert_ne!(wrong.status, Some(0));
    assert!(!hall.file("second").exists());
}

#[test]
fn a_call_that_cannot_be_understood_is_said_apart() {
    let hall = Hall::new("usage");
    hall.publish_and_trust();
    for arguments in [
        &["check"][..],
        &["check", "--desk", "pool", "ABC"],
        &["check", "--at", "yesterday", "ABC"],
        &["check", "no-such-picture.png"],
        &["trust", "--bundle", "no-such-file"],
        &["unknown"],
    ] {
        assert_eq!(hall.verifier(arguments).status, Some(64), "{arguments:?}");
    }
    assert_eq!(hall.check_lines(&[], "").status, Some(64));
    // The worst of several decides.
    let answer = hall.check_lines(&[], "https://example.org\nBB8\n");
    assert_eq!(answer.status, Some(30));
    let reasons: Vec<_> = answer.json().iter().map(|verdict| verdict["reason"].clone()).collect();
    assert_eq!(reasons, ["not_a_card", "not_a_card"]);
}
