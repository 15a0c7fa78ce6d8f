//! Changes to articles and labels: `edit-tag`, `mark-all-as-read`, `rename-tag`, `disable-tag`.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;

use super::caller::{Call, Caller};
use super::names::{self, Tag};
use super::ok;
use super::question::bad;
use crate::app::AppState;
use crate::ids::ArticleId;
use crate::shelf::gardening;
use crate::shelf::streams::{Library, Stream};
use crate::shelf::subscription::typed_folder;
use crate::timestamp::Timestamp;
use crate::web::actions::labels::{self, set_stars};
use crate::web::actions::marks::mark_for_program;
use crate::web::by_token::quota_of;
use crate::web::params::Params;
use crate::web::problem::{HandlerResult, Problem};

/// Most articles that one call changes.
const MOST: usize = 10_000;
/// What bulk acts of programs are called; the rest is random.
const ACT: &str = "program-";

/// The tags of a parameter.
///
/// # Errors
/// 400 for one that can't be read.
fn tags(params: &Params, name: &str) -> HandlerResult<Vec<Tag>> {
    let texts = params.all(name).filter(|text| !text.is_empty());
    let tags = texts.map(|text| names::tag_of(text).ok_or_else(|| bad(name, text)));
    tags.collect()
}

/// Adds tags to articles and removes others. One write for what is read or unread, however many; stars and labels are kept copies, and take
/// a read and a write each. Articles that nobody knows are passed over.
pub(super) async fn edit_tag(
    State(app): State<AppState>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    let (add, remove) = (tags(&params, "a")?, tags(&params, "r")?);
    let named = params.all("i").filter(|text| !text.is_empty()).count();
    if named == 0 {
        return without_articles(&app, &caller, &params, &add).await;
    }
    if named > MOST {
        let title = format!("At most {MOST} articles can be changed at once");
        let advice = "Nothing was changed. Send fewer in one call.";
        return Err(Problem::bad_request("too_many_ids", title, advice));
    }
    let ids: BTreeSet<ArticleId> = params.all("i").filter_map(names::item_of).collect();
    let ids: Vec<ArticleId> = ids.into_iter().collect();
    // What may be refused comes first, so that a refusal has changed nothing.
    let wanted = add.iter().filter_map(|tag| match tag {
        Tag::Label(label) => Some(label.as_str()),
        _ => None,
    });
    let wanted: Vec<&str> = wanted.collect();
    if remove.iter().any(|tag| matches!(tag, Tag::Label(_))) {
        labels::are_few(&ids)?;
    }
    labels::check(&app, caller.user, &ids, &wanted).await?;
    for (tags, has_it) in [(&add, true), (&remove, false)] {
        if tags.contains(&Tag::Starred) {
            let quota = quota_of(&app, caller.user).await?;
            set_stars(&app, caller.user, quota, &ids, has_it).await?;
        }
    }
    let read = add.contains(&Tag::Read) || remove.contains(&Tag::Unread);
    let unread = remove.contains(&Tag::Read) || add.contains(&Tag::Unread);
    if read || unread {
        let mut shelf = caller.shelf(&app).await?;
        let none = Vec::new();
        let (read, unread) = match read {
            true => (&ids, &none),
            false => (&none, &ids),
        };
        mark_for_program(&app, &mut shelf, read, unread).await?;
    }
    for (tags, has_it) in [(&add, true), (&remove, false)] {
        for tag in tags {
            if let Tag::Label(label) = tag {
                labels::set(&app, caller.user, &ids, label, has_it).await?;
            }
        }
    }
    Ok(ok())
}

/// Some make a folder by adding its label to nothing, and remove one by naming it alone.
async fn without_articles(
    app: &AppState,
    caller: &Caller,
    params: &Params,
    add: &[Tag],
) -> HandlerResult<Response> {
    for tag in add {
        if let Tag::Label(label) = tag {
            caller.manages()?;
            labels::make_folder(app, caller.user, label).await?;
        }
    }
    let named: Vec<&str> = params.all("s").filter_map(names::label_name).collect();
    let has_label = add.iter().any(|tag| matches!(tag, Tag::Label(_)));
    // A list of articles that is there and empty is what one may send who has none.
    if !has_label && named.is_empty() && params.all("i").next().is_none() {
        let advice = "Name articles in i, and what they get or lose in a or r, as a form.";
        return Err(Problem::bad_request(
            "bad_parameter",
            "Nothing was named",
            advice,
        ));
    }
    if add.is_empty() {
        let library = caller.library(app).await?;
        dissolve(app, caller, &library, &named).await?;
    }
    Ok(ok())
}

