//! A feed's webhooks, on the page of its settings.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use crate::app::AppState;
use crate::ids::FeedId;
use crate::timestamp::Timestamp;
use crate::web::actions::hooks;
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::HookRow;
use crate::web::words::{self, msg, t, told};
use crate::webhooks::store;

/// The user's webhooks of a feed. No read for a feed without any; two otherwise.
pub(super) async fn rows(
    app: &AppState,
    current: &CurrentUser,
    feed: FeedId,
    count: u32,
) -> HandlerResult<Vec<HookRow>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let all = store::of_feed(&app.store, feed).await?;
    let waiting = store::waiting(&app.store).await?;
    let own = all.iter().filter(|hook| hook.user == current.user.id);
    let row = |hook: &crate::webhooks::Hook| {
        let late = waiting.iter().rev().find(|one| one.hook == hook.id);
        let status = match (late, &hook.body.lost) {
            (Some(late), _) => msg("hooks-waits")
                .number("n", late.tries)
                .text("why", told(&late.why))
                .into(),
            (None, Some(lost)) => {
                let at = Timestamp::from_timestamp(lost.at, 0).unwrap_or_default();
                msg("hooks-lost")
                    .text("date", words::date(at))
                    .text("why", told(&lost.why))
                    .into()
            }
            (None, None) => t("hooks-well").to_owned(),
        };
        HookRow {
            id: hook.id.clone(),
            address: hook.body.address.clone(),
            is_well: late.is_none() && hook.body.lost.is_none(),
            status,
        }
    };
    Ok(own.map(row).collect())
}

/// An address as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    address: String,
}

fn here(feed: FeedId) -> String {
    format!("/feed/{feed}/settings#webhooks")
}

/// Makes a webhook. Its secret is on the page that follows, once.
pub(super) async fn make(
    State(app): State<AppState>,
    current: CurrentUser,
    from: ClientAddress,
    PathId(feed): PathId<FeedId>,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let (_, secret) = hooks::make(&app, current.user.id, feed, &typed.address, from).await?;
    let text = t("hooks-made");
    Ok(flash::redirect_with_secret(&here(feed), text, secret))
}

/// Removes a webhook.
pub(super) async fn remove(
    State(app): State<AppState>,
    current: CurrentUser,
    from: ClientAddress,
    Path((feed, id)): Path<(String, String)>,
) -> HandlerResult<Response> {
    let feed: FeedId = feed.parse().map_err(|_| Problem::not_found())?;
    hooks::remove(&app, current.user.id, &id, from).await?;
    Ok(flash::redirect(&here(feed), t("hooks-removed"), None))
}
