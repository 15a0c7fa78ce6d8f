//! Refreshes one feed: fetch, parse, decide, apply. The pipeline on one screen.

use url::Url;

use super::apply::apply;
use super::asked::Asked;
use super::context::RefreshContext;
use super::heavy::heavy;
use super::{hooks, merge};
use crate::articles::{self, store::ListDirection};
use crate::client::http::{Answer, FetchError, Web};
use crate::clock::Clock;
use crate::datastore::{Attempt, Datastore, RESULT_LIMIT, StoreError, retry_on_conflict};
use crate::feeds::door::Pass;
use crate::feeds::{self, Feed, FeedAddress, Head, Sign, Times, Validators, Wall};
use crate::ids::FeedId;
use crate::parse::{self, ParseError, Repair};
use crate::timestamp::{Timestamp, minute_of};
use crate::update::believed::is_ahead;
use crate::update::decide::{decide_within, is_nothing};
use crate::update::host_health::Spell;
use crate::update::outcome::{Document, Failure, Outcome, Unchanged};
use crate::update::redirects;
use crate::usage_log::Fetches;

/// The result of a refresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// No new articles, and nothing was written.
    Unchanged,
    /// Number of new articles; 0 if only the feed's own record changed.
    NewArticles(usize),
    /// It failed, in plain words that are also in the feed's record.
    Failed(String),
    /// Its server had asked us to wait: no request was sent, and it is checked when the pause is over.
    Paused,
    /// Its host is ill, or doesn't answer: nothing was recorded against it.
    Left(Spell),
    /// It couldn't be reached, and nobody else either: nothing was recorded. In plain words.
    Unreached(String),
    /// Another caller is fetching it just now: no request was sent, and the outcome is unknown.
    Busy,
}

/// Asks a feed's server. Stores nothing; one read for a feed whose validators, or whose door's pass, are too long for its summary.
/// Nobody is asked for a feed behind a door that can't be opened.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn ask(context: &RefreshContext, head: &Head) -> Result<Asked, StoreError> {
    let mut known = None;
    let mut validators = head.summary.validators.clone();
    let mut door = head.summary.door.clone();
    let lacks_pass = door.as_ref().is_some_and(|door| door.sealed.is_empty());
    if head.summary.validators_in_body || lacks_pass {
        let feed = feeds::store::get(&context.store, head.id).await?;
        if let Some(feed) = &feed {
            validators = feed.summary.validators.clone();
            door.clone_from(&feed.summary.door);
        }
        known = Some(feed);
    }
    let pass = match &door {
        None => None,
        Some(door) => match context.pass(door, &head.summary.url) {
            Some(pass) => Some(pass),
            None => {
                let outcome = Outcome::Failed(Failure {
                    // Nobody was asked.
                    is_an_answer: false,
                    ..failure(DOOR_LOST, None)
                });
                return Ok(Asked { known, outcome });
            }
        },
    };
    let outcome = fetch(
        (&context.web, &context.clock),
        &head.summary.url,
        &validators,
        pass.as_ref(),
        head.summary.subscribers,
        head.summary.is_read(),
    )
    .await;
    if let Some(fetches) = counted(head, &outcome) {
        context.tally.fetched(context.clock.now(), fetches);
    }
    Ok(Asked { known, outcome })
}

/// What a request counts as; `None` if it wasn't sent, or reached nobody.
fn counted(head: &Head, outcome: &Outcome) -> Option<Fetches> {
    let is_unchanged = match outcome {
        Outcome::Paused(_) => return None,
        Outcome::Failed(failure) if failure.is_unreached => return None,
        Outcome::NotModified(_) => true,
        _ => false,
    };
    Some(Fetches::asked(head.summary.subscribers, is_unchanged))
}

/// Refreshes one feed, whatever its host's other feeds do.
///
/// # Errors
/// The same as [`ask`] and [`settle`].
pub async fn refresh(context: &RefreshContext, head: &Head) -> Result<Refreshed, StoreError> {
    let asked = ask(context, head).await?;
    settle(context, head, asked).await
}

