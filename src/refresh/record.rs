//! The sweep's record: one entity, which decides who works and keeps what all instances must know.

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::context::RefreshContext;
use super::stored::StoredBytes;
use crate::client::retry_after::HostPauses;
use crate::datastore::{
    Attempt, Datastore, Entity, Key, Kind, Mutation, StoreError, Version, retry_on_conflict,
};
use crate::ids::{FeedId, UserId};
use crate::timestamp::minute_of;
use crate::update::believed::CLOCK_SKEW;
use crate::update::host_health::Hosts;
use crate::update::schedule::{LONGEST_PAUSE, Sweep};
use crate::usage_log::{self, Day};

/// How long a caller counts as at work after it last saved its position: longer than it takes to the next time.
const LEASE: Duration = Duration::from_secs(30);

/// The unfinished sweep's position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) from: i64,
    pub(super) to: i64,
    /// Index among the polled tiers.
    #[serde(rename = "rung")]
    pub(super) tier: usize,
    /// Index among the tier's ranges of phases.
    pub(super) range: usize,
    /// Where the page begins.
    pub(super) cursor: Option<String>,
    /// The page's feeds already checked.
    pub(super) done: Vec<FeedId>,
}

/// The stored record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    /// The minute up to which all due feeds have been checked.
    pub(super) swept: i64,
    /// The minute at which the last sweep began.
    pub(super) began: i64,
    /// Until when a caller is at work, in microseconds; 0 for none.
    pub(super) working_until: i64,
    pub(super) place: Option<Place>,
    pub(super) sweeps: Vec<Sweep>,
    /// Costs of requests on days not yet in the usage log: normally today.
    #[serde(rename = "ledger", skip_serializing_if = "Vec::is_empty")]
    pub(super) usage: Vec<Day>,
    /// Hosts that asked for a pause, and until which minute.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) pauses: Vec<(String, i64)>,
    /// Hosts that are ill, or may be.
    #[serde(skip_serializing_if = "Hosts::is_empty")]
    pub(super) hosts: Hosts,
    /// The minute since which nobody could be reached; 0 for not.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) offline_since: i64,
    /// Hosts that an administrator has blocked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) blocked: Vec<String>,
    /// What everything takes that is stored, where that has a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stored: Option<StoredBytes>,
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

fn key() -> Key {
    Key::name(Kind::Tick, "0")
}

impl State {
    /// Brings back what a clock that was wrong once wrote: what lies in the future isn't believed.
    pub(super) fn come_back_to(&mut self, minute: i64) {
        let ahead = |at: i64| at > minute + CLOCK_SKEW;
        let is_wrong = ahead(self.swept) || ahead(self.began) || ahead(self.offline_since);
        let wrong_sweeps = self
            .sweeps
            .iter()
            .any(|sweep| ahead(sweep.1) || ahead(sweep.2));
        let longest = minute + LONGEST_PAUSE;
        let wrong_pauses = self.pauses.iter().any(|(_, until)| *until > longest);
        let wrong_place = self.place.as_ref().is_some_and(|place| ahead(place.to));
        if is_wrong || wrong_sweeps || wrong_pauses || wrong_place {
            tracing::warn!(
                swept = self.swept,
                minute,
                "the last sweep lies in the future: a clock was wrong, and it isn’t believed"
            );
        }
        if wrong_place {
            self.place = None;
        }
        if is_wrong {
            // Every feed is looked at: their cadences were reckoned with that clock, too.
            (self.swept, self.began) = (0, 0);
        }
        self.offline_since = self.offline_since.min(minute);
        self.sweeps
            .retain(|sweep| !ahead(sweep.1) && !ahead(sweep.2));
        self.pauses.retain(|(_, until)| *until <= longest);
        self.hosts.come_back_to(minute);
    }
}

pub(super) async fn load(store: &Datastore) -> Result<(State, Version), StoreError> {
    let Some(stored) = store.get(&key()).await? else {
        return Ok((State::default(), 0));
    };
    let state = crate::codec::unpack(stored.entity.blob("body").unwrap_or_default())?;
    Ok((state, stored.version))
}

/// The costs on days not yet in the usage log: normally today. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn today(store: &Datastore) -> Result<Vec<Day>, StoreError> {
    load(store).await.map(|(state, _)| state.usage)
}

/// The minute at which the last sweep began, whoever asked for it; `None` if there was none. One read.
///
/// # Errors
/// Those of [`today`].
pub async fn last_sweep(store: &Datastore) -> Result<Option<i64>, StoreError> {
    let (state, _) = load(store).await?;
    Ok(Some(state.began).filter(|began| *began > 0))
}

/// Most hosts that can be blocked.
const MOST_BLOCKED: usize = 200;

/// The hosts that are blocked. One read.
///
/// # Errors
/// Those of [`today`].
pub async fn blocked_hosts(store: &Datastore) -> Result<Vec<String>, StoreError> {
    load(store).await.map(|(state, _)| state.blocked)
}

/// A host as somebody types it, who may paste an address; `None` if it is none.
pub fn host_as_typed(typed: &str) -> Option<String> {
    let typed = typed.trim().to_lowercase();
    let address = match typed.contains("://") {
        true => typed,
        false => format!("https://{typed}"),
    };
    let url = url::Url::parse(&address).ok()?;
    let host = url.host_str()?.trim_end_matches('.');
    (host.len() <= 253 && !host.is_empty()).then(|| host.to_owned())
}

