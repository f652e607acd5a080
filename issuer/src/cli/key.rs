//! `issuer key`.

pub(super) mod change;
pub(super) mod list;
mod sign;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Subcommand, ValueEnum};

use super::{Data, actor};
use crate::db::issuing_key::KeyUse;
use crate::{Error, backup};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  issuer key list --json\n  issuer key new --desk gym-2\n  \
    issuer key rotate --asked-by amina\n  issuer key approve 0193… --by bilal\n\n\
    Counters learn of keys from the next: issuer publish")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make one more key
    New {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        what: What,
        /// Make it in a token, which never gives it away: its PKCS#11 URI. The PIN is in `ISSUER_TOKEN_PIN` or the
        /// systemd credential issuer-token-pin
        #[arg(long, value_name = "URI")]
        pkcs11: Option<String>,
        #[command(flatten)]
        asking: change::Asking,
    },
    /// List the keys
    List {
        #[command(flatten)]
        data: Data,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Make a new key that takes over from those before it; their cards stay good
    Rotate(change::Rotate),
    /// A key is in other hands: make it count no more, and say which cards need new ones
    Compromise(change::Compromise),
    /// Approve what another custodian asked for
    Approve(change::Approve),
    /// List what waits for a second custodian
    Asked {
        #[command(flatten)]
        data: Data,
    },
    /// Sign a trust list with the root key; no city is needed for it
    Sign(sign::Arguments),
    /// Make the key that backups are encrypted to; the secret half goes into a file that is kept elsewhere
    MakeBackup {
        #[command(flatten)]
        data: Data,
        /// File for the secret half
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Which keys are meant.
#[derive(Debug, clap::Args)]
struct What {
    /// What it signs
    #[arg(long = "use", value_enum, default_value_t = Usage::Card)]
    usage: Usage,
    /// The desk or event kit that it signs for; every other without
    #[arg(long, value_name = "NAME")]
    desk: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Usage {
    /// Cards
    Card,
    /// Status lists
    Status,
}

impl From<Usage> for KeyUse {
    fn from(usage: Usage) -> Self {
        match usage {
            Usage::Card => Self::Card,
            Usage::Status => Self::Status,
        }
    }
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    match &arguments.command {
        Command::New { data, what, pkcs11, asking } => change::new(data, what, pkcs11.clone(), asking, now),
        Command::List { data, json } => list::run(data, *json),
        Command::Rotate(arguments) => change::rotate(arguments, now),
        Command::Compromise(arguments) => change::compromise(arguments, now),
        Command::Approve(arguments) => change::approve(arguments, now),
        Command::Asked { data } => change::asked(data, now),
        Command::Sign(arguments) => sign::run(arguments),
        Command::MakeBackup { data, out } => {
            let recipient = backup::make_key(&data.open()?, out, &actor(), now)?;
            println!("Backups are encrypted to {recipient} from now on.");
            println!("Only {} opens them: keep it elsewhere, and a copy of it.", out.display());
            Ok(())
        }
    }
}
