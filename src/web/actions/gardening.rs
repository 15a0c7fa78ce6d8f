//! Many feeds at once, and folders: each act can be undone for a while.

use http::StatusCode;

use crate::app::App;
use crate::config::Quota;
use crate::datastore::StoreError;
use crate::ids::{FeedId, UserId};
use crate::shelf::gardening::{self, Move};
use crate::shelf::subscribe::put_back;
use crate::shelf::subscription::{DEEPEST, is_cut, typed_folder};
use crate::shelf::{Shelf, pausing};
use crate::timestamp::Timestamp;
use crate::users::preferences::{FolderHabits, MOST_FOLDERS};
use crate::users::{self, User};
use crate::web::frame::all_folders;
use crate::web::problem::{HandlerResult, Problem};

/// What begins an act on many subscriptions.
pub(crate) const PREFIX: &str = "garden.";
/// Most feeds of one act.
const MOST: usize = 500;

/// What is done with feeds.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// They move into a folder, or out of all.
    Move(Vec<String>),
    /// They stand in a folder as well.
    Also(Vec<String>),
    /// They are left.
    Leave,
    /// They are paused, until a minute or until that is ended.
    Pause(Option<i64>),
    /// They come again.
    Resume,
}

/// What was done: with how many feeds, and the act that undoes it.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub count: usize,
    pub act: Option<String>,
}

/// What was undone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Undone {
    pub count: usize,
    /// How many feeds couldn't be brought back.
    pub lost: usize,
}

pub(crate) fn nothing(title: &str, advice: &str) -> Problem {
    Problem::bad_request("bad_choice", title, advice)
}

/// The folder that was typed.
///
/// # Errors
/// 400 if it would be cut.
pub(crate) fn folder(typed: &str) -> HandlerResult<Vec<String>> {
    match is_cut(typed) {
        true => Err(cut()),
        false => Ok(typed_folder(typed)),
    }
}

/// A 400: a folder's name is too long, or it is nested too deep.
pub(crate) fn cut() -> Problem {
    nothing(
        "A folder’s name has room for 100 bytes, and eight fit into one another",
        "Nothing was changed. Choose a shorter name.",
    )
}

/// A 422: as many folders as an account takes have settings of their own.
pub(crate) fn full() -> Problem {
    let title = format!("{MOST_FOLDERS} folders have settings of their own already");
    let advice =
        "Nothing was changed. Set another folder back to what holds in all lists, then try again.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Problem::new(status, "too_many_folders", title, advice)
}

/// Whether an act is one of these.
pub(crate) fn is_act(act: &str) -> bool {
    act.starts_with(PREFIX)
}

/// Does something with feeds. One read and one write each, and one write for what undoes it.
///
/// # Errors
/// 400 for no feed, or for too many.
pub(crate) async fn tend(
    app: &App,
    user: UserId,
    mut feeds: Vec<FeedId>,
    deed: Deed,
    now: Timestamp,
) -> HandlerResult<Done> {
    feeds.sort_unstable();
    feeds.dedup();
    if feeds.is_empty() {
        let advice = "Tick the boxes of the feeds that you mean.";
        return Err(nothing("No feed was chosen", advice));
    }
    if feeds.len() > MOST {
        let advice = "Nothing was changed. Do it in several parts.";
        return Err(nothing("At most 500 feeds can be changed at once", advice));
    }
    let store = &app.store;
    let act = format!("{PREFIX}{}", app.random.hex::<8>());
    let count = match deed {
        Deed::Move(to) => {
            gardening::move_feeds(store, user, &act, &feeds, &Move::To(to), now).await?
        }
        Deed::Also(to) if to.is_empty() => {
            return Err(nothing("No folder was named", "Type the folder’s name."));
        }
        Deed::Also(to) => {
            gardening::move_feeds(store, user, &act, &feeds, &Move::Also(to), now).await?
        }
        Deed::Leave => gardening::leave_feeds(store, user, &act, &feeds, now).await?,
        Deed::Pause(until) => gardening::pause_feeds(store, user, &act, &feeds, until, now).await?,
        Deed::Resume => {
            let count = resume_all(app, user, &feeds, now).await?;
            return Ok(Done { count, act: None });
        }
    };
    let act = (count > 0).then_some(act);
    Ok(Done { count, act })
}

