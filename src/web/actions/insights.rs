//! What the journal says, for pages and programs: what feeds are called, what they are worth, and what rankings leave out.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::plan::{DAYS, Plan};
use crate::app::App;
use crate::ids::{FeedId, UserId};
use crate::shelf::Shelf;
use crate::shelf::history::erase;
use crate::shelf::history::insights::Insights;
use crate::shelf::history::view::Journal;
use crate::shelf::journal::{MOST_LEFT_OUT, Name};
use crate::timestamp::Timestamp;
use crate::web::problem::HandlerResult;
use crate::web::words::t;

/// Feeds of which is said what they are worth.
pub(crate) const WORTH: usize = 12;

/// What feeds are called; those that gave no name are called something, too.
pub(crate) fn names(journal: &Journal, shelf: &Shelf) -> BTreeMap<FeedId, Name> {
    let mut names = journal.names_on(shelf);
    for name in names
        .values_mut()
        .filter(|name| name.title.trim().is_empty())
    {
        t("journal-some-feed").clone_into(&mut name.title);
    }
    names
}

/// The years of which there is something, the newest first.
pub(crate) fn years(insights: &Insights<'_>, now: i32) -> Vec<i32> {
    let days = insights.by_day();
    let first = days.keys().next().map_or(now, NaiveDate::year);
    (first..=now).rev().collect()
}

/// How much of what a feed posted was opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Worth {
    pub feed: FeedId,
    pub arrived: u32,
    pub opened: i64,
}

impl Worth {
    /// In hundredths.
    pub(crate) fn share(&self) -> i64 {
        (self.opened * 100 / i64::from(self.arrived.max(1))).min(100)
    }
}

/// In how many days it is known what was opened, 90 at most.
pub(crate) fn known_days(insights: &Insights<'_>) -> i64 {
    let days = insights
        .began()
        .map_or(0, |began| (insights.today() - began).num_days() + 1);
    days.clamp(0, i64::try_from(DAYS).unwrap_or(90))
}

/// How much of what arrived in those days was opened, of each feed of which anything did.
pub(crate) fn worth_of(shelf: &Shelf, insights: &Insights<'_>, now: Timestamp) -> Vec<Worth> {
    let days = known_days(insights);
    let opened = insights.opened_lately(days);
    let all = shelf.subscriptions.iter().filter_map(|one| {
        let plan = Plan::of(one, shelf.summary(one.feed)?, &[], now);
        let from = DAYS.saturating_sub(usize::try_from(days).unwrap_or_default());
        let arrived: u32 = plan.posts.iter().skip(from).sum();
        (arrived > 0).then(|| Worth {
            feed: one.feed,
            arrived,
            opened: opened.get(&one.feed).copied().unwrap_or_default(),
        })
    });
    all.collect()
}

/// What a ranking leaves out, or has again.
#[derive(Clone, Debug)]
pub(crate) enum Ranks {
    Feed(FeedId),
    Author(String),
}

/// Has rankings leave something out, or with `back` count it again. One read and one write.
///
/// # Errors
/// A [`Problem`](crate::web::problem::Problem) from the store's error.
pub(crate) async fn leave_out(
    app: &App,
    user: UserId,
    what: &[Ranks],
    back: bool,
) -> HandlerResult<()> {
    erase::leave_out(&app.store, user, |left| {
        for one in what {
            match one {
                Ranks::Feed(feed) if back => left.feeds.remove(feed),
                Ranks::Feed(feed) => left.feeds.len() < MOST_LEFT_OUT && left.feeds.insert(*feed),
                Ranks::Author(author) if back => left.authors.remove(author),
                Ranks::Author(author) => {
                    left.authors.len() < MOST_LEFT_OUT && left.authors.insert(author.clone())
                }
            };
        }
    })
    .await?;
    Ok(())
}
