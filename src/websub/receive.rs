//! Receives content pushed by a hub (section 7).
//!
//! A pushed document may be all of the topic or only what is new (section 7), and may come late or twice. So it can
//! only add: it says nothing about missing entries, the feed itself or the publisher's server, whose validators and
//! digest stay those of the last poll. The next poll proceeds as if there had been no push, and finds the entries
//! known.

use http::StatusCode;
use url::Url;

use super::Capability;
use crate::client::http::Answer;
use crate::datastore::{Attempt, Datastore, StoreError, retry_on_conflict};
use crate::feeds::{self, Feed, FeedSummary, PollTier, Validators};
use crate::ids::FeedId;
use crate::refresh::apply::apply;
use crate::refresh::context::RefreshContext;
use crate::refresh::feed;
use crate::refresh::hooks::announce;
use crate::update::decide::decide_within;
use crate::update::outcome::Outcome;

/// The result of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ingested {
    /// Stored; the number of new articles, perhaps none.
    Stored(usize),
    /// It can't be parsed or stored. The next poll fetches what the publisher has.
    Ignored,
    /// The feed has no active subscriber or another hub by now: the subscription has ended (section 7: 410).
    Gone,
}

/// What a feed's webhooks are to be told once the push has made room for the next one.
#[derive(Debug)]
pub struct News {
    summary: FeedSummary,
    feed: FeedId,
    last: u32,
}

impl News {
    /// Tells them; see `announce`. What fails never fails the push.
    pub async fn tell(self, context: &RefreshContext) {
        let Self {
            summary,
            feed,
            last,
        } = self;
        announce(context, &summary, feed, last + 1..=summary.last).await;
    }
}

/// What a hub sent.
#[derive(Debug)]
pub struct Pushed {
    /// The value of `Content-Type`; `None` if the hub sent none.
    pub content_type: Option<String>,
    /// The document, unparsed.
    pub body: Vec<u8>,
}

/// Stores a document whose signature is valid.
///
/// One read and n + 1 writes for n new articles; one read if it has none. Errors in it don't count against the feed. If the feed has
/// webhooks, the news are returned along with the result.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts. The hub may retry.
pub async fn ingest(
    context: &RefreshContext,
    who: &Capability,
    pushed: Pushed,
) -> Result<(Ingested, Option<News>), StoreError> {
    let RefreshContext {
        store,
        clock,
        keeps,
        ..
    } = context;
    let Some(feed) = wanted(store, who).await? else {
        return Ok((Ingested::Gone, None));
    };
    // Links are relative to the topic, the document's own address.
    let topic = feed.body.hub.as_ref().map(|hub| hub.topic.as_str());
    let Some(Ok(url)) = topic.map(Url::parse) else {
        return Ok((Ingested::Gone, None));
    };
    let answer = Answer {
        fresh: None,
        _room: None,
        status: StatusCode::OK,
        url,
        moved: false,
        content_type: pushed.content_type,
        validators: Validators::default(),
        links: Vec::new(),
        retry_after: None,
        body: pushed.body,
        is_cut: false,
        is_mislabelled: false,
        wall: None,
    };
    let document = match feed::read(answer).await {
        Ok(document) => Box::new(document),
        Err(error) => {
            tracing::info!(feed.id = %who.feed, %error, "pushed document can’t be parsed");
            return Ok((Ingested::Ignored, None));
        }
    };
    let mut known = Some(feed);
    // What webhooks are told.
    let mut news = None;
    let done = retry_on_conflict!(feeds::store::key(who.feed), {
        let known = match known.take() {
            Some(feed) => Some(feed),
            None => wanted(store, who).await?,
        };
        let Some(feed) = known else {
            return Ok(Attempt::Done(Ingested::Gone));
        };
        let plan = decide_within(&feed, Outcome::Pushed(document.clone()), clock.now(), keeps);
        if (&plan.feed.summary, &plan.feed.body) == (&feed.summary, &feed.body) {
            return Ok(Attempt::Done(Ingested::Stored(0)));
        }
        let with_hooks = plan.feed.summary.hooks > 0;
        news = with_hooks.then(|| News {
            summary: plan.feed.summary.clone(),
            feed: who.feed,
            last: feed.summary.last,
        });
        match apply(context, plan, Vec::new(), false).await {
            Err(error) if feeds::store::has_gone(&error) => Ok(Attempt::Conflict),
            Err(error @ (StoreError::TooLarge { .. } | StoreError::Corrupt(_))) => {
                tracing::warn!(feed.id = %who.feed, %error, "pushed document can’t be stored");
                Ok(Attempt::Done(Ingested::Ignored))
            }
            applied => Ok(Attempt::of(applied)?.map(Ingested::Stored)),
        }
    })?;
    let has_news = matches!(done, Ingested::Stored(1..));
    Ok((done, news.filter(|_| has_news)))
}

/// The feed, if it expects pushes from the hub of this callback.
async fn wanted(store: &Datastore, who: &Capability) -> Result<Option<Feed>, StoreError> {
    let feed = feeds::store::get(store, who.feed).await?;
    let is_for = |feed: &Feed| feed.body.hub.as_ref().is_some_and(|hub| who.is_for(hub));
    Ok(feed.filter(|feed| feed.summary.tier != PollTier::Off && is_for(feed)))
}
