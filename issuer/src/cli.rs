//! The commands.

mod audit;
mod backup;
mod card;
mod cards;
mod city;
mod demo;
mod evidence;
mod inventory;
mod issue;
mod key;
mod kit;
mod moving;
mod officer;
mod paper;
mod progress;
mod publish;
mod recognise;
mod requests;
mod retention;
mod shell;
mod token;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::db::Word;
use crate::db::act::Actor;
use crate::keystore::{Passphrase, PassphraseOf};
use crate::log::{self, Form, Lines};
use crate::{Error, Issuer, crash, edge, process, scheduled};

/// Exit status for a call that cannot be understood.
const USAGE: u8 = 64;
/// Exit status for everything else that was not done.
const FAILURE: u8 = 1;

#[derive(Parser)]
#[command(
    name = "issuer",
    version = crash::VERSION,
    about = "Enrols residents, signs their cards and prints them",
    after_help = "A whole demo city, to begin with:\n  issuer demo"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a whole demo city and serve its start page
    Demo(demo::Arguments),
    /// Set up a city: city.toml, keys, database
    Init(city::Init),
    /// Serve the city's pages
    Serve(city::Serve),
    /// Bring the database up to date
    Migrate(city::Migrate),
    /// Make, list and replace issuing keys
    Key(key::Arguments),
    /// Send a laptop that issues cards to an event, and bring home what it did
    Kit(kit::Arguments),
    /// Give officers accounts, list and disable them
    Officer(officer::Arguments),
    /// Give other programs of the city a token to call with, list and withdraw them
    Token(token::Arguments),
    /// Issue the cards of a CSV file of residents
    Issue(issue::Arguments),
    /// Measure the codes of printed cards, and try out what cards look like
    Card(card::Arguments),
    /// Publish what verifiers fetch: trust list, status lists, bundle
    Publish(publish::Arguments),
    /// Recognise another city's issuer, so that its cards are good here
    Recognise(recognise::Arguments),
    /// Revoke a card, for good
    Revoke(cards::Revoke),
    /// Suspend a card for now
    Suspend(cards::Suspend),
    /// Make a suspended card good again
    Reinstate(cards::Reinstate),
    /// Say which papers are needed for a card, and whether somebody's are enough
    Evidence(evidence::Arguments),
    /// Check, sign and export the audit log
    Audit(audit::Arguments),
    /// Destroy what is due, and prove it
    Retention(retention::Arguments),
    /// Say what a demand for data would get today
    Inventory(inventory::Arguments),
    /// Register demands for data, and show holders what is held about them
    Requests(requests::Arguments),
    /// Back up the city or its keys, encrypted, while it is served
    Backup(backup::Backup),
    /// Put a city back from its backups, or settle a database that was put back by other means
    Restore(backup::Restore),
    /// Move the city from SQLite to PostgreSQL
    Move(moving::Arguments),
    /// Print what a shell needs to complete these commands
    Completions(shell::Completions),
    /// Write the manual pages of these commands
    Man(shell::Man),
}

impl Command {
    /// What this command logs, and how.
    fn log(&self) -> (Form, Lines) {
        match self {
            Self::Serve(arguments) => (arguments.serving.log, Lines::Requests),
            Self::Demo(arguments) => (arguments.serving.log, Lines::Faults),
            _ => (Form::Text, Lines::Faults),
        }
    }
}

/// Which city, and how to open its keys.
#[derive(Debug, clap::Args)]
struct Data {
    /// Folder of the city
    #[arg(long, value_name = "DIR", default_value = "city", env = "ISSUER_DATA")]
    data: PathBuf,
    /// File with the passphrase of the keys; otherwise `ISSUER_PASSPHRASE` or a systemd credential, or none
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl Data {
    fn passphrase(&self) -> Result<Option<Passphrase>, Error> {
        find(PassphraseOf::Keystore, self.passphrase_file.as_deref())
    }

    fn root_passphrase(&self) -> Result<Option<Passphrase>, Error> {
        find(PassphraseOf::Root, self.passphrase_file.as_deref())
    }

    fn open(&self) -> Result<Issuer, Error> {
        Issuer::open(&self.data, self.passphrase()?)
    }
}

/// How scheduled work is shared among several servers.
#[derive(Debug, clap::Args)]
struct LeaseTime {
    /// Seconds after which scheduled work is taken over from a server that fell silent; alike on all servers
    #[arg(
        long = "lease",
        value_name = "SECONDS",
        default_value_t = scheduled::LASTS.as_secs(),
        value_parser = clap::value_parser!(u64).range(1..=600),
        env = "ISSUER_LEASE_SECONDS"
    )]
    seconds: u64,
}

