//! A city with large lists revokes one card: what the kiosk downloads of it, through the real programs.

use std::collections::BTreeMap;

use serde_json::json;
use tests::hall::Hall;
use tests::kiosk::Kiosk;
use tests::lists_server::ListsServer;

/// Four lists more, and on each of the five some eight thousand places that are revoked, without a pattern.
const LARGE: &str = "
    INSERT INTO status_list (id, kid, expiry_year, shard, capacity, next_position, uri)
    SELECT '00000000-0000-7000-9000-00000000000' || n, kid, 2099, n, capacity, 0, 'https://card.alder.example/s/90' || n
    FROM status_list, (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) AS more;
    WITH RECURSIVE place(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM place WHERE n < 8000)
    INSERT INTO kept_status (status_list_id, status_index, status)
    SELECT DISTINCT id, (n * n * 7919 + shard * 13) % 1048573, 'revoked' FROM place, status_list
    WHERE (n * n * 7919 + shard * 13) % 1048573 NOT IN (SELECT status_index FROM card);";

fn verdict(kiosk: &Kiosk, text: &str) -> String {
    let scanned = json!({ "text": text, "desk": "library" }).to_string();
    let answer = kiosk.post("/v1/verify", "application/json", scanned.as_bytes());
    let reason = answer["reason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{}{reason}", answer["outcome"].as_str().unwrap())
}

#[test]
fn a_kiosk_fetches_the_list_that_changed_and_nothing_else() {
    let hall = Hall::new("pieces");
    let card = &hall.issue("full_name\nAna Novak\n")[0];
    let (number, text) = (card["number"].as_str().unwrap(), card["service_qr"].as_str().unwrap());
    hall.sql(LARGE, LARGE);
    hall.publish_and_trust();
    let whole = hall.read("public/bundle.cbor").len();
    assert!(whole > 40_000, "{whole}");

    let server = ListsServer::answering([]);
    server.put_folder(&hall.file("public"));
    let kiosk = Kiosk::open(&hall, &["--lists-from", &server.url(), "--lists-every", "1s"]);
    assert!(server.question().starts_with("get /index.cbor "));
    assert_eq!(verdict(&kiosk, text), "valid");

    let said = hall.issuer(&["revoke", number, "--reason", "lost"]).good();
    assert!(said.complaint.is_empty(), "{}", said.complaint);
    let said = hall.issuer(&["publish", "--out", "public"]).good().out;
    assert!(said.starts_with("Trust list 2, 5 status lists (1 of ours changed): "), "{said}");
    server.put_folder(&hall.file("public"));
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    while verdict(&kiosk, text) != "not_valid: revoked" {
        let path = server.question().split(' ').nth(1).unwrap().to_owned();
        *asked.entry(path).or_default() += 1;
    }
    while let Some(question) = server.next_question() {
        *asked.entry(question.split(' ').nth(1).unwrap().to_owned()).or_default() += 1;
    }
    asked.remove("/index.cbor");
    assert_eq!(asked.values().collect::<Vec<_>>(), [&1, &1], "the trust list and one list, once: {asked:?}");
    assert!(asked.keys().all(|path| path.starts_with("/pieces/")), "{asked:?}");
    let length = |path: &String| hall.read(&format!("public{path}")).len();
    let fetched = asked.keys().map(length).sum::<usize>() + hall.read("public/index.cbor").len();
    assert!(fetched * 2 < whole, "{fetched} of {whole}");
    assert_eq!(kiosk.get("/v1/state")["sequence"], 2);
    // What it keeps is the bundle, and the next start needs no pieces.
    drop(kiosk);
    let again = hall.check_lines(&[], text).json();
    assert_eq!((&again[0]["outcome"], &again[0]["reason"]), (&json!("not_valid"), &json!("revoked")));
}
