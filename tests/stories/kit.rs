//! An event kit: made at the city hall, used where there is no network, brought home or lost. Through both programs; the
//! kit is always on SQLite, the city on either engine.

use std::path::Path;

use chrono::{Duration, Utc};
use issuer::Issuer;
use issuer::db::officer::Role;
use issuer::keystore::Passphrase;
use issuer::officers::Factor;
use serde_json::Value;
use tests::desk::{Desk, arguments};
use tests::hall::{Answer, Hall};

const PASSPHRASE: &str = "seven quiet herons";

fn now() -> chrono::DateTime<Utc> {
    issuer::edge::now()
}

/// A command at the city hall, where the kit's passphrase is known.
fn at_hall(hall: &Hall, arguments: &[&str]) -> Answer {
    tests::hall::run(hall.issuer_command(arguments).env("ISSUER_KIT_PASSPHRASE", PASSPHRASE))
}

/// A command on the laptop: only the kit's folder and its passphrase.
fn at_kit(hall: &Hall, kit: &str, arguments: &[&str]) -> Answer {
    tests::hall::run(
        hall.issuer_command(arguments).env("ISSUER_DATA", kit).env("ISSUER_PASSPHRASE", PASSPHRASE),
    )
}

fn create(hall: &Hall, name: &str, out: &str) -> Answer {
    let officers = ["--days", "3", "--officers", "anna,ben", "--out", out];
    at_hall(hall, &[&["kit", "create", "--name", name], officers.as_slice()].concat())
}

/// A city with two officers, whose kit is out and whose counters know the kit's key.
fn with_kit(story: &str) -> Hall {
    let hall = Hall::new(story);
    hall.officer("anna", Role::Registrar);
    hall.officer("ben", Role::Approver);
    let said = create(&hall, "gym", "kit").good().out;
    assert!(said.contains("Made the event kit gym in ") && said.contains("issuer publish"), "{said}");
    let rights = std::fs::metadata(hall.file("kit")).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&rights) & 0o777, 0o700);
    hall.publish_and_trust();
    hall
}

fn issue(hall: &Hall, kit: &str, csv: &str) -> Vec<Value> {
    hall.write("kit.csv", csv);
    let slips = ["--also", "slip=slips.pdf", "--json"];
    let order = ["issue", "--batch", "kit.csv", "--out", "kit.pdf"];
    at_kit(hall, kit, &[order.as_slice(), slips.as_slice()].concat()).good().json()
}

fn number(card: &Value) -> String {
    card["number"].as_str().unwrap().to_owned()
}

fn outcome(hall: &Hall, card: &Value) -> String {
    let text = card["service_qr"].as_str().unwrap();
    let line = &hall.check_lines(&["--desk", "library"], &format!("{text}\n")).json()[0];
    let reason = line["reason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{}{reason}", line["outcome"].as_str().unwrap())
}

fn outcomes(hall: &Hall, cards: &[Value]) -> Vec<String> {
    cards.iter().map(|card| outcome(hall, card)).collect()
}

/// What somebody does who has the kit's database in their hands, and its passphrase.
fn tamper(hall: &Hall, kit: &str, sql: &str) {
    let _open = Issuer::open(&hall.file(kit), Some(Passphrase::new(PASSPHRASE.into()))).unwrap();
    hall.run("sqlite3", &[&format!("{kit}/city.db"), sql]);
}

fn holds(folder: &Path, text: &str) -> bool {
    let found =
        |path: &Path| std::fs::read(path).unwrap().windows(text.len()).any(|some| some == text.as_bytes());
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() { holds(&path, text) } else { found(&path) }
    })
}

