//! A search over a whole shelf, as programs and the page ask for it, judged against the same scan: several feeds in folders, stars, tags,
//! what is read, what a rule hides, both orders, and pages by cursor.

use std::collections::BTreeMap;
use std::fmt::Write;

use dormouse::search::stem::Language;
use dormouse::web::words::segment;
use http::Method;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::json;

use crate::finding::{
    Asked, DAY, Feed, How, LINKS, Text, WORDS, YEAR, asked, feed, has, holds, text, typed,
};
use crate::support::{Client, FakeWeb, Page, TestApp};

/// Languages that are declared, as numbers and as codes.
const CODES: [&str; 3] = ["en", "de", "fr"];

/// An article on the shelf, with its feed's number among the feeds.
#[derive(Clone, Debug)]
struct Shelved {
    text: Text,
    feed: usize,
    is_hidden: bool,
}

/// A feed as its publisher writes it. What has no name gets one: untitled ones are called by their texts.
fn document(title: &str, texts: &[Text], from: usize) -> String {
    let mut atom = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>urn:feed:{from}</id><title>{title}</title><updated>2026-03-01T00:00:00Z</updated>"
    );
    for (n, text) in texts.iter().enumerate() {
        let at = chrono::DateTime::from_timestamp(YEAR + text.day * DAY + 3_600, 0).unwrap();
        let at = at.format("%Y-%m-%dT%H:%M:%SZ");
        let lang = CODES[usize::from(text.lang) - 1];
        let name = from + n;
        let _ = write!(
            atom,
            "<entry xml:lang=\"{lang}\"><id>urn:entry:{name}</id><title>{}</title><published>{at}</published><updated>{at}</updated>\
             <link href=\"http://site.example/{name}\"/>",
            text.title
        );
        if !text.author.is_empty() {
            let _ = write!(atom, "<author><name>{}</name></author>", text.author);
        }
        for name in text.categories.iter().filter(|name| !name.is_empty()) {
            let _ = write!(atom, "<category term=\"{name}\"/>");
        }
        for (bit, kind) in [(1, "audio/mpeg"), (2, "video/mp4"), (4, "image/png")] {
            if text.media & bit != 0 {
                let _ = write!(
                    atom,
                    "<link rel=\"enclosure\" type=\"{kind}\" href=\"http://site.example/{name}/{bit}\"/>"
                );
            }
        }
        let _ = write!(
            atom,
            "<content type=\"html\">&lt;p&gt;{} &lt;a href=\"{}\"&gt;x&lt;/a&gt;&lt;/p&gt;</content></entry>",
            text.body, LINKS[text.link]
        );
    }
    atom.push_str("</feed>");
    atom
}

/// All hits by their links, page by page in an order, as programs get them.
async fn found(program: &Client<'_>, query: &str, sort: &str) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    for _ in 0..100 {
        let path = format!(
            "/api/v1/search?q={}&sort={sort}&limit=2{cursor}",
            segment(query)
        );
        let page = program.get(&path).await.is(200).json();
        let hits = page["hits"].as_array().unwrap().iter();
        found.extend(hits.map(|hit| hit["link"].as_str().unwrap().to_owned()));
        match page["cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={}", segment(next)),
            None => return found,
        }
    }
    panic!("the cursor doesn’t end")
}

