//! Simulated readers: when they visit, and what they do.

use dormouse::tooling::random::Random;

/// Seconds spent reading one article: minimum and maximum.
const READING: (i64, i64) = (20, 70);
/// Days for which a browser caches an icon: a seventh of the feeds' icons is requested each day.
const WEEK: u32 = 7;
/// Distribution of visits over the day: weights of twelve two-hour blocks.
const HOURS: [u32; 12] = [2, 1, 1, 4, 9, 8, 7, 8, 7, 9, 10, 6];

/// One action of a reader, at a second of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Action {
    pub(super) second: i64,
    pub(super) reader: u32,
    pub(super) what: What,
}

/// The kinds of action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// Opens the first page of the unread list.
    Unread,
    /// Requests the icon of one of the reader's feeds.
    Icon(u32),
    /// Opens the article at this position of the list, in the pane.
    Open(u32),
    /// Sends the read mark of the article at this position.
    Mark(u32),
    /// Stars the article at this position.
    Star(u32),
    /// Marks everything in the list as read.
    MarkPage,
    /// The open page's periodic check.
    Pulse,
}

fn between(random: &Random, (low, high): (i64, i64)) -> i64 {
    let most = u64::try_from(high - low + 1).unwrap_or(1);
    low - 1 + random.id(most)
}

/// All actions of one reader on one day.
pub(super) fn day(
    reader: u32,
    visits: u32,
    opened: u32,
    feeds: u32,
    random: &Random,
) -> Vec<Action> {
    let mut actions = Vec::new();
    for visit in 0..visits {
        let total: u32 = HOURS.iter().sum();
        let mut place = between(random, (0, i64::from(total) - 1));
        let mut block = 0;
        for (hour, weight) in (0_i64..).zip(HOURS) {
            block = hour;
            place -= i64::from(weight);
            if place < 0 {
                break;
            }
        }
        let begin = block * 7_200 + between(random, (0, 7_199));
        let mut at = begin;
        let mut push = |second, what| {
            actions.push(Action {
                second,
                reader,
                what,
            })
        };
        push(at, What::Unread);
        if visit == 0 {
            for icon in 0..feeds.div_ceil(WEEK) {
                push(at + 1, What::Icon(icon));
            }
        }
        for place in 0..opened {
            at += between(random, READING);
            push(at, What::Open(place));
            // `marks.js` sends marks in batches, three seconds after the first.
            push(at + 3, What::Mark(place));
            // One article in fifty is starred.
            if between(random, (1, 50)) == 1 {
                push(at + 5, What::Star(place));
            }
        }
        at += 30;
        push(at, What::MarkPage);
        // The list is reloaded, now empty, and the page stays open for one to ten minutes.
        push(at + 1, What::Unread);
        let end = at + between(random, (60, 600));
        let pulses = (begin..end).step_by(60).skip(1);
        for second in pulses {
            push(second, What::Pulse);
        }
    }
    actions.retain(|action| action.second < 24 * 3_600);
    actions
}
