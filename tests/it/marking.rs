//! Marking parts of a list, bounded by what the page showed and undoable; and the read state compared with a plain set.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use dormouse::ids::{FeedId, Numbers, UserId};
use dormouse::shelf::{ArticleMark, ReadShards, Shown, read_store};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::support::{Answer, Client, FakeWeb, FeedText, Page, TestApp, at, attribute};

/// The form data of the page for one of its buttons.
async fn marks(reader: &Client<'_>, page: &Answer, what: &str) -> Answer {
    let seen = page.seen().unwrap();
    let shown = attribute(page.text(), "name=\"page\"", "value").unwrap();
    let order = attribute(page.text(), "name=\"order\"", "value").unwrap();
    let form = [
        ("seen", seen.as_str()),
        ("page", shown.as_str()),
        ("order", order.as_str()),
        ("what", what),
        ("return", "/unread"),
    ];
    reader.post("/mark-all", &form).await
}

async fn unread(reader: &Client<'_>) -> BTreeSet<String> {
    let lines = reader.whole_list("/all").await.into_iter();
    lines
        .filter(|line| !line.read)
        .map(|line| line.id)
        .collect()
}

#[tokio::test]
async fn above_below_older_and_the_page_are_bounded_and_undone() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    // Articles of both feeds alternate, and some have the same second.
    for (name, newest) in [
        ("one", at(11, 30)),
        ("two", at(11, 0)),
        ("three", at(11, 0)),
    ] {
        let text = FeedText::hourly(name, 30, newest);
        let url = web.put(&format!("/{name}"), Page::feed(text.rss()));
        ann.subscribes(&url).await;
    }
    for order in ["newest", "oldest"] {
        let list = format!("/unread?order={order}");
        let all: Vec<String> = ann
            .whole_list(&list)
            .await
            .into_iter()
            .map(|line| line.id)
            .collect();
        assert_eq!(all.len(), 90);
        for place in [0, 1, 2, 7, 40, 49] {
            let opened = ann.ask(
                http::Method::GET,
                &format!("/article/{}?in=unread&order={order}", all[place]),
            );
            // A preview doesn't mark anything as read.
            let opened = opened.header("sec-purpose", "prefetch").send().await;
            opened.is(200);
            let side = |name: &str| {
                let values = opened.text().split("value=\"").skip(1);
                let mut values = values
                    .filter_map(|text| text.split_once('"').map(|(value, _)| value.to_owned()));
                values.find(|value| value.starts_with(name)).unwrap()
            };
            for (name, gone) in [("above", &all[..place]), ("below", &all[place + 1..])] {
                let marked = marks(&ann, &opened, &side(name)).await;
                marked.is(303);
                assert!(
                    marked.cost.writes <= 1 && marked.cost.reads <= 2,
                    "{:?}",
                    marked.cost
                );
                let gone: BTreeSet<&String> = gone.iter().collect();
                let left: BTreeSet<String> = all
                    .iter()
                    .filter(|id| !gone.contains(id))
                    .cloned()
                    .collect();
                let said = ann.get("/unread").await;
                assert_eq!(unread(&ann).await, left, "{name} {place} {order}");
                if gone.is_empty() {
                    continue;
                }
                let act = attribute(said.text(), "name=\"act\"", "value").unwrap();
                ann.post("/undo", &[("act", &act)]).await.is(303);
                assert_eq!(unread(&ann).await.len(), 90, "undone");
            }
        }
    }
    // Articles that arrive meanwhile stay unread, at any position.
    let page = ann.get("/unread").await;
    let text = FeedText::hourly("one", 32, at(13, 30));
    web.put("/one", Page::feed(text.rss()));
    app.minutes_pass(24 * 60);
    app.refresh().await;
    let shown: BTreeSet<String> = page.lines().into_iter().map(|line| line.id).collect();
    marks(&ann, &page, "page").await.is(303);
    let left = unread(&ann).await;
    assert_eq!(left.len(), 90 + 2 - 50);
    assert!(left.is_disjoint(&shown));
    // Older than a day: all except those that arrived since.
    let undo = async || {
        let page = ann.get("/unread").await;
        let act = attribute(page.text(), "name=\"act\"", "value").unwrap();
        ann.post("/undo", &[("act", &act)]).await.is(303);
    };
    undo().await;
    assert_eq!(unread(&ann).await.len(), 92, "the page is undone");
    let page = ann.get("/unread").await;
    for _ in 0..2 {
        marks(&ann, &page, "older.1").await.is(303);
        let left = unread(&ann).await.len();
        assert!((1..=2).contains(&left), "{left}");
        undo().await;
        assert_eq!(unread(&ann).await.len(), 92, "what is older is undone");
    }
    marks(&ann, &page, "older.1").await.is(303);
    let left = ann.whole_list("/unread").await;
    let titles: Vec<&str> = left.iter().map(|line| line.title.as_str()).collect();
    assert!(
        !titles.is_empty() && titles.iter().all(|title| title.contains("one-3")),
        "{titles:?}"
    );
    marks(&ann, &page, "sideways").await.is(400);
    marks(&ann, &page, "above.12").await.is(400);
}