/// Has an instance know which hosts are blocked. One read, unless it read it in the last ten minutes.
///
/// # Errors
/// Those of [`today`].
pub async fn learn_blocked(
    store: &Datastore,
    pauses: &HostPauses,
    minute: i64,
) -> Result<(), StoreError> {
    if !pauses.knows_blocked(minute) {
        pauses.learn_blocked(&blocked_hosts(store).await?, minute);
    }
    Ok(())
}

/// Blocks a host, or opens it again, with a line of the audit log; returns the hosts that are blocked then, `None` if these are as many
/// as can be. One read and two writes.
///
/// # Errors
/// Those of [`today`]; [`StoreError::Contention`] after many conflicts.
pub async fn block_host(
    store: &Datastore,
    host: &str,
    is_blocked: bool,
    line: &Mutation,
) -> Result<Option<Vec<String>>, StoreError> {
    retry_on_conflict!(key(), {
        let (mut state, version) = load(store).await?;
        state.blocked.retain(|known| known != host);
        if is_blocked && state.blocked.len() >= MOST_BLOCKED {
            return Ok(Attempt::Done(None));
        }
        if is_blocked {
            state.blocked.push(host.to_owned());
            state.blocked.sort();
        }
        let entity = Entity::new(key()).unindexed("body", crate::codec::pack(&state)?);
        let write = Mutation::Upsert(entity, Some(version));
        let committed = store.commit(vec![write, line.clone()]).await;
        Ok(Attempt::of(committed)?.map(|_| Some(state.blocked)))
    })
}

/// Whether what was counted today names a reader. One read.
///
/// # Errors
/// Those of [`today`].
pub async fn names_reader(store: &Datastore, reader: UserId) -> Result<bool, StoreError> {
    let days = today(store).await?;
    Ok(days.iter().any(|day| day.readers.contains_key(&reader.0)))
}

/// Takes a reader out of what was counted today, and returns how many days named them. One read, and one write if any did.
///
/// # Errors
/// Those of [`today`]; [`StoreError::Contention`] after many conflicts.
pub async fn forget_reader(store: &Datastore, reader: UserId) -> Result<usize, StoreError> {
    retry_on_conflict!(key(), {
        let (mut state, version) = load(store).await?;
        let days = state.usage.iter_mut();
        let named = days.filter_map(|day| day.readers.remove(&reader.0)).count();
        if named == 0 {
            return Ok(Attempt::Done(0));
        }
        let entity = Entity::new(key()).unindexed("body", crate::codec::pack(&state)?);
        let write = Mutation::Upsert(entity, Some(version));
        let committed = store.commit(vec![write]).await;
        Ok(Attempt::of(committed)?.map(|_| named))
    })
}

/// Saves the record for the last time, with the costs of this instance's requests.
///
/// Once a day, when a new day's first sweep ends, the days before it are moved to the usage log: one more read and
/// write.
pub(super) async fn save_with_usage(
    context: &RefreshContext,
    state: &mut State,
    base: Version,
) -> Result<(), StoreError> {
    let taken = context.tally.take();
    let stored = context.in_flight.stored();
    let added = stored.take_added();
    if let Some(all) = state.stored.as_mut().filter(|_| context.store_bytes > 0) {
        all.bytes += added;
    }
    let result = try_save_with_usage(context, state, base, &taken).await;
    match &result {
        Ok(()) => stored.learn(state.stored.unwrap_or_default()),
        Err(_) => {
            context.tally.give_back(&taken);
            stored.grew(added);
        }
    }
    result
}

async fn try_save_with_usage(
    context: &RefreshContext,
    state: &mut State,
    base: Version,
    taken: &[Day],
) -> Result<(), StoreError> {
    state.working_until = 0;
    usage_log::put(&mut state.usage, taken);
    let today = context.clock.now().timestamp().div_euclid(24 * 60 * 60);
    let over = state.usage.iter().filter(|day| day.day < today);
    let over: Vec<Day> = over.cloned().collect();
    if over.is_empty() {
        return commit(context, state, base).await.map(drop);
    }
    let (mut days, version) = usage_log::read_days(&context.store).await?;
    usage_log::put(&mut days, &over);
    state.usage.retain(|day| day.day >= today);
    state.hosts = context.in_flight.hosts().clone();
    state.pauses = context.web.pauses().lasting(minute_of(context.clock.now()));
    let entity = Entity::new(key()).unindexed("body", crate::codec::pack(state)?);
    let writes = vec![
        Mutation::Upsert(entity, Some(base)),
        usage_log::write_days(days, version)?,
    ];
    context.store.commit(writes).await.map(drop)
}

pub(super) async fn save(
    context: &RefreshContext,
    state: &mut State,
    base: Version,
) -> Result<Version, StoreError> {
    let until = context.clock.now() + TimeDelta::from_std(LEASE).unwrap_or_default();
    state.working_until = until.timestamp_micros();
    commit(context, state, base).await
}

/// Writes the record on the version that it has.
async fn commit(
    context: &RefreshContext,
    state: &mut State,
    base: Version,
) -> Result<Version, StoreError> {
    state.hosts = context.in_flight.hosts().clone();
    state.pauses = context.web.pauses().lasting(minute_of(context.clock.now()));
    let entity = Entity::new(key()).unindexed("body", crate::codec::pack(state)?);
    let versions = context
        .store
        .commit(vec![Mutation::Upsert(entity, Some(base))])
        .await?;
    Ok(versions.first().copied().unwrap_or_default())
}
