//! Lists of whole articles.

use crate::app::App;
use crate::articles::Article;
use crate::html::direction::Direction;
use crate::users::preferences::Preferences;
use crate::web::actions::stored_text;
use crate::web::as_wanted::as_wanted;
use crate::web::embed_cards::with_cards;
use crate::web::image::all_through;
use crate::web::view::WholeText;

/// An article's text in a list of whole articles.
pub(super) fn whole_text(app: &App, article: &Article, own: &Preferences) -> WholeText {
    let body = &article.body;
    let html = match &body.full {
        Some(full) => stored_text::clean(&full.html, full.sanitizer),
        None => stored_text::clean(&body.html, body.sanitizer),
    };
    WholeText {
        html: with_cards(as_wanted(all_through(app, html.into_string()), own), None),
        dir: body.dir.map_or("auto", Direction::as_str),
        lang: body.lang.clone().unwrap_or_default(),
    }
}
