//! The kiosk at work, served by the real program: it keeps its lists new, and goes on when its folder does not.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use serde_json::{Value, json};
use shared::status_list::Status;
use tests::city::{self, City};
use tests::hall::{Hall, run, until};
use tests::kiosk::Kiosk;
use tests::lists_server::{ListsServer, Reply};

/// An account without rights, where the stories run as one that has all.
const NOBODY: u32 = 65_534;
const CARD_PLACE: u64 = 40;

/// Port Alder's bundle of this number; from 13 on the card of these stories is revoked.
fn bundle(sequence: u64) -> Vec<u8> {
    let city = City::port_alder().with(|city| {
        city.trust_list.sequence = sequence;
        if sequence > 12 {
            city.lists[0].issued_at += 60;
            city.lists[0].statuses.set(CARD_PLACE, Status::Revoked).unwrap();
        }
    });
    city.bundle()
}

fn root() -> String {
    city::ROOT.public().thumbprint().to_string()
}

/// A hall whose verifier trusts list 12.
fn hall(story: &str) -> Hall {
    let hall = Hall::empty(story);
    hall.write("12.cbor", bundle(12));
    hall.write("13.cbor", bundle(13));
    hall.verifier(&["trust", "--bundle", "12.cbor"]).good();
    hall
}

/// Arguments of a kiosk at the stories' time that asks this address each second.
fn asking(url: &str) -> Vec<String> {
    let now = city::NOW.to_string();
    ["--at", &now, "--lists-from", url, "--lists-every", "1s"].map(str::to_owned).to_vec()
}

