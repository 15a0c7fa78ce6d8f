//! When a feed was checked, when it is next, and why.

use crate::feeds::FeedSummary;
use crate::feeds::phase::spread;
use crate::ids::FeedId;
use crate::refresh::feed::Refreshed;
use crate::refresh::on_demand::OnDemandResult;
use crate::timestamp::{Timestamp, minute_of};
use crate::update::reason::{Reason, Refusal, reason, refusal};
use crate::update::schedule::{Sweep, interval, last_checked, next_check};
use crate::web::words;

/// "Checked 12 min ago. Next check in 48 min (posts about every 3 hours)." From the summary and the sweeps known to
/// this instance: no read.
pub(crate) fn check_times(
    feed: FeedId,
    summary: &FeedSummary,
    sweeps: &[Sweep],
    now: Timestamp,
) -> String {
    let (last, next) = check_times_apart(feed, summary, sweeps, now);
    let parts: Vec<String> = last.into_iter().chain(next).collect();
    parts.join(" ")
}

/// When a feed was last checked, and when and why it is checked next, each as a sentence; `None` where that is unknown.
pub(crate) fn check_times_apart(
    feed: FeedId,
    summary: &FeedSummary,
    sweeps: &[Sweep],
    now: Timestamp,
) -> (Option<String>, Option<String>) {
    let minute = minute_of(now);
    let place = spread(feed);
    // Without the sweeps an instance knows only the stored time of a check, which isn't updated if nothing changed.
    let is_sure = |at: &i64| !sweeps.is_empty() || minute - at < interval(summary, minute);
    let last = last_checked(place, summary, sweeps, minute).filter(is_sure);
    let last = last.map(|at| match minute - at {
        ..1 => "Checked just now.".to_owned(),
        ago => format!("Checked {} ago.", words::about(ago)),
    });
    let next = next_check(place, summary, sweeps, minute).map(|at| match at - minute {
        ..=1 => "Next check within minutes".to_owned(),
        wait => format!("Next check in {}", words::about(wait)),
    });
    let why = describe_reason(summary, now);
    let next = match (next, why) {
        (Some(next), Some(why)) => Some(format!("{next} ({why}).")),
        (Some(next), None) => Some(format!("{next}.")),
        (None, why) => why.map(|why| words::sentence(&why)),
    };
    (last, next)
}

/// Why a feed is next checked when it is, as half a sentence; `None` if there is nothing worth saying.
pub(crate) fn describe_reason(summary: &FeedSummary, now: Timestamp) -> Option<String> {
    /// Minutes; shorter silences aren't mentioned.
    const SILENCE_WORTH_SAYING: i64 = 2 * 24 * 60;
    Some(match reason(summary, now) {
        Reason::Gone => "the publisher has taken it down for good".into(),
        Reason::Resting => "it rests while none of its readers are active".into(),
        Reason::New => "new feeds come first".into(),
        Reason::Failing(1) => "the last check failed".into(),
        Reason::Failing(times) => {
            format!("the last {times} checks failed, so we check less often")
        }
        Reason::ToldToWait => "the site asked us to wait".into(),
        Reason::Times => "the publisher names hours or days without checks".into(),
        Reason::MinInterval(minutes) => format!(
            "the publisher asks for at least {} between checks",
            words::about(minutes)
        ),
        Reason::NoValidators => {
            "the site can’t tell us whether anything changed, so we check once a day at most".into()
        }
        Reason::Pushed => "new articles are pushed to us, so we only check daily".into(),
        Reason::Silent(..SILENCE_WORTH_SAYING) => return None,
        Reason::Silent(minutes) => format!("no new posts for {}", words::about(minutes)),
        Reason::Posts(minutes) => format!("posts {}", words::every(minutes)),
        Reason::Unknown => "we don’t know yet how often it posts".into(),
    })
}

/// The result of refreshing a feed on demand, in words.
pub(crate) fn describe_result(result: &OnDemandResult, now: Timestamp) -> String {
    match result {
        OnDemandResult::Declined(until, summary) => {
            let again = words::about((until - minute_of(now)).max(1));
            let again = format!("You can refresh again in {again}.");
            format!("{} {again}", describe_refusal(&refusal(summary, *until)))
        }
        OnDemandResult::Gone => {
            "We’ve stopped checking this feed: the publisher has taken it down, or it has moved."
                .into()
        }
        OnDemandResult::Busy => "It is being checked already. Look again in a moment.".into(),
        OnDemandResult::Done(Refreshed::NewArticles(0) | Refreshed::Unchanged) => {
            "Checked just now. Nothing new.".into()
        }
        OnDemandResult::Done(Refreshed::NewArticles(count)) => {
            let count = u64::try_from(*count).unwrap_or_default();
            format!("Checked just now: {}.", words::count(count, "new article"))
        }
        OnDemandResult::Done(Refreshed::Failed(text)) => {
            format!("Checked just now, but it failed. {text}")
        }
        OnDemandResult::Done(Refreshed::Paused) => "The site asked us to come back later.".into(),
        OnDemandResult::Done(Refreshed::Busy) => {
            "It is being checked already. Look again in a moment.".into()
        }
    }
}

fn describe_refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Failing(1) => "The last check failed, so we wait before the next.".into(),
        Refusal::Failing(times) => {
            format!("The last {times} checks failed, so we wait before the next.")
        }
        Refusal::ToldToWait => "The site asked us to wait.".into(),
        Refusal::Times => "The publisher doesn’t want checks at this time.".into(),
        Refusal::Interval(minutes) => format!(
            "Already checked: the publisher asks for at least {} between checks.",
            words::about(*minutes)
        ),
        Refusal::NoValidators => {
            "Already checked within a day: the site can’t tell us whether anything changed, so we check once a day at most."
                .into()
        }
        Refusal::Hourly => "Already checked this hour.".into(),
    }
}