#[tokio::test]
async fn a_folder_is_marked_by_itself_and_undone_for_ten_minutes() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for (name, folder) in [("one", "News"), ("two", "News"), ("three", "")] {
        let text = FeedText::hourly(name, 10, at(11, 0));
        let url = web.put(&format!("/{name}"), Page::feed(text.rss()));
        let feed = ann.subscribes(&url).await;
        let form = [("title", ""), ("folder", folder)];
        let settings = format!("/feed/{feed}/settings");
        ann.post(&settings, &form).await.is(303);
    }
    let page = ann.get("/folder/News").await;
    assert_eq!(page.lines().len(), 20);
    // One action per minute: up to thirty are kept for undo, each for ten minutes.
    for minute in 0..12 {
        marks(&ann, &page, "all").await.is(303);
        assert_eq!(ann.unread().await, 10, "the other feed's, {minute}");
        app.minutes_pass(if minute == 11 { 11 } else { 1 });
        // The page is requested later, from an instance with a cold cache.
        app.forgets();
        ann.get("/help").await.is(200);
        let later = ann.get("/folder/News").await;
        let act = attribute(later.text(), "name=\"act\"", "value");
        assert_eq!(act.is_some(), minute < 11, "{minute}");
        if let Some(act) = act {
            ann.post("/undo", &[("act", &act)]).await.is(303);
            assert_eq!(ann.unread().await, 30, "{minute}");
        }
    }
}

#[tokio::test]
async fn the_first_of_many_acts_can_be_undone_still() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("News", 30, at(11, 0));
    let feed = ann.subscribes(&web.put("/f", Page::feed(text.rss()))).await;
    let list = format!("/feed/{feed}");
    let mut acts = Vec::new();
    for left in (0..25).rev() {
        // One after the other from the bottom: everything below the second to last.
        let lines = ann.get(&list).await.lines();
        let opened = ann.ask(
            http::Method::GET,
            &format!("/article/{}?in=feed.{feed}", lines[left + 4].id),
        );
        let opened = opened.header("sec-purpose", "prefetch").send().await;
        let below = opened.text().split("value=\"").skip(1);
        let mut below = below.filter_map(|text| Some(text.split_once('"')?.0.to_owned()));
        let below = below.find(|value| value.starts_with("below")).unwrap();
        app.clock.advance(TimeDelta::seconds(1));
        marks(&ann, &opened, &below).await.is(303);
        assert_eq!(ann.unread().await as usize, left + 5);
        let page = ann.get(&list).await;
        acts.push(attribute(page.text(), "name=\"act\"", "value").unwrap());
    }
    for act in acts {
        ann.post("/undo", &[("act", &act)]).await.is(303);
    }
    assert_eq!(ann.unread().await, 30);
}

/// One step that changes the read state, in one of two tabs.
#[derive(Clone, Debug)]
enum Event {
    Arrive(u32, u32),
    Retire(u32, u32),
    /// A batch of a tab: some read, some unread; sent once or twice.
    Batch(Vec<(u32, u32, bool)>, bool),
    /// A tab reloads its page and sees the current articles.
    Look(bool),
    MarkAll(bool),
    /// A subset of the articles that the tab shows.
    MarkSome(bool, u32),
    Undo(usize),
    /// An episode is played up to a second; 0 when it is over.
    Play(u32, u32, u32),
    Wait(i64),
}

const FEEDS: u32 = 6;

