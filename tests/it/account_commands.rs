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
    assert_eq!(said(&["doctor", "--user", BOB]), "nothing");
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
