//! What is open to others, and the private feeds.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, delete, get, post};
use super::{Caller, bad_json, owner};
use crate::app::AppState;
use crate::shelf::Shelf;
use crate::shelf::kept::store as kepts;
use crate::timestamp::rfc3339;
use crate::users::preferences::Language;
use crate::users::share::{self, HEADING_CHARS, Manner, Share, ShareError, What};
use crate::web::client_address::ClientAddress;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{Event, own_line};
use crate::web::shared::{Format, address, private_address};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let all = "/api/v1/shares";
    vec![
        get(all, list, "What is open to others, and the private feeds").gives::<Shares>(),
        post(all, open, "Open something")
            .takes::<Wanted>()
            .gives_when::<Shares>(201, "It is open; the answer has all")
            .fails(422, &["bad_share", "too_many_shares"]),
        post(
            "/api/v1/shares/{id}/renew",
            renew,
            "Give it another address",
        )
        .says("The old one leads nowhere from then on.")
        .gives::<Shares>(),
        delete("/api/v1/shares/{id}", close, "Close it").gives_nothing(),
    ]
}

/// What is open.
#[derive(Debug, Serialize, ToSchema)]
struct Shares {
    shares: Vec<Shown>,
}

/// Something that is open.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Share)]
struct Shown {
    /// It opens nothing.
    id: String,
    what: Kind,
    /// A tag, where that is what is open.
    tag: Option<String>,
    /// The path of a folder, where that is what is open.
    folder: Option<Vec<String>>,
    heading: String,
    since: String,
    /// Its address, which opens it to everybody who has it; null once the installation’s key is another one.
    address: Option<String>,
}

/// What can be open.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ShareKind)]
enum Kind {
    /// The starred articles.
    Starred,
    /// What is kept with a tag.
    Tag,
    /// The feeds of a folder.
    Folder,
    /// The edition, for the owner’s own programs.
    Edition,
    /// The digest, for the owner’s own programs.
    Digest,
}

fn shown(app: &AppState, share: &Share) -> Shown {
    let (what, tag, folder) = match &share.what {
        What::Starred => (Kind::Starred, None, None),
        What::Tag(tag) => (Kind::Tag, Some(tag.clone()), None),
        What::Folder(path) => (Kind::Folder, None, Some(path.clone())),
        What::Edition => (Kind::Edition, None, None),
        What::Digest => (Kind::Digest, None, None),
    };
    let token = share.token(&app.secret);
    let address = token.map(|token| match Format::of(&share.what).is_empty() {
        true => private_address(app, &token),
        false => address(app, &token, Format::Html),
    });
    Shown {
        id: share.id.clone(),
        what,
        tag,
        folder,
        heading: share.manner.heading.clone(),
        since: rfc3339(share.since),
        address,
    }
}

async fn all(app: &AppState, caller: Caller) -> HandlerResult<Json<Shares>> {
    let open = share::list(&app.store, caller.0).await?;
    let shares = open.iter().map(|share| shown(app, share)).collect();
    Ok(Json(Shares { shares }))
}

async fn list(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    Ok(all(&app, caller).await?.into_response())
}

/// What is to be opened.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = WantedShare)]
struct Wanted {
    what: Kind,
    /// One of the owner’s tags, for `tag`.
    tag: Option<String>,
    /// The path of a folder, for `folder`.
    folder: Option<Vec<String>>,
    /// What stands over it; at most 80 characters.
    #[serde(default)]
    heading: String,
}

fn refused(code: &'static str, title: impl Into<String>, advice: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title, advice)
}

async fn open(
    State(app): State<AppState>,
    caller: Caller,
    client: ClientAddress,
    body: Result<Json<Wanted>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    let what = match wanted.what {
        Kind::Starred => Some(What::Starred),
        Kind::Edition => Some(What::Edition),
        Kind::Digest => Some(What::Digest),
        Kind::Tag => known_tag(&app, caller, wanted.tag.as_deref())
            .await?
            .map(What::Tag),
        Kind::Folder => {
            let shelf = Shelf::load(&app.store, caller.0).await?;
            let path = wanted.folder.filter(|path| shelf.folders().contains(path));
            path.map(What::Folder)
        }
    };
    let what = what.ok_or_else(|| {
        let advice = "Nothing was opened. Name a tag or a folder that there is.";
        refused("bad_share", "There is nothing such to open", advice)
    })?;
    if wanted.heading.trim().chars().count() > HEADING_CHARS {
        let title = format!("A heading has room for {HEADING_CHARS} characters");
        return Err(refused(
            "bad_share",
            title,
            "Nothing was opened. Shorten it.",
        ));
    }
    let user = owner(&app, caller).await?;
    let language = user.profile.preferences.language;
    let manner = Manner::new(&wanted.heading, language.unwrap_or(Language::English));
    let keys = (&app.secret, &app.random);
    let now = app.clock.now();
    let line = own_line(&app, Event::ShareOpened, client.0, (caller.0, ""));
    match share::open(&app.store, keys, now, caller.0, (&what, &manner), line).await {
        Ok(_) => Ok((StatusCode::CREATED, all(&app, caller).await?).into_response()),
        Err(ShareError::Store(error)) => Err(error.into()),
        Err(error) => Err(refused("too_many_shares", error.to_string(), "")),
    }
}

/// A tag as its owner writes it.
async fn known_tag(
    app: &AppState,
    caller: Caller,
    wanted: Option<&str>,
) -> HandlerResult<Option<String>> {
    let Some(wanted) = wanted.map(str::to_lowercase) else {
        return Ok(None);
    };
    let kept = kepts::cached(&app.store, caller.0).await?;
    let mut tags = kept.iter().flat_map(|(_, card)| &card.tags);
    Ok(tags.find(|tag| tag.to_lowercase() == wanted).cloned())
}

async fn renew(
    State(app): State<AppState>,
    caller: Caller,
    client: ClientAddress,
    Path(id): Path<String>,
) -> HandlerResult<Response> {
    let keys = (&app.secret, &app.random);
    let now = app.clock.now();
    let line = own_line(&app, Event::ShareRenewed, client.0, (caller.0, ""));
    let renewed = share::renew(&app.store, keys, now, caller.0, &id, line).await?;
    renewed.ok_or_else(Problem::not_found)?;
    Ok(all(&app, caller).await?.into_response())
}

async fn close(
    State(app): State<AppState>,
    caller: Caller,
    client: ClientAddress,
    Path(id): Path<String>,
) -> HandlerResult<StatusCode> {
    let line = own_line(&app, Event::ShareClosed, client.0, (caller.0, ""));
    match share::close(&app.store, caller.0, &id, line).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::not_found()),
    }
}
