//! Searching, for programs.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;
use utoipa::IntoParams;

use super::call::{Call, get};
use super::{Caller, arrives};
use crate::app::AppState;
use crate::search;
use crate::shelf::search::json::JsonAnswer;
use crate::shelf::search::{Cursor, Order, Request};
use crate::web::problem::{HandlerResult, Problem};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    vec![
        get(
            "/api/v1/search",
            find,
            "Articles and kept pages with some words",
        )
        .asks::<SearchQuery>()
        .gives::<JsonAnswer>()
        .fails(400, &["bad_limit", "bad_cursor"]),
    ]
}

#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct SearchQuery {
    /// As people type it.
    q: String,
    /// Where to continue, as the page before said; empty for the first page.
    cursor: Option<String>,
    /// 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `newest` by default, or `best`.
    #[serde(default)]
    #[param(inline)]
    sort: Order,
}

/// A 400 for a query that asks for nothing.
fn wordless(typed: &str) -> Problem {
    let title = match typed.trim() {
        "" => "The query is empty".to_owned(),
        typed => format!("There is no word to look for in “{typed}”"),
    };
    let advice = "Send words of letters or digits as “q”: signs and emoji can’t be searched for.";
    Problem::bad_request("bad_query", title, advice)
}

pub(super) async fn find(
    State(app): State<AppState>,
    caller: Caller,
    query: Result<Query<SearchQuery>, QueryRejection>,
) -> HandlerResult<Json<JsonAnswer>> {
    let Query(asked) = query.map_err(super::articles::bad_query)?;
    let limit = asked.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        let title = "The limit is 1 to 100";
        let advice = "Use the cursor to get more.";
        return Err(Problem::bad_request("bad_limit", title, advice));
    }
    let bad = |error: search::QuestionError| {
        Problem::bad_request("bad_query", error.to_string(), "Change the query.")
    };
    let query = search::Question::parse(&asked.q).map_err(bad)?;
    if query.is_empty() {
        return Err(wordless(&asked.q));
    }
    let read = |text| Cursor::read(text, &query, asked.sort);
    let after = asked.cursor.as_deref().filter(|text| !text.is_empty());
    let after = after.map(read).transpose();
    let after = after.map_err(|_| {
        let title = "This cursor belongs to another query";
        Problem::bad_request("bad_cursor", title, "Start again without a cursor.")
    })?;
    let shelf = arrives(&app, caller).await?;
    let request = Request {
        query: &query,
        order: asked.sort,
        after,
        limit,
        now: app.clock.now(),
    };
    let answer = crate::shelf::search::search(&app.store, &shelf, request).await?;
    Ok(Json(JsonAnswer::of(&answer, query.is_cut)))
}
