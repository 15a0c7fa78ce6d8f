//! Rules meet what has arrived: once for each article, from cards, in the write that settles arrivals.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::coming::Coming;
use super::matching::{Card, Ready};
use crate::articles::store::{self as articles, ListDirection};
use crate::articles::{Article, ArticleRow};
use crate::datastore::{Datastore, IN_LIMIT, Mutation, StoreError};
use crate::feeds;
use crate::ids::{ArticleId, FeedId, Numbers};
use crate::search::tokens::{self, Token};
use crate::search::{Doc, Facts, Pieces, Question, Search, Texts, Words};
use crate::shelf::bits::Bits;
use crate::shelf::kept::store as kepts;
use crate::shelf::kept::{Card as KeptCard, Kept};
use crate::shelf::rulebook::book::{Book, MOST_WAITING, RuleAct, UNDO_MINUTES, Waiting};
use crate::shelf::rulebook::rule::Rule;
use crate::shelf::{ReadShards, Shelf, stars};
use crate::timestamp::{Timestamp, minute_of};

/// Articles that one visit meets; the others are met by the next.
const MOST_MET: usize = 600;
/// Articles that one visit stars or tags, each for a read and a write; likewise.
const MOST_COPIED: usize = 20;
/// Rows that a query brings besides those that are wanted: articles that are dated back stand among older ones.
const SLACK: usize = 30;
const DAY_MINUTES: i64 = 24 * 60;

/// What rules do with one article.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// Its feed, with the articles it has.
    pub numbers: Option<Numbers>,
    /// Its number.
    pub seq: u32,
    /// The rules that it meets.
    pub rules: Vec<u32>,
    /// Whether it counts as read, or stays unread; the uppermost rule decides.
    pub read: Option<bool>,
    /// Whether it is hidden.
    pub hide: bool,
    /// Whether it stands out.
    pub light: bool,
    /// Whether it is starred.
    pub star: bool,
    /// Its new tags.
    pub tags: Vec<String>,
    /// The services that it is sent to.
    pub hooks: Vec<String>,
    /// The saved searches that it is a hit of.
    pub searches: Vec<u32>,
}

impl Effect {
    fn take(&mut self, rule: &Rule) {
        self.rules.push(rule.id);
        let acts = &rule.acts;
        if self.read.is_none() && (acts.keep || acts.read || acts.hide) {
            self.read = Some(!acts.keep);
        }
        self.hide |= acts.hide;
        self.light |= acts.light;
        self.star |= acts.star;
        if !acts.tag.is_empty() && !self.tags.contains(&acts.tag) {
            self.tags.push(acts.tag.clone());
        }
        if !acts.hook.is_empty() && !self.hooks.contains(&acts.hook) {
            self.hooks.push(acts.hook.clone());
        }
    }

    fn is_copied(&self) -> bool {
        self.star || !self.tags.is_empty()
    }
}

/// What was met, to be written.
#[derive(Clone, Debug, Default)]
pub struct Met {
    /// The last article that was met, by feed.
    pub upto: BTreeMap<FeedId, u32>,
    /// What is done.
    pub effects: Vec<Effect>,
    /// Stars and tags, written along.
    pub also: Vec<Mutation>,
    /// Saved searches that may have hits in texts nobody has looked at.
    pub dots: BTreeSet<u32>,
}

impl Met {
    /// Does it. What another request has met meanwhile isn't met again.
    pub fn apply(&self, reading: &mut ReadShards, minute: i64) {
        let known: BTreeMap<FeedId, u32> = self
            .upto
            .keys()
            .map(|feed| (*feed, reading.marks(*feed).map_or(0, |marks| marks.met)))
            .collect();
        for effect in &self.effects {
            let Some(numbers) = effect.numbers else {
                continue;
            };
            let is_met = known
                .get(&numbers.feed)
                .is_some_and(|met| effect.seq <= *met);
            if !is_met {
                carry_out(reading, effect, numbers, minute);
            }
        }
        for (&feed, &upto) in &self.upto {
            let marks = reading.marks_mut(feed);
            marks.met = marks.met.max(upto);
        }
        for id in &self.dots {
            let book = reading.book();
            if book.search(*id).is_some_and(|one| !one.has_dot)
                && let Some(one) = reading
                    .book_mut()
                    .searches
                    .iter_mut()
                    .find(|one| one.id == *id)
            {
                one.has_dot = true;
            }
        }
    }
}

