//! Every command that prints something prints it as JSON, too: one object, whose names are in snake case and whose times are
//! written as in RFC 3339. And what the ends of commands mean.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{FakeWeb, FeedText, PASSWORD, Page, Shell, at};

const ANN: &str = "ann@example.org";
const BEN: &str = "ben@example.org";

/// Commands without `--json`, and why.
const WITHOUT: [(&str, &str); 3] = [
    ("serve", "it says where it listens, and then logs"),
    ("completions", "what it prints is read by a shell"),
    ("man", "it writes files"),
];

/// Objects whose keys are names of kinds.
const BY_KIND: [&str; 7] = [
    "settings", "entities", "own", "saved", "planned", "same", "folders",
];

/// Every command with its arguments, in an order in which each has something to say, with its exit code.
pub(crate) fn all() -> Vec<(&'static str, Vec<&'static str>, i32)> {
    vec![
        ("user add", vec![BEN, "--password-stdin"], 0),
        ("user list", vec![], 0),
        ("user reset-link", vec![BEN], 0),
        ("user invite", vec!["--uses", "2"], 0),
        ("user invitations", vec![], 0),
        ("user passwd", vec![BEN, "--password-stdin"], 0),
        ("user disable", vec![BEN], 0),
        ("user enable", vec![BEN], 0),
        ("user admin", vec![BEN], 0),
        ("token add", vec!["--user", ANN, "--expires", "90"], 0),
        ("token list", vec!["--user", ANN], 0),
        ("import", vec!["list.opml", "--user", ANN], 0),
        ("tick", vec![], 0),
        ("export", vec!["--user", ANN], 0),
        ("data export", vec!["--user", ANN, "all.zip"], 0),
        ("data import", vec!["--user", ANN, "all.zip"], 0),
        ("house add", vec!["https://a.example/feed"], 0),
        ("house list", vec![], 0),
        ("house import", vec!["list.opml"], 0),
        ("house remove", vec!["https://a.example/feed"], 0),
        ("house source", vec!["https://a.example/list"], 0),
        ("house source", vec![""], 0),
        ("house name", vec!["Ours"], 0),
        ("costs", vec![], 0),
        ("jobs", vec![], 0),
        ("settings", vec![], 0),
        ("user quota", vec![BEN, "--feeds", "7"], 0),
        ("user sign-out", vec![BEN], 0),
        ("feed list", vec!["--show", "all"], 0),
        ("feed block", vec!["a.example"], 0),
        ("feed hosts", vec![], 0),
        ("feed unblock", vec!["a.example"], 0),
        ("journal show", vec!["--user", ANN], 0),
        ("journal export", vec!["--user", ANN], 0),
        ("insights", vec!["--user", ANN], 0),
        ("edition", vec!["--user", ANN], 0),
        ("articles", vec!["--user", ANN], 0),
        ("search", vec!["--user", ANN, "title"], 0),
        ("rules", vec!["--user", ANN], 0),
        ("explain", vec!["--user", ANN], 0),
        ("parse", vec!["feed.xml", "--base", "https://a.example/"], 0),
        (
            "check-url",
            vec!["--no-resolve", "https://a.example/feed"],
            0,
        ),
        ("check-url", vec!["--no-resolve", "ftp://a.example/"], 1),
        ("audit", vec!["--limit", "5"], 0),
        ("clean", vec![], 0),
        ("rekey", vec![], 0),
        ("compact", vec![], 0),
        ("doctor", vec![], 0),
        ("doctor", vec!["--user", ANN], 0),
        ("doctor", vec!["--fix"], 0),
        ("copy", vec!["--from", "data", "--to", "copied"], 0),
        ("rescue", vec!["copied", "rescued"], 0),
        ("restore", vec!["rescued/dormouse.redb"], 0),
        ("user delete", vec![BEN, "--yes"], 0),
    ]
}

fn check_shape(value: &Value, path: &str) {
    match value {
        Value::Object(fields) => {
            let by_kind = BY_KIND.iter().any(|name| path.ends_with(name));
            for (name, field) in fields {
                let is_snake = name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
                assert!(by_kind || is_snake, "{path}.{name}");
                let is_time = ["created", "expires", "used", "at"].contains(&name.as_str());
                assert!(!(is_time && field.is_number()), "{path}.{name}: {field}");
                check_shape(field, &format!("{path}.{name}"));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| check_shape(item, path)),
        Value::String(text) => {
            let bytes = text.as_bytes();
            let is_time = bytes.len() > 16 && bytes[4] == b'-' && bytes[10] == b'T';
            if is_time && bytes[..4].iter().all(u8::is_ascii_digit) {
                let parsed = chrono::DateTime::parse_from_rfc3339(text);
                assert!(parsed.is_ok(), "{path}: {text}");
            }
        }
        _ => {}
    }
}

/// The names of all commands, and what is said of each, by the manual pages that are made of them.
fn manual(shell: &Shell) -> Vec<(String, String)> {
    shell.run(&["man", "pages"]).is(0);
    let all = std::fs::read_dir(shell.folder().join("pages")).unwrap();
    let pages = all.map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).unwrap())
    });
    pages.collect()
}

