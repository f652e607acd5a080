//! `issuer completions` and `issuer man`: what packages put beside the program.

use std::path::PathBuf;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Arguments;
use crate::Error;
use crate::files::{self, failed};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  issuer completions bash > /usr/share/bash-completion/completions/issuer")]
pub(super) struct Completions {
    /// For which shell
    shell: Shell,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  issuer man /usr/local/share/man/man1")]
pub(super) struct Man {
    /// Folder for the pages, one a command
    #[arg(value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn completions(arguments: &Completions) {
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "issuer", &mut std::io::stdout());
}

pub(super) fn man(arguments: &Man) -> Result<(), Error> {
    files::make_folder(&arguments.out)?;
    clap_mangen::generate_to(Arguments::command(), &arguments.out).map_err(failed("write", &arguments.out))
}
