//! What a page says that a user has opened to others: the newest of their stars or of one tag, or a folder's feeds.
//!
//! Titles, links, sources, the user's notes and the beginnings of texts; never a whole text, and nothing of what they have read.

use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest, Sha256};
use url::Url;

use super::kept::store as kepts;
use super::opml::Outline;
use super::{own_title, stars, store as shelves};
use crate::articles::SNIPPET_BYTES;
use crate::codec::cut;
use crate::datastore::{Datastore, Loaded, Region, StoreError};
use crate::feeds;
use crate::ids::UserId;
use crate::timestamp::Timestamp;
use crate::users::share::{Share, What};

/// Most articles on a page and in its feeds.
pub const MOST_LINES: usize = stars::NEWEST_STARS as usize;
/// Most feeds of a blogroll.
pub const MOST_FEEDS: usize = 1_000;

/// What pages say, for a minute: it is made of what other regions have, and again when that changes.
pub static LISTINGS: Region = Region {
    name: "shared lists",
    minutes: 1,
    share: 2,
    class: None,
    is_patient: false,
    keeps_latest: false,
};

/// Pages as they are sent, by what they say: another list is another page.
pub static PAGES: Region = Region {
    name: "shared pages",
    minutes: 60,
    share: 3,
    class: None,
    is_patient: false,
    keeps_latest: false,
};

/// A page as it is sent, plain and packed.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its content type.
    pub kind: &'static str,
    /// A hash of what it says, for its tag.
    pub print: String,
    /// Since when it says that, as far as this instance knows.
    pub since: Timestamp,
    /// As it is.
    pub plain: Arc<[u8]>,
    /// In gzip.
    pub gzip: Arc<[u8]>,
    /// In zstd.
    pub zstd: Arc<[u8]>,
}

impl Page {
    /// The bytes that it takes.
    pub fn bytes(&self) -> usize {
        300 + self.plain.len() + self.gzip.len() + self.zstd.len()
    }
}

/// One article.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The same for as long as it is shown, wherever; says nothing.
    pub id: String,
    /// Plain text; empty if it has none.
    pub title: String,
    /// The publisher's page.
    pub link: Option<String>,
    /// The feed's title, or the page's host.
    pub source: String,
    /// The user's own note.
    pub note: String,
    /// The beginning of the text.
    pub excerpt: String,
    /// The second at which it was starred or kept.
    pub at: i64,
}

/// What a page says.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The articles, the newest first.
    pub lines: Vec<Line>,
    /// The feeds of a blogroll, in the user's order.
    pub feeds: Vec<Outline>,
    /// A hash of all that, and of how it is shown.
    pub print: u128,
}

impl Listing {
    fn bytes(&self) -> usize {
        400 * self.feeds.len() + 900 * self.lines.len() + 200
    }
}

/// A hash of several parts, as the cache's key.
pub fn memo(parts: &[&str]) -> u128 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let first = hash.finalize();
    first
        .first_chunk::<16>()
        .map_or(0, |half| u128::from_le_bytes(*half))
}

/// What a share's page says. From the cache; otherwise one read for the newest stars, one per 1,000 for what is kept, or what the
/// folder's feeds cost.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn listing(store: &Datastore, share: &Share) -> Result<Arc<Listing>, StoreError> {
    let regions: &[&'static Region] = match share.what {
        What::Folder(_) => &[&shelves::SUBSCRIPTIONS, &feeds::store::HEADS],
        _ => &[&stars::NEWEST, &kepts::KEPT],
    };
    let changes = regions.iter().filter_map(|region| {
        let cache = store.cache()?;
        Some(cache.changes(region).to_string())
    });
    let changes: Vec<String> = changes.collect();
    let mut parts = vec![share.id.as_str()];
    parts.extend(changes.iter().map(String::as_str));
    let load = async {
        let mut listing = match &share.what {
            What::Starred => starred(store, share.user).await?,
            What::Tag(tag) => tagged(store, share.user, tag).await?,
            What::Folder(path) => blogroll(store, share.user, path).await?,
            // These have pages of their own.
            What::Edition | What::Digest => Listing::default(),
        };
        listing.print = print(&listing, share);
        let bytes = listing.bytes();
        Ok(Loaded::new(listing, bytes))
    };
    store.get_or_load(&LISTINGS, memo(&parts), load).await
}

fn print(listing: &Listing, share: &Share) -> u128 {
    let lines = serde_json::to_string(&(&listing.lines, &share.manner)).unwrap_or_default();
    // Whatever an outline has, it prints.
    memo(&[&lines, &format!("{:?}", listing.feeds)])
}

