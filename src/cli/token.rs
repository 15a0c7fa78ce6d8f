//! `dormouse token add`

use clap::Subcommand;

use super::{Context, done, print};
use crate::users::token::{self, NewToken, Scope};

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
        /// What it may do: read, mark (and star and tag), or manage (everything).
        #[arg(long, default_value = "manage", value_parser = ["read", "mark", "manage"])]
        scope: String,
    },
}

pub(super) async fn run(
    context: &Context,
    command: TokenCommand,
) -> anyhow::Result<std::process::ExitCode> {
    let TokenCommand::Add { user, name, scope } = command;
    let store = context.store("the settings page")?;
    let user = context.account(&store, &user).await?;
    let now = context.clock.now();
    let new = NewToken {
        user: user.id,
        email: &user.profile.email,
        name: &name,
        // One of the names that the command line takes.
        scope: Scope::of(&scope).unwrap_or(Scope::Read),
    };
    let token = token::create(&store, &context.random, now, new).await?;
    print(&token);
    done()
}
