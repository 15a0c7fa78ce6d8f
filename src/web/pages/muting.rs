//! Hiding titles with some words, in front of an article.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::rule_form::said;
use crate::app::AppState;
use crate::ids::ArticleId;
use crate::shelf::rulebook::{Acts, Condition, How, Rule, What};
use crate::shelf::rules::Reach;
use crate::timestamp::minute_of;
use crate::web::actions::rules::new_act;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::{self, msg, t};

const DAY_MINUTES: i64 = 24 * 60;

/// Which words, and for how long.
#[derive(Debug, Deserialize)]
pub(super) struct Mute {
    words: String,
    /// `day`, `week` or `ever`.
    #[serde(rename = "for")]
    span: String,
    #[serde(rename = "return", default)]
    return_to: String,
}

/// Hides articles whose titles have some words: those that arrive, and those that are there, or the newest of them; then it says so.
pub(super) async fn mute(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<ArticleId>,
    Form(mute): Form<Mute>,
) -> HandlerResult<Response> {
    let mut shelf = current.arrives(&app).await?;
    shelf.subscription(id.feed).ok_or_else(Problem::not_found)?;
    let now = app.clock.now();
    let bad = |said: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_rule", said, "");
    let minutes = match mute.span.as_str() {
        "day" => DAY_MINUTES,
        "week" => 7 * DAY_MINUTES,
        "ever" => 0,
        _ => return Err(bad(t("mute-bad-span").to_owned())),
    };
    let wanted = Rule {
        name: msg("mute-name").text("words", mute.words.trim()).into(),
        conditions: vec![Condition {
            what: What::Title,
            how: How::Words,
            text: mute.words.clone(),
        }],
        acts: Acts {
            hide: true,
            ..Acts::default()
        },
        until: if minutes > 0 {
            minute_of(now) + minutes
        } else {
            0
        },
        ..Rule::default()
    };
    let wanted = wanted.checked().map_err(|error| bad(said(&error)))?;
    let Reach { trial, looked, all } = shelf.look_through(&app.store, &wanted, id, now).await?;
    let count = trial.met.len() as u64;
    let act = new_act(&app);
    let saved = shelf
        .save_rule(&app.store, now, &act, wanted, Some(trial))
        .await?;
    saved.map_err(|error| bad(said(&error)))?;
    let done = msg("mute-done").text("words", mute.words.trim());
    let mut text = done.number("n", count).to_string();
    if looked < all {
        let part = msg("mute-part").text("looked", words::thousands(looked as u64));
        let part = part.text("all", words::thousands(all as u64));
        text = format!("{text} {part}");
    }
    Ok(flash::redirect(
        &flash::local(&mute.return_to),
        text,
        Some(act),
    ))
}

/// The word of a title that it is most likely muted for: the longest.
pub(super) fn suggested(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric());
    let longest = words
        .max_by_key(|word| word.chars().count())
        .unwrap_or_default();
    longest.chars().take(40).collect()
}