#[test]
fn a_kit_at_rest_tells_nothing() {
    let hall = with_kit("kit_rest");
    let number = number(&issue(&hall, "kit", "full_name\nAna Novak\n")[0]);
    let [open, sealed] = ["kit/city.db", "kit/city.db.sealed"].map(|name| hall.file(name));
    let is_sealed = || sealed.exists() && !open.exists();
    let tells = || ["SQLite format 3", "anna", number.as_str()].map(|said| holds(&hall.file("kit"), said));
    assert_eq!((is_sealed(), tells()), (true, [false; 3]));

    // While a server works with it others may, and the last to go seals it.
    let serve = || {
        let mut command = hall.issuer_command(&arguments(&[]));
        Desk::started(&hall, command.env("ISSUER_DATA", "kit").env("ISSUER_PASSPHRASE", PASSPHRASE))
    };
    let mut desk = serve();
    at_kit(&hall, "kit", &["audit", "verify"]).good();
    assert!(open.exists());
    desk.terminate();
    assert_eq!(desk.ended().code(), Some(0), "{}", desk.log());
    assert_eq!((is_sealed(), tells()), (true, [false; 3]));

    // One that is killed leaves it open, until the next ends.
    drop(serve());
    assert_eq!((is_sealed(), tells()), (false, [true; 3]));
    at_kit(&hall, "kit", &["audit", "verify"]).good();
    assert_eq!((is_sealed(), tells()), (true, [false; 3]));

    // What was changed is not opened, and stays as it is.
    let whole = std::fs::read(&sealed).unwrap();
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    for broken in [&changed[..], &whole[..whole.len() / 2], b""] {
        std::fs::write(&sealed, broken).unwrap();
        let refused = at_kit(&hall, "kit", &["audit", "verify"]);
        let said = "kit/city.db.sealed was changed or is damaged";
        assert!(refused.complaint.contains(said), "{}", refused.complaint);
        assert_eq!((open.exists(), std::fs::read(&sealed).unwrap().as_slice()), (false, broken));
    }
    std::fs::write(&sealed, whole).unwrap();
    let wrong = hall
        .issuer_command(&["key", "list"])
        .env("ISSUER_DATA", "kit")
        .env("ISSUER_PASSPHRASE", "x")
        .output();
    assert!(!wrong.unwrap().status.success());
    assert!(is_sealed());
    at_kit(&hall, "kit", &["audit", "verify"]).good();
}

#[test]
fn a_kit_goes_out_and_comes_home() {
    let hall = with_kit("kit_home");
    // The kit is moved away: nothing of the city hall is in reach.
    std::fs::create_dir(hall.file("gym")).unwrap();
    std::fs::rename(hall.file("kit"), hall.file("gym/kit")).unwrap();
    let kit = "gym/kit";
    let cards = issue(&hall, kit, "full_name\nAna Novak\nBo Ek\nCy Lee\n");
    let [ana, bo, cy] = [0, 1, 2].map(|index| number(&cards[index]));
    // Counters take them with the lists that the city published before the event.
    assert_eq!(outcomes(&hall, &cards), ["valid"; 3]);
    at_kit(&hall, kit, &["revoke", &bo, "--reason", "spoiled"]).good();
    assert_eq!(outcome(&hall, &cards[1]), "valid", "no counter has heard of it");

    // What the kit may not do.
    for (arguments, said) in [
        (
            ["publish", "--out", "x"].as_slice(),
            "this is the event kit gym: lists are published at the city hall",
        ),
        (&["key", "new"], "this is the event kit gym, and its keys are made at the city hall"),
        (&["key", "rotate", "--now"], "this is the event kit gym, and its keys are made at the city hall"),
    ] {
        let refused = at_kit(&hall, kit, arguments);
        assert!(refused.complaint.contains(said), "{}", refused.complaint);
    }
    let closed = tests::hall::run(hall.issuer_command(&["key", "list"]).env("ISSUER_DATA", kit));
    assert!(closed.complaint.contains("ISSUER_PASSPHRASE"), "{}", closed.complaint);
    // Nobody is named in the kit without the passphrase.
    std::fs::remove_file(hall.file("kit.csv")).unwrap();
    for name in ["Ana Novak", "Bo Ek", "Cy Lee"] {
        assert!(!holds(&hall.file(kit), name), "{name}");
    }

    // Cy's card is lost before the kit is home: the city knows neither number nor card, and keeps it in mind.
    let said = hall.issuer(&["revoke", &cy, "--reason", "lost"]).good().out;
    assert!(said.contains("may have made it: gym.") && said.contains("as soon as that is home"), "{said}");

    let said = at_kit(&hall, kit, &["kit", "close", "--out", "gym.home"]).good().out;
    assert!(said.contains("issuer kit merge gym.home"), "{said}");
    for name in ["Ana Novak", "Bo Ek", "Cy Lee"] {
        assert!(!String::from_utf8_lossy(&hall.read("gym.home")).contains(name), "{name}");
    }
    hall.write("late.csv", "full_name\nDee Ray\n");
    let late = at_kit(&hall, kit, &["issue", "--batch", "late.csv", "--out", "late.pdf"]);
    assert!(
        late.complaint.contains("the event kit gym was closed and issues no more cards"),
        "{}",
        late.complaint
    );

    let said = hall.issuer(&["kit", "merge", "gym.home"]).good().out;
    assert!(said.contains("Home from the event kit gym: 3 cards, 1 changes of status, "), "{said}");
    assert!(said.contains(&format!("{cy}  revoked, as was asked for")), "{said}");
    assert!(said.contains("3 sealed records stand in the kit"), "{said}");
    hall.publish_and_trust();
    assert_eq!(outcomes(&hall, &cards), ["valid", "not_valid: revoked", "not_valid: revoked"]);
    let verified = hall.issuer(&["audit", "verify"]).good().out;
    assert!(verified.contains("entries of the event kit gym, as they came home."), "{verified}");

    // Again: it says so, and nothing is changed.
    let before = hall.issuer(&["audit", "verify"]).good().out;
    let said = hall.issuer(&["kit", "merge", "gym.home"]).good().out;
    assert!(said.contains("brought home from the event kit gym already; nothing was changed."), "{said}");
    assert_eq!(hall.issuer(&["audit", "verify"]).good().out, before);

    // The city goes on with its own key, and revokes a card of the kit like any other.
    let own = hall.issue("full_name\nEli Fox\n");
    hall.issuer(&["revoke", &ana, "--reason", "lost"]).good();
    hall.publish_and_trust();
    assert_eq!([outcome(&hall, &own[0]), outcome(&hall, &cards[0])], ["valid", "not_valid: revoked"]);
}

