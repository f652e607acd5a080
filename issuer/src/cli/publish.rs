//! `issuer publish`.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use shared::words::Words;

use super::{Data, LeaseTime, actor};
use crate::publish::watch::{Looked, Pace, Watch};
use crate::publish::{self, Published, ceremony};
use crate::scheduled::Worker;
use crate::{Error, Issuer, edge};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  issuer publish --data city --out city/public\n\n\
    With the root key elsewhere:\n  issuer publish --unsigned to-sign.cbor\n  \
    issuer key sign --root root.pem to-sign.cbor --out signed.cbor     (on the machine of the root key)\n  \
    issuer publish --signed signed.cbor --out city/public\n\n\
    By itself, until it is told to stop (Ctrl-C or SIGTERM):\n  issuer publish --watch --out city/public\n\n\
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
    /// Go on, and publish what changes: revoked cards within half a minute, stolen keys at the next look
    #[arg(long, conflicts_with_all = ["unsigned", "signed"])]
    watch: bool,
    /// Seconds between two looks for what changed
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 5,
        value_parser = clap::value_parser!(u64).range(1..=60),
        requires = "watch"
    )]
    every: u64,
    #[command(flatten)]
    lease: LeaseTime,
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
        (None, None, Some(out)) if arguments.watch => watch(&issuer, arguments, out),
        (None, None, Some(out)) => publish_into(&issuer, &arguments.data, out, now),
        // The parser asks for one of them.
        (None, _, None) => Err(Error::Refused("give --out or --unsigned".to_owned())),
    }
}

/// Publishes what changes, until the process is told to stop.
fn watch(issuer: &Issuer, arguments: &Arguments, out: &Path) -> Result<(), Error> {
    use actix_web::rt::{System, signal::unix::SignalKind, signal::unix::signal, time::timeout};
    use futures_util::future::select;

    let root_passphrase = arguments.data.root_passphrase()?;
    if issuer.keystore.has_root_key() {
        // A wrong passphrase is told at the start, not at the first change.
        issuer.keystore.root_key(root_passphrase.as_ref())?;
    }
    let mut watch = Watch::new(Worker::new(arguments.lease.lasts()), out, Pace::of(issuer));
    let every = std::time::Duration::from_secs(arguments.every);
    let no_signals = |error| Error::Refused(format!("cannot be told to stop: {error}"));
    let (mut told, mut failing) = (String::new(), false);
    System::new().block_on(async {
        let mut terminate = signal(SignalKind::terminate()).map_err(no_signals)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(no_signals)?;
        println!("Watching; what changes is published into {}.", out.display());
        loop {
            match watch.look(issuer, root_passphrase.as_ref(), &edge::now) {
                Ok(looked) => {
                    failing = false;
                    say_looked(&looked, &mut told);
                }
                Err(error) if failing => tracing::debug!(%error, "it still cannot be published"),
                Err(error) => {
                    failing = true;
                    eprintln!("Not published, and tried again: {error}");
                }
            }
            let stop = select(Box::pin(terminate.recv()), Box::pin(interrupt.recv()));
            if timeout(every, stop).await.is_ok() {
                println!("Stopped.");
                return Ok(());
            }
        }
    })
}

/// One line a publication; what the trust list does not say is told once.
fn say_looked(looked: &Looked, told: &mut String) {
    match looked {
        Looked::Nothing | Looked::Elsewhere => {}
        Looked::TakenOver => {
            println!("Another server has taken the publication over; this one was silent for too long.");
        }
        Looked::Published(published, why) => {
            println!(
                "Published trust list {}, {} status lists ({why}): {}",
                published.sequence,
                published.lists,
                published.bundle.display()
            );
            let behind = published.behind.join("; ");
            if !behind.is_empty() && behind != *told {
                println!(
                    "The trust list is behind: {behind}. The root key has to sign a new one: issuer publish --unsigned FILE"
                );
            }
            *told = behind;
        }
    }
}

/// Publishes into a folder, and says so.
pub(super) fn publish_into(
    issuer: &Issuer,
    data: &Data,
    out: &Path,
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
