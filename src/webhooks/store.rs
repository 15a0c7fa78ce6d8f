//! `Webhook` in the store: a hook by its id, and one record of what waits.

use super::{Hook, Lost, MOST_OF_A_FEED, MOST_OF_A_USER, MOST_WAITING, PURPOSE, Waiting};
use crate::codec;
use crate::datastore::{
    Attempt, Datastore, Entity, Key, Kind, Mutation, Query, StoreError, Stored, retry_on_conflict,
};
use crate::feeds::{self, Feed};
use crate::ids::{FeedId, UserId};
use crate::random::Random;
use crate::sealed::{Renewal, Seal, SecretKeys};

/// The name of the record of what waits. A hook's is hexadecimal.
const WAITING: &str = "waiting";

fn key(id: &str) -> Key {
    Key::name(Kind::Webhook, id)
}

fn from_stored(stored: &Stored) -> Result<Hook, StoreError> {
    let entity = &stored.entity;
    let corrupt = || StoreError::Corrupt("a webhook without its feed".into());
    let feed = entity.int("feed").and_then(FeedId::from_number);
    Ok(Hook {
        id: entity.key.id_name().unwrap_or_default().to_owned(),
        user: UserId(entity.int("user").ok_or_else(corrupt)?),
        feed: feed.ok_or_else(corrupt)?,
        body: codec::unpack(entity.blob("body").unwrap_or_default())?,
    })
}

/// Whether a record can be decoded.
pub fn is_readable(stored: &Stored) -> bool {
    match stored.entity.int("feed") {
        Some(_) => from_stored(stored).is_ok(),
        None => waiting_of(Some(stored)).is_ok(),
    }
}

fn put(hook: &Hook) -> Result<Mutation, StoreError> {
    let entity = Entity::new(key(&hook.id))
        .indexed("user", hook.user.0)
        .indexed("feed", hook.feed.number())
        .unindexed("body", codec::pack(&hook.body)?);
    Ok(Mutation::Upsert(entity, None))
}

/// A user's hooks, the oldest first. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn of_user(store: &Datastore, user: UserId) -> Result<Vec<Hook>, StoreError> {
    let most = u32::try_from(2 * MOST_OF_A_USER).unwrap_or(u32::MAX);
    all(
        store,
        Query::kind(Kind::Webhook, most).equal("user", user.0),
    )
    .await
}

/// A feed's hooks, the oldest first. One read.
///
/// # Errors
/// Those of [`of_user`].
pub async fn of_feed(store: &Datastore, feed: FeedId) -> Result<Vec<Hook>, StoreError> {
    let query = Query::kind(Kind::Webhook, 2 * MOST_OF_A_FEED).equal("feed", feed.number());
    all(store, query).await
}

async fn all(store: &Datastore, query: Query) -> Result<Vec<Hook>, StoreError> {
    let page = store.run_query(&query).await?;
    let mut all: Vec<Hook> = page
        .rows
        .iter()
        .map(from_stored)
        .collect::<Result<_, _>>()?;
    all.sort_by(|one, other| (one.body.made, &one.id).cmp(&(other.body.made, &other.id)));
    Ok(all)
}

/// A hook; `None` if there is none. One read.
///
/// # Errors
/// Those of [`of_user`].
pub async fn get(store: &Datastore, id: &str) -> Result<Option<Hook>, StoreError> {
    if id == WAITING {
        return Ok(None);
    }
    let stored = store.get(&key(id)).await?;
    stored.as_ref().map(from_stored).transpose()
}

