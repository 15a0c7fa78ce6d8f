//! The commands about accounts as a whole, run as the real binary: who may come in, who administers, the audit log, and deletion.

use serde_json::Value;

use crate::support::{PASSWORD, Shell};

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
