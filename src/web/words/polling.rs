//! When a feed was checked, when it is next, and why.

use crate::client::host_limiter::host_of;
use crate::feeds::phase::spread;
use crate::feeds::{FeedSummary, Sign};
use crate::ids::FeedId;
use crate::refresh::feed::Refreshed;
use crate::refresh::in_flight::Known;
use crate::refresh::on_demand::OnDemandResult;
use crate::timestamp::{Timestamp, from_micros, minute_of};
use crate::update::host_health::Spell;
use crate::update::reason::{Reason, Refusal, reason, refusal};
use crate::update::schedule::{Sweep, interval, last_checked, next_check};
use crate::web::words;

/// "Checked 12 min ago. Next check in 48 min (posts about every 3 hours)." From the summary and the sweeps known to
/// this instance: no read.
pub(crate) fn check_times(
    feed: FeedId,
    summary: &FeedSummary,
    known: &Known,
    now: Timestamp,
) -> String {
    let (last, next) = check_times_apart(feed, summary, &known.sweeps, now);
    let parts = beyond_the_feed(summary, known, now).into_iter();
    let parts: Vec<String> = parts.chain(last).chain(next).collect();
    parts.join(" ")
}

/// What keeps a feed from being checked and isn't its own fault; `None` if nothing is known to.
pub(crate) fn beyond_the_feed(
    summary: &FeedSummary,
    known: &Known,
    now: Timestamp,
) -> Option<String> {
    if known.is_full {
        return Some(
            "Nothing is fetched: everything here together has reached its limit of size. The administrator can raise it; feeds that nobody reads go after 90 days."
                .into(),
        );
    }
    if let Some(since) = known.offline_since {
        let since = since_when(since, now);
        return Some(format!(
            "Offline: this server can’t reach anybody {since}. Nothing is counted against the feeds, and it keeps trying."
        ));
    }
    let spell = known.hosts.of(&host_of(&summary.url))?;
    spell.is_ill.then(|| describe_spell(spell, now))
}

/// “www.example.org answers 404 for all its feeds since 09:00 UTC.”
pub(crate) fn describe_spell(spell: &Spell, now: Timestamp) -> String {
    let since = since_when(spell.since, now);
    let host = spell.host.trim_end_matches(":443").trim_end_matches(":80");
    match (spell.sign, spell.is_ill) {
        (Sign::TIMED_OUT, true) => format!("{host} hasn’t answered for any of its feeds {since}."),
        (Sign::TIMED_OUT, false) => "The host didn’t answer.".to_owned(),
        (Sign(status), _) => format!("{host} answers {status} for all its feeds {since}."),
    }
}

fn since_when(minute: i64, now: Timestamp) -> String {
    let at = from_micros(minute * 60_000_000);
    match (now - at).num_hours() {
        ..20 => format!("since {} UTC", at.format("%H:%M")),
        _ => format!("since {} UTC", at.format("%-d %B, %H:%M")),
    }
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
        OnDemandResult::Full => {
            "Nothing was asked: what is stored here has reached its limit of size. The administrator can raise it; feeds that nobody reads go after 90 days."
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
        OnDemandResult::Done(Refreshed::Left(spell)) => {
            let words = describe_spell(spell, now);
            format!("Checked just now. {words} That isn’t counted against this feed.")
        }
        OnDemandResult::Done(Refreshed::Unreached(text)) => {
            format!(
                "{text} Nobody else can be reached from here either, so it isn’t counted against this feed."
            )
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
