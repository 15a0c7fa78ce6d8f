//! Store copy: everything from one store into another, in steps that can be interrupted.
//!
//! Entities are copied as they are, kind by kind and by key, with the progress in the same commit: a copy that was
//! killed continues where it was. Then both stores are read, and must have the same entities: by kind, their number and
//! the sum of their hashes, which doesn't depend on the order.

mod store;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::datastore::{Cost, Datastore, Entity, Kind, Mutation, StoreError, metered};

/// Whether a kind is copied. All are: a copy is a whole store, and users stay signed in.
const fn is_copied(kind: Kind) -> bool {
    match kind {
        Kind::Setting
        | Kind::Feed
        | Kind::FeedUrl
        | Kind::Article
        | Kind::Icon
        | Kind::Probe
        | Kind::User
        | Kind::Login
        | Kind::Session
        | Kind::Token
        | Kind::Invitation
        | Kind::Share
        | Kind::Webhook
        | Kind::Subscription
        | Kind::ReadState
        | Kind::Star
        | Kind::Journal
        | Kind::Words
        | Kind::Import
        | Kind::Tick
        | Kind::Ledger
        | Kind::Audit
        | Kind::Job => true,
    }
}

/// The kinds that are copied, in this order.
fn copied() -> impl Iterator<Item = Kind> {
    Kind::ALL.into_iter().filter(|kind| is_copied(*kind))
}

/// Bytes per commit: below what Google's emulator accepts in a message, 4 MiB.
const COMMIT_BYTES: usize = 2 * 1_024 * 1_024;
/// How often a commit is retried while the target is unavailable.
const WRITE_ATTEMPTS: u32 = 5;
/// Entities per commit.
const COMMIT_ENTITIES: u32 = 200;

/// Why a copy didn't complete. What was copied so far stays, and the same command continues from there.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The target contains something that isn't from this copy.
    #[error("{0} isn’t empty: copy into an empty store")]
    NotEmpty(String),
    /// The target contains a partial copy from another source.
    #[error("{to} holds the beginning of a copy from {from}: finish that one, or empty the store")]
    Other {
        /// The target.
        to: String,
        /// Where the partial copy came from.
        from: String,
    },
    /// The target differs from the source as it is now. The same command copies these kinds again.
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

/// The number of entities of one kind, and the sum of their hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Entities.
    pub count: u64,
    /// The sums of the first and of the second 64 bits of each one's SHA-256.
    sums: [u64; 2],
}

impl Tally {
    fn add(&mut self, entity: &Entity) {
        // An entity's debug text is the same wherever it is stored, and tells -0 from 0.
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

/// The progress so far; kept in the target until the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    /// The source's name.
    from: String,
    /// Completed kinds.
    done: Vec<Kind>,
    /// Kinds that are copied again: the target's entities of them are deleted first.
    again: Vec<Kind>,
    /// Where the kind's next page begins.
    cursor: Option<String>,
    /// What was read from the source.
    left: BTreeMap<Kind, Tally>,
}

impl Progress {
    /// The kinds still to be copied, in order.
    fn left_over(&self) -> impl Iterator<Item = Kind> + use<> {
        let done = self.done.clone();
        copied().filter(move |kind| !done.contains(kind))
    }
}

/// What a copy will do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Entities by kind still to be copied, as the source counts them now.
    pub kinds: Vec<(Kind, u64)>,
    /// Entities that an interrupted copy has already copied.
    pub done: u64,
}

impl Plan {
    /// Entities to copy.
    pub fn entities(&self) -> u64 {
        self.kinds.iter().map(|(_, count)| count).sum()
    }

    /// What the copy costs at the source: each entity read once to copy it, and once more to compare.
    pub fn cost_of_source(&self) -> Cost {
        Cost {
            reads: 2 * self.entities() + self.done + 2 * copied().count() as u64,
            ..Cost::default()
        }
    }

    /// What the copy costs at the target: each entity written once and read once; and the progress, with each commit.
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
pub struct StoreCopy<'m> {
    /// The store to copy from.
    pub source: &'m Datastore,
    /// The source's name.
    pub from: String,
    /// The store to copy to.
    pub target: &'m Datastore,
    /// The target's name.
    pub to: String,
}

/// The result of a copy.
#[derive(Debug, Default)]
pub struct Copied {
    /// By kind, the same in both stores.
    pub tallies: Vec<(Kind, Tally)>,
    /// What it cost, both stores together.
    pub cost: Cost,
}

impl StoreCopy<'_> {
    /// Examines both stores. One read of the source per 1,000 entities.
    ///
    /// # Errors
    /// [`CopyError::NotEmpty`], [`CopyError::Other`]; [`CopyError::Store`] if a store can't be read.
    pub async fn plan(&self) -> Result<Plan, CopyError> {
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

    /// The progress of an earlier copy, or of a new one.
    async fn progress(&self) -> Result<Progress, CopyError> {
        if let Some(progress) = store::progress(self.target).await? {
            if progress.from == self.from {
                return Ok(progress);
            }
            let (to, from) = (self.to.clone(), progress.from);
            return Err(CopyError::Other { to, from });
        }
        for kind in copied() {
            if store::is_any(self.target, kind).await? {
                return Err(CopyError::NotEmpty(self.to.clone()));
            }
        }
        let from = self.from.clone();
        Ok(Progress {
            from,
            ..Progress::default()
        })
    }

    /// Copies what is missing, and then compares. `said` gets the number of copied entities after each commit.
    ///
    /// # Errors
    /// [`CopyError`] if the copy doesn't complete.
    pub async fn run(&self, said: impl FnMut(u64)) -> Result<Copied, CopyError> {
        let (tallies, cost) = metered(self.carry_out(said)).await;
        let tallies = tallies?;
        Ok(Copied { tallies, cost })
    }

    async fn carry_out(&self, mut said: impl FnMut(u64)) -> Result<Vec<(Kind, Tally)>, CopyError> {
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
            // The progress goes with the last part of a page: after a kill before it, the page overwrites itself.
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

    /// Reads both stores in full, whatever was read before: a source may have changed since.
    async fn compare(&self, mut progress: Progress) -> Result<Vec<(Kind, Tally)>, CopyError> {
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
        Err(CopyError::Differs(differ))
    }

    /// Deletes the target's entities of a kind.
    async fn empty(&self, kind: Kind) -> Result<(), CopyError> {
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

    /// Commits to the target, and retries if the outcome is unknown: what is written here overwrites itself.
    async fn commit(&self, mutations: Vec<Mutation>) -> Result<(), StoreError> {
        let mut pause = Duration::from_millis(500);
        for _ in 0..WRITE_ATTEMPTS {
            match self.target.commit(mutations.clone()).await {
                Err(StoreError::Unavailable(_)) => tokio::time::sleep(pause).await,
                other => return other.map(|_| ()),
            }
            pause *= 2;
        }
        self.target.commit(mutations).await.map(|_| ())
    }
}

/// Tallies a store's entities of a kind.
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

/// Upserts, split into commits that are small enough.
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
