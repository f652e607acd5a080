//! `issuer publish --watch`: what is revoked is published by itself, once, however many watch.

use issuer::Issuer;
use issuer::db::publication::Publication;
use tests::hall::beside::Beside;
use tests::hall::{Hall, until};

fn watch(hall: &Hall) -> Beside {
    let watch =
        Beside::start(&mut hall.issuer_command(&["publish", "--watch", "--out", "public", "--every", "1"]));
    let _ = watch.says("Watching");
    watch
}

fn publications(hall: &Hall) -> i64 {
    let issuer = Issuer::open(&hall.file("city"), None).unwrap();
    issuer.db.read(|conn| Ok::<_, issuer::Error>(Publication::highest(conn)?)).unwrap()
}

fn verdict(hall: &Hall, code: &str) -> String {
    hall.verifier(&["trust", "--bundle", "public/bundle.cbor"]).good();
    let said = hall.check_lines(&["--desk", "library"], &format!("{code}\n")).json();
    format!("{} {}", said[0]["outcome"].as_str().unwrap(), said[0]["reason"].as_str().unwrap_or_default())
}

#[test]
fn a_revocation_is_published_by_itself_and_sigterm_ends_it() {
    let hall = Hall::new("watch_revocation");
    let cards = hall.issue("full_name\nAna Novak\nBo Ek\n");
    let [number, code] = ["number", "service_qr"].map(|name| cards[0][name].as_str().unwrap());
    let mut one = watch(&hall);
    assert!(one.says("Published trust list 1, ").contains("(first)"));
    assert_eq!(verdict(&hall, code), "valid ");

    hall.issuer(&["revoke", number, "--reason", "lost"]).good();
    let _ = one.says("Published trust list 2, 1 status lists (cards were revoked");
    assert_eq!(verdict(&hall, code), "not_valid revoked");
    assert_eq!(verdict(&hall, cards[1]["service_qr"].as_str().unwrap()), "valid ");

    // A stolen key is not gathered with anything.
    let keys = hall.issuer(&["key", "list", "--json"]).good().json();
    let key = keys.iter().find(|key| key["use"] == "card").unwrap();
    hall.issuer(&["key", "compromise", key["kid"].as_str().unwrap()]).good();
    let _ = one.says("(keys, kits or recognised cities changed)");
    assert_eq!(verdict(&hall, cards[1]["service_qr"].as_str().unwrap()), "not_valid key_compromised");

    one.signal("TERM");
    let _ = one.says("Stopped.");
    assert_eq!(one.ended().code(), Some(0));
    hall.issuer(&["audit", "verify"]).good();
}

#[test]
fn two_who_watch_publish_a_change_once() {
    let hall = Hall::new("watch_two");
    let (mut a, mut b) = (watch(&hall), watch(&hall));
    until("somebody has published", || hall.file("public/bundle.cbor").exists());
    // Three changes, one after the other: when the third is published, both have looked since the second.
    for change in 1..=3 {
        hall.issuer(&["key", "new"]).good();
        until("the change is published", || publications(&hall) > change);
    }
    for one in [&mut a, &mut b] {
        one.signal("TERM");
        assert_eq!(one.ended().code(), Some(0));
    }
    let told = [a.rest(), b.rest()].concat();
    let told: Vec<_> = told.iter().filter(|line| line.starts_with("Published")).collect();
    // Once in a while one change is published in two steps; each publication is told by one of the two.
    assert!((4..=5).contains(&told.len()), "{told:#?}");
    assert_eq!(usize::try_from(publications(&hall)), Ok(told.len()));
    hall.issuer(&["audit", "verify"]).good();
}

#[test]
fn where_the_root_key_is_elsewhere_the_status_lists_are_published_alone() {
    let hall = Hall::empty("watch_root_away");
    hall.init("https://card.alder.example", &["--root-out", "away/root.pem"]).good();
    let cards = hall.issue("full_name\nAna Novak\n");
    let [number, code] = ["number", "service_qr"].map(|name| cards[0][name].as_str().unwrap());
    hall.issuer(&["publish", "--unsigned", "to-sign.cbor"]).good();
    hall.issuer(&["key", "sign", "--root", "away/root.pem", "to-sign.cbor", "--out", "signed.cbor"]).good();
    hall.issuer(&["publish", "--signed", "signed.cbor", "--out", "public"]).good();
    let one = watch(&hall);
    let _ = one.says("Published trust list 1, 1 status lists (first)");
    hall.issuer(&["revoke", number, "--reason", "lost"]).good();
    let _ = one.says("Published trust list 1, 1 status lists (cards were revoked");
    assert_eq!(verdict(&hall, code), "not_valid revoked");
}

#[test]
fn a_wrong_passphrase_of_the_root_is_told_at_the_start() {
    let hall = Hall::empty("watch_passphrase");
    let mut init = hall.issuer_command(&["init"]);
    if let Some(database) = hall.address() {
        init.args(["--database", database]);
    }
    tests::hall::run(init.env("ISSUER_ROOT_PASSPHRASE", "violet otter")).good();
    let mut watch = hall.issuer_command(&["publish", "--watch", "--out", "public"]);
    let said = tests::hall::run(watch.env("ISSUER_ROOT_PASSPHRASE", "violet ferry"));
    assert_eq!(said.status, Some(1), "{}{}", said.out, said.complaint);
    assert!(said.complaint.contains("passphrase"), "{}", said.complaint);
    assert!(!hall.file("public").exists());
}
