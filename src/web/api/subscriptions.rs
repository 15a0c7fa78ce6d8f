//! Subscriptions.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, delete, get, patch, post};
use super::{Caller, arrives, bad_json, quota_of};
use crate::app::AppState;
use crate::datastore::StoreError;
use crate::feeds::door::{BadPass, Kind, Pass};
use crate::html::discover;
use crate::ids::FeedId;
use crate::refresh::on_demand::OnDemandResult;
use crate::shelf::change_door::change_door;
use crate::shelf::find::SubscribeError;
use crate::shelf::subscribe::{Added, Wish, subscribe, unsubscribe};
use crate::shelf::subscription::{Habits, folder_path, typed_title};
use crate::shelf::{Shelf, Subscription, pausing, store};
use crate::timestamp::{from_micros, minute_of, rfc3339};
use crate::users::ListOrder;
use crate::users::preferences::{Counts as UnreadAs, ListStyle};
use crate::web::actions::asking::for_a_feed;
use crate::web::actions::door::{Hidden, changed_line};
use crate::web::actions::keep;
use crate::web::actions::refresh::refresh_feed;
use crate::web::actions::terms::{begin_drip, days_from};
use crate::web::client_address::ClientAddress;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::words::polling::describe_result;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let all = "/api/v1/subscriptions";
    let one_of = "/api/v1/subscriptions/{feed}";
    vec![
        get(all, list, "The subscriptions").gives::<All<'_>>(),
        post(all, add, "Subscribe to a feed")
            .says("The address may be a feed’s, or a site’s that has one.")
            .takes::<Wanted>()
            .gives_when::<Shown<'_>>(200, "It was on the shelf already")
            .gives_when::<Shown<'_>>(201, "It is new on the shelf")
            .gives_when::<Several>(409, "The site has several feeds: `several_feeds`")
            .fails(422, &REFUSED)
            .fails(429, &["too_many_searches"])
            .fails(503, &["store_full"]),
        get(one_of, one, "One subscription").gives::<Shown<'_>>(),
        patch(one_of, change, "Change a subscription")
            .says("What is absent stays as it is.")
            .takes::<Changes>()
            .gives::<Shown<'_>>()
            .fails(
                422,
                &[
                    "bad_keep",
                    "bad_days",
                    "bad_term",
                    "too_many_folders",
                    "needs_password",
                    "bad_password",
                    "unreachable",
                    "not_a_feed",
                ],
            )
            .fails(429, &["too_many_searches"]),
        delete(one_of, remove, "Unsubscribe").gives_nothing(),
        post(
            "/api/v1/subscriptions/{feed}/refresh",
            refresh,
            "Check a feed now",
        )
        .says("If its publisher’s limits allow it.")
        .gives::<Refreshed>()
        .fails(429, &["too_many_refreshes"]),
    ]
}

/// Why a feed can’t be added.
pub(super) const REFUSED: [&str; 8] = [
    "bad_address",
    "blocked_address",
    "unreachable",
    "not_a_feed",
    "walled",
    "needs_password",
    "bad_password",
    "shelf_full",
];

/// A subscription.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Subscription)]
pub(super) struct Shown<'s> {
    /// The feed’s id.
    feed: String,
    /// The title shown to the user: their own, else the publisher's.
    title: &'s str,
    /// The feed’s address.
    url: &'s str,
    /// The site’s address.
    site: Option<&'s str>,
    /// The folder's path, outermost first.
    folder: &'s [String],
    /// The paths of all its folders, the first one first.
    folders: Vec<&'s [String]>,
    /// Whether it is paused: nothing newer comes.
    paused: bool,
    /// When the pause ends by itself.
    paused_until: Option<String>,
    /// Until when it is on trial.
    trial_until: Option<String>,
    /// Which articles come first; null as in all lists.
    order: Option<ListOrder>,
    /// How its unread articles are counted; null as in all lists.
    counts: Option<UnreadAs>,
    /// How its list looks; null as all do.
    view: Option<ListStyle>,
    /// For how many minutes its articles count as unread; null for ever.
    fresh_minutes: Option<u32>,
    /// Whether lists of several feeds show its articles as one row a day.
    rolled_up: bool,
    /// Whether scrolling past its articles leaves them unread.
    keeps_scrolled: bool,
    /// Whether its lines lead to the publisher’s page.
    opens_site: bool,
    /// Whether its older articles come one by one.
    drips: bool,
    /// Whether its articles' pages are fetched when they are opened.
    full_text: bool,
    /// Whether articles are unread again when their publisher changes them.
    unread_when_edited: bool,
    /// How many of the newest articles are kept for the user; `None` for all that are kept here.
    keep: Option<u32>,
    /// How many articles are unread.
    unread: u32,
    /// The number of stored articles.
    articles: u32,
    /// Whether it has been fetched, or is waiting to be.
    fetched: bool,
    /// Why the last check failed, in plain words; `None` if it succeeded.
    error: Option<&'s str>,
    /// What opens it, if it asks for a password: `basic`, `bearer` or `header`. The password itself is never given back.
    door: Option<&'static str>,
}

