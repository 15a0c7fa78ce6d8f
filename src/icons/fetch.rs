//! A site's icon: fetched when a user views one of its feeds, at most once a week, even if there is none.
//!
//! Two requests within five seconds: the site's page, whose head names the icon, and the icon; otherwise
//! `/favicon.ico`. They pass the guard and are limited to one at a time per host, like all requests. The result is
//! stored; an attempt interrupted because the user moved on is remembered by this instance for a day.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{Icon, Picture};
use crate::client::http::{Answer, FetchError};
use crate::datastore::{Loaded, StoreError};
use crate::feeds::FeedSummary;
use crate::html::discover;
use crate::icons::{self, store::ICONS};
use crate::refresh::context::RefreshContext;
use crate::timestamp::minute_of;

/// Minutes after which an icon is fetched again.
pub const ICON_REFETCH_AFTER: i64 = 7 * 24 * 60;
/// Time limit for one icon, including waiting for other requests.
const ICON_TIMEOUT: Duration = Duration::from_secs(5);
/// Icons fetched at the same time: each holds up to 512 KiB of a page.
static ICON_FETCHES: Semaphore = Semaphore::const_new(8);

/// The icon to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The icon; `None` if there is none, or none yet.
    pub picture: Option<Picture>,
    /// How many minutes the result is valid; `None` if the next request may find more.
    pub settled: Option<i64>,
}

/// The result of fetching an icon.
enum Outcome {
    Found(Picture),
    /// The site has none that can be shown.
    Nothing,
    /// The site failed, or didn't respond in time.
    Failed,
    /// Nothing was sent: the site asked for a pause, or other requests were in progress.
    NotAsked,
}

/// The site whose icon a feed shows: the root of its page's origin, or of the feed's own.
///
/// `None` for a feed that is waiting for its first fetch, which will tell.
pub fn site_of(summary: &FeedSummary) -> Option<Url> {
    if summary.is_waiting() && summary.digest.is_empty() {
        return None;
    }
    let named = summary
        .site
        .as_deref()
        .and_then(|site| Url::parse(site).ok());
    let on_web = |url: &Url| matches!(url.scheme(), "http" | "https");
    let mut site = named
        .filter(on_web)
        .unwrap_or_else(|| summary.url.url().clone());
    site.set_path("/");
    site.set_query(None);
    site.set_fragment(None);
    // An origin has no user.
    site.set_username("").ok()?;
    site.set_password(None).ok()?;
    Some(site)
}

/// The icon of a site. One read; two requests and one write if it is unknown or older than a week.
///
/// Simultaneous callers wait for each other, and the later ones read once more.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded. A
/// site's errors are a result, not an error.
pub async fn fetch_or_cached(context: &RefreshContext, site: &Url) -> Result<Shown, StoreError> {
    let origin = site.origin().ascii_serialization();
    let minute = minute_of(context.clock.now());
    let known = icons::store::get(&context.store, &origin).await?;
    if let Some(shown) = known.as_ref().and_then(|icon| settled(icon, minute)) {
        return Ok(shown);
    }
    let before = known.and_then(|icon| icon.picture);
    let deadline = Instant::now() + ICON_TIMEOUT;
    let permit = async {
        let alone = context.in_flight.alone(&format!("icon of {origin}")).await;
        (alone, ICON_FETCHES.acquire().await)
    };
    let Ok(_permit) = timeout_at(deadline, permit).await else {
        return Ok(Shown::for_now(before));
    };
    if !context.in_flight.icons().begin(&origin, minute) {
        // The previous caller may have stored it, or was interrupted.
        let known = icons::store::get(&context.store, &origin).await?;
        let shown = known.as_ref().and_then(|icon| settled(icon, minute));
        return Ok(shown.unwrap_or_else(|| Shown::for_now(before)));
    }
    let picture = match fetch_icon(context, site, deadline).await {
        Outcome::Found(picture) => Some(picture),
        Outcome::Nothing => None,
        // A failure removes nothing.
        Outcome::Failed => before,
        Outcome::NotAsked => {
            context.in_flight.icons().take_back(&origin);
            return Ok(Shown::for_now(before));
        }
    };
    let icon = Icon {
        fetched: minute,
        picture,
    };
    icons::store::put(&context.store, &origin, &icon).await?;
    Ok(Shown {
        picture: icon.picture,
        settled: Some(ICON_REFETCH_AFTER),
    })
}

/// The same, remembered for an hour, whether there is one or not: programs ask for all of a shelf's at every sync.
///
/// # Errors
/// The same as [`fetch_or_cached`].
pub async fn remembered(
    context: &RefreshContext,
    site: &Url,
) -> Result<Arc<Option<Picture>>, StoreError> {
    let origin = site.origin().ascii_serialization();
    let load = async {
        let picture = fetch_or_cached(context, site).await?.picture;
        let bytes = picture.as_ref().map_or(0, |picture| picture.bytes().len());
        Ok(Loaded::new(picture, 100 + bytes))
    };
    let memo = icons::store::memo(&origin);
    context.store.get_or_load(&ICONS, memo, load).await
}

/// A result that needs no request.
fn settled(icon: &Icon, minute: i64) -> Option<Shown> {
    let left = icon.fetched + ICON_REFETCH_AFTER - minute;
    (left > 0).then(|| Shown {
        picture: icon.picture.clone(),
        settled: Some(left),
    })
}

