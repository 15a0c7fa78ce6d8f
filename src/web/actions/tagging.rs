//! Tags and notes of a user's own on articles.

use http::StatusCode;

use super::article::kept_article;
use crate::app::AppState;
use crate::html::visible::visible;
use crate::ids::{ArticleId, UserId};
use crate::shelf::Shelf;
use crate::shelf::kept::store as kepts;
use crate::shelf::kept::{Card, Kept, MAX_KEPT, MAX_TAGS, NOTE_CHARS, typed_tags};
use crate::web::problem::{HandlerResult, Problem};

/// A note as typed.
///
/// # Errors
/// 422 if it is too long.
pub(crate) fn checked_note(note: &str) -> HandlerResult<String> {
    let kept = |c: &char| *c == '\n' || !c.is_control();
    let note: String = note
        .trim()
        .lines()
        .map(visible)
        .collect::<Vec<_>>()
        .join("\n");
    let note: String = note.chars().filter(kept).collect();
    let count = note.chars().count();
    if count <= NOTE_CHARS {
        return Ok(note);
    }
    let title = format!("A note has room for {NOTE_CHARS} characters, and this one has {count}");
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let advice = "Go back, and shorten it. Nothing was changed.";
    Err(Problem::new(status, "note_too_long", title, advice))
}

/// Tags as typed.
///
/// # Errors
/// 422 if there are too many.
pub(crate) fn checked_tags(typed: &str) -> HandlerResult<Vec<String>> {
    let tags = typed_tags(typed);
    if tags.len() <= MAX_TAGS {
        return Ok(tags);
    }
    let title = format!("There is room for {MAX_TAGS} tags");
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let advice = "Go back, and leave some out. Nothing was changed.";
    Err(Problem::new(status, "too_many_tags", title, advice))
}

/// Keeps an article with tags and a note; without both it is kept no longer. A read for the article unless it is cached, and a
/// write, two for the user's first.
pub(crate) async fn tag(
    app: &AppState,
    user: UserId,
    id: ArticleId,
    tags: Vec<String>,
    note: &str,
) -> HandlerResult<()> {
    let note = checked_note(note)?;
    let name = kepts::name_of(id);
    if tags.is_empty() && note.is_empty() {
        return Ok(kepts::remove(&app.store, user, &name).await?);
    }
    let shelf = Shelf::load_with(&app.store, user, &[id.feed]).await?;
    let before = match shelf.read.has_kept() {
        true => kepts::get(&app.store, user, &name).await?,
        false => None,
    };
    if before.is_none() {
        has_room(app, &shelf, 1).await?;
    }
    let now = app.clock.now();
    let mut kept = match before {
        Some(kept) => kept,
        None => {
            let known = kept_article(app, &shelf, id).await?;
            let source = known.feed_title.unwrap_or_else(|| shelf.title(id.feed));
            Kept {
                card: Card::of(&known.article, &source, now),
                body: known.article.body,
            }
        }
    };
    kept.card.tags = tags;
    kept.card.note = note;
    Ok(kepts::put(&app.store, user, &name, &kept, now, Some(id)).await?)
}

/// Whether so many more can be kept.
///
/// # Errors
/// 422 if not.
pub(crate) async fn has_room(app: &AppState, shelf: &Shelf, more: usize) -> HandlerResult<()> {
    if !shelf.read.has_kept() {
        return Ok(());
    }
    let known = kepts::cached(&app.store, shelf.user).await?.len();
    if known + more <= MAX_KEPT {
        return Ok(());
    }
    let title = format!("You keep {known} articles and pages, and {MAX_KEPT} is the limit");
    let advice = "Let go of some, or export them first.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Err(Problem::new(status, "too_many_kept", title, advice))
}
