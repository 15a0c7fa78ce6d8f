//! Bringing what others' exports say to a shelf, and lines into a journal. Bringing the same again adds nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sha2::{Digest, Sha256};

use super::brought::{Entry, Line};
use crate::articles::store::{self as articles, ListDirection};
use crate::articles::{Article, ArticleSummary, Body};
use crate::codec::cut;
use crate::datastore::{Attempt, Datastore, Mutation, StoreError, retry_on_conflict};
use crate::html::sanitize::{SANITIZER_VERSION, SafeHtml, snippet};
use crate::html::title::of_text;
use crate::ids::{ArticleId, FEED_IDS, FeedId, LAST_SEQ, UserId};
use crate::shelf::journal::month::Parts;
use crate::shelf::journal::zone::{self, Month};
use crate::shelf::journal::{Act, Event, MonthSum, Name, store};
use crate::shelf::stars::{self, MAX_STARS};
use crate::shelf::{ArticleMark, Shelf, read_store};
use crate::timestamp::{Timestamp, from_micros, minute_of};
use crate::update::canonical;

/// Rows of a feed that are looked through: more than are kept of any.
const ROWS: u32 = 1_000;
/// Pages of a feed's rows.
const PAGES: usize = 10;
/// Feeds that are read at once.
const AT_ONCE: usize = 30;
/// Stars of one commit.
const STARS: usize = 100;
/// Events that are put into a month at once: each time a part may be begun.
const EVENTS: usize = 1_500;
/// Bytes of a snippet.
const SNIPPET_BYTES: usize = 300;
/// The numbers for feeds that aren't stored: above all that are, and small enough for API clients.
const UNSTORED: u32 = 100_000_000;

/// What became of others' entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct States {
    /// Articles on the shelf that are read now.
    pub read: usize,
    /// Articles on the shelf that are starred now.
    pub starred: usize,
    /// Stars of articles that aren't on the shelf.
    pub own: usize,
    /// Stars that were there already.
    pub known: usize,
    /// Read articles that aren't on the shelf.
    pub missing: usize,
    /// Stars without room.
    pub without_room: usize,
}

/// What became of a journal's lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Those that are in the journal now.
    pub added: usize,
    /// Those that were there already.
    pub known: usize,
    /// Those that are older than the journal is kept.
    pub too_old: usize,
}

/// A number from a text, below `most`.
fn number(text: &str, most: u32) -> u32 {
    let digest = Sha256::digest(text);
    let first = digest.first_chunk::<4>().copied().unwrap_or_default();
    u32::from_le_bytes(first) % most
}

/// A number for a feed that isn't stored here, the same for the same text.
fn unstored(text: &str) -> FeedId {
    let above = u32::try_from(FEED_IDS).unwrap_or(u32::MAX - UNSTORED);
    FeedId(above + 1 + number(text, UNSTORED))
}

/// An address without what doesn't tell feeds apart.
fn bare(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.trim_end_matches('/').to_lowercase()
}

/// Marks and stars on the shelf what is found there, and stars what isn't as articles of its own.
///
/// A read for each feed that is named, and 1,000 articles of it; a read for each article that is starred; one write for all marks, and
/// one for each star.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts. What was committed before stays.
pub async fn states(
    store: &Datastore,
    shelf: &Shelf,
    user: UserId,
    entries: Vec<Entry>,
    now: Timestamp,
) -> Result<States, StoreError> {
    let found = matched(store, shelf, &entries).await?;
    let mut done = States::default();
    let mut read: BTreeSet<ArticleId> = BTreeSet::new();
    let mut wanted: BTreeMap<ArticleId, Entry> = BTreeMap::new();
    for entry in entries {
        let id = found.get(&key_of(&entry)).copied();
        match id {
            Some(id) if entry.is_read && !shelf.is_read(id) => {
                read.insert(id);
            }
            None if entry.is_read && !entry.is_starred => done.missing += 1,
            _ => {}
        }
        if entry.is_starred {
            wanted.insert(id.unwrap_or_else(|| own_id(&entry)), entry);
        }
    }
    done.read = read.len();
    if !read.is_empty() {
        let mark = |id: &ArticleId| ArticleMark {
            numbers: shelf.numbers(id.feed),
            seq: id.seq,
            read: true,
        };
        let marks: Vec<ArticleMark> = read.iter().map(mark).collect();
        read_store::change(store, user, now, |reading| reading.mark_batch(None, &marks)).await?;
    }
    let known = stars::cached(store, user).await?;
    let before = wanted.len();
    wanted.retain(|id, _| !known.contains(id));
    done.known = before - wanted.len();
    let room = MAX_STARS.saturating_sub(known.len());
    done.without_room = wanted.len().saturating_sub(room);
    let wanted: Vec<(ArticleId, Entry)> = wanted.into_iter().take(room).collect();
    for some in wanted.chunks(STARS) {
        let mut changes = Vec::with_capacity(some.len());
        for (id, entry) in some {
            let (article, title, is_own) = starred(store, shelf, *id, entry, now).await?;
            let at = match entry.starred_at {
                0 => now,
                second => from_micros(second * 1_000_000),
            };
            changes.push(stars::brought(user, &article, &title, at)?);
            match is_own {
                true => done.own += 1,
                false => done.starred += 1,
            }
        }
        let note = |reading: &mut crate::shelf::ReadShards| {
            if !reading.has_stars() {
                reading.note_stars();
            }
        };
        read_store::change_with(store, user, now, changes, note).await?;
    }
    Ok(done)
}

