//! One article, beside the list that it was opened from.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, Method};

use super::list::around;
use super::list_address::{Asked, Context, list_of};
use super::list_lines::{ARTICLES_A_PAGE, Loaded, load, pictures_through};
use super::pane::{fragment, view};
use super::{full_text, twins, with_flash};
use crate::app::AppState;
use crate::articles::store::ListDirection;
use crate::articles::{Article, ArticleRow};
use crate::ids::ArticleId;
use crate::shelf::journal::{Act, Text};
use crate::shelf::search::linked::{Linked, linked};
use crate::shelf::{Doing, Shelf, Told, kept};
use crate::web::actions::article::{KeptArticle, kept_article};
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::path_id::PathId;
use crate::web::problem::HandlerResult;
use crate::web::request_guard::is_deliberate;
use crate::web::view::{ArticleLine, ArticleView, Link, LinkedHere};
use crate::web::words::{self, msg};

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    (method, headers): (Method, HeaderMap),
    PathId(id): PathId<ArticleId>,
    Query(context): Query<Context>,
) -> HandlerResult<Response> {
    let wants_part = headers
        .get("x-fragment")
        .is_some_and(|part| part == "article");
    let mut shelf = match wants_part {
        true => Shelf::load_around(&app.store, current.user.id, &[id.feed]).await?,
        false => current.counted(&app).await?,
    };
    let own = &current.user.profile.preferences;
    let text = context.text.unwrap_or_default();
    let with = twins::named(&context.with);
    let goes_on = context.go == "site";
    let list = list_of(&current, &shelf, id, context);
    let asked = list.search.clone();
    let mut known = kept_article(&app, &shelf, id).await?;
    if wants_part {
        let mut view = view(
            &app,
            &shelf,
            &list,
            &known.article,
            text,
            (current.now, own),
        );
        describe_kept(&known, &mut view);
        own_words(&app, &shelf, id, &mut view).await?;
        mark_hits(&known.article, asked.as_ref(), &mut view);
        view.linked = linked_here(&app, &shelf, &known.article).await?;
        return Ok(fragment(view));
    }
    let is_opened = is_deliberate(&headers) && method == Method::GET;
    if goes_on && let Some(link) = &known.article.body.link {
        if known.is_on_shelf && is_opened && !shelf.is_read(id) {
            let told = told(&known.article, &[Act::Opened, Act::Followed]);
            open(&app, &current, &mut shelf, &[id], &told).await?;
        }
        return Ok(Redirect::to(link).into_response());
    }
    let mut trouble = None;
    if known.is_on_shelf && full_text::is_opened_by_reader(&method, &headers, text) {
        let tried = full_text::on_opening(&app, &shelf, known.article).await?;
        (known.article, trouble) = tried;
    }
    let article = &known.article;
    let mut view = view(&app, &shelf, &list, article, text, (current.now, own));
    view.text.set_trouble(trouble);
    describe_kept(&known, &mut view);
    own_words(&app, &shelf, id, &mut view).await?;
    mark_hits(article, asked.as_ref(), &mut view);
    view.linked = linked_here(&app, &shelf, article).await?;
    let now = app.clock.now();
    let mut loaded = match &asked {
        Some(_) => Loaded::default(),
        None => load(&app, &shelf, &list, ARTICLES_A_PAGE).await?,
    };
    insert(&mut loaded.rows, article, list.flow());
    // Opening an article marks it as read unless the user doesn't want that; a prefetch or another site's link doesn't.
    if own.opening_marks && known.is_on_shelf && is_opened {
        let all = std::iter::once(id).chain(with);
        let unread: Vec<ArticleId> = all.filter(|id| !shelf.is_read(*id)).collect();
        if !unread.is_empty() {
            let told = told(article, &[Act::Opened]);
            open(&app, &current, &mut shelf, &unread, &told).await?;
        }
    }
    if let Some(asked) = asked {
        view.read = shelf.is_read(id);
        let mut page = super::search::draw(&app, &current, &mut shelf, asked, None).await?;
        let place = page.lines.iter().position(|line| line.id == id.to_string());
        if let Some(place) = place {
            page.lines[place].selected = true;
            let before = place.checked_sub(1);
            view.previous = before.and_then(|place| neighbour(&page.lines, place));
            view.next = neighbour(&page.lines, place + 1);
        }
        page.frame.title = view.title.clone();
        page.article = Some(view);
        return Ok(with_flash(Html(page), &headers));
    }
    let mut lines: Vec<ArticleLine> = loaded.lines(&shelf, &list, now);
    pictures_through(&app, &mut lines);
    let place = loaded.rows.iter().position(|summary| summary.id == id);
    let place = place.unwrap_or_default();
    lines[place].selected = true;
    view.read = shelf.is_read(id);
    view.previous = place
        .checked_sub(1)
        .and_then(|place| neighbour(&lines, place));
    view.next = neighbour(&lines, place + 1);
    let mut page = around(&current, &shelf, &list, lines, loaded.next, now);
    page.frame.title = view.title.clone();
    page.asking = crate::web::pages::refresh_feed::of_list(&app, &shelf, &list.scope);
    page.article = Some(view);
    Ok(with_flash(Html(page), &headers))
}