#[test]
fn every_command_prints_one_object() {
    let (shell, web) = (Shell::new(), FakeWeb::start());
    let feed = FeedText::hourly("F", 5, at(10, 0)).rss();
    let url = web.put("/f", Page::feed(feed.clone()));
    let list = format!("<opml><body><outline text=\"F\" xmlUrl=\"{url}\"/></body></opml>");
    std::fs::write(shell.folder().join("list.opml"), list).unwrap();
    std::fs::write(shell.folder().join("feed.xml"), feed).unwrap();
    let add = ["user", "add", ANN, "--password-stdin"];
    shell.run_with(&add, &[], PASSWORD).is(0);
    let mut met = BTreeSet::new();
    let mut ids = Vec::new();
    for (command, arguments, code) in all() {
        let mut whole: Vec<&str> = command.split(' ').collect();
        whole.extend(arguments);
        whole.push("--json");
        let done = shell.run_with(&whole, &[], PASSWORD);
        let value = done.is(code).json();
        assert!(value.is_object(), "{whole:?}: {value}");
        check_shape(&value, command);
        if command == "user invitations" {
            let id = value["invitations"][0]["id"].as_str().unwrap();
            let end = ["user", "uninvite", id, "--json"];
            assert_eq!(shell.run(&end).is(0).json()["revoked"], true);
            met.insert("user-uninvite".to_owned());
        }
        if command == "token list" {
            ids.push(value["tokens"][0]["id"].as_str().unwrap().to_owned());
        }
        met.insert(command.replace(' ', "-"));
    }
    let revoke = ["token", "revoke", "--user", ANN, &ids[0], "--json"];
    assert_eq!(shell.run(&revoke).is(0).json()["revoked"], ids[0]);
    met.insert("token-revoke".to_owned());

    // Those that take a number, and one that needs an address that is read.
    let feeds = shell.run(&["feed", "list", "--show", "all", "--json"]);
    let feed = feeds.is(0).json()["feeds"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for act in ["refresh", "pause", "resume", "remove"] {
        let mut whole = vec!["feed", act, &feed, "--json"];
        whole.extend((act == "remove").then_some("--yes"));
        let value = shell.run(&whole).is(0).json();
        assert_eq!(value["feed"], feed, "{value}");
        met.insert(format!("feed-{act}"));
    }
    let read = shell.run(&["house", "read", "--json"]);
    assert!(read.is(2).errors().contains("no such address"));
    met.insert("house-read".to_owned());

    // Whoever writes a command gives it `--json` and a line above, or says why not.
    let pages = manual(&shell);
    let is_group = |name: &str| {
        let below = format!("{name}-");
        pages.iter().any(|(other, _)| other.starts_with(&below))
    };
    let mut commands = 0;
    for (page, text) in &pages {
        let Some(name) = page.strip_prefix("dormouse-") else {
            continue;
        };
        // Pages about other pages' groups, as clap makes them for its own help.
        let is_help = name.split('-').any(|part| part == "help");
        if is_group(page) && !["check-url"].contains(&name) || is_help {
            continue;
        }
        commands += 1;
        let exempt = WITHOUT.iter().any(|(without, _)| *without == name);
        let has = text.contains(r"\-\-json");
        assert_eq!(has, !exempt, "{name}: --json");
        assert_eq!(met.contains(name), !exempt, "{name}: in the test");
    }
    assert!(commands > 25, "{commands} commands");
}

#[test]
fn every_manual_page_says_what_the_ends_mean() {
    let shell = Shell::new();
    for (page, text) in manual(&shell) {
        let text = text.replace('\n', " ");
        assert!(text.contains("Exit codes: 0 for success, 1 for"), "{page}");
    }
    let book = include_str!("../../docs/commands.md");
    for words in [
        "Exit codes: 0",
        "1 for a “no”",
        "2 for a failure",
        "`--json`",
    ] {
        assert!(book.contains(words), "{words}");
    }
}

/// 0, 1 and 2, by one command each way; a failure prints nothing on standard output, also with `--json`.
#[test]
fn ends_say_yes_no_and_failure() {
    let shell = Shell::new();
    std::fs::write(shell.folder().join("page.html"), "<html>").unwrap();
    let base = ["--base", "https://a.example/"];
    for (arguments, code) in [
        (vec!["doctor"], 0),
        (vec!["check-url", "--no-resolve", "https://a.example/"], 0),
        (vec!["check-url", "--no-resolve", "http://127.0.0.1/"], 1),
        (vec!["parse", "page.html", base[0], base[1]], 1),
        (vec!["parse", "missing", base[0], base[1]], 2),
        (vec!["no-such-command"], 2),
        (vec!["user", "list", "--no-such-option"], 2),
        (vec!["articles", "--user", "who@example.org"], 2),
        (vec!["token", "list", "--user", "who@example.org"], 2),
        (vec!["restore", "missing"], 2),
        (vec!["rescue", "missing", "new"], 2),
    ] {
        let closed = [("ALLOW_PRIVATE_NETWORKS", "0")];
        for json in [false, true] {
            let mut arguments = arguments.clone();
            if json {
                arguments.push("--json");
            }
            let done = shell.run_with(&arguments, &closed, "");
            done.is(code);
            if code == 2 {
                assert_eq!(done.out(), "", "{arguments:?}");
                assert!(!done.errors().is_empty(), "{arguments:?}");
            }
        }
    }
}
