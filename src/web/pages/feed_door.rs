//! Giving a feed's password, changing it, and taking it away.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;

use super::feed_settings;
use crate::app::AppState;
use crate::datastore::StoreError;
use crate::ids::FeedId;
use crate::shelf::change_door::change_door;
use crate::shelf::find::SubscribeError;
use crate::web::actions::asking::for_a_feed;
use crate::web::actions::door::{Hidden, changed_line, typed};
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::frame::feed_href;
use crate::web::html::Html;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::view::{DoorFields, Trouble};
use crate::web::words::{self, letter, msg, t, told};

/// The submitted form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    /// `basic`, `bearer` or `header`; `none` to take it away.
    door: String,
    door_name: String,
    door_secret: Hidden,
}

/// With another password, the feed is checked by the next sweep, or at once by a press. Otherwise its publisher is asked here, and
/// the feed becomes the reader's own, or everybody's again.
pub(super) async fn submit(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    PathId(id): PathId<FeedId>,
    Form(form): Form<Typed>,
) -> HandlerResult<Response> {
    let pass = match form.door.as_str() {
        "none" => Ok(None),
        kind => match typed(kind, &form.door_name, &form.door_secret) {
            Ok(None) => Err(crate::feeds::door::BadPass::Missing),
            pass => pass,
        },
    };
    let error = match pass {
        Err(error) => SubscribeError::from(error),
        Ok(pass) => {
            let is_removed = pass.is_none();
            let quota = app.quota_of(&current.user);
            for_a_feed(&app, current.user.id, quota).await?;
            let context = app.refresh_context()?;
            let user = (current.user.id, quota.shelf());
            let line = changed_line(&app, address.0, current.user.id, pass.as_ref());
            match change_door(&context, &app.random, user, id, (pass, line)).await {
                Ok(done) => {
                    security::note(Event::DoorChanged, address.0, Some(current.user.id));
                    let text = match is_removed {
                        true => t("door-removed").to_owned(),
                        false => t("door-saved").to_owned(),
                    };
                    let text = match done.left_unread {
                        0 => text,
                        left => {
                            let rest = msg("replace-old-stays").number("n", left);
                            format!("{text}. {rest}")
                        }
                    };
                    let to = format!("{}/settings#door", feed_href(done.feed));
                    return Ok(flash::redirect(&to, text, None));
                }
                Err(SubscribeError::Store(StoreError::NotFound(_))) => {
                    return Err(Problem::not_found());
                }
                Err(SubscribeError::Store(error)) => return Err(error.into()),
                Err(error) => error,
            }
        }
    };
    let mut page = feed_settings::page(&app, &current, id).await?;
    let found = told(&words::sentence(&error.to_string())).into_owned();
    page.error = Some(Trouble {
        found: found.clone(),
        advice: told(error.advice()).into_owned(),
        letter: letter::to_publisher_of(&error),
    });
    page.door = DoorFields {
        kind: crate::feeds::door::Kind::of(&form.door).map_or("basic", |kind| kind.word()),
        name: form.door_name,
        is_open: true,
        error: Some(found).filter(|_| form.door != "none"),
        ..page.door
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}
