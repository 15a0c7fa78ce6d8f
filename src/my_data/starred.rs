//! Takes stars and kept articles in: each once, however often it comes, and joined with the article itself where that is here.

use std::collections::{BTreeSet, HashMap};

use sha2::{Digest, Sha256};

use super::base::{DataError, FEEDS_AT_ONCE, Mine, bare, here_of};
use super::item::Item;
use super::report::Report;
use crate::articles::store::{self as articles, ListDirection};
use crate::codec::cut;
use crate::config::Quota;
use crate::datastore::{Mutation, StoreError};
use crate::html::title::of_text;
use crate::ids::{ArticleId, FEED_IDS, FeedId, LAST_SEQ};
use crate::refresh::heavy::heavy;
use crate::shelf::kept::store as kepts;
use crate::shelf::kept::{Card, MAX_KEPT, MAX_TAGS, NOTE_CHARS, is_same};
use crate::shelf::{ReadShards, Shelf, read_store, stars};
use crate::update::canonical;

/// Most writes of one commit, and their bytes.
const A_COMMIT: usize = 100;
const COMMIT_BYTES: usize = 4_000_000;
/// Largest text of a record, packed: with all else it stays below the store's limit.
const PACKED_BYTES: usize = 1_000_000;
/// Characters of a title that tell articles apart: no list cuts it shorter.
const TITLE_CHARS: usize = 40;
/// Bytes of a feed's title and of an address up to which lists have them.
const FEED_BYTES: usize = 60;
const LINK_BYTES: usize = 450;
/// Rows of a feed that are looked through, and pages of them: more than are kept of any.
const ROWS: u32 = 1_000;
const PAGES: usize = 10;
/// The numbers for feeds that aren't stored here: above all that are.
const UNSTORED: u64 = 100_000_000;

fn hash(parts: &[&str]) -> u64 {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    let digest = digest.finalize();
    u64::from_le_bytes(digest.first_chunk::<8>().copied().unwrap_or_default())
}

fn begin(title: &str) -> String {
    of_text(title).chars().take(TITLE_CHARS).collect()
}

/// By what a star is known wherever it is: its feed's title, its own, its address and date.
fn sign(feed: &str, title: &str, link: Option<&str>, published: Option<i64>) -> u64 {
    let feed = cut(&of_text(feed), FEED_BYTES);
    let link = link
        .filter(|link| link.len() <= LINK_BYTES)
        .unwrap_or_default();
    let date = published.map_or_else(String::new, |at| at.to_string());
    hash(&[&feed, &begin(title), link, &date])
}

/// By what something kept is known, as its card has it.
fn card_sign(card: &Card) -> u64 {
    let feed = cut(&of_text(&card.source), FEED_BYTES);
    let link = card.link.as_deref().unwrap_or_default();
    hash(&[&feed, &begin(&card.title), link, &card.kept.to_string()])
}

/// Whether an article is of no feed that is stored here.
fn is_unstored(id: ArticleId) -> bool {
    id.feed.number() > FEED_IDS.cast_signed()
}

/// The number of a star whose article isn't here: the same for the same star.
fn own_id(sign: u64) -> ArticleId {
    let above = FEED_IDS + 1 + sign % UNSTORED;
    let seq = 1 + (sign / UNSTORED) % u64::from(LAST_SEQ);
    ArticleId {
        feed: FeedId(u32::try_from(above).unwrap_or(u32::MAX)),
        seq: u32::try_from(seq).unwrap_or(1),
    }
}

type ArticleKey = (FeedId, u64, String, Option<i64>);

/// Takes in what a file has of one kind.
pub(super) struct Keeper<'k> {
    mine: Mine<'k>,
    quota: Quota,
    /// Stars that are here.
    starred: BTreeSet<ArticleId>,
    signs: HashMap<u64, ArticleId>,
    /// What is kept here.
    cards: HashMap<String, Card>,
    card_signs: HashMap<u64, String>,
}

