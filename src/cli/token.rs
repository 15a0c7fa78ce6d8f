//! `dormouse token add`

use clap::Subcommand;

use super::{Context, done, print};
use crate::users::token;

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Create a token and print it; it can't be shown again.
    Add {
        /// The user's email address.
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// What it is for.
        #[arg(long, default_value = "command line")]
        name: String,
    },
}

pub(super) async fn run(
    context: &Context,
    command: TokenCommand,
) -> anyhow::Result<std::process::ExitCode> {
    let TokenCommand::Add { user, name } = command;
    let store = context.store("the settings page")?;
    let user = context.user(&store, &user).await?;
    let now = context.clock.now();
    let token = token::create(&store, &context.random, now, user, &name).await?;
    print(&token);
    done()
}
