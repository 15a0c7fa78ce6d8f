//! The CLI commands, run as the real binary in a temporary folder.

use serde_json::{Value, json};

use crate::support::{FakeWeb, FeedText, PASSWORD, Page, Shell, at, call};

const BOB: &str = "bob@example.org";
const ANN: &str = "ann@example.org";

/// A folder in which Ann has an account.
fn with_ann() -> Shell {
    let shell = Shell::new();
    let added = shell.run_with(&["user", "add", ANN, "--password-stdin"], &[], PASSWORD);
    assert_eq!(
        added.is(0).out(),
        format!("created an account for {ANN}, the administrator\n")
    );
    shell
}

fn opml(urls: &[String]) -> String {
    let lines = urls
        .iter()
        .map(|url| format!("<outline text=\"Mine\" xmlUrl=\"{url}\" x=\"y\"/>"));
    format!(
        "<opml><body><outline text=\"News\">{}</outline></body></opml>",
        lines.collect::<String>()
    )
}

#[test]
fn accounts_are_made_listed_and_given_new_passwords() {
    let shell = with_ann();
    let add = |email, password| {
        shell.run_with(&["user", "add", email, "--password-stdin"], &[], password)
    };
    assert_eq!(
        add("bob@example.org", "a good password\nrest\n")
            .is(0)
            .out(),
        "created an account for bob@example.org\n"
    );
    for (email, password, words) in [
        ("nobody", PASSWORD, "isn’t an email address"),
        ("carol@example.org", "short", "too short"),
        (
            ANN,
            PASSWORD,
            "There is an account for this address already",
        ),
    ] {
        assert!(add(email, password).is(2).errors().contains(words));
    }
    let list = shell.run(&["user", "list"]);
    let mut lines: Vec<_> = list
        .is(0)
        .out()
        .lines()
        .map(|line| line.rsplit_once('\t').unwrap().0.to_owned())
        .collect();
    lines.sort();
    assert_eq!(
        lines,
        [
            format!("{ANN}\tadministrator"),
            "bob@example.org\treader".into()
        ]
    );

    let passwd = |email| {
        shell.run_with(
            &["user", "passwd", email, "--password-stdin"],
            &[],
            "another password",
        )
    };
    passwd(ANN).is(0);
    assert!(
        passwd("who@example.org")
            .is(2)
            .errors()
            .contains("no account for who@example.org")
    );
    shell.run(&["doctor"]).is(0);
    assert!(
        shell.folder().join("data").is_dir(),
        "the store is in ./data unless STORE says otherwise"
    );
}

/// The administrator's quota counts for their import, everyone's for the others.
#[test]
fn an_import_has_the_quota_of_the_account_it_is_for() {
    let shell = with_ann();
    shell
        .run_with(&["user", "add", BOB, "--password-stdin"], &[], PASSWORD)
        .is(0);
    let urls = (0..4).map(|n| format!("https://blog{n}.example/feed"));
    std::fs::write(
        shell.folder().join("list.opml"),
        opml(&urls.collect::<Vec<_>>()),
    )
    .unwrap();
    let quotas = [("QUOTA", "feeds=1"), ("QUOTA_ADMIN", "feeds=3")];
    for (email, most) in [(ANN, 3), (BOB, 1)] {
        let import = shell.run_with(&["import", "list.opml", "--user", email], &quotas, "");
        let said = import.is(0).errors();
        let counts = format!("{most} added, 0 already there, {} refused", 4 - most);
        assert!(said.contains(&counts), "{email}: {said}");
    }
}