/// All of them, as JSON: written as it is, since a tree of values takes longer than all else.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Subscriptions)]
struct All<'s> {
    /// In the shelf’s order.
    subscriptions: Vec<Shown<'s>>,
}

fn moment(minute: Option<i64>) -> Option<String> {
    minute.map(|minute| rfc3339(from_micros(minute * 60_000_000)))
}

pub(super) fn shown(shelf: &Shelf, feed: FeedId) -> Option<Shown<'_>> {
    let summary = shelf.summary(feed)?;
    let one = shelf.subscription(feed)?;
    Some(Shown {
        feed: feed.to_string(),
        title: shelf.title_of(one),
        url: summary.url.as_str(),
        site: summary.site.as_deref(),
        folder: &one.folder,
        folders: one.folders().collect(),
        paused: one.pause.is_some(),
        paused_until: moment(one.pause.and_then(|pause| pause.until)),
        trial_until: moment(one.trial),
        order: one.habits.order,
        counts: one.habits.counts,
        view: one.habits.view,
        fresh_minutes: one.habits.fresh,
        rolled_up: one.habits.rolled_up,
        keeps_scrolled: one.habits.keeps_scrolled,
        opens_site: one.habits.opens_site,
        drips: one.drip.is_some(),
        full_text: one.full_text,
        unread_when_edited: one.unread_when_edited.is_some(),
        keep: one.keep,
        unread: shelf.unread(feed),
        articles: (summary.last + 1).saturating_sub(summary.first),
        fetched: !summary.is_waiting(),
        error: summary.error.as_deref(),
        door: summary.door.as_ref().map(|door| door.kind.word()),
    })
}

/// A print of what is said of a subscription besides its counts.
pub(super) fn print(shelf: &Shelf, one: &Subscription) -> u32 {
    let shown = shown(shelf, one.feed).map(|shown| Shown {
        unread: 0,
        articles: 0,
        ..shown
    });
    let text = serde_json::to_vec(&shown).unwrap_or_default();
    crate::shelf::sync::print_of(&text)
}

pub(super) async fn list(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let shelf = arrives(&app, caller).await?;
    let all = shelf.subscriptions.iter();
    let all = all.filter_map(|one| shown(&shelf, one.feed));
    let subscriptions = all.collect();
    Ok(Json(All { subscriptions }).into_response())
}

pub(super) async fn one(
    State(app): State<AppState>,
    caller: Caller,
    PathId(feed): PathId<FeedId>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load_around(&app.store, caller.0, &[feed]).await?;
    let one = shown(&shelf, feed).ok_or_else(Problem::not_found)?;
    Ok(Json(one).into_response())
}

/// The feed to add.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = WantedFeed)]
pub(super) struct Wanted {
    url: String,
    /// The path of its folder, outermost first.
    #[serde(default)]
    folder: Vec<String>,
    /// What opens it, if it asks for a password. It is then the reader’s own, and shared with nobody.
    door: Option<DoorKey>,
}

/// What opens a feed that asks for a password.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DoorKey)]
pub(super) struct DoorKey {
    /// `basic`, `bearer` or `header`.
    kind: String,
    /// The user’s name, or the header’s; nothing for a token.
    #[serde(default)]
    name: String,
    /// The password, the token, or the header’s value.
    #[schema(value_type = String)]
    secret: Hidden,
}

impl DoorKey {
    fn pass(&self) -> Result<Pass, SubscribeError> {
        let kind = Kind::of(&self.kind).ok_or(BadPass::Missing)?;
        Ok(Pass::new(kind, &self.name, &self.secret.0)?)
    }
}

/// A site has several feeds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeveralFeeds)]
pub(super) struct Several {
    error: SeveralError,
}

/// Which feeds a site has.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeveralFeedsError)]
struct SeveralError {
    /// `several_feeds`.
    code: &'static str,
    message: &'static str,
    advice: &'static str,
    candidates: Vec<Candidate>,
}

/// A feed of a site.
#[derive(Debug, Serialize, ToSchema)]
struct Candidate {
    url: String,
    title: Option<String>,
}

/// A 409 with the feeds of a site.
pub(super) fn several(found: &[discover::Candidate]) -> Response {
    let candidates = found.iter().map(|found| Candidate {
        url: found.url.to_string(),
        title: found.title.clone(),
    });
    let error = SeveralError {
        code: "several_feeds",
        message: "This site has several feeds.",
        advice: "Send the address of one of the candidates.",
        candidates: candidates.collect(),
    };
    (StatusCode::CONFLICT, Json(Several { error })).into_response()
}

