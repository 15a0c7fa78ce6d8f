//! The arrows: who may know of whom. Read from the sources themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What each part may use. To let it use more is a decision; it is made here.
const MAY_USE: &[(&str, &[&str])] = &[
    ("datastore", &["chance", "clock", "google", "outside"]),
    ("clock", &[]),
    ("chance", &[]),
    ("ids", &[]),
    ("config", &[]),
    ("outside", &[]),
    ("google", &["clock", "config", "outside"]),
    ("identity", &["chance", "clock", "outside"]),
    ("packed", &["datastore"]),
    ("icons", &["chance", "datastore"]),
    ("users", &["clock", "chance", "datastore", "ids"]),
    // An article's key stands below its feed's.
    (
        "articles",
        &["clock", "datastore", "feeds", "ids", "packed"],
    ),
    (
        "feeds",
        &["articles", "chance", "clock", "datastore", "ids", "packed"],
    ),
    (
        "fetch",
        &[
            "articles",
            "chance",
            "clock",
            "datastore",
            "feeds",
            "icons",
            "ids",
            "ledger",
            "outside",
            "packed",
        ],
    ),
    (
        "shelf",
        &[
            "articles",
            "chance",
            "clock",
            "datastore",
            "feeds",
            "fetch",
            "ids",
            "packed",
            "users",
        ],
    ),
    (
        "cleaning",
        &[
            "articles",
            "clock",
            "datastore",
            "feeds",
            "fetch",
            "icons",
            "ids",
            "shelf",
            "users",
        ],
    ),
    (
        "doctor",
        &["articles", "datastore", "feeds", "ids", "shelf", "users"],
    ),
    ("moving", &["datastore"]),
    ("pricing", &["datastore"]),
    ("ledger", &["clock", "datastore", "packed"]),
    (
        "bill",
        &[
            "app",
            "chance",
            "clock",
            "config",
            "datastore",
            "feeds",
            "fetch",
            "icons",
            "ids",
            "ledger",
            "pricing",
            "shelf",
            "simulate",
            "users",
            "web",
        ],
    ),
    ("simulate", &["chance", "clock", "feeds", "fetch", "ids"]),
    (
        "app",
        &[
            "chance",
            "clock",
            "config",
            "datastore",
            "fetch",
            "google",
            "identity",
            "users",
            "web",
            "ledger",
            // Whose regions an instance remembers.
            "articles",
            "feeds",
            "shelf",
        ],
    ),
    (
        "web",
        &[
            "app",
            "articles",
            "chance",
            "cleaning",
            "clock",
            "config",
            "datastore",
            "feeds",
            "fetch",
            "google",
            "icons",
            "identity",
            "ids",
            "ledger",
            "packed",
            "pricing",
            "shelf",
            "users",
        ],
    ),
    (
        "cli",
        &[
            "app",
            "chance",
            "cleaning",
            "clock",
            "config",
            "datastore",
            "doctor",
            "fetch",
            "google",
            "ids",
            "ledger",
            "bill",
            "pricing",
            "moving",
            "shelf",
            "simulate",
            "users",
            "web",
        ],
    ),
    ("lib", &[]),
    ("main", &[]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file, with its path below `src/` and its text without comments and unit tests.
fn sources() -> Vec<(String, String)> {
    let mut folders: Vec<PathBuf> = vec![root().join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap();
                let lines = text
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"));
                let code: Vec<_> = lines.collect();
                let path = path.strip_prefix(root().join("src")).unwrap();
                found.push((path.to_str().unwrap().to_owned(), code.join("\n")));
            }
        }
    }
    assert!(found.len() > 80, "{} files", found.len());
    found
}

fn part_of(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap()
}

fn word(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    &text[..end]
}

/// The parts that a text names: after `crate::`, one or several in braces.
fn used(code: &str) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let Some(list) = rest.strip_prefix('{') else {
            parts.insert(word(rest).to_owned());
            continue;
        };
        let mut depth = 0;
        let mut piece = String::new();
        for c in list.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    parts.insert(word(piece.trim()).to_owned());
                    piece.clear();
                }
                _ => {}
            }
            piece.push(c);
        }
        parts.insert(word(piece.trim_matches([',', ' ', '\n'])).to_owned());
    }
    parts.remove("");
    parts
}

#[test]
fn the_arrows_point_one_way() {
    let table: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    let mut real: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, code) in sources() {
        let part = part_of(&path).to_owned();
        let allowed = table
            .get(part.as_str())
            .unwrap_or_else(|| panic!("{path} has no row"));
        for other in used(&code) {
            if other != part && !allowed.contains(&other.as_str()) {
                wrong.push(format!("{path} uses {other}"));
            }
            real.entry(part.clone()).or_default().insert(other);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(
        real["web"].contains("shelf") && real["shelf"].contains("fetch"),
        "{real:?}"
    );
}

#[test]
fn only_the_domains_stores_build_queries() {
    for (path, code) in sources() {
        let builds = ["Query::kind", "Query {"]
            .iter()
            .any(|mark| code.contains(mark));
        let may = path.ends_with("/store.rs")
            || path == "users/session.rs"
            || path == "users/token.rs"
            || path == "shelf/stars.rs"
            // Which weighs everything that is stored.
            || path == "bill/storage.rs"
            || path.starts_with("datastore/");
        assert!(!builds || may, "{path} builds a query");
    }
}

#[test]
fn only_the_configuration_reads_the_environment() {
    for (path, code) in sources() {
        let reads = ["env::var", "env::vars", "env::set_var"]
            .iter()
            .any(|mark| code.contains(mark));
        assert!(
            !reads || path == "config/env.rs",
            "{path} reads the environment"
        );
    }
}

/// The first law's names, each banned with a reason; and nobody takes the ban back in general.
#[test]
fn what_would_outlive_a_request_is_banned() {
    let bans = std::fs::read_to_string(root().join("clippy.toml")).unwrap();
    for name in [
        "tokio::spawn",
        "tokio::task::spawn",
        "tokio::task::spawn_local",
        "std::thread::spawn",
        "tokio::time::interval",
        "tokio::task::JoinSet",
    ] {
        let line = bans
            .lines()
            .find(|line| line.contains(&format!("\"{name}\"")));
        let line = line.unwrap_or_else(|| panic!("{name} isn't banned"));
        assert!(line.contains("reason = \""), "{name} has no reason");
    }
    for (path, code) in sources() {
        assert!(!code.contains("#![expect(clippy::disallowed"), "{path}");
        assert!(!code.contains("allow(clippy::disallowed"), "{path}");
        for forbidden in [
            "tokio::spawn(",
            "thread::spawn(",
            "JoinSet",
            "thread::Builder",
        ] {
            assert!(!code.contains(forbidden), "{path}: {forbidden}");
        }
    }
}

/// A thread for blocking work is waited for in the same function.
#[test]
fn blocking_work_is_awaited() {
    for (path, code) in sources() {
        for (place, _) in code.match_indices("spawn_blocking(") {
            let rest = &code[place..];
            let end = rest.find("\n}\n").unwrap_or(rest.len());
            assert!(
                rest[..end].contains(".await"),
                "{path}: spawn_blocking without await"
            );
        }
    }
}
