//! The desk for stories, served by the real `issuer serve`: its log, its metrics, and how it ends.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use issuer::db::officer::Role;

use crate::hall::{Hall, Lines, PASSWORD, until};
use crate::load::Browser;

/// A server that does not answer for so long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many servers this process has started.
static STARTED: AtomicUsize = AtomicUsize::new(0);

/// How many logs it has kept.
static KEPT: AtomicUsize = AtomicUsize::new(0);

/// A running `issuer serve`. It is killed when this is dropped.
#[derive(Debug)]
pub struct Desk {
    child: Child,
    /// Where the pages are.
    pub origin: String,
    /// Where the metrics are, without the scheme.
    pub metrics: String,
    log: PathBuf,
}

impl Desk {
    /// Serves the hall's city on free ports. `more` are further arguments of `issuer serve`.
    #[must_use]
    pub fn open(hall: &Hall, more: &[&str]) -> Self {
        Self::started(hall, &mut hall.issuer_command(&arguments(more)))
    }

    /// As [`Desk::open`], by a command that may have more in its environment.
    #[must_use]
    pub fn started(hall: &Hall, command: &mut Command) -> Self {
        let log = hall.file(&format!("desk-{}.log", STARTED.fetch_add(1, Ordering::Relaxed)));
        let file = fs::File::create(&log).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().unwrap();
        let lines = Lines::of(child.stdout.take().unwrap());
        let line = |start: &str| {
            let line = lines.after(start);
            line.unwrap_or_else(|| panic!("no {start}: {}", fs::read_to_string(&log).unwrap()))
        };
        let metrics = line("Metrics at http://").strip_suffix("/metrics").unwrap().to_owned();
        let origin = line("Serving ").split("/ ").next().unwrap().to_owned();
        Self { child, origin, metrics, log }
    }

    /// A browser in which a new officer of the hall has signed in.
    #[must_use]
    pub fn officer(&self, hall: &Hall, login: &str, role: Role) -> Browser {
        let factor = hall.officer(login, role);
        let mut browser = Browser::new(&self.origin);
        browser.get("/sign-in").unwrap();
        let code = factor.code(issuer::edge::now());
        let fields = [("login", login), ("password", PASSWORD), ("code", code.as_str()), ("next", "")];
        browser.post("/sign-in", &fields).unwrap();
        browser
    }

    /// The answer to a request that is sent just so, on a connection that is closed after it.
    #[must_use]
    pub fn raw(&self, request: &str) -> String {
        asked(self.origin.strip_prefix("http://").unwrap(), request)
    }

    /// What Prometheus is told now.
    #[must_use]
    pub fn scrape(&self) -> String {
        let host = &self.metrics;
        let answer =
            asked(host, &format!("GET /metrics HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("text/plain; version=0.0.4"), "{head}");
        body.to_owned()
    }

    /// What was logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// The process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends `SIGTERM`.
    pub fn terminate(&self) {
        let sent = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.id())]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until the process has ended.
    pub fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        until("it ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        keep_log(&self.log);
    }
}

/// The arguments of `issuer serve` in stories, and more.
#[must_use]
pub fn arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let usual = ["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--log", "json"];
    [&usual[..], more].concat()
}

/// Where `STORY_LOGS` names a folder, the logs of the stories' servers are kept there, to be looked through in the end.
pub fn keep_log(log: &Path) {
    let Some(folder) = std::env::var_os("STORY_LOGS").map(PathBuf::from) else { return };
    let _ = fs::create_dir_all(&folder);
    let name = format!("{}-{}.log", std::process::id(), KEPT.fetch_add(1, Ordering::Relaxed));
    let _ = fs::copy(log, folder.join(name));
}

fn asked(host: &str, request: &str) -> String {
    let mut connection = TcpStream::connect(host).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
