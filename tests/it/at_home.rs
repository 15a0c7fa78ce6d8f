//! Asleep on one's own machine: a server that ends itself, a socket that starts it again, backups by themselves.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::{Shell, installed, plain};

/// A program that is killed if a test fails.
struct Running(Child);

impl Running {
    /// Waits for its end, and returns its exit code.
    fn end(&mut self) -> Option<i32> {
        // 20 s at most, in small steps.
        for _ in 0..400 {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("it is still awake");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may already have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// systemd's own tool keeps a socket, and starts the server with the first connection.
#[expect(clippy::disallowed_methods, reason = "it reads what nobody looks at")]
fn activated(shell: &Shell, idle: &str) -> Option<(Running, SocketAddr)> {
    let tool = installed(
        "systemd-socket-activate",
        &["/usr/bin/systemd-socket-activate"],
    )?;
    let address = free_port();
    let port = address.port().to_string();
    let child = Command::new(tool)
        .args(["-l", &address.to_string()])
        .args(["-E", &format!("IDLE_EXIT={idle}"), "-E", "CRON_SECRET"])
        .args(["-E", &format!("PORT={port}")])
        .args([env!("CARGO_BIN_EXE_dormouse"), "serve"])
        .current_dir(shell.folder())
        .env_clear()
        .env("CRON_SECRET", "secret-enough")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut running = Running(child);
    // It says that it listens.
    let mut line = String::new();
    let errors = running.0.stderr.take().unwrap();
    let mut errors = BufReader::new(errors);
    errors.read_line(&mut line).unwrap();
    assert!(line.contains("Listening"), "{line}");
    // The rest is read, so that nobody waits for room to write.
    std::thread::spawn(move || errors.read_to_string(&mut line));
    Some((running, address))
}

#[test]
fn a_connection_wakes_it_and_it_ends_when_nobody_comes() {
    let shell = Shell::new();
    let Some((mut server, address)) = activated(&shell, "2s") else {
        return;
    };
    let (status, text) = plain(address, "/healthz").unwrap();
    assert_eq!(status, 200, "{text}");
    std::thread::sleep(Duration::from_secs(1));
    let (status, _) = plain(address, "/about/fetcher").unwrap();
    assert!(status < 400, "{status}");
    assert!(server.0.try_wait().unwrap().is_none(), "too early");
    assert_eq!(server.end(), Some(0));
}

#[test]
fn one_that_only_the_scheduler_woke_leaves_right_after() {
    let shell = Shell::new();
    let Some((mut server, address)) = activated(&shell, "1h") else {
        return;
    };
    let asked = call(address, "/cron/refresh");
    assert!(asked.starts_with("HTTP/1.1 200"), "{asked}");
    assert_eq!(server.end(), Some(0));
}

/// A call of the scheduler.
fn call(address: SocketAddr, path: &str) -> String {
    use std::io::Write;
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAuthorization: Bearer secret-enough\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// Does what systemd does with a socket: waits for somebody, starts the server, waits for its end, and so on. Prints the port,
/// and then a line for each start.
const KEEPER: &str = r#"
import os, select, socket, subprocess, sys
door = socket.create_server(("127.0.0.1", 0), backlog=64)
os.dup2(door.fileno(), 3)
print(door.getsockname()[1], flush=True)
while True:
    select.select([door], [], [])
    print("start", flush=True)
    script = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" serve'
    code = subprocess.call(["sh", "-c", script, sys.argv[1]], pass_fds=[3], stdout=subprocess.DEVNULL)
    assert code == 0, code
"#;

#[test]
fn nobody_is_lost_however_often_it_sleeps() {
    let shell = Shell::new();
    let child = Command::new("python3")
        .args(["-c", KEEPER, env!("CARGO_BIN_EXE_dormouse")])
        .current_dir(shell.folder())
        .env("IDLE_EXIT", "1s")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut keeper = Running(child);
    let mut lines = BufReader::new(keeper.0.stdout.take().unwrap()).lines();
    let port: u16 = lines.next().unwrap().unwrap().parse().unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    for turn in 0..12_u64 {
        // Shorter and longer than its patience, and just as long.
        for _ in 0..3 {
            let answer = plain(address, "/healthz");
            assert_eq!(answer.map(|(status, _)| status), Some(200), "turn {turn}");
        }
        std::thread::sleep(Duration::from_millis(850 + 40 * turn));
    }
    // The keeper alone first, so that it starts no other.
    let _ = keeper.0.kill();
    let _ = keeper.0.wait();
    let starts = lines.map_while(Result::ok).count();
    assert!(starts > 1, "it never slept");
}

#[test]
fn the_daily_call_takes_backups_of_which_each_can_be_restored() {
    let shell = Shell::new();
    let settings = [("BACKUP_DIR", "safe/backups"), ("BACKUP_KEEP", "2")];
    let secret = ("CRON_SECRET", "secret-enough");
    let add = |email: &str| {
        let args = ["user", "add", "--password-stdin", email];
        shell.run_with(&args, &[], "a long password\n").is(0);
    };
    add("ann@example.org");
    let safe = shell.folder().join("safe/backups");
    let names = || {
        let mut names: Vec<String> = std::fs::read_dir(&safe)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let server = shell.serve(&[settings[0], settings[1], secret]);
    let asked = call(server.address, "/cron/daily");
    assert!(asked.starts_with("HTTP/1.1 200"), "{asked}");
    let today = names();
    assert_eq!(today.len(), 1, "{today:?}");
    assert!(asked.contains(&today[0]), "{asked}");
    // One a day.
    let again = call(server.address, "/cron/daily");
    assert!(again.contains(r#""taken":null"#), "{again}");
    drop(server);
    // The newest two stay, and nothing is touched that isn't a backup.
    let (old, other) = ("dormouse-2001-01-01.redb", "dormouse-notes.redb");
    for name in [old, "dormouse-2002-02-02.redb", other] {
        std::fs::copy(safe.join(&today[0]), safe.join(name)).unwrap();
    }
    shell.run_with(&["clean"], &settings, "").is(0);
    assert_eq!(
        names(),
        ["dormouse-2002-02-02.redb", &today[0], other],
        "after {old}"
    );
    // Each is a store, with what was in it.
    add("ben@example.org");
    for name in names() {
        let file = safe.join(&name);
        let restored = shell.run(&["restore", file.to_str().unwrap()]);
        assert!(restored.is(0).out().contains("1 accounts"), "{name}");
        shell.run(&["doctor"]).is(0);
        let users = shell.run(&["user", "list"]).is(0).out();
        assert!(users.contains("ann@"), "{users}");
        assert!(!users.contains("ben@"), "{users}");
    }
    // What was there before stays beside it.
    let kept = std::fs::read_dir(shell.folder().join("data")).unwrap();
    let kept = kept.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_str().unwrap().starts_with("dormouse.redb.before-")
    });
    assert!(kept.count() >= 1);
}

#[test]
fn a_backup_that_fails_is_said_and_one_that_is_damaged_changes_nothing() {
    let shell = Shell::new();
    let args = ["user", "add", "--password-stdin", "ann@example.org"];
    shell.run_with(&args, &[], "a long password\n").is(0);
    // A file where the folder should be.
    std::fs::write(shell.folder().join("taken"), "x").unwrap();
    let settings = [("BACKUP_DIR", "taken"), ("CRON_SECRET", "secret-enough")];
    let server = shell.serve(&settings);
    let asked = call(server.address, "/cron/daily");
    assert!(asked.starts_with("HTTP/1.1 500"), "{asked}");
    assert!(asked.contains("taken"), "{asked}");
    // While a server runs, nothing is restored.
    let file = shell.folder().join("broken.redb");
    std::fs::copy(shell.folder().join("data/dormouse.redb"), &file).unwrap();
    let path = file.to_str().unwrap();
    let refused = shell.run(&["restore", path]);
    assert!(refused.is(2).errors().contains("in use"), "{refused:?}");
    drop(server);
    let mut bytes = std::fs::read(&file).unwrap();
    let half = bytes.len() / 2;
    bytes[..half].fill(0x5a);
    for bad in [&bytes[..], b"", b"no store"] {
        std::fs::write(&file, bad).unwrap();
        let refused = shell.run(&["restore", path]);
        assert_ne!(refused.code(), 0, "{refused:?}");
        let users = shell.run(&["user", "list"]).is(0).out();
        assert!(users.contains("ann@"), "{users}");
    }
    let missing = shell.run(&["restore", "nowhere.redb"]);
    assert!(missing.is(2).errors().contains("nowhere.redb"));
}

#[test]
fn completions_and_manual_pages_are_made_of_the_commands() {
    let shell = Shell::new();
    for name in ["bash", "zsh", "fish"] {
        let text = shell.run(&["completions", name]).is(0).out();
        assert!(
            text.contains("restore") && text.contains("check-url"),
            "{name}"
        );
    }
    let unknown = shell.run(&["completions", "notepad"]);
    assert!(unknown.is(2).errors().contains("bash"));
    shell.run(&["man", "pages"]).is(0);
    let page = std::fs::read_to_string(shell.folder().join("pages/dormouse.1")).unwrap();
    assert!(page.contains("serve"), "{page}");
    let of_one = std::fs::read_to_string(shell.folder().join("pages/dormouse-restore.1")).unwrap();
    assert!(of_one.contains("backup"), "{of_one}");
}

/// systemd's own judgement of the units, without a running systemd.
#[test]
fn the_units_are_closed() {
    let places = ["/usr/bin/systemd-analyze"];
    let Some(tool) = installed("systemd-analyze", &places) else {
        return;
    };
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/systemd/");
    for unit in ["dormouse", "dormouse-refresh", "dormouse-daily"] {
        let path = format!("{folder}{unit}.service");
        let args = ["security", "--offline=true", "--threshold=20", &path];
        let done = Command::new(&tool).args(args).output().unwrap();
        let text = String::from_utf8_lossy(&done.stdout);
        // The threshold is in tenths.
        let last = text.lines().last().unwrap_or_default();
        assert!(done.status.success(), "{last}");
    }
}
