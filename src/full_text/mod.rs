//! The full text of an article: its own page is fetched, and what it says is stored on the article.
//!
//! Only a reader's act gets here: a button, or opening an article of a feed whose full text he always wants. One request to
//! the publisher, behind the guard and one at a time for each host; nobody is asked for what is there. Whatever fails is told,
//! remembered for a while, and takes nothing away.

use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::articles::{self, Article, FullText, Refusal};
use crate::client::http::{Answer, FetchError};
use crate::datastore::{Attempt, StoreError, Version, retry_on_conflict};
use crate::html::extract::{ExtractError, extract, measure};
use crate::html::sanitize::SANITIZER_VERSION;
use crate::ids::ArticleId;
use crate::refresh::context::RefreshContext;
use crate::refresh::feed::ROOM;
use crate::timestamp::minute_of;

/// Minutes within which an attempt is answered with the last one's result, however often a button is pressed.
const AGAIN_AFTER: i64 = 1;
/// Minutes for which nobody's opening tries what failed.
const OPENED_AFTER: i64 = 24 * 60;

/// Who wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A reader asks for it.
    Asked,
    /// He asks for it although it is there: his publisher has changed the article.
    Anew,
    /// He opens an article of a feed whose full text he always wants, and waits for the page.
    Opened,
}

