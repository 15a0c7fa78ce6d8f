//! Figures about the service that the service itself doesn't need: what a month would cost, and what a polling cadence does.

mod bill_command;
mod simulate_command;

use clap::{Parser, Subcommand};

/// What Dormouse would cost, and how it polls.
#[derive(Debug, Parser)]
#[command(name = "dormouse-tools", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play a day of the service with so many readers and feeds, and estimate a month of it on Google Cloud.
    Bill(bill_command::BillArgs),
    /// Play a month of many feeds on a clock of its own: what each way of polling costs, and how late articles arrive.
    Simulate(simulate_command::SimulateArgs),
}

/// Exit 0, or 2 for a failure.
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
            Command::Simulate(args) => simulate_command::run(&args),
        }
    })
}

/// Writes to standard output; a reader who has closed it (`head`) ends the command quietly.
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
