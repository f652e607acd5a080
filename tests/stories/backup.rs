//! Backup and restore through the real programs, and the faults that a city hall meets.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use issuer::db::officer::Role;
use scopeguard::defer;
use serde_json::Value;
use tests::desk::Desk;
use tests::hall::{Answer, Hall, on_postgres, restoring, until};
use tests::load::visit;
use tests::stage;

fn text(card: &Value) -> String {
    card["service_qr"].as_str().unwrap().to_owned()
}

fn outcome(hall: &Hall, text: &str) -> String {
    let line = &hall.check_lines(&["--desk", "library"], &format!("{text}\n")).json()[0];
    let reason = line["reason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{}{reason}", line["outcome"].as_str().unwrap())
}

fn places(hall: &Hall, data: &str) -> Vec<(String, i64)> {
    let issuer = issuer::Issuer::open(&hall.file(data), None).unwrap();
    let cards = issuer.db.read(|conn| Ok::<_, issuer::Error>(issuer::db::card::Card::all(conn)?)).unwrap();
    cards.into_iter().map(|card| (card.status_list_id.to_string(), card.status_index)).collect()
}

fn backed_up(story: &str) -> Hall {
    let hall = Hall::new(story);
    hall.make_backup_key();
    hall
}

fn restore(hall: &Hall, file: &str, keys: &str, to: &str) -> Answer {
    hall.issuer(&restoring(file, keys, to))
}

#[test]
fn an_older_database_gives_nothing_out_twice_and_revokes_what_was_revoked() {
    if on_postgres() {
        let hall = backed_up("backup");
        let refused = hall.issuer(&["backup", "city.backup"]);
        assert!(refused.complaint.contains("pg_dump"), "{}", refused.complaint);
        return;
    }
    let hall = backed_up("backup");
    let before = hall.issue("full_name\nAna Novak\nBo Ek\nCy Lee\n");
    hall.publish_and_trust();
    hall.back_up("city.backup", "keys.backup");
    let held = fs::read(hall.file("city.backup")).unwrap();
    assert!(held.starts_with(b"age-encryption.org/v1"));
    assert!(!held.windows(16).any(|some| some == b"SQLite format 3\0"));
    assert_eq!(fs::metadata(hall.file("city.backup")).unwrap().permissions().mode() & 0o777, 0o600);

    // After the backup: more cards, one of them and one of before revoked, a new key with a list of its own.
    let after = hall.issue("full_name\nDee Ray\nEli Fox\n");
    let number = |card: &Value| card["number"].as_str().unwrap().to_owned();
    for card in [&before[1], &after[1]] {
        hall.issuer(&["revoke", &number(card), "--reason", "lost"]).good();
    }
    hall.issuer(&["key", "rotate", "--now"]).good();
    let last = hall.issue("full_name\nFlo Ito\n");
    hall.publish_and_trust();
    let used = places(&hall, "city");

    // Put back by hand, the older database is found out before it does anything.
    let restored = restore(&hall, "city.backup", "keys.backup", "restored").good().out;
    assert!(
        restored.contains("1 cards changed, 1 statuses kept of cards issued since, 1 lists and 1 keys found"),
        "{restored}"
    );
    assert!(!hall.file("restored/keys/root.pem").exists());
    assert_eq!(
        fs::read_dir(hall.file("restored/keys/destroy-by")).unwrap().count(),
        0,
        "no destroy-by key comes back"
    );
    hall.in_city("restored", &["audit", "verify"]).good();

    // New cards: no place of before. Their numbers are drawn anew, of 2^40.
    fs::copy(hall.file("city/keys/root.pem"), hall.file("restored/keys/root.pem")).unwrap();
    hall.write("new.csv", "full_name\nGil Sol\nHal Moe\n");
    let new = hall
        .in_city("restored", &["issue", "--batch", "new.csv", "--out", "new.pdf", "--json"])
        .good()
        .json();
    let given: Vec<_> = places(&hall, "restored").into_iter().filter(|place| !used.contains(place)).collect();
    assert_eq!(given.len(), 2);
    hall.in_city("restored", &["publish", "--out", "public"]).good();
    hall.verifier(&["trust", "--bundle", "public/bundle.cbor"]).good();
    for (card, expected) in [
        (&before[0], "valid"),
        (&before[1], "not_valid: revoked"),
        (&after[0], "valid"),
        (&after[1], "not_valid: revoked"),
        (&last[0], "valid"),
        (&new[0], "valid"),
        (&new[1], "valid"),
    ] {
        assert_eq!(outcome(&hall, &text(card)), expected, "{}", card["number"]);
    }
    // The destroy-by keys that are still there come along from a keystore, never from a backup.
    restore(&hall, "city.backup", "city/keys", "again").good();
    assert!(fs::read_dir(hall.file("again/keys/destroy-by")).unwrap().count() > 0);
}

