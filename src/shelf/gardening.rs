//! Many subscriptions at once: moving, leaving, folders. What was done can be undone for ten minutes: what the subscriptions
//! were is kept in one record, written with the first of the changes.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::act::Act;
use super::rulebook::Book;
use super::rulebook::follow::Followed;
use super::subscribe::{Removed, unsubscribe};
use super::subscription::{DEEPEST, Extra, Subscription};
use super::{ReadShards, pausing, read_store, store};
use crate::datastore::{Datastore, StoreError};
use crate::ids::{FeedId, UserId};
use crate::timestamp::{Timestamp, minute_of};
use crate::users::preferences::FolderHabits;
use crate::users::{self, User};

/// Minutes for which an act can be undone.
const UNDO_MINUTES: i64 = 10;
/// Feeds that are left at the same time: each is a commit of its own.
const AT_ONCE: usize = 16;
/// What separates the names of a path in the account's record.
const BETWEEN: char = '\u{1f}';

/// Where feeds go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Into this folder and out of all others; out of all for the empty path.
    To(Vec<String>),
    /// Into this folder as well.
    Also(Vec<String>),
}

/// Moves feeds, as one act; returns how many changed. One read and one write each, and one write for the record.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub async fn move_feeds(
    store: &Datastore,
    user: UserId,
    id: &str,
    feeds: &[FeedId],
    to: &Move,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let how = |one: &mut Subscription| match to {
        Move::To(path) => one.set_folders([path.clone()]),
        Move::Also(path) => {
            let own: Vec<Vec<String>> = one.folders().map(<[String]>::to_vec).collect();
            one.set_folders(own.into_iter().chain([path.clone()]));
        }
    };
    change(store, user, id, feeds, None, now, how).await
}

/// Renames a folder, which may nest it elsewhere: all feeds in and below it move, and its own habits. The empty path dissolves
/// it: its feeds go one level up. Returns how many feeds changed.
///
/// One read and one write a feed, one of each for the account, and one write for the record; one for the rules and saved searches
/// that follow, if any do.
///
/// # Errors
/// The same as [`move_feeds`].
pub async fn rename_folder(
    store: &Datastore,
    user: UserId,
    id: &str,
    from: &[String],
    to: &[String],
    now: Timestamp,
) -> Result<usize, StoreError> {
    let listed = store::list(store, user).await?;
    let inside = listed.iter().filter(|one| one.is_below(from));
    let feeds: Vec<FeedId> = inside.map(|one| one.feed).collect();
    let moved = |path: &[String]| moved(path, from, to);
    let owner = users::store::get(store, user).await?;
    let folders = owner.map(|owner| owner.profile.preferences.folders);
    let how = |one: &mut Subscription| {
        let own: Vec<Vec<String>> = one.folders().map(&moved).collect();
        one.set_folders(own);
    };
    let followed = following(store, user, &listed, (from, to)).await?;
    let renamed = folders.map(|habits| Renamed {
        habits,
        names: (from.to_vec(), to.to_vec()),
        followed: followed.clone(),
    });
    let count = change(store, user, id, &feeds, renamed, now, how).await?;
    change_book(store, user, now, &followed, Followed::apply).await?;
    let rename = |user: &mut User| {
        let known = std::mem::take(&mut user.profile.preferences.folders);
        let renamed = known.into_iter().filter_map(|(name, habits)| {
            let path: Vec<String> = name.split(BETWEEN).map(str::to_owned).collect();
            let is_gone = to.is_empty() && path == from;
            (!is_gone).then(|| (moved(&path).join(&BETWEEN.to_string()), habits))
        });
        user.profile.preferences.folders = renamed.collect();
        if let Some(following) = &mut user.profile.house {
            following.folder = moved(&following.folder);
        }
    };
    users::store::change(store, user, rename).await?;
    Ok(count)
}

/// The folders' habits as they were, the folder that is renamed with its new name, and what follows.
struct Renamed {
    habits: BTreeMap<String, FolderHabits>,
    names: (Vec<String>, Vec<String>),
    followed: Followed,
}

