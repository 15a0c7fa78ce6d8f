//! `dormouse rescue FROM TO`

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde_json::json;

use super::{Context, done, no, print, print_json};
use crate::app::embedded_options;
use crate::datastore::embedded::{Embedded, rescue};
use crate::datastore::{Datastore, Entity, IndexSet, Kind, Mutation, Query, StoreError, Stored};
use crate::doctor::{Readers, recount};
use crate::feeds::{self, Feed};
use crate::ids::FeedId;
use crate::shelf::{journal, read_store, store as shelves};
use crate::{articles, users};

/// Changes of one commit.
const TOGETHER: usize = 200;

/// Copies what can be read, and makes it fit together. Exit 0 if that is all of it; exit 1 with a line for each loss.
pub(super) async fn run(
    context: &Context,
    from: &Path,
    to: &Path,
    json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    check_target(from, to)?;
    let options = embedded_options(&context.config.store, context.line.progress());
    let indexes = IndexSet::ours()?;
    let open = || Embedded::open_with(to, indexes.clone(), options.clone());
    let mut salvage = rescue::rescue(from, open, is_readable)?;
    if !salvage.lost.is_empty() {
        let store = Datastore::new(open()?, context.clock.clone());
        let day = context.clock.now().timestamp().div_euclid(24 * 60 * 60);
        salvage.lost.extend(mend(&store, day).await?);
    }
    if !salvage.lost.is_empty() && !salvage.saved.contains_key(Kind::User.name()) {
        let none = "all accounts: make them anew with dormouse user add";
        salvage.lost.push(none.to_owned());
    }
    context.line.wipe();
    if json {
        print_json(&json!({ "saved": salvage.saved, "lost": salvage.lost }))?;
        return if salvage.lost.is_empty() {
            done()
        } else {
            no()
        };
    }
    for (kind, count) in &salvage.saved {
        print(&format!("{kind}\t{count}"));
    }
    if salvage.lost.is_empty() {
        print("everything was saved");
        return done();
    }
    for lost in &salvage.lost {
        print(&format!("lost: {lost}"));
    }
    no()
}

/// Refuses a target that isn't a new folder of its own.
fn check_target(from: &Path, to: &Path) -> anyhow::Result<()> {
    if to.to_string_lossy().contains("://") {
        anyhow::bail!("TO is a folder on this machine: name a new one");
    }
    let is_taken = std::fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some());
    if is_taken {
        anyhow::bail!("{} isn’t empty: name a new folder", to.display());
    }
    let (from, to) = (std::path::absolute(from)?, std::path::absolute(to)?);
    if to.starts_with(&from) {
        anyhow::bail!("the new folder can’t be in the damaged one, which stays as it is");
    }
    Ok(())
}

/// Whether a record is one that the product can read.
fn is_readable(entity: &Entity) -> bool {
    let stored = Stored {
        entity: entity.clone(),
        version: 0,
    };
    match Kind::from_name(entity.key.kind()) {
        Some(Kind::Feed) => feeds::store::is_readable(&stored),
        Some(Kind::Article) => articles::store::is_readable(&stored),
        Some(Kind::User) => users::store::is_readable(&stored),
        Some(Kind::Subscription) => shelves::is_readable(&stored),
        Some(Kind::ReadState) => read_store::is_readable(&stored),
        Some(Kind::Journal) => journal::store::is_readable(&stored),
        _ => true,
    }
}

/// Makes what was saved fit together: no address, no subscription and no article leads to a feed that is gone, each feed is found by its
/// address, and counts the readers that it has. Returns what had to go, in words.
async fn mend(store: &Datastore, day: i64) -> Result<Vec<String>, StoreError> {
    let mut gone = Vec::new();
    let mut changes = Vec::new();
    let mut known: HashMap<FeedId, Feed> = HashMap::new();
    let mut cursor = None;
    loop {
        let (page, next) = feeds::store::all(store, cursor, 200).await?;
        known.extend(page.into_iter().map(|feed| (feed.id, feed)));
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    let mut addressed = HashSet::new();
    for row in everything(store, Kind::FeedUrl).await? {
        let feed = row.entity.int("feed").and_then(FeedId::from_number);
        match feed.filter(|feed| known.contains_key(feed)) {
            Some(_) => drop(addressed.insert(row.entity.key.clone())),
            None => changes.push(Mutation::Delete(row.entity.key, None)),
        }
    }
    // No page leads to articles whose feed's record is gone.
    let mut left: BTreeMap<FeedId, u64> = BTreeMap::new();
    loop {
        let (page, next) = articles::store::all_ids(store, cursor).await?;
        for id in page.into_iter().filter(|id| !known.contains_key(&id.feed)) {
            *left.entry(id.feed).or_default() += 1;
            changes.push(articles::store::remove(id));
        }
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    for (feed, count) in left {
        gone.push(format!(
            "articles of feed {feed}, whose own record is gone: {count}"
        ));
    }
    let mut readers: HashMap<FeedId, Readers> = HashMap::new();
    for user in users::store::list(store).await? {
        let mut lost = Vec::new();
        for one in shelves::list(store, user.id).await? {
            if known.contains_key(&one.feed) {
                let counted = readers.entry(one.feed).or_default();
                counted.all += 1;
                counted.asleep += u32::from(user.profile.resting.contains(&one.feed));
                continue;
            }
            changes.push(shelves::drop_of(user.id, one.feed));
            lost.push(one.title.unwrap_or_else(|| one.feed.to_string()));
        }
        if !lost.is_empty() {
            let (email, feeds) = (&user.profile.email, lost.join(", "));
            gone.push(format!(
                "{} of {email}, whose feeds are gone: {feeds}",
                crate::web::words::count(lost.len() as u64, "subscription")
            ));
        }
    }
    for mut feed in known.into_values() {
        let readers = readers.remove(&feed.id).unwrap_or_default();
        let before = feed.summary.clone();
        recount(&mut feed, readers, day);
        if feed.summary != before {
            changes.push(feeds::store::update(&feed)?);
        }
        let address = feeds::store::address_of(&feed);
        if !addressed.contains(address.key()) {
            changes.push(address);
        }
    }
    for together in changes.chunks(TOGETHER) {
        store.commit(together.to_vec()).await?;
    }
    Ok(gone)
}

/// All entities of a kind.
async fn everything(store: &Datastore, kind: Kind) -> Result<Vec<Stored>, StoreError> {
    let mut rows = Vec::new();
    let mut cursor = None;
    loop {
        let page = store
            .run_query(&Query::kind(kind, 1_000).after(cursor))
            .await?;
        rows.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() {
            return Ok(rows);
        }
    }
}
