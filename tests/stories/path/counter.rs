//! The counter's page, served by the real program: a good card and a revoked one, as a picture and as a text.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tests::hall::{Hall, binary};

struct Counter {
    server: Child,
    address: String,
}

impl Counter {
    fn open(hall: &Hall) -> Self {
        let mut command = Command::new(binary("verifier"));
        command.current_dir(hall.folder()).args(["serve", "--listen", "127.0.0.1:0"]);
        let mut server = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let address = said.trim().strip_prefix("Serving http://").unwrap().trim_end_matches('/').to_owned();
        Self { server, address }
    }

    fn post(&self, path: &str, kind: &str, body: &[u8]) -> Value {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        let (address, length) = (&self.address, body.len());
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        connection.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// The verdict on the only code of a picture.
    fn verdict(&self, picture: &[u8]) -> Value {
        let codes = self.post("/v1/read", "image/png", picture);
        assert_eq!(codes["texts"].as_array().unwrap().len(), 1);
        let scanned = json!({ "text": codes["texts"][0], "desk": "library", "language": "pt" });
        self.post("/v1/verify", "application/json", scanned.to_string().as_bytes())
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

#[test]
fn the_page_tells_a_good_card_from_a_revoked_one() {
    let hall = Hall::empty("counter");
    hall.issuer(&["demo", "--no-serve"]).good();
    hall.verifier(&["trust", "--bundle", "demo-city/public/bundle.cbor"]).good();
    let numbers = String::from_utf8(hall.read("demo-city/demo-cards.txt")).unwrap();
    let numbers: Vec<&str> = numbers.lines().collect();
    let counter = Counter::open(&hall);
    let good = counter.verdict(&hall.read(&format!("demo-city/cards/{}.png", numbers[0])));
    assert_eq!((&good["outcome"], &good["number"]), (&json!("valid"), &json!(numbers[0])));
    assert_eq!(good["screen"]["title"], "Válido");
    assert_eq!(good["claims"]["face"]["format"], "webp");
    let revoked = counter.verdict(&hall.read(&format!("demo-city/cards/{}.png", numbers[3])));
    assert_eq!((&revoked["outcome"], &revoked["reason"]), (&json!("not_valid"), &json!("revoked")));
    assert_eq!(revoked["screen"]["sentence"], "O cartão foi revogado.");
    assert_eq!(revoked["screen"]["hotline"], "+1 555 0100");
}
