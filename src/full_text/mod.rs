//! The full text of an article: its own page is fetched, and the extracted text is stored with the article.
//!
//! Triggered only by a user: with a button, or by opening an article of a feed set to full text. One request to the
//! publisher, through the guard and limited to one at a time per host; nothing is fetched that is already stored. A
//! failure is shown, remembered for a while, and removes nothing.

use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::articles::{self, Article, FullText, Refusal};
use crate::client::http::{Answer, FetchError};
use crate::datastore::{Attempt, Mutation, StoreError, Version, retry_on_conflict};
use crate::feeds;
use crate::html::extract::{ExtractError, extract, measure};
use crate::html::sanitize::SANITIZER_VERSION;
use crate::ids::ArticleId;
use crate::refresh::context::RefreshContext;
use crate::refresh::heavy::heavy;
use crate::search::Words;
use crate::timestamp::minute_of;

/// Minutes within which a further attempt returns the last result, however often the button is pressed.
const RETRY_AFTER: i64 = 1;
/// Minutes for which opening an article doesn't retry a failed fetch.
const OPENED_AFTER: i64 = 24 * 60;

/// Why it is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchMode {
    /// The user requested it.
    Asked,
    /// The user requested it again, because the publisher has changed the article.
    Anew,
    /// The user opened an article of a feed set to full text, and is waiting for the page.
    Opened,
}

impl FetchMode {
    /// Time limit for the publisher, including waiting for other requests to its host.
    fn timeout(self) -> Duration {
        match self {
            Self::Opened => Duration::from_secs(5),
            Self::Asked | Self::Anew => Duration::from_secs(15),
        }
    }
}