/// Adds a feed: 201 if it is new on the shelf, 200 if it was there, 409 with `candidates` if the site has several.
pub(super) async fn add(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Wanted>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    let folder = folder_path(wanted.folder.iter().map(String::as_str));
    let context = app.refresh_context()?;
    let quota = quota_of(&app, caller).await?;
    for_a_feed(&app, caller.0, quota).await?;
    let most = quota.shelf();
    let wish = Wish {
        typed: &wanted.url,
        pass: wanted.door.as_ref().map(DoorKey::pass).transpose()?,
        folder,
    };
    let (status, feed) = match subscribe(&context, &app.random, caller.0, wish, most).await {
        Ok(Added::New(feed)) => (StatusCode::CREATED, feed),
        Ok(Added::Already(feed)) => (StatusCode::OK, feed),
        Err(SubscribeError::Several(found)) => {
            return Ok(several(&found));
        }
        Err(error) => return Err(error.into()),
    };
    let shelf = Shelf::load_around(&app.store, caller.0, &[feed]).await?;
    Ok((status, Json(shown(&shelf, feed))).into_response())
}

/// The changes; absent fields keep their values.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SubscriptionChanges)]
pub(super) struct Changes {
    /// Empty for the publisher's title.
    title: Option<String>,
    /// The path of its first folder, outermost first.
    folder: Option<Vec<String>>,
    /// All its folders, in place of `folder`.
    folders: Option<Vec<Vec<String>>>,
    /// Whether it is paused, until it is no longer.
    paused: Option<bool>,
    /// Whether its articles' pages are fetched when they are opened.
    full_text: Option<bool>,
    /// Whether articles are unread again when their publisher changes them.
    unread_when_edited: Option<bool>,
    /// How many of the newest articles are kept; 0 for all.
    keep: Option<u32>,
    /// With `paused`: for how many days, 1 to 366.
    paused_days: Option<i64>,
    /// For how many days it is on trial; 0 to keep it.
    trial_days: Option<i64>,
    /// Null as in all lists.
    #[serde(default, deserialize_with = "super::given")]
    #[schema(value_type = Option<ListOrder>)]
    order: Option<Option<ListOrder>>,
    /// Null as in all lists.
    #[serde(default, deserialize_with = "super::given")]
    #[schema(value_type = Option<UnreadAs>)]
    counts: Option<Option<UnreadAs>>,
    /// Null as all look.
    #[serde(default, deserialize_with = "super::given")]
    #[schema(value_type = Option<ListStyle>)]
    view: Option<Option<ListStyle>>,
    /// 10080, 4320, 1440 or 180; null for ever.
    #[serde(default, deserialize_with = "super::given")]
    #[schema(value_type = Option<u32>)]
    fresh_minutes: Option<Option<u32>>,
    rolled_up: Option<bool>,
    keeps_scrolled: Option<bool>,
    opens_site: Option<bool>,
    /// Whether its older articles come one by one: five at once, then one a day.
    drips: Option<bool>,
    /// What opens it; null if nothing does any more. Where it had none, or has none then, the feed becomes another one, whose id is
    /// in the answer.
    #[serde(default, deserialize_with = "super::given")]
    #[schema(value_type = Option<DoorKey>)]
    door: Option<Option<DoorKey>>,
}

impl Changes {
    /// Sets how the feed is read.
    fn set_habits(&self, habits: &mut Habits) {
        habits.order = self.order.unwrap_or(habits.order);
        habits.counts = self.counts.unwrap_or(habits.counts);
        habits.view = self.view.unwrap_or(habits.view);
        habits.fresh = self.fresh_minutes.unwrap_or(habits.fresh);
        habits.rolled_up = self.rolled_up.unwrap_or(habits.rolled_up);
        habits.keeps_scrolled = self.keeps_scrolled.unwrap_or(habits.keeps_scrolled);
        habits.opens_site = self.opens_site.unwrap_or(habits.opens_site);
    }
}

