//! The lines of a list's page: its articles, read and made ready.

use std::collections::HashMap;
use std::sync::Arc;

use super::list_address::List;
use super::whole::whole_text;
use crate::app::App;
use crate::articles::ArticleRow;
use crate::datastore::StoreError;
use crate::ids::{ArticleId, FeedId};
use crate::shelf::timeline::{self, PageRequest};
use crate::shelf::{Scope, Shelf, stars};
use crate::timestamp::{Timestamp, rfc3339};
use crate::users::preferences::ListStyle;
use crate::web::actions::article::kept_article;
use crate::web::current_user::CurrentUser;
use crate::web::frame::{feed_href, icon_href};
use crate::web::image::through;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::ArticleLine;
use crate::web::words::{self, t};

/// Articles on a page.
pub(super) const ARTICLES_A_PAGE: usize = 50;
/// Articles that are looked through for a category.
const LOOKED_THROUGH: usize = 300;
/// The same where each is shown whole, which costs a read more for each that isn't cached.
const WHOLE_A_PAGE: usize = 10;

/// How a list looks: a feed may have a look of its own.
pub(super) fn style_of(current: &CurrentUser, shelf: &Shelf, scope: &Scope) -> ListStyle {
    let own = match scope {
        Scope::Feed(feed) => shelf.subscription(*feed).and_then(|one| one.habits.view),
        _ => None,
    };
    own.unwrap_or(current.user.profile.preferences.list)
}

/// Articles on a page that looks so.
pub(super) fn a_page(style: ListStyle) -> usize {
    match style {
        ListStyle::Articles => WHOLE_A_PAGE,
        _ => ARTICLES_A_PAGE,
    }
}

/// One page of a list.
#[derive(Default)]
pub(super) struct Loaded {
    pub rows: Vec<Arc<ArticleRow>>,
    /// The next page's address.
    pub next: Option<String>,
    /// Feeds with articles newer than the shelf's summaries.
    pub newer: Vec<FeedId>,
    /// Titles of feeds that may not be on the shelf.
    names: HashMap<FeedId, String>,
}

impl Loaded {
    pub(super) fn lines(&self, shelf: &Shelf, list: &List, now: Timestamp) -> Vec<ArticleLine> {
        let lines = self.rows.iter().map(|summary| {
            let line = line(shelf, list, summary, now);
            match self.names.get(&summary.id.feed) {
                Some(name) if line.feed_title.is_empty() => ArticleLine {
                    letter: words::letter(name),
                    feed_title: name.clone(),
                    ..line
                },
                _ => line,
            }
        });
        lines.collect()
    }
}

fn useless_cursor() -> Problem {
    let advice = "Go back to the start of the list.";
    let title = "This link has expired";
    Problem::bad_request("bad_cursor", title, advice)
}

async fn load_stars(app: &App, shelf: &Shelf, list: &List, limit: usize) -> HandlerResult<Loaded> {
    let cursor = list.cursor.as_deref();
    let page = stars::page(&app.store, shelf.user, cursor, limit as u32).await;
    let (found, next) = match page {
        Err(StoreError::BadCursor | StoreError::Invalid(_)) => return Err(useless_cursor()),
        page => page?,
    };
    let names = found
        .iter()
        .map(|star| (star.id.feed, star.feed_title.clone()));
    let names = names.collect();
    let rows = found.into_iter().map(|star| {
        let (id, summary) = (star.id, star.summary);
        Arc::new(ArticleRow { id, summary })
    });
    // A full page has a cursor even if it is the last.
    let more = next.filter(|_| shelf.starred() > limit);
    Ok(Loaded {
        rows: rows.collect(),
        next: more.map(|next| list.href_with(None, list.filter, Some(&next))),
        newer: Vec::new(),
        names,
    })
}

