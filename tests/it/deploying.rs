//! Checks that the paths in cron.yaml and in Terraform's scheduler jobs exist in the router's table.
//!
//! `make check-deploy` checks the rest of the deployment files; this part needs the program.

use std::collections::BTreeSet;
use std::path::Path;

use serde_yaml_ng::Value;

/// A file of the project, by its path relative to the root.
fn text(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The GET routes below `/cron/`.
fn answered() -> BTreeSet<String> {
    dormouse::web::routes()
        .into_iter()
        .filter(|route| route.methods.split(", ").any(|method| method == "GET"))
        .filter(|route| route.path.starts_with("/cron/"))
        .map(|route| route.path.to_owned())
        .collect()
}

/// The paths that App Engine requests.
fn called_by_app_engine() -> BTreeSet<String> {
    let file: Value = serde_yaml_ng::from_str(&text("cron.yaml")).unwrap();
    let jobs = file["cron"].as_sequence().expect("cron: a list");
    let urls = jobs.iter().map(|job| job["url"].as_str().expect("a url"));
    urls.map(str::to_owned).collect()
}

/// The paths that Cloud Scheduler requests: `path = "/cron/…"` in the table of jobs.
fn called_by_cloud_scheduler() -> BTreeSet<String> {
    let file = text("deploy/terraform/scheduler.tf");
    let assigned = file.lines().filter_map(|line| line.split_once('='));
    let paths = assigned.filter(|(name, _)| name.trim() == "path");
    paths
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
        .collect()
}

/// The jobs that `/cron/daily` runs, so that they need no schedule of their own.
const PARTS_OF_DAILY: [&str; 6] = [
    "/cron/sessions",
    "/cron/sleepers",
    "/cron/orphans",
    "/cron/hubs",
    "/cron/accounts",
    "/cron/audit",
];

#[test]
fn every_address_that_a_scheduler_calls_has_a_route() {
    let mut there = answered();
    there.retain(|path| !PARTS_OF_DAILY.contains(&path.as_str()));
    for (who, called) in [
        ("cron.yaml", called_by_app_engine()),
        ("deploy/terraform/scheduler.tf", called_by_cloud_scheduler()),
    ] {
        let missing: Vec<_> = called.difference(&there).collect();
        assert!(
            missing.is_empty(),
            "{who} calls {missing:?}; there is {there:?}"
        );
        // And vice versa: an unscheduled job would never run.
        let forgotten: Vec<_> = there.difference(&called).collect();
        assert!(forgotten.is_empty(), "{who} doesn't call {forgotten:?}");
    }
}