#[test]
fn feeds_go_in_are_fetched_listed_and_go_out() {
    let (shell, web) = (with_ann(), FakeWeb::start());
    let urls: Vec<_> = (0..3)
        .map(|n| {
            web.put(
                &format!("/{n}"),
                Page::feed(FeedText::hourly(&format!("F{n}"), 20, at(10, 0)).rss()),
            )
        })
        .collect();
    std::fs::write(shell.folder().join("list.opml"), opml(&urls)).unwrap();
    let import = shell.run(&["import", "list.opml", "--user", ANN]);
    assert_eq!(
        import
            .is(0)
            .out()
            .lines()
            .filter(|line| line.starts_with("added\t"))
            .count(),
        3
    );
    assert!(
        import
            .errors()
            .contains("3 added, 0 already there, 0 refused")
    );
    assert_eq!(web.requests().len(), 0);

    let tick = shell.run(&["tick"]).is(0).json();
    assert_eq!(
        (&tick["fetched"], &tick["articles"]),
        (&json!(3), &json!(60))
    );
    let declined = shell.run(&["tick"]);
    assert!(
        declined.is(0).errors().contains("declined: "),
        "{declined:?}"
    );
    assert!(
        declined.json()["declined_until"]
            .as_str()
            .unwrap()
            .ends_with('Z')
    );
    assert_eq!(web.requests().len(), 3);

    let list = |args: &[&str]| {
        let all: Vec<_> = ["articles", "--user", ANN, "--json"]
            .iter()
            .chain(args)
            .copied()
            .collect();
        shell.run(&all).is(0).json()
    };
    let first = list(&["--unread"]);
    assert_eq!(first["articles"].as_array().unwrap().len(), 50);
    let cursor = first["cursor"].as_str().unwrap();
    let second = list(&["--unread", "--cursor", cursor]);
    assert_eq!(
        (
            second["articles"].as_array().unwrap().len(),
            &second["cursor"]
        ),
        (10, &Value::Null)
    );
    let feed = first["articles"][0]["feed"].as_str().unwrap();
    assert_eq!(
        list(&["--feed", feed, "--limit", "7"])["articles"]
            .as_array()
            .unwrap()
            .len(),
        7
    );
    let wrong = shell.run(&["articles", "--user", ANN, "--cursor", cursor]);
    assert!(
        wrong
            .is(2)
            .errors()
            .contains("cursor belongs to another list")
    );
    let lines = shell.run(&["articles", "--user", ANN, "--limit", "5"]);
    assert_eq!(lines.is(0).out().lines().count(), 5);

    let exported = shell.run(&["export", "--user", ANN]).is(0).out();
    assert_eq!(
        exported
            .lines()
            .filter(|line| line.contains("xmlUrl="))
            .count(),
        3
    );
    assert!(exported.contains("x=\"y\""));
    std::fs::write(shell.folder().join("again.opml"), &exported).unwrap();
    let again = shell.run(&["import", "again.opml", "--user", ANN]);
    assert!(again.is(0).errors().contains("0 added, 3 already there"));
    shell.run(&["import", "missing.opml", "--user", ANN]).is(2);
    std::fs::write(shell.folder().join("page.html"), "<html>").unwrap();
    assert!(
        shell
            .run(&["import", "page.html", "--user", ANN])
            .is(2)
            .errors()
            .contains("not a list of feeds")
    );
    let doctor = shell.run(&["doctor"]);
    assert!(doctor.is(0).out().contains("Article\t60") && doctor.out().ends_with("sound\n"));
}

#[test]
fn a_document_is_shown_as_what_we_make_of_it() {
    let shell = Shell::new();
    let parse = |text: &str| {
        std::fs::write(shell.folder().join("feed"), text).unwrap();
        shell.run(&["parse", "feed", "--base", "http://site.example/blog/"])
    };
    let feed = parse(&FeedText::hourly("News", 2, at(10, 0)).atom())
        .is(0)
        .json();
    assert_eq!(feed["title"], "News");
    assert_eq!(feed["entries"].as_array().unwrap().len(), 2);
    let entry = &feed["entries"][0];
    assert_eq!(
        (&entry["id"], &entry["published"]),
        (&json!("urn:entry:news-2"), &json!("2026-03-02T10:00:00Z"))
    );
    for field in [
        "title",
        "link",
        "updated",
        "summary",
        "content",
        "enclosures",
    ] {
        assert!(entry.get(field).is_some(), "{field} in {entry}");
    }
    let empty = parse(&FeedText::new("Empty").rss());
    assert_eq!(empty.is(0).json()["entries"], json!([]));
    assert!(
        parse("<html><p>x</html>")
            .is(1)
            .errors()
            .contains("no feed on it")
    );
    assert_eq!(
        std::fs::read_dir(shell.folder()).unwrap().count(),
        1,
        "no store is made for that"
    );
}

