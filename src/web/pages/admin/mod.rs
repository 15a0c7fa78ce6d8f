//! The administration: what an administrator sees and does. None of it says what anybody reads.

mod audit;
mod costs;
mod feed;
mod feeds;
mod house;
mod jobs;
mod overview;
mod settings;
mod user;
mod users;

use axum::extract::{DefaultBodyLimit, FromRequestParts};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::request::Parts;

use super::plain_frame;
use crate::app::AppState;
use crate::users::User;
use crate::web::current_user::CurrentUser;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{Frame, Place};
use crate::web::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    let upload = DefaultBodyLimit::max(super::UPLOAD_BYTES);
    vec![
        route("GET", "/admin", get(overview::show)),
        route("GET", "/admin/users", get(users::show)),
        route("GET", "/admin/users/{id}", get(user::show)),
        route(
            "GET, POST",
            "/admin/users/{id}/{act}",
            get(user::ask).post(user::act),
        ),
        route("GET", "/admin/feeds", get(feeds::show)),
        route("GET", "/admin/feeds/{feed}", get(feed::show)),
        route("POST", "/admin/feeds/{feed}/{act}", post(feed::act)),
        route("POST", "/admin/hosts", post(feeds::hosts)),
        route("GET", "/admin/house", get(house::show)),
        route("POST", "/admin/house/{act}", post(house::act).layer(upload)),
        route("GET", "/admin/jobs", get(jobs::show)),
        route("GET", "/admin/audit", get(audit::show)),
        route("GET", "/admin/costs", get(costs::show)),
        route("GET", "/admin/settings", get(settings::show)),
    ]
}

/// A signed-in administrator; everybody else gets a 403.
#[derive(Clone, Debug)]
struct Administrator(CurrentUser);

impl FromRequestParts<AppState> for Administrator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Response> {
        let current = CurrentUser::from_request_parts(parts, app).await;
        let current = current.map_err(IntoResponse::into_response)?;
        if !current.user.profile.admin {
            let advice = "Only administrators see these pages.";
            return Err(Problem::forbidden("not_admin", advice).into_response());
        }
        Ok(Self(current))
    }
}

impl Administrator {
    /// The frame of a page.
    async fn frame(&self, app: &AppState, title: &str) -> HandlerResult<Frame> {
        let (frame, _) = plain_frame(app, &self.0, title, Place::Settings).await?;
        Ok(frame)
    }

    fn user(&self) -> &User {
        &self.0.user
    }
}