/// Does with one article what rules ask for.
fn carry_out(reading: &mut ReadShards, effect: &Effect, numbers: Numbers, minute: i64) {
    let id = ArticleId {
        feed: numbers.feed,
        seq: effect.seq,
    };
    let mut marked = false;
    match effect.read {
        Some(true) if !reading.is_read(id) => {
            reading.mark(numbers, id.seq, true);
            marked = true;
        }
        Some(false) => {
            if reading.is_read(id) {
                reading.mark(numbers, id.seq, false);
            }
            reading.marks_mut(id.feed).kept.0.insert(id.seq);
        }
        _ => {}
    }
    if effect.hide || effect.light {
        let marks = reading.marks_mut(id.feed);
        marks.settle(numbers.first);
        if effect.hide {
            marks.hidden.0.insert(id.seq);
        }
        if effect.light {
            marks.lit.0.insert(id.seq);
        }
    }
    if effect.star {
        reading.note_stars();
    }
    if !effect.tags.is_empty() {
        reading.note_kept();
    }
    if effect.rules.is_empty() && effect.searches.is_empty() {
        return;
    }
    let book = reading.book_mut();
    for &rule in &effect.rules {
        book.count(rule, minute.div_euclid(DAY_MINUTES), 1);
        let acts = book.acts.iter_mut();
        let open = acts.filter(|act| act.rule == rule && minute - act.at <= UNDO_MINUTES);
        open.for_each(|act| note(act, effect, id, marked));
    }
    for hook in &effect.hooks {
        if book.waiting.len() < MOST_WAITING {
            book.waiting.push(Waiting {
                article: id.number(),
                hook: hook.clone(),
                tries: 0,
                at: 0,
            });
        }
    }
    for one in book
        .searches
        .iter_mut()
        .filter(|one| effect.searches.contains(&one.id))
    {
        one.add(id);
    }
}

/// Notes in an act what was done, so that it can be undone.
fn note(act: &mut RuleAct, effect: &Effect, id: ArticleId, marked: bool) {
    let add = |part: &mut BTreeMap<FeedId, Bits>| {
        part.entry(id.feed).or_default().0.insert(id.seq);
    };
    if marked {
        add(&mut act.read);
    }
    if effect.read == Some(false) {
        add(&mut act.kept);
    }
    if effect.hide {
        add(&mut act.hidden);
    }
    if effect.light {
        add(&mut act.lit);
    }
    if effect.star {
        act.starred.push(id.number());
    }
    if !effect.tags.is_empty() {
        act.tagged.push(id.number());
    }
}

/// What hasn't been met of a feed.
struct News {
    numbers: Numbers,
    from: u32,
    upto: u32,
}

/// A saved search, ready to be put to cards.
struct Searching {
    id: u32,
    search: Search,
    needs_text: bool,
    /// Whether something must not be in the text, which a card can't say.
    denies_text: bool,
}

