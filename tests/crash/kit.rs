//! An event kit dies while it is made, closed and brought home: there is one or none, and it comes home once.

use std::process::Command;

use issuer::db::officer::Role;
use tests::hall::{binary, run};
use tests::stage::{Stage, died, whole};

use crate::points::{KIT, KIT_CLOSE, KIT_MERGE, KIT_REST};

const PASSPHRASE: &str = "seven quiet herons";
const CREATE: [&str; 10] =
    ["kit", "create", "--name", "gym", "--days", "3", "--officers", "anna", "--out", "kit"];
const CLOSE: [&str; 4] = ["kit", "close", "--out", "gym.home"];
const MERGE: [&str; 3] = ["kit", "merge", "gym.home"];

fn city(point: &str) -> Stage {
    let stage = Stage::new(&format!("crash_{}", point.replace('.', "_")));
    stage.hall.officer("anna", Role::Registrar);
    stage
}

/// A command that knows the kit's passphrase, at the city hall or on the laptop.
fn command(stage: &Stage, program: &str, data: &str, arguments: &[&str]) -> Command {
    let mut command = stage.hall.command_of(&binary(program), arguments);
    command.env("ISSUER_DATA", data);
    command.env(if data == "kit" { "ISSUER_PASSPHRASE" } else { "ISSUER_KIT_PASSPHRASE" }, PASSPHRASE);
    command
}

/// Two cards of the kit, the second revoked there.
fn use_kit(stage: &mut Stage) {
    stage.hall.write("kit.csv", "full_name\nAna Novak\nBo Ek\n");
    let issue = ["issue", "--batch", "kit.csv", "--out", "kit.pdf", "--json"];
    let cards = run(&mut command(stage, "issuer", "kit", &issue)).good();
    stage.note(&cards.out);
    let number = cards.json()[1]["number"].as_str().unwrap().to_owned();
    run(&mut command(stage, "issuer", "kit", &["revoke", &number, "--reason", "spoiled"])).good();
}

/// What the counter says once the kit is home.
fn come_home(stage: &Stage, point: &str) {
    whole(&stage.hall, "city", "+0d");
    let verdicts: Vec<String> = stage.verdicts().into_values().collect();
    let mut sorted = verdicts.clone();
    sorted.sort();
    assert_eq!(sorted, ["not_valid: revoked", "valid"], "{point}");
    stage.whole();
}

#[test]
fn a_kit_that_dies_in_the_making_is_there_or_is_not() {
    for point in KIT {
        let mut stage = city(point);
        died(command(&stage, "issuer-crash-points", "city", &CREATE), point);
        whole(&stage.hall, "city", "+0d");
        let known = stage.hall.issuer(&["kit", "list"]).good().out;
        let is_made = ["kit.made", "kit.placed"].contains(point);
        assert_eq!(known.starts_with("gym "), is_made, "{point}: {known}");
        assert_eq!(stage.hall.file("kit").exists(), *point == "kit.placed", "{point}");
        match *point {
            "kit.placed" => {}
            // The city knows it: it only has to be put in its place.
            "kit.made" => {
                let [draft] = drafts(&stage).try_into().unwrap();
                std::fs::rename(draft, stage.hall.file("kit")).unwrap();
            }
            _ => {
                run(&mut command(&stage, "issuer", "city", &CREATE)).good();
            }
        }
        use_kit(&mut stage);
        run(&mut command(&stage, "issuer", "kit", &CLOSE)).good();
        stage.hall.issuer(&MERGE).good();
        come_home(&stage, point);
    }
}

fn drafts(stage: &Stage) -> Vec<std::path::PathBuf> {
    let all = std::fs::read_dir(stage.hall.folder()).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(".kit-")).collect()
}

#[test]
fn a_kit_that_dies_while_it_is_closed_is_closed_again() {
    for point in KIT_CLOSE {
        let mut stage = city(point);
        run(&mut command(&stage, "issuer", "city", &CREATE)).good();
        use_kit(&mut stage);
        died(command(&stage, "issuer-crash-points", "kit", &CLOSE), point);
        assert!(!stage.hall.file("gym.home").exists(), "{point}");
        run(&mut command(&stage, "issuer", "kit", &["audit", "verify"])).good();
        run(&mut command(&stage, "issuer", "kit", &CLOSE)).good();
        stage.hall.issuer(&MERGE).good();
        come_home(&stage, point);
    }
}

#[test]
fn a_kit_that_dies_while_it_is_sealed_is_whole_and_sealed_by_the_next() {
    const LOOK: [&str; 2] = ["audit", "verify"];
    for point in KIT_REST {
        let mut stage = city(point);
        run(&mut command(&stage, "issuer", "city", &CREATE)).good();
        use_kit(&mut stage);
        died(command(&stage, "issuer-crash-points", "kit", &LOOK), point);
        let lies = |name: &str| stage.hall.file(&format!("kit/city.db{name}")).exists();
        assert!(lies(".sealed"), "{point}");
        assert_eq!([lies(""), lies(".old")], [*point == "kit.sealed", *point == "kit.resting"], "{point}");
        run(&mut command(&stage, "issuer", "kit", &LOOK)).good();
        assert_eq!([lies(".sealed"), lies(""), lies(".old")], [true, false, false], "{point}");
        run(&mut command(&stage, "issuer", "kit", &CLOSE)).good();
        stage.hall.issuer(&MERGE).good();
        come_home(&stage, point);
    }
}

#[test]
fn a_kit_that_dies_on_the_way_home_comes_home_once() {
    for point in KIT_MERGE {
        let mut stage = city(point);
        run(&mut command(&stage, "issuer", "city", &CREATE)).good();
        use_kit(&mut stage);
        run(&mut command(&stage, "issuer", "kit", &CLOSE)).good();
        died(command(&stage, "issuer-crash-points", "city", &MERGE), point);
        whole(&stage.hall, "city", "+0d");
        let is_home = *point == "kit.merged";
        assert_eq!(stage.cards().len(), if is_home { 2 } else { 0 }, "{point}");
        let said = stage.hall.issuer(&MERGE).good().out;
        let expected =
            if is_home { "All of this was brought home" } else { "Home from the event kit gym: 2 cards" };
        assert!(said.starts_with(expected), "{point}: {said}");
        come_home(&stage, point);
    }
}
