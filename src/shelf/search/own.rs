//! The words of what a user keeps: stars, articles with tags or a note, pages. They outlive their feeds, so they have lists of
//! their own, in parts below the account: `1` and on.
//!
//! Keeping something writes nothing here. The next search reads what isn't in the lists yet, a hundred at most, and adds it:
//! who doesn't search pays nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::articles::words::Searched;
use crate::articles::{ArticleSummary, Body};
use crate::codec;
use crate::datastore::cache::Class;
use crate::datastore::{
    Cache, Datastore, Entity, Key, Kind, Loaded, Mutation, Region, StoreError, Stored, Version,
    is_frozen,
};
use crate::ids::{ArticleId, UserId};
use crate::search::stem::Language;
use crate::search::tokens::{self, Token};
use crate::search::{Doc, Entry, Words};
use crate::shelf::kept::store as kepts;
use crate::shelf::kept::{Card, Kept};
use crate::shelf::{Shelf, stars};

/// The opened lists of users.
pub static OWN_WORDS: Region = Region {
    name: "own words",
    minutes: 10,
    share: 1,
    class: Some(Class::Stars),
    is_patient: false,
    keeps_latest: false,
};

/// Things of one part.
const PART: usize = 400;
/// Things that one search adds, each for a read.
const ADDED: usize = 100;
/// Longest feed's title that is kept with a thing, in bytes.
const SOURCE_BYTES: usize = 80;

/// What is known of a thing in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Thing {
    /// `s` and the article's number for a star; otherwise the name under which it is kept.
    #[serde(rename = "n")]
    pub name: String,
    /// The second at which it was kept; 0 for a star, which never changes.
    #[serde(rename = "k", default)]
    pub kept: i64,
    /// Its feed's title, or the page's host.
    #[serde(rename = "f", default)]
    pub source: String,
    /// The words of that.
    #[serde(skip)]
    pub named: Vec<Token>,
}

/// A record: the things by the numbers that they have in its list.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Record {
    /// How many parts there are; in the first.
    parts: u32,
    things: BTreeMap<u32, Thing>,
}

/// A part, opened.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub things: BTreeMap<u32, Thing>,
    pub words: Words,
    parts: u32,
    version: Version,
}

/// Updates [`OWN_WORDS`] for a commit.
pub fn remember(cache: &Cache, mutation: &Mutation, _: Option<Version>) {
    let key = mutation.key();
    if key.kind() != Kind::Words {
        return;
    }
    if let Some(user) = key.parent().and_then(|user| user.id()) {
        cache.forget(&OWN_WORDS, memo(UserId(user)), None);
    }
}

fn memo(user: UserId) -> u128 {
    u128::from(user.0.cast_unsigned())
}

fn key(user: UserId, part: usize) -> Key {
    let number = i64::try_from(part).unwrap_or(i64::MAX - 1) + 1;
    Key::int(Kind::User, user.0).child_int(Kind::Words, number)
}

fn part_of(stored: Option<Stored>) -> Result<Part, StoreError> {
    let Some(stored) = stored else {
        return Ok(Part::default());
    };
    let record: Record = codec::unpack(stored.entity.blob("body").unwrap_or_default())?;
    let list = stored.entity.blob("words").unwrap_or_default();
    let mut part = Part {
        things: record.things,
        words: Words::open(list.into()).unwrap_or_default(),
        parts: record.parts,
        version: stored.version,
    };
    // What isn't in the list any more, because that was damaged or of an older format, is added again.
    let words = &part.words;
    part.things.retain(|number, _| words.has(*number));
    for thing in part.things.values_mut() {
        thing.named = tokens::of(&thing.source);
    }
    Ok(part)
}

/// Whether a record can be decoded.
pub fn is_readable(stored: &Stored) -> bool {
    part_of(Some(stored.clone())).is_ok()
}

