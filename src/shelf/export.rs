//! Exports the shelf as OPML that any reader accepts, and that imports here without loss.

use std::collections::HashMap;

use super::opml::{self, Outline};
use super::{Shelf, store};
use crate::datastore::{Datastore, StoreError};
use crate::feeds::door::{self, Kind, Pass};
use crate::feeds::{self, FeedSummary};
use crate::ids::FeedId;
use crate::sealed::SecretKeys;
use crate::timestamp::Timestamp;

/// Writes a shelf as OPML, with the extra attributes from imported files; what opens feeds' doors only with the `keys` to it. One
/// read per feed, and another for each door whose pass is long.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn export(
    store: &Datastore,
    shelf: &Shelf,
    keys: Option<&SecretKeys>,
    now: Timestamp,
) -> Result<String, StoreError> {
    let ids: Vec<FeedId> = shelf.subscriptions.iter().map(|one| one.feed).collect();
    let mut extras = store::extras(store, shelf.user, &ids).await?;
    let passes = match keys {
        Some(keys) => passes(store, shelf, keys).await?,
        None => HashMap::new(),
    };
    let mut namespaces: Vec<(String, String)> = Vec::new();
    let mut outlines = Vec::with_capacity(ids.len());
    for (line, one) in (1..).zip(shelf.subscriptions.iter()) {
        let extra = extras.remove(&one.feed).unwrap_or_default();
        for namespace in extra.namespaces {
            if !namespaces.iter().any(|(name, _)| *name == namespace.0) {
                namespaces.push(namespace);
            }
        }
        let summary = shelf.summary(one.feed);
        let address = summary.map(|summary| match passes.get(&one.feed) {
            Some(pass) if pass.kind() == Kind::Basic => door::with_pass(&summary.url, pass),
            _ => summary.url.to_string(),
        });
        let mut attributes = extra.attributes;
        attributes.extend(passes.get(&one.feed).and_then(opml::attribute_of));
        let outline = Outline {
            folder: one.folder.clone(),
            title: Some(shelf.title(one.feed)),
            xml_url: address.unwrap_or_default(),
            html_url: extra
                .html_url
                .or_else(|| summary.and_then(|summary| summary.site.clone())),
            attributes,
            line,
        };
        // Once in each of its folders, as other readers write it.
        let also = one.also.iter().map(|folder| Outline {
            folder: folder.clone(),
            ..outline.clone()
        });
        outlines.extend(std::iter::once(outline.clone()).chain(also));
    }
    Ok(opml::write("Dormouse", &namespaces, &outlines, now))
}

/// How many feeds of a shelf have a password that none of the keys opens. As [`export`] reads them.
///
/// # Errors
/// Those of [`export`].
pub async fn lost(
    store: &Datastore,
    shelf: &Shelf,
    keys: &SecretKeys,
) -> Result<usize, StoreError> {
    Ok(opened(store, shelf, keys).await?.1)
}

/// What opens the doors on a shelf.
async fn passes(
    store: &Datastore,
    shelf: &Shelf,
    keys: &SecretKeys,
) -> Result<HashMap<FeedId, Pass>, StoreError> {
    Ok(opened(store, shelf, keys).await?.0)
}

/// What opens the doors on a shelf, and how many aren't opened by it.
async fn opened(
    store: &Datastore,
    shelf: &Shelf,
    keys: &SecretKeys,
) -> Result<(HashMap<FeedId, Pass>, usize), StoreError> {
    let mut passes = HashMap::new();
    let mut lost = 0;
    let mut long = Vec::new();
    let mut open = |feed: FeedId, summary: &FeedSummary| {
        let door = summary.door.as_ref();
        let pass = door.and_then(|door| door.pass(keys, summary.url.as_str()));
        lost += usize::from(door.is_some() && pass.is_none());
        passes.extend(pass.map(|pass| (feed, pass)));
    };
    for one in shelf.subscriptions.iter() {
        match shelf.summary(one.feed) {
            Some(summary)
                if summary
                    .door
                    .as_ref()
                    .is_some_and(|door| door.sealed.is_empty()) =>
            {
                long.push(one.feed);
            }
            Some(summary) => open(one.feed, summary),
            None => {}
        }
    }
    for feed in feeds::store::get_many(store, &long).await? {
        open(feed.id, &feed.summary);
    }
    Ok((passes, lost))
}
