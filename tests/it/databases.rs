//! The journal's `.sql` in the databases that it is for: Debian's `sqlite3` and `PostgreSQL`, really run.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use crate::support::{TestApp, installed};

/// Titles as strangers write them.
const TITLES: [&str; 9] = [
    "It's here",
    "'); DROP TABLE event; --",
    "back\\slash \\' and \\\\",
    "line\n.shell touch /tmp/dormouse-was-here\nend",
    "\\! touch /tmp/dormouse-was-here",
    "$$ $tag$ :name ?1 @x",
    "E'\\u0041' 中文 🐭",
    "\u{202e}reversed",
    "a\u{0}b",
];

/// A journal with those titles: as SQL, and the titles as the journal has them.
async fn exported() -> (String, Vec<String>) {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let line = |n: usize, title: &str| {
        json!({
            "at": format!("2025-11-{:02}T08:30:00Z", n + 1), "act": "opened", "count": 1, "feed": "Bobby '; DROP",
            "feed_url": "https://old.example/feed?a='b'", "title": title, "link": format!("https://old.example/{n}?'"),
            "author": "O'Neill", "words": 300, "article": format!("77-{}", n + 1),
        })
        .to_string()
    };
    let lines: Vec<String> = TITLES
        .iter()
        .enumerate()
        .map(|(n, title)| line(n, title))
        .collect();
    let cleared = json!({
        "at": "2025-12-24T20:00:00Z", "act": "cleared", "count": 41, "feed": "Bobby '; DROP",
        "feed_url": "https://old.example/feed?a='b'", "article": null,
    });
    let file = format!("{}\n{cleared}\n", lines.join("\n"));
    let ask = ann.ask(http::Method::POST, "/journal/import");
    ask.file("history", file.as_bytes()).send().await.is(303);
    let sql = ann.get("/export/journal.sql").await;
    assert_eq!(
        sql.is(200).header("content-type"),
        Some("application/sql; charset=utf-8")
    );
    let lines = ann.get("/export/journal.jsonl").await;
    let lines = lines.is(200).text().lines();
    let lines = lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let titles = lines.filter(|line| line["act"] == "opened");
    let titles = titles.map(|line| line["title"].as_str().unwrap().to_owned());
    (sql.text().to_owned(), titles.collect())
}

/// Runs a program with something on its standard input.
fn run(command: &mut Command, input: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success() && !said.contains("rror"), "{said}");
    String::from_utf8(done.stdout).unwrap()
}

/// What is asked of both databases, and what both must answer.
const QUESTIONS: &str = "SELECT count(*) FROM event;\nSELECT sum(count) FROM event WHERE act = 'cleared';\n\
    SELECT title FROM feed;\nSELECT count(*) FROM article a JOIN feed f ON f.id = a.feed_id;\n\
    SELECT title FROM article ORDER BY link;\n";

fn answers(titles: &[String]) -> String {
    assert_eq!(titles.len(), TITLES.len());
    format!(
        "{}\n41\nBobby '; DROP\n{}\n{}\n",
        TITLES.len() + 1,
        TITLES.len(),
        titles.join("\n")
    )
}

#[tokio::test]
async fn sqlite_loads_it_as_it_is() {
    let Some(sqlite) = installed("sqlite3", &["/usr/bin/sqlite3"]) else {
        return;
    };
    let (sql, titles) = exported().await;
    // Twice: the second time changes nothing.
    let said = run(
        Command::new(&sqlite).arg(":memory:"),
        &format!(
            "{sql}{sql}{QUESTIONS}PRAGMA integrity_check;\n\
        SELECT strftime('%Y-%m', at) FROM event GROUP BY 1 ORDER BY 1;\n"
        ),
    );
    assert_eq!(said, answers(&titles) + "ok\n2025-11\n2025-12\n");
    assert!(!Path::new("/tmp/dormouse-was-here").exists());
}

/// A server of its own, in a folder of its own, that listens on no port.
struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    is_root: bool,
}

impl Postgres {
    fn start(programs: PathBuf) -> Self {
        let folder = std::env::temp_dir().join(format!("dormouse-pg-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let owner = Command::new("id").arg("-u").output().unwrap().stdout;
        let is_root = owner.starts_with(b"0\n");
        if is_root {
            // It refuses to run as root.
            let status = Command::new("chown").arg("postgres").arg(&folder).status();
            assert!(status.unwrap().success());
        }
        let own = Self {
            folder,
            programs,
            is_root,
        };
        let data = own.folder.join("data");
        run(
            own.program("initdb")
                .args(["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-D"])
                .arg(&data),
            "",
        );
        let options = format!(
            "-k {} -c listen_addresses='' -c fsync=off",
            own.folder.display()
        );
        run(
            own.program("pg_ctl")
                .args(["-w", "-l"])
                .arg(own.folder.join("log"))
                .arg("-o")
                .arg(options)
                .arg("-D")
                .arg(&data)
                .arg("start"),
            "",
        );
        own
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = match self.is_root {
            true => {
                let mut command = Command::new("runuser");
                command.args(["-u", "postgres", "--"]).arg(program);
                command
            }
            false => Command::new(program),
        };
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        let _ = self
            .program("pg_ctl")
            .args(["-m", "immediate", "-D"])
            .arg(data)
            .arg("stop")
            .output();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn postgresql_loads_it_as_it_is() {
    let Some(initdb) = installed("PostgreSQL", &["/usr/lib/postgresql/*/bin/initdb"]) else {
        return;
    };
    let (sql, titles) = exported().await;
    let server = Postgres::start(initdb.parent().unwrap().to_owned());
    let mut psql = server.program("psql");
    psql.arg("-h").arg(&server.folder);
    psql.args([
        "-d",
        "postgres",
        "-X",
        "-q",
        "-A",
        "-t",
        "-v",
        "ON_ERROR_STOP=1",
    ]);
    let months = "SELECT to_char(at, 'YYYY-MM') FROM event GROUP BY 1 ORDER BY 1;\n";
    let said = run(&mut psql, &format!("{sql}{sql}{QUESTIONS}{months}"));
    // What isn't said twice is a notice: the tables are there already.
    assert_eq!(said, answers(&titles) + "2025-11\n2025-12\n");
    assert!(!Path::new("/tmp/dormouse-was-here").exists());
}
