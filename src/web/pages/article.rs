//! One article, beside the list that it was opened from.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use http::{HeaderMap, Method};

use super::list::{around, load};
use super::list_address::{Context, list_of};
use super::pane::{fragment, view};
use super::{full_text, with_flash};
use crate::app::AppState;
use crate::articles::store::Flow;
use crate::articles::{Article, Card};
use crate::ids::ArticleId;
use crate::shelf::Shelf;
use crate::web::actions::article::{KeptArticle, kept_article};
use crate::web::html::Html;
use crate::web::path_id::PathId;
use crate::web::problem::Answer;
use crate::web::reader::Reader;
use crate::web::request_guard::is_deliberate;
use crate::web::view::{ArticleLine, ArticleView, Link};
use crate::web::words;

pub(super) async fn show(
    State(app): State<AppState>,
    reader: Reader,
    (method, headers): (Method, HeaderMap),
    PathId(id): PathId<ArticleId>,
    Query(context): Query<Context>,
) -> Answer<Response> {
    let mut shelf = Shelf::load(&app.store, reader.user.id).await?;
    let text = context.text.unwrap_or_default();
    let list = list_of(&reader, id, context);
    let mut known = kept_article(&app, &shelf, id).await?;
    if headers
        .get("x-fragment")
        .is_some_and(|part| part == "article")
    {
        let mut view = view(&shelf, &list, &known.article, text, reader.now);
        describe_kept(&known, &mut view);
        return Ok(fragment(view));
    }
    let mut trouble = None;
    if known.is_on_shelf && full_text::is_opened_by_reader(&method, &headers, text) {
        let tried = full_text::on_opening(&app, &shelf, known.article).await?;
        (known.article, trouble) = tried;
    }
    let article = &known.article;
    let mut view = view(&shelf, &list, article, text, reader.now);
    view.text.tell(trouble);
    describe_kept(&known, &mut view);
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
    page.asking = crate::web::pages::refresh_feed::of_list(&app, &shelf, &list.scope);
    page.article = Some(view);
    Ok(with_flash(Html(page), &headers))
}

/// A copy that outlived its article has no state to change but its star.
fn describe_kept(known: &KeptArticle, view: &mut ArticleView) {
    view.has_state = known.is_on_shelf;
    if let Some(title) = known
        .feed_title
        .as_ref()
        .filter(|_| view.feed_title.is_empty())
    {
        view.letter = words::letter(title);
        view.feed_title.clone_from(title);
    }
}

fn neighbour(lines: &[ArticleLine], place: usize) -> Option<Link> {
    lines.get(place).map(|line| Link {
        label: line.title.clone(),
        href: line.href.clone(),
    })
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
