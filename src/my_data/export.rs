//! Writes a part of an export.

use std::io::{Cursor, Seek, Write};
use std::ops::RangeInclusive;

use super::base::{ARTICLES_AT_ONCE, DataError, FEEDS_AT_ONCE, FILE_BYTES, FILE_ITEMS, Mine};
use super::item::{Item, of_kept, of_star};
use super::pack::{Counts, Manifest, Packer};
use super::place::{Part, Place, sorted};
use super::reading;
use super::settings::{addresses, settings};
use crate::ids::{ArticleId, FeedId};
use crate::shelf::history::export::{Start, json_head, json_line};
use crate::shelf::history::view::Journal;
use crate::shelf::kept::store as kepts;
use crate::shelf::{Shelf, export as opml_out, stars};
use crate::users::User;

/// Lines of a journal in one file.
const JOURNAL_LINES: usize = 20_000;
/// Bytes that a ZIP's directory may have.
const DIRECTORY_BYTES: usize = 4_096;

/// What is wanted of an export.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// From where to where.
    pub part: Part,
    /// The part's number, and how many there are.
    pub number: (u32, u32),
    /// Whether what opens feeds' doors goes along.
    pub with_passwords: bool,
}

/// What came of a part.
#[derive(Debug)]
pub enum Exported {
    /// It is whole.
    Whole(Vec<u8>, Counts),
    /// It has more bytes than a part may have: up to this place it has not.
    Over(Place),
}

/// Writes a part to memory, if it has no more bytes than one may have.
///
/// A read for each feed, twice in its beginning, for each star and for each thing kept; one for each month of the journal.
///
/// # Errors
/// [`DataError::Store`] if the store can't be reached or a record can't be decoded.
pub async fn export(
    mine: Mine<'_>,
    shelf: &Shelf,
    user: &User,
    wanted: &Wanted,
) -> Result<Exported, DataError> {
    let inner = Cursor::new(Vec::new());
    match export_to(inner, Some(mine.part_bytes), mine, shelf, user, wanted).await? {
        Ok((done, counts)) => Ok(Exported::Whole(done.into_inner(), counts)),
        Err(place) => Ok(Exported::Over(place)),
    }
}

/// The same to anywhere and, without a `limit`, whatever its size. Whoever has no limit gets no place.
///
/// # Errors
/// [`DataError::Zip`] if it can't be written; those of [`export`].
pub async fn export_to<W: Write + Seek + Send + 'static>(
    inner: W,
    limit: Option<usize>,
    mine: Mine<'_>,
    shelf: &Shelf,
    user: &User,
    wanted: &Wanted,
) -> Result<Result<(W, Counts), Place>, DataError> {
    let manifest = Manifest::new(&mine, &wanted.part, wanted.number);
    let mut walk = Walk {
        packer: Packer::new(inner, manifest),
        limit,
        mine,
        shelf,
        wanted,
        over: None,
    };
    walk.run(user).await?;
    match walk.over {
        Some(place) => Ok(Err(place)),
        None => Ok(Ok(walk.packer.finish().await?)),
    }
}

/// A file that is being filled.
#[derive(Default)]
struct Filling {
    /// Where its first item stands.
    from: Option<Place>,
    content: Vec<u8>,
    count: usize,
}

struct Walk<'w, W: Write + Seek + Send + 'static> {
    packer: Packer<W>,
    limit: Option<usize>,
    mine: Mine<'w>,
    shelf: &'w Shelf,
    wanted: &'w Wanted,
    /// Where it became too large.
    over: Option<Place>,
}

impl<W: Write + Seek + Send + 'static> Walk<'_, W> {
    /// Whether a place is to be written.
    fn has(&self, place: &Place) -> bool {
        let part = &self.wanted.part;
        self.over.is_none() && *place >= part.from && part.to.as_ref().is_none_or(|to| place < to)
    }

    async fn run(&mut self, user: &User) -> Result<(), DataError> {
        if self.has(&Place::Beginning) {
            self.beginning(user).await?;
        }
        self.journal().await?;
        self.read_state().await?;
        self.kept().await?;
        self.starred().await
    }

    /// Most bytes of a file before it is packed: a part has several, so that where it becomes too large is known well enough.
    fn file_bytes(&self) -> usize {
        self.limit
            .map_or(FILE_BYTES, |limit| FILE_BYTES.min(limit / 4))
    }

    fn is_full(&self, filling: &Filling) -> bool {
        filling.count >= FILE_ITEMS || filling.content.len() >= self.file_bytes()
    }

