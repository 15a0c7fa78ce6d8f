//! Searching: what a list of words takes, beside the other design that was weighed; and searches over shelves of 120 and 1,000 feeds
//! of 200 articles each, in an embedded store.

use std::time::{Duration, Instant};

use dormouse::articles::words::entry_of;
use dormouse::articles::{Article, ArticleSummary, Body, store as articles};
use dormouse::clock::Clock;
use dormouse::codec::compress;
use dormouse::datastore::cloud::{Address, Cloud};
use dormouse::datastore::embedded::Embedded;
use dormouse::datastore::{Cache, Datastore, IndexSet, metered};
use dormouse::feeds::{self, unknown};
use dormouse::google::{Credentials, Tokens};
use dormouse::ids::{ArticleId, FeedId, UserId};
use dormouse::random::Random;
use dormouse::search::{Entry, Question, Words, tokens};
use dormouse::shelf::search::{Order, Request, search};
use dormouse::shelf::store as shelves;
use dormouse::shelf::subscription::{Extra, Subscription};
use dormouse::shelf::{Shelf, heads, read_store};

use super::table::{median, ms, note};

/// Seconds since 1970 of all that is seeded.
const NOW: i64 = 1_790_000_000;
const ARTICLES: u32 = 200;
/// Feeds whose articles differ; further ones have the same words.
const DISTINCT: u32 = 20;
/// Different words, of which the n-th is used 1/n as often as the first.
const VOCABULARY: usize = 40_000;

/// A small generator: the same on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A word that can be pronounced.
fn word(n: usize) -> String {
    const BEGIN: [&str; 16] = [
        "b", "br", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "st", "t", "v",
    ];
    const MIDDLE: [&str; 8] = ["a", "e", "i", "o", "u", "ea", "ou", "ai"];
    const END: [&str; 8] = ["", "n", "r", "s", "t", "l", "nd", "ck"];
    let mut rest = n + 3;
    let mut out = String::new();
    while rest > 0 {
        out.push_str(BEGIN[rest % 16]);
        rest /= 16;
        out.push_str(MIDDLE[rest % 8]);
        rest /= 8;
        out.push_str(END[rest % 8]);
        rest /= 8;
    }
    out
}

struct Writer {
    words: Vec<String>,
    dice: Dice,
}

impl Writer {
    fn new() -> Self {
        Self {
            words: (0..VOCABULARY).map(word).collect(),
            dice: Dice(0x5eed_1234_5678_9abc),
        }
    }

    fn text(&mut self, count: usize) -> String {
        let mut out = String::new();
        for _ in 0..count {
            // Zipf: the rank is exponential in a uniform number.
            let rank = (VOCABULARY as f64).powf(self.dice.share()) as usize - 1;
            out.push_str(&self.words[rank.min(VOCABULARY - 1)]);
            out.push(' ');
        }
        out
    }

    /// An article of 60 to 1,200 words, 400 as a rule.
    fn article(&mut self, id: ArticleId) -> Article {
        let share = self.dice.share();
        let count = (60.0 * 20_f64.powf(share.sqrt())) as usize;
        let at = NOW - i64::from(ARTICLES - id.seq) * 3_600;
        let title = self.text(8);
        let text = self.text(count);
        let links = (0..6).map(|n| {
            format!(
                "<a href=\"https://site{}.example/{}\">x</a> ",
                self.dice.next() % 300,
                self.dice.next() % 5_000 + n
            )
        });
        let html = format!("<p>{text}</p><p>{}</p>", links.collect::<String>());
        Article {
            id,
            summary: ArticleSummary {
                title: title.clone(),
                order: at * 1_000_000 + i64::from(id.seq),
                lang: Some("en".into()),
                ..ArticleSummary::default()
            },
            body: Body {
                title,
                html,
                published: Some(at),
                ..Body::default()
            },
        }
    }
}