#[test]
fn a_day_destroyed_in_the_kit_brings_its_receipt_home() {
    let hall = with_kit("kit_receipt");
    issue(&hall, "kit", "full_name\nAna Novak\n");
    at_kit(&hall, "kit", &["kit", "close", "--out", "first.home"]).good();
    let said = hall.issuer(&["kit", "merge", "first.home"]).good().out;
    assert!(said.contains("1 cards, 0 changes of status, ") && said.contains(", 0 receipts."), "{said}");
    // The clock of the kit moves on by forty days.
    let kit = issuer::Issuer::open(
        &hall.file("kit"),
        Some(issuer::keystore::Passphrase::new(PASSPHRASE.to_owned().into())),
    )
    .unwrap();
    let late = now() + Duration::days(40);
    let actor = issuer::db::act::Actor::command_line("gym");
    issuer::retention::run(&kit, issuer::retention::Clock::Confirmed, &actor, late).unwrap();
    let home = issuer::kit::close(&kit, &actor, late + Duration::hours(1)).unwrap();
    hall.write("second.home", home);
    let said = hall.issuer(&["kit", "merge", "second.home"]).good().out;
    assert!(said.contains("0 cards, 0 changes of status, "), "{said}");
    assert!(!said.contains("sealed records stand") && !said.contains(", 0 receipts."), "{said}");
    let older = hall.issuer(&["kit", "merge", "first.home"]).good().out;
    assert!(older.contains("nothing was changed"), "{older}");
    hall.issuer(&["audit", "verify"]).good();
}

#[test]
fn a_slip_of_the_kit_blocks_its_card_at_the_city_hall() {
    let hall = with_kit("kit_slip");
    let cards = issue(&hall, "kit", "full_name\nAna Novak\nBo Ek\n");
    let text = hall.run("pdftotext", &["-layout", "slips.pdf", "-"]);
    let group =
        |word: &str| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    let is_code = |word: &&str| word.len() == 19 && word.split('-').all(group);
    let codes: Vec<&str> = text.split_whitespace().filter(is_code).collect();
    assert_eq!(codes.len(), 2, "{text}");
    // One before the kit is home, one after.
    hall.issuer(&["revoke", "--recovery", codes[0], "--reason", "lost"]).good();
    let said = at_hall(&hall, &["kit", "merge", "kit"]).good().out;
    assert!(said.contains(&format!("{}  revoked, as was asked for", number(&cards[0]))), "{said}");
    let said = hall.issuer(&["revoke", "--recovery", codes[1], "--reason", "lost"]).good().out;
    assert!(said.starts_with(&number(&cards[1])), "{said}");
    hall.publish_and_trust();
    assert_eq!(outcomes(&hall, &cards), ["not_valid: revoked"; 2]);
}

