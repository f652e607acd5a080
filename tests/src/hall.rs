//! A city hall for stories: a folder of its own, the real `issuer` and `verifier`.

mod backups;
pub mod beside;
mod patience;
mod sql;
pub mod within;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub use backups::restoring;
pub use patience::{Lines, output, until};

/// What the stories are told when they need a program that is not installed.
const INSTALL: &str = "tests/run installs what the stories need";

/// The password of every officer of a hall.
pub const PASSWORD: &str = "violet otter ferry";

/// A city hall. Its folder goes when it is dropped.
#[derive(Debug)]
pub struct Hall {
    folder: TempDir,
    database: Option<String>,
}

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    /// The exit status; none where a signal ended it.
    pub status: Option<i32>,
    /// What it printed.
    pub out: String,
    /// What it complained about.
    pub complaint: String,
}

impl Answer {
    fn of(output: Output) -> Self {
        Self {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            complaint: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The answer of a command that must succeed.
    #[expect(
        clippy::return_self_not_must_use,
        clippy::must_use_candidate,
        reason = "that it succeeded is often all that is asked"
    )]
    pub fn good(self) -> Self {
        assert_eq!(self.status, Some(0), "{}{}", self.out, self.complaint);
        self
    }

    /// The JSON objects printed, one a line.
    #[must_use]
    pub fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Hall {
    /// A folder without a city. `story` names the PostgreSQL schema, where the stories run on one.
    #[must_use]
    pub fn empty(story: &str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database: database(story) }
    }

    /// A city, set up by `issuer init`.
    #[must_use]
    pub fn new(story: &str) -> Self {
        let hall = Self::empty(story);
        hall.init("https://card.alder.example", &[]).good();
        hall
    }

    /// A city on a SQLite file whatever the stories run on, and the address of an empty schema where they run on PostgreSQL.
    #[must_use]
    pub fn on_file(story: &str) -> (Self, Option<String>) {
        let Self { folder, database } = Self::empty(story);
        let hall = Self { folder, database: None };
        hall.init("https://card.alder.example", &[]).good();
        (hall, database)
    }

    /// The address of the database, where the stories run on PostgreSQL.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// Runs `issuer init` for the city of this address, with more arguments.
    #[must_use]
    pub fn init(&self, url: &str, more: &[&str]) -> Answer {
        let mut arguments = vec!["init", "--name", "Port Alder", "--hotline", "+1 555 0100", "--url", url];
        if let Some(database) = &self.database {
            arguments.extend(["--database", database]);
        }
        arguments.extend(more);
        self.issuer(&arguments)
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file in the folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in the folder.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.file(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Reads a file in the folder.
    #[must_use]
    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.file(name)).unwrap()
    }

    /// The `issuer` command, in the folder, with its data in `city`.
    #[must_use]
    pub fn issuer_command(&self, arguments: &[&str]) -> Command {
        self.command_of(&binary("issuer"), arguments)
    }

