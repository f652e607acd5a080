//! `verifier trust`.

use std::fs;
use std::io::Read as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use shared::bundle;
use shared::keys::Thumbprint;
use shared::words::Words;

use super::{Data, Usage};
use crate::parts::{PartError, Parts, Progress};
use crate::store::Store;

/// How long fetching a bundle may take.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// The city's bundle: a file, or an address to fetch it from
    #[arg(long, value_name = "FILE | URL", required_unless_present = "qr")]
    bundle: Option<String>,
    /// Pictures of the codes that show the bundle, in any order
    #[arg(long, value_name = "PICTURE", num_args = 1.., conflicts_with = "bundle")]
    qr: Vec<String>,
    /// Fingerprint of the root key, as the city publishes it
    #[arg(long, value_name = "FINGERPRINT", value_parser = parse_fingerprint)]
    root: Option<Thumbprint>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let (source, bundle) = match &arguments.bundle {
        None => ("the bundle in the pictures", from_codes(&arguments.qr)?),
        Some(url) if url.starts_with("https://") || url.starts_with("http://") => (url.as_str(), fetch(url)?),
        Some(file) => (file.as_str(), read_file(file)?),
    };
    let store = Store::new(arguments.data.data.clone());
    let (trusted, update) = store
        .take(&bundle, arguments.root)
        .with_context(|| format!("{source} was not taken, what was trusted before still is"))?;
    let fingerprint = trusted.fingerprint();
    match update.sequence_before {
        None => {
            println!("Trusting the city whose root key is\n  {fingerprint}");
            println!("or, to read aloud:\n  {}", Words::of(fingerprint).to_string().replace('\n', "\n  "));
            if arguments.root.is_none() {
                println!("Compare this with the fingerprint that the city publishes before you rely on it.");
            }
        }
        Some(before) if before == update.sequence => println!("Trust list {before}: unchanged."),
        Some(before) => println!("Trust list {before} -> {}.", update.sequence),
    }
    println!(
        "{} issuers, {} status lists ({} new).",
        trusted.trust_list().issuers.len(),
        trusted.status_lists().count(),
        update.lists_changed
    );
    Ok(ExitCode::SUCCESS)
}

/// Puts the bundle together from the codes in pictures.
fn from_codes(pictures: &[String]) -> anyhow::Result<Vec<u8>> {
    let mut parts = Parts::default();
    for picture in pictures {
        let file = fs::File::open(picture).map_err(|error| Usage(format!("{picture}: {error}")))?;
        let mut bytes = Vec::new();
        file.take(reader::MAX_FILE + 1).read_to_end(&mut bytes).with_context(|| picture.clone())?;
        let texts = reader::codes_in(&bytes).map_err(|error| Usage(format!("{picture}: {error}")))?;
        for text in texts {
            match parts.take(&text) {
                Ok(Progress::Whole(bundle)) => return Ok(bundle),
                // Another code may be in a picture as well.
                Ok(Progress::Missing { .. }) | Err(PartError::NotAPart) => {}
                Err(error) => return Err(Usage(format!("{picture}: {error}")).into()),
            }
        }
    }
    let missing: Vec<String> = parts.missing().map(|number| number.to_string()).collect();
    let said = match missing.as_slice() {
        [] => "no part of a bundle is in these pictures".to_owned(),
        missing => format!("these parts are missing: {}", missing.join(", ")),
    };
    Err(Usage(said).into())
}

pub(super) fn read_file(path: &str) -> anyhow::Result<Vec<u8>> {
    let file = fs::File::open(path).map_err(|error| Usage(format!("{path}: {error}")))?;
    capped(file).with_context(|| path.to_owned())
}

fn fetch(url: &str) -> anyhow::Result<Vec<u8>> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
    let mut answer = agent.get(url).call().with_context(|| url.to_owned())?;
    capped(answer.body_mut().as_reader()).with_context(|| url.to_owned())
}

/// Reads one byte past the largest bundle at the most, so that parsing says
/// "too large".
fn capped(source: impl std::io::Read) -> std::io::Result<Vec<u8>> {
    let limit = u64::try_from(bundle::MAX_LEN).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    source.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub(super) fn parse_fingerprint(text: &str) -> Result<Thumbprint, String> {
    Thumbprint::parse(text)
        .or_else(|| Words::parse(text))
        .ok_or_else(|| "a fingerprint has 64 hexadecimal digits, or 24 words".to_owned())
}
