//! `issuer inventory`.

use chrono::{DateTime, Utc};

use super::Data;
use crate::Error;
use crate::inventory::{self, Item, Kind, Until};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  issuer inventory\n  issuer inventory --json\n\n\
    Every table and field of the database with what it says of a person, how much there is of it, and until when. For\n\
    the city's lawyer, when somebody demands data.")]
pub(super) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// One JSON object a field
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    let items = inventory::inventory(&arguments.data.open()?, now)?;
    if arguments.json {
        for item in &items {
            // A struct of texts and numbers always has a JSON form.
            println!("{}", serde_json::to_string(item).unwrap_or_default());
        }
        return Ok(());
    }
    println!("What a demand would get on {}:", now.format("%Y-%m-%d"));
    for of_table in items.chunk_by(|a, b| a.table == b.table) {
        if let Some(first) = of_table.first() {
            println!("\n{}{}", first.table, ages(first));
        }
        for item in of_table {
            println!(
                "  {:<18}{:>8}  {:<12}  {}{}",
                item.field,
                item.count,
                kind(item.kind),
                item.words,
                end(item)
            );
        }
    }
    Ok(())
}

fn ages(item: &Item) -> String {
    match (item.oldest, item.newest) {
        (Some(oldest), Some(newest)) => {
            format!(", {} to {}", oldest.format("%Y-%m-%d"), newest.format("%Y-%m-%d"))
        }
        _ => String::new(),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::None => "nobody",
        Kind::Pseudonymous => "a number",
        Kind::Sealed => "sealed",
        Kind::Hash => "a seal",
        Kind::Undescribed => "NOT KNOWN",
    }
}

fn end(item: &Item) -> String {
    match item.until {
        Until::Kept | Until::Empty => String::new(),
        Until::LastDay(day) => format!("; all of it destroyed once {day} is past"),
        Until::Holds(day) => format!("; destroyed once {day} is past, but for what holds keep"),
    }
}