fn open(hall: &Hall, arguments: &[String]) -> Kiosk {
    Kiosk::open(hall, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

fn verdict(kiosk: &Kiosk) -> String {
    let scanned = json!({ "text": city::identity().text(), "desk": "library" }).to_string();
    let answer = kiosk.post("/v1/verify", "application/json", scanned.as_bytes());
    let reason = answer["reason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{}{reason}", answer["outcome"].as_str().unwrap())
}

fn state(kiosk: &Kiosk) -> Value {
    kiosk.get("/v1/state")
}

#[test]
fn a_kiosk_keeps_its_lists_new_and_nobody_waits_for_it() {
    let hall = hall("kiosk_new");
    // The first answer comes only while the kiosk is open: before it the old lists count.
    let server = ListsServer::answering([Reply::Trickle(100_000)]);
    let slow = open(&hall, &asking(&server.url()));
    assert!(!server.question().contains("if-none-match"));
    assert_eq!((verdict(&slow).as_str(), &state(&slow)["sequence"]), ("valid", &json!(12)));
    assert_eq!(state(&slow)["updates"]["asked_at"], Value::Null);
    drop((slow, server));

    let server = ListsServer::answering([
        Reply::Bundle(bundle(13), "\"13\""),
        Reply::Status(304, ""),
        Reply::Bundle(bundle(12), "\"12\""),
        Reply::Trickle(100_000),
    ]);
    let kiosk = open(&hall, &asking(&server.url()));
    assert!(!server.question().contains("if-none-match"));
    for _ in 0..3 {
        assert!(server.question().contains("if-none-match: \"13\""));
    }
    // The fourth question is on its way, for as long as a minute.
    assert_eq!(verdict(&kiosk), "not_valid: revoked");
    let state = state(&kiosk);
    assert_eq!((&state["sequence"], &state["kept"]), (&json!(13), &json!("good")));
    let updates = &state["updates"];
    assert_eq!((&updates["failure"], &updates["failures"]), (&json!("older"), &json!(1)));
    assert_eq!((&updates["host"], &updates["every_s"]), (&json!("127.0.0.1"), &json!(1)));
    for time in ["asked_at", "fetched_at", "next_at"] {
        assert!(updates[time].as_str().unwrap().starts_with("2026-02-02T02:4"), "{updates}");
    }
    assert!(updates["fetched_at"].as_str() < updates["asked_at"].as_str(), "{updates}");
    let told = kiosk.complaint("no newer lists");
    assert!(told.contains("trust list 12 is older than 13"), "{told}");
}

#[test]
fn a_kiosk_begins_with_an_address_and_a_root_and_with_nothing_less() {
    let hall = Hall::empty("kiosk_begins");
    let server = ListsServer::answering([Reply::Bundle(bundle(12), "\"12\""), Reply::Status(304, "")]);
    let rootless = open(&hall, &asking(&server.url()));
    let told = rootless.complaint("no newer lists");
    assert!(told.contains("verifier trust --bundle FILE, or name its --root"), "{told}");
    assert_eq!(verdict(&rootless), "cannot_tell: no_trust_list");
    assert_eq!(state(&rootless)["updates"]["failure"], "no_root");
    assert!(!server.was_asked());
    drop(rootless);

    let arguments = [asking(&server.url()), vec!["--root".to_owned(), root()]].concat();
    let kiosk = open(&hall, &arguments);
    let _first = server.question();
    assert!(server.question().contains("if-none-match"));
    assert_eq!(verdict(&kiosk), "valid");
    assert_eq!(state(&kiosk)["fingerprint"], root());

    let other = "0".repeat(64);
    for (arguments, complaint) in [
        (&["--lists-from", "http://card.city.example/bundle.cbor"][..], "http is only for this very machine"),
        (&["--lists-from", "bundle.cbor"], "this is no address"),
        (&["--lists-from", "https://a:b@card.city.example/"], "leave out name and password"),
        (
            &["--lists-from", "https://card.city.example/", "--lists-every", "0"],
            "from one second to seven days",
        ),
        (&["--lists-every", "1h"], "--lists-from"),
        (&["--root", &other], "--lists-from"),
        (&["--lists-from", "https://card.city.example/", "--root", &other], "trusts the root"),
        (&["--stopped"], "--at"),
    ] {
        let answer = run(&mut Kiosk::command(&hall, arguments));
        assert_eq!(answer.status, Some(64), "{arguments:?}: {}", answer.complaint);
        assert!(answer.complaint.contains(complaint), "{arguments:?}: {}", answer.complaint);
    }
}

#[test]
fn where_the_address_is_taken_the_next_step_is_told() {
    let hall = hall("kiosk_port");
    let kiosk = Kiosk::open(&hall, &[]);
    let taken = kiosk.origin().replace("http://", "");
    let answer = hall.verifier(&["serve", "--listen", &taken]);
    assert_eq!((answer.status, answer.out.as_str()), (Some(70), ""));
    for part in [&format!("go to http://{taken}/"), "verifier serve --listen 127.0.0.1:", "in use"] {
        assert!(answer.complaint.contains(part), "{part} in {}", answer.complaint);
    }
    assert_eq!(answer.complaint.lines().count(), 1, "{}", answer.complaint);
}

/// A kiosk whose folder takes no newer lists checks by those that it has, and says why.
fn goes_on_with_what_it_has(kiosk: &Kiosk, server: &ListsServer) {
    let _first = server.question();
    let again = server.question();
    assert!(!again.contains("if-none-match"), "what was not kept is fetched again: {again}");
    let state = state(kiosk);
    assert_eq!((&state["sequence"], &state["kept"]), (&json!(12), &json!("good")));
    assert_eq!(state["updates"]["failure"], "not_kept");
    assert_eq!(state["updates"]["fetched_at"], Value::Null);
    assert!(verdict(kiosk).starts_with("valid"));
}

#[test]
fn a_folder_that_is_read_only_stops_no_checks() {
    let hall = hall("kiosk_read_only");
    let kept = hall.file("verifier-data");
    for folder in [hall.folder(), &kept] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).unwrap();
    }
    let server = ListsServer::answering([13, 13, 13].map(|number| Reply::Unmeasured(bundle(number))));
    let arguments = asking(&server.url());
    let mut command = Kiosk::command(&hall, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    if fs::metadata(&kept).unwrap().uid() == 0 {
        command.uid(NOBODY);
        for file in ["trusted.cbor", "root.txt"] {
            fs::set_permissions(kept.join(file), fs::Permissions::from_mode(0o444)).unwrap();
        }
    }
    let kiosk = Kiosk::started(&mut command);
    goes_on_with_what_it_has(&kiosk, &server);
    let told = kiosk.complaint("no newer lists");
    for part in ["Permission denied", "Cards are checked by the lists that are here"] {
        assert!(told.contains(part), "{told}");
    }
    fs::set_permissions(hall.folder(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_full_disk_stops_no_checks_even_where_complaints_go_to_it() {
    let hall = hall("kiosk_full");
    let server = ListsServer::answering([13, 13, 13].map(|number| Reply::Unmeasured(bundle(number))));
    let arguments = asking(&server.url());
    let kiosk = Kiosk::command(&hall, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    // No file may grow, and standard error is as full as the disk.
    let mut full = Command::new("sh");
    full.current_dir(hall.folder())
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\" 2>/dev/full", "sh"])
        .arg(kiosk.get_program())
        .args(kiosk.get_args());
    let before = hall.read("verifier-data/trusted.cbor");
    let running = Kiosk::started(&mut full);
    goes_on_with_what_it_has(&running, &server);
    assert_eq!(hall.read("verifier-data/trusted.cbor"), before);
    // While it runs: ended in the middle of a try, it would leave that.
    let left = || fs::read_dir(hall.file("verifier-data")).unwrap().count();
    until("what could not be written is gone", || left() == 3);
}

#[test]
fn damaged_lists_are_said_to_be_none_until_they_are_loaded_again() {
    let hall = hall("kiosk_damaged");
    let whole = hall.read("verifier-data/trusted.cbor");
    let now = city::NOW.to_string();
    for damaged in [&whole[..whole.len() / 2], b"", b"damaged"] {
        hall.write("verifier-data/trusted.cbor", damaged);
        let kiosk = Kiosk::open(&hall, &["--at", &now]);
        let told = kiosk.complaint("damaged");
        for part in ["verifier trust --bundle FILE --root", "cannot_tell, no_trust_list"] {
            assert!(told.contains(part), "{told}");
        }
        assert_eq!(verdict(&kiosk), "cannot_tell: no_trust_list");
        assert_eq!(state(&kiosk)["kept"], "damaged");
        let refused = hall.verifier(&["check", &city::identity().text()]);
        assert_eq!(refused.status, Some(70));
        assert!(refused.complaint.contains("verifier trust --bundle FILE --root"), "{}", refused.complaint);
        // As the message says; the kiosk notices by itself.
        hall.verifier(&["trust", "--bundle", "12.cbor", "--root", &root()]).good();
        assert_eq!((verdict(&kiosk).as_str(), &state(&kiosk)["kept"]), ("valid", &json!("good")));
    }
}

#[test]
fn two_kiosks_share_a_folder() {
    let hall = hall("kiosk_two");
    let server = ListsServer::answering([]);
    let arguments = asking(&server.url());
    let kiosks = [(); 2].map(|()| open(&hall, &arguments));
    let _both = [server.question(), server.question()];
    assert_eq!(kiosks.each_ref().map(verdict), ["valid", "valid"]);
    hall.verifier(&["trust", "--bundle", "13.cbor"]).good();
    assert_eq!(kiosks.each_ref().map(verdict), ["not_valid: revoked", "not_valid: revoked"]);
    // One fetches list 14, the other is told that nothing changed.
    server.then(Reply::Bundle(bundle(14), "\"14\""));
    while kiosks.iter().any(|kiosk| state(kiosk)["sequence"] != 14) {
        let _next = server.question();
    }
    assert_eq!(kiosks.each_ref().map(verdict), ["not_valid: revoked", "not_valid: revoked"]);
}
