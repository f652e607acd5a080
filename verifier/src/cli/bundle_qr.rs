//! `verifier bundle-qr`.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use shared::bundle::Bundle;

use super::Usage;
use super::trust::read_file;
use crate::parts::split;
use crate::qr_loop;
use crate::words::Words;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The city's bundle
    #[arg(long, value_name = "FILE")]
    bundle: String,
    /// The page to write
    #[arg(long, value_name = "FILE.html")]
    out: PathBuf,
    /// The page's language
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    language: String,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let bundle = read_file(&arguments.bundle)?;
    Bundle::parse(&bundle).map_err(|error| Usage(format!("{}: {error}", arguments.bundle)))?;
    let words = Words::built_in();
    let language = words.language(Some(&arguments.language));
    let parts = split(&bundle)?.len();
    let page = qr_loop::page(&bundle, language, &words)?;
    fs::write(&arguments.out, page).with_context(|| arguments.out.display().to_string())?;
    println!("{parts} codes in {}: open it in a browser.", arguments.out.display());
    Ok(ExitCode::SUCCESS)
}
