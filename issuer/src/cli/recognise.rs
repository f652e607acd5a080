//! `issuer recognise`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::{Data, actor};
use crate::recognise::{Recognition, recognise};
use crate::{Error, files};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  issuer recognise --iss https://card.otherville.example --jwks otherville.json \\\n      \
    --name Otherville --services \"library transit\" --status-list otherville-1.cbor\n\n\
    Counters learn of it from the next: issuer publish"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// The iss of its cards
    #[arg(long, value_name = "URL")]
    iss: String,
    /// Its keys, a JWK set
    #[arg(long, value_name = "FILE")]
    jwks: PathBuf,
    /// Its name
    #[arg(long)]
    name: String,
    /// The services that its cards may open here, with commas or spaces between
    #[arg(long, value_name = "LIST")]
    services: String,
    /// It publishes no status lists: its cards cannot be withdrawn, and the city accepts that
    #[arg(long, conflicts_with = "status_list")]
    without_status: bool,
    /// A status list that it signed; may be given several times
    #[arg(long, value_name = "FILE")]
    status_list: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    let issuer = arguments.data.open()?;
    let services: Vec<String> =
        arguments.services.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let lists = arguments.status_list.iter().map(|path| files::read(path)).collect::<Result<Vec<_>, _>>()?;
    let jwks = files::read(&arguments.jwks)?;
    let wanted = Recognition {
        url: &arguments.iss,
        name: &arguments.name,
        jwks: &jwks,
        services: &services,
        has_status: !arguments.without_status,
        lists: &lists,
    };
    let keys = recognise(&issuer, &wanted, &actor(), now)?;
    println!("Recognised {} with {keys} keys.", arguments.name);
    if wanted.has_status && lists.is_empty() {
        println!(
            "Without a status list its cards will be \"cannot tell: status_unknown\". Give --status-list, or \
             --without-status if it publishes none."
        );
    }
    println!("Counters learn of it from the next: issuer publish");
    Ok(())
}