fn key_of(entry: &Entry) -> (String, u64) {
    let page = canonical::hash(&entry.link).unwrap_or_default();
    (bare(&entry.feed_url), page)
}

/// The number of a star whose article isn't on the shelf.
fn own_id(entry: &Entry) -> ArticleId {
    ArticleId {
        feed: unstored(&entry.link),
        seq: 1 + number(&entry.link, LAST_SEQ),
    }
}

/// The articles on the shelf, by their feed's address and their page. One without a feed is looked for in the feeds that others name.
async fn matched(
    store: &Datastore,
    shelf: &Shelf,
    entries: &[Entry],
) -> Result<HashMap<(String, u64), ArticleId>, StoreError> {
    let named: HashSet<String> = entries.iter().map(|entry| bare(&entry.feed_url)).collect();
    let feeds = shelf.subscriptions.iter().filter_map(|one| {
        let url = bare(shelf.summary(one.feed)?.url.as_str());
        named.contains(&url).then_some((one.feed, url))
    });
    let feeds: Vec<(FeedId, String)> = feeds.collect();
    let mut found = HashMap::new();
    for some in feeds.chunks(AT_ONCE) {
        let loads = some.iter().map(|(feed, url)| async move {
            let mut rows = Vec::new();
            let mut after = None;
            for _ in 0..PAGES {
                let flow = ListDirection::NewestFirst;
                let page = articles::timeline(store, &[*feed], flow, after, ROWS).await?;
                let is_last = page.len() < ROWS as usize;
                after = page.last().map(|row| row.summary.at());
                rows.extend(page);
                if is_last {
                    break;
                }
            }
            Ok::<_, StoreError>((url, rows))
        });
        for (url, rows) in futures_util::future::try_join_all(loads).await? {
            for row in rows {
                let link = row.summary.link.as_deref();
                let page = row.summary.canonical.or_else(|| canonical::hash(link?));
                if let Some(page) = page {
                    found.insert((url.clone(), page), row.id);
                }
            }
        }
    }
    Ok(found)
}

/// The article of a star, its feed's title, and whether it is of its own.
async fn starred(
    store: &Datastore,
    shelf: &Shelf,
    id: ArticleId,
    entry: &Entry,
    now: Timestamp,
) -> Result<(Article, String, bool), StoreError> {
    if shelf.subscription(id.feed).is_some()
        && let Some(article) = articles::get(store, id).await?
    {
        return Ok((article, shelf.title(id.feed), false));
    }
    let base = url::Url::parse(&entry.link).ok();
    let html = SafeHtml::clean(&entry.html, base.as_ref()).into_string();
    let title = match of_text(&entry.title) {
        title if title.is_empty() => entry.link.clone(),
        title => title,
    };
    let at = match entry.published {
        0 => now.timestamp(),
        second => second,
    };
    let author = Some(of_text(&entry.author)).filter(|author| !author.is_empty());
    let article = Article {
        id,
        summary: ArticleSummary {
            title: title.clone(),
            link: Some(entry.link.clone()),
            author: author.clone(),
            snippet: Some(snippet(&html, SNIPPET_BYTES)).filter(|text| !text.is_empty()),
            order: at * 1_000_000,
            published: Some(entry.published).filter(|at| *at > 0),
            canonical: canonical::hash(&entry.link),
            ..ArticleSummary::default()
        },
        body: Body {
            title,
            link: Some(entry.link.clone()),
            author,
            html,
            sanitizer: SANITIZER_VERSION,
            published: Some(entry.published).filter(|at| *at > 0),
            ..Body::default()
        },
    };
    let host = base
        .as_ref()
        .and_then(|url| url.host_str())
        .unwrap_or_default();
    let source = match of_text(&entry.feed_title) {
        source if source.is_empty() => host.to_owned(),
        source => cut(&source, 200),
    };
    Ok((article, source, true))
}

