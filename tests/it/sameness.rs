//! Article identity: an article stays the same when its publisher changes its id, link, text or position.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use dormouse::feeds::{Feed, Fingerprint, Validators, unknown};
use dormouse::ids::FeedId;
use dormouse::parse::{ParsedEntry, ParsedFeed};
use dormouse::timestamp::{Timestamp, minute_of};
use dormouse::update::decide::{KEPT, decide};
use dormouse::update::outcome::{Document, MAX_ENTRIES, Outcome};
use dormouse::update::plan::Plan;
use dormouse::update::window::MAX_DEPARTED;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::support::{FakeWeb, FeedText, Page, TestApp, at};

/// An entry with an id, link and title; an empty string omits one.
fn entry(id: &str, link: &str, title: &str) -> ParsedEntry {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    ParsedEntry {
        id: some(id),
        link: some(link),
        title: some(title),
        published: some(title).map(|_| at(9, 0)),
        ..ParsedEntry::default()
    }
}

fn saying(text: &str, entry: ParsedEntry) -> ParsedEntry {
    ParsedEntry {
        content: Some(text.to_owned()),
        ..entry
    }
}

fn shown(feed: &Feed, entries: Vec<ParsedEntry>, now: Timestamp) -> Plan {
    let parsed = ParsedFeed {
        entries,
        ..ParsedFeed::default()
    };
    let document = Document::new(parsed, Validators::default(), None);
    decide(feed, Outcome::Parsed(Box::new(document)), now)
}

/// The number of articles that each document of a series adds, two hours apart.
fn added(documents: Vec<Vec<ParsedEntry>>) -> Vec<usize> {
    let mut feed = unknown(FeedId(7), "https://news.example/feed".parse().unwrap());
    let mut now = at(12, 0);
    let mut counts = Vec::new();
    for document in documents {
        let plan = shown(&feed, document, now);
        counts.push(plan.new.len());
        feed = plan.feed;
        now += TimeDelta::hours(2);
    }
    counts
}

#[test]
fn a_changed_id_or_link_doubles_nothing() {
    let id = "http://a.example/2026/hello-world";
    for other in [
        "https://a.example/2026/hello-world",
        "https://www.b.example/2026/hello-world",
        "http://a.example/2026/Hello-World/",
        "http://a.example/2026/hello-world?utm_source=feed&fbclid=1",
    ] {
        let before = vec![entry(id, "", "One"), entry("x", "", "Two")];
        let after = vec![entry(other, "", "One"), entry("x", "", "Two")];
        assert_eq!(added(vec![before, after]), [2, 0], "{other}");
        // Without ids, the link identifies the article; the title may change.
        let before = vec![entry("", id, "One")];
        let after = vec![entry("", other, "Corrected")];
        assert_eq!(added(vec![before, after]), [1, 0], "{other}");
    }
    let number = |host: &str, n: u32| entry(&format!("{host}/?p={n}"), "", &format!("Post {n}"));
    let before = vec![number("http://a.example", 1), number("http://a.example", 2)];
    let after = vec![
        number("https://b.example", 1),
        number("https://b.example", 2),
    ];
    assert_eq!(added(vec![before, after]), [2, 0]);
}

#[test]
fn ids_made_anew_double_nothing() {
    type MakeId = fn(round: usize, n: u32) -> String;
    let post = |id: String, n: u32| ParsedEntry {
        published: Some(at(1, n)),
        ..entry(
            &id,
            &format!("http://s.example/p/{n}"),
            &format!("Post {n}"),
        )
    };
    let rebuilt: MakeId = |round, n| format!("{}{n}", if round == 0 { "a" } else { "b" });
    let random: MakeId = |round, n| format!("{round}-{}", n * 7_919);
    let slug: MakeId = |round, n| match round {
        0 => format!("http://s.example/?p={n}"),
        _ => format!("post-number-{n}"),
    };
    for (what, id) in [("rebuilt", rebuilt), ("random", random), ("a slug", slug)] {
        let documents: Vec<Vec<ParsedEntry>> = (0..4)
            .map(|round| (1..=5).map(|n| post(id(round, n), n)).collect())
            .collect();
        assert_eq!(added(documents), [5, 0, 0, 0], "{what}");
    }
    // A hash of the text, which changes with it.
    let hashed = |text: &str| saying(text, post(format!("sha-{text}"), 1));
    assert_eq!(added(vec![vec![hashed("a")], vec![hashed("b")]]), [1, 0]);
    // A podcast whose ids, files and pages all moved: title and date are left.
    let episode = |host: &str| {
        entry(
            &format!("{host}-1"),
            &format!("http://{host}.example/e/1"),
            "Episode 1",
        )
    };
    assert_eq!(
        added(vec![vec![episode("old")], vec![episode("new")]]),
        [1, 0]
    );
    // Two that are alike, and one of them gone: nobody knows which the new one is.
    let twin = |id: &str| entry(id, "", "Daily");
    let documents = vec![vec![twin("a"), twin("b")], vec![twin("a"), twin("c")]];
    assert_eq!(added(documents), [2, 1]);
    // Both ids are still there: they are two.
    let documents = vec![vec![twin("a")], vec![twin("a"), twin("b")]];
    assert_eq!(added(documents), [1, 1]);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whether this is a check")]
fn the_slips_of_identity_are_mended() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/slips");
    let Ok(cases) = std::fs::read_to_string(folder.join("expected.jsonl")) else {
        assert!(std::env::var_os("CI").is_none(), "the slips are missing");
        return eprintln!("skipped: no slips at {}", folder.display());
    };
    let base = url::Url::parse("http://s.example/feed").unwrap();
    let read = |name: &serde_json::Value| {
        let bytes = std::fs::read(folder.join(name.as_str().unwrap())).unwrap();
        dormouse::parse::parse(&bytes, None, &base).unwrap().entries
    };
    let mut pairs = 0;
    for line in cases.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        if case["first"].is_null() {
            continue;
        }
        pairs += 1;
        let counts = added(vec![read(&case["first"]), read(&case["then"])]);
        let articles: usize = counts.iter().sum();
        assert_eq!(Some(articles as u64), case["articles"].as_u64(), "{line}");
    }
    assert!(pairs >= 2, "{pairs} pairs");
}

