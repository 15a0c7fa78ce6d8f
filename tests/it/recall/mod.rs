//! Recall: 300 short articles in eight languages, 120 queries with known answers, all written for this.
//!
//! Each line of a language's file is a query and its two articles; a line that begins with a dash is an article that no query asks
//! for. Recall is judged by language; precision is 1 by construction: what isn't confirmed isn't shown.

use chrono::TimeDelta;
use dormouse::web::words::segment;

use crate::support::{Entry, FakeWeb, FeedText, Page, TestApp, at};

const LANGUAGES: [(&str, &str); 8] = [
    ("en", include_str!("en.txt")),
    ("de", include_str!("de.txt")),
    ("fr", include_str!("fr.txt")),
    ("es", include_str!("es.txt")),
    ("ru", include_str!("ru.txt")),
    ("zh", include_str!("zh.txt")),
    ("ja", include_str!("ja.txt")),
    ("ko", include_str!("ko.txt")),
];

/// The queries of a file with the numbers of their articles, and the articles.
fn read(text: &str) -> (Vec<(String, [usize; 2])>, Vec<String>) {
    let (mut queries, mut articles) = (Vec::new(), Vec::new());
    for line in text.lines() {
        if let Some(other) = line.strip_prefix("- ") {
            articles.push(other.to_owned());
            continue;
        }
        let parts: Vec<&str> = line.split(" | ").collect();
        let [query, one, other] = parts[..] else {
            panic!("{line}")
        };
        queries.push((query.to_owned(), [articles.len(), articles.len() + 1]));
        articles.extend([one.to_owned(), other.to_owned()]);
    }
    (queries, articles)
}

#[tokio::test]
async fn what_is_there_is_found_in_eight_languages() {
    let (app, web) = (TestApp::in_memory(&[]).await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let mut feeds = Vec::new();
    for (code, text) in LANGUAGES {
        let (queries, articles) = read(text);
        let mut feed = FeedText::new(code);
        for (n, sentence) in articles.iter().enumerate() {
            let mut entry = Entry::new(
                &format!("{code}-{n}"),
                at(11, 0) - TimeDelta::minutes(n as i64),
            );
            entry.title = format!("{code} {n}");
            entry.content = format!("<p>{sentence}</p>");
            feed = feed.and(entry);
        }
        ann.subscribes(&web.put(&format!("/{code}"), Page::feed(feed.rss())))
            .await;
        feeds.push((code, queries, articles.len()));
    }
    let (mut lines, mut astray) = (Vec::new(), Vec::new());
    let (mut all_wanted, mut all_found, mut asked, mut count) = (0, 0, 0, 0);
    for (code, queries, articles) in &feeds {
        let (mut wanted, mut met) = (0, 0);
        for (query, answers) in queries {
            let answer = program
                .get(&format!("/api/v1/search?limit=100&q={}", segment(query)))
                .await;
            let json = answer.is(200).json();
            let hits = json["hits"].as_array().unwrap().iter();
            let titles: Vec<&str> = hits.map(|hit| hit["title"].as_str().unwrap()).collect();
            let right: Vec<String> = answers.iter().map(|n| format!("{code} {n}")).collect();
            wanted += right.len();
            let here = right
                .iter()
                .filter(|title| titles.contains(&title.as_str()))
                .count();
            met += here;
            if here < right.len() {
                lines.push(format!("{code}: {query}: {titles:?}"));
            }
            // Nothing of the same language is found that wasn't written for it.
            let others = titles.iter().filter(|title| title.starts_with(code));
            let wrong: Vec<_> = others
                .filter(|title| !right.iter().any(|one| one == *title))
                .collect();
            if !wrong.is_empty() {
                astray.push(format!("{code}: {query} finds {wrong:?}"));
            }
        }
        println!(
            "| {code} | {articles} | {} | {:.3} |",
            queries.len(),
            met as f64 / wanted as f64
        );
        (all_wanted, all_found) = (all_wanted + wanted, all_found + met);
        (asked, count) = (asked + queries.len(), count + articles);
    }
    let recall = all_found as f64 / all_wanted as f64;
    println!("| all | {count} | {asked} | {recall:.3} |");
    assert!(astray.is_empty(), "{astray:#?}");
    assert_eq!((count, asked), (300, 120));
    assert!(recall >= 0.98, "{recall}: {lines:#?}");
}
