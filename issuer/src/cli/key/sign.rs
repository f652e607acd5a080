//! `issuer key sign`: the root key's part, on its own machine.

use std::path::PathBuf;

use chrono::DateTime;
use shared::trust_list::{IssuerKey, KeyState, KeyUse, TrustList};
use shared::words::Words;

use super::super::find;
use super::list::time;
use crate::Error;
use crate::keystore::PassphraseOf;
use crate::publish::ceremony;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  issuer key sign --root root.pem to-sign.cbor --out signed.cbor\n\n\
    Without --out it only shows what would be signed: compare it with what the city decided.")]
pub(super) struct Arguments {
    /// What `issuer publish --unsigned` wrote
    file: PathBuf,
    /// The root key
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// File for what was signed
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// File with the root key's passphrase; otherwise `ISSUER_ROOT_PASSPHRASE` or a systemd credential, or none
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Error> {
    let list = ceremony::read_unsigned(&arguments.file)?;
    show(&list);
    let Some(out) = &arguments.out else { return Ok(()) };
    let passphrase = find(PassphraseOf::Root, arguments.passphrase_file.as_deref())?;
    let fingerprint = ceremony::sign(&list, &arguments.root, passphrase.as_ref(), out)?;
    println!("Signed: {}", out.display());
    println!("Root fingerprint: {fingerprint}");
    println!("The same to read aloud:\n{}", Words::of(fingerprint));
    Ok(())
}

fn show(list: &TrustList) {
    println!(
        "Trust list {}, of {}; the next is due {}.",
        list.sequence,
        at(list.issued_at),
        at(list.next_update)
    );
    for issuer in &list.issuers {
        println!("Issuer {}", issuer.url);
        for key in &issuer.keys {
            println!("  key {}  {}", key.kid.to_hex(), of(key));
        }
    }
    let services: Vec<_> = list.services.iter().map(|service| service.id.as_str()).collect();
    println!("Services {}", services.join(", "));
}

fn of(key: &IssuerKey) -> String {
    let signs = match key.usage {
        KeyUse::Cards => "cards",
        KeyUse::Lists => "status lists",
        KeyUse::Both => "cards and status lists",
    };
    let state = match &key.state {
        KeyState::Active => "active".to_owned(),
        KeyState::Retired => "retired".to_owned(),
        KeyState::Compromised { since, .. } => format!("lost since {}", at(*since)),
    };
    format!("for {signs}, {state}, {} to {}", at(key.valid_from), at(key.valid_until))
}

fn at(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map_or_else(|| seconds.to_string(), time)
}
