//! `issuer move`.

use chrono::{DateTime, Utc};

use super::Data;
use crate::Error;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example, with every other issuer of the city stopped:\n  \
    issuer move --to postgres://issuer@db.city.example/city\n\n\
    The city cannot be written meanwhile. What was cut off goes on with the same command. The password of the server is best in \
    libpq's own file (~/.pgpass): what stands in the address stands in city.toml afterwards.")]
pub(super) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// Where the database is now; as city.toml has it when this is left out
    #[arg(long, value_name = "sqlite:PATH")]
    from: Option<String>,
    /// Where it goes: an empty database on PostgreSQL
    #[arg(long, value_name = "postgres://…", required_unless_present = "give_up")]
    to: Option<String>,
    /// Give up a move that did not end: the city writes to its old database again
    #[arg(long, conflicts_with = "to")]
    give_up: bool,
}

#[cfg(not(feature = "postgres"))]
pub(super) fn run(_: &Arguments, _: DateTime<Utc>) -> Result<(), Error> {
    Err(crate::db::DbError::NoPostgres.into())
}

#[cfg(feature = "postgres")]
pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    use crate::moving;

    let Some(to) = &arguments.to else {
        moving::give_up(&arguments.data.data)?;
        println!("The move is given up: the city writes to its old database again. Empty the new one.");
        return Ok(());
    };
    let issuer = arguments.data.open()?;
    if let Some(from) = &arguments.from {
        moving::is_here(&issuer, from)?;
    }
    moving::move_to(&issuer, to, &super::actor(), now, |carried| {
        let digest = shared::keys::hex(&carried.content.digest);
        println!("{:24} {:>10} rows  sha256 {digest}", carried.table, carried.content.rows);
    })?;
    println!("All of it arrived, and city.toml names the new database. Start the issuers again.");
    println!(
        "Keep the old file until you have seen the city work, then delete it: it can be read, not written."
    );
    Ok(())
}
