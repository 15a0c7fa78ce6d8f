//! Bringing a history: a journal of ours, or what other readers export.

use axum::body::Bytes;

use crate::app::AppState;
use crate::ids::UserId;
use crate::shelf::Shelf;
use crate::shelf::history::bring::{self, Lines, States};
use crate::shelf::history::brought::{self, Brought, Unreadable};
use crate::web::problem::{HandlerResult, Problem};

/// What came of a file: of a journal's lines with how many were wrong, or of articles' states with how many had no address; and of
/// both, how many there was no room for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Done {
    Lines(Lines, usize, usize),
    States(States, usize, usize),
}

/// Takes a file in; see [`bring()`].
///
/// # Errors
/// 400 for what can't be read.
pub(crate) async fn bring(app: &AppState, user: UserId, bytes: Bytes) -> HandlerResult<Done> {
    let now = app.clock.now();
    // A large file takes a while: on a thread that the request waits for.
    let parsed = tokio::task::spawn_blocking(move || brought::read(&bytes, now)).await;
    let parsed = parsed.map_err(|error| Problem::internal(&error))?;
    let parsed = parsed.map_err(unreadable)?;
    let shelf = Shelf::load(&app.store, user).await?;
    Ok(match parsed {
        Brought::Journal(lines, wrong, cut) => {
            let done = bring::lines(&app.store, &shelf, user, lines, now).await?;
            Done::Lines(done, wrong, cut)
        }
        Brought::States(entries, without, cut) => {
            let done = bring::states(&app.store, &shelf, user, entries, now).await?;
            Done::States(done, without, cut)
        }
    })
}

fn unreadable(error: Unreadable) -> Problem {
    let advice = match error {
        Unreadable::Packed => "Unpack it first, and choose the .json or .jsonl file in it.",
        Unreadable::Nothing => "Nothing was changed. Choose another file.",
        Unreadable::Unknown => {
            "Nothing was changed. Choose a .jsonl file of a journal here, or a .json file of starred or read articles."
        }
    };
    Problem::bad_request("bad_file", error.to_string(), advice)
}