/// Meets what has arrived since the last time. `over` has what counts as read of new feeds. `None` if there is nothing.
///
/// One read for each 30 feeds with news, unless their cards are remembered; one for each feed whose text a rule asks for and that
/// isn't remembered; one for each article that is starred or tagged, and a write in `also`.
pub async fn meet(
    store: &Datastore,
    shelf: &Shelf,
    over: &[(Numbers, u32)],
    now: Timestamp,
) -> Result<Option<Met>, StoreError> {
    let minute = minute_of(now);
    let book = shelf.read.book();
    let coming = Coming::of(over, minute);
    let rules: Vec<Ready<'_>> = book
        .rules
        .iter()
        .filter(|rule| coming.concerns(shelf, rule))
        .map(Ready::of)
        .collect();
    let searches = searching(book);
    let news = news(shelf, &rules, &searches, &coming);
    if news.is_empty() {
        return Ok(None);
    }
    let wanted: Vec<ArticleId> = news
        .iter()
        .flat_map(|one| {
            let feed = one.numbers.feed;
            (one.from..=one.upto).map(move |seq| ArticleId { feed, seq })
        })
        .collect();
    let cards = cards(store, &news, &wanted).await?;
    let texts = texts(store, &news, &rules, &searches).await?;
    let mut met = Met::default();
    let mut copied = Vec::new();
    for one in &news {
        let feed = one.numbers.feed;
        let around = Around::of(shelf, feed);
        let mut upto = one.upto;
        for seq in one.from..=one.upto {
            let Some(row) = cards.get(&ArticleId { feed, seq }) else {
                continue;
            };
            let words = texts.get(&feed).map(Arc::as_ref);
            let came = coming.minute(shelf, row);
            let effect = effect(&rules, &around, (row, words), (now, Some(came)));
            let effect = Effect {
                numbers: Some(one.numbers),
                searches: hits(&searches, &around, row, words, &mut met.dots),
                ..effect
            };
            if effect.is_copied() {
                if copied.len() == MOST_COPIED {
                    upto = seq - 1;
                    break;
                }
                copied.push(effect.clone());
            }
            if !effect.rules.is_empty() || !effect.searches.is_empty() {
                met.effects.push(effect);
            }
        }
        met.upto.insert(feed, upto);
    }
    met.also = copies(store, shelf, &copied, now).await?;
    Ok(Some(met))
}

fn searching(book: &Book) -> Vec<Searching> {
    let ready = book.searches.iter().filter_map(|one| {
        let asked = Question::parse(&one.query).ok()?;
        Some(Searching {
            id: one.id,
            search: Search::new(&asked),
            needs_text: asked.needs_text(),
            denies_text: asked.denies_text(),
        })
    });
    ready.collect()
}