impl Shown {
    fn for_now(picture: Option<Picture>) -> Self {
        Self {
            picture,
            settled: None,
        }
    }
}

async fn fetch_icon(context: &RefreshContext, site: &Url, deadline: Instant) -> Outcome {
    let now = context.clock.now();
    let page = ask(context, site, deadline, context.web.head_of(site, now)).await;
    let place = match page {
        Ok(page) => place_of(&page),
        // A site that doesn't respond isn't requested twice.
        Err(other) => return other,
    };
    let Some(place) = place else {
        return Outcome::Nothing;
    };
    match ask(context, &place, deadline, context.web.icon(&place, now)).await {
        Ok(answer) if answer.status.is_success() => {
            Picture::new(answer.body).map_or(Outcome::Nothing, Outcome::Found)
        }
        Ok(answer) if answer.status.is_server_error() => Outcome::Failed,
        Ok(_) => Outcome::Nothing,
        Err(_) => Outcome::Failed,
    }
}

/// Sends one request, after waiting for the host if necessary.
async fn ask(
    context: &RefreshContext,
    url: &Url,
    deadline: Instant,
    request: impl Future<Output = Result<Answer, FetchError>>,
) -> Result<Answer, Outcome> {
    let free = timeout_at(deadline, context.web.wait_for_host(url)).await;
    free.map_err(|_| Outcome::NotAsked)?;
    match timeout_at(deadline, request).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(FetchError::Paused { .. })) => Err(Outcome::NotAsked),
        Ok(Err(_)) | Err(_) => Err(Outcome::Failed),
    }
}

/// The icon's address: the one the page names, or the browsers' default. A page that couldn't be fetched names none.
fn place_of(page: &Answer) -> Option<Url> {
    let usual = page.url.join("/favicon.ico").ok();
    if !page.status.is_success() {
        return usual;
    }
    let (base, links) = discover::links(&page.body, page.content_type.as_deref(), &page.url);
    let named = links.iter().filter_map(|link| {
        let rank = rank(link)?;
        let url = base.join(link.href.trim()).ok()?;
        matches!(url.scheme(), "http" | "https").then_some((rank, url))
    });
    let best = named.min_by_key(|(rank, _)| *rank);
    best.map(|(_, url)| url).or(usual)
}

/// How well a link suits a small square, lowest first: SVG, then images of 32 to 96 pixels, of unknown and of smaller
/// size, then larger ones, and those for phone screens.
fn rank(link: &discover::Link) -> Option<(u8, u32)> {
    if link.href.trim().is_empty() {
        return None;
    }
    if !link.is("icon") {
        let for_phones = link.is("apple-touch-icon");
        return for_phones.then_some((5, 0));
    }
    let widths = link.sizes.split_ascii_whitespace().filter_map(|size| {
        let (width, _) = size.split_once(['x', 'X'])?;
        width.parse::<u32>().ok()
    });
    let widths: Vec<u32> = widths.collect();
    let is_drawn = link.mime() == "image/svg+xml" || link.sizes.eq_ignore_ascii_case("any");
    let suits = widths.iter().find(|width| (32..=96).contains(*width));
    Some(match (is_drawn, suits, widths.iter().max()) {
        (true, _, _) => (0, 0),
        (_, Some(width), _) => (1, *width),
        (_, None, None) => (2, 0),
        (_, None, Some(width)) if *width < 32 => (3, 32 - width),
        (_, None, Some(width)) => (4, *width),
    })
}

#[cfg(test)]
mod tests {
    use crate::icons::fetch::*;

    fn best(head: &str) -> String {
        let page = Answer {
            links: Vec::new(),
            _room: None,
            status: http::StatusCode::OK,
            url: Url::parse("https://site.example/blog/").unwrap(),
            moved: false,
            content_type: None,
            validators: crate::feeds::Validators::default(),
            retry_after: None,
            fresh: None,
            body: head.into(),
            is_cut: false,
            is_mislabelled: false,
            wall: None,
        };
        place_of(&page).unwrap().into()
    }

    #[test]
    fn the_best_of_several_icons_is_taken() {
        for (head, place) in [
            ("", "https://site.example/favicon.ico"),
            ("<link rel=icon href=''>", "https://site.example/favicon.ico"),
            (
                "<link rel=icon href='data:image/png;base64,AAAA'>",
                "https://site.example/favicon.ico",
            ),
            (
                "<link rel='Shortcut Icon' href=i.png>",
                "https://site.example/blog/i.png",
            ),
            (
                "<base href=//cdn.example/x/><link rel=icon href=i.png>",
                "https://cdn.example/x/i.png",
            ),
            (
                "<link rel=apple-touch-icon href=/180.png><link rel=icon sizes=16x16 href=/16.png>
                 <link rel=icon sizes='256x256' href=/256.png><link rel=icon sizes='16x16 48x48' href=/48.ico>",
                "https://site.example/48.ico",
            ),
            (
                "<link rel=icon sizes=32x32 href=/32.png><link rel=icon type='image/svg+xml' href=/i.svg>",
                "https://site.example/i.svg",
            ),
            (
                "<link rel=mask-icon href=/m.svg><link rel=apple-touch-icon href=/180.png>",
                "https://site.example/180.png",
            ),
        ] {
            assert_eq!(best(head), place, "{head}");
        }
    }
}
