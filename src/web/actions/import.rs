//! The limit of imports a day.

use http::StatusCode;

use crate::web::problem::Problem;
use crate::web::words;

/// What is said to who has imported too often today.
pub(crate) fn too_many_imports(most: u32, minutes: i64) -> Problem {
    let title = format!("You have imported {most} files within a day, which is the limit here");
    let advice = format!("Try again in {}.", words::span(minutes));
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_imports",
        title,
        advice,
    )
}
