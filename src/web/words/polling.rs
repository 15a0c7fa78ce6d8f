//! When a feed was asked, when it is next, and why; and asking it now.

use crate::feeds::Card;
use crate::feeds::phase::spread;
use crate::ids::FeedId;
use crate::refresh::feed::Refreshed;
use crate::refresh::on_demand::Asked;
use crate::timestamp::{Timestamp, minute_of};
use crate::update::reason::{Why, why};
use crate::update::schedule::{Sweep, last_asked, next_poll, pause};
use crate::web::words;

/// "Last asked 12 minutes ago, next in 48 minutes: it posts about every 3 hours." From the card and what this instance
/// knows of the sweeps: no read.
pub(crate) fn asking(feed: FeedId, card: &Card, sweeps: &[Sweep], now: Timestamp) -> String {
    let minute = minute_of(now);
    let place = spread(feed);
    // An instance that hasn't read the sweeps yet knows of what was written alone, which an unchanged answer isn't.
    let is_sure = |at: &i64| !sweeps.is_empty() || minute - at < pause(card, minute);
    let last = last_asked(place, card, sweeps, minute).filter(is_sure);
    let last = last.map(|at| format!("Last asked {}", ago(minute - at)));
    let next = next_poll(place, card, sweeps, minute).map(|at| match at - minute {
        ..=1 => "next with the coming sweep".to_owned(),
        wait => format!("next in {}", words::span(wait)),
    });
    let parts: Vec<String> = last.into_iter().chain(next).collect();
    let when = parts.join(", ");
    let because = because(card, now);
    if when.is_empty() {
        return words::sentence(&because);
    }
    format!(
        "{}: {because}.",
        words::sentence(&when).trim_end_matches('.')
    )
}

fn ago(minutes: i64) -> String {
    if minutes < 1 {
        "just now".to_owned()
    } else {
        format!("{} ago", words::span(minutes))
    }
}

/// Why it is asked when it is, as half a sentence.
pub(crate) fn because(card: &Card, now: Timestamp) -> String {
    match why(card, now) {
        Why::Gone => "its publisher has taken it down for good".into(),
        Why::Resting => "it rests while all its readers are away".into(),
        Why::New => "it is new here, and new feeds come first".into(),
        Why::Failing(1) => "the last request failed".into(),
        Why::Failing(times) => {
            format!("the last {times} requests failed, so we ask less and less often")
        }
        Why::ToldToWait => "its server asked us to leave it alone for a while".into(),
        Why::Times => "its publisher names hours or days at which not to ask".into(),
        Why::Wish(minutes) => format!(
            "its publisher asks for at least {} between two requests",
            words::span(minutes)
        ),
        Why::NoValidators => {
            "its server can’t say whether it has changed, so it is asked once a day at most".into()
        }
        Why::Pushed => "its publisher’s hub pushes what is new, so it is only asked daily".into(),
        Why::Silent(minutes) => format!("it has been silent for {}", words::span(minutes)),
        Why::Posts(minutes) => format!("it posts about every {}", words::span(minutes)),
        Why::Unknown => "how often it posts isn’t known yet".into(),
    }
}

/// What came of it, in words.
pub(crate) fn said(asked: &Asked, now: Timestamp) -> String {
    match asked {
        Asked::Declined(until, card) => {
            let wait = words::span(until - minute_of(now));
            format!(
                "Not asked now. It may be asked again in {wait}: {}.",
                declined_because(card, now)
            )
        }
        Asked::Gone => {
            "Not asked: its publisher has taken it down for good, or nobody is awake who reads it."
                .into()
        }
        Asked::Busy => "It is being asked already. Look again in a moment.".into(),
        Asked::Done(Refreshed::News(0) | Refreshed::Unchanged) => {
            "Asked just now. Nothing new.".into()
        }
        Asked::Done(Refreshed::News(count)) => {
            let count = u64::try_from(*count).unwrap_or_default();
            format!("Asked just now: {}.", words::count(count, "new article"))
        }
        Asked::Done(Refreshed::Failed(text)) => format!("Asked just now, and it failed. {text}"),
        Asked::Done(Refreshed::Paused) => "Its server asked us to come back later.".into(),
    }
}

/// Why a reader who asks is told to wait: our cadence is never the reason.
fn declined_because(card: &Card, now: Timestamp) -> String {
    match why(card, now) {
        Why::Silent(_) | Why::Posts(_) | Why::Unknown | Why::New | Why::Pushed => {
            "it was asked within the hour, and no publisher is asked more often".into()
        }
        _ => because(card, now),
    }
}
