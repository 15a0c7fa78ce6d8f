//! Stars and labels as programs give them, to many articles at once: a label is a tag of an article, or a folder.

use super::star;
use super::tagging::{checked_tags, has_room};
use super::texts::Texts;
use crate::app::AppState;
use crate::config::Quota;
use crate::ids::{ArticleId, UserId};
use crate::shelf::kept::store as kepts;
use crate::shelf::kept::{Card, Kept, is_same};
use crate::shelf::streams::{Library, label_of};
use crate::shelf::subscription::typed_folder;
use crate::shelf::{Shelf, stars};
use crate::users::preferences::FolderHabits;
use crate::users::{self, User};
use crate::web::frame::all_folders;
use crate::web::problem::{HandlerResult, Problem};

/// Most articles that one call labels.
const MOST: usize = 500;

/// Gives articles a tag, or takes it from them; what is kept for its tag alone is then kept no longer. A read for each article, and a
/// write; one more for a user's first.
///
/// # Errors
/// 400 for too many articles; 422 for too many tags of one, or too many kept articles. Nothing was changed then.
pub(crate) async fn set(
    app: &AppState,
    user: UserId,
    ids: &[ArticleId],
    label: &str,
    has_it: bool,
) -> HandlerResult<()> {
    are_few(ids)?;
    let label = checked(label, has_it)?;
    let shelf = Shelf::load(&app.store, user).await?;
    let library = Library::of(&app.store, shelf).await?;
    match has_it {
        true => give(app, &library, ids, &label).await,
        false => take(app, &library, ids, &label).await,
    }
}

/// Whether articles can be given all of these labels. No read while everything is cached.
///
/// # Errors
/// Those of [`set`], before anything is changed.
pub(crate) async fn check(
    app: &AppState,
    user: UserId,
    ids: &[ArticleId],
    labels: &[&str],
) -> HandlerResult<()> {
    if labels.is_empty() {
        return Ok(());
    }
    are_few(ids)?;
    let labels = labels.iter().map(|label| checked(label, true));
    let labels: Vec<String> = labels.collect::<HandlerResult<_>>()?;
    let shelf = Shelf::load(&app.store, user).await?;
    let library = Library::of(&app.store, shelf).await?;
    let mut untagged = 0;
    for id in ids.iter().filter(|id| may_label(&library, **id)) {
        let known = library.tags(*id);
        untagged += usize::from(known.is_empty());
        let new = labels
            .iter()
            .filter(|label| !known.iter().any(|tag| is_same(tag, label)));
        let all: Vec<&str> = known.iter().chain(new).map(String::as_str).collect();
        checked_tags(&all.join(","))?;
    }
    has_room(app, &library.shelf, untagged).await
}

/// What a rule hides may be labelled, too: a program may still show it.
fn may_label(library: &Library, id: ArticleId) -> bool {
    library.has(id) || library.shelf.read.is_hidden(id)
}

/// Whether so many can be labelled, or lose a label, at once.
///
/// # Errors
/// 400 if not.
pub(crate) fn are_few(ids: &[ArticleId]) -> HandlerResult<()> {
    if ids.len() <= MOST {
        return Ok(());
    }
    let title = format!("At most {MOST} articles can be labelled at once");
    let advice = "Send fewer in one call. Nothing was changed.";
    Err(Problem::bad_request("too_many_ids", title, advice))
}

/// Whether a label can be given this name; it can always be given none.
///
/// # Errors
/// 400 if not.
pub(crate) fn may_be_named(label: Option<&str>) -> HandlerResult<()> {
    label.map_or(Ok(()), |label| checked(label, true).map(drop))
}

