//! The four surfaces: pages, API, cron, and static files.
//!
//! Each has one table of routes. The router is built from these tables, and the tests that call every route use them.

mod actions;
mod activity;
pub mod api;
mod as_wanted;
pub mod assets;
pub mod auth;
mod barred;
mod below;
pub mod body_guard;
mod browser;
mod by_token;
mod client_address;
pub mod cold_start;
mod cookies;
pub mod cron;
pub mod current_user;
mod due_letters;
mod edge;
mod embed_cards;
mod fever;
pub mod flash;
pub mod frame;
mod greader;
pub mod health;
mod hosts;
mod house_visit;
pub mod html;
pub mod icon;
mod image;
mod impatient;
pub mod keys;
mod letters;
pub mod listen;
pub mod pages;
mod params;
mod path_id;
pub mod problem;
mod program_paths;
mod proxy_sign_in;
pub mod request_guard;
pub mod request_log;
mod security;
mod seen_versions;
mod sending;
pub mod session_cookie;
mod session_start;
pub mod settled;
mod shared;
mod static_files;
pub mod view;
pub mod visitor;
pub mod websub;
pub mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::MethodRouter;
use http::Uri;
use tower::{Layer, ServiceBuilder};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use crate::app::AppState;
use crate::config::Images;

/// Maximum bytes of a request's body, except for OPML uploads.
const BODY_BYTES: usize = 1_024 * 1_024;

/// The level at which answers are packed, by zstd where the client takes it, else by brotli or gzip: higher ones cost more
/// time than the page itself.
const PACKING: i32 = 1;

/// One row of a route table.
#[derive(Debug)]
pub struct Route {
    /// The methods, separated by commas: `GET` or `GET, POST`.
    pub methods: &'static str,
    /// The path in axum's syntax: `/feed/{feed}`.
    pub path: &'static str,
    /// The handlers of these methods.
    pub handler: MethodRouter<AppState>,
}

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

/// The routes of all surfaces.
pub fn routes() -> Vec<Route> {
    let mut all = pages::routes();
    all.extend(auth::routes());
    all.extend(api::routes());
    all.extend(greader::routes());
    all.extend(fever::routes());
    all.extend(cron::routes());
    all.extend(crate::web::static_files::routes());
    all.extend(icon::routes());
    all.extend(image::routes());
    all.extend(shared::routes());
    all.extend(health::routes());
    all.extend(websub::routes());
    all
}

/// The router of the whole service, with its middleware.
pub fn router(app: AppState) -> Router {
    let policy =
        request_guard::Headers::of(app.is_secure(), app.config.server.images == Images::Proxy);
    let mut router = Router::new();
    for route in routes() {
        router = router.route(route.path, route.handler);
    }
    let packing = CompressionLayer::new()
        .quality(CompressionLevel::Precise(PACKING))
        // Backups are large, and already compressed for the most part.
        .compress_when(
            DefaultPredicate::new()
                .and(NotForContentType::const_new("application/octet-stream"))
                .and(edge::is_to_be_packed),
        );
    let root = below::Root::of(&app.base_url, &app.config.server);
    let put = root
        .clone()
        .map(|root| from_fn_with_state(root, below::put));
    // From the outermost to the innermost, and around each route once: layer by layer, wrapping all routes took most of a
    // start.
    let around = ServiceBuilder::new()
        .layer(packing)
        .option_layer(put)
        .layer(from_fn_with_state(policy, request_guard::security_headers))
        .layer(from_fn(words::locale::layer))
        .layer(from_fn_with_state(app.clone(), request_log::layer))
        .layer(from_fn_with_state(app.clone(), hosts::layer))
        .layer(from_fn(request_guard::head))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn_with_state(app.clone(), body_guard::layer))
        .layer(from_fn_with_state(app.clone(), flash::layer))
        .layer(from_fn_with_state(app.clone(), request_guard::same_origin))
        .layer(from_fn_with_state(
            app.clone(),
            session_cookie::with_older_key,
        ))
        .layer(session_cookie::layer(&app))
        .layer(DefaultBodyLimit::max(BODY_BYTES));
    let router = router
        .fallback(problem::no_such_page)
        .layer(around)
        .with_state(app);
    // Programs make addresses of their own of the one that is typed: those lead to the routes before any is looked for.
    let known = axum::middleware::map_request(async |mut request: axum::extract::Request| {
        if let Some(uri) = programs_own(request.uri()) {
            *request.uri_mut() = uri;
        }
        request
    });
    let whole = Router::new().fallback_service(known.layer(router));
    match root {
        Some(root) => whole.layer(from_fn_with_state(root, below::strip)),
        None => whole,
    }
}

/// The address that one of a program's own making stands for; `None` for all others.
fn programs_own(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    // Twice where an app adds it itself, and with slashes where an address was typed with one at its end.
    let bare = path.trim_start_matches(greader::ALIAS);
    let rest = bare.trim_start_matches('/');
    // Nothing else stands there: a page would answer a program with the way to the sign-in.
    let is_google = rest.starts_with("accounts/") || rest.starts_with("reader/");
    let one_slash = (bare.len() - rest.len()).checked_sub(1);
    let below = match one_slash.and_then(|at| bare.get(at..)) {
        Some(rest) if is_google => rest,
        _ if fever::ALIASES.contains(&path) => fever::PATH,
        _ => path,
    };
    let meant = greader::without_slash(below);
    if meant == path {
        return None;
    }
    let path = meant;
    let query = uri
        .query()
        .map_or(String::new(), |query| format!("?{query}"));
    let place = format!("{path}{query}").parse().ok()?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(place);
    Uri::from_parts(parts).ok()
}
