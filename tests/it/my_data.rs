//! Everything of one's own: taken along as ZIP files, and brought to another installation.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};

use dormouse::shelf::opml;
use http::Method;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::administering::log;
use crate::leaving::one_of_everything;
use crate::support::{
    Answer, Client, FakeWeb, FeedText, PASSWORD, Page, Shell, TestApp, at, attribute, unescape,
};

const SITE: &str = "https://reader.example/";

/// Files by name.
type Files = BTreeMap<String, Vec<u8>>;

fn unzipped(bytes: &[u8]) -> Files {
    let mut zip = ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap();
    let mut files = Files::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.insert(name, content);
    }
    files
}

pub(crate) fn zipped<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in files {
        zip.start_file(name, packed).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(crate) fn manifest() -> String {
    json!({ "format": "dormouse-data", "version": 1, "id": "x", "part": 1, "parts": 1 }).to_string()
}

/// The addresses of all parts, as the page links them.
async fn addresses(who: &Client<'_>) -> Vec<String> {
    let page = who.get("/settings/data").await;
    let text = page.is(200).text();
    let of = attribute(text, "name=\"of\"", "value").unwrap();
    let mut first = format!("/export/data.zip?part=1&of={of}");
    if let Some(to) = attribute(text, "name=\"to\"", "value") {
        first = format!("{first}&to={to}");
    }
    let links = text.split("href=\"").skip(1);
    let links = links.map(|link| unescape(link.split('"').next().unwrap()));
    let parts = links.filter(|link| link.starts_with("/export/data.zip"));
    std::iter::once(first).chain(parts).collect()
}

/// Everything, part by part, through the page.
async fn takes_all(who: &Client<'_>) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    for address in addresses(who).await {
        let answer = who.get(&address).await;
        answer.is(200);
        assert_eq!(answer.header("content-type"), Some("application/zip"));
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        parts.push(answer.body);
    }
    parts
}

/// A form with a file, as browsers send it, and its type.
pub(crate) fn form_of(fields: &[(&str, &str)], zip: &[u8]) -> (&'static str, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head =
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(head.as_bytes());
    }
    body.extend_from_slice(
        b"--b\r\nContent-Disposition: form-data; name=\"data\"; filename=\"data.zip\"\r\n\
          Content-Type: application/zip\r\n\r\n",
    );
    body.extend_from_slice(zip);
    body.extend_from_slice(b"\r\n--b--\r\n");
    ("multipart/form-data; boundary=b", body)
}

async fn sends(who: &Client<'_>, fields: &[(&str, &str)], zip: &[u8]) -> Answer {
    let (kind, body) = form_of(fields, zip);
    let ask = who.ask(Method::POST, "/settings/data/import");
    ask.body(kind, body).send().await
}

/// Brings a ZIP through the page, as often as that says that it goes on; how often, and what it said of it at the end.
async fn brings(who: &Client<'_>, zip: &[u8]) -> (usize, String) {
    let (mut times, mut fields) = (0, Vec::new());
    loop {
        let pairs: Vec<(&str, &str)> = fields
            .iter()
            .map(|(a, b): &(&str, String)| (*a, b.as_str()))
            .collect();
        sends(who, &pairs, zip).await.is(303);
        times += 1;
        let page = who.get("/settings/data").await;
        let text = page.is(200).text();
        let (_, report) = text.split_once("id=\"report\"").unwrap();
        let (report, rest) = report.split_once("</section>").unwrap();
        let (_, form) = rest.split_once("action=\"/settings/data/import\"").unwrap();
        let Some(from) = attribute(form, "name=\"from\"", "value") else {
            return (times, unescape(report));
        };
        let of = attribute(form, "name=\"of\"", "value").unwrap();
        fields = vec![("from", from), ("of", of)];
        assert!(times < 500, "it has no end");
    }
}

fn lines_of(text: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(text).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The items of all files of a kind, without the numbers that they have here.
fn items(files: &Files, stem: &str) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for (_, content) in files.iter().filter(|(name, _)| name.starts_with(stem)) {
        let feed: Value = serde_json::from_slice(content).unwrap();
        for mut item in feed["items"].as_array().unwrap().clone() {
            item["_dormouse"]["id"] = Value::Null;
            let name = format!("{} {}", item["title"], item["_dormouse"]["feed_title"]);
            assert!(found.insert(name, item).is_none(), "twice");
        }
    }
    found
}