#[test]
fn a_backup_that_is_not_ours_whole_and_known_is_refused() {
    if on_postgres() {
        return;
    }
    let hall = backed_up("refused");
    hall.publish_and_trust();
    hall.back_up("city.backup", "keys.backup");
    let whole = hall.read("city.backup");
    let refused = |file: &str, keys: &str| {
        let answer = restore(&hall, file, keys, "restored");
        assert_eq!(answer.status, Some(1), "{}", answer.out);
        assert!(!hall.file("restored").exists(), "nothing is left behind");
        answer.complaint
    };
    // One bit anywhere, an end cut off.
    for place in (0..whole.len()).step_by(whole.len() / 40) {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        hall.write("changed.backup", &changed);
        let said = refused("changed.backup", "keys.backup");
        assert!(said.contains("tampered with") || said.contains("not encrypted to"), "{place}: {said}");
    }
    for length in [0, 100, whole.len() / 2, whole.len() - 1] {
        hall.write("changed.backup", &whole[..length]);
        assert!(refused("changed.backup", "keys.backup").contains("tampered with"), "{length}");
    }
    assert!(refused("keys.backup", "keys.backup").contains("this is a backup of the keys"));
    assert!(refused("city.backup", "city.backup").contains("this is a backup of the city"));
    // Another city's keys, encrypted to the same backup key.
    let other = Hall::empty("refused_other");
    other.init("https://card.birch.example", &[]).good();
    fs::copy(hall.file("city/backup.pub"), other.file("city/backup.pub")).unwrap();
    other.issuer(&["backup", "--keys", "keys.backup"]).good();
    fs::copy(other.file("keys.backup"), hall.file("other-keys.backup")).unwrap();
    assert!(refused("city.backup", "other-keys.backup").contains("two different cities"));
    // Another backup key.
    fs::rename(hall.file("stick/backup-key.txt"), hall.file("stick/first.txt")).unwrap();
    hall.make_backup_key();
    assert!(refused("city.backup", "keys.backup").contains("not encrypted to this backup key"));
}

#[test]
fn a_database_put_back_by_hand_is_found_out() {
    let hall = backed_up("by_hand");
    hall.publish_and_trust();
    hall.copy_database();
    let card = &hall.issue("full_name\nAna Novak\n")[0];
    hall.issuer(&["revoke", card["number"].as_str().unwrap(), "--reason", "lost"]).good();
    hall.publish_and_trust();
    let used = places(&hall, "city");
    hall.put_back_database();
    let found = hall.issuer(&["publish", "--out", "public"]);
    assert!(found.complaint.contains("the database is older than the keys"), "{}", found.complaint);
    hall.issuer(&["restore", "--settle", "--published", "public"]).good();
    let _ = hall.issue("full_name\nBo Ek\n");
    assert!(places(&hall, "city").iter().all(|place| !used.contains(place)));
    hall.publish_and_trust();
    assert_eq!(outcome(&hall, &text(card)), "not_valid: revoked");
    hall.issuer(&["audit", "verify"]).good();
}

#[test]
fn a_backup_of_a_city_at_work_has_all_that_was_acknowledged_before_it() {
    if on_postgres() {
        return;
    }
    let hall = backed_up("at_work");
    let desk = Desk::open(&hall, &[]);
    let mut browser = desk.officer(&hall, "amina", Role::Registrar);
    let (shown, closing) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let acknowledged = || shown.lock().unwrap().clone();
    let mut backups: Vec<(String, Vec<String>)> = Vec::new();
    std::thread::scope(|scope| {
        defer!(closing.store(true, Ordering::SeqCst));
        scope.spawn(|| {
            for number in 0.. {
                if closing.load(Ordering::SeqCst) {
                    break;
                }
                let mut new = Vec::new();
                visit(&mut browser, number, false, &mut new).unwrap();
                shown.lock().unwrap().append(&mut new);
            }
        });
        for round in 0..3 {
            until("a card is issued", || acknowledged().len() > round);
            let file = format!("city-{round}.backup");
            let before = acknowledged();
            hall.issuer(&["backup", &file]).good();
            backups.push((file, before));
        }
    });
    hall.issuer(&["backup", "--keys", "keys.backup"]).good();
    hall.publish("public");
    for (file, before) in backups {
        let to = format!("from-{file}");
        restore(&hall, &file, "keys.backup", &to).good();
        hall.in_city(&to, &["audit", "verify"]).good();
        let cards: Vec<_> = stage::cards(&hall, &to).into_iter().map(|card| card.number).collect();
        assert!(before.iter().all(|number| cards.contains(number)), "{file}: {before:?}, {cards:?}");
    }
}

