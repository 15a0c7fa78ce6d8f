//! `dormouse user add | list | passwd | reset-link | invite`

use std::io::Read;

use clap::Subcommand;

use super::{Context, done, print};
use crate::timestamp::{Timestamp, rfc3339};
use crate::users::invitation::{self, BY_COMMAND, NewInvitation};
use crate::users::mailed::{self, HANDED_RESET_MINUTES, Purpose};
use crate::users::store::{self, SignUpPolicy};
use crate::users::{User, openid, token};

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Create an account. The first one becomes the administrator's.
    Add {
        /// The email address to sign in with.
        email: String,
        /// Read the password from standard input (its first line).
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// List the accounts.
    List,
    /// Print a link by which the owner of an account chooses a new password: it opens once, within a day.
    ResetLink {
        /// The account's email address.
        email: String,
    },
    /// Print a link by which somebody creates an account, also where sign-up is closed.
    Invite {
        /// How many accounts it may create.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        uses: u32,
        /// How many days it lasts.
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=365))]
        days: u32,
    },
    /// Set an account's password, and end all other ways in: sessions, tokens, passkeys, one-time codes.
    Passwd {
        /// The account's email address.
        email: String,
        /// Read the password from standard input (its first line).
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

pub(super) async fn run(
    context: &Context,
    command: UserCommand,
) -> anyhow::Result<std::process::ExitCode> {
    let datastore = context.store("the server’s own pages (/signup, /settings)")?;
    let (random, now) = (&context.random, context.clock.now());
    match command {
        UserCommand::Add { email, .. } => {
            let password = password()?;
            // Anyone who can run this can write to the store, so sign-up is always open.
            let policy = SignUpPolicy {
                open: true,
                admin_email: None,
            };
            let user = store::create(&datastore, random, now, policy, &email, &password).await?;
            let role = if user.profile.admin {
                ", the administrator"
            } else {
                ""
            };
            print(&format!(
                "created an account for {}{role}",
                user.profile.email
            ));
        }
        UserCommand::List => {
            for user in store::list(&datastore).await? {
                let role = if user.profile.admin {
                    "administrator"
                } else {
                    "reader"
                };
                let made = Timestamp::from_timestamp(user.profile.created, 0).map(rfc3339);
                let made = made.unwrap_or_default();
                print(&format!("{}\t{role}\t{made}", user.profile.email));
            }
        }
        UserCommand::ResetLink { email } => {
            let user = store::by_email(&datastore, &email).await?;
            let user = user.ok_or_else(|| anyhow::anyhow!("there is no account for {email}"))?;
            let what = (Purpose::HandedReset, HANDED_RESET_MINUTES);
            let link = mailed::make(&datastore, random, user.id, what, now).await?;
            print(&page(context, &format!("reset/{link}"))?);
        }
        UserCommand::Invite { uses, days } => {
            let new = NewInvitation {
                maker: BY_COMMAND,
                name: "",
                uses,
                days,
            };
            let token = invitation::make(&datastore, random, now, new).await?;
            print(&page(context, &format!("invite/{token}"))?);
        }
        UserCommand::Passwd { email, .. } => {
            let password = password()?;
            let user = store::by_email(&datastore, &email).await?;
            let user = user.ok_or_else(|| anyhow::anyhow!("there is no account for {email}"))?;
            let user = store::set_password(&datastore, random, &user, &password).await?;
            // A previous owner of the account may have left other ways to sign in.
            for one in &user.profile.connected {
                openid::disconnect(&datastore, user.id, &one.issuer).await?;
            }
            for one in token::list(&datastore, user.id).await? {
                token::revoke(&datastore, user.id, &one.id).await?;
            }
            // Whoever lost their phone gets in again by this.
            let bare = |user: &mut User| {
                user.profile.passkeys.clear();
                user.profile.passkey_after_password = false;
                user.profile.codes = None;
            };
            store::change(&datastore, user.id, bare).await?;
            print(
                "the password is set; all sessions, tokens, passkeys, one-time codes and connected accounts have ended",
            );
        }
    }
    done()
}

/// The whole address of one of our pages.
fn page(context: &Context, path: &str) -> anyhow::Result<String> {
    let server = &context.config.server;
    let base = match &server.base_url {
        Some(url) => url.clone(),
        None => format!(
            "http://{}/",
            std::net::SocketAddr::new(server.host, server.port)
        )
        .parse()?,
    };
    Ok(base.join(path)?.into())
}

fn password() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(10_000)
        .read_to_string(&mut text)?;
    let line = text.lines().next().unwrap_or_default();
    Ok(line.to_owned())
}
