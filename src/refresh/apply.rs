//! A plan becomes commits.
//!
//! Articles and the feed's record go together, on the record's version: two who fetch the same feed can't give out the
//! same numbers, and the loser decides again. A plan beyond one commit's size goes in several, each of which leaves the
//! feed as if it had been all.

use url::Url;

use crate::articles::{self, Article, Attachment, Face, SNIPPET_BYTES};
use crate::datastore::{Datastore, Mutation, StoreError};
use crate::feeds::{self, Feed};
use crate::html::sanitize::{self, SANITIZER_VERSION, SafeHtml};
use crate::ids::ArticleId;
use crate::parse::{ParsedEntry, date_of};
use crate::timestamp::Timestamp;
use crate::update::plan::{Draft, Plan};

/// Bytes of one commit, estimated: below Google's 10 MiB, with room for the feed's record and the keys.
const COMMIT_BYTES: usize = 7 * 1_024 * 1_024;
/// Mutations of one commit: Google has no such limit since 2023, but a request must stay below 10 MiB with its framing.
const COMMIT_MUTATIONS: usize = 500;
/// The longest address that relative links are resolved against, in bytes: it is repeated before each of them.
const LONGEST_BASE: usize = 2_000;
/// Attachments kept of one article.
const ATTACHMENTS: usize = 50;

/// Makes what is stored of an entry. Cleaning is most of the work of a fetch, so only what is new gets here.
pub fn article(id: ArticleId, entry: &ParsedEntry, at: Timestamp, feed_url: &str) -> Article {
    let link = || entry.link.as_deref().and_then(|link| Url::parse(link).ok());
    let short = |base: &Url| base.as_str().len() <= LONGEST_BASE;
    let base = entry
        .base
        .clone()
        .filter(short)
        .or_else(|| link().filter(short));
    let base = base.or_else(|| Url::parse(feed_url).ok());
    let html = entry
        .content
        .as_deref()
        .or(entry.summary.as_deref())
        .unwrap_or_default();
    let clean = SafeHtml::clean(html, base.as_ref());
    let snippet_of = entry
        .summary
        .as_deref()
        .filter(|text| !text.trim().is_empty());
    let snippet = match snippet_of {
        Some(summary) => sanitize::snippet(summary, SNIPPET_BYTES),
        None => sanitize::snippet(clean.as_str(), SNIPPET_BYTES),
    };
    let title = match entry.title.as_deref().filter(|title| !title.is_empty()) {
        Some(title) => title.to_owned(),
        None => untitled(&snippet, entry.link.as_deref()),
    };
    let attachments = entry
        .enclosures
        .iter()
        .take(ATTACHMENTS)
        .map(|enclosure| Attachment {
            url: enclosure.url.clone(),
            mime: enclosure.mime.clone(),
            length: enclosure.length,
        });
    let published = date_of(entry).map(|date| date.timestamp());
    Article {
        id,
        face: Face {
            title: title.clone(),
            link: entry.link.clone(),
            author: entry.author.clone(),
            snippet: Some(snippet).filter(|snippet| !snippet.is_empty()),
            image: entry.image.clone().or_else(|| first_image(clean.as_str())),
            order: at.timestamp_micros(),
            published,
        },
        body: articles::Body {
            title,
            link: entry.link.clone(),
            author: entry.author.clone(),
            html: clean.into_string(),
            sanitizer: SANITIZER_VERSION,
            attachments: attachments.collect(),
            published,
            updated: entry.updated.map(|date| date.timestamp()),
            categories: entry.categories.iter().take(20).cloned().collect(),
            ..articles::Body::default()
        },
    }
}

/// The first picture of a cleaned text, for entries that name none.
fn first_image(clean: &str) -> Option<String> {
    let sources = clean.split("<img").skip(1).filter_map(|tag| {
        let (tag, _) = tag.split_once('>')?;
        let (_, source) = tag.split_once(" src=\"")?;
        Some(source.split_once('"')?.0)
    });
    // A picture that the text itself holds is too large for a card.
    let mut on_the_web = sources.filter(|source| source.starts_with("http"));
    on_the_web.next().map(|source| source.replace("&amp;", "&"))
}

