//! `dormouse copy --from STORE --to STORE`

use std::collections::BTreeMap;

use serde_json::json;

use super::{Context, done, print, print_json};
use crate::config::StoreAddress;
use crate::datastore::{Cost, Datastore, StoreError};
use crate::store_copy::{Copied, Plan, StoreCopy};

/// Dollars for 100,000 operations in us-central1, by Google's price list of 2026; the free daily quota isn't deducted.
const READS: f64 = 0.03;
const WRITES: f64 = 0.09;
const DELETES: f64 = 0.01;

#[derive(Debug, clap::Args)]
pub(super) struct CopyArgs {
    /// The source: a folder, or `datastore://PROJECT[/DATABASE]`. Stop the server first.
    #[arg(long, value_name = "STORE")]
    from: String,
    /// The target: an empty store, or one with an unfinished copy from the same source.
    #[arg(long, value_name = "STORE")]
    to: String,
    /// Print what it would cost, and copy nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print a JSON object, instead of lines.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    context: &Context,
    args: CopyArgs,
) -> anyhow::Result<std::process::ExitCode> {
    let (from, source) = open(context, "--from", &args.from)?;
    let (to, target) = open(context, "--to", &args.to)?;
    if from == to {
        anyhow::bail!("--from and --to are the same store");
    }
    let moving = StoreCopy {
        source: &source,
        from: from.to_string(),
        target: &target,
        to: to.to_string(),
    };
    let plan = moving.plan().await?;
    context.line.wipe();
    if !args.json {
        show(&plan, &from, &to);
    }
    let moved = match args.dry_run {
        true => None,
        false => {
            let all = plan.done + plan.entities();
            let progress = context.line.progress();
            let moved = moving.run(|count| progress.at("copying records", count, all));
            Some(moved.await?)
        }
    };
    context.line.wipe();
    match moved {
        _ if args.json => print_json(&told(&plan, moved.as_ref(), &from, &to))?,
        Some(moved) => report(&moved),
        None => {}
    }
    done()
}

/// What is copied, or would be, and what that costs.
fn told(
    plan: &Plan,
    moved: Option<&Copied>,
    from: &StoreAddress,
    to: &StoreAddress,
) -> serde_json::Value {
    let end = |address: &StoreAddress, cost: Cost| {
        let dollars = match address {
            StoreAddress::Folder(_) => 0.0,
            StoreAddress::Cloud { .. } => dollars(cost),
        };
        json!({ "store": address.to_string(), "expected_cost": cost, "dollars": dollars })
    };
    let kinds = plan.kinds.iter();
    let kinds: BTreeMap<&str, u64> = kinds.map(|(kind, count)| (kind.name(), *count)).collect();
    let copied = moved.map(|moved| {
        let tallies = moved.tallies.iter();
        let same: BTreeMap<&str, u64> = tallies
            .map(|(kind, tally)| (kind.name(), tally.count))
            .collect();
        json!({ "same": same, "cost": moved.cost })
    });
    json!({
        "from": end(from, plan.cost_of_source()),
        "to": end(to, plan.cost_of_target()),
        "planned": kinds,
        "copied_before": plan.done,
        "copied": copied,
    })
}

fn open(context: &Context, option: &str, text: &str) -> anyhow::Result<(StoreAddress, Datastore)> {
    let address = context.config.store.parse(text);
    let address = address.map_err(|problem| anyhow::anyhow!("{option} {problem}"))?;
    let store = context.open_at(&address).map_err(|error| match error {
        StoreError::Taken { path } => anyhow::anyhow!(
            "the store at {path} is in use by another process, such as a running server. Stop that first."
        ),
        other => other.into(),
    })?;
    Ok((address, store))
}

fn show(plan: &Plan, from: &StoreAddress, to: &StoreAddress) {
    print(&format!("From {from} to {to}:"));
    for (kind, count) in &plan.kinds {
        print(&format!("{count:>10}  {kind}"));
    }
    if plan.done > 0 {
        print(&format!(
            "{:>10}  copied before, and only compared",
            plan.done
        ));
    }
    for (name, address, cost) in [
        ("source", from, plan.cost_of_source()),
        ("target", to, plan.cost_of_target()),
    ] {
        match address {
            StoreAddress::Folder(_) => print(&format!("The {name} is on this machine: free.")),
            StoreAddress::Cloud { .. } => print(&format!(
                "The {name} will be charged about {cost}: ${:.4} without the free quota.",
                dollars(cost)
            )),
        }
    }
}

fn dollars(cost: Cost) -> f64 {
    // A store has far fewer than 2^52 entities.
    let of = |count: u64, price: f64| count as f64 * price / 100_000.0;
    of(cost.reads, READS) + of(cost.writes, WRITES) + of(cost.deletes, DELETES)
}

fn report(moved: &Copied) {
    for (kind, tally) in &moved.tallies {
        print(&format!(
            "{:>10}  {kind}: the same on both sides",
            tally.count
        ));
    }
    print(&format!("Done, for {}.", moved.cost));
}
