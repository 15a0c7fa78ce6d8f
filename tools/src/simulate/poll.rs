//! One feed, asked as the tick would.

use dormouse::tooling::feeds::phase::{Spread, spread};
use dormouse::tooling::feeds::{Card, Validators};
use dormouse::tooling::ids::FeedId;
use dormouse::tooling::update::schedule::{OVERLAP, wait_until};

use super::Sweeps;
use super::patterns::{DAY, Life};
use super::report::Tally;
use super::strategies::Strategy;

/// A feed to ask.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    place: Spread,
    life: Life,
    /// Whether it posts daily or more in the counted time: the delay is measured over these.
    busy: bool,
}

impl Feed {
    pub(super) fn new(id: FeedId, life: Life, (start, end): (i64, i64)) -> Self {
        let counted = life.articles.iter().filter(|&&at| start <= at && at < end);
        let busy = counted.count() as i64 >= (end - start) / DAY;
        Self {
            place: spread(id),
            life,
            busy,
        }
    }
}

/// Asks one feed from before the counted time until its last article has arrived.
pub(super) fn poll(
    feed: &Feed,
    strategy: &Strategy,
    sweeps: &Sweeps,
    (start, end): (i64, i64),
    tally: &mut Tally,
) {
    let articles = &feed.life.articles;
    let mut minute = sweeps.first;
    let mut arrived = articles.partition_point(|&at| at <= minute);
    let mut card = Card {
        validators: Validators {
            etag: Some("\"1\"".into()),
            ..Validators::default()
        },
        ..Card::new("https://feed.example/")
    };
    read(&mut card, feed, strategy, arrived, minute);
    card.rung = strategy.rung(&card, minute);
    while minute < end || arrived < articles.len() {
        // The next sweep looks back a little, for those that this one passed over; the first has nowhere to look.
        let from = (minute - OVERLAP).max(sweeps.first);
        let due = feed.place.next_due(card.rung, from);
        let due = due.map(|due| due.max(minute + 1));
        let Some(sweep) = due.and_then(|due| sweeps.covering(due)) else {
            return;
        };
        minute = sweep.1;
        // The card says when it was asked, which is what the tick finds by playing its sweeps again.
        if wait_until(feed.place, &card, &[], minute).is_some() {
            continue;
        }
        card.asked = minute;
        let until = articles.partition_point(|&at| at <= minute);
        let counted = start < minute && minute <= end;
        let news = until - arrived;
        if counted {
            tally.request(minute - start, news);
        }
        for &at in &articles[arrived..until] {
            if start <= at && at < end {
                tally.article(minute - at, feed.busy);
            }
        }
        if news > feed.life.shown {
            tally.missed((news - feed.life.shown) as u64);
        }
        arrived = until;
        if news > 0 {
            read(&mut card, feed, strategy, arrived, minute);
        }
        let rung = strategy.rung(&card, minute);
        if rung != card.rung {
            card.rung = rung;
            if counted && news == 0 {
                tally.moved();
            }
        }
    }
}

/// What the card remembers of the document.
fn read(card: &mut Card, feed: &Feed, strategy: &Strategy, arrived: usize, minute: i64) {
    let first = arrived.saturating_sub(feed.life.shown);
    let document = &feed.life.articles[first..arrived];
    card.gap = strategy.gap(document);
    card.newest = document.last().map_or(0, |&at| at.min(minute)) * 60_000_000;
}
