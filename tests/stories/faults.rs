//! What goes wrong around the program: disks, locks, damaged files, passphrases, clocks. Each is said in a sentence that
//! tells what to do, leaves the city as it was, and is over once it is put right.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use chrono::Duration;
use tests::hall::{Answer, Hall, on_postgres, run};

const READ_ONLY: &str =
    "issuer: the database is read-only here; nothing was changed: see to the rights of its file and folder\n";
const HELD: &str = "issuer: another program holds the database and does not let go of it; nothing was changed: end that \
                    program, then try again\n";
const DAMAGED: &str =
    "issuer: the database file is damaged (FAULT); stop, keep a copy of it, and restore the last backup\n";
const ISSUE: [&str; 5] = ["issue", "--batch", "new.csv", "--out", "new.pdf"];

/// A city with a card, and a file of one resident more.
fn city(story: &str) -> Hall {
    let hall = Hall::new(story);
    let _ = hall.issue("full_name\nAna Novak\n");
    hall.publish("public");
    hall.write("new.csv", "full_name\nBo Ek\n");
    hall
}

fn complains(answer: &Answer, with: &str) {
    assert_eq!((answer.status, answer.out.as_str()), (Some(1), ""), "{}", answer.complaint);
    assert_eq!(answer.complaint, with);
}

/// Once it is put right, all works.
fn works_again(hall: &Hall) {
    hall.issuer(&["audit", "verify"]).good();
    hall.issuer(&["retention", "verify"]).good();
    hall.issuer(&ISSUE).good();
    assert_eq!(tests::visit::cards(&issuer::Issuer::open(&hall.file("city"), None).unwrap()).len(), 2);
    hall.publish_and_trust();
}

/// Runs a script with mounts of its own; none where nothing may be mounted.
fn with_mounts(hall: &Hall, mounts: &str, script: &str) -> Option<Answer> {
    let mut command = hall.command_of(std::path::Path::new("unshare"), &["-m", "bash", "-c"]);
    let issuer = tests::hall::binary("issuer");
    command.arg(format!("({mounts}) 2>/dev/null || exit 99\n{script}")).env("ISSUER", issuer);
    let answer = run(&mut command);
    if answer.status == Some(99) || answer.complaint.starts_with("unshare: ") {
        println!("passed over: nothing may be mounted here");
        return None;
    }
    Some(answer)
}

#[test]
fn a_read_only_disk_is_said_and_changes_nothing() {
    if on_postgres() {
        return;
    }
    let hall = city("fault_read_only");
    let before = hall.held();
    let mounts = "mount --bind city city && mount -o remount,ro,bind city";
    for act in
        ["issue --batch new.csv --out new.pdf", "publish --out public", "retention run", "audit checkpoint"]
    {
        let Some(answer) = with_mounts(&hall, mounts, &format!("exec $ISSUER {act}")) else { return };
        complains(&answer, READ_ONLY);
    }
    assert_eq!(hall.held(), before);
    assert!(!hall.file("new.pdf").exists());
    works_again(&hall);
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    if on_postgres() {
        return;
    }
    let hall = city("fault_full");
    let issue = "$ISSUER issue --data full --batch new.csv --out new.pdf";
    let mounts = "mkdir full && mount -t tmpfs -o size=4m full full && cp -a city/. full/";
    let fill = "dd if=/dev/zero of=full/fill bs=1k 2>/dev/null";
    let script = format!(
        "{fill}\n{issue}; code=$?\nrm full/fill\n$ISSUER audit verify --data full && {issue}\nexit $((code + 10 * $?))"
    );
    let Some(answer) = with_mounts(&hall, mounts, &script) else { return };
    assert_eq!(answer.status, Some(1), "{}{}", answer.out, answer.complaint);
    assert!(answer.complaint.starts_with("issuer: the disk is full, or fails ("), "{}", answer.complaint);
    let advice = "); nothing was changed: make room, or see to the disk, then try again\n";
    assert!(answer.complaint.ends_with(advice), "{}", answer.complaint);
    assert!(answer.out.contains("none changed, missing or reordered."), "{}", answer.out);
    assert!(answer.out.ends_with("Issued 1 cards: new.pdf\n"), "{}", answer.out);

    // No room for what is published: the old bundle stands whole.
    let mounts = "mkdir -p small && mount -t tmpfs -o size=64k small small && cp -a public/. small/";
    let script = "dd if=/dev/zero of=small/fill bs=1k 2>/dev/null\n$ISSUER publish --out small; code=$?\n\
                  cmp small/bundle.cbor public/bundle.cbor && exit $code";
    let Some(answer) = with_mounts(&hall, mounts, script) else { return };
    assert_eq!((answer.status, answer.out.as_str()), (Some(1), ""), "the old bundle is no more");
    assert!(answer.complaint.starts_with("issuer: cannot write small/pieces/"), "{}", answer.complaint);
    assert!(answer.complaint.contains(": No space left on device (os error 28)"), "{}", answer.complaint);
    std::fs::remove_file(hall.file("new.pdf")).unwrap();
    works_again(&hall);
}

