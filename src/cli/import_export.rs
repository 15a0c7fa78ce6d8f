//! `dormouse import`, `dormouse export`

use std::path::Path;

use super::{Context, done, print, print_error};
use crate::shelf::import_report::LineResult;
use crate::shelf::{Shelf, export as opml_out, import, opml, store as shelf_store};
use crate::users;
use crate::users::audit::Act;

/// Only adds the feeds; the next ticks fetch them.
pub(super) async fn import(
    context: &Context,
    file: &Path,
    user: &str,
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
    let line = context.line(Act::Imported, user, "");
    shelf_store::put_import(&store, user, &report, Some(line)).await?;
    for line in &report.lines {
        let (result, why) = match &line.result {
            LineResult::Added(_) => ("added", ""),
            LineResult::Already(_) => ("already", ""),
            LineResult::Refused(why) => ("refused", why.as_str()),
        };
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

/// With passwords, the file shows what is sealed in the store.
pub(super) async fn export(
    context: &Context,
    user: &str,
    with_passwords: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("the page /export.opml, or GET /api/v1/opml,")?;
    let user = context.user(&store, user).await?;
    let shelf = Shelf::load(&store, user).await?;
    let keys = match with_passwords {
        true => Some(context.keys(&store).await?),
        false => None,
    };
    let text = opml_out::export(&store, &shelf, keys.as_ref(), context.clock.now()).await?;
    print(text.trim_end());
    done()
}