async fn resume_all(
    app: &App,
    user: UserId,
    feeds: &[FeedId],
    now: Timestamp,
) -> HandlerResult<usize> {
    let mut count = 0;
    for &feed in feeds {
        match pausing::resume(&app.store, user, feed, now).await {
            Ok(was) => count += usize::from(was.is_some()),
            // It was left meanwhile.
            Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(count)
}

/// Undoes an act on feeds or folders; `None` if it is too late.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(crate) async fn undo(
    app: &App,
    user: UserId,
    quota: Quota,
    act: &str,
) -> HandlerResult<Option<Undone>> {
    let now = app.clock.now();
    let Some(act) = gardening::undoable(&app.store, user, act, now).await? else {
        return Ok(None);
    };
    let mut count = gardening::put_into_place(&app.store, user, &act, now).await?;
    count += resume_all(app, user, &act.paused, now).await?;
    let mut lost = 0;
    let most = quota.shelf();
    let context = app.refresh_context()?;
    for (one, extra, _) in act.before.iter().filter(|(_, _, left)| *left) {
        let back = put_back(&context, user, one, extra, most).await;
        let is_back = matches!(back, Ok(Some(_)));
        count += usize::from(is_back);
        lost += usize::from(!is_back);
        if let (Ok(Some(_)), Some(pause)) = (back, one.pause) {
            pausing::pause(&app.store, user, one.feed, pause.until, now).await?;
        }
    }
    Ok(Some(Undone { count, lost }))
}

/// Makes an empty folder; `false` if there is one such.
///
/// # Errors
/// 400 without a name; 422 if too many folders have settings of their own.
pub(crate) async fn make_folder(app: &App, user: &User, path: &[String]) -> HandlerResult<bool> {
    if path.is_empty() {
        return Err(nothing("No folder was named", "Type the folder’s name."));
    }
    let shelf = Shelf::load(&app.store, user.id).await?;
    let own = &user.profile.preferences;
    if all_folders(&shelf, own).iter().any(|known| known == path) {
        return Ok(false);
    }
    let habits = FolderHabits {
        stands: true,
        ..own.folder(path)
    };
    set_folder(app, user.id, &shelf, path, habits).await?;
    Ok(true)
}

/// Sets how a folder is read.
///
/// # Errors
/// 422 if too many folders have settings of their own.
pub(crate) async fn set_folder(
    app: &App,
    user: UserId,
    shelf: &Shelf,
    path: &[String],
    habits: FolderHabits,
) -> HandlerResult<()> {
    let standing = shelf.folders();
    let set = |user: &mut User| {
        let preferences = &mut user.profile.preferences;
        preferences.set_folder(path, habits, &standing);
    };
    let user = users::store::change(&app.store, user, set).await?;
    match user.profile.preferences.folder(path) == habits {
        true => Ok(()),
        false => Err(full()),
    }
}

/// Renames a folder, or nests it in another; the empty path dissolves it. Returns the act that undoes it; `None` if nothing changed.
///
/// # Errors
/// 400 if it would stand in itself, or too deep.
pub(crate) async fn rename_folder(
    app: &App,
    user: &User,
    shelf: &Shelf,
    from: &[String],
    to: &[String],
    now: Timestamp,
) -> HandlerResult<Option<String>> {
    if to == from {
        return Ok(None);
    }
    if to.starts_with(from) {
        let advice = "Nothing was changed. Choose a place outside of it.";
        return Err(nothing("A folder can’t stand in itself", advice));
    }
    let all = all_folders(shelf, &user.profile.preferences);
    let inside = all.iter().filter(|path| path.starts_with(from));
    let deepest = inside.map(Vec::len).max();
    let deepest = deepest.unwrap_or(from.len()).saturating_sub(from.len()) + to.len();
    if deepest > DEEPEST {
        let advice = "Nothing was changed. Choose a place nearer to the top.";
        return Err(nothing(
            "Eight folders fit into one another, and no more",
            advice,
        ));
    }
    let act = format!("{PREFIX}{}", app.random.hex::<8>());
    gardening::rename_folder(&app.store, user.id, &act, from, to, now).await?;
    Ok(Some(act))
}

/// Sets the order of folders that stand beside one another. One write.
///
/// # Errors
/// 422 if too many folders have settings of their own.
pub(crate) async fn order_folders(
    app: &App,
    user: UserId,
    shelf: &Shelf,
    siblings: &[Vec<String>],
) -> HandlerResult<()> {
    if siblings.len() > MOST_FOLDERS {
        return Err(full());
    }
    let standing = shelf.folders();
    let set = |user: &mut User| {
        let preferences = &mut user.profile.preferences;
        for (place, sibling) in (0_u32..).zip(siblings) {
            let habits = FolderHabits {
                place: Some(place),
                ..preferences.folder(sibling)
            };
            preferences.set_folder(sibling, habits, &standing);
        }
    };
    users::store::change(&app.store, user, set).await?;
    Ok(())
}
