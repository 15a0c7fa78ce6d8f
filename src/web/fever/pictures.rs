//! The icons of a shelf's feeds, as far as they are stored: a program that syncs makes us fetch none.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::answer::Favicon;
use crate::app::AppState;
use crate::icons::fetch::site_of;
use crate::icons::store as icons;
use crate::ids::FeedId;
use crate::shelf::streams::Library;
use crate::web::problem::HandlerResult;

/// Each feed's, by the feed's number. One read for each site whose icon isn't cached.
pub(super) async fn of(app: &AppState, library: &Library) -> HandlerResult<Vec<Favicon>> {
    let shelf = &library.shelf;
    let mut sites: BTreeMap<String, Vec<FeedId>> = BTreeMap::new();
    for one in shelf.subscriptions.iter() {
        let site = shelf.summary(one.feed).and_then(site_of);
        if let Some(site) = site {
            let origin = site.origin().ascii_serialization();
            sites.entry(origin).or_default().push(one.feed);
        }
    }
    let origins: Vec<String> = sites.keys().cloned().collect();
    let mut favicons = Vec::new();
    for (origin, picture) in icons::cached_many(&app.store, &origins).await? {
        let data = format!(
            "{};base64,{}",
            picture.mime(),
            STANDARD.encode(picture.bytes())
        );
        for feed in sites.get(&origin).into_iter().flatten() {
            favicons.push(Favicon {
                id: feed.0,
                data: data.clone(),
            });
        }
    }
    favicons.sort_by_key(|favicon| favicon.id);
    Ok(favicons)
}
