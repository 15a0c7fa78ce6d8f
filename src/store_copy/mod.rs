//! Moving house: everything from one store into another, in steps that can be interrupted.
//!
//! Entities go over as they are, kind by kind and by key, with what was done so far in the same commit: a copy that was
//! killed goes on where it was. Then both stores are read, and must have the same entities: by kind, their number and the
//! sum of their hashes, which doesn't depend on the order that they were added up in.

mod store;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::datastore::{Cost, Datastore, Entity, Kind, Mutation, StoreError, metered};

/// Whether a kind is copied. All are: a copy is a whole store, and whoever is signed in stays so.
const fn is_copied(kind: Kind) -> bool {
    match kind {
        Kind::Setting
        | Kind::Feed
        | Kind::FeedUrl
        | Kind::Article
        | Kind::Icon
        | Kind::User
        | Kind::Login
        | Kind::Session
        | Kind::Token
        | Kind::Subscription
        | Kind::ReadState
        | Kind::Star
        | Kind::Import
        | Kind::Tick
        | Kind::Ledger => true,
    }
}

/// The kinds that are copied, in the order in which they are.
fn copied() -> impl Iterator<Item = Kind> {
    Kind::ALL.into_iter().filter(|kind| is_copied(*kind))
}

/// Bytes of one commit: below what Google's emulator takes in a message, 4 MiB.
const COMMIT_BYTES: usize = 2 * 1_024 * 1_024;
/// How often a commit is made again after the target was away.
const TRIES: u32 = 5;
/// Entities of one commit.
const COMMIT_ENTITIES: u32 = 200;

/// Why a copy didn't come to its end. What was copied so far stays, and the same command goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// A store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The target has something in it that isn't from this copy.
    #[error("{0} isn't empty: copy into an empty store")]
    NotEmpty(String),
    /// The target was begun from another source.
    #[error("{to} holds the beginning of a copy from {from}: finish that one, or empty the store")]
    Other {
        /// The target.
        to: String,
        /// What the beginning came from.
        from: String,
    },
    /// The target isn't like the source is now. The same command copies these kinds once more.
    #[error(
        "the source changed while it was copied ({}): stop what uses it, and give the same command again",
        names(.0)
    )]
    Differs(
        /// The kinds that differ.
        Vec<Kind>,
    ),
}

fn names(kinds: &[Kind]) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    names.join(", ")
}

/// How many there are of one kind, and the sum of their hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Entities.
    pub count: u64,
    /// The sum of the first 64 bits of each one's SHA-256, twice over with different bits.
    sums: [u64; 2],
}

impl Tally {
    fn add(&mut self, entity: &Entity) {
        // The text of an entity is the same wherever it is stored, and tells -0 from 0.
        let hash = Sha256::digest(format!("{entity:?}"));
        let part = |at: usize| {
            let bytes = hash[at..].first_chunk::<8>().copied();
            u64::from_le_bytes(bytes.unwrap_or_default())
        };
        self.count += 1;
        self.sums[0] = self.sums[0].wrapping_add(part(0));
        self.sums[1] = self.sums[1].wrapping_add(part(8));
    }
}

/// What was done so far; kept in the target until the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    /// The source, as it was named.
    from: String,
    /// Kinds that are over.
    done: Vec<Kind>,
    /// Kinds that are copied once more: what the target has of them goes first.
    again: Vec<Kind>,
    /// Where the next page of the kind begins.
    cursor: Option<String>,
    /// What left the source.
    left: BTreeMap<Kind, Tally>,
}

impl Progress {
    /// The kinds that are still to be copied, in their order.
    fn left_over(&self) -> impl Iterator<Item = Kind> + use<> {
        let done = self.done.clone();
        copied().filter(move |kind| !done.contains(kind))
    }
}

/// What a copy will do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Entities by kind that are still to be copied, as far as the source says now.
    pub kinds: Vec<(Kind, u64)>,
    /// Entities that an interrupted copy has brought over.
    pub done: u64,
}

impl Plan {
    /// Entities to copy.
    pub fn entities(&self) -> u64 {
        self.kinds.iter().map(|(_, count)| count).sum()
    }

    /// What the source will be asked for: each entity to copy it, and each once more to compare.
    pub fn cost_of_source(&self) -> Cost {
        Cost {
            reads: 2 * self.entities() + self.done + 2 * copied().count() as u64,
            ..Cost::default()
        }
    }

    /// What the target will be asked for: each entity written once and read once; and the place, with each commit.
    pub fn cost_of_target(&self) -> Cost {
        let all = self.entities() + self.done;
        let commits =
            self.entities().div_ceil(u64::from(COMMIT_ENTITIES)) + copied().count() as u64;
        Cost {
            reads: all + copied().count() as u64,
            writes: self.entities() + commits,
            deletes: 1,
            ..Cost::default()
        }
    }
}

/// A copy from one store into another.
#[derive(Debug)]
pub struct Move<'m> {
    /// Where everything is.
    pub source: &'m Datastore,
    /// What that is called.
    pub from: String,
    /// Where everything goes.
    pub target: &'m Datastore,
    /// What that is called.
    pub to: String,
}

/// What a copy did.
#[derive(Debug, Default)]
pub struct Moved {
    /// By kind, at both ends.
    pub tallies: Vec<(Kind, Tally)>,
    /// What it cost, both stores together.
    pub cost: Cost,
}