/// The journal's lines, without the numbers that they have here.
fn journal(files: &Files) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, content) in files.iter().filter(|(name, _)| name.starts_with("journal")) {
        for mut line in lines_of(content) {
            if line["format"].is_null() {
                (line["ref"], line["article"]) = (Value::Null, Value::Null);
                found.insert(line.to_string());
            }
        }
    }
    found
}

/// What is read, by feed.
fn read_state(files: &Files) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, content) in files
        .iter()
        .filter(|(name, _)| name.starts_with("read-state"))
    {
        for line in lines_of(content).iter().skip(1) {
            let read = line["read"].as_array().unwrap().iter();
            let read = read.map(|one| one.as_str().unwrap().to_owned());
            found
                .entry(line["feed"].as_str().unwrap().to_owned())
                .or_default()
                .extend(read);
        }
    }
    found
}

fn feeds(files: &Files) -> BTreeSet<String> {
    let list = opml::read(&files["feeds.opml"]).unwrap();
    let one = |one: &opml::Outline| format!("{:?} {:?} {}", one.folder, one.title, one.xml_url);
    list.outlines.iter().map(one).collect()
}

#[tokio::test]
async fn an_account_with_one_of_everything_moves_to_another_installation() {
    let settings = [("BASE_URL", SITE), ("SIGNUP", "open")];
    let (here, web) = (TestApp::with(&settings).await, FakeWeb::start());
    let (ann, bob) = (here.reader("ann").await, here.reader("bob").await);
    // What is behind a door is another test's.
    let door = one_of_everything(&here, &web, &ann, &bob).await;
    bob.post(&format!("/feed/{door}/remove"), &[]).await.is(303);
    let form = [("theme", "dark"), ("list", "titles")];
    bob.post("/settings/reading", &form).await.is(303);
    // Something of each feed is read.
    let lines = bob.whole_list("/unread").await;
    for name in ["/shared", "/own"] {
        let line = lines.iter().find(|line| line.title.contains(name)).unwrap();
        bob.post(&format!("/article/{}/read", line.id), &[])
            .await
            .is(303);
    }
    let own = lines.iter().find(|line| line.title.contains("/own"));
    let (own, _) = own.unwrap().id.split_once('-').unwrap();
    let form = [
        ("title", "My own title"),
        ("folder", "Kept / Deep"),
        ("full_text", "1"),
    ];
    bob.post(&format!("/feed/{own}/settings"), &form)
        .await
        .is(303);
    let parts = takes_all(&bob).await;
    assert_eq!(parts.len(), 1);
    let before = unzipped(&parts[0]);
    let names: Vec<&str> = before.keys().map(String::as_str).collect();
    let all = [
        "feeds.opml",
        "journal.jsonl",
        "kept.json",
        "manifest.json",
        "read-state.jsonl",
        "settings.json",
        "starred.json",
    ];
    assert_eq!(names, all);
    let manifest: Value = serde_json::from_slice(&before["manifest.json"]).unwrap();
    assert_eq!(manifest["counts"]["feeds"], 2);
    assert_eq!(manifest["counts"]["starred"], 1);
    assert_eq!(manifest["counts"]["kept"], 2);
    assert!(manifest["counts"]["journal"].as_u64() > Some(3));
    let text: String = before
        .values()
        .map(|file| String::from_utf8_lossy(file))
        .collect();
    for kept in [
        "bobs-secret-tag",
        "Bobs secret note",
        "title:bobssecret",
        "bobssecret",
        "My own title",
    ] {
        assert!(text.contains(kept), "{kept}");
    }
    // What opens the account isn't in it.
    for secret in ["bobs@", "$argon2", "Bobs secret key", "hook?", "otpauth"] {
        assert!(!text.contains(secret), "{secret}");
    }

    let there = TestApp::with(&[("BASE_URL", "https://other.example/"), ("SIGNUP", "open")]).await;
    there.minutes_pass(4 * 24 * 60);
    let _first = there.reader("carol").await;
    let bob = there.reader("bob").await;
    let (times, said) = brings(&bob, &parts[0]).await;
    assert_eq!(times, 1);
    for sentence in [
        "2 feeds were added.",
        "1 star came.",
        "2 kept articles and pages came",
        "1 rule came.",
        "1 saved search came.",
        "Of 2 feeds no articles are here yet: bring this file again",
    ] {
        assert!(said.contains(sentence), "{sentence}: {said}");
    }
    there.is_sound().await;
    // Once the feeds have come, the same file says what was read of them.
    bob.post("/import/step", &[]).await.is(303);
    there.cron().await;
    let (_, said) = brings(&bob, &parts[0]).await;
    assert!(said.contains("marked as read"), "{said}");
    assert!(
        said.contains("2 feeds were on your shelf already"),
        "{said}"
    );
    let (_, said) = brings(&bob, &parts[0]).await;
    for new in ["added", "came", "marked as read", "now", "star belongs"] {
        let is_known = |line: &str| line.contains("already");
        let new_line = said
            .split("<li>")
            .skip(1)
            .find(|line| line.contains(new) && !is_known(line));
        assert_eq!(new_line, None, "brought twice, it is there once");
    }
    there.is_sound().await;
    let after = takes_all(&bob).await;
    let after = unzipped(&after[0]);
    assert_eq!(feeds(&after), feeds(&before));
    assert_eq!(items(&after, "starred"), items(&before, "starred"));
    assert_eq!(items(&after, "kept"), items(&before, "kept"));
    assert_eq!(journal(&after), journal(&before));
    let both = [&before, &after].map(|files| {
        let mut settings: Value = serde_json::from_slice(&files["settings.json"]).unwrap();
        let list = settings["feeds"].as_array_mut().unwrap();
        list.sort_by_key(|one| one["feed"].to_string());
        settings
    });
    assert_eq!(both[1], both[0]);
    let (was, is) = (read_state(&before), read_state(&after));
    assert!(!was.is_empty());
    for (feed, is) in &is {
        assert!(is.is_subset(&was[feed]), "nothing is read that wasn’t");
    }
    let shared = web.url("/shared");
    assert_eq!(is.get(&shared), was.get(&shared));
    let lines = log(&_first).await;
    let count = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
    assert_eq!(
        (
            count("imported data of their own"),
            count("exported their own data")
        ),
        (3, 1)
    );
}

