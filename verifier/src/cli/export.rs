//! `verifier export-pwa`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::pwa;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Folder of the site; what it has of an older one is written over
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    pwa::export(&arguments.folder)?;
    println!(
        "The counter's page is in {}. README.txt there says how to host it.",
        arguments.folder.display()
    );
    Ok(ExitCode::SUCCESS)
}
