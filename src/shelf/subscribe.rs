//! Subscribing: from what somebody typed to a feed on his shelf.
//!
//! The feed is fetched before anything is stored, and then all is stored in one commit: feed, articles, subscription. A
//! feed that somebody else reads already costs no request to its publisher.

use std::time::Duration;

use url::Url;

use super::audience::joins;
use super::moved::{departure, end_of};
use super::store;
use super::subscription::{Extra, Subscription};
use crate::chance::Chance;
use crate::clock::Timestamp;
use crate::datastore::StoreError;
use crate::feeds::address::{self, BadAddress};
use crate::feeds::{self, Feed, Validators};
use crate::fetch::apply::apply;
use crate::fetch::batch::Tools;
use crate::fetch::decide::{Document, Outcome, decide, unknown};
use crate::fetch::discover::{self, Candidate};
use crate::fetch::guard::{self, Block};
use crate::fetch::http::{Answer, FetchError};
use crate::fetch::parse::ParseError;
use crate::fetch::refresh::{read, status_words};
use crate::ids::{FEED_IDS, FeedId, UserId};

/// How long one subscription may search, all its requests together.
const PATIENCE: Duration = Duration::from_secs(25);
/// How often a commit is tried again after somebody else was faster.
const TRIES: usize = 5;

/// A feed that is on the shelf now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// New on the shelf.
    New(FeedId),
    /// It was there before; nothing changed.
    Already(FeedId),
}

/// Why nothing was added. Each says what was found and what to try.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// Not an address.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// An address that isn't asked.
    #[error(transparent)]
    Blocked(#[from] Block),
    /// Nothing came back.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The server answered, and not with a page.
    #[error("{}", status_words(*.0))]
    Status(u16),
    /// Something came back that is no feed, and leads to none.
    #[error("{found}")]
    NotAFeed {
        /// What it is, in words.
        found: String,
    },
    /// The page names several feeds.
    #[error("This site has several feeds.")]
    Several(Vec<Candidate>),
    /// The shelf is full.
    #[error("There are {0} feeds on your shelf already, which is the limit here.")]
    Full(u64),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SubscribeError {
    /// What to try.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Address(_) | Self::Blocked(_) => "Check the address, and try again.",
            Self::Fetch(_) => {
                "Open the address in a browser: if it works there, try again in a while."
            }
            Self::Status(_) => {
                "Open the site in a browser, look for its feed, and paste that address."
            }
            Self::NotAFeed { .. } => {
                "Look on the site for “RSS”, “Atom” or “Feed”, and paste the address of that link."
            }
            Self::Several(_) => "Choose one.",
            Self::Full(_) => "Remove one that you don't read, and try again.",
            Self::Store(_) => "",
        }
    }
}

