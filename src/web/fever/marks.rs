//! What a call marks: an article, a feed, a group.

use crate::app::AppState;
use crate::ids::{ArticleId, FeedId};
use crate::shelf::numbers::Numbers;
use crate::shelf::streams::{Library, Stream};
use crate::web::actions::labels::set_stars;
use crate::web::actions::marks::mark_for_program;
use crate::web::by_token::quota_of;
use crate::web::fever::answer::numbers_of;
use crate::web::greader::clear;
use crate::web::params::Params;
use crate::web::problem::HandlerResult;

/// What was changed, whose ids are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marked {
    Read,
    Saved,
}

/// Applies the marks of a call; `None` if it has none. One write.
pub(super) async fn apply(
    app: &AppState,
    library: &mut Library,
    numbers: &Numbers,
    params: &Params,
) -> HandlerResult<Option<Marked>> {
    let (mark, how) = (params.one("mark"), params.one("as"));
    match (mark, how) {
        (Some("item"), Some(how)) => {
            let named = numbers_of(params, "id").unwrap_or_default();
            let ids: Vec<ArticleId> = named
                .iter()
                .filter_map(|one| numbers.article(*one))
                .collect();
            items(app, library, &ids, how).await
        }
        (Some(kind @ ("feed" | "group")), Some("read")) => {
            let id: i64 = params
                .one("id")
                .and_then(|id| id.parse().ok())
                .unwrap_or(-1);
            let until = match params.one("before") {
                None | Some("" | "0") => i64::MAX,
                // By the second, that included.
                Some(text) => match text.parse::<i64>() {
                    Ok(before) if before > 0 => {
                        before.saturating_mul(1_000_000).saturating_add(999_999)
                    }
                    // What can't be read marks nothing, rather than everything.
                    _ => return Ok(None),
                },
            };
            if let Some(stream) = stream(library, numbers, kind, id) {
                clear(app, library, &stream, until, app.clock.now()).await?;
            }
            Ok(Some(Marked::Read))
        }
        _ => Ok(None),
    }
}

async fn items(
    app: &AppState,
    library: &mut Library,
    ids: &[ArticleId],
    how: &str,
) -> HandlerResult<Option<Marked>> {
    let user = library.shelf.user;
    match how {
        "read" => mark_for_program(app, &mut library.shelf, ids, &[]).await?,
        "unread" => mark_for_program(app, &mut library.shelf, &[], ids).await?,
        "saved" | "unsaved" => {
            let quota = quota_of(app, user).await?;
            if !ids.is_empty() {
                set_stars(app, user, quota, ids, how == "saved").await?;
            }
            return Ok(Some(Marked::Saved));
        }
        _ => return Ok(None),
    }
    Ok(Some(Marked::Read))
}

/// What a feed or a group holds: 0 is everything, −1 nothing. A group is its feeds, and not what is tagged with its name.
fn stream(library: &Library, numbers: &Numbers, kind: &str, id: i64) -> Option<Stream> {
    let number = u32::try_from(id).ok()?;
    Some(match (kind, number) {
        ("group", 0) => Stream::All,
        ("group", group) => Stream::Feeds(numbers.feeds_of(library, group)),
        (_, feed) => Stream::Feed(FeedId(feed)),
    })
}