impl<'k> Keeper<'k> {
    /// Learns what is here: at most a read for each thousand of each.
    pub(super) async fn new(
        mine: Mine<'k>,
        shelf: &Shelf,
        quota: Quota,
    ) -> Result<Self, StoreError> {
        let Mine { store, user, .. } = mine;
        let mut keeper = Self {
            mine,
            quota,
            starred: BTreeSet::new(),
            signs: HashMap::new(),
            cards: HashMap::new(),
            card_signs: HashMap::new(),
        };
        let mut cursor = None;
        while shelf.read.has_stars() && keeper.starred.len() < stars::MAX_STARS {
            let (rows, next) = stars::page(store, user, cursor.as_deref(), 1_000).await?;
            for row in rows {
                let summary = &row.summary;
                let link = summary.link.as_deref();
                let sign = sign(&row.feed_title, &summary.title, link, summary.published);
                keeper.starred.insert(row.id);
                keeper.signs.insert(sign, row.id);
            }
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        if shelf.read.has_kept() {
            for (name, card) in kepts::cached(store, user).await?.iter() {
                keeper.card_signs.insert(card_sign(card), name.clone());
                keeper.cards.insert(name.clone(), card.clone());
            }
        }
        Ok(keeper)
    }

    fn sign_of(&self, item: &Item) -> u64 {
        let link = item.link();
        let (title, published) = (item.listed(), item.published(self.mine.now));
        sign(&item.own.feed_title, &title, link.as_deref(), published)
    }

    fn key_of(&self, item: &Item, feed: FeedId) -> ArticleKey {
        let page = item.link().as_deref().and_then(canonical::hash);
        let published = item.published(self.mine.now);
        (
            feed,
            page.unwrap_or_default(),
            begin(&item.listed()),
            published,
        )
    }

    /// The articles on the shelf that items are of, by the items' places. A read for each feed of theirs, and 1,000 articles of it.
    async fn matched(
        &self,
        shelf: &Shelf,
        items: &[(usize, &Item)],
    ) -> Result<HashMap<usize, ArticleId>, StoreError> {
        let here = here_of(shelf);
        let feed_of = |item: &Item| here.get(&bare(&item.own.feed_url)).copied();
        let feeds: BTreeSet<FeedId> = items.iter().filter_map(|(_, item)| feed_of(item)).collect();
        let feeds = feeds
            .into_iter()
            .filter(|feed| shelf.numbers(*feed).last > 0);
        let feeds: Vec<FeedId> = feeds.collect();
        let mut known: HashMap<ArticleKey, ArticleId> = HashMap::new();
        for some in feeds.chunks(FEEDS_AT_ONCE) {
            let loads = some.iter().map(|feed| rows_of(self.mine, *feed));
            for row in futures_util::future::try_join_all(loads)
                .await?
                .into_iter()
                .flatten()
            {
                let summary = &row.summary;
                let link = summary.link.as_deref();
                let page = summary.canonical.or_else(|| canonical::hash(link?));
                let title = begin(&summary.title);
                let key = (
                    row.id.feed,
                    page.unwrap_or_default(),
                    title,
                    summary.published,
                );
                known.insert(key, row.id);
            }
        }
        let found = items.iter().filter_map(|(place, item)| {
            let key = self.key_of(item, feed_of(item)?);
            Some((*place, *known.get(&key)?))
        });
        Ok(found.collect())
    }

    /// Stars what isn't starred yet. A write each, and what [`matched`](Self::matched) reads.
    pub(super) async fn star(
        &mut self,
        shelf: &Shelf,
        items: Vec<Item>,
        report: &mut Report,
    ) -> Result<(), DataError> {
        let signs: Vec<u64> = items.iter().map(|item| self.sign_of(item)).collect();
        let of = |sign: &u64| self.signs.get(sign).copied();
        // What is known as its article's own star needs no look.
        let open = items.iter().enumerate();
        let open = open.filter(|(place, _)| of(&signs[*place]).is_none_or(is_unstored));
        let matched = self.matched(shelf, &open.collect::<Vec<_>>()).await?;
        let mut room = usize::try_from(self.quota.stars).unwrap_or(usize::MAX);
        room = room
            .min(stars::MAX_STARS)
            .saturating_sub(self.starred.len());
        let mut wanted = Vec::new();
        for (place, item) in items.into_iter().enumerate() {
            let article = matched.get(&place).copied();
            let article = article.filter(|id| !self.starred.contains(id));
            let known = self.signs.get(&signs[place]).copied();
            let is_there = known.is_some() || matched.get(&place) != article.as_ref();
            let (id, goes) = match (known, article) {
                // It was a star of its own until its article came.
                (Some(known), Some(article)) => (article, Some(known)),
                _ if is_there => {
                    report.starred.1 += 1;
                    continue;
                }
                (_, Some(article)) => (article, None),
                (_, None) => (self.free_id(own_id(signs[place])), None),
            };
            if item.is_too_large() || (item.listed().is_empty() && item.content_html.is_empty()) {
                report.starred.3 += 1;
                continue;
            }
            if goes.is_none() && room == 0 {
                report.starred.2 += 1;
                continue;
            }
            match goes {
                Some(goes) => {
                    self.starred.remove(&goes);
                }
                None => room -= 1,
            }
            self.starred.insert(id);
            self.signs.insert(signs[place], id);
            wanted.push((id, goes, item));
        }
        let (user, now) = (self.mine.user, self.mine.now);
        for some in in_chunks(wanted) {
            let written = heavy(move || {
                let write = |(id, goes, item): (ArticleId, Option<ArticleId>, Item)| {
                    let article = item.article(id, now);
                    let title = cut(&of_text(&item.own.feed_title), 200);
                    let url = item.feed_url();
                    let write = stars::bring(user, &article, (&title, &url), item.at(now))?;
                    Ok((write, goes.map(|goes| stars::remove(user, goes))))
                };
                some.into_iter()
                    .map(write)
                    .collect::<Result<Vec<_>, StoreError>>()
            });
            let written = written.await.ok_or(DataError::BrokeOff)??;
            for (_, goes) in &written {
                match goes {
                    Some(_) => report.joined += 1,
                    None => report.starred.0 += 1,
                }
            }
            let note = |reading: &mut ReadShards| {
                if !reading.has_stars() {
                    reading.note_stars();
                }
            };
            let left = self.commit(written, note).await?;
            report.starred.0 -= left.min(report.starred.0);
            report.starred.3 += left;
        }
        Ok(())
    }

    fn free_id(&self, mut id: ArticleId) -> ArticleId {
        while self.starred.contains(&id) {
            id.seq = 1 + id.seq % LAST_SEQ;
        }
        id
    }

    /// Keeps what isn't kept yet; tags and a note are added to those of what is. A write each, and a read for what is added to.
    pub(super) async fn keep(
        &mut self,
        shelf: &Shelf,
        items: Vec<Item>,
        report: &mut Report,
    ) -> Result<(), DataError> {
        let now = self.mine.now;
        let is_article = |item: &Item| kepts::article_of(&item.own.id).is_some();
        let open = items
            .iter()
            .enumerate()
            .filter(|(_, item)| is_article(item));
        let matched = self.matched(shelf, &open.collect::<Vec<_>>()).await?;
        let mut room = MAX_KEPT.saturating_sub(self.cards.len());
        let mut wanted = Vec::new();
        for (place, item) in items.into_iter().enumerate() {
            if item.is_too_large() || item.listed().is_empty() {
                report.kept.3 += 1;
                continue;
            }
            let name = match (is_article(&item), matched.get(&place)) {
                (true, Some(id)) => Some(kepts::name_of(*id)),
                (true, None) => {
                    let sign = self.sign_of(&item);
                    let starred = self.signs.get(&sign).copied();
                    Some(kepts::name_of(starred.unwrap_or_else(|| own_id(sign))))
                }
                (false, _) => page_name(&item.own.id),
            };
            let Some(mut name) = name else {
                report.kept.3 += 1;
                continue;
            };
            // Its card, as it would be listed.
            let card = Card {
                title: item.listed(),
                link: item.link(),
                source: of_text(&item.own.feed_title),
                kept: item.at(now).timestamp(),
                ..Card::default()
            };
            let sign = card_sign(&card.fitted());
            let known = self.card_signs.get(&sign).cloned();
            let mut goes = None;
            if let Some(known) = known.filter(|known| *known != name) {
                let was_own = kepts::article_of(&known).is_some_and(is_unstored);
                match was_own && matched.contains_key(&place) && !self.cards.contains_key(&name) {
                    true => goes = Some(known),
                    false => name = known,
                }
            }
            if self.cards.contains_key(&name) {
                match self.add_to(&name, &item, report).await? {
                    true => report.kept.0 += 1,
                    false => report.kept.1 += 1,
                }
                continue;
            }
            if goes.is_none() && room == 0 {
                report.kept.2 += 1;
                continue;
            }
            room -= usize::from(goes.is_none());
            if let Some(goes) = &goes {
                self.cards.remove(goes);
            }
            self.card_signs.insert(sign, name.clone());
            let card = Card {
                tags: item.own_tags(),
                note: item.own_note(),
                ..Card::default()
            };
            self.cards.insert(name.clone(), card);
            wanted.push((name, goes, item));
        }
        let user = self.mine.user;
        for some in in_chunks(wanted) {
            let written = heavy(move || {
                let write = |(name, goes, item): (String, Option<String>, Item)| {
                    let kept = item.kept(now);
                    let write = kepts::bring(user, &name, &kept, &item.feed_url())?;
                    Ok((write, goes.map(|goes| kepts::delete(user, &goes))))
                };
                some.into_iter()
                    .map(write)
                    .collect::<Result<Vec<_>, StoreError>>()
            });
            let written = written.await.ok_or(DataError::BrokeOff)??;
            for (_, goes) in &written {
                match goes {
                    Some(_) => report.kept.1 += 1,
                    None => report.kept.0 += 1,
                }
            }
            let note = |reading: &mut ReadShards| {
                if !reading.has_kept() {
                    reading.note_kept();
                }
            };
            let left = self.commit(written, note).await?;
            report.kept.0 -= left.min(report.kept.0);
            report.kept.3 += left;
        }
        Ok(())
    }

    /// Adds an item's tags and note to what is kept; whether that changes anything. What there is no room for is counted.
    async fn add_to(
        &mut self,
        name: &str,
        item: &Item,
        report: &mut Report,
    ) -> Result<bool, StoreError> {
        let Some(card) = self.cards.get(name) else {
            return Ok(false);
        };
        let mut tags = card.tags.clone();
        for tag in item.own_tags() {
            if !tags.iter().any(|known| is_same(known, &tag)) {
                match tags.len() < MAX_TAGS {
                    true => tags.push(tag),
                    false => report.kept_left += 1,
                }
            }
        }
        let (stands, comes) = (&card.note, item.own_note());
        let note = match stands.is_empty() {
            _ if stands.contains(&comes) => stands.clone(),
            true => comes,
            false => {
                let both = format!("{stands}\n\n{comes}");
                match both.chars().count() <= NOTE_CHARS {
                    true => both,
                    false => {
                        report.kept_left += 1;
                        stands.clone()
                    }
                }
            }
        };
        if (&tags, &note) == (&card.tags, &card.note) {
            return Ok(false);
        }
        let Mine {
            store, user, now, ..
        } = self.mine;
        let Some(mut kept) = kepts::get(store, user, name).await? else {
            return Ok(false);
        };
        (kept.card.tags, kept.card.note) = (tags, note);
        kepts::put(store, user, name, &kept, now, None).await?;
        self.cards.insert(name.to_owned(), kept.card);
        Ok(true)
    }

    /// Commits what fits into records; how many don't.
    async fn commit(
        &self,
        written: Vec<(Mutation, Option<Mutation>)>,
        note: impl Fn(&mut ReadShards),
    ) -> Result<usize, DataError> {
        let bytes = |write: &Mutation| {
            let body = write.entity().and_then(|entity| entity.blob("body"));
            body.map_or(0, <[u8]>::len)
        };
        let all = written.len();
        let fitting = written
            .into_iter()
            .filter(|(write, _)| bytes(write) <= PACKED_BYTES);
        let fitting: Vec<_> = fitting.collect();
        let left = all - fitting.len();
        let Mine {
            store, user, now, ..
        } = self.mine;
        let (mut some, mut size) = (Vec::new(), 0);
        for (write, goes) in fitting {
            let more = bytes(&write);
            if !some.is_empty() && size + more > COMMIT_BYTES {
                let some = std::mem::take(&mut some);
                read_store::change_with(store, user, now, some, &note).await?;
                size = 0;
            }
            size += more;
            some.push(write);
            some.extend(goes);
        }
        if !some.is_empty() {
            read_store::change_with(store, user, now, some, &note).await?;
        }
        Ok(left)
    }
}

/// The summaries of a feed's articles.
async fn rows_of(
    mine: Mine<'_>,
    feed: FeedId,
) -> Result<Vec<crate::articles::ArticleRow>, StoreError> {
    let (mut rows, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        let flow = ListDirection::NewestFirst;
        let page = articles::timeline(mine.store, &[feed], flow, after, ROWS).await?;
        let is_last = page.len() < ROWS as usize;
        after = page.last().map(|row| row.summary.at());
        rows.extend(page);
        if is_last {
            break;
        }
    }
    Ok(rows)
}

/// The name of a kept page, if it is one that could have been given here.
fn page_name(name: &str) -> Option<String> {
    let rest = name.strip_prefix('p')?;
    let is_name = rest.len() == 20
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    is_name.then(|| name.to_owned())
}

/// In pieces of one commit each.
fn in_chunks<T>(all: Vec<T>) -> Vec<Vec<T>> {
    let mut chunks: Vec<Vec<T>> = Vec::new();
    for one in all {
        match chunks.last_mut().filter(|chunk| chunk.len() < A_COMMIT) {
            Some(chunk) => chunk.push(one),
            None => chunks.push(vec![one]),
        }
    }
    chunks
}
