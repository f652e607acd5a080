//! The `issuer` command with crash points, for tests alone.

use std::process::ExitCode;

fn main() -> ExitCode {
    issuer::cli::main()
}