/// Stores what a feed's server answered.
///
/// Costs nothing if nothing changed; one read and one write if only its state changed; one read and n + 1 writes for n
/// new articles. If it moved to an address that another feed has: three more reads, and the one write merges it.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::NotFound`] if the feed was deleted meanwhile; [`StoreError::Contention`] after many conflicts. A
/// publisher's errors are a result, not an error.
pub async fn settle(
    context: &RefreshContext,
    head: &Head,
    asked: Asked,
) -> Result<Refreshed, StoreError> {
    let RefreshContext {
        store,
        clock,
        keeps,
        ..
    } = context;
    let Asked {
        mut known,
        mut outcome,
    } = asked;
    if head.summary.hooks > 0 {
        context.in_flight.saw_hooks();
    }
    if is_nothing(&head.summary, &outcome, clock.now()) {
        return Ok(Refreshed::Unchanged);
    }
    if is_ahead(&head.summary, minute_of(clock.now())) {
        tracing::warn!(
            feed.id = %head.id,
            "its record lies in the future: a clock was wrong, and it isn’t believed"
        );
    }
    // The decision if another feed already has the new address.
    let mut taken: Option<Option<FeedId>> = None;
    // What webhooks are told: the feed as it is then, and its last article before.
    let mut news = None;
    let settled = retry_on_conflict!(feeds::store::key(head.id), {
        let feed = match known.take() {
            Some(feed) => feed,
            None => feeds::store::get(store, head.id).await?,
        };
        let Some(feed) = feed else {
            return Ok(Attempt::Done(Refreshed::Unchanged));
        };
        if feed.summary.awake() == 0 || feed.summary.onto.is_some() {
            // Meanwhile it lost its last active subscriber, or was merged into another feed.
            return Ok(Attempt::Done(Refreshed::Unchanged));
        }
        let before = (feed.summary.clone(), feed.body.clone());
        let feed = with_times(store, feed, &outcome).await?;
        let mut plan = decide_within(&feed, outcome.clone(), clock.now(), keeps);
        match taken.filter(|_| plan.alias.is_some()) {
            Some(Some(other)) => plan = merge::rest_on(&feed, other, minute_of(clock.now())),
            Some(None) => redirects::undo(&mut plan, &before.0),
            None => {}
        }
        let moved_to = plan.alias.clone();
        if (&plan.feed.summary, &plan.feed.body) == (&before.0, &before.1) {
            return Ok(Attempt::Done(Refreshed::Unchanged));
        }
        let with_hooks = plan.feed.summary.hooks > 0;
        news = with_hooks.then(|| (plan.feed.summary.clone(), before.0.last));
        match apply(context, plan, Vec::new(), false).await {
            // Another feed already has the new address.
            Err(error) if feeds::store::is_taken(&error) => {
                // Only a new address can be taken.
                taken = match moved_to {
                    Some(address) => Some(Box::pin(merge::behind(store, head.id, &address)).await?),
                    None => None,
                };
                Ok(Attempt::Conflict)
            }
            // What can't be stored now won't fit in an hour either: it backs off like any failure.
            Err(error @ (StoreError::TooLarge { .. } | StoreError::Corrupt(_)))
                if !matches!(outcome, Outcome::Failed(_)) =>
            {
                tracing::warn!(feed.id = %head.id, %error, "fetched document can’t be stored");
                outcome = failed("This feed’s document is too large to store.", None);
                Ok(Attempt::Conflict)
            }
            applied => Ok(Attempt::of(applied)?.map(|count| match &outcome {
                Outcome::Failed(failure) => Refreshed::Failed(failure.text.clone()),
                Outcome::Paused(_) => Refreshed::Paused,
                Outcome::Gone => Refreshed::Failed("gone for good (410)".into()),
                _ => Refreshed::NewArticles(count),
            })),
        }
    })?;
    if let (Refreshed::NewArticles(1..), Some((summary, last))) = (&settled, news) {
        // Rare and large, so it is boxed to stay out of every refresh's future.
        let numbers = last + 1..=summary.last;
        Box::pin(hooks::announce(context, &summary, head.id, numbers)).await;
    }
    Ok(settled)
}

/// A feed whose summary says when its articles stand. One of before that was known learns it with the next document that
/// isn't the last one: one read, once.
async fn with_times(
    store: &Datastore,
    mut feed: Feed,
    outcome: &Outcome,
) -> Result<Feed, StoreError> {
    let numbers = feed.summary.numbers(feed.id);
    let count = (numbers.last + 1).saturating_sub(numbers.first);
    let is_wanting = feed.summary.times.older() == u32::MAX && (1..=RESULT_LIMIT).contains(&count);
    if !is_wanting || !matches!(outcome, Outcome::Parsed(_)) {
        return Ok(feed);
    }
    let flow = ListDirection::NewestFirst;
    let rows = articles::store::timeline(store, &[feed.id], flow, None, RESULT_LIMIT).await?;
    let orders = rows.iter().map(|row| (row.id.seq, row.summary.order));
    feed.summary.times = Times::of(numbers.first, numbers.last, &orders.collect());
    Ok(feed)
}

/// What is said of a feed whose door's pass can't be opened.
const DOOR_LOST: &str = "This feed’s password can’t be read any more, because the secret key of this installation has changed. \
     Enter it again in the feed’s settings.";

/// Fetches one address and parses the response.
async fn fetch(
    (web, clock): (&Web, &Clock),
    url: &Url,
    validators: &Validators,
    pass: Option<&Pass>,
    subscribers: u32,
    is_known: bool,
) -> Outcome {
    let answer = match pass {
        Some(pass) => get_with(web, url, validators, pass, clock.now()).await,
        None => web.get(url, validators, subscribers, clock.now()).await,
    };
    match answer {
        Ok(answer) => judge(url, answer, pass.is_some()).await,
        Err(FetchError::Paused { until, .. }) => Outcome::Paused(until),
        Err(error) => {
            let (sign, is_an_answer) = (error.sign(), error.is_an_answer());
            let is_unreached = error.is_unreached();
            // An import of an address that never was a feed tells no more about it than adding it does.
            let error = match validators.is_empty() && !is_known {
                true => error.for_a_stranger(url),
                false => error,
            };
            Outcome::Failed(Failure {
                sign,
                is_an_answer,
                is_unreached,
                ..failure(&error.to_string(), None)
            })
        }
    }
}

