//! `issuer demo`.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::city::{Listen, serve_pages};
use crate::Error;
use crate::demo::{self, Demo};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  issuer demo --no-serve\n\nA second demo in the same folder goes on with it."
)]
pub(super) struct Arguments {
    /// Folder of the demo city
    #[arg(long, value_name = "DIR", default_value = "demo-city")]
    data: PathBuf,
    /// Make the city and stop
    #[arg(long)]
    no_serve: bool,
    #[command(flatten)]
    pub(super) serving: Listen,
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    let demo = demo::make(&arguments.data, now)?;
    say(&demo, &arguments.data);
    if arguments.no_serve { Ok(()) } else { serve_pages(demo.issuer, &arguments.serving) }
}

fn say(demo: &Demo, data: &Path) {
    let verifier =
        if std::env::var_os("CARGO").is_some() { "cargo run --release -p verifier --" } else { "verifier" };
    let trust = quoted(&data.join("verifier"));
    println!("The demo city is in {}. Its people are invented, their portraits drawn.", data.display());
    println!("\nCards (PDF, and a picture of the service code):");
    for card in &demo.good {
        println!("  {}  {}", card.number, card.pdf.display());
    }
    println!("  {}  {}  (revoked)", demo.revoked.number, demo.revoked.pdf.display());
    println!("\nOfficers (demo login, password, secret of the changing codes):");
    for officer in &demo.officers {
        println!("  {:<10} {} {}", officer.login, officer.password, officer.secret);
    }
    println!("\nRoot fingerprint:\n  {}", demo.published.fingerprint);
    println!("\nNow check a card at the library's counter:");
    if let Some(card) = demo.good.first() {
        println!(
            "  {verifier} trust --data {trust} --bundle {} --root {} && {verifier} check --data {trust} --desk library {}",
            quoted(&demo.published.bundle),
            demo.published.fingerprint,
            quoted(&card.code)
        );
    }
    println!("\nAnd the revoked one:");
    println!("  {verifier} check --data {trust} --desk library {}", quoted(&demo.revoked.code));
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    if path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}
