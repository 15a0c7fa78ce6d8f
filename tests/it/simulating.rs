//! The cadence, judged by what it costs and how late it makes news.

use dormouse::simulate::{Outcome, Report, Settings, simulate};

use crate::support::Shell;

fn play(seed: u64) -> Report {
    simulate(Settings {
        feeds: 200,
        days: 10,
        seed,
        every: 5,
    })
}

fn first_and_last(report: &Report) -> (&Outcome, &Outcome) {
    let all = &report.outcomes;
    assert_eq!(all[0].strategy, "every hour");
    assert_eq!(all[all.len() - 1].strategy, "chosen");
    (&all[0], &all[all.len() - 1])
}

#[test]
fn what_is_chosen_asks_four_times_less_and_is_hardly_later() {
    for seed in [1, 2] {
        let report = play(seed);
        let (hourly, chosen) = first_and_last(&report);
        assert!((hourly.requests_per_feed_day - 24.0).abs() < 0.1);
        // A feed's delay is evenly spread over the hour.
        assert!((27..=32).contains(&hourly.median_delay), "{hourly:?}");
        let fewer = hourly.requests_per_feed_day / chosen.requests_per_feed_day;
        assert!(fewer >= 4.0, "seed {seed}: {fewer} times fewer");
        assert!(
            chosen.median_delay * 2 <= hourly.median_delay * 3,
            "seed {seed}: {} and {} minutes",
            chosen.median_delay,
            hourly.median_delay
        );
        assert!(chosen.with_news > 2.0 * hourly.with_news, "{chosen:?}");
    }
}

#[test]
fn requests_are_spread_as_a_fair_hash_spreads_them() {
    let report = play(1);
    assert!(report.outcomes.len() > 10);
    let (hourly, chosen) = first_and_last(&report);
    for outcome in [hourly, chosen] {
        let most = f64::from(outcome.most_per_five_minutes);
        assert!(most > 0.0 && most <= outcome.spread_bound, "{outcome:?}");
    }
}

#[test]
fn a_seed_says_everything() {
    let text = |feeds: &str, seed: &str| {
        let shell = Shell::new();
        let args = ["simulate", "--feeds", feeds, "--days", "3", "--seed", seed];
        let json = shell.run(&[&args[..], &["--json"]].concat());
        json.is(0).out().to_owned()
    };
    let one = text("30", "7");
    assert_eq!(one, text("30", "7"));
    assert_ne!(one, text("30", "8"));
    let report: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert_eq!(report["settings"]["feeds"], 30);
    assert!(report["outcomes"][0]["median_delay"].is_i64(), "{one}");
}
