//! Third-party inputs: other readers' test suites, attack lists and broken files.
//!
//! The files are kept next to the project. If they are missing, these tests say so and pass, except under CI, where they
//! fail.
#![expect(
    clippy::disallowed_methods,
    reason = "what real work took, and whether this is a check"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::DateTime;
use dormouse::client::guard::check_text;
use dormouse::html::sanitize::{SafeHtml, plain_text};
use dormouse::parse::{parse, to_json};
use dormouse::shelf::opml;
use serde_json::Value;
use url::Url;

/// The folder of one corpus; prints that it is skipped and returns `None` if it is missing.
fn corpus(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/corpora")
        .join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "the corpus {} is missing",
        path.display()
    );
    eprintln!("skipped: no corpus at {}", path.display());
    None
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("a readable corpus");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("one object a line"))
        .collect()
}

fn files_with(folder: &Path, suffix: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a readable corpus")
        .map(|entry| entry.expect("a readable corpus").path())
        .filter(|path| path.to_string_lossy().ends_with(suffix))
        .collect();
    found.sort();
    found
}

/// Factor on time limits for unoptimised builds on busy machines. Work that is worse than linear takes minutes there.
const SLOWNESS: u32 = if cfg!(debug_assertions) { 40 } else { 1 };

/// Runs work that may take a second, even unoptimised. Takes the fastest of five runs, since a busy machine may delay
/// one.
fn in_time<T>(what: &str, work: impl Fn() -> T) -> T {
    let mut took = Duration::MAX;
    for _ in 0..5 {
        let began = Instant::now();
        let made = work();
        took = took.min(began.elapsed());
        if took < Duration::from_secs(1) {
            return made;
        }
    }
    panic!("{what} took {took:?}");
}

#[test]
fn no_attack_survives_cleaning_and_twice_is_once() {
    let Some(folder) = corpus("xss") else { return };
    let base = Url::parse("https://feeds.example/a/b").expect("a fixed URL");
    let mut cleaned = 0;
    for case in files_with(&folder, ".jsonl")
        .iter()
        .flat_map(|path| lines(path))
    {
        let input = case["input"].as_str().expect("an input");
        for base in [None, Some(&base)] {
            let once = SafeHtml::clean(input, base).into_string();
            let twice = SafeHtml::clean(&once, base).into_string();
            assert_eq!(once, twice, "cleaning again changed {input:?}");
            assert_harmless(&once, input);
            cleaned += 1;
        }
    }
    assert!(cleaned > 2_000, "only {cleaned} attacks were tried");
}

fn assert_harmless(html: &str, input: &str) {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let tag = &rest[at..];
        let end = tag_end(tag);
        let lower = tag[..end].to_lowercase();
        let name: String = lower[1..]
            .chars()
            .take_while(|c| c.is_alphanumeric())
            .collect();
        assert!(
            ![
                "script",
                "iframe",
                "object",
                "embed",
                "style",
                "svg",
                "base",
                "meta",
                "form",
                "input",
                "annotation-xml",
                "maction",
                "mglyph",
                "malignmark"
            ]
            .contains(&name.as_str()),
            "{input:?} gave {html:?}"
        );
        for (name, value) in attributes(&lower) {
            assert!(
                !name.starts_with("on") && name != "style",
                "{input:?} gave {html:?}"
            );
            let address = matches!(name, "href" | "src" | "poster" | "cite" | "srcset");
            let allowed = [
                "http:",
                "https:",
                "mailto:",
                "#user-content-",
                "data:image/png;base64,",
                "data:image/jpeg;base64,",
                "data:image/gif;base64,",
                "data:image/webp;base64,",
            ];
            let web = allowed.iter().any(|scheme| value.starts_with(scheme));
            assert!(!address || web, "{input:?} gave {html:?}");
        }
        rest = &tag[end..];
    }
}

fn tag_end(tag: &str) -> usize {
    let mut quoted = false;
    let end = tag.find(|c| {
        quoted ^= c == '"';
        !quoted && c == '>'
    });
    end.map_or(tag.len(), |at| at + 1)
}

fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut parts = tag.split('"');
    let mut found = Vec::new();
    while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
        found.push((name.rsplit([' ', '=']).nth(1).unwrap_or(name), value));
    }
    found
}

