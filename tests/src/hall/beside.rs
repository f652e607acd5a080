//! Programs that run beside a story: servers, and those who watch.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::until;

/// After so long without the line that is waited for, a story has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that runs until the story ends it, and what it says, line by line.
#[derive(Debug)]
pub struct Beside {
    child: Child,
    lines: Receiver<String>,
}

impl Beside {
    /// Starts it.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (said, lines) = mpsc::channel();
        let complaints = said.clone();
        let out = BufReader::new(child.stdout.take().unwrap());
        let complaint = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| said.send(line)));
        thread::spawn(move || {
            complaint.lines().map_while(Result::ok).try_for_each(|line| complaints.send(line))
        });
        Self { child, lines }
    }

    /// The number of its process.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The next line in which this stands.
    #[must_use]
    pub fn says(&self, part: &str) -> String {
        let mut said = Vec::new();
        let until = Instant::now() + PATIENCE;
        loop {
            let line = self.lines.recv_timeout(until.saturating_duration_since(Instant::now()));
            let line = line.unwrap_or_else(|_| panic!("it did not say \"{part}\": {said:#?}"));
            if line.contains(part) {
                return line;
            }
            said.push(line);
        }
    }

    /// All that it has said since, once it has ended.
    #[must_use]
    pub fn rest(&self) -> Vec<String> {
        self.lines.iter().collect()
    }

    /// Waits until it ended by itself.
    #[must_use]
    pub fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        until("it ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// Waits until it stands still.
    pub fn stopped(&self) {
        let stat = format!("/proc/{}/stat", self.process());
        until("it stands still", || {
            // The state comes behind the name, which is in brackets.
            std::fs::read_to_string(Path::new(&stat)).unwrap().rsplit(") ").next().unwrap().starts_with('T')
        });
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.process().to_string()]).status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
