//! Unread, All, one feed, one folder: the same page over different parts of the shelf.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get};
use http::HeaderMap;

use super::first_run::first_run;
use super::list_address::{Choices, List, Shown, order_of};
use super::list_lines::{a_page, load, pictures_through, style_of, whole};
use super::overview::{empty, overview};
use super::returning_reader::waking;
use super::rolled_up::roll_up;
use super::twins::fold;
use super::{frame_of, with_flash};
use crate::app::{App, AppState};
use crate::ids::FeedId;
use crate::shelf::timeline::Filter;
use crate::shelf::{Scope, Shelf, follow_move};
use crate::timestamp::Timestamp;
use crate::users::ListOrder;
use crate::users::preferences::Counts;
use crate::users::preferences::ListStyle;
use crate::web::current_user::CurrentUser;
use crate::web::frame::{feed_href, folder_settings_href};
use crate::web::html::Html;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{
    ArticleLine, Count, LastAct, Link, MarkAll, OrderLinks, Place, ReaderPage, StateLinks,
};
use crate::web::words::{self, decode_path, msg, t, told};

/// The home page: the unread articles.
pub(super) async fn home() -> Redirect {
    Redirect::to("/unread")
}

/// The list of a part of the shelf that has an address of its own. Without a filter, the address chooses.
pub(super) fn of(scope: Scope, filter: Option<Filter>) -> MethodRouter<AppState> {
    get(
        move |app: State<AppState>,
              current: CurrentUser,
              headers: HeaderMap,
              Query(choices): Query<Choices>| async move {
            let filter = filter.unwrap_or_else(|| filter_of(&choices));
            show(app, current, headers, scope, filter, choices).await
        },
    )
}

pub(super) async fn feed(
    app: State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    PathId(feed): PathId<FeedId>,
    Query(choices): Query<Choices>,
) -> HandlerResult<Response> {
    let filter = filter_of(&choices);
    show(app, current, headers, Scope::Feed(feed), filter, choices).await
}

pub(super) async fn folder(
    app: State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    uri: axum::extract::OriginalUri,
    Query(choices): Query<Choices>,
) -> HandlerResult<Response> {
    // The raw path: a folder's own name may hold a slash, which is encoded in it.
    let raw = uri.0.path().strip_prefix("/folder/").unwrap_or_default();
    let scope = Scope::Folder(decode_path(raw));
    let filter = filter_of(&choices);
    show(app, current, headers, scope, filter, choices).await
}

fn filter_of(choices: &Choices) -> Filter {
    match choices.state {
        Some(Shown::All) => Filter::All,
        _ => Filter::Unread,
    }
}

async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    scope: Scope,
    filter: Filter,
    choices: Choices,
) -> HandlerResult<Response> {
    let mut shelf = current.arrives(&app).await?;
    let exists = match &scope {
        Scope::Everything | Scope::Loose | Scope::Seldom => true,
        Scope::Folder(path) => {
            let own = &current.user.profile.preferences;
            shelf.folders().contains(path) || own.standing().contains(path)
        }
        Scope::Feed(feed) => shelf.subscription(*feed).is_some(),
        Scope::Starred => true,
    };
    if !exists {
        return elsewhere(&app, &shelf, &scope).await;
    }
    let list = List {
        order: choices
            .order
            .unwrap_or_else(|| order_of(&current, &shelf, &scope)),
        scope,
        filter,
        cursor: choices.cursor,
        order_named: choices.order.is_some(),
        category: choices.category.filter(|name| !name.is_empty()),
        search: None,
    };
    let page = draw(&app, &current, &mut shelf, &list).await?;
    Ok(with_flash(Html(page), &headers))
}

/// Redirects from a merged feed to the feed that it was merged into; a 404 for everything else. Two reads.
async fn elsewhere(app: &App, shelf: &Shelf, scope: &Scope) -> HandlerResult<Response> {
    if let Scope::Feed(feed) = scope
        && let Some(place) = follow_move::place_of(&app.store, *feed).await?
        && shelf.subscription(place).is_some()
    {
        return Ok(Redirect::to(&format!("/feed/{place}")).into_response());
    }
    Err(Problem::not_found())
}

