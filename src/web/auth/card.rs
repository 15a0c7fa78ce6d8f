//! Small pages: what was sent, what is over, and a press that is needed.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::limits::Wait;
use crate::mail::MailError;
use crate::web::assets::assets;
use crate::web::html::Html;
use crate::web::problem::Problem;
use crate::web::view::{CardPage, Frame, Link};
use crate::web::words::{self, t, told};

/// A page of this title that leads back to the sign-in page.
pub(super) fn card(title: &str, lines: Vec<String>) -> CardPage {
    CardPage {
        frame: Frame::signed_out(title, assets().clone()),
        lines,
        links: vec![Link {
            label: t("signin-back").to_owned(),
            href: "/signin".to_owned(),
        }],
        ..CardPage::default()
    }
}

/// The answer to a link that opens nothing any more.
pub(super) fn gone(line: &str) -> Response {
    let page = card(t("link-gone-title"), vec![line.to_owned()]);
    (StatusCode::GONE, Html(page)).into_response()
}

/// The answer where a letter was sent, if there was anybody to send it to.
pub(super) fn sent(lines: Vec<String>) -> Response {
    Html(card(t("mail-sent-title"), lines)).into_response()
}

/// The answer where it couldn't be.
pub(super) fn unsent(error: &MailError) -> Response {
    let page = CardPage {
        error: Some(told(&error.to_string()).into_owned()),
        ..card(t("mail-unsent-title"), Vec::new())
    };
    (StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response()
}

/// Too many attempts, or letters to one address.
pub(super) fn throttled(wait: Wait) -> Problem {
    Problem {
        retry_after: Some(wait.seconds),
        ..Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "throttled",
            "Too many attempts",
            format!("Try again in {}.", words::wait(wait)),
        )
    }
}
