//! Many feeds at once: moved, left, paused; folders made, renamed, nested, sorted and dissolved. Each act can be undone.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;

use super::pausing::Typed as Term;
use crate::app::AppState;
use crate::ids::FeedId;
use crate::shelf::subscription::folder_text;
use crate::web::actions::gardening::{self, Deed, folder, nothing, tend};
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::problem::HandlerResult;
use crate::web::words::{self, msg, t};

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
    let feeds: Vec<FeedId> = sent.all("feed").filter_map(|id| id.parse().ok()).collect();
    let (user, now) = (current.user.id, current.now);
    let to = match sent.one("return") {
        "" => "/feeds".to_owned(),
        other => flash::local(other),
    };
    let path = || folder(sent.one("folder"));
    let (deed, text) = match sent.one("do") {
        "move" => {
            let to = path()?;
            let said = match to.as_slice() {
                [] => t("place-loose").to_owned(),
                path => folder_text(path),
            };
            (Deed::Move(to), msg("garden-moved").text("folder", said))
        }
        "also" => {
            let to = path()?;
            let said = folder_text(&to);
            (Deed::Also(to), msg("garden-also").text("folder", said))
        }
        "remove" => (Deed::Leave, msg("garden-left")),
        "pause" => {
            let until = Term::until(sent.one("days"), now)?;
            (Deed::Pause(until), msg("garden-paused"))
        }
        "resume" => (Deed::Resume, msg("garden-resumed")),
        _ => {
            let advice = "Reload the page, and choose again.";
            return Err(nothing("The page didn’t say what to do", advice));
        }
    };
    let done = tend(&app, user, feeds, deed, now).await?;
    let feeds = words::count(done.count as u64, "count-feed");
    Ok(flash::redirect(&to, text.text("feeds", feeds), done.act))
}

/// Undoes an act of this page; returns what is said of it.
pub(super) async fn undo(
    app: &AppState,
    current: &CurrentUser,
    act: &str,
) -> HandlerResult<String> {
    let quota = app.quota_of(&current.user);
    let Some(undone) = gardening::undo(app, current.user.id, quota, act).await? else {
        return Ok(t("told-undo-late").to_owned());
    };
    let feeds = words::count(undone.count as u64, "count-feed");
    let mut text: String = msg("garden-undone").text("feeds", feeds).into();
    if undone.lost > 0 {
        let said: String = msg("garden-lost").number("n", undone.lost).into();
        text = format!("{text}. {said}");
    }
    Ok(text)
}
