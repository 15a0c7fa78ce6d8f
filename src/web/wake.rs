//! The first request of an instance: it opens the store, and whoever comes meanwhile waits with it.
//!
//! At start nothing is opened but the port. A page that would have to wait longer than a blink is answered with a light
//! one which asks again at once; that second request is marked and waits until the end, so that it can't go round.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{OriginalUri, Request, State};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, Uri, header};
use tokio::sync::OnceCell;
use tower::ServiceExt;

use super::pages::Html;
use super::problem::Problem;
use super::view::{Frame, WakingPage};
use super::{assets, door, health, router};
use crate::app::{App, AppState, Parts, StartError};
use crate::datastore::StoreError;

/// As long as a reader may look at a blank page.
const BLINK: Duration = Duration::from_millis(300);
/// As long as a request waits for the store to open.
const PATIENCE: Duration = Duration::from_secs(25);
/// Marks the request that the waiting page makes.
const MARK: &str = "waking=1";

#[derive(Debug)]
struct Sleeper {
    parts: Parts,
    awake: OnceCell<Router>,
}

/// The whole service over parts of which nothing has been opened yet.
pub fn service(parts: Parts) -> Router {
    let sleeper = Arc::new(Sleeper {
        parts,
        awake: OnceCell::new(),
    });
    Router::new()
        .fallback(answer)
        .with_state(sleeper)
        .layer(from_fn(door::security_headers))
}

impl Sleeper {
    /// The router, opened by the first who asks. If that request goes away, the next one begins anew.
    async fn router(&self) -> Result<Router, StartError> {
        let open = || async {
            self.parts.store.connect().await?;
            let app = App::new(self.parts.clone()).await?;
            Ok::<_, StartError>(router(AppState::new(app)))
        };
        self.awake.get_or_try_init(open).await.cloned()
    }
}

async fn answer(State(sleeper): State<Arc<Sleeper>>, mut request: Request) -> Response {
    let path = request.uri().path();
    if health::PATHS.contains(&path) {
        return health::healthz().await.into_response();
    }
    if let Some(rest) = path.strip_prefix("/static/")
        && !sleeper.awake.initialized()
        && let Some((version, path)) = rest.split_once('/')
    {
        let file = (version.to_owned(), path.to_owned());
        return assets::file(axum::extract::Path(file))
            .await
            .into_response();
    }
    let is_second = unmark(&mut request);
    let wants_page = request.method() == Method::GET && accepts_html(&request);
    let patience = if wants_page && !is_second {
        BLINK
    } else {
        PATIENCE
    };
    match tokio::time::timeout(patience, sleeper.router()).await {
        Ok(Ok(router)) => {
            let Ok(response) = router.oneshot(request).await;
            response
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "the store can't be opened");
            Problem::from(error).draw(!wants_page, "waking")
        }
        Err(_) if wants_page && !is_second => waking_page(request.uri()),
        Err(_) => {
            let error = StoreError::Unavailable("not open in time".into());
            tracing::error!(%error, "the store can't be opened");
            Problem::from(error).draw(!wants_page, "waking")
        }
    }
}

fn accepts_html(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT);
    let accept = accept.and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Takes the mark off a request's address; answers whether it was there.
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
    let page = WakingPage {
        frame: Frame::signed_out("Waking up", assets::assets().clone()),
        again: format!("{whole}{joint}{MARK}"),
    };
    let mut response = (StatusCode::OK, Html(page)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
