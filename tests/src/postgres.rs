//! A PostgreSQL server of a story's own, which it may stop, and a wire to it, which it may cut.

mod wire;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub use wire::{Flow, Wire};

use crate::hall::{on_postgres, run};

/// A running server, which forgets nothing when it is killed. It ends, and its folder goes, when this is dropped.
#[derive(Debug)]
pub struct Server {
    binaries: PathBuf,
    folder: String,
    port: u16,
}

impl Server {
    /// A new server on a free port of this machine; none where the stories run on SQLite, and, in one printed line, where
    /// PostgreSQL's programs are not there.
    #[must_use]
    pub fn start() -> Option<Self> {
        if !on_postgres() {
            return None;
        }
        let Some(binaries) = binaries() else {
            println!("passed over: PostgreSQL's server programs are not installed here");
            return None;
        };
        let made = run(as_postgres(Path::new("mktemp")).args(["-d", "-t", "story-postgres.XXXXXX"])).good();
        let server = Self { binaries, folder: made.out.trim().to_owned(), port: free_port() };
        let data = server.data();
        run(server.program("initdb").args([
            "-D",
            &data,
            "-U",
            "test",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        ]))
        .good();
        server.control(&["start"]);
        Some(server)
    }

    /// Where its database of this name is; it is made if there is none.
    #[must_use]
    pub fn database(&self, name: &str) -> String {
        let there = self.sql("postgres", &format!("SELECT 1 FROM pg_database WHERE datname = '{name}'"));
        if there.is_empty() {
            self.sql("postgres", &format!("CREATE DATABASE {name}"));
        }
        self.address("test", name)
    }

    /// Its address for a role.
    #[must_use]
    pub fn address(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}", self.port)
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Runs SQL as its administrator; what came back, a line a row.
    #[expect(clippy::must_use_candidate, reason = "that it succeeded is often all that is asked")]
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let address = self.address("test", database);
        run(Command::new("psql").args(["-qAt", "-v", "ON_ERROR_STOP=1", "-d", &address, "-c", sql]))
            .good()
            .out
    }

    /// Stops it in this mode of `pg_ctl` and starts it again: `fast` ends what is under way, `immediate` is a crash.
    pub fn restart(&self, mode: &str) {
        self.control(&["-m", mode, "restart"]);
    }

    /// From now on it speaks TLS to whoever asks for it, with a certificate of its own for `localhost`, which is returned.
    #[must_use]
    pub fn certify(&self) -> String {
        let file = |name: &str| format!("{}/{name}", self.data());
        self_signed(&file("server.key"), &file("server.crt"));
        self.sql("postgres", "ALTER SYSTEM SET ssl = on");
        self.restart("fast");
        run(as_postgres(Path::new("cat")).arg(file("server.crt"))).good().out
    }

    fn control(&self, what: &[&str]) {
        let log = format!("{}/log", self.folder);
        let options = format!(
            "-c listen_addresses=127.0.0.1 -p {} -c unix_socket_directories= -c max_connections=200",
            self.port
        );
        let mut command = self.program("pg_ctl");
        command.args(["-D", &self.data(), "-l", &log, "-w", "-t", "60", "-s", "-o", &options]).args(what);
        // The server would keep a pipe open for as long as it lives.
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(status.success(), "pg_ctl {what:?}; see {log}");
    }

    fn program(&self, name: &str) -> Command {
        as_postgres(&self.binaries.join(name))
    }

    fn data(&self) -> String {
        format!("{}/data", self.folder)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stop = ["-D", &self.data(), "-m", "immediate", "-s", "stop"];
        let _ = self.program("pg_ctl").args(stop).stdout(Stdio::null()).stderr(Stdio::null()).status();
        let _ = as_postgres(Path::new("rm")).args(["-rf", "--", &self.folder]).status();
    }
}

/// Makes a key and a certificate for `localhost` that only itself vouches for.
pub fn self_signed(key: &str, certificate: &str) {
    let about = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    let files = ["-keyout", key, "-out", certificate];
    let new = ["req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
    run(as_postgres(Path::new("openssl")).args(new).args(about).args(files)).good();
}

/// A program under an account that PostgreSQL starts under: never that of the administrator.
fn as_postgres(program: &Path) -> Command {
    let mut command = if run(Command::new("id").arg("-u")).out.trim() == "0" {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

/// The newest server's programs.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.filter_map(|version| Some(version.ok()?.path().join("bin")));
    folders.filter(|folder| folder.join("initdb").exists() && folder.join("postgres").exists()).max()
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
