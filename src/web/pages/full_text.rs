//! An article's two texts: the feed's own, and its page's.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, Method};
use serde::Deserialize;

use super::article::{Context, list_of, part, view};
use super::list_address::List;
use crate::app::AppState;
use crate::articles::store as articles;
use crate::articles::{self as model, Article, Refusal};
use crate::clock::{Timestamp, minute_of};
use crate::fetch::full_text::{FullTextError, Known, Wish, bring, is_resting};
use crate::fetch::sanitize::{SANITIZER_VERSION, SafeHtml};
use crate::ids::ArticleId;
use crate::shelf::Shelf;
use crate::web::door::is_deliberate;
use crate::web::flash;
use crate::web::problem::{Answer, Problem};
use crate::web::reader::Reader;
use crate::web::view::{TextChoice, Trouble};

/// Which text an address asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Text {
    /// The page's, where it is there.
    #[default]
    Full,
    /// The feed's own.
    Feed,
}

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
    Path(id): Path<String>,
    Query(context): Query<Context>,
    Form(asked): Form<Asked>,
) -> Answer<Response> {
    let id: ArticleId = id.parse().map_err(|_| Problem::not_found())?;
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
        return Ok(part(shown));
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

/// Whether the reader always wants this feed's full texts, and this one isn't there, or is older than the feed's.
fn is_wanted(shelf: &Shelf, article: &Article) -> bool {
    let always = shelf
        .subscription(article.id.feed)
        .is_some_and(|one| one.full_text);
    let is_there = article
        .body
        .full
        .as_ref()
        .is_some_and(|full| !full.is_older);
    always && !is_there && article.body.link.is_some()
}

/// What the pane offers.
pub(super) fn choice(
    shelf: &Shelf,
    list: &List,
    article: &Article,
    text: Text,
    now: Timestamp,
) -> TextChoice {
    let body = &article.body;
    let here = list.article_href(article.id);
    let shows_full = body.full.is_some() && text == Text::Full;
    let is_wanted = is_wanted(shelf, article) && text == Text::Full;
    // To who asks for it himself the refusal is told when it happens; to who always wants it, whenever it is missing.
    let refused = body
        .refused
        .as_ref()
        .filter(|_| is_wanted && body.full.is_none());
    TextChoice {
        has_page: body.link.is_some(),
        has_full: body.full.is_some(),
        shows_full,
        is_older: body.full.as_ref().is_some_and(|full| full.is_older),
        is_wanted: is_wanted && !is_resting(body, minute_of(now)),
        action: format!("/article/{}/full-text?{}", article.id, list.context()),
        other: if shows_full {
            format!("{here}&text=feed")
        } else {
            here.clone()
        },
        here,
        trouble: refused.map(trouble_of),
    }
}

fn trouble_of(refusal: &Refusal) -> Trouble {
    Trouble {
        found: refusal.found.clone(),
        advice: refusal.advice.clone(),
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

/// A stored text, ready for a page. One that was cleaned by older rules is cleaned again on its way out.
pub(crate) fn clean(html: &str, sanitizer: u32) -> SafeHtml {
    if sanitizer == SANITIZER_VERSION {
        SafeHtml::from_store(html.to_owned())
    } else {
        SafeHtml::clean(html, None)
    }
}

/// An article's full text for a program, if it is there.
pub(crate) fn clean_full_text(body: &model::Body) -> Option<String> {
    let full = body.full.as_ref()?;
    Some(clean(&full.html, full.sanitizer).into_string())
}