#[test]
fn addresses_are_judged() {
    let shell = Shell::new();
    let closed = [("ALLOW_PRIVATE_NETWORKS", "0")];
    for (args, settings, code) in [
        (
            vec!["--no-resolve", "https://example.org/feed"],
            &closed[..],
            0,
        ),
        (vec!["--no-resolve", "http://127.0.0.1/"], &closed, 1),
        (vec!["--no-resolve", "ftp://example.org/"], &closed, 1),
        (vec!["http://[::ffff:10.0.0.1]/"], &closed, 1),
        (vec!["http://localhost/"], &closed, 1),
        (vec!["http://localhost/"], &[], 0),
        (vec!["http://8.8.8.8/"], &closed, 0),
        (vec!["http://169.254.169.254/"], &[], 1),
    ] {
        let args: Vec<_> = std::iter::once("check-url").chain(args).collect();
        let judged = shell.run_with(&args, settings, "");
        let begins = if code == 0 { "allowed" } else { "blocked: " };
        assert!(
            judged.is(code).out().starts_with(begins),
            "{args:?}: {judged:?}"
        );
    }
}

#[test]
fn a_wrong_setting_names_itself_in_every_command() {
    let shell = Shell::new();
    for (name, value) in [
        ("STORE", "gs://bucket"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("HOST", "localhost"),
        ("BASE_URL", "reader.example"),
        ("BASE_URL", "https://reader.example/a b"),
        ("BASE_URL", "https://reader.example/?x"),
        ("SECRET_KEY", "short"),
        ("CRON_SECRET", "short"),
        ("SIGNUP", "perhaps"),
        ("ADMIN_EMAIL", "boss"),
        ("ALLOW_PRIVATE_NETWORKS", "yes"),
        ("HOST_SPACING_MS", "-1"),
        ("HOST_SPACING_MS", "60001"),
        ("NAME_SERVER", "localhost"),
        ("TICK_SECONDS", "0"),
        ("TICK_SECONDS", "541"),
        ("LOG", "=,="),
    ] {
        for command in [&["serve"][..], &["doctor"], &["user", "list"]] {
            let failed = shell.run_with(command, &[(name, value)], "");
            let text = failed.is(2).errors();
            assert!(text.contains(name), "{name}={value}: {text}");
        }
    }
    let left = shell.run_with(&["doctor"], &[("ADMIN_EMAIL", "CHANGE-ME@example.org")], "");
    assert!(left.is(2).errors().contains("CHANGE-ME"));
    for platform in ["K_SERVICE", "GAE_ENV"] {
        let failed = shell.run_with(&["doctor"], &[(platform, "x")], "");
        assert!(failed.is(2).errors().contains("ADMIN_EMAIL must be set"));
        let mut settings = vec![(platform, "x"), ("ADMIN_EMAIL", ANN)];
        let failed = shell.run_with(&["doctor"], &settings, "");
        assert!(failed.is(2).errors().contains("BASE_URL must be set"));
        settings.push(("BASE_URL", "https://reader.example"));
        shell.run_with(&["doctor"], &settings, "").is(0);
    }
    shell
        .run_with(&["doctor"], &[("STORE", "elsewhere")], "")
        .is(0);
    assert!(shell.folder().join("elsewhere").is_dir());
}

#[test]
fn tokens_are_listed_and_revoked() {
    let shell = with_ann();
    let add = |name| {
        [
            "token", "add", "--user", ANN, "--name", name, "--scope", "mark",
        ]
    };
    shell.run(&add("phone")).is(0);
    shell.run(&add("desk")).is(0);
    let list = ["token", "list", "--user", ANN];
    let all = shell.run(&list).is(0).out();
    let line = all.lines().find(|line| line.ends_with("\tphone")).unwrap();
    let columns: Vec<&str> = line.split('\t').collect();
    assert_eq!(
        (columns.len(), columns[1], columns[3]),
        (6, "mark", "never")
    );
    let revoke = ["token", "revoke", "--user", ANN, columns[0]];
    shell.run(&revoke).is(0);
    let left = shell.run(&list).is(0).out();
    assert!(left.contains("desk") && !left.contains("phone"), "{left}");
    let again = shell.run(&revoke).is(2).errors();
    assert!(
        again.contains("`dormouse token list` has the ids"),
        "{again}"
    );
}

#[test]
fn a_command_that_finds_the_store_taken_says_what_to_use_instead() {
    let shell = with_ann();
    let token = shell.run(&["token", "add", "--user", ANN]).is(0).out();
    let token = token.trim();
    assert!(token.starts_with("dm_"));
    let server = shell.serve(&[]);
    assert_ne!(server.address.port(), 0);
    for (command, instead) in [
        (&["tick"][..], "GET /cron/refresh"),
        (&["export", "--user", ANN], "/export.opml"),
        (&["articles", "--user", ANN], "GET /api/v1/articles"),
        (&["user", "list"], "/settings"),
        (&["token", "add", "--user", ANN], "the settings page"),
        (&["doctor"], "GET /admin/backup"),
        (&["serve"], "in use by another process"),
    ] {
        let refused = shell.run_with(command, &[("PORT", "0")], "");
        let text = refused.is(2).errors();
        assert!(
            text.contains("in use") && text.contains(instead),
            "{command:?}: {text}"
        );
    }
    let taken = server.address.port().to_string();
    let refused = shell.run_with(&["serve"], &[("PORT", &taken)], "");
    assert!(refused.is(2).errors().contains("Set PORT to another"));

    // The token created by the command is valid for the server's API.
    let answer = call(
        server.address,
        token,
        "GET",
        "/api/v1/subscriptions",
        &Value::Null,
    );
    assert_eq!(answer, Some((200, json!({ "subscriptions": [] }))));
    drop(server);
    shell.run(&["doctor"]).is(0);
}

#[test]
fn explain_prints_what_each_query_counts_and_says_where_nothing_is_billed() {
    let shell = with_ann();
    let web = FakeWeb::start();
    let feed = web.put("/f", Page::feed(FeedText::hourly("F", 3, at(9, 0)).rss()));
    std::fs::write(shell.folder().join("feeds.opml"), opml(&[feed])).unwrap();
    shell.run(&["import", "feeds.opml", "--user", ANN]).is(0);
    shell.run(&["tick"]).is(0);
    let said = shell.run(&["explain", "--user", ANN]).is(0).out();
    let row = |query: &str| {
        let line = said.lines().find(|line| line.starts_with(query));
        let line = line.unwrap_or_else(|| panic!("{query}: {said}"));
        line.split('\t').map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        row("Article where feed one of 1, by at down: card")[1..4],
        ["3", "1", "unknown"]
    );
    assert_eq!(
        row("Feed where id one of 1: card")[1..4],
        ["1", "1", "unknown"]
    );
    assert_eq!(
        row("Subscription where user =")[1..4],
        ["1", "1", "unknown"]
    );
    row("Feed where cadence =, phase ≥, phase ≤, by phase up: card");
    assert!(
        said.ends_with("it is the embedded one, where nothing is billed.\n"),
        "{said}"
    );
    let nobody = shell.run(&["explain", "--user", BOB]);
    assert!(nobody.is(2).errors().contains("there is no account"));
}

#[test]
fn a_journal_its_insights_and_the_edition_are_printed() {
    let (shell, web) = (with_ann(), FakeWeb::start());
    let now = dormouse::clock::Clock::System.now();
    // Of the last two days, so that some of it is in the last edition.
    let text = FeedText::hourly("Hourly", 48, now).rss();
    let feed = web.put("/f", Page::feed(text));
    std::fs::write(shell.folder().join("feeds.opml"), opml(&[feed])).unwrap();
    shell.run(&["import", "feeds.opml", "--user", ANN]).is(0);
    shell.run(&["tick"]).is(0);
    let token = shell.run(&["token", "add", "--user", ANN]).is(0).out();
    let list = shell
        .run(&["articles", "--user", ANN, "--json"])
        .is(0)
        .json();
    let ids: Vec<&str> = (0..5)
        .map(|n| list["articles"][n]["id"].as_str().unwrap())
        .collect();
    let mut server = shell.serve(&[]);
    for id in &ids[..4] {
        // A program that marks one article has opened it.
        let mark = json!({ "batch": id, "read": [id] });
        let answer = call(server.address, token.trim(), "POST", "/api/v1/marks", &mark);
        assert_eq!(answer.unwrap().0, 200);
    }
    let star = format!("/api/v1/stars/{}", ids[4]);
    let _ = call(server.address, token.trim(), "PUT", &star, &Value::Null);
    server.terminate();

    let lines = shell
        .run(&["journal", "show", "--user", ANN, "--json"])
        .is(0)
        .json();
    let lines = lines["entries"].as_array().unwrap();
    assert_eq!(lines.len(), 5);
    for name in ["at", "act", "feed", "title", "link"] {
        assert!(lines[0][name].is_string(), "{name}: {}", lines[0]);
    }
    let count = |act: &str| lines.iter().filter(|line| line["act"] == act).count();
    assert_eq!((count("opened"), count("starred")), (4, 1));

    let export = |format: &str, more: &[&str]| {
        let all = ["journal", "export", "--user", ANN, "--format", format];
        let all: Vec<&str> = all.iter().chain(more).copied().collect();
        shell.run(&all).is(0).out()
    };
    assert_eq!(export("csv", &[]).lines().count(), 6);
    assert_eq!(export("jsonl", &[]).lines().count(), 6);
    assert_eq!(export("sql", &[]).matches("INSERT INTO event").count(), 1);
    assert_eq!(
        export("csv", &["--from", "2019-01", "--to", "2019-12"])
            .lines()
            .count(),
        1
    );
    let wrong = [
        "journal", "export", "--user", ANN, "--format", "csv", "--from", "March",
    ];
    assert!(shell.run(&wrong).is(2).errors().contains("March"));

    let insights = shell
        .run(&["insights", "--user", ANN, "--json"])
        .is(0)
        .json();
    for range in ["month", "half_year", "all"] {
        let first = &insights[range]["feeds"][0];
        assert_eq!(first["title"], "Mine", "{insights}");
        assert_eq!((&first["opened"], &first["rank"]), (&json!(4), &json!(1)));
        assert!(first.get("change").is_some(), "{first}");
    }

    let edition = shell
        .run(&["edition", "--user", ANN, "--format", "json"])
        .is(0)
        .json();
    let text = edition.to_string();
    assert!(text.contains("Title of hourly-"), "{text}");
    let book = shell.run(&["edition", "--user", ANN, "--format", "epub"]);
    assert!(book.is(0).bytes().starts_with(b"PK"));
}

#[test]
fn links_for_new_passwords_and_new_readers_are_made_without_email() {
    let shell = with_ann();
    let made = shell.run(&["user", "reset-link", ANN]);
    let link = made.is(0).out();
    assert!(
        link.contains("/reset/") && link.starts_with("http"),
        "{link}"
    );
    let nobody = shell.run(&["user", "reset-link", BOB]);
    assert!(nobody.is(2).errors().contains("there is no account"));
    let made = shell.run(&["user", "invite", "--uses", "2", "--days", "30"]);
    assert!(made.is(0).out().contains("/invite/"));
    shell.run(&["user", "invite", "--uses", "0"]).is(2);
}

#[test]
fn a_token_that_ends_is_listed_with_its_end() {
    let shell = with_ann();
    let add = ["token", "add", "--user", ANN, "--expires", "90"];
    shell.run(&add).is(0);
    shell.run(&["token", "add", "--user", ANN]).is(0);
    let list = shell.run(&["token", "list", "--user", ANN]);
    let out = list.is(0).out();
    let ends: Vec<&str> = out
        .lines()
        .map(|line| line.split('\t').nth(4).unwrap())
        .collect();
    assert!(ends.contains(&"never"), "{out}");
    assert!(ends.iter().any(|end| end.ends_with('Z')), "{out}");
    let wrong = ["token", "add", "--user", ANN, "--expires", "7"];
    shell.run(&wrong).is(2);
}