/// A shelf with these feeds, and what its reader did there. The feeds as the shelf has them.
async fn shelve(
    ann: &Client<'_>,
    program: &Client<'_>,
    web: &FakeWeb,
    feeds: &mut [(Feed, Vec<Text>)],
    muted: Option<usize>,
) -> BTreeMap<String, Shelved> {
    let mut shelved = BTreeMap::new();
    let mut from = 0;
    for (n, (feed, texts)) in feeds.iter_mut().enumerate() {
        if feed.title.is_empty() {
            "Feed".clone_into(&mut feed.title);
        }
        texts
            .iter_mut()
            .filter(|text| text.title.is_empty())
            .for_each(|text| "Untitled".clone_into(&mut text.title));
        let page = Page::feed(document(&feed.title, texts, from));
        let id = ann.subscribes(&web.put(&format!("/{n}"), page)).await;
        let paths = feed.folders.iter();
        let folders: Vec<Vec<&String>> = paths
            .map(|path| path.iter().filter(|name| !name.is_empty()).collect())
            .collect();
        let folders: Vec<_> = folders
            .into_iter()
            .filter(|path| !path.is_empty())
            .collect();
        let ask = program.ask(Method::PATCH, &format!("/api/v1/subscriptions/{id}"));
        let changed = ask.json(&json!({ "folders": folders })).send().await;
        let known = changed.is(200).json();
        feed.folders = serde_json::from_value(known["folders"].clone()).unwrap();
        for (place, text) in texts.iter().enumerate() {
            let one = Shelved {
                text: text.clone(),
                feed: n,
                is_hidden: false,
            };
            shelved.insert(format!("http://site.example/{}", from + place), one);
        }
        from += texts.len();
    }
    let listed = program
        .get("/api/v1/articles?limit=200")
        .await
        .is(200)
        .json();
    let mut read = Vec::new();
    for article in listed["articles"].as_array().unwrap() {
        let one = shelved.get_mut(article["link"].as_str().unwrap()).unwrap();
        let id = article["id"].as_str().unwrap();
        // By what it is stemmed is its parser's affair.
        let whole = program
            .get(&format!("/api/v1/articles/{id}"))
            .await
            .is(200)
            .json();
        one.text.lang = Language::of(whole["lang"].as_str()).0;
        if one.text.is_starred {
            let star = format!("/article/{id}/star");
            ann.post(&star, &[("return", "/all")]).await.is(303);
        }
        if let Some(tag) = one.text.tags.first() {
            let form = [("tags", tag.as_str()), ("note", ""), ("return", "/all")];
            ann.post(&format!("/article/{id}/tags"), &form)
                .await
                .is(303);
        }
        if one.text.is_read {
            read.push(id.to_owned());
        }
    }
    if let Some(word) = muted.map(|n| WORDS[n]) {
        let rule = json!({
            "conditions": [{ "what": "title", "how": "words", "text": word }],
            "does": ["hide"], "apply": true,
        });
        program.post_json("/api/v1/rules", rule).await.is(201);
        for one in shelved.values_mut() {
            let own = one.text.is_starred || !one.text.tags.is_empty();
            let is_met = has(&one.text.title, word, How::Quoted, None);
            // What is starred or kept is the reader's own, and is found.
            one.is_hidden = is_met && !own;
            one.text.is_read |= is_met;
        }
    }
    let marks = json!({ "read": read, "unread": [] });
    program.post_json("/api/v1/marks", marks).await.is(200);
    shelved
}

/// Whether the shelf's search and the scan agree about some queries.
async fn agree(
    mut feeds: Vec<(Feed, Vec<Text>)>,
    queries: Vec<Asked>,
    muted: Option<usize>,
) -> Result<(), TestCaseError> {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let shelved = shelve(&ann, &program, &web, &mut feeds, muted).await;
    for asked in queries {
        let query = typed(&asked);
        let is_hit = |one: &Shelved| {
            let feed = &feeds[one.feed].0;
            let term = |(not, ask): &_| holds(ask, &one.text, feed) != *not;
            !one.is_hidden && asked.iter().all(|group| group.iter().any(term))
        };
        let scanned = shelved.iter().filter(|(_, one)| is_hit(one));
        let scanned: Vec<&String> = scanned.map(|(link, _)| link).collect();
        let newest = found(&program, &query, "newest").await;
        let day = |link: &String| shelved[link].text.day;
        prop_assert!(
            newest.is_sorted_by_key(|link| -day(link)),
            "{query}: {newest:?}"
        );
        for (sort, found) in [
            ("newest", newest),
            ("best", found(&program, &query, "best").await),
        ] {
            let mut sorted: Vec<&String> = found.iter().collect();
            sorted.sort();
            prop_assert_eq!(&sorted, &scanned, "{} ({}): {:?}", query, sort, &shelved);
        }
        let page = ann.get(&format!("/search?q={}", segment(&query))).await;
        let shown = page.is(200).lines().len();
        let is_more = page.next_page().is_some();
        prop_assert!(shown == scanned.len() || is_more, "{query}: {shown} shown");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_shelf_is_searched_as_a_scan_would(
        feeds in proptest::collection::vec((feed(), proptest::collection::vec(text(), 1..8)), 2..5),
        queries in proptest::collection::vec(asked(), 8),
        muted in proptest::option::of(0..WORDS.len()),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(agree(feeds, queries, muted))?;
    }
}
