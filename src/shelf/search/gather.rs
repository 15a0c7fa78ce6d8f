//! What the lists of words propose.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::facts::{self, OwnFacts, Tags};
use super::own::{self, Own, Thing, star_of};
use super::place::Place;
use super::{Answer, Order, Request, day_of};
use crate::datastore::{Datastore, StoreError};
use crate::feeds;
use crate::ids::{ArticleId, FeedId};
use crate::search::confirm::{Bits, Proposed};
use crate::search::stem::Language;
use crate::search::{Doc, Search, Words};
use crate::shelf::Shelf;
use crate::shelf::kept::store::article_of;

/// Feeds' numbers end below this: what the reader keeps has places from here on, by its part.
const OWN: u64 = 1 << 40;
/// What a word in the title counts, in the text.
const IN_TITLE: f32 = 3.0;
/// Points of a hit of today; half as many for one of a month ago.
const NEW: f32 = 2.0;
const DAY: f32 = 24.0 * 60.0 * 60.0;

/// An article that may be a hit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub place: Place,
    pub published: i64,
    pub language: Language,
    /// Which of the phrases it has, and which in its title, as bits.
    has: u64,
    title: u64,
}

impl Candidate {
    /// Its feed; `None` for what the reader keeps.
    pub(super) fn feed(&self) -> Option<FeedId> {
        u32::try_from(self.place.feed).ok().map(FeedId)
    }

    pub(super) fn article(&self) -> Option<ArticleId> {
        let seq = self.place.seq;
        self.feed().map(|feed| ArticleId { feed, seq })
    }

    /// The part of what the reader keeps.
    pub(super) fn part(&self) -> usize {
        usize::try_from(self.place.feed.saturating_sub(OWN)).unwrap_or(usize::MAX)
    }
}

impl Own {
    /// What a candidate is of what the reader keeps.
    pub(super) fn thing(&self, one: &Candidate) -> Option<&Thing> {
        self.parts.get(one.part())?.things.get(&one.place.seq)
    }
}

/// All candidates, and what was searched for them.
pub(super) struct Gathered {
    pub candidates: Vec<Candidate>,
    pub own: Own,
    pub tags: Tags,
    pub answer: Answer,
}

pub(super) async fn gather(
    store: &Datastore,
    shelf: &Shelf,
    search: &Search,
    request: &Request<'_>,
) -> Result<Gathered, StoreError> {
    let own = own::load(store, shelf).await?;
    let tags = facts::tags_of(&own);
    let all = shelf.subscriptions.iter().map(|one| one.feed);
    let inside: Vec<FeedId> = all
        .filter(|feed| {
            let facts = facts::of(shelf, &tags, Some(*feed));
            facts.is_some_and(|facts| search.may_be_in(&facts))
        })
        .collect();
    let lists = feeds::store::cached_words(store, &inside).await?;
    let lists: HashMap<FeedId, Arc<Words>> = lists.into_iter().collect();
    let mut answer = Answer {
        feeds: inside.len(),
        ..Answer::default()
    };
    // What its feed's own list has is searched there.
    let is_listed = |name: &String| {
        let id = own::star_of(name).or_else(|| article_of(name));
        let words = id.and_then(|id| Some((lists.get(&id.feed)?, id.seq)));
        words.is_some_and(|(words, seq)| words.docs().iter().any(|doc| doc.seq == seq))
    };
    answer.unindexed = own.missing.iter().filter(|name| !is_listed(name)).count();
    let kept: HashSet<ArticleId> = own
        .cards
        .iter()
        .filter_map(|(name, _)| article_of(name))
        .collect();
    let mut candidates = Vec::new();
    for feed in inside {
        let numbers = shelf.numbers(feed);
        let words = lists.get(&feed).map(Arc::as_ref);
        let docs = words.map_or(&[][..], Words::docs);
        // What a rule hides is in no list; what is starred or kept is the reader's own.
        let holds_back = |seq: u32| {
            let id = ArticleId { feed, seq };
            shelf.holds_back(feed, seq) && !shelf.is_starred(id) && !kept.contains(&id)
        };
        let is_there =
            |doc: &Doc| (numbers.first..=numbers.last).contains(&doc.seq) && !holds_back(doc.seq);
        let searched = docs.iter().filter(|doc| is_there(doc)).count();
        let in_part = docs.iter().filter(|doc| doc.is_part && is_there(doc));
        let in_part = in_part.count();
        let stored = (numbers.last + 1).saturating_sub(numbers.first) as usize;
        // What hasn't come yet, and what a rule hides, isn't missing.
        let held = (numbers.first..=numbers.last)
            .filter(|seq| holds_back(*seq))
            .count();
        let missing = stored.saturating_sub(searched + held);
        answer.articles += searched;
        answer.unindexed += missing;
        answer.unindexed_feeds += usize::from(missing > 0);
        answer.in_part += in_part;
        answer.part_feeds.extend((in_part > 0).then_some(feed));
        let (Some(words), Some(facts)) = (words, facts::of(shelf, &tags, Some(feed))) else {
            continue;
        };
        let proposed = search.proposed(words, &facts);
        take(
            &mut candidates,
            u64::from(feed.0),
            words,
            &proposed,
            is_there,
        );
    }
    let own_facts = OwnFacts::of(shelf, &own);
    for (place, part) in own.parts.iter().enumerate() {
        let is_new = |doc: &Doc| {
            let thing = part.things.get(&doc.seq);
            thing.is_some_and(|thing| is_only_kept(shelf, &lists, &own, thing))
        };
        let docs = part.words.docs().iter().filter(|doc| is_new(doc));
        answer.articles += docs.clone().count();
        answer.in_part += docs.filter(|doc| doc.is_part).count();
        let facts = own_facts.part(place);
        let proposed = search.proposed(&part.words, &facts);
        take(
            &mut candidates,
            OWN + place as u64,
            &part.words,
            &proposed,
            is_new,
        );
    }
    if request.order == Order::Best {
        score(&mut candidates, answer.articles, day_of(request));
    }
    drop(own_facts);
    Ok(Gathered {
        candidates,
        own,
        tags,
        answer,
    })
}

