//! What lists of words take, and what is said where they have no room.

use dormouse::articles::words::entry_of;
use dormouse::articles::{Article, ArticleSummary, Body};
use dormouse::ids::{ArticleId, FeedId};
use dormouse::parse::parse;
use dormouse::search::{Entry as Entered, Words};

use crate::searching::{entry, found};
use crate::support::{FakeWeb, FeedText, Page, TestApp, corpus};

/// Most bytes of a feed of 200 articles.
const MOST: usize = 80_000;

fn article(seq: u32, title: &str, html: &str) -> Article {
    let at = 1_790_000_000 + i64::from(seq) * 3_600;
    Article {
        id: ArticleId {
            feed: FeedId(1),
            seq,
        },
        summary: ArticleSummary {
            title: title.to_owned(),
            order: at * 1_000_000,
            lang: Some("en".into()),
            ..ArticleSummary::default()
        },
        body: Body {
            title: title.to_owned(),
            html: html.to_owned(),
            published: Some(at),
            ..Body::default()
        },
    }
}

/// How many words each article has in a list, added up.
fn held(words: &Words) -> usize {
    let mut count = 0;
    words.beginning("", |_, articles| {
        let _ = articles.each(|_, _| count += 1);
    });
    count
}

/// The list of these, added in steps as news comes, and how many words it should have.
fn list_of(entries: &[Entered]) -> (Words, usize) {
    let mut words = Words::default();
    let mut wanted = 0;
    for some in entries.chunks(40) {
        words = Words::open(words.changed(|_| true, some).into()).unwrap();
        wanted += held(&Words::open(Words::default().changed(|_| true, some).into()).unwrap());
    }
    (words, wanted)
}

/// What sites really served, each stretched to 200 articles: again and again the same ones, each time with no word in common with
/// the times before, which is more than any site's would take.
#[test]
fn the_words_of_real_feeds_take_little() {
    let Some(folder) = corpus("feeds") else {
        return;
    };
    let mut sizes = Vec::new();
    for origin in ["FeedReader-net", "feedjira"] {
        let mut files = vec![folder.join(origin)];
        while let Some(path) = files.pop() {
            if path.is_dir() {
                let all = std::fs::read_dir(path).unwrap();
                files.extend(all.map(|one| one.unwrap().path()));
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let address = "https://blog.example/feed".parse().unwrap();
            let Ok(feed) = parse(&bytes, None, &address) else {
                continue;
            };
            if feed.entries.len() < 20 {
                continue;
            }
            let served: Vec<(String, String)> = feed
                .entries
                .iter()
                .map(|one| {
                    let text = one.content.as_ref().or(one.summary.as_ref());
                    (
                        one.title.clone().unwrap_or_default(),
                        text.cloned().unwrap_or_default(),
                    )
                })
                .collect();
            let mut entries = Vec::new();
            for seq in 1..=200_usize {
                let (title, html) = &served[(seq - 1) % served.len()];
                let turn = (seq - 1) / served.len();
                let other = |text: &str| match turn {
                    0 => text.to_owned(),
                    _ => stretched(text, turn),
                };
                let one = article(seq as u32, &other(title), &other(html));
                entries.push(entry_of(&one));
            }
            let (words, wanted) = list_of(&entries);
            assert_eq!(words.docs().len(), 200, "{:?}", feed.title);
            let parts = words.docs().iter().filter(|doc| doc.is_part).count();
            let share = held(&words) as f64 / wanted as f64;
            assert!(parts > 0 || share > 0.999, "what is left out is said");
            sizes.push((
                words.list().len(),
                share,
                parts,
                feed.title.unwrap_or_default(),
            ));
        }
    }
    sizes.sort_by_key(|one| one.0);
    for (bytes, share, parts, title) in &sizes {
        println!("{bytes} bytes, {share:.3} of the words, {parts} in part: {title}");
    }
    assert!(sizes.len() >= 23, "{} feeds", sizes.len());
    let large: Vec<_> = sizes.iter().filter(|one| one.0 > MOST).collect();
    assert!(large.is_empty(), "{large:?}");
    let whole = sizes.iter().filter(|one| one.2 == 0).count();
    assert!(whole * 5 >= sizes.len() * 4, "{whole} of {}", sizes.len());
    let median = sizes[sizes.len() / 2].0;
    assert!(median <= 40_000, "{median} bytes");
}

/// The text with another letter in each word of it, outside of tags.
fn stretched(text: &str, turn: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(turn % 26).unwrap());
    let (mut out, mut in_tag, mut before) = (String::new(), false, ' ');
    for c in text.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ => {}
        }
        out.push(c);
        // After a word's second letter, so that stretched words begin alike no more than real ones.
        if !in_tag && c.is_alphabetic() && before.is_alphabetic() {
            out.push(letter);
            before = ' ';
            continue;
        }
        before = c;
    }
    out
}

