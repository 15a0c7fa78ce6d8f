//! What somebody is told whose account is disabled or being deleted.

use http::StatusCode;

use super::problem::Problem;
use crate::users::Barred;

/// The problem of somebody who has an account, and may not come in.
pub(super) fn barred_problem(barred: Barred) -> Problem {
    let status = StatusCode::FORBIDDEN;
    match barred {
        Barred::Disabled(_) => {
            let title = "Your account is disabled";
            let advice = "The administrator has disabled it. Your feeds and stars are still there. Ask the administrator to enable it.";
            Problem::new(status, "account_disabled", title, advice)
        }
        Barred::Leaving => {
            let title = "This account is being deleted";
            let advice = "Nobody can sign in to it any more. When everything is gone, its address can be used for a new account.";
            Problem::new(status, "account_leaving", title, advice)
        }
    }
}

/// The same for a program, by whose token it isn't known which of both it is.
pub(super) fn barred_token() -> Problem {
    let title = "This account is disabled";
    let advice =
        "The account’s owner can’t come in, and neither can their programs. Ask the administrator.";
    Problem::new(StatusCode::FORBIDDEN, "account_disabled", title, advice)
}
