//! One feed is refreshed: ask, read, decide, apply. The pipeline on one screen.

use url::Url;

use super::apply::apply;
use super::merge;
use crate::client::http::{Answer, FetchError, Web};
use crate::clock::Clock;
use crate::datastore::{Attempt, Datastore, StoreError, retry_on_conflict};
use crate::feeds::{self, Head, Validators};
use crate::ids::FeedId;
use crate::parse::{self, ParseError};
use crate::timestamp::minute_of;
use crate::update::decide::{decide, is_nothing};
use crate::update::outcome::{Document, Failure, Outcome, Unchanged};
use crate::update::redirects;

/// Documents that are read at the same time: a large one takes many times its size while it is.
pub(crate) static ROOM: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(2);

/// What a refresh came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// Nothing is new, and nothing was written.
    Unchanged,
    /// So many new articles; 0 where only the feed's own record changed.
    News(usize),
    /// It failed, in plain words; the feed's record says so too.
    Failed(String),
    /// Its server had asked to be left alone: it wasn't asked, and its turn comes when the pause is over.
    Paused,
}

/// Refreshes one feed. Costs nothing where nothing is new; one read and one write where only its state changed; one read
/// and n + 1 writes for n new articles.
///
/// Where it moved to an address that another feed has, three reads more, and the one write puts it to rest.
///
/// # Errors
/// Only the store's: what publishers do wrong is an answer.
pub async fn refresh(
    store: &Datastore,
    web: &Web,
    clock: &Clock,
    head: &Head,
) -> Result<Refreshed, StoreError> {
    let mut known = None;
    let mut validators = head.card.validators.clone();
    if head.card.validators_in_body {
        known = feeds::store::get(store, head.id).await?;
        if let Some(feed) = &known {
            validators = feed.card.validators.clone();
        }
    }
    let mut outcome = ask(
        web,
        clock,
        &head.card.url,
        &validators,
        head.card.subscribers,
    )
    .await;
    if is_nothing(&head.card, &outcome, clock.now()) {
        return Ok(Refreshed::Unchanged);
    }
    // What is decided where another feed has the address that this one moved to.
    let mut taken: Option<Option<FeedId>> = None;
    retry_on_conflict!(feeds::store::key(head.id), {
        let feed = match known.take() {
            Some(feed) => feed,
            None => match feeds::store::get(store, head.id).await? {
                Some(feed) => feed,
                None => return Ok(Attempt::Done(Refreshed::Unchanged)),
            },
        };
        if feed.card.awake() == 0 || feed.card.onto.is_some() {
            // Its last reader left or fell asleep, or it went to rest on another, while it was asked.
            return Ok(Attempt::Done(Refreshed::Unchanged));
        }
        let before = (feed.card.clone(), feed.body.clone());
        let mut plan = decide(&feed, outcome.clone(), clock.now());
        match taken.filter(|_| plan.alias.is_some()) {
            Some(Some(other)) => plan = merge::rest_on(&feed, other, minute_of(clock.now())),
            Some(None) => redirects::undo(&mut plan, &before.0),
            None => {}
        }
        let moved_to = plan.alias.clone();
        if (&plan.feed.card, &plan.feed.body) == (&before.0, &before.1) {
            return Ok(Attempt::Done(Refreshed::Unchanged));
        }
        match apply(store, plan, Vec::new(), false).await {
            // Another feed has the address that this one moved to.
            Err(error) if feeds::store::is_taken(&error) => {
                let url = moved_to.unwrap_or_default();
                taken = Some(Box::pin(merge::behind(store, head.id, url)).await?);
                Ok(Attempt::Conflict)
            }
            // What can't be stored today can't be stored in an hour: it backs off like any failure.
            Err(error @ (StoreError::TooLarge { .. } | StoreError::Corrupt(_)))
                if !matches!(outcome, Outcome::Failed(_)) =>
            {
                tracing::warn!(feed.id = %head.id, %error, "a document can't be stored");
                outcome = failed("This feed's document is beyond what can be stored.", None);
                Ok(Attempt::Conflict)
            }
            applied => Ok(Attempt::of(applied)?.map(|count| match &outcome {
                Outcome::Failed(failure) => Refreshed::Failed(failure.text.clone()),
                Outcome::Paused(_) => Refreshed::Paused,
                Outcome::Gone => Refreshed::Failed("gone for good (410)".into()),
                _ => Refreshed::News(count),
            })),
        }
    })
}

/// Asks one address and reads what comes back.
pub async fn ask(
    web: &Web,
    clock: &Clock,
    url: &str,
    validators: &Validators,
    subscribers: u32,
) -> Outcome {
    let Ok(parsed) = Url::parse(url) else {
        return failed("The feed's address can't be understood.", None);
    };
    match web.get(&parsed, validators, subscribers, clock.now()).await {
        Ok(answer) => judge(&parsed, answer).await,
        Err(FetchError::Paused { until, .. }) => Outcome::Paused(until),
        Err(error) => failed(&error.to_string(), None),
    }
}

/// What an answer means for a feed that we know.
async fn judge(url: &Url, answer: Answer) -> Outcome {
    match answer.status.as_u16() {
        304 => Outcome::NotModified(Unchanged {
            validators: answer.validators,
            fresh: answer.fresh,
            moved: answer.moved,
        }),
        // Behind a passing redirect it is that place that is gone, and not the feed.
        410 if answer.url == *url || answer.moved => Outcome::Gone,
        200..=299 => match read(answer).await {
            Ok(document) => Outcome::Parsed(Box::new(document)),
            Err(error) => failed(&error.to_string(), None),
        },
        status => failed(&status_words(status), answer.pause()),
    }
}

/// Reads a document, on a thread that the request waits for: parsing a large one takes a while.
///
/// # Errors
/// [`ParseError`], in words for the reader.
pub async fn read(answer: Answer) -> Result<Document, ParseError> {
    let Answer {
        url,
        moved,
        content_type,
        validators,
        fresh,
        links,
        body,
        ..
    } = answer;
    let permit = ROOM.acquire().await;
    let work = move || {
        let _permit = permit;
        let feed = parse::parse(&body, content_type.as_deref(), &url)?;
        let moved_to = moved.then(|| url.to_string());
        let hub = crate::update::hubs::advertised(&links, &feed, &url);
        let document = Document::new(feed, validators, moved_to);
        Ok(Document {
            hub,
            fresh: fresh.unwrap_or(0),
            ..document
        })
    };
    let parsed = tokio::task::spawn_blocking(work).await;
    parsed.map_err(|_| ParseError::Broken("reading it failed".into()))?
}

fn failed(text: &str, retry_after: Option<i64>) -> Outcome {
    Outcome::Failed(Failure {
        text: text.to_owned(),
        retry_after,
    })
}

/// A status that is no success, in plain words.
pub fn status_words(status: u16) -> String {
    match status {
        401 | 403 => format!("The server refuses to show the feed to us ({status})."),
        404 => "There is nothing at this address (404).".into(),
        429 => "The server asks us to come back later (429).".into(),
        500..=599 => format!("The server has a fault of its own ({status})."),
        other => format!("The server answered with {other}, which is no feed."),
    }
}
