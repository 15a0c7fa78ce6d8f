//! An instance's first request opens the store; requests that arrive meanwhile wait for it.
//!
//! At start only the port is opened. A page request that would wait longer than `BLINK` gets a small page that repeats
//! the request at once. The repeated request is marked and waits until the store is open, so there is no loop.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{OriginalUri, Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, Uri, header};
use tokio::sync::OnceCell;
use tower::ServiceExt;

use super::below::{self, Root};
use super::html::Html;
use super::problem::Problem;
use super::view::{Frame, WakingPage};
use super::{assets, health, request_guard, router, words};
use crate::app::{App, AppState, Parts, StartError};
use crate::datastore::{Cost, StoreError, metered};

/// How long a page request waits before it gets the waiting page.
const BLINK: Duration = Duration::from_millis(300);
/// How long any other request waits for the store to open.
const OPEN_TIMEOUT: Duration = Duration::from_secs(25);
/// The query parameter that marks the request of the waiting page.
const MARK: &str = "waking=1";

#[derive(Debug)]
struct Sleeper {
    parts: Parts,
    root: Option<Root>,
    awake: OnceCell<Router>,
}

/// The whole service over a store that hasn't been opened yet.
pub fn service(parts: Parts) -> Router {
    // What the router answers has its own; these are for the answers before it.
    let is_https = parts.base_url.scheme() == "https" || parts.config.server.behind_proxy;
    let headers = request_guard::Headers::of(is_https, false);
    let root = Root::of(&parts.base_url, &parts.config.server);
    let sleeper = Arc::new(Sleeper {
        parts,
        root: root.clone(),
        awake: OnceCell::new(),
    });
    let whole = Router::new()
        .fallback(answer)
        .with_state(sleeper)
        .layer(from_fn_with_state(headers, request_guard::security_headers))
        .layer(axum::middleware::from_fn(words::locale::layer));
    match root {
        Some(root) => whole.layer(from_fn_with_state(root, below::strip)),
        None => whole,
    }
}

impl Sleeper {
    /// The router, built by the first request. If that is cancelled, the next one starts over.
    async fn router(&self) -> Result<Router, StartError> {
        let open = || async {
            self.parts.store.connect().await?;
            let app = App::new(self.parts.clone()).await?;
            Ok::<_, StartError>(router(AppState::new(app)))
        };
        let (opened, cost) = metered(self.awake.get_or_try_init(open)).await;
        if cost != Cost::default() {
            tracing::info!(
                operations.reads = cost.reads,
                operations.small = cost.small,
                operations.writes = cost.writes,
                operations.deletes = cost.deletes,
                "opened the store"
            );
        }
        opened.cloned()
    }
}

/// Answers a request, and logs it unless the router does.
async fn answer(State(sleeper): State<Arc<Sleeper>>, request: Request) -> Response {
    let began = tokio::time::Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let own = match (pass_on(&sleeper, request).await, &sleeper.root) {
        (Passed::On(response), _) => return response,
        (Passed::Not(response), None) => response,
        (Passed::Not(response), Some(root)) => root.put_into(&path, response).await,
    };
    let latency = format!("{:.6}s", began.elapsed().as_secs_f64());
    tracing::info!(
        httpRequest.requestMethod = method.as_str(),
        httpRequest.requestUrl = "-",
        httpRequest.status = own.status().as_u16(),
        httpRequest.latency = latency.as_str(),
        "answered before the router"
    );
    own
}

/// What answered the request.
enum Passed {
    /// The router, which logs it.
    On(Response),
    /// This module.
    Not(Response),
}

async fn pass_on(sleeper: &Sleeper, mut request: Request) -> Passed {
    let path = request.uri().path();
    if health::PATHS.contains(&path) {
        return Passed::Not(health::healthz(&sleeper.parts.store).await);
    }
    if let Some(file) = crate::web::static_files::at_root(path)
        && !sleeper.awake.initialized()
    {
        return Passed::Not(file);
    }
    if let Some(rest) = path.strip_prefix("/static/")
        && !sleeper.awake.initialized()
        && let Some((version, path)) = rest.split_once('/')
    {
        let file = axum::extract::Path((version.to_owned(), path.to_owned()));
        let headers = request.headers().clone();
        return Passed::Not(
            crate::web::static_files::file(file, headers)
                .await
                .into_response(),
        );
    }
    let is_second = unmark(&mut request);
    let wants_page = request.method() == Method::GET && accepts_html(&request);
    let is_first = wants_page && !is_second;
    let time_limit = if is_first { BLINK } else { OPEN_TIMEOUT };
    let error = match tokio::time::timeout(time_limit, sleeper.router()).await {
        Ok(Ok(router)) => {
            let Ok(response) = router.oneshot(request).await;
            return Passed::On(response);
        }
        Err(_) if is_first => return Passed::Not(waking_page(request.uri())),
        Ok(Err(error)) => error,
        Err(_) => StoreError::Unavailable("not open in time".into()).into(),
    };
    tracing::error!(%error, "the store can’t be opened");
    // Nobody has seen the request.
    Passed::Not(
        Problem::from(error)
            .of_reading()
            .draw(!wants_page, "waking"),
    )
}

fn accepts_html(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT);
    let accept = accept.and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Removes the mark from a request's address. Returns whether it was there.
fn unmark(request: &mut Request) -> bool {
    let query = request.uri().query().unwrap_or_default();
    if !query.split('&').any(|part| part == MARK) {
        return false;
    }
    let rest: Vec<&str> = query.split('&').filter(|part| *part != MARK).collect();
    let path = request.uri().path();
    let clean = match rest.as_slice() {
        [] => path.to_owned(),
        rest => format!("{path}?{}", rest.join("&")),
    };
    if let Ok(clean) = clean.parse::<Uri>() {
        request.extensions_mut().insert(OriginalUri(clean.clone()));
        *request.uri_mut() = clean;
    }
    true
}

fn waking_page(uri: &Uri) -> Response {
    let joint = if uri.query().is_some() { '&' } else { '?' };
    let whole = uri.path_and_query().map_or("/", |whole| whole.as_str());
    // A leading `//` would name another host.
    let whole = format!("/{}", whole.trim_start_matches(['/', '\\']));
    let page = WakingPage {
        frame: Frame::signed_out(words::t("cold-start-title"), assets::assets().clone()),
        again: format!("{whole}{joint}{MARK}"),
    };
    let mut response = (StatusCode::OK, Html(page)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
