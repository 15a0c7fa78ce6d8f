//! Why a feed is asked when it is: a pure function of its card, for words.

use super::schedule::{self, FLOOR};
use crate::feeds::{Card, Rung};
use crate::timestamp::{Timestamp, minute_of};

/// The reason that decides when a feed is asked next. Of several, the one without which it would be asked sooner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its publisher took it down for good.
    Gone,
    /// Nobody who is awake reads it.
    Resting,
    /// It was never fetched, or has just woken.
    New,
    /// So many polls in a row failed.
    Failing(u32),
    /// Its server asked to be left alone for a while.
    ToldToWait,
    /// Its publisher names hours or days at which not to come.
    Times,
    /// Its publisher asks for so many minutes between two requests, at the least.
    Wish(i64),
    /// Its server gives nothing to ask with whether it has changed.
    NoValidators,
    /// Its hub pushes what is new.
    Pushed,
    /// It has been silent for so many minutes, longer than it used to be.
    Silent(i64),
    /// It posts every so many minutes.
    Posts(i64),
    /// Nobody knows how often it posts: its entries have no dates, or are too few.
    Unknown,
}

/// Why a feed is asked when it is.
pub fn why(card: &Card, now: Timestamp) -> Why {
    let minute = minute_of(now);
    match card.rung {
        Rung::Off if card.is_gone() => return Why::Gone,
        Rung::Off => return Why::Resting,
        Rung::New if card.failures == 0 && card.not_before <= minute => return Why::New,
        _ => {}
    }
    if card.failures > 0 {
        return Why::Failing(card.failures);
    }
    if card.not_before > minute {
        return Why::ToldToWait;
    }
    if card.wishes.has_times() {
        return Why::Times;
    }
    if card.pushed_until > minute {
        return Why::Pushed;
    }
    let silent = minute - card.newest.div_euclid(60_000_000);
    let own = schedule::own_period(card, minute);
    let wish = card.wishes.least();
    if wish > own.max(FLOOR) && wish >= schedule::least_pause(card) {
        return Why::Wish(wish);
    }
    if !card.has_validators() && schedule::least_pause(card) > own {
        return Why::NoValidators;
    }
    match card.gap {
        0 if card.newest == 0 || silent < schedule::UNKNOWN_GAP * 2 => Why::Unknown,
        gap if schedule::is_silent(gap, silent) && card.newest > 0 => Why::Silent(silent),
        gap => Why::Posts(gap),
    }
}

#[cfg(test)]
mod tests {
    use crate::feeds::Validators;
    use crate::feeds::polling_hints::Wishes;
    use crate::timestamp::from_micros;
    use crate::update::reason::*;

    const DAY: i64 = 24 * 60;
    const NOW: i64 = 29_540_000;

    fn card(change: impl FnOnce(&mut Card)) -> Card {
        let mut card = Card::new("https://news.example/feed");
        card.rung = Rung::Step(2);
        card.gap = 180;
        card.newest = (NOW - 60) * 60_000_000;
        card.validators = Validators {
            etag: Some("\"1\"".into()),
            ..Validators::default()
        };
        change(&mut card);
        card
    }

    #[test]
    fn the_reason_is_the_one_that_decides() {
        let now = from_micros(NOW * 60_000_000);
        for (card, expected) in [
            (card(|_| {}), Why::Posts(180)),
            (
                card(|c| c.newest -= 3 * DAY * 60_000_000),
                Why::Silent(3 * DAY + 60),
            ),
            (card(|c| (c.gap, c.newest) = (0, 0)), Why::Unknown),
            (
                card(|c| c.validators = Validators::default()),
                Why::NoValidators,
            ),
            (card(|c| c.wishes.ttl = 720), Why::Wish(720)),
            (card(|c| c.wishes.ttl = 30), Why::Posts(180)),
            (
                card(|c| {
                    c.wishes = Wishes {
                        hours: 1,
                        ..c.wishes
                    }
                }),
                Why::Times,
            ),
            (card(|c| c.pushed_until = NOW + 1), Why::Pushed),
            (card(|c| c.not_before = NOW + 1), Why::ToldToWait),
            (
                card(|c| (c.failures, c.not_before) = (3, NOW + 1)),
                Why::Failing(3),
            ),
            (card(|c| c.rung = Rung::New), Why::New),
            (card(|c| c.rung = Rung::Off), Why::Resting),
            (
                card(|c| (c.rung, c.error) = (Rung::Off, Some("gone".into()))),
                Why::Gone,
            ),
        ] {
            assert_eq!(why(&card, now), expected, "{card:?}");
        }
    }
}
