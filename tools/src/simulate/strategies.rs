//! The ways of asking that are compared.

use dormouse::tooling::feeds::{Card, LADDER, Rung};
use dormouse::tooling::timestamp::from_micros;
use dormouse::tooling::update::schedule::{FLOOR, rung_between, rung_for, typical_gap};

/// How the gap between articles is told from a document's dates.
#[derive(Clone, Copy, Debug)]
enum Gap {
    /// The middle one of the newest ten.
    Median,
    /// The mean of the newest ten, each at most thirty days.
    Mean,
}

/// How a period follows from the gap, both in minutes.
#[derive(Clone, Copy, Debug)]
enum Rule {
    /// One rung for all.
    Always(i64),
    /// So many times the gap's power: the second is 1 for a part of the gap, 0.5 for its root.
    Power(f64, f64),
    /// What the program does.
    Chosen,
}

/// A way of asking.
#[derive(Clone, Debug)]
pub(super) struct Strategy {
    pub(super) name: String,
    gap: Gap,
    rule: Rule,
    /// The gap counts as at least this part of the silence since the newest article; 0 for never.
    silence: f64,
}

impl Strategy {
    /// The gap that the card remembers, from the entries' minutes, ascending.
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

    /// The rung that the card belongs on.
    pub(super) fn rung(&self, card: &Card, minute: i64) -> Rung {
        let silence = (minute - card.newest.div_euclid(60_000_000)).max(0) as f64;
        let gap = (card.gap as f64).max(silence * self.silence);
        match self.rule {
            Rule::Always(period) => rung_between(FLOOR, period),
            Rule::Power(times, power) => rung_between(FLOOR, (gap.powf(power) * times) as i64),
            Rule::Chosen => rung_for(card, minute),
        }
    }
}

/// Every feed every hour first, which the others are measured by, and what the program does last.
pub(super) fn strategies() -> Vec<Strategy> {
    use Gap::{Mean, Median};
    use Rule::{Always, Chosen, Power};
    vec![
        strategy("every hour", Median, Always(LADDER[0]), 0.0),
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