pub(crate) async fn figures() {
    let mut writer = Writer::new();
    let feeds: Vec<Vec<Article>> = (1..=DISTINCT)
        .map(|n| {
            let feed = FeedId(n);
            (1..=ARTICLES)
                .map(|seq| writer.article(ArticleId { feed, seq }))
                .collect()
        })
        .collect();
    let lists = designs(&feeds);
    for count in [120, 1_000] {
        let folder = tempfile::tempdir().unwrap();
        let embedded = Embedded::open(folder.path(), IndexSet::ours().unwrap()).unwrap();
        let store = Datastore::new(embedded, clock());
        shelf(&feeds, &lists, count, store, "").await;
    }
    let Ok(emulator) = std::env::var("TEST_DATASTORE_EMULATOR") else {
        eprintln!("skipped: searches on Google's emulator, which isn't there");
        return;
    };
    for count in [120, 1_000] {
        let address = Address {
            project: format!("search-{count}"),
            database: String::new(),
            emulator: Some(emulator.clone()),
        };
        let tokens = Tokens::new(Credentials::Anonymous, clock());
        let cloud = Cloud::new(address, tokens, Random::System).unwrap();
        let store = Datastore::in_cloud(cloud, IndexSet::ours().unwrap(), clock());
        shelf(&feeds, &lists, count, store, ", emulator").await;
    }
}

fn clock() -> Clock {
    Clock::fixed(dormouse::timestamp::from_micros(NOW * 1_000_000))
}

/// What a feed of 200 articles takes: words in one list, and the design that was left: a set of hashes for each article.
fn designs(feeds: &[Vec<Article>]) -> Vec<Vec<u8>> {
    let words: usize = feeds
        .iter()
        .flatten()
        .map(|one| one.body.html.split(' ').count())
        .sum();
    note(
        "words of an article, mean",
        words as f64 / (feeds.len() as f64 * 200.0),
        "",
        None,
    );
    let start = Instant::now();
    let entries: Vec<Vec<Entry>> = feeds
        .iter()
        .map(|all| all.iter().map(entry_of).collect())
        .collect();
    let reading = start.elapsed() / feeds.len() as u32;
    let start = Instant::now();
    let lists: Vec<Vec<u8>> = entries
        .iter()
        .map(|all| Words::default().changed(|_| true, all))
        .collect();
    let packing = start.elapsed() / feeds.len() as u32;
    let bytes = lists.iter().map(Vec::len).sum::<usize>() as f64 / lists.len() as f64;
    let sets: Vec<Vec<Vec<u32>>> = feeds
        .iter()
        .map(|all| all.iter().map(hashes).collect())
        .collect();
    let packed: usize = sets
        .iter()
        .map(|all| compress(&gaps(all)).unwrap().len())
        .sum();
    let other = packed as f64 / sets.len() as f64;
    note(
        "a list of words of 200 articles",
        bytes / 1e3,
        "kB",
        Some(("hashes by article", other / 1e3)),
    );
    note("making the words of 200 articles", ms(reading), "ms", None);
    note("packing a list of 200 articles", ms(packing), "ms", None);
    let opened: Vec<Words> = lists
        .iter()
        .map(|list| Words::open(list.as_slice().into()).unwrap())
        .collect();
    let mut adding: Vec<Duration> = opened
        .iter()
        .zip(&entries)
        .map(|(words, all)| {
            let start = Instant::now();
            let list = words.changed(|seq| seq > 1, &all[..1]);
            std::hint::black_box(list.len());
            start.elapsed()
        })
        .collect();
    note(
        "adding an article to a full list",
        ms(median(&mut adding)),
        "ms",
        None,
    );
    // One rare word looked up in 120 lists.
    let wanted = word(9_000);
    let time = |look: &dyn Fn()| {
        let mut runs: Vec<Duration> = (0..15)
            .map(|_| {
                let start = Instant::now();
                look();
                start.elapsed()
            })
            .collect();
        median(&mut runs)
    };
    let mine = time(&|| {
        for n in 0..120 {
            opened[n % opened.len()].articles(&wanted, |doc, _| {
                std::hint::black_box(doc);
            });
        }
    });
    let hash = hash_of(&wanted);
    let theirs = time(&|| {
        for n in 0..120 {
            let all = &sets[n % sets.len()];
            std::hint::black_box(
                all.iter()
                    .filter(|set| set.binary_search(&hash).is_ok())
                    .count(),
            );
        }
    });
    note(
        "a word in 120 lists",
        ms(mine),
        "ms",
        Some(("hashes by article, unpacked", ms(theirs))),
    );
    lists
}

fn hash_of(word: &str) -> u32 {
    let hash = word.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash >> 12
}

