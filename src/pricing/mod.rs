//! What Google charges: list prices from one dated file, and an invoice for what was used.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::datastore::Cost;
use crate::usage_log::{Day, Sum};

/// The price file.
const PRICES: &str = include_str!("prices.yaml");
/// Days of a month, for what is counted per day.
pub const MONTH: f64 = 30.0;
/// Days that a forecast is based on.
const WEEK: usize = 7;

/// Where the service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// App Engine's standard environment, one F1 instance.
    AppEngine,
    /// Cloud Run, billed per request.
    CloudRun,
}

/// The file's contents.
#[derive(Clone, Debug, Deserialize)]
pub struct Prices {
    /// The day on which the prices were read.
    pub date: String,
    /// Where they were read.
    pub sources: Vec<String>,
    /// What is uncertain.
    pub doubts: Vec<String>,
    regions: BTreeMap<String, Region>,
    free: Free,
    appengine: AppEngine,
    cloudrun: CloudRun,
    scheduler: Scheduler,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Region {
    reads: f64,
    writes: f64,
    deletes: f64,
    storage: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Free {
    reads: f64,
    writes: f64,
    deletes: f64,
    storage: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct AppEngine {
    hour: f64,
    free_hours: f64,
    gib: f64,
    free_gib: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct CloudRun {
    cpu: f64,
    memory: f64,
    requests: f64,
    gib: f64,
    free_cpu: f64,
    free_memory: f64,
    free_requests: f64,
    free_gib: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Scheduler {
    job: f64,
    free_jobs: f64,
}

/// A day's usage.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Usage {
    /// Entity reads.
    pub reads: f64,
    /// Entity writes.
    pub writes: f64,
    /// Entity deletes.
    pub deletes: f64,
    /// Stored GiB, with every index entry.
    pub stored_gib: f64,
    /// Hours of one instance, idle tails included: App Engine.
    pub instance_hours: f64,
    /// Seconds in which at least one request was being handled: Cloud Run.
    pub busy_seconds: f64,
    /// GiB of the instance's memory.
    pub memory_gib: f64,
    /// The number of HTTP requests.
    pub requests: f64,
    /// GiB that left Google's network.
    pub egress_gib: f64,
    /// Scheduler jobs.
    pub jobs: f64,
}

/// One line of an invoice, for a month.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What is charged.
    pub what: &'static str,
    /// A month's quantity.
    pub quantity: f64,
    /// What `quantity` and `free` count, in words.
    pub unit: &'static str,
    /// How much of it is free.
    pub free: f64,
    /// Dollars.
    pub usd: f64,
}

/// What a month's database operations would cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Dollars.
    pub usd: f64,
    /// Whether it is like the last complete days; otherwise like today so far.
    pub is_of_days: bool,
}

/// What a month costs.
#[derive(Clone, Debug, Serialize)]
pub struct Invoice {
    /// One line per priced item, in the order of the invoice.
    pub lines: Vec<Line>,
    /// Their sum in dollars.
    pub total_usd_per_month: f64,
}

impl Prices {
    /// The prices compiled into this version.
    ///
    /// # Errors
    /// Never: the file is ours, and a test parses it.
    pub fn ours() -> Result<Self, serde_yaml_ng::Error> {
        serde_yaml_ng::from_str(PRICES)
    }

    /// The cost of a month's database operations, like the last seven complete days; on the first day, like today so far.
    pub fn forecast(&self, days: &[Day], today: i64, region: &str) -> Forecast {
        let before = days.iter().rev().filter(|day| day.day < today);
        let over: Vec<&Day> = before.take(WEEK).collect();
        let is_of_days = !over.is_empty();
        let days = match is_of_days {
            true => over,
            false => days.iter().collect(),
        };
        let count = days.len().max(1) as f64;
        let all = Sum::of(days.iter().map(|day| day.total()));
        let usage = Usage {
            reads: all.reads as f64 / count,
            writes: all.writes as f64 / count,
            deletes: all.deletes as f64 / count,
            ..Usage::default()
        };
        let lines = self.operations(&usage, region).unwrap_or_default();
        Forecast {
            usd: lines.iter().map(|line| line.usd).sum(),
            is_of_days,
        }
    }

    /// The regions in the file.
    pub fn regions(&self) -> Vec<&str> {
        self.regions.keys().map(String::as_str).collect()
    }

    /// A day's free reads, writes and deletes.
    pub fn free_quota(&self) -> Cost {
        Cost {
            reads: self.free.reads as u64,
            small: 0,
            writes: self.free.writes as u64,
            deletes: self.free.deletes as u64,
        }
    }

    /// The invoice for a month of such days; `None` for a region that isn't in the file.
    pub fn invoice(&self, usage: &Usage, region: &str, platform: Platform) -> Option<Invoice> {
        let mut lines = self.operations(usage, region)?;
        match platform {
            Platform::AppEngine => lines.extend(self.app_engine(usage)),
            Platform::CloudRun => lines.extend(self.cloud_run(usage)),
        }
        let jobs = self.scheduler;
        lines.push(line(
            "scheduler jobs",
            usage.jobs,
            "jobs",
            jobs.free_jobs,
            jobs.job,
        ));
        let total_usd_per_month = lines.iter().map(|line| line.usd).sum();
        Some(Invoice {
            lines,
            total_usd_per_month,
        })
    }

    /// What operations cost at their list price, in dollars, however much of them was free; `None` for a region that isn't
    /// in the file.
    pub fn list_price(&self, cost: Cost, region: &str) -> Option<f64> {
        let price = self.regions.get(region)?;
        let reads = cost.reads as f64 * price.reads;
        let writes = cost.writes as f64 * price.writes;
        let deletes = cost.deletes as f64 * price.deletes;
        Some((reads + writes + deletes) / 100_000.0)
    }

    /// Only the database's lines; `None` for a region that isn't in the file.
    pub fn operations(&self, usage: &Usage, region: &str) -> Option<Vec<Line>> {
        let price = self.regions.get(region)?;
        let free = self.free;
        let by_day = |what, day: f64, free: f64, price: f64| {
            line(
                what,
                day * MONTH,
                "operations",
                free * MONTH,
                price / 100_000.0,
            )
        };
        Some(vec![
            by_day("entity reads", usage.reads, free.reads, price.reads),
            by_day("entity writes", usage.writes, free.writes, price.writes),
            by_day("entity deletes", usage.deletes, free.deletes, price.deletes),
            line(
                "stored data",
                usage.stored_gib,
                "GiB",
                free.storage,
                price.storage,
            ),
        ])
    }

    fn app_engine(&self, usage: &Usage) -> [Line; 2] {
        let price = self.appengine;
        let hours = usage.instance_hours * MONTH;
        let gib = usage.egress_gib * MONTH;
        [
            line(
                "instance hours (F1)",
                hours,
                "hours",
                price.free_hours * MONTH,
                price.hour,
            ),
            line(
                "outbound data",
                gib,
                "GiB",
                price.free_gib * MONTH,
                price.gib,
            ),
        ]
    }

    fn cloud_run(&self, usage: &Usage) -> [Line; 4] {
        let price = self.cloudrun;
        let seconds = usage.busy_seconds * MONTH;
        let memory = seconds * usage.memory_gib;
        let requests = usage.requests * MONTH;
        let gib = usage.egress_gib * MONTH;
        [
            line(
                "processor time",
                seconds,
                "vCPU seconds",
                price.free_cpu,
                price.cpu,
            ),
            line(
                "memory",
                memory,
                "GiB seconds",
                price.free_memory,
                price.memory,
            ),
            line(
                "requests",
                requests,
                "requests",
                price.free_requests,
                price.requests / 1e6,
            ),
            line("outbound data", gib, "GiB", price.free_gib, price.gib),
        ]
    }
}

fn line(what: &'static str, quantity: f64, unit: &'static str, free: f64, price: f64) -> Line {
    Line {
        what,
        quantity,
        unit,
        free,
        usd: (quantity - free).max(0.0) * price,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_is_free_and_the_rest_is_the_lists_price() {
        let prices = Prices::ours().unwrap();
        let mut usage = Usage {
            reads: 50_000.0,
            writes: 20_000.0,
            deletes: 20_000.0,
            stored_gib: 1.0,
            instance_hours: 24.0,
            jobs: 2.0,
            ..Usage::default()
        };
        let free = prices
            .invoice(&usage, "us-central1", Platform::AppEngine)
            .unwrap();
        assert_eq!(free.total_usd_per_month, 0.0);
        usage.writes += 100_000.0;
        usage.stored_gib += 2.0;
        let paid = prices
            .invoice(&usage, "us-central1", Platform::AppEngine)
            .unwrap();
        assert!((paid.total_usd_per_month - (30.0 * 0.09 + 0.30)).abs() < 1e-9);
        let far = prices.invoice(&usage, "nam5", Platform::AppEngine).unwrap();
        assert!((far.total_usd_per_month - (30.0 * 0.18 + 0.36)).abs() < 1e-9);
        assert!(
            prices
                .invoice(&usage, "moon1", Platform::CloudRun)
                .is_none()
        );
        usage.busy_seconds = 10_000.0;
        usage.memory_gib = 0.5;
        let run = prices
            .invoice(&usage, "us-central1", Platform::CloudRun)
            .unwrap();
        let expected = paid.total_usd_per_month + 120_000.0 * 0.000024;
        assert!((run.total_usd_per_month - expected).abs() < 1e-9);
    }
}
