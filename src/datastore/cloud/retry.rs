//! One call: a time limit on every attempt, and retries where they are safe.

use std::time::Duration;

use tonic::{Code, Request, Response, Status};

use super::channel::{Client, LazyChannel};
use crate::datastore::{StoreError, deadline};
use crate::random::Random;

/// The time limit for one attempt.
const ATTEMPT: Duration = Duration::from_secs(10);
/// The most attempts.
const ATTEMPTS: u32 = 6;
/// Half of the longest pause after the first attempt; each may be twice the one before.
const FIRST_RETRY_PAUSE: Duration = Duration::from_millis(50);

/// When a failed call may be retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RetryPolicy {
    /// The call changes nothing.
    Reading,
    /// The call changes something: only if the failed attempt certainly changed nothing.
    Writing,
    /// The call belongs to a transaction, which a failure may have ended.
    Never,
}

/// A call that didn't succeed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server refused it; nothing was done.
    Refused(Status),
    /// It was never sent; nothing was done.
    NotSent(StoreError),
    /// The connection broke or the time was over: it may have happened, or still be happening.
    InDoubt(String),
}

/// Makes every call.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) line: LazyChannel,
    pub(super) random: Random,
    /// Project and database, by which Google's front end routes.
    pub(super) routing: tonic::metadata::MetadataValue<tonic::metadata::Ascii>,
}

impl Caller {
    /// Makes a call, and retries it where that is safe and the request's deadline allows it.
    pub(super) async fn call<Q, A, F>(
        &self,
        request: Q,
        again: RetryPolicy,
        send: impl Fn(Client, Request<Q>) -> F,
    ) -> Result<A, Failure>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let mut attempt = 1;
        loop {
            let failure = match self.attempt(request.clone(), &send).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let is_over = attempt >= ATTEMPTS || deadline::left() <= longest(attempt);
            if is_over || !may_repeat(&failure, again) {
                return Err(failure);
            }
            self.pause(attempt).await;
            attempt += 1;
        }
    }

    /// Waits before another attempt: about twice as long each time, give or take a half, so that calls that failed
    /// together aren't retried together.
    pub(super) async fn pause(&self, attempt: u32) {
        let share = f64::from(self.random.bytes::<1>()[0]) / 256.0;
        tokio::time::sleep(longest(attempt).mul_f64(0.33 + 0.67 * share)).await;
    }

    async fn attempt<Q, A, F>(
        &self,
        message: Q,
        send: &impl Fn(Client, Request<Q>) -> F,
    ) -> Result<A, Failure>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let time = deadline::left().min(ATTEMPT);
        let connecting = tokio::time::timeout(time, self.line.client()).await;
        let too_late = |_| Err(StoreError::Unavailable("no connection in time".into()));
        let (client, token, number) = connecting
            .unwrap_or_else(too_late)
            .map_err(Failure::NotSent)?;
        let mut request = Request::new(message);
        let time = deadline::left().min(ATTEMPT);
        request.set_timeout(time);
        let headers = request.metadata_mut();
        headers.insert("x-goog-request-params", self.routing.clone());
        if let Some(token) = token {
            let value = format!("Bearer {token}").parse();
            let value = value.map_err(|_| {
                Failure::NotSent(StoreError::Unavailable("an unreadable token".into()))
            })?;
            headers.insert("authorization", value);
        }
        match tokio::time::timeout(time, send(client, request)).await {
            Ok(Ok(answer)) => Ok(answer.into_inner()),
            Ok(Err(status)) if is_answer(&status) => Err(Failure::Refused(status)),
            Ok(Err(status)) => {
                self.line.hang_up(number).await;
                Err(Failure::InDoubt(text_of(&status)))
            }
            Err(_) => {
                self.line.hang_up(number).await;
                Err(Failure::InDoubt(format!("no answer within {time:?}")))
            }
        }
    }
}

/// The longest pause after an attempt.
fn longest(attempt: u32) -> Duration {
    FIRST_RETRY_PAUSE * 2_u32.saturating_pow(attempt.min(6))
}

/// Whether a status says that nothing was done. Others come from broken connections, or servers that don't know.
fn is_answer(status: &Status) -> bool {
    // A status that the library makes up when a connection breaks has a source; one that the server sent has none.
    let is_sent = std::error::Error::source(status).is_none();
    is_sent
        && !matches!(
            status.code(),
            Code::Unavailable
                | Code::Unknown
                | Code::Internal
                | Code::Cancelled
                | Code::DeadlineExceeded
        )
}

fn may_repeat(failure: &Failure, again: RetryPolicy) -> bool {
    match (again, failure) {
        (RetryPolicy::Never, _) => false,
        (_, Failure::NotSent(_)) => true,
        (_, Failure::Refused(status)) => matches!(status.code(), Code::Aborted) || is_busy(status),
        (RetryPolicy::Reading, Failure::InDoubt(_)) => true,
        (RetryPolicy::Writing, Failure::InDoubt(_)) => false,
    }
}

/// Overload at the moment; not an oversized request, for which Google returns the same code.
fn is_busy(status: &Status) -> bool {
    status.code() == Code::ResourceExhausted && !is_oversized(status)
}

/// Whether a request or a response exceeded a limit in bytes.
pub(super) fn is_oversized(status: &Status) -> bool {
    let text = status.message();
    [
        "larger than",
        "too large",
        "exceeds maximum",
        "message length",
        "too big",
    ]
    .iter()
    .any(|words| text.contains(words))
}

/// A status as text, for the log.
pub(super) fn text_of(status: &Status) -> String {
    format!("{}: {}", status.code(), status.message())
}
