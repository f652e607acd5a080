//! `issuer token`.

use chrono::{DateTime, Utc};
use clap::Subcommand;

use super::key::change::{self, Asking};
use super::key::list::time;
use super::{Data, actor};
use crate::db::act::Actor;
use crate::db::audit::AuditEntry;
use crate::keys::Decision;
use crate::programs::{self, Wanted};
use crate::{Error, Issuer};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    issuer token create --name library-system --scope issue,print,status --days 90\n  \
    issuer token list\n  \
    issuer token revoke library-system\n\n\
    The token is printed once. The program sends it with every call: Authorization: Bearer cardapi_...\n\
    What can be called is described at /api/v1/openapi.json of issuer serve.\n\n\
    Where the city has two custodians, one asks for a token and another approves it: issuer key approve prints it. \
    Withdrawing one takes nobody else.")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Give a program a token
    Create(Create),
    /// List the tokens, and when each was used last
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Withdraw a token: from now on it opens nothing
    Revoke {
        #[command(flatten)]
        data: Data,
        /// The program
        name: String,
    },
}

#[derive(Debug, clap::Args)]
struct Create {
    #[command(flatten)]
    data: Data,
    /// What the program is called: a to z, 0 to 9 and -; each name is given once
    #[arg(long)]
    name: String,
    /// What it may do, with commas between: issue, print (be answered with the card it has just issued), look-up, status, suspend
    /// (and make good again), revoke
    #[arg(long, value_name = "SCOPES", value_delimiter = ',', required = true)]
    scope: Vec<String>,
    /// The desk it acts at: what it issues is signed by that desk's key, where it has one; its own name, without
    #[arg(long)]
    desk: Option<String>,
    /// How many days it is good
    #[arg(long)]
    days: u16,
    /// How many calls a minute are answered
    #[arg(long, value_name = "CALLS", default_value_t = 600)]
    calls_a_minute: u32,
    #[command(flatten)]
    asking: Asking,
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    match &arguments.command {
        Command::Create(arguments) => create(arguments, now),
        Command::List { data } => list(&data.open()?, now),
        Command::Revoke { data, name } => {
            programs::withdraw(&data.open()?, name, &actor(), now)?;
            println!(
                "The token of {name} opens nothing any more. Cards that it issued stay good; to revoke those too,"
            );
            println!("an approver takes the desk under \"Revoke many cards\".");
            Ok(())
        }
    }
}

fn create(arguments: &Create, now: DateTime<Utc>) -> Result<(), Error> {
    let issuer = arguments.data.open()?;
    let wanted = Wanted {
        name: arguments.name.clone(),
        scopes: arguments.scope.clone(),
        desk: arguments.desk.clone(),
        days: arguments.days,
        calls_a_minute: arguments.calls_a_minute,
    };
    wanted.check()?;
    if change::ask_another(&issuer, &Decision::Token(wanted.clone()), &arguments.asking, now)? {
        return Ok(());
    }
    make(&issuer, &wanted, &actor(), now)
}

/// Makes a token and shows it.
pub(super) fn make(issuer: &Issuer, wanted: &Wanted, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    let made = programs::make(issuer, wanted, actor, now)?;
    println!("{}", made.text().as_str());
    eprintln!(
        "This is the token of {}, for: {}. It is shown this once; keep it where only that program reads it. It is good until {}.",
        made.kept.name,
        made.kept.scopes,
        time(made.kept.expires_at.utc())
    );
    Ok(())
}

fn list(issuer: &Issuer, now: DateTime<Utc>) -> Result<(), Error> {
    for token in programs::list(issuer)? {
        let used = issuer.db.read(|conn| Ok::<_, Error>(AuditEntry::last_by(conn, token.id.as_str())?))?;
        let used = used.map_or_else(|| "never".to_owned(), |at| time(at.utc()));
        let state = match token.withdrawn_at {
            Some(at) => format!("withdrawn {}", time(at.utc())),
            None if token.is_live(now) => format!("until {}", time(token.expires_at.utc())),
            None => format!("ended {}", time(token.expires_at.utc())),
        };
        println!(
            "{:<32}  {state}  desk {}  {}  {} a minute  last call {used}",
            token.name, token.desk, token.scopes, token.calls_a_minute
        );
    }
    Ok(())
}
