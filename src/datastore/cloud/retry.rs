//! One call: a deadline on every attempt, and another attempt where that is safe.

use std::time::Duration;

use tonic::{Code, Request, Response, Status};

use super::channel::{Client, Line};
use crate::datastore::{StoreError, deadline};
use crate::random::Chance;

/// The most time for one attempt.
const ATTEMPT: Duration = Duration::from_secs(10);
/// The most attempts.
const ATTEMPTS: u32 = 6;
/// Half of the longest pause after the first attempt; each may be twice the one before.
const PAUSE: Duration = Duration::from_millis(50);

/// When a call that failed may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// It changes nothing.
    Reading,
    /// It changes something: only where the failed attempt surely changed nothing.
    Writing,
    /// It belongs to a transaction, which a failure may have ended.
    Never,
}

/// A call that wasn't answered with success.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server said so; nothing was done.
    Refused(Status),
    /// It never left us; nothing was done.
    NotSent(StoreError),
    /// The connection broke or the time was over: it may have been carried out, or still be.
    InDoubt(String),
}

/// What every call goes through.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) line: Line,
    pub(super) chance: Chance,
    /// For Google's front end, which routes by it: project and database.
    pub(super) routing: tonic::metadata::MetadataValue<tonic::metadata::Ascii>,
}

impl Caller {
    /// Makes a call, again where that is safe and the request's time allows it.
    pub(super) async fn call<Q, A, F>(
        &self,
        request: Q,
        again: Again,
        send: impl Fn(Client, Request<Q>) -> F,
    ) -> Result<A, Failure>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        for attempt in 1.. {
            let failure = match self.attempt(request.clone(), &send).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let is_over = attempt >= ATTEMPTS || deadline::left() <= longest(attempt);
            if is_over || !may_repeat(&failure, again) {
                return Err(failure);
            }
            self.pause(attempt).await;
        }
        unreachable!("the loop ends at the last attempt")
    }

    /// Waits before another attempt: about twice as long each time, give or take a half, so that those who failed together
    /// don't come back together.
    pub(super) async fn pause(&self, attempt: u32) {
        let share = f64::from(self.chance.bytes::<1>()[0]) / 256.0;
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
    PAUSE * 2_u32.saturating_pow(attempt.min(6))
}

/// Whether a status says that nothing was done. The others come from a broken connection, or from a server that doesn't know.
fn is_answer(status: &Status) -> bool {
    // What the library makes up itself when a connection breaks has a cause below it; what the server sent has none.
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

fn may_repeat(failure: &Failure, again: Again) -> bool {
    match (again, failure) {
        (Again::Never, _) => false,
        (_, Failure::NotSent(_)) => true,
        (_, Failure::Refused(status)) => matches!(status.code(), Code::Aborted) || is_busy(status),
        (Again::Reading, Failure::InDoubt(_)) => true,
        (Again::Writing, Failure::InDoubt(_)) => false,
    }
}

/// Too much at the moment; not a request that is too large, which Google answers with the same code.
fn is_busy(status: &Status) -> bool {
    status.code() == Code::ResourceExhausted && !is_oversized(status)
}

/// Whether a request or an answer was beyond a limit in bytes.
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

/// A status in words, for the log.
pub(super) fn text_of(status: &Status) -> String {
    format!("{}: {}", status.code(), status.message())
}
