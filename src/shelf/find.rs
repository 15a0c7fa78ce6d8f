//! From an address that somebody typed to a feed and its document.

use url::Url;

use crate::client::guard::Block;
use crate::client::http::{Answer, FetchError};
use crate::datastore::StoreError;
use crate::feeds::address::{self, BadAddress};
use crate::feeds::{self, Validators};
use crate::html::discover::{self, Candidate};
use crate::ids::FeedId;
use crate::parse::ParseError;
use crate::refresh::context::RefreshContext;
use crate::refresh::feed::{read, status_words};
use crate::update::outcome::Document;

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

pub(super) async fn known(tools: &RefreshContext, url: &str) -> Result<Option<FeedId>, StoreError> {
    let found = feeds::store::by_urls(&tools.store, &[url.to_owned()]).await?;
    Ok(found.into_iter().next().flatten())
}

/// From an address to a feed's address and document: the address itself, what its page links to, what is usual.
pub(super) async fn find(
    tools: &RefreshContext,
    url: Url,
) -> Result<(Url, Document), SubscribeError> {
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

pub(super) async fn one(
    tools: &RefreshContext,
    url: &Url,
) -> Result<(Url, Document), SubscribeError> {
    let answer = get(tools, url).await?;
    if !answer.status.is_success() {
        return Err(SubscribeError::Status(answer.status.as_u16()));
    }
    let found = accept(url, answer).await;
    found.map_err(|error| SubscribeError::NotAFeed {
        found: error.to_string(),
    })
}

pub(super) async fn get(tools: &RefreshContext, url: &Url) -> Result<Answer, FetchError> {
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