/// Gives a tag another name on all articles that have it, or takes it from them. A read and a write for each, in steps.
///
/// # Errors
/// 400 for a name that it can't have, and nothing was changed; or a [`Problem`] from the store's error: the same call then goes on with the
/// rest.
pub(crate) async fn rename(
    app: &AppState,
    library: &Library,
    from: &str,
    to: Option<&str>,
) -> HandlerResult<()> {
    let to = to.map(|to| checked(to, true)).transpose()?;
    let tagged: Vec<ArticleId> = library.tagged(from).collect();
    for some in tagged.chunks(MOST) {
        swap(app, library, some, (from, to.as_deref())).await?;
    }
    Ok(())
}

/// A label as an app sends it. What can't be kept as it is isn't kept as something else: the app would not find it again.
fn checked(label: &str, is_new: bool) -> HandlerResult<String> {
    let tag = checked_tags(label)?.into_iter().next().unwrap_or_default();
    if is_new && tag != label.trim() {
        let title =
            "A label has at most 40 bytes, no commas, no line breaks, and no # at its beginning";
        let advice = "Give it another name. No label was changed.";
        return Err(Problem::bad_request("bad_parameter", title, advice));
    }
    Ok(tag)
}

async fn give(
    app: &AppState,
    library: &Library,
    ids: &[ArticleId],
    label: &str,
) -> HandlerResult<()> {
    let lacks = |id: &ArticleId| !library.tags(*id).iter().any(|tag| is_same(tag, label));
    let ids: Vec<ArticleId> = ids
        .iter()
        .copied()
        .filter(|id| may_label(library, *id) && lacks(id))
        .collect();
    let names: Vec<String> = ids.iter().map(|id| kepts::name_of(*id)).collect();
    let user = library.shelf.user;
    let mut all = match library.shelf.read.has_kept() {
        true => kepts::get_many(&app.store, user, &names).await?,
        false => Vec::new(),
    };
    all.retain(|(_, kept)| !kept.card.title.is_empty() || kept.card.link.is_some());
    let is_known = |id: &ArticleId| all.iter().any(|(name, _)| *name == kepts::name_of(*id));
    let new: Vec<ArticleId> = ids.iter().copied().filter(|id| !is_known(id)).collect();
    has_room(app, &library.shelf, new.len()).await?;
    let now = app.clock.now();
    for (article, title) in Texts::of(app, library).read(&new).await? {
        let source = title.unwrap_or_else(|| library.shelf.title(article.id.feed));
        let card = Card::of(&article, &source, now);
        let body = article.body.clone();
        all.push((kepts::name_of(article.id), Kept { card, body }));
    }
    for (_, kept) in &mut all {
        kept.card.tags.push(label.to_owned());
        checked_tags(&kept.card.tags.join(","))?;
    }
    match all.as_slice() {
        // The journal notes one that is tagged by hand.
        [(name, kept)] => {
            let noted = kepts::article_of(name);
            kepts::put(&app.store, user, name, kept, now, noted).await?;
        }
        all => kepts::put_many(&app.store, user, all, now).await?,
    }
    Ok(())
}

async fn take(
    app: &AppState,
    library: &Library,
    ids: &[ArticleId],
    label: &str,
) -> HandlerResult<()> {
    let has_it = |id: &ArticleId| library.tags(*id).iter().any(|tag| is_same(tag, label));
    let ids: Vec<ArticleId> = ids.iter().copied().filter(has_it).collect();
    swap(app, library, &ids, (label, None)).await
}

/// Puts another tag in the place of one, or none; what was kept for it alone is then kept no longer.
async fn swap(
    app: &AppState,
    library: &Library,
    ids: &[ArticleId],
    (from, to): (&str, Option<&str>),
) -> HandlerResult<()> {
    let names: Vec<String> = ids.iter().copied().map(kepts::name_of).collect();
    let user = library.shelf.user;
    let mut rest = Vec::new();
    for (name, mut kept) in kepts::get_many(&app.store, user, &names).await? {
        renamed(&mut kept.card.tags, from, to);
        if kept.card.tags.is_empty() && kept.card.note.is_empty() {
            kepts::remove(&app.store, user, &name).await?;
        } else {
            rest.push((name, kept));
        }
    }
    Ok(kepts::put_many(&app.store, user, &rest, app.clock.now()).await?)
}

