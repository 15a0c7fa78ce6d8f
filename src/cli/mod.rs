//! The commands. They use the store directly, without a running server, and have the same settings.

mod articles;
mod audit;
mod check_url;
mod clean;
mod compact;
mod copy;
mod costs;
mod data;
mod doctor;
mod edition;
mod explain;
mod feed;
mod generated;
mod house;
mod import_export;
mod jobs;
mod journal;
mod log;
mod parse;
mod progress;
mod rekey;
mod rescue;
mod restore;
mod rules;
mod search;
mod serve;
mod tick;
mod token;
mod user;

use clap::{Parser, Subcommand};

use self::progress::Line;
use crate::app::open_store_at;
use crate::clock::Clock;
use crate::config::{Config, Env, StoreAddress};
use crate::datastore::{Datastore, Mutation, StoreError};
use crate::html::visible::for_terminal;
use crate::ids::UserId;
use crate::random::Random;
use crate::refresh::context::RefreshContext;
use crate::refresh::in_flight::InFlight;
use crate::refresh::shards::Shards;
use crate::sealed::SecretKeys;
use crate::shelf::Shelf;
use crate::usage_log::Tally;
use crate::users::audit::{Act, By, Entry};
use crate::users::{self, User};

/// What a command's end says, on every manual page, too.
const EXIT_CODES: &str = "Exit codes: 0 for success, 1 for a “no” (a store with faults, a feed that isn’t one, an address that wouldn’t be \
                          fetched), 2 for a failure, such as a wrong option or a store in use; its reason is on standard error.";

