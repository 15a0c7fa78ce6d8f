//! `dormouse rekey`: what the older of two keys sealed is sealed with the newest.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::support::{FakeWeb, FeedText, PASSWORD, Page, Shell, at};

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
    let early = shell.run_with(&["rekey", "--json"], &new, "").is(0).json();
    assert_eq!(
        (early["doors"].as_u64(), early["lost"].as_u64()),
        (Some(0), Some(1))
    );
    assert!(!export(&new, &["--passwords"]).contains("hush"));

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
