//! Refreshes many feeds at once: up to 64 hosts in parallel, one feed at a time per host, with a pause between.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::context::RefreshContext;
use super::feed::{Refreshed, refresh};
use super::in_flight::FeedClaim;
use crate::client::host_limiter::host_of;
use crate::datastore::StoreError;
use crate::feeds::Head;
use crate::ids::FeedId;
use crate::timestamp::minute_of;

/// Hosts that requests are sent to at the same time.
const MAX_HOSTS: usize = 64;

/// The result for each feed.
pub type Results = Vec<(FeedId, Refreshed)>;

/// Feeds being refreshed.
///
/// No fetch begins after the deadline, and those in progress are waited for (at most 20 s). Feeds without a result
/// weren't fetched. One that another caller is fetching is [busy](Refreshed::Busy), and one whose record can't be read
/// or written counts as failed: neither stops the others.
pub struct Batch<'t> {
    context: &'t RefreshContext,
    deadline: tokio::time::Instant,
    hosts: VecDeque<Vec<Head>>,
    running: FuturesUnordered<BoxFuture<'t, Result<(), StoreError>>>,
    results: Arc<Mutex<Results>>,
    _claim: FeedClaim,
}

impl<'t> Batch<'t> {
    /// Claims the feeds; no request is sent yet.
    pub fn new(
        context: &'t RefreshContext,
        feeds: Vec<Head>,
        deadline: tokio::time::Instant,
    ) -> Self {
        let claim = context.in_flight.claim(feeds.iter().map(|head| head.id));
        let (feeds, others): (Vec<Head>, Vec<Head>) =
            feeds.into_iter().partition(|head| claim.has(head.id));
        let others = others.into_iter().map(|head| (head.id, Refreshed::Busy));
        Self {
            context,
            deadline,
            hosts: by_host(feeds),
            running: FuturesUnordered::new(),
            results: Arc::new(Mutex::new(others.collect())),
            _claim: claim,
        }
    }

    /// Works for a while, or to the end; returns whether that was the end.
    ///
    /// # Errors
    /// Only [`StoreError::Unavailable`]; finished work is kept.
    pub async fn work(&mut self, time: Duration) -> Result<bool, StoreError> {
        let until = tokio::time::Instant::now() + time;
        loop {
            while self.running.len() < MAX_HOSTS
                && let Some(queue) = self.hosts.pop_front()
            {
                let host = one_host(self.context, queue, self.deadline, self.results.clone());
                self.running.push(Box::pin(host));
            }
            match tokio::time::timeout_at(until, self.running.next()).await {
                Ok(Some(host)) => host?,
                Ok(None) => return Ok(true),
                Err(_) => return Ok(false),
            }
        }
    }

    /// The results so far.
    pub fn done(&self) -> Results {
        self.results
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Groups feeds by host:port, in the order of each host's first feed.
fn by_host(feeds: Vec<Head>) -> VecDeque<Vec<Head>> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut queues: VecDeque<Vec<Head>> = VecDeque::new();
    for head in feeds {
        let host = host_of(&head.summary.url);
        match places.get(&host) {
            Some(&place) => queues[place].push(head),
            None => {
                places.insert(host, queues.len());
                queues.push_back(vec![head]);
            }
        }
    }
    queues
}

async fn one_host(
    context: &RefreshContext,
    feeds: Vec<Head>,
    deadline: tokio::time::Instant,
    results: Arc<Mutex<Results>>,
) -> Result<(), StoreError> {
    let Some(first) = feeds.first() else {
        return Ok(());
    };
    // Of two batches at a host only one works, so that no feed waits behind many others.
    let host = format!("feeds of {}", host_of(&first.summary.url));
    let alone = context.in_flight.alone(&host);
    let Ok(_alone) = tokio::time::timeout_at(deadline, alone).await else {
        return Ok(());
    };
    for head in &feeds {
        // The host may be in use by others; wait no longer than the deadline.
        let free = context.web.wait_for_host(&head.summary.url);
        if tokio::time::timeout_at(deadline, free).await.is_err()
            || tokio::time::Instant::now() >= deadline
        {
            break;
        }
        let done = match refresh(&context.store, &context.web, &context.clock, head).await {
            Ok(done) => done,
            Err(error) if error.is_outage() => return Err(error),
            Err(error) => {
                tracing::error!(feed.id = %head.id, %error, "feed record can’t be read or written");
                Refreshed::Failed("its record can’t be read or written".into())
            }
        };
        if done != Refreshed::Paused {
            let minute = minute_of(context.clock.now());
            context.in_flight.note_fetched(head.id, minute);
        }
        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
        results.push((head.id, done));
    }
    Ok(())
}
