//! The counter's page for stories, served by the real `verifier`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use serde_json::Value;

use crate::hall::{Hall, Lines, binary};

/// A running `verifier serve`. It ends when this is dropped.
#[derive(Debug)]
pub struct Kiosk {
    server: Child,
    address: String,
    complaints: Mutex<Lines>,
}

impl Kiosk {
    /// Serves what the hall's verifier trusts, on a free port. `more` are further arguments of `verifier serve`.
    #[must_use]
    pub fn open(hall: &Hall, more: &[&str]) -> Self {
        Self::started(&mut Self::command(hall, more))
    }

    /// The command of [`Kiosk::open`].
    #[must_use]
    pub fn command(hall: &Hall, more: &[&str]) -> Command {
        let mut command = Command::new(binary("verifier"));
        command.current_dir(hall.folder()).args(["serve", "--listen", "127.0.0.1:0"]).args(more);
        command
    }

    /// Serves by a command that ends up as `verifier serve`.
    #[must_use]
    pub fn started(command: &mut Command) -> Self {
        let mut server = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let complaints = Lines::of(server.stderr.take().unwrap());
        // Its first line.
        let said = Lines::of(server.stdout.take().unwrap()).with("").unwrap_or_default();
        let Some(address) = said.strip_prefix("Serving http://") else {
            panic!("{said}{}", complaints.rest().join("\n"));
        };
        let address = address.trim_end_matches('/').to_owned();
        Self { server, address, complaints: Mutex::new(complaints) }
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

    /// The most memory that it held so far, in kB, as Linux counts it.
    #[must_use]
    pub fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// The next line on its standard error that has these words; waits for it.
    #[must_use]
    pub fn complaint(&self, about: &str) -> String {
        self.complaints.lock().unwrap().with(about).unwrap()
    }

    /// Answers a GET with a JSON object.
    #[must_use]
    pub fn get(&self, path: &str) -> Value {
        good(self.ask("GET", path, "text/plain", b""))
    }

    /// Answers a POST with a JSON object.
    #[must_use]
    pub fn post(&self, path: &str, kind: &str, body: &[u8]) -> Value {
        good(self.ask("POST", path, kind, body))
    }

    /// Answers a request with a status and a JSON object.
    #[must_use]
    pub fn ask(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> (u16, Value) {
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
        let status = answer.strip_prefix("HTTP/1.1 ").unwrap().get(..3).unwrap().parse().unwrap();
        (status, serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap())
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn good((status, answer): (u16, Value)) -> Value {
    assert_eq!(status, 200, "{answer}");
    answer
}
