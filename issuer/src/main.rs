//! The `issuer` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    issuer::cli::main()
}
