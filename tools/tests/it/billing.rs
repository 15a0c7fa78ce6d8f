//! `dormouse-tools bill`: simulates the real service for a day and prices it.

use serde_json::Value;

use crate::command::run;

/// The command's JSON output.
fn bill(users: &str, feeds: &str, more: &[&str]) -> Value {
    let mut args = vec!["bill", "--json", "--feeds-per-user", "12", "--users", users];
    args.extend(["--distinct-feeds", feeds]);
    args.extend(more);
    serde_json::from_str(&run(&args).succeeds()).unwrap()
}

#[test]
fn a_small_installation_costs_nothing_and_says_why() {
    let bill = bill("6", "40", &["--curve"]);
    assert_eq!(bill["total_usd_per_month"], 0.0);
    let lines = bill["invoice"]["lines"].as_array().unwrap();
    let quantity = |what: &str| {
        let line = lines.iter().find(|line| line["what"] == what).unwrap();
        line["quantity"].as_f64().unwrap()
    };
    // At least one sweep an hour with two writes each, plus each reader's marks.
    assert!(quantity("entity writes") > 30.0 * (24.0 * 2.0 + 6.0 * 3.0 * 2.0));
    assert!(quantity("entity reads") > 30.0 * 24.0 * 11.0);
    assert!(quantity("instance hours (F1)") > 30.0 * 6.0);
    assert!(quantity("stored data") > 0.0);
    assert!(bill["marks"].as_u64().unwrap() > 6 * 3);
    for seen in ["assumptions", "doubts", "hits", "elsewhere"] {
        assert!(!bill[seen].as_array().unwrap().is_empty(), "{seen}");
    }
    assert_eq!(bill["bounds"].as_array().unwrap().len(), 7);
    let curve = bill["curve"].as_array().unwrap();
    let dear: Vec<f64> = curve
        .iter()
        .map(|point| point["dollars"][6].as_f64().unwrap())
        .collect();
    assert_eq!(dear.len(), 11);
    assert!(
        dear.is_sorted() && dear[0] == 0.0 && dear[10] > 1.0,
        "{dear:?}"
    );
}

#[test]
fn remembering_saves_reads_and_changes_no_writes() {
    let read_and_written = |more: &[&str]| {
        let bill = bill("6", "40", more);
        let causes = bill["by_cause"].as_array().unwrap().clone();
        let readers = causes.into_iter().find(|one| one[0] == "readers").unwrap();
        let count = |what: &str| readers[1][what].as_u64().unwrap();
        (count("reads"), count("writes"))
    };
    let (with, written) = read_and_written(&[]);
    let (without, written_without) = read_and_written(&["--cache-mb", "0"]);
    assert!(with * 2 < without, "{with} against {without}");
    assert_eq!(written, written_without);
}

#[test]
fn a_region_without_prices_is_reported() {
    let args = [
        "bill",
        "--users",
        "1",
        "--distinct-feeds",
        "1",
        "--region",
        "moon1",
    ];
    let done = run(&args);
    assert!(done.fails().contains("us-central1"));
}