/// A tag's new name stands where the old one stood, unless it is there already.
fn renamed(tags: &mut Vec<String>, from: &str, to: Option<&str>) {
    let place = tags.iter().position(|tag| is_same(tag, from));
    tags.retain(|tag| !is_same(tag, from));
    if let (Some(place), Some(to)) = (place, to)
        && !tags.iter().any(|tag| is_same(tag, to))
    {
        tags.insert(place.min(tags.len()), to.to_owned());
    }
}

/// Makes a folder that stands without feeds, unless there is one of that name. A read and a write.
///
/// # Errors
/// 422 if there are too many already.
pub(crate) async fn make_folder(app: &AppState, user: UserId, label: &str) -> HandlerResult<()> {
    let path = typed_folder(label);
    let shelf = Shelf::load(&app.store, user).await?;
    let standing = shelf.folders();
    if path.is_empty() || standing.contains(&path) {
        return Ok(());
    }
    let set = |user: &mut User| {
        let preferences = &mut user.profile.preferences;
        let habits = FolderHabits {
            stands: true,
            ..preferences.folder(&path)
        };
        preferences.set_folder(&path, habits, &standing);
    };
    let user = users::store::change(&app.store, user, set).await?;
    if user.profile.preferences.folder(&path).stands {
        return Ok(());
    }
    let advice = "Remove an empty one first.";
    let status = http::StatusCode::UNPROCESSABLE_ENTITY;
    let title = "There are as many folders as can be";
    Err(Problem::new(status, "too_many_folders", title, advice))
}

/// The path of a folder that stands without feeds; `None` if there is none of that label. No read if the account is cached.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(crate) async fn standing_folder(
    app: &AppState,
    user: UserId,
    label: &str,
) -> HandlerResult<Option<Vec<String>>> {
    let shelf = Shelf::load(&app.store, user).await?;
    let user = users::cached::cached(&app.store, user).await?;
    let own = user.map(|user| user.profile.preferences.clone());
    let all = all_folders(&shelf, &own.unwrap_or_default());
    Ok(all.into_iter().find(|path| label_of(path) == label))
}

/// Most articles that are starred at once.
const MOST_STARS: usize = 1_000;

/// Stars or unstars articles for a program. Those that aren't the user's are passed over. A read and a write for each new star, and a
/// write more; a delete for each that is removed.
///
/// # Errors
/// 400 for too many at once; 422 if the user then had too many. Nothing was changed then.
pub(crate) async fn set_stars(
    app: &AppState,
    user: UserId,
    quota: Quota,
    ids: &[ArticleId],
    starred: bool,
) -> HandlerResult<()> {
    if let [id] = ids {
        let set = star::set_star(app, user, quota, *id, starred, false).await;
        return match set {
            Err(problem) if problem.status == http::StatusCode::NOT_FOUND => Ok(()),
            other => other,
        };
    }
    if ids.len() > MOST_STARS {
        let title = format!("At most {MOST_STARS} articles can be starred at once");
        let advice = "Send fewer in one call. Of this one, no star was changed.";
        return Err(Problem::bad_request("too_many_ids", title, advice));
    }
    if !starred {
        return Ok(stars::unstar_many(&app.store, user, ids).await?);
    }
    let shelf = Shelf::load(&app.store, user).await?;
    let library = Library::of(&app.store, shelf).await?;
    let new = ids.iter().copied();
    let new: Vec<ArticleId> = new
        .filter(|id| library.has(*id) && !library.shelf.is_starred(*id))
        .collect();
    star::has_room(&library.shelf, quota, new.len())?;
    let found = Texts::of(app, &library).read(&new).await?;
    let titled = found.into_iter().map(|(article, title)| {
        let title = title.unwrap_or_else(|| library.shelf.title(article.id.feed));
        (article, title)
    });
    let titled: Vec<_> = titled.collect();
    Ok(stars::star_many(&app.store, user, &titled, app.clock.now()).await?)
}