#[test]
fn what_only_looks_alike_stays_two() {
    let name = "/2026/hello-world";
    let (a, b) = (
        &format!("http://a.example{name}"),
        &format!("http://b.example{name}"),
    );
    let c = &format!("http://c.example{name}");
    let one = |id: &str| entry(id, "", "Hello");
    // A planet (aggregated feed) with one post on two sites, then on a third.
    let documents = vec![vec![one(a), one(b)], vec![one(a), one(b), one(c)]];
    assert_eq!(added(documents), [2, 1]);
    assert_eq!(
        added(vec![vec![one(a), one(b)], vec![one(a), one(c)]]),
        [2, 1]
    );
    // Query parameters that are part of the identity.
    let dated = |id: &str, hour| ParsedEntry {
        published: Some(at(hour, 0)),
        ..one(id)
    };
    let documents = vec![
        vec![dated("http://a.example/x?id=one-long-name", 8)],
        vec![dated("http://a.example/x?id=two-long-name", 9)],
    ];
    assert_eq!(added(documents), [1, 1]);
    // Common path names with different titles.
    for weak in ["/", "/?p=1", "/node/5"] {
        let (here, there) = (
            format!("http://a.example{weak}"),
            format!("http://b.example{weak}"),
        );
        let documents = vec![
            vec![entry(&here, "", "One")],
            vec![entry(&there, "", "Two")],
        ];
        assert_eq!(added(documents), [1, 1], "{weak}");
    }
    // A wiki's page, changed twice: one link, two ids, two dates.
    let changed = |id: &str, hour| ParsedEntry {
        published: Some(at(hour, 0)),
        ..entry(id, a, "Page")
    };
    let documents = vec![vec![changed("rev:1", 8)], vec![changed("rev:2", 9)]];
    assert_eq!(added(documents), [1, 1]);
    // One site's old post, and later another site's of the same name.
    let other = || entry("x", "", "X");
    let late = ParsedEntry {
        title: Some("Another".into()),
        ..one(b)
    };
    assert_eq!(
        added(vec![
            vec![one(a), other()],
            vec![other()],
            vec![other(), late]
        ]),
        [2, 0, 1]
    );
}

#[test]
fn ids_that_repeat_or_are_missing_lose_and_double_nothing() {
    let post: fn(&str, u32) -> ParsedEntry = |id, n| {
        entry(
            id,
            &format!("http://a.example/posts/{n}"),
            &format!("Post {n}"),
        )
    };
    let titled: fn(&str, u32) -> ParsedEntry =
        |id, n| entry(id, "http://a.example/", &format!("Post {n}"));
    for post in [post, titled] {
        for id in ["", "same"] {
            let rows = vec![
                vec![post(id, 1), post(id, 2)],
                vec![post(id, 2)],
                vec![post(id, 3)],
                vec![post(id, 1)],
            ];
            assert_eq!(added(rows), [2, 0, 1, 0], "{id}");
        }
        // Once unique, then repeating.
        assert_eq!(
            added(vec![
                vec![post("same", 1)],
                vec![post("same", 1), post("same", 2)],
                vec![post("same", 2)]
            ]),
            [1, 1, 0]
        );
        // Removed, and present again.
        let with = || vec![post("one", 1), post("two", 2)];
        assert_eq!(
            added(vec![with(), vec![post("", 1), post("", 2)], with()]),
            [2, 0, 0]
        );
    }
    // Only the text distinguishes them.
    let said = |text: &str| saying(text, entry("same", "http://a.example/", "Update"));
    assert_eq!(
        added(vec![
            vec![said("a"), said("b")],
            vec![said("c"), said("a"), said("b")]
        ]),
        [2, 1]
    );
    // The same item twice is one.
    assert_eq!(
        added(vec![vec![said("a"), said("a")], vec![said("a")]]),
        [1, 0]
    );
}

