//! The Fever API: one address, at which the names of parameters say what is wanted. Sections may be combined.
//!
//! Answers are always 200; whether the key is known stands in them, as the protocol has it. What fails on our side is an error all the
//! same: a program that took half an answer for the whole would forget the rest.

mod answer;
mod marks;
mod pictures;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::request_log::RequestUser;
use super::security::{self, Event};
use super::{Route, by_token, route};
use crate::app::AppState;
use crate::ids::UserId;
use crate::limits::Wait;
use crate::shelf::numbers;
use crate::shelf::streams::Library;
use crate::users::token::{self, Owner, Scope};
use crate::web::actions::flow::{Around, Flow};
use crate::web::actions::texts::Hungry;
use crate::web::client_address::ClientAddress;
use crate::web::params::Params;
use crate::web::problem::{HandlerResult, Problem};
use answer::Answer;

/// The other addresses of it that programs make of what is typed.
pub(super) const ALIASES: [&str; 4] = [
    "/fever/",
    "/fever/index.php",
    "/api/fever.php",
    "/api/fever.php/",
];
/// The one that the routes have.
pub(super) const PATH: &str = "/fever";

pub(super) fn routes() -> Vec<Route> {
    vec![route("GET, POST", PATH, get(call).post(call))]
}

/// A call: first what it marks, then what it asks for.
async fn call(
    State(app): State<AppState>,
    address: ClientAddress,
    who: Option<axum::Extension<RequestUser>>,
    params: Params,
) -> HandlerResult<Response> {
    let key = params.one("api_key").unwrap_or_default();
    let now = app.clock.now();
    if let Err(wait) = app.sign_in_limit.may_try_token(address.0, now) {
        security::note(Event::SignInThrottled, address.0, None);
        // Not the answer to a wrong key: other programs behind the same address would take theirs for one.
        return Err(throttled(wait));
    }
    let owner = token::owner_by_fever_key(&app.store, key).await?;
    let owner = owner
        .filter(|owner| owner.scope >= Scope::Mark && !owner.has_expired(now) && !owner.is_barred);
    let user = match &owner {
        Some(owner) => by_token::seen(&app, owner.clone()).await?,
        None => None,
    };
    let (Some(owner), Some(user)) = (owner, user) else {
        // Some ask without a key whether this is the API at all.
        if !key.is_empty() {
            app.sign_in_limit.wrong_token(address.0, now);
            security::note(Event::TokenRefused, address.0, None);
        }
        return json(&Answer::refused());
    };
    if let Some(axum::Extension(who)) = who {
        who.is(user);
    }
    answered(&app, &owner, user, &params).await
}

/// The answer to an address that sent too many wrong keys.
fn throttled(wait: Wait) -> Problem {
    let title = "Too many wrong keys came from your address";
    let advice = "Wait some minutes. A program with an old token may have sent them.";
    let status = StatusCode::TOO_MANY_REQUESTS;
    Problem {
        retry_after: Some(wait.seconds),
        ..Problem::new(status, "too_many_attempts", title, advice)
    }
}

async fn answered(
    app: &AppState,
    owner: &Owner,
    user: UserId,
    params: &Params,
) -> HandlerResult<Response> {
    let mut library = gather(app, user).await?;
    let met = numbers::store::meet(&app.store, &library).await?;
    let numbers = &met.0;
    let marked = marks::apply(app, &mut library, numbers, params).await?;
    if marked.is_some() {
        library = gather(app, user).await?;
    }
    let mut answer = Answer::of(&library);
    if params.has("groups") || params.has("feeds") {
        answer.with_feeds(&library, numbers, params);
    }
    if params.has("favicons") {
        answer.favicons = Some(pictures::of(app, &library).await?);
    }
    if params.has("links") {
        answer.links = Some(Vec::new());
    }
    if params.has("unread_item_ids") || marked == Some(marks::Marked::Read) {
        answer.with_unread(&library, numbers);
    }
    if params.has("saved_item_ids") || marked == Some(marks::Marked::Saved) {
        answer.with_saved(&library, numbers);
    }
    if !params.has("items") {
        return json(&answer);
    }
    let ids = answer.with_items(&library, numbers, params)?;
    let hungry = Hungry::of(app, owner, false)?;
    let around = Around::items(&text(&answer)?)?;
    let writes = Box::new(move |library: &Library, article: &_, _: Option<&str>| {
        answer::written(library, &met.0, article)
    });
    let body = Flow::body(app, library, hungry, ids, around, writes).await?;
    Ok((KIND, body).into_response())
}

/// The shelf with what is new on it.
async fn gather(app: &AppState, user: UserId) -> HandlerResult<Library> {
    let shelf = by_token::arrives(app, user).await?;
    Ok(Library::of(&app.store, shelf).await?)
}

const KIND: [(HeaderName, HeaderValue); 1] = [(
    header::CONTENT_TYPE,
    HeaderValue::from_static("application/json; charset=utf-8"),
)];

fn text(answer: &Answer) -> HandlerResult<String> {
    serde_json::to_string(answer).map_err(|error| Problem::internal(&error))
}

fn json(answer: &Answer) -> HandlerResult<Response> {
    Ok((KIND, text(answer)?).into_response())
}