fn event() -> impl Strategy<Value = Event> {
    let feed = || 1..=FEEDS;
    let mark = (feed(), 1..120_u32, any::<bool>());
    prop_oneof![
        3 => (feed(), 1..20_u32).prop_map(|(feed, count)| Event::Arrive(feed, count)),
        1 => (feed(), 1..15_u32).prop_map(|(feed, count)| Event::Retire(feed, count)),
        3 => (proptest::collection::vec(mark, 1..12), any::<bool>())
            .prop_map(|(marks, twice)| Event::Batch(marks, twice)),
        2 => any::<bool>().prop_map(Event::Look),
        1 => any::<bool>().prop_map(Event::MarkAll),
        1 => (any::<bool>(), 2..5_u32).prop_map(|(tab, step)| Event::MarkSome(tab, step)),
        1 => (0..3_usize).prop_map(Event::Undo),
        2 => (feed(), 1..8_u32, 0..4_u32).prop_map(|(feed, seq, at)| Event::Play(feed, seq, at)),
        1 => (1..6_i64).prop_map(Event::Wait),
    ]
}

/// An action in the model: its id, its time, and the articles that it marked.
type Act = (String, chrono::DateTime<chrono::Utc>, Vec<(u32, u32)>);

/// The model: plain sets of numbers.
#[derive(Default)]
struct Model {
    numbers: BTreeMap<u32, (u32, u32)>,
    read: BTreeSet<(u32, u32)>,
    acts: Vec<Act>,
    /// The places in episodes.
    played: BTreeMap<(u32, u32), u32>,
}

impl Model {
    fn numbers(&self, feed: u32) -> Numbers {
        let (first, last) = self.numbers.get(&feed).copied().unwrap_or((1, 0));
        let feed = FeedId(feed);
        Numbers { feed, first, last }
    }

    fn set(&mut self, feed: u32, seq: u32, read: bool) {
        let Numbers { first, last, .. } = self.numbers(feed);
        if (first..=last).contains(&seq) {
            match read {
                true => self.read.insert((feed, seq)),
                false => self.read.remove(&(feed, seq)),
            };
        }
    }
}

/// Any interleaving of arrivals, marks, unmarks, bulk acts, undos, retention and two tabs, over one record and over many.
#[test]
fn what_is_read_is_what_sets_would_be() {
    for split in [dormouse::shelf::read_shards::SPLIT_BYTES, 1, 300] {
        let config = Config {
            cases: 250,
            failure_persistence: None,
            rng_seed: RngSeed::Fixed(5),
            ..Config::default()
        };
        let undone = Cell::new(0);
        let run = |events: Vec<Event>| follow(events, split, &undone);
        let events = proptest::collection::vec(event(), 1..50);
        TestRunner::new(config).run(&events, run).unwrap();
        // With a record limit of one byte there is no room for undo data.
        assert!(split == 1 || undone.get() > 20, "{split}: {}", undone.get());
    }
}

