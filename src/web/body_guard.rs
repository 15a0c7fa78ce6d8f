//! Requests' bodies: how long they may take to arrive, and how much of them the process holds at the same time.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http_body::{Frame, SizeHint};

use super::problem::Problem;
use crate::app::AppState;
use crate::limits::HeldShare;

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);
/// The same for an OPML file, of up to 10 MB, and for a part of an export, of up to 30.
const FILE_TIMEOUT: Duration = Duration::from_secs(90);
/// One request's body.
#[derive(Debug)]
struct Share {
    held: HeldShare,
    fault: AtomicU8,
}

const TOO_SLOW: u8 = 1;
const NO_ROOM: u8 = 2;

impl Share {
    fn fail(&self, fault: u8) -> axum::Error {
        self.fault.store(fault, Ordering::Relaxed);
        axum::Error::new(std::io::Error::other("the body was not taken"))
    }
}

/// A body that ends with an error when it is too slow, or there is no room for it.
struct Guarded {
    body: Body,
    share: Arc<Share>,
    deadline: Pin<Box<tokio::time::Sleep>>,
}

impl http_body::Body for Guarded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
            && !self.share.held.take(data.len())
        {
            return Poll::Ready(Some(Err(self.share.fail(NO_ROOM))));
        }
        if polled.is_pending() && self.deadline.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err(self.share.fail(TOO_SLOW))));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Guards the body of every request that has one.
pub(super) async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    if http_body::Body::is_end_stream(request.body()) {
        return next.run(request).await;
    }
    let share = Arc::new(Share {
        held: HeldShare::of(&app.held_bytes),
        fault: AtomicU8::new(0),
    });
    let timeout = match request.uri().path() {
        "/import" | "/api/v1/opml" | "/settings/data/import" => FILE_TIMEOUT,
        _ => BODY_TIMEOUT,
    };
    let kept = share.clone();
    let request = request.map(|body| {
        Body::new(Guarded {
            body,
            share,
            deadline: Box::pin(tokio::time::sleep(timeout)),
        })
    });
    let response = next.run(request).await;
    match kept.fault.load(Ordering::Relaxed) {
        TOO_SLOW => too_slow().into_response(),
        NO_ROOM => no_room().into_response(),
        _ => response,
    }
}

fn too_slow() -> Problem {
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "too_slow",
        "The request took too long to arrive",
        "Nothing of it was kept. Try again, with a better connection or in smaller parts.",
    )
}

fn no_room() -> Problem {
    Problem {
        retry_after: Some(5),
        ..Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "Too much is being sent at the moment",
            "Nothing of it was kept. Try again in some seconds.",
        )
    }
}
