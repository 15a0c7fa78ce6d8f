//! Signing up, signing in and signing out.

mod attempt;
mod entry;
mod openid;
mod signin;
mod signup;

use axum::routing::{get, post};

use super::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route(
            "GET, POST",
            "/signin",
            get(signin::show).post(signin::submit),
        ),
        route(
            "GET, POST",
            "/signup",
            get(signup::show).post(signup::submit),
        ),
        route("POST", "/signout", post(signin::sign_out)),
        route("GET", "/auth/openid", get(openid::start)),
        route("GET", "/auth/openid/connect", get(openid::connect)),
        route("GET", "/auth/openid/callback", get(openid::callback)),
        route("POST", "/auth/openid/disconnect", post(openid::disconnect)),
    ]
}
