//! Applying a batch of marks, and the unread counts after it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::AppState;
use crate::articles::store as articles;
use crate::ids::{ArticleId, FeedId};
use crate::shelf::journal::{Act, Text};
use crate::shelf::played::{LAST_SECOND, MAX_EPISODES, Played, SPEEDS};
use crate::shelf::{Doing, Scope, Shelf, Told};
use crate::timestamp::Timestamp;
use crate::web::actions::own_time;
use crate::web::frame::{LOOSE_HREF, SHOWN_FEEDS, folder_href};
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::locale as words;

/// Marks collected by a page's script. A batch that is sent twice with the same id is applied once.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = Marks)]
pub(crate) struct Batch {
    /// An id of the batch: one that is sent twice counts once. 1 to 64 characters.
    #[serde(default)]
    pub batch: Option<String>,
    /// Ids of articles that become read.
    #[serde(default)]
    pub read: Vec<String>,
    /// Ids of articles that become unread.
    #[serde(default)]
    pub unread: Vec<String>,
    /// How far episodes were played.
    #[serde(default)]
    pub played: Vec<PlayedPart>,
    /// Articles that were opened, for the journal; whether they become read is said by `read`.
    #[serde(default)]
    pub opened: Vec<String>,
    /// Articles whose publishers' pages were gone to.
    #[serde(default)]
    pub followed: Vec<String>,
    /// When something was done with an article, by its id, where that wasn’t just now: milliseconds since 1970 by the
    /// sender’s clock. The journal keeps it; it is at most 31 days back, and never to come.
    #[serde(default)]
    pub at: BTreeMap<String, i64>,
    /// The sender’s clock when the batch was sent, so that one that is wrong does no harm.
    #[serde(default)]
    pub now: Option<i64>,
}

/// How far an episode was played.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Played)]
pub(crate) struct PlayedPart {
    /// The episode’s id.
    id: String,
    /// Whole seconds from the beginning; 0 when it is over.
    at: i64,
    /// Hundredths of the usual speed.
    #[serde(default = "usual")]
    speed: i64,
}

fn usual() -> i64 {
    100
}

/// Maximum marks in one batch.
const MAX_MARKS: usize = 300;
/// Most articles that a program marks at once and that count as opened: by hand, nobody opens more.
const OPENED_BY_PROGRAM: usize = 3;

/// The unread counts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MarkCounts)]
pub(crate) struct Counts {
    unread: Unread,
    /// The ids of a batch that name nothing: articles that aren't there, or not on the shelf.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignored: Vec<String>,
}

impl Counts {
    /// Every feed's.
    pub(crate) fn of(shelf: &Shelf) -> Self {
        Self::with(shelf, |_| true, None)
    }

    /// What a page shows: every feed's of a small shelf; of a large one these feeds', and the folders'.
    pub(crate) fn for_page(shelf: &Shelf, touched: &BTreeSet<FeedId>) -> Self {
        if shelf.subscriptions.len() <= SHOWN_FEEDS {
            return Self::of(shelf);
        }
        let tally = shelf.tally();
        let loose = (LOOSE_HREF.to_owned(), tally.of_folder(&[]));
        let named = tally
            .folders()
            .map(|(path, unread)| (folder_href(path), unread));
        let folders = named.chain([loose]).collect();
        Self::with(shelf, |feed| touched.contains(&feed), Some(folders))
    }

    fn with(
        shelf: &Shelf,
        is_shown: impl Fn(FeedId) -> bool,
        folders: Option<BTreeMap<String, u32>>,
    ) -> Self {
        let tally = shelf.tally();
        let feeds = tally
            .each(&shelf.subscriptions)
            .filter(|(one, _)| is_shown(one.feed));
        Self {
            unread: Unread {
                total: tally.total(),
                seldom: shelf.unread_in(&Scope::Seldom),
                feeds: feeds
                    .map(|(one, unread)| (one.feed.to_string(), unread))
                    .collect(),
                folders,
            },
            ignored: Vec::new(),
        }
    }

    /// The same, with what a batch named that isn't there.
    pub(crate) fn ignoring(self, ignored: &[ArticleId]) -> Self {
        Self {
            ignored: ignored.iter().map(ArticleId::to_string).collect(),
            ..self
        }
    }
}

impl Batch {
    /// That one article was opened.
    pub(crate) fn opening(id: ArticleId) -> Self {
        Self {
            read: vec![id.to_string()],
            opened: vec![id.to_string()],
            ..Self::default()
        }
    }

    /// The feeds of its articles.
    pub(crate) fn feeds(&self) -> BTreeSet<FeedId> {
        let played = self.played.iter().map(|one| &one.id);
        let opened = self.opened.iter().chain(&self.followed);
        let ids = self.read.iter().chain(&self.unread).chain(played);
        let ids = ids.chain(opened);
        ids.filter_map(|id| Some(id.parse::<ArticleId>().ok()?.feed))
            .collect()
    }
}

/// The unread counts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnreadCounts)]
struct Unread {
    total: u32,
    /// Those of feeds that post seldom; absent for none.
    #[serde(skip_serializing_if = "is_none")]
    seldom: u32,
    /// By the feed's id.
    feeds: BTreeMap<String, u32>,
    /// By the folder's address; only for pages whose rail doesn't have every feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    folders: Option<BTreeMap<String, u32>>,
}

fn is_none(count: &u32) -> bool {
    *count == 0
}

