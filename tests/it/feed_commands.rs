//! The commands about everybody's feeds, jobs, settings, and what of a quota is somebody's own: what `/admin` does, without a server.

use serde_json::Value;

use crate::support::{FakeWeb, FeedText, PASSWORD, Page, Shell, at};

const ANN: &str = "ann@example.org";

/// Ann's shelf with a feed, which is fetched once.
fn with_feed() -> (Shell, FakeWeb, String) {
    let (shell, web) = (Shell::new(), FakeWeb::start());
    let add = ["user", "add", ANN, "--password-stdin"];
    shell.run_with(&add, &[], PASSWORD).is(0);
    let page = Page::feed(FeedText::hourly("Harbour", 3, at(9, 0)).rss());
    let url = web.put("/harbour", page);
    let opml = format!("<opml version=\"2.0\"><body><outline xmlUrl=\"{url}\"/></body></opml>");
    std::fs::write(shell.folder().join("feeds.opml"), opml).unwrap();
    shell.run(&["import", "feeds.opml", "--user", ANN]).is(0);
    shell.run(&["tick"]).is(0);
    let feeds = feeds(&shell, "all", "");
    assert_eq!(feeds.len(), 1, "{feeds:?}");
    let id = feeds[0]["id"].as_str().unwrap().to_owned();
    (shell, web, id)
}

fn feeds(shell: &Shell, show: &str, query: &str) -> Vec<Value> {
    let args = ["feed", "list", query, "--show", show, "--json"];
    let json = shell.run(&args).is(0).json();
    json["feeds"].as_array().unwrap().clone()
}

fn said(shell: &Shell, args: &[&str]) -> String {
    shell.run(args).is(0).out().trim().to_owned()
}

/// Acts of the log, the newest first.
fn log(shell: &Shell) -> Vec<String> {
    let lines = said(shell, &["audit"]);
    let acts = lines.lines().map(|line| line.split('\t').nth(1).unwrap());
    acts.map(str::to_owned).collect()
}

#[test]
fn a_feed_is_listed_refreshed_paused_and_removed() {
    let (shell, web, id) = with_feed();
    let all = feeds(&shell, "all", "harb");
    assert_eq!(all[0]["title"], "Harbour");
    assert_eq!(
        (&all[0]["readers"], &all[0]["state"]),
        (&1.into(), &"well".into())
    );
    assert!(feeds(&shell, "all", "nothing like it").is_empty());
    assert!(feeds(&shell, "trouble", "").is_empty());
    let line = said(&shell, &["feed", "list", "--show", "all"]);
    assert!(
        line.starts_with(&format!("{id}\twell\t1\thttp://")),
        "{line}"
    );

    // The publisher's limits hold for a command, too, and it says so.
    let again = said(&shell, &["feed", "refresh", &id]);
    assert!(!again.is_empty());
    assert!(said(&shell, &["feed", "pause", &id]).starts_with("paused"));
    assert_eq!(
        said(&shell, &["feed", "pause", &id]),
        "it was paused already"
    );
    assert_eq!(feeds(&shell, "paused", "").len(), 1);
    let asked = web.asked("/harbour").len();
    said(&shell, &["feed", "refresh", &id]);
    assert_eq!(web.asked("/harbour").len(), asked, "nobody fetches it");
    assert!(said(&shell, &["feed", "resume", &id]).starts_with("resumed"));
    assert_eq!(said(&shell, &["feed", "resume", &id]), "it wasn’t paused");

    // Without a yes nothing happens.
    shell.run(&["feed", "remove", &id]).is(2);
    assert!(said(&shell, &["feed", "remove", &id, "--yes"]).starts_with("removed"));
    assert!(feeds(&shell, "all", "").is_empty());
    let export = said(&shell, &["export", "--user", ANN]);
    assert!(!export.contains("/harbour"), "{export}");
    let missing = shell.run(&["feed", "pause", &id]);
    assert!(missing.is(2).errors().contains("there is no feed"));
    let acts = log(&shell);
    for act in [
        "feed_paused",
        "feed_resumed",
        "feed_removed",
        "feed_refreshed",
    ] {
        assert!(acts.iter().any(|one| one == act), "{act}: {acts:?}");
    }
    shell.run(&["doctor"]).is(0);
}

