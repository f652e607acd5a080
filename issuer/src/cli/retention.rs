//! `issuer retention`.

use chrono::{DateTime, NaiveDate, Utc};
use clap::Subcommand;

use super::{Data, actor, word};
use crate::db::act::Actor;
use crate::db::hold::{Hold, HoldReason};
use crate::db::officer::Officer;
use crate::db::retention_change::RetentionReason;
use crate::db::{Id, Word as _};
use crate::retention::{self, Clock, Outcome};
use crate::revocation::{self, Named};
use crate::{Error, Issuer};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer retention run\n  issuer retention verify\n  issuer retention keep 7K3M-Q2XA-9 --until 2026-12-03 --reason holder_asked\n  \
    issuer retention hold 7K3M-Q2XA-9 --reason court_order --asked-by amina --approved-by bo\n\n\
    A record due on a day is destroyed once that day is past, in UTC. `issuer serve` does it by itself every hour."
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Destroy what is due, and sign receipts of it
    Run {
        #[command(flatten)]
        data: Data,
        /// The clock is right, although it stands far past the last time seen
        #[arg(long)]
        even_though_clock_jumped: bool,
    },
    /// Check the receipts against each other, the database and the keys
    Verify {
        #[command(flatten)]
        data: Data,
    },
    /// Say what is due when
    Status {
        #[command(flatten)]
        data: Data,
    },
    /// Keep the record of one card shorter, or longer within the rules of city.toml
    Keep {
        #[command(flatten)]
        data: Data,
        /// Number on the card
        #[arg(value_name = "NUMBER")]
        number: String,
        /// The day on which it is due: it goes once that day is past
        #[arg(long, value_name = "YYYY-MM-DD")]
        until: NaiveDate,
        /// Why: `holder_asked`, `complaint`, `reprint`, other
        #[arg(long, value_parser = word::<RetentionReason>)]
        reason: RetentionReason,
    },
    /// Hold the records of named cards: two officers say so
    Hold {
        #[command(flatten)]
        data: Data,
        /// Numbers on the cards
        #[arg(value_name = "NUMBER", required = true)]
        numbers: Vec<String>,
        /// Why: `court_order`, `own_defence`, `holder_asked`
        #[arg(long, value_parser = word::<HoldReason>)]
        reason: HoldReason,
        #[command(flatten)]
        two: Two,
    },
    /// Release a hold: two officers say so
    Release {
        #[command(flatten)]
        data: Data,
        /// The hold, as `issuer retention holds` names it
        #[arg(value_name = "HOLD")]
        hold: String,
        #[command(flatten)]
        two: Two,
    },
    /// List the holds
    Holds {
        #[command(flatten)]
        data: Data,
    },
}

/// The two officers that a hold takes.
#[derive(Debug, clap::Args)]
struct Two {
    /// Login of the officer who asks
    #[arg(long, value_name = "LOGIN")]
    asked_by: String,
    /// Login of another officer, an approver or custodian, who approves
    #[arg(long, value_name = "LOGIN")]
    approved_by: String,
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    match &arguments.command {
        Command::Run { data, even_though_clock_jumped } => {
            let clock = if *even_though_clock_jumped { Clock::Confirmed } else { Clock::Checked };
            say_outcome(retention::run(&data.open()?, clock, &actor(), now)?)
        }
        Command::Verify { data } => verify(&data.open()?, now),
        Command::Status { data } => status(&data.open()?, now),
        Command::Keep { data, number, until, reason } => {
            let issuer = data.open()?;
            let card = revocation::find_card(&issuer, Named::Number(number))?;
            let enrolment = card.enrolment_id.ok_or(retention::RetentionError::Gone)?;
            let moved = retention::shorten_or_lengthen(&issuer, &enrolment, *until, *reason, &actor(), now)?;
            println!("{}: due on {} instead of {}.", card.number, moved.to, moved.from);
            Ok(())
        }
        Command::Hold { data, numbers, reason, two } => hold(&data.open()?, numbers, *reason, two, now),
        Command::Release { data, hold, two } => release(&data.open()?, hold, two, now),
        Command::Holds { data } => list(&data.open()?),
    }
}

