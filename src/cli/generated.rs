//! `dormouse completions SHELL` and `dormouse man FOLDER`: made from the commands themselves.

use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, EXIT_CODES, done, print};

/// What the program is called.
const NAME: &str = "dormouse";

/// Prints what a shell needs to complete commands, options and files.
pub(super) fn completions(shell: Shell) -> anyhow::Result<std::process::ExitCode> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut text);
    std::io::stdout().lock().write_all(&text)?;
    done()
}

/// Writes a manual page for each command into a folder.
pub(super) fn man(folder: &Path) -> anyhow::Result<std::process::ExitCode> {
    let named = || folder.display().to_string();
    std::fs::create_dir_all(folder).with_context(named)?;
    clap_mangen::generate_to(with_exit_codes(Cli::command()), folder).with_context(named)?;
    let written = std::fs::read_dir(folder).with_context(named)?.count();
    print(&format!("{written} pages in {}", named()));
    done()
}

/// Each command's page says what its end means.
fn with_exit_codes(command: clap::Command) -> clap::Command {
    command
        .after_help(EXIT_CODES)
        .mut_subcommands(with_exit_codes)
}
