//! Finds a feed and its document from an address the user entered.

use url::Url;

use crate::client::guard::Block;
use crate::client::http::{Answer, FetchError};
use crate::datastore::StoreError;
use crate::feeds::address::BadAddress;
use crate::feeds::{self, FeedAddress, Validators};
use crate::html::discover::{self, Candidate};
use crate::ids::FeedId;
use crate::parse::ParseError;
use crate::refresh::context::RefreshContext;
use crate::refresh::feed::{read, status_words};
use crate::update::outcome::Document;

/// Why no feed was added. Each says what was found and what to try.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// Not an address.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// A blocked address.
    #[error(transparent)]
    Blocked(#[from] Block),
    /// The request failed.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The response is not a success.
    #[error("{}", status_words(*.0))]
    Status(u16),
    /// What was found is no feed, and links to none.
    #[error("{found}")]
    NotAFeed {
        /// What it is, in words.
        found: String,
    },
    /// The page links to several feeds.
    #[error("This site has several feeds.")]
    Several(Vec<Candidate>),
    /// The shelf is full.
    #[error("Your shelf is full: the limit here is {}.", feeds_in_words(*.0))]
    Full(u64),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// `1 feed`, `2 feeds`.
pub(super) fn feeds_in_words(count: u64) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} feed{plural}")
}

impl SubscribeError {
    /// What the user can try.
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
            Self::Full(_) => "Remove one that you don’t read, and try again.",
            Self::Store(_) => "",
        }
    }
}

pub(super) async fn known_feed(
    context: &RefreshContext,
    url: &str,
) -> Result<Option<FeedId>, StoreError> {
    let found = feeds::store::by_urls(&context.store, &[url.to_owned()]).await?;
    Ok(found.into_iter().next().flatten())
}

/// Finds a feed's address and document: at the address itself, at those its page links to, or at well-known ones.
pub(super) async fn find(
    context: &RefreshContext,
    url: FeedAddress,
) -> Result<(FeedAddress, Document), SubscribeError> {
    let answer = get(context, &url).await?;
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
    // Linked addresses are checked like typed ones.
    let mut candidates = candidates;
    let address = |found: &Candidate| FeedAddress::try_from(found.url.clone()).ok();
    candidates.retain(|found| address(found).is_some());
    match candidates.as_slice() {
        [] => {}
        [only] => {
            if let Some(only) = address(only) {
                return one(context, &only).await;
            }
        }
        _ => return Err(SubscribeError::Several(candidates)),
    }
    if matches!(error, ParseError::NotAFeed { .. }) {
        for guess in discover::well_known(&landed) {
            if let Ok(guess) = FeedAddress::try_from(guess)
                && let Ok(found) = one(context, &guess).await
            {
                return Ok(found);
            }
        }
    }
    Err(SubscribeError::NotAFeed {
        found: error.to_string(),
    })
}

pub(super) async fn one(
    context: &RefreshContext,
    url: &FeedAddress,
) -> Result<(FeedAddress, Document), SubscribeError> {
    let answer = get(context, url).await?;
    if !answer.status.is_success() {
        return Err(SubscribeError::Status(answer.status.as_u16()));
    }
    let found = accept(url, answer).await;
    found.map_err(|error| SubscribeError::NotAFeed {
        found: error.to_string(),
    })
}

pub(super) async fn get(context: &RefreshContext, url: &Url) -> Result<Answer, FetchError> {
    let none = Validators::default();
    context.web.get(url, &none, 0, context.clock.now()).await
}

/// The feed's address: the requested one, or the target if there were only permanent redirects. Nothing is stored yet,
/// so a mistaken redirect can't break anything.
pub(super) async fn accept(
    asked: &FeedAddress,
    answer: Answer,
) -> Result<(FeedAddress, Document), ParseError> {
    let mut document = read(answer).await?;
    let moved = document.moved_to.take();
    Ok((moved.unwrap_or_else(|| asked.clone()), document))
}
