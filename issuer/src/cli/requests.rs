//! `issuer requests`.

use chrono::{DateTime, NaiveDate, Utc};
use clap::Subcommand;

use super::{Data, actor, word};
use crate::db::demand::{Demand, DemandAnswer, DemandKind};
use crate::db::{Id, UtcTime, Word as _};
use crate::requests::{self, CardHeld, NewDemand};
use crate::retention;
use crate::revocation::Named;
use crate::{Error, Issuer};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer requests add --received 2026-12-01 --kind subpoena --reference 2026/17\n  issuer requests answer ID --answer nothing_held\n  \
    issuer requests count --from 2026-01-01 --to 2026-12-31\n  issuer requests about 7K3M-Q2XA-9\n  issuer requests destroy 7K3M-Q2XA-9"
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Enter a demand for data
    Add {
        #[command(flatten)]
        data: Data,
        /// The day on which it came
        #[arg(long, value_name = "YYYY-MM-DD")]
        received: NaiveDate,
        /// subpoena, `court_order`, police, `freedom_of_information`, `other_authority`, holder
        #[arg(long, value_parser = word::<DemandKind>)]
        kind: DemandKind,
        /// open, refused, `nothing_held`, counts, `card_rows`, `audit_entries`, `personal_data`
        #[arg(long, default_value = "open", value_parser = word::<DemandAnswer>)]
        answer: DemandAnswer,
        /// How many cards the answer speaks of
        #[arg(long, default_value_t = 0)]
        cards: u32,
        /// The city's own file mark; no name
        #[arg(long, default_value = "")]
        reference: String,
    },
    /// Answer a demand that is open
    Answer {
        #[command(flatten)]
        data: Data,
        /// The demand, as `issuer requests list` names it
        #[arg(value_name = "ID")]
        demand: String,
        /// refused, `nothing_held`, counts, `card_rows`, `audit_entries`, `personal_data`
        #[arg(long, value_parser = word::<DemandAnswer>)]
        answer: DemandAnswer,
        /// How many cards the answer speaks of
        #[arg(long, default_value_t = 0)]
        cards: u32,
    },
    /// List the demands
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Count the demands, to be published
    Count {
        #[command(flatten)]
        data: Data,
        /// First day
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: NaiveDate,
        /// Last day
        #[arg(long, value_name = "YYYY-MM-DD")]
        to: NaiveDate,
    },
    /// Show a holder everything that is held about them
    About {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        card: CardNamed,
    },
    /// Destroy a holder's record now, at their wish; the card stays good
    Destroy {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        card: CardNamed,
    },
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct CardNamed {
    /// Number on the card
    #[arg(value_name = "NUMBER")]
    number: Option<String>,
    /// Recovery code on the holder's slip, instead of the number
    #[arg(long, value_name = "CODE")]
    recovery: Option<String>,
}

impl CardNamed {
    fn named(&self) -> Named<'_> {
        match (&self.number, &self.recovery) {
            (Some(number), _) => Named::Number(number),
            (None, recovery) => Named::Recovery(recovery.as_deref().unwrap_or_default()),
        }
    }
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    match &arguments.command {
        Command::Add { data, received, kind, answer, cards, reference } => {
            let new =
                NewDemand { received_on: *received, kind: *kind, answer: *answer, cards: *cards, reference };
            let demand = requests::add(&data.open()?, new, &actor(), now)?;
            println!("Entered as {}.", demand.id);
            Ok(())
        }
        Command::Answer { data, demand, answer, cards } => {
            let id = Id::<Demand>::parse(demand)
                .map_err(|_| Error::Refused(format!("there is no open demand {demand}")))?;
            requests::answer(&data.open()?, &id, *answer, *cards, &actor(), now)?;
            println!("Answered.");
            Ok(())
        }
        Command::List { data } => {
            for one in requests::list(&data.open()?)? {
                let (kind, answer) = (one.kind.as_str(), one.answer.as_str());
                let id = &one.id;
                println!("{id}  {}  {kind:<22}  {answer:<13}  {}", one.received_on, one.reference);
            }
            Ok(())
        }
        Command::Count { data, from, to } => {
            for (kind, answer, count) in requests::count(&data.open()?, *from, *to)? {
                println!("{:<22}  {:<13}  {count}", kind.as_str(), answer.as_str());
            }
            Ok(())
        }
        Command::About { data, card } => about(&data.open()?, card.named(), now),
        Command::Destroy { data, card } => {
            let wished = retention::destroy_now(&data.open()?, card.named(), &actor(), now)?;
            println!(
                "The record of {} is destroyed. No backup opens it from {} on, if the server runs then or you call: \
                 issuer retention run",
                wished.number,
                wished.in_backups_from.format("%Y-%m-%d %H:%M")
            );
            Ok(())
        }
    }
}

fn about(issuer: &Issuer, named: Named<'_>, now: DateTime<Utc>) -> Result<(), Error> {
    let all = requests::everything_about(issuer, named, &actor(), now)?;
    for held in &all.cards {
        about_card(held);
    }
    for visit in &all.visits {
        println!("Visit {} at {}, for a {} card", time(visit.began_at), visit.desk, visit.kind.as_str());
    }
    for paper in &all.papers {
        println!("  shown, and not kept: {}", paper.document_type);
    }
    for print in &all.prints {
        println!("  printed {} at {}", time(print.queued_at), print.desk);
    }
    for look in &all.looks {
        println!("  second look asked for {}: {}", time(look.asked_at), look.asked_reason.as_str());
    }
    for change in &all.changes {
        println!("  kept until {} instead of {}", change.to_day, change.from_day);
    }
    match &all.record {
        Some(record) => {
            println!("Personal data, destroyed once {} is past:", record.destroy_by);
            for (name, value) in record.fields() {
                println!("  {name}: {}", value.as_str());
            }
            if record.portrait().is_some() {
                println!("  and a photo");
            }
        }
        None => println!("Personal data: none; it was destroyed."),
    }
    println!("The audit log names this card or its enrolment {} times:", all.audit.len());
    for entry in &all.audit {
        println!("  {}  {}  {}", time(entry.at), entry.act, entry.officer);
    }
    Ok(())
}

fn about_card(held: &CardHeld) {
    let card = &held.card;
    println!("Card {}: {}, {}", card.number, card.state.as_str(), card.status.as_str());
    println!(
        "  issued {}, ends {}",
        card.issued_at.utc().format("%Y-%m-%d"),
        card.expires_at.utc().format("%Y-%m-%d")
    );
    println!("  opens {}; desk {}, officer {}", card.services, card.desk, card.officer);
    for change in &held.history {
        println!(
            "  {}  {}: {}",
            change.at.utc().format("%Y-%m-%d"),
            change.to_status.as_str(),
            change.reason
        );
    }
    for hold in &held.holds {
        println!("  hold {}: {}, {}", hold.id, hold.state.as_str(), hold.reason.as_str());
    }
    if card.recovery_hash.is_some() {
        println!("  a seal of the code on its slip");
    }
    if held.is_known_again {
        println!("  a seal of name and birth date, by which a second card is noticed");
    }
}

fn time(time: UtcTime) -> String {
    time.utc().format("%Y-%m-%d %H:%M").to_string()
}
