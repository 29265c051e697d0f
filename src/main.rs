//! detente: parse, run, exit code.

use std::process::ExitCode;

use clap::Parser as _;
use detente::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("detente: {fault}");
            fault.exit_code()
        }
    }
}