/// The rules and saved searches that follow a folder. No read if the read state is cached.
async fn following(
    store: &Datastore,
    user: UserId,
    listed: &[Subscription],
    (from, to): (&[String], &[String]),
) -> Result<Followed, StoreError> {
    let reading = read_store::cached(store, user).await?;
    if !reading.book().is_in_use() {
        return Ok(Followed::default());
    }
    let own = listed.iter().flat_map(Subscription::folders);
    let mut all: BTreeSet<Vec<String>> = own.map(<[String]>::to_vec).collect();
    all.insert(from.to_vec());
    let all: Vec<Vec<String>> = all.into_iter().collect();
    // Of one that is dissolved, those inside follow; what was for itself is shown as gone.
    let to_where = |path: &[String]| {
        let stays = !path.starts_with(from) || to.is_empty() && path == from;
        (!stays).then(|| moved(path, from, to))
    };
    Ok(Followed::of(reading.book(), &all, to_where))
}

/// Changes the book of rules, if anything in it follows. One write then.
async fn change_book(
    store: &Datastore,
    user: UserId,
    now: Timestamp,
    followed: &Followed,
    how: impl Fn(&Followed, &mut Book),
) -> Result<(), StoreError> {
    if followed.is_empty() {
        return Ok(());
    }
    let change = |reading: &mut ReadShards| how(followed, reading.book_mut());
    // Large, so it is boxed.
    Box::pin(read_store::change(store, user, now, change)).await?;
    Ok(())
}

/// Where a path is after a folder was renamed; the empty name dissolves it.
fn moved(path: &[String], from: &[String], to: &[String]) -> Vec<String> {
    let parent = &from[..from.len().saturating_sub(1)];
    match path.strip_prefix(from) {
        None => path.to_vec(),
        Some(rest) => {
            let start = if to.is_empty() { parent } else { to };
            start.iter().chain(rest).take(DEEPEST).cloned().collect()
        }
    }
}

async fn change(
    store: &Datastore,
    user: UserId,
    id: &str,
    feeds: &[FeedId],
    renamed: Option<Renamed>,
    now: Timestamp,
    how: impl Fn(&mut Subscription),
) -> Result<usize, StoreError> {
    let before = store::get_many(store, user, feeds).await?;
    let changed = before.into_iter().filter(|(one, _)| {
        let mut after = one.clone();
        how(&mut after);
        after != *one
    });
    let before: Vec<(Subscription, Extra, bool)> =
        changed.map(|(one, extra)| (one, extra, false)).collect();
    let changed: Vec<FeedId> = before.iter().map(|(one, _, _)| one.feed).collect();
    if changed.is_empty() && renamed.is_none() {
        return Ok(0);
    }
    let (folders, renamed, followed) = match renamed {
        Some(renamed) => (Some(renamed.habits), Some(renamed.names), renamed.followed),
        None => (None, None, Followed::default()),
    };
    let act = Act {
        id: id.to_owned(),
        minute: minute_of(now),
        before,
        paused: Vec::new(),
        renamed,
        folders,
        followed,
    };
    let record = store::put_act(user, &act)?;
    match changed.is_empty() {
        true => store.commit(vec![record]).await.map(drop)?,
        false => {
            store::change_many(store, user, &changed, Some(record), how).await?;
        }
    }
    Ok(changed.len())
}