/// A reader with so many starred articles of a feed, whose texts don't pack well.
async fn with_stars<'a>(app: &'a TestApp, web: &FakeWeb, name: &str, stars: usize) -> Client<'a> {
    let reader = app.reader(name).await;
    let mut feed = FeedText::hourly("F", i32::try_from(stars).unwrap() + 3, at(11, 0));
    for (number, entry) in feed.entries.iter_mut().enumerate() {
        let words = (0..400_u64).map(|n| {
            format!(
                "{:x} ",
                (n + 1 + number as u64 * 1_000).wrapping_mul(0x9E37_79B9_7F4A_7C15)
            )
        });
        entry.content = format!("<p>{}</p>", words.collect::<String>());
    }
    let url = web.put("/f", Page::feed(feed.rss()));
    reader.subscribes(&url).await;
    for line in reader.whole_list("/unread").await.iter().take(stars) {
        reader
            .post(&format!("/article/{}/star", line.id), &[])
            .await
            .is(303);
    }
    reader
}

#[tokio::test]
async fn what_is_too_much_for_one_answer_comes_in_parts_and_goes_in_step_by_step() {
    let settings = [("DATA_PART_BYTES", "25000"), ("SIGNUP", "open")];
    let (here, web) = (TestApp::with(&settings).await, FakeWeb::start());
    let bob = with_stars(&here, &web, "bob", 12).await;
    let parts = takes_all(&bob).await;
    assert!(parts.len() > 3, "{}", parts.len());
    let mut stars = BTreeMap::new();
    for part in &parts {
        let files = unzipped(part);
        let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
        assert_eq!(manifest["parts"], parts.len());
        stars.extend(items(&files, "starred"));
    }
    assert_eq!(stars.len(), 12);
    // All at once is too much: it is offered in two, and so on, until each is small enough.
    let mut waiting = vec!["/export/data.zip".to_owned()];
    let (mut found, mut halves) = (BTreeMap::new(), 0);
    while let Some(address) = waiting.pop() {
        let answer = bob.get(&address).await;
        if answer.status == 200 {
            assert!(answer.body.len() <= 25_000, "{}", answer.body.len());
            found.extend(items(&unzipped(&answer.body), "starred"));
            continue;
        }
        let words = answer.is(422).words();
        assert!(words.contains("Nothing was left out: take it in two."));
        let (_, over) = words.split_once("take it in two").unwrap();
        let two = over.split("href=\"").skip(1).take(2);
        waiting.extend(two.map(|link| link.split('"').next().unwrap().to_owned()));
        halves += 1;
        assert!(halves < 100);
    }
    assert!(halves > 0);
    assert_eq!(found, stars);
    // Elsewhere, part after part, in another order; and one ZIP with all of it, in several steps.
    let there = TestApp::with(&settings).await;
    let carol = there.reader("carol").await;
    for part in parts.iter().rev() {
        brings(&carol, part).await;
    }
    let back: Vec<Vec<u8>> = takes_all(&carol).await;
    let mut arrived = BTreeMap::new();
    for part in &back {
        arrived.extend(items(&unzipped(part), "starred"));
    }
    assert_eq!(arrived, stars);
    let all: Vec<Files> = parts.iter().map(|part| unzipped(part)).collect();
    let starred: Vec<(String, &Vec<u8>)> = all
        .iter()
        .flatten()
        .filter(|(name, _)| name.starts_with("starred"))
        .zip(1..)
        .map(|((_, content), n)| (format!("starred-{n}.json"), content))
        .collect();
    let manifest = manifest();
    let one = starred
        .iter()
        .map(|(name, content)| (name.as_str(), content.as_slice()));
    let one = zipped(one.chain([("manifest.json", manifest.as_bytes())]));
    let dave = there.reader("dave").await;
    let (times, said) = brings(&dave, &one).await;
    assert!(times > 1, "{times}");
    assert!(said.contains("12 stars came."), "{said}");
}