/// The page of a list, without an open article.
async fn draw(
    app: &App,
    current: &CurrentUser,
    shelf: &mut Shelf,
    list: &List,
) -> HandlerResult<ReaderPage> {
    let style = style_of(current, shelf, &list.scope);
    let loaded = load(app, shelf, list, a_page(style)).await?;
    shelf.catch_up(&app.store, &loaded.newer).await?;
    let now = app.clock.now();
    let mut lines = loaded.lines(shelf, list, now);
    pictures_through(app, &mut lines);
    super::kept::fill_tags(app, shelf, &mut lines).await?;
    if current.user.profile.preferences.folds_twins && !matches!(list.scope, Scope::Feed(_)) {
        lines = fold(loaded.rows.iter().map(std::sync::Arc::as_ref), lines);
    }
    if style == ListStyle::Articles {
        whole(app, current, shelf, &mut lines).await?;
    }
    if !matches!(list.scope, Scope::Feed(_) | Scope::Starred) {
        lines = roll_up(shelf, lines);
    }
    let mut page = around(current, shelf, list, lines, loaded.next, now);
    page.frame.preferences.list = style;
    if shelf.subscriptions.is_empty() && list.scope == Scope::Everything {
        let house = super::house::offer(app).await?;
        page.first_run = Some(first_run(&current.user.profile, house));
    }
    page.overview = Some(overview(shelf, list, &page.lines, now));
    page.asking = crate::web::pages::refresh_feed::of_list(app, shelf, &list.scope);
    Ok(page)
}

/// The user's starred articles.
pub(super) async fn starred(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(choices): Query<Choices>,
) -> HandlerResult<Response> {
    let mut shelf = current.arrives(&app).await?;
    let list = List::of_stars(choices.cursor);
    let page = draw(&app, &current, &mut shelf, &list).await?;
    Ok(with_flash(Html(page), &headers))
}

/// That the shelf is paused, and the trials that are over.
fn notes(current: &CurrentUser, shelf: &Shelf, now: Timestamp) -> Vec<Link> {
    let trials = super::feeds::trials(shelf, now).into_iter();
    let holiday = super::pausing::said(&current.user, now).map(|note| note.text);
    let texts = holiday.into_iter().chain(trials.map(|note| note.text));
    let as_link = |label| Link {
        label,
        href: "/feeds".to_owned(),
    };
    texts.map(as_link).collect()
}

/// “12 older unread articles of this feed are gone: only the newest are kept.”
fn departed(shelf: &Shelf, scope: &Scope) -> Option<String> {
    let departed = shelf.departed(scope);
    let count: u64 = departed.iter().map(|(_, count)| u64::from(*count)).sum();
    let of = match (departed.as_slice(), scope) {
        ([], _) => return None,
        (_, Scope::Feed(_)) => t("list-departed-this").to_owned(),
        ([(feed, _)], _) => {
            let named = msg("list-departed-named");
            named.text("feed", shelf.title(*feed)).into()
        }
        (feeds, _) => words::count(feeds.len() as u64, "count-feed"),
    };
    Some(
        msg("list-departed")
            .number("n", count)
            .text("of", of)
            .into(),
    )
}

/// A link to what has passed by unread, under the list of what is unread.
fn passed_by(shelf: &Shelf, list: &List) -> Option<Link> {
    let is_unread = list.scope == Scope::Everything && list.filter == Filter::Unread;
    let passed = shelf.passed_in(&list.scope);
    (is_unread && passed > 0).then(|| Link {
        label: msg("list-passed-by").number("n", passed).into(),
        href: "/passed".to_owned(),
    })
}

/// The ids of a page's unread articles, for marking only these.
fn page_text(lines: &[ArticleLine]) -> String {
    let unread = lines.iter().filter(|line| !line.read);
    let ids: Vec<&str> = unread
        .flat_map(|line| {
            let twins = line.twins.iter().map(|twin| twin.id.as_str());
            std::iter::once(line.id.as_str()).chain(twins)
        })
        .collect();
    ids.join(" ")
}