/// Leaves feeds, as one act; returns how many there were. Two reads, a write and a delete each, and one write for the record.
///
/// # Errors
/// The same as [`move_feeds`]. What was left before stays left, and can be undone.
pub async fn leave_feeds(
    store: &Datastore,
    user: UserId,
    id: &str,
    feeds: &[FeedId],
    now: Timestamp,
) -> Result<usize, StoreError> {
    let before = store::get_many(store, user, feeds).await?;
    let here: Vec<FeedId> = before.iter().map(|(one, _)| one.feed).collect();
    if here.is_empty() {
        // A second press: the first one's record stays.
        return Ok(0);
    }
    let act = Act {
        id: id.to_owned(),
        minute: minute_of(now),
        before: before
            .into_iter()
            .map(|(one, extra)| (one, extra, true))
            .collect(),
        paused: Vec::new(),
        renamed: None,
        folders: None,
        followed: Followed::default(),
    };
    // First: whatever happens then, it can be undone.
    store.commit(vec![store::put_act(user, &act)?]).await?;
    let left = stream::iter(here).map(|feed| unsubscribe(store, user, feed, now));
    let left: Vec<Option<Removed>> = left.buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(left.into_iter().flatten().count())
}

/// Pauses feeds, as one act; returns how many there were. Three reads and three writes each, and one write for the record.
///
/// # Errors
/// The same as [`move_feeds`]. What was paused before stays so, and can be undone.
pub async fn pause_feeds(
    store: &Datastore,
    user: UserId,
    id: &str,
    feeds: &[FeedId],
    until: Option<i64>,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let before = store::get_many(store, user, feeds).await?;
    let awake = before.iter().filter(|(one, _)| one.pause.is_none());
    let paused: Vec<FeedId> = awake.map(|(one, _)| one.feed).collect();
    if paused.is_empty() {
        return Ok(0);
    }
    let act = Act {
        id: id.to_owned(),
        minute: minute_of(now),
        before: Vec::new(),
        paused: paused.clone(),
        renamed: None,
        folders: None,
        followed: Followed::default(),
    };
    store.commit(vec![store::put_act(user, &act)?]).await?;
    let mut count = 0;
    for &feed in &paused {
        match pausing::pause(store, user, feed, until, now).await {
            Ok(()) => count += 1,
            // It was left meanwhile.
            Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// The last act while it can be undone; `None` if it is another one, or too old. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn undoable(
    store: &Datastore,
    user: UserId,
    id: &str,
    now: Timestamp,
) -> Result<Option<Act>, StoreError> {
    let act = store::last_act(store, user).await?;
    let is_fresh = |act: &Act| (0..=UNDO_MINUTES).contains(&(minute_of(now) - act.minute));
    Ok(act.filter(|act| act.id == id && is_fresh(act)))
}

/// Puts the subscriptions that an act changed, and didn't leave, into the folders in which they were; returns how many.
///
/// # Errors
/// The same as [`move_feeds`].
pub async fn put_into_place(
    store: &Datastore,
    user: UserId,
    act: &Act,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let stayed = act.before.iter().filter(|(_, _, left)| !left);
    let were: BTreeMap<FeedId, &Subscription> = stayed.map(|(one, _, _)| (one.feed, one)).collect();
    let feeds: Vec<FeedId> = were.keys().copied().collect();
    let back = |one: &mut Subscription| {
        if let Some(was) = were.get(&one.feed) {
            one.folder.clone_from(&was.folder);
            one.also.clone_from(&was.also);
        }
    };
    let changed = store::change_many(store, user, &feeds, None, back).await?;
    change_book(store, user, now, &act.followed, Followed::undo).await?;
    if let (Some(folders), Some((from, to))) = (&act.folders, &act.renamed) {
        // Only what the act moved: folders that were made or set since stay.
        let back = |user: &mut User| {
            let own = &mut user.profile.preferences.folders;
            let between = BETWEEN.to_string();
            for (name, habits) in folders {
                let path: Vec<String> = name.split(BETWEEN).map(str::to_owned).collect();
                if path.starts_with(from) {
                    let now = moved(&path, from, to).join(&between);
                    if !folders.contains_key(&now) {
                        own.remove(&now);
                    }
                    own.insert(name.clone(), *habits);
                }
            }
            if let Some(following) = &mut user.profile.house
                && act.before.iter().any(|(one, _, _)| {
                    following.given.contains_key(&one.feed) && one.is_below(from)
                })
            {
                following.folder = moved(&following.folder, to, from);
            }
        };
        users::store::change(store, user, back).await?;
    }
    Ok(changed.len())
}