/// Whether something that is kept is found by this list alone: a star of an article that its feed still has is found there.
fn is_only_kept(
    shelf: &Shelf,
    lists: &HashMap<FeedId, Arc<Words>>,
    own: &Own,
    thing: &Thing,
) -> bool {
    if own.there.get(&thing.name) != Some(&thing.kept) {
        return false;
    }
    let star = star_of(&thing.name);
    let Some(id) = star.or_else(|| article_of(&thing.name)) else {
        return true;
    };
    let numbers = shelf.numbers(id.feed);
    let is_kept_there = (numbers.first..=numbers.last).contains(&id.seq);
    let is_elsewhere = is_kept_there
        && match lists.get(&id.feed) {
            Some(words) => words.has(id.seq),
            // The query leaves its feed out.
            None => shelf.subscription(id.feed).is_some(),
        };
    // What is both a star and tagged is found as the star.
    !is_elsewhere && (star.is_some() || !shelf.is_starred(id))
}

fn take(
    candidates: &mut Vec<Candidate>,
    feed: u64,
    words: &Words,
    proposed: &Proposed,
    is_there: impl Fn(&Doc) -> bool,
) {
    let bits = |which: fn(&(Bits, Bits)) -> &Bits, place: usize| {
        let all = proposed.phrases.iter().take(64).enumerate();
        all.filter(|(_, phrase)| which(phrase).has(place))
            .fold(0_u64, |bits, (n, _)| bits | 1 << n)
    };
    for place in proposed.docs.iter() {
        let Some(doc) = words.docs().get(place).filter(|doc| is_there(doc)) else {
            continue;
        };
        candidates.push(Candidate {
            place: Place {
                score: 0,
                at: doc.at,
                feed,
                seq: doc.seq,
            },
            published: doc.published,
            language: words.language_of(doc),
            has: bits(|(may, _)| may, place),
            title: bits(|(_, title)| title, place),
        });
    }
}

/// How good each candidate is: rare words count more, those in titles three times, and newer ones a little.
fn score(candidates: &mut [Candidate], articles: usize, day: i64) {
    let mut counts = [0_u32; 64];
    for one in candidates.iter() {
        let mut bits = one.has;
        while bits != 0 {
            counts[bits.trailing_zeros() as usize] += 1;
            bits &= bits - 1;
        }
    }
    let worth = counts.map(|count| (1.0 + articles as f32 / (1.0 + count as f32)).ln());
    // By the day, so that the next page has the same order.
    let today = day.saturating_mul(24 * 60 * 60);
    for one in candidates {
        let mut score = 0.0;
        let mut bits = one.has;
        while bits != 0 {
            let n = bits.trailing_zeros() as usize;
            let is_in_title = one.title >> n & 1 == 1;
            score += worth[n] * if is_in_title { IN_TITLE } else { 1.0 };
            bits &= bits - 1;
        }
        let age = (today - one.place.at).max(0) as f32 / DAY;
        score += NEW * 0.5_f32.powf(age / 30.0);
        one.place.score = (score * 64.0) as u32;
    }
}