/// A name that says nothing, as a UUID (RFC 9562, version 8).
fn uuid(user: UserId, name: &str) -> String {
    let number = memo(&["shared line", &user.0.to_string(), name]);
    let text = format!("{number:032x}");
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-8{}-8{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

/// An address that may be published: without a name or a password in it.
fn public(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let is_open = url.username().is_empty() && url.password().is_none();
    (is_web && is_open).then(|| link.to_owned())
}

async fn starred(store: &Datastore, user: UserId) -> Result<Listing, StoreError> {
    let newest = stars::newest(store, user).await?;
    let kept = match newest.is_empty() {
        true => Arc::default(),
        false => kepts::cached(store, user).await?,
    };
    // What is behind a door is its reader's alone.
    let open = newest.iter().filter(|(star, _)| !star.summary.is_own);
    let lines = open.map(|(star, at)| {
        let name = kepts::name_of(star.id);
        let note = kept.iter().find(|(known, _)| *known == name);
        let summary = &star.summary;
        Line {
            id: uuid(user, &name),
            title: summary.title.clone(),
            link: summary.link.as_deref().and_then(public),
            source: star.feed_title.clone(),
            note: note.map_or_else(String::new, |(_, card)| card.note.clone()),
            excerpt: cut(
                summary.snippet.as_deref().unwrap_or_default(),
                SNIPPET_BYTES,
            ),
            at: at.timestamp(),
        }
    });
    Ok(Listing {
        lines: lines.collect(),
        ..Listing::default()
    })
}

async fn tagged(store: &Datastore, user: UserId, tag: &str) -> Result<Listing, StoreError> {
    let kept = kepts::cached(store, user).await?;
    let wanted = tag.to_lowercase();
    let has = |tags: &[String]| {
        tags.iter()
            .any(|known| known == tag || known.to_lowercase() == wanted)
    };
    let ours = kept.iter();
    let ours = ours.filter(|(_, card)| has(&card.tags) && !card.is_own);
    let lines = ours.take(MOST_LINES).map(|(name, card)| Line {
        id: uuid(user, name),
        title: card.title.clone(),
        link: card.link.as_deref().and_then(public),
        source: card.source.clone(),
        note: card.note.clone(),
        excerpt: cut(&card.snippet, SNIPPET_BYTES),
        at: card.kept,
    });
    Ok(Listing {
        lines: lines.collect(),
        ..Listing::default()
    })
}

/// What an address's query names if it lets somebody in.
const KEYS: [&str; 11] = [
    "token",
    "key",
    "apikey",
    "api_key",
    "auth",
    "secret",
    "sig",
    "signature",
    "password",
    "pass",
    "access_token",
];

/// Whether a feed's address may be published: it has neither a password nor a key in it.
pub fn is_public(url: &str) -> bool {
    let Some(url) = public(url).and_then(|url| Url::parse(&url).ok()) else {
        return false;
    };
    !url.query_pairs()
        .any(|(name, _)| KEYS.contains(&name.to_lowercase().as_str()))
}

async fn blogroll(store: &Datastore, user: UserId, path: &[String]) -> Result<Listing, StoreError> {
    let listed = shelves::cached_list(store, user).await?;
    let inside: Vec<_> = listed
        .all
        .iter()
        .filter(|one| one.is_below(path))
        .take(MOST_FEEDS)
        .collect();
    let ids: Vec<_> = inside.iter().map(|one| one.feed).collect();
    let heads: std::collections::HashMap<_, _> = feeds::store::cached_heads(store, &ids)
        .await?
        .into_iter()
        .collect();
    let mut outlines = Vec::with_capacity(inside.len());
    for one in inside {
        let Some(summary) = heads.get(&one.feed) else {
            continue;
        };
        let xml_url = summary.url.to_string();
        if summary.door.is_some() || !is_public(&xml_url) {
            continue;
        }
        let title = one.title.clone().unwrap_or_else(|| own_title(summary));
        let site = summary.site.as_deref().and_then(public);
        for folder in one.folders().filter(|folder| folder.starts_with(path)) {
            outlines.push(Outline {
                folder: folder.get(path.len()..).unwrap_or_default().to_vec(),
                title: Some(title.clone()),
                xml_url: xml_url.clone(),
                html_url: site.clone(),
                attributes: Vec::new(),
                line: 0,
            });
        }
    }
    Ok(Listing {
        feeds: outlines,
        ..Listing::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_key_in_it_stays_private() {
        for open in [
            "https://example.org/feed.xml",
            "http://example.org/?feed=rss2&monkey=1",
        ] {
            assert!(is_public(open), "{open}");
        }
        for secret in [
            "https://ann:pw@example.org/feed.xml",
            "https://ann@example.org/feed.xml",
            "https://example.org/feed?token=abc",
            "https://example.org/feed?a=1&API_KEY=abc",
            "ftp://example.org/feed",
            "no address",
        ] {
            assert!(!is_public(secret), "{secret}");
        }
    }

    #[test]
    fn a_name_is_a_uuid_and_the_same_every_time() {
        let name = uuid(UserId(7), "a1-2");
        assert_eq!(name, uuid(UserId(7), "a1-2"));
        assert_ne!(name, uuid(UserId(8), "a1-2"));
        assert_eq!(name.len(), 36);
        assert_eq!(
            name.split('-').map(str::len).collect::<Vec<_>>(),
            [8, 4, 4, 4, 12]
        );
    }
}