#[test]
fn a_kit_that_was_tampered_with_is_refused() {
    let hall = with_kit("kit_tampered");
    let cards = issue(&hall, "kit", "full_name,services\nAna Novak,library\nBo Ek,library\n");
    let [ana, bo] = [0, 1].map(|index| number(&cards[index]));
    at_kit(&hall, "kit", &["revoke", &bo, "--reason", "lost"]).good();
    let closed = "the audit log of the event kit gym is broken at entry";
    for (sql, said) in [
        (
            format!("UPDATE card SET services = 'library clinic' WHERE number = '{ana}'"),
            format!("the card {ana} is not as the kit's audit log has it"),
        ),
        (
            format!("UPDATE card SET status = 'valid' WHERE number = '{bo}'"),
            format!("the card {bo} is not as the kit's audit log has it"),
        ),
        (
            format!("UPDATE card SET status_index = (status_index + 1) % 1000 WHERE number = '{ana}'"),
            format!("the card {ana} is not as the kit's audit log has it"),
        ),
        (
            format!("DELETE FROM card WHERE number = '{ana}'"),
            format!("the card {ana} was issued, and is missing"),
        ),
        ("DELETE FROM audit_log WHERE seq = 3".to_owned(), format!("{closed} 3: it is missing")),
        (
            "UPDATE audit_log SET officer = 'x' WHERE seq = 2".to_owned(),
            format!("{closed} 2: it was changed"),
        ),
    ] {
        hall.run("cp", &["-a", "kit", "changed"]);
        tamper(&hall, "changed", &sql);
        let refused = at_hall(&hall, &["kit", "merge", "changed"]);
        assert_eq!(
            (refused.status, refused.complaint),
            (Some(1), format!("issuer: changed: {said}\n")),
            "{sql}"
        );
        hall.run("rm", &["-r", "changed"]);
    }
    // The file that goes home: a byte changed, another city's kit, no kit's file at all.
    at_kit(&hall, "kit", &["kit", "close", "--out", "gym.home"]).good();
    let mut bytes = hall.read("gym.home");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    hall.write("changed.home", bytes);
    let said = hall.issuer(&["kit", "merge", "changed.home"]).complaint;
    assert_eq!(
        said,
        "issuer: changed.home: it was not made by an event kit of this city: its signature is not good\n"
    );
    let other = with_kit("kit_other");
    issue(&other, "kit", "full_name\nAna Novak\n");
    at_kit(&other, "kit", &["kit", "close", "--out", "other.home"]).good();
    hall.write("other.home", other.read("other.home"));
    let said = hall.issuer(&["kit", "merge", "other.home"]).complaint;
    assert_eq!(
        said,
        "issuer: other.home: it was not made by an event kit of this city: it names a key that is not the city's\n"
    );
    let said = hall.issuer(&["kit", "merge", "city/city.toml"]).complaint;
    assert!(said.contains("it was not made by an event kit of this city"), "{said}");
    let said = hall.issuer(&["kit", "merge", "city"]).complaint;
    assert!(said.contains("is the folder of a city hall, not of an event kit"), "{said}");
    // Nothing of all this was taken.
    assert!(hall.issuer(&["kit", "list"]).good().out.contains("  out     key "));
    let said = hall.issuer(&["kit", "merge", "gym.home"]).good().out;
    assert!(said.contains("2 cards, 1 changes of status, "), "{said}");
    hall.publish_and_trust();
    assert_eq!(outcomes(&hall, &cards), ["valid", "not_valid: revoked"]);
}

