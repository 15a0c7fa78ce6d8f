//! `read-state.jsonl`: what is read of each feed, by what tells its articles apart wherever it is fetched.
//!
//! An article has another number on each installation. What is the same on all is the hash by which a feed's record recognises it: of the
//! publisher's id or, where that is no good, of its link, or title and date (`src/update/entry_id.rs`).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::base::{FEEDS_AT_ONCE, Mine, bare};
use super::report::Report;
use crate::datastore::StoreError;
use crate::feeds::{self, Fingerprint};
use crate::ids::{ArticleId, FeedId};
use crate::shelf::{ArticleMark, Played, Shelf, read_store};

/// The first line of the file.
pub(super) const HEAD: &str = "{\"format\":\"dormouse-read-state\",\"version\":1}\n";
/// Longest list of one feed: no record knows more articles.
const MOST: usize = 20_000;
/// The speeds and places that are believed.
const LAST_SECOND: u32 = crate::shelf::played::LAST_SECOND;

/// A line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Line {
    /// The feed's address.
    pub feed: String,
    /// The read articles: 16 hexadecimal digits each.
    pub read: Vec<String>,
    /// Where episodes were left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub played: Vec<Left>,
}

/// Where an episode was left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Left {
    pub article: String,
    /// Seconds from its beginning.
    pub at: u32,
    /// Hundredths of the usual speed.
    pub speed: u16,
}

fn name(print: &Fingerprint) -> String {
    format!("{:016x}", print.identity)
}

/// What is read of some feeds, in their order; nothing of those of which nothing is. One read each.
pub(super) async fn lines(
    mine: Mine<'_>,
    shelf: &Shelf,
    wanted: &[FeedId],
) -> Result<Vec<Line>, StoreError> {
    let known: Vec<FeedId> = wanted
        .iter()
        .copied()
        .filter(|feed| shelf.read.knows(*feed))
        .collect();
    let found = feeds::store::get_many(mine.store, &known).await?;
    let mut found: HashMap<FeedId, feeds::Feed> =
        found.into_iter().map(|feed| (feed.id, feed)).collect();
    let mut lines = Vec::new();
    for id in known {
        let Some(feed) = found.remove(&id) else {
            continue;
        };
        let mut line = Line {
            feed: feed.summary.url.to_string(),
            ..Line::default()
        };
        let named = feed.body.window.iter().filter(|print| print.identity != 0);
        for print in named {
            let article = ArticleId {
                feed: id,
                seq: print.seq,
            };
            if shelf.read.is_read(article) {
                line.read.push(name(print));
            }
            if let Some(played) = shelf.read.played(article) {
                line.played.push(Left {
                    article: name(print),
                    at: played.at,
                    speed: played.speed,
                });
            }
        }
        line.read.sort_unstable();
        line.played
            .sort_by(|one, other| one.article.cmp(&other.article));
        if !line.read.is_empty() || !line.played.is_empty() {
            lines.push(line);
        }
    }
    Ok(lines)
}

/// Marks as read what these lines name and is here. A read for each feed that is on the shelf and was fetched, and a write for all;
/// nothing is marked as unread.
pub(super) async fn mark(
    mine: Mine<'_>,
    shelf: &mut Shelf,
    here: &HashMap<String, FeedId>,
    lines: Vec<Line>,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut wanted: HashMap<FeedId, Line> = HashMap::new();
    for line in lines {
        match here.get(&bare(&line.feed)) {
            None => report.unread_feeds += 1,
            Some(feed) if shelf.numbers(*feed).last == 0 => report.waiting_feeds += 1,
            Some(feed) => drop(wanted.insert(*feed, line)),
        }
    }
    let (mut marks, mut played) = (Vec::new(), Vec::new());
    let ids: Vec<FeedId> = wanted.keys().copied().collect();
    for ids in ids.chunks(FEEDS_AT_ONCE) {
        for feed in feeds::store::get_many(mine.store, ids).await? {
            let Some(line) = wanted.get(&feed.id) else {
                continue;
            };
            let window = feed.body.window.iter().filter(|print| print.identity != 0);
            let known: HashMap<String, u32> =
                window.map(|print| (name(print), print.seq)).collect();
            let numbers = shelf.numbers(feed.id);
            let here = |article: &str| {
                let seq = *known.get(article)?;
                (numbers.first..=numbers.last).contains(&seq).then_some(seq)
            };
            for seq in line.read.iter().take(MOST).filter_map(|one| here(one)) {
                let id = ArticleId { feed: feed.id, seq };
                match shelf.read.is_read(id) {
                    true => report.read_known += 1,
                    false => marks.push(ArticleMark {
                        numbers,
                        seq,
                        read: true,
                    }),
                }
            }
            for left in line.played.iter().take(MOST) {
                let id = here(&left.article).map(|seq| ArticleId { feed: feed.id, seq });
                let speeds = crate::shelf::played::SPEEDS;
                let fits = left.at <= LAST_SECOND && speeds.contains(&left.speed);
                // Where it was left here stands.
                if let Some(id) = id.filter(|id| fits && shelf.read.played(*id).is_none()) {
                    played.push(Played {
                        id,
                        at: left.at,
                        speed: left.speed,
                    });
                }
            }
        }
    }
    report.read += marks.len();
    if marks.is_empty() && played.is_empty() {
        return Ok(());
    }
    let (user, now) = (mine.user, mine.now);
    let change = read_store::change(mine.store, user, now, |reading| {
        reading.apply_batch(None, &marks, &played, now);
    });
    (_, shelf.read) = change.await?;
    Ok(())
}