/// A title for an entry without one: its first words, else its address.
fn untitled(snippet: &str, link: Option<&str>) -> String {
    const WORDS: usize = 80;
    match (snippet, link) {
        ("", Some(link)) => link.to_owned(),
        ("", None) => "Untitled".to_owned(),
        (snippet, _) => crate::codec::cut(snippet, WORDS),
    }
}

/// Commits a plan. Answers with how many articles are new. `also` goes with the first commit.
///
/// # Errors
/// [`StoreError::Contention`] where somebody else wrote the feed since it was read: read again and decide again.
pub async fn apply(
    store: &Datastore,
    plan: Plan,
    also: Vec<Mutation>,
    is_new_feed: bool,
) -> Result<usize, StoreError> {
    let Plan {
        feed,
        new,
        edited,
        retired,
        alias,
    } = plan;
    let count = new.len();
    let url = feed.card.url.clone();
    let feed_id = feed.id;
    let made = tokio::task::spawn_blocking(move || make(new, edited, feed_id, &url));
    let (mut new, edited) = made
        .await
        .map_err(|e| StoreError::Unavailable(e.to_string()))?;

    let mut changes = also;
    changes.extend(alias.map(|url| feeds::store::alias(&url, feed.id)));
    for (seq, mut article) in edited {
        // The river's key of an edited article is the stored one's: one read more for each edit, and no jump.
        let id = ArticleId { feed: feed.id, seq };
        if let Some((stored, version)) = articles::store::get_version(store, id).await? {
            article.face.order = stored.face.order;
            article.body.inherit(stored.body);
            changes.push(articles::store::put_over(&article, version)?);
        }
    }
    let gone = retired.map(|seq| articles::store::remove(ArticleId { feed: feed.id, seq }));
    changes.extend(gone);

    let mut version = feed.version;
    let mut is_new_feed = is_new_feed;
    loop {
        let mut size: usize = 0;
        let mut taken = 0;
        while let Some(article) = new.get(taken) {
            let put = articles::store::put(article)?;
            size += put.entity().map_or(0, crate::datastore::Entity::size);
            if taken > 0 && (size > COMMIT_BYTES || changes.len() >= COMMIT_MUTATIONS) {
                break;
            }
            changes.push(put);
            taken += 1;
        }
        let rest = new.split_off(taken);
        let is_last = rest.is_empty();
        let stage = match new.last() {
            Some(article) if !is_last => as_of(&feed, article.id.seq, article.face.order),
            _ => feed.clone(),
        };
        let stage = Feed { version, ..stage };
        if is_new_feed {
            changes.extend(feeds::store::insert(&stage)?);
        } else {
            changes.push(feeds::store::update(&stage)?);
        }
        let versions = store.commit(std::mem::take(&mut changes)).await?;
        version = versions.last().copied().unwrap_or_default();
        is_new_feed = false;
        new = rest;
        if is_last {
            return Ok(count);
        }
    }
}

/// The feed's record as if the document had ended at the article `seq`: the next fetch would find the rest as new.
fn as_of(feed: &Feed, seq: u32, newest: i64) -> Feed {
    let mut stage = feed.clone();
    stage.card.last = seq;
    stage.card.newest = newest;
    stage.card.digest.clear();
    stage.card.validators = feeds::Validators::default();
    stage.body.window.retain(|print| print.seq <= seq);
    stage
}

type Made = (Vec<Article>, Vec<(u32, Article)>);

fn make(
    new: Vec<Draft>,
    edited: Vec<(u32, ParsedEntry)>,
    feed: crate::ids::FeedId,
    url: &str,
) -> Made {
    let new = new
        .iter()
        .map(|draft| article(draft.id, &draft.entry, draft.at, url));
    let edited = edited.iter().map(|(seq, entry)| {
        let id = ArticleId { feed, seq: *seq };
        (*seq, article(id, entry, Timestamp::default(), url))
    });
    (new.collect(), edited.collect())
}