#[test]
fn a_lost_kit_is_one_command() {
    let hall = with_kit("kit_lost");
    let cards = issue(&hall, "kit", "full_name\nAna Novak\nBo Ek\n");
    assert_eq!(outcomes(&hall, &cards), ["valid"; 2]);
    let own = hall.issue("full_name\nEli Fox\n");
    let said = hall.issuer(&["kit", "lost", "gym", "--out", "public"]).good().out;
    assert!(
        said.contains("The event kit gym counts as lost.")
            && said.contains("  issuer officer reset --login anna\n"),
        "{said}"
    );
    assert!(said.contains("0 cards signed since are refused"), "{said}");
    assert!(!said.contains("in its place"), "no key is made for a kit that is gone: {said}");
    hall.verifier(&["trust", "--bundle", "public/bundle.cbor"]).good();
    assert_eq!(outcomes(&hall, &cards), ["not_valid: key_compromised"; 2]);
    assert_eq!(outcome(&hall, &own[0]), "valid");
    at_kit(&hall, "kit", &["kit", "close", "--out", "gym.home"]).good();
    let said = hall.issuer(&["kit", "merge", "gym.home"]).complaint;
    assert_eq!(said, "issuer: gym.home: the event kit gym counts as lost: nothing is taken from it\n");
    let said = hall.issuer(&["kit", "lost", "other"]).complaint;
    assert!(said.contains("the city sent out no event kit other"), "{said}");
}

#[test]
fn a_kit_lost_after_it_was_home_names_the_cards() {
    let hall = with_kit("kit_lost_home");
    let cards = issue(&hall, "kit", "full_name\nAna Novak\nBo Ek\n");
    at_hall(&hall, &["kit", "merge", "kit"]).good();
    // From the second after they were signed on.
    let since = (now() + Duration::seconds(1)).timestamp();
    while now().timestamp() <= since {
        std::hint::spin_loop();
    }
    let since = chrono::DateTime::from_timestamp(since, 0).unwrap().to_rfc3339();
    let said = hall.issuer(&["kit", "lost", "gym", "--since", &since, "--out", "public"]).good().out;
    for card in &cards {
        assert!(said.contains(&format!("{}  replace", number(card))), "{said}");
    }
    hall.verifier(&["trust", "--bundle", "public/bundle.cbor"]).good();
    assert_eq!(outcomes(&hall, &cards), ["valid"; 2]);
    let said = hall.issuer(&["kit", "lost", "gym", "--out", "public"]).good().out;
    for card in &cards {
        assert!(said.contains(&format!("{}  refused", number(card))), "{said}");
    }
    hall.verifier(&["trust", "--bundle", "public/bundle.cbor"]).good();
    assert_eq!(outcomes(&hall, &cards), ["not_valid: key_compromised"; 2]);
}

#[test]
fn a_kit_takes_two_custodians() {
    let hall = Hall::new("kit_two");
    for (login, role) in [("anna", Role::Registrar), ("ben", Role::Approver)] {
        hall.officer(login, role);
    }
    let [amina, bilal] = ["amina", "bilal"].map(|login| hall.officer(login, Role::Custodian));
    let shown = |factor: &Factor, step: i64| {
        let code = factor.code(now() + Duration::seconds(30 * step));
        hall.write("shown", format!("violet otter ferry\n{code}\n"));
    };
    let alone = create(&hall, "gym", "kit");
    assert!(alone.complaint.contains("this takes both"), "{}", alone.complaint);
    shown(&amina, -1);
    let asked = ["kit", "create", "--name", "gym", "--days", "3", "--officers", "anna,ben", "--out", "kit"];
    let by = ["--asked-by", "amina", "--password-file", "shown"];
    let said = at_hall(&hall, &[asked.as_slice(), by.as_slice()].concat()).good().out;
    let id = said.split_whitespace().skip_while(|word| *word != "approve").nth(1).unwrap().to_owned();
    assert!(!hall.file("kit").exists(), "asked for is not done");
    let approve = ["key", "approve", &id, "--by", "bilal", "--password-file", "shown"];
    shown(&bilal, -1);
    let without = hall.issuer(&approve);
    assert!(without.complaint.contains("ISSUER_KIT_PASSPHRASE"), "{}", without.complaint);
    let said = at_hall(&hall, &approve).good().out;
    assert!(said.contains("Made the event kit gym in "), "{said}");
    let officers = at_kit(&hall, "kit", &["officer", "list"]).good().out;
    let logins: Vec<_> = officers.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(logins, ["anna", "ben"]);

    shown(&amina, 1);
    let by = ["--asked-by", "amina", "--password-file", "shown"];
    let said = hall.issuer(&[["kit", "lost", "gym"].as_slice(), by.as_slice()].concat()).good().out;
    assert!(hall.issuer(&["kit", "list"]).good().out.contains("  out     key "));
    let id = said.split_whitespace().skip_while(|word| *word != "approve").nth(1).unwrap().to_owned();
    shown(&bilal, 1);
    hall.issuer(&["key", "approve", &id, "--by", "bilal", "--password-file", "shown"]).good();
    assert!(hall.issuer(&["kit", "list"]).good().out.contains("  lost    key "));
    hall.issuer(&["audit", "verify"]).good();
}