#[test]
fn hostile_html_is_cleaned_in_time() {
    let Some(folder) = corpus("adversarial") else {
        return;
    };
    let limit = Duration::from_millis(250) * SLOWNESS;
    for path in files_with(&folder, ".jsonl") {
        for case in lines(&path) {
            let input = case["input"].as_str().expect("an input");
            for work in [
                |html: &str| SafeHtml::clean(html, None).into_string(),
                plain_text,
            ] {
                let began = Instant::now();
                work(input);
                let took = began.elapsed();
                assert!(took < limit, "{} took {took:?}", case["id"]);
            }
        }
    }
}

/// Repetitions of one construct, each of which some parser was slow on.
#[test]
fn monotonous_html_is_cleaned_in_time() {
    for prefix in ["", "<table>", "<table><tr><td>"] {
        for unit in [
            "&",
            "&amp;",
            "&a",
            "\0",
            "\r\n",
            "< ",
            "<!",
            "<p>",
            "</p>",
            "x<p>",
            "<br>",
            "<li>",
            "<td>",
            "<tr>x",
            "<option>",
            "<a><p></a>",
            "<li></ul>",
            "<b></p>",
            "<b x=1>",
            "<!-- ",
            "<a href='",
        ] {
            cleans_in_time(prefix, unit);
        }
    }
}

/// Repeated end tags that close nothing, or another element than named, while elements nest ever deeper.
#[test]
fn misleading_ends_are_cleaned_in_time() {
    for unit in [
        "<div></span>",
        "<b></i>",
        "<span><p></span></p>",
        "<div><b></div>",
        "<i><div></i></div>",
        "<blockquote></b>",
        "<ul><li></ul>x",
        "<svg></b>",
        "<svg><td>",
        "<svg><source>",
        "<a><table></a>",
        "<button></b></button>",
    ] {
        cleans_in_time("", unit);
    }
}

fn cleans_in_time(prefix: &str, unit: &str) {
    let limit = Duration::from_millis(250) * SLOWNESS;
    let html = format!("{prefix}{}", unit.repeat(250_000 / unit.len()));
    for work in [
        |html: &str| SafeHtml::clean(html, None).into_string(),
        plain_text,
    ] {
        let began = Instant::now();
        work(&html);
        let took = began.elapsed();
        assert!(took < limit, "{prefix}{unit:?} took {took:?}");
    }
}

/// Host names in the vectors that look public. Only DNS reveals where they lead, and `check_ip` judges the resolved
/// addresses.
const NEED_A_RESOLVER: &[&str] = &[
    "http://localtest.me",
    "http://customer1.app.localhost.my.company.127.0.0.1.nip.io",
    "http://mail.ebc.apple.com",
    "http://spoofed.burpcollaborator.net",
    "http://169.254.169.254.xip.io",
    "http://1ynrnhl.xip.io",
    "http://www.owasp.org.1ynrnhl.xip.io",
    "https://A.127.0.0.1.1time.10.0.0.1.1time.repeat.8f058b82-4c39-4dfe-91f7-9b07bcd7fbd5.rebind.network",
    "http://metadata.nicob.net",
];

#[test]
fn every_address_is_judged_right() {
    let Some(file) = corpus("ssrf/vectors.json") else {
        return;
    };
    let vectors: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(file).expect("readable"))
            .expect("a JSON list");
    let mut wrong = Vec::new();
    for vector in &vectors {
        let url = vector["url"].as_str().expect("a URL");
        let passes = check_text(url, false).is_ok();
        if passes != (vector["want"] == "allow") {
            wrong.push(url);
        }
    }
    assert_eq!(wrong, NEED_A_RESOLVER, "of {}", vectors.len());
}

fn feed_base() -> Url {
    // The address that feedparser's own tests serve their files from.
    Url::parse("http://127.0.0.1:8097/").expect("a fixed URL")
}

/// Minimum shares of the corpus in thousandths; less is a regression. They are just below the achieved values: 3,190 of
/// 3,190, 2,808 of 2,813 and 1,299 of 1,348. Most of the others expect that nothing is left of a frame, where a link is left, or that an
/// element named in a title is markup.
const PARSED: usize = 999;
const COUNTED_ALIKE: usize = 997;
const EXPECTATIONS_MET: usize = 960;

