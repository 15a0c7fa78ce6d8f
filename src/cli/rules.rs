//! `dormouse rules`

use super::{Context, done, print};
use crate::shelf::Shelf;
use crate::shelf::rulebook::json::JsonRule;
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
        let rules = JsonRule::all(book, minute);
        print(&serde_json::to_string_pretty(
            &serde_json::json!({ "rules": rules }),
        )?);
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
    done()
}
