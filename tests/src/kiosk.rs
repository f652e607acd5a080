//! The counter's page for stories, served by the real `verifier`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::hall::{Hall, binary};

/// A running `verifier serve`. It ends when this is dropped.
#[derive(Debug)]
pub struct Kiosk {
    server: Child,
    address: String,
}

impl Kiosk {
    /// Serves what the hall's verifier trusts, on a free port. `more` are further arguments of `verifier serve`.
    #[must_use]
    pub fn open(hall: &Hall, more: &[&str]) -> Self {
        let mut command = Command::new(binary("verifier"));
        command.current_dir(hall.folder()).args(["serve", "--listen", "127.0.0.1:0"]).args(more);
        let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let address = said.trim().strip_prefix("Serving http://").unwrap().trim_end_matches('/').to_owned();
        Self { server, address }
    }

    /// Where it is: `http://127.0.0.1:12345`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its process.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.server.id()
    }

    /// Answers a GET with a JSON object.
    #[must_use]
    pub fn get(&self, path: &str) -> Value {
        self.ask("GET", path, "text/plain", b"")
    }

    /// Answers a POST with a JSON object.
    #[must_use]
    pub fn post(&self, path: &str, kind: &str, body: &[u8]) -> Value {
        self.ask("POST", path, kind, body)
    }

    fn ask(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Value {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        let (address, length) = (&self.address, body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        connection.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