#[test]
fn a_text_that_changes_on_every_fetch_is_written_once_a_day() {
    let mut feed = unknown(FeedId(7), "https://news.example/feed".parse().unwrap());
    let mut now = at(12, 0);
    let (mut edits, mut writes) = (0, 0);
    for hour in 0..72 {
        let text = format!("Read {hour} times");
        let document = vec![
            saying(&text, entry("one", "", "One")),
            entry("two", "", "Two"),
        ];
        let plan = shown(&feed, document, now);
        assert!(hour == 0 || plan.new.is_empty());
        edits += plan.edited.len();
        writes += usize::from((&plan.feed.summary, &plan.feed.body) != (&feed.summary, &feed.body));
        feed = plan.feed;
        now += TimeDelta::hours(1);
    }
    assert_eq!((edits, writes), (3, 4));
    // Deferred articles are fetched again, and added when the day's limit resets.
    let last = || {
        vec![
            saying("The end", entry("one", "", "One")),
            entry("two", "", "Two"),
        ]
    };
    let digest = feed.summary.digest.clone();
    let plan = shown(&feed, last(), now);
    assert!(plan.edited.is_empty() && plan.feed.summary.digest == digest);
    let plan = shown(&plan.feed, last(), now + TimeDelta::days(1));
    assert_eq!(plan.edited.len(), 1);
    assert_ne!(plan.feed.summary.digest, digest);
}

#[test]
fn windows_from_before_learn_at_the_next_document() {
    let one = |scheme: &str| {
        vec![entry(
            &format!("{scheme}://a.example/hello-world"),
            "",
            "One",
        )]
    };
    let mut feed = shown(
        &unknown(FeedId(7), "https://a.example/".parse().unwrap()),
        one("http"),
        at(12, 0),
    )
    .feed;
    let old = r#"{"i":5,"c":6,"s":1,"a":7,"p":true}"#;
    let read: Fingerprint = serde_json::from_str(old).unwrap();
    assert_eq!(
        (read.second, read.link, read.title, read.changed),
        (0, 0, 0, 0)
    );
    feed.body.window[0] = Fingerprint {
        second: 0,
        link: 0,
        title: 0,
        ..feed.body.window[0]
    };
    let plan = shown(&feed, one("http"), at(13, 0));
    let plan = shown(&plan.feed, one("https"), at(14, 0));
    assert!(plan.new.is_empty());
}

#[test]
fn the_fullest_window_is_far_below_what_a_record_holds() {
    let mut feed = unknown(FeedId(7), "https://news.example/feed".parse().unwrap());
    let mut now = at(12, 0);
    for round in 0..3 {
        let all = (0..MAX_ENTRIES).map(|n| {
            let id = format!("http://a.example/{round}/long-name-{n}");
            entry(&id, &id, &format!("Title {round} {n}"))
        });
        feed = shown(&feed, all.collect(), now).feed;
        now += TimeDelta::hours(2);
    }
    assert!(feed.body.window.len() <= MAX_ENTRIES + KEPT as usize + MAX_DEPARTED);
    assert!(feed.body.window.len() >= MAX_ENTRIES + MAX_DEPARTED);
    let packed = dormouse::codec::pack(&feed.body).unwrap();
    assert!(packed.len() < 200 * 1_024, "{} bytes", packed.len());
}

/// How a publisher writes one document.
#[derive(Clone, Debug)]
struct Style {
    https: bool,
    host: u8,
    tracked: bool,
    ids: u8,
    text: u8,
    shown: u8,
    turned: usize,
    hours: i64,
}

fn style() -> impl Strategy<Value = Style> {
    let parts = (
        any::<bool>(),
        0_u8..3,
        any::<bool>(),
        0_u8..3,
        0_u8..4,
        any::<u8>(),
        0_usize..8,
        1_i64..40,
    );
    parts.prop_map(
        |(https, host, tracked, ids, text, shown, turned, hours)| Style {
            https,
            host,
            tracked,
            ids,
            text,
            shown,
            turned,
            hours,
        },
    )
}

impl Style {
    fn document(&self) -> Vec<ParsedEntry> {
        // A repeating id must be detectable.
        let shown = if self.ids == 2 {
            self.shown | 3
        } else {
            self.shown
        };
        let mut entries: Vec<_> = (0..8)
            .filter(|n| shown >> n & 1 == 1)
            .map(|n| self.entry(n))
            .collect();
        let turned = self.turned.min(entries.len());
        entries.rotate_left(turned);
        entries
    }

