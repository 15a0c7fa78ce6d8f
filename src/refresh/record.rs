//! The sweep's record: one entity, which decides who works and keeps what all instances must know; with several shards one of each.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::context::RefreshContext;
use super::shards::{MOST_SHARDS, Shard};
use super::stored::StoredBytes;
use crate::client::retry_after::HostPauses;
use crate::datastore::{
    Attempt, Datastore, Entity, Key, Kind, Mutation, Query, StoreError, Version, retry_on_conflict,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Of how many shards this is one.
    #[serde(rename = "of", skip_serializing_if = "is_one")]
    pub(super) shards: u32,
}

impl Default for State {
    fn default() -> Self {
        Self {
            swept: 0,
            began: 0,
            working_until: 0,
            place: None,
            sweeps: Vec::new(),
            usage: Vec::new(),
            pauses: Vec::new(),
            hosts: Hosts::default(),
            offline_since: 0,
            blocked: Vec::new(),
            stored: None,
            shards: 1,
        }
    }
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

fn is_one(number: &u32) -> bool {
    *number == 1
}

fn key(shard: Shard) -> Key {
    Key::name(Kind::Tick, shard.number().to_string())
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

fn read(entity: &Entity) -> Result<State, StoreError> {
    crate::codec::unpack(entity.blob("body").unwrap_or_default())
}

pub(super) async fn load(store: &Datastore, shard: Shard) -> Result<(State, Version), StoreError> {
    let Some(stored) = store.get(&key(shard)).await? else {
        return Ok((State::default(), 0));
    };
    Ok((read(&stored.entity)?, stored.version))
}

/// The records of all shards. One read each, one at least.
async fn load_all(store: &Datastore) -> Result<Vec<(Key, State, Version)>, StoreError> {
    let page = store
        .run_query(&Query::kind(Kind::Tick, MOST_SHARDS))
        .await?;
    let rows = page.rows.into_iter();
    rows.map(|row| {
        let state = read(&row.entity)?;
        Ok((row.entity.key, state, row.version))
    })
    .collect()
}

/// A shard's record, for its next sweep; `None` if the number of shards has changed, and another caller is at it. One read.
pub(super) async fn load_in(
    context: &RefreshContext,
    shard: Shard,
) -> Result<Option<(State, Version)>, StoreError> {
    let (state, version) = load(&context.store, shard).await?;
    let shards = context.in_flight.shards().count();
    if version > 0 && state.shards == shards {
        return Ok(Some((state, version)));
    }
    let all = load_all(&context.store).await?;
    if all.iter().all(|(_, one, _)| one.shards == shards) {
        let fresh = State {
            shards,
            ..State::default()
        };
        return Ok(Some((fresh, 0)));
    }
    match divide(context, all).await {
        Err(error) if error.is_contention() => return Ok(None),
        divided => divided?,
    }
    let (state, version) = load(&context.store, shard).await?;
    Ok(Some((state, version)).filter(|(state, _)| state.shards == shards))
}

/// Writes the records of another number of shards, all in one commit. They go on from the one that had come least far, so that nothing
/// that was due is passed over.
async fn divide(
    context: &RefreshContext,
    all: Vec<(Key, State, Version)>,
) -> Result<(), StoreError> {
    let shards = context.in_flight.shards();
    let swept = all.iter().filter(|(_, one, _)| one.swept > 0);
    let last = swept.min_by_key(|(_, one, _)| one.swept);
    let (swept, began, sweeps) = last.map_or_else(Default::default, |(_, one, _)| {
        (one.swept, one.began, one.sweeps.clone())
    });
    let mut known: BTreeMap<Key, Version> = BTreeMap::new();
    let (mut usage, mut pauses) = (Vec::new(), Vec::new());
    let (mut blocked, mut stored) = (Vec::new(), None);
    let mut hosts = Hosts::default();
    for (key, one, version) in all {
        if key == self::key(Shard::FIRST) {
            (blocked, stored) = (one.blocked, one.stored);
        }
        usage_log::put(&mut usage, &one.usage);
        pauses.extend(one.pauses);
        hosts = hosts.and(one.hosts);
        known.insert(key, version);
    }
    let mut writes = Vec::new();
    for shard in shards.beginning_at(0) {
        let mut state = State {
            swept,
            began,
            sweeps: sweeps.clone(),
            hosts: hosts.only(|host| shards.of_host(host) == shard),
            shards: shards.count(),
            ..State::default()
        };
        let own = pauses
            .iter()
            .filter(|(scope, _)| shards.of_scope(scope) == shard);
        state.pauses = own.cloned().collect();
        if shard == Shard::FIRST {
            state.usage = std::mem::take(&mut usage);
            state.blocked = std::mem::take(&mut blocked);
            state.stored = stored;
        }
        let version = known.remove(&key(shard)).unwrap_or_default();
        writes.push(Mutation::Upsert(entity(shard, &state)?, Some(version)));
    }
    let others = known.into_iter();
    writes.extend(others.map(|(key, version)| Mutation::Delete(key, Some(version))));
    context.store.commit(writes).await.map(drop)
}

/// The costs on days not yet in the usage log: normally today. One read, with several shards one of each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn today(store: &Datastore) -> Result<Vec<Day>, StoreError> {
    let mut days = Vec::new();
    for (_, state, _) in load_all(store).await? {
        usage_log::put(&mut days, &state.usage);
    }
    Ok(days)
}

/// The minute at which the last sweep began, for a page or a cron; `None` if there was none. Reads as [`today`].
///
/// # Errors
/// Those of [`today`].
pub async fn last_sweep(store: &Datastore) -> Result<Option<i64>, StoreError> {
    let all = load_all(store).await?.into_iter();
    let began = all.map(|(_, state, _)| state.began);
    Ok(began.max().filter(|began| *began > 0))
}

/// Most hosts that can be blocked.
const MOST_BLOCKED: usize = 200;

/// The hosts that are blocked. One read.
///
/// # Errors
/// Those of [`today`].
pub async fn blocked_hosts(store: &Datastore) -> Result<Vec<String>, StoreError> {
    let (state, _) = load(store, Shard::FIRST).await?;
    Ok(state.blocked)
}

/// A host as somebody types it, who may paste an address; `None` if it is none. A name without a dot is none either: it would block
/// everything below `com`.
pub fn host_as_typed(typed: &str) -> Option<String> {
    let typed = typed.trim().to_lowercase();
    let address = match (typed.contains("://"), typed.parse::<std::net::Ipv6Addr>()) {
        (true, _) => typed,
        (false, Ok(address)) => format!("https://[{address}]"),
        (false, Err(_)) => format!("https://{typed}"),
    };
    let url = url::Url::parse(&address).ok()?;
    let host = url.host_str()?.trim_end_matches('.');
    let is_name = |host: &str| {
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        host.contains('.') && host.chars().all(known)
    };
    let is_host = match url.host()? {
        url::Host::Domain(_) => is_name(host),
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => true,
    };
    (is_host && host.len() <= 253).then(|| host.to_owned())
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
    retry_on_conflict!(key(Shard::FIRST), {
        let (mut state, version) = load(store, Shard::FIRST).await?;
        state.blocked.retain(|known| known != host);
        if is_blocked && state.blocked.len() >= MOST_BLOCKED {
            return Ok(Attempt::Done(None));
        }
        if is_blocked {
            state.blocked.push(host.to_owned());
            state.blocked.sort();
        }
        let write = Mutation::Upsert(entity(Shard::FIRST, &state)?, Some(version));
        let committed = store.commit(vec![write, line.clone()]).await;
        Ok(Attempt::of(committed)?.map(|_| Some(state.blocked)))
    })
}

/// Whether what was counted today names a reader. Reads as [`today`].
///
/// # Errors
/// Those of [`today`].
pub async fn names_reader(store: &Datastore, reader: UserId) -> Result<bool, StoreError> {
    let days = today(store).await?;
    Ok(days.iter().any(|day| day.readers.contains_key(&reader.0)))
}

/// Takes a reader out of what was counted today, and returns how many days named them. Reads as [`today`]; one more and one write of each
/// record that did.
///
/// # Errors
/// Those of [`today`]; [`StoreError::Contention`] after many conflicts.
pub async fn forget_reader(store: &Datastore, reader: UserId) -> Result<usize, StoreError> {
    let mut named = 0;
    for (key, state, _) in load_all(store).await? {
        let names = |day: &Day| day.readers.contains_key(&reader.0);
        if state.usage.iter().any(names) {
            named += forget_in(store, &key, reader).await?;
        }
    }
    Ok(named)
}

async fn forget_in(store: &Datastore, key: &Key, reader: UserId) -> Result<usize, StoreError> {
    retry_on_conflict!(key.clone(), {
        let Some(stored) = store.get(key).await? else {
            return Ok(Attempt::Done(0));
        };
        let mut state = read(&stored.entity)?;
        let days = state.usage.iter_mut();
        let named = days.filter_map(|day| day.readers.remove(&reader.0)).count();
        if named == 0 {
            return Ok(Attempt::Done(0));
        }
        let entity = Entity::new(key.clone()).unindexed("body", crate::codec::pack(&state)?);
        let write = Mutation::Upsert(entity, Some(stored.version));
        let committed = store.commit(vec![write]).await;
        Ok(Attempt::of(committed)?.map(|_| named))
    })
}

/// A shard's record, as it is written.
fn entity(shard: Shard, state: &State) -> Result<Entity, StoreError> {
    Ok(Entity::new(key(shard)).unindexed("body", crate::codec::pack(state)?))
}

/// Saves the record for the last time, with the costs of this instance's requests.
///
/// Once a day, when a new day's first sweep ends, the days before it are moved to the usage log: one more read and
/// write.
pub(super) async fn save_with_usage(
    context: &RefreshContext,
    shard: Shard,
    state: &mut State,
    base: Version,
) -> Result<(), StoreError> {
    let taken = context.tally.take();
    let stored = context.in_flight.stored();
    let added = match shard {
        Shard::FIRST => stored.take_added(),
        _ => 0,
    };
    if let Some(all) = state.stored.as_mut().filter(|_| context.store_bytes > 0) {
        all.bytes += added;
    }
    let result = try_save_with_usage(context, shard, state, base, &taken).await;
    match &result {
        Ok(()) if shard == Shard::FIRST => stored.learn(state.stored.unwrap_or_default()),
        Ok(()) => {}
        Err(_) => {
            context.tally.give_back(&taken);
            stored.grew(added);
        }
    }
    result
}

async fn try_save_with_usage(
    context: &RefreshContext,
    shard: Shard,
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
        return commit(context, shard, state, base).await.map(drop);
    }
    let (mut days, version) = usage_log::read_days(&context.store).await?;
    usage_log::put(&mut days, &over);
    let with_all = state.usage.clone();
    state.usage.retain(|day| day.day >= today);
    tell(context, shard, state);
    let writes = vec![
        Mutation::Upsert(entity(shard, state)?, Some(base)),
        usage_log::write_days(days, version)?,
    ];
    match context.store.commit(writes).await {
        // Another shard's caller was at the usage log: what is over is moved with the next sweep.
        Err(error) if error.is_contention() && state.shards > 1 => {
            state.usage = with_all;
            commit(context, shard, state, base).await.map(drop)
        }
        committed => committed.map(drop),
    }
}

