//! The four surfaces: pages, API, cron, and the files that pages are made of.
//!
//! One table of routes for each; the router is built from them, and so are the tests that drive every one.

mod actions;
pub mod api;
pub mod assets;
pub mod auth;
pub mod cold_start;
pub mod cron;
pub mod flash;
pub mod frame;
pub mod health;
pub mod html;
pub mod icon;
pub mod pages;
mod path_id;
pub mod problem;
pub mod reader;
pub mod request_guard;
pub mod request_log;
mod seen_versions;
mod static_files;
pub mod view;
pub mod websub;
pub mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::MethodRouter;
use sha2::{Digest, Sha512};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_sessions::cookie::{Key, SameSite};
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::app::AppState;
use crate::users::session::{self, Sessions};

/// Bytes of a request's body, except for an OPML file's.
const BODY_BYTES: usize = 1_024 * 1_024;

/// One row of a table of routes.
#[derive(Debug)]
pub struct Route {
    /// `GET`, or several: `GET, POST`.
    pub methods: &'static str,
    /// As axum writes it: `/feed/{feed}`.
    pub path: &'static str,
    /// Who answers.
    pub handler: MethodRouter<AppState>,
}

/// Makes a row.
pub(crate) fn route(
    methods: &'static str,
    path: &'static str,
    handler: MethodRouter<AppState>,
) -> Route {
    Route {
        methods,
        path,
        handler,
    }
}

/// Every route there is.
pub fn routes() -> Vec<Route> {
    let mut all = pages::routes();
    all.extend(auth::routes());
    all.extend(api::routes());
    all.extend(cron::routes());
    all.extend(crate::web::static_files::routes());
    all.extend(icon::routes());
    all.extend(health::routes());
    all.extend(websub::routes());
    all
}

/// The whole service.
pub fn router(app: AppState) -> Router {
    let mut router = Router::new();
    for route in routes() {
        router = router.route(route.path, route.handler);
    }
    router
        .fallback(problem::no_such_page)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(session_layer(&app))
        .layer(axum::middleware::from_fn_with_state(
            app.clone(),
            request_guard::same_origin,
        ))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(axum::middleware::from_fn_with_state(
            app.clone(),
            request_log::layer,
        ))
        .layer(axum::middleware::from_fn(request_guard::security_headers))
        // A backup is large and holds compressed bodies: there is nothing to gain.
        .layer(CompressionLayer::new().compress_when(
            DefaultPredicate::new().and(NotForContentType::const_new("application/octet-stream")),
        ))
        .with_state(app)
}

/// Opens a session for a reader without a request, and answers with the cookie that names it: for reckoning with many.
///
/// # Errors
/// The store's, as a problem.
pub async fn open_session(
    app: &AppState,
    user: &crate::users::User,
) -> Result<String, problem::Problem> {
    let sessions = Sessions::new(app.store.clone(), app.clock.clone());
    let session = tower_sessions::Session::new(None, std::sync::Arc::new(sessions), None);
    reader::begin(app, &session, user).await?;
    let unsaved = |error| problem::Problem::internal(&error);
    session.save().await.map_err(unsaved)?;
    let id = session.id().map(|id| id.to_string()).unwrap_or_default();
    let mut jar = tower_sessions::cookie::CookieJar::new();
    jar.signed_mut(&cookie_key(app)).add((COOKIE, id));
    let signed = jar.get(COOKIE).map(|cookie| cookie.value().to_owned());
    Ok(format!("{COOKIE}={}", signed.unwrap_or_default()))
}

/// What sessions are named by in browsers.
const COOKIE: &str = "dormouse";

fn cookie_key(app: &AppState) -> Key {
    let mut hash = Sha512::new();
    hash.update(b"session cookie");
    hash.update(&app.secret);
    Key::from(&hash.finalize())
}

/// Sessions in the store, named by a signed cookie: a made-up one is refused before it costs a read.
fn session_layer(
    app: &AppState,
) -> SessionManagerLayer<Sessions, tower_sessions::service::SignedCookie> {
    let sessions = Sessions::new(app.store.clone(), app.clock.clone());
    SessionManagerLayer::new(sessions)
        .with_name(COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(app.is_secure())
        .with_expiry(Expiry::OnInactivity(time::Duration::days(session::DAYS)))
        .with_signed(cookie_key(app))
}
