//! How to begin: what stands beside an empty shelf, and the packs of feeds that can be taken from there.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;

use super::choices;
use crate::app::AppState;
use crate::shelf::opml;
use crate::timestamp::Timestamp;
use crate::users::Profile;
use crate::web::actions::packs;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{FirstRun, HouseOffer, Pack};
use crate::web::words::{self, msg, t};

/// What stands beside an empty shelf.
pub(super) fn first_run(profile: &Profile, house: Option<HouseOffer>) -> FirstRun {
    FirstRun {
        house,
        packs: packs(),
        counts: choices::counts_first(&profile.preferences),
    }
}

/// The second at which the packs were last looked through: 28 November 2026.
const LOOKED_THROUGH: i64 = 1_795_824_000;

/// When the packs were last looked through, in a sentence.
pub(super) fn looked_through() -> String {
    let at = Timestamp::from_timestamp(LOOKED_THROUGH, 0).unwrap_or_default();
    msg("pack-checked").text("date", words::date(at)).into()
}

/// The packs.
pub(super) fn packs() -> Vec<Pack> {
    let packs = packs::PACKS.iter().map(|(name, title, feeds)| Pack {
        name,
        title: t(title),
        feeds,
    });
    packs.collect()
}

/// A pack as OPML, for any reader.
pub(super) async fn file(
    State(app): State<AppState>,
    _: CurrentUser,
    Path(name): Path<String>,
) -> HandlerResult<Response> {
    let opml = packs::outlines(&name).ok_or_else(Problem::not_found)?;
    let text = opml::write("Dormouse", &[], &opml, app.clock.now());
    let headers = [
        (
            header::CONTENT_TYPE,
            "text/x-opml; charset=utf-8".to_owned(),
        ),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.opml\""),
        ),
    ];
    Ok((headers, text).into_response())
}

/// Puts a pack's feeds on the shelf, in a folder of their own. They are fetched by the page that shows them.
pub(super) async fn take(
    State(app): State<AppState>,
    current: CurrentUser,
    Path(name): Path<String>,
) -> HandlerResult<Response> {
    let report = packs::take(&app, current.user.id, app.quota_of(&current.user), &name).await?;
    let (added, _, _) = report.counts();
    let text = msg("first-pack-added").number("n", added);
    Ok(flash::redirect("/import/last", text, None))
}
