//! What a user has open to others: the list, opening, renewing and closing.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{folder_texts, plain_frame, with_flash};
use crate::app::AppState;
use crate::shelf::Shelf;
use crate::shelf::kept::store as kepts;
use crate::shelf::subscription::typed_folder;
use crate::users::share::{self, HEADING_CHARS, MAX_SHARES, Manner, Share, ShareError, What};
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::edge::AT_THE_EDGE;
use crate::web::flash;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{Event, own_line};
use crate::web::shared::{Format, address, page::name_of, private_address};
use crate::web::view::{FollowLink, OpenRow, Openable, Place, SharedSettingsPage};
use crate::web::words::{self, msg, t};

/// The address of the page.
const HERE: &str = "/settings/shared";
/// What the values of the form begin with.
const TAG: &str = "tag:";
const FOLDER: &str = "folder:";

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let page = page(&app, &current, &Wanted::default(), None).await?;
    Ok(with_flash(Html(page), &headers))
}

/// What is to be opened.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    what: String,
    heading: String,
}

/// A user's tags by what is the same, as they write them.
async fn tags_of(app: &AppState, shelf: &Shelf) -> HandlerResult<BTreeMap<String, String>> {
    let mut tags = BTreeMap::new();
    if shelf.read.has_kept() {
        let kept = kepts::cached(&app.store, shelf.user).await?;
        for tag in kept.iter().flat_map(|(_, card)| &card.tags) {
            tags.entry(tag.to_lowercase())
                .or_insert_with(|| tag.clone());
        }
    }
    Ok(tags)
}

async fn page(
    app: &AppState,
    current: &CurrentUser,
    wanted: &Wanted,
    error: Option<String>,
) -> HandlerResult<SharedSettingsPage> {
    let title = t("shared-settings");
    let (frame, shelf) = plain_frame(app, current, title, Place::Settings).await?;
    let open = share::list(&app.store, current.user.id).await?;
    let choice = |value: String, label: String| Openable {
        chosen: value == wanted.what,
        value,
        label,
    };
    let tags = tags_of(app, &shelf).await?.into_values();
    let folders = folder_texts(&shelf).into_iter();
    Ok(SharedSettingsPage {
        frame,
        open: open.iter().map(|share| row(app, share)).collect(),
        starred: choice("starred".into(), t("shared-starred").into()),
        private: vec![
            choice("edition".into(), t("edition-title").into()),
            choice("digest".into(), t("digest-title").into()),
        ],
        tags: tags
            .map(|tag| choice(format!("{TAG}{tag}"), format!("#{tag}")))
            .collect(),
        folders: folders
            .map(|folder| choice(format!("{FOLDER}{folder}"), folder))
            .collect(),
        heading: wanted.heading.clone(),
        error,
        minutes: AT_THE_EDGE.iter().sum::<u32>() / 60,
    })
}

fn row(app: &AppState, share: &Share) -> OpenRow {
    let token = share.token(&app.secret);
    let formats = Format::of(&share.what);
    let links = token.iter().flat_map(|token| {
        formats.iter().skip(1).map(|format| FollowLink {
            label: match format {
                Format::Atom => "Atom",
                Format::Json => "JSON Feed",
                Format::Opml | Format::Html => "OPML",
            },
            kind: "",
            is_feed: *format != Format::Opml,
            href: address(app, token, *format),
        })
    });
    OpenRow {
        id: share.id.clone(),
        name: name_of(&share.what),
        heading: share.manner.heading.clone(),
        since: msg("shared-since")
            .text("date", words::date(share.since))
            .into(),
        is_sealed: token.is_none(),
        links: links.collect(),
        is_private: formats.is_empty(),
        page: token.as_ref().map(|token| match formats.is_empty() {
            true => private_address(app, token),
            false => address(app, token, Format::Html),
        }),
    }
}

/// Opens something. One read for each that is open, and one write.
pub(super) async fn open(
    State(app): State<AppState>,
    current: CurrentUser,
    client: ClientAddress,
    Form(wanted): Form<Wanted>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let tags = tags_of(&app, &shelf).await?;
    let what = match wanted.what.as_str() {
        "starred" => Some(What::Starred),
        other => match (other.strip_prefix(TAG), other.strip_prefix(FOLDER)) {
            (Some(tag), _) => tags.get(&tag.to_lowercase()).cloned().map(What::Tag),
            (_, Some(folder)) => {
                let path = typed_folder(folder);
                shelf
                    .folders()
                    .contains(&path)
                    .then_some(What::Folder(path))
            }
            _ => None,
        },
    };
    let what = what.or(match wanted.what.as_str() {
        "edition" => Some(What::Edition),
        "digest" => Some(What::Digest),
        _ => None,
    });
    let Some(what) = what else {
        return refused(&app, &current, &wanted, t("shared-choose").into()).await;
    };
    let manner = Manner::new(&wanted.heading, words::locale::language());
    if wanted.heading.trim().chars().count() > HEADING_CHARS {
        let error = msg("shared-long").number("n", HEADING_CHARS);
        return refused(&app, &current, &wanted, error.into()).await;
    }
    let keys = (&app.secret, &app.random);
    let now = app.clock.now();
    let line = own_line(&app, Event::ShareOpened, client.0, (current.user.id, ""));
    match share::open(
        &app.store,
        keys,
        now,
        current.user.id,
        (&what, &manner),
        line,
    )
    .await
    {
        Ok(_) => Ok(flash::redirect(HERE, t("shared-opened"), None)),
        Err(ShareError::TooMany) => {
            let error = msg("shared-too-many").number("n", MAX_SHARES);
            refused(&app, &current, &wanted, error.into()).await
        }
        Err(ShareError::Store(error)) => Err(error.into()),
    }
}

/// The page again, as it was filled in, with what is wrong. Nothing is stored.
async fn refused(
    app: &AppState,
    current: &CurrentUser,
    wanted: &Wanted,
    error: String,
) -> HandlerResult<Response> {
    let page = page(app, current, wanted, Some(error)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

/// Gives something another address. One read, two writes, one delete.
pub(super) async fn renew(
    State(app): State<AppState>,
    current: CurrentUser,
    client: ClientAddress,
    Path(id): Path<String>,
) -> HandlerResult<Response> {
    let keys = (&app.secret, &app.random);
    let now = app.clock.now();
    let line = own_line(&app, Event::ShareRenewed, client.0, (current.user.id, ""));
    let renewed = share::renew(&app.store, keys, now, current.user.id, &id, line).await?;
    renewed.ok_or_else(Problem::not_found)?;
    Ok(flash::redirect(HERE, t("shared-renewed"), None))
}

/// Closes something. One read, one write, one delete.
pub(super) async fn close(
    State(app): State<AppState>,
    current: CurrentUser,
    client: ClientAddress,
    Path(id): Path<String>,
) -> HandlerResult<Response> {
    let line = own_line(&app, Event::ShareClosed, client.0, (current.user.id, ""));
    if !share::close(&app.store, current.user.id, &id, line).await? {
        return Err(Problem::not_found());
    }
    Ok(flash::redirect(HERE, t("shared-closed"), None))
}