/// The feed reader that sleeps.
#[derive(Debug, Parser)]
#[command(name = "dormouse", version, about, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the reader (the default command).
    Serve,
    /// Manage accounts.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Look after everybody's feeds: which are in trouble, refresh, pause or remove one, block a host.
    #[command(subcommand)]
    Feed(feed::FeedCommand),
    /// Say what the scheduled jobs did at their last runs, and what that cost.
    Jobs {
        /// Print a JSON object with `jobs`, instead of one line per run.
        #[arg(long)]
        json: bool,
    },
    /// Print the settings in force. Of a secret it is said only whether it is set.
    Settings {
        /// Print a JSON object, instead of one line per setting.
        #[arg(long)]
        json: bool,
    },
    /// Say what was read, written and deleted by day and by route, and what a month like that costs on Google Cloud.
    Costs {
        /// Whose prices.
        #[arg(long, default_value = "us-central1")]
        region: String,
        /// Print a JSON object, instead of one line per day and per route.
        #[arg(long)]
        json: bool,
    },
    /// Create tokens for the API.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Keep the list of the house, which readers begin with or follow.
    #[command(subcommand)]
    House(house::HouseCommand),
    /// Add the feeds of an OPML file to a user's shelf; the next ticks fetch them.
    Import {
        /// The OPML file.
        file: std::path::PathBuf,
        /// The user's email address.
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// Print a JSON object, instead of one line per feed.
        #[arg(long)]
        json: bool,
    },
    /// Write a user's shelf as OPML to standard output.
    Export {
        /// The user's email address.
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// Write along what opens the feeds that ask for a password. Whoever has the file can read it.
        #[arg(long)]
        passwords: bool,
        /// Print a JSON object with `subscriptions`, instead of OPML.
        #[arg(long, conflicts_with = "passwords")]
        json: bool,
    },
    /// Take everything that is a user's own along as a ZIP file, or take such a file in.
    #[command(subcommand)]
    Data(data::DataCommand),
    /// Read a user's journal, or take it along.
    #[command(subcommand)]
    Journal(journal::JournalCommand),
    /// Say what a user opened most in the last month, half a year and all time, each with its change of rank.
    Insights {
        /// The user's email address.
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// Print a JSON object, instead of one line per feed.
        #[arg(long)]
        json: bool,
    },
    /// Write a user's latest edition to standard output.
    Edition(edition::EditionArgs),
    /// Refresh the feeds that are due.
    Tick {
        /// Print a JSON object; so it does anyway.
        #[arg(long)]
        json: bool,
    },
    /// Clean up: expired sessions, inactive users' feeds, feeds without subscribers, unused icons.
    Clean {
        /// Print a JSON object; so it does anyway.
        #[arg(long)]
        json: bool,
    },
    /// List a user's articles.
    Articles(articles::ArticlesArgs),
    /// Search a user's articles and what they keep.
    Search(search::SearchArgs),
    /// List a user's rules, and how many articles each met in 30 days.
    Rules {
        /// The user's email address.
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// Print a JSON object with `rules`, instead of one line per rule.
        #[arg(long)]
        json: bool,
    },
    /// Parse a feed document, and print the result as JSON.
    Parse {
        /// The file with the document.
        file: std::path::PathBuf,
        /// The document's address, to resolve relative links.
        #[arg(long, value_name = "URL")]
        base: url::Url,
        /// Print a JSON object; so it does anyway, but for the reason if it is no feed.
        #[arg(long)]
        json: bool,
    },
    /// Check whether an address would be fetched: exit 0, or 1 with the reason.
    CheckUrl {
        /// Check only the text, without a DNS lookup.
        #[arg(long)]
        no_resolve: bool,
        /// Print a JSON object, instead of a line.
        #[arg(long)]
        json: bool,
        /// The address.
        url: String,
    },
    /// Copy everything from one store to another, empty one: from this machine to the cloud, or back.
    Copy(copy::CopyArgs),
    /// Print the audit log, who did what and when, the newest first.
    Audit {
        /// How many lines at most.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        limit: u32,
        /// Continue from this cursor, printed with the previous page.
        #[arg(long)]
        cursor: Option<String>,
        /// Print a JSON object with `lines` and `cursor`, instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Check the consistency of the store: exit 0, or 1 with the faults.
    Doctor {
        /// Instead, say what is stored for an account, by kind and number: its email address, or its number, which also finds what
        /// a deleted one left.
        #[arg(long, value_name = "EMAIL", conflicts_with_all = ["deep", "fix"])]
        user: Option<String>,
        /// Also check every page of the embedded store's file against its checksum.
        #[arg(long)]
        deep: bool,
        /// Mend what follows from the rest of the store, such as counts and index entries, and say what can't be mended.
        #[arg(long)]
        fix: bool,
        /// Print a JSON object, instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Run every form of query that a page and a tick make, and print what we count beside what Google says it bills.
    Explain {
        /// The user's email address.
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// Print a JSON object, instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Seal anew, with the first of two secret keys, what is sealed with the second; then the second may go. Can be repeated.
    Rekey {
        /// Afterwards end the key that was generated while no key was set, unless only it opens something. Sessions that only it
        /// signed end, too.
        #[arg(long)]
        end_generated: bool,
        /// Print a JSON object, instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Give back the room that deleted articles left in the embedded store's file.
    Compact {
        /// Print a JSON object, instead of a line.
        #[arg(long)]
        json: bool,
    },
    /// Save what can be read of a damaged embedded store into a new one: exit 0, or 1 if something is lost.
    Rescue {
        /// The damaged store's folder. Its file stays as it is.
        from: std::path::PathBuf,
        /// A new folder.
        to: std::path::PathBuf,
        /// Print a JSON object, instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Put a backup in the embedded store's place, once it was found sound: exit 0, or 1 with its faults and nothing changed.
    Restore {
        /// The backup: a file that `/admin/backup` or the daily call (`BACKUP_DIR`) wrote.
        file: std::path::PathBuf,
        /// Print a JSON object, instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Print what a shell needs to complete commands.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write a manual page for each command.
    Man {
        /// The folder for them.
        folder: std::path::PathBuf,
    },
}

/// What all commands need.
#[derive(Debug)]
struct Context {
    config: Config,
    clock: Clock,
    random: Random,
    /// The line that says how far a long command is.
    line: Line,
}

impl Context {
    /// Opens the store. If a server has it open, the error suggests `instead`.
    fn store(&self, instead: &str) -> anyhow::Result<Datastore> {
        self.open().map_err(|error| match error {
            StoreError::Taken { path } => anyhow::anyhow!(
                "the store at {path} is in use by another process, such as a running server. \
                 Stop that first, or use {instead} instead."
            ),
            other => other.into(),
        })
    }

    /// Opens the store, whose long work shows how far it is.
    fn open(&self) -> Result<Datastore, StoreError> {
        self.open_at(&self.config.store.address)
    }

    /// The same of a store elsewhere.
    fn open_at(&self, address: &StoreAddress) -> Result<Datastore, StoreError> {
        let progress = self.line.progress();
        open_store_at(address, &self.config, &self.clock, &self.random, progress)
    }

    /// The service's secret keys, as the server has them.
    async fn keys(&self, store: &Datastore) -> anyhow::Result<SecretKeys> {
        let secrets = crate::app::secrets(&self.config, &self.clock);
        Ok(crate::app::secret_key(&self.config, &secrets, store, &self.random).await?)
    }

    /// What fetching feeds needs.
    async fn fetching(&self, store: Datastore) -> anyhow::Result<RefreshContext> {
        let secret = self.keys(&store).await?;
        Ok(RefreshContext::new(
            store,
            self.clock.clone(),
            &self.config.fetch,
            self.config.server.base_url.as_ref(),
            Some(&secret),
            InFlight::of(Shards::new(self.config.fetch.tick_shards)),
            Tally::default(),
        )?)
    }

    /// The line of the audit log about what somebody at the machine does to an account.
    fn line(&self, act: Act, user: UserId, about: &str) -> Mutation {
        self.line_about(act, Some(user), about)
    }

    /// The same about no account.
    fn line_about(&self, act: Act, user: Option<UserId>, about: &str) -> Mutation {
        let entry = Entry {
            act,
            by: By::Command,
            user,
            about,
            network: "",
        };
        entry.write(&self.random, self.clock.now())
    }

    async fn user(&self, store: &Datastore, email: &str) -> anyhow::Result<UserId> {
        Ok(self.account(store, email).await?.id)
    }

    /// A reader's shelf as their pages show it: rules have met what came.
    async fn shelf(&self, store: &Datastore, email: &str) -> anyhow::Result<Shelf> {
        let account = self.account(store, email).await?;
        let quotas = &self.config.quotas;
        let class = quotas.of(account.profile.admin);
        let quota = account.profile.quota.over(class, &quotas.ceiling);
        let unread = quota.unread.min(self.config.fetch.keep.articles);
        let mut shelf = Shelf::load(store, account.id).await?;
        shelf.meet_news(store, self.clock.now(), unread).await?;
        Ok(shelf)
    }

    async fn account(&self, store: &Datastore, email: &str) -> anyhow::Result<User> {
        let user = users::store::by_email(store, email).await?;
        user.ok_or_else(|| anyhow::anyhow!("there is no account for {email}"))
    }
}

/// Runs the process's command. Returns the exit code: 0, 1 for a negative result, 2 for a failure.
#[must_use]
pub fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    match run(cli.command.unwrap_or(Command::Serve)) {
        Ok(code) => code,
        Err(error) => {
            print_error(&format!("dormouse: {error:#}"));
            std::process::ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> anyhow::Result<std::process::ExitCode> {
    let env = Env::of_process();
    let on_platform = env.get("K_SERVICE").is_some() || env.get("GAE_ENV").is_some();
    let usual = if on_platform {
        "info"
    } else {
        "warn,security=info"
    };
    start_log(env.get("LOG").unwrap_or(usual))?;
    let context = Context {
        config: Config::from_env(&env)?,
        line: Line::new(&Clock::System),
        clock: Clock::System,
        random: Random::System,
    };
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| match info.location() {
        // What the store says of a damaged file is reported where it is known which file that is.
        Some(at) if at.file().contains("/redb-") => {
            tracing::debug!(%at, "the store’s library gave up");
        }
        _ => usual(info),
    }));
    // One thread is enough for one core, and the cheapest to start. Disk access and password hashing use others.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(async {
        match command {
            Command::Serve => serve::serve(context).await,
            Command::User(command) => user::run(&context, command).await,
            Command::Feed(command) => feed::run(&context, command).await,
            Command::Jobs { json } => jobs::run(&context, json).await,
            Command::Settings { json } => jobs::settings(&context, json),
            Command::Costs { region, json } => costs::run(&context, &region, json).await,
            Command::Token(command) => token::run(&context, command).await,
            Command::House(command) => house::run(&context, command).await,
            Command::Import { file, user, json } => {
                import_export::import(&context, &file, &user, json).await
            }
            Command::Export {
                user,
                passwords,
                json,
            } => import_export::export(&context, &user, passwords, json).await,
            Command::Data(command) => data::run(&context, command).await,
            Command::Journal(command) => journal::run(&context, command).await,
            Command::Insights { user, json } => journal::insights(&context, &user, json).await,
            Command::Edition(args) => edition::run(&context, args).await,
            Command::Tick { .. } => tick::run(&context).await,
            Command::Clean { .. } => clean::run(&context).await,
            Command::Articles(args) => articles::run(&context, args).await,
            Command::Rules { user, json } => rules::run(&context, &user, json).await,
            Command::Search(args) => search::run(&context, args).await,
            Command::Parse { file, base, json } => parse::run(&file, &base, json),
            Command::CheckUrl {
                no_resolve,
                url,
                json,
            } => check_url::run(&context, &url, no_resolve, json).await,
            Command::Copy(args) => copy::run(&context, args).await,
            Command::Audit {
                limit,
                cursor,
                json,
            } => audit::run(&context, limit, cursor, json).await,
            Command::Doctor {
                user: Some(user),
                json,
                ..
            } => doctor::holdings(&context, &user, json).await,
            Command::Doctor {
                deep, fix, json, ..
            } => doctor::run(&context, doctor::Wanted { deep, fix, json }).await,
            Command::Explain { user, json } => explain::run(&context, &user, json).await,
            Command::Rekey {
                end_generated,
                json,
            } => rekey::run(&context, end_generated, json).await,
            Command::Compact { json } => compact::run(&context, json).await,
            Command::Rescue { from, to, json } => rescue::run(&context, &from, &to, json).await,
            Command::Restore { file, json } => restore::run(&context, &file, json).await,
            Command::Completions { shell } => generated::completions(shell),
            Command::Man { folder } => generated::man(&folder),
        }
    });
    // Abandoned work on other threads doesn't keep the process alive. That is safe, since commits are atomic.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    done
}

/// Logs to standard error, since standard output belongs to the commands.
fn start_log(filter: &str) -> anyhow::Result<()> {
    // Security events are wanted whatever else is, unless somebody says otherwise of them.
    let filter = &match filter.contains("security") {
        true => filter.to_owned(),
        false => format!("{filter},security=info"),
    };
    let filter = tracing_subscriber::EnvFilter::try_new(filter)
        .map_err(|error| anyhow::anyhow!("LOG is {filter:?}: {error}"))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .event_format(log::CloudLines {
            clock: Clock::System,
        })
        .init();
    Ok(())
}

/// Exit code 0.
fn done() -> anyhow::Result<std::process::ExitCode> {
    Ok(std::process::ExitCode::SUCCESS)
}

/// Exit code 1, for a negative result.
fn no() -> anyhow::Result<std::process::ExitCode> {
    Ok(std::process::ExitCode::FAILURE)
}

/// Writes a line to standard output. Errors are ignored, such as a closed pipe (`head`).
fn print(text: &str) {
    use std::io::{IsTerminal, Write};
    let mut out = std::io::stdout().lock();
    // A file gets what there is; a terminal would obey it.
    let escaped = out.is_terminal().then(|| for_terminal(text));
    let text = escaped.as_deref().unwrap_or(text);
    let _ = out
        .write_all(text.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush());
}

/// Writes a JSON object to standard output.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print(&serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Writes what was done to standard output, as a JSON object or in words.
fn tell(json: bool, value: &serde_json::Value, words: &str) -> anyhow::Result<()> {
    match json {
        true => print_json(value),
        false => {
            print(words);
            Ok(())
        }
    }
}

/// Writes a line to standard error.
fn print_error(text: &str) {
    use std::io::IsTerminal;
    match std::io::stderr().is_terminal() {
        true => eprintln!("{}", for_terminal(text)),
        false => eprintln!("{text}"),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_commands_are_well_defined() {
        super::Cli::command().debug_assert();
    }
}
