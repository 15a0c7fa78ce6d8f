//! Why a feed is next checked when it is: a pure function of its summary, to be put into words.

use super::schedule::{self, MIN_INTERVAL};
use crate::feeds::{FeedSummary, PollTier};
use crate::timestamp::{Timestamp, minute_of};

/// The reason that determines a feed's next check. Of several, the one without which it would be checked sooner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its publisher has removed it for good.
    Gone,
    /// It has no active subscriber.
    Resting,
    /// It was never fetched, or has just been reactivated.
    New,
    /// This many checks in a row failed.
    Failing(u32),
    /// Its server asked us to wait.
    ToldToWait,
    /// Its publisher names hours or days without checks.
    Times,
    /// Its publisher asks for at least this many minutes between two requests.
    MinInterval(i64),
    /// Its server sends no validators.
    NoValidators,
    /// Its hub pushes updates.
    Pushed,
    /// It has been silent for this many minutes, longer than usual.
    Silent(i64),
    /// It posts every so many minutes.
    Posts(i64),
    /// Unknown posting rate: its entries have no dates, or are too few.
    Unknown,
}

/// Why a feed is next checked when it is.
pub fn reason(summary: &FeedSummary, now: Timestamp) -> Reason {
    let minute = minute_of(now);
    match summary.tier {
        PollTier::Off if summary.is_gone() => return Reason::Gone,
        PollTier::Off => return Reason::Resting,
        PollTier::New if summary.failures == 0 && summary.not_before <= minute => {
            return Reason::New;
        }
        _ => {}
    }
    if summary.failures > 0 {
        return Reason::Failing(summary.failures);
    }
    if summary.not_before > minute {
        return Reason::ToldToWait;
    }
    if summary.hints.has_times() {
        return Reason::Times;
    }
    if summary.is_pushed(minute) {
        return Reason::Pushed;
    }
    let silent = minute - summary.newest.div_euclid(60_000_000);
    let own = schedule::own_period(summary, minute);
    let least = summary.hints.least();
    if least > own.max(MIN_INTERVAL) && least >= schedule::min_interval(summary) {
        return Reason::MinInterval(least);
    }
    if !summary.has_validators() && schedule::min_interval(summary) > own {
        return Reason::NoValidators;
    }
    match summary.gap {
        0 if summary.newest == 0 || silent < schedule::UNKNOWN_GAP * 2 => Reason::Unknown,
        gap if schedule::is_silent(gap, silent) && summary.newest > 0 => Reason::Silent(silent),
        gap => Reason::Posts(gap),
    }
}

/// Why a user has to wait to refresh a feed on demand. Our schedule is never the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// This many checks in a row failed.
    Failing(u32),
    /// Its server asked us to wait.
    ToldToWait,
    /// Its publisher excludes certain hours or days, and this is one.
    Times,
    /// Its publisher asks for this many minutes between two requests.
    Interval(i64),
    /// Its server sends no validators: each check fetches the whole document, at most once a day.
    NoValidators,
    /// It was checked within the hour.
    Hourly,
}

/// Why a feed can't be refreshed on demand before `until`, given by [`schedule::on_demand_refused_until`].
pub fn refusal(summary: &FeedSummary, until: i64) -> Refusal {
    if summary.not_before >= until {
        return match summary.failures {
            0 => Refusal::ToldToWait,
            times => Refusal::Failing(times),
        };
    }
    if !summary.hints.permits(until - 1) {
        return Refusal::Times;
    }
    let base = match summary.has_validators() {
        true => MIN_INTERVAL,
        false => schedule::MIN_INTERVAL_WITHOUT_VALIDATORS,
    };
    let hint = summary.hints.least();
    match hint > base {
        true => Refusal::Interval(hint),
        false if base > MIN_INTERVAL => Refusal::NoValidators,
        false => Refusal::Hourly,
    }
}

#[cfg(test)]
mod tests {
    use crate::feeds::Validators;
    use crate::feeds::polling_hints::PollingHints;
    use crate::timestamp::from_micros;
    use crate::update::reason::*;

    const DAY: i64 = 24 * 60;
    const NOW: i64 = 29_540_000;

    fn summary(change: impl FnOnce(&mut FeedSummary)) -> FeedSummary {
        let mut summary = FeedSummary::new("https://news.example/feed".parse().unwrap());
        summary.tier = PollTier::Step(2);
        summary.gap = 180;
        summary.newest = (NOW - 60) * 60_000_000;
        summary.validators = Validators {
            etag: Some("\"1\"".into()),
            ..Validators::default()
        };
        change(&mut summary);
        summary
    }

    #[test]
    fn the_reason_is_the_one_that_decides() {
        let now = from_micros(NOW * 60_000_000);
        for (summary, expected) in [
            (summary(|_| {}), Reason::Posts(180)),
            (
                summary(|c| c.newest -= 3 * DAY * 60_000_000),
                Reason::Silent(3 * DAY + 60),
            ),
            (summary(|c| (c.gap, c.newest) = (0, 0)), Reason::Unknown),
            (
                summary(|c| c.validators = Validators::default()),
                Reason::NoValidators,
            ),
            (summary(|c| c.hints.ttl = 720), Reason::MinInterval(720)),
            (summary(|c| c.hints.ttl = 30), Reason::Posts(180)),
            (
                summary(|c| {
                    c.hints = PollingHints {
                        hours: 1,
                        ..c.hints
                    }
                }),
                Reason::Times,
            ),
            (summary(|c| c.pushed_until = NOW + 1), Reason::Pushed),
            (summary(|c| c.not_before = NOW + 1), Reason::ToldToWait),
            (
                summary(|c| (c.failures, c.not_before) = (3, NOW + 1)),
                Reason::Failing(3),
            ),
            (summary(|c| c.tier = PollTier::New), Reason::New),
            (summary(|c| c.tier = PollTier::Off), Reason::Resting),
            (
                summary(|c| (c.tier, c.error) = (PollTier::Off, Some("gone".into()))),
                Reason::Gone,
            ),
        ] {
            assert_eq!(reason(&summary, now), expected, "{summary:?}");
        }
    }

    #[test]
    fn a_refusal_names_what_decides_it() {
        let until = NOW + 30;
        for (summary, expected) in [
            (summary(|_| {}), Refusal::Hourly),
            (
                summary(|c| c.newest -= 3 * DAY * 60_000_000),
                Refusal::Hourly,
            ),
            (
                summary(|c| c.validators = Validators::default()),
                Refusal::NoValidators,
            ),
            // The minimum of a day decides, however seldom it posts.
            (
                summary(|c| (c.validators, c.gap) = (Validators::default(), 3 * DAY)),
                Refusal::NoValidators,
            ),
            (summary(|c| c.hints.ttl = 720), Refusal::Interval(720)),
            (summary(|c| c.not_before = until), Refusal::ToldToWait),
            (
                summary(|c| (c.failures, c.not_before) = (3, until)),
                Refusal::Failing(3),
            ),
        ] {
            assert_eq!(refusal(&summary, until), expected, "{summary:?}");
        }
    }
}
