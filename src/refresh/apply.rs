//! Commits a plan.
//!
//! Articles and the feed's record are written together, conditional on the record's version: two callers fetching the
//! same feed can't assign the same numbers, and the loser decides again. A plan too large for one commit takes several,
//! each of which leaves the feed as if it were the last.

use std::sync::Arc;

use url::Url;

use super::context::RefreshContext;
use super::heavy::heavy;
use crate::articles::{self, Article, ArticleSummary, Attachment, MediaKinds, SNIPPET_BYTES};
use crate::datastore::{Mutation, StoreError, Version};
use crate::feeds::{self, Feed};
use crate::html::language::{self, Ear};
use crate::html::sanitize::{self, SANITIZER_VERSION};
use crate::html::{references, tags};
use crate::ids::ArticleId;
use crate::parse::{ParsedEntry, base_of, date_of};
use crate::search::Words;
use crate::timestamp::Timestamp;
use crate::update::canonical;
use crate::update::plan::{Draft, Plan};

/// Bytes of one commit, estimated: below Google's 10 MiB, with room for the feed's record and the keys.
const COMMIT_BYTES: usize = 7 * 1_024 * 1_024;
/// Mutations of one commit: Google has had no such limit since 2023, but a request must stay below 10 MiB with its
/// framing.
const COMMIT_MUTATIONS: usize = 500;
/// Most attachments kept per article.
const MAX_ATTACHMENTS: usize = 50;

/// Builds the stored article from an entry. Sanitizing is most of a fetch's work, so only new and edited entries get
/// here.
pub fn article(
    id: ArticleId,
    entry: &ParsedEntry,
    at: Timestamp,
    arrived: u16,
    feed_url: &Url,
    site: Option<&str>,
    ear: &mut Ear,
) -> Article {
    let base = base_of(entry, site, feed_url);
    let clean = entry.shown(&base);
    let words = clean.text();
    let snippet_of = entry
        .summary
        .as_deref()
        .filter(|text| !text.trim().is_empty());
    let snippet = match snippet_of {
        Some(summary) => sanitize::snippet(summary, SNIPPET_BYTES),
        None => sanitize::shortened(&words, SNIPPET_BYTES),
    };
    let title = match entry.title.as_deref().filter(|title| !title.is_empty()) {
        Some(title) => title.to_owned(),
        None => untitled(&snippet, entry.link.as_deref()),
    };
    let lang = ear.language(&words, entry.lang.as_deref());
    let media = media_in(clean.as_str(), entry);
    let attachments = entry
        .enclosures
        .iter()
        .take(MAX_ATTACHMENTS)
        .map(|enclosure| Attachment {
            url: enclosure.url.clone(),
            mime: enclosure.mime.clone(),
            length: enclosure.length,
        });
    let published = date_of(entry).map(|date| date.timestamp());
    Article {
        id,
        summary: ArticleSummary {
            title: title.clone(),
            link: entry.link.clone(),
            author: entry.author.clone(),
            snippet: Some(snippet).filter(|snippet| !snippet.is_empty()),
            image: entry.image.clone().or_else(|| first_image(clean.as_str())),
            order: at.timestamp_micros(),
            published,
            arrived: Some(arrived),
            words: Some(language::words(&words)),
            lang,
            media: Some(media),
            canonical: entry.link.as_deref().and_then(canonical::hash),
            categories: entry.categories.iter().take(3).cloned().collect(),
            is_own: false,
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
            comments: entry.comments.clone(),
            comment_count: entry.comment_count,
            podcast: entry.podcast.clone(),
            lang: entry.lang.clone(),
            dir: entry.dir,
            ..articles::Body::default()
        },
    }
}

/// The first picture of a sanitized text, for entries that name none.
fn first_image(clean: &str) -> Option<String> {
    let sources = clean.match_indices("<img").filter_map(|(at, _)| {
        let tag = &clean[at..];
        let tag = &tag[..tags::end(tag)?];
        let (_, source) = tag.split_once(" src=\"")?;
        Some(source.split_once('"')?.0)
    });
    // An inline picture is too large for the summary.
    let mut on_the_web = sources.filter(|source| source.starts_with("http"));
    on_the_web
        .next()
        .map(|source| references::unescape(source).into_owned())
}

/// The kinds of media in its text and among its files.
fn media_in(clean: &str, entry: &ParsedEntry) -> MediaKinds {
    let mut media = MediaKinds::default();
    let in_text = [
        ("<audio", MediaKinds::AUDIO),
        ("data-embed=\"soundcloud:", MediaKinds::AUDIO),
        ("data-embed=\"bandcamp:", MediaKinds::AUDIO),
        ("data-embed=\"spotify:", MediaKinds::AUDIO),
        ("<video", MediaKinds::VIDEO),
        ("data-embed=\"youtube:", MediaKinds::VIDEO),
        ("data-embed=\"vimeo:", MediaKinds::VIDEO),
        ("<img", MediaKinds::IMAGE),
    ];
    for (_, kind) in in_text.into_iter().filter(|(tag, _)| clean.contains(tag)) {
        media.add(kind);
    }
    for file in &entry.enclosures {
        match file.mime.as_deref().and_then(|mime| mime.split('/').next()) {
            Some("audio") => media.add(MediaKinds::AUDIO),
            Some("video") => media.add(MediaKinds::VIDEO),
            Some("image") => media.add(MediaKinds::IMAGE),
            _ => {}
        }
    }
    media
}

/// A title for an entry without one: its first words, otherwise its address.
fn untitled(snippet: &str, link: Option<&str>) -> String {
    const WORDS: usize = 80;
    match (snippet, link) {
        ("", Some(link)) => link.to_owned(),
        ("", None) => "Untitled".to_owned(),
        (snippet, _) => crate::codec::cut(snippet, WORDS),
    }
}

