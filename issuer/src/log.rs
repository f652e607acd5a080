//! What the program says of itself, on standard error, a line each.
//!
//! No line names a resident: what is logged is chosen field by field here and in `web::watch`. Other crates are heard
//! from their warnings up alone, whatever `RUST_LOG` asks for, and a panic says where it was, not what about: its message
//! may quote what the program had in hand.

use std::io::IsTerminal as _;
use std::panic;

use clap::ValueEnum;
use tracing::Level;
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

/// The form of the log's lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people.
    #[default]
    Text,
    /// For programs: a JSON object a line.
    Json,
}

/// Which lines there are unless `RUST_LOG` says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// What went wrong.
    Faults,
    /// That, and a line for each request.
    Requests,
}

/// Begins the log of this process.
pub fn begin(form: Form, lines: Lines) {
    let usual = match lines {
        Lines::Faults => "warn",
        Lines::Requests => "warn,issuer::request=info",
    };
    let asked = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let chosen =
        // What reads requests tells of those that are none, in words that may be theirs.
        filter_fn(|line| match line.target().split("::").next() {
            Some("issuer") => true,
            Some("actix_http") => false,
            _ => *line.level() <= Level::WARN,
        });
    let log = tracing_subscriber::registry().with(asked).with(chosen);
    let lines = fmt::layer().with_writer(std::io::stderr);
    // A second log in one process can only be a test's.
    let _ = match form {
        Form::Text => log.with(lines.with_ansi(std::io::stderr().is_terminal())).try_init(),
        Form::Json => log.with(lines.json().flatten_event(true).with_current_span(false)).try_init(),
    };
    panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, "a fault of the program");
    }));
}
