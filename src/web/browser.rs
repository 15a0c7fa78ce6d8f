//! The cookie by which a browser is known again: which account it last used, and a number of its own.
//!
//! It proves nothing but that we set it. Who is signed in is the session's to say; this only lets the account be read in
//! the same round, and gives a browser that got in before a count of its own failed sign-ins, so that strangers can't
//! shut its owner out. Sealed, and kept when its owner signs out.

use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use super::cookies::Cookie;
use crate::app::App;
use crate::ids::UserId;

/// As long as browsers keep a cookie.
const COOKIE: Cookie = Cookie {
    name: "dormouse-browser",
    path: "/",
    max_age: 400 * 24 * 60 * 60,
};

/// A browser that an account was used in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KnownBrowser {
    /// The account.
    pub user: i64,
    /// The browser's own number.
    pub id: String,
    /// Whether the account has ever starred anything, so that its stars are read in the first round, too.
    #[serde(default)]
    pub has_stars: bool,
}

/// The browser of a request, if it is known.
pub(super) fn known(app: &App, headers: &HeaderMap) -> Option<KnownBrowser> {
    COOKIE.unsealed(app, headers)
}

/// The cookie for a browser in which `user` is signed in; `None` if it has that already. `has_stars` is whether they are
/// now known to have starred something.
pub(super) fn set(
    app: &App,
    known: Option<&KnownBrowser>,
    user: UserId,
    has_stars: bool,
) -> Option<HeaderValue> {
    let known = known.filter(|known| known.user == user.0);
    let had_stars = known.is_some_and(|known| known.has_stars);
    if known.is_some() && (had_stars || !has_stars) {
        return None;
    }
    let record = KnownBrowser {
        user: user.0,
        id: match known {
            Some(known) => known.id.clone(),
            None => app.random.hex::<8>(),
        },
        has_stars,
    };
    COOKIE.set(app, &COOKIE.seal(app, &record)?)
}
