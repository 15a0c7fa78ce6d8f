//! Undoing the removal of a feed: what it was on the shelf travels with the page that offers to undo it, sealed.

use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::app::{App, AppState};
use crate::codec::cut;
use crate::config::Quota;
use crate::ids::{FeedId, UserId};
use crate::sealed::Seal;
use crate::shelf::find::SubscribeError;
use crate::shelf::pausing;
use crate::shelf::subscribe::{Added, put_back};
use crate::shelf::subscription::{Extra, Subscription};
use crate::timestamp::{Timestamp, minute_of};
use crate::web::cookies::Cookie;
use crate::web::problem::{HandlerResult, Problem};

/// What begins an act that is the removal of a feed.
const PREFIX: &str = "removed.";
/// What the seal is for.
const PURPOSE: &str = "removed feed";
/// How long a removal can be undone.
const MINUTES: i64 = 10;
/// Longest act that the message's cookie has room for, in bytes.
const MAX_BYTES: usize = 1_800;

/// What a subscription was.
#[derive(Debug, Serialize, Deserialize)]
struct Removed {
    user: i64,
    minute: i64,
    one: Subscription,
    extra: Extra,
}

/// The act that undoes a removal; `None` if it can't be carried.
pub(crate) fn seal(
    app: &App,
    user: UserId,
    one: &Subscription,
    extra: &Extra,
    now: Timestamp,
) -> Option<String> {
    let record = |extra: Extra| Removed {
        user: user.0,
        minute: minute_of(now),
        one: one.clone(),
        extra,
    };
    let seal = Seal::new(&app.secret, PURPOSE)?;
    // The attributes of a file that it came from are dropped if they are too long.
    let sealed = [extra.clone(), Extra::default()]
        .into_iter()
        .filter_map(|extra| seal.close(&record(extra), &app.random))
        .find(|sealed| sealed.len() <= MAX_BYTES)?;
    Some(format!("{PREFIX}{sealed}"))
}

/// The last removal, so that every page of all feeds offers to undo it while it can be.
const COOKIE: Cookie = Cookie {
    name: "dormouse-removed",
    path: "/",
    max_age: MINUTES as u32 * 60,
};

/// A removal that can be undone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Carried {
    /// The act, for `POST /undo`.
    pub act: String,
    /// The feed's title.
    pub title: String,
}

/// The header that carries a removal to later pages; `None` if it has no room.
pub(crate) fn carry(app: &App, act: &str, title: &str) -> Option<HeaderValue> {
    let carried = Carried {
        act: act.to_owned(),
        title: cut(title, 200),
    };
    COOKIE.set(app, &COOKIE.seal(app, &carried)?)
}

/// The removal that a request carries.
pub(crate) fn carried(app: &App, headers: &HeaderMap) -> Option<Carried> {
    COOKIE.unsealed(app, headers)
}

/// The header that forgets it.
pub(crate) fn forget(app: &App) -> Option<HeaderValue> {
    COOKIE.forget(app)
}

/// Whether an act is the removal of a feed.
pub(crate) fn is_removal(act: &str) -> bool {
    act.starts_with(PREFIX)
}

/// Puts a removed feed back on the shelf as it was; `None` if it is too late.
///
/// # Errors
/// A problem if the shelf is full or the store fails.
pub(crate) async fn undo(
    app: &AppState,
    user: UserId,
    quota: Quota,
    act: &str,
    now: Timestamp,
) -> HandlerResult<Option<FeedId>> {
    let sealed = act.strip_prefix(PREFIX).unwrap_or_default();
    let opened = Seal::new(&app.secret, PURPOSE).and_then(|seal| seal.open::<Removed>(sealed));
    let is_fresh = |removed: &Removed| {
        removed.user == user.0 && (0..=MINUTES).contains(&(minute_of(now) - removed.minute))
    };
    let Some(removed) = opened.filter(is_fresh) else {
        return Ok(None);
    };
    let most = quota.shelf();
    let context = app.refresh_context()?;
    match put_back(&context, user, &removed.one, &removed.extra, most).await {
        Ok(added) => {
            let feed = added.map(|added| match added {
                Added::New(feed) | Added::Already(feed) => feed,
            });
            if let (Some(feed), Some(pause)) = (feed, removed.one.pause) {
                pausing::pause(&app.store, user, feed, pause.until, now).await?;
            }
            Ok(feed)
        }
        Err(SubscribeError::Store(error)) => Err(error.into()),
        Err(error) => Err(Problem::bad_request(
            "shelf_full",
            error.to_string(),
            error.advice(),
        )),
    }
}