/// All parts, from the cache, or by one read each.
async fn cached(store: &Datastore, user: UserId) -> Result<Arc<Vec<Part>>, StoreError> {
    let load = async {
        let first = part_of(store.get(&key(user, 0)).await?)?;
        let rest: Vec<Key> = (1..first.parts as usize)
            .map(|part| key(user, part))
            .collect();
        let mut parts = vec![first];
        if !rest.is_empty() {
            for stored in store.lookup(&rest).await? {
                parts.push(part_of(stored)?);
            }
        }
        let bytes = parts
            .iter()
            .map(|part| part.words.weight() + 120 * part.things.len());
        let bytes = bytes.sum();
        Ok(Loaded::new(parts, bytes))
    };
    store.get_or_load(&OWN_WORDS, memo(user), load).await
}

/// What a user keeps, with its words.
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
    pub parts: Arc<Vec<Part>>,
    /// What is kept now, by name, with the second at which it was.
    pub there: BTreeMap<String, i64>,
    /// The cards of what is kept besides stars.
    pub cards: Arc<kepts::All>,
    /// How many aren't in the lists yet.
    pub missing: Vec<String>,
}

/// The name of a star in the lists.
pub(super) fn star_name(id: ArticleId) -> String {
    format!("s{}", id.number())
}

/// The article of a star's name.
pub(super) fn star_of(name: &str) -> Option<ArticleId> {
    ArticleId::from_number(name.strip_prefix('s')?.parse().ok()?)
}

/// The lists of what a user keeps, with some of what was missing added: a read for each part and for each thing that is added,
/// and one write, or two.
pub(super) async fn load(store: &Datastore, shelf: &Shelf) -> Result<Own, StoreError> {
    let has_stars = shelf.starred() > 0;
    if !has_stars && !shelf.read.has_kept() {
        return Ok(Own::default());
    }
    let cards = match shelf.read.has_kept() {
        true => kepts::cached(store, shelf.user).await?,
        false => Arc::default(),
    };
    let mut there: BTreeMap<String, i64> =
        shelf.stars.iter().map(|&id| (star_name(id), 0)).collect();
    there.extend(cards.iter().map(|(name, card)| (name.clone(), card.kept)));
    let mut parts = cached(store, shelf.user).await?;
    let missing = |parts: &[Part]| {
        let known: BTreeSet<(&str, i64)> = parts
            .iter()
            .flat_map(|part| {
                part.things
                    .values()
                    .map(|thing| (thing.name.as_str(), thing.kept))
            })
            .collect();
        let others = there
            .iter()
            .filter(|(name, kept)| !known.contains(&(name.as_str(), **kept)));
        others
            .map(|(name, kept)| (name.clone(), *kept))
            .collect::<Vec<_>>()
    };
    let mut wanting = missing(&parts);
    if !wanting.is_empty() && !is_frozen() {
        wanting.truncate(ADDED);
        match add(store, shelf, &parts, &wanting, &there).await {
            Ok(()) => parts = cached(store, shelf.user).await?,
            // Another request adds them, too.
            Err(error) if error.is_contention() => {
                tracing::debug!(%error, "what is kept is being indexed by another request");
            }
            Err(error) => return Err(error),
        }
        wanting = missing(&parts);
    }
    Ok(Own {
        parts,
        missing: wanting.into_iter().map(|(name, _)| name).collect(),
        there,
        cards,
    })
}

