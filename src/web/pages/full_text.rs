//! An article's two texts: the feed's own, and the full text of its page.

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
use crate::full_text::{FetchMode, FullTextError, VersionedArticle, fetch_or_cached};
use crate::ids::ArticleId;
use crate::shelf::Shelf;
use crate::web::actions::asking::for_a_text;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::request_guard::is_deliberate;
use crate::web::view::{TextChoice, Trouble};
use crate::web::words::told;

/// The submitted form.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// Where a browser without scripts is redirected: the article.
    #[serde(rename = "return", default)]
    return_to: String,
    /// Present to fetch it again although it is stored.
    anew: Option<String>,
    /// Present if the page sent the form by itself, for a user who always wants the full text.
    opened: Option<String>,
}

/// Fetches an article's page and stores its text. The pane's script gets the article with the full text or the error; a
/// browser without scripts is redirected to the article.
pub(super) async fn fetch(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    PathId(id): PathId<ArticleId>,
    Query(context): Query<Context>,
    Form(asked): Form<Asked>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    if shelf.subscription(id.feed).is_none() {
        return Err(Problem::not_found());
    }
    let known = articles::get_version(&app.store, id).await?;
    let known = known.ok_or_else(Problem::not_found)?;
    let mode = match (&asked.anew, &asked.opened) {
        (Some(_), _) => FetchMode::Anew,
        (None, Some(_)) => FetchMode::Opened,
        (None, None) => FetchMode::Asked,
    };
    for_a_text(&app, current.user.id, app.quota_of(&current.user)).await?;
    let (article, trouble) = attempt(&app, known, mode).await?;
    if headers
        .get("x-fragment")
        .is_some_and(|part| part == "article")
    {
        let list = list_of(&current, &shelf, id, context);
        let own = &current.user.profile.preferences;
        let now = (current.now, own);
        let mut shown = view(&app, &shelf, &list, &article, Text::Full, now);
        shown.text.set_trouble(trouble);
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

/// The article with its full text, or unchanged with the error.
async fn attempt(
    app: &AppState,
    known: VersionedArticle,
    mode: FetchMode,
) -> HandlerResult<(Article, Option<Trouble>)> {
    let before = known.0.clone();
    match fetch_or_cached(&app.refresh_context()?, known, mode).await {
        Ok(article) => Ok((article, None)),
        Err(FullTextError::Store(error)) => Err(error.into()),
        Err(FullTextError::Gone) => Err(Problem::not_found()),
        Err(error) => {
            let trouble = Trouble {
                found: told(&error.to_string()).into_owned(),
                advice: told(error.advice()).into_owned(),
                letter: None,
            };
            Ok((before, Some(trouble)))
        }
    }
}

/// Whether the user is opening an article's page, so that the full text may be fetched: not for a prefetch, another
/// site's link, or a `HEAD` request.
pub(super) fn is_opened_by_reader(method: &Method, headers: &HeaderMap, text: Text) -> bool {
    method == Method::GET && is_deliberate(headers) && text == Text::Full
}

/// Fetches the page of an opened article, if the user always wants the full text and it isn't stored. If that fails or
/// takes longer than some seconds, the feed's text is shown.
pub(super) async fn on_opening(
    app: &AppState,
    shelf: &Shelf,
    article: Article,
) -> HandlerResult<(Article, Option<Trouble>)> {
    if !is_wanted(shelf, &article) {
        return Ok((article, None));
    }
    // A reader who has opened very many today reads the feed's own text.
    if for_a_text(app, shelf.user, app.config.quotas.readers)
        .await
        .is_err()
    {
        return Ok((article, None));
    }
    // Another request may have fetched it since it was cached, and the page isn't fetched twice.
    match articles::get_version(&app.store, article.id).await? {
        Some(known) if is_wanted(shelf, &known.0) => attempt(app, known, FetchMode::Opened).await,
        Some(known) => Ok((known.0, None)),
        None => Ok((article, None)),
    }
}

impl TextChoice {
    /// Shows the error of an attempt, if it failed.
    pub(super) fn set_trouble(&mut self, trouble: Option<Trouble>) {
        if trouble.is_some() {
            self.trouble = trouble;
            self.is_wanted = false;
        }
    }
}