/// What a fault must leave: the city as it was.
fn still_works(hall: &Hall) {
    hall.issuer(&["audit", "verify"]).good();
    hall.publish("public");
}

#[test]
fn faults_say_what_to_do_and_leave_the_city_as_it_was() {
    let hall = backed_up("faults");
    hall.publish_and_trust();
    let complains = |arguments: &[&str], with: &str| {
        let answer = hall.issuer(arguments);
        assert_eq!(answer.status, Some(1), "{}", answer.out);
        assert!(answer.complaint.contains(with), "{}", answer.complaint);
        assert!(!answer.complaint.contains("panicked"), "{}", answer.complaint);
    };
    // A key file that is not what was written.
    let signing: Vec<_> =
        fs::read_dir(hall.file("city/keys/signing")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let whole: Vec<_> = signing.iter().map(|path| fs::read(path).unwrap()).collect();
    for path in &signing {
        fs::write(path, "-----BEGIN PRIVATE KEY-----\nAAAA\n").unwrap();
    }
    complains(
        &["publish", "--out", "public"],
        "is damaged: it is not a PEM file; bring it back from a backup",
    );
    for (path, whole) in std::iter::zip(&signing, &whole) {
        fs::write(path, whole).unwrap();
    }
    still_works(&hall);

    // A clock set far back: no key may sign.
    let issuer = issuer::Issuer::open(&hall.file("city"), None).unwrap();
    let past = issuer::edge::now() - chrono::Duration::days(30);
    let said =
        issuer::keys::signer(&issuer, issuer::db::issuing_key::KeyUse::Card, past).unwrap_err().to_string();
    assert!(said.contains("is the clock right?"), "{said}");
    drop(issuer);

    // The disk is full, or files may not grow: nothing is half written, the old bundle stands.
    let bundle = hall.read("public/bundle.cbor");
    let limited = |arguments: &str| {
        let issuer = tests::hall::binary("issuer");
        let script = format!("trap '' XFSZ; ulimit -f 4; exec {} {arguments}", issuer.display());
        let mut command = std::process::Command::new("bash");
        command.current_dir(hall.folder()).env("ISSUER_DATA", "city").args(["-c", &script]);
        tests::hall::run(&mut command)
    };
    hall.write("many.csv", format!("full_name\n{}", "Resident\n".repeat(200)));
    let full = limited("issue --batch many.csv --out many.pdf");
    assert_eq!(full.status, Some(1), "{}", full.out);
    assert!(!full.complaint.contains("panicked") && !full.complaint.is_empty(), "{}", full.complaint);
    assert!(!hall.file("many.pdf").exists());
    if !on_postgres() {
        let full = limited("backup small.backup");
        assert_eq!(full.status, Some(1), "{}", full.out);
        assert!(!hall.file("small.backup").exists(), "no half backup");
    }
    assert_eq!(hall.read("public/bundle.cbor"), bundle);
    still_works(&hall);
}

#[test]
fn a_damaged_page_is_found_before_a_backup_of_it_replaces_a_good_one() {
    if on_postgres() {
        return;
    }
    let hall = backed_up("page");
    let _ = hall.issue("full_name\nAna Novak\n");
    hall.issuer(&["backup", "city.backup"]).good();
    let good = hall.read("city.backup");
    // Everything into the file itself, then pages of it overwritten.
    let path = hall.file("city/city.db");
    hall.run("sqlite3", &[path.to_str().unwrap(), "PRAGMA wal_checkpoint(TRUNCATE);"]);
    let mut file = fs::read(&path).unwrap();
    let from = file.len() / 2;
    file[from..].fill(0xa5);
    fs::write(&path, file).unwrap();
    let answer = hall.issuer(&["backup", "city.backup"]);
    assert_eq!(answer.status, Some(1), "{}", answer.out);
    assert!(answer.complaint.contains("the database file is damaged ("), "{}", answer.complaint);
    assert_eq!(hall.read("city.backup"), good, "the good backup stands");
}
