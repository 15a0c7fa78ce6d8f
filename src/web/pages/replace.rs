//! Replacing a failing feed: finding another on its site, and switching to it.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::frame_of;
use crate::app::AppState;
use crate::datastore::StoreError;
use crate::html::discover::Candidate;
use crate::ids::FeedId;
use crate::shelf::find::SubscribeError;
use crate::shelf::find_replacement::{self, Offer};
use crate::shelf::replace::{self, Switched};
use crate::shelf::{Scope, Shelf};
use crate::web::actions::asking::for_a_feed;
use crate::web::actions::findings;
use crate::web::current_user::CurrentUser;
use crate::web::frame::feed_href;
use crate::web::html::Html;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{Count, OfferView, Place, ReplacePage, Trouble};
use crate::web::words::{letter, msg, t, told};
use crate::web::{flash, words};

/// Searches a failing feed's site for feeds, and leads to the page that offers them. Nothing is stored.
pub(super) async fn look(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<FeedId>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let dead = shelf.summary(id).ok_or_else(Problem::not_found)?;
    for_a_feed(&app, current.user.id, app.quota_of(&current.user)).await?;
    let offers = find_replacement::find_replacement(&app.refresh_context()?, dead).await?;
    let query = findings::carried(&app, offers).unwrap_or_default();
    let to = format!("{}/replace?found={query}", feed_href(id));
    Ok(Redirect::to(&to).into_response())
}

/// What a search has found, sealed.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    found: String,
}

/// Offers what was found.
pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<FeedId>,
    Query(asked): Query<Asked>,
) -> HandlerResult<Response> {
    let Some(offers) = findings::opened::<Offer>(&app, &asked.found) else {
        // Nothing was searched for: that is begun in the settings.
        return Ok(Redirect::to(&format!("{}/settings", feed_href(id))).into_response());
    };
    let shelf = current.arrives(&app).await?;
    shelf.summary(id).ok_or_else(Problem::not_found)?;
    let trouble = offers.is_empty().then(|| Trouble {
        found: t("replace-none").into(),
        advice: t("replace-none-advice").into(),
        letter: None,
    });
    let offers = offers.iter().map(|offer| view(&shelf, offer)).collect();
    let page = page(&current, &shelf, id, String::new());
    let page = ReplacePage {
        offers,
        trouble,
        ..page
    };
    Ok(Html(page).into_response())
}

fn view(shelf: &Shelf, offer: &Offer) -> OfferView {
    let articles = words::count(offer.articles as u64, "count-article");
    let about = match offer.newest.map(words::date) {
        Some(date) => msg("replace-offer-dated").text("date", date),
        None => msg("replace-offer"),
    };
    OfferView {
        title: offer.title.clone(),
        url: offer.url.to_string(),
        about: about.text("articles", articles).into(),
        is_mine: offer
            .feed
            .is_some_and(|feed| shelf.subscription(feed).is_some()),
    }
}

/// A feed found on the page that was entered, of which only title and address are known.
fn named(found: &Candidate) -> OfferView {
    OfferView {
        title: found.title.clone().unwrap_or_else(|| found.url.to_string()),
        url: found.url.to_string(),
        ..OfferView::default()
    }
}

fn page(current: &CurrentUser, shelf: &Shelf, id: FeedId, typed: String) -> ReplacePage {
    let summary = shelf.summary(id);
    let title = t("replace-title");
    ReplacePage {
        frame: frame_of(
            current,
            shelf,
            title,
            Place::Elsewhere,
            Some(&Scope::Feed(id)),
        ),
        href: feed_href(id),
        back: format!("{}/settings", feed_href(id)),
        title: shelf.title(id),
        address: summary
            .map(|summary| summary.url.to_string())
            .unwrap_or_default(),
        site: summary.and_then(|summary| summary.site.clone()),
        unread: Count(shelf.unread(id)),
        offers: Vec::new(),
        url: typed,
        trouble: None,
    }
}

/// What was chosen or typed.
#[derive(Debug, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    url: String,
}

/// Switches to another feed.
pub(super) async fn switch(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<FeedId>,
    Form(chosen): Form<Chosen>,
) -> HandlerResult<Response> {
    let (user, quota) = (current.user.id, app.quota_of(&current.user));
    for_a_feed(&app, user, quota).await?;
    let context = app.refresh_context()?;
    let most = quota.shelf();
    let switched = replace::switch(&context, &app.random, user, id, &chosen.url, most).await;
    let mut offers = Vec::new();
    let error = match switched {
        Ok(done) => return Ok(flash::redirect(&feed_href(done.feed), seen(&done), None)),
        Err(SubscribeError::Store(StoreError::NotFound(_))) => return Err(Problem::not_found()),
        Err(SubscribeError::Store(error)) => return Err(error.into()),
        Err(SubscribeError::Several(found)) => {
            offers = found.iter().map(named).collect();
            SubscribeError::Several(found)
        }
        Err(error) => error,
    };
    let trouble = Trouble {
        found: told(&words::sentence(&error.to_string())).into_owned(),
        advice: format!("{} {}", told(error.advice()), t("replace-as-it-was")),
        letter: letter::to_publisher_of(&error),
    };
    let shelf = current.counted(&app).await?;
    let page = page(&current, &shelf, id, chosen.url);
    let page = ReplacePage {
        trouble: Some(trouble),
        offers,
        ..page
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

fn seen(done: &Switched) -> String {
    let begin = match done.was_there {
        true => t("replace-was-there"),
        false => t("replace-switched"),
    };
    let rest = match done.left_unread {
        0 => t("replace-old-left").to_owned(),
        left => msg("replace-old-stays").number("n", left).into(),
    };
    format!("{begin} {rest}")
}