#[tokio::test]
async fn quotas_hold_and_what_has_no_room_is_said() {
    let (here, web) = (TestApp::start().await, FakeWeb::start());
    let bob = with_stars(&here, &web, "bob", 4).await;
    let url = web.put("/g", Page::feed(FeedText::hourly("G", 3, at(11, 0)).rss()));
    bob.subscribes(&url).await;
    let parts = takes_all(&bob).await;
    let there = TestApp::with(&[("QUOTA", "feeds=1 stars=3 imports=1")]).await;
    let carol = there.reader("carol").await;
    let (_, said) = brings(&carol, &parts[0]).await;
    for sentence in [
        "1 feed was added.",
        "1 feed couldn’t be added",
        "3 stars came.",
        "1 star found no room",
    ] {
        assert!(said.contains(sentence), "{sentence}: {said}");
    }
    let refused = sends(&carol, &[], &parts[0]).await;
    assert!(refused.is(429).words().contains("which is the limit here"));
    assert_eq!(there.count("Star").await, 3);
}

#[tokio::test]
async fn a_file_that_is_something_else_changes_nothing_and_says_what_it_is() {
    let app = TestApp::start().await;
    let web = FakeWeb::start();
    let bob = with_stars(&app, &web, "bob", 1).await;
    let ours = manifest();
    let ours = ours.as_bytes();
    let other = json!({ "format": "other", "version": 1 }).to_string();
    let newer = json!({ "format": "dormouse-data", "version": 2 }).to_string();
    let blank = vec![b' '; 26 * 1_024 * 1_024];
    let names: Vec<String> = (0..2_001).map(|n| format!("{n}.txt")).collect();
    let many = names.iter().map(|name| (name.as_str(), &b""[..]));
    // A directory that says to have a million lines.
    let mut lies = zipped([("manifest.json", ours)]);
    let end = lies.len() - 22;
    for place in [8, 9, 10, 11] {
        lies[end + place] = 0xff;
    }
    let mut cut = zipped([("manifest.json", ours), ("starred.json", b"{}")]);
    cut.truncate(cut.len() / 2);
    let deep = format!("{{\"items\":{}", "[".repeat(100_000));
    let files = [
        (b"no zip".to_vec(), "This isn’t a ZIP file"),
        (cut, "This isn’t a ZIP file"),
        (
            zipped([("a.txt", &b"a"[..])]),
            "it has no manifest.json of one",
        ),
        (
            zipped([("manifest.json", other.as_bytes())]),
            "it has no manifest.json of one",
        ),
        (
            zipped([("manifest.json", &b"{"[..])]),
            "it has no manifest.json of one",
        ),
        (
            zipped([("manifest.json", newer.as_bytes())]),
            "made by a newer Dormouse",
        ),
        (zipped(many), "too many files"),
        (lies, "too many files"),
        (
            zipped([("manifest.json", ours), ("starred.json", &blank)]),
            "“starred.json” in this ZIP is larger",
        ),
        (
            zipped([("manifest.json", ours), ("kept.json", b"[1, 2")]),
            "“kept.json” in this ZIP is damaged",
        ),
        (
            zipped([("manifest.json", ours), ("starred-2.json", deep.as_bytes())]),
            "“starred-2.json” in this ZIP is damaged",
        ),
        (
            zipped([("manifest.json", ours), ("settings.json", b"7")]),
            "“settings.json” in this ZIP is damaged",
        ),
        (
            zipped([("manifest.json", ours), ("read-state.jsonl", b"x\ny")]),
            "“read-state.jsonl” in this ZIP is damaged",
        ),
        (
            zipped([("manifest.json", ours), ("feeds.opml", b"<html>")]),
            "“feeds.opml” in this ZIP is damaged",
        ),
        (
            zipped([("manifest.json", ours), ("journal.jsonl", b"[]")]),
            "“journal.jsonl” in this ZIP is damaged",
        ),
    ];
    for (file, sentence) in files {
        let refused = sends(&bob, &[], &file).await;
        assert!(refused.is(422).words().contains(sentence), "{sentence}");
    }
    assert!(
        sends(&bob, &[], b"")
            .await
            .is(422)
            .words()
            .contains("No file was chosen")
    );
    // Names lead nowhere, and what is between ours is left alone.
    let odd = zipped([
        ("../../etc/passwd", &b"root"[..]),
        ("/starred.json", b"{}"),
        ("x/starred.json", b"{}"),
        ("manifest.json", ours),
    ]);
    let (_, said) = brings(&bob, &odd).await;
    assert!(
        said.contains("3 files in the ZIP aren’t a Dormouse’s"),
        "{said}"
    );
    // What would be shown is cleaned, whoever says that it was.
    let evil = json!({ "items": [{
        "title": "<b>Evil</b>", "url": "javascript:alert(1)", "content_html": "<p>x<script>alert(1)</script></p>",
        "image": "javascript:alert(2)", "attachments": [{ "url": "javascript:alert(3)", "mime_type": "audio/mpeg" }],
        "_dormouse": { "id": "1-1", "at": 9_000_000_000_000_000_i64, "order": 9_000_000_000_000_000_i64,
            "full": { "html": "<img src=x onerror=alert(4)>" }, "podcast": { "chapters": "javascript:alert(5)" } },
    }]})
    .to_string();
    let evil = zipped([("manifest.json", ours), ("starred.json", evil.as_bytes())]);
    let (_, said) = brings(&bob, &evil).await;
    assert!(said.contains("1 star came."), "{said}");
    let lines = bob.get("/starred").await.lines();
    assert_eq!(lines.len(), 2);
    for line in lines {
        let page = bob.get(&format!("/article/{}?in=starred", line.id)).await;
        assert!(!page.is(200).text().contains("alert("), "{}", page.text());
    }
    app.is_sound().await;
}

