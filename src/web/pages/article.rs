//! One article, beside the list that it was opened from.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method};
use serde::Deserialize;

use super::asking;
use super::full_text::{self, Text};
use super::list::{around, line, load, title_or_untitled};
use super::list_address::{Choices, List, Shown, decode_path};
use super::{Html, with_flash};
use crate::app::AppState;
use crate::articles::store::{self as articles, Flow};
use crate::articles::{Article, Attachment, Card};
use crate::clock::{Timestamp, rfc3339};
use crate::ids::ArticleId;
use crate::shelf::river::Filter;
use crate::shelf::{Scope, Shelf};
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
    if shelf.subscription(id.feed).is_none() {
        return Err(Problem::not_found());
    }
    let known = articles::get_version(&app.store, id).await?;
    let known = known.ok_or_else(Problem::not_found)?;
    let text = context.text.unwrap_or_default();
    let list = list_of(&reader, id, context);
    if headers
        .get("x-fragment")
        .is_some_and(|part| part == "article")
    {
        return Ok(part(view(&shelf, &list, &known.0, text, reader.now)));
    }
    let (article, trouble) = match full_text::is_opened_by_reader(&method, &headers, text) {
        true => full_text::on_opening(&app, &shelf, known).await?,
        false => (known.0, None),
    };
    let mut view = view(&shelf, &list, &article, text, reader.now);
    view.text.tell(trouble);
    let stretch = load(&app, &shelf, &list).await?;
    let now = app.clock.now();
    let mut cards = stretch.cards;
    insert(&mut cards, &article, list.flow());
    // Opening is reading, if the reader himself did it.
    if !shelf.is_read(id) && is_deliberate(&headers) {
        shelf.mark(&app.store, None, &[id], &[]).await?;
    }
    let mut lines: Vec<ArticleLine> = cards
        .iter()
        .map(|card| line(&shelf, &list, card, now))
        .collect();
    let place = cards
        .iter()
        .position(|card| card.id == id)
        .unwrap_or_default();
    lines[place].selected = true;
    view.read = shelf.is_read(id);
    view.previous = place
        .checked_sub(1)
        .and_then(|place| neighbour(&lines, place));
    view.next = neighbour(&lines, place + 1);
    let next = stretch.next.map(|at| list.next_href(&app, at));
    let mut page = around(&reader, &shelf, &headers, &list, lines, next);
    page.frame.title = view.title.clone();
    page.asking = asking::of_list(&app, &shelf, &list.scope);
    page.article = Some(view);
    Ok(with_flash(Html(page), &headers))
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
    }
}

/// Puts the open article where it belongs in the list, which may not show read ones, or not come this far.
fn insert(cards: &mut Vec<Card>, article: &Article, flow: Flow) {
    if cards.iter().any(|card| card.id == article.id) {
        return;
    }
    let behind = |card: &Card| match flow {
        Flow::NewestFirst => card.face.order < article.face.order,
        Flow::OldestFirst => card.face.order > article.face.order,
    };
    let place = cards.iter().position(behind).unwrap_or(cards.len());
    let card = Card {
        id: article.id,
        face: article.face.clone(),
    };
    cards.insert(place, card);
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
