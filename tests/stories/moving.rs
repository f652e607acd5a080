//! A city moves from its file to PostgreSQL, killed on the way, and is the same city there.

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use issuer::Issuer;
use issuer::db::act::Actor;
use tests::hall::{Hall, within};

const CARDS: usize = 40;

/// A city on a file with cards, and the address of an empty schema; none where no server is at hand.
fn city(story: &str) -> Option<(Hall, String, Vec<String>)> {
    let (hall, address) = Hall::on_file(story);
    let address = address?;
    // Two links that open an account: rows whose key is no text.
    for login in ["amina", "bo"] {
        hall.issuer(&["officer", "add", "--login", login, "--role", "registrar"]).good();
    }
    let issuer = Issuer::open(&hall.file("city"), None).unwrap();
    let actor = Actor::command_line("hall");
    let cards = (0..CARDS).map(|number| {
        let name = format!("Zoë \"Quote\" Ñandú {number}");
        within::issue(&issuer, &name, &actor, issuer::edge::now()).draft.number().to_owned()
    });
    let cards = cards.collect();
    Some((hall, address, cards))
}

fn settings(hall: &Hall) -> String {
    fs::read_to_string(hall.file("city/city.toml")).unwrap()
}

fn revoke(hall: &Hall, card: &str) -> tests::hall::Answer {
    hall.issuer(&["revoke", card, "--reason", "lost"])
}

#[test]
fn a_city_moves_and_is_the_same_city() {
    let Some((hall, to, cards)) = city("moving") else { return };
    revoke(&hall, &cards[0]).good();
    let before = hall.issuer(&["audit", "verify"]).good().out;
    let old = settings(&hall);

    // Killed at whatever moment; none of these comes to its end, or the last one finds that all is done.
    for pause in [5, 20, 60, 120, 250] {
        let mut killed = hall.issuer_command(&["move", "--to", &to]).stdout(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(pause));
        killed.kill().unwrap();
        killed.wait().unwrap();
    }
    if settings(&hall) == old {
        let said = hall.issuer(&["move", "--from", "sqlite:city.db", "--to", &to]).good().out;
        let row = format!("{:24} {CARDS:>10} rows  sha256 ", "card");
        assert!(said.lines().any(|line| line.starts_with(&row)), "{said}");
    }
    assert_eq!(settings(&hall), old.replace("sqlite:city.db", &to), "one line of city.toml is another");

    let after = hall.issuer(&["audit", "verify"]).good().out;
    assert_ne!(before, after, "the move is an act");
    hall.issuer(&["retention", "verify"]).good();
    hall.issuer(&["publish", "--out", "public"]).good();
    revoke(&hall, &cards[1]).good();
    let again = revoke(&hall, &cards[0]);
    assert_eq!(again.status, Some(1), "what was revoked before the move is revoked: {}", again.out);

    // What is left of the old one cannot be written by whoever still points to it.
    fs::write(hall.file("city/city.toml"), &old).unwrap();
    let refused = revoke(&hall, &cards[2]);
    let moved = "the city moves to another database, or has moved; nothing was changed";
    assert!(refused.status == Some(1) && refused.complaint.contains(moved), "{}", refused.complaint);
    let refused = hall.issuer(&["move", "--to", &to]);
    let gone_on = "this city has moved there already and has gone on since";
    assert!(refused.status == Some(1) && refused.complaint.contains(gone_on), "{}", refused.complaint);
}

#[test]
fn a_move_that_cannot_be_whole_does_not_end_and_is_given_up() {
    let Some((hall, to, cards)) = city("moving_given_up") else { return };
    let old = settings(&hall);
    let other = Hall::new("moving_other");
    let refused = hall.issuer(&["move", "--to", other.address().unwrap()]);
    assert!(refused.complaint.contains("another city stands in the new database"), "{}", refused.complaint);
    revoke(&hall, &cards[0]).good();
    let elsewhere = hall.issuer(&["move", "--from", "sqlite:other.db", "--to", &to]);
    assert!(elsewhere.complaint.contains("--from: city.toml names"), "{}", elsewhere.complaint);

    // As if it had been cut off before its end, and somebody had written there since.
    hall.issuer(&["move", "--to", &to]).good();
    fs::write(hall.file("city/city.toml"), &old).unwrap();
    let undone = format!(
        "UPDATE audit_counter SET value = 0; DELETE FROM audit_log WHERE act = 'city_moved'; \
         UPDATE card SET services = 'transit' WHERE number = '{}'",
        cards[1]
    );
    hall.run("psql", &["-q", "-v", "ON_ERROR_STOP=1", "-d", &to, "-c", &undone]);
    let refused = hall.issuer(&["move", "--to", &to]);
    assert!(refused.complaint.contains("the table card did not arrive as it was"), "{}", refused.complaint);
    assert_eq!(settings(&hall), old);
    assert_eq!(revoke(&hall, &cards[1]).status, Some(1), "the old one is frozen");
    hall.issuer(&["move", "--give-up"]).good();
    revoke(&hall, &cards[1]).good();
}
