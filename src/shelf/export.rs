//! Exporting OPML: the shelf as a file that any reader takes, and that ours takes back as it was.

use super::opml::{self, Outline};
use super::{Shelf, store};
use crate::datastore::{Datastore, StoreError};
use crate::ids::FeedId;
use crate::timestamp::Timestamp;

/// Writes a shelf as OPML, with what an imported file said of its feeds. One read for each feed.
///
/// # Errors
/// The store's.
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
        let card = shelf.card(one.feed);
        outlines.push(Outline {
            folder: one.folder.clone(),
            title: Some(shelf.title(one.feed)),
            xml_url: card.map(|card| card.url.clone()).unwrap_or_default(),
            html_url: extra
                .html_url
                .or_else(|| card.and_then(|card| card.site.clone())),
            attributes: extra.attributes,
            line,
        });
    }
    Ok(opml::write("Dormouse", &namespaces, &outlines, now))
}
