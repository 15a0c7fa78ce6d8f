//! Bringing a history: a journal of ours, or what other readers export.

use axum::extract::{FromRequest, Multipart, Request, State};
use axum::response::Response;

use crate::app::AppState;
use crate::shelf::history::bring::{Lines, States};
use crate::web::actions::asking::for_a_text;
use crate::web::actions::history::{self, Done};
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::msg;

pub(super) async fn import(
    State(app): State<AppState>,
    current: CurrentUser,
    request: Request,
) -> HandlerResult<Response> {
    let user = current.user.id;
    for_a_text(&app, user, app.quota_of(&current.user)).await?;
    let bytes = file(request).await?;
    let text = match history::bring(&app, user, bytes).await? {
        Done::Lines(done, wrong, cut) => lines_said(done, wrong, cut),
        Done::States(done, without, cut) => states_said(done, without, cut),
    };
    Ok(flash::redirect("/journal/export", text, None))
}

fn bad(title: &str, advice: &str) -> Problem {
    Problem::bad_request("bad_file", title, advice)
}

async fn file(request: Request) -> HandlerResult<axum::body::Bytes> {
    let no_file = || bad("No file arrived", "Choose the file again.");
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|_| no_file())?;
    while let Some(field) = form.next_field().await.map_err(|_| no_file())? {
        if field.name() == Some("history") {
            let bytes = field.bytes().await.map_err(|_| no_file())?;
            return Some(bytes)
                .filter(|bytes| !bytes.is_empty())
                .ok_or_else(no_file);
        }
    }
    Err(no_file())
}

/// What there is of each, in words; what there is none of isn't told.
fn said(parts: &[(&'static str, usize)]) -> String {
    let some = parts.iter().filter(|(_, number)| *number > 0);
    let told: Vec<String> = some
        .map(|&(name, number)| msg(name).number("n", number).into())
        .collect();
    told.join(" ")
}

fn lines_said(done: Lines, wrong: usize, cut: usize) -> String {
    let added: String = msg("history-lines").number("n", done.added).into();
    let rest = said(&[
        ("history-lines-known", done.known),
        ("history-lines-old", done.too_old),
        ("history-lines-wrong", wrong),
        ("history-cut", cut),
    ]);
    format!("{added} {rest}").trim_end().to_owned()
}

fn states_said(done: States, without: usize, cut: usize) -> String {
    let read: String = msg("history-read").number("n", done.read).into();
    let rest = said(&[
        ("history-starred", done.starred),
        ("history-own", done.own),
        ("history-known", done.known),
        ("history-missing", done.missing),
        ("history-full", done.without_room),
        ("history-without", without),
        ("history-cut", cut),
    ]);
    format!("{read} {rest}").trim_end().to_owned()
}
