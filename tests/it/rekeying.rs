//! `dormouse rekey`: what the older of two keys sealed is sealed with the newest.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use chrono::TimeDelta;
use dormouse::webhooks::sender::signed;
use serde_json::json;

use crate::second_steps::{code, sets_codes_up, takes_the_first_step, types_code};
use crate::support::{Entry, FakeWeb, FeedText, PASSWORD, Page, Shell, TestApp, at};

const OLD: &str = "the old key that is long enough to be one";
const NEW: &str = "the new key that is long enough to be one";

#[tokio::test]
async fn what_the_older_key_sealed_opens_with_the_newest_alone() {
    let (shell, web) = (Shell::new(), FakeWeb::start());
    let key = format!("Basic {}", STANDARD.encode("ann:hush-hush"));
    let page = Page::feed(FeedText::hourly("Mine", 2, at(11, 0)).rss());
    let url = web.put("/f", Page::behind("authorization", &key, page));
    let old = [("SECRET_KEY", OLD)];
    shell
        .run_with(
            &["user", "add", "ann@example.org", "--password-stdin"],
            &old,
            PASSWORD,
        )
        .is(0);
    let with_pass = url.replace("http://", "http://ann:hush-hush@");
    let list = format!("<opml><body><outline xmlUrl=\"{with_pass}\"/></body></opml>");
    std::fs::write(shell.folder().join("list.opml"), list).unwrap();
    let import = ["import", "list.opml", "--user", "ann@example.org"];
    let done = shell.run_with(&import, &old, "");
    assert!(done.is(0).out().contains(&url) && !done.out().contains("hush"));
    let export = |settings: &[(&str, &str)], more: &[&str]| {
        let args = [&["export", "--user", "ann@example.org"], more].concat();
        let done = shell.run_with(&args, settings, "");
        done.is(0);
        done.out()
    };
    assert!(!export(&old, &[]).contains("hush"));
    assert!(export(&old, &["--passwords"]).contains("ann:hush-hush@"));

    let two = format!("{NEW},{OLD}");
    let (new, both) = ([("SECRET_KEY", NEW)], [("SECRET_KEY", two.as_str())]);
    // Too early, the door is lost, and that is counted.
    let early = shell.run_with(&["rekey", "--json"], &new, "").is(1).json();
    assert_eq!(
        (early["doors"].as_u64(), early["lost"].as_u64()),
        (Some(0), Some(1))
    );
    let without = ["export", "--user", "ann@example.org", "--passwords"];
    let without = shell.run_with(&without, &new, "");
    assert!(!without.is(1).out().contains("hush"));
    assert!(
        without.errors().contains("all feeds but 1"),
        "{}",
        without.errors()
    );

    let first = shell.run_with(&["rekey", "--json"], &both, "").is(0).json();
    assert_eq!(
        (first["doors"].as_u64(), first["lost"].as_u64()),
        (Some(1), Some(0))
    );
    let again = shell.run_with(&["rekey", "--json"], &both, "").is(0).json();
    assert_eq!(again["doors"], 0);
    let said = shell.run_with(&["rekey"], &new, "").is(0).out();
    assert!(said.contains("SECRET_KEY is one key"), "{said}");
    assert!(export(&new, &["--passwords"]).contains("ann:hush-hush@"));
    // And it is fetched with it.
    shell.run_with(&["tick"], &new, "").is(0);
    assert_eq!(
        web.asked("/f")[0].header("authorization"),
        Some(key.as_str())
    );
    let found = shell.run_with(&["doctor"], &new, "");
    found.is(0);
    for file in std::fs::read_dir(shell.folder().join("data")).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let has = bytes.windows(9).any(|part| part == b"hush-hush");
            assert!(!has, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn codes_services_and_webhooks_work_on_with_the_newest_alone() {
    let (shell, web) = (Shell::new(), FakeWeb::start());
    let data = shell.folder().join("data");
    let data = data.to_str().unwrap();
    let text = FeedText::hourly("News", 2, at(10, 0));
    let url = web.put("/f", Page::feed(text.rss()));
    web.put("/hook", Page::status(204));
    web.put("/post/api/bookmarks", Page::of("application/json", "{}"));

    let app = TestApp::on_disk_with(&[("STORE", data), ("SECRET_KEY", OLD)]).await;
    let ann = app.reader("ann").await;
    let feed = ann.subscribes(&url).await;
    let (codes, _) = sets_codes_up(&ann).await;
    let post = web.url("/post");
    let service = [
        ("name", "Readeck"),
        ("service", "readeck"),
        ("address", post.as_str()),
        ("secret", "token-of-the-service"),
    ];
    ann.post("/settings/targets", &service).await.is(303);
    let program = app.program_of(&ann).await;
    let wanted = json!({ "feed": feed, "address": web.url("/hook") });
    let made = program.post_json("/api/v1/webhooks", wanted).await;
    let secret = made.is(201).json()["secret"].as_str().unwrap().to_owned();
    drop((program, ann));
    drop(app);

    let settings = |key| [("SECRET_KEY", key)];
    let two = format!("{NEW},{OLD}");
    let rekey = |key| shell.run_with(&["rekey", "--json"], &settings(key), "");
    let early = rekey(NEW).is(1).json();
    assert_eq!(early["lost"], 3, "{early}");
    let done = rekey(&two).is(0).json();
    for what in ["codes", "services", "webhooks"] {
        assert_eq!(done[what], 1, "{what}: {done}");
    }
    assert_eq!(done["lost"], 0);
    let again = rekey(&two).is(0).json();
    for what in ["codes", "services", "webhooks"] {
        assert_eq!(again[what], 0, "{what}: {again}");
    }

    let app = TestApp::on_disk_with(&[("STORE", data), ("SECRET_KEY", NEW)]).await;
    let ann = app.stranger();
    takes_the_first_step(&ann).await;
    app.clock.advance(TimeDelta::seconds(60));
    types_code(&ann, &code(&app, &codes)).await.is(303);
    ann.get("/unread").await.is(200);

    let send = [("to", "0"), ("return", "/all")];
    ann.post(&format!("/article/{feed}-1/send"), &send)
        .await
        .is(303);
    let authorization = "Bearer token-of-the-service";
    assert_eq!(
        web.asked("/post/api/bookmarks")[0].header("authorization"),
        Some(authorization)
    );
    app.minutes_pass(25 * 60);
    let news = text.and(Entry::new("news", app.clock.now()));
    web.put("/f", Page::feed(news.rss()));
    app.cron().await.is(200);
    let told = web.asked("/hook");
    assert_eq!(
        told[0].header("x-dormouse-signature").unwrap(),
        signed(&secret, &told[0].body)
    );
}

/// Nobody knows the key that was generated, so it counts beside the first that is set.
#[test]
fn the_generated_key_is_the_older_one_of_the_first_that_is_set() {
    let shell = Shell::new();
    let user = ["user", "add", "ann@example.org", "--password-stdin"];
    shell.run_with(&user, &[], PASSWORD).is(0);
    let list =
        "<opml><body><outline xmlUrl=\"http://ann:hush-hush@feed.example/f\"/></body></opml>";
    std::fs::write(shell.folder().join("list.opml"), list).unwrap();
    let import = ["import", "list.opml", "--user", "ann@example.org"];
    shell.run_with(&import, &[], "").is(0);
    let new = [("SECRET_KEY", NEW)];
    let export = ["export", "--user", "ann@example.org", "--passwords"];
    let opened = shell.run_with(&export, &new, "");
    assert!(opened.is(0).out().contains("ann:hush-hush@"));
    // The one in use can't be ended.
    let refused = shell.run_with(&["rekey", "--end-generated"], &[], "");
    assert!(!refused.is(2).errors().is_empty());
    let told = shell.run_with(&["rekey", "--json"], &new, "").is(0).json();
    assert_eq!((&told["doors"], &told["lost"]), (&json!(1), &json!(0)));
    assert_eq!(told["generated"], true);
    let ended = ["rekey", "--end-generated", "--json"];
    let told = shell.run_with(&ended, &new, "").is(0).json();
    assert_eq!(
        (&told["doors"], &told["generated"]),
        (&json!(0), &json!(false))
    );
    let opened = shell.run_with(&export, &new, "");
    assert!(opened.is(0).out().contains("ann:hush-hush@"));
    // Without a setting there is another key now, which opens nothing of this.
    let lost = shell.run_with(&export, &[], "");
    assert!(!lost.is(1).out().contains("hush"));
}

/// A slip of two letters must not sign everybody out.
#[test]
fn a_comma_beside_what_is_no_key_is_a_wrong_setting() {
    let shell = Shell::new();
    let three = format!("{NEW},{OLD},{NEW}");
    for wrong in [format!("{},{OLD}", &NEW[..30]), format!("{NEW},"), three] {
        let said = shell.run_with(&["settings"], &[("SECRET_KEY", wrong.as_str())], "");
        let said = said.is(2).errors();
        assert!(said.contains("SECRET_KEY has "), "{said}");
    }
    // One key may have commas in it.
    let one = [("SECRET_KEY", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t")];
    shell.run_with(&["settings"], &one, "").is(0);
}
