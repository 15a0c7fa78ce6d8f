//! Feeds that post very often, as one row a day that opens to their titles.

use std::collections::BTreeMap;

use crate::ids::{ArticleId, FeedId};
use crate::shelf::Shelf;
use crate::timestamp::Timestamp;
use crate::web::view::{ArticleLine, DayHead};
use crate::web::words;

/// Puts the lines of each feed that is rolled up together by the reader's day, where the first of them stands. One alone
/// stays as it is.
pub(super) fn roll_up(shelf: &Shelf, lines: Vec<ArticleLine>) -> Vec<ArticleLine> {
    if !shelf.subscriptions.iter().any(|one| one.habits.rolled_up) {
        return lines;
    }
    let mut places: BTreeMap<(FeedId, String), usize> = BTreeMap::new();
    let mut groups: Vec<Vec<ArticleLine>> = Vec::new();
    for line in lines {
        let place = day_of(shelf, &line).and_then(|day| places.get(&day).copied());
        match place {
            Some(place) => groups[place].push(line),
            None => {
                if let Some(day) = day_of(shelf, &line) {
                    places.insert(day, groups.len());
                }
                groups.push(vec![line]);
            }
        }
    }
    groups.into_iter().flat_map(headed).collect()
}

/// The feed and the day of a line that is rolled up; `None` for the others.
fn day_of(shelf: &Shelf, line: &ArticleLine) -> Option<(FeedId, String)> {
    let id: ArticleId = line.id.parse().ok()?;
    let one = shelf.subscription(id.feed)?;
    let at: Timestamp = line.datetime.parse().ok()?;
    let day = words::local(at).format("%Y-%m-%d").to_string();
    one.habits.rolled_up.then_some((id.feed, day))
}

fn headed(mut group: Vec<ArticleLine>) -> Vec<ArticleLine> {
    if group.len() > 1 {
        let head = DayHead {
            articles: u32::try_from(group.len()).unwrap_or(u32::MAX),
        };
        if let [first, .., last] = group.as_mut_slice() {
            first.opens = Some(head);
            last.closes = true;
        }
    }
    group
}