    /// A program that takes the place of `issuer`, or starts it.
    #[must_use]
    pub fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder()).env("ISSUER_DATA", "city").env_remove("CARGO").args(arguments);
        for inherited in ["ISSUER_PASSPHRASE", "ISSUER_ROOT_PASSPHRASE", "CREDENTIALS_DIRECTORY"] {
            command.env_remove(inherited);
        }
        command
    }

    /// Runs `issuer` with its clock set forward or back, such as `+31d`.
    #[must_use]
    pub fn issuer_at(&self, shift: &str, arguments: &[&str]) -> Answer {
        run(&mut self.command_at(shift, &binary("issuer"), arguments))
    }

    /// A program in the place of `issuer`, with its clock set forward or back. Faketime's library is loaded without its
    /// wrapper, which would hide by which signal the program ended, and trips over what a wrapper of the same number left.
    #[must_use]
    pub fn command_at(&self, shift: &str, program: &Path, arguments: &[&str]) -> Command {
        let mut command = self.command_of(program, arguments);
        command.env("LD_PRELOAD", faketime()).env("FAKETIME", shift);
        command
    }

    /// Runs `issuer`.
    #[must_use]
    pub fn issuer(&self, arguments: &[&str]) -> Answer {
        run(&mut self.issuer_command(arguments))
    }

    /// Runs `verifier`, in the folder.
    #[must_use]
    pub fn verifier(&self, arguments: &[&str]) -> Answer {
        run(Command::new(binary("verifier")).current_dir(self.folder()).args(arguments))
    }

    /// Runs `verifier check --json`, with lines on standard input.
    #[must_use]
    pub fn check_lines(&self, arguments: &[&str], lines: &str) -> Answer {
        use std::io::Write as _;
        let mut child = Command::new(binary("verifier"))
            .current_dir(self.folder())
            .args(["check", "--json"])
            .args(arguments)
            .arg("-")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        Answer::of(patience::ended(child, "verifier check"))
    }

    /// Publishes, and lets the verifier take what was published.
    pub fn publish_and_trust(&self) {
        self.issuer(&["publish", "--out", "public"]).good();
        self.verifier(&["trust", "--bundle", "public/bundle.cbor"]).good();
    }

    /// Publishes nothing new for the verifier: only writes to `out`.
    pub fn publish(&self, out: &str) {
        self.issuer(&["publish", "--out", out]).good();
    }

    /// Issues the cards of a CSV text; the JSON line of each.
    #[must_use]
    pub fn issue(&self, csv: &str) -> Vec<Value> {
        self.write("residents.csv", csv);
        self.issuer(&["issue", "--batch", "residents.csv", "--out", "cards.pdf", "--json"]).good().json()
    }

    /// Runs another program that must succeed; what it printed.
    #[expect(clippy::must_use_candidate, reason = "that it succeeded is often all that is asked")]
    pub fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = output(Command::new(program).current_dir(self.folder()).args(arguments));
        let output = output.unwrap_or_else(|error| panic!("{program}: {error}; {INSTALL}"));
        Answer::of(output).good().out
    }
}

/// The library that sets a program's clock. Debian puts it into a folder of the machine's kind.
fn faketime() -> PathBuf {
    let kinds = fs::read_dir("/usr/lib").unwrap().map(|kind| kind.unwrap().path());
    let mut libraries = kinds.map(|kind| kind.join("faketime/libfaketime.so.1"));
    libraries.find(|library| library.exists()).unwrap_or_else(|| panic!("no libfaketime; {INSTALL}"))
}

/// A program that cargo built beside the tests.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let path = tests.ancestors().nth(2).unwrap().join(name);
    assert!(path.exists(), "{} is not built; cargo build -p {name}", path.display());
    path
}

/// This very program of tests, started again for one of them that is ignored otherwise.
#[must_use]
pub fn again(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--ignored", "--nocapture"]);
    command
}

/// Runs a command to its end.
#[must_use]
pub fn run(command: &mut Command) -> Answer {
    Answer::of(output(command).unwrap())
}

/// Whether the stories run on PostgreSQL: on the server of `TEST_POSTGRES_URL`. Otherwise they run on SQLite.
#[must_use]
pub fn on_postgres() -> bool {
    server().is_some()
}

fn server() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok().filter(|_| cfg!(feature = "postgres"))
}

/// The address of a new schema of the PostgreSQL that the stories run on; none where they run on SQLite.
fn database(story: &str) -> Option<String> {
    let server = server()?;
    let schema = format!("story_{story}");
    let make = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
    run(Command::new("psql").args(["-q", "-v", "ON_ERROR_STOP=1", "-d", &server, "-c", &make])).good();
    let separator = if server.contains('?') { '&' } else { '?' };
    Some(format!("{server}{separator}options=-csearch_path%3D{schema}"))
}
