//! `dormouse-tools simulate`: asserts on each strategy's cost and article delay.

use serde_json::Value;

use crate::command::run;

fn play(seed: &str) -> Value {
    let args = [
        "simulate", "--json", "--feeds", "200", "--days", "10", "--seed", seed,
    ];
    serde_json::from_str(&run(&args).succeeds()).unwrap()
}

fn first_and_last(report: &Value) -> (&Value, &Value) {
    let all = report["outcomes"].as_array().unwrap();
    let (first, last) = (&all[0], &all[all.len() - 1]);
    assert_eq!(first["strategy"], "every hour");
    assert_eq!(last["strategy"], "chosen");
    (first, last)
}

fn number(of: &Value, what: &str) -> f64 {
    of[what].as_f64().unwrap()
}

#[test]
fn the_chosen_schedule_sends_a_quarter_of_the_requests_hardly_later() {
    for seed in ["1", "2"] {
        let report = play(seed);
        let (hourly, chosen) = first_and_last(&report);
        let requests = |one| number(one, "requests_per_feed_day");
        let delay = |one| number(one, "median_delay");
        assert!((requests(hourly) - 24.0).abs() < 0.1);
        // Delays are uniformly distributed over the hour.
        assert!((27.0..=32.0).contains(&delay(hourly)), "{hourly}");
        let fewer = requests(hourly) / requests(chosen);
        assert!(fewer >= 4.0, "seed {seed}: {fewer} times fewer");
        assert!(
            delay(chosen) * 2.0 <= delay(hourly) * 3.0,
            "seed {seed}: {} and {} minutes",
            delay(chosen),
            delay(hourly)
        );
        let with_news = |one| number(one, "with_news");
        assert!(with_news(chosen) > 2.0 * with_news(hourly), "{chosen}");
    }
}

#[test]
fn requests_are_spread_as_a_fair_hash_spreads_them() {
    let report = play("1");
    assert!(report["outcomes"].as_array().unwrap().len() > 10);
    let (hourly, chosen) = first_and_last(&report);
    for outcome in [hourly, chosen] {
        let most = number(outcome, "most_per_five_minutes");
        assert!(
            most > 0.0 && most <= number(outcome, "spread_bound"),
            "{outcome}"
        );
    }
}

#[test]
fn a_seed_says_everything() {
    let text = |feeds: &str, seed: &str| {
        let args = ["simulate", "--feeds", feeds, "--days", "3", "--seed", seed];
        run(&[&args[..], &["--json"]].concat()).succeeds()
    };
    let one = text("30", "7");
    assert_eq!(one, text("30", "7"));
    assert_ne!(one, text("30", "8"));
    let report: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert_eq!(report["settings"]["feeds"], 30);
    assert!(report["outcomes"][0]["median_delay"].is_i64(), "{one}");
}
