//! One article, beside the list that it was opened from.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method};
use serde::Deserialize;

use super::asking;
use super::full_text::{self, Text};
use super::list::{around, load, title_or_untitled};
use super::list_address::{Choices, List, Shown, decode_path};
use super::{Html, with_flash};
use crate::app::{App, AppState};
use crate::articles::store::{self as articles, Flow};
use crate::articles::{Article, Attachment, Card};
use crate::clock::{Timestamp, rfc3339};
use crate::ids::ArticleId;
use crate::shelf::river::Filter;
use crate::shelf::{Scope, Shelf, stars};
use crate::web::assets::assets;
use crate::web::door::is_deliberate;
use crate::web::frame::{feed_href, icon_href};
use crate::web::problem::{Answer, Problem};
use crate::web::reader::Reader;
use crate::web::view::{ArticleLine, ArticlePart, ArticleView, Enclosure, EnclosureKind, Link};
use crate::web::words;

/// Where an article was opened from.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Context {
    #[serde(rename = "in")]
    list: Option<String>,
    #[serde(flatten)]
    choices: Choices,
    /// Which of the two texts, where there are two: the page's unless it says otherwise.
    text: Option<Text>,
}

pub(super) async fn show(
    State(app): State<AppState>,
    reader: Reader,
    (method, headers): (Method, HeaderMap),
    Path(id): Path<String>,
    Query(context): Query<Context>,
) -> Answer<Response> {
    let id: ArticleId = id.parse().map_err(|_| Problem::not_found())?;
    let mut shelf = Shelf::load(&app.store, reader.user.id).await?;
    let text = context.text.unwrap_or_default();
    let list = list_of(&reader, id, context);
    let mut known = kept(&app, &shelf, id).await?;
    if headers
        .get("x-fragment")
        .is_some_and(|part| part == "article")
    {
        let mut view = view(&shelf, &list, &known.article, text, reader.now);
        known.tell(&mut view);
        return Ok(part(view));
    }
    let mut trouble = None;
    if known.is_on_shelf && full_text::is_opened_by_reader(&method, &headers, text) {
        let tried = full_text::on_opening(&app, &shelf, known.article).await?;
        (known.article, trouble) = tried;
    }
    let article = &known.article;
    let mut view = view(&shelf, &list, article, text, reader.now);
    view.text.tell(trouble);
    known.tell(&mut view);
    let now = app.clock.now();
    let mut loaded = load(&app, &shelf, &list).await?;
    insert(&mut loaded.cards, article, list.flow());
    // Opening is reading, if the reader himself did it.
    if known.is_on_shelf && !shelf.is_read(id) && is_deliberate(&headers) {
        shelf.mark(&app.store, now, None, &[id], &[]).await?;
    }
    let mut lines: Vec<ArticleLine> = loaded.lines(&shelf, &list, now);
    let place = loaded.cards.iter().position(|card| card.id == id);
    let place = place.unwrap_or_default();
    lines[place].selected = true;
    view.read = shelf.is_read(id);
    view.previous = place
        .checked_sub(1)
        .and_then(|place| neighbour(&lines, place));
    view.next = neighbour(&lines, place + 1);
    let mut page = around(&reader, &shelf, &headers, &list, lines, loaded.next, now);
    page.frame.title = view.title.clone();
    page.asking = asking::of_list(&app, &shelf, &list.scope);
    page.article = Some(view);
    Ok(with_flash(Html(page), &headers))
}

/// An article that a reader may see: of a feed on his shelf, or starred.
pub(crate) struct Kept {
    pub article: Article,
    /// Whether its feed is on the shelf, and the article still kept there.
    pub is_on_shelf: bool,
    /// What its feed was called when it was starred.
    feed_title: Option<String>,
}

impl Kept {
    /// A copy that outlived its article has no state to change but its star.
    fn tell(&self, view: &mut ArticleView) {
        view.has_state = self.is_on_shelf;
        if let Some(title) = self
            .feed_title
            .as_ref()
            .filter(|_| view.feed_title.is_empty())
        {
            view.letter = words::letter(title);
            view.feed_title.clone_from(title);
        }
    }
}

/// The article as it is kept, or the star's copy of it. One read where it isn't remembered; a star's copy another.
///
/// # Errors
/// A problem where it is neither on the shelf nor starred.
pub(crate) async fn kept(app: &App, shelf: &Shelf, id: ArticleId) -> Answer<Kept> {
    if shelf.subscription(id.feed).is_some()
        && let Some(known) = articles::known(&app.store, id).await?
    {
        return Ok(Kept {
            article: known.0.clone(),
            is_on_shelf: true,
            feed_title: None,
        });
    }
    let star = match shelf.is_starred(id) {
        true => stars::get(&app.store, shelf.user, id).await?,
        false => None,
    };
    let (article, feed_title) = star.ok_or_else(Problem::not_found)?;
    Ok(Kept {
        article,
        is_on_shelf: false,
        feed_title: Some(feed_title),
    })
}