#[test]
fn feeds_are_read_as_others_read_them() {
    let Some(folder) = corpus("feeds") else {
        return;
    };
    let (mut all, mut parsed, mut well_formed, mut alike) = (0, 0, 0, 0);
    let mut lost = Vec::new();
    for known in lines(&folder.join("reference.jsonl")) {
        let file = known["file"].as_str().expect("a file");
        let bytes = std::fs::read(folder.join(file)).expect("a readable feed");
        let feed = in_time(file, || parse(&bytes, None, &feed_base()));
        assert_eq!(
            feed,
            parse(&bytes, None, &feed_base()),
            "{file} was read in two ways"
        );
        let entries = feed.as_ref().map_or(0, |feed| feed.entries.len());
        let expected = known["entries"]
            .as_u64()
            .and_then(|n| usize::try_from(n).ok())
            .expect("a count");
        all += 1;
        parsed += usize::from(feed.is_ok());
        if known["well_formed"] == true {
            well_formed += 1;
            alike += usize::from(entries == expected);
        }
        if entries == 0 && expected > 0 {
            lost.push(format!("{file} {expected} {:?}", feed.err()));
        }
    }
    let report =
        format!("{parsed} of {all} parsed, {alike} of {well_formed} counted alike, lost {lost:#?}");
    assert!(lost.is_empty(), "{report}");
    assert!(
        parsed * 1000 >= all * PARSED && alike * 1000 >= well_formed * COUNTED_ALIKE,
        "{report}"
    );
}

#[test]
fn feeds_hold_what_their_authors_expect() {
    let Some(folder) = corpus("feeds") else {
        return;
    };
    let (mut all, mut met) = (0, 0);
    for case in lines(&folder.join("expectations.jsonl")) {
        let file = case["file"].as_str().expect("a file");
        let bytes = std::fs::read(folder.join(file)).expect("a readable feed");
        all += 1;
        let Ok(feed) = parse(&bytes, None, &feed_base()) else {
            continue;
        };
        let feed = to_json(&feed, &feed_base());
        let holder = case["entry"].as_u64().map_or(&feed, |n| {
            &feed["entries"][usize::try_from(n).expect("a small number")]
        });
        let field = case["field"].as_str().expect("a field");
        // feedparser's feed summary is our subtitle.
        let field = if case["entry"].is_null() && field == "summary" {
            "subtitle"
        } else {
            field
        };
        let expected = case["expect"].as_str().unwrap_or_default();
        let found = holder[field].as_str().unwrap_or_default();
        let same = found == expected
            || plain_text(found) == plain_text(expected)
            || found == plain_text(expected);
        met += usize::from(same);
    }
    assert!(
        met * 1000 >= all * EXPECTATIONS_MET,
        "{met} of {all} expectations met"
    );
}

/// Files of the hostile corpus that don't contain a feed.
const NO_FEEDS: &[&str] = &["gzip-magic.xml", "html-page.html"];

#[test]
fn hostile_feeds_are_read_in_time() {
    let Some(folder) = corpus("adversarial") else {
        return;
    };
    for path in [
        files_with(&folder, ".xml"),
        files_with(&folder, ".json"),
        files_with(&folder, ".html"),
    ]
    .concat()
    {
        let bytes = std::fs::read(&path).expect("a readable file");
        let feed = in_time(&path.to_string_lossy(), || {
            parse(&bytes, None, &feed_base())
        });
        let name = path.file_name().expect("a file").to_string_lossy();
        match feed {
            Ok(feed) => assert!(feed.title.is_some(), "{name} lost its title"),
            Err(error) => assert!(NO_FEEDS.contains(&&*name), "{name}: {error}"),
        }
    }
}

#[test]
fn lists_are_read_whole_and_written_without_loss() {
    let Some(folder) = corpus("opml") else { return };
    let mut files = Vec::new();
    let mut folders = vec![folder];
    while let Some(next) = folders.pop() {
        for path in files_with(&next, "") {
            if path.is_dir() {
                folders.push(path)
            } else {
                files.push(path)
            }
        }
    }
    let mut whole = 0;
    files.retain(|path| path.to_string_lossy().ends_with("ml"));
    for path in &files {
        let bytes = std::fs::read(path).expect("a readable list");
        let naive = String::from_utf8_lossy(&bytes)
            .to_lowercase()
            .matches("xmlurl=")
            .count();
        let list = opml::read(&bytes).unwrap_or_default();
        if list.outlines.len() == naive {
            whole += 1;
        }
        if !list.outlines.is_empty() {
            let written = opml::write("t", &list.namespaces, &list.outlines, DateTime::UNIX_EPOCH);
            let again = opml::read(written.as_bytes()).expect("our own list");
            assert_eq!(again.outlines, list.outlines, "{}", path.display());
        }
    }
    assert!(
        whole * 100 >= files.len() * 99,
        "{whole} of {} lists",
        files.len()
    );
}
