//! An article's two texts: the feed's own, and its page's.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, Method};
use serde::Deserialize;

use super::list_address::{Context, Text, list_of};
use super::pane::{fragment, view};
use super::text_choice::is_wanted;
use crate::app::AppState;
use crate::articles::{Article, store as articles};
use crate::full_text::{FullTextError, Known, Wish, bring};
use crate::ids::ArticleId;
use crate::shelf::Shelf;
use crate::web::flash;
use crate::web::path_id::PathId;
use crate::web::problem::{Answer, Problem};
use crate::web::reader::Reader;
use crate::web::request_guard::is_deliberate;
use crate::web::view::{TextChoice, Trouble};

/// A form's words.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// Where a browser without scripts goes afterwards: the article.
    #[serde(rename = "return", default)]
    return_to: String,
    /// Present to fetch it although it is there.
    anew: Option<String>,
    /// Present where the page asks by itself, for a reader who always wants the full text.
    opened: Option<String>,
}

/// Fetches an article's page and keeps its text. The pane's script gets the article with it, or with why not; a browser without
/// scripts goes back to the article.
pub(super) async fn fetch(
    State(app): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    PathId(id): PathId<ArticleId>,
    Query(context): Query<Context>,
    Form(asked): Form<Asked>,
) -> Answer<Response> {
    let shelf = Shelf::load(&app.store, reader.user.id).await?;
    if shelf.subscription(id.feed).is_none() {
        return Err(Problem::not_found());
    }
    let known = articles::get_version(&app.store, id).await?;
    let known = known.ok_or_else(Problem::not_found)?;
    let wish = match (&asked.anew, &asked.opened) {
        (Some(_), _) => Wish::Anew,
        (None, Some(_)) => Wish::Opened,
        (None, None) => Wish::Asked,
    };
    let (article, trouble) = attempt(&app, known, wish).await?;
    if headers
        .get("x-fragment")
        .is_some_and(|part| part == "article")
    {
        let list = list_of(&reader, id, context);
        let mut shown = view(&shelf, &list, &article, Text::Full, reader.now);
        shown.text.tell(trouble);
        shown.text.is_wanted = false;
        return Ok(fragment(shown));
    }
    let to = flash::local(&asked.return_to);
    Ok(match trouble {
        Some(trouble) => {
            let words = format!("{} {}", trouble.found, trouble.advice);
            flash::redirect(&to, words, None)
        }
        None => Redirect::to(&to).into_response(),
    })
}

/// The article with its full text, or as it is and why.
async fn attempt(app: &AppState, known: Known, wish: Wish) -> Answer<(Article, Option<Trouble>)> {
    let before = known.0.clone();
    match bring(&app.tools()?, known, wish).await {
        Ok(article) => Ok((article, None)),
        Err(FullTextError::Store(error)) => Err(error.into()),
        Err(FullTextError::Gone) => Err(Problem::not_found()),
        Err(error) => {
            let trouble = Trouble {
                found: error.to_string(),
                advice: error.advice().to_owned(),
            };
            Ok((before, Some(trouble)))
        }
    }
}

/// Whether a request is its reader opening an article's page, so that this may fetch: never a browser's guess of what he might
/// open next, another site's link, or a look at the headers alone.
pub(super) fn is_opened_by_reader(method: &Method, headers: &HeaderMap, text: Text) -> bool {
    method == Method::GET && is_deliberate(headers) && text == Text::Full
}

/// Fetches the page of an article that is opened, where its reader has said that he always wants that and it isn't there. What
/// the feed says is shown where it takes more than some seconds, or fails.
pub(super) async fn on_opening(
    app: &AppState,
    shelf: &Shelf,
    article: Article,
) -> Answer<(Article, Option<Trouble>)> {
    if !is_wanted(shelf, &article) {
        return Ok((article, None));
    }
    // Somebody may have brought it elsewhere since this was remembered, and the publisher isn't to be asked twice.
    match articles::get_version(&app.store, article.id).await? {
        Some(known) if is_wanted(shelf, &known.0) => attempt(app, known, Wish::Opened).await,
        Some(known) => Ok((known.0, None)),
        None => Ok((article, None)),
    }
}

impl TextChoice {
    /// Takes up what an attempt came to.
    pub(super) fn tell(&mut self, trouble: Option<Trouble>) {
        if trouble.is_some() {
            self.trouble = trouble;
            self.is_wanted = false;
        }
    }
}