/// Marks what came until `ts`, or until now, as read. One write, and a read if the shelf isn't cached.
pub(super) async fn mark_all(
    State(app): State<AppState>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    let now = app.clock.now();
    let until = match params.one("ts") {
        Some(text) => names::time_of(text).ok_or_else(|| bad("ts", text))?.1,
        None => i64::MAX,
    };
    let mut library = caller.library(&app).await?;
    let Some(name) = params.one("s") else {
        let advice = "Name what to mark in s.";
        return Err(Problem::bad_request(
            "bad_parameter",
            "Nothing was named",
            advice,
        ));
    };
    let stream = names::stream_of(&library.shelf, name).ok_or_else(|| bad("s", name))?;
    clear(&app, &mut library, &stream, until, now).await?;
    Ok(ok())
}

/// Marks what came until a time as read, as one act that can be undone on the pages.
pub(in crate::web) async fn clear(
    app: &AppState,
    library: &mut Library,
    stream: &Stream,
    until: i64,
    now: Timestamp,
) -> HandlerResult<()> {
    let shown = library.unread_until(stream, until);
    let act = format!("{ACT}{}", app.random.hex::<8>());
    library
        .shelf
        .mark_all(&app.store, &act, now, &shown)
        .await?;
    Ok(())
}

/// Renames a label: the folder, which needs a token that manages, and the tag.
pub(super) async fn rename_tag(
    State(app): State<AppState>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    let from = params.one("s").or(params.one("t"));
    let from = from.and_then(names::label_name);
    let to = params.one("dest").and_then(names::label_name);
    let (Some(from), Some(to)) = (from, to) else {
        let advice = "Name the label in s, and what it shall be called in dest.";
        return Err(Problem::bad_request(
            "bad_parameter",
            "A name is missing",
            advice,
        ));
    };
    let library = caller.library(&app).await?;
    let path = folder_of(&app, &caller, &library, from).await?;
    let label = Label { name: from, path };
    rename(&app, &library, label, Some(to)).await?;
    Ok(ok())
}

/// Dissolves labels: the feeds of the folder stay, and so do articles that have the tag and are kept for another reason.
pub(super) async fn disable_tag(
    State(app): State<AppState>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    let named = params.all("s").chain(params.all("t"));
    let named: Vec<&str> = named.filter_map(names::label_name).collect();
    if named.is_empty() {
        let advice = "Name the label in s.";
        return Err(Problem::bad_request(
            "bad_parameter",
            "A name is missing",
            advice,
        ));
    }
    let library = caller.library(&app).await?;
    dissolve(&app, &caller, &library, &named).await?;
    Ok(ok())
}

/// A label, and its folder if it is one's.
struct Label<'l> {
    name: &'l str,
    path: Option<Vec<String>>,
}

/// The folder with a label.
///
/// # Errors
/// 400 if there is one, and the token manages nothing: a folder is the shelf's, while a tag is as easily given to articles and taken
/// from them.
async fn folder_of(
    app: &AppState,
    caller: &Caller,
    library: &Library,
    label: &str,
) -> HandlerResult<Option<Vec<String>>> {
    let path = match library.folder(label) {
        Some(path) => Some(path),
        None => labels::standing_folder(app, caller.user, label).await?,
    };
    if path.is_some() {
        caller.manages()?;
    }
    Ok(path)
}

/// Takes labels away: all of them, or none if one may not be.
async fn dissolve(
    app: &AppState,
    caller: &Caller,
    library: &Library,
    named: &[&str],
) -> HandlerResult<()> {
    let mut all = Vec::new();
    for &name in named {
        let path = folder_of(app, caller, library, name).await?;
        all.push(Label { name, path });
    }
    for label in all {
        rename(app, library, label, None).await?;
    }
    Ok(())
}

/// Gives a label another name, or none.
async fn rename(
    app: &AppState,
    library: &Library,
    label: Label<'_>,
    to: Option<&str>,
) -> HandlerResult<()> {
    let from = label.name;
    if to == Some(from) {
        return Ok(());
    }
    labels::may_be_named(to)?;
    let (user, now) = (library.shelf.user, app.clock.now());
    if let Some(path) = label.path {
        let act = format!("{ACT}{}", app.random.hex::<8>());
        let target = to.map(typed_folder).unwrap_or_default();
        gardening::rename_folder(&app.store, user, &act, &path, &target, now).await?;
    }
    labels::rename(app, library, from, to).await
}
