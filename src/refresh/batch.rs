//! Refreshes many feeds at once: up to 64 hosts in parallel, one feed at a time per host, with a pause between.
//!
//! Hosts take turns: each has one before any has its second. A host that hung is left for the rest of the sweep, and
//! those that hung lately share a quarter of the places, so that none keeps others waiting. A host's turn ends with its
//! answer: what that changes is stored while its next feed is asked, and shares a transaction with what others change.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::asked::Asked;
use super::context::RefreshContext;
use super::feed::{Refreshed, ask, settle};
use super::forgive::forgive;
use super::in_flight::FeedClaim;
use crate::client::host_limiter::host_of;
use crate::datastore::StoreError;
use crate::feeds::{Head, PollTier, Sign};
use crate::ids::FeedId;
use crate::timestamp::minute_of;
use crate::update::host_health::{Blame, HostQueue, Rounds, Spell, Turn};
use crate::update::outcome::Outcome;

/// Hosts that requests are sent to at the same time.
const MAX_HOSTS: usize = 64;
/// Answers that are being stored at the same time: each holds a document. At more no host has a turn.
const MAX_SETTLING: usize = 16;
/// Minutes until a feed that was passed over because of its host is due again.
const PASSED_OVER: i64 = 60;

/// The result for each feed.
pub type Results = Vec<(FeedId, Refreshed)>;

/// On whose behalf feeds are refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// A sweep that began at this minute: hosts that are ill are left alone, and what can't be reached is judged at the
    /// sweep's end.
    Sweep(i64),
    /// Somebody waits for the result.
    Request,
}

/// Feeds being refreshed.
///
/// No fetch begins after the deadline, and those in progress are waited for (at most 20 s). Feeds without a result
/// weren't fetched. One that another caller is fetching is [busy](Refreshed::Busy), and one whose record can't be read
/// or written counts as failed: neither stops the others.
pub struct Batch<'t> {
    job: Job<'t>,
    rounds: Rounds<Head>,
    running: FuturesUnordered<BoxFuture<'t, TurnOver>>,
    settling: FuturesUnordered<BoxFuture<'t, Result<(), StoreError>>>,
    _claim: FeedClaim,
}

/// A host's turn, over: what is left of its queue, and the answer to be stored.
type TurnOver = (HostQueue<Head>, Result<Option<Answered>, StoreError>);

/// A feed whose server has answered.
struct Answered {
    head: Head,
    asked: Asked,
    /// What had kept the host's feeds from being asked, if this answer ends it.
    ended: Option<Spell>,
}

/// What each turn needs.
#[derive(Clone)]
struct Job<'t> {
    context: &'t RefreshContext,
    deadline: tokio::time::Instant,
    occasion: Occasion,
    results: Arc<Mutex<Results>>,
}

impl<'t> Batch<'t> {
    /// Claims the feeds; no request is sent yet.
    pub fn new(
        context: &'t RefreshContext,
        feeds: Vec<Head>,
        deadline: tokio::time::Instant,
        occasion: Occasion,
    ) -> Self {
        let claim = context.in_flight.claim(feeds.iter().map(|head| head.id));
        let (feeds, others): (Vec<Head>, Vec<Head>) =
            feeds.into_iter().partition(|head| claim.has(head.id));
        let others = others.into_iter().map(|head| (head.id, Refreshed::Busy));
        let minute = minute_of(context.clock.now());
        let queues = by_host(feeds).into_iter().map(|(host, feeds)| HostQueue {
            is_suspect: context.in_flight.hosts().is_suspect(&host, minute),
            host,
            feeds,
        });
        Self {
            rounds: Rounds::new(queues, MAX_HOSTS),
            job: Job {
                context,
                deadline,
                occasion,
                results: Arc::new(Mutex::new(others.collect())),
            },
            running: FuturesUnordered::new(),
            settling: FuturesUnordered::new(),
            _claim: claim,
        }
    }

