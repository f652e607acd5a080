//! `issuer revoke`, `suspend` and `reinstate`.

use chrono::{DateTime, Utc};

use super::{Data, actor};
use crate::db::Word as _;
use crate::revocation::{self, Change};
use crate::{Error, Issuer};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer revoke 7K3M-Q2XA-9 --reason lost\n  issuer revoke --half-issued --reason interrupted\n\n\
    Counters learn of it from the next: issuer publish"
)]
pub(super) struct Revoke {
    #[command(flatten)]
    data: Data,
    /// Number on the card
    #[arg(value_name = "NUMBER", required_unless_present = "half_issued", conflicts_with = "half_issued")]
    number: Option<String>,
    /// All cards that an interruption left reserved and unsigned
    #[arg(long)]
    half_issued: bool,
    /// Why, without a name
    #[arg(long)]
    reason: String,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  issuer suspend 7K3M-Q2XA-9 --reason \"reported lost\"\n\n\
    Counters learn of it from the next: issuer publish")]
pub(super) struct Named {
    #[command(flatten)]
    data: Data,
    /// Number on the card
    #[arg(value_name = "NUMBER")]
    number: String,
    /// Why, without a name
    #[arg(long)]
    reason: String,
}

pub(super) fn revoke(arguments: &Revoke, now: DateTime<Utc>) -> Result<(), Error> {
    let issuer = arguments.data.open()?;
    let numbers = match &arguments.number {
        Some(number) => vec![number.clone()],
        None => revocation::half_issued(&issuer)?,
    };
    for number in &numbers {
        change(&issuer, Change::Revoke, number, &arguments.reason, now)?;
    }
    if numbers.is_empty() {
        println!("No card is half issued.");
    }
    Ok(())
}

pub(super) fn suspend(arguments: &Named, now: DateTime<Utc>) -> Result<(), Error> {
    change(&arguments.data.open()?, Change::Suspend, &arguments.number, &arguments.reason, now)
}

pub(super) fn reinstate(arguments: &Named, now: DateTime<Utc>) -> Result<(), Error> {
    change(&arguments.data.open()?, Change::Reinstate, &arguments.number, &arguments.reason, now)
}

fn change(
    issuer: &Issuer,
    what: Change,
    number: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let made = revocation::change(issuer, what, number, reason, &actor(), now)?;
    println!(
        "{number}: {} -> {}. Counters learn of it from the next: issuer publish",
        made.from_status.as_str(),
        made.to_status.as_str()
    );
    Ok(())
}
