//! Loading an article that the user may see.

use crate::app::App;
use crate::articles::{Article, store as articles};
use crate::ids::ArticleId;
use crate::shelf::{Shelf, stars};
use crate::web::problem::{HandlerResult, Problem};

/// An article that the user may see: it is in a feed on their shelf, or starred.
pub(crate) struct KeptArticle {
    pub article: Article,
    /// Whether its feed is on the shelf and still has the article.
    pub is_on_shelf: bool,
    /// The feed's title when the article was starred; `None` if it is on the shelf.
    pub feed_title: Option<String>,
}

/// The stored article, or the star's copy of it. One read unless it is cached, and another for a star's copy.
///
/// # Errors
/// 404 if it is neither on the shelf nor starred; a [`Problem`] from the store's error if the store can't be read.
pub(crate) async fn kept_article(
    app: &App,
    shelf: &Shelf,
    id: ArticleId,
) -> HandlerResult<KeptArticle> {
    if shelf.subscription(id.feed).is_some()
        && let Some(known) = articles::cached(&app.store, id).await?
    {
        return Ok(KeptArticle {
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
    Ok(KeptArticle {
        article,
        is_on_shelf: false,
        feed_title: Some(feed_title),
    })
}