    /// Works for a while, or to the end; returns whether that was the end.
    ///
    /// It ends early, with feeds left over, when the network is down or the process is about to end.
    ///
    /// # Errors
    /// Only an outage of the store; finished work is kept.
    pub async fn work(&mut self, time: Duration) -> Result<bool, StoreError> {
        let until = tokio::time::Instant::now() + time;
        let context = self.job.context;
        loop {
            if context.network.is_down() || context.leaving.is_told() {
                self.running.clear();
                self.settling.clear();
                return Ok(true);
            }
            let is_late =
                tokio::time::Instant::now() >= self.job.deadline || context.is_known_full();
            while !is_late
                && self.settling.len() < MAX_SETTLING
                && let Some(queue) = self.rounds.take_turn()
            {
                self.running.push(Box::pin(turn(self.job.clone(), queue)));
            }
            if self.running.is_empty() && self.settling.is_empty() {
                break;
            }
            tokio::select! {
                biased;
                () = context.leaving.told() => {}
                Some(stored) = self.settling.next(), if !self.settling.is_empty() => stored?,
                Some((queue, answered)) = self.running.next(), if !self.running.is_empty() => {
                    self.rounds.over(queue);
                    if let Some(answered) = answered? {
                        self.settling.push(Box::pin(store(self.job.clone(), answered)));
                    }
                }
                () = tokio::time::sleep_until(until) => return Ok(false),
            }
        }
        if self.job.occasion == Occasion::Request && context.in_flight.offline_since().is_none() {
            // Few hosts prove nothing, and somebody waits for an answer.
            judge_withheld(context, &self.job.results).await?;
        }
        Ok(true)
    }