pub(super) async fn change(
    State(app): State<AppState>,
    caller: Caller,
    client: ClientAddress,
    PathId(feed): PathId<FeedId>,
    body: Result<Json<Changes>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(changes) = body.map_err(bad_json)?;
    if store::get(&app.store, caller.0, feed).await?.is_none() {
        return Err(Problem::not_found());
    }
    let kept = changes.keep.map(|number| keep::checked(&app, number));
    let kept = kept.transpose()?;
    let now = app.clock.now();
    let paused_until = days_from(changes.paused_days.unwrap_or(0), now)?;
    let trial = changes.trial_days.map(|days| days_from(days, now));
    let trial = trial.transpose()?;
    if let Some(Some(minutes)) = changes.fresh_minutes
        && !Habits::TERMS.contains(&minutes)
    {
        let title = format!("{minutes} isn’t a term that articles can be fresh for");
        let advice = "Nothing was changed. Choose 10080, 4320, 1440 or 180, or null for ever.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, "bad_term", title, advice));
    }
    let paths = changes.folders.as_ref().map(|folders| {
        let paths = folders.iter();
        let paths = paths.map(|path| folder_path(path.iter().map(String::as_str)));
        paths.collect::<Vec<Vec<String>>>()
    });
    if paths
        .as_ref()
        .is_some_and(|paths| !Subscription::has_room_for(paths))
    {
        let title = "A feed can’t stand in so many folders";
        let advice = "At most eight, with 850 bytes in all. Nothing was changed.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, "too_many_folders", title, advice));
    }
    let drip = match changes.drips {
        Some(true) => {
            let mut shelf = arrives(&app, caller).await?;
            begin_drip(&app, &mut shelf, feed, now).await?
        }
        _ => None,
    };
    let feed = match &changes.door {
        None => feed,
        Some(key) => {
            let pass = key.as_ref().map(DoorKey::pass).transpose()?;
            let quota = quota_of(&app, caller).await?;
            for_a_feed(&app, caller.0, quota).await?;
            let context = app.refresh_context()?;
            let user = (caller.0, quota.shelf());
            let line = changed_line(&app, client.0, caller.0, pass.as_ref());
            let done = change_door(&context, &app.random, user, feed, (pass, line)).await?;
            security::note(Event::DoorChanged, client.0, Some(caller.0));
            done.feed
        }
    };
    store::change(&app.store, caller.0, feed, |one| {
        changes.set_habits(&mut one.habits);
        one.trial = trial.unwrap_or(one.trial);
        // One that goes on begins no second time.
        one.drip = match changes.drips {
            Some(true) => one.drip.or(drip),
            Some(false) => None,
            None => one.drip,
        };
        if let Some(title) = &changes.title {
            one.title = typed_title(title);
        }
        if let Some(folder) = &changes.folder {
            let path = folder_path(folder.iter().map(String::as_str));
            let also = std::mem::take(&mut one.also);
            one.set_folders(std::iter::once(path).chain(also));
        }
        if let Some(paths) = &paths {
            one.set_folders(paths.iter().cloned());
        }
        one.full_text = changes.full_text.unwrap_or(one.full_text);
        one.keep = kept.unwrap_or(one.keep);
        if let Some(yes) = changes.unread_when_edited {
            one.set_unread_when_edited(yes, minute_of(now));
        }
    })
    .await?;
    match changes.paused {
        Some(true) => {
            let paused = pausing::pause(&app.store, caller.0, feed, paused_until, now).await;
            still_there(paused)?;
        }
        Some(false) => {
            let resumed = pausing::resume(&app.store, caller.0, feed, now).await;
            still_there(resumed.map(drop))?;
        }
        None => {}
    }
    let shelf = Shelf::load_around(&app.store, caller.0, &[feed]).await?;
    Ok(Json(shown(&shelf, feed)).into_response())
}

/// A 404 if the feed was left meanwhile.
fn still_there(result: Result<(), StoreError>) -> HandlerResult<()> {
    match result {
        Err(StoreError::NotFound(_)) => Err(Problem::not_found()),
        other => Ok(other?),
    }
}

pub(super) async fn remove(
    State(app): State<AppState>,
    caller: Caller,
    PathId(feed): PathId<FeedId>,
) -> HandlerResult<StatusCode> {
    let removed = unsubscribe(&app.store, caller.0, feed, app.clock.now()).await?;
    if removed.is_some() {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}

/// What came of a check.
#[derive(Debug, Serialize, ToSchema)]
struct Refreshed {
    /// Whether the publisher was asked.
    asked: bool,
    /// What came of it, in words.
    said: String,
}

/// Refreshes the feed now, unless its publisher's limits forbid it. Returns whether a request was sent (`asked`), and
/// the result in words (`said`).
pub(super) async fn refresh(
    State(app): State<AppState>,
    caller: Caller,
    PathId(feed): PathId<FeedId>,
) -> HandlerResult<Response> {
    let quota = quota_of(&app, caller).await?;
    let asked = refresh_feed(&app, caller.0, quota, feed).await?;
    let done = matches!(asked, OnDemandResult::Done(_));
    let said = describe_result(&asked, app.clock.now());
    Ok(Json(Refreshed { asked: done, said }).into_response())
}
