//! `dormouse feed list | refresh | pause | resume | remove | hosts | block | unblock`

use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::{Context, done, print, print_json, tell};
use crate::datastore::Datastore;
use crate::feeds::{self, Feed, FeedSummary};
use crate::ids::FeedId;
use crate::maintenance::orphans;
use crate::refresh::on_demand::refresh_now;
use crate::refresh::record;
use crate::shelf::stopping;
use crate::users::audit::Act;
use crate::web::words::polling::describe_result;

/// Feeds of one read.
const A_PAGE: u32 = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum FeedCommand {
    /// List feeds: number, state, readers, address, title.
    List {
        /// Only those with this in their titles or addresses.
        query: Option<String>,
        /// Which.
        #[arg(long, value_enum, default_value = "trouble")]
        show: Show,
        /// Print a JSON object with `feeds`, instead of one line per feed.
        #[arg(long)]
        json: bool,
    },
    /// Fetch a feed now, if its publisher's limits allow it.
    Refresh {
        /// Its number.
        id: FeedId,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Fetch a feed for nobody any more, until it is resumed. What was read of it stays.
    Pause {
        /// Its number.
        id: FeedId,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Fetch a paused feed again.
    Resume {
        /// Its number.
        id: FeedId,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Take a feed from all shelves, and delete it. Stars stay. That can’t be undone.
    Remove {
        /// Its number.
        id: FeedId,
        /// Say that it is meant.
        #[arg(long, required = true)]
        yes: bool,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// List the hosts that nothing is fetched from.
    Hosts {
        /// Print a JSON object with `hosts`, instead of one line per host.
        #[arg(long)]
        json: bool,
    },
    /// Fetch nothing from a host.
    Block {
        /// Its name, or an address of it.
        host: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Fetch from a blocked host again.
    Unblock {
        /// Its name, or an address of it.
        host: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// Which feeds are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Show {
    /// Those that something keeps from being read.
    Trouble,
    /// Those that are paused for everybody.
    Paused,
    /// All.
    All,
}

pub(super) async fn run(
    context: &Context,
    command: FeedCommand,
) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("the page /admin/feeds")?;
    match command {
        FeedCommand::List { query, show, json } => {
            let query = query.unwrap_or_default().to_lowercase();
            list(&store, &query, show, json).await?;
        }
        FeedCommand::Refresh { id, json } => {
            let feed = found(&store, id).await?;
            let fetching = context.fetching(store.clone()).await?;
            // It is many commits; none without its line.
            let line = line(context, Act::FeedRefreshed, &feed);
            store.commit(vec![line]).await?;
            let result = refresh_now(&fetching, id).await?;
            let result = result.ok_or_else(|| no_feed(id))?;
            let said = describe_result(&result, context.clock.now());
            let value = json!({ "feed": id.to_string(), "result": said });
            tell(json, &value, &said)?;
        }
        FeedCommand::Pause { id, json } => pause(context, &store, (id, true), json).await?,
        FeedCommand::Resume { id, json } => pause(context, &store, (id, false), json).await?,
        FeedCommand::Remove { id, json, .. } => remove(context, &store, id, json).await?,
        FeedCommand::Hosts { json } => {
            let hosts = record::blocked_hosts(&store).await?;
            match json {
                true => print_json(&json!({ "hosts": hosts }))?,
                false => hosts.iter().for_each(|host| print(host)),
            }
        }
        FeedCommand::Block { host, json } => block(context, &store, (&host, true), json).await?,
        FeedCommand::Unblock { host, json } => block(context, &store, (&host, false), json).await?,
    }
    done()
}

/// How a feed is, in a word.
fn state(summary: &FeedSummary) -> &'static str {
    match summary {
        _ if summary.is_stopped => "paused",
        _ if summary.is_troubled() => "in trouble",
        _ if summary.is_gone() => "gone",
        _ if summary.subscribers == 0 => "nobody’s",
        _ => "well",
    }
}

async fn list(store: &Datastore, query: &str, show: Show, json: bool) -> anyhow::Result<()> {
    let (mut cursor, mut listed) = (None, Vec::new());
    loop {
        let (heads, next) = feeds::store::all_heads(store, cursor, A_PAGE).await?;
        let is_full = heads.len() == A_PAGE as usize;
        for head in heads {
            let summary = &head.summary;
            let is_shown = match show {
                Show::All => true,
                Show::Paused => summary.is_stopped,
                Show::Trouble => summary.is_troubled(),
            };
            let has = |text: &str| text.to_lowercase().contains(query);
            if !is_shown || !(has(&summary.title) || has(summary.url.as_str())) {
                continue;
            }
            let (state, readers) = (state(summary), summary.subscribers);
            let error = summary.error.as_deref().filter(|_| summary.is_troubled());
            match json {
                true => listed.push(json!({
                    "id": head.id.to_string(),
                    "state": state,
                    "readers": readers,
                    "url": summary.url.as_str(),
                    "title": summary.title,
                    "error": error,
                })),
                false => print(&format!(
                    "{}\t{state}\t{readers}\t{}\t{}\t{}",
                    head.id,
                    summary.url,
                    summary.title,
                    error.unwrap_or_default()
                )),
            }
        }
        cursor = next.filter(|_| is_full);
        if cursor.is_none() {
            break;
        }
    }
    if json {
        print_json(&json!({ "feeds": listed }))?;
    }
    Ok(())
}

fn no_feed(id: FeedId) -> anyhow::Error {
    anyhow::anyhow!("there is no feed {id}; `dormouse feed list --show all` has their numbers")
}

async fn found(store: &Datastore, id: FeedId) -> anyhow::Result<Feed> {
    let feed = feeds::store::get(store, id).await?;
    feed.ok_or_else(|| no_feed(id))
}

fn line(context: &Context, act: Act, feed: &Feed) -> crate::datastore::Mutation {
    context.line_about(act, None, feed.summary.url.as_str())
}

async fn pause(
    context: &Context,
    store: &Datastore,
    (id, is_stopped): (FeedId, bool),
    json: bool,
) -> anyhow::Result<()> {
    let feed = found(store, id).await?;
    let act = match is_stopped {
        true => Act::FeedPaused,
        false => Act::FeedResumed,
    };
    let line = line(context, act, &feed);
    let changed = stopping::set(store, id, is_stopped, context.clock.now(), &line).await?;
    let words = match (changed, is_stopped) {
        (true, true) => "paused: it is fetched for nobody until `dormouse feed resume`",
        (true, false) => "resumed: the next ticks fetch it again",
        (false, true) => "it was paused already",
        (false, false) => "it wasn’t paused",
    };
    let value = json!({ "feed": id.to_string(), "paused": is_stopped, "changed": changed });
    tell(json, &value, words)
}

async fn remove(
    context: &Context,
    store: &Datastore,
    id: FeedId,
    json: bool,
) -> anyhow::Result<()> {
    let feed = found(store, id).await?;
    let line = line(context, Act::FeedRemoved, &feed);
    let now = context.clock.now();
    // Nobody fetches it meanwhile.
    stopping::set(store, id, true, now, &line).await?;
    while !stopping::remove_some(store, id, now).await? {}
    let is_gone = orphans::delete(store, id, line).await?;
    anyhow::ensure!(
        is_gone,
        "somebody has just added it again; run it once more"
    );
    let value = json!({ "feed": id.to_string(), "removed": true });
    tell(json, &value, "removed from all shelves, and deleted")
}

async fn block(
    context: &Context,
    store: &Datastore,
    (typed, is_blocked): (&str, bool),
    json: bool,
) -> anyhow::Result<()> {
    let host = record::host_as_typed(typed);
    let host = host.ok_or_else(|| anyhow::anyhow!("{typed:?} isn’t the name of a host"))?;
    let act = match is_blocked {
        true => Act::HostBlocked,
        false => Act::HostUnblocked,
    };
    let line = context.line_about(act, None, &host);
    let done = record::block_host(store, &host, is_blocked, &line).await?;
    anyhow::ensure!(done.is_some(), "no more hosts can be blocked; unblock one");
    let words = match is_blocked {
        true => format!("nothing is fetched from {host} any more"),
        false => format!("{host} is fetched from again"),
    };
    tell(
        json,
        &json!({ "host": host, "blocked": is_blocked }),
        &words,
    )
}
