//! A batch killed at random moments: nothing doubled, nothing reported lost.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use issuer::db::card::CardState;
use serde_json::Value;
use tests::hall::Hall;

const KILLS: u64 = 20;
const ROWS: usize = 60;

/// Every card of the city's database.
fn cards(hall: &Hall) -> Vec<issuer::db::card::Card> {
    let issuer = issuer::Issuer::open(&hall.file("city"), None).unwrap();
    issuer.db.read(|conn| Ok::<_, issuer::Error>(issuer::db::card::Card::all(conn)?)).unwrap()
}

#[test]
fn twenty_kills_lose_nothing_and_double_nothing() {
    let hall = Hall::new("kills");
    let mut reported: BTreeSet<String> = BTreeSet::new();
    let mut killed = 0;
    for round in 0..KILLS {
        let names: Vec<String> = (0..ROWS).map(|row| format!("Resident {round} {row}")).collect();
        hall.write("residents.csv", format!("full_name\n{}\n", names.join("\n")));
        let arguments = ["issue", "--batch", "residents.csv", "--out", "cards.pdf", "--json"];
        let mut child =
            hall.issuer_command(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        // Moments from before the first write to after the last line, by lines seen and by time spun.
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        if round % 4 == 0 {
            let start = std::time::Instant::now();
            while start.elapsed().as_millis() < u128::from(round * 8 + 3) {
                std::hint::spin_loop();
            }
        } else {
            let wanted = usize::try_from(round * 37 % 60).unwrap();
            for line in lines.take(wanted) {
                let card: Value = serde_json::from_str(&line.unwrap()).unwrap();
                reported.insert(card["number"].as_str().unwrap().to_owned());
            }
        }
        child.kill().unwrap();
        killed += u64::from(child.wait().unwrap().code().is_none());
        if round % 2 == 0 {
            // The same file again goes on where the killed run stopped.
            let done = hall.issuer(&arguments);
            let answered =
                done.status == Some(0) || done.complaint.contains("every row would get a second card");
            assert!(answered, "{}", done.complaint);
            for line in done.out.lines() {
                let card: Value = serde_json::from_str(line).unwrap();
                reported.insert(card["number"].as_str().unwrap().to_owned());
            }
        }
    }
    assert!(killed >= KILLS / 2, "only {killed} runs were killed in their course");
    let all = cards(&hall);
    let numbers: BTreeSet<&str> = all.iter().map(|card| card.number.as_str()).collect();
    assert_eq!(numbers.len(), all.len(), "a number was used twice");
    let places: BTreeSet<_> =
        all.iter().map(|card| (card.status_list_id.to_string(), card.status_index)).collect();
    assert_eq!(places.len(), all.len(), "a status index was used twice");
    let rows: BTreeSet<_> =
        all.iter().map(|card| (card.batch_id.as_ref().unwrap().to_string(), card.batch_row)).collect();
    assert_eq!(rows.len(), all.len(), "a row has two cards");
    let issued: BTreeSet<String> =
        all.iter().filter(|card| card.state == CardState::Issued).map(|card| card.number.clone()).collect();
    assert!(reported.is_subset(&issued), "a reported card is not in the database");
    assert!(reported.len() >= ROWS * 10, "{} cards reported", reported.len());
    hall.issuer(&["audit", "verify"]).good();
    // What was left half issued is found and revoked.
    let unsigned = all.iter().filter(|card| card.state == CardState::Reserved).count();
    let said = hall.issuer(&["revoke", "--half-issued", "--reason", "interrupted"]).good().out;
    assert_eq!(said.matches("valid -> revoked").count(), unsigned);
}