/// Fetches a feed behind a door. It stays at its address, wherever redirects lead: the pass is for no other.
///
/// # Errors
/// Those of [`Web::get`].
pub async fn get_with(
    web: &Web,
    url: &Url,
    validators: &Validators,
    pass: &Pass,
    now: Timestamp,
) -> Result<Answer, FetchError> {
    let answer = web.get_with(url, validators, pass, now).await?;
    Ok(Answer {
        moved: false,
        ..answer
    })
}

/// What a response means for a known feed.
async fn judge(url: &Url, answer: Answer, has_pass: bool) -> Outcome {
    match answer.status.as_u16() {
        304 => Outcome::NotModified(Unchanged {
            validators: answer.validators,
            fresh: answer.fresh,
            moved: answer.moved,
        }),
        // After a temporary redirect, its target is gone, not the feed.
        410 if answer.url == *url || answer.moved => Outcome::Gone,
        200..=299 => {
            let (wall, is_cut, host) = (answer.wall, answer.is_cut, host_of(&answer.url));
            match (read(answer).await, wall) {
                (Ok(document), _) => Outcome::Parsed(Box::new(document)),
                (Err(_), Some(wall)) => walled(wall, None),
                (Err(_), None) if is_cut => failed(&FetchError::CutOff(host).to_string(), None),
                (Err(error), None) => failed(&error.to_string(), None),
            }
        }
        status => match answer.wall {
            Some(wall) => walled(wall, answer.pause()),
            None => Outcome::Failed(Failure {
                sign: match answer.pause() {
                    // Who says when to come back isn’t ill.
                    Some(_) => Sign::NONE,
                    None => Sign::of_status(status),
                },
                ..failure(&refused(url, &answer, has_pass), answer.pause())
            }),
        },
    }
}

/// What a status other than success means, in plain words, of a feed that may have a door.
pub fn refused(url: &Url, answer: &Answer, has_pass: bool) -> String {
    let status = answer.status.as_u16();
    let is_away = answer.url.origin() != url.origin();
    match (status, has_pass) {
        (401 | 403, true) if is_away => {
            let host = host_of(&answer.url);
            format!("The site sent us on to {host}, and your password isn’t sent there ({status}).")
        }
        (401, true) => {
            "The site doesn’t accept the password that you gave for this feed (401).".into()
        }
        _ => status_words(status),
    }
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// A protection service answered instead of the publisher.
fn walled(wall: Wall, retry_after: Option<i64>) -> Outcome {
    Outcome::Failed(Failure {
        wall: Some(wall),
        ..failure(&wall.words(), retry_after)
    })
}

/// Parses a document on a blocking thread that the request waits for, since a large one takes a while.
///
/// # Errors
/// [`ParseError`], in words for the user, if the body isn't a readable feed.
pub async fn read(answer: Answer) -> Result<Document, ParseError> {
    let Answer {
        url,
        moved,
        content_type,
        validators,
        fresh,
        links,
        body,
        is_cut,
        is_mislabelled,
        ..
    } = answer;
    let work = move || {
        let mut feed = parse::parse(&body, content_type.as_deref(), &url)?;
        let mut validators = validators;
        if feed.repairs.contains(&Repair::Truncated) && is_cut {
            // With them, the publisher would say that there is nothing more.
            validators = Validators::default();
        }
        feed.repairs.extend(is_cut.then_some(Repair::CutOff));
        feed.repairs
            .extend(is_mislabelled.then_some(Repair::Compression));
        let moved_to = moved
            .then(|| FeedAddress::try_from(url.clone()).ok())
            .flatten();
        let hub = crate::update::hubs::advertised(&links, &feed, &url);
        let document = Document::new(feed, validators, moved_to);
        Ok(Document {
            hub,
            fresh: fresh.unwrap_or(0),
            ..document
        })
    };
    let parsed = heavy(work).await;
    parsed.unwrap_or_else(|| Err(ParseError::Broken("reading it failed".into())))
}

fn failed(text: &str, retry_after: Option<i64>) -> Outcome {
    Outcome::Failed(failure(text, retry_after))
}

/// A failure after an answer.
fn failure(text: &str, retry_after: Option<i64>) -> Failure {
    Failure {
        text: text.to_owned(),
        retry_after,
        sign: Sign::NONE,
        is_an_answer: true,
        is_unreached: false,
        wall: None,
    }
}

/// A status other than success, in plain words.
pub fn status_words(status: u16) -> String {
    match status {
        401 => "The site asks for a password before it shows this feed (401).".into(),
        403 => format!("The site refuses to show us this feed ({status})."),
        404 => "There’s nothing at this address (404).".into(),
        429 => "The site asked us to come back later (429).".into(),
        500..=599 => format!("The site is having trouble (error {status})."),
        other => format!("The site responded with {other} instead of a feed."),
    }
}
