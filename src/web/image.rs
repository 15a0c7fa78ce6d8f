//! `GET /image/{address}`: a picture from an article, by way of us, so that its publisher sees this server and not who
//! reads (`IMAGES=proxy`).
//!
//! Only addresses that our own pages name are fetched: each is signed. They pass the same guard as feeds, have a limit of
//! size and time, are streamed and not stored, and are shown only if their first bytes are a picture's; SVG, which can
//! contain scripts, never is.

use std::borrow::Cow;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::stream::{self, Stream, StreamExt};
use http::{HeaderMap, StatusCode, header};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::client_address::ClientAddress;
use super::problem::{HandlerResult, Problem};
use super::{Route, browser, route};
use crate::app::{App, AppState};
use crate::config::Images;
use crate::html::{pictures, references, tags};
use crate::limits::{PictureCaller, PictureTurn};
use crate::sealed::{is_signed, signature};

/// Largest picture, in bytes.
const IMAGE_BYTES: usize = 10 * 1_024 * 1_024;
/// How long one may take, all of it.
const IMAGE_TIMEOUT: Duration = Duration::from_secs(20);
/// First bytes by which a picture is known.
const HEAD_BYTES: usize = 16;
/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 8;
/// The purpose of the signature.
const PURPOSE: &str = "image";
/// An image that is opened as a page can do nothing.
const POLICY: &str = "default-src 'none'; sandbox";

pub(super) fn routes() -> Vec<Route> {
    vec![route("GET", "/image/{address}", get(show))]
}

/// Whether pictures come through us here.
fn is_on(app: &App) -> bool {
    app.config.server.images == Images::Proxy
}

/// Hosts whose pictures always come through us: those of sites whose films and songs play here, and which aren't asked for
/// anything before they are pressed.
const PLAYERS: [&str; 6] = [
    "ytimg.com",
    "youtube.com",
    "vimeocdn.com",
    "sndcdn.com",
    "scdn.co",
    "bcbits.com",
];

/// Whether an address is at a player's host.
fn is_players(address: &str) -> bool {
    let host = Url::parse(address).ok();
    let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
    PLAYERS.iter().any(|known| {
        let rest = host.strip_suffix(known);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// The address of a picture for a page: its own, or ours.
pub(super) fn through(app: &App, address: &str) -> String {
    let is_web = address.starts_with("http:") || address.starts_with("https:");
    if !is_web || !(is_on(app) || is_players(address)) {
        return address.to_owned();
    }
    let signature = signature(&app.secret, PURPOSE, address.as_bytes());
    let text = URL_SAFE_NO_PAD.encode([&signature, address.as_bytes()].concat());
    format!("/image/{text}")
}

/// A cleaned text in which all pictures come through us, if they do here.
pub(super) fn all_through(app: &App, html: String) -> String {
    if !is_on(app) && !PLAYERS.iter().any(|host| html.contains(host)) {
        return html;
    }
    let mut out = String::with_capacity(html.len() * 2);
    let mut rest = html.as_str();
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let tag = &rest[at..];
        let end = tags::end(tag).unwrap_or(tag.len());
        let (tag, after) = tag.split_at(end);
        let shows = ["<img ", "<source ", "<video "];
        match shows.iter().any(|start| tag.starts_with(start)) {
            true => out.push_str(&tag_through(app, tag)),
            false => out.push_str(tag),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The same for one tag, which the cleaner wrote: each value is in double quotes.
fn tag_through<'t>(app: &App, tag: &'t str) -> Cow<'t, str> {
    let names: &[&str] = match tag {
        _ if tag.starts_with("<img ") => &[" src=\"", " srcset=\""],
        _ if tag.starts_with("<video ") => &[" poster=\""],
        // The source of a picture has a set; that of a film is a film.
        _ => &[" srcset=\""],
    };
    let mut tag = Cow::Borrowed(tag);
    for name in names {
        let Some((before, rest)) = tag.split_once(name) else {
            continue;
        };
        let Some((value, after)) = rest.split_once('"') else {
            continue;
        };
        let value = references::unescape(value);
        let ours = match name.contains("srcset") {
            true => set_through(app, &value),
            false => through(app, &value),
        };
        tag = Cow::Owned(format!("{before}{name}{}\"{after}", escaped(&ours)));
    }
    tag
}

fn set_through(app: &App, set: &str) -> String {
    let one = |candidate: &str| {
        let candidate = candidate.trim();
        let (address, size) = candidate.split_once(' ').unwrap_or((candidate, ""));
        format!("{} {size}", through(app, address))
            .trim_end()
            .to_owned()
    };
    // The cleaner writes a comma and a space between two.
    let all: Vec<String> = set.split(", ").map(one).collect();
    all.join(", ")
}

fn escaped(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;")
}

/// The address that a page of ours named.
fn named(app: &App, text: &str) -> Option<Url> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (signed, address) = bytes.split_at_checked(SIGNATURE_BYTES)?;
    if !is_signed(&app.secret, PURPOSE, address, signed) {
        return None;
    }
    Url::parse(std::str::from_utf8(address).ok()?).ok()
}

/// The picture; no store operation.
async fn show(
    State(app): State<AppState>,
    address: ClientAddress,
    Path(text): Path<String>,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let url = named(&app, &text).filter(|url| is_on(&app) || is_players(url.as_str()));
    let url = url.ok_or_else(Problem::not_found)?;
    let deadline = Instant::now() + IMAGE_TIMEOUT;
    // It never changes as far as a page is concerned.
    if headers.contains_key(header::IF_NONE_MATCH) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let caller = match browser::known(&app, &headers) {
        Some(known) => PictureCaller::User(known.user),
        None => PictureCaller::Address(address.0),
    };
    let turn = timeout_at(deadline, app.pictures.wait(caller)).await;
    let Ok(Some(turn)) = turn else {
        return Err(not_shown());
    };
    let web = app.refresh_context()?.web;
    let asked = timeout_at(deadline, web.image(&url, app.clock.now())).await;
    let Ok(Ok(response)) = asked else {
        return Err(not_shown());
    };
    let mut parts = Box::pin(response.bytes_stream());
    let mut head = Vec::new();
    while head.len() < HEAD_BYTES
        && let Ok(Some(Ok(part))) = timeout_at(deadline, parts.next()).await
    {
        head.extend_from_slice(&part);
    }
    let Some(kind) = pictures::sniff(&head) else {
        return Err(not_shown());
    };
    let rest = bounded(parts, head.len(), deadline, turn);
    let all = stream::once(async { Ok(Bytes::from(head)) }).chain(rest);
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "private, max-age=604800, immutable"),
        (header::ETAG, "\"1\""),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, Body::from_stream(all)).into_response())
}