fn follow(events: Vec<Event>, split: usize, all_undone: &Cell<u32>) -> Result<(), TestCaseError> {
    let mut now = at(12, 0);
    let (mut reading, mut model) = (ReadShards::default(), Model::default());
    let mut tabs: [Vec<Numbers>; 2] = Default::default();
    for (step, event) in events.into_iter().enumerate() {
        match event {
            Event::Arrive(feed, count) => {
                model.numbers.entry(feed).or_insert((1, 0)).1 += count;
            }
            Event::Retire(feed, count) => {
                let (first, last) = model.numbers.entry(feed).or_insert((1, 0));
                *first = (*first + count).min(*last + 1);
            }
            Event::Play(feed, seq, at) => {
                let id = dormouse::ids::ArticleId {
                    feed: FeedId(feed),
                    seq,
                };
                let played = dormouse::shelf::Played { id, at, speed: 150 };
                reading.apply_batch(Some(&step.to_string()), &[], &[played], now);
                model.played.insert((feed, seq), at);
            }
            Event::Wait(minutes) => now += chrono::TimeDelta::minutes(minutes),
            Event::Batch(marks, twice) => {
                let id = step.to_string();
                let marks: Vec<_> = marks
                    .into_iter()
                    .map(|(feed, seq, read)| ArticleMark {
                        numbers: model.numbers(feed),
                        seq,
                        read,
                    })
                    .collect();
                reading.mark_batch(Some(&id), &marks);
                for mark in &marks {
                    model.set(mark.numbers.feed.0, mark.seq, mark.read);
                }
                if twice {
                    reading.mark_batch(Some(&id), &marks);
                }
            }
            Event::Look(tab) => {
                tabs[usize::from(tab)] = (1..=FEEDS).map(|feed| model.numbers(feed)).collect();
            }
            Event::MarkAll(tab) => bulk(
                &mut reading,
                &mut model,
                &tabs[usize::from(tab)],
                step,
                now,
                None,
            )?,
            Event::MarkSome(tab, every) => {
                bulk(
                    &mut reading,
                    &mut model,
                    &tabs[usize::from(tab)],
                    step,
                    now,
                    Some(every),
                )?;
            }
            Event::Undo(back) => {
                let Some(place) = model.acts.len().checked_sub(back + 1) else {
                    continue;
                };
                let (id, made, changed) = model.acts.remove(place);
                let first = |feed: FeedId| model.numbers(feed.0).first;
                let undone = reading.undo(&id, now, first);
                let kept = changed
                    .iter()
                    .filter(|(feed, seq)| *seq >= model.numbers(*feed).first);
                let kept: Vec<(u32, u32)> = kept.copied().collect();
                if now - made > dormouse::shelf::read_state::UNDO {
                    prop_assert_eq!(undone, None);
                } else if undone.is_some() {
                    prop_assert_eq!(undone, Some(kept.len() as u64));
                    all_undone.set(all_undone.get() + 1);
                    for mark in kept {
                        model.read.remove(&mark);
                    }
                } else {
                    // Up to thirty actions are kept, fewer if a record would get too large.
                    prop_assert!(split < 1_000 || model.acts.len() + 1 - place > 30);
                }
            }
        }
        // Round trip through the store's records, as many as needed.
        reading = dormouse::shelf::read_shards::stored(&reading, now, split).unwrap();
        for (&(feed, seq), &at) in &model.played {
            let feed = FeedId(feed);
            let kept = reading.played(dormouse::ids::ArticleId { feed, seq });
            prop_assert_eq!(kept.map_or(0, |kept| kept.at), at);
        }
        for feed in 1..=FEEDS {
            let numbers = model.numbers(feed);
            let (first, last) = (numbers.first, numbers.last);
            let unread: Vec<u32> = (first..=last)
                .filter(|&seq| !model.read.contains(&(feed, seq)))
                .collect();
            prop_assert_eq!(reading.unread_count(numbers) as usize, unread.len());
            prop_assert_eq!(reading.unread(numbers), unread);
        }
        let known = |feed: FeedId| Some(model.numbers(feed.0));
        prop_assert_eq!(reading.faults(known), Vec::<String>::new());
    }
    Ok(())
}

fn bulk(
    reading: &mut ReadShards,
    model: &mut Model,
    tab: &[Numbers],
    step: usize,
    now: chrono::DateTime<chrono::Utc>,
    every: Option<u32>,
) -> Result<(), TestCaseError> {
    let mut changed = Vec::new();
    let mut shown = Vec::new();
    for known in tab {
        let numbers = model.numbers(known.feed.0);
        let numbers = Numbers {
            last: known.last.min(numbers.last),
            ..numbers
        };
        let wanted = |seq: &u32| every.is_none_or(|every| seq.is_multiple_of(every));
        let marked = (numbers.first..=numbers.last).filter(wanted);
        let only: roaring::RoaringBitmap = marked.clone().collect();
        changed.extend(
            marked
                .map(|seq| (known.feed.0, seq))
                .filter(|mark| !model.read.contains(mark)),
        );
        let only = every.map(|_| only);
        shown.push(Shown { numbers, only });
    }
    let id = format!("act {step}");
    prop_assert_eq!(reading.mark_all(&id, now, &shown), changed.len() as u64);
    model.read.extend(&changed);
    if !changed.is_empty() {
        model.acts.push((id, now, changed));
    }
    Ok(())
}