fn hashes(article: &Article) -> Vec<u32> {
    let mut set = Vec::new();
    tokens::each(
        &format!("{} {}", article.body.title, article.body.html),
        |word, _, _, _| set.push(hash_of(word)),
    );
    set.sort_unstable();
    set.dedup();
    set
}

fn gaps(all: &[Vec<u32>]) -> Vec<u8> {
    let mut out = Vec::new();
    for set in all {
        dormouse::codec::put_varint(&mut out, set.len() as u64);
        let mut before = 0;
        for &hash in set {
            dormouse::codec::put_varint(&mut out, u64::from(hash - before));
            before = hash;
        }
    }
    out
}

static REGIONS: [&dormouse::datastore::Region; 7] = [
    &feeds::store::WORDS,
    &feeds::store::HEADS,
    &articles::BODIES,
    &articles::CARDS,
    &shelves::SUBSCRIPTIONS,
    &read_store::READ,
    &heads::SHELF_HEADS,
];

static RULES: [dormouse::datastore::cache::Rule; 1] = [feeds::store::remember];

/// Searches over a shelf of so many feeds in an empty store; `place` ends each name.
async fn shelf(
    feeds: &[Vec<Article>],
    lists: &[Vec<u8>],
    count: u32,
    store: Datastore,
    place: &str,
) {
    let clock = clock();
    // All of a shelf's words fit.
    let cache = Cache::new(2_000 * 1_024 * 1_024, clock.clone(), 1, &REGIONS, &RULES);
    let store = store.with_cache(cache);
    let user = UserId(7);
    for number in 1..=count {
        let id = FeedId(number * 7_919);
        let from = (number as usize - 1) % feeds.len();
        let mut feed = unknown(
            id,
            format!("https://{number}.example/feed").parse().unwrap(),
        );
        feed.summary.last = ARTICLES;
        feed.summary.digest = "d".into();
        feed.summary.title = format!("Feed {number}");
        feed.summary.indexed = 1;
        feed.words = lists[from].as_slice().into();
        let mut changes = feeds::store::insert(&feed).unwrap().to_vec();
        let one = Subscription::new(id, Vec::new(), i64::from(number), Some(0));
        changes.push(shelves::stage(user, &one, &Extra::default()).unwrap());
        // Bodies of the newest: no page shows more.
        for article in feeds[from].iter().rev().take(20) {
            let id = ArticleId {
                feed: id,
                seq: article.id.seq,
            };
            changes.push(
                articles::put(&Article {
                    id,
                    ..article.clone()
                })
                .unwrap(),
            );
        }
        store.commit(changes).await.unwrap();
    }
    let queries = [
        word(40),
        word(900),
        format!("{} {}", word(12), word(300)),
        format!("{} -{} is:unread", word(25), word(2)),
        format!("{} OR {}", word(5_000), word(700)),
        format!("{}*", &word(120)[..3]),
        format!("title:{}", word(15)),
        format!("\"{} {}\"", word(1), word(2)),
    ];
    let ask = async |text: &str| {
        let query = Question::parse(text).unwrap();
        let shelf = Shelf::load(&store, user).await.unwrap();
        let request = Request {
            query: &query,
            order: Order::Newest,
            after: None,
            limit: 20,
            now: clock.now(),
        };
        search(&store, &shelf, request).await.unwrap()
    };
    let start = Instant::now();
    let (_, cold) = metered(ask(&queries[0])).await;
    note(
        &format!("a cold search over {count} feeds{place}"),
        ms(start.elapsed()),
        "ms",
        None,
    );
    note(
        &format!("– its reads, {count} feeds{place}"),
        cold.reads as f64,
        "",
        None,
    );
    let mut runs = Vec::new();
    for query in &queries {
        ask(query).await;
        for _ in 0..12 {
            let start = Instant::now();
            let answer = ask(query).await;
            std::hint::black_box(answer.hits.len());
            runs.push(start.elapsed());
        }
    }
    runs.sort_unstable();
    note(
        &format!("a search over {count} feeds, p50{place}"),
        ms(runs[runs.len() / 2]),
        "ms",
        None,
    );
    note(
        &format!("– p95, {count} feeds{place}"),
        ms(runs[runs.len() * 95 / 100]),
        "ms",
        None,
    );
}