/// A picture for a book: its media type and its bytes, at most `most`. `None` if it can't be had by then, is larger, or is none. No
/// store operation.
pub(super) async fn taken(
    app: &App,
    user: i64,
    address: &str,
    most: usize,
    deadline: Instant,
) -> Option<(&'static str, Vec<u8>)> {
    let url = Url::parse(address)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let turn = timeout_at(deadline, app.pictures.wait(PictureCaller::User(user))).await;
    let _turn = turn.ok()??;
    let web = app.refresh_context().ok()?.web;
    let asked = timeout_at(deadline, web.image(&url, app.clock.now())).await;
    let mut parts = Box::pin(asked.ok()?.ok()?.bytes_stream());
    let mut bytes = Vec::new();
    while let Some(part) = timeout_at(deadline, parts.next()).await.ok()? {
        bytes.extend_from_slice(&part.ok()?);
        if bytes.len() > most {
            return None;
        }
    }
    Some((pictures::sniff(&bytes)?, bytes))
}

/// What follows, up to the limits of size and time, beyond which the response breaks off.
fn bounded<S, E>(
    parts: std::pin::Pin<Box<S>>,
    had: usize,
    deadline: Instant,
    turn: PictureTurn,
) -> impl Stream<Item = std::io::Result<Bytes>>
where
    S: Stream<Item = Result<Bytes, E>> + ?Sized,
    E: std::error::Error + Send + Sync + 'static,
{
    stream::try_unfold(
        (parts, had, turn),
        move |(mut parts, had, turn)| async move {
            let next = timeout_at(deadline, parts.next()).await;
            let next = next.map_err(|_| std::io::Error::other("too slow"))?;
            let Some(part) = next.transpose().map_err(std::io::Error::other)? else {
                return Ok(None);
            };
            let had = had + part.len();
            match had > IMAGE_BYTES {
                true => Err(std::io::Error::other("too large")),
                false => Ok(Some((part, (parts, had, turn)))),
            }
        },
    )
}

/// What went wrong isn't told: who chose the address may want to know what is in this network.
fn not_shown() -> Problem {
    let advice = "Open the article at its site to see it.";
    let status = StatusCode::BAD_GATEWAY;
    Problem::new(status, "no_image", "The picture can’t be shown", advice)
}