/// 200 articles of 547 words each, of a vocabulary of 40,000 by Zipf's law: more words than any blog has.
#[test]
fn the_longest_texts_have_a_ceiling() {
    let mut state = 0x5eed_1234_5678_9abc_u64;
    let mut share = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let word = |rank: usize| {
        let mut rest = rank + 3;
        let mut out = String::new();
        while rest > 0 {
            out.push(char::from(b"bcdfghlmnprstv"[rest % 14]));
            rest /= 14;
            out.push(char::from(b"aeiou"[rest % 5]));
            rest /= 5;
        }
        out
    };
    for count in [547, 3_000] {
        let entries: Vec<Entered> = (1..=200)
            .map(|seq| {
                let mut text = String::new();
                for _ in 0..count {
                    text.push_str(&word(40_000_f64.powf(share()) as usize - 1));
                    text.push(' ');
                }
                let html = format!("<p>{text}</p><a href=\"https://example.org/{seq}\">x</a>");
                entry_of(&article(
                    seq,
                    &format!("Title{seq} {}", word(30_000)),
                    &html,
                ))
            })
            .collect();
        let (words, wanted) = list_of(&entries);
        let kept = held(&words) as f64 / wanted as f64;
        let parts = words.docs().iter().filter(|doc| doc.is_part).count();
        println!(
            "{count} words an article: {} bytes, {kept:.3} of the words, {parts} in part",
            words.list().len()
        );
        assert!(words.list().len() <= MOST, "{}", words.list().len());
        assert_eq!(words.docs().len(), 200, "each is searched");
        assert!(kept > 0.999 || parts > 0);
        // Titles and links are never left out.
        for seq in 1..=200_u32 {
            let mut found = Vec::new();
            words.articles(&format!("title{seq}"), |doc, _| found.push(doc));
            assert_eq!(found, [u16::try_from(seq).unwrap() - 1]);
        }
        // What is common is found in all.
        let mut commonest = 0;
        words.articles(&word(0), |_, _| commonest += 1);
        assert!(commonest >= 195, "{commonest}");
    }
}

#[tokio::test]
async fn articles_that_are_searched_in_part_are_said_with_their_feeds() {
    let (app, web) = (TestApp::in_memory(&[]).await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let mut long = FeedText::new("Long Reads");
    for n in 0..60_u32 {
        let text: String = (0..2_000)
            .map(|k| format!("v{:x} ", (n * 7_919 + k * 104_729 + k * k) % 999_983))
            .collect();
        let name = format!("long-{n}");
        long = long.and(entry(&name, &format!("Essay {n}"), &text, i64::from(n)));
    }
    let id = ann
        .subscribes(&web.put("/long", Page::feed(long.rss())))
        .await;
    let short = FeedText::new("Short").and(entry("s", "Essay short", "Few words.", 1));
    ann.subscribes(&web.put("/short", Page::feed(short.rss())))
        .await;
    let program = app.program_of(&ann).await;
    let feed = app.feed(&id).await;
    assert!(feed.words.len() <= MOST, "{}", feed.words.len());
    let json = program.get("/api/v1/search?q=essay").await.is(200).json();
    assert_eq!(json["searched"]["articles"], 61);
    assert_eq!(json["searched"]["in_part"], 60, "{}", json["searched"]);
    let page = ann.get("/search?q=essay").await;
    let words = page.is(200).words();
    assert!(
        words.contains(
            "Of 60 long articles only the titles and the commoner words are searched: Long Reads."
        ),
        "{words}"
    );
    // In a search that leaves that feed out, nothing is missing.
    let page = ann.get("/search?q=essay%20feed:short").await;
    assert!(!page.is(200).words().contains("commoner words"));
    let json = program
        .get("/api/v1/search?q=essay%20feed:short")
        .await
        .json();
    assert_eq!(json["searched"]["in_part"], serde_json::Value::Null);
    assert_eq!(found(&program, "title:\"essay 59\"").await, ["Essay 59"]);
}
