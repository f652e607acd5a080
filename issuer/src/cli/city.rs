//! `issuer init`, `serve` and `migrate`.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use shared::words::Words;

use super::Data;
use crate::config::{CityUrl, TemplateAnswers, Text};
use crate::db::{Database, DatabaseUrl};
use crate::issuer::Passphrases;
use crate::{Error, Issuer, publish, web};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  issuer init --name \"Bridge Town\" --url https://card.bridgetown.example \
    --hotline \"+1 555 0100\"\n\nWrites city.toml, which is commented: read it before the first card."
)]
pub(super) struct Init {
    #[command(flatten)]
    data: Data,
    /// Name of the city
    #[arg(long, default_value = "Our City")]
    name: String,
    /// Address of the issuer, https: every card bears it, and it never changes
    #[arg(long, default_value = "https://card.city.example")]
    url: String,
    /// Telephone number for holders and counters
    #[arg(long, default_value = "+1 555 0100")]
    hotline: String,
    /// File for the root key, which is then kept off this machine; only its public half stays here
    #[arg(long, value_name = "FILE")]
    root_out: Option<PathBuf>,
    /// Database: `sqlite:PATH` or `postgres://USER@HOST/NAME`
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

pub(super) fn init(arguments: &Init, now: DateTime<Utc>) -> Result<(), Error> {
    let wrong = |option: &str| {
        let option = option.to_owned();
        move |error: crate::config::Refused| Error::Refused(format!("--{option}: {error}"))
    };
    let answers = TemplateAnswers {
        name: Text::try_from(arguments.name.clone()).map_err(wrong("name"))?,
        url: CityUrl::try_from(arguments.url.clone()).map_err(wrong("url"))?,
        hotline: Text::try_from(arguments.hotline.clone()).map_err(wrong("hotline"))?,
    };
    let database = arguments.database.as_deref();
    database
        .map(DatabaseUrl::parse)
        .transpose()
        .map_err(|error| Error::Refused(format!("--database: {error}")))?;
    let passphrases = Passphrases {
        keystore: arguments.data.passphrase()?,
        root: arguments.data.root_passphrase()?,
        root_out: arguments.root_out.clone(),
    };
    let protected = passphrases.keystore.is_some();
    let folder = &arguments.data.data;
    let issuer = Issuer::create(folder, &answers, database, &passphrases, now)?;
    let folder = folder.display();
    println!("Made the city {} in {folder}.", arguments.name);
    if !protected {
        println!("Its keys are not protected by a passphrase: whoever copies {folder}/keys has them.");
    }
    let Some(root) = &arguments.root_out else {
        println!("Read {folder}/city.toml, then:\n  issuer publish --data {folder} --out {folder}/public");
        return Ok(());
    };
    let fingerprint = publish::ceremony::fingerprint(&issuer)?;
    println!("The root key is in {}, and nowhere else: take it away, with a copy.", root.display());
    println!("Its fingerprint, for everybody who is to trust this city:\n  {fingerprint}");
    println!("The same to read aloud:\n{}", Words::of(fingerprint));
    println!("Read {folder}/city.toml, then:\n  issuer publish --data {folder} --unsigned to-sign.cbor");
    Ok(())
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  issuer serve --data city")]
pub(super) struct Serve {
    #[command(flatten)]
    data: Data,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

pub(super) fn serve(arguments: &Serve) -> Result<(), Error> {
    serve_pages(arguments.data.open()?, arguments.listen)
}

/// Serves the desk until the process is told to stop.
pub(super) fn serve_pages(issuer: Issuer, listen: SocketAddr) -> Result<(), Error> {
    let desk = web::Desk::new(issuer, web::Clock::system())?;
    web::serve(desk, listen, |address| println!("Serving http://{address}/ (Ctrl-C stops it)")).map_err(
        |error| {
            Error::Refused(format!("cannot serve on {listen}: {error}; choose another address with --listen"))
        },
    )
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  issuer migrate --data city\n\nWhere city.toml names a role that may not change \
                        tables, as their owner, without city or keys:\n  issuer migrate --database \
                        postgres://city_owner@db.example/city"
)]
pub(super) struct Migrate {
    #[command(flatten)]
    data: Data,
    /// The database of the city, as the role that owns its tables; otherwise as city.toml has it
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

pub(super) fn migrate(arguments: &Migrate) -> Result<(), Error> {
    match &arguments.database {
        Some(database) => {
            let url = DatabaseUrl::parse(database);
            let url = url.map_err(|error| Error::Refused(format!("--database: {error}")))?;
            Database::open(&url)?.migrate()?;
        }
        // Opening migrates.
        None => drop(arguments.data.open()?),
    }
    println!("The database is up to date.");
    Ok(())
}
