//! The line that says how far a long command is: on a terminal, and nowhere else.

use std::process::Command;

use dormouse::clock::Clock;
use dormouse::datastore::Mutation::Upsert;
use dormouse::datastore::embedded::Embedded;
use dormouse::datastore::{Datastore, Entity, IndexSet, Key};

use crate::support::{PASSWORD, Shell, installed};

/// A shell with a store in which something has to be looked through.
fn filled() -> Shell {
    let shell = Shell::new();
    let add = ["user", "add", "ann@example.org", "--password-stdin"];
    shell.run_with(&add, &[], PASSWORD).is(0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let indexes = IndexSet::ours().unwrap();
        let embedded = Embedded::open(&shell.folder().join("data"), indexes).unwrap();
        let store = Datastore::new(embedded, Clock::System);
        for slice in 0..10 {
            let puts = (1..400).map(|n| {
                let entity = Entity::new(Key::int("Probe", slice * 1_000 + n));
                Upsert(entity.unindexed("bytes", vec![1_u8; 2_000]), None)
            });
            store.commit(puts.collect()).await.unwrap();
        }
    });
    let list = "<opml><body><outline xmlUrl=\"https://a.example/f\"/></body></opml>";
    std::fs::write(shell.folder().join("list.opml"), list).unwrap();
    shell
}

/// Commands that take long, and what their line says.
const LONG: [(&[&str], &str); 6] = [
    (&["doctor"], "checking records: "),
    (
        &["import", "list.opml", "--user", "ann@example.org"],
        "importing feeds: ",
    ),
    (&["compact"], "copying rows: "),
    (
        &["copy", "--from", "data", "--to", "copied"],
        "copying records: ",
    ),
    (&["rescue", "copied", "rescued"], "saving records: "),
    (&["restore", "rescued/dormouse.redb"], "copying bytes: "),
];

#[test]
fn a_terminal_sees_how_far_a_command_is_and_nothing_of_it_stays() {
    let Some(script) = installed("script", &["/usr/bin/script"]) else {
        return;
    };
    let shell = filled();
    for (arguments, words) in LONG {
        let command = format!("{} {}", env!("CARGO_BIN_EXE_dormouse"), arguments.join(" "));
        // `script` runs it on a terminal of its own, and writes what is seen there.
        let done = Command::new(&script)
            .args(["-qec", &command, "/dev/null"])
            .current_dir(shell.folder())
            .env_clear()
            .env("SHELL", "/bin/sh")
            .env("TERM", "xterm")
            .output()
            .unwrap();
        let seen = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success(), "{arguments:?}: {seen}");
        assert!(seen.contains(words), "{arguments:?}: {seen:?}");
        // The last that is written of it empties its line again.
        let after = seen.rsplit_once("\r\u{1b}[K").unwrap().1;
        assert!(!after.contains(" %, "), "{arguments:?}: {seen:?}");
    }
}

#[test]
fn a_file_or_a_pipe_gets_none_of_it() {
    let shell = filled();
    for (arguments, words) in LONG {
        let done = shell.run(arguments);
        let said = format!("{}{}", done.is(0).out(), done.errors());
        assert!(!said.contains(words), "{arguments:?}: {said}");
        assert!(!said.contains('\u{1b}'), "{arguments:?}: {said}");
    }
}
