//! `GET /s/TOKEN`: what a user has opened to others, as a page, and with `.atom`, `.json` or `.opml` after it for programs.
//!
//! Made to be kept by a cache between us and the visitor: the same for everybody, without cookies. Without such a cache it is
//! rendered once, too, and kept in memory, plain and packed, until it says something else.

mod feeds;
pub(super) mod page;

use std::io::Write as _;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use sha2::{Digest, Sha256};
use url::Url;

use super::edge::{AsItIs, PRIVATE, SHARED, SHARED_NOTHING, Tag, http_date, is_since, takes};
use super::problem::{HandlerResult, Problem};
use super::{Route, route};
use crate::app::{App, AppState};
use crate::datastore::{Loaded, StoreError};
use crate::random::hex;
use crate::shelf::shared::{Listing, PAGES, Page, listing, memo};
use crate::timestamp::Timestamp;
use crate::users::share::{self, Share, What};

/// What all their addresses begin with.
pub(super) const BELOW: &str = "/s/";

pub(super) fn routes() -> Vec<Route> {
    vec![route("GET", "/s/{name}", get(show))]
}

/// As what something is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Html,
    Atom,
    Json,
    Opml,
}

impl Format {
    /// What follows the token in its address.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Html => "",
            Self::Atom => ".atom",
            Self::Json => ".json",
            Self::Opml => ".opml",
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
            Self::Opml => "text/x-opml; charset=utf-8",
        }
    }

    /// The formats that something has; none if it has no page here.
    pub(super) fn of(what: &What) -> &'static [Self] {
        match what {
            What::Starred | What::Tag(_) => &[Self::Html, Self::Atom, Self::Json],
            What::Folder(_) => &[Self::Html, Self::Opml],
            What::Edition | What::Digest => &[],
        }
    }
}

/// The address of something that is open: under the name for that, if there is one.
pub(super) fn address(app: &App, token: &str, format: Format) -> String {
    let mut url = app.base_url.clone();
    let mut path = format!("{BELOW}{token}{}", format.ending());
    let also = app.config.server.also_hosts.first();
    let also = also.and_then(|host| Url::parse(&format!("{}://{host}/", url.scheme())).ok());
    match also {
        Some(other) => url = other,
        None => path = app.path_of(&path),
    }
    url.set_path(&path);
    url.into()
}

/// The address of a private feed.
pub(super) fn private_address(app: &App, token: &str) -> String {
    let mut url = app.base_url.clone();
    url.set_path(&app.path_of(&format!("{PRIVATE}{token}.atom")));
    url.into()
}

/// One that is open, in one of its formats. Cold three reads or four, warm none.
async fn show(
    State(app): State<AppState>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let (token, format) = match name.rsplit_once('.') {
        None => (name.as_str(), Some(Format::Html)),
        Some((token, "atom")) => (token, Some(Format::Atom)),
        Some((token, "json")) => (token, Some(Format::Json)),
        Some((token, "opml")) => (token, Some(Format::Opml)),
        Some((token, _)) => (token, None),
    };
    let Some(format) = format else {
        return Ok(nothing());
    };
    let share = share::find(&app.store, &app.secret, token).await?;
    let share = share.filter(|share| Format::of(&share.what).contains(&format));
    let Some(share) = share else {
        return Ok(nothing());
    };
    let listing = listing(&app.store, &share).await?;
    let page = rendered(&app, &share, (token, format), &listing).await?;
    Ok(answer(&headers, &page))
}

