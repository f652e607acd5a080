//! `issuer officer`.

use chrono::{DateTime, Utc};
use clap::{Subcommand, ValueEnum};

use super::{Data, actor};
use crate::Error;
use crate::db::Word as _;
use crate::db::officer::{Officer, Role};
use crate::db::sign_in::SecondFactor;
use crate::officers::{self, Login, Token};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer officer add --login amina --role registrar\n  issuer officer list\n\n\
    The link that is printed is good for one use within 24 hours. It opens a page of the desk (issuer serve)."
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Give an officer an account, and print the link to choose a password with
    Add {
        #[command(flatten)]
        data: Data,
        /// The name to sign in with
        #[arg(long)]
        login: String,
        /// What the officer may do
        #[arg(long, value_enum)]
        role: RoleName,
        #[command(flatten)]
        at: At,
    },
    /// List the officers
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Let an officer in no more, and end all sessions
    Disable {
        #[command(flatten)]
        data: Data,
        /// The name to sign in with
        #[arg(long)]
        login: String,
    },
    /// Take password, codes and sessions away, and print a new link; lets a disabled officer in again
    Reset {
        #[command(flatten)]
        data: Data,
        /// The name to sign in with
        #[arg(long)]
        login: String,
        #[command(flatten)]
        at: At,
    },
}

#[derive(Debug, clap::Args)]
struct At {
    /// Address of the desk, as officers' browsers reach it
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    desk: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    /// Enrols residents and hands cards over
    Registrar,
    /// Gives the second look that a refusal needs
    Approver,
    /// Reads the audit log
    Auditor,
    /// Keeps keys, officers and lists
    Custodian,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Registrar => Self::Registrar,
            RoleName::Approver => Self::Approver,
            RoleName::Auditor => Self::Auditor,
            RoleName::Custodian => Self::Custodian,
        }
    }
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    match &arguments.command {
        Command::Add { data, login, role, at } => {
            let link = officers::add(&data.open()?, &Login::parse(login)?, (*role).into(), &actor(), now)?;
            say_link(at, login, &link);
            Ok(())
        }
        Command::Reset { data, login, at } => {
            let link = officers::reset(&data.open()?, login, &actor(), now)?;
            say_link(at, login, &link);
            Ok(())
        }
        Command::Disable { data, login } => {
            officers::disable(&data.open()?, login, &actor(), now)?;
            println!("{login} is let in no more. To undo it: issuer officer reset --login {login}");
            Ok(())
        }
        Command::List { data } => list(data),
    }
}

fn say_link(at: &At, login: &str, link: &Token) {
    println!("{login} opens this link within 24 hours, once, to choose a password:");
    println!("  {}/first/{}", at.desk.trim_end_matches('/'), link.text().as_str());
}

fn list(data: &Data) -> Result<(), Error> {
    let issuer = data.open()?;
    let all = issuer.db.read(|conn| {
        let mut all = Vec::new();
        for officer in Officer::all(conn)? {
            let ready = SecondFactor::find(conn, &officer.id)?.is_some();
            all.push((officer, ready));
        }
        Ok::<_, Error>(all)
    })?;
    for (officer, ready) in all {
        let ready = if ready { "" } else { "  has not signed in yet" };
        println!("{:<32}  {:<9}  {}{ready}", officer.login, officer.role.as_str(), officer.state.as_str());
    }
    Ok(())
}
