//! What a journal costs: a month of three kinds of readers, and exports of a year. Titles, links and authors are those that real
//! feeds have, from the corpus beside the project; without it, made-up ones, which is said.

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use dormouse::clock::Clock;
use dormouse::datastore::embedded::Embedded;
use dormouse::datastore::{Cost, Datastore, IndexSet, Kind, Query, metered};
use dormouse::feeds::{self, unknown};
use dormouse::ids::{ArticleId, FeedId, UserId};
use dormouse::shelf::history::export::{self, Format, Start};
use dormouse::shelf::history::view::Journal;
use dormouse::shelf::journal::zone::Month;
use dormouse::shelf::journal::{Act, Text, Told};
use dormouse::shelf::read_state::Shown;
use dormouse::shelf::store as shelves;
use dormouse::shelf::subscription::{Extra, Subscription};
use dormouse::shelf::{Doing, Shelf};
use url::Url;

use super::table::note;

/// The first minute: 1 January 2026.
const NEW_YEAR: i64 = 1_767_225_600;
const USER: UserId = UserId(4_711);
const FEEDS: u32 = 120;
/// Articles of each feed: more than are marked.
const ARTICLES: u32 = 4_000;
/// How many articles one batch marks, beside what it opened.
const A_BATCH: u32 = 8;

/// Kinds of readers: opened, marked one by one, cleared in bulk, and batches a day.
const KINDS: [(&str, [u32; 4]); 3] = [
    ("light", [5, 20, 20, 5]),
    ("typical", [20, 100, 100, 25]),
    ("heavy", [80, 200, 200, 100]),
];

/// What articles are called in real feeds.
fn texts() -> Vec<Text> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/feeds");
    let mut files = Vec::new();
    for part in ["FeedReader-net", "feedjira"] {
        super::parsing::collect(&folder.join(part), &mut files);
    }
    files.sort();
    let base = Url::parse("https://site.example/feed").unwrap();
    let feeds = files.iter().filter_map(|file| {
        let bytes = std::fs::read(file).ok()?;
        dormouse::parse::parse(&bytes, None, &base).ok()
    });
    let entries = feeds.flat_map(|feed| feed.entries);
    let texts: Vec<Text> = entries
        .map(|entry| Text {
            title: entry.title.unwrap_or_default(),
            link: entry.link.unwrap_or_default(),
            author: entry.author.unwrap_or_default(),
            words: 400,
        })
        .map(Text::fitted)
        .filter(|text| !text.title.is_empty())
        .collect();
    if !texts.is_empty() {
        println!("journal: {} titles of real feeds", texts.len());
        return texts;
    }
    println!("journal: no corpus of feeds, so the titles are made up");
    (0..1_500)
        .map(|n| Text {
            title: format!("What number {n} has to say about the garden in winter"),
            link: format!("https://site.example/2026/01/{n}-what-it-says"),
            author: format!("Author {}", n % 90),
            words: 400,
        })
        .collect()
}

struct Reader {
    store: Datastore,
    clock: Clock,
    texts: Vec<Text>,
    /// How many articles were touched so far: each is a new one.
    touched: u32,
    opened: usize,
    _folder: tempfile::TempDir,
}

impl Reader {
    async fn new(texts: &[Text]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let embedded = Embedded::open(folder.path(), IndexSet::ours().unwrap()).unwrap();
        let clock = Clock::fixed(dormouse::timestamp::from_micros(NEW_YEAR * 1_000_000));
        let store = Datastore::new(embedded, clock.clone());
        for number in 1..=FEEDS {
            let id = FeedId(number * 7_919);
            let address = format!("https://blog{number}.example/feed.xml");
            let mut feed = unknown(id, address.parse().unwrap());
            (feed.summary.first, feed.summary.last) = (1, ARTICLES);
            feed.summary.subscribers = 1;
            feed.summary.title = format!("The blog of number {number}");
            let mut changes: Vec<_> = feeds::store::insert(&feed).unwrap().into_iter().collect();
            let one = Subscription::new(id, Vec::new(), i64::from(number), Some(0));
            changes.push(shelves::stage(USER, &one, &Extra::default()).unwrap());
            store.commit(changes).await.unwrap();
        }
        Self {
            store,
            clock,
            texts: texts.to_vec(),
            touched: 0,
            opened: 0,
            _folder: folder,
        }
    }

    fn next(&mut self) -> ArticleId {
        let number = self.touched;
        self.touched += 1;
        ArticleId {
            feed: FeedId((1 + number % FEEDS) * 7_919),
            seq: 1 + number / FEEDS,
        }
    }

