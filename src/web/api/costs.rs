//! What calls cost, out of the table that the tests hold them to.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Serialize;

/// The most that a call costs in operations of the store, for a reader with 120 feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Operations {
    pub reads: u64,
    /// Operations that are free.
    pub small: u64,
    pub writes: u64,
    pub deletes: u64,
}

/// Of a call: on an instance that has just started, and on one that knows the reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Costs {
    pub cold: Option<Operations>,
    pub warm: Option<Operations>,
}

static TABLE: LazyLock<HashMap<String, Costs>> = LazyLock::new(|| {
    let mut table: HashMap<String, Costs> = HashMap::new();
    let lines = include_str!("../../../docs/budgets.md").lines();
    for line in lines.filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let &[name, state, _, medium, ..] = cells.as_slice() else {
            continue;
        };
        let own = table.entry(name.trim_matches('`').to_owned()).or_default();
        match state {
            "cold" => own.cold = operations(medium),
            "warm" => own.warm = operations(medium),
            _ => {}
        }
    }
    table
});

fn operations(cell: &str) -> Option<Operations> {
    let mut numbers = cell.split(' ').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some(Operations {
        reads: next()?,
        small: next()?,
        writes: next()?,
        deletes: next()?,
    })
}

/// The costs of a call; nothing if the table doesn't have it.
pub(super) fn of(method: &str, path: &str) -> Costs {
    let known = TABLE.get(&format!("{method} {path}"));
    known.copied().unwrap_or_default()
}
