//! `issuer publish`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::{Data, actor};
use crate::{Error, publish};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  issuer publish --data city --out city/public\n\n\
    Any web server can host the folder; a USB stick with bundle.cbor does as well.")]
pub(super) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// Folder to publish into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    let issuer = arguments.data.open()?;
    let root = arguments.data.root_passphrase()?;
    let published = publish::publish(&issuer, &arguments.out, root.as_ref(), &actor(), now)?;
    println!(
        "Trust list {}, {} status lists: {}",
        published.sequence,
        published.lists,
        published.bundle.display()
    );
    println!("Root fingerprint: {}", published.fingerprint);
    Ok(())
}
