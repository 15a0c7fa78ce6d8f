//! Starring and unstarring an article.

use http::StatusCode;

use super::article::kept_article;
use super::texts::Texts;
use crate::app::App;
use crate::ids::{ArticleId, UserId};
use crate::shelf::streams::Library;
use crate::shelf::{Shelf, stars};
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words;

/// Stars or unstars an article. A star costs at most a read and a write (two writes for the user's first), unstarring a
/// delete. A caller without a browser's cookies may know of changes that this instance doesn't: a read more for a star
/// that is there already.
pub(crate) async fn set_star(
    app: &App,
    user: UserId,
    admin: bool,
    id: ArticleId,
    starred: bool,
    has_cookies: bool,
) -> HandlerResult<()> {
    if !starred && !has_cookies {
        // Whatever is cached: another instance may have starred it.
        return Ok(stars::unstar(&app.store, user, id).await?);
    }
    let mut shelf = Shelf::load_around(&app.store, user, &[id.feed]).await?;
    if starred == shelf.is_starred(id) && has_cookies {
        return Ok(());
    }
    if !starred {
        return Ok(stars::unstar(&app.store, user, id).await?);
    }
    if shelf.is_starred(id) {
        if stars::get(&app.store, user, id).await?.is_some() {
            return Ok(());
        }
        // Another instance has unstarred it.
        shelf = Shelf::reload(&app.store, user).await?;
    }
    has_room(app, &shelf, admin, 1)?;
    let article = kept_article(app, &shelf, id).await?.article;
    let title = shelf.title(id.feed);
    stars::star(&app.store, user, &article, &title, app.clock.now()).await?;
    Ok(())
}

/// Whether so many more can be starred.
fn has_room(app: &App, shelf: &Shelf, admin: bool, more: usize) -> HandlerResult<()> {
    let most = app.config.quotas.of(admin).stars;
    if (shelf.starred() + more) as u64 <= most {
        return Ok(());
    }
    let title = format!(
        "You have {}, which is the limit here",
        words::count(most, "count-star")
    );
    let advice = "Remove some, or export them first.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Err(Problem::new(status, "too_many_stars", title, advice))
}

/// Most articles that are starred at once.
const MOST: usize = 1_000;

/// Stars or unstars articles for a program. Those that aren't the user's are passed over. A read and a write for each new star, and a
/// write more; a delete for each that is removed.
///
/// # Errors
/// 400 for too many at once; 422 if the user then had too many. Nothing was changed then.
pub(crate) async fn set_stars(
    app: &App,
    user: UserId,
    admin: bool,
    ids: &[ArticleId],
    starred: bool,
) -> HandlerResult<()> {
    if let [id] = ids {
        let set = set_star(app, user, admin, *id, starred, false).await;
        return match set {
            Err(problem) if problem.status == StatusCode::NOT_FOUND => Ok(()),
            other => other,
        };
    }
    if ids.len() > MOST {
        let title = format!("At most {MOST} articles can be starred at once");
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
    has_room(app, &library.shelf, admin, new.len())?;
    let found = Texts::of(app, &library).read(&new).await?;
    let titled = found.into_iter().map(|(article, title)| {
        let title = title.unwrap_or_else(|| library.shelf.title(article.id.feed));
        (article, title)
    });
    let titled: Vec<_> = titled.collect();
    Ok(stars::star_many(&app.store, user, &titled, app.clock.now()).await?)
}