#[test]
fn what_cannot_be_a_kit_is_said() {
    let hall = with_kit("kit_wrong");
    hall.issuer(&["key", "new", "--desk", "desk-7"]).good();
    for (name, out, said) in [
        ("gym", "kit-2", "there is a kit gym already; each has a name of its own"),
        ("desk-7", "kit-2", "desk-7 is the name of a desk that has a key"),
        ("Gym 2", "kit-2", "the name of a kit has 1 to 32 of a to z, 0 to 9 and -"),
        ("gym-2", "kit", "is there already; name a new folder"),
    ] {
        let refused = create(&hall, name, out).complaint;
        assert!(refused.contains(said), "{refused}");
    }
    let officers = ["kit", "create", "--name", "gym-2", "--days", "3", "--out", "kit-2", "--officers"];
    let named = |logins: &str| at_hall(&hall, &[officers.as_slice(), &[logins]].concat()).complaint;
    assert!(named("anna,zoe").contains("there is no officer zoe who may sign in"), "{}", named("anna,zoe"));
    hall.issuer(&["officer", "add", "--login", "new", "--role", "registrar"]).good();
    assert!(named("new").contains("new has not signed in yet"), "{}", named("new"));
    let desk = hall.issuer(&["key", "new", "--desk", "gym"]).complaint;
    assert!(desk.contains("gym is an event kit, which has its key already"), "{desk}");
    assert!(!hall.file("kit-2").exists());
    // A desk at the city hall that is called like the kit signs with the city's key.
    hall.write("a.csv", "full_name\nAna Novak\n");
    hall.issuer(&["issue", "--batch", "a.csv", "--out", "a.pdf", "--desk", "gym"]).good();
}

#[test]
fn a_desk_with_a_key_signs_with_it() {
    let hall = Hall::new("kit_desk");
    hall.issuer(&["key", "new", "--desk", "desk-7"]).good();
    hall.write("a.csv", "full_name\nAna Novak\nBo Ek\n");
    hall.write("b.csv", "full_name\nCy Lee\n");
    let at = |file: &str, desk: &str| {
        hall.issuer(&["issue", "--batch", file, "--out", "a.pdf", "--desk", desk, "--json"]).good().json()
    };
    let cards = [at("a.csv", "desk-7"), at("b.csv", "desk-8")].concat();
    hall.publish_and_trust();
    assert_eq!(outcomes(&hall, &cards), ["valid"; 3]);
    // The desk's key is lost: its cards are refused, those of the other desk are not.
    let keys = hall.issuer(&["key", "list", "--json"]).good().json();
    let kid = keys.iter().find(|key| key["desk"] == "desk-7").unwrap()["kid"].as_str().unwrap().to_owned();
    let said = hall.issuer(&["key", "compromise", &kid, "--out", "public"]).good().out;
    assert!(said.contains("2 cards signed since are refused"), "{said}");
    hall.verifier(&["trust", "--bundle", "public/bundle.cbor"]).good();
    assert_eq!(
        outcomes(&hall, &cards),
        ["not_valid: key_compromised", "not_valid: key_compromised", "valid"]
    );
    hall.write("c.csv", "full_name\nDee Ray\n");
    let next = at("c.csv", "desk-7");
    hall.publish_and_trust();
    assert_eq!(outcome(&hall, &next[0]), "valid", "the desk has a new key");
}
