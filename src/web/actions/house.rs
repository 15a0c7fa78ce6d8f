//! What readers do with the list of the house.

use std::sync::Arc;

use super::asking::room_for_feeds;
use super::gardening::{self, Deed, Done};
use crate::app::{App, AppState};
use crate::shelf::house::follow;
use crate::shelf::house::{House, store};
use crate::shelf::import_report::{ImportReport, Line, LineResult};
use crate::shelf::opml::Opml;
use crate::shelf::{import, store as shelves};
use crate::users::User;
use crate::web::house_visit::follower;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::words::t;

/// The list's name, which readers' folders get.
pub(crate) fn name(house: &House) -> &str {
    match house.name.as_str() {
        "" => t("house-name-usual"),
        name => name,
    }
}

/// Follows the list; what came of it stands where the last import's result does. Returns how many feeds it gave.
///
/// # Errors
/// 404 if the list is empty; 422 or 503 if there is no room.
pub(crate) async fn follow(app: &App, user: &User) -> HandlerResult<usize> {
    let house = listed(app).await?;
    room_for_feeds(app, user.id, app.quota_of(user)).await?;
    let line = security::own_line(app, Event::HouseFollowed, None, (user.id, ""));
    follow::begin(&app.store, user.id, name(&house), line).await?;
    bring(app, user, &house).await
}

/// Brings what there was no room for, as far as there is now. Returns how many feeds were added.
///
/// # Errors
/// 404 if they don't follow; 422 or 503 if there is no room.
pub(crate) async fn again(app: &App, user: &User) -> HandlerResult<usize> {
    let following = user.profile.house.as_ref();
    let before = following.ok_or_else(Problem::not_found)?.given.len();
    let house = listed(app).await?;
    room_for_feeds(app, user.id, app.quota_of(user)).await?;
    Ok(bring(app, user, &house).await?.saturating_sub(before))
}

async fn bring(app: &App, user: &User, house: &House) -> HandlerResult<usize> {
    note(app, user).await?;
    let met = follow::meet(follower(app, user), true).await?;
    let following = met.and_then(|user| user.profile.house).unwrap_or_default();
    let lines = house.feeds.iter().filter_map(|one| {
        let name = one.name();
        let given = following.given.iter().find(|(_, known)| **known == name);
        given.map(|(feed, _)| Line {
            title: one.title.clone(),
            address: one.address.clone(),
            folder: following
                .folder
                .iter()
                .chain(&one.folder)
                .cloned()
                .collect(),
            result: LineResult::Added(*feed),
        })
    });
    let lines: Vec<Line> = lines.collect();
    let count = lines.len();
    report(app, user, lines).await?;
    Ok(count)
}

/// Puts the list's feeds on the shelf as the reader's own. Returns how many were added.
///
/// # Errors
/// 404 if the list is empty; 422 or 503 if there is no room.
pub(crate) async fn copy(app: &App, user: &User) -> HandlerResult<usize> {
    let house = listed(app).await?;
    let quota = app.quota_of(user);
    room_for_feeds(app, user.id, quota).await?;
    let opml = Opml {
        outlines: house.outlines(name(&house)),
        ..Opml::default()
    };
    let (clock, keys) = (&app.clock, (&app.secret, &app.random));
    let (private, most) = (app.config.fetch.allow_private, quota.shelf());
    note(app, user).await?;
    let done = import::import(&app.store, clock, keys, user.id, &opml, private, most).await?;
    let (added, ..) = done.counts();
    report(app, user, done.lines).await?;
    Ok(added)
}

/// Writes the line of the audit log, before what it says: that is many commits, and none is without its line.
async fn note(app: &App, user: &User) -> HandlerResult<()> {
    let line = security::own_line(app, Event::Imported, None, (user.id, ""));
    app.store.commit(vec![line]).await?;
    Ok(())
}

/// Keeps what came of it; how often files were imported today is as it was.
async fn report(app: &App, user: &User, lines: Vec<Line>) -> HandlerResult<()> {
    let last = shelves::last_import(&app.store, user.id).await?;
    let report = ImportReport {
        lines,
        notes: Vec::new(),
        recent: last.unwrap_or_default().recent,
    };
    shelves::put_import(&app.store, user.id, &report).await?;
    Ok(())
}

/// Follows the list no longer. The feeds that it gave stay as the reader's own, or leave, which can be undone.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(crate) async fn leave(app: &AppState, user: &User, removes: bool) -> HandlerResult<Done> {
    let line = security::own_line(app, Event::HouseLeft, None, (user.id, ""));
    let given = follow::end(&app.store, user.id, line).await?;
    if !removes || given.is_empty() {
        return Ok(Done {
            count: 0,
            act: None,
        });
    }
    gardening::tend(app, user.id, given, Deed::Leave, app.clock.now()).await
}

async fn listed(app: &App) -> HandlerResult<Arc<House>> {
    let house = store::cached(&app.store).await?;
    match house.feeds.is_empty() {
        true => Err(Problem::not_found()),
        false => Ok(house),
    }
}