    /// Packs a file whose first item stands at its place, unless the part has no room for it.
    async fn pack(&mut self, name: &str, filling: &mut Filling) -> Result<bool, DataError> {
        let Filling {
            from,
            content,
            count,
        } = std::mem::take(filling);
        let (Some(from), None) = (from, &self.over) else {
            return Ok(false);
        };
        self.packer.add(name, count, content).await?;
        let most = self
            .limit
            .map(|limit| limit.saturating_sub(DIRECTORY_BYTES));
        let is_over = most.is_some_and(|most| self.packer.bytes() > most);
        // Each part brings something, so that the next begins further on.
        if is_over && from > self.wanted.part.from {
            self.over = Some(from);
            return Ok(false);
        }
        Ok(true)
    }

    async fn beginning(&mut self, user: &User) -> Result<(), DataError> {
        let (mine, shelf) = (self.mine, self.shelf);
        let keys = self.wanted.with_passwords.then_some(mine.keys);
        let opml = opml_out::export(mine.store, shelf, keys, mine.now).await?;
        let feeds = shelf.subscriptions.len();
        self.packer
            .add("feeds.opml", feeds, opml.into_bytes())
            .await?;
        self.packer.manifest.counts.feeds = feeds;
        let settings = settings(mine, shelf, user).await?;
        let count = settings.rules.len() + settings.searches.len() + settings.feeds.len();
        // Numbers and texts always serialize.
        let settings = serde_json::to_vec_pretty(&settings).unwrap_or_default();
        self.packer.add("settings.json", count, settings).await
    }

    async fn journal(&mut self) -> Result<(), DataError> {
        let Mine {
            store, user, now, ..
        } = self.mine;
        let journal = Journal::open(store, user, &self.shelf.read, now).await?;
        let head = json_head(&journal);
        let mut filling = Filling::default();
        for month in journal.months().into_iter().rev() {
            let last = Start {
                month,
                skip: usize::MAX,
            };
            let range: RangeInclusive<Place> =
                Place::Journal(Start::of(month))..=Place::Journal(last);
            let part = &self.wanted.part;
            let ends_before = part.to.as_ref().is_some_and(|to| to <= range.start());
            if self.over.is_some() || ends_before || part.from > *range.end() {
                continue;
            }
            let (events, names) = journal.month(store, month).await?;
            for (skip, event) in events.iter().enumerate() {
                let place = Place::Journal(Start { month, skip });
                if !self.has(&place) {
                    continue;
                }
                if filling.from.is_none() {
                    filling.content.extend_from_slice(head.as_bytes());
                }
                filling.from.get_or_insert(place);
                filling
                    .content
                    .extend_from_slice(json_line(event, &names).as_bytes());
                filling.count += 1;
                let is_full = filling.content.len() >= self.file_bytes();
                if filling.count >= JOURNAL_LINES || is_full {
                    self.pack_journal(&mut filling).await?;
                }
            }
        }
        self.pack_journal(&mut filling).await
    }

    async fn pack_journal(&mut self, filling: &mut Filling) -> Result<(), DataError> {
        let count = filling.count;
        if self.pack("journal.jsonl", filling).await? {
            self.packer.manifest.counts.journal += count;
        }
        Ok(())
    }

    async fn read_state(&mut self) -> Result<(), DataError> {
        let all = self.shelf.subscriptions.iter().map(|one| one.feed);
        let ids: Vec<FeedId> = sorted(all.filter(|feed| self.has(&Place::Read(*feed))));
        let mut filling = Filling::default();
        for ids in ids.chunks(FEEDS_AT_ONCE) {
            if self.over.is_some() {
                break;
            }
            let lines = reading::lines(self.mine, self.shelf, ids).await?;
            for line in lines {
                if filling.from.is_none() {
                    filling.content.extend_from_slice(reading::HEAD.as_bytes());
                    filling.from = ids.first().map(|feed| Place::Read(*feed));
                }
                // Numbers and texts always serialize.
                let text = serde_json::to_string(&line).unwrap_or_default();
                filling.content.extend_from_slice(text.as_bytes());
                filling.content.push(b'\n');
                filling.count += 1;
            }
            if self.is_full(&filling) {
                self.pack_read_state(&mut filling).await?;
            }
        }
        self.pack_read_state(&mut filling).await
    }

    async fn pack_read_state(&mut self, filling: &mut Filling) -> Result<(), DataError> {
        let count = filling.count;
        if self.pack("read-state.jsonl", filling).await? {
            self.packer.manifest.counts.read_state += count;
        }
        Ok(())
    }

