//! Adding a feed, by its own address or by its site's.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use super::{folder_texts, plain_frame, with_flash};
use crate::app::AppState;
use crate::shelf::find::SubscribeError;
use crate::shelf::subscribe::{Added, subscribe};
use crate::shelf::subscription::typed_folder;
use crate::web::actions::asking::for_a_feed;
use crate::web::actions::findings;
use crate::web::current_user::CurrentUser;
use crate::web::frame::feed_href;
use crate::web::html::Html;
use crate::web::problem::HandlerResult;
use crate::web::view::{AddPage, Candidate, Place, Trouble};
use crate::web::words::{letter, t, told};
use crate::web::{flash, words};

/// The submitted form.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    url: String,
    #[serde(default)]
    folder: String,
    /// What a search has found, sealed.
    #[serde(default)]
    found: String,
}

/// A feed that a site names.
#[derive(Debug, Serialize, Deserialize)]
struct Found {
    title: String,
    url: String,
}

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(typed): Query<Typed>,
) -> HandlerResult<Response> {
    let found: Vec<Found> = findings::opened(&app, &typed.found).unwrap_or_default();
    let candidates = found
        .into_iter()
        .enumerate()
        .map(|(index, found)| Candidate {
            title: found.title,
            url: found.url,
            chosen: index == 0,
        });
    let candidates = candidates.collect();
    let page = page(&app, &current, typed, None, candidates).await?;
    Ok(with_flash(Html(page), &headers))
}

pub(super) async fn submit(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let folder = typed_folder(&typed.folder);
    for_a_feed(&app, current.user.id, current.user.profile.admin).await?;
    let context = app.refresh_context()?;
    let most = app.config.quotas.of(current.user.profile.admin).feeds;
    let (random, user) = (&app.random, current.user.id);
    let added = subscribe(&context, random, user, &typed.url, folder, most).await;
    let trouble = match added {
        Ok(Added::New(feed)) => {
            return Ok(flash::redirect(&feed_href(feed), t("add-done"), None));
        }
        Ok(Added::Already(feed)) => {
            let text = t("add-already");
            return Ok(flash::redirect(&feed_href(feed), text, None));
        }
        Err(SubscribeError::Store(error)) => return Err(error.into()),
        Err(SubscribeError::Several(found)) => {
            let found = found.into_iter().map(|found| Found {
                title: found.title.unwrap_or_else(|| found.url.to_string()),
                url: found.url.into(),
            });
            // Reloading the page then searches no second time.
            let query = findings::carried(&app, found.collect()).unwrap_or_default();
            let folder = words::segment(&typed.folder);
            let to = format!("/add?found={query}&folder={folder}");
            return Ok(Redirect::to(&to).into_response());
        }
        Err(error) => Trouble {
            found: told(&words::sentence(&error.to_string())).into_owned(),
            advice: told(error.advice()).into_owned(),
            letter: letter::to_publisher_of(&error),
        },
    };
    let page = page(&app, &current, typed, Some(trouble), Vec::new()).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

async fn page(
    app: &AppState,
    current: &CurrentUser,
    typed: Typed,
    trouble: Option<Trouble>,
    candidates: Vec<Candidate>,
) -> HandlerResult<AddPage> {
    let (frame, shelf) = plain_frame(app, current, t("add-title"), Place::Add).await?;
    Ok(AddPage {
        frame,
        url: typed.url,
        folder: typed.folder,
        folders: folder_texts(&shelf),
        trouble,
        candidates,
    })
}