/// A page, rendered by one of many who ask at the same time, and once for what it says.
async fn rendered(
    app: &App,
    share: &Share,
    (token, format): (&str, Format),
    listing: &Listing,
) -> Result<Arc<Page>, Problem> {
    let print = listing.print.to_string();
    // A newer program may draw it otherwise, and has other files.
    let program = super::assets::version();
    let key = memo(&[&share.id, format.kind(), &print, program]);
    let render = async {
        let text = match format {
            Format::Html => page::html(app, share, token, listing),
            Format::Atom => Ok(feeds::atom(app, share, token, listing)),
            Format::Json => Ok(feeds::json(app, share, token, listing)),
            Format::Opml => Ok(feeds::opml(app, share, listing)),
        };
        let text = text.map_err(|error| StoreError::Invalid(error.to_string()))?;
        let page = packed(app, share, format, text)?;
        let bytes = page.bytes();
        Ok(Loaded::new(page, bytes))
    };
    Ok(app.store.get_or_load(&PAGES, key, render).await?)
}

fn packed(app: &App, share: &Share, format: Format, text: String) -> Result<Page, StoreError> {
    let fault = |error: std::io::Error| StoreError::Invalid(error.to_string());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).map_err(fault)?;
    let gzip = gzip.finish().map_err(fault)?;
    let zstd = zstd::encode_all(text.as_bytes(), 3).map_err(fault)?;
    let print = hex(&Sha256::digest(&text)[..16]);
    Ok(Page {
        kind: format.kind(),
        since: since(app, share, format, &print),
        print,
        plain: text.into_bytes().into(),
        gzip: gzip.into(),
        zstd: zstd.into(),
    })
}

/// Since when a page says what it says, as far as this instance knows: otherwise since now, so that nobody who has an older one
/// is told that nothing changed.
fn since(app: &App, share: &Share, format: Format, print: &str) -> Timestamp {
    let now = app.clock.now();
    let Some(cache) = app.store.cache() else {
        return now;
    };
    let key = memo(&["since", &share.id, format.kind()]);
    let before = cache.recall::<(String, Timestamp)>(&PAGES, key);
    if let Some(known) = before.as_deref().filter(|(known, _)| known == print) {
        return known.1;
    }
    if let Some(start) = cache.before(&PAGES) {
        let known = Arc::new((print.to_owned(), now));
        cache.offer(&PAGES, &start, key, known, 150);
    }
    now
}

fn answer(headers: &HeaderMap, page: &Page) -> Response {
    let (packing, bytes) = match () {
        () if takes(headers, "zstd") => (Some("zstd"), &page.zstd),
        () if takes(headers, "gzip") => (Some("gzip"), &page.gzip),
        () => (None, &page.plain),
    };
    let tag = match packing {
        Some(packing) => Tag::of_packed(&page.print, packing),
        None => Tag::of_plain(&page.print),
    };
    let mut response = match tag.is_known(headers) || is_since(headers, page.since) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => {
            let body = Body::from(Bytes::from_owner(bytes.clone()));
            let kind = [(header::CONTENT_TYPE, page.kind)];
            let packing = packing.map(|name| [(header::CONTENT_ENCODING, name)]);
            (kind, packing, body).into_response()
        }
    };
    let more = [(header::LAST_MODIFIED, http_date(page.since))];
    response.headers_mut().extend(tag.header());
    (more, for_all(response, SHARED)).into_response()
}

/// The answer to an address that opens nothing, or nothing any more; the same for both.
fn nothing() -> Response {
    match page::nothing() {
        Ok(html) => {
            let kind = [(header::CONTENT_TYPE, Format::Html.kind())];
            let response = (StatusCode::NOT_FOUND, kind, html).into_response();
            for_all(response, SHARED_NOTHING)
        }
        Err(error) => Problem::internal(&error).into_response(),
    }
}

/// What all of them have: who may keep it, that no search engine lists it, and that its address isn't told to others.
fn for_all(mut response: Response, keep: &'static str) -> Response {
    response.extensions_mut().insert(AsItIs);
    let headers = [
        (header::CACHE_CONTROL.as_str(), keep),
        (header::VARY.as_str(), "accept-encoding"),
        ("x-robots-tag", "noindex"),
        (header::REFERRER_POLICY.as_str(), "no-referrer"),
    ];
    (headers, response).into_response()
}
