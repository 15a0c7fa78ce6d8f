//! Simulated readers: when they visit, and what they do.

use std::cmp::Ordering;

use dormouse::tooling::random::Random;

use super::Settings;
use super::phone::Call;

/// Seconds spent reading one article: minimum and maximum.
const READING: (i64, i64) = (20, 70);
/// Days for which a browser caches an icon: a seventh of the feeds' icons is requested each day.
const WEEK: u32 = 7;
/// Distribution of visits over the day: weights of twelve two-hour blocks.
const HOURS: [u32; 12] = [2, 1, 1, 4, 9, 8, 7, 8, 7, 9, 10, 6];

/// One reader in so many listens to an episode each day.
const LISTENERS: u32 = 10;
/// For how long, in seconds, with one pause.
const LISTENED: i64 = 3_600;
/// When they pause, and go on.
const PAUSE: i64 = 2_000;
/// Seconds after which a place is sent alone: `sound.js` notes it after a minute, and `marks.js` waits five more for marks to go
/// along.
const ALONE: i64 = 360;

/// One reader in so many gives an article a tag in each visit: what is kept that way costs a read a page where it isn't cached.
const KEEPERS: u32 = 10;

/// One reader in so many reads the edition each day, and one in so many looks at their insights and journal once a week.
const OF_EDITIONS: u32 = 5;
const LOOKERS: u32 = WEEK;

/// One reader in so many has a rule.
const RULERS: u32 = 5;

/// One reader in so many has opened their stars to others, and how many programs ask for that every hour, without a cache between.
const SHARERS: u32 = 10;
const FOLLOWERS: u32 = 3;

/// The hours in which a phone syncs, and how often, in seconds; its reader reads on it in three of these syncs.
const AWAKE: std::ops::Range<i64> = 7..23;
const SYNC_EVERY: i64 = 1_800;
const PHONE_SESSIONS: i64 = 3;
/// One app in so many asks every feed for its newest articles every hour.
const GLUTTONS: u32 = 30;

/// Seconds after which a page that is open takes the newest unread articles along (`worker.js`), and the least between two times
/// (`device.js`).
const TAKEN_AFTER: i64 = 2;
const TAKEN_EVERY: i64 = 600;

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
    /// Sends how far the episode at this position was played, in seconds.
    Play(u32, i64),
    /// Stars the article at this position.
    Star(u32),
    /// Gives the article at this position a tag.
    Tag(u32),
    /// Marks everything in the list as read.
    MarkPage,
    /// Opens the edition's front page.
    Edition,
    /// Reads the edition.
    EditionText,
    /// Searches for a word.
    Search,
    /// Saves a rule.
    Rule,
    /// Looks at the insights.
    Insights,
    /// Looks at the newest page of the journal.
    Journal,
    /// Opens the reader's stars to others.
    Share,
    /// Finds the address under which they are open.
    Address,
    /// A stranger's program asks for what is open.
    Follow,
    /// The open page's periodic check.
    Pulse,
    /// The device takes the newest unread articles that it doesn't have.
    Pack,
    /// Their phone's app calls.
    Phone(Call),
}

fn between(random: &Random, (low, high): (i64, i64)) -> i64 {
    let most = u64::try_from(high - low + 1).unwrap_or(1);
    low - 1 + random.id(most)
}

/// A second of the day at which a visit begins.
fn visit_begins(random: &Random) -> i64 {
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
    block * 7_200 + between(random, (0, 7_199))
}

/// An hour of listening, in a tab behind others, which sends no pulses: the place on the pause and at the end, and alone
/// between them.
fn listening(begin: i64, mut push: impl FnMut(i64, What)) {
    push(begin, What::Unread);
    push(begin + 5, What::Open(0));
    push(begin + 8, What::Mark(0));
    let is_sent = |at: &i64| match at.cmp(&PAUSE) {
        Ordering::Less => at % ALONE == 0,
        Ordering::Equal => true,
        Ordering::Greater => (at - PAUSE) % ALONE == 0 || *at == LISTENED,
    };
    for at in (1..=LISTENED).filter(is_sent) {
        push(begin + 5 + at, What::Play(0, at));
    }
}

