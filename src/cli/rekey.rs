//! `dormouse rekey`

use serde::Serialize;

use anyhow::bail;

use super::{Context, done, no, print};
use crate::datastore::{Attempt, Datastore, StoreError, retry_on_conflict};
use crate::feeds::{self, Head};
use crate::ids::FeedId;
use crate::random::Random;
use crate::sealed::{Renewal, SecretKeys};
use crate::users::audit::Act;
use crate::users::{self, User, setting, share};
use crate::webhooks::store as hooks;

/// Feeds of a page, one read.
const FEEDS_A_PAGE: u32 = 1_000;

/// What was done.
#[derive(Debug, Default, Serialize)]
struct Report {
    /// Feeds' passwords that were sealed anew.
    doors: usize,
    /// One-time codes' secrets, likewise.
    codes: usize,
    /// Tokens of services that articles are sent to, likewise.
    services: usize,
    /// Webhooks' secrets, likewise.
    webhooks: usize,
    /// What none of the keys opens.
    lost: usize,
    /// Shared addresses that the older key signed: they end with it.
    shared: usize,
    /// Whether the key that was generated still counts as the older one.
    generated: bool,
}

/// Seals anew, one record after the other: what is done stays done, whenever this is stopped, and isn't done again.
/// With `end_generated`, the key that was generated ends then; not while something only it opens.
pub(super) async fn run(
    context: &Context,
    end_generated: bool,
    json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    if end_generated && context.config.server.secret_key.is_none() {
        bail!("Without SECRET_KEY the generated key is the one in use. Set SECRET_KEY first.");
    }
    let store = context.store("a copy of the store, or stop the server for a moment,")?;
    let keys = context.keys(&store).await?;
    let both = (&keys, &context.random);
    let mut report = Report::default();
    // It is many commits; none without its line.
    let line = context.line_about(Act::Rekeyed, None, "");
    store.commit(vec![line]).await?;
    doors(&store, both, &mut report).await?;
    for user in users::store::list(&store).await? {
        of_user(&store, both, user, &mut report).await?;
    }
    let generated = setting::generated_key(&store).await?;
    report.generated = context.config.server.secret_key.is_some() && generated.is_some();
    if end_generated && report.generated && report.lost == 0 {
        setting::end_generated_key(&store).await?;
        report.generated = false;
    }
    // What can't be opened is no success.
    let ended = if report.lost == 0 { done() } else { no() };
    if json {
        print(&serde_json::to_string(&report)?);
        return ended;
    }
    if keys.older().is_none() {
        print(
            "SECRET_KEY is one key; with a new one before it and a comma between, this seals anew",
        );
    }
    let Report {
        doors,
        codes,
        services,
        webhooks,
        lost,
        shared,
        generated,
    } = report;
    print(&format!("sealed anew: feeds\t{doors}"));
    print(&format!("sealed anew: one-time codes\t{codes}"));
    print(&format!("sealed anew: services\t{services}"));
    print(&format!("sealed anew: webhooks\t{webhooks}"));
    print(&format!("can’t be opened with either key\t{lost}"));
    print(&format!(
        "shared addresses that end with the older key\t{shared}"
    ));
    if generated {
        print(
            "the key that was generated still counts as the older one; after thirty days, rekey --end-generated ends it",
        );
    }
    ended
}

type Keys<'k> = (&'k SecretKeys, &'k Random);

/// Counts what became of something.
fn count(renewal: &Renewal, renewed: &mut usize, lost: &mut usize) {
    match renewal {
        Renewal::Fresh => {}
        Renewal::Renewed(_) => *renewed += 1,
        Renewal::Lost => *lost += 1,
    }
}

async fn doors(store: &Datastore, keys: Keys<'_>, report: &mut Report) -> Result<(), StoreError> {
    let mut cursor = None;
    loop {
        let (page, next) = feeds::store::all_heads(store, cursor, FEEDS_A_PAGE).await?;
        for Head { id, summary } in page {
            let Some(mut door) = summary.door else {
                continue;
            };
            // What the card has needs no read to see that it is fresh.
            if !door.sealed.is_empty() && door.renew(keys, summary.url.as_str()) == Renewal::Fresh {
                continue;
            }
            let renewal = door_of(store, keys, id).await?;
            count(&renewal, &mut report.doors, &mut report.lost);
        }
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(()),
        }
    }
}

async fn door_of(store: &Datastore, keys: Keys<'_>, id: FeedId) -> Result<Renewal, StoreError> {
    retry_on_conflict!(feeds::store::key(id), {
        let Some(mut feed) = feeds::store::get(store, id).await? else {
            return Ok(Attempt::Done(Renewal::Fresh));
        };
        let address = feed.summary.url.to_string();
        let renewal = match feed.summary.door.as_mut() {
            Some(door) => door.renew(keys, &address),
            None => Renewal::Fresh,
        };
        if !matches!(renewal, Renewal::Renewed(_)) {
            return Ok(Attempt::Done(renewal));
        }
        let committed = store.commit(vec![feeds::store::update(&feed)?]).await;
        Ok(Attempt::of(committed)?.map(|_| renewal))
    })
}

async fn of_user(
    store: &Datastore,
    keys: Keys<'_>,
    mut user: User,
    report: &mut Report,
) -> Result<(), StoreError> {
    let renewals = reseal(&mut user, keys);
    if renewals
        .iter()
        .any(|(_, renewal)| matches!(renewal, Renewal::Renewed(_)))
    {
        users::store::change(store, user.id, |user| {
            reseal(user, keys);
        })
        .await?;
    }
    for (is_code, renewal) in &renewals {
        let renewed = match is_code {
            true => &mut report.codes,
            false => &mut report.services,
        };
        count(renewal, renewed, &mut report.lost);
    }
    for hook in hooks::of_user(store, user.id).await? {
        let renewal = hooks::reseal(store, keys, &hook.id).await?;
        count(&renewal, &mut report.webhooks, &mut report.lost);
    }
    let open = share::list(store, user.id).await?;
    report.shared += open
        .iter()
        .filter(|one| one.ends_with_older(keys.0))
        .count();
    Ok(())
}

/// Seals anew what an account's record has; whether each is of one-time codes, and what became of it.
fn reseal(user: &mut User, keys: Keys<'_>) -> Vec<(bool, Renewal)> {
    let profile = &mut user.profile;
    let codes = profile.codes.iter_mut();
    let codes = codes.map(|codes| (true, codes.reseal(keys)));
    let targets = profile.preferences.targets.iter_mut();
    let targets = targets.map(|target| (false, target.reseal(keys)));
    codes.chain(targets).collect()
}
