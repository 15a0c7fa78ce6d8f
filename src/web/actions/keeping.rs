//! Keeping a page: its text is fetched, and stays.

use http::StatusCode;
use sha2::{Digest, Sha256};
use url::Url;

use super::asking::for_a_text;
use super::tagging::{checked_note, checked_tags, has_room};
use crate::app::AppState;
use crate::articles::Body;
use crate::client::guard;
use crate::client::http::FetchError;
use crate::config::Quota;
use crate::datastore::StoreError;
use crate::full_text::{FullTextError, page_text};
use crate::html::sanitize::{SANITIZER_VERSION, snippet};
use crate::ids::UserId;
use crate::random::hex;
use crate::shelf::Shelf;
use crate::shelf::kept::store as kepts;
use crate::shelf::kept::{Card, Kept};
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words;

/// Why a page wasn't kept.
pub(crate) enum NotKept {
    /// The page, or its address: what was found, and what to do.
    Page(String, &'static str),
    /// Anything else.
    Other(Problem),
}

impl From<Problem> for NotKept {
    fn from(problem: Problem) -> Self {
        Self::Other(problem)
    }
}

impl From<StoreError> for NotKept {
    fn from(error: StoreError) -> Self {
        Self::Other(error.into())
    }
}

impl From<FetchError> for NotKept {
    fn from(error: FetchError) -> Self {
        Self::Other(error.into())
    }
}

impl From<NotKept> for Problem {
    fn from(error: NotKept) -> Self {
        match error {
            NotKept::Other(problem) => problem,
            NotKept::Page(found, advice) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                let title = found.trim_end_matches('.');
                Self::new(status, "not_kept", title, advice)
            }
        }
    }
}

/// A page to keep, as typed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Typed<'t> {
    pub url: &'t str,
    pub tags: &'t str,
    pub note: &'t str,
}

/// The name under which a page is kept: the same for the same page.
pub(crate) fn page_name(url: &Url) -> String {
    let plain = crate::update::normalize::untracked(url.as_str());
    format!("p{}", hex(&Sha256::digest(plain.as_bytes())[..10]))
}

/// Something that is kept, by its name in an address. One read, unless nothing can have that name.
///
/// # Errors
/// 404 if there is nothing such.
pub(crate) async fn known(app: &AppState, user: UserId, name: &str) -> HandlerResult<Kept> {
    let is_page =
        |rest: &str| rest.len() == 20 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_name = kepts::article_of(name).is_some() || name.strip_prefix('p').is_some_and(is_page);
    let found = match is_name {
        true => kepts::get(&app.store, user, name).await?,
        false => None,
    };
    found.ok_or_else(Problem::not_found)
}

/// Fetches a page and keeps its text; returns its name. One request, a read or two, and one or two writes.
///
/// # Errors
/// [`NotKept::Page`] if it can't be fetched, has no text, or is too long.
pub(crate) async fn keep_page(
    app: &AppState,
    user: UserId,
    quota: Quota,
    typed: Typed<'_>,
) -> Result<String, NotKept> {
    let note = checked_note(typed.note)?;
    let tags = checked_tags(typed.tags)?;
    let address = typed.url.trim();
    let parsed = Url::parse(address).or_else(|_| Url::parse(&format!("https://{address}")));
    let url = parsed
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(url) = url else {
        let found = "That isn’t the address of a page.".to_owned();
        let advice = "It should look like https://example.org/page.";
        return Err(NotKept::Page(found, advice));
    };
    for_a_text(app, user, quota).await?;
    let shelf = Shelf::load(&app.store, user).await?;
    has_room(app, &shelf, 1).await?;
    let context = app.refresh_context()?;
    let fetched = match guard::check_text(url.as_str(), context.web.allows_private()) {
        Ok(url) => page_text(&context, &url).await,
        Err(block) => Err(FullTextError::Fetch(block.into())),
    };
    let text = match fetched {
        Ok(text) => text,
        Err(FullTextError::Store(error)) => return Err(error.into()),
        Err(error) => {
            let found = words::sentence(&error.to_string());
            let advice = "Nothing was kept. Open the page in a browser to see whether it is there.";
            return Err(NotKept::Page(found, advice));
        }
    };
    let now = app.clock.now();
    let title = text.title.unwrap_or_else(|| url.to_string());
    let plain = snippet(&text.html, 1 << 20);
    let mut kept = Kept {
        card: Card {
            title: title.clone(),
            link: Some(text.url.to_string()),
            snippet: plain.clone(),
            source: text.url.host_str().unwrap_or_default().to_owned(),
            tags,
            note,
            kept: now.timestamp(),
            is_own: false,
            words: u32::try_from(plain.split_whitespace().count()).unwrap_or(u32::MAX),
        }
        .fitted(),
        body: Body {
            title,
            link: Some(text.url.to_string()),
            html: text.html,
            sanitizer: SANITIZER_VERSION,
            ..Body::default()
        },
    };
    let name = page_name(&url);
    if let Some(before) = kepts::get(&app.store, user, &name).await? {
        // Kept again: what was said of it stays, unless something else is said.
        if kept.card.tags.is_empty() {
            kept.card.tags = before.card.tags;
        }
        if kept.card.note.is_empty() {
            kept.card.note = before.card.note;
        }
        kept.card.kept = before.card.kept;
    }
    match kepts::put(&app.store, user, &name, &kept, now, None).await {
        Err(StoreError::TooLarge { .. }) => {
            let found = "The page is too long to be kept here.".to_owned();
            Err(NotKept::Page(found, "Nothing was kept."))
        }
        put => {
            put?;
            Ok(name)
        }
    }
}
