//! The commands about accounts as a whole, run as the real binary: who may come in, who administers, the audit log, and deletion.

use serde_json::Value;

use crate::json_output::all;
use crate::support::{FakeWeb, FeedText, PASSWORD, Page, Shell, at};

const ANN: &str = "ann@example.org";
const BOB: &str = "bob@example.org";

fn with_both() -> Shell {
    let shell = Shell::new();
    for email in [ANN, BOB] {
        let add = ["user", "add", email, "--password-stdin"];
        shell.run_with(&add, &[], PASSWORD).is(0);
    }
    shell
}

fn role(shell: &Shell, email: &str) -> Option<String> {
    let list = shell.run(&["user", "list"]);
    let lines = list.is(0).out();
    let line = lines.lines().find(|line| line.starts_with(email))?;
    line.split('\t').nth(1).map(str::to_owned)
}

#[test]
fn accounts_are_disabled_made_administrators_and_deleted() {
    let shell = with_both();
    let said = |arguments: &[&str]| shell.run(arguments).is(0).out().trim().to_owned();
    assert!(said(&["user", "disable", BOB]).starts_with("disabled"));
    assert_eq!(
        said(&["user", "disable", BOB]),
        "they were disabled already"
    );
    assert_eq!(role(&shell, BOB).unwrap(), "disabled");
    assert!(said(&["user", "enable", BOB]).starts_with("enabled"));
    // The last administrator stays one.
    for arguments in [
        &["user", "disable", ANN][..],
        &["user", "admin", ANN, "--undo"],
        &["user", "delete", ANN, "--yes"],
    ] {
        let refused = shell.run(arguments);
        let words = refused.is(2).errors();
        assert!(words.contains("the only administrator"), "{words}");
    }
    assert!(said(&["user", "admin", BOB]).contains("administrator now"));
    assert_eq!(role(&shell, BOB).unwrap(), "administrator");
    assert!(said(&["user", "admin", ANN, "--undo"]).contains("ordinary reader"));
    said(&["user", "admin", ANN]);

    let held = said(&["doctor", "--user", BOB]);
    for kind in ["User\t1", "Login\t1", "Audit\t"] {
        assert!(held.contains(kind), "{held}");
    }
    let number = held.lines().next().unwrap();
    let number = number.strip_prefix("account\t").unwrap().to_owned();
    // Without a yes nothing happens.
    shell.run(&["user", "delete", BOB]).is(2);
    let gone = said(&["user", "delete", BOB, "--yes"]);
    assert!(gone.ends_with("nothing is left"), "{gone}");
    // Without an account an address leads nowhere: what is left is found by the number, which the log has.
    let unknown = shell.run(&["doctor", "--user", BOB]);
    let errors = unknown.is(2).errors();
    assert!(
        errors.contains("no account for bob@example.org"),
        "{errors}"
    );
    assert!(errors.contains("dormouse audit --json"), "{errors}");
    assert_eq!(unknown.out(), "");
    shell.run(&["doctor", "--user", BOB, "--json"]).is(2);
    let held = said(&["doctor", "--user", &number]);
    assert!(held.starts_with("nothing\nAudit\t"), "{held}");
    assert_eq!(role(&shell, BOB), None);
    shell.run(&["user", "delete", BOB, "--yes"]).is(2);
    said(&["doctor"]);

    let log = said(&["audit"]);
    assert!(
        log.lines()
            .next()
            .unwrap()
            .contains("\tdeleted\tthe clean-up\t")
    );
    assert!(!log.contains(BOB) && log.contains(ANN), "{log}");
    let lines = said(&["audit", "--json", "--limit", "3"]);
    let lines: Value = serde_json::from_str(&lines).unwrap();
    let lines = lines["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["act"], "deleted");
    assert_eq!(lines[0]["user"].to_string(), number);
    assert_eq!(lines[0]["about"], "b…@example.org");
    assert_eq!(lines[1]["act"], "deletion_begun");
    assert_eq!(lines[1]["by"], "command");
}

/// Pages of two lines have what the whole has, in its order, and lead to an end.
#[test]
fn the_log_is_read_page_by_page_with_a_cursor() {
    let shell = with_both();
    for email in [ANN, BOB] {
        shell.run(&["user", "sign-out", email]).is(0);
    }
    shell.run(&["user", "invite"]).is(0);
    let read = |arguments: &[&str]| -> Value {
        let told = shell.run(&[&["audit", "--json"], arguments].concat());
        serde_json::from_str(&told.is(0).out()).unwrap()
    };
    let whole = read(&[]);
    assert_eq!(whole["cursor"], Value::Null);
    let whole = whole["lines"].as_array().unwrap();
    assert_eq!(whole.len(), 5);
    let (mut paged, mut cursor) = (Vec::new(), None::<String>);
    for pages in 1.. {
        let from = cursor.as_deref().map(|cursor| ["--cursor", cursor]);
        let from = from.as_ref().map_or(&[][..], |from| &from[..]);
        let page = read(&[&["--limit", "2"], from].concat());
        let lines = page["lines"].as_array().unwrap();
        assert!(lines.len() <= 2);
        paged.extend(lines.iter().cloned());
        cursor = page["cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            assert_eq!(pages, 3);
            break;
        }
    }
    assert_eq!(paged, *whole);
    // In words, where to go on stands beside the lines.
    let said = shell.run(&["audit", "--limit", "4"]);
    let said_on = said.is(0).errors();
    let (_, cursor) = said_on.trim().split_once("more: --cursor ").unwrap();
    let rest = shell.run(&["audit", "--cursor", cursor]);
    assert_eq!(rest.is(0).out().lines().count(), 1, "{}", rest.out());
    assert!(!rest.errors().contains("more:"), "{}", rest.errors());
    let wrong = shell.run(&["audit", "--cursor", "elsewhere"]);
    let errors = wrong.is(2).errors();
    assert!(errors.contains("isn’t a cursor of the log"), "{errors}");
}

#[test]
fn a_link_that_opens_an_account_is_in_the_log() {
    let shell = with_both();
    shell.run(&["user", "reset-link", BOB]).is(0);
    shell.run(&["user", "invite"]).is(0);
    let lines = shell.run(&["audit"]).is(0).out();
    let acts: Vec<&str> = lines
        .lines()
        .map(|line| line.split('\t').nth(1).unwrap())
        .collect();
    assert_eq!(acts[..2], ["invited", "reset_link_made"], "{lines}");
    assert!(lines.lines().nth(1).unwrap().contains(BOB), "{lines}");
}

/// The newest lines of the log: act, by whom, what else.
fn newest(shell: &Shell, count: usize) -> Vec<(String, String, String)> {
    let limit = count.to_string();
    let told = shell.run(&["audit", "--json", "--limit", &limit]);
    let told: Value = serde_json::from_str(&told.is(0).out()).unwrap();
    let lines = told["lines"].as_array().unwrap().iter();
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let lines = lines.map(|line| (text(line, "act"), text(line, "by"), text(line, "about")));
    lines.collect()
}

#[test]
fn what_commands_make_and_hand_out_is_in_the_log_as_theirs() {
    let shell = with_both();
    let line = |act: &str, about: &str| (act.to_owned(), "command".to_owned(), about.to_owned());
    let made = [line("signed_up", ""), line("signed_up", "")];
    assert_eq!(newest(&shell, 9), made);
    let human = shell.run(&["audit"]).is(0).out();
    assert!(
        human
            .lines()
            .all(|line| line.contains("\tsigned_up\ta command\t")),
        "{human}"
    );
    let mut lines = 2;
    for (arguments, wanted) in [
        (
            &["export", "--user", BOB][..],
            &[line("exported", "dormouse.opml")][..],
        ),
        (
            &["export", "--user", BOB, "--json"],
            &[line("exported", "dormouse.opml")],
        ),
        (
            &["export", "--user", BOB, "--passwords"],
            &[line("passwords_exported", "")],
        ),
        (
            &["journal", "export", "--user", BOB, "--format", "csv"],
            &[line("exported", "journal.csv")],
        ),
        (
            &["journal", "export", "--user", BOB, "--json"],
            &[line("exported", "journal.jsonl")],
        ),
        (&["rekey"], &[line("rekeyed", "")]),
        (&["journal", "show", "--user", BOB], &[]),
    ] {
        shell.run(arguments).is(0);
        lines += wanted.len();
        let all = newest(&shell, 50);
        assert_eq!(all.len(), lines, "{arguments:?}: {all:?}");
        assert_eq!(all[..wanted.len()], *wanted, "{arguments:?}");
    }
}

/// What the commands write that change something; all others write nothing.
const WRITTEN: &[(&str, &[&str])] = &[
    ("user add", &["signed_up"]),
    ("user reset-link", &["reset_link_made"]),
    ("user invite", &["invited"]),
    ("user passwd", &["password_changed"]),
    ("user disable", &["disabled"]),
    ("user enable", &["enabled"]),
    ("user admin", &["made_admin"]),
    ("user quota", &["quota_changed"]),
    ("user sign-out", &["sessions_ended"]),
    ("user delete", &["deletion_begun", "deleted"]),
    ("token add", &["token_made"]),
    ("import", &["imported"]),
    ("export", &["exported"]),
    ("data export", &["exported"]),
    ("data import", &["data_imported"]),
    ("journal export", &["exported"]),
    ("house add", &["house_added"]),
    ("house import", &["house_imported"]),
    ("house remove", &["house_removed"]),
    ("house source", &["house_set"]),
    ("house name", &["house_set"]),
    ("feed block", &["host_blocked"]),
    ("feed unblock", &["host_unblocked"]),
    ("rekey", &["rekeyed"]),
];

/// Every command, in the order in which each has something to do (`json_output.rs` finds one that isn't there), and after it those that
/// need a number.
#[test]
fn every_command_that_changes_something_is_a_line() {
    let (shell, web) = (Shell::new(), FakeWeb::start());
    let feed = FeedText::hourly("F", 5, at(10, 0)).rss();
    let url = web.put("/f", Page::feed(feed.clone()));
    let list = format!("<opml><body><outline text=\"F\" xmlUrl=\"{url}\"/></body></opml>");
    std::fs::write(shell.folder().join("list.opml"), &list).unwrap();
    std::fs::write(shell.folder().join("feed.xml"), feed).unwrap();
    let add = ["user", "add", ANN, "--password-stdin"];
    shell.run_with(&add, &[], PASSWORD).is(0);
    let lines = |code: i32| -> Vec<String> {
        let told = shell.run(&["audit", "--json", "--limit", "1000"]);
        let told = told.is(code).json();
        let all = told["lines"].as_array().unwrap().iter();
        all.map(|line| line["act"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut before = lines(0);
    let writes = |before: &mut Vec<String>, name: &str, wanted: &[&str]| {
        let after = lines(0);
        // A backup that is put in the store's place has the lines of its time.
        let new = after.len().saturating_sub(before.len());
        let mut new: Vec<&str> = after[..new].iter().map(String::as_str).collect();
        new.reverse();
        assert_eq!(new, wanted, "{name}");
        *before = after;
    };
    for (command, arguments, code) in all() {
        let mut whole: Vec<&str> = command.split(' ').collect();
        whole.extend(arguments);
        whole.push("--json");
        shell.run_with(&whole, &[], PASSWORD).is(code);
        let wanted = WRITTEN.iter().find(|(name, _)| *name == command);
        writes(&mut before, command, wanted.map_or(&[], |(_, acts)| *acts));
        if command == "tick" {
            let id = shell.run(&["feed", "list", "--show", "all", "--json"]);
            let id = id.is(0).json()["feeds"][0]["id"]
                .as_str()
                .unwrap()
                .to_owned();
            for (act, wanted) in [
                ("refresh", "feed_refreshed"),
                ("pause", "feed_paused"),
                ("resume", "feed_resumed"),
            ] {
                shell.run(&["feed", act, &id]).is(0);
                writes(&mut before, act, &[wanted]);
            }
        }
    }
    shell.run(&["user", "admin", ANN]).is(0);
    let before = &mut lines(0);
    let id = shell.run(&["token", "list", "--user", ANN, "--json"]);
    let id = id.is(0).json()["tokens"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    shell.run(&["token", "revoke", "--user", ANN, &id]).is(0);
    writes(before, "token revoke", &["token_revoked"]);
    let id = shell.run(&["user", "invitations", "--json"]);
    let id = id.is(0).json()["invitations"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    shell.run(&["user", "uninvite", &id]).is(0);
    writes(before, "user uninvite", &["invitation_revoked"]);
    let id = shell.run(&["feed", "list", "--show", "all", "--json"]);
    let id = id.is(0).json()["feeds"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    shell.run(&["feed", "remove", &id, "--yes"]).is(0);
    writes(before, "feed remove", &["feed_removed"]);
    // What a lost phone is replaced by ends the tokens, each with its line.
    shell.run(&["token", "add", "--user", ANN]).is(0);
    before.clone_from(&lines(0));
    let passwd = ["user", "passwd", ANN, "--password-stdin"];
    shell.run_with(&passwd, &[], PASSWORD).is(0);
    writes(
        before,
        "user passwd",
        &["password_changed", "token_revoked"],
    );
    // With a feed that isn't in the list yet.
    let other = list.replace(&url, "https://late.example/feed");
    let list = web.put("/list", Page::of("text/x-opml", other));
    shell.run(&["house", "source", &list]).is(0);
    before.clone_from(&lines(0));
    shell.run(&["house", "read"]).is(0);
    writes(before, "house read", &["house_read"]);
}

#[test]
fn invitations_are_listed_and_revoked() {
    let shell = with_both();
    let said = |arguments: &[&str]| shell.run(arguments).is(0).out().trim().to_owned();
    assert_eq!(said(&["user", "invitations"]), "");
    said(&["user", "invite", "--uses", "3"]);
    let line = said(&["user", "invitations"]);
    let fields: Vec<&str> = line.split('\t').collect();
    assert_eq!(fields[1..3], ["open", "3 of 3 left"], "{line}");
    assert_eq!(fields[4], "a command");
    let id = fields[0];
    assert_eq!(said(&["user", "uninvite", id]), "revoked");
    assert_eq!(said(&["user", "invitations"]), "");
    let again = shell.run(&["user", "uninvite", id]);
    assert!(again.is(2).errors().contains("no invitation"));
    let log = said(&["audit", "--limit", "1"]);
    assert!(log.contains("\tinvitation_revoked\ta command"), "{log}");
}

#[test]
fn the_house_list_gets_a_name_and_the_address_of_its_file() {
    let shell = with_both();
    let said = |arguments: &[&str]| shell.run(arguments).is(0).out().trim().to_owned();
    assert_eq!(said(&["house", "source"]), "none");
    assert_eq!(said(&["house", "name"]), "the usual one");
    let url = "https://a.example/list.opml";
    assert_eq!(said(&["house", "source", url]), url);
    assert_eq!(said(&["house", "name", " Our feeds "]), "Our feeds");
    assert_eq!(said(&["house", "source"]), url);
    let before = said(&["audit"]).lines().count();
    for refused in [
        &["house", "name", "Our/feeds"][..],
        &["house", "name", &"n".repeat(101)],
        &["house", "source", "https://robin:sesame@a.example/list"],
        &["house", "source", "ftp://a.example/list"],
    ] {
        let errors = shell.run(refused).is(2).errors();
        assert!(!errors.contains("sesame"), "{errors}");
    }
    assert_eq!(said(&["house", "name"]), "Our feeds");
    assert_eq!(said(&["house", "source"]), url);
    let log = said(&["audit"]);
    assert_eq!(log.lines().count(), before, "{log}");
    let set = log.lines().filter(|line| line.contains("\thouse_set\t"));
    assert_eq!(set.count(), 2, "{log}");
    assert_eq!(said(&["house", "source", ""]), "none");
    assert_eq!(said(&["house", "name", ""]), "the usual one");
}

#[test]
fn what_is_read_and_written_is_told_with_what_a_month_of_it_costs() {
    let shell = with_both();
    shell.run(&["tick"]).is(0);
    let costs = shell.run(&["costs", "--region", "nam5"]).is(0).out();
    let last = costs.trim().lines().last().unwrap();
    assert_eq!(
        last,
        "$0.00 for a month of 30 days like today so far, without storage and servers"
    );
    let errors = shell.run(&["costs", "--region", "moon1"]).is(2).errors();
    assert!(
        errors.contains("moon1") && errors.contains("nam5"),
        "{errors}"
    );
}