impl LeaseTime {
    fn lasts(&self) -> std::time::Duration {
        std::time::Duration::from_secs(self.seconds)
    }
}

fn find(of: PassphraseOf, file: Option<&std::path::Path>) -> Result<Option<Passphrase>, Error> {
    Passphrase::find(of, file, &|name| std::env::var_os(name))
        .map_err(|error| Error::Refused(error.to_string()))
}

/// A word of a list, as the database has it.
fn word<W: Word>(text: &str) -> Result<W, String> {
    W::from_word(text).ok_or_else(|| {
        let known: Vec<_> = W::ALL.iter().map(|word| word.as_str()).collect();
        format!("write one of: {}", known.join(", "))
    })
}

/// Who acts when a command does.
fn actor() -> Actor {
    Actor::command_line("hall")
}

/// Who acts at a desk: in an event kit, which is a desk itself, that of the kit.
fn actor_at(issuer: &Issuer, desk: Option<&str>) -> Result<Actor, Error> {
    let here = issuer.db.read(|conn| Ok::<_, Error>(issuer.kit(conn)?))?;
    let desk = desk.or(here.map(|kit| kit.name.as_str()));
    Ok(desk.map_or_else(actor, Actor::command_line))
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    if let Err(error) = process::keep_to_itself() {
        eprintln!("issuer: this process cannot be kept from leaving a core dump: {error}");
        return ExitCode::from(FAILURE);
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers, not mistakes.
            let status = if error.use_stderr() { USAGE } else { 0 };
            let _ = error.print();
            return ExitCode::from(status);
        }
    };
    if !crash::may_start() {
        eprintln!("issuer: this is a program for tests, which dies on purpose; it must never serve a city");
        return ExitCode::from(USAGE);
    }
    let (form, lines) = arguments.command.log();
    log::begin(form, lines);
    match run(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("issuer: {:#}", anyhow::Error::from(error));
            ExitCode::from(FAILURE)
        }
    }
}

fn run(command: Command) -> Result<(), Error> {
    let now = edge::now();
    match command {
        Command::Demo(arguments) => demo::run(&arguments, now),
        Command::Init(arguments) => city::init(&arguments, now),
        Command::Serve(arguments) => city::serve(&arguments),
        Command::Migrate(arguments) => city::migrate(&arguments),
        Command::Key(arguments) => key::run(&arguments, now),
        Command::Kit(arguments) => kit::run(&arguments, now),
        Command::Officer(arguments) => officer::run(&arguments, now),
        Command::Token(arguments) => token::run(&arguments, now),
        Command::Issue(arguments) => issue::run(&arguments, now),
        Command::Card(arguments) => card::run(&arguments, now),
        Command::Publish(arguments) => publish::run(&arguments, now),
        Command::Recognise(arguments) => recognise::run(&arguments, now),
        Command::Revoke(arguments) => cards::revoke(&arguments, now),
        Command::Suspend(arguments) => cards::suspend(&arguments, now),
        Command::Reinstate(arguments) => cards::reinstate(&arguments, now),
        Command::Evidence(arguments) => evidence::run(&arguments),
        Command::Audit(arguments) => audit::run(&arguments, now),
        Command::Retention(arguments) => retention::run(&arguments, now),
        Command::Inventory(arguments) => inventory::run(&arguments, now),
        Command::Requests(arguments) => requests::run(&arguments, now),
        Command::Backup(arguments) => backup::backup(&arguments, now),
        Command::Restore(arguments) => backup::restore(&arguments, now),
        Command::Move(arguments) => moving::run(&arguments, now),
        Command::Completions(arguments) => {
            shell::completions(&arguments);
            Ok(())
        }
        Command::Man(arguments) => shell::man(&arguments),
    }
}