/// The page around these lines, without an article or overview.
pub(super) fn around(
    current: &CurrentUser,
    shelf: &Shelf,
    list: &List,
    lines: Vec<ArticleLine>,
    next: Option<String>,
    now: Timestamp,
) -> ReaderPage {
    let unread = shelf.unread_in(&list.scope);
    let (heading, place) = match (&list.scope, list.filter) {
        (Scope::Everything, Filter::Unread) => (t("place-unread").to_owned(), Place::Unread),
        (Scope::Everything, Filter::All) => (t("place-all").to_owned(), Place::All),
        (Scope::Everything, Filter::Passed) => (t("place-passed").to_owned(), Place::Elsewhere),
        (Scope::Seldom, _) => (t("place-seldom").to_owned(), Place::Seldom),
        (Scope::Folder(path), _) => (path.last().cloned().unwrap_or_default(), Place::Elsewhere),
        (Scope::Loose, _) => (t("place-loose").to_owned(), Place::Elsewhere),
        (Scope::Feed(feed), _) => (shelf.title(*feed), Place::Elsewhere),
        (Scope::Starred, _) => (t("place-starred").to_owned(), Place::Starred),
    };
    let feed = match list.scope {
        Scope::Feed(feed) => Some(feed),
        _ => None,
    };
    let error = feed
        .and_then(|feed| shelf.summary(feed))
        .and_then(|summary| Some(told(summary.error.as_deref()?).into_owned()));
    let empty = lines.is_empty().then(|| empty(shelf, list, unread));
    let states = list.has_states().then(|| StateLinks {
        showing_all: list.filter == Filter::All,
        unread_href: list.href_with(list.order_named.then_some(list.order), Filter::Unread, None),
        all_href: list.href_with(list.order_named.then_some(list.order), Filter::All, None),
    });
    // What a category leaves out isn't known, so it can't be left unread.
    let may_mark = list.filter != Filter::Passed && list.category.is_none();
    let mark_all = (unread > 0 && may_mark).then(|| MarkAll {
        seen: shelf.seen(&list.scope).to_text(),
        page: page_text(&lines),
        order: if list.order == ListOrder::Oldest {
            "oldest"
        } else {
            "newest"
        },
        return_to: list.href_with(list.order_named.then_some(list.order), list.filter, None),
        count: Count(unread),
    });
    ReaderPage {
        frame: frame_of(current, shelf, &heading, place, Some(&list.scope)),
        heading,
        subheading: match list.scope {
            Scope::Starred => msg("list-starred-count")
                .number("n", shelf.starred())
                .into(),
            _ if list.filter == Filter::Passed => {
                let passed = shelf.passed_in(&list.scope);
                msg("list-passed-count").number("n", passed).into()
            }
            _ if words::counts() != Counts::Number => String::new(),
            _ => msg("list-unread-count").number("n", unread).into(),
        },
        passed: passed_by(shelf, list),
        counted: (list.scope != Scope::Starred
            && list.filter != Filter::Passed
            && words::counts() == Counts::Number)
            .then_some(unread),
        hides_feed: feed.is_some(),
        keeps_scrolled: feed
            .and_then(|feed| shelf.subscription(feed))
            .is_some_and(|one| one.habits.keeps_scrolled),
        list_href: list.href(),
        lines,
        next,
        order: (list.scope != Scope::Starred).then(|| OrderLinks {
            oldest_first: list.order == ListOrder::Oldest,
            newest_href: list.href_with(Some(ListOrder::Newest), list.filter, None),
            oldest_href: list.href_with(Some(ListOrder::Oldest), list.filter, None),
        }),
        starred: list.scope == Scope::Starred && shelf.starred() > 0,
        states,
        mark_all,
        last_act: shelf.last_act(now).map(|(act, marked)| LastAct {
            act,
            marked: words::count(marked, "count-article"),
        }),
        empty,
        article: None,
        overview: None,
        first_run: None,
        feed_error: error,
        notes: notes(current, shelf, now),
        category: list.category.as_ref().map(|name| Link {
            label: msg("list-category").text("name", name).into(),
            href: List {
                category: None,
                cursor: None,
                ..list.clone()
            }
            .href(),
        }),
        departed: departed(shelf, &list.scope),
        house: current.user.profile.house.as_ref().and_then(|following| {
            let note = shelf.house.as_ref()?;
            Some(super::house::told(&following.folder, note))
        }),
        feed_settings: match &list.scope {
            Scope::Feed(feed) => Some(format!("{}/settings", feed_href(*feed))),
            Scope::Folder(path) => Some(folder_settings_href(path)),
            _ => None,
        },
        asking: None,
        waking: waking(&current.user, shelf, list.href()),
    }
}