    /// One day; returns what its batches cost, and how many there were.
    async fn day(&mut self, [opened, marked, cleared, batches]: [u32; 4]) -> (Cost, u64) {
        let mut cost = Cost::default();
        // As an instance that has slept: what it knew is gone.
        if let Some(cache) = self.store.cache() {
            cache.clear();
        }
        let mut shelf = Shelf::load(&self.store, USER).await.unwrap();
        let mut count = 0;
        for batch in 0..batches {
            self.clock
                .advance(TimeDelta::minutes(i64::from(14 * 60 / batches)));
            let mut told = Vec::new();
            let of = |all: u32| all * (batch + 1) / batches - all * batch / batches;
            for _ in 0..of(opened) {
                let id = self.next();
                self.opened += 1;
                let text = Some(self.texts[self.opened % self.texts.len()].clone());
                told.push(Told {
                    id,
                    act: Act::Opened,
                    text,
                });
            }
            let mut read: Vec<ArticleId> = told.iter().map(|one| one.id).collect();
            read.extend((0..of(marked).min(A_BATCH)).map(|_| self.next()));
            let name = format!("{}-{}", self.touched, batch);
            let doing = Doing {
                batch: Some(&name),
                read: &read,
                unread: &[],
                played: &[],
                told: &told,
                times: &[],
                zone: "",
            };
            let now = self.clock.now();
            let (done, spent) = metered(shelf.apply(&self.store, now, doing)).await;
            done.unwrap();
            cost = cost + spent;
            count += 1;
        }
        // Some are cleared in bulk at the end: of one feed, what is above.
        let some: Vec<ArticleId> = (0..cleared).map(|_| self.next()).collect();
        let mut by_feed: std::collections::BTreeMap<FeedId, roaring::RoaringBitmap> =
            std::collections::BTreeMap::new();
        for id in some {
            by_feed.entry(id.feed).or_default().insert(id.seq);
        }
        let shown = by_feed.into_iter().map(|(feed, only)| Shown {
            numbers: shelf.numbers(feed),
            only: Some(only),
        });
        let shown: Vec<Shown> = shown.collect();
        let act = format!("a{}", self.touched);
        let now = self.clock.now();
        let (done, spent) = metered(shelf.mark_all(&self.store, &act, now, &shown)).await;
        assert_eq!(done.unwrap(), u64::from(cleared));
        cost = cost + spent;
        self.clock.advance(TimeDelta::minutes(10 * 60));
        (cost, count + 1)
    }

    /// Bytes of the journal's records.
    async fn bytes(&self) -> usize {
        let query = Query::kind(Kind::Journal, 1_000);
        let page = self.store.run_query(&query).await.unwrap();
        let rows = page.rows.iter().filter_map(|row| row.entity.blob("body"));
        rows.map(<[u8]>::len).sum()
    }
}

/// `cargo bench --bench figures -- journal`
pub(super) async fn figures() {
    let texts = texts();
    for (kind, habits) in KINDS {
        let mut reader = Reader::new(&texts).await;
        let (mut cost, mut batches) = (Cost::default(), 0);
        // A month and a day: the last day's events move with the first batch of the next month.
        for _ in 0..31 {
            let (spent, count) = reader.day(habits).await;
            cost = cost + spent;
            batches += count;
        }
        let bytes = reader.bytes().await;
        let writes = cost.writes - batches;
        let name = |what: &str| format!("journal, {kind} reader, a month: {what}");
        let own = ("batches' own", batches as f64);
        note(&name("writes more"), writes as f64, "", Some(own));
        // This store caches nothing, so each batch reads the read state once.
        let reads = cost.reads - batches;
        note(&name("reads more"), reads as f64, "", Some(own));
        note(&name("KB stored"), bytes as f64 / 1e3, "KB", None);
    }
    year(&texts).await;
}

/// A year of a typical reader, taken along.
async fn year(texts: &[Text]) {
    let mut reader = Reader::new(texts).await;
    for _ in 0..365 {
        reader.day(KINDS[1].1).await;
    }
    note(
        "journal, a year: KB stored",
        reader.bytes().await as f64 / 1e3,
        "KB",
        None,
    );
    if let Some(cache) = reader.store.cache() {
        cache.clear();
    }
    let shelf = Shelf::load(&reader.store, USER).await.unwrap();
    for (name, format) in [
        ("CSV", Format::Csv),
        ("JSON Lines", Format::JsonLines),
        ("SQL", Format::Sql),
    ] {
        if let Some(cache) = reader.store.cache() {
            cache.clear();
        }
        let now = reader.clock.now();
        let began = Instant::now();
        let work = async {
            let journal = Journal::open(&reader.store, USER, &shelf.read, now)
                .await
                .unwrap();
            let all = (Start::of(Month::MIN), Month::MAX);
            export::export(&reader.store, &journal, format, all)
                .await
                .unwrap()
        };
        let (exported, cost) = metered(work).await;
        let took: Duration = began.elapsed();
        let lines = exported.text.lines().count();
        assert!(exported.next.is_none());
        let mb = exported.text.len() as f64 / 1e6;
        note(&format!("journal, a year as {name}: MB"), mb, "MB", None);
        note(
            &format!("journal, a year as {name}: lines"),
            lines as f64,
            "",
            None,
        );
        note(
            &format!("journal, a year as {name}"),
            super::table::ms(took),
            "ms",
            None,
        );
        note(
            &format!("journal, a year as {name}: reads"),
            cost.reads as f64,
            "",
            None,
        );
    }
}
