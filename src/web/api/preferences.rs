//! How its owner wants to read.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, get, patch};
use super::{Caller, bad_json, owner};
use crate::app::AppState;
use crate::users::preferences::{
    Counts, Density, Face, Keys, Language, ListStyle, Pictures, Preferences, Size, Spacing, Theme,
    Width,
};
use crate::users::{self, User};
use crate::web::problem::HandlerResult;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let path = "/api/v1/preferences";
    vec![
        get(path, show, "How the owner wants to read").gives::<Chosen>(),
        patch(path, change, "Change how the owner wants to read")
            .says("What is absent stays as it is.")
            .takes::<Chosen>()
            .gives::<Chosen>(),
    ]
}

/// Fields that have a value are set, and all have one in an answer.
macro_rules! preferences {
    ($($(#[$doc:meta])* $name:ident: $kind:ty),* $(,)?) => {
        /// How somebody wants to read. An answer has all of it.
        #[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
        #[serde(default)]
        #[schema(as = Preferences)]
        struct Chosen { $($(#[$doc])* $name: Option<$kind>,)*
            /// The language of pages; null as the browser asks.
            #[serde(deserialize_with = "super::given")]
            #[schema(value_type = Option<Language>)]
            language: Option<Option<Language>>,
        }

        impl Chosen {
            fn of(own: &Preferences) -> Self {
                Self { $($name: Some(own.$name),)* language: Some(own.language) }
            }

            fn set(&self, own: &mut Preferences) {
                $(own.$name = self.$name.unwrap_or(own.$name);)*
                own.language = self.language.unwrap_or(own.language);
            }
        }
    };
}

preferences! {
    /// The colours.
    theme: Theme,
    /// The typeface of articles.
    face: Face,
    /// The size of an article’s text.
    size: Size,
    /// The longest line of an article.
    width: Width,
    /// The space between an article’s words.
    spacing: Spacing,
    /// How much room a row takes.
    density: Density,
    /// How lists look.
    list: ListStyle,
    /// When an article’s pictures are loaded.
    pictures: Pictures,
    /// Whether an article’s links open a new tab.
    new_tab: bool,
    /// Whether opening an article marks it as read.
    opening_marks: bool,
    /// Whether what is scrolled past becomes read.
    scrolling_marks: bool,
    /// Whether feeds and folders without unread articles leave the rail.
    hides_read: bool,
    /// Whether programs see what has passed by as unread.
    programs_see_passed: bool,
    /// Whether the same page in several feeds stands once in lists.
    folds_twins: bool,
    /// How unread articles are counted.
    counts: Counts,
    /// The keys.
    keys: Keys,
}

async fn show(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let user = owner(&app, caller).await?;
    Ok(Json(Chosen::of(&user.profile.preferences)).into_response())
}

async fn change(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Chosen>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(chosen) = body.map_err(bad_json)?;
    let set = |user: &mut User| chosen.set(&mut user.profile.preferences);
    let user = users::store::change(&app.store, caller.0, set).await?;
    Ok(Json(Chosen::of(&user.profile.preferences)).into_response())
}