impl Move<'_> {
    /// Looks at both ends. One read of the source for each 1,000 entities.
    ///
    /// # Errors
    /// [`MoveError::NotEmpty`], [`MoveError::Other`]; the stores'.
    pub async fn plan(&self) -> Result<Plan, MoveError> {
        let progress = self.progress().await?;
        let mut plan = Plan {
            done: progress.left.values().map(|tally| tally.count).sum(),
            ..Plan::default()
        };
        for kind in progress.left_over() {
            let there = store::count(self.source, kind).await?;
            let before = progress.left.get(&kind).map_or(0, |tally| tally.count);
            plan.kinds.push((kind, there.saturating_sub(before)));
        }
        Ok(plan)
    }

    /// What an earlier copy has left, or a beginning.
    async fn progress(&self) -> Result<Progress, MoveError> {
        if let Some(progress) = store::progress(self.target).await? {
            if progress.from == self.from {
                return Ok(progress);
            }
            let (to, from) = (self.to.clone(), progress.from);
            return Err(MoveError::Other { to, from });
        }
        for kind in copied() {
            if store::is_any(self.target, kind).await? {
                return Err(MoveError::NotEmpty(self.to.clone()));
            }
        }
        let from = self.from.clone();
        Ok(Progress {
            from,
            ..Progress::default()
        })
    }

    /// Copies what isn't there yet, and then compares. `said` is told how many entities have been copied, after each commit.
    ///
    /// # Errors
    /// [`MoveError`].
    pub async fn run(&self, said: impl FnMut(u64)) -> Result<Moved, MoveError> {
        let (tallies, cost) = metered(self.carry_out(said)).await;
        let tallies = tallies?;
        Ok(Moved { tallies, cost })
    }

    async fn carry_out(&self, mut said: impl FnMut(u64)) -> Result<Vec<(Kind, Tally)>, MoveError> {
        let mut progress = self.progress().await?;
        while let Some(kind) = progress.left_over().next() {
            if progress.cursor.is_none() && progress.again.contains(&kind) {
                self.empty(kind).await?;
            }
            let page = store::page(self.source, kind, progress.cursor.as_deref()).await?;
            let (entities, next) = page;
            progress.cursor = next;
            if progress.cursor.is_none() {
                progress.done.push(kind);
            }
            let tally = progress.left.entry(kind).or_default();
            entities.iter().for_each(|entity| tally.add(entity));
            let mut commits = by_size(entities);
            // The place goes with the last part of a page: a kill before it repeats what overwrites itself.
            let mut last = commits.pop().unwrap_or_default();
            for commit in commits {
                self.commit(commit).await?;
            }
            last.push(store::put_progress(&progress)?);
            self.commit(last).await?;
            said(progress.left.values().map(|tally| tally.count).sum());
        }
        self.compare(progress).await
    }

    /// Reads both ends, whatever was read before: a source may have changed since.
    async fn compare(&self, mut progress: Progress) -> Result<Vec<(Kind, Tally)>, MoveError> {
        let mut tallies = Vec::new();
        let mut differ = Vec::new();
        for kind in copied() {
            let there = tally(self.target, kind).await?;
            if tally(self.source, kind).await? == there {
                tallies.push((kind, there));
            } else {
                differ.push(kind);
            }
        }
        if differ.is_empty() {
            self.commit(vec![store::end_progress()]).await?;
            return Ok(tallies);
        }
        progress.done.retain(|kind| !differ.contains(kind));
        progress.left.retain(|kind, _| !differ.contains(kind));
        progress.again = differ.clone();
        self.commit(vec![store::put_progress(&progress)?]).await?;
        Err(MoveError::Differs(differ))
    }

    /// Deletes what the target has of a kind.
    async fn empty(&self, kind: Kind) -> Result<(), MoveError> {
        loop {
            let (entities, _) = store::page(self.target, kind, None).await?;
            if entities.is_empty() {
                return Ok(());
            }
            let deletes = entities.into_iter();
            let deletes = deletes.map(|entity| Mutation::Delete(entity.key, None));
            self.commit(deletes.collect()).await?;
        }
    }

    /// Commits to the target, again where nobody knows whether it was done: what is written here overwrites itself.
    async fn commit(&self, mutations: Vec<Mutation>) -> Result<(), StoreError> {
        let mut pause = Duration::from_millis(500);
        for _ in 0..TRIES {
            match self.target.commit(mutations.clone()).await {
                Err(StoreError::Unavailable(_)) => tokio::time::sleep(pause).await,
                other => return other.map(|_| ()),
            }
            pause *= 2;
        }
        self.target.commit(mutations).await.map(|_| ())
    }
}

/// What a store has of a kind.
async fn tally(store: &Datastore, kind: Kind) -> Result<Tally, StoreError> {
    let mut tally = Tally::default();
    let mut cursor = None;
    loop {
        let (entities, next) = store::page(store, kind, cursor.as_deref()).await?;
        entities.iter().for_each(|entity| tally.add(entity));
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(tally),
        }
    }
}

/// Upserts in commits that are small enough.
fn by_size(entities: Vec<Entity>) -> Vec<Vec<Mutation>> {
    let mut commits: Vec<Vec<Mutation>> = Vec::new();
    let mut room = 0;
    for entity in entities {
        let size = entity.size();
        if size > room {
            commits.push(Vec::new());
            room = COMMIT_BYTES.max(size);
        }
        room -= size;
        if let Some(commit) = commits.last_mut() {
            commit.push(Mutation::Upsert(entity, None));
        }
    }
    commits
}
