//! `dormouse explain --user EMAIL`

use serde_json::json;

use super::{Context, done, print, print_json};
use crate::articles::store::{self as articles, ListDirection};
use crate::datastore::{Datastore, IN_LIMIT, QueryLog};
use crate::feeds::{self, PollTier};
use crate::icons;
use crate::ids::{ArticleId, FeedId, UserId};
use crate::refresh::record;
use crate::shelf::timeline::{self, Filter, PageRequest};
use crate::shelf::{Scope, Shelf, kept, stars};
use crate::timestamp::minute_of;
use crate::users;

/// Articles of a page.
const A_PAGE: usize = 50;

/// Runs each form of query that a page or a tick makes once more, and prints what we count beside what the store says it
/// bills.
pub(super) async fn run(
    context: &Context,
    email: &str,
    json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let log = QueryLog::with_values();
    let store = context.store("a copy of it")?.with_query_log(log.clone());
    let user = context.user(&store, email).await?;
    ask_everything(context, &store, user).await?;
    let mut rows = Vec::new();
    let (mut counted, mut billed) = (0, 0);
    let mut is_explained = true;
    for query in log.forms() {
        let (reads, results) = store.cost_of(&query).await?;
        counted += reads;
        let said = store.explain(&query).await?;
        is_explained &= said.is_some();
        let (bills, details) = match &said {
            Some(said) => {
                billed += said.read_operations;
                let details = said
                    .billing
                    .iter()
                    .map(|(name, text)| format!("{name} {text}"));
                let details: Vec<String> = details.collect();
                (said.read_operations.to_string(), details.join(", "))
            }
            None => ("unknown".to_owned(), String::new()),
        };
        rows.push((query, results, reads, bills, details));
    }
    if json {
        let forms = rows.iter().map(|(query, results, reads, bills, details)| {
            let billed: Option<u64> = bills.parse().ok();
            json!({
                "query": query.to_string(), "results": results, "counted": reads, "billed": billed,
                "details": details,
            })
        });
        print_json(&json!({
            "queries": forms.collect::<Vec<_>>(),
            "counted": counted,
            "billed": is_explained.then_some(billed),
        }))?;
        return done();
    }
    print("query\tresults\twe count\tGoogle bills\tof which");
    for (query, results, reads, bills, details) in rows {
        print(&format!("{query}\t{results}\t{reads}\t{bills}\t{details}"));
    }
    print(&match is_explained {
        true if counted == billed => format!("As counted: {counted} reads."),
        true => format!("We count {counted} reads, and Google bills {billed}."),
        false if store.is_cloud() => format!(
            "We count {counted} reads. This store doesn’t explain its queries: Google does, its emulator doesn’t."
        ),
        false => format!(
            "We count {counted} reads. This store doesn’t explain its queries: it is the embedded one, where nothing is billed."
        ),
    });
    done()
}

/// Does what a page and a tick do, without a cache and without writing.
async fn ask_everything(context: &Context, store: &Datastore, user: UserId) -> anyhow::Result<()> {
    let shelf = Shelf::load(store, user).await?;
    for flow in [ListDirection::NewestFirst, ListDirection::OldestFirst] {
        for filter in [Filter::Unread, Filter::All] {
            let request = PageRequest {
                scope: Scope::Everything,
                filter,
                flow,
                after: None,
                limit: A_PAGE,
            };
            let first = timeline::page(store, &shelf, &request).await?;
            if let Some(after) = first.next {
                let next = PageRequest {
                    after: Some(after),
                    ..request
                };
                timeline::page(store, &shelf, &next).await?;
            }
        }
        // Whichever way the pages were found, the other is asked, too.
        let feeds: Vec<FeedId> = shelf.feeds(&Scope::Everything);
        let group = &feeds[..feeds.len().min(IN_LIMIT)];
        if !group.is_empty() {
            articles::timeline(store, group, flow, None, A_PAGE as u32).await?;
            let newest = group.iter().map(|&feed| ArticleId {
                feed,
                seq: shelf.numbers(feed).last,
            });
            articles::by_name(store, &newest.collect::<Vec<_>>()).await?;
        }
    }
    stars::cached(store, user).await?;
    stars::newest(store, user).await?;
    stars::page(store, user, None, A_PAGE as u32).await?;
    kept::store::cached(store, user).await?;
    users::token::list(store, user).await?;
    users::share::list(store, user).await?;
    record::today(store).await?;
    users::store::has_accounts(store).await?;
    icons::store::by_content(store, "").await?;
    for one in shelf.subscriptions.iter().take(1) {
        let address = shelf.summary(one.feed).map(|summary| &summary.url);
        let host = address.and_then(|url| url.host_str()).unwrap_or_default();
        feeds::store::of_host(store, host, 100).await?;
        articles::numbers(store, one.feed).await?;
    }
    for tier in PollTier::polled() {
        let phases = 0..=tier.period().unwrap_or(60);
        feeds::store::due(store, tier, phases, None, 1_000).await?;
    }
    let now = context.clock.now();
    let (minute, day) = (minute_of(now), minute_of(now) / (24 * 60));
    feeds::store::hub_due(store, minute, 100).await?;
    feeds::store::orphaned_before(store, day, 100).await?;
    users::store::unseen_since(store, day, 100).await?;
    Ok(())
}
