//! What there is: subscriptions, labels, counts, and who asks. From what is cached of the shelf.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::Serialize;
use serde_json::json;

use super::caller::{Call, Caller};
use super::question::wants_json;
use super::{icon, json as answer, names, tagged_json};
use crate::app::AppState;
use crate::ids::FeedId;
use crate::shelf::Shelf;
use crate::shelf::streams::{Library, Stream, label_of};
use crate::users;
use crate::web::frame::all_folders;
use crate::web::problem::{HandlerResult, Problem};

/// A label of a feed.
#[derive(Debug, Serialize)]
struct Category {
    id: String,
    label: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Subscription {
    id: String,
    title: String,
    categories: Vec<Category>,
    url: String,
    html_url: String,
    icon_url: String,
    sortid: String,
    firstitemmsec: String,
}

#[derive(Debug, Serialize)]
struct Subscriptions {
    subscriptions: Vec<Subscription>,
}

/// The address of a feed's website, and of the feed itself if it names none: clients can't do without.
pub(super) fn site_of(shelf: &Shelf, feed: FeedId) -> String {
    let Some(summary) = shelf.summary(feed) else {
        return String::new();
    };
    let site = summary.site.as_deref().filter(|site| !site.is_empty());
    site.unwrap_or(summary.url.as_str()).to_owned()
}

/// The title of a feed, never empty.
pub(super) fn title_of(shelf: &Shelf, feed: FeedId) -> String {
    match shelf.title(feed) {
        title if title.trim().is_empty() => site_of(shelf, feed),
        title => title,
    }
}

pub(super) async fn subscriptions(
    State(app): State<AppState>,
    headers: HeaderMap,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    wants_json(&params)?;
    let library = caller.library(&app).await?;
    let shelf = &library.shelf;
    let all = shelf.subscriptions.iter().filter_map(|one| {
        let summary = shelf.summary(one.feed)?;
        let categories = one.folders().map(|path| Category {
            id: names::label(&label_of(path)),
            label: label_of(path),
            kind: "folder",
        });
        let first = crate::ids::ArticleId {
            feed: one.feed,
            seq: summary.first,
        };
        Some(Subscription {
            id: names::feed(one.feed),
            title: title_of(shelf, one.feed),
            categories: categories.collect(),
            url: summary.url.as_str().to_owned(),
            html_url: site_of(shelf, one.feed),
            icon_url: icon::address(&app, one.feed),
            sortid: format!("{:08X}", one.feed.0),
            firstitemmsec: match summary.last {
                0 => "0".to_owned(),
                _ => (crate::articles::arrival(summary, first) / 1_000).to_string(),
            },
        })
    });
    let subscriptions = all.collect();
    tagged_json(&headers, &Subscriptions { subscriptions })
}

#[derive(Debug, Serialize)]
struct Label {
    id: String,
    sortid: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Labels {
    tags: Vec<Label>,
}

/// The labels of all folders, empty ones too, and of a user's tags: one of a name in all, as clients tell them apart by it.
pub(super) async fn tags(
    State(app): State<AppState>,
    headers: HeaderMap,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    wants_json(&params)?;
    let library = caller.library(&app).await?;
    let user = users::cached::cached(&app.store, caller.user).await?;
    let preferences = user.map(|user| user.profile.preferences.clone());
    let standing = all_folders(&library.shelf, &preferences.unwrap_or_default());
    let with_feeds = library.folders();
    let below = |path: &[String]| {
        standing
            .iter()
            .any(|one| one.len() > path.len() && one.starts_with(path))
    };
    // A folder that only holds others has nothing to show.
    let empty = standing
        .iter()
        .filter(|path| !below(path))
        .map(|path| label_of(path));
    let folders: BTreeSet<String> = with_feeds.keys().cloned().chain(empty).collect();
    let tags = library.all_tags().into_iter().map(str::to_owned);
    let tags: Vec<String> = tags.filter(|tag| !folders.contains(tag)).collect();
    let states = ["starred", "reading-list"].map(|name| (names::state(name), None));
    let folders = folders
        .iter()
        .map(|name| (names::label(name), Some("folder")));
    let tags = tags.iter().map(|name| (names::label(name), Some("tag")));
    let all = states.into_iter().chain(folders).chain(tags);
    let labels = all.enumerate().map(|(place, (id, kind))| Label {
        id,
        sortid: format!("{place:08X}"),
        kind,
    });
    let tags = labels.collect();
    tagged_json(&headers, &Labels { tags })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Count {
    id: String,
    count: u32,
    newest_item_timestamp_usec: String,
}

/// The unread counts of feeds, labels (folders and a user's tags) and everything; with `all`, also those of what is read.
pub(super) async fn unread_count(
    State(app): State<AppState>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    wants_json(&params)?;
    let library = caller.library(&app).await?;
    let with_none = matches!(params.one("all"), Some("1" | "true"));
    let mut counts = counts(&library);
    if !with_none {
        counts.retain(|count| count.count > 0);
    }
    answer(&json!({ "max": 1_000, "unreadcounts": counts }))
}

fn counts(library: &Library) -> Vec<Count> {
    let shelf = &library.shelf;
    let tally = shelf.tally();
    let feeds: BTreeMap<FeedId, (u32, i64)> = tally
        .each(&shelf.subscriptions)
        .map(|(one, unread)| {
            let newest = match unread {
                0 => 0,
                _ => library.newest_unread(one.feed),
            };
            (one.feed, (unread, newest))
        })
        .collect();
    let sum = |ids: &[FeedId]| {
        let found = ids.iter().filter_map(|feed| feeds.get(feed));
        found.fold((0, 0), |(count, newest), one| {
            (count + one.0, newest.max(one.1))
        })
    };
    let count = |id: String, (count, newest): (u32, i64)| Count {
        id,
        count,
        newest_item_timestamp_usec: newest.to_string(),
    };
    let everything = sum(&library.feeds(&Stream::All));
    let all = std::iter::once(count(names::state("reading-list"), everything));
    let folders = library.folders();
    let mut labels: BTreeMap<String, (u32, i64)> = folders
        .iter()
        .map(|(label, ids)| (label.clone(), sum(ids)))
        .collect();
    for (tag, ids) in library.unread_by_tag() {
        let inside = folders.get(tag);
        let (number, newest) = labels.entry(tag.to_owned()).or_default();
        // Those of a folder's feeds are counted.
        for id in ids
            .iter()
            .filter(|id| inside.is_none_or(|feeds| !feeds.contains(&id.feed)))
        {
            *number += 1;
            *newest = library.arrival(*id).max(*newest);
        }
    }
    let labels: Vec<Count> = labels
        .into_iter()
        .map(|(label, sum)| count(names::label(&label), sum))
        .collect();
    let own = feeds
        .iter()
        .map(|(feed, own)| count(names::feed(*feed), *own));
    all.chain(labels).chain(own).collect()
}

/// Who asks.
pub(super) async fn user_info(
    State(app): State<AppState>,
    caller: Caller,
) -> HandlerResult<Response> {
    let user = users::cached::cached(&app.store, caller.user).await?;
    let email = user.map(|user| user.profile.email.clone());
    let email = email.ok_or_else(Problem::not_found)?;
    let id = caller.user.to_string();
    answer(&json!({
        "userId": id,
        "userName": email,
        "userProfileId": id,
        "userEmail": email,
        "isBloggerUser": false,
        "signupTimeSec": 0,
        "isMultiLoginEnabled": false,
    }))
}

/// There are none that a program could set.
pub(super) async fn preferences(_: Caller) -> HandlerResult<Response> {
    answer(&json!({ "prefs": [] }))
}

/// The same, of streams.
pub(super) async fn stream_preferences(_: Caller) -> HandlerResult<Response> {
    answer(&json!({ "streamprefs": {} }))
}

/// Nobody follows anybody here.
pub(super) async fn friends(_: Caller) -> HandlerResult<Response> {
    answer(&json!({ "friends": [] }))
}