/// Puts lines into a journal, month by month: a read and a write for each, and one of each for the sums of months that are over.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts. Months that were written before stay.
pub async fn lines(
    store: &Datastore,
    shelf: &Shelf,
    user: UserId,
    lines: Vec<Line>,
    now: Timestamp,
) -> Result<Lines, StoreError> {
    let habits = shelf.read.habits();
    let zone = habits.zone();
    let this = zone::month_of(minute_of(now), zone);
    let first = habits.keep.first(this);
    let feeds = known_feeds(store, shelf, user).await?;
    let mut done = Lines::default();
    let mut by_month: BTreeMap<Month, Vec<Event>> = BTreeMap::new();
    let mut names: BTreeMap<FeedId, Name> = BTreeMap::new();
    for line in lines {
        let month = zone::month_of(line.event.minute, zone);
        if month < first {
            done.too_old += 1;
            continue;
        }
        let event = numbered(&line, &feeds);
        names.insert(event.feed, line.name);
        by_month.entry(month).or_default().push(event);
    }
    if by_month.contains_key(&this) {
        open_month(store, user, (this, zone), now).await?;
    }
    let waiting: HashSet<String> = shelf
        .read
        .parts()
        .flat_map(|(state, _)| state.journal.events.iter().map(Event::mark))
        .collect();
    for (month, events) in by_month {
        let all = events.len();
        let beside = beside(store, user, month, &events, zone).await?;
        let is_there = |event: &Event| {
            let mark = event.mark();
            waiting.contains(&mark) || beside.contains(&mark)
        };
        let events: Vec<Event> = events
            .into_iter()
            .filter(|event| !is_there(event))
            .collect();
        let is_over = month < this;
        let added = put(store, user, (month, is_over), &events, &names, zone).await?;
        done.added += added;
        done.known += all - added;
    }
    Ok(done)
}

/// Has the read state know that this month has a record, so that it is folded when it is over, and found when all is deleted. What it
/// knew of an earlier month is folded for that.
async fn open_month(
    store: &Datastore,
    user: UserId,
    (this, zone): (Month, chrono_tz::Tz),
    now: Timestamp,
) -> Result<(), StoreError> {
    let before = read_store::fresh(store, user).await?;
    let known = before.parts().map(|(state, _)| state.journal.month);
    let earlier: BTreeSet<Month> = known.filter(|month| *month != 0 && *month < this).collect();
    for month in earlier {
        fold(store, user, month, zone).await?;
    }
    let open = |reading: &mut crate::shelf::ReadShards| {
        for place in 0..reading.shards() {
            if reading.journal(place).month != this {
                reading.journal_mut(place).month = this;
            }
        }
    };
    read_store::change(store, user, now, open).await?;
    Ok(())
}

/// Folds a month that is over, as it is stored.
async fn fold(
    store: &Datastore,
    user: UserId,
    month: Month,
    zone: chrono_tz::Tz,
) -> Result<(), StoreError> {
    retry_on_conflict!(format!("the journal of {user}"), {
        let parts = store::month(store, user, month, true).await?.0.clone();
        match refolded(store, user, month, &parts, zone).await? {
            None => return Ok(Attempt::Done(())),
            Some(write) => Attempt::of(store.commit(vec![write]).await.map(drop)),
        }
    })
}

/// The write of the sums with a month as it is now; `None` if they have it so.
async fn refolded(
    store: &Datastore,
    user: UserId,
    month: Month,
    parts: &Parts,
    zone: chrono_tz::Tz,
) -> Result<Option<Mutation>, StoreError> {
    let known = store::sums(store, user, true).await?;
    let (mut sums, version) = (*known).clone();
    let mut sum = MonthSum::of(parts.events(), zone);
    sum.parts = parts.parts.len();
    sums.fold(month, sum, &parts.names());
    match sums == known.0 {
        true => Ok(None),
        false => store::write_sums(user, &sums, version).map(Some),
    }
}