    /// The results so far.
    pub fn done(&self) -> Results {
        self.job
            .results
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Records the failures that were withheld, since they are the publishers'.
///
/// # Errors
/// An outage of the store.
pub(super) async fn judge_withheld(
    context: &RefreshContext,
    results: &Mutex<Results>,
) -> Result<(), StoreError> {
    for (head, asked) in context.network.take_withheld() {
        let host = host_of(&head.summary.url);
        let was_left = asked.is_paused();
        let spell = blame(context, &host, &head, &asked);
        let done = match spell {
            Some(spell) => Refreshed::Left(spell),
            None => settled(context, answered(context, head.clone(), asked)).await?,
        };
        if was_left {
            continue;
        }
        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
        results.retain(|(id, _)| *id != head.id);
        results.push((head.id, done));
    }
    Ok(())
}

/// Groups feeds by host:port, in the order of each host's first feed; those that were well come first.
fn by_host(feeds: Vec<Head>) -> Vec<(String, VecDeque<Head>)> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut queues: Vec<(String, VecDeque<Head>)> = Vec::new();
    for head in feeds {
        let host = host_of(&head.summary.url);
        match places.get(&host) {
            Some(&place) => queues[place].1.push_back(head),
            None => {
                places.insert(host.clone(), queues.len());
                queues.push((host, VecDeque::from([head])));
            }
        }
    }
    for (_, queue) in &mut queues {
        let by_health = queue.make_contiguous();
        by_health.sort_by_key(|head| head.summary.failures > 0);
    }
    queues
}

/// One host's turn: one feed is asked, or all that are left are passed over.
async fn turn(job: Job<'_>, mut queue: HostQueue<Head>) -> TurnOver {
    let answered = take_turn(&job, &mut queue).await;
    (queue, answered)
}

/// Stores an answer.
async fn store(job: Job<'_>, answered: Answered) -> Result<(), StoreError> {
    let id = answered.head.id;
    let done = settled(job.context, answered).await?;
    job.note(id, done);
    Ok(())
}

async fn take_turn(
    job: &Job<'_>,
    queue: &mut HostQueue<Head>,
) -> Result<Option<Answered>, StoreError> {
    let Job {
        context, deadline, ..
    } = *job;
    // Of two batches at a host only one works, so that no feed waits behind many others.
    let host = queue.host.clone();
    let name = format!("feeds of {host}");
    let alone = context.in_flight.alone(&name);
    let Ok(_alone) = tokio::time::timeout_at(deadline, alone).await else {
        queue.feeds.clear();
        return Ok(None);
    };
    if let Occasion::Sweep(began) = job.occasion {
        let minute = minute_of(context.clock.now());
        let turn = context.in_flight.hosts().turn(&host, minute, began);
        if let Turn::Leave(spell) = turn {
            for head in std::mem::take(&mut queue.feeds) {
                pass_over(job, &head, &spell).await?;
            }
            return Ok(None);
        }
    }
    let Some(head) = queue.feeds.front() else {
        return Ok(None);
    };
    // The host may be in use by others; wait no longer than the deadline.
    let free = context.web.wait_for_host(&head.summary.url);
    if tokio::time::timeout_at(deadline, free).await.is_err()
        || tokio::time::Instant::now() >= deadline
    {
        queue.feeds.clear();
        return Ok(None);
    }
    let Some(head) = queue.feeds.pop_front() else {
        return Ok(None);
    };
    let asked = match ask(context, &head).await {
        Ok(asked) => asked,
        Err(error) => {
            let done = unreadable(&head, error)?;
            job.note(head.id, done);
            return Ok(None);
        }
    };
    if asked.has_answered() {
        context.network.note_answer();
    }
    if asked.is_unreached() && !context.network.has_answered() {
        withhold(job, queue, head, asked);
        return Ok(None);
    }
    if let Some(spell) = blame(context, &host, &head, &asked) {
        if job.occasion == Occasion::Request {
            job.note(head.id, Refreshed::Left(spell));
            return Ok(None);
        }
        pass_over(job, &head, &spell).await?;
        return Ok(None);
    }
    Ok(Some(answered(context, head, asked)))
}

/// Notes an answer in what is known of its host.
fn answered(context: &RefreshContext, head: Head, asked: Asked) -> Answered {
    let ended = match asked.is_success() {
        true => {
            let host = host_of(&head.summary.url);
            let minute = minute_of(context.clock.now());
            context.in_flight.hosts().succeeded(&host, minute)
        }
        false => None,
    };
    Answered { head, asked, ended }
}

/// Keeps a failure until it is known whose it is. If the host hung, its other feeds are passed over, as far as it is its own.
fn withhold(job: &Job<'_>, queue: &mut HostQueue<Head>, head: Head, asked: Asked) {
    let Job { context, .. } = *job;
    let minute = minute_of(context.clock.now());
    if asked.has_hung() {
        let spell = Spell {
            host: queue.host.clone(),
            sign: Sign::TIMED_OUT,
            since: minute,
            feeds: Vec::new(),
            is_ill: false,
            probed: minute,
        };
        for head in std::mem::take(&mut queue.feeds) {
            job.note(head.id, Refreshed::Left(spell.clone()));
            if matches!(head.summary.tier, PollTier::Step(1..)) {
                let paused = Asked::of(Outcome::Paused(minute + PASSED_OVER));
                context.network.withhold(&queue.host, head, paused);
            }
        }
    }
    job.note(head.id, Refreshed::Unreached(asked.failure_text()));
    context.network.withhold(&queue.host, head, asked);
}

/// Notes an outcome in what is known of hosts; returns the spell if the failure is the host's.
fn blame(context: &RefreshContext, host: &str, head: &Head, asked: &Asked) -> Option<Spell> {
    let minute = minute_of(context.clock.now());
    // One that has never been read says nothing of its host: its address may be wrong.
    let was_well = head.summary.failures == 0 && head.summary.tier != PollTier::New;
    let blame = match asked.outcome() {
        Outcome::Failed(failure) => {
            let feed = (head.id, was_well);
            let mut hosts = context.in_flight.hosts();
            hosts.failed(host, failure.sign, feed, minute)
        }
        _ => return None,
    };
    match blame {
        Blame::Host(spell) => Some(spell),
        Blame::Feed => None,
    }
}

/// Writes what an answer changes; after a success, the failures of the host's other feeds are forgiven.
async fn settled(context: &RefreshContext, answered: Answered) -> Result<Refreshed, StoreError> {
    let Answered { head, asked, ended } = answered;
    let is_success = asked.is_success();
    let done = match settle(context, &head, asked).await {
        Ok(done) => done,
        Err(error) => unreadable(&head, error)?,
    };
    if done != Refreshed::Paused {
        let minute = minute_of(context.clock.now());
        let shard = context.in_flight.shards().of(&head.summary.url);
        context.in_flight.note_fetched(head.id, shard, minute);
    }
    if is_success {
        forgive(&context.store, &head, ended.as_ref()).await?;
    }
    Ok(done)
}

/// A feed whose record can't be read or written; other feeds go on.
fn unreadable(head: &Head, error: StoreError) -> Result<Refreshed, StoreError> {
    if error.is_outage() {
        return Err(error);
    }
    tracing::error!(feed.id = %head.id, %error, "feed record can’t be read or written");
    Ok(Refreshed::Failed(
        "its record can’t be read or written".into(),
    ))
}

/// Passes a feed over because of its host.
///
/// One that is checked rarely would miss its turn: it is due again in an hour, for one read and write. One that comes
/// up every hour costs nothing.
async fn pass_over(job: &Job<'_>, head: &Head, spell: &Spell) -> Result<(), StoreError> {
    let context = job.context;
    if matches!(head.summary.tier, PollTier::Step(1..)) {
        let until = minute_of(context.clock.now()) + PASSED_OVER;
        let paused = Asked::of(Outcome::Paused(until));
        if let Err(error) = settle(context, head, paused).await {
            unreadable(head, error)?;
        }
    }
    job.note(head.id, Refreshed::Left(spell.clone()));
    Ok(())
}

impl Job<'_> {
    fn note(&self, feed: FeedId, done: Refreshed) {
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        results.push((feed, done));
    }
}
