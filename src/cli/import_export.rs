//! `dormouse import`, `dormouse export`

use std::path::Path;

use serde_json::json;

use super::{Context, done, no, print, print_error, print_json};
use crate::shelf::import_report::{ImportReport, LineResult};
use crate::shelf::subscription::folder_text;
use crate::shelf::{Shelf, export as opml_out, import, opml, store as shelf_store};
use crate::users;
use crate::users::audit::Act;

/// Only adds the feeds; the next ticks fetch them.
pub(super) async fn import(
    context: &Context,
    file: &Path,
    user: &str,
    json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let bytes =
        std::fs::read(file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    let opml =
        opml::read(&bytes).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    let store = context.store("the page /import, or POST /api/v1/opml,")?;
    let user = context.user(&store, user).await?;
    let account = users::store::get(&store, user).await?;
    let quota = account
        .as_ref()
        .map_or(context.config.quotas.readers, |user| {
            let class = context.config.quotas.of(user.profile.admin);
            let ceiling = &context.config.quotas.ceiling;
            user.profile.quota.over(class, ceiling)
        });
    // An import counts as a visit, since feeds without an active subscriber aren't fetched.
    if let Some(account) = account {
        let today = users::day_of(context.clock.now());
        users::store::seen(&store, account, today).await?;
    }
    let private = context.config.fetch.allow_private;
    let keys = context.keys(&store).await?;
    let most = quota.shelf();
    // It is many commits; none without its line.
    store
        .commit(vec![context.line(Act::Imported, user, "")])
        .await?;
    let report = import::import(
        &store,
        &context.clock,
        (&keys, &context.random),
        user,
        &opml,
        private,
        most,
    )
    .await?;
    shelf_store::put_import(&store, user, &report).await?;
    context.line.wipe();
    if json {
        print_json(&told(&report))?;
        return done();
    }
    for line in &report.lines {
        let (result, why) = said(&line.result);
        print(
            &format!("{result}\t{}\t{why}", line.address)
                .trim_end()
                .replace('\n', " "),
        );
    }
    for note in &report.notes {
        print_error(note);
    }
    let (added, already, refused) = report.counts();
    eprintln!(
        "{added} added, {already} already there, {refused} refused; the next ticks fetch them"
    );
    done()
}

/// What became of a line, and why.
fn said(result: &LineResult) -> (&'static str, &str) {
    match result {
        LineResult::Added(_) => ("added", ""),
        LineResult::Already(_) => ("already", ""),
        LineResult::Refused(why) => ("refused", why.as_str()),
    }
}

fn told(report: &ImportReport) -> serde_json::Value {
    let lines = report.lines.iter().map(|line| {
        let (result, why) = said(&line.result);
        let feed = match &line.result {
            LineResult::Added(feed) | LineResult::Already(feed) => Some(feed.to_string()),
            LineResult::Refused(_) => None,
        };
        let reason = (!why.is_empty()).then_some(why);
        json!({ "result": result, "feed": feed, "url": line.address, "title": line.title, "reason": reason })
    });
    let lines: Vec<_> = lines.collect();
    let (added, already, refused) = report.counts();
    json!({
        "added": added, "already": already, "refused": refused, "lines": lines, "notes": report.notes,
    })
}

/// With passwords, the file shows what is sealed in the store.
pub(super) async fn export(
    context: &Context,
    user: &str,
    with_passwords: bool,
    json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("the page /export.opml, or GET /api/v1/opml,")?;
    let user = context.user(&store, user).await?;
    let shelf = Shelf::load(&store, user).await?;
    // Nothing is handed out without its line.
    let line = match with_passwords && !json {
        true => context.line(Act::PasswordsExported, user, ""),
        false => context.line(Act::Exported, user, "dormouse.opml"),
    };
    store.commit(vec![line]).await?;
    if json {
        let all = shelf.subscriptions.iter().map(|one| {
            let url = shelf.summary(one.feed).map(|summary| summary.url.to_string());
            let first = std::iter::once(&one.folder).filter(|path| !path.is_empty());
            let folders = first.chain(&one.also).map(|path| folder_text(path));
            let folders: Vec<String> = folders.collect();
            json!({
                "feed": one.feed.to_string(), "title": shelf.title(one.feed), "url": url, "folders": folders,
            })
        });
        print_json(&json!({ "subscriptions": all.collect::<Vec<_>>() }))?;
        return done();
    }
    let keys = match with_passwords {
        true => Some(context.keys(&store).await?),
        false => None,
    };
    let text = opml_out::export(&store, &shelf, keys.as_ref(), context.clock.now()).await?;
    print(text.trim_end());
    match keys {
        Some(keys) => all_opened(opml_out::lost(&store, &shelf, &keys).await?),
        None => done(),
    }
}

/// Says of how many feeds the password isn't in an export.
pub(super) fn all_opened(lost: usize) -> anyhow::Result<std::process::ExitCode> {
    if lost == 0 {
        return done();
    }
    eprintln!(
        "SECRET_KEY opens the passwords of all feeds but {lost}: these are without theirs. Set the key that sealed them behind it, with a comma between."
    );
    no()
}
