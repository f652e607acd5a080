//! `verifier completions` and `verifier man`: what packages put beside the program.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_complete::Shell;

#[derive(clap::Args)]
pub(super) struct Completions {
    /// For which shell
    shell: Shell,
}

#[derive(clap::Args)]
pub(super) struct Man {
    /// Folder for the pages, one a command
    #[arg(value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn completions(arguments: &Completions) -> ExitCode {
    let mut command = super::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "verifier", &mut std::io::stdout());
    ExitCode::SUCCESS
}

pub(super) fn man(arguments: &Man) -> anyhow::Result<ExitCode> {
    let written = std::fs::create_dir_all(&arguments.out)
        .and_then(|()| clap_mangen::generate_to(super::Arguments::command(), &arguments.out));
    written.with_context(|| format!("man pages cannot be written to {}", arguments.out.display()))?;
    Ok(ExitCode::SUCCESS)
}
