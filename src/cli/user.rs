//! `dormouse user add | list | sign-out | quota | passwd | reset-link | invite | invitations | uninvite | disable | enable | admin | delete`

use std::io::Read;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Context, done, print, print_json, tell};
use crate::accounts::deletion::{Deletion, Step};
use crate::accounts::standing::{self, Change};
use crate::datastore::Datastore;
use crate::timestamp::{Timestamp, minute_of, rfc3339};
use crate::users::audit::Act;
use crate::users::invitation::{self, BY_COMMAND, NewInvitation};
use crate::users::mailed::{self, HANDED_RESET_MINUTES, Purpose};
use crate::users::own_quota::OwnQuota;
use crate::users::store;
use crate::users::{Barred, User, openid, own_sessions, sign_in, sign_up, token};

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Create an account. The first one becomes the administrator's.
    Add {
        /// The email address to sign in with.
        email: String,
        /// Read the password from standard input (its first line).
        #[arg(long, required = true)]
        password_stdin: bool,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// List the accounts.
    List {
        /// Only those with this in their addresses.
        query: Option<String>,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// End all sessions of an account. Tokens and passkeys stay.
    SignOut {
        /// The account's email address.
        email: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Say or set what of an account's quota is its own: without an option it is said, and what isn't named is left.
    Quota(QuotaArgs),
    /// Print a link by which the owner of an account chooses a new password: it opens once, within a day.
    ResetLink {
        /// The account's email address.
        email: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Print a link by which somebody creates an account, also where sign-up is closed.
    Invite {
        /// How many accounts it may create.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        uses: u32,
        /// How many days it lasts.
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=365))]
        days: u32,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// List the invitations: id, whether it is open, uses that are left, its end, who made it, for whom.
    Invitations {
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Revoke an invitation: its link opens nothing any more.
    Uninvite {
        /// Its id, as `invitations` says it.
        id: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Set an account's password, and end all other ways in: sessions, tokens, passkeys, one-time codes.
    Passwd {
        /// The account's email address.
        email: String,
        /// Read the password from standard input (its first line).
        #[arg(long, required = true)]
        password_stdin: bool,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Keep somebody out: they can’t sign in, and their sessions, tokens and open pages end. What they have stays.
    Disable {
        /// The account's email address.
        email: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Let somebody in again who was kept out.
    Enable {
        /// The account's email address.
        email: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Make somebody an administrator.
    Admin {
        /// The account's email address.
        email: String,
        /// Make an ordinary reader of them instead.
        #[arg(long)]
        undo: bool,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Delete an account with all that is its own. That can’t be undone.
    Delete {
        /// The account's email address.
        email: String,
        /// Say that it is meant.
        #[arg(long, required = true)]
        yes: bool,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct QuotaArgs {
    /// The account's email address.
    email: String,
    /// Feeds on their shelf, or `usual`.
    #[arg(long, value_name = "N", value_parser = number)]
    feeds: Option<Own>,
    /// Articles that they may keep starred, or `usual`.
    #[arg(long, value_name = "N", value_parser = number)]
    stars: Option<Own>,
    /// OPML files that they may import in a day, or `usual`.
    #[arg(long, value_name = "N", value_parser = number)]
    imports: Option<Own>,
    /// Uses of “Refresh now” in an hour, or `usual`.
    #[arg(long, value_name = "N", value_parser = number)]
    refreshes: Option<Own>,
    /// MiB that the articles of all their feeds may have, 0 for any number, or `usual`.
    #[arg(long, value_name = "N", value_parser = number)]
    reader_mb: Option<Own>,
    /// Print a JSON object.
    #[arg(long)]
    json: bool,
}

/// A limit of their own, or that of everybody.
#[derive(Clone, Copy, Debug)]
enum Own {
    Usual,
    Number(u32),
}

impl Own {
    fn number(self) -> Option<u32> {
        match self {
            Self::Usual => None,
            Self::Number(number) => Some(number),
        }
    }
}

fn number(text: &str) -> Result<Own, String> {
    match text {
        "usual" => Ok(Own::Usual),
        _ => text
            .parse()
            .map(Own::Number)
            .map_err(|_| "it takes a number, or usual".to_owned()),
    }
}

/// Sets what was named, and says what is in force.
async fn quota(context: &Context, datastore: &Datastore, args: QuotaArgs) -> anyhow::Result<()> {
    let mut user = context.account(datastore, &args.email).await?;
    let own = user.profile.quota;
    let wanted = OwnQuota {
        feeds: args.feeds.map_or(own.feeds, Own::number),
        stars: args.stars.map_or(own.stars, Own::number),
        imports: args.imports.map_or(own.imports, Own::number),
        refreshes: args.refreshes.map_or(own.refreshes, Own::number),
        reader_mb: args.reader_mb.map_or(own.reader_mb, Own::number),
    };
    let ceiling = &context.config.quotas.ceiling;
    if let Some((name, most)) = wanted.beyond(ceiling) {
        anyhow::bail!("{name} takes at most {most} here; nothing was changed");
    }
    if wanted != own {
        let line = context.line(Act::QuotaChanged, user.id, "");
        let set = |user: &mut User| user.profile.quota = wanted;
        store::change_with(datastore, user.id, &[line], set).await?;
        user.profile.quota = wanted;
    }
    let usual = context.config.quotas.of(user.profile.admin);
    let now = wanted.over(usual, ceiling);
    let rows = [
        ("feeds", now.feeds, wanted.feeds.is_some()),
        ("stars", now.stars, wanted.stars.is_some()),
        ("imports", now.imports.into(), wanted.imports.is_some()),
        (
            "refreshes",
            now.refreshes.into(),
            wanted.refreshes.is_some(),
        ),
        ("reader_mb", now.reader_mb, wanted.reader_mb.is_some()),
    ];
    if args.json {
        let told = rows.map(|(name, most, own)| (name, json!({ "most": most, "own": own })));
        return print_json(&std::collections::BTreeMap::from(told));
    }
    for (name, most, own) in rows {
        let whose = if own { "their own" } else { "usual" };
        print(&format!("{}\t{most}\t{whose}", name.replace('_', "-")));
    }
    Ok(())
}

pub(super) async fn run(
    context: &Context,
    command: UserCommand,
) -> anyhow::Result<std::process::ExitCode> {
    let datastore = context.store("the server’s own pages (/signup, /settings)")?;
    let (random, now) = (&context.random, context.clock.now());
    match command {
        UserCommand::Add { email, json, .. } => {
            let password = password()?;
            let made = sign_up::create_by_command(&datastore, random, now, &email, &password);
            let user = made.await?;
            let comment = if user.profile.admin {
                ", the administrator"
            } else {
                ""
            };
            let email = &user.profile.email;
            match json {
                true => print_json(&told(&user))?,
                false => print(&format!("created an account for {email}{comment}")),
            }
        }
        UserCommand::SignOut { email, json } => {
            let id = context.user(&datastore, &email).await?;
            let line = context.line(Act::SessionsEnded, id, "");
            let next = |user: &mut User| user.profile.epoch += 1;
            store::change_with(&datastore, id, &[line], next).await?;
            own_sessions::clear(&datastore, id, None).await?;
            match json {
                true => print_json(&json!({ "email": email, "sessions_ended": true }))?,
                false => print("all their sessions have ended"),
            }
        }
        UserCommand::Quota(args) => quota(context, &datastore, args).await?,
        UserCommand::List { query, json } => {
            let query = query.unwrap_or_default().to_lowercase();
            let mut all = store::list(&datastore).await?;
            all.retain(|user| user.profile.email.to_lowercase().contains(&query));
            if json {
                let all: Vec<_> = all.iter().map(told).collect();
                print_json(&json!({ "users": all }))?;
                return done();
            }
            for user in all {
                let (role, made) = (role(&user), created(&user).unwrap_or_default());
                print(&format!("{}\t{role}\t{made}", user.profile.email));
            }
        }
        UserCommand::ResetLink { email, json } => {
            let user = store::by_email(&datastore, &email).await?;
            let user = user.ok_or_else(|| anyhow::anyhow!("there is no account for {email}"))?;
            let what = (Purpose::HandedReset, HANDED_RESET_MINUTES);
            let line = [context.line(Act::ResetLinkMade, user.id, "")];
            let link = mailed::make_with(&datastore, random, user.id, what, now, &line).await?;
            let link = page(context, &format!("reset/{link}"))?;
            match json {
                true => print_json(&json!({ "link": link }))?,
                false => print(&link),
            }
        }
        UserCommand::Invite { uses, days, json } => {
            let new = NewInvitation {
                maker: BY_COMMAND,
                name: "",
                uses,
                days,
            };
            let line = context.line_about(Act::Invited, None, "");
            let token = invitation::make(&datastore, random, now, new, line).await?;
            let link = page(context, &format!("invite/{token}"))?;
            match json {
                true => print_json(&json!({ "link": link, "uses": uses, "days": days }))?,
                false => print(&link),
            }
        }
        UserCommand::Invitations { json } => invitations(&datastore, now, json).await?,
        UserCommand::Uninvite { id, json } => {
            let line = context.line_about(Act::InvitationRevoked, None, "");
            if !invitation::revoke(&datastore, None, &id, line).await? {
                anyhow::bail!("there is no invitation {id}");
            }
            tell(json, &json!({ "revoked": true }), "revoked")?;
        }
        UserCommand::Passwd { email, json, .. } => {
            let password = password()?;
            let user = store::by_email(&datastore, &email).await?;
            let user = user.ok_or_else(|| anyhow::anyhow!("there is no account for {email}"))?;
            let line = context.line(Act::PasswordChanged, user.id, "");
            let user = sign_in::set_password(&datastore, random, &user, &password, line).await?;
            // A previous owner of the account may have left other ways to sign in.
            for one in &user.profile.connected {
                let line = context.line(Act::Disconnected, user.id, "");
                openid::disconnect(&datastore, user.id, &one.issuer, line).await?;
            }
            for one in token::list(&datastore, user.id).await? {
                let line = context.line(Act::TokenRevoked, user.id, "");
                token::revoke(&datastore, user.id, &one.id, line).await?;
            }
            // Whoever lost their phone gets in again by this.
            let bare = |user: &mut User| {
                user.profile.passkeys.clear();
                user.profile.passkey_after_password = false;
                user.profile.codes = None;
            };
            let (passkeys, codes) = (user.profile.passkeys.iter(), user.profile.codes.iter());
            let lines = passkeys.map(|_| Act::PasskeyRemoved);
            let lines = lines.chain(codes.map(|_| Act::CodesOff));
            let lines = lines.map(|act| context.line(act, user.id, ""));
            let lines: Vec<_> = lines.collect();
            store::change_with(&datastore, user.id, &lines, bare).await?;
            if json {
                print_json(&told(&user))?;
                return done();
            }
            print(
                "the password is set; all sessions, tokens, passkeys, one-time codes and connected accounts have ended",
            );
        }
        UserCommand::Disable { email, json } => {
            let how = Change::Disable(minute_of(now));
            let changed = standing(context, &datastore, &email, how, Act::Disabled).await?;
            if json {
                return changed_json(context, &datastore, &email, changed.is_some()).await;
            }
            print(match changed {
                Some(_) => "disabled: they can’t come in until `dormouse user enable`",
                None => "they were disabled already",
            });
        }
        UserCommand::Enable { email, json } => {
            let how = Change::Enable;
            let changed = standing(context, &datastore, &email, how, Act::Enabled).await?;
            if json {
                return changed_json(context, &datastore, &email, changed.is_some()).await;
            }
            print(match changed {
                Some(_) => "enabled: they can sign in again",
                None => "they weren’t disabled",
            });
        }
        UserCommand::Admin { email, undo, json } => {
            let (how, act) = match undo {
                false => (Change::MakeAdmin, Act::MadeAdmin),
                true => (Change::UnmakeAdmin, Act::UnmadeAdmin),
            };
            let changed = standing(context, &datastore, &email, how, act).await?;
            if json {
                return changed_json(context, &datastore, &email, changed.is_some()).await;
            }
            print(match (changed, undo) {
                (Some(_), false) => "they are an administrator now",
                (Some(_), true) => "they are an ordinary reader now",
                (None, false) => "they were an administrator already",
                (None, true) => "they were an ordinary reader already",
            });
        }
        UserCommand::Delete { email, json, .. } => {
            let how = Change::Leave(minute_of(now));
            standing(context, &datastore, &email, how, Act::DeletionBegun).await?;
            return delete(context, &datastore, &email, json).await;
        }
    }
    done()
}

/// Prints everybody's invitations, the newest first.
async fn invitations(store: &Datastore, now: Timestamp, json: bool) -> anyhow::Result<()> {
    let mut told = Vec::new();
    for one in invitation::all(store).await? {
        let maker = match one.maker {
            BY_COMMAND => None,
            id => store::get(store, id).await?,
        };
        let maker = maker.map(|user| user.profile.email);
        let (is_open, end) = (one.is_open(now), rfc3339(one.expires));
        if json {
            told.push(json!({
                "id": one.id,
                "open": is_open,
                "left": one.left,
                "uses": one.uses,
                "created": rfc3339(one.created),
                "expires": end,
                "maker": maker,
                "name": one.name,
            }));
            continue;
        }
        let state = if is_open { "open" } else { "over" };
        let maker = maker.unwrap_or_else(|| "a command".to_owned());
        print(&format!(
            "{}\t{state}\t{} of {} left\t{end}\t{maker}\t{}",
            one.id, one.left, one.uses, one.name
        ));
    }
    match json {
        true => print_json(&json!({ "invitations": told })),
        false => Ok(()),
    }
}

/// What an account may do.
fn role(user: &User) -> &'static str {
    match (user.profile.barred(), user.profile.admin) {
        (Some(Barred::Leaving), _) => "being deleted",
        (Some(Barred::Disabled(_)), _) => "disabled",
        (None, true) => "administrator",
        (None, false) => "reader",
    }
}

fn created(user: &User) -> Option<String> {
    Timestamp::from_timestamp(user.profile.created, 0).map(rfc3339)
}

fn told(user: &User) -> serde_json::Value {
    let role = role(user).replace(' ', "_");
    let (id, email) = (user.id.0, &user.profile.email);
    json!({ "id": id, "email": email, "role": role, "created": created(user) })
}

/// An account as it is now, and whether that is new.
async fn changed_json(
    context: &Context,
    store: &Datastore,
    email: &str,
    is_new: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let mut account = told(&context.account(store, email).await?);
    account["changed"] = is_new.into();
    print_json(&account)?;
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

/// Changes what an account may do.
async fn standing(
    context: &Context,
    store: &Datastore,
    email: &str,
    how: Change,
    act: Act,
) -> anyhow::Result<Option<User>> {
    let id = context.user(store, email).await?;
    let line = context.line(act, id, "");
    Ok(standing::change(store, id, how, &line).await?)
}

/// Deletes what an account has, to the end, or until only other instances have to forget it.
async fn delete(
    context: &Context,
    store: &Datastore,
    email: &str,
    json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let user = context.account(store, email).await?;
    let mut deletion = Deletion::of(store, user);
    let mut count = 0;
    loop {
        let step = deletion.step(context.clock.now()).await?;
        if json && !matches!(step, Step::Did(_)) {
            let finished = matches!(step, Step::Gone);
            print_json(&json!({ "email": email, "records": count, "finished": finished }))?;
            return done();
        }
        match step {
            Step::Did(some) => count += some,
            Step::Waits => {
                print(&format!(
                    "{count} records are gone; the account’s own follows with the clean-up in a quarter of an hour, when no \
                     instance remembers it"
                ));
                return done();
            }
            Step::Gone => {
                print(&format!(
                    "{count} records and the account are gone; nothing is left"
                ));
                return done();
            }
        }
    }
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