/// One page of a list's articles.
pub(super) async fn load(
    app: &App,
    shelf: &Shelf,
    list: &List,
    limit: usize,
) -> HandlerResult<Loaded> {
    if list.scope == Scope::Starred {
        return load_stars(app, shelf, list, limit).await;
    }
    let after = match &list.cursor {
        None => None,
        Some(cursor) => {
            let place = timeline::from_cursor(&app.secret, &list.name(), cursor);
            Some(place.ok_or_else(useless_cursor)?)
        }
    };
    let request = PageRequest {
        scope: list.scope.clone(),
        filter: list.filter,
        flow: list.flow(),
        after,
        // All of a feed that is kept, since any of it may have the category.
        limit: match &list.category {
            Some(_) => LOOKED_THROUGH,
            None => limit,
        },
    };
    let mut slice = timeline::page(&app.store, shelf, &request).await?;
    if let Some(category) = &list.category {
        let category = category.to_lowercase();
        let has = |name: &String| name.to_lowercase() == category;
        slice
            .rows
            .retain(|row| row.summary.categories.iter().any(has));
    }
    Ok(Loaded {
        rows: slice.rows,
        next: slice.next.map(|place| list.next_href(app, place)),
        newer: slice.newer,
        names: HashMap::new(),
    })
}

/// Whether nobody knows when an article was published: it has no date, and the feed had it when it was first fetched.
pub(super) fn is_undated(shelf: &Shelf, id: ArticleId, published: Option<i64>) -> bool {
    let opening = shelf.summary(id.feed).map_or(0, |summary| summary.opening);
    published.is_none() && id.seq <= opening
}

fn line(shelf: &Shelf, list: &List, row: &ArticleRow, now: Timestamp) -> ArticleLine {
    let feed_title = shelf.title(row.id.feed);
    let summary = &row.summary;
    let shown = summary
        .published
        .and_then(|at| Timestamp::from_timestamp(at, 0));
    let shown = shown
        .filter(|at| *at <= now)
        .unwrap_or_else(|| summary.at());
    let is_undated = is_undated(shelf, row.id, summary.published);
    ArticleLine {
        id: row.id.to_string(),
        href: list.article_href(row.id),
        title: title_or_untitled(&summary.title),
        letter: words::letter(&feed_title),
        hue: words::hue(row.id.feed),
        icon: icon_href(row.id.feed),
        feed_title,
        feed_href: feed_href(row.id.feed),
        age: (!is_undated).then(|| words::age(shown, now)),
        datetime: rfc3339(shown),
        exact: words::date_time(shown),
        order: summary.order,
        read: shelf.is_read(row.id),
        passed: shelf.has_passed(row.id),
        starred: shelf.is_starred(row.id),
        lit: shelf.read.is_lit(row.id),
        keeps_unread: shelf.read.keeps_unread(row.id),
        snippet: summary.snippet.clone().unwrap_or_default(),
        image: summary.image.clone(),
        marked: Vec::new(),
        marked_snippet: Vec::new(),
        selected: false,
        lang: summary.lang.clone().unwrap_or_default(),
        original: summary.link.clone(),
        whole: None,
        opens: None,
        closes: false,
        reading: summary.words.and_then(words::reading_time),
        twins: Vec::new(),
        tags: Vec::new(),
        note: String::new(),
        opens_site: summary.link.is_some()
            && shelf
                .subscription(row.id.feed)
                .is_some_and(|one| one.habits.opens_site),
    }
}

pub(super) fn title_or_untitled(title: &str) -> String {
    let title = if title.trim().is_empty() {
        t("list-untitled")
    } else {
        title
    };
    title.to_owned()
}

/// The whole texts of a page's articles, of those that are still there.
pub(super) async fn whole(
    app: &App,
    current: &CurrentUser,
    shelf: &Shelf,
    lines: &mut [ArticleLine],
) -> HandlerResult<()> {
    let own = &current.user.profile.preferences;
    let texts = lines.iter().map(async |line| {
        let id = line.id.parse().ok()?;
        let known = kept_article(app, shelf, id).await.ok()?;
        Some(whole_text(app, &known.article, own))
    });
    let texts = futures_util::future::join_all(texts).await;
    for (line, text) in lines.iter_mut().zip(texts) {
        line.whole = text;
    }
    Ok(())
}

/// The lines' pictures by way of us, if they come that way here.
pub(super) fn pictures_through(app: &App, lines: &mut [ArticleLine]) {
    for image in lines.iter_mut().filter_map(|line| line.image.as_mut()) {
        *image = through(app, image);
    }
}