#[tokio::test]
async fn what_stands_here_stays_and_tags_and_notes_come_together() {
    let (here, web) = (TestApp::start().await, FakeWeb::start());
    let there = TestApp::start().await;
    let text = FeedText::hourly("F", 6, at(11, 0)).rss();
    let url = web.put("/f", Page::feed(text));
    let (bob, carol) = (here.reader("bob").await, there.reader("carol").await);
    for (who, tags, note, theme) in [
        (&bob, "one, two", "Theirs", "dark"),
        (&carol, "Two, three", "Mine", "sepia"),
    ] {
        who.subscribes(&url).await;
        let line = who.get("/unread").await.lines()[0].id.clone();
        let form = [("tags", tags), ("note", note)];
        who.post(&format!("/article/{line}/tags"), &form)
            .await
            .is(303);
        who.post("/settings/reading", &[("theme", theme)])
            .await
            .is(303);
    }
    let lines = bob.get("/unread").await.lines();
    bob.post(&format!("/article/{}/read", lines[2].id), &[])
        .await
        .is(303);
    let lines = carol.get("/unread").await.lines();
    carol
        .post(&format!("/article/{}/read", lines[4].id), &[])
        .await
        .is(303);
    let parts = takes_all(&bob).await;
    for round in 0..2 {
        let (_, said) = brings(&carol, &parts[0]).await;
        match round {
            0 => assert!(said.contains("1 article was marked as read."), "{said}"),
            _ => assert!(!said.contains("came"), "{said}"),
        }
        assert!(
            said.contains("1 setting that you had changed here stays."),
            "{said}"
        );
        let files = unzipped(&takes_all(&carol).await[0]);
        let kept = items(&files, "kept");
        let own = &kept.values().next().unwrap()["_dormouse"];
        assert_eq!(own["tags"], json!(["Two", "three", "one"]));
        assert_eq!(own["note"], "Mine\n\nTheirs");
        let settings: Value = serde_json::from_slice(&files["settings.json"]).unwrap();
        assert_eq!(settings["preferences"]["theme"], "sepia");
        assert_eq!(carol.unread().await, 4);
    }
}

