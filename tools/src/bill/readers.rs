//! Readers that are made up: when they come, and what they do.

use dormouse::tooling::random::Chance;

/// Seconds that an article is read.
const READING: (i64, i64) = (20, 70);
/// Icons that a browser asks for in a day: one for each feed in a week.
const WEEK: u32 = 7;
/// How a day's visits lie: weights of its twelve blocks of two hours.
const HOURS: [u32; 12] = [2, 1, 1, 4, 9, 8, 7, 8, 7, 9, 10, 6];

/// One thing that a reader does, at a second of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Deed {
    pub(super) second: i64,
    pub(super) reader: u32,
    pub(super) what: What,
}

/// What.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// Unread, from its beginning.
    Unread,
    /// The icon of one of his feeds.
    Icon(u32),
    /// The article at this place of the list, in the pane.
    Open(u32),
    /// The mark that follows.
    Mark(u32),
    /// A star on it.
    Star(u32),
    /// Everything that the list showed.
    MarkPage,
    /// The open page asks.
    Pulse,
}

fn between(chance: &Chance, (low, high): (i64, i64)) -> i64 {
    let most = u64::try_from(high - low + 1).unwrap_or(1);
    low - 1 + chance.id(most)
}

/// A day of one reader.
pub(super) fn day(reader: u32, visits: u32, opened: u32, feeds: u32, chance: &Chance) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for visit in 0..visits {
        let total: u32 = HOURS.iter().sum();
        let mut place = between(chance, (0, i64::from(total) - 1));
        let mut block = 0;
        for (hour, weight) in (0_i64..).zip(HOURS) {
            block = hour;
            place -= i64::from(weight);
            if place < 0 {
                break;
            }
        }
        let begin = block * 7_200 + between(chance, (0, 7_199));
        let mut at = begin;
        let mut push = |second, what| {
            deeds.push(Deed {
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
            at += between(chance, READING);
            push(at, What::Open(place));
            // As `marks.js` does: three seconds later, with what else was marked.
            push(at + 3, What::Mark(place));
            // One of fifty.
            if between(chance, (1, 50)) == 1 {
                push(at + 5, What::Star(place));
            }
        }
        at += 30;
        push(at, What::MarkPage);
        // The list again, which is empty now; and the page stays open for some minutes.
        push(at + 1, What::Unread);
        let end = at + between(chance, (60, 600));
        let pulses = (begin..end).step_by(60).skip(1);
        for second in pulses {
            push(second, What::Pulse);
        }
    }
    deeds.retain(|deed| deed.second < 24 * 3_600);
    deeds
}
