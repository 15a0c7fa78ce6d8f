//! Under which names we may be asked: ours, so that no other name can be made to lead here (DNS rebinding).

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use url::{Host, Url};

use super::client_address;
use super::problem::Problem;
use super::security::{self, Event};
use crate::app::{App, AppState};

/// Paths for machines that prove themselves, or learn nothing, whatever name they use.
const FOR_MACHINES: [&str; 4] = ["/healthz", "/health", "/cron/", "/websub/"];
/// Paths of shared pages, which may have further names.
const SHARED: &str = "/s/";

/// Rejects requests without exactly one `Host` (RFC 9112, section 3.2), and those for hosts that aren't ours (RFC 9110,
/// section 15.5.20).
pub(super) async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let Some(host) = named(&request) else {
        let title = "The request names no host, or several";
        let problem = Problem::bad_request("bad_host", title, "Send exactly one Host header.");
        return problem.into_response();
    };
    let path = request.uri().path();
    let for_machines = FOR_MACHINES.iter().any(|known| path.starts_with(known));
    if for_machines || is_ours(&app, &host, path) {
        return next.run(request).await;
    }
    let address = client_address::of(&app, request.extensions(), request.headers());
    security::note(Event::HostRefused, address, None);
    let advice = format!(
        "Open {} instead. If this is another name of it, the administrator can set BASE_URL.",
        app.base_url
    );
    let status = StatusCode::MISDIRECTED_REQUEST;
    Problem::new(status, "other_host", "This isn’t our address", advice).into_response()
}

/// The one host that a request names.
fn named(request: &Request) -> Option<String> {
    let host = one(request.headers())?;
    // An address that is written out says the same (RFC 9112, section 3.2.2).
    let written = request.uri().authority().map(|place| place.as_str());
    let agrees = written.is_none_or(|written| written.eq_ignore_ascii_case(&host));
    agrees.then_some(host)
}

fn one(headers: &HeaderMap) -> Option<String> {
    let mut all = headers.get_all(header::HOST).iter();
    let host = all.next()?.to_str().ok()?.trim();
    (all.next().is_none() && !host.is_empty()).then(|| host.to_ascii_lowercase())
}

fn is_ours(app: &App, host: &str, path: &str) -> bool {
    let server = &app.config.server;
    let scheme = app.base_url.scheme();
    // The same parser as everywhere: what it takes for the host is what counts.
    let Ok(asked) = Url::parse(&format!("{scheme}://{host}/")) else {
        return false;
    };
    let has_more = asked.path() != "/" || asked.username() != "" || asked.query().is_some();
    if has_more || asked.fragment().is_some() {
        return false;
    }
    let place = |url: &Url| {
        let name = url.host_str().unwrap_or_default().trim_end_matches('.');
        (name.to_owned(), url.port_or_known_default())
    };
    if place(&asked) == place(&app.base_url) {
        return true;
    }
    if path.starts_with(SHARED) && server.also_hosts.iter().any(|known| known == host) {
        return true;
    }
    let is_ip = matches!(asked.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)));
    let is_loopback = match asked.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    // Port 0 stands for one that was free at the start, which is in the address if nobody named another.
    let own_port = match (server.port, &server.base_url) {
        (0, None) => app.base_url.port_or_known_default(),
        (0, Some(_)) => asked.port_or_known_default(),
        (port, _) => Some(port),
    };
    let has_our_port = asked.port_or_known_default() == own_port;
    // An address can't be rebound, only a name can.
    let by_number = is_ip && server.base_url.is_none();
    let at_home = is_loopback && (server.host.is_loopback() || server.base_url.is_none());
    has_our_port && (by_number || at_home)
}
