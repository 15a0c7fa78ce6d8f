//! Tags and notes of a user's own on articles.

use http::StatusCode;

use super::article::kept_article;
use crate::app::AppState;
use crate::html::visible::visible;
use crate::ids::{ArticleId, UserId};
use crate::shelf::kept::store as kepts;
use crate::shelf::kept::{Card, Kept, MAX_KEPT, MAX_TAGS, NOTE_CHARS, is_same, typed_tags};
use crate::shelf::{Shelf, When};
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
    let known = known(app, user, id).await?;
    set(app, known, id, (tags, note), app.clock.now().into()).await
}

/// What a device changed of an article's tags and note while it had no network.
#[derive(Debug, Default)]
pub(crate) struct Change {
    /// Tags that it added.
    pub add: Vec<String>,
    /// Tags that it took away.
    pub drop: Vec<String>,
    /// The note that it wrote, and the one that stood there before; `None` if it left it alone.
    pub note: Option<(String, String)>,
}

impl Change {
    /// The tags after it.
    fn tags(&self, before: &[String]) -> HandlerResult<Vec<String>> {
        let is_in = |tag: &str, all: &[String]| all.iter().any(|known| is_same(known, tag));
        let stay = before.iter().filter(|tag| !is_in(tag, &self.drop));
        let mut tags: Vec<String> = stay.cloned().collect();
        for tag in checked_tags(&self.add.join(","))? {
            if !is_in(&tag, &tags) {
                tags.push(tag);
            }
        }
        checked_tags(&tags.join(","))
    }

    /// The note after it: where another device wrote one meanwhile, both stand.
    fn note(&self, before: &str) -> HandlerResult<String> {
        let Some((wrote, stood)) = &self.note else {
            return Ok(before.to_owned());
        };
        let (wrote, stood) = (checked_note(wrote)?, checked_note(stood)?);
        let is_there = before.contains(&wrote);
        match before {
            before if before == stood => Ok(wrote),
            // Sent twice; or what it took away was changed by another.
            before if is_there || wrote.is_empty() => Ok(before.to_owned()),
            before => checked_note(&format!("{before}\n\n{wrote}")),
        }
    }
}

/// Changes an article's tags and note as a device did, whatever others did to them meanwhile. As [`tag`], and a read.
pub(crate) async fn change(
    app: &AppState,
    user: UserId,
    id: ArticleId,
    change: &Change,
    when: When,
) -> HandlerResult<()> {
    let known = known(app, user, id).await?;
    let card = known.1.as_ref().map(|kept| &kept.card);
    let tags = change.tags(card.map_or(&[], |card| &card.tags))?;
    let before = card.map_or("", |card| &card.note);
    // A note for which there is no room beside the other takes no tags with it.
    let (note, refused) = match change.note(before) {
        Ok(note) => (note, Ok(())),
        Err(problem) => (before.to_owned(), Err(problem)),
    };
    if !tags.is_empty() || !note.is_empty() {
        set(app, known, id, (tags, note), when).await?;
    } else if known.1.is_some() {
        kepts::remove(&app.store, user, &kepts::name_of(id)).await?;
    }
    refused
}

/// The shelf, and what is kept of an article.
async fn known(
    app: &AppState,
    user: UserId,
    id: ArticleId,
) -> HandlerResult<(Shelf, Option<Kept>)> {
    let shelf = Shelf::load_with(&app.store, user, &[id.feed]).await?;
    let before = match shelf.read.has_kept() {
        true => kepts::get(&app.store, user, &kepts::name_of(id)).await?,
        false => None,
    };
    Ok((shelf, before))
}

async fn set(
    app: &AppState,
    (shelf, before): (Shelf, Option<Kept>),
    id: ArticleId,
    (tags, note): (Vec<String>, String),
    when: When,
) -> HandlerResult<()> {
    let mut kept = match before {
        Some(kept) => kept,
        None => {
            has_room(app, &shelf, 1).await?;
            let known = kept_article(app, &shelf, id).await?;
            let source = known.feed_title.unwrap_or_else(|| shelf.title(id.feed));
            Kept {
                card: Card::of(&known.article, &source, when.at),
                body: known.article.body,
            }
        }
    };
    kept.card.tags = tags;
    kept.card.note = note;
    let (name, user) = (kepts::name_of(id), shelf.user);
    Ok(kepts::put(&app.store, user, &name, &kept, when, Some(id)).await?)
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
