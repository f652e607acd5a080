//! `issuer revoke`, `suspend` and `reinstate`.

use chrono::{DateTime, Utc};

use super::{Data, actor_at};
use crate::db::Word as _;
use crate::revocation::{self, Change, Changed, Named};
use crate::{Error, Issuer, kit};

/// Which card is meant.
#[derive(Debug, clap::Args)]
struct CardNamed {
    /// Number on the card
    #[arg(value_name = "NUMBER")]
    number: Option<String>,
    /// Recovery code on the holder's slip, instead of the number
    #[arg(long, value_name = "CODE")]
    recovery: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer revoke 7K3M-Q2XA-9 --reason lost\n  issuer revoke --recovery 7K3M-Q2XA-9D4T-WV81 --reason lost\n  issuer revoke --half-issued --reason interrupted\n\n\
    The recovery code stands on the slip that was handed over with the card: with it a lost card is blocked without its\n\
    number and without papers.\n\n\
    Counters learn of it from the next: issuer publish"
)]
#[command(group = clap::ArgGroup::new("card").required(true).args(["number", "recovery", "half_issued"]))]
pub(super) struct Revoke {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    card: CardNamed,
    /// All cards that an interruption left reserved and unsigned
    #[arg(long)]
    half_issued: bool,
    /// Why, without a name
    #[arg(long)]
    reason: String,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer suspend 7K3M-Q2XA-9 --reason \"reported lost\"\n  issuer suspend --recovery 7K3M-Q2XA-9D4T-WV81 --reason \"reported lost\"\n\n\
    Counters learn of it from the next: issuer publish"
)]
#[command(group = clap::ArgGroup::new("card").required(true).args(["number", "recovery"]))]
pub(super) struct Suspend {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    card: CardNamed,
    /// Why, without a name
    #[arg(long)]
    reason: String,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  issuer reinstate 7K3M-Q2XA-9 --reason \"found again\"\n\n\
    Counters learn of it from the next: issuer publish")]
pub(super) struct Reinstate {
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
    if let Some(named) = arguments.card.named() {
        return change(&issuer, Change::Revoke, named, &arguments.reason, now);
    }
    let numbers = revocation::half_issued(&issuer)?;
    for number in &numbers {
        change(&issuer, Change::Revoke, Named::Number(number), &arguments.reason, now)?;
    }
    if numbers.is_empty() {
        println!("No card is half issued.");
    }
    Ok(())
}

pub(super) fn suspend(arguments: &Suspend, now: DateTime<Utc>) -> Result<(), Error> {
    let issuer = arguments.data.open()?;
    let named = arguments
        .card
        .named()
        .ok_or_else(|| Error::Refused("name the card: by its number, or with --recovery".to_owned()))?;
    change(&issuer, Change::Suspend, named, &arguments.reason, now)
}

pub(super) fn reinstate(arguments: &Reinstate, now: DateTime<Utc>) -> Result<(), Error> {
    let issuer = arguments.data.open()?;
    change(&issuer, Change::Reinstate, Named::Number(&arguments.number), &arguments.reason, now)
}

impl CardNamed {
    fn named(&self) -> Option<Named<'_>> {
        let recovery = self.recovery.as_deref().map(Named::Recovery);
        self.number.as_deref().map(Named::Number).or(recovery)
    }
}

fn change(
    issuer: &Issuer,
    what: Change,
    named: Named<'_>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let actor = actor_at(issuer, None)?;
    if what == Change::Revoke {
        let kits = kit::revoke_when_home(issuer, named, reason, &actor, now)?;
        if !kits.is_empty() {
            println!(
                "The city does not know this card. An event kit that is out may have made it: {}.",
                kits.join(", ")
            );
            println!("It is revoked as soon as that is home: issuer kit merge. Until then counters take it.");
            return Ok(());
        }
    }
    let Changed { number, status } = revocation::change(issuer, what, named, reason, &actor, now)?;
    println!(
        "{number}: {} -> {}. Counters learn of it from the next: issuer publish",
        status.from_status.as_str(),
        status.to_status.as_str()
    );
    Ok(())
}
