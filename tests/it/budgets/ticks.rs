//! Runs the rows of the tick table.

use super::{ARTICLES, Drive, SIZES, Table, shelf};
use crate::support::{FakeWeb, FeedText, Page, TestApp, at};

/// Runs the tick in each of its situations.
pub(super) async fn drive(place: usize, measured: &mut Table) {
    let web = FakeWeb::with_hosts(8);
    let app = TestApp::in_memory(&[("TICK_SECONDS", "540")]).await;
    let (_ann, _) = shelf(&app, &web, SIZES[place]).await;
    let mut d = Drive::of(&app, place, measured);
    app.minutes_pass(5);
    let cost = app.cron().await.cost;
    d.note("tick, nobody is due", "any", cost);
    assert_eq!(app.cron().await.json()["finished"], false);
    d.note("tick, declined", "any", app.cron().await.cost);
    app.minutes_pass(7);
    d.note("tick, due and nothing new", "any", app.cron().await.cost);
    // After a night without requests all feeds are due, and the ledger's day has ended.
    app.minutes_pass(24 * 60);
    let report = app.cron().await;
    assert_eq!(report.json()["articles"], 0, "{}", report.json());
    d.note(
        "tick, all due after a night and a new day",
        "any",
        report.cost,
    );
    for n in 0..20 {
        let text = FeedText::hourly(&format!("F{n}"), ARTICLES + 3, at(14, 0)).rss();
        web.put(&format!("/{n}"), Page::feed(text));
    }
    app.minutes_pass(23 * 60);
    let report = app.cron().await;
    let news = report.json()["articles"].as_u64().unwrap();
    assert_eq!(news, 60, "{}", report.json());
    d.note(
        "tick, 20 feeds with 3 new articles each",
        "any",
        report.cost,
    );
}