fn news(shelf: &Shelf, rules: &[Ready<'_>], searches: &[Searching], coming: &Coming) -> Vec<News> {
    let mut room = MOST_MET;
    let mut all = Vec::new();
    for one in shelf.subscriptions.iter() {
        let numbers = shelf.numbers(one.feed);
        let Some(from) = coming.from(shelf, one.feed).filter(|_| room > 0) else {
            continue;
        };
        let is_met = rules.iter().any(|rule| coming.meets(shelf, rule.rule, one));
        if !is_met && searches.is_empty() {
            continue;
        }
        let count = (numbers.last + 1).saturating_sub(from) as usize;
        let taken = count.min(room);
        room -= taken;
        let upto = from + u32::try_from(taken).unwrap_or(0);
        all.push(News {
            numbers,
            from,
            upto: upto.saturating_sub(1).max(from.saturating_sub(1)),
        });
    }
    all
}

/// The cards of what is wanted: from the cache, else by one query for each 30 feeds; by name what stands too far below.
async fn cards(
    store: &Datastore,
    news: &[News],
    wanted: &[ArticleId],
) -> Result<BTreeMap<ArticleId, Arc<ArticleRow>>, StoreError> {
    let missing = articles::uncached(store, wanted);
    let mut found: BTreeMap<ArticleId, Arc<ArticleRow>> = BTreeMap::new();
    let mut counts: BTreeMap<FeedId, usize> = BTreeMap::new();
    for id in &missing {
        *counts.entry(id.feed).or_default() += 1;
    }
    let these: Vec<&News> = news
        .iter()
        .filter(|one| counts.contains_key(&one.numbers.feed))
        .collect();
    for group in these.chunks(IN_LIMIT) {
        let feeds: Vec<Numbers> = group.iter().map(|one| one.numbers).collect();
        let rows: usize = feeds.iter().map(|one| counts[&one.feed]).sum();
        let limit = u32::try_from(rows + SLACK).unwrap_or(1_000).min(1_000);
        let newest = ListDirection::NewestFirst;
        let rows = articles::cached_timeline(store, &feeds, newest, None, limit).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    let rest: Vec<ArticleId> = wanted
        .iter()
        .copied()
        .filter(|id| !found.contains_key(id))
        .collect();
    let named = articles::cached_by_name(store, &rest).await?;
    found.extend(named.into_iter().map(|row| (row.id, row)));
    Ok(found)
}

/// The words of the feeds whose texts are asked for: read for rules; for saved searches only as far as they are remembered.
async fn texts(
    store: &Datastore,
    news: &[News],
    rules: &[Ready<'_>],
    searches: &[Searching],
) -> Result<HashMap<FeedId, Arc<Words>>, StoreError> {
    let all = news.iter().map(|one| one.numbers.feed);
    let is_needed = rules.iter().any(|rule| rule.rule.needs_text());
    let is_welcome = searches.iter().any(|one| one.needs_text);
    let wanted: Vec<FeedId> = match (is_needed, is_welcome) {
        (true, _) => all.collect(),
        (false, true) => all
            .filter(|feed| feeds::store::words_to_read(store, &[*feed]) == 0)
            .collect(),
        (false, false) => Vec::new(),
    };
    let found = feeds::store::cached_words(store, &wanted).await?;
    Ok(found.into_iter().collect())
}

/// Where an article stands.
pub(super) struct Around {
    pub feed: FeedId,
    pub title: String,
    pub folders: Vec<Vec<String>>,
    named: Vec<Token>,
    paths: Vec<Vec<Token>>,
}

impl Around {
    pub(super) fn of(shelf: &Shelf, feed: FeedId) -> Self {
        let title = shelf.title(feed);
        let one = shelf.subscription(feed);
        let folders: Vec<Vec<String>> = one
            .map(|one| one.folders().map(<[String]>::to_vec).collect())
            .unwrap_or_default();
        Self {
            feed,
            named: tokens::of(&title),
            paths: folders
                .iter()
                .map(|path| tokens::of(&path.join(" ")))
                .collect(),
            title,
            folders,
        }
    }
}

/// New articles are unread, and have neither star nor tag.
impl Facts for Around {
    fn feed(&self) -> &[Token] {
        &self.named
    }
    fn folders(&self) -> &[Vec<Token>] {
        &self.paths
    }
    fn is_read(&self, _: &Doc) -> bool {
        false
    }
    fn is_starred(&self, _: &Doc) -> bool {
        false
    }
    fn tags(&self, _: &Doc) -> &[String] {
        &[]
    }
}

/// What the rules do with an article, with the words of its feed. `came` is the minute at which it came, for rules that are over since;
/// `None` asks no rule whether it is.
pub(super) fn effect(
    rules: &[Ready<'_>],
    around: &Around,
    (row, words): (&ArticleRow, Option<&Words>),
    (now, came): (Timestamp, Option<i64>),
) -> Effect {
    let card = Card {
        feed: around.feed,
        summary: &row.summary,
        title: &around.title,
        folders: &around.folders,
        now: now.timestamp(),
    };
    let has =
        |search: &Search| words.is_some_and(|words| is_proposed(search, words, row.id.seq, around));
    let mut effect = Effect {
        seq: row.id.seq,
        ..Effect::default()
    };
    for ready in rules {
        let is_over = came.is_some_and(|minute| !ready.rule.is_on(minute));
        if !is_over && ready.is_for(around.feed, &around.folders) && ready.is_met(&card, &has) {
            effect.take(ready.rule);
        }
    }
    effect
}

fn is_proposed(search: &Search, words: &Words, seq: u32, around: &Around) -> bool {
    let place = words.docs().binary_search_by_key(&seq, |doc| doc.seq);
    place.is_ok_and(|place| search.proposed(words, around).docs.has(place))
}

/// The saved searches that an article is a hit of, as far as its card says. Of one that asks for text and whose words aren't
/// remembered, a dot says that there may be more.
fn hits(
    searches: &[Searching],
    around: &Around,
    row: &ArticleRow,
    words: Option<&Words>,
    dots: &mut BTreeSet<u32>,
) -> Vec<u32> {
    let summary = &row.summary;
    let at = summary.order.div_euclid(1_000_000);
    let doc = Doc {
        seq: row.id.seq,
        at,
        published: summary.published.unwrap_or(at),
        language: crate::search::stem::Language::of(summary.lang.as_deref().or(Some("en"))),
        media: summary.media.unwrap_or_default().0,
        is_part: false,
    };
    let snippet = [summary.snippet.as_deref().unwrap_or_default()];
    let pieces = Pieces {
        title: &summary.title,
        author: summary.author.as_deref().unwrap_or_default(),
        categories: &summary.categories,
        texts: &snippet,
        links: &[],
    };
    let mut texts = None;
    let mut found = Vec::new();
    for one in searches {
        if !one.search.may_be_in(around) {
            continue;
        }
        let texts = texts.get_or_insert_with(|| Texts::of(&pieces));
        let is_on_card = one.search.confirm(texts, &doc, around).is_some();
        let is_sure = is_on_card && !one.denies_text;
        match (one.needs_text, words) {
            (false, _) if is_on_card => found.push(one.id),
            (true, Some(words)) if is_proposed(&one.search, words, row.id.seq, around) => {
                // A word in the text is a hit; a phrase isn't sure without the body.
                match is_sure {
                    true => found.push(one.id),
                    false => drop(dots.insert(one.id)),
                }
            }
            (true, None) if is_sure => found.push(one.id),
            (true, None) => drop(dots.insert(one.id)),
            _ => {}
        }
    }
    found
}

/// The stars and tags of what is met: a read for each, unless it is remembered.
pub(super) async fn copies(
    store: &Datastore,
    shelf: &Shelf,
    effects: &[Effect],
    now: Timestamp,
) -> Result<Vec<Mutation>, StoreError> {
    if effects.is_empty() {
        return Ok(Vec::new());
    }
    let id = |effect: &Effect| {
        let feed = effect.numbers.map(|numbers| numbers.feed);
        feed.map(|feed| ArticleId {
            feed,
            seq: effect.seq,
        })
    };
    let ids: Vec<ArticleId> = effects.iter().filter_map(id).collect();
    let known = match shelf.read.has_kept() && effects.iter().any(|one| !one.tags.is_empty()) {
        true => kepts::cached(store, shelf.user).await?,
        false => Arc::default(),
    };
    let mut writes = Vec::new();
    for found in articles::cached_many(store, &ids).await? {
        let article: &Article = &found.0;
        let Some(effect) = effects.iter().find(|effect| id(effect) == Some(article.id)) else {
            continue;
        };
        let title = shelf.title(article.id.feed);
        let has_room = shelf.starred() < stars::MAX_STARS;
        if effect.star && has_room && !shelf.is_starred(article.id) {
            writes.push(stars::brought(shelf.user, article, &title, now)?);
        }
        let name = kepts::name_of(article.id);
        if !effect.tags.is_empty() && !known.iter().any(|(kept, _)| *kept == name) {
            let mut card = KeptCard::of(article, &title, now);
            card.tags.clone_from(&effect.tags);
            let kept = Kept {
                card,
                body: article.body.clone(),
            };
            writes.push(kepts::write(shelf.user, &name, &kept)?);
        }
    }
    Ok(writes)
}
