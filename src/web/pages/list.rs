//! Unread, All, one feed, one folder: the same page over different parts of the shelf.

use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use http::HeaderMap;
use serde::Deserialize;

use super::{Html, frame_of, with_flash};
use crate::app::{App, AppState};
use crate::articles::Card;
use crate::articles::store::Flow;
use crate::clock::{Timestamp, rfc3339};
use crate::ids::{ArticleId, FeedId};
use crate::shelf::river::{self, Filter, Wish};
use crate::shelf::{Scope, Shelf};
use crate::users::ListOrder;
use crate::web::frame::{feed_href, folder_href, nav_feed};
use crate::web::problem::{Answer, Problem};
use crate::web::reader::Reader;
use crate::web::view::{
    ArticleLine, Count, EmptyState, Link, MarkAll, OrderLinks, Overview, Place, ReaderPage,
    StateLinks,
};
use crate::web::words;

/// Articles on a page.
pub(super) const PAGE: usize = 50;
/// Feeds that the overview names.
const TOP_FEEDS: usize = 8;

/// What an address says about a list.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Choices {
    pub order: Option<ListOrder>,
    pub state: Option<Shown>,
    pub cursor: Option<String>,
}

/// Which articles of a feed or a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shown {
    Unread,
    All,
}

/// A list as an address names it.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub scope: Scope,
    pub filter: Filter,
    pub order: ListOrder,
    /// The page's cursor, as the address has it.
    pub cursor: Option<String>,
    /// Whether the address names the order, and so must the next.
    pub order_named: bool,
}

/// The first page of all: what is unread.
pub(super) async fn home() -> Redirect {
    Redirect::to("/unread")
}

pub(super) async fn unread(
    app: State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    Query(choices): Query<Choices>,
) -> Answer<Response> {
    show(
        app,
        reader,
        headers,
        Scope::Everything,
        Filter::Unread,
        choices,
    )
    .await
}

pub(super) async fn all(
    app: State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    Query(choices): Query<Choices>,
) -> Answer<Response> {
    show(
        app,
        reader,
        headers,
        Scope::Everything,
        Filter::All,
        choices,
    )
    .await
}

pub(super) async fn feed(
    app: State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    Path(feed): Path<String>,
    Query(choices): Query<Choices>,
) -> Answer<Response> {
    let feed: FeedId = feed.parse().map_err(|_| Problem::not_found())?;
    let filter = filter_of(&choices);
    show(app, reader, headers, Scope::Feed(feed), filter, choices).await
}

pub(super) async fn folder(
    app: State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    uri: axum::extract::OriginalUri,
    Query(choices): Query<Choices>,
) -> Answer<Response> {
    // The raw path: a folder's own name may hold a slash, which is encoded in it.
    let raw = uri.0.path().strip_prefix("/folder/").unwrap_or_default();
    let scope = Scope::Folder(decode_path(raw));
    let filter = filter_of(&choices);
    show(app, reader, headers, scope, filter, choices).await
}

fn filter_of(choices: &Choices) -> Filter {
    match choices.state {
        Some(Shown::All) => Filter::All,
        _ => Filter::Unread,
    }
}