    /// Puts an item into a file of a JSON Feed.
    fn fill(filling: &mut Filling, (title, place): (&str, Place), item: &Item) {
        match filling.from {
            None => {
                let head = serde_json::json!({
                    "version": "https://jsonfeed.org/version/1.1",
                    "title": title,
                });
                let head = head.to_string();
                let head = head.trim_end_matches('}');
                filling.content.extend_from_slice(head.as_bytes());
                filling.content.extend_from_slice(b",\"items\":[\n");
                filling.from = Some(place);
            }
            Some(_) => filling.content.extend_from_slice(b",\n"),
        }
        // Numbers and texts always serialize.
        let item = serde_json::to_vec(item).unwrap_or_default();
        filling.content.extend_from_slice(&item);
        filling.count += 1;
    }

    async fn pack_feed(&mut self, name: &str, filling: &mut Filling) -> Result<usize, DataError> {
        if filling.from.is_some() {
            filling.content.extend_from_slice(b"\n]}\n");
        }
        let count = filling.count;
        Ok(match self.pack(name, filling).await? {
            true => count,
            false => 0,
        })
    }

    async fn kept(&mut self) -> Result<(), DataError> {
        let Mine { store, user, .. } = self.mine;
        if !self.shelf.read.has_kept() || !self.reaches(&Place::Kept("\u{7f}".to_owned())) {
            return Ok(());
        }
        let known = kepts::cached(store, user).await?;
        let names = known.iter().map(|(name, _)| name.clone());
        let names = sorted(names.filter(|name| self.has(&Place::Kept(name.clone()))));
        let mut filling = Filling::default();
        for names in names.chunks(ARTICLES_AT_ONCE) {
            if self.over.is_some() {
                break;
            }
            let found = kepts::whole_many(store, user, names).await?;
            let feeds = names.iter().filter_map(|name| kepts::article_of(name));
            let feeds = feeds.map(|id| id.feed).collect();
            let urls = addresses(self.mine, self.shelf, feeds).await?;
            for (name, kept, brought) in found {
                let feed = kepts::article_of(&name).map(|id| id.feed);
                let url = feed.and_then(|feed| urls.get(&feed).cloned()).or(brought);
                let item = of_kept(&name, &kept, &url.unwrap_or_default());
                let at = Place::Kept(name);
                Self::fill(&mut filling, ("Kept in Dormouse", at), &item);
                if self.is_full(&filling) {
                    let count = self.pack_feed("kept.json", &mut filling).await?;
                    self.packer.manifest.counts.kept += count;
                }
            }
        }
        let count = self.pack_feed("kept.json", &mut filling).await?;
        self.packer.manifest.counts.kept += count;
        Ok(())
    }

    /// Whether a part has something up to a place, and isn't over.
    fn reaches(&self, last: &Place) -> bool {
        self.over.is_none() && self.wanted.part.from <= *last
    }

    async fn starred(&mut self) -> Result<(), DataError> {
        let Mine { store, user, .. } = self.mine;
        let ends_before = |to: &Place| !matches!(to, Place::Star(_));
        if self.over.is_some()
            || !self.shelf.read.has_stars()
            || self.wanted.part.to.as_ref().is_some_and(ends_before)
        {
            return Ok(());
        }
        let known = stars::cached(store, user).await?;
        let ids = known.iter().copied();
        let ids: Vec<ArticleId> = ids.filter(|id| self.has(&Place::Star(*id))).collect();
        let mut filling = Filling::default();
        for ids in ids.chunks(ARTICLES_AT_ONCE) {
            if self.over.is_some() {
                break;
            }
            let found = stars::whole_many(store, user, ids).await?;
            let feeds = ids.iter().map(|id| id.feed).collect();
            let urls = addresses(self.mine, self.shelf, feeds).await?;
            for star in found {
                let id = star.article.id;
                let url = urls.get(&id.feed).cloned().or(star.feed_url);
                let of = (star.feed_title.as_str(), &*url.unwrap_or_default());
                let item = of_star(&star.article, of, star.at);
                let at = Place::Star(id);
                Self::fill(&mut filling, ("Starred in Dormouse", at), &item);
                if self.is_full(&filling) {
                    let count = self.pack_feed("starred.json", &mut filling).await?;
                    self.packer.manifest.counts.starred += count;
                }
            }
        }
        let count = self.pack_feed("starred.json", &mut filling).await?;
        self.packer.manifest.counts.starred += count;
        Ok(())
    }
}
