//! All accounts, by their addresses.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Administrator;
use super::audit::bad_place;
use crate::app::AppState;
use crate::timestamp::from_second;
use crate::users::card::{Card, Facts};
use crate::users::day_of;
use crate::users::listing;
use crate::web::html::Html;
use crate::web::pages::security::day_said;
use crate::web::problem::HandlerResult;
use crate::web::view::{AdminTab, UserRow, UsersPage};
use crate::web::words::{self, msg, segment, t};

/// Accounts of a page.
const A_PAGE: u32 = 50;
/// Older accounts that get their place in the list with a look at it.
const OLDER: u32 = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// A part of an address.
    q: String,
    /// Where the page begins.
    from: Option<String>,
}

/// Two reads, besides those of the frame: of a page, or of a search through a thousand.
pub(super) async fn show(
    State(app): State<AppState>,
    admin: Administrator,
    Query(asked): Query<Asked>,
) -> HandlerResult<Response> {
    let frame = admin.frame(&app, t("admin-readers")).await?;
    let is_whole = listing::complete(&app.store, OLDER).await?;
    let query = asked.q.trim().to_lowercase();
    let (store, from) = (&app.store, asked.from.as_deref());
    let found = match query.as_str() {
        "" => listing::page(store, from, A_PAGE).await,
        query => listing::search(store, from, |card| card.email.contains(query)).await,
    };
    let found = found.map_err(bad_place)?;
    let today = day_of(admin.0.now);
    let next = found
        .next
        .map(|next| format!("/admin/users?q={}&from={next}", segment(&query)));
    let page = UsersPage {
        frame,
        tab: AdminTab::Readers,
        query,
        users: found.cards.iter().map(|card| row(card, today)).collect(),
        next,
        is_partial: !is_whole,
    };
    Ok(Html(page).into_response())
}

fn row(card: &Card, today: i64) -> UserRow {
    UserRow {
        href: format!("/admin/users/{}", card.id),
        email: card.email.clone(),
        about: about(&card.facts, today),
        state: state(&card.facts).to_owned(),
    }
}

/// "Since 2 October, last seen today".
pub(super) fn about(facts: &Facts, today: i64) -> String {
    msg("users-about")
        .text("since", words::date(from_second(facts.created)))
        .text("seen", day_said(facts.last_seen_day, today))
        .into()
}

/// What an account is, besides a reader's.
pub(super) fn state(facts: &Facts) -> &'static str {
    match (facts.leaving, facts.disabled, facts.admin) {
        (Some(_), ..) => t("users-leaving"),
        (None, Some(_), _) => t("users-disabled"),
        (None, None, true) => t("users-admin"),
        (None, None, false) => "",
    }
}
