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
pub mod session_cookie;
mod static_files;
pub mod view;
pub mod websub;
pub mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::MethodRouter;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use crate::app::AppState;

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
        .layer(session_cookie::layer(&app))
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
