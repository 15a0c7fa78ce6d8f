//! `dormouse token add | list | revoke`

use clap::Subcommand;
use serde_json::json;

use super::{Context, done, print, print_json};
use crate::timestamp::{Timestamp, from_second, rfc3339};
use crate::users::audit::Act;
use crate::users::token::{self, Lifetime, NewToken, Scope, Token};

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
        /// How long it lasts, in days.
        #[arg(long, default_value = "never", value_name = "DAYS", value_parser = ["never", "30", "90", "365"])]
        expires: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// List a user's tokens: id, scope, when it was made, the last day it was used, when it expires, and its name.
    List {
        /// The user's email address.
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token: what uses it is refused from now on.
    Revoke {
        /// The user's email address.
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// Its id, as `token list` prints it.
        id: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(
    context: &Context,
    command: TokenCommand,
) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("the settings page")?;
    let (user, name, scope, expires, json) = match command {
        TokenCommand::Add {
            user,
            name,
            scope,
            expires,
            json,
        } => (user, name, scope, expires, json),
        TokenCommand::List { user, json } => {
            let user = context.account(&store, &user).await?;
            let all = token::list(&store, user.id).await?;
            let now = context.clock.now();
            if json {
                let all: Vec<_> = all.iter().map(|token| told(token, now)).collect();
                print_json(&json!({ "tokens": all }))?;
                return done();
            }
            for token in all {
                print(&line(&token, now));
            }
            return done();
        }
        TokenCommand::Revoke { user, id, json } => {
            let user = context.account(&store, &user).await?;
            let line = context.line(Act::TokenRevoked, user.id, "");
            if !token::revoke(&store, user.id, &id, line).await? {
                anyhow::bail!("there is no token {id}; `dormouse token list` has the ids");
            }
            match json {
                true => print_json(&json!({ "revoked": id }))?,
                false => print("revoked"),
            }
            return done();
        }
    };
    let user = context.account(&store, &user).await?;
    let now = context.clock.now();
    let new = NewToken {
        user: user.id,
        email: &user.profile.email,
        name: &name,
        // One of the names that the command line takes.
        scope: Scope::of(&scope).unwrap_or(Scope::Read),
        lifetime: Lifetime::of(&expires).unwrap_or_default(),
    };
    let line = context.line(Act::TokenMade, user.id, &scope);
    let token = token::create_with(&store, &context.random, now, new, Some(line)).await?;
    match json {
        true => print_json(&json!({ "token": token, "scope": scope }))?,
        false => print(&token),
    }
    done()
}

fn told(token: &Token, now: Timestamp) -> serde_json::Value {
    let used = token.used_day;
    json!({
        "id": token.id,
        "name": token.name,
        "scope": token.scope.name(),
        "created": rfc3339(token.created),
        "used": used.map(|day| rfc3339(from_second(day * 24 * 60 * 60))),
        "expires": token.expires.map(rfc3339),
        "expired": token.expires.is_some_and(|end| end <= now),
    })
}

/// Columns with tabs between.
fn line(token: &Token, now: Timestamp) -> String {
    let used = token
        .used_day
        .map(|day| rfc3339(from_second(day * 24 * 60 * 60)));
    let used = used.map_or_else(|| "never".to_owned(), |at| at.chars().take(10).collect());
    let ends = match token.expires {
        None => "never".to_owned(),
        Some(end) if end <= now => format!("expired {}", rfc3339(end)),
        Some(end) => rfc3339(end),
    };
    let (id, scope, made) = (&token.id, token.scope.name(), rfc3339(token.created));
    format!("{id}\t{scope}\t{made}\t{used}\t{ends}\t{}", token.name)
}
