//! Taking what a hub pushes (section 7).
//!
//! A pushed document may be all of the topic, or only what wasn't pushed before (section 7), and may come late or twice. So it
//! can only add: it says nothing about entries that it doesn't show, about the feed itself, or about the publisher's
//! server, whose validators and digest stay those of the last poll. The next poll sees the document as if there had been
//! no push, and finds its entries known.

use http::StatusCode;
use url::Url;

use super::Capability;
use crate::client::http::Answer;
use crate::clock::Clock;
use crate::datastore::{Attempt, Datastore, StoreError, retry_on_conflict};
use crate::feeds::{self, Feed, Rung, Validators};
use crate::refresh::apply::apply;
use crate::refresh::feed;
use crate::update::decide::decide;
use crate::update::outcome::Outcome;

/// What became of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Stored; so many new articles, perhaps none.
    Stored(usize),
    /// It can't be read or stored. The next poll shows what the publisher has.
    Ignored,
    /// Nobody awake reads the feed, or its hub is another by now: the subscription has ended (section 7: 410).
    Gone,
}

/// Takes a document whose signature was found good. One read and n + 1 writes for n new articles; one read where it brings
/// nothing. What is wrong with it is never held against the feed.
///
/// # Errors
/// The store's: the hub may try again.
pub async fn take(
    store: &Datastore,
    clock: &Clock,
    who: &Capability,
    (content_type, body): (Option<String>, Vec<u8>),
) -> Result<Taken, StoreError> {
    let Some(feed) = wanted(store, who).await? else {
        return Ok(Taken::Gone);
    };
    // Links are relative to the topic: to what the document calls its own address.
    let topic = feed.body.hub.as_ref().map(|hub| hub.topic.as_str());
    let Some(Ok(url)) = topic.map(Url::parse) else {
        return Ok(Taken::Gone);
    };
    let answer = Answer {
        fresh: None,
        _room: None,
        status: StatusCode::OK,
        url,
        moved: false,
        content_type,
        validators: Validators::default(),
        links: Vec::new(),
        retry_after: None,
        body,
    };
    let document = match feed::read(answer).await {
        Ok(document) => Box::new(document),
        Err(error) => {
            tracing::info!(feed.id = %who.feed, %error, "a pushed document can't be read");
            return Ok(Taken::Ignored);
        }
    };
    let mut known = Some(feed);
    retry_on_conflict!(feeds::store::key(who.feed), {
        let known = match known.take() {
            Some(feed) => Some(feed),
            None => wanted(store, who).await?,
        };
        let Some(feed) = known else {
            return Ok(Attempt::Done(Taken::Gone));
        };
        let plan = decide(&feed, Outcome::Pushed(document.clone()), clock.now());
        if (&plan.feed.card, &plan.feed.body) == (&feed.card, &feed.body) {
            return Ok(Attempt::Done(Taken::Stored(0)));
        }
        match apply(store, plan, Vec::new(), false).await {
            Err(error) if feeds::store::has_gone(&error) => Ok(Attempt::Conflict),
            Err(error @ (StoreError::TooLarge { .. } | StoreError::Corrupt(_))) => {
                tracing::warn!(feed.id = %who.feed, %error, "a pushed document can't be stored");
                Ok(Attempt::Done(Taken::Ignored))
            }
            applied => Ok(Attempt::of(applied)?.map(Taken::Stored)),
        }
    })
}

/// The feed, if it wants pushes from the hub that this callback is for.
async fn wanted(store: &Datastore, who: &Capability) -> Result<Option<Feed>, StoreError> {
    let feed = feeds::store::get(store, who.feed).await?;
    let is_for = |feed: &Feed| feed.body.hub.as_ref().is_some_and(|hub| who.is_for(hub));
    Ok(feed.filter(|feed| feed.card.rung != Rung::Off && is_for(feed)))
}