/// What is open to others, from the first minute on: whoever follows asks every hour, each at their own minute.
fn push_all(actions: &mut Vec<Action>, reader: u32) {
    let mut push = |second, what| {
        actions.push(Action {
            second,
            reader,
            what,
        });
    };
    push(0, What::Share);
    push(1, What::Address);
    for follower in 0..FOLLOWERS {
        let minute = i64::from((reader * 7 + follower * 23) % 59) + 1;
        for hour in 0..24 {
            push(hour * 3_600 + minute * 60, What::Follow);
        }
    }
}

/// The day of a phone: a sync every half hour, and after three of them the marks of what was read on it.
pub(super) fn phone_day(reader: u32, opened: u32, feeds: u32) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut push = |second, what| {
        actions.push(Action {
            second,
            reader,
            what,
        });
    };
    // Each phone at its own minute.
    let offset = i64::from(reader) * 37 % SYNC_EVERY;
    if reader % GLUTTONS == 9 {
        for hour in AWAKE {
            let begin = hour * 3_600 + offset;
            for feed in 0..feeds {
                let second = begin + i64::from(feed);
                push(second, What::Phone(Call::Newest(feed)));
            }
        }
        return actions;
    }
    let syncs = (AWAKE.end - AWAKE.start) * 3_600 / SYNC_EVERY;
    for sync in 0..syncs {
        let begin = AWAKE.start * 3_600 + sync * SYNC_EVERY + offset;
        for (second, call) in (0_i64..).zip(Call::SYNC) {
            push(begin + second, What::Phone(call));
        }
        if sync % (syncs / PHONE_SESSIONS) == 1 {
            push(begin + 400, What::Phone(Call::Marks(opened)));
        }
    }
    actions
}

/// What a device takes along on a day: a while after each page is opened, unless it just did.
pub(super) fn packs(actions: &[Action]) -> Vec<Action> {
    let mut last = -TAKEN_EVERY;
    let mut packs = Vec::new();
    let mut pages: Vec<&Action> = actions.iter().collect();
    pages.sort();
    for page in pages.into_iter().filter(|one| one.what == What::Unread) {
        if page.second - last >= TAKEN_EVERY {
            last = page.second;
            packs.push(Action {
                second: page.second + TAKEN_AFTER,
                what: What::Pack,
                ..*page
            });
        }
    }
    packs
}

/// All actions of one reader on one day.
pub(super) fn day(reader: u32, settings: &Settings, feeds: u32, random: &Random) -> Vec<Action> {
    let (visits, opened) = (settings.visits, settings.opened);
    let mut actions = Vec::new();
    for visit in 0..visits {
        let begin = visit_begins(random);
        let mut at = begin;
        let mut push = |second, what| {
            actions.push(Action {
                second,
                reader,
                what,
            })
        };
        if visit == 0 && reader % OF_EDITIONS == 2 {
            push(at - 20, What::Edition);
            push(at - 10, What::EditionText);
        }
        if visit == 0 && reader % LOOKERS == 3 {
            push(at - 40, What::Insights);
            push(at - 30, What::Journal);
        }
        if visit == 0 && reader % RULERS == 4 {
            push(1, What::Rule);
        }
        push(at, What::Unread);
        // Seven, so that a reader's visits aren't neighbours.
        if (reader * 3 + visit) * 7 % 100 < settings.searches {
            push(at + 2, What::Search);
        }
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
        // Others than those who listen.
        if reader % KEEPERS == 1 && opened > 0 {
            push(at + 6, What::Tag(0));
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
    if reader.is_multiple_of(LISTENERS) {
        listening(visit_begins(random), |second, what| {
            actions.push(Action {
                second,
                reader,
                what,
            });
        });
    }
    if reader % SHARERS == 4 {
        push_all(&mut actions, reader);
    }
    actions.retain(|action| (0..24 * 3_600).contains(&action.second));
    actions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_listening_sends_eleven_places() {
        let mut sent = Vec::new();
        listening(0, |second, what| {
            if let What::Play(0, at) = what {
                assert_eq!(second, at + 5);
                sent.push(at);
            }
        });
        assert_eq!(
            sent,
            [
                360, 720, 1_080, 1_440, 1_800, 2_000, 2_360, 2_720, 3_080, 3_440, 3_600
            ]
        );
    }
}