/// Five thousand feeds with a worst-case read pattern: no record may come near an entity's size limit.
#[tokio::test]
async fn what_is_read_of_five_thousand_feeds_is_parted_in_time() {
    let app = TestApp::in_memory(&[]).await;
    let (store, user) = (&app.state.store, UserId(7));
    let numbers = |feed: u32| Numbers {
        feed: FeedId(feed),
        first: 1,
        last: 200,
    };
    let odd = |feed: u32, seq: u32| feed.wrapping_mul(seq).wrapping_mul(0x9E37_79B1) >> 31 == 1;
    let marks: Vec<_> = (1..=5_000)
        .flat_map(|feed| {
            (1..=200)
                .filter(move |&seq| odd(feed, seq))
                .map(move |seq| ArticleMark {
                    numbers: numbers(feed),
                    seq,
                    read: true,
                })
        })
        .collect();
    for part in marks.chunks(50_000) {
        let change = |reading: &mut ReadShards| reading.mark_batch(None, part);
        read_store::change(store, user, app.clock.now(), change)
            .await
            .unwrap();
    }
    let shown: Vec<Shown> = (1..=5_000)
        .map(|feed| {
            let only: roaring::RoaringBitmap = (1..=200).filter(|seq| seq % 3 == 0).collect();
            Shown {
                numbers: numbers(feed),
                only: Some(only),
            }
        })
        .collect();
    let act = |reading: &mut ReadShards| reading.mark_all("act", app.clock.now(), &shown);
    let (marked, reading) = read_store::change(store, user, app.clock.now(), act)
        .await
        .unwrap();
    assert!(reading.shards() >= 2, "{} shards", reading.shards());
    let mut largest = 0;
    let query = dormouse::datastore::Query::kind("ReadState", 100);
    for row in store.run_query(&query).await.unwrap().rows {
        largest = largest.max(row.entity.blob("body").unwrap().len());
    }
    assert!(largest <= 512 * 1_024, "{largest} bytes");
    println!(
        "{} shards, the largest of {largest} bytes",
        reading.shards()
    );
    // Reloaded from the store it is equal, and one mark writes one shard.
    app.forgets();
    let again = read_store::cached(store, user).await.unwrap();
    assert_eq!(again.unread(numbers(77)), reading.unread(numbers(77)));
    let before = store.total_cost();
    let one =
        |reading: &mut ReadShards| reading.mark(numbers(77), again.unread(numbers(77))[0], true);
    read_store::change(store, user, app.clock.now(), one)
        .await
        .unwrap();
    let spent = store.total_cost() - before;
    assert_eq!((spent.reads, spent.writes), (0, 1));
    let undo = |reading: &mut ReadShards| reading.undo("act", app.clock.now(), |_| 1);
    let (undone, _) = read_store::change(store, user, app.clock.now(), undo)
        .await
        .unwrap();
    assert_eq!(undone, Some(marked));
}

/// One instance has cached a part of the read state from before it was split into shards; the other must find its
/// marks.
#[tokio::test]
async fn a_mark_goes_where_it_is_looked_for_though_another_instance_has_split_the_record() {
    let app = TestApp::in_memory(&[]).await;
    let other = app.beside().await;
    let (here, there, user) = (&app.state.store, &other.state.store, UserId(7));
    let now = app.clock.now();
    let numbers = |feed: u32| Numbers {
        feed: FeedId(feed),
        first: 1,
        last: 200,
    };
    let odd = |feed: u32, seq: u32| feed.wrapping_mul(seq).wrapping_mul(0x9E37_79B1) >> 31 == 1;
    let grow = async |feeds: std::ops::Range<u32>, wanted: usize| {
        for from in feeds.step_by(400) {
            let marks: Vec<_> = (from..from + 400)
                .flat_map(|feed| (1..=200).map(move |seq| (feed, seq)))
                .filter(|&(feed, seq)| odd(feed, seq))
                .map(|(feed, seq)| ArticleMark {
                    numbers: numbers(feed),
                    seq,
                    read: true,
                })
                .collect();
            let change = |reading: &mut ReadShards| reading.mark_batch(None, &marks);
            let ((), reading) = read_store::change(here, user, now, change).await.unwrap();
            if reading.shards() >= wanted {
                return from + 400;
            }
        }
        panic!("never split");
    };
    let next = grow(1..40_001, 2).await;
    assert_eq!(read_store::cached(there, user).await.unwrap().shards(), 2);
    grow(next..80_001, 4).await;
    // The other instance's cache has lost one of its two shards, and loads it again.
    let memo = (7_u128 << 8) | 1;
    let cache = there.cache().unwrap();
    cache.drop_copy(&read_store::READ, memo);
    let fresh = read_store::fresh(here, user).await.unwrap();
    for feed in 1..=8 {
        let seq = fresh.unread(numbers(feed))[0];
        let mark = |reading: &mut ReadShards| reading.mark(numbers(feed), seq, true);
        read_store::change(there, user, now, mark).await.unwrap();
        let seen = read_store::fresh(here, user).await.unwrap();
        let id = dormouse::ids::ArticleId {
            feed: FeedId(feed),
            seq,
        };
        assert!(seen.is_read(id), "the mark in feed {feed}");
        cache.drop_copy(&read_store::READ, memo);
    }
}
