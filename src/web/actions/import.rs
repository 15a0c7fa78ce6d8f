//! The limit on imports per day.

use http::StatusCode;

use crate::web::problem::Problem;
use crate::web::words;

/// A 429 for a user who has imported `most` files within a day. The next one is allowed in `minutes`.
pub(crate) fn too_many_imports(most: u32, minutes: i64) -> Problem {
    let files = words::count(u64::from(most), "count-file");
    let title = format!("You have imported {files} within a day, which is the limit here");
    let advice = format!("Try again in {}.", words::span(minutes));
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_imports",
        title,
        advice,
    )
}