/// Who of the user's feeds links to an article: at once where all is remembered, otherwise what asking costs.
async fn linked_here(
    app: &AppState,
    shelf: &Shelf,
    article: &Article,
) -> HandlerResult<Option<LinkedHere>> {
    let Some(link) = article.body.link.as_deref() else {
        return Ok(None);
    };
    let found = linked(&app.store, shelf, link, article.id).await?;
    Ok(found.map(|found| match found {
        Linked::Known(known) => LinkedHere {
            lines: known
                .into_iter()
                .map(|(id, label)| Link {
                    label,
                    href: format!("/article/{id}"),
                })
                .collect(),
            ask: None,
        },
        Linked::Price(reads) => LinkedHere {
            lines: Vec::new(),
            ask: Some(Link {
                label: msg("article-linked-price")
                    .text("reads", words::count(reads as u64, "count-read"))
                    .into(),
                href: format!("/search?q={}", words::segment(&format!("links:{link}"))),
            }),
        },
    }))
}

/// Marks what was searched for.
fn mark_hits(article: &Article, asked: Option<&Asked>, view: &mut ArticleView) {
    if let Some(asked) = asked {
        let lang = article.summary.lang.as_deref();
        view.html = super::search::with_marks(&view.html, asked, lang);
    }
}

/// What the journal is told of an article that is shown.
fn told(article: &Article, acts: &[Act]) -> Vec<Told> {
    let told = acts.iter().map(|&act| Told {
        id: article.id,
        act,
        text: Some(Text::of_article(article)),
    });
    told.collect()
}

/// Marks an article as read, and the same page in other feeds; the journal notes that it was opened. One write.
async fn open(
    app: &AppState,
    current: &CurrentUser,
    shelf: &mut Shelf,
    unread: &[ArticleId],
    told: &[Told],
) -> HandlerResult<()> {
    let doing = Doing {
        read: unread,
        told,
        zone: words::locale::zone_name(),
        ..Doing::default()
    };
    shelf.apply(&app.store, current.now, doing).await?;
    Ok(())
}

/// The user's own tags and note: a read where they ever kept any, and these aren't cached.
pub(super) async fn own_words(
    app: &AppState,
    shelf: &Shelf,
    id: ArticleId,
    view: &mut ArticleView,
) -> HandlerResult<()> {
    if !shelf.read.has_kept() {
        return Ok(());
    }
    let all = kept::store::cached(&app.store, shelf.user).await?;
    let name = kept::store::name_of(id);
    if let Some((_, card)) = all.iter().find(|(known, _)| *known == name) {
        view.tags = super::kept::tag_links(&card.tags);
        view.tags_typed = card.tags.join(", ");
        view.note.clone_from(&card.note);
    }
    Ok(())
}

/// A star's copy of a deleted article can only be unstarred.
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

/// Inserts the open article at its position in the list, which may show only unread articles, or end before it.
fn insert(rows: &mut Vec<Arc<ArticleRow>>, article: &Article, flow: ListDirection) {
    if rows.iter().any(|summary| summary.id == article.id) {
        return;
    }
    let behind = |summary: &Arc<ArticleRow>| match flow {
        ListDirection::NewestFirst => summary.summary.order < article.summary.order,
        ListDirection::OldestFirst => summary.summary.order > article.summary.order,
    };
    let place = rows.iter().position(behind).unwrap_or(rows.len());
    let summary = ArticleRow {
        id: article.id,
        summary: article.summary.clone(),
    };
    rows.insert(place, Arc::new(summary));
}