/// Puts a feed on a shelf, by its own address or by its site's.
///
/// # Errors
/// [`SubscribeError`]; nothing is stored then.
pub async fn subscribe(
    tools: &Tools,
    chance: &Chance,
    user: UserId,
    typed: &str,
    folder: Vec<String>,
    most: u64,
) -> Result<Added, SubscribeError> {
    let url = address::parse(typed)?;
    guard::check_text(url.as_str(), tools.web.allows_private())?;
    if let Some(feed) = known(tools, url.as_str()).await?
        && let Some(added) = join(tools, user, feed, &folder, most).await?
    {
        return Ok(added);
    }
    let search = find(tools, url.clone());
    let found = tokio::time::timeout(PATIENCE, search).await;
    let host = url.host_str().unwrap_or_default().to_owned();
    let (url, document) = found.unwrap_or(Err(FetchError::TooSlow(host).into()))?;
    for _ in 0..TRIES {
        if let Some(feed) = known(tools, url.as_str()).await?
            && let Some(added) = join(tools, user, feed, &folder, most).await?
        {
            return Ok(added);
        }
        if is_full(tools, user, most).await? {
            return Err(SubscribeError::Full(most));
        }
        let id = FeedId::from_number(chance.id(FEED_IDS)).unwrap_or(FeedId(1));
        let mut feed = unknown(id, url.as_str());
        feed.card.subscribers = 1;
        let outcome = Outcome::Parsed(Box::new(document.clone()));
        let plan = decide(&feed, outcome, tools.clock.now());
        let one = subscription(tools, &feed, folder.clone());
        let also = vec![store::insert(user, &one, &Extra::default())?];
        match apply(&tools.store, plan, also, true).await {
            Ok(_) => return Ok(Added::New(id)),
            // Somebody else brought the same feed meanwhile.
            Err(error) if feeds::store::is_taken(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(contention(url.as_str()).into())
}

async fn is_full(tools: &Tools, user: UserId, most: u64) -> Result<bool, StoreError> {
    let listed = store::known_list(&tools.store, user).await?;
    Ok(listed.all.len() as u64 >= most)
}

pub(super) fn contention(what: &str) -> StoreError {
    let key = what.to_owned();
    StoreError::Contention { key }
}

fn subscription(tools: &Tools, feed: &Feed, folder: Vec<String>) -> Subscription {
    Subscription {
        found: feed.card.found_last(),
        feed: feed.id,
        title: None,
        folder,
        position: tools.clock.now().timestamp_micros(),
        full_text: false,
    }
}

pub(super) async fn known(tools: &Tools, url: &str) -> Result<Option<FeedId>, StoreError> {
    let found = feeds::store::by_urls(&tools.store, &[url.to_owned()]).await?;
    Ok(found.into_iter().next().flatten())
}

/// Puts a feed that is known on a shelf, or the one that it moved onto; `None` where it was cleared away just now. Two reads
/// and a count, two writes; for each move two reads more.
async fn join(
    tools: &Tools,
    user: UserId,
    id: FeedId,
    folder: &[String],
    most: u64,
) -> Result<Option<Added>, SubscribeError> {
    let store = &tools.store;
    for _ in 0..TRIES {
        if store::get(store, user, id).await?.is_some() {
            return Ok(Some(Added::Already(id)));
        }
        if is_full(tools, user, most).await? {
            return Err(SubscribeError::Full(most));
        }
        let Some(feed) = feeds::store::get(store, id).await? else {
            return Ok(None);
        };
        let mut feed = end_of(store, feed).await?;
        let end = feed.id;
        if end != id && store::get(store, user, end).await?.is_some() {
            return Ok(Some(Added::Already(end)));
        }
        joins(&mut feed, tools.clock.now());
        let one = subscription(tools, &feed, folder.to_vec());
        let changes = vec![
            store::insert(user, &one, &Extra::default())?,
            feeds::store::update(&feed)?,
        ];
        match store.commit(changes).await {
            Ok(_) => return Ok(Some(Added::New(end))),
            Err(error) if store::is_there(&error) => return Ok(Some(Added::Already(end))),
            Err(error) if error.is_contention() || feeds::store::has_gone(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(contention("the feed").into())
}

/// Takes a feed off a shelf; what was read of it is remembered, should it come back. Answers whether it was there.
/// Two reads, one write, one delete; another read where some of its readers sleep.
///
/// # Errors
/// The store's.
pub async fn unsubscribe(
    store: &crate::datastore::Datastore,
    user: UserId,
    id: FeedId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    for _ in 0..TRIES {
        let Some((_, _, version)) = store::get(store, user, id).await? else {
            return Ok(false);
        };
        let mut changes = vec![store::remove(user, id, version)];
        if let Some(feed) = feeds::store::get(store, id).await? {
            changes.extend(departure(store, user, feed, now).await?);
        }
        match store.commit(changes).await {
            Ok(_) => return Ok(true),
            Err(error) if error.is_contention() => {}
            Err(error) => return Err(error),
        }
    }
    Err(contention("the subscription"))
}

/// From an address to a feed's address and document: the address itself, what its page links to, what is usual.
pub(super) async fn find(tools: &Tools, url: Url) -> Result<(Url, Document), SubscribeError> {
    let answer = get(tools, &url).await?;
    if !answer.status.is_success() {
        return Err(SubscribeError::Status(answer.status.as_u16()));
    }
    let (landed, body) = (answer.url.clone(), answer.body.clone());
    let content_type = answer.content_type.clone();
    let error = match accept(&url, answer).await {
        Ok(found) => return Ok(found),
        Err(error) => error,
    };
    let candidates = discover::candidates(&body, content_type.as_deref(), &landed);
    // What a page names is judged like what somebody types.
    let mut candidates = candidates;
    candidates.retain(|found| address::parse(found.url.as_str()).is_ok());
    match candidates.as_slice() {
        [] => {}
        [only] => return one(tools, &only.url).await,
        _ => return Err(SubscribeError::Several(candidates)),
    }
    if matches!(error, ParseError::NotAFeed { .. }) {
        for guess in discover::well_known(&landed) {
            if let Ok(found) = one(tools, &guess).await {
                return Ok(found);
            }
        }
    }
    Err(SubscribeError::NotAFeed {
        found: error.to_string(),
    })
}

pub(super) async fn one(tools: &Tools, url: &Url) -> Result<(Url, Document), SubscribeError> {
    let answer = get(tools, url).await?;
    if !answer.status.is_success() {
        return Err(SubscribeError::Status(answer.status.as_u16()));
    }
    let found = accept(url, answer).await;
    found.map_err(|error| SubscribeError::NotAFeed {
        found: error.to_string(),
    })
}

pub(super) async fn get(tools: &Tools, url: &Url) -> Result<Answer, FetchError> {
    let none = Validators::default();
    tools.web.get(url, &none, 0, tools.clock.now()).await
}

/// A feed lives where it was asked for, or where nothing but permanent redirects led: nothing is stored yet that a
/// passing redirect could spoil.
pub(super) async fn accept(asked: &Url, answer: Answer) -> Result<(Url, Document), ParseError> {
    let mut document = read(answer).await?;
    let moved = document.moved_to.take();
    let moved = moved.and_then(|moved| address::parse(&moved).ok());
    Ok((moved.unwrap_or_else(|| asked.clone()), document))
}
