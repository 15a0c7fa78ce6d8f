//! Many feeds at once: moved, left, paused; folders made, renamed, nested, sorted and dissolved. Each act can be undone.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;

use super::folders::{PREFIX, folder, nothing};
use super::pausing::Typed as Term;
use crate::app::AppState;
use crate::datastore::StoreError;
use crate::ids::FeedId;
use crate::shelf::gardening::{self, Move};
use crate::shelf::pausing;
use crate::shelf::subscribe::put_back;
use crate::shelf::subscription::folder_text;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::problem::HandlerResult;
use crate::web::words::{self, msg, t};

/// Most feeds of one act.
const MOST: usize = 500;

/// Whether an act is one of these.
pub(super) fn is_act(act: &str) -> bool {
    act.starts_with(PREFIX)
}

/// A submitted form, in which a name may stand several times.
struct Sent(Vec<(String, String)>);

impl Sent {
    fn of(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        let own = self.0.iter().filter(move |(known, _)| known == name);
        own.map(|(_, value)| value.as_str())
    }

    fn one(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

/// Does something with the chosen feeds.
pub(super) async fn submit(
    State(app): State<AppState>,
    current: CurrentUser,
    body: Bytes,
) -> HandlerResult<Response> {
    let sent = Sent::of(&body);
    let mut feeds: Vec<FeedId> = sent.all("feed").filter_map(|id| id.parse().ok()).collect();
    feeds.sort_unstable();
    feeds.dedup();
    if feeds.is_empty() {
        let advice = "Tick the boxes of the feeds that you mean.";
        return Err(nothing("No feed was chosen", advice));
    }
    if feeds.len() > MOST {
        let advice = "Nothing was changed. Do it in several parts.";
        return Err(nothing("At most 500 feeds can be changed at once", advice));
    }
    let (user, now) = (current.user.id, current.now);
    let act = format!("{PREFIX}{}", app.random.hex::<8>());
    let to = match sent.one("return") {
        "" => "/feeds".to_owned(),
        other => flash::local(other),
    };
    let path = || folder(sent.one("folder"));
    let (count, text, undo) = match sent.one("do") {
        "move" => {
            let to = path()?;
            let said = match to.as_slice() {
                [] => t("place-loose").to_owned(),
                path => folder_text(path),
            };
            let to = Move::To(to);
            let count = gardening::move_feeds(&app.store, user, &act, &feeds, &to, now).await?;
            (count, msg("garden-moved").text("folder", said), true)
        }
        "also" => {
            let to = path()?;
            if to.is_empty() {
                let advice = "Type the folder’s name.";
                return Err(nothing("No folder was named", advice));
            }
            let said = folder_text(&to);
            let to = Move::Also(to);
            let count = gardening::move_feeds(&app.store, user, &act, &feeds, &to, now).await?;
            (count, msg("garden-also").text("folder", said), true)
        }
        "remove" => {
            let count = gardening::leave_feeds(&app.store, user, &act, &feeds, now).await?;
            (count, msg("garden-left"), true)
        }
        "pause" => {
            let until = Term::until(sent.one("days"), now)?;
            let store = &app.store;
            let count = gardening::pause_feeds(store, user, &act, &feeds, until, now).await?;
            (count, msg("garden-paused"), true)
        }
        "resume" => {
            let mut count = 0;
            for &feed in &feeds {
                match pausing::resume(&app.store, user, feed, now).await {
                    Ok(was) => count += usize::from(was.is_some()),
                    // It was left meanwhile.
                    Err(StoreError::NotFound(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            (count, msg("garden-resumed"), false)
        }
        _ => {
            let advice = "Reload the page, and choose again.";
            return Err(nothing("The page didn’t say what to do", advice));
        }
    };
    let feeds = words::count(count as u64, "count-feed");
    let text = text.text("feeds", feeds);
    Ok(flash::redirect(
        &to,
        text,
        (undo && count > 0).then_some(act),
    ))
}

/// Undoes an act of this page; returns what is said of it.
pub(super) async fn undo(
    app: &AppState,
    current: &CurrentUser,
    act: &str,
) -> HandlerResult<String> {
    let (user, now) = (current.user.id, app.clock.now());
    let Some(act) = gardening::undoable(&app.store, user, act, now).await? else {
        return Ok(t("told-undo-late").to_owned());
    };
    let mut count = gardening::put_into_place(&app.store, user, &act).await?;
    for &feed in &act.paused {
        match pausing::resume(&app.store, user, feed, now).await {
            Ok(was) => count += usize::from(was.is_some()),
            Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut lost = 0;
    let most = app.config.quotas.of(current.user.profile.admin).feeds;
    let context = app.refresh_context()?;
    for (one, extra, _) in act.before.iter().filter(|(_, _, left)| *left) {
        let back = put_back(&context, user, one, extra, most).await;
        let is_back = matches!(back, Ok(Some(_)));
        count += usize::from(is_back);
        lost += usize::from(!is_back);
        if let (Ok(Some(_)), Some(pause)) = (back, one.pause) {
            pausing::pause(&app.store, user, one.feed, pause.until, now).await?;
        }
    }
    let feeds = words::count(count as u64, "count-feed");
    let mut text: String = msg("garden-undone").text("feeds", feeds).into();
    if lost > 0 {
        let said: String = msg("garden-lost").number("n", lost).into();
        text = format!("{text}. {said}");
    }
    Ok(text)
}
