//! One subscription: its title, its folder, its state, and unsubscribing.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::choices::wrong;
use super::{folder_texts, frame_of, with_flash};
use crate::app::AppState;
use crate::feeds::{self, FeedSummary, PollTier};
use crate::ids::FeedId;
use crate::refresh::feed::status_words;
use crate::refresh::on_demand::declined_until;
use crate::shelf::find_replacement::may_replace;
use crate::shelf::subscribe::{Removed, unsubscribe};
use crate::shelf::subscription::{
    Habits, Subscription, TITLE_BYTES, folder_text, is_cut, typed_folder, typed_title,
};
use crate::shelf::{Scope, store};
use crate::timestamp::{from_micros, minute_of};
use crate::users::ListOrder;
use crate::users::preferences::{Counts, ListStyle};
use crate::web::actions::door::{name_in, said};
use crate::web::actions::terms::begin_drip;
use crate::web::actions::{keep, removal};
use crate::web::current_user::CurrentUser;
use crate::web::frame::feed_href;
use crate::web::html::Html;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{DoorFields, FeedSettingsPage, Place, Trouble};
use crate::web::words::polling::check_times;
use crate::web::words::{letter, msg, t, told};
use crate::web::{flash, words};

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    PathId(id): PathId<FeedId>,
) -> HandlerResult<Response> {
    let page = page(&app, &current, id).await?;
    Ok(with_flash(Html(page), &headers))
}

