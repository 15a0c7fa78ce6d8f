//! One subscription: its title, its folder, its state, and unsubscribing.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::Deserialize;

use super::{folder_texts, frame_of, with_flash};
use crate::app::AppState;
use crate::feeds::{self, PollTier};
use crate::ids::FeedId;
use crate::shelf::find_replacement::may_replace;
use crate::shelf::subscribe::unsubscribe;
use crate::shelf::subscription::{folder_text, typed_folder, typed_title};
use crate::shelf::{Scope, Shelf, store};
use crate::timestamp::minute_of;
use crate::web::actions::keep;
use crate::web::current_user::CurrentUser;
use crate::web::frame::feed_href;
use crate::web::html::Html;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{FeedSettingsPage, Place, Trouble};
use crate::web::words::letter;
use crate::web::words::polling::check_times;
use crate::web::{flash, words};

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    PathId(id): PathId<FeedId>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let one = shelf.subscription(id).ok_or_else(Problem::not_found)?;
    let feed = feeds::store::get(&app.store, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let now = app.clock.now();
    let minute = minute_of(now);
    let limited = feed.body.fitting.map(|fitting| {
        let kept = words::count(u64::from(fitting), "newest article");
        format!(
            "Its articles are large: the {kept} are kept, and more would be beyond the limit here."
        )
    });
    let checked = check_times(id, &feed.summary, &app.in_flight.known(), now);
    let letter = match feed.body.wall {
        Some(wall) => {
            let agent = app.refresh_context()?.web.public_agent();
            Some(letter::to_publisher(wall, &feed.summary.url, &agent))
        }
        None => None,
    };
    let error = feed.body.error.clone().map(|found| Trouble {
        found,
        advice: advice(&feed, minute),
        letter,
    });
    let own_title = if feed.summary.title.is_empty() {
        feed.summary.url.to_string()
    } else {
        feed.summary.title.clone()
    };
    let page = FeedSettingsPage {
        frame: frame_of(
            &current,
            &shelf,
            &shelf.title(id),
            Place::Elsewhere,
            Some(&Scope::Feed(id)),
        ),
        href: feed_href(id),
        title: one.title.clone().unwrap_or_default(),
        title_error: None,
        own_title,
        folder: folder_text(&one.folder),
        folder_error: None,
        folders: folder_texts(&shelf),
        full_text: one.full_text,
        unread_when_edited: one.unread_when_edited.is_some(),
        keep: one.keep,
        most: app.config.fetch.keep.articles,
        may_replace: may_replace(&feed.summary, feed.body.failing_since, minute),
        address: feed.summary.url.to_string(),
        site: feed.summary.site.clone(),
        checked,
        limited,
        can_refresh: feed.summary.tier != PollTier::Off,
        pushes: app
            .callbacks
            .as_ref()
            .and_then(|_| words::pushes(&feed, minute)),
        error,
        repairs: feed.body.repairs.clone(),
    };
    Ok(with_flash(Html(page), &headers))
}

fn advice(feed: &feeds::Feed, minute: i64) -> String {
    let since = words::span(minute - feed.body.failing_since);
    if feed.body.wall.is_some() {
        return format!(
            "This has lasted for {since}. Only the site’s owner can let feed readers in: send them this letter. We keep trying, less often each time."
        );
    }
    match feed.summary.tier {
        PollTier::Off => {
            "Its articles stay here. You can unsubscribe, or find the site’s new feed.".into()
        }
        _ => format!("This has lasted for {since}. We keep trying, less often each time."),
    }
}

/// The submitted form.
#[derive(Debug, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    title: String,
    #[serde(default)]
    folder: String,
    /// Present if the box is ticked.
    full_text: Option<String>,
    /// Present if the box is ticked.
    unread_when_edited: Option<String>,
    /// Empty for all; absent to change nothing.
    keep: Option<String>,
}

pub(super) async fn submit(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<FeedId>,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    if store::get(&app.store, current.user.id, id).await?.is_none() {
        return Err(Problem::not_found());
    }
    let kept = typed.keep.as_deref().map(keep::typed).transpose()?;
    let title = typed_title(&typed.title);
    store::change(&app.store, current.user.id, id, |one| {
        one.title = title.clone();
        one.full_text = typed.full_text.is_some();
        one.set_unread_when_edited(typed.unread_when_edited.is_some(), minute_of(current.now));
        one.keep = kept.unwrap_or(one.keep);
        // A folder's name may contain a slash, so an unchanged path isn't split again.
        if typed.folder.trim() != folder_text(&one.folder) {
            one.folder = typed_folder(&typed.folder);
        }
    })
    .await?;
    Ok(flash::redirect(
        &format!("{}/settings", feed_href(id)),
        "Saved",
        None,
    ))
}

pub(super) async fn remove(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<FeedId>,
) -> HandlerResult<Response> {
    if !unsubscribe(&app.store, current.user.id, id, current.now).await? {
        return Err(Problem::not_found());
    }
    let text = "Unsubscribed. What you’ve read is remembered, in case you come back.";
    Ok(flash::redirect("/feeds", text, None))
}
