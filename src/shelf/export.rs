//! Exports the shelf as OPML that any reader accepts, and that imports here without loss.

use super::opml::{self, Outline};
use super::{Shelf, store};
use crate::datastore::{Datastore, StoreError};
use crate::ids::FeedId;
use crate::timestamp::Timestamp;

/// Writes a shelf as OPML, with the extra attributes from imported files. One read per feed.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn export(
    store: &Datastore,
    shelf: &Shelf,
    now: Timestamp,
) -> Result<String, StoreError> {
    let ids: Vec<FeedId> = shelf.subscriptions.iter().map(|one| one.feed).collect();
    let mut extras = store::extras(store, shelf.user, &ids).await?;
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
        let outline = Outline {
            folder: one.folder.clone(),
            title: Some(shelf.title(one.feed)),
            xml_url: summary
                .map(|summary| summary.url.to_string())
                .unwrap_or_default(),
            html_url: extra
                .html_url
                .or_else(|| summary.and_then(|summary| summary.site.clone())),
            attributes: extra.attributes,
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