impl Wish {
    /// How long the publisher may take, waiting for others who ask him included.
    fn patience(self) -> Duration {
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
    /// Nothing came back.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// Not within the time that there is.
    #[error("The publisher took longer than {0} seconds to answer.")]
    TooSlow(u64),
    /// The server answered, and not with a page.
    #[error("{}", page_words(*.0))]
    Status(u16),
    /// The address leads to something else than a page.
    #[error("The article's address leads to {0}, not to a page with a text.")]
    NotAPage(&'static str),
    /// A page, but no article on it.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// The page says less than what is there.
    #[error("The article's page has no more text than the feed itself gives.")]
    NoMore,
    /// Feed's text and full text together are beyond what is kept.
    #[error("The article on the page is too long to be kept here.")]
    TooLarge,
    /// What the last attempt came to, which was a moment ago.
    #[error("{}", .0.found)]
    Before(Refusal),
    /// The article was taken away meanwhile.
    #[error("This article isn't kept any more.")]
    Gone,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FullTextError {
    /// What a reader can do.
    pub fn advice(&self) -> &str {
        match self {
            Self::Before(refusal) => &refusal.advice,
            Self::NoPage | Self::NoMore => "What the feed says is all that there is to show.",
            Self::Fetch(_) | Self::TooSlow(_) | Self::Status(429 | 500..) => {
                "What the feed says is still here. Try again in a while, or read the original."
            }
            Self::Gone | Self::Store(_) => "Go back to the list.",
            _ => "What the feed says is still here. Read the rest in the original.",
        }
    }
}

/// A page's status that is no success, in plain words.
fn page_words(status: u16) -> String {
    match status {
        401..=403 => {
            format!(
                "The publisher shows this page only to his own subscribers, or not to us ({status})."
            )
        }
        404 | 410 => format!("The article's page isn't there any more ({status})."),
        429 => "The publisher asks us to come back later (429).".into(),
        500..=599 => format!("The publisher's server has a fault of its own ({status})."),
        other => format!("The publisher's server answered with {other}, which is no page."),
    }
}

/// An article with the version that it was read at.
pub type Known = (Article, Version);

/// Brings an article's full text, and stores it: one write.
///
/// No fetch, and no write, where it is there or was refused just now.
/// The article as it is known already costs nothing; it is read again only if it had to wait for its publisher's turn.
///
/// # Errors
/// [`FullTextError`], with words for the reader; the article is as it was, but for the refusal that is remembered.
pub async fn bring(
    tools: &RefreshContext,
    known: Known,
    wish: Wish,
) -> Result<Article, FullTextError> {
    let deadline = Instant::now() + wish.patience();
    let (mut article, mut version) = known;
    if let Some(settled) = settled(tools, &article, wish) {
        return settled.map(|()| article);
    }
    let url = page_of(&article).ok_or(FullTextError::NoPage)?;
    let work = format!("text of {}", article.id);
    let _alone = match tools.courtesy.alone(&work).now_or_never() {
        Some(alone) => alone,
        None => {
            let waited = timeout_at(deadline, tools.courtesy.alone(&work)).await;
            let alone = waited.map_err(|_| FullTextError::TooSlow(wish.patience().as_secs()))?;
            // Whoever was before us may have brought this very page.
            (article, version) = read(tools, article.id).await?;
            if let Some(settled) = settled(tools, &article, wish) {
                return settled.map(|()| article);
            }
            alone
        }
    };
    let fetched = timeout_at(deadline, tools.web.page(&url, tools.clock.now())).await;
    let found = match fetched {
        Ok(Ok(answer)) => text_of(answer, &article, tools).await,
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(FullTextError::TooSlow(wish.patience().as_secs())),
    };
    keep(tools, (article, version), found).await
}

/// Whether an attempt failed so lately that nobody's opening makes another.
pub fn is_resting(body: &articles::Body, minute: i64) -> bool {
    let refused = body.refused.as_ref();
    refused.is_some_and(|refusal| minute - refusal.at < OPENED_AFTER)
}

/// What needs no fetch: it is there, or was refused a while ago.
fn settled(
    tools: &RefreshContext,
    article: &Article,
    wish: Wish,
) -> Option<Result<(), FullTextError>> {
    let minute = minute_of(tools.clock.now());
    let body = &article.body;
    let is_settled = |full: &FullText| match wish {
        Wish::Asked => true,
        Wish::Opened => !full.is_older,
        Wish::Anew => minute - full.fetched < AGAIN_AFTER,
    };
    if body.full.as_ref().is_some_and(is_settled) {
        return Some(Ok(()));
    }
    let pause = match wish {
        Wish::Opened => OPENED_AFTER,
        Wish::Asked | Wish::Anew => AGAIN_AFTER,
    };
    let refused = body.refused.as_ref();
    let refused = refused.filter(|refusal| minute - refusal.at < pause)?;
    Some(Err(FullTextError::Before(refused.clone())))
}

async fn read(tools: &RefreshContext, id: ArticleId) -> Result<Known, FullTextError> {
    let known = articles::store::get_version(&tools.store, id).await?;
    known.ok_or(FullTextError::Gone)
}

fn page_of(article: &Article) -> Option<Url> {
    let url = Url::parse(article.body.link.as_deref()?).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// Takes a page apart, on a thread that the request waits for. Bounded by the page's size.
async fn text_of(
    answer: Answer,
    of: &Article,
    tools: &RefreshContext,
) -> Result<FullText, FullTextError> {
    if !answer.status.is_success() {
        return Err(FullTextError::Status(answer.status.as_u16()));
    }
    if let Some(kind) = other_than_a_page(answer.content_type.as_deref()) {
        return Err(FullTextError::NotAPage(kind));
    }
    let permit = ROOM.acquire().await;
    let own = of.body.html.clone();
    let work = move || {
        let _permit = permit;
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
    let done = tokio::task::spawn_blocking(work).await;
    let html = done.unwrap_or(Err(ExtractError::Unsafe.into()))?;
    Ok(FullText {
        html: html.into_string(),
        sanitizer: SANITIZER_VERSION,
        fetched: minute_of(tools.clock.now()),
        is_older: false,
    })
}

/// What a type says that it is, if that is no page; a server that says nothing is believed to mean one.
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

/// Stores what was found, or that nothing was, on the article as it is now: never on one that has gone or moved elsewhere.
async fn keep(
    tools: &RefreshContext,
    known: Known,
    found: Result<FullText, FullTextError>,
) -> Result<Article, FullTextError> {
    let id = known.0.id;
    let link = known.0.body.link.clone();
    let mut known = Some(known);
    let mut found = found;
    retry_on_conflict!(id, {
        let (article, version) = match known.take() {
            Some(known) => known,
            None => read(tools, id).await?,
        };
        if article.body.link != link {
            // It isn't the article any more whose page was asked for.
            return Err(match &mut found {
                Ok(_) => StoreError::Contention {
                    key: id.to_string(),
                }
                .into(),
                Err(error) => std::mem::replace(error, FullTextError::Gone),
            });
        }
        let at = minute_of(tools.clock.now());
        let mut changed = with_result(&article, &found, at);
        let mut write = articles::store::update(&changed, version)?;
        if write.is_none() && found.is_ok() {
            // Remembered like any other refusal, unless even that is too much.
            found = Err(FullTextError::TooLarge);
            changed = with_result(&article, &found, at);
            write = articles::store::update(&changed, version)?;
        }
        let committed = match write {
            Some(write) => tools.store.commit(vec![write]).await,
            None => Ok(Vec::new()),
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

/// The article with its full text, or with why there is none.
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