/// Applies a batch: all of it in one write, or nothing if there is a problem. Returns the ids that name nothing.
pub(crate) async fn apply_batch(
    app: &AppState,
    shelf: &mut Shelf,
    batch: &Batch,
) -> HandlerResult<Vec<ArticleId>> {
    if [&batch.unread, &batch.opened, &batch.followed]
        .iter()
        .fold(batch.read.len(), |sum, ids| sum + ids.len())
        > MAX_MARKS
    {
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
    let played = played_parts(&batch.played)?;
    let id = batch.batch.as_deref();
    let now = app.clock.now();
    let opened = article_ids(&batch.opened)?;
    let followed = article_ids(&batch.followed)?;
    let told = told(app, shelf, &opened, &followed).await?;
    let times = times(batch, now)?;
    let doing = Doing {
        batch: id,
        read: &read,
        unread: &unread,
        played: &played,
        told: &told,
        times: &times,
        zone: words::zone_name(),
    };
    Ok(shelf.apply(&app.store, now, doing).await?)
}

/// When something was done with articles.
fn times(batch: &Batch, now: Timestamp) -> HandlerResult<Vec<(ArticleId, Timestamp)>> {
    let all = batch.at.iter().take(MAX_MARKS);
    let times = all.map(|(id, at)| {
        let when = own_time::when(now, batch.now, Some(*at));
        Ok((article_id(id)?, when.at))
    });
    times.collect()
}

/// Marks articles for a program, in one write however many; those that aren't there are passed over. A few that become read at once
/// count as opened.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(crate) async fn mark_for_program(
    app: &AppState,
    shelf: &mut Shelf,
    read: &[ArticleId],
    unread: &[ArticleId],
) -> HandlerResult<()> {
    let opened = match read.len() {
        0..=OPENED_BY_PROGRAM => read,
        _ => &[],
    };
    let told = told(app, shelf, opened, &[]).await?;
    let doing = Doing {
        read,
        unread,
        told: &told,
        ..Doing::default()
    };
    shelf.apply(&app.store, app.clock.now(), doing).await?;
    Ok(())
}

/// What a program's batch says of openings: it can't tell an opening from a mark, so a few marks at once are openings.
pub(crate) fn as_program(batch: Batch) -> Batch {
    if batch.read.len() > OPENED_BY_PROGRAM || !batch.opened.is_empty() {
        return batch;
    }
    Batch {
        opened: batch.read.clone(),
        ..batch
    }
}

/// What the journal is told of articles. What it keeps of them is in the cache where they were shown; otherwise one read per 30.
async fn told(
    app: &AppState,
    shelf: &Shelf,
    opened: &[ArticleId],
    followed: &[ArticleId],
) -> HandlerResult<Vec<Told>> {
    if shelf.read.habits().is_paused {
        return Ok(Vec::new());
    }
    let acts = opened.iter().map(|id| (*id, Act::Opened));
    let acts = acts.chain(followed.iter().map(|id| (*id, Act::Followed)));
    let acts: Vec<(ArticleId, Act)> = acts
        .filter(|(id, _)| shelf.subscription(id.feed).is_some())
        .collect();
    let mut texts: BTreeMap<ArticleId, Text> = BTreeMap::new();
    let ids: BTreeSet<ArticleId> = acts.iter().map(|(id, _)| *id).collect();
    let mut unknown = Vec::new();
    for id in ids {
        match articles::remembered(&app.store, id) {
            Some(summary) => drop(texts.insert(id, Text::of(&summary))),
            None => unknown.push(id),
        }
    }
    for row in articles::cached_by_name(&app.store, &unknown).await? {
        texts.insert(row.id, Text::of(&row.summary));
    }
    let told = acts.into_iter().map(|(id, act)| Told {
        id,
        act,
        text: texts.get(&id).cloned(),
    });
    Ok(told.collect())
}

fn played_parts(parts: &[PlayedPart]) -> HandlerResult<Vec<Played>> {
    if parts.len() > MAX_EPISODES {
        let title =
            format!("A batch says of at most {MAX_EPISODES} episodes how far they were played");
        let advice = "Send several batches.";
        return Err(Problem::bad_request("too_many_marks", title, advice));
    }
    parts.iter().map(played_part).collect()
}

fn played_part(part: &PlayedPart) -> HandlerResult<Played> {
    let bad = |title: String| {
        let advice = format!(
            "A place is 0 to {LAST_SECOND} seconds, a speed {} to {} hundredths.",
            SPEEDS.start(),
            SPEEDS.end()
        );
        Problem::bad_request("bad_place", title, advice)
    };
    let at = u32::try_from(part.at).ok().filter(|at| *at <= LAST_SECOND);
    let at = at.ok_or_else(|| bad(format!("{} isn’t a place in an episode", part.at)))?;
    let speed = u16::try_from(part.speed).ok();
    let speed = speed.filter(|speed| SPEEDS.contains(speed));
    let speed = speed.ok_or_else(|| bad(format!("{} isn’t a speed", part.speed)))?;
    let id = article_id(&part.id)?;
    Ok(Played { id, at, speed })
}

fn article_ids(texts: &[String]) -> HandlerResult<Vec<ArticleId>> {
    texts.iter().map(|text| article_id(text)).collect()
}

fn article_id(text: &str) -> HandlerResult<ArticleId> {
    text.parse().map_err(|_| {
        let text = crate::codec::cut(text, 40);
        let title = format!("{text:?} isn’t an article’s id");
        Problem::bad_request("bad_id", title, "Ids look like 52341234-17.")
    })
}
