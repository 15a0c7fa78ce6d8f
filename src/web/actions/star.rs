//! Starring an article, and taking its star.

use http::StatusCode;

use super::article::kept_article;
use crate::app::App;
use crate::ids::{ArticleId, UserId};
use crate::shelf::{Shelf, stars};
use crate::web::problem::{Answer, Problem};

/// Stars an article, or takes its star. A star is at most a read and a write (the first of all, two); taking it is a delete.
pub(crate) async fn set_star(
    app: &App,
    user: UserId,
    admin: bool,
    id: ArticleId,
    starred: bool,
) -> Answer<()> {
    let shelf = Shelf::load(&app.store, user).await?;
    if starred == shelf.is_starred(id) {
        return Ok(());
    }
    if !starred {
        return Ok(stars::unstar(&app.store, user, id).await?);
    }
    let most = app.config.quotas.of(admin).stars;
    if shelf.starred() as u64 >= most {
        let title = format!("You have {most} stars, which is the limit here");
        let advice = "Take some away, or export them first.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, "too_many_stars", title, advice));
    }
    let article = kept_article(app, &shelf, id).await?.article;
    let title = shelf.title(id.feed);
    stars::star(&app.store, user, &article, &title, app.clock.now()).await?;
    Ok(())
}
