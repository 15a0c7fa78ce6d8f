//! Signing in by a proxy in front that has done it already: it says in a header whose request it is.
//!
//! Only a proxy of `TRUSTED_PROXIES` is believed. From anybody else, the header is ignored.

use http::{Extensions, HeaderMap, StatusCode};

use super::barred::barred_problem;
use super::client_address;
use super::problem::Problem;
use super::security::{self, Door, Event};
use crate::app::App;
use crate::users::sign_up::{self, SignUpPolicy};
use crate::users::store;
use crate::users::{User, UserError, normal_email};

/// The address that a trusted proxy vouches for; `None` if there is none, or not just one: a second header may be the client's
/// own, which the proxy should have taken away.
pub(super) fn vouched(app: &App, extensions: &Extensions, headers: &HeaderMap) -> Option<String> {
    let set = app.config.server.proxy_sign_in.as_ref()?;
    if !client_address::is_from_proxy(app, extensions) {
        return None;
    }
    let mut values = headers.get_all(&set.header).into_iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    normal_email(value.to_str().ok()?).ok()
}

/// The account of an address that is vouched for, or a new one, if it may have one; and whether it is new. Two reads; four writes more for a new one.
///
/// # Errors
/// 403 if it may not; a problem if the store can't be read or written.
pub(super) async fn account(
    app: &App,
    email: &str,
    (extensions, headers): (&Extensions, &HeaderMap),
) -> Result<(User, bool), Problem> {
    if let Some(user) = store::by_email(&app.store, email).await? {
        if let Some(barred) = user.profile.barred() {
            let address = client_address::of(app, extensions, headers);
            security::failed(app, Event::EntryRefused, address, Door::Of(user.id)).await;
            return Err(barred_problem(barred));
        }
        return Ok((user, false));
    }
    let creates = app.config.server.proxy_sign_in.as_ref();
    let creates = creates.is_some_and(|set| set.creates);
    let policy = app.policy(email);
    let policy = SignUpPolicy {
        open: policy.open || creates,
        ..policy
    };
    let made = sign_up::create_vouched(&app.store, &app.random, app.clock.now(), policy, email);
    match made.await {
        Ok(user) => {
            let address = client_address::of(app, extensions, headers);
            security::note(Event::SignedUp, address, Some(user.id));
            Ok((user, true))
        }
        // Another request of theirs was faster.
        Err(UserError::Taken) => {
            let user = store::by_email(&app.store, email).await?;
            let user = user.ok_or_else(Problem::not_found)?;
            Ok((user, false))
        }
        Err(UserError::Closed) => {
            let title = format!("There is no account for {email} here");
            let advice = "Ask the administrator for one.";
            let status = StatusCode::FORBIDDEN;
            Err(Problem::new(status, "signup_closed", title, advice))
        }
        Err(error) => Err(error.into()),
    }
}
