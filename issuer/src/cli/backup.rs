//! `issuer backup` and `issuer restore`.

use std::path::PathBuf;

use chrono::{DateTime, SecondsFormat, Utc};

use super::{Data, actor};
use crate::backup::{self, Asked, KeysFrom, Settled, What};
use crate::{Error, Issuer};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer key make-backup --out backup-key.txt     (once; keep the file elsewhere)\n  \
    issuer backup city.backup                        (daily)\n  \
    issuer backup --keys keys.backup                 (after each change of keys; keep it apart)\n\n\
    Neither holds a destroy-by key, so nothing that was destroyed comes back from them."
)]
pub(super) struct Backup {
    #[command(flatten)]
    data: Data,
    /// File to write; an older one is replaced
    file: PathBuf,
    /// The keys instead of settings and database
    #[arg(long)]
    keys: bool,
}

pub(super) fn backup(arguments: &Backup, now: DateTime<Utc>) -> Result<(), Error> {
    let what = if arguments.keys { What::Keys } else { What::City };
    let made = backup::backup(&arguments.data.open()?, &arguments.file, what, &actor(), now)?;
    println!("{} files, {} bytes, encrypted: {}", made.files, made.bytes, arguments.file.display());
    Ok(())
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer restore city.backup --keys keys.backup --identity backup-key.txt \
    --published public --to city\n  issuer restore --settle --published public --data city    (after pg_restore)\n\n\
    --published is what was published last: from it comes what was revoked after the backup."
)]
pub(super) struct Restore {
    #[command(flatten)]
    data: Data,
    /// The backup of the city
    #[arg(required_unless_present = "settle", requires_all = ["keys", "identity", "to"])]
    file: Option<PathBuf>,
    /// The backup of the keys, or a folder of keys that is still there
    #[arg(long, value_name = "FILE | DIR")]
    keys: Option<PathBuf>,
    /// File with the secret half of the backup key
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// New folder for the city
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Folder that was published into, or its bundle.cbor
    #[arg(long, value_name = "DIR")]
    published: Option<PathBuf>,
    /// Settle the database in --data, which was put back by other means
    #[arg(long, conflicts_with_all = ["file", "to", "keys", "identity"])]
    settle: bool,
}

pub(super) fn restore(arguments: &Restore, now: DateTime<Utc>) -> Result<(), Error> {
    let passphrase = arguments.data.passphrase()?;
    let published = arguments.published.as_deref();
    let (Some(file), Some(keys), Some(identity), Some(to)) =
        (&arguments.file, &arguments.keys, &arguments.identity, &arguments.to)
    else {
        let issuer = Issuer::open_unchecked(&arguments.data.data, passphrase)?;
        say(&backup::settle(&issuer, published, &actor(), now)?, published.is_some());
        return Ok(());
    };
    let from = if keys.is_dir() { KeysFrom::Folder(keys) } else { KeysFrom::Backup(keys) };
    let asked = Asked { file, keys: from, identity, to, published };
    let restored = backup::restore(&asked, passphrase, &actor(), now)?;
    let made_at = restored.made_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    println!("Restored as it was at {made_at}: {}", to.display());
    say(&restored.settled, published.is_some());
    println!("Root fingerprint: {}", crate::publish::ceremony::fingerprint(&restored.issuer)?);
    Ok(())
}

fn say(settled: &Settled, published: bool) {
    println!("{} status lists are closed; new cards go on new ones.", settled.lists_closed);
    if published {
        println!(
            "From what was published: {} cards changed, {} statuses kept of cards issued since, {} lists and {} keys \
             found.",
            settled.cards_changed, settled.statuses_kept, settled.lists_found, settled.keys_found
        );
    } else {
        println!(
            "Nothing that was published was given (--published): what was revoked since the backup is good again!"
        );
    }
    if settled.keys_made > 0 {
        println!("{} new keys were made, since those of before sign no more.", settled.keys_made);
    }
    if settled.tokens_withdrawn > 0 {
        println!(
            "{} tokens of other programs open nothing any more; give them new ones: issuer token create.",
            settled.tokens_withdrawn
        );
    }
    println!(
        "Publications go on behind {}. Cards issued since the backup stay good, and are",
        settled.sequence
    );
    println!("not known by their numbers. Publish now: issuer publish");
}