pub(super) async fn page(
    app: &AppState,
    current: &CurrentUser,
    id: FeedId,
) -> HandlerResult<FeedSettingsPage> {
    let shelf = current.counted(app).await?;
    let one = shelf.subscription(id).ok_or_else(Problem::not_found)?;
    let feed = feeds::store::get(&app.store, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let now = app.clock.now();
    let minute = minute_of(now);
    let limited = feed.body.fitting.map(|fitting| {
        let kept = words::count(u64::from(fitting), "count-newest-article");
        msg("feed-large").text("articles", kept).to_string()
    });
    let known = app.in_flight.known();
    let checked = check_times(id, &feed.summary, &known, now);
    let declined = declined_until(id, &feed.summary, &known, minute);
    let checked = match declined.filter(|_| feed.summary.tier != PollTier::Off) {
        None => checked,
        Some(until) => {
            let wait = words::about((until - minute).max(1));
            format!("{checked} {}", msg("refreshed-again").text("wait", wait))
        }
    };
    let letter = match feed.body.wall {
        Some(wall) => {
            let agent = app.refresh_context()?.web.public_agent();
            Some(letter::to_publisher(wall, &feed.summary.url, &agent))
        }
        None => None,
    };
    let has_door = feed.summary.door.is_some();
    let is_asking = match (has_door, &feed.body.error) {
        (true, error) => error.is_some(),
        (false, error) => *error == Some(status_words(401)),
    };
    let door = feed.summary.door.as_ref();
    let error = feed.body.error.clone().map(|found| Trouble {
        found: told(&found).into_owned(),
        advice: advice(&feed, minute),
        letter,
    });
    let own_title = if feed.summary.title.is_empty() {
        feed.summary.url.to_string()
    } else {
        feed.summary.title.clone()
    };
    let repairs = feed.body.repairs.iter();
    Ok(FeedSettingsPage {
        frame: frame_of(
            current,
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
        also: also_text(&one.also),
        paused: one.pause.map(|_| super::pausing::pause_said(one)),
        trial: one.trial.map(|until| {
            let date = words::date(from_micros(until * 60_000_000));
            msg("feed-trial-until").text("date", date).into()
        }),
        drips: one.drip.is_some(),
        held: one
            .drip
            .map(|drip| drip.held(minute).len())
            .filter(|&held| held > 0)
            .map(|held| msg("feed-drip-held").number("n", held).into()),
        full_text: one.full_text,
        unread_when_edited: one.unread_when_edited.is_some(),
        // More than is kept here now may be from before.
        keep: one
            .keep
            .map(|most| most.min(app.config.fetch.keep.articles)),
        most: app.config.fetch.keep.articles,
        habits: one.habits,
        proposal: proposal(&feed.summary),
        posts: (feed.summary.gap > 0).then(|| words::every(feed.summary.gap)),
        may_replace: may_replace(&feed.summary, feed.body.failing_since, minute),
        address: feed.summary.url.to_string(),
        site: feed.summary.site.clone(),
        checked,
        limited,
        can_refresh: feed.summary.tier != PollTier::Off && declined.is_none(),
        pushes: app
            .callbacks
            .as_ref()
            .and_then(|_| words::pushes(&feed, minute)),
        error,
        door: DoorFields {
            kind: door.map_or("basic", |door| door.kind.word()),
            is_open: is_asking,
            name: door.map_or_else(String::new, |door| name_in(app, door, &feed.summary)),
            said: door.map(|door| said(app, door, &feed.summary)),
            ..DoorFields::default()
        },
        hooks: super::hooks::rows(app, current, id, feed.summary.hooks).await?,
        hook_secret: current
            .flash
            .as_ref()
            .and_then(|flash| flash.secret.clone()),
        repairs: repairs
            .map(|repair| told(&words::sentence(repair)).into_owned())
            .collect(),
    })
}

/// Folders' paths, one a line.
fn also_text(paths: &[Vec<String>]) -> String {
    let lines: Vec<String> = paths.iter().map(|path| folder_text(path)).collect();
    lines.join("\n")
}

/// The term that fits a feed that posts very often: at most about fifty of its articles. It is said, and never set.
fn proposal(summary: &FeedSummary) -> Option<String> {
    const MANY: i64 = 50;
    let gap = summary.gap;
    if gap == 0 || gap * MANY >= i64::from(Habits::TERMS[0]) {
        return None;
    }
    let fits = |term: &&u32| i64::from(**term) <= gap * MANY;
    let term = *Habits::TERMS.iter().find(fits)?;
    let kept = u64::from(term) / gap.unsigned_abs();
    let posts = msg("feed-fresh-proposal").text("every", words::every(gap));
    let posts = posts.text("term", t(term_name(term)));
    Some(posts.number("n", kept.max(1)).into())
}

/// The message of a term.
pub(super) fn term_name(term: u32) -> &'static str {
    match term {
        10_080 => "feed-fresh-week",
        4_320 => "feed-fresh-three-days",
        1_440 => "feed-fresh-day",
        _ => "feed-fresh-hours",
    }
}

fn advice(feed: &feeds::Feed, minute: i64) -> String {
    let since = words::span(minute - feed.body.failing_since);
    if feed.body.wall.is_some() {
        return msg("feed-wall").text("span", since).into();
    }
    match feed.summary.tier {
        PollTier::Off => t("feed-off").into(),
        _ => msg("feed-lasting").text("span", since).into(),
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
    /// Empty as in all lists; absent to change nothing.
    order: Option<String>,
    /// Empty as in all lists; absent to change nothing.
    counts: Option<String>,
    /// Minutes; empty for ever; absent to change nothing.
    fresh: Option<String>,
    /// Present if the box is ticked.
    rolled_up: Option<String>,
    /// Present if the box is ticked.
    keeps_scrolled: Option<String>,
    /// Further folders, one a line; absent to change nothing.
    also: Option<String>,
    /// Empty as in all lists; absent to change nothing.
    view: Option<String>,
    /// Present if the box is ticked.
    opens_site: Option<String>,
    /// Present if the form has the boxes of what follows.
    more: Option<String>,
    /// Present if the box is ticked.
    drips: Option<String>,
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
    let order = match typed.order.as_deref() {
        None | Some("") => None,
        Some("newest") => Some(ListOrder::Newest),
        Some("oldest") => Some(ListOrder::Oldest),
        Some(other) => return Err(wrong("order", other)),
    };
    let counts = match typed.counts.as_deref() {
        None | Some("") => None,
        Some(word) => {
            let found = Counts::ALL.iter().find(|one| one.word() == word);
            Some(*found.ok_or_else(|| wrong("counts", word))?)
        }
    };
    let fresh = match typed.fresh.as_deref() {
        None | Some("") => None,
        Some(text) => {
            let term = text.parse().ok();
            let term = term.filter(|term| Habits::TERMS.contains(term));
            Some(term.ok_or_else(|| wrong("fresh", text))?)
        }
    };
    let view = match typed.view.as_deref() {
        None | Some("") => None,
        Some(word) => {
            let found = ListStyle::ALL.iter().find(|one| one.word() == word);
            Some(*found.ok_or_else(|| wrong("view", word))?)
        }
    };
    let title_error = (typed.title.trim().len() > TITLE_BYTES)
        .then(|| msg("feed-name-long").number("n", TITLE_BYTES).to_string());
    let further = || typed.also.iter().flat_map(|text| text.lines());
    let all = std::iter::once(typed.folder.as_str()).chain(further());
    let all: Vec<Vec<String>> = all.map(typed_folder).collect();
    let is_much = !Subscription::has_room_for(&all) || further().any(is_cut);
    let folder_error = (is_much || is_cut(&typed.folder)).then(|| t("feed-folder-long").to_owned());
    if title_error.is_some() || folder_error.is_some() {
        let page = FeedSettingsPage {
            title: typed.title,
            title_error,
            folder: typed.folder,
            folder_error,
            ..page(&app, &current, id).await?
        };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let kept = typed.keep.as_deref();
    let kept = kept.map(|text| keep::typed(&app, text)).transpose()?;
    let title = typed_title(&typed.title);
    let drip = match typed.drips.is_some() {
        true => {
            let mut shelf = current.arrives(&app).await?;
            begin_drip(&app, &mut shelf, id, current.now).await?
        }
        false => None,
    };
    store::change(&app.store, current.user.id, id, |one| {
        one.title = title.clone();
        one.full_text = typed.full_text.is_some();
        one.set_unread_when_edited(typed.unread_when_edited.is_some(), minute_of(current.now));
        one.keep = kept.unwrap_or(one.keep);
        if typed.order.is_some() {
            one.habits.order = order;
        }
        if typed.counts.is_some() {
            one.habits.counts = counts;
        }
        if typed.fresh.is_some() {
            one.habits.fresh = fresh;
        }
        one.habits.rolled_up = typed.rolled_up.is_some();
        one.habits.keeps_scrolled = typed.keeps_scrolled.is_some();
        // A folder's name may contain a slash, so an unchanged path isn't split again.
        let is_same = typed.folder.trim() == folder_text(&one.folder);
        let first = match is_same {
            true => one.folder.clone(),
            false => typed_folder(&typed.folder),
        };
        let known: Vec<Vec<String>> = one.also.clone();
        let also = match &typed.also {
            None => known,
            Some(text) if text.trim() == also_text(&known).trim() => known,
            Some(text) => text.lines().map(typed_folder).collect(),
        };
        one.set_folders(std::iter::once(first).chain(also));
        if typed.more.is_some() {
            one.habits.view = view;
            one.habits.opens_site = typed.opens_site.is_some();
            // One that goes on begins no second time.
            one.drip = match typed.drips.is_some() {
                true => one.drip.or(drip),
                false => None,
            };
        }
    })
    .await?;
    Ok(flash::redirect(
        &format!("{}/settings", feed_href(id)),
        t("feed-saved"),
        None,
    ))
}

pub(super) async fn remove(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<FeedId>,
) -> HandlerResult<Response> {
    let removed = unsubscribe(&app.store, current.user.id, id, current.now).await?;
    let Removed { one, extra, title } = removed.ok_or_else(Problem::not_found)?;
    let undo = removal::seal(&app, current.user.id, &one, &extra, current.now);
    let text = msg("feed-removed").text("feed", &title);
    let carried = undo
        .as_ref()
        .and_then(|act| removal::carry(&app, act, &title));
    let mut response = flash::redirect("/feeds", text, undo);
    if let Some(cookie) = carried {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