/// The article alone, for the pane.
pub(super) fn part(article: ArticleView) -> Response {
    let assets = assets().clone();
    Html(ArticlePart { assets, article }).into_response()
}

fn neighbour(lines: &[ArticleLine], place: usize) -> Option<Link> {
    lines.get(place).map(|line| Link {
        label: line.title.clone(),
        href: line.href.clone(),
    })
}

/// The list that an article's address names.
pub(super) fn list_of(reader: &Reader, id: ArticleId, context: Context) -> List {
    let Context { list, choices, .. } = context;
    let all = choices.state == Some(Shown::All);
    let chosen = if all { Filter::All } else { Filter::Unread };
    let (scope, filter) = match list.as_deref() {
        Some("starred") => return List::of_stars(choices.cursor),
        Some("all") => (Scope::Everything, Filter::All),
        Some("feed") => (Scope::Feed(id.feed), chosen),
        Some(list) => match list.strip_prefix("folder:") {
            Some(path) => (Scope::Folder(decode_path(path)), chosen),
            None => (Scope::Everything, Filter::Unread),
        },
        None => (Scope::Feed(id.feed), Filter::All),
    };
    List {
        scope,
        filter,
        order: choices.order.unwrap_or(reader.user.profile.order),
        cursor: choices.cursor,
        order_named: choices.order.is_some(),
        starred: false,
    }
}

/// Puts the open article where it belongs in the list, which may not show read ones, or not come this far.
fn insert(cards: &mut Vec<Arc<Card>>, article: &Article, flow: Flow) {
    if cards.iter().any(|card| card.id == article.id) {
        return;
    }
    let behind = |card: &Arc<Card>| match flow {
        Flow::NewestFirst => card.face.order < article.face.order,
        Flow::OldestFirst => card.face.order > article.face.order,
    };
    let place = cards.iter().position(behind).unwrap_or(cards.len());
    let card = Card {
        id: article.id,
        face: article.face.clone(),
    };
    cards.insert(place, Arc::new(card));
}

/// What the pane shows.
pub(super) fn view(
    shelf: &Shelf,
    list: &List,
    article: &Article,
    text: Text,
    now: Timestamp,
) -> ArticleView {
    let feed_title = shelf.title(article.id.feed);
    let date = article
        .body
        .published
        .and_then(|at| Timestamp::from_timestamp(at, 0));
    let date = date.unwrap_or_else(|| article.face.at());
    let choice = full_text::choice(shelf, list, article, text, now);
    let html = match &article.body.full {
        Some(full) if choice.shows_full => full_text::clean(&full.html, full.sanitizer),
        _ => full_text::clean(&article.body.html, article.body.sanitizer),
    };
    ArticleView {
        id: article.id.to_string(),
        title: title_or_untitled(&article.body.title),
        original: article.body.link.clone(),
        letter: words::letter(&feed_title),
        hue: words::hue(article.id.feed),
        icon: icon_href(article.id.feed),
        feed_title,
        feed_href: feed_href(article.id.feed),
        author: article.body.author.clone(),
        published: words::date_time(date),
        datetime: rfc3339(date),
        html: html.into_string(),
        enclosures: article.body.attachments.iter().map(enclosure).collect(),
        read: shelf.is_read(article.id),
        starred: shelf.is_starred(article.id),
        has_state: true,
        place: format!("{}.{}", article.face.order, article.id),
        previous: None,
        next: None,
        return_to: list.href(),
        text: choice,
    }
}

fn enclosure(attachment: &Attachment) -> Enclosure {
    let mime = attachment.mime.as_deref().unwrap_or_default();
    let kind = match mime.split('/').next() {
        Some("audio") => EnclosureKind::Audio,
        Some("video") => EnclosureKind::Video,
        Some("image") => EnclosureKind::Image,
        _ => EnclosureKind::Other,
    };
    let name = attachment.url.split(['?', '#']).next().unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    let size = attachment
        .length
        .filter(|&bytes| bytes > 0)
        .map(|bytes| match bytes {
            ..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
            _ => format!("{:.1} MB", bytes as f64 / 1e6),
        });
    let parts = [name.to_owned(), mime.to_owned(), size.unwrap_or_default()];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Enclosure {
        url: attachment.url.clone(),
        label: parts.join(", "),
        kind,
    }
}
