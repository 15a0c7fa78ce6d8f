//! One log line per request, with its cost. This layer also renders problems.
//!
//! The line contains the route, never the address: what a user reads is private, and addresses may contain secrets.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, Method, header};

use super::problem::Problem;
use super::program_paths::is_by_token;
use super::{browser, seen_versions};
use crate::app::AppState;
use crate::datastore::cache::{patiently, telling};
use crate::datastore::{Cost, metered, within};
use crate::ids::UserId;
use crate::refresh::heavy::note_reader;

/// How long a request may wait for the store, all calls together. A scheduler's request gets the tick's time on top.
const STORE_DEADLINE: Duration = Duration::from_secs(30);

/// Meters a request, renders its problem if it has one, and logs it.
pub(super) async fn layer(
    State(app): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = tokio::time::Instant::now();
    let request_id = app.random.hex::<6>();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>();
    // The route's pattern, not the address: what a user reads is private.
    let route = matched.map_or("-", MatchedPath::as_str).to_owned();
    let path = request.uri().path().to_owned();
    let accepts_json = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.starts_with("application/json"));
    let by_token = is_by_token(&path);
    let for_program = by_token
        || ["/cron/", "/marks", "/pulse", "/websub/"]
            .iter()
            .any(|p| path.starts_with(p));
    let trace = trace(&app, &request);
    let time_limit = if path.starts_with("/cron/") {
        STORE_DEADLINE + app.config.fetch.tick_time
    } else {
        STORE_DEADLINE
    };
    // An open page's pulse refreshes, and waits for it gladly.
    if !["/cron/", "/websub/", "/pulse"]
        .iter()
        .any(|p| path.starts_with(p))
    {
        note_reader();
    }
    let seen = seen_versions::seen(&app, request.headers());
    let browser = browser::known(&app, request.headers());
    let sent = seen_versions::sent(request.headers());
    let who = RequestUser::default();
    request.extensions_mut().insert(who.clone());
    // Programs come every half hour, and needn't know what came in the last minutes.
    let patience = match by_token {
        true => app.config.server.api_heads_minutes,
        false => 0,
    };
    let answering = patiently(patience, telling(seen.clone(), next.run(request)));
    let ((mut response, changed), cost) = metered(within(time_limit, answering)).await;
    let problem = response.extensions_mut().remove::<Problem>();
    let problem = match problem.or_else(|| Problem::of_plain(&response)) {
        // A layer that could keep nothing, as the session's on a full disk, says no more than 500.
        Some(plain) if plain.is_internal() => Some(match app.store.health().await {
            Err(error) => error.into(),
            Ok(()) => plain,
        }),
        other => other,
    };
    let problem = match method {
        Method::GET | Method::HEAD => problem.map(Problem::of_reading),
        _ => problem,
    };
    let mut log = None;
    if let Some(problem) = problem {
        let cookies: Vec<_> = response
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .cloned()
            .collect();
        response = problem.draw(for_program || accepts_json, &request_id);
        for cookie in cookies {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        log = problem.log;
    }
    // One answer for everybody: an edge keeps none that sets cookies.
    let for_all = path.starts_with(super::shared::BELOW) || path.starts_with(super::edge::PRIVATE);
    if !for_all && !["/cron/", "/websub/"].iter().any(|p| path.starts_with(p)) {
        seen_versions::add_header(&app, (&seen, &sent), &changed, response.headers_mut());
    }
    if let Some(user) = who.get().filter(|_| !for_all && !by_token)
        && let Some(cookie) = browser::set(&app, browser.as_ref(), UserId(user), who.has_stars())
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    if for_all {
        response.headers_mut().remove(header::SET_COOKIE);
    }
    if app.config.server.server_timing {
        say_cost(&mut response, cost, began.elapsed());
    }
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("x-request-id", id);
    }
    app.tally.request(
        app.clock.now(),
        &format!("{} {route}", name_of(&method)),
        who.get(),
        cost,
    );
    let status = response.status().as_u16();
    let latency = format!("{:.6}s", began.elapsed().as_secs_f64());
    let (method, latency) = (method.as_str(), latency.as_str());
    let (reads, small, writes, deletes) = (cost.reads, cost.small, cost.writes, cost.deletes);
    match log {
        Some(error) => tracing::error!(
            trace,
            request_id,
            httpRequest.requestMethod = method,
            httpRequest.requestUrl = route,
            httpRequest.status = status,
            httpRequest.latency = latency,
            operations.reads = reads,
            operations.small = small,
            operations.writes = writes,
            operations.deletes = deletes,
            error,
            "request failed"
        ),
        None => tracing::info!(
            trace,
            request_id,
            httpRequest.requestMethod = method,
            httpRequest.requestUrl = route,
            httpRequest.status = status,
            httpRequest.latency = latency,
            operations.reads = reads,
            operations.small = small,
            operations.writes = writes,
            operations.deletes = deletes,
            "request"
        ),
    }
    response
}

/// A method's name in the usage log. Clients may invent methods, which are all recorded as `other`.
fn name_of(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PATCH
        | Method::PUT
        | Method::DELETE => method.as_str(),
        _ => "other",
    }
}

/// The request's user, once known: for the usage log, which identifies users by id, and for their browser's cookie.
#[derive(Clone, Debug, Default)]
pub(super) struct RequestUser(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    user: AtomicI64,
    has_stars: AtomicBool,
}

impl RequestUser {
    /// Sets the user.
    pub(super) fn is(&self, user: UserId) {
        self.0.user.store(user.0, Relaxed);
    }

    /// Forgets the user: their account is deleted by this request.
    pub(super) fn leaves(&self) {
        self.0.user.store(0, Relaxed);
    }

    /// Notes that the user has starred something.
    pub(super) fn has_starred(&self) {
        self.0.has_stars.store(true, Relaxed);
    }

    fn has_stars(&self) -> bool {
        self.0.has_stars.load(Relaxed)
    }

    fn get(&self) -> Option<i64> {
        Some(self.0.user.load(Relaxed)).filter(|&user| user != 0)
    }
}

/// Adds a `Server-Timing` header, for the browser's developer tools: the operations, and the time in milliseconds.
fn say_cost(response: &mut Response, cost: Cost, time: Duration) {
    let Cost {
        reads,
        small,
        writes,
        deletes,
    } = cost;
    let milliseconds = time.as_secs_f64() * 1_000.0;
    let text = format!(
        "reads;desc={reads}, small;desc={small}, writes;desc={writes}, deletes;desc={deletes}, \
         total;dur={milliseconds:.2}"
    );
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert("server-timing", value);
    }
}

/// The name of the request's trace in Google Cloud; empty if there is none.
fn trace(app: &AppState, request: &Request) -> String {
    let header = request.headers().get("x-cloud-trace-context");
    let id = header.and_then(|value| value.to_str().ok()?.split(['/', ';']).next());
    let fits = |id: &&str| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    match (id.filter(fits), app.config.store.project()) {
        (Some(id), Some(project)) => format!("projects/{project}/traces/{id}"),
        _ => String::new(),
    }
}
