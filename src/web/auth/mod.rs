//! Signing up, signing in and signing out.

mod attempt;
mod button;
mod card;
mod confirm;
mod entry;
mod mailed;
mod openid;
mod passkeys;
mod reset;
mod second;
mod signin;
mod signup;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::{Route, route};

/// Maximum bytes of a form with an address and a password.
const FORM_BYTES: usize = 8 * 1_024;
/// The same of one with a passkey's answer.
const ANSWER_BYTES: usize = 16 * 1_024;

fn small() -> DefaultBodyLimit {
    DefaultBodyLimit::max(FORM_BYTES)
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        route(
            "GET, POST",
            "/signin",
            get(signin::show).post(signin::submit).layer(small()),
        ),
        route(
            "GET, POST",
            "/signup",
            get(signup::show).post(signup::submit).layer(small()),
        ),
        route(
            "GET, POST",
            "/signup/{token}",
            get(signup::last).post(signup::finish).layer(small()),
        ),
        route("GET", "/invite/{token}", get(signup::invited)),
        route(
            "GET, POST",
            "/reset",
            get(reset::ask).post(reset::send).layer(small()),
        ),
        route(
            "GET, POST",
            "/reset/{link}",
            get(reset::show).post(reset::set).layer(small()),
        ),
        route(
            "GET, POST",
            "/mail/confirm/{link}",
            get(mailed::look).post(mailed::confirm).layer(small()),
        ),
        route(
            "GET, POST",
            "/mail/stop/{link}",
            get(mailed::look_at_stop).post(mailed::stop).layer(small()),
        ),
        route(
            "GET, POST",
            "/signin/second",
            get(second::show).post(second::submit).layer(small()),
        ),
        route("POST", "/signin/passkey/options", post(passkeys::options)),
        route(
            "POST",
            "/signin/passkey",
            post(passkeys::sign_in).layer(DefaultBodyLimit::max(ANSWER_BYTES)),
        ),
        route(
            "POST",
            "/confirm/passkey",
            post(passkeys::prove).layer(DefaultBodyLimit::max(ANSWER_BYTES)),
        ),
        route("POST", "/signout", post(signin::sign_out)),
        route(
            "GET, POST",
            "/confirm",
            get(confirm::show).post(confirm::submit).layer(small()),
        ),
        route("GET", "/auth/openid", get(openid::start)),
        route("GET", "/auth/openid/connect", get(openid::connect)),
        route("GET", "/auth/openid/prove", get(openid::prove)),
        route("GET", "/auth/openid/callback", get(openid::callback)),
        route("POST", "/auth/openid/disconnect", post(openid::disconnect)),
    ]
}
