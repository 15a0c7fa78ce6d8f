//! Errors, shown to people as a page and to programs as JSON. Internal details only go to the log.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::assets::assets;
use super::view::{ErrorPage, Frame, Link};
use super::words::{t, told};
use crate::app::StartError;
use crate::client::http::FetchError;
use crate::datastore::StoreError;
use crate::shelf::find::SubscribeError;
use crate::users::UserError;
use crate::users::token::TokenError;

/// Why a request couldn't be fulfilled.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable code for programs.
    pub code: &'static str,
    /// What happened, in a few words.
    pub title: String,
    /// What the user can do about it; may be empty.
    pub advice: String,
    /// Seconds after which to retry, sent as `Retry-After`.
    pub retry_after: Option<u64>,
    /// For the log; never shown.
    pub log: Option<String>,
}

/// The code of a problem whose title is one of `ClientLogin`'s own words, and is said as they are.
pub(super) const CLIENT_LOGIN: &str = "client_login";

/// What handlers return.
pub type HandlerResult<T> = Result<T, Problem>;

impl Problem {
    /// A problem without `retry_after` and `log`.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        title: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            title: title.into(),
            advice: advice.into(),
            retry_after: None,
            log: None,
        }
    }

    /// A 404.
    pub fn not_found() -> Self {
        let advice = "It may have been removed, or the address has a mistake in it.";
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "There is nothing here",
            advice,
        )
    }

    /// A 400: the request is invalid.
    pub fn bad_request(
        code: &'static str,
        title: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, title, advice)
    }

    /// A 403: the request isn't allowed.
    pub fn forbidden(code: &'static str, advice: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, "That isn’t allowed", advice)
    }

    /// A 500: an internal error, whose text only goes to the log.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        let advice =
            "Try again in a moment. If it stays so, tell the administrator the number below.";
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self {
            log: Some(error.to_string()),
            ..Self::new(
                status,
                "internal",
                "Something went wrong on our side",
                advice,
            )
        }
    }

    /// The same where a page was only read: no change of the reader's is in question.
    #[must_use]
    pub(super) fn of_reading(self) -> Self {
        let advice = "Nothing is lost. Try again in a moment.";
        match (self.code, self.status) {
            ("unavailable", StatusCode::SERVICE_UNAVAILABLE) => Self {
                advice: advice.into(),
                ..self
            },
            _ => self,
        }
    }

    /// Whether it says no more than that something went wrong.
    pub(super) fn is_internal(&self) -> bool {
        self.code == "internal"
    }

    /// The problem for a plain-text error of the framework: a body that is too large, a form that can't be parsed, a
    /// method that isn't supported. `None` for every other response.
    pub fn of_plain(response: &Response) -> Option<Self> {
        let status = response.status();
        let kind = response.headers().get(header::CONTENT_TYPE);
        let is_plain = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
        if !is_plain || !(status.is_client_error() || status.is_server_error()) {
            return None;
        }
        let (code, title, advice) = match status {
            StatusCode::NOT_FOUND => return Some(Self::not_found()),
            status if status.is_server_error() => {
                let fault = std::io::Error::other("a layer answered with a server error");
                return Some(Self {
                    status,
                    ..Self::internal(&fault)
                });
            }
            StatusCode::METHOD_NOT_ALLOWED => (
                "method_not_allowed",
                "This page doesn’t accept that request",
                "Go back, and try again from the page.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => {
                ("too_large", "That’s too large", "Send less in one request.")
            }
            _ => (
                "bad_request",
                "The request can’t be read",
                "Go back, reload the page, and try again.",
            ),
        };
        Some(Self::new(status, code, title, advice))
    }

    fn json(&self, request_id: &str) -> Response {
        let error = json!({
            "code": self.code,
            "message": told(&self.title),
            "advice": told(&self.advice),
            "request_id": request_id,
        });
        (self.status, axum::Json(json!({ "error": error }))).into_response()
    }

    fn page(&self, request_id: &str) -> Response {
        let link = |label: &str, href: &str| Link {
            label: t(label).to_owned(),
            href: href.to_owned(),
        };
        let links = match self.code {
            "signup_closed" | "signup_not_listed" => vec![link("signin-title", "/signin")],
            // Whoever is signed in there stays so, for the day when they may come in again.
            "account_disabled" | "account_leaving" => vec![link("second-back", "/signin")],
            "openid_taken" => vec![link("signin-with-password", "/signin?next=/settings")],
            "openid_connect" => vec![
                link("place-settings", "/settings"),
                link("place-unread", "/unread"),
            ],
            code if code.starts_with("openid_") => vec![link("signin-back", "/signin")],
            _ => vec![
                link("place-unread", "/unread"),
                link("place-all-feeds", "/feeds"),
            ],
        };
        let page = ErrorPage {
            frame: Frame::signed_out(told(&self.title), assets().clone()),
            status: self.status.as_u16(),
            title: told(&self.title).into_owned(),
            advice: told(&self.advice).into_owned(),
            links,
            request_id: request_id.to_owned(),
        };
        (self.status, super::html::Html(page)).into_response()
    }

    /// Renders the problem: as JSON for programs, as a page for people.
    pub fn draw(&self, for_program: bool, request_id: &str) -> Response {
        let mut response = if self.code == CLIENT_LOGIN {
            (self.status, format!("Error={}\n", self.title)).into_response()
        } else if for_program {
            self.json(request_id)
        } else {
            self.page(request_id)
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code == "bad_google_token" {
            // On which clients log in again.
            let yes = HeaderValue::from_static("true");
            headers.insert("x-reader-google-bad-token", yes.clone());
            headers.insert("google-bad-token", yes);
        } else if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl IntoResponse for Problem {
    /// Leaves the rendering to the outermost layer, which knows the request's id and what its client accepts.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if let StoreError::Unsupported(text) = error {
            return Self::bad_request("unsupported", "This store can’t do that", text);
        }
        let (code, title, advice, retry_after) = match &error {
            // A commit whose answer got lost may have happened.
            StoreError::Unavailable(_) => (
                "unavailable",
                "The store can’t be reached",
                "What was kept before is safe. Whether this last change was kept isn’t known: look, and try again in a moment.",
                2,
            ),
            StoreError::Contention { .. } => (
                "unavailable",
                "The store is busy",
                "This change wasn’t kept, and nothing else is lost. Try again in a moment.",
                2,
            ),
            StoreError::Full(_) => (
                "disk_full",
                "The disk is full",
                "This change couldn’t be kept. Nothing that was kept before is lost, and reading goes on. The \
                 administrator has to make room on the server’s disk; then it works again by itself.",
                60,
            ),
            StoreError::Damaged(_) => (
                "store_damaged",
                "The store’s file is damaged",
                "The administrator finds the file and what to do in the server’s log.",
                600,
            ),
            _ => return Self::internal(&error),
        };
        Self {
            retry_after: Some(retry_after),
            log: Some(error.to_string()),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, code, title, advice)
        }
    }
}

