//! Offline analysis of the service: the estimated monthly cost, and a comparison of polling strategies.

mod bill_command;
mod shards_command;
mod simulate_command;

use clap::{Parser, Subcommand};

/// Estimates what Dormouse costs and compares polling strategies.
#[derive(Debug, Parser)]
#[command(name = "dormouse-tools", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Simulate one day of the service and estimate its monthly cost on Google Cloud.
    Bill(bill_command::BillArgs),
    /// Play a day of ticks with very many feeds, in one or several shards.
    Shards(shards_command::ShardsArgs),
    /// Simulate a month of polling and report each strategy's cost and article delay.
    Simulate(simulate_command::SimulateArgs),
}

/// Exits with 0 on success and 2 on failure.
fn main() -> std::process::ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dormouse-tools: {error:#}");
            std::process::ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match command {
            Command::Bill(args) => bill_command::run(&args).await,
            Command::Shards(args) => shards_command::run(&args),
            Command::Simulate(args) => simulate_command::run(&args),
        }
    })
}

/// Writes to standard output; a closed pipe (`| head`) isn't an error.
fn print(text: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let _ = out
        .write_all(text.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_commands_are_well_defined() {
        super::Cli::command().debug_assert();
    }
}
