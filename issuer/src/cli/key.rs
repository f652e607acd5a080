//! `issuer key`.

use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use super::{Data, actor};
use crate::db::Word as _;
use crate::db::issuing_key::{IssuingKey, KeyUse};
use crate::jwk::Jwk;
use crate::{Error, keys};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  issuer key list --json\n  issuer key rotate\n\n\
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
        /// What it signs
        #[arg(long = "use", value_enum, default_value_t = Usage::Card)]
        usage: Usage,
    },
    /// List the keys
    List {
        #[command(flatten)]
        data: Data,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Make a new key and retire those before it; their cards stay good
    Rotate {
        #[command(flatten)]
        data: Data,
        /// What it signs
        #[arg(long = "use", value_enum, default_value_t = Usage::Card)]
        usage: Usage,
    },
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

/// A key as other programs read it.
#[derive(Serialize)]
struct Line<'a> {
    kid: &'a str,
    #[serde(rename = "use")]
    usage: &'static str,
    state: &'static str,
    not_before: String,
    not_after: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    compromised_since: Option<String>,
    jwk: Jwk,
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    match &arguments.command {
        Command::New { data, usage } => {
            let key = keys::make(&data.open()?, (*usage).into(), &actor(), now)?;
            println!("Made the key {}. Counters learn of it from the next: issuer publish", key.kid);
            Ok(())
        }
        Command::Rotate { data, usage } => {
            let (new, retired) = keys::rotate(&data.open()?, (*usage).into(), &actor(), now)?;
            let retired: Vec<_> = retired.into_iter().map(|key| key.kid).collect();
            println!("Made the key {}, retired {}.", new.kid, retired.join(", "));
            println!("Publish before the first card is signed with it: issuer publish");
            Ok(())
        }
        Command::List { data, json } => list(data, *json),
    }
}

fn list(data: &Data, json: bool) -> Result<(), Error> {
    let issuer = data.open()?;
    for key in issuer.db.read(|conn| Ok::<_, Error>(IssuingKey::all(conn)?))? {
        let line = Line::of(&key)?;
        if json {
            // A struct of texts always has a JSON form.
            println!("{}", serde_json::to_string(&line).unwrap_or_default());
        } else {
            println!(
                "{}  {:<6}  {:<11}  {} to {}",
                line.kid, line.usage, line.state, line.not_before, line.not_after
            );
        }
    }
    Ok(())
}

impl<'a> Line<'a> {
    fn of(key: &'a IssuingKey) -> Result<Self, Error> {
        let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        Ok(Self {
            kid: &key.kid,
            usage: key.usage.as_str(),
            state: key.state.as_str(),
            not_before: time(key.not_before.utc()),
            not_after: time(key.not_after.utc()),
            compromised_since: key.compromised_since.map(|since| time(since.utc())),
            jwk: Jwk::ed25519(&keys::public_half(key)?),
        })
    }
}