impl From<StartError> for Problem {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Store(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

impl From<FetchError> for Problem {
    fn from(error: FetchError) -> Self {
        Self::internal(&error)
    }
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Store(error) => error.into(),
            other => Self::bad_request("account", other.to_string(), ""),
        }
    }
}

impl From<SubscribeError> for Problem {
    fn from(error: SubscribeError) -> Self {
        let (title, advice) = (error.to_string(), error.advice());
        let code = match error {
            SubscribeError::Store(error) => return error.into(),
            SubscribeError::Address(_) => "bad_address",
            SubscribeError::Blocked(_) => "blocked_address",
            SubscribeError::Fetch(_) | SubscribeError::Status(_) => "unreachable",
            SubscribeError::Closed { .. } => "needs_password",
            SubscribeError::Pass(_) => "bad_password",
            SubscribeError::NotAFeed { .. } | SubscribeError::DeadFeed { .. } => "not_a_feed",
            SubscribeError::Walled { .. } => "walled",
            SubscribeError::Several(_) => "several_feeds",
            SubscribeError::Full(_) | SubscribeError::Heavy(_) => "shelf_full",
        };
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, title, advice)
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Store(error) => error.into(),
            TokenError::TooMany => Self::bad_request("too_many_tokens", error.to_string(), ""),
        }
    }
}

/// The response to every path without a route.
pub(super) async fn no_such_page() -> Problem {
    Problem::not_found()
}

/// The response if a handler panics; the instance continues.
pub(super) fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| cause.downcast_ref::<&str>().map(|&text| text.to_owned()))
        .unwrap_or_default();
    let mut problem = Problem::internal(&std::io::Error::other("a handler panicked"));
    problem.log = Some(format!("panic: {text}"));
    problem.into_response()
}