/// A folder's path from the encoded segments of an address.
pub(crate) fn decode_path(raw: &str) -> Vec<String> {
    let decode = |segment: &str| {
        let bytes = segment.replace('+', "%2B");
        let pair = format!("x={bytes}");
        let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
        decoded
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    raw.split('/')
        .filter(|segment| !segment.is_empty())
        .map(decode)
        .collect()
}

async fn show(
    State(app): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    scope: Scope,
    filter: Filter,
    choices: Choices,
) -> Answer<Response> {
    let shelf = Shelf::load(&app.store, reader.user.id).await?;
    let exists = match &scope {
        Scope::Everything => true,
        Scope::Folder(path) => shelf.folders().contains(path),
        Scope::Feed(feed) => shelf.subscription(*feed).is_some(),
    };
    if !exists {
        return Err(Problem::not_found());
    }
    let list = List {
        scope,
        filter,
        order: choices.order.unwrap_or(reader.user.profile.order),
        cursor: choices.cursor,
        order_named: choices.order.is_some(),
    };
    let page = draw(&app, &reader, &shelf, &headers, &list).await?;
    Ok(with_flash(Html(page), &headers))
}

/// The page of a list, without an open article.
async fn draw(
    app: &App,
    reader: &Reader,
    shelf: &Shelf,
    headers: &HeaderMap,
    list: &List,
) -> Answer<ReaderPage> {
    let stretch = load(app, shelf, list).await?;
    let now = app.clock.now();
    let lines = stretch
        .cards
        .iter()
        .map(|card| line(shelf, list, card, now))
        .collect::<Vec<_>>();
    let next = stretch.next.map(|place| list.next_href(app, place));
    let mut page = around(reader, shelf, headers, list, lines, next);
    page.overview = Some(overview(shelf, &page.lines, now));
    Ok(page)
}

/// One page of a list's articles.
pub(super) async fn load(app: &App, shelf: &Shelf, list: &List) -> Answer<river::Stretch> {
    let beyond = match &list.cursor {
        None => None,
        Some(cursor) => {
            let place = river::from_cursor(&app.secret, &list.name(), cursor);
            Some(place.ok_or_else(|| {
                let advice = "Open the list from its beginning.";
                Problem::bad_request(
                    "bad_cursor",
                    "This page's address is of no use any more",
                    advice,
                )
            })?)
        }
    };
    let wish = Wish {
        scope: list.scope.clone(),
        filter: list.filter,
        flow: list.flow(),
        beyond,
        limit: PAGE,
    };
    Ok(river::page(&app.store, shelf, &wish).await?)
}

impl List {
    pub(super) fn flow(&self) -> Flow {
        match self.order {
            ListOrder::Newest => Flow::NewestFirst,
            ListOrder::Oldest => Flow::OldestFirst,
        }
    }

    /// What a cursor of this list is signed for.
    fn name(&self) -> String {
        format!("{:?} {:?} {:?}", self.scope, self.filter, self.order)
    }

    fn path(&self) -> String {
        match (&self.scope, self.filter) {
            (Scope::Everything, Filter::Unread) => "/unread".into(),
            (Scope::Everything, Filter::All) => "/all".into(),
            (Scope::Folder(path), _) => folder_href(path),
            (Scope::Feed(feed), _) => feed_href(*feed),
        }
    }

    /// An address of this list with some choices made.
    fn href_with(&self, order: Option<ListOrder>, filter: Filter, cursor: Option<&str>) -> String {
        let mut query = Vec::new();
        if !matches!(self.scope, Scope::Everything) && filter == Filter::All {
            query.push("state=all".to_owned());
        }
        match order {
            Some(ListOrder::Newest) => query.push("order=newest".into()),
            Some(ListOrder::Oldest) => query.push("order=oldest".into()),
            None => {}
        }
        query.extend(cursor.map(|cursor| format!("cursor={cursor}")));
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{}", self.path(), query.join("&"))
    }

    /// Its own address, page included.
    pub(super) fn href(&self) -> String {
        let order = self.order_named.then_some(self.order);
        self.href_with(order, self.filter, self.cursor.as_deref())
    }

    pub(super) fn next_href(&self, app: &App, place: Timestamp) -> String {
        let cursor = river::to_cursor(&app.secret, &self.name(), place);
        let order = self.order_named.then_some(self.order);
        self.href_with(order, self.filter, Some(&cursor))
    }

    /// How an article's address names the list that it was opened from.
    pub(super) fn context(&self) -> String {
        let list = match (&self.scope, self.filter) {
            (Scope::Everything, Filter::Unread) => "unread".to_owned(),
            (Scope::Everything, Filter::All) => "all".to_owned(),
            (Scope::Feed(_), _) => "feed".to_owned(),
            (Scope::Folder(path), _) => {
                let segments: Vec<String> = path.iter().map(|name| words::segment(name)).collect();
                format!("folder:{}", words::segment(&segments.join("/")))
            }
        };
        let mut context = format!("in={list}");
        if !matches!(self.scope, Scope::Everything) && self.filter == Filter::All {
            context.push_str("&state=all");
        }
        if self.order_named {
            let order = if self.order == ListOrder::Oldest {
                "oldest"
            } else {
                "newest"
            };
            context.push_str(&format!("&order={order}"));
        }
        if let Some(cursor) = &self.cursor {
            context.push_str(&format!("&cursor={cursor}"));
        }
        context
    }

    /// An article's address within this list.
    pub(super) fn article_href(&self, id: ArticleId) -> String {
        format!("/article/{id}?{}", self.context())
    }
}

/// One article in a list.
pub(super) fn line(shelf: &Shelf, list: &List, card: &Card, now: Timestamp) -> ArticleLine {
    let feed_title = shelf.title(card.id.feed);
    let face = &card.face;
    let shown = face
        .published
        .and_then(|at| Timestamp::from_timestamp(at, 0));
    let shown = shown.filter(|at| *at <= now).unwrap_or_else(|| face.at());
    ArticleLine {
        id: card.id.to_string(),
        href: list.article_href(card.id),
        title: title_or_untitled(&face.title),
        letter: words::letter(&feed_title),
        hue: words::hue(card.id.feed),
        feed_title,
        feed_href: feed_href(card.id.feed),
        age: words::age(shown, now),
        datetime: rfc3339(shown),
        read: shelf.is_read(card.id),
        snippet: face.snippet.clone().unwrap_or_default(),
        image: face.image.clone(),
        selected: false,
        original: face.link.clone(),
    }
}

pub(super) fn title_or_untitled(title: &str) -> String {
    let title = if title.trim().is_empty() {
        "Untitled"
    } else {
        title
    };
    title.to_owned()
}

/// The page around some lines.
pub(super) fn around(
    reader: &Reader,
    shelf: &Shelf,
    headers: &HeaderMap,
    list: &List,
    lines: Vec<ArticleLine>,
    next: Option<String>,
) -> ReaderPage {
    let unread = shelf.unread_in(&list.scope);
    let (heading, place) = match (&list.scope, list.filter) {
        (Scope::Everything, Filter::Unread) => ("Unread".to_owned(), Place::Unread),
        (Scope::Everything, Filter::All) => ("All articles".to_owned(), Place::All),
        (Scope::Folder(path), _) => (path.last().cloned().unwrap_or_default(), Place::Elsewhere),
        (Scope::Feed(feed), _) => (shelf.title(*feed), Place::Elsewhere),
    };
    let feed = match list.scope {
        Scope::Feed(feed) => Some(feed),
        _ => None,
    };
    let error = feed
        .and_then(|feed| shelf.card(feed))
        .and_then(|card| card.error.clone());
    let empty = lines.is_empty().then(|| empty(shelf, list, unread));
    let states = (!matches!(list.scope, Scope::Everything)).then(|| StateLinks {
        showing_all: list.filter == Filter::All,
        unread_href: list.href_with(list.order_named.then_some(list.order), Filter::Unread, None),
        all_href: list.href_with(list.order_named.then_some(list.order), Filter::All, None),
    });
    let mark_all = (unread > 0).then(|| MarkAll {
        seen: shelf.seen(&list.scope).to_text(),
        return_to: list.href_with(list.order_named.then_some(list.order), list.filter, None),
        count: Count(unread),
    });
    ReaderPage {
        frame: frame_of(reader, shelf, headers, &heading, place, Some(&list.scope)),
        heading,
        subheading: format!("{} unread", words::thousands(u64::from(unread))),
        list_href: list.href(),
        lines,
        next,
        order: OrderLinks {
            oldest_first: list.order == ListOrder::Oldest,
            newest_href: list.href_with(Some(ListOrder::Newest), list.filter, None),
            oldest_href: list.href_with(Some(ListOrder::Oldest), list.filter, None),
        },
        states,
        mark_all,
        empty,
        article: None,
        overview: None,
        feed_error: error,
        feed_settings: feed.map(|feed| format!("{}/settings", feed_href(feed))),
    }
}

fn empty(shelf: &Shelf, list: &List, unread: u32) -> EmptyState {
    let link = |label: &str, href: String| {
        Some(Link {
            label: label.to_owned(),
            href,
        })
    };
    if shelf.subscriptions.is_empty() {
        return EmptyState {
            title: "Your shelf is empty".into(),
            text: "Add a site that you like to read, or import your feeds from another reader."
                .into(),
            action: link("Add a feed", "/add".into()),
        };
    }
    if list.cursor.is_some() {
        return EmptyState {
            title: "That was all".into(),
            text: "There is nothing beyond this page any more.".into(),
            action: link("Back to the beginning", list.path()),
        };
    }
    let waiting = shelf
        .feeds(&list.scope)
        .into_iter()
        .filter_map(|feed| shelf.card(feed));
    let waiting = waiting
        .filter(|card| card.rung == crate::feeds::Rung::New)
        .count();
    if waiting > 0 && unread == 0 {
        return EmptyState {
            title: "Still fetching".into(),
            text: format!(
                "{} wait for their first fetch. They come while this page is open.",
                words::count(waiting as u64, "feed")
            ),
            action: link("See how it goes", "/feeds".into()),
        };
    }
    match list.filter {
        Filter::Unread => EmptyState {
            title: "All read".into(),
            text: "Nothing is unread here. New articles come by themselves.".into(),
            action: match list.scope {
                Scope::Everything => link("Look at all articles", "/all".into()),
                _ => link(
                    "Show read ones too",
                    list.href_with(None, Filter::All, None),
                ),
            },
        },
        Filter::All => EmptyState {
            title: "No articles yet".into(),
            text: "When the publisher writes something, it will be here.".into(),
            action: None,
        },
    }
}

/// What the reading pane shows while no article is open.
fn overview(shelf: &Shelf, lines: &[ArticleLine], now: Timestamp) -> Overview {
    let mut busiest: Vec<_> = shelf
        .subscriptions
        .iter()
        .filter(|one| shelf.unread(one.feed) > 0)
        .collect();
    busiest.sort_by_cached_key(|one| {
        (
            std::cmp::Reverse(shelf.unread(one.feed)),
            shelf.title(one.feed),
        )
    });
    let today = rfc3339(now);
    let of_today = lines
        .iter()
        .filter(|line| line.datetime.get(..10) == today.get(..10));
    let failing = shelf
        .subscriptions
        .iter()
        .filter_map(|one| shelf.card(one.feed));
    let failing = failing.filter(|card| card.error.is_some()).count();
    Overview {
        day: words::day(now),
        today: Count(u32::try_from(of_today.count()).unwrap_or(u32::MAX)),
        unread: Count(shelf.unread_in(&Scope::Everything)),
        top_feeds: busiest
            .iter()
            .take(TOP_FEEDS)
            .map(|one| nav_feed(shelf, one, None))
            .collect(),
        first: lines.first().map(|line| Link {
            label: line.title.clone(),
            href: line.href.clone(),
        }),
        failing: u32::try_from(failing).unwrap_or(u32::MAX),
    }
}