    fn entry(&self, n: u32) -> ParsedEntry {
        let scheme = if self.https { "https" } else { "http" };
        let name = if n.is_multiple_of(2) {
            format!("p={n}")
        } else {
            format!("slug=the-long-name-{n}")
        };
        let tracker = if self.tracked {
            "&utm_campaign=feed"
        } else {
            ""
        };
        let link = format!("{scheme}://host{}.example/?{name}{tracker}", self.host);
        let id = match self.ids {
            0 => &link,
            1 => "",
            _ => "same",
        };
        let entry = entry(
            id,
            if n.is_multiple_of(3) && self.ids == 0 {
                ""
            } else {
                &link
            },
            &format!("Logical {n}"),
        );
        // Every second one is edited.
        let text = if n.is_multiple_of(2) { self.text } else { 0 };
        saying(
            &format!("Text {text}"),
            ParsedEntry {
                published: Some(at(9, 0) + TimeDelta::minutes(n.into())),
                ..entry
            },
        )
    }
}

#[test]
fn whatever_a_publisher_does_each_article_comes_once() {
    let config = Config {
        cases: 300,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(11),
        ..Config::default()
    };
    let run = |styles: Vec<Style>| {
        let mut feed = unknown(FeedId(7), "https://news.example/feed".parse().unwrap());
        let mut now = at(12, 0);
        let mut known: BTreeMap<String, u32> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut written: BTreeMap<u32, i64> = BTreeMap::new();
        for style in styles {
            let document = style.document();
            seen.extend(document.iter().filter_map(|entry| entry.title.clone()));
            let plan = shown(&feed, document, now);
            for draft in &plan.new {
                let title = draft.entry.title.clone().unwrap();
                prop_assert_eq!(known.insert(title, draft.id.seq), None, "doubled");
            }
            for (seq, entry) in &plan.edited {
                prop_assert_eq!(
                    known.get(entry.title.as_ref().unwrap()),
                    Some(seq),
                    "merged"
                );
                let minute = minute_of(now);
                let last = written.insert(*seq, minute);
                prop_assert!(
                    last.is_none_or(|last| minute - last >= 24 * 60),
                    "twice a day"
                );
            }
            prop_assert_eq!(
                known.keys().collect::<Vec<_>>(),
                seen.iter().collect::<Vec<_>>(),
                "lost"
            );
            prop_assert_eq!(plan.feed.body.window.len(), known.len());
            feed = plan.feed;
            now += TimeDelta::hours(style.hours);
        }
        Ok(())
    };
    let styles = proptest::collection::vec(style(), 1..20);
    TestRunner::new(config).run(&styles, run).unwrap();
}

#[tokio::test]
async fn what_was_read_stays_read_when_a_publisher_moves() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let mut text = FeedText::hourly("News", 5, at(11, 0));
    for (n, entry) in text.entries.iter_mut().enumerate() {
        entry.id = Some(format!("http://site.example/posts/{n}"));
        entry.link.clone_from(&entry.id);
    }
    let url = web.put("/feed", Page::feed(text.rss()));
    let feed = ann.subscribes(&url).await;
    let page = ann.get(&format!("/feed/{feed}")).await;
    for line in &page.lines()[..2] {
        ann.get(&line.href).await.is(200);
    }
    let unread = ann.unread().await;
    assert!(unread < 5, "{unread}");
    let titles = ann.titles(&format!("/feed/{feed}?state=all")).await;
    let star = format!("/article/{feed}-2/star");
    ann.post(&star, &[]).await.is(303);
    let starred = ann.titles("/starred").await;
    assert_eq!(starred.len(), 1);

    for entry in &mut text.entries {
        let old = entry.id.take().unwrap();
        let new =
            old.replace("http://site", "https://www.moved") + "?utm_source=rss&amp;utm_medium=feed";
        (entry.id, entry.link) = (Some(new.clone()), Some(new));
    }
    web.put("/feed", Page::feed(text.rss()));
    app.minutes_pass(8 * 24 * 60);
    app.refresh().await;

    assert_eq!(web.asked("/feed").len(), 2);
    assert_eq!(ann.unread().await, unread);
    assert_eq!(ann.titles(&format!("/feed/{feed}?state=all")).await, titles);
    assert_eq!(app.count("Article").await, 5);
    assert_eq!(ann.titles("/starred").await, starred);
    // In the feed's list it still has its star.
    let lines = ann.get(&format!("/feed/{feed}?state=all")).await;
    let star = format!("/article/{feed}-2/unstar");
    let article = ann.get(&format!("/article/{feed}-2")).await;
    assert!(article.text().contains(&star));
    assert_eq!(lines.lines().len(), 5);
    app.is_sound().await;
}
