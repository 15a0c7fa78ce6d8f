//! What was measured: each figure beside a baseline of the same run, for people or, with `--json`, for machines.

use std::cell::RefCell;
use std::time::Duration;

thread_local! {
    static ROWS: RefCell<Vec<Row>> = const { RefCell::new(Vec::new()) };
}

/// A figure, its unit, and what it is to be compared with.
struct Row {
    name: String,
    value: f64,
    unit: &'static str,
    baseline: Option<(String, f64)>,
}

/// The middle of some samples.
pub(crate) fn median(samples: &mut [Duration]) -> Duration {
    samples.sort_unstable();
    samples[samples.len() / 2]
}

/// Milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Whether the answer is for machines.
pub(crate) fn is_json() -> bool {
    std::env::args().any(|arg| arg == "--json")
}

/// Records a figure, and shows it.
pub(crate) fn note(name: &str, value: f64, unit: &'static str, baseline: Option<(&str, f64)>) {
    let row = Row {
        name: name.to_owned(),
        value,
        unit,
        baseline: baseline.map(|(name, value)| (name.to_owned(), value)),
    };
    if !is_json() {
        show(&row);
    }
    ROWS.with_borrow_mut(|rows| rows.push(row));
}

fn show(row: &Row) {
    let beside = row.baseline.as_ref().map(|(name, value)| {
        let ratio = row.value / value.max(f64::MIN_POSITIVE);
        format!("{ratio:>8.2} x {value:.3} ({name})")
    });
    println!(
        "{:<52} {:>10.3} {:<5} {}",
        row.name,
        row.value,
        row.unit,
        beside.unwrap_or_default()
    );
}

/// Prints all figures as JSON, if that was asked for.
pub(crate) fn finish() {
    if !is_json() {
        return;
    }
    let rows = ROWS.with_borrow(|rows| {
        let row = |row: &Row| {
            let (baseline, by) = match &row.baseline {
                Some((name, value)) => (Some(name), Some(value)),
                None => (None, None),
            };
            serde_json::json!({
                "figure": row.name, "value": row.value, "unit": row.unit,
                "baseline": baseline, "baseline_value": by,
                "ratio": by.map(|by| row.value / by),
            })
        };
        rows.iter().map(row).collect::<Vec<_>>()
    });
    println!(
        "{}",
        serde_json::to_string_pretty(&rows).unwrap_or_default()
    );
}
