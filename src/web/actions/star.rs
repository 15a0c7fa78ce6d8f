//! Starring and unstarring an article.

use http::StatusCode;

use super::article::kept_article;
use crate::app::App;
use crate::config::Quota;
use crate::ids::{ArticleId, UserId};
use crate::shelf::{Shelf, When, stars};
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words;

/// Stars or unstars an article. A star costs at most a read and a write (two writes for the user's first), unstarring a
/// delete. A caller without a browser's cookies may know of changes that this instance doesn't: a read more for a star
/// that is there already.
pub(crate) async fn set_star(
    app: &App,
    user: UserId,
    quota: Quota,
    id: ArticleId,
    starred: bool,
    has_cookies: bool,
) -> HandlerResult<()> {
    let when = When::from(app.clock.now());
    set_star_at(app, user, quota, id, starred, has_cookies, when).await
}

/// The same, of a device that starred it at another time.
pub(crate) async fn set_star_at(
    app: &App,
    user: UserId,
    quota: Quota,
    id: ArticleId,
    starred: bool,
    has_cookies: bool,
    when: When,
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
    has_room(&shelf, quota, 1)?;
    let article = kept_article(app, &shelf, id).await?.article;
    let title = shelf.title(id.feed);
    stars::star(&app.store, user, &article, &title, when).await?;
    Ok(())
}

/// Whether so many more can be starred.
///
/// # Errors
/// 422 if not.
pub(super) fn has_room(shelf: &Shelf, quota: Quota, more: usize) -> HandlerResult<()> {
    let most = quota.stars;
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
