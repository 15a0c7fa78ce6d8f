//! How many of a feed's newest articles a user keeps.

use http::StatusCode;

use crate::update::retention::MOST_ARTICLES;
use crate::web::problem::Problem;

/// What was typed: nothing for all that the installation keeps.
pub(crate) fn typed(text: &str) -> Result<Option<u32>, Problem> {
    match text.trim() {
        "" => Ok(None),
        text => checked(text.parse().map_err(|_| wrong(text))?),
    }
}

/// A number of articles; 0 for all that the installation keeps.
pub(crate) fn checked(number: u32) -> Result<Option<u32>, Problem> {
    match number {
        0 => Ok(None),
        1..=MOST_ARTICLES => Ok(Some(number)),
        _ => Err(wrong(&number.to_string())),
    }
}

fn wrong(text: &str) -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "bad_keep",
        format!("“{text}” isn’t a number of articles that can be kept"),
        format!(
            "Nothing was changed. Give a number from 1 to {MOST_ARTICLES}, or none for all that are kept here."
        ),
    )
}
