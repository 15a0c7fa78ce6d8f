//! Asking a hub (section 5.1), for the first time or before its lease ends.

use std::time::Duration;

use url::{Url, form_urlencoded};

use super::Callbacks;
use crate::client::guard;
use crate::datastore::{Attempt, StoreError, retry_on_conflict};
use crate::feeds::{self, Feed, Hub, Rung};
use crate::refresh::context::RefreshContext;
use crate::timestamp::minute_of;
use crate::update::lease::{self, LEASE_SECONDS};

/// As long as a hub may take to take note of a request.
const PATIENCE: Duration = Duration::from_secs(10);

/// What became of a feed's hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It has taken note, and will make sure that it was us.
    Noted,
    /// It said no, or has said nothing since the last time.
    Refused,
    /// It can't be asked.
    Down,
    /// Somebody else wrote the feed meanwhile, or it rests.
    PutOff,
}

/// Why a request came to nothing, in plain words.
enum Trouble {
    /// It is about this feed.
    Refused(String),
    /// It would be the same for others.
    Down(String),
}

/// Does what is due about a feed's hub. One write, and the request; another write where it fails at once. With `is_down` the
/// hub isn't asked: it didn't answer for another feed just now.
///
/// # Errors
/// The store's.
pub async fn ask(
    tools: &RefreshContext,
    callbacks: &Callbacks,
    mut feed: Feed,
    is_down: bool,
) -> Result<Asked, StoreError> {
    let minute = minute_of(tools.clock.now());
    let Some(hub) = feed.body.hub.clone().filter(|hub| hub.due <= minute) else {
        return Ok(Asked::PutOff);
    };
    if feed.card.rung == Rung::Off {
        return Ok(Asked::PutOff);
    }
    if is_down {
        lease::failed(&mut feed, "It can’t be reached.", minute);
        return Ok(match save(tools, &mut feed).await? {
            true => Asked::Down,
            false => Asked::PutOff,
        });
    }
    if hub.asked > 0 {
        lease::failed(&mut feed, "It hasn’t confirmed our request.", minute);
        // The first time it may have been our own fault: it is asked again at once.
        if feed.body.hub.as_ref().is_some_and(|hub| hub.failures > 1) {
            return Ok(match save(tools, &mut feed).await? {
                true => Asked::Refused,
                false => Asked::PutOff,
            });
        }
    }
    // Before the request: the hub may answer it before we have its answer.
    lease::asks(&mut feed, minute);
    if !save(tools, &mut feed).await? {
        return Ok(Asked::PutOff);
    }
    let (problem, asked) = match request(tools, callbacks, &feed, &hub).await {
        Ok(()) => return Ok(Asked::Noted),
        Err(Trouble::Refused(problem)) => (problem, Asked::Refused),
        Err(Trouble::Down(problem)) => (problem, Asked::Down),
    };
    tracing::info!(feed.id = %feed.id, hub = hub.url, problem, "hub subscription failed");
    note(tools, feed, &hub, &problem).await?;
    Ok(asked)
}

/// Writes the feed; false where somebody else wrote it since it was read.
async fn save(tools: &RefreshContext, feed: &mut Feed) -> Result<bool, StoreError> {
    match tools.store.commit(vec![feeds::store::update(feed)?]).await {
        Ok(versions) => {
            feed.version = versions.first().copied().unwrap_or_default();
            Ok(true)
        }
        Err(error) if error.is_contention() || feeds::store::has_gone(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Notes a failure, unless the hub has confirmed, or refused in its own words, while it was asked.
async fn note(
    tools: &RefreshContext,
    feed: Feed,
    hub: &Hub,
    problem: &str,
) -> Result<(), StoreError> {
    let id = feed.id;
    let mut known = Some(feed);
    let noted = retry_on_conflict!(feeds::store::key(id), {
        let known = match known.take() {
            Some(feed) => Some(feed),
            None => feeds::store::get(&tools.store, id).await?,
        };
        let Some(mut feed) = known else {
            return Ok(Attempt::Done(()));
        };
        let waits = |now: &Hub| now.asked > 0 && now.url == hub.url && now.topic == hub.topic;
        if !feed.body.hub.as_ref().is_some_and(waits) {
            return Ok(Attempt::Done(()));
        }
        lease::failed(&mut feed, problem, minute_of(tools.clock.now()));
        Ok(match save(tools, &mut feed).await? {
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

/// The request itself.
async fn request(
    tools: &RefreshContext,
    callbacks: &Callbacks,
    feed: &Feed,
    hub: &Hub,
) -> Result<(), Trouble> {
    let refused = |text: &str| Trouble::Refused(text.to_owned());
    guard::check_text(&hub.topic, tools.web.allows_private())
        .map_err(|block| refused(&format!("The feed’s own address isn’t taken: {block}.")))?;
    let url = Url::parse(&hub.url).map_err(|_| refused("Its address can’t be understood."))?;
    if !callbacks.can_reach(&url) {
        let home = "It can’t reach this reader, which is on a private network.";
        return Err(Trouble::Down(home.into()));
    }
    let callback = callbacks.url(feed.id, hub);
    let callback = callback.ok_or_else(|| refused("Our own address can’t be understood."))?;
    // The secret goes along whatever the scheme, though 5.1 would rather have https: where somebody listens it protects
    // little, and without it nothing would.
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.topic", &hub.topic)
        .append_pair("hub.callback", callback.as_str())
        .append_pair("hub.lease_seconds", &LEASE_SECONDS.to_string())
        .append_pair("hub.secret", &callbacks.secret(feed.id, hub))
        .finish();
    let post = tools.web.post_form(&url, &form, tools.clock.now());
    let sent = tokio::time::timeout(PATIENCE, post).await;
    match sent {
        Err(_) => Err(Trouble::Down("It took too long to answer.".into())),
        Ok(Err(error)) => Err(Trouble::Down(error.to_string())),
        Ok(Ok(status)) if status.is_success() => Ok(()),
        Ok(Ok(status)) => {
            let text = format!("It answered our request with {}.", status.as_u16());
            // 429 says nothing about this feed.
            Err(match status.is_server_error() || status.as_u16() == 429 {
                true => Trouble::Down(text),
                false => Trouble::Refused(text),
            })
        }
    }
}