#[tokio::test]
async fn passwords_go_along_only_for_somebody_who_proves_that_they_are_the_owner() {
    let app = TestApp::start().await;
    let bob = app.reader("bob").await;
    app.minutes_pass(11);
    let asked = bob.get("/export/data.zip?passwords=1").await;
    assert!(asked.is(303).location().starts_with("/confirm?next="));
    bob.get("/export/data.zip").await.is(200);
    let lines = log(&bob).await;
    assert!(lines[0].contains("exported their own data"), "{lines:?}");
}

#[tokio::test]
async fn a_feed_behind_a_door_opens_elsewhere_if_its_password_went_along() {
    let settings = [("SIGNUP", "open")];
    let (here, web) = (TestApp::with(&settings).await, FakeWeb::start());
    let bob = here.reader("bob").await;
    let doors = [
        (
            "basic",
            "robin",
            "authorization",
            "Basic cm9iaW46aHVzaC1odXNo",
        ),
        ("bearer", "", "authorization", "Bearer hush-hush"),
        ("header", "X-Key", "x-key", "hush-hush"),
    ];
    for (kind, name, header, value) in doors {
        let text = FeedText::hourly(kind, 2, at(11, 0)).rss();
        let url = web.put(
            &format!("/{kind}"),
            Page::behind(header, value, Page::feed(text)),
        );
        let form = [
            ("url", url.as_str()),
            ("door", kind),
            ("door_name", name),
            ("door_secret", "hush-hush"),
        ];
        bob.post("/add", &form).await.is(303);
    }
    let without = bob.get("/export/data.zip").await.is(200).body.clone();
    here.minutes_pass(11);
    let wanted = "/export/data.zip?passwords=1";
    let asked = bob.get(wanted).await;
    assert!(asked.is(303).location().starts_with("/confirm?next="));
    let form = [("password", PASSWORD), ("next", wanted)];
    bob.post("/confirm", &form).await.is(303);
    let with = bob.get(wanted).await.is(200).body.clone();
    let has_secret = |zip: &[u8]| {
        let files = unzipped(zip);
        let mut all = files.values().map(|file| String::from_utf8_lossy(file));
        all.any(|text| text.contains("hush"))
    };
    assert!(has_secret(&with) && !has_secret(&without));

    // With another key, as another reader.
    let other = "another key that is long enough to be one";
    let there = TestApp::with(&[("SIGNUP", "open"), ("SECRET_KEY", other)]).await;
    let (carol, dave) = (there.reader("carol").await, there.reader("dave").await);
    web.forget();
    let (_, said) = brings(&carol, &with).await;
    assert!(said.contains("3 feeds were added."), "{said}");
    assert!(!said.contains("hush"), "{said}");
    carol.post("/import/step", &[]).await.is(303);
    there.cron().await;
    let mut titles = carol.titles("/all").await;
    titles.sort();
    assert_eq!(titles.len(), 6, "{titles:?}");
    for (kind, _, header, value) in doors {
        let asked = web.asked(&format!("/{kind}"));
        assert_eq!(asked[0].header(header), Some(value), "{kind}");
    }
    // Without them, the feeds come and ask.
    brings(&dave, &without).await;
    dave.post("/import/step", &[]).await.is(303);
    there.cron().await;
    assert_eq!(dave.titles("/all").await.len(), 0);
    there.is_sound().await;
}

