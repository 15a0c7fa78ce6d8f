//! A site's icon: fetched while somebody looks at one of its feeds, at most once a week, also where there is none.
//!
//! Two requests within five seconds: the site's page, whose head names the icon, and the icon; else `/favicon.ico`. Behind the
//! guard and one at a time for each host, as everything. What came of it is stored; a try that was cut off, because whoever
//! looked went on, is remembered by this instance for a day.

use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{Icon, Picture};
use crate::client::http::{Answer, FetchError};
use crate::datastore::StoreError;
use crate::feeds::Card;
use crate::html::discover;
use crate::icons;
use crate::refresh::context::RefreshContext;
use crate::timestamp::minute_of;

/// Minutes after which a site is asked again.
pub const AGAIN_AFTER: i64 = 7 * 24 * 60;
/// The most time for one icon, waiting for others included.
const PATIENCE: Duration = Duration::from_secs(5);
/// Icons that are fetched at the same time: each holds up to 512 KiB of a page.
static DOORS: Semaphore = Semaphore::const_new(8);

/// What there is to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The icon; `None` where there is none, or none yet.
    pub picture: Option<Picture>,
    /// The minutes for which that stays so; `None` where the next to look may find more.
    pub settled: Option<i64>,
}

/// What came of asking.
enum Outcome {
    /// An icon.
    Found(Picture),
    /// The site has none that can be shown.
    Nothing,
    /// The site has a fault, or didn't answer in time.
    Failed,
    /// Nobody was asked: the site wants to be left alone, or others are asking it.
    NotAsked,
}

/// The site of a feed, as far as its icon goes: the root of its page's origin, or of the feed's own. `None` for a feed that
/// waits for its first fetch, which will say.
pub fn site_of(card: &Card) -> Option<Url> {
    if card.is_waiting() && card.digest.is_empty() {
        return None;
    }
    let named = card.site.as_deref();
    [named, Some(card.url.as_str())]
        .into_iter()
        .flatten()
        .filter_map(|text| Url::parse(text).ok())
        .find(|url| matches!(url.scheme(), "http" | "https"))
        .and_then(|url| Url::parse(&format!("{}/", url.origin().ascii_serialization())).ok())
}

/// The icon of a site. One read; where it is older than a week or isn't known, two requests and one write. Two who look at once
/// wait for each other, and the second reads once more.
///
/// # Errors
/// The store's: what the site does is an answer.
pub async fn bring(tools: &RefreshContext, site: &Url) -> Result<Shown, StoreError> {
    let origin = site.origin().ascii_serialization();
    let minute = minute_of(tools.clock.now());
    let known = icons::store::get(&tools.store, &origin).await?;
    if let Some(shown) = known.as_ref().and_then(|icon| settled(icon, minute)) {
        return Ok(shown);
    }
    let before = known.and_then(|icon| icon.picture);
    let deadline = Instant::now() + PATIENCE;
    let turn = async {
        let alone = tools.courtesy.alone(&format!("icon of {origin}")).await;
        (alone, DOORS.acquire().await)
    };
    let Ok(_turn) = timeout_at(deadline, turn).await else {
        return Ok(Shown::for_now(before));
    };
    if !tools.courtesy.icons().begin(&origin, minute) {
        // Whoever was before us may have stored it, or was cut off.
        let known = icons::store::get(&tools.store, &origin).await?;
        let shown = known.as_ref().and_then(|icon| settled(icon, minute));
        return Ok(shown.unwrap_or_else(|| Shown::for_now(before)));
    }
    let picture = match look(tools, site, deadline).await {
        Outcome::Found(picture) => Some(picture),
        Outcome::Nothing => None,
        // A bad day takes nothing away.
        Outcome::Failed => before,
        Outcome::NotAsked => {
            tools.courtesy.icons().take_back(&origin);
            return Ok(Shown::for_now(before));
        }
    };
    let icon = Icon {
        fetched: minute,
        picture,
    };
    icons::store::put(&tools.store, &origin, &icon).await?;
    Ok(Shown {
        picture: icon.picture,
        settled: Some(AGAIN_AFTER),
    })
}

/// What needs no request.
fn settled(icon: &Icon, minute: i64) -> Option<Shown> {
    let left = icon.fetched + AGAIN_AFTER - minute;
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

async fn look(tools: &RefreshContext, site: &Url, deadline: Instant) -> Outcome {
    let now = tools.clock.now();
    let page = ask(tools, site, deadline, tools.web.head_of(site, now)).await;
    let place = match page {
        Ok(page) => place_of(&page),
        // Whoever doesn't answer isn't asked twice.
        Err(other) => return other,
    };
    let Some(place) = place else {
        return Outcome::Nothing;
    };
    match ask(tools, &place, deadline, tools.web.icon(&place, now)).await {
        Ok(answer) if answer.status.is_success() => {
            Picture::new(answer.body).map_or(Outcome::Nothing, Outcome::Found)
        }
        Ok(answer) if answer.status.is_server_error() => Outcome::Failed,
        Ok(_) => Outcome::Nothing,
        Err(_) => Outcome::Failed,
    }
}

/// One request, for which its host may have to be waited for.
async fn ask(
    tools: &RefreshContext,
    url: &Url,
    deadline: Instant,
    request: impl Future<Output = Result<Answer, FetchError>>,
) -> Result<Answer, Outcome> {
    let free = timeout_at(deadline, tools.web.is_free(url.as_str())).await;
    free.map_err(|_| Outcome::NotAsked)?;
    match timeout_at(deadline, request).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(FetchError::Paused { .. })) => Err(Outcome::NotAsked),
        Ok(Err(_)) | Err(_) => Err(Outcome::Failed),
    }
}

/// Where a page's icon is: where it says, or where browsers look. A page that couldn't be had says nothing.
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

/// How well a link suits a small square, the least first: drawings, then pictures of 32 to 96 pixels, of unknown and of smaller
/// size, then larger ones, and those for a phone's screen.
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
