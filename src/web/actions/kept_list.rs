//! All that is kept: letting go of what is old, bringing another service's list, and taking it along.

use axum::body::Bytes;
use serde_json::{Value, json};
use url::Url;

use super::keeping::page_name;
use super::stored_text;
use super::tagging::has_room;
use crate::app::AppState;
use crate::ids::UserId;
use crate::shelf::Shelf;
use crate::shelf::kept::Kept;
use crate::shelf::kept::list::{self, MAX_LINES};
use crate::shelf::kept::store as kepts;
use crate::timestamp::{Timestamp, minute_of, rfc3339};
use crate::web::problem::{HandlerResult, Problem};

/// What begins an act of letting go.
const PREFIX: &str = "let-go.";
/// Minutes for which letting go can be undone.
const UNDO_MINUTES: i64 = 10;
/// Most that are let go of at once.
const MOST_GONE: usize = 500;
/// Most of an export's part: each is a read.
const EXPORTED: usize = 500;

/// What was let go of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gone {
    pub count: usize,
    /// How many more are as old.
    pub left: usize,
    /// What brings it back; `None` if nothing is so old.
    pub act: Option<String>,
}

/// Whether an act let go of something.
pub(crate) fn is_act(act: &str) -> bool {
    act.starts_with(PREFIX)
}

/// Lets go of the pages that are older than so many days: hidden at once, removed with the next ones. What has a tag or a note stays.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(crate) async fn let_go(
    app: &AppState,
    user: UserId,
    days: i64,
    now: Timestamp,
) -> HandlerResult<Gone> {
    let before = now.timestamp() - days * 86_400;
    kepts::invalidate(&app.store, user);
    let known = kepts::cached(&app.store, user).await?;
    // What has a tag or a note is kept on purpose.
    let goes = known
        .iter()
        .rev()
        .filter(|(_, card)| card.kept < before && card.tags.is_empty() && card.note.is_empty());
    let mut names: Vec<String> = goes.map(|(name, _)| name.clone()).collect();
    let left = names.len().saturating_sub(MOST_GONE);
    names.truncate(MOST_GONE);
    if names.is_empty() {
        return Ok(Gone::default());
    }
    let (((_, minute), before), version) = kepts::last_gone(&app.store, user).await?;
    let act = format!("{PREFIX}{}", app.random.hex::<8>());
    let is_over = minute_of(now) - minute > UNDO_MINUTES;
    // What went a moment ago can still be brought back, along with this.
    let all: Vec<String> = match is_over {
        true => names.clone(),
        false => {
            // What was brought back and goes again stands there once.
            let others = before.iter().filter(|name| !names.contains(name));
            names.iter().chain(others).cloned().collect()
        }
    };
    kepts::note_gone(&app.store, user, (&act, version), now, &all).await?;
    if is_over {
        kepts::purge(&app.store, user, &before).await?;
    }
    let count = kepts::set_gone(&app.store, user, &names, true).await?;
    Ok(Gone {
        count,
        left,
        act: Some(act),
    })
}

/// Brings back what was let go of; how many, or `None` if it is too late.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(crate) async fn bring_back(
    app: &AppState,
    user: UserId,
    act: &str,
) -> HandlerResult<Option<usize>> {
    let (((known, minute), names), _) = kepts::last_gone(&app.store, user).await?;
    let age = minute_of(app.clock.now()) - minute;
    if known != act || !(0..=UNDO_MINUTES).contains(&age) {
        return Ok(None);
    }
    Ok(Some(
        kepts::set_gone(&app.store, user, &names, false).await?,
    ))
}

/// What came of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Imported {
    /// Pages that are kept now and weren't before.
    pub added: usize,
    /// Lines without an address.
    pub without: usize,
    /// Whether there were more lines than are taken.
    pub is_full: bool,
}

/// Keeps what another service's exported list has. A write for each page; what is kept already stays as it is.
///
/// # Errors
/// 400 for what isn't such a list; 422 without room for it.
pub(crate) async fn import(app: &AppState, user: UserId, bytes: Bytes) -> HandlerResult<Imported> {
    let now = app.clock.now();
    let parsed = tokio::task::spawn_blocking(move || list::read(&bytes, now)).await;
    let parsed = parsed.map_err(|error| Problem::internal(&error))?;
    let (pages, without) = parsed.map_err(|error| {
        let advice = "Choose the file that the other service gave you: CSV, HTML or JSON.";
        Problem::bad_request("bad_file", error.to_string(), advice)
    })?;
    let shelf = Shelf::load(&app.store, user).await?;
    let is_full = pages.len() >= MAX_LINES;
    let named = pages.into_iter().filter_map(|kept| {
        let url = Url::parse(kept.body.link.as_deref()?).ok()?;
        Some((page_name(&url), kept))
    });
    let mut all: std::collections::BTreeMap<String, Kept> = std::collections::BTreeMap::new();
    for (name, kept) in named {
        all.entry(name).or_insert(kept);
    }
    // What is kept already stays as it is.
    if shelf.read.has_kept() {
        for (name, _) in kepts::cached(&app.store, user).await?.iter() {
            all.remove(name);
        }
    }
    let all: Vec<(String, Kept)> = all.into_iter().collect();
    has_room(app, &shelf, all.len()).await?;
    kepts::put_many(&app.store, user, &all, now).await?;
    Ok(Imported {
        added: all.len(),
        without,
        is_full,
    })
}

/// What is kept from a place on, with its texts, as a JSON Feed (version 1.1); after 500 it continues at `next_url`, which is this
/// path. One read each.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(crate) async fn exported(
    app: &AppState,
    user: UserId,
    from: usize,
    path: &str,
) -> HandlerResult<Value> {
    let known = kepts::cached(&app.store, user).await?;
    let names = known.iter().skip(from).take(EXPORTED);
    let names: Vec<String> = names.map(|(name, _)| name.clone()).collect();
    let found = kepts::get_many(&app.store, user, &names).await?;
    let items: Vec<Value> = found.iter().map(|(name, kept)| item(name, kept)).collect();
    let mut feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Kept in Dormouse",
        "items": items,
    });
    if from.saturating_add(EXPORTED) < known.len() {
        let mut url = app.base_url.clone();
        url.set_path(&app.path_of(path));
        let next = (from + EXPORTED).to_string();
        url.query_pairs_mut().append_pair("from", &next);
        feed["next_url"] = url.as_str().into();
    }
    Ok(feed)
}

/// Something kept, as an item of a JSON Feed.
fn item(name: &str, kept: &Kept) -> Value {
    let Kept { card, body } = kept;
    let html = stored_text::clean(&body.html, body.sanitizer).into_string();
    let at = Timestamp::from_timestamp(card.kept, 0).map(rfc3339);
    json!({
        "id": card.link.clone().unwrap_or_else(|| name.to_owned()),
        "url": card.link,
        "title": card.title,
        "content_html": html,
        "tags": card.tags,
        "_dormouse": { "id": name, "source": card.source, "note": card.note, "kept": at },
    })
}