#[tokio::test]
async fn files_of_one_kind_are_lines_of_the_log_too_once_each() {
    let app = TestApp::start().await;
    let web = FakeWeb::start();
    let bob = with_stars(&app, &web, "bob", 1).await;
    let files = [
        "/export.opml",
        "/export/starred.json",
        "/export/kept.json",
        "/export/searches.json",
        "/export/journal.csv?from=2026-01&to=2026-12",
    ];
    for (done, path) in files.iter().enumerate() {
        bob.get(path).await.is(200);
        let lines = log(&bob).await;
        let exported = lines
            .iter()
            .filter(|line| line.contains("exported their own data"));
        assert_eq!(exported.count(), done + 1, "{path}");
    }
    bob.get("/export/kept.json?from=500").await.is(200);
    bob.get("/export/journal.csv?from=2026-03.1&to=2026-12")
        .await
        .is(200);
    let lines = log(&bob).await;
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.contains("exported"))
            .count(),
        5
    );
}

#[test]
fn the_commands_take_everything_along_and_bring_it() {
    let (here, there) = (Shell::new(), Shell::new());
    let web = FakeWeb::start();
    let url = web.put("/f", Page::feed(FeedText::hourly("F", 3, at(11, 0)).rss()));
    let list = format!(
        "<opml><body><outline text='News'><outline xmlUrl='{url}'/></outline></body></opml>"
    );
    std::fs::write(here.folder().join("list.opml"), list).unwrap();
    for shell in [&here, &there] {
        let add = ["user", "add", "bob@example.org", "--password-stdin"];
        shell.run_with(&add, &[], "correct horse\n").is(0);
    }
    let bob = ["--user", "bob@example.org"];
    here.run(&[&["import", "list.opml"][..], &bob].concat())
        .is(0);
    here.run(&["tick"]).is(0);
    let export = [&["data", "export", "mine.zip", "--json"][..], &bob].concat();
    let told: Value = serde_json::from_str(&here.run(&export).is(0).out()).unwrap();
    assert_eq!(
        (&told["feeds"], &told["passwords"]),
        (&json!(1), &json!(false))
    );
    let again = here.run(&export);
    assert!(
        again.is(2).errors().contains("mine.zip"),
        "what is there isn’t overwritten"
    );
    let file = std::fs::read(here.folder().join("mine.zip")).unwrap();
    assert_eq!(told["bytes"], file.len());
    std::fs::write(there.folder().join("theirs.zip"), &file).unwrap();
    let import = [&["data", "import", "theirs.zip"][..], &bob].concat();
    let done = there.run(&import);
    assert!(
        done.is(0).out().contains("1 feed was added."),
        "{}",
        done.out()
    );
    there.run(&["tick"]).is(0);
    let done = there.run(&import);
    assert!(
        done.is(0)
            .out()
            .contains("1 feed was on your shelf already."),
        "{}",
        done.out()
    );
    let list = there.run(&[&["export"][..], &bob].concat());
    assert!(list.is(0).out().contains("News"), "{}", list.out());
    let json = there.run(&[&["data", "import", "theirs.zip", "--json"][..], &bob].concat());
    let told: Value = serde_json::from_str(&json.is(0).out()).unwrap();
    assert_eq!(told["feeds"], json!([0, 1, 0]));
    // One that has no room says so by its code.
    let full = [("QUOTA", "stars=0 feeds=1")];
    let other = FeedText::hourly("G", 3, at(11, 0)).rss();
    let other = web.put("/g", Page::feed(other));
    let list = format!("<opml><body><outline xmlUrl='{other}'/></body></opml>");
    std::fs::write(here.folder().join("list.opml"), list).unwrap();
    here.run(&[&["import", "list.opml"][..], &bob].concat())
        .is(0);
    here.run(&[&["data", "export", "more.zip"][..], &bob].concat())
        .is(0);
    std::fs::copy(
        here.folder().join("more.zip"),
        there.folder().join("more.zip"),
    )
    .unwrap();
    let import = [&["data", "import", "more.zip"][..], &bob].concat();
    let done = there.run_with(&import, &full, "");
    assert!(
        done.is(1).out().contains("1 feed couldn’t be added"),
        "{}",
        done.out()
    );
    std::fs::write(there.folder().join("no.zip"), "no").unwrap();
    let wrong = there.run(&[&["data", "import", "no.zip"][..], &bob].concat());
    assert!(
        wrong.is(2).errors().contains("This isn’t a ZIP file"),
        "{}",
        wrong.errors()
    );
    let lines = there.run(&["audit"]);
    assert!(
        lines.is(0).out().contains("data_imported"),
        "{}",
        lines.out()
    );
    assert!(here.run(&["audit"]).is(0).out().contains("exported"));
}
