//! Applying a batch of marks, and the unread counts after it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::app::AppState;
use crate::ids::ArticleId;
use crate::shelf::{Scope, Shelf};
use crate::web::problem::{HandlerResult, Problem};

/// Marks collected by a page's script. A batch that is sent twice with the same id is applied once.
#[derive(Debug, Deserialize)]
pub(crate) struct Batch {
    #[serde(default)]
    pub batch: Option<String>,
    #[serde(default)]
    pub read: Vec<String>,
    #[serde(default)]
    pub unread: Vec<String>,
}

/// Maximum marks in one batch.
const MAX_MARKS: usize = 300;

/// The unread counts.
#[derive(Debug, Serialize)]
pub(crate) struct Counts {
    unread: Unread,
    /// The ids of a batch that name nothing: articles that aren't there, or not on the shelf.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignored: Vec<String>,
}

impl Counts {
    pub(crate) fn of(shelf: &Shelf) -> Self {
        let feeds = shelf.subscriptions.iter();
        let feeds = feeds.map(|one| (one.feed.to_string(), shelf.unread(one.feed)));
        Self {
            unread: Unread {
                total: shelf.unread_in(&Scope::Everything),
                feeds: feeds.collect(),
            },
            ignored: Vec::new(),
        }
    }

    /// The counts after a batch.
    pub(crate) fn after(shelf: &Shelf, ignored: &[ArticleId]) -> Self {
        Self {
            ignored: ignored.iter().map(ArticleId::to_string).collect(),
            ..Self::of(shelf)
        }
    }
}

#[derive(Debug, Serialize)]
struct Unread {
    total: u32,
    /// Every feed on the shelf.
    feeds: BTreeMap<String, u32>,
}

/// Applies a batch: all of it in one write, or nothing if there is a problem. Returns the ids that name nothing.
pub(crate) async fn apply_batch(
    app: &AppState,
    shelf: &mut Shelf,
    batch: &Batch,
) -> HandlerResult<Vec<ArticleId>> {
    if batch.read.len() + batch.unread.len() > MAX_MARKS {
        let title = format!("A batch holds at most {MAX_MARKS} marks");
        return Err(Problem::bad_request(
            "too_many_marks",
            title,
            "Send several batches.",
        ));
    }
    if batch
        .batch
        .as_ref()
        .is_some_and(|id| id.is_empty() || id.len() > 64)
    {
        let title = "A batch’s id has 1 to 64 characters";
        return Err(Problem::bad_request("bad_batch", title, "Use a UUID."));
    }
    let read = article_ids(&batch.read)?;
    let unread = article_ids(&batch.unread)?;
    let id = batch.batch.as_deref();
    let now = app.clock.now();
    Ok(shelf.mark(&app.store, now, id, &read, &unread).await?)
}

fn article_ids(texts: &[String]) -> HandlerResult<Vec<ArticleId>> {
    let id = |text: &String| {
        text.parse().map_err(|_| {
            let text = crate::codec::cut(text, 40);
            let title = format!("{text:?} isn’t an article’s id");
            Problem::bad_request("bad_id", title, "Ids look like 52341234-17.")
        })
    };
    texts.iter().map(id).collect()
}