/// Why there is no full text, or no newer one.
#[derive(Debug, thiserror::Error)]
pub enum FullTextError {
    /// The article has no address.
    #[error("This article has no page of its own that could be fetched.")]
    NoPage,
    /// The request failed.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The time limit was exceeded.
    #[error("The publisher took longer than {0} seconds to respond.")]
    TooSlow(u64),
    /// The response is not a success.
    #[error("{}", page_words(*.0))]
    Status(u16),
    /// The address isn't that of a web page.
    #[error("The article’s address leads to {0}, not to a page with text.")]
    NotAPage(&'static str),
    /// The page has no article.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// The page has no more text than the feed.
    #[error("The article’s page has no more text than the feed itself gives.")]
    NoMore,
    /// Feed text and full text together exceed what we store.
    #[error("The article on the page is too long to be kept here.")]
    TooLarge,
    /// The result of the last attempt, a moment ago.
    #[error("{}", .0.found)]
    Before(Refusal),
    /// The article was deleted meanwhile.
    #[error("This article isn’t kept any more.")]
    Gone,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FullTextError {
    /// What the user can do.
    pub fn advice(&self) -> &str {
        match self {
            Self::Before(refusal) => &refusal.advice,
            Self::NoPage | Self::NoMore => "The feed’s own text is all there is.",
            Self::Fetch(_) | Self::TooSlow(_) | Self::Status(429 | 500..) => {
                "The feed’s own text is still here. Try again later, or read the original."
            }
            Self::Gone | Self::Store(_) => "Go back to the list.",
            _ => "The feed’s own text is still here. Read the rest in the original.",
        }
    }
}

/// A page's status other than success, in plain words.
fn page_words(status: u16) -> String {
    match status {
        401..=403 => {
            format!("The publisher shows this page only to its own subscribers ({status}).")
        }
        404 | 410 => format!("The article’s page isn’t there any more ({status})."),
        429 => "The publisher asked us to come back later (429).".into(),
        500..=599 => format!("The publisher’s site is having trouble (error {status})."),
        other => format!("The publisher’s site responded with {other} instead of a page."),
    }
}

/// An article with the version that was read.
pub type VersionedArticle = (Article, Version);

/// Fetches an article's full text and stores it, and its words with the feed: one read and two writes.
///
/// Neither fetches nor writes if it is stored already or failed just now. `known` costs nothing; the article is read
/// again only if this had to wait for another fetch of it.
///
/// # Errors
/// [`FullTextError`], in words for the user, if there is no full text; the article is unchanged, except that the
/// failure is recorded.
pub async fn fetch_or_cached(
    context: &RefreshContext,
    known: VersionedArticle,
    mode: FetchMode,
) -> Result<Article, FullTextError> {
    let deadline = Instant::now() + mode.timeout();
    let (mut article, mut version) = known;
    if let Some(settled) = settled(context, &article, mode) {
        return settled.map(|()| article);
    }
    let url = page_of(&article).ok_or(FullTextError::NoPage)?;
    let work = format!("text of {}", article.id);
    let _alone = match context.in_flight.alone(&work).now_or_never() {
        Some(alone) => alone,
        None => {
            let waited = timeout_at(deadline, context.in_flight.alone(&work)).await;
            let alone = waited.map_err(|_| FullTextError::TooSlow(mode.timeout().as_secs()))?;
            // The previous caller may have fetched this very page.
            (article, version) = read(context, article.id).await?;
            if let Some(settled) = settled(context, &article, mode) {
                return settled.map(|()| article);
            }
            alone
        }
    };
    let fetched = timeout_at(deadline, context.web.page(&url, context.clock.now())).await;
    let found = match fetched {
        Ok(Ok(answer)) => text_of(answer, &article, context).await,
        Ok(Err(error)) => Err(error.for_a_stranger(&url).into()),
        Err(_) if url.port().is_some() => {
            let host = url.host_str().unwrap_or_default().to_owned();
            Err(FetchError::TooSlow(host).for_a_stranger(&url).into())
        }
        Err(_) => Err(FullTextError::TooSlow(mode.timeout().as_secs())),
    };
    keep(context, (article, version), found).await
}

/// Whether an attempt failed so recently that opening the article doesn't retry.
pub fn is_resting(body: &articles::Body, minute: i64) -> bool {
    let refused = body.refused.as_ref();
    refused.is_some_and(|refusal| minute - refusal.at < OPENED_AFTER)
}

/// A result that needs no fetch: the text is stored, or failed recently.
fn settled(
    context: &RefreshContext,
    article: &Article,
    mode: FetchMode,
) -> Option<Result<(), FullTextError>> {
    let minute = minute_of(context.clock.now());
    let body = &article.body;
    let is_settled = |full: &FullText| match mode {
        FetchMode::Asked => true,
        FetchMode::Opened => !full.is_older,
        FetchMode::Anew => minute - full.fetched < RETRY_AFTER,
    };
    if body.full.as_ref().is_some_and(is_settled) {
        return Some(Ok(()));
    }
    let pause = match mode {
        FetchMode::Opened => OPENED_AFTER,
        FetchMode::Asked | FetchMode::Anew => RETRY_AFTER,
    };
    let refused = body.refused.as_ref();
    let refused = refused.filter(|refusal| minute - refusal.at < pause)?;
    Some(Err(FullTextError::Before(refused.clone())))
}

async fn read(context: &RefreshContext, id: ArticleId) -> Result<VersionedArticle, FullTextError> {
    let known = articles::store::get_version(&context.store, id).await?;
    known.ok_or(FullTextError::Gone)
}

fn page_of(article: &Article) -> Option<Url> {
    let url = Url::parse(article.body.link.as_deref()?).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// Extracts the text on a blocking thread that the request waits for. Bounded by the page's size.
async fn text_of(
    answer: Answer,
    of: &Article,
    context: &RefreshContext,
) -> Result<FullText, FullTextError> {
    if !answer.status.is_success() {
        return Err(FullTextError::Status(answer.status.as_u16()));
    }
    if let Some(kind) = other_than_a_page(answer.content_type.as_deref()) {
        return Err(FullTextError::NotAPage(kind));
    }
    let own = of.body.html.clone();
    let work = move || {
        let Answer {
            url,
            content_type,
            body,
            ..
        } = answer;
        let html = extract(&body, content_type.as_deref(), &url)?;
        let images = |html: &str| html.matches("<img").count();
        let (full, own) = (html.as_str(), own.as_str());
        if measure(full) <= measure(own) && images(full) <= images(own) {
            return Err(FullTextError::NoMore);
        }
        Ok(html)
    };
    let done = heavy(work).await;
    let html = done.unwrap_or(Err(ExtractError::Unsafe.into()))?;
    Ok(FullText {
        html: html.into_string(),
        sanitizer: SANITIZER_VERSION,
        fetched: minute_of(context.clock.now()),
        is_older: false,
    })
}

/// What the content type declares, if that isn't a web page; a missing one is assumed to be.
fn other_than_a_page(content_type: Option<&str>) -> Option<&'static str> {
    let kind = content_type?.split(';').next().unwrap_or_default();
    match kind.trim().to_ascii_lowercase().as_str() {
        "" | "text/html" | "application/xhtml+xml" => None,
        "application/pdf" => Some("a PDF file"),
        kind if kind.starts_with("image/") => Some("a picture"),
        kind if kind.starts_with("audio/") => Some("a sound file"),
        kind if kind.starts_with("video/") => Some("a film"),
        _ => Some("a file"),
    }
}

/// Stores the text or the failure with the current article, but not if that was deleted or has a new link.
async fn keep(
    context: &RefreshContext,
    known: VersionedArticle,
    found: Result<FullText, FullTextError>,
) -> Result<Article, FullTextError> {
    let id = known.0.id;
    let link = known.0.body.link.clone();
    let mut known = Some(known);
    let mut found = found;
    retry_on_conflict!(id, {
        let (article, version) = match known.take() {
            Some(known) => known,
            None => read(context, id).await?,
        };
        if article.body.link != link {
            // The article no longer has the page that was fetched.
            return Err(match &mut found {
                Ok(_) => StoreError::Contention {
                    key: id.to_string(),
                }
                .into(),
                Err(error) => std::mem::replace(error, FullTextError::Gone),
            });
        }
        let at = minute_of(context.clock.now());
        let mut changed = with_result(&article, &found, at);
        let mut write = articles::store::update(&changed, version)?;
        if write.is_none() && found.is_ok() {
            // Recorded like any other failure, unless even that is too large.
            found = Err(FullTextError::TooLarge);
            changed = with_result(&article, &found, at);
            write = articles::store::update(&changed, version)?;
        }
        let mut writes: Vec<Mutation> = write.into_iter().collect();
        if found.is_ok() && !writes.is_empty() {
            writes.extend(with_words(context, &changed).await?);
        }
        let committed = match writes.is_empty() {
            false => context.store.commit(writes).await,
            true => Ok(Vec::new()),
        };
        match committed {
            Err(StoreError::NotFound(_)) => Ok(Attempt::Conflict),
            committed => match (Attempt::of(committed)?, &mut found) {
                (Attempt::Conflict, _) => Ok(Attempt::Conflict),
                (Attempt::Done(_), Ok(_)) => Ok(Attempt::Done(changed)),
                (Attempt::Done(_), Err(error)) => {
                    Err(std::mem::replace(error, FullTextError::Gone))
                }
            },
        }
    })
}

/// The write that adds the words of an article's full text to its feed's list; `None` if its feed is gone. One read.
async fn with_words(
    context: &RefreshContext,
    article: &Article,
) -> Result<Option<Mutation>, StoreError> {
    let Some(mut feed) = feeds::store::get(&context.store, article.id.feed).await? else {
        return Ok(None);
    };
    let (list, first) = (feed.words.clone(), feed.summary.first);
    let article = article.clone();
    let work = move || {
        let words = Words::open(list).unwrap_or_default();
        words.changed(|seq| seq >= first, &[articles::words::entry_of(&article)])
    };
    let Some(words) = heavy(work).await else {
        return Ok(None);
    };
    feed.words = words.into();
    feeds::store::update(&feed).map(Some)
}

/// The article with its full text, or with the reason why there is none.
fn with_result(article: &Article, found: &Result<FullText, FullTextError>, at: i64) -> Article {
    let mut changed = article.clone();
    match found {
        Ok(full) => {
            changed.body.full = Some(full.clone());
            changed.body.refused = None;
        }
        Err(error) => {
            changed.body.refused = Some(Refusal {
                at,
                found: error.to_string(),
                advice: error.advice().to_owned(),
            });
        }
    }
    changed
}

/// A page's text, as its address gives it.
#[derive(Clone, Debug)]
pub struct PageText {
    /// Where it was found, redirects followed.
    pub url: Url,
    /// The page's title; `None` if it has none.
    pub title: Option<String>,
    /// Its article.
    pub html: String,
}

/// Fetches any page's text. One request, through the guard; nothing is stored.
///
/// # Errors
/// [`FullTextError`], in words for the user, if there is no text.
pub async fn page_text(context: &RefreshContext, url: &Url) -> Result<PageText, FullTextError> {
    let deadline = Instant::now() + FetchMode::Asked.timeout();
    let fetched = timeout_at(deadline, context.web.page(url, context.clock.now())).await;
    let answer = match fetched {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(error.for_a_stranger(url).into()),
        Err(_) => return Err(FullTextError::TooSlow(FetchMode::Asked.timeout().as_secs())),
    };
    if !answer.status.is_success() {
        return Err(FullTextError::Status(answer.status.as_u16()));
    }
    if let Some(kind) = other_than_a_page(answer.content_type.as_deref()) {
        return Err(FullTextError::NotAPage(kind));
    }
    let work = move || {
        let html = extract(&answer.body, answer.content_type.as_deref(), &answer.url)?;
        let page = crate::html::charset::decode_page(&answer.body, answer.content_type.as_deref());
        Ok(PageText {
            title: crate::html::discover::page_title(page.as_bytes()),
            html: html.into_string(),
            url: answer.url,
        })
    };
    let done = heavy(work).await;
    done.unwrap_or(Err(ExtractError::Unsafe.into()))
}
