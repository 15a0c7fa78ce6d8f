//! How many of a feed's newest articles a user keeps.

use http::StatusCode;

use crate::app::App;
use crate::web::problem::Problem;

/// What was typed: nothing for all that the installation keeps.
pub(crate) fn typed(app: &App, text: &str) -> Result<Option<u32>, Problem> {
    match text.trim() {
        "" => Ok(None),
        text => checked(app, text.parse().map_err(|_| wrong(app, text))?),
    }
}

/// A number of articles, as many as the installation keeps at most; 0 for all of those.
pub(crate) fn checked(app: &App, number: u32) -> Result<Option<u32>, Problem> {
    match number {
        0 => Ok(None),
        _ if number <= most(app) => Ok(Some(number)),
        _ => Err(wrong(app, &number.to_string())),
    }
}

fn most(app: &App) -> u32 {
    app.config.fetch.keep.articles
}

fn wrong(app: &App, text: &str) -> Problem {
    let most = most(app);
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "bad_keep",
        format!("“{text}” isn’t a number of articles that can be kept"),
        format!(
            "Nothing was changed. Give a number from 1 to {most}, or none for all that are kept here."
        ),
    )
}
