//! The module layers: which module may import which, and that there are no import cycles. Read from the sources.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use imports::{Crate, Place, Source, sources};

/// The modules from the lowest layer up. A module may import earlier ones only. Changing the order is a design
/// decision, made here.
const SPINE: &[&str] = &[
    // Shared basics without dependencies.
    "timestamp",
    "random",
    "sealed",
    "clock",
    "ids",
    "config",
    "egress",
    "google",
    "oidc",
    // Email, by the relay that the settings name.
    "mail",
    // Pure functions on HTML and documents.
    "html",
    // The store, and the data in it.
    "datastore",
    "codec",
    // Words out of texts, and queries.
    "search",
    "usage_log",
    "pricing",
    "store_copy",
    "users",
    "feeds",
    "articles",
    "parse",
    "update",
    // Publishers.
    "client",
    "limits",
    "webhooks",
    "refresh",
    "icons",
    "full_text",
    "websub",
    // Readers.
    "shelf",
    "accounts",
    "my_data",
    "maintenance",
    "doctor",
    "app",
    "web",
    "tooling",
    "cli",
    "lib",
    "main",
];

/// Modules that use neither store nor network nor clock, with what they may import besides themselves.
const PURE: &[(&str, &[&str])] = &[
    ("html", &[]),
    ("search", &["codec", "html"]),
    ("parse", &["feeds", "html", "timestamp"]),
    (
        "update",
        &[
            "articles",
            "codec",
            "feeds",
            "ids",
            "parse",
            "random",
            "timestamp",
        ],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn room_of(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or_default()
}

/// Strongly connected components across at least two files.
fn circles(arrows: &BTreeMap<Place, BTreeSet<Place>>) -> Vec<BTreeSet<String>> {
    let reach = |from: &Place| {
        let mut seen: BTreeSet<&Place> = BTreeSet::new();
        let mut next: Vec<&Place> = arrows[from].iter().collect();
        while let Some(place) = next.pop() {
            if seen.insert(place) {
                next.extend(arrows.get(place).into_iter().flatten());
            }
        }
        seen
    };
    let reached: BTreeMap<&Place, BTreeSet<&Place>> =
        arrows.keys().map(|place| (place, reach(place))).collect();
    let mut found: Vec<BTreeSet<String>> = Vec::new();
    for (place, all) in &reached {
        let circle = all
            .iter()
            .filter(|other| reached.get(*other).is_some_and(|back| back.contains(place)));
        let files: BTreeSet<String> = circle.map(|other| other.file.clone()).collect();
        if files.len() > 1 && !found.contains(&files) {
            found.push(files);
        }
    }
    found
}

/// The same edges between the entries of one folder: files, and folders as a whole.
fn between_entries(
    arrows: &BTreeMap<Place, BTreeSet<Place>>,
    folder: &str,
) -> BTreeMap<Place, BTreeSet<Place>> {
    let entry = |place: &Place| {
        let rest = place.file.strip_prefix(folder)?;
        Some(match rest.split_once('/') {
            Some((child, _)) => Place {
                file: format!("{folder}{child}/"),
                item: None,
            },
            None => place.clone(),
        })
    };
    let mut entries: BTreeMap<Place, BTreeSet<Place>> = BTreeMap::new();
    for (from, to) in arrows {
        let Some(from) = entry(from) else { continue };
        let to: BTreeSet<Place> = to
            .iter()
            .filter_map(entry)
            .filter(|to| *to != from)
            .collect();
        entries.entry(from).or_default().extend(to);
    }
    entries
}

fn folders(sources: &[Source]) -> BTreeSet<String> {
    let mut folders = BTreeSet::from([String::new()]);
    for source in sources {
        for (at, _) in source.path.match_indices('/') {
            folders.insert(source.path[..=at].to_owned());
        }
    }
    folders
}

/// All cycles between files, or between the entries of any folder.
fn all_circles(sources: &[Source]) -> Vec<BTreeSet<String>> {
    let arrows = Crate::new(sources).arrows();
    let mut found = circles(&arrows);
    for folder in folders(sources) {
        found.extend(circles(&between_entries(&arrows, &folder)));
    }
    found
}

#[test]
fn nothing_imports_in_a_circle() {
    let sources = sources(&root());
    assert!(sources.len() > 150, "{} files", sources.len());
    let found = all_circles(&sources);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_planted_circle_is_found() {
    let plant = |files: &[(&str, &str)]| {
        let sources: Vec<Source> = files
            .iter()
            .map(|(path, text)| Source::new(path, text))
            .collect();
        all_circles(&sources)
    };
    let two_files = [
        ("lib.rs", "mod a;\nmod b;\n"),
        ("a.rs", "use crate::b::B;\npub struct A;\n"),
        ("b.rs", "pub struct B;\nfn f() { let _ = super::a::A; }\n"),
    ];
    assert_eq!(
        plant(&two_files).len(),
        2,
        "as files, and as entries of the root"
    );
    let through_a_reexport = [
        ("lib.rs", "mod a;\nmod b;\n"),
        ("a/mod.rs", "mod deep;\npub use deep::D;\n"),
        ("a/deep.rs", "use crate::b::B;\npub struct D;\n"),
        ("b.rs", "use crate::a::D;\npub struct B;\n"),
    ];
    assert!(!plant(&through_a_reexport).is_empty());
    let two_folders = [
        ("lib.rs", "mod a;\nmod b;\n"),
        ("a/mod.rs", "mod one;\nmod two;\n"),
        ("a/one.rs", "use crate::b::three::T;\n"),
        ("a/two.rs", "pub struct O;\n"),
        ("b/mod.rs", "pub mod three;\nmod four;\n"),
        ("b/three.rs", "pub struct T;\n"),
        ("b/four.rs", "use crate::a::two::O;\n"),
    ];
    assert_eq!(
        plant(&two_folders).len(),
        1,
        "no file is in a circle, but the folders are"
    );
    let child_and_parent = |parent: &str| {
        plant(&[
            ("lib.rs", "mod a;\n"),
            ("a/mod.rs", parent),
            ("a/child.rs", "use super::Given;\npub struct Child;\n"),
        ])
    };
    let harmless = "mod child;\nuse child::Child;\npub struct Given;\npub struct Other(Child);\n";
    assert!(
        child_and_parent(harmless).is_empty(),
        "the item doesn't use the child"
    );
    let harmful = "mod child;\nuse child::Child;\npub struct Given(Child);\n";
    assert!(!child_and_parent(harmful).is_empty());
    let comments = [
        ("lib.rs", "mod a;\nmod b;\n"),
        ("a.rs", "use crate::b::B;\n"),
        (
            "b.rs",
            "// use crate::a::A;\npub const B: &str = \"crate::a::A\";\n",
        ),
    ];
    assert!(
        plant(&comments).is_empty(),
        "comments and literals are no imports"
    );
}

#[test]
fn imports_point_down_the_spine() {
    let height: BTreeMap<&str, usize> = SPINE
        .iter()
        .enumerate()
        .map(|(n, room)| (*room, n))
        .collect();
    let sources = sources(&root());
    let mut wrong = BTreeSet::new();
    let mut count = 0;
    for (from, all) in Crate::new(&sources).arrows() {
        let room = room_of(&from.file);
        let own = height
            .get(room)
            .unwrap_or_else(|| panic!("{room} isn't on the spine"));
        for to in all {
            let other = room_of(&to.file);
            count += usize::from(other != room);
            if height[other] > *own {
                wrong.insert(format!("{} imports {}", from.file, to.file));
            }
        }
    }
    assert!(count > 500, "only {count} arrows were read");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_pure_rooms_touch_nothing() {
    let pure: BTreeMap<_, _> = PURE.iter().copied().collect();
    let sources = sources(&root());
    let mut wrong = BTreeSet::new();
    for (from, all) in Crate::new(&sources).arrows() {
        let room = room_of(&from.file);
        let Some(allowed) = pure.get(room) else {
            continue;
        };
        for to in all {
            let other = room_of(&to.file);
            if (other != room && !allowed.contains(&other)) || to.file.ends_with("store.rs") {
                wrong.insert(format!("{} imports {}", from.file, to.file));
            }
        }
    }
    for Source { path, code, .. } in &sources {
        if pure.contains_key(room_of(path)) {
            let outside = [
                "tokio::",
                "reqwest::",
                "std::fs",
                "std::net",
                "std::time",
                "::now()",
                "redb::",
            ];
            let used = outside.iter().filter(|name| code.contains(**name));
            wrong.extend(used.map(|name| format!("{path} uses {name}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_domains_stores_build_queries() {
    for Source { path, code, .. } in sources(&root()) {
        let builds = [" Query::kind", "(Query::kind", " Query {", "(Query {"]
            .iter()
            .any(|mark| code.contains(mark));
        let may = path.ends_with("/store.rs")
            || path == "users/audit.rs"
            || path == "users/listing.rs"
            || path == "users/session.rs"
            || path == "users/own_sessions.rs"
            || path == "users/token.rs"
            || path == "users/share.rs"
            || path == "users/invitation.rs"
            || path == "shelf/stars.rs"
            || path.starts_with("datastore/");
        assert!(!builds || may, "{path} builds a query");
    }
}

/// Entity kinds given as text are for tests only: the product's are one enum.
#[test]
fn keys_and_queries_are_made_with_kinds() {
    let makers = [
        "Key::int(",
        "Key::name(",
        "child_int(",
        "child_name(",
        "Query::kind(",
    ];
    let mut count = 0;
    for Source { path, code, .. } in sources(&root()) {
        for maker in makers {
            for (at, _) in code.match_indices(maker) {
                let argument = code[at + maker.len()..].trim_start();
                assert!(!argument.starts_with('"'), "{path}: {maker} with a text");
                count += usize::from(argument.starts_with("Kind::"));
            }
        }
    }
    assert!(count > 20, "{count} keys and queries");
}

#[test]
fn only_the_configuration_reads_the_environment() {
    for Source { path, code, .. } in sources(&root()) {
        let reads = ["env::var", "env::vars", "env::set_var"]
            .iter()
            .any(|mark| code.contains(mark));
        assert!(
            !reads || path == "config/env.rs",
            "{path} reads the environment"
        );
    }
}

/// The names banned so that no work outlives its request, each with a reason; no file-wide exception is allowed.
#[test]
fn what_would_outlive_a_request_is_banned() {
    let bans = std::fs::read_to_string(root().join("../clippy.toml")).unwrap();
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
    for Source { path, code, .. } in sources(&root()) {
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

/// A blocking task is awaited in the function that spawns it.
#[test]
fn blocking_work_is_awaited() {
    for Source { path, code, .. } in sources(&root()) {
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
