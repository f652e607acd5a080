//! `issuer publish`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use shared::words::Words;

use super::{Data, actor};
use crate::publish::{self, Published, ceremony};
use crate::{Error, Issuer};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  issuer publish --data city --out city/public\n\n\
    With the root key elsewhere:\n  issuer publish --unsigned to-sign.cbor\n  \
    issuer key sign --root root.pem to-sign.cbor --out signed.cbor     (on the machine of the root key)\n  \
    issuer publish --signed signed.cbor --out city/public\n\n\
    Any web server can host the folder; a USB stick with bundle.cbor does as well.")]
pub(super) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// Folder to publish into
    #[arg(long, value_name = "DIR", required_unless_present = "unsigned")]
    out: Option<PathBuf>,
    /// Write what the root key is to sign, and publish nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "signed"])]
    unsigned: Option<PathBuf>,
    /// What the root key signed elsewhere
    #[arg(long, value_name = "FILE")]
    signed: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    let issuer = arguments.data.open()?;
    match (&arguments.unsigned, &arguments.signed, &arguments.out) {
        (Some(unsigned), ..) => {
            let sequence = ceremony::write_unsigned(&issuer, unsigned, &actor(), now)?;
            let file = unsigned.display();
            println!("Trust list {sequence}, unsigned: {file}. On the machine of the root key:");
            println!("  issuer key sign --root root.pem {file} --out signed.cbor");
            Ok(())
        }
        (None, Some(signed), Some(out)) => {
            say(&ceremony::publish_signed(&issuer, signed, out, &actor(), now)?);
            Ok(())
        }
        (None, None, Some(out)) => publish_into(&issuer, &arguments.data, out, now),
        // The parser asks for one of them.
        (None, _, None) => Err(Error::Refused("give --out or --unsigned".to_owned())),
    }
}

/// Publishes into a folder, and says so.
pub(super) fn publish_into(
    issuer: &Issuer,
    data: &Data,
    out: &std::path::Path,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    say(&publish::publish(issuer, out, data.root_passphrase()?.as_ref(), &actor(), now)?);
    Ok(())
}

fn say(published: &Published) {
    println!(
        "Trust list {}, {} status lists ({} of ours changed): {}",
        published.sequence,
        published.lists,
        published.changed,
        published.bundle.display()
    );
    println!("Root fingerprint: {}", published.fingerprint);
    println!("The same to read aloud:\n{}", Words::of(published.fingerprint));
    for sentence in &published.behind {
        println!("The trust list is behind: {sentence}.");
    }
    if !published.behind.is_empty() {
        println!("The root key has to sign a new one: issuer publish --unsigned FILE");
    }
}