#[test]
fn a_database_that_another_program_holds_is_said() {
    if on_postgres() {
        return;
    }
    let hall = city("fault_held");
    let before = hall.held();
    let mut holder = Command::new("sqlite3")
        .arg(hall.file("city/city.db"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut orders = holder.stdin.take().unwrap();
    orders.write_all(b"BEGIN EXCLUSIVE;\nSELECT 'held';\n").unwrap();
    let mut line = String::new();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "held\n");
    let answer = hall.issuer(&ISSUE);
    drop(orders);
    holder.wait().unwrap();
    complains(&answer, HELD);
    assert_eq!(hall.held(), before);
    works_again(&hall);
}

#[test]
fn a_damaged_database_is_said_and_not_written_to() {
    if on_postgres() {
        return;
    }
    let hall = city("fault_page");
    let path = hall.file("city/city.db");
    hall.run("sqlite3", &[path.to_str().unwrap(), "PRAGMA wal_checkpoint(TRUNCATE);"]);
    let good = hall.read("city/city.db");
    let acts: [&[&str]; 4] =
        [&ISSUE, &["publish", "--out", "public"], &["audit", "verify"], &["retention", "verify"]];
    for (from, to, fault) in
        [(3 * 4096, good.len(), "database disk image is malformed"), (0, 100, "file is not a database")]
    {
        let mut damaged = good.clone();
        damaged[from..to].fill(0xa5);
        hall.write("city/city.db", &damaged);
        for act in acts {
            complains(&hall.issuer(act), &DAMAGED.replace("FAULT", fault));
        }
        assert!(hall.read("city/city.db") == damaged, "what is left for an expert to look at is as it was");
        for journal in ["city/city.db-wal", "city/city.db-shm"] {
            let _ = std::fs::remove_file(hall.file(journal));
        }
    }
    hall.write("city/city.db", &good);
    works_again(&hall);
}

#[test]
fn a_damaged_key_is_named_and_nothing_is_signed() {
    let hall = city("fault_key");
    let signing = |usage: &str| {
        let keys = hall.issuer(&["key", "list", "--json"]).good().json();
        let key = keys.iter().find(|key| key["use"] == usage).unwrap();
        format!("signing/{}.pem", key["kid"].as_str().unwrap())
    };
    let due = issuer::edge::now().date_naive() + Duration::days(30);
    let (card, status, day) = (signing("card"), signing("status"), format!("destroy-by/{due}.key"));
    let publish: &[&str] = &["publish", "--out", "public"];
    let other = "it is not a key that this keystore made under this name";
    for (file, act, fault) in [
        ("master.key", &ISSUE[..], "it has not the length of a key"),
        ("secret/status-order.key", &ISSUE, other),
        (&day, &ISSUE, other),
        (&card, &ISSUE, "it is not a PEM file"),
        (&status, publish, "it is not a PEM file"),
        ("root.pem", publish, "it is not a PEM file"),
    ] {
        let name = format!("city/keys/{file}");
        let whole = hall.read(&name);
        hall.write(&name, &whole[..whole.len().min(20)]);
        let bundle = hall.read("public/bundle.cbor");
        let answer = hall.issuer(act);
        complains(&answer, &format!("issuer: {name} is damaged: {fault}; bring it back from a backup\n"));
        assert_eq!(hall.read("public/bundle.cbor"), bundle);
        hall.write(&name, &whole);
        let cards = tests::visit::cards(&issuer::Issuer::open(&hall.file("city"), None).unwrap());
        assert_eq!(cards.len(), 1, "{name}");
        hall.issuer(&["audit", "verify"]).good();
    }
    works_again(&hall);
}

#[test]
fn a_wrong_passphrase_opens_nothing() {
    let hall = Hall::empty("fault_passphrase");
    hall.write("right.txt", "violet otter ferry\n");
    hall.write("wrong.txt", "violet otter fairy\n");
    hall.init("https://card.alder.example", &["--passphrase-file", "right.txt"]).good();
    let before = hall.held();
    hall.write("new.csv", "full_name\nBo Ek\n");
    let with = |file: &str| hall.issuer(&[&ISSUE[..], &["--passphrase-file", file]].concat());
    complains(
        &with("wrong.txt"),
        "issuer: the passphrase is not the one that protects city/keys/master.key\n",
    );
    complains(
        &hall.issuer(&ISSUE),
        "issuer: city/keys/master.key is protected by a passphrase; give it with --passphrase-file, in \
         ISSUER_PASSPHRASE, or as the systemd credential issuer-passphrase\n",
    );
    assert_eq!(hall.held(), before);
    with("right.txt").good();
}

#[test]
fn a_clock_that_is_wrong_signs_nothing_and_destroys_nothing() {
    let hall = city("fault_clock");
    let before = hall.held();
    // Back: no key may sign.
    let answer = hall.issuer_at("-30d", &ISSUE);
    assert_eq!((answer.status, answer.out.as_str()), (Some(1), ""));
    let said = answer.complaint;
    assert!(said.starts_with("issuer: no key may sign now; the next begins at 20"), "{said}");
    let advice = "Z: is the clock right? If it is, make one with: issuer key new --use card --data city\n";
    assert!(said.ends_with(advice), "{said}");
    assert_eq!(hall.held(), before);
    // Forward: past the keys' time none may sign.
    complains(
        &hall.issuer_at("+800d", &ISSUE),
        "issuer: no key may sign now; make one with: issuer key new --use card --data city\n",
    );
    // What was written under a wrong clock does not make it right.
    hall.issuer_at("+400d", &["officer", "add", "--login", "amina", "--role", "registrar"]).good();
    let answer = hall.issuer_at("+400d", &["retention", "run"]);
    assert_eq!(answer.status, Some(1), "{}", answer.out);
    let said = answer.complaint;
    assert!(
        said.contains(": nothing was destroyed. If the clock is right, this destroys 1 records"),
        "{said}"
    );
    assert!(said.ends_with("then run: issuer retention run --even-though-clock-jumped\n"), "{said}");
    let answer = hall.issuer_at("+400d", &["audit", "checkpoint"]);
    assert!(
        answer.complaint.contains("the clock stands far past the last time seen"),
        "{}",
        answer.complaint
    );
    // Set back, it destroys nothing early; and lists go on behind the last that was published, or no counter took them.
    let said = hall.issuer_at("-30d", &["retention", "run"]).good().out;
    assert_eq!(said, "Nothing was due.\n0 receipts signed.\n");
    hall.issuer_at("-30d", &["publish", "--out", "public"]).good();
    hall.verifier(&["trust", "--bundle", "public/bundle.cbor"]).good();
    works_again(&hall);
}