/// Adds these things to the last part, or to a new one, and drops from it what isn't there any more.
async fn add(
    store: &Datastore,
    shelf: &Shelf,
    parts: &[Part],
    wanting: &[(String, i64)],
    there: &BTreeMap<String, i64>,
) -> Result<(), StoreError> {
    let user = shelf.user;
    let ids: Vec<ArticleId> = wanting
        .iter()
        .filter_map(|(name, _)| star_of(name))
        .collect();
    let names: Vec<String> = wanting
        .iter()
        .filter(|(name, _)| star_of(name).is_none())
        .map(|(name, _)| name.clone())
        .collect();
    let mut whole: Vec<(Thing, Doc, Searched)> = Vec::with_capacity(wanting.len());
    for (article, source) in stars::get_many(store, user, &ids).await? {
        whole.push(star(&article.id, &article.summary, &article.body, &source));
    }
    for (name, kept) in kepts::get_many(store, user, &names).await? {
        whole.push(page(name, &kept));
    }
    let last = parts.len().saturating_sub(1);
    let known = parts.get(last).cloned().unwrap_or_default();
    // Changed things are indexed anew, under another number.
    let is_there = |thing: &Thing| there.get(&thing.name) == Some(&thing.kept);
    let is_full = known
        .things
        .values()
        .filter(|thing| is_there(thing))
        .count()
        >= PART;
    let (place, part) = match is_full {
        true => (last + 1, Part::default()),
        false => (last, known),
    };
    let mut things = part.things;
    things.retain(|_, thing| is_there(thing));
    let mut next = part.words.docs().last().map_or(0, |doc| doc.seq);
    let entries: Vec<Entry> = whole
        .into_iter()
        .map(|(thing, doc, searched)| {
            next += 1;
            things.insert(next, thing);
            let texts: Vec<&str> = searched.texts.iter().map(String::as_str).collect();
            Entry::of(Doc { seq: next, ..doc }, &searched.pieces(&texts))
        })
        .collect();
    let words = part
        .words
        .changed(|seq| things.contains_key(&seq), &entries);
    let count = u32::try_from(parts.len().max(place + 1)).unwrap_or(u32::MAX);
    let mut writes = vec![write(user, place, things, words, count, part.version)?];
    if let Some(first) = parts
        .first()
        .filter(|first| place > 0 && first.parts != count)
    {
        let list = first.words.list().to_vec();
        writes.push(write(
            user,
            0,
            first.things.clone(),
            list,
            count,
            first.version,
        )?);
    }
    store.commit(writes).await.map(drop)
}

fn write(
    user: UserId,
    place: usize,
    things: BTreeMap<u32, Thing>,
    words: Vec<u8>,
    parts: u32,
    version: Version,
) -> Result<Mutation, StoreError> {
    let record = Record { parts, things };
    let entity = Entity::new(key(user, place))
        .unindexed("body", codec::pack(&record)?)
        .unindexed("words", words);
    Ok(Mutation::Upsert(entity, Some(version)))
}

/// A star, as it is indexed and confirmed.
pub(super) fn star(
    id: &ArticleId,
    summary: &ArticleSummary,
    body: &Body,
    source: &str,
) -> (Thing, Doc, Searched) {
    let at = summary.order.div_euclid(1_000_000);
    let doc = Doc {
        seq: 0,
        at,
        published: body.published.unwrap_or(at),
        language: Language::of(summary.lang.as_deref()),
        media: summary.media.unwrap_or_default().0,
        is_part: false,
    };
    let thing = Thing {
        name: star_name(*id),
        kept: 0,
        source: codec::cut(source, SOURCE_BYTES),
        named: Vec::new(),
    };
    (thing, doc, Searched::of(body))
}

/// Something else that is kept, likewise.
pub(super) fn page(name: String, kept: &Kept) -> (Thing, Doc, Searched) {
    let Card {
        kept: at, source, ..
    } = &kept.card;
    let searched = Searched::of(&kept.body);
    let text = searched.texts.first().map_or("", String::as_str);
    let known = crate::html::language::Ear::default().language(text, kept.body.lang.as_deref());
    let language = match known {
        None => searched.likely(),
        known => Language::of(known.as_deref()),
    };
    let media = [(1, "<audio"), (2, "<video"), (4, "<img")];
    let media = media
        .into_iter()
        .filter(|(_, tag)| kept.body.html.contains(tag))
        .map(|(bit, _)| bit)
        .sum();
    let doc = Doc {
        seq: 0,
        at: *at,
        published: kept.body.published.unwrap_or(*at),
        language,
        media,
        is_part: false,
    };
    let mut searched = searched;
    if searched.title.is_empty() {
        searched.title.clone_from(&kept.card.title);
    }
    let thing = Thing {
        name,
        kept: *at,
        source: codec::cut(source, SOURCE_BYTES),
        named: Vec::new(),
    };
    (thing, doc, searched)
}