pub(super) async fn save(
    context: &RefreshContext,
    shard: Shard,
    state: &mut State,
    base: Version,
) -> Result<Version, StoreError> {
    let until = context.clock.now() + TimeDelta::from_std(LEASE).unwrap_or_default();
    state.working_until = until.timestamp_micros();
    commit(context, shard, state, base).await
}

/// What this instance knows of the shard's publishers, for the others.
fn tell(context: &RefreshContext, shard: Shard, state: &mut State) {
    let shards = context.in_flight.shards();
    let hosts = context.in_flight.hosts();
    let mut pauses = context.web.pauses().lasting(minute_of(context.clock.now()));
    state.hosts = match shards.count() {
        1 => hosts.clone(),
        _ => hosts.only(|host| shards.of_host(host) == shard),
    };
    pauses.retain(|(scope, _)| shards.count() == 1 || shards.of_scope(scope) == shard);
    state.pauses = pauses;
}

/// Writes the record on the version that it has.
async fn commit(
    context: &RefreshContext,
    shard: Shard,
    state: &mut State,
    base: Version,
) -> Result<Version, StoreError> {
    tell(context, shard, state);
    let write = Mutation::Upsert(entity(shard, state)?, Some(base));
    let versions = context.store.commit(vec![write]).await?;
    Ok(versions.first().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::host_as_typed;

    #[test]
    fn a_host_is_a_name_with_a_dot_or_an_address() {
        for (typed, host) in [
            ("News.Example.org", "news.example.org"),
            (" https://news.example.org/feed ", "news.example.org"),
            ("news.example.org.", "news.example.org"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("192.0.2.1", "192.0.2.1"),
            ("2001:db8::1", "[2001:db8::1]"),
            ("[2001:db8::1]", "[2001:db8::1]"),
        ] {
            assert_eq!(host_as_typed(typed).as_deref(), Some(host), "{typed}");
        }
        for typed in [
            "",
            "*",
            "*.example.org",
            "com",
            "a b.example",
            "https://",
            ".",
        ] {
            assert_eq!(host_as_typed(typed), None, "{typed}");
        }
    }
}
