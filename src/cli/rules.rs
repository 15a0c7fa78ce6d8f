//! `dormouse rules`

use super::{Context, done, print};
use crate::shelf::Shelf;
use crate::shelf::rulebook::json::JsonBook;
use crate::shelf::rulebook::{Rule, Where};
use crate::shelf::subscription::folder_text;
use crate::timestamp::minute_of;

/// Prints a user's rules, in their order.
pub(super) async fn run(
    context: &Context,
    email: &str,
    json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("the page /rules")?;
    let user = context.user(&store, email).await?;
    let shelf = Shelf::load(&store, user).await?;
    let book = shelf.read.book();
    let minute = minute_of(context.clock.now());
    let place = |place: &Where| match place {
        Where::Everywhere => "everywhere".to_owned(),
        Where::Folder(path) => folder_text(path),
        Where::Feed(feed) => shelf.title(*feed),
    };
    let day = minute.div_euclid(24 * 60);
    if json {
        let rules = JsonBook::of(book, minute);
        print(&serde_json::to_string_pretty(&rules)?);
        return done();
    }
    let line = |rule: &Rule| {
        let state = if rule.is_on(minute) { "on" } else { "off" };
        let count = book.counted(rule.id, day);
        format!(
            "{}\t{state}\t{count}\t{}\t{}",
            rule.id,
            place(&rule.place),
            rule.name
        )
    };
    book.rules.iter().for_each(|rule| print(&line(rule)));
    if !book.waiting.is_empty() {
        eprintln!("waiting to be sent on: {} articles", book.waiting.len());
    }
    for one in book.lost(minute) {
        eprintln!("given up: {} articles for {}", one.count, one.hook);
    }
    done()
}