/// Commits a plan and returns the number of new articles. `also` goes into the first commit.
///
/// # Errors
/// [`StoreError::Contention`] if the feed was written since it was read: read and decide again.
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::TooLarge`] if an entity exceeds the store's limit.
pub async fn apply(
    context: &RefreshContext,
    plan: Plan,
    also: Vec<Mutation>,
    is_new_feed: bool,
) -> Result<usize, StoreError> {
    let Plan {
        feed,
        new,
        edited,
        retired,
        grown,
        alias,
    } = plan;
    let store = &context.store;
    let stored = context.in_flight.stored();
    let count = new.len();
    let mut edits = Vec::with_capacity(edited.len());
    for (seq, entry) in edited {
        // An edited article keeps its stored timeline key: one more read per edit, and it doesn't move.
        let id = ArticleId { feed: feed.id, seq };
        if let Some(stored) = articles::store::get_version(store, id).await? {
            edits.push((entry, stored));
        }
    }
    let mut feed = feed;
    let before = feed.clone();
    let has_gone = !retired.is_empty();
    let made = heavy(move || make(new, edits, &before, has_gone)).await;
    let made = made.ok_or_else(|| StoreError::Unavailable("cut short".into()))??;
    let Made {
        mut new,
        edited,
        words,
        indexed,
    } = made;
    feed.words = words;
    feed.summary.indexed = indexed;

    let mut changes = also;
    changes.extend(alias.map(|url| feeds::store::alias(&url, feed.id)));
    changes.extend(edited);
    let gone = retired.map(|seq| articles::store::remove(ArticleId { feed: feed.id, seq }));
    changes.extend(gone);

    let mut version = feed.version;
    let mut is_new_feed = is_new_feed;
    loop {
        let mut size: usize = 0;
        let mut taken = 0;
        while let Some(article) = new.get(taken) {
            size += article
                .put
                .entity()
                .map_or(0, crate::datastore::Entity::size);
            if taken > 0 && (size > COMMIT_BYTES || changes.len() + taken >= COMMIT_MUTATIONS) {
                break;
            }
            taken += 1;
        }
        let rest = new.split_off(taken);
        let is_last = rest.is_empty();
        let stage = match new.last() {
            Some(article) if !is_last => as_of(&feed, article.seq, article.order),
            _ => feed.clone(),
        };
        changes.extend(new.into_iter().map(|article| article.put));
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
            stored.grew(grown);
            return Ok(count);
        }
    }
}

/// The feed's record as if the document had ended at the article `seq`: the next fetch would find the rest as new.
fn as_of(feed: &Feed, seq: u32, newest: i64) -> Feed {
    let mut stage = feed.clone();
    let beyond = stage.summary.last.saturating_sub(seq);
    stage.summary.times.drop_newest(beyond as usize);
    stage.summary.arrivals.drop_newest(beyond as usize);
    stage.summary.last = seq;
    stage.summary.newest = newest;
    stage.summary.digest.clear();
    stage.summary.validators = feeds::Validators::default();
    stage.body.window.retain(|print| print.seq <= seq);
    let words = Words::open(stage.words.clone()).unwrap_or_default();
    stage.words = words.changed(|other| other <= seq, &[]).into();
    stage
}

/// A new article, packed.
struct NewArticle {
    seq: u32,
    order: i64,
    put: Mutation,
}

/// What is written of a plan's articles.
struct Made {
    new: Vec<NewArticle>,
    edited: Vec<Mutation>,
    words: Arc<[u8]>,
    /// The article from which on all are among the words.
    indexed: u32,
}

/// Cleans and packs the articles, and changes the feed's list of words with them.
fn make(
    new: Vec<Draft>,
    edits: Vec<(ParsedEntry, (Article, Version))>,
    feed: &Feed,
    has_gone: bool,
) -> Result<Made, StoreError> {
    let url: &Url = &feed.summary.url;
    let site = feed.summary.site.as_deref();
    let mut ear = Ear::default();
    let is_own = feed.summary.door.is_some();
    let mut entries = Vec::with_capacity(new.len() + edits.len());
    let mut made = Vec::with_capacity(new.len());
    for draft in new {
        let mut article = article(
            draft.id,
            &draft.entry,
            draft.at,
            draft.arrived,
            url,
            site,
            &mut ear,
        );
        article.summary.is_own = is_own;
        entries.push(articles::words::entry_of(&article));
        made.push(NewArticle {
            seq: article.id.seq,
            order: article.summary.order,
            put: articles::store::put(&article)?,
        });
    }
    let mut edited = Vec::with_capacity(edits.len());
    for (entry, (stored, version)) in edits {
        let mut article = article(
            stored.id,
            &entry,
            Timestamp::default(),
            0,
            url,
            site,
            &mut ear,
        );
        article.summary.order = stored.summary.order;
        article.summary.arrived = stored.summary.arrived;
        article.summary.is_own = is_own;
        article.body.inherit(stored.body);
        entries.push(articles::words::entry_of(&article));
        edited.push(articles::store::put_over(&article, version)?);
    }
    let is_changed = !entries.is_empty() || has_gone && !feed.words.is_empty();
    let words = match !is_changed {
        true => feed.words.clone(),
        false => {
            let first = feed.summary.first;
            let words = Words::open(feed.words.clone()).unwrap_or_default();
            words.changed(|seq| seq >= first, &entries).into()
        }
    };
    let indexed = match (feed.summary.indexed, made.first()) {
        (0, Some(oldest)) => oldest.seq,
        (known, _) => known,
    };
    Ok(Made {
        new: made,
        edited,
        words,
        indexed,
    })
}