/// Adds a hook, with a line of the audit log, and counts it in its feed; `false` if the feed has as many as it may, or is gone. One read
/// and three writes.
///
/// # Errors
/// Those of [`of_user`]; [`StoreError::Contention`] after many conflicts.
pub async fn add(store: &Datastore, hook: &Hook, line: &Mutation) -> Result<bool, StoreError> {
    retry_on_conflict!(feeds::store::key(hook.feed), {
        let feed = feeds::store::get(store, hook.feed).await?;
        let Some(mut feed) = feed.filter(|feed| feed.summary.hooks < MOST_OF_A_FEED) else {
            return Ok(Attempt::Done(false));
        };
        feed.summary.hooks += 1;
        let changes = vec![put(hook)?, feeds::store::update(&feed)?, line.clone()];
        let committed = store.commit(changes).await;
        Ok(Attempt::of(committed)?.map(|_| true))
    })
}

/// Removes a user's hook, with a line of the audit log if one is to say so; `false` if there is none such. Two reads, two writes and a
/// delete.
///
/// # Errors
/// Those of [`add`].
pub async fn remove(
    store: &Datastore,
    user: UserId,
    id: &str,
    line: Option<&Mutation>,
) -> Result<bool, StoreError> {
    let Some(hook) = get(store, id).await?.filter(|hook| hook.user == user) else {
        return Ok(false);
    };
    retry_on_conflict!(feeds::store::key(hook.feed), {
        let mut changes = vec![Mutation::Delete(key(id), None)];
        changes.extend(line.cloned());
        if let Some(mut feed) = feeds::store::get(store, hook.feed).await? {
            feed.summary.hooks = feed.summary.hooks.saturating_sub(1);
            changes.push(feeds::store::update(&feed)?);
        }
        let committed = store.commit(changes).await;
        Ok(Attempt::of(committed)?.map(|_| true))
    })
}

/// The writes by which a user's hooks aren't told of anything, or are again. One read each, one at least.
///
/// # Errors
/// Those of [`of_user`].
pub async fn bar(
    store: &Datastore,
    user: UserId,
    is_barred: bool,
) -> Result<Vec<Mutation>, StoreError> {
    let mut hooks = of_user(store, user).await?;
    let writes = hooks.iter_mut().map(|hook| {
        hook.body.is_barred = is_barred;
        put(hook)
    });
    writes.collect()
}

/// Removes one hook of a user, and all that waits for theirs; returns how much, 0 if nothing was left. Two reads, and what [`remove`]
/// costs, or a write.
///
/// # Errors
/// Those of [`add`].
pub async fn remove_some(store: &Datastore, user: UserId) -> Result<usize, StoreError> {
    if let Some(hook) = of_user(store, user).await?.first() {
        // The line of the whole account says it.
        remove(store, user, &hook.id, None).await?;
        return Ok(1);
    }
    if !waits_for(store, user).await? {
        return Ok(0);
    }
    let others = |waiting: &mut Vec<Waiting>| waiting.retain(|one| one.user != user.0);
    change_waiting(store, others).await?;
    Ok(1)
}

/// Whether anything waits for a hook of a user's. One read.
///
/// # Errors
/// Those of [`of_user`].
pub async fn waits_for(store: &Datastore, user: UserId) -> Result<bool, StoreError> {
    let waiting = waiting(store).await?;
    Ok(waiting.iter().any(|one| one.user == user.0))
}

/// The deletes of a user's hooks of a feed that they leave, which is counted down. No read for a feed without hooks; one otherwise.
///
/// # Errors
/// Those of [`of_user`].
pub async fn leaves(
    store: &Datastore,
    user: UserId,
    feed: &mut Feed,
) -> Result<Vec<Mutation>, StoreError> {
    if feed.summary.hooks == 0 {
        return Ok(Vec::new());
    }
    let own = of_feed(store, feed.id).await?.into_iter();
    let own: Vec<Hook> = own.filter(|hook| hook.user == user).collect();
    let count = u32::try_from(own.len()).unwrap_or(u32::MAX);
    feed.summary.hooks = feed.summary.hooks.saturating_sub(count);
    let deletes = own.iter().map(|hook| Mutation::Delete(key(&hook.id), None));
    Ok(deletes.collect())
}

