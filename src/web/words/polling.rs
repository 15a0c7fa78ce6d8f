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
use crate::web::words::{self, msg, t, told};

/// "Checked 12 min ago. Next check in 48 min (posts about every 3 hours)." From the summary and the sweeps known to
/// this instance: no read.
pub(crate) fn check_times(
    feed: FeedId,
    summary: &FeedSummary,
    known: &Known,
    now: Timestamp,
) -> String {
    let (last, next) = check_times_apart(feed, summary, known.sweeps.of(&summary.url), now);
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
        return Some(t("polling-full").into());
    }
    if let Some(since) = known.offline_since {
        let since = since_when(since, now);
        return Some(msg("polling-offline").text("since", since).into());
    }
    let spell = known.hosts.of(&host_of(&summary.url))?;
    spell.is_ill.then(|| describe_spell(spell, now))
}

/// “www.example.org answers 404 for all its feeds since 09:00 UTC.”
pub(crate) fn describe_spell(spell: &Spell, now: Timestamp) -> String {
    let since = since_when(spell.since, now);
    let host = spell.host.trim_end_matches(":443").trim_end_matches(":80");
    let of = |name: &'static str| msg(name).text("host", host).text("since", &since);
    match (spell.sign, spell.is_ill) {
        (Sign::TIMED_OUT, true) => of("polling-host-silent").into(),
        (Sign::TIMED_OUT, false) => t("polling-host-quiet").into(),
        (Sign(status), _) => of("polling-host-answers").text("status", status).into(),
    }
}

fn since_when(minute: i64, now: Timestamp) -> String {
    let at = from_micros(minute * 60_000_000);
    let time = match (now - at).num_hours() {
        ..20 => words::local(at).format("%H:%M").to_string(),
        _ => words::day_and_time(at),
    };
    match words::has_zone() {
        true => msg("polling-since-here").text("time", time).into(),
        false => msg("polling-since").text("time", time).into(),
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
        ..1 => t("polling-checked-now").to_owned(),
        ago => msg("polling-checked").text("ago", words::about(ago)).into(),
    });
    let next = next_check(place, summary, sweeps, minute).map(|at| match at - minute {
        ..=1 => t("polling-next-soon").to_owned(),
        wait => msg("polling-next").text("wait", words::about(wait)).into(),
    });
    let why = describe_reason(summary, now);
    let next = match (next, why) {
        (Some(next), Some(why)) => Some(
            msg("polling-because")
                .text("next", next)
                .text("why", why)
                .into(),
        ),
        (Some(next), None) => Some(words::sentence(&next)),
        (None, why) => why.map(|why| words::sentence(&why)),
    };
    (last, next)
}

/// Why a feed is next checked when it is, as half a sentence; `None` if there is nothing worth saying.
pub(crate) fn describe_reason(summary: &FeedSummary, now: Timestamp) -> Option<String> {
    /// Minutes; shorter silences aren't mentioned.
    const SILENCE_WORTH_SAYING: i64 = 2 * 24 * 60;
    let spanned =
        |name: &'static str, minutes: i64| msg(name).text("span", words::about(minutes)).into();
    if summary.is_stopped {
        return Some(t("polling-stopped").into());
    }
    Some(match reason(summary, now) {
        Reason::Gone => t("polling-gone").into(),
        Reason::Resting => t("polling-resting").into(),
        Reason::New => t("polling-new").into(),
        Reason::Failing(times) => msg("polling-failing").number("n", times).into(),
        Reason::ToldToWait => t("polling-told").into(),
        Reason::Times => t("polling-times").into(),
        Reason::MinInterval(minutes) => spanned("polling-interval", minutes),
        Reason::NoValidators => t("polling-no-validators").into(),
        Reason::Pushed => t("polling-pushed").into(),
        Reason::Silent(..SILENCE_WORTH_SAYING) => return None,
        Reason::Silent(minutes) => spanned("polling-silent", minutes),
        Reason::Posts(minutes) => msg("polling-posts")
            .text("every", words::every(minutes))
            .into(),
        Reason::Unknown => t("polling-unknown").into(),
    })
}

/// The result of refreshing a feed on demand, in words.
pub(crate) fn describe_result(result: &OnDemandResult, now: Timestamp) -> String {
    match result {
        OnDemandResult::Declined(until, summary) => {
            let again = words::about((until - minute_of(now)).max(1));
            let again = msg("refreshed-again").text("wait", again);
            format!("{} {again}", describe_refusal(&refusal(summary, *until)))
        }
        OnDemandResult::Gone => t("refreshed-gone").into(),
        OnDemandResult::Stopped => t("refreshed-stopped").into(),
        OnDemandResult::Full => t("refreshed-full").into(),
        OnDemandResult::Busy | OnDemandResult::Done(Refreshed::Busy) => t("refreshed-busy").into(),
        OnDemandResult::Done(Refreshed::NewArticles(0) | Refreshed::Unchanged) => {
            t("refreshed-nothing").into()
        }
        OnDemandResult::Done(Refreshed::NewArticles(count)) => {
            let articles = words::count(*count as u64, "count-new-article");
            msg("refreshed-new").text("articles", articles).into()
        }
        OnDemandResult::Done(Refreshed::Failed(text)) => {
            msg("refreshed-failed").text("why", told(text)).into()
        }
        OnDemandResult::Done(Refreshed::Left(spell)) => msg("refreshed-left")
            .text("why", describe_spell(spell, now))
            .into(),
        OnDemandResult::Done(Refreshed::Unreached(text)) => {
            msg("refreshed-unreached").text("why", told(text)).into()
        }
        OnDemandResult::Done(Refreshed::Paused) => t("refreshed-paused").into(),
    }
}

fn describe_refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Failing(times) => msg("refused-failing").number("n", *times).into(),
        Refusal::ToldToWait => t("refused-told").into(),
        Refusal::Times => t("refused-times").into(),
        Refusal::Interval(minutes) => msg("refused-interval")
            .text("span", words::about(*minutes))
            .into(),
        Refusal::NoValidators => t("refused-no-validators").into(),
        Refusal::Hourly => t("refused-hourly").into(),
    }
}
