//! The listening socket and its connections, which are all futures of one loop: nothing outlives it.
//!
//! A connection that sends no request within [`HEADER_TIMEOUT`] is closed, the first time and between two requests, and one
//! that takes nothing of its answer for [`TAKING_TIMEOUT`]. Above
//! [`MAX_CONNECTIONS`] a request is answered with 503, and above twice that nobody is let in until somebody goes.
//!
//! A server that may sleep ends its loop when nobody came for a while. Nothing runs for that: the loop, which waits for the next
//! connection anyway, waits no longer than that.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{FuturesUnordered, StreamExt};
use http::{HeaderValue, Request, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::Instant;
use tower::ServiceExt;

use super::activity::Activity;
use super::impatient::Impatient;

/// How long a client may take to send the head of a request, and a connection may be idle.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// The same for a connection that is told to come back later.
const SHED_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a client may take nothing of its answer.
pub const TAKING_TIMEOUT: Duration = Duration::from_secs(20);
/// Connections that are served at the same time.
pub const MAX_CONNECTIONS: usize = 1_024;
/// Files that are kept for the store and for requests to publishers, when the limit of open files is low.
const OTHER_FILES: usize = 192;
/// How long nothing is accepted after that failed: there may be too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Raises the limit of open files to what the system allows, and returns how many connections are served at once.
pub fn make_room() -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let mut most = limit.current;
    if limit.current != limit.maximum {
        let raised = rustix::process::Rlimit {
            current: limit.maximum,
            ..limit
        };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            most = limit.maximum;
        }
    }
    let most = most.and_then(|most| usize::try_from(most).ok());
    let most = most.unwrap_or(usize::MAX);
    // Those that are turned away have connections, too.
    MAX_CONNECTIONS.min(most.saturating_sub(OTHER_FILES).max(most / 4) / 2)
}

/// Accepts connections and answers their requests, until `leaving` says so and all requests in progress are answered.
///
/// With `idle`, also until nobody came for so long. Calls to `/cron/…` don't count as somebody: a server that they alone have woken ends
/// when they are answered.
///
/// Whoever connects as it ends is let in first; later ones wait in the socket, if another process keeps it.
pub async fn listen(
    listener: TcpListener,
    router: Router,
    most: usize,
    mut leaving: watch::Receiver<bool>,
    idle: Option<Duration>,
) {
    let activity = Activity::new(Instant::now());
    let mut connections = FuturesUnordered::new();
    let mut is_leaving = *leaving.borrow_and_update();
    while !(is_leaving && connections.is_empty()) {
        let is_open = !is_leaving && connections.len() < 2 * most;
        let may_sleep = idle.filter(|_| connections.is_empty());
        let over = may_sleep.and_then(|idle| activity.over(idle));
        tokio::select! {
            biased;
            accepted = accept(&listener), if is_open => {
                let Some((stream, peer)) = accepted else { continue };
                let is_welcome = connections.len() < most;
                let router = is_welcome.then(|| router.clone());
                connections.push(serve(stream, peer, router, leaving.clone(), &activity));
            }
            Some(()) = connections.next() => {}
            () = until(over), if over.is_some() => {
                tracing::info!("nobody came for a while: asleep");
                return;
            }
            changed = leaving.changed(), if !is_leaving => {
                is_leaving = changed.is_err() || *leaving.borrow_and_update();
            }
        }
    }
}

async fn until(over: Option<Instant>) {
    if let Some(over) = over {
        tokio::time::sleep_until(over).await;
    }
}

async fn accept(listener: &TcpListener) -> Option<(TcpStream, SocketAddr)> {
    match listener.accept().await {
        Ok((stream, peer)) => {
            let _ = stream.set_nodelay(true);
            Some((stream, peer))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection couldn’t be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// One connection, from the first request to the last; without a router each is told to come back later.
async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    router: Option<Router>,
    mut leaving: watch::Receiver<bool>,
    activity: &Activity,
) {
    let is_welcome = router.is_some();
    let answer = |mut request: Request<Incoming>| {
        let router = router.clone();
        let visit = activity.begins(request.uri().path(), Instant::now());
        request.extensions_mut().insert(ConnectInfo(peer));
        async move {
            let _visit = visit;
            match router {
                Some(router) => router.oneshot(request.map(Body::new)).await,
                None => Ok(too_many()),
            }
        }
    };
    let timeout = match is_welcome {
        true => HEADER_TIMEOUT,
        false => SHED_TIMEOUT,
    };
    let stream = Impatient::new(stream, TAKING_TIMEOUT);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeout)
        .keep_alive(is_welcome)
        .serve_connection(TokioIo::new(stream), service_fn(answer));
    let mut connection = pin!(connection);
    tokio::select! {
        // A client that goes away or is too slow is its own affair.
        _ = connection.as_mut() => return,
        _ = leaving.wait_for(|leaving| *leaving) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

fn too_many() -> Response {
    let text = "Too many connections at the moment. Try again in some seconds.\n";
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}