/// The writes that take a user's hooks of a feed along to the one that they read in its place; both are counted.
///
/// No read for a feed without hooks; one otherwise. A feed may then have twice as many as can be made for it; what goes beyond is
/// removed.
///
/// # Errors
/// Those of [`of_user`].
pub async fn follows(
    store: &Datastore,
    user: UserId,
    old: &mut Feed,
    new: &mut Feed,
) -> Result<Vec<Mutation>, StoreError> {
    if old.summary.hooks == 0 {
        return Ok(Vec::new());
    }
    let own = of_feed(store, old.id).await?.into_iter();
    let own = own.filter(|hook| hook.user == user);
    let mut changes = Vec::new();
    for hook in own {
        old.summary.hooks = old.summary.hooks.saturating_sub(1);
        if new.summary.hooks >= 2 * MOST_OF_A_FEED {
            tracing::warn!(feed.id = %new.id, "a webhook found no room at the feed that its own was merged into");
            changes.push(Mutation::Delete(key(&hook.id), None));
            continue;
        }
        new.summary.hooks += 1;
        let feed = new.id;
        changes.push(put(&Hook { feed, ..hook })?);
    }
    Ok(changes)
}

/// Seals a hook's secret with the newest key, if an older one did. One read, and a write if so.
///
/// # Errors
/// Those of [`add`].
pub async fn reseal(
    store: &Datastore,
    (keys, random): (&SecretKeys, &Random),
    id: &str,
) -> Result<Renewal, StoreError> {
    let Some(mut hook) = get(store, id).await? else {
        return Ok(Renewal::Fresh);
    };
    let seal = Seal::new(keys, PURPOSE);
    let renewal = seal.map_or(Renewal::Lost, |seal| {
        seal.renew("", &hook.body.secret, random)
    });
    if let Renewal::Renewed(secret) = &renewal {
        hook.body.secret.clone_from(secret);
        store.commit(vec![put(&hook)?]).await?;
    }
    Ok(renewal)
}

/// Notes what was given up, or with `None` that all is well again. One read and one write.
///
/// # Errors
/// Those of [`add`].
pub async fn note(store: &Datastore, id: &str, lost: Option<Lost>) -> Result<(), StoreError> {
    // One that was removed meanwhile stays so, and one that followed its feed stays there.
    if let Some(mut hook) = get(store, id).await? {
        hook.body.lost = lost;
        store.commit(vec![put(&hook)?]).await?;
    }
    Ok(())
}

fn waiting_of(stored: Option<&Stored>) -> Result<Vec<Waiting>, StoreError> {
    let body = stored.and_then(|stored| stored.entity.blob("body"));
    body.map_or(Ok(Vec::new()), codec::unpack)
}

/// What waits, of all hooks. One read.
///
/// # Errors
/// Those of [`of_user`].
pub async fn waiting(store: &Datastore) -> Result<Vec<Waiting>, StoreError> {
    waiting_of(store.get(&key(WAITING)).await?.as_ref())
}

/// Changes what waits; beyond its bound the oldest is forgotten. Returns what waits then. One read, and one write if it changed.
///
/// # Errors
/// Those of [`add`].
pub async fn change_waiting(
    store: &Datastore,
    change: impl Fn(&mut Vec<Waiting>),
) -> Result<Vec<Waiting>, StoreError> {
    retry_on_conflict!(key(WAITING), {
        let stored = store.get(&key(WAITING)).await?;
        let before = waiting_of(stored.as_ref())?;
        let mut after = before.clone();
        change(&mut after);
        let over = after.len().saturating_sub(MOST_WAITING);
        after.drain(..over);
        if after == before {
            return Ok(Attempt::Done(after));
        }
        let entity = Entity::new(key(WAITING)).unindexed("body", codec::pack(&after)?);
        let version = stored.map_or(0, |stored| stored.version);
        let committed = store
            .commit(vec![Mutation::Upsert(entity, Some(version))])
            .await;
        Ok(Attempt::of(committed)?.map(|_| after))
    })
}
