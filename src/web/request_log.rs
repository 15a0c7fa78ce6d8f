//! One wide line for each request, with what it cost; and the place where problems are drawn.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, header};

use super::problem::Problem;
use crate::app::AppState;
use crate::datastore::metered;

/// Meters a request, draws its problem if it has one, and logs it.
pub(super) async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let began = tokio::time::Instant::now();
    let request_id = app.chance.hex::<6>();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>();
    // The table's path, not the reader's: what somebody reads is nobody's business.
    let route = matched.map_or("-", MatchedPath::as_str).to_owned();
    let path = request.uri().path();
    let accepts_json = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.starts_with("application/json"));
    let for_program = ["/api/", "/cron/", "/marks", "/pulse"]
        .iter()
        .any(|p| path.starts_with(p));
    let (mut response, cost) = metered(next.run(request)).await;
    let problem = response.extensions_mut().remove::<Problem>();
    let problem = problem.or_else(|| Problem::of_plain(&response));
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
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("x-request-id", id);
    }
    let status = response.status().as_u16();
    let duration_ms = began.elapsed().as_secs_f64() * 1_000.0;
    let (reads, writes, deletes) = (cost.reads, cost.writes, cost.deletes);
    match log {
        Some(error) => tracing::error!(
            request.id = request_id, http.method = %method, http.route = route, http.status = status,
            duration_ms, store.reads = reads, store.writes = writes, store.deletes = deletes,
            error, "request failed"
        ),
        None => tracing::info!(
            request.id = request_id, http.method = %method, http.route = route, http.status = status,
            duration_ms, store.reads = reads, store.writes = writes, store.deletes = deletes,
            "request"
        ),
    }
    response
}
