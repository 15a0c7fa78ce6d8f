//! What a device did without a network, besides marks: stars, tags, notes and feeds to add. Applied in the order in which it
//! arrives, and merged with what other devices did.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::app::AppState;
use crate::ids::ArticleId;
use crate::shelf::When;
use crate::shelf::subscribe::{Wish, subscribe};
use crate::web::actions::asking::for_a_feed;
use crate::web::actions::own_time;
use crate::web::actions::star::set_star_at;
use crate::web::actions::tagging::{Change, change};
use crate::web::current_user::CurrentUser;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::told;

/// Most acts of one call.
const MOST: usize = 20;

/// What a device sends.
#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    /// Its clock, in milliseconds since 1970.
    now: Option<i64>,
    acts: Vec<Act>,
}

/// One act. Each may come twice, and does the same as once.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Act {
    Star {
        id: String,
        on: bool,
        at: Option<i64>,
    },
    Tag {
        id: String,
        #[serde(default)]
        add: Vec<String>,
        #[serde(default)]
        drop: Vec<String>,
        /// The note; absent if it wasn't touched.
        note: Option<String>,
        /// The note that stood there before.
        #[serde(default)]
        was: String,
        at: Option<i64>,
    },
    Add {
        url: String,
    },
}

/// What became of the acts, of the first on: null for one that is done, otherwise why it never will be. Those that have no answer
/// are to be sent again.
#[derive(Debug, Serialize)]
struct Done {
    done: Vec<Option<Refused>>,
}

/// Why something can't be done.
#[derive(Debug, Serialize)]
struct Refused {
    code: &'static str,
    message: String,
}

/// Does what a device did. What each costs is what it costs by itself; a feed that is added is the last of its call, as it is
/// fetched.
pub(super) async fn apply(
    State(app): State<AppState>,
    current: CurrentUser,
    Json(sent): Json<Sent>,
) -> HandlerResult<Response> {
    let mut done = Vec::new();
    for act in sent.acts.iter().take(MOST) {
        match one(&app, &current, act, sent.now).await {
            Ok(()) => done.push(None),
            Err(problem) if is_for_now(&problem) && done.is_empty() => return Err(problem),
            Err(problem) if is_for_now(&problem) => break,
            Err(problem) => done.push(Some(Refused {
                code: problem.code,
                message: format!("{} {}", told(&problem.title), told(&problem.advice)),
            })),
        }
        if matches!(act, Act::Add { .. }) {
            break;
        }
    }
    Ok(Json(Done { done }).into_response())
}

/// Whether it may be done later.
fn is_for_now(problem: &Problem) -> bool {
    problem.status.is_server_error() || problem.status == StatusCode::TOO_MANY_REQUESTS
}

async fn one(
    app: &AppState,
    current: &CurrentUser,
    act: &Act,
    sent: Option<i64>,
) -> HandlerResult<()> {
    let (user, quota) = (current.user.id, app.quota_of(&current.user));
    let when = |at: Option<i64>| -> When { own_time::when(current.now, sent, at) };
    match act {
        Act::Star { id, on, at } => {
            let id = article(id)?;
            set_star_at(app, user, quota, id, *on, true, when(*at)).await
        }
        Act::Tag {
            id,
            add,
            drop,
            note,
            was,
            at,
        } => {
            let wanted = Change {
                add: add.clone(),
                drop: drop.clone(),
                note: note.clone().map(|note| (note, was.clone())),
            };
            change(app, user, article(id)?, &wanted, when(*at)).await
        }
        Act::Add { url } => {
            for_a_feed(app, user, quota).await?;
            let context = app.refresh_context()?;
            let wish = Wish::of(url);
            subscribe(&context, &app.random, user, wish, quota.shelf()).await?;
            Ok(())
        }
    }
}

fn article(id: &str) -> HandlerResult<ArticleId> {
    id.parse().map_err(|_| Problem::not_found())
}
