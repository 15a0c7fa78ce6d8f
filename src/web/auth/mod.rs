//! Coming and going.

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
    ]
}
