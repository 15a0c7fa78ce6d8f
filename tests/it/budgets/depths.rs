//! An unread list below articles that were read: what lies above must not cost.

use serde_json::json;

use super::{Drive, SIZES, Table, shelf_of};
use crate::support::{Client, FakeWeb, TestApp};

/// Articles of a feed, for each of the sizes: 3,000 and more in all.
const ARTICLES: [u32; 3] = [150, 25, 6];

/// Opens the unread list with nothing read, with half of each feed read above the rest, and with all but its oldest.
pub(super) async fn drive(place: usize, measured: &mut Table) {
    let web = FakeWeb::with_hosts(8);
    let app = TestApp::in_memory(&[]).await;
    let articles = ARTICLES[place];
    let count = i32::try_from(articles).unwrap();
    let (ann, program) = shelf_of(&app, &web, SIZES[place], count).await;
    // New feeds begin with some unread only.
    let feeds = feeds(&program).await;
    mark(&program, &feeds, 1..=articles, "unread").await;
    let mut d = Drive::of(&app, place, measured);
    let mut plain = 0;
    for (read, name) in [
        (0, "nothing read"),
        (articles / 2, "half read above"),
        (articles - 1, "one unread below each"),
    ] {
        mark(&program, &feeds, articles - read + 1..=articles, "read").await;
        app.forgets();
        let page = ann.get("/unread").await;
        page.is(200);
        assert_eq!(
            page.lines().len(),
            50.min(feeds.len() * (articles - read) as usize)
        );
        d.note(&format!("GET /unread, {name}"), "cold", page.cost);
        match read {
            0 => plain = page.cost.reads,
            _ => assert!(page.cost.reads <= plain + 2, "{name}: {:?}", page.cost),
        }
    }
}

async fn feeds(program: &Client<'_>) -> Vec<String> {
    let all = program.get("/api/v1/subscriptions").await.is(200).json();
    let all = all["subscriptions"].as_array().unwrap().iter();
    all.map(|one| one["feed"].as_str().unwrap().to_owned())
        .collect()
}

async fn mark(
    program: &Client<'_>,
    feeds: &[String],
    numbers: std::ops::RangeInclusive<u32>,
    how: &str,
) {
    let ids = feeds.iter().flat_map(|feed| {
        let numbers = numbers.clone();
        numbers.map(move |number| format!("{feed}-{number}"))
    });
    let ids: Vec<String> = ids.collect();
    for ids in ids.chunks(300) {
        program
            .post_json("/api/v1/marks", json!({ how: ids }))
            .await
            .is(200);
    }
}