/// The lines of the months beside one, where an event lies so near that another time zone would put it there: a read for each.
async fn beside(
    store: &Datastore,
    user: UserId,
    month: Month,
    events: &[Event],
    zone: chrono_tz::Tz,
) -> Result<HashSet<String>, StoreError> {
    /// Minutes between any two time zones, at most.
    const APART: i64 = 26 * 60;
    let of = |minute| zone::month_of(minute, zone);
    let near = events
        .iter()
        .flat_map(|event| [of(event.minute - APART), of(event.minute + APART)]);
    let near: BTreeSet<Month> = near.filter(|near| *near != month).collect();
    let mut marks = HashSet::new();
    for month in near {
        let known = store::month(store, user, month, true).await?;
        marks.extend(known.0.events().map(Event::mark));
    }
    Ok(marks)
}

/// What is known of feeds by their address, and which numbers the journal knows.
struct KnownFeeds {
    by_url: HashMap<String, FeedId>,
    numbers: BTreeMap<FeedId, Name>,
}

async fn known_feeds(
    store: &Datastore,
    shelf: &Shelf,
    user: UserId,
) -> Result<KnownFeeds, StoreError> {
    let sums = store::sums(store, user, false).await?;
    let mut numbers = sums.0.names.clone();
    for (state, _) in shelf.read.parts() {
        let names = &state.journal.names;
        numbers.extend(names.iter().map(|(feed, name)| (*feed, name.clone())));
    }
    let mut by_url: HashMap<String, FeedId> = numbers
        .iter()
        .filter(|(_, name)| !name.url.is_empty())
        .map(|(feed, name)| (bare(&name.url), *feed))
        .collect();
    for one in shelf.subscriptions.iter() {
        if let Some(summary) = shelf.summary(one.feed) {
            by_url.insert(bare(summary.url.as_str()), one.feed);
        }
    }
    Ok(KnownFeeds { by_url, numbers })
}

/// An event with the numbers that its feed and article have here.
fn numbered(line: &Line, known: &KnownFeeds) -> Event {
    let Line { event, name, .. } = line;
    let is_known = |feed: FeedId| {
        let same = known.numbers.get(&feed);
        same.is_some_and(|same| same.url == name.url && same.title == name.title)
    };
    let by_url = known.by_url.get(&bare(&name.url)).copied();
    let feed = match (name.url.is_empty(), by_url) {
        (false, Some(feed)) => feed,
        (true, _) if is_known(event.feed) => event.feed,
        (false, None) => unstored(&name.url),
        (true, _) => unstored(&name.title),
    };
    let mut event = event.clone();
    // An article of a feed that is here under another number may be another one here; one of a feed that isn't keeps its own.
    let is_moved = feed != event.feed && feed.number() <= FEED_IDS.cast_signed();
    if line.is_single && (event.seq == 0 || is_moved) {
        let text = event.text.as_ref();
        let page = text.map_or(String::new(), |text| {
            format!("{} {}", text.link, text.title)
        });
        // Marks have no text: they are told apart by the number that they had.
        event.seq = match page.trim() {
            "" => event.seq.max(1),
            page => 1 + number(page, LAST_SEQ),
        };
    }
    event.feed = feed;
    event
}

/// How many lines a month was told: what had no room stands for as many as it counts.
fn lines_of(parts: &Parts) -> usize {
    let of = |event: &Event| match event.seq == 0 && event.act != Act::Cleared {
        true => usize::try_from(event.count).unwrap_or_default(),
        false => 1,
    };
    parts.events().map(of).sum()
}

/// Adds to a month what isn't in it yet, and folds it again if it is over. Returns how many lines came in.
async fn put(
    store: &Datastore,
    user: UserId,
    (month, is_over): (Month, bool),
    events: &[Event],
    names: &BTreeMap<FeedId, Name>,
    zone: chrono_tz::Tz,
) -> Result<usize, StoreError> {
    retry_on_conflict!(format!("the journal of {user}"), {
        let known = store::month(store, user, month, true).await?;
        let (mut parts, versions) = (*known).clone();
        let before = lines_of(&parts);
        let mut marks: HashSet<String> = parts.events().map(Event::mark).collect();
        let new = events.iter().filter(|event| marks.insert(event.mark()));
        let new: Vec<Event> = new.cloned().collect();
        if new.is_empty() {
            return Ok(Attempt::Done(0));
        }
        for some in new.chunks(EVENTS) {
            parts.append(some.to_vec(), names)?;
        }
        let mut writes: Vec<Mutation> = store::write_month(user, month, &parts, &versions)?;
        if is_over {
            writes.extend(refolded(store, user, month, &parts, zone).await?);
        }
        // Two openings of one article in a month are one.
        let count = lines_of(&parts).saturating_sub(before);
        if count == 0 {
            return Ok(Attempt::Done(0));
        }
        Attempt::of(store.commit(writes).await.map(|_| count))
    })
}
