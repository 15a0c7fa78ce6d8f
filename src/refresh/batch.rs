//! Many feeds at once: up to 64 hosts in flight, each host asked for one feed at a time, with a pause between.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::context::RefreshContext;
use super::feed::{Refreshed, refresh};
use super::in_flight::Turn;
use crate::client::host_limiter::host_of;
use crate::datastore::StoreError;
use crate::feeds::Head;
use crate::ids::FeedId;
use crate::timestamp::minute_of;

/// Hosts that are asked at the same time.
const IN_FLIGHT: usize = 64;

/// What became of each feed that was asked.
pub type Results = Vec<(FeedId, Refreshed)>;

/// Feeds that are being refreshed.
///
/// No fetch begins after the deadline, and those under way are waited for (at most 20 s). Feeds that aren't in the result
/// weren't asked. One that another caller is asking counts as unchanged, and one whose record can't be read or written as
/// failed: neither stops the others.
pub struct Batch<'t> {
    tools: &'t RefreshContext,
    deadline: tokio::time::Instant,
    hosts: VecDeque<Vec<Head>>,
    running: FuturesUnordered<BoxFuture<'t, Result<(), StoreError>>>,
    results: Arc<Mutex<Results>>,
    _turn: Turn,
}

impl<'t> Batch<'t> {
    /// Claims the feeds; nobody is asked yet.
    pub fn new(
        tools: &'t RefreshContext,
        feeds: Vec<Head>,
        deadline: tokio::time::Instant,
    ) -> Self {
        let turn = tools.courtesy.claim(feeds.iter().map(|head| head.id));
        let (feeds, others): (Vec<Head>, Vec<Head>) =
            feeds.into_iter().partition(|head| turn.has(head.id));
        let others = others
            .into_iter()
            .map(|head| (head.id, Refreshed::Unchanged));
        Self {
            tools,
            deadline,
            hosts: by_host(feeds),
            running: FuturesUnordered::new(),
            results: Arc::new(Mutex::new(others.collect())),
            _turn: turn,
        }
    }

    /// Works for a while, or to the end. Answers whether that was the end.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] alone; what was done before it is done.
    pub async fn work(&mut self, time: Duration) -> Result<bool, StoreError> {
        let until = tokio::time::Instant::now() + time;
        loop {
            while self.running.len() < IN_FLIGHT
                && let Some(queue) = self.hosts.pop_front()
            {
                let host = one_host(self.tools, queue, self.deadline, self.results.clone());
                self.running.push(Box::pin(host));
            }
            match tokio::time::timeout_at(until, self.running.next()).await {
                Ok(Some(host)) => host?,
                Ok(None) => return Ok(true),
                Err(_) => return Ok(false),
            }
        }
    }

    /// What is done so far.
    pub fn done(&self) -> Results {
        self.results
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// A host is host:port. The order of hosts is that of their first feeds.
fn by_host(feeds: Vec<Head>) -> VecDeque<Vec<Head>> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut queues: VecDeque<Vec<Head>> = VecDeque::new();
    for head in feeds {
        let host = host_of(&head.card.url);
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
    tools: &RefreshContext,
    feeds: Vec<Head>,
    deadline: tokio::time::Instant,
    results: Arc<Mutex<Results>>,
) -> Result<(), StoreError> {
    let Some(first) = feeds.first() else {
        return Ok(());
    };
    // Of two batches at a host one is at work, so that no feed's request waits for many others.
    let host = format!("feeds of {}", host_of(&first.card.url));
    let alone = tools.courtesy.alone(&host);
    let Ok(_alone) = tokio::time::timeout_at(deadline, alone).await else {
        return Ok(());
    };
    for head in &feeds {
        // Somebody else may be at this host: he isn't waited for beyond the deadline.
        let free = tools.web.is_free(&head.card.url);
        if tokio::time::timeout_at(deadline, free).await.is_err()
            || tokio::time::Instant::now() >= deadline
        {
            break;
        }
        let done = match refresh(&tools.store, &tools.web, &tools.clock, head).await {
            Ok(done) => done,
            Err(error @ StoreError::Unavailable(_)) => return Err(error),
            Err(error) => {
                tracing::error!(feed.id = %head.id, %error, "a feed's record can't be read or written");
                Refreshed::Failed("its record can't be read or written".into())
            }
        };
        if done != Refreshed::Paused {
            let minute = minute_of(tools.clock.now());
            tools.courtesy.note_asked(head.id, minute);
        }
        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
        results.push((head.id, done));
    }
    Ok(())
}
