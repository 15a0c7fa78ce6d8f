//! How long an instance takes to answer after it was started, and what it holds then.

use std::time::Instant;

use super::{EMAIL, PASSWORD, Publisher, bare, table};
use super::{binary, command_of, get, listening, report_beside, report_least, resident_kb};
use super::{run, serve, sign_in};

/// How often each is started.
const STARTS: usize = 40;

/// The binaries: the usual one, and the one that is shipped, if `make dist` made it.
fn binaries() -> Vec<(&'static str, String)> {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/dist/dormouse").to_owned();
    let mut all = vec![("", binary())];
    if std::path::Path::new(&shipped).exists() {
        all.push((", as shipped", shipped));
    }
    all
}

/// `cargo bench --bench figures -- start`
pub(super) fn figures() {
    let folder = tempfile::tempdir().unwrap();
    let add = ["user", "add", EMAIL, "--password-stdin"];
    run(folder.path(), &add, PASSWORD);
    of(folder.path(), "first response", "/signin", "", "password");

    let web = Publisher::start(50);
    let feeds = web.opml(folder.path(), 300);
    run(folder.path(), &["import", &feeds, "--user", EMAIL], "");
    run(folder.path(), &["tick"], "");
    let cookie = format!("Cookie: {}\r\n", sign_in(&serve(folder.path()).address));
    let what = "first list of 300 feeds x 50";
    of(folder.path(), what, "/unread", &cookie, "line-open");
}

/// From exec to the answer to a request, and the resident memory after it.
fn of(store: &std::path::Path, what: &str, path: &str, headers: &str, shows: &str) {
    for (which, binary) in binaries() {
        let mut samples = Vec::new();
        let mut resident = 0;
        for _ in 0..STARTS {
            let began = Instant::now();
            let server = listening(command_of(&binary, store, &["serve"]));
            let page = get(&server.address, path, headers);
            samples.push(began.elapsed());
            assert!(page.starts_with("HTTP/1.1 200") && page.contains(shows));
            resident = resident_kb(server.child.id());
        }
        let name = "exec of a program that does nothing";
        let execs = bare::execs();
        report_least(
            &format!("exec to {what}{which}, the least"),
            &samples,
            (name, &execs),
        );
        report_beside("– the middle", samples, Some((name, execs)));
        let beside = Some(("a program that waits", bare::resident_kb() as f64 / 1e3));
        table::note("– resident memory", resident as f64 / 1e3, "MB", beside);
    }
}
