//! Keys: the root elsewhere, two custodians, a rotation without a gap, a stolen key. Through both programs.

use chrono::{Duration, Utc};
use issuer::db::officer::Role;
use issuer::keystore::Keystore;
use issuer::officers::Factor;
use shared::claims::{Claims, Identity, StatusRef};
use shared::credential;
use shared::keys::Ed25519Signer;
use tests::hall::Hall;

const URL: &str = "https://card.alder.example";

fn now() -> chrono::DateTime<Utc> {
    issuer::edge::now()
}

/// The QR text of the service code of one card more.
fn card(hall: &Hall, name: &str) -> String {
    let card = &hall.issue(&format!("full_name\n{name}\n"))[0];
    card["service_qr"].as_str().unwrap().to_owned()
}

fn outcome(hall: &Hall, text: &str) -> String {
    let line = &hall.check_lines(&["--desk", "library"], &format!("{text}\n")).json()[0];
    let reason = line["reason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{}{reason}", line["outcome"].as_str().unwrap())
}

fn kids(hall: &Hall, usage: &str, state: &str) -> Vec<String> {
    let keys = hall.issuer(&["key", "list", "--json"]).good().json();
    let these = keys.iter().filter(|key| key["use"] == usage && key["state"] == state);
    these.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_root_key_elsewhere_signs_by_an_exchange_of_files() {
    let hall = Hall::empty("ceremony");
    let said = hall.init(URL, &["--root-out", "stick/root.pem"]).good().out;
    let words: Vec<&str> =
        said.split("read aloud:\n").nth(1).unwrap().lines().take(4).flat_map(str::split_whitespace).collect();
    assert_eq!(words.len(), 24, "{said}");
    assert!(!hall.file("city/keys/root.pem").exists());
    let early = hall.issuer(&["publish", "--out", "public"]);
    assert!(early.complaint.contains("--unsigned"), "{}", early.complaint);

    hall.issuer(&["publish", "--unsigned", "to-sign.cbor"]).good();
    // On the other machine there is no city, only the two files and the key.
    let sign = |from: &str, out: &str, root: &str| {
        let mut command = hall.issuer_command(&["key", "sign", "--root", root, from, "--out", out]);
        tests::hall::run(command.env("ISSUER_DATA", "nowhere"))
    };
    let shown = sign("to-sign.cbor", "signed.cbor", "stick/root.pem").good().out;
    assert!(
        shown.contains("Issuer https://card.alder.example") && shown.contains("for status lists, active")
    );
    hall.issuer(&["publish", "--signed", "signed.cbor", "--out", "public"]).good();
    let words = words.join(" ");
    hall.verifier(&["trust", "--bundle", "public/bundle.cbor", "--root", &words]).good();
    let wrong = words.replacen(words.split(' ').next().unwrap(), "zoo", 1);
    assert_eq!(
        hall.verifier(&["trust", "--bundle", "public/bundle.cbor", "--root", &wrong]).status,
        Some(64)
    );

    // Without the root, status lists go on beside the same trust list.
    let text = card(&hall, "Ana Novak");
    hall.publish("public");
    hall.verifier(&["trust", "--bundle", "public/bundle.cbor"]).good();
    assert_eq!(outcome(&hall, &text), "valid");

    // What is not fresh, not of this root or not what the city lists is not taken.
    let refused = |file: &str| hall.issuer(&["publish", "--signed", file, "--out", "public"]).complaint;
    hall.issuer(&["publish", "--unsigned", "second.cbor"]).good();
    assert!(refused("signed.cbor").contains("the last one that was written"), "{}", refused("signed.cbor"));
    Hall::empty("ceremony_other").init(URL, &["--root-out", hall.file("other.pem").to_str().unwrap()]).good();
    sign("second.cbor", "forged.cbor", "other.pem").good();
    assert!(refused("forged.cbor").contains("this city's root key is"), "{}", refused("forged.cbor"));
    sign("second.cbor", "second-signed.cbor", "stick/root.pem").good();
    hall.issuer(&["key", "new", "--desk", "gym-2"]).good();
    assert!(
        refused("second-signed.cbor").contains("were changed since"),
        "{}",
        refused("second-signed.cbor")
    );
    let behind = hall.issuer(&["publish", "--out", "public"]).good().out;
    assert!(behind.contains("The trust list is behind: it does not name the key"), "{behind}");
    assert!(refused("to-sign.cbor").contains("to-sign.cbor"), "an unsigned list is none");
}

#[test]
fn a_rotation_leaves_no_gap() {
    let hall = Hall::new("gap");
    let before = kids(&hall, "card", "active");
    hall.issuer(&["key", "rotate", "--in", "7d"]).good();
    assert_eq!(kids(&hall, "card", "active").len(), 2);
    let text = card(&hall, "Ana Novak");
    hall.publish_and_trust();
    assert_eq!(outcome(&hall, &text), "valid");
    let issuer = issuer::Issuer::open(&hall.file("city"), None).unwrap();
    let signs = |at| {
        let signer = issuer::keys::signer(&issuer, issuer::db::issuing_key::KeyUse::Card, at).unwrap();
        shared::keys::Signer::kid(&signer).to_hex()
    };
    let start = now();
    for minutes in [0, 60 * 24 * 7 - 5] {
        assert_eq!(signs(start + Duration::minutes(minutes)), before[0]);
    }
    for days in [8, 700] {
        assert_ne!(signs(start + Duration::days(days)), before[0]);
    }
}

#[test]
fn a_desk_has_a_key_of_its_own() {
    let hall = Hall::new("desk_key");
    let everywhere = kids(&hall, "card", "active");
    hall.issuer(&["key", "new", "--desk", "gym-2"]).good();
    let issuer = issuer::Issuer::open(&hall.file("city"), None).unwrap();
    let signs = |desk| {
        let usage = issuer::db::issuing_key::KeyUse::Card;
        let signer = issuer::keys::signer_at(&issuer, usage, desk, now()).unwrap();
        shared::keys::Signer::kid(&signer).to_hex()
    };
    assert_eq!([signs(None), signs(Some("hall"))], [everywhere[0].clone(), everywhere[0].clone()]);
    assert_ne!(signs(Some("gym-2")), everywhere[0]);
}

/// What the thief of a key makes: any time, any list, any index.
fn forge(hall: &Hall, kid: &str, issued_at: i64, uri: &str, index: u64) -> String {
    let keystore = Keystore::open(&hall.file("city/keys"), None).unwrap();
    let signer = Ed25519Signer::new(keystore.signing_key(kid).unwrap());
    let claims = Claims {
        issuer: Some(URL),
        expires: Some(issued_at + 300 * 86_400),
        not_before: None,
        issued_at: Some(issued_at),
        scope: Some("library"),
        identity: Identity { number: Some("0000-0000-0"), ..Identity::default() },
        status: Some(StatusRef { index, uri }),
    };
    credential::sign(&claims, &signer).unwrap().qr_text()
}

#[test]
fn a_stolen_key_makes_no_card() {
    let hall = Hall::new("stolen");
    let earlier = card(&hall, "Ana Novak");
    let kid = kids(&hall, "card", "active").remove(0);
    // The loss is a second after the earlier card; the clock moves by itself until then.
    let loss = now().timestamp() + 1;
    while now().timestamp() <= loss {
        std::hint::spin_loop();
    }
    let later = card(&hall, "Bo Ek");
    let since = chrono::DateTime::from_timestamp(loss, 0).unwrap().to_rfc3339();
    let said = hall.issuer(&["key", "compromise", &kid, "--since", &since, "--out", "public"]).good().out;
    assert!(said.contains("1 cards signed since are refused") && said.contains("  refused"), "{said}");
    assert!(said.contains("1 cards signed before stay good") && said.contains("  replace"), "{said}");
    let next = card(&hall, "Cy Lee");
    hall.publish("public");
    hall.verifier(&["trust", "--bundle", "public/bundle.cbor"]).good();
    assert_eq!(outcome(&hall, &earlier), "valid");
    assert_eq!(outcome(&hall, &later), "not_valid: key_compromised");
    assert_eq!(outcome(&hall, &next), "valid");

    let own = format!("{URL}/s/1");
    let of_next_key = format!("{URL}/s/2");
    for (issued_at, uri, expected) in [
        (loss + 1, own.as_str(), "not_valid: key_compromised"),
        (loss - 60, of_next_key.as_str(), "not_valid: key_compromised"),
    ] {
        assert_eq!(outcome(&hall, &forge(&hall, &kid, issued_at, uri, 5)), expected);
    }
    // Dated back within the key's time, on its own list: every place but that of a card of before is refused.
    let issuer = issuer::Issuer::open(&hall.file("city"), None).unwrap();
    let cards = issuer.db.read(|conn| Ok::<_, issuer::Error>(issuer::db::card::Card::of_key(conn, &kid)?));
    let (cards, first) = (cards.unwrap(), loss - 1);
    let taken: Vec<i64> =
        cards.iter().filter(|c| c.issued_at.utc().timestamp() < loss).map(|c| c.status_index).collect();
    for index in 0..50 {
        if !taken.contains(&i64::try_from(index).unwrap()) {
            let forged = forge(&hall, &kid, first, &own, index);
            assert_eq!(outcome(&hall, &forged), "not_valid: revoked", "{index}");
        }
    }
    // What is left, and what ends it: the place of a card that the thief saw, until its holder has a new one.
    let copied = forge(&hall, &kid, first, &own, u64::try_from(taken[0]).unwrap());
    assert_eq!(outcome(&hall, &copied), "valid");
    hall.issuer(&["key", "compromise", &kid, "--out", "public"]).good();
    hall.verifier(&["trust", "--bundle", "public/bundle.cbor"]).good();
    for text in [&copied, &earlier] {
        assert_eq!(outcome(&hall, text), "not_valid: key_compromised");
    }
    assert_eq!(outcome(&hall, &next), "valid");
    let forward = hall.issuer(&["key", "compromise", &kid, "--since", &since]);
    assert!(forward.complaint.contains("which is earlier"), "{}", forward.complaint);
}

#[test]
fn rotation_and_loss_take_two_custodians() {
    let hall = Hall::new("two");
    let [amina, bilal, chen] = ["amina", "bilal", "chen"].map(|login| {
        let role = if login == "chen" { Role::Registrar } else { Role::Custodian };
        hall.officer(login, role)
    });
    // A code is good once: each sign-in takes that of another step.
    let shown = |factor: &Factor, step: i64| {
        let code = factor.code(now() + Duration::seconds(30 * step));
        hall.write("shown", format!("violet otter ferry\n{code}\n"));
    };
    let ask =
        |by: &str| hall.issuer(&["key", "rotate", "--now", "--asked-by", by, "--password-file", "shown"]);
    let approve =
        |id: &str, by: &str| hall.issuer(&["key", "approve", id, "--by", by, "--password-file", "shown"]);
    for act in [&["key", "rotate", "--now"][..], &["key", "new"], &["key", "new", "--use", "status"]] {
        let alone = hall.issuer(act);
        assert!(alone.complaint.contains("this takes both"), "{}", alone.complaint);
    }
    shown(&chen, 0);
    assert!(ask("chen").complaint.contains("chen is no custodian"));
    shown(&amina, -1);
    let said = ask("amina").good().out;
    let id = said.split_whitespace().skip_while(|word| *word != "approve").nth(1).unwrap().to_owned();
    assert_eq!(kids(&hall, "card", "retired").len(), 0, "asked for is not done");
    assert!(hall.issuer(&["key", "asked"]).good().out.contains(&id));
    shown(&amina, 0);
    assert!(approve(&id, "amina").complaint.contains("another custodian approves"));
    hall.write("shown", "violet otter ferry\n000000\n");
    assert!(approve(&id, "bilal").complaint.contains("is wrong"));
    shown(&bilal, 0);
    approve(&id, "bilal").good();
    assert_eq!(kids(&hall, "card", "retired").len(), 1);
    shown(&bilal, 1);
    assert!(approve(&id, "bilal").complaint.contains("approved already"));
    // One more key, asked for by one and made by the other.
    shown(&amina, 1);
    let new = ["key", "new", "--desk", "gym-2", "--asked-by", "amina", "--password-file", "shown"];
    let said = hall.issuer(&new).good().out;
    let id = said.split_whitespace().skip_while(|word| *word != "approve").nth(1).unwrap().to_owned();
    assert_eq!(kids(&hall, "card", "active").len(), 1, "asked for is not done");
    let dalia = hall.officer("dalia", Role::Custodian);
    shown(&dalia, 0);
    assert!(approve(&id, "dalia").good().out.starts_with("Made the key "));
    assert_eq!(kids(&hall, "card", "active").len(), 2);
    hall.issuer(&["audit", "verify"]).good();
}
