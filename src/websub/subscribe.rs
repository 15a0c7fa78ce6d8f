//! Sends subscription requests to a hub (section 5.1), the first time and before its lease ends.

use std::time::Duration;

use url::{Url, form_urlencoded};

use super::Callbacks;
use crate::client::guard;
use crate::datastore::{Attempt, StoreError, retry_on_conflict};
use crate::feeds::{self, Feed, Hub, PollTier};
use crate::refresh::context::RefreshContext;
use crate::timestamp::minute_of;
use crate::update::lease::{self, LEASE_SECONDS};

/// Time limit for a hub to accept a request.
const HUB_TIMEOUT: Duration = Duration::from_secs(10);

/// The result for a feed's hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It accepted the request, and will verify our intent.
    Noted,
    /// It refused, or hasn't verified our last request.
    Refused,
    /// It can't be reached.
    Down,
    /// Postponed: the feed was written meanwhile, isn't polled, or nothing is due.
    PutOff,
}

/// Why a request failed, in plain words.
enum RequestFailure {
    /// Because of this feed.
    Refused(String),
    /// Other feeds would fail too.
    Down(String),
}

/// Does what is due for a feed's hub. One write and the request; another write if it fails at once.
///
/// With `is_down` no request is sent: the hub didn't respond for another feed just now.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn ask(
    context: &RefreshContext,
    callbacks: &Callbacks,
    mut feed: Feed,
    is_down: bool,
) -> Result<Asked, StoreError> {
    let minute = minute_of(context.clock.now());
    let Some(hub) = feed.body.hub.clone().filter(|hub| hub.due <= minute) else {
        return Ok(Asked::PutOff);
    };
    if feed.summary.tier == PollTier::Off {
        return Ok(Asked::PutOff);
    }
    if is_down {
        lease::request_failed(&mut feed, "It can’t be reached.", minute);
        return Ok(match save(context, &mut feed).await? {
            true => Asked::Down,
            false => Asked::PutOff,
        });
    }
    if hub.asked > 0 {
        lease::request_failed(&mut feed, "It hasn’t confirmed our request.", minute);
        // The first time it may have been our own fault: retry at once.
        if feed.body.hub.as_ref().is_some_and(|hub| hub.failures > 1) {
            return Ok(match save(context, &mut feed).await? {
                true => Asked::Refused,
                false => Asked::PutOff,
            });
        }
    }
    // Before the request: the hub may verify before it responds.
    lease::requested(&mut feed, minute);
    if !save(context, &mut feed).await? {
        return Ok(Asked::PutOff);
    }
    let (problem, asked) = match request(context, callbacks, &feed, &hub).await {
        Ok(()) => return Ok(Asked::Noted),
        Err(RequestFailure::Refused(problem)) => (problem, Asked::Refused),
        Err(RequestFailure::Down(problem)) => (problem, Asked::Down),
    };
    tracing::info!(feed.id = %feed.id, hub = hub.url, problem, "hub subscription failed");
    note(context, feed, &hub, &problem).await?;
    Ok(asked)
}

/// Writes the feed; false if it was written or deleted since it was read.
async fn save(context: &RefreshContext, feed: &mut Feed) -> Result<bool, StoreError> {
    match context
        .store
        .commit(vec![feeds::store::update(feed)?])
        .await
    {
        Ok(versions) => {
            feed.version = versions.first().copied().unwrap_or_default();
            Ok(true)
        }
        Err(error) if error.is_contention() || feeds::store::has_gone(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Records a failure, unless the hub has confirmed or denied in the meantime.
async fn note(
    context: &RefreshContext,
    feed: Feed,
    hub: &Hub,
    problem: &str,
) -> Result<(), StoreError> {
    let id = feed.id;
    let mut known = Some(feed);
    let noted = retry_on_conflict!(feeds::store::key(id), {
        let known = match known.take() {
            Some(feed) => Some(feed),
            None => feeds::store::get(&context.store, id).await?,
        };
        let Some(mut feed) = known else {
            return Ok(Attempt::Done(()));
        };
        let waits = |now: &Hub| now.asked > 0 && now.url == hub.url && now.topic == hub.topic;
        if !feed.body.hub.as_ref().is_some_and(waits) {
            return Ok(Attempt::Done(()));
        }
        lease::request_failed(&mut feed, problem, minute_of(context.clock.now()));
        Ok(match save(context, &mut feed).await? {
            true => Attempt::Done(()),
            false => Attempt::Conflict,
        })
    });
    match noted {
        // The next call counts its silence.
        Err(StoreError::Contention { .. }) => Ok(()),
        noted => noted,
    }
}

async fn request(
    context: &RefreshContext,
    callbacks: &Callbacks,
    feed: &Feed,
    hub: &Hub,
) -> Result<(), RequestFailure> {
    let refused = |text: &str| RequestFailure::Refused(text.to_owned());
    guard::check_text(&hub.topic, context.web.allows_private())
        .map_err(|block| refused(&format!("The feed’s own address isn’t taken: {block}.")))?;
    let url = Url::parse(&hub.url).map_err(|_| refused("Its address can’t be understood."))?;
    if !callbacks.can_reach(&url) {
        let home = "It can’t reach this reader, which is on a private network.";
        return Err(RequestFailure::Down(home.into()));
    }
    let callback = callbacks.url(feed.id, hub);
    let callback = callback.ok_or_else(|| refused("Our own address can’t be understood."))?;
    // The secret is sent whatever the scheme, though 5.1 prefers https: against an eavesdropper it protects little, but
    // without it nothing would.
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.topic", &hub.topic)
        .append_pair("hub.callback", callback.as_str())
        .append_pair("hub.lease_seconds", &LEASE_SECONDS.to_string())
        .append_pair("hub.secret", &callbacks.secret(feed.id, hub))
        .finish();
    let post = context.web.post_form(&url, &form, context.clock.now());
    let sent = tokio::time::timeout(HUB_TIMEOUT, post).await;
    match sent {
        Err(_) => Err(RequestFailure::Down("It took too long to answer.".into())),
        Ok(Err(error)) => Err(RequestFailure::Down(error.to_string())),
        Ok(Ok(status)) if status.is_success() => Ok(()),
        Ok(Ok(status)) => {
            let text = format!("It answered our request with {}.", status.as_u16());
            // 429 says nothing about this feed.
            Err(match status.is_server_error() || status.as_u16() == 429 {
                true => RequestFailure::Down(text),
                false => RequestFailure::Refused(text),
            })
        }
    }
}
