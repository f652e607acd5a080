//! What every crash must leave, and every kill: looked at through the commands, and in the database.

use std::collections::{BTreeMap, BTreeSet};

use issuer::db::card::{Card, CardState};
use serde_json::Value;

use crate::hall::{Answer, Hall};

/// A city whose program dies, and what it had acknowledged by then.
#[derive(Debug)]
pub struct Stage {
    /// Where it is.
    pub hall: Hall,
    /// The text of the service code of each card that was reported, by its number.
    pub reported: BTreeMap<String, String>,
}

impl Stage {
    /// A city where nothing has happened.
    #[must_use]
    pub fn new(story: &str) -> Self {
        Self { hall: Hall::new(story), reported: BTreeMap::new() }
    }

    /// Runs a command that dies at a point.
    #[expect(clippy::must_use_candidate, reason = "that it died is often all that is asked")]
    pub fn dies(&self, point: &str, arguments: &[&str]) -> Answer {
        let program = crate::hall::binary("issuer-crash-points");
        died(self.hall.command_of(&program, arguments), point)
    }

    /// Takes note of the cards that a run reported; a card reported twice must be the same.
    pub fn note(&mut self, lines: &str) {
        // The last line of a run that was killed may be cut off.
        for card in lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            let [number, code] = ["number", "service_qr"].map(|name| card[name].as_str().unwrap().to_owned());
            let before = self.reported.insert(number, code.clone());
            assert!(before.is_none_or(|before| before == code), "one number, two cards");
        }
    }

    /// Every card of the database.
    #[must_use]
    pub fn cards(&self) -> Vec<Card> {
        cards(&self.hall, "city")
    }

    /// What must hold whenever nothing runs.
    pub fn whole(&self) {
        whole(&self.hall, "city", "+0d");
        let issued: BTreeSet<String> = self
            .cards()
            .into_iter()
            .filter(|card| card.state == CardState::Issued)
            .map(|card| card.number)
            .collect();
        let lost: Vec<_> = self.reported.keys().filter(|number| !issued.contains(*number)).collect();
        assert!(lost.is_empty(), "reported and not in the database: {lost:?}");
    }

    /// What the counter says of each reported card, once the lists are published: its number and the outcome.
    #[must_use]
    pub fn verdicts(&self) -> BTreeMap<String, String> {
        self.hall.publish_and_trust();
        let codes: Vec<&str> = self.reported.values().map(String::as_str).collect();
        // So many at once that what the verifier answers fits into a pipe.
        let said = codes.chunks(50).flat_map(|codes| {
            self.hall.check_lines(&["--desk", "library"], &format!("{}\n", codes.join("\n"))).json()
        });
        let verdict = |line: Value| {
            let reason = line["reason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
            let number = line["number"].as_str().unwrap().to_owned();
            (number, format!("{}{reason}", line["outcome"].as_str().unwrap()))
        };
        said.map(verdict).collect()
    }
}

/// Runs a command to its death.
#[expect(clippy::must_use_candidate, reason = "that it died is often all that is asked")]
pub fn died(mut command: std::process::Command, point: &str) -> Answer {
    use std::os::unix::process::ExitStatusExt as _;
    let output = crate::hall::output(command.env("ISSUER_CRASH_POINT", point)).unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.signal(), Some(9), "{point}: {said}");
    Answer { status: None, out: String::from_utf8(output.stdout).unwrap(), complaint: said }
}

/// Every card of a city's database.
#[must_use]
pub fn cards(hall: &Hall, data: &str) -> Vec<Card> {
    let issuer = issuer::Issuer::open(&hall.file(data), None).unwrap();
    issuer.db.read(|conn| Ok::<_, issuer::Error>(Card::all(conn)?)).unwrap()
}

/// The audit log and the receipts are whole, and nothing is used twice. `shift` is where the clock stands.
pub fn whole(hall: &Hall, data: &str, shift: &str) {
    for arguments in [["audit", "verify"], ["retention", "verify"]] {
        let program = crate::hall::binary("issuer");
        let mut command = match shift {
            "+0d" => hall.command_of(&program, &arguments),
            shift => hall.command_at(shift, &program, &arguments),
        };
        crate::hall::run(command.env("ISSUER_DATA", data)).good();
    }
    unique(hall, data);
}

/// No number, place or row is used twice.
pub fn unique(hall: &Hall, data: &str) {
    let all = cards(hall, data);
    let numbers: BTreeSet<&str> = all.iter().map(|card| card.number.as_str()).collect();
    assert_eq!(numbers.len(), all.len(), "a number was used twice");
    let places: BTreeSet<_> =
        all.iter().map(|card| (card.status_list_id.to_string(), card.status_index)).collect();
    assert_eq!(places.len(), all.len(), "a place on a list was used twice");
    let in_batches =
        all.iter().filter_map(|card| Some((card.batch_id.as_ref()?.to_string(), card.batch_row?)));
    let rows: Vec<_> = in_batches.collect();
    assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), rows.len(), "a row has two cards");
}