fn say_outcome(outcome: Outcome) -> Result<(), Error> {
    match outcome {
        Outcome::ClockJumped { jump, overdue } => {
            let records: i64 = overdue.iter().map(|(_, records)| records).sum();
            let days = overdue.iter().map(|(day, records)| format!("\n  {day}: {records} records"));
            Err(Error::Refused(format!(
                "the clock says {}, and the last time seen was {}: nothing was destroyed. If the clock is right, this \
                 destroys {records} records for good:{}\nthen run: issuer retention run --even-though-clock-jumped",
                jump.now.format("%Y-%m-%d %H:%M"),
                jump.since.format("%Y-%m-%d %H:%M"),
                days.collect::<String>()
            )))
        }
        Outcome::Done(report) => {
            for (day, records) in &report.days {
                println!("{day}: {records} records destroyed.");
            }
            if report.days.is_empty() {
                println!("Nothing was due.");
            }
            println!("{} receipts signed.", report.receipts);
            if report.unsigned > 0 {
                println!(
                    "{} receipts wait for a key for status lists: issuer key new --use status",
                    report.unsigned
                );
            }
            if !report.wiped {
                println!(
                    "What was erased is not overwritten yet: a reader of the database was in the way, or this role \
                     may not vacuum. The next run does it, or the server's own vacuum."
                );
            }
            Ok(())
        }
    }
}

fn verify(issuer: &Issuer, now: DateTime<Utc>) -> Result<(), Error> {
    match retention::verify(issuer, now)? {
        Ok(good) => {
            let days = good.days.map_or(String::new(), |(first, last)| format!(", days {first} to {last}"));
            println!(
                "{} receipts of {} records{days}: whole, signed, and nothing of it stands.",
                good.receipts, good.records
            );
            if good.unsigned > 0 {
                println!("{} destructions have no receipt yet: issuer retention run", good.unsigned);
            }
            Ok(())
        }
        Err(faults) => {
            let lines: Vec<_> = faults.iter().map(|fault| format!("\n  {fault}")).collect();
            Err(Error::Refused(format!("the receipts are not good:{}", lines.concat())))
        }
    }
}

fn status(issuer: &Issuer, now: DateTime<Utc>) -> Result<(), Error> {
    let status = retention::status(issuer, now)?;
    for (day, records) in &status.due {
        println!("{day}  {records:>7} records due");
    }
    println!("{} records are held.", status.held);
    for (day, records) in &status.overdue {
        println!("{day} is past with {records} records: issuer retention run");
    }
    for day in &status.without_key {
        println!("The records of {day} have lost their key and open no more.");
    }
    if let Some((number, day)) = status.last_receipt {
        println!("The last receipt is number {number}, of {day}.");
    }
    if let Some(jump) = status.jump {
        println!("The clock stands far past the last time seen, {}.", jump.since.format("%Y-%m-%d %H:%M"));
    }
    Ok(())
}

fn hold(
    issuer: &Issuer,
    numbers: &[String],
    reason: HoldReason,
    two: &Two,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let (first, second) = (officer(issuer, &two.asked_by)?, officer(issuer, &two.approved_by)?);
    if first == second {
        return Err(retention::RetentionError::SameOfficer.into());
    }
    let numbers: Vec<_> = numbers.iter().map(String::as_str).collect();
    let asked = retention::ask(issuer, &numbers, reason, &first, now)?;
    let held = match retention::approve(issuer, &asked.id, &second, now) {
        Ok(held) => held,
        Err(error) => {
            println!("The hold {} was asked for and is not approved.", asked.id);
            return Err(error.into());
        }
    };
    println!("Hold {} stands.", held.hold.id);
    for number in &held.held {
        println!("  {number}: held");
    }
    for number in &held.gone {
        println!("  {number}: its record was destroyed before; nothing can be held");
    }
    Ok(())
}

fn release(issuer: &Issuer, hold: &str, two: &Two, now: DateTime<Utc>) -> Result<(), Error> {
    let (first, second) = (officer(issuer, &two.asked_by)?, officer(issuer, &two.approved_by)?);
    if first == second {
        return Err(retention::RetentionError::SameOfficer.into());
    }
    let id = Id::<Hold>::parse(hold).map_err(|_| retention::RetentionError::NoSuchHold)?;
    retention::ask_end(issuer, &id, &first, now)?;
    let ended = retention::release(issuer, &id, &second, now)?;
    println!(
        "Released: {} records go on their own day again, {} are held by another hold, {} were overdue and are destroyed.",
        ended.given_back, ended.still_held, ended.destroyed
    );
    Ok(())
}

fn list(issuer: &Issuer) -> Result<(), Error> {
    for hold in retention::holds(issuer)? {
        let numbers = retention::card_numbers(issuer, &hold)?;
        println!(
            "{}  {:<8}  {:<12}  {}  {}",
            hold.id,
            hold.state.as_str(),
            hold.reason.as_str(),
            hold.asked_at.utc().format("%Y-%m-%d"),
            numbers.join(" ")
        );
    }
    Ok(())
}

fn officer(issuer: &Issuer, login: &str) -> Result<Actor, Error> {
    let found = issuer.db.read(|conn| Ok::<_, Error>(Officer::find_by_login(conn, login)?))?;
    let officer = found.ok_or_else(|| Error::Refused(format!("there is no officer {login}")))?;
    Ok(Actor::officer(&officer.id, officer.role, "hall"))
}
