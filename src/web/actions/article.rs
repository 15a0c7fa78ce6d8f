//! Loading an article that its reader may see.

use crate::app::App;
use crate::articles::{Article, store as articles};
use crate::ids::ArticleId;
use crate::shelf::{Shelf, stars};
use crate::web::problem::{Answer, Problem};

/// An article that a reader may see: of a feed on his shelf, or starred.
pub(crate) struct KeptArticle {
    pub article: Article,
    /// Whether its feed is on the shelf, and the article still kept there.
    pub is_on_shelf: bool,
    /// What its feed was called when it was starred.
    pub feed_title: Option<String>,
}

/// The article as it is kept, or the star's copy of it. One read where it isn't remembered; a star's copy another.
///
/// # Errors
/// A problem where it is neither on the shelf nor starred.
pub(crate) async fn kept_article(app: &App, shelf: &Shelf, id: ArticleId) -> Answer<KeptArticle> {
    if shelf.subscription(id.feed).is_some()
        && let Some(known) = articles::known(&app.store, id).await?
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
