//! `dormouse jobs` and `dormouse settings`

use serde_json::{Value, json};

use super::{Context, done, print, print_json};
use crate::timestamp::{from_second, rfc3339};
use crate::usage_log::jobs::{JOBS, Run, runs};

/// Prints the last runs of each scheduled job, the newest first.
pub(super) async fn run(context: &Context, json: bool) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("the page /admin/jobs")?;
    let all = runs(&store, &JOBS).await?;
    if json {
        let jobs = JOBS.into_iter().zip(&all);
        let told = |run: &Run| {
            let mut value = serde_json::to_value(run)?;
            value["at"] = rfc3339(from_second(run.at)).into();
            Ok::<Value, serde_json::Error>(value)
        };
        let jobs = jobs.map(|(job, runs)| {
            let runs = runs.iter().map(told).collect::<Result<Vec<_>, _>>()?;
            Ok(json!({ "job": job, "runs": runs }))
        });
        let jobs = jobs.collect::<Result<Vec<Value>, serde_json::Error>>()?;
        print_json(&json!({ "jobs": jobs }))?;
        return done();
    }
    for (job, runs) in JOBS.into_iter().zip(&all) {
        if runs.is_empty() {
            print(&format!("{job}\tnever ran"));
        }
        runs.iter().for_each(|run| print(&line(job, run)));
    }
    done()
}

/// Job, when, milliseconds, reads, writes, deletes, and what it did or why it failed.
fn line(job: &str, run: &Run) -> String {
    let did = run.did.iter().map(|(name, n)| format!("{name} {n}"));
    let mut did = did.collect::<Vec<_>>().join(", ");
    if let Some(error) = &run.error {
        did = format!("failed: {error}");
    } else if !run.finished {
        did.push_str(" (goes on)");
    }
    let at = rfc3339(from_second(run.at));
    format!(
        "{job}\t{at}\t{} ms\t{}\t{}\t{}\t{did}",
        run.millis, run.reads, run.writes, run.deletes
    )
}

/// Prints the settings in force.
pub(super) fn settings(context: &Context, json: bool) -> anyhow::Result<std::process::ExitCode> {
    let rows = context.config.in_force();
    if json {
        let all: serde_json::Map<String, Value> = rows
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        print_json(&json!({ "settings": all }))?;
        return done();
    }
    for (name, value) in rows {
        print(&format!("{name}\t{value}"));
    }
    done()
}
