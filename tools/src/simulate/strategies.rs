//! The polling strategies that are compared.

use dormouse::tooling::feeds::{FeedSummary, POLL_PERIODS, PollTier};
use dormouse::tooling::timestamp::from_micros;
use dormouse::tooling::update::schedule::{MIN_INTERVAL, tier_between, tier_for, typical_gap};

/// How the gap between articles is computed from a document's dates.
#[derive(Clone, Copy, Debug)]
enum Gap {
    /// Median of the newest ten gaps.
    Median,
    /// Mean of the newest ten gaps, each capped at thirty days.
    Mean,
}

/// How the poll period is derived from the gap, both in minutes.
#[derive(Clone, Copy, Debug)]
enum Rule {
    /// The same period for every feed.
    Always(i64),
    /// `Power(times, power)`: times × gap^power; a power of 1 is a fraction of the gap, 0.5 its square root.
    Power(f64, f64),
    /// The rule in use, [`tier_for`].
    Chosen,
}

/// A polling strategy.
#[derive(Clone, Debug)]
pub(super) struct Strategy {
    pub(super) name: String,
    gap: Gap,
    rule: Rule,
    /// The gap is at least this fraction of the time since the newest article; 0 turns this off.
    silence: f64,
}

impl Strategy {
    /// The gap stored in the summary, from the entries' publication minutes, ascending.
    pub(super) fn gap(&self, minutes: &[i64]) -> i64 {
        let newest = &minutes[minutes.len().saturating_sub(11)..];
        match (self.rule, self.gap) {
            (Rule::Chosen, _) => {
                let dates = newest
                    .iter()
                    .map(|&minute| from_micros(minute * 60_000_000));
                typical_gap(&dates.collect::<Vec<_>>())
            }
            (Rule::Always(_), _) => 1,
            (_, Gap::Median) => {
                let mut gaps: Vec<i64> = newest.windows(2).map(|w| w[1] - w[0]).collect();
                gaps.sort_unstable();
                gaps.get(gaps.len() / 2).map_or(0, |&gap| gap.max(1))
            }
            (_, Gap::Mean) => {
                let gaps = newest.windows(2).map(|w| (w[1] - w[0]).min(43_200));
                let sum: i64 = gaps.sum();
                sum.checked_div(i64::try_from(newest.len()).unwrap_or(1) - 1)
                    .map_or(0, |gap| gap.max(1))
            }
        }
    }

    /// The poll tier for a feed with this summary.
    pub(super) fn tier(&self, summary: &FeedSummary, minute: i64) -> PollTier {
        let silence = (minute - summary.newest.div_euclid(60_000_000)).max(0) as f64;
        let gap = (summary.gap as f64).max(silence * self.silence);
        match self.rule {
            Rule::Always(period) => tier_between(MIN_INTERVAL, period),
            Rule::Power(times, power) => {
                tier_between(MIN_INTERVAL, (gap.powf(power) * times) as i64)
            }
            Rule::Chosen => tier_for(summary, minute),
        }
    }
}

/// All strategies; the first is the hourly baseline, the last is the strategy in use.
pub(super) fn strategies() -> Vec<Strategy> {
    use Gap::{Mean, Median};
    use Rule::{Always, Chosen, Power};
    vec![
        strategy("every hour", Median, Always(POLL_PERIODS[0]), 0.0),
        strategy("1/2 of median, silence/5", Median, Power(0.5, 1.0), 0.2),
        strategy("1/8 of gap", Mean, Power(0.125, 1.0), 0.0),
        strategy("1/4 of gap", Mean, Power(0.25, 1.0), 0.0),
        strategy("1/3 of gap", Mean, Power(0.333, 1.0), 0.0),
        strategy("1/2 of gap", Mean, Power(0.5, 1.0), 0.0),
        strategy("1/2 of gap, silence/2", Mean, Power(0.5, 1.0), 0.5),
        strategy("gap", Mean, Power(1.0, 1.0), 0.0),
        strategy("gap, silence/2", Mean, Power(1.0, 1.0), 0.5),
        strategy("3 x gap, silence/2", Mean, Power(3.0, 1.0), 0.5),
        strategy("20 x root, silence/2", Mean, Power(20.0, 0.5), 0.5),
        strategy("24 x root, silence/2", Mean, Power(24.0, 0.5), 0.5),
        strategy("10.3 x power 2/3", Mean, Power(10.3, 0.667), 0.0),
        strategy("chosen", Mean, Chosen, 0.0),
    ]
}

fn strategy(name: &str, gap: Gap, rule: Rule, silence: f64) -> Strategy {
    Strategy {
        name: name.to_owned(),
        gap,
        rule,
        silence,
    }
}