#[test]
fn a_host_is_blocked_and_opened_again() {
    let (shell, web, _) = with_feed();
    let asked = web.asked("/harbour").len();
    let blocked = said(&shell, &["feed", "block", &web.url("/harbour")]);
    assert!(blocked.contains("127.0.0.1"), "{blocked}");
    assert_eq!(said(&shell, &["feed", "hosts"]), "127.0.0.1");
    let json = shell.run(&["feed", "hosts", "--json"]).is(0).json();
    assert_eq!(json["hosts"][0], "127.0.0.1");
    shell.run(&["tick"]).is(0);
    assert_eq!(web.asked("/harbour").len(), asked);
    said(&shell, &["feed", "unblock", "127.0.0.1"]);
    assert_eq!(said(&shell, &["feed", "hosts"]), "");
    let wrong = shell.run(&["feed", "block", "http://"]);
    assert!(wrong.is(2).errors().contains("isn’t the name of a host"));
    assert_eq!(log(&shell)[..2], ["host_unblocked", "host_blocked"]);
}

#[test]
fn jobs_and_settings_are_printed_without_secrets() {
    let (shell, ..) = with_feed();
    let jobs = said(&shell, &["jobs"]);
    assert!(jobs.contains("audit\tnever ran"), "{jobs}");
    let json = shell.run(&["jobs", "--json"]).is(0).json();
    let names: Vec<&str> = json["jobs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["job"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"refresh") && names.contains(&"daily"),
        "{names:?}"
    );

    let secret = "a secret that nobody is to see here";
    let set = [("SECRET_KEY", secret), ("QUOTA", "feeds=77")];
    let lines = shell.run_with(&["settings"], &set, "").is(0).out();
    assert!(
        !lines.contains(secret) && lines.contains("SECRET_KEY\t"),
        "{lines}"
    );
    assert!(lines.contains("77"), "{lines}");
    let json = shell
        .run_with(&["settings", "--json"], &set, "")
        .is(0)
        .json();
    assert!(
        json["settings"]["QUOTA"].as_str().unwrap().contains("77"),
        "{json}"
    );
    assert!(!json.to_string().contains(secret));
}

#[test]
fn an_account_is_found_signed_out_and_given_a_quota_of_its_own() {
    let (shell, ..) = with_feed();
    assert!(said(&shell, &["user", "list", "ANN@"]).starts_with(ANN));
    assert_eq!(said(&shell, &["user", "list", "bob"]), "");
    assert!(said(&shell, &["user", "sign-out", ANN]).contains("have ended"));

    let usual = said(&shell, &["user", "quota", ANN]);
    assert!(
        usual.lines().all(|line| line.ends_with("\tusual")),
        "{usual}"
    );
    let own = said(
        &shell,
        &["user", "quota", ANN, "--feeds", "12", "--stars", "5"],
    );
    assert!(own.contains("feeds\t12\ttheir own"), "{own}");
    let own = said(&shell, &["user", "quota", ANN, "--feeds", "usual"]);
    assert!(
        own.contains("stars\t5\ttheir own") && own.contains("\tusual"),
        "{own}"
    );
    let high = shell.run(&["user", "quota", ANN, "--feeds", "5001"]);
    assert!(
        high.is(2)
            .errors()
            .contains("feeds takes at most 5000 here")
    );
    let acts = log(&shell);
    let count = |act: &str| acts.iter().filter(|one| *one == act).count();
    assert_eq!((count("quota_changed"), count("sessions_ended")), (2, 1));
}
