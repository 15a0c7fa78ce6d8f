//! How well third-party test feeds are parsed, by class of irregularity. `make corpora-report` prints the table.
#![expect(clippy::disallowed_methods, reason = "what real work took")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use dormouse::html::sanitize::plain_text;
use dormouse::parse::{ParsedFeed, Repair, parse, to_json};
use serde_json::Value;
use url::Url;

use crate::support::{corpus, variable};

/// One file and its parse result.
struct Read {
    path: String,
    bytes: Vec<u8>,
    /// Its text in lower case (lossy UTF-8).
    text: String,
    feed: Option<ParsedFeed>,
    /// What the reference parser finds in it.
    entries: usize,
    well_formed: bool,
    took: Duration,
    /// Number of expectations met, and in total.
    met: (usize, usize),
}

impl Read {
    fn has(&self, parts: &[&str]) -> bool {
        parts.iter().any(|part| self.text.contains(part))
    }

    fn is_at(&self, parts: &[&str]) -> bool {
        parts.iter().any(|part| self.path.contains(part))
    }

    fn was(&self, repairs: &[Repair]) -> bool {
        let feed = self.feed.as_ref();
        feed.is_some_and(|feed| feed.repairs.iter().any(|repair| repairs.contains(repair)))
    }

    fn was_misread(&self) -> bool {
        let feed = self.feed.as_ref();
        let odd = |repair: &Repair| matches!(repair, Repair::Encoding(_));
        feed.is_some_and(|feed| feed.repairs.iter().any(odd))
    }

    fn declares(&self) -> bool {
        let start = self.text.split("?>").next().unwrap_or_default();
        start.contains("<?xml") && start.replace('\0', "").contains("encoding")
    }

    fn begins_oddly(&self) -> bool {
        let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
        let marked = marks.iter().any(|mark| self.bytes.starts_with(mark));
        marked || !self.text.starts_with(['<', '{'])
    }

    fn has_controls(&self) -> bool {
        let is_control = |byte: &u8| matches!(byte, 1..9 | 11 | 12 | 14..32);
        !self.bytes.contains(&0) && self.bytes.iter().any(is_control)
    }

    fn lacks_dates(&self) -> bool {
        let feed = self.feed.iter().flat_map(|feed| &feed.entries);
        let mut undated = feed.filter(|entry| entry.published.or(entry.updated).is_none());
        undated.next().is_some() || self.was(&[Repair::Dates])
    }
}

/// A class: its name, and which files belong to it.
type Class = (&'static str, fn(&Read) -> bool);

const CLASSES: &[Class] = &[
    ("everything", |_| true),
    ("real feeds", |read| {
        read.is_at(&["FeedReader-net/", "feedjira/"])
    }),
    ("encoding declared", |read| {
        read.declares() && !read.was_misread()
    }),
    ("encoding declared wrongly", |read| {
        read.declares() && read.was_misread()
    }),
    ("encoding undeclared, not ASCII", |read| {
        !read.declares() && !read.bytes.is_ascii()
    }),
    ("marks and junk at the beginning", Read::begins_oddly),
    ("control characters", Read::has_controls),
    ("stray ampersands", |read| read.was(&[Repair::Ampersands])),
    ("undeclared entities", |read| read.was(&[Repair::Names])),
    ("wrong content types", |read| {
        read.is_at(&["/http/", "content_type", "content-type"])
    }),
    ("RSS 0.9x and RDF", |read| {
        read.has(&["version=\"0.9", "version='0.9", "<rdf:rdf"])
    }),
    ("RSS with Atom or Dublin Core", |read| {
        read.has(&["<rss"]) && read.has(&["<dc:", "<atom:", "<dcterms:"])
    }),
    ("xml:base", |read| read.has(&["xml:base"])),
    ("relative links", |read| {
        read.has(&[
            "href=\"/",
            "src=\"/",
            "href='/",
            "<link>/",
            "href=\"rel",
            "href=\".",
        ])
    }),
    ("dates missing or impossible", Read::lacks_dates),
    ("dates in many spellings", |read| {
        read.is_at(&["date", "issued", "modified", "pubdate", "updated"])
    }),
    ("HTML in titles", |read| {
        read.has(&[
            "<title type=\"html",
            "<title type=\"xhtml",
            "<title>&lt;",
            "<title><![cdata[<",
        ])
    }),
    ("enclosures and Media RSS", |read| {
        read.has(&["<enclosure", "enclosure\"", "<media:"])
    }),
    ("iTunes", |read| read.has(&["itunes.com/dtds", "<itunes:"])),
    ("threads", |read| {
        read.has(&["<thr:", "purl.org/syndication/thread", "rel=\"replies"])
    }),
    ("broken off or never closed", |read| {
        read.was(&[Repair::Truncated, Repair::UnclosedElements])
    }),
    ("JSON Feed 1.0", |read| {
        read.has(&["jsonfeed.org/version/1\""])
    }),
    ("JSON Feed 1.1", |read| {
        read.has(&["jsonfeed.org/version/1.1\""])
    }),
];

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("a readable corpus");
    let lines = text.lines().map(serde_json::from_str);
    lines.map(|line| line.expect("one object a line")).collect()
}

/// Whether the parsed field has the value that the test file's author expects.
fn meets(feed: &Value, case: &Value) -> bool {
    let entry = case["entry"].as_u64();
    let holder = entry.map_or(feed, |at| &feed["entries"][usize::try_from(at).unwrap()]);
    let field = match case["field"].as_str().unwrap() {
        "summary" if entry.is_none() => "subtitle",
        field => field,
    };
    let found = holder[field].as_str().unwrap_or_default();
    let expected = case["expect"].as_str().unwrap_or_default();
    found == expected || plain_text(found) == plain_text(expected) || found == plain_text(expected)
}

fn read_all(folder: &Path) -> Vec<Read> {
    let base = Url::parse("http://127.0.0.1:8097/").unwrap();
    let mut expectations: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for case in lines(&folder.join("expectations.jsonl")) {
        let file = case["file"].as_str().unwrap().to_owned();
        expectations.entry(file).or_default().push(case);
    }
    let known = lines(&folder.join("reference.jsonl"));
    let read = known.iter().map(|known| {
        let path = known["file"].as_str().unwrap().to_owned();
        let bytes = std::fs::read(folder.join(&path)).expect("a readable feed");
        let began = Instant::now();
        let feed = parse(&bytes, None, &base).ok();
        let took = began.elapsed();
        assert_eq!(feed, parse(&bytes, None, &base).ok(), "{path} twice");
        let cases = expectations.remove(&path).unwrap_or_default();
        let json = feed
            .as_ref()
            .map(|feed| to_json(feed, &base))
            .unwrap_or_default();
        let (met, unmet): (Vec<_>, Vec<_>) = cases.iter().partition(|case| meets(&json, case));
        if variable("SHOW_UNMET").is_some() {
            unmet.iter().for_each(|case| println!("unmet: {case}"));
        }
        Read {
            text: String::from_utf8_lossy(&bytes).to_lowercase(),
            path,
            bytes,
            feed,
            entries: usize::try_from(known["entries"].as_u64().unwrap()).unwrap(),
            well_formed: known["well_formed"] == true,
            took,
            met: (met.len(), cases.len()),
        }
    });
    read.collect()
}

/// A class's printed row, and the thresholds asserted on it.
#[derive(Default)]
struct Row {
    files: usize,
    parsed: usize,
    well_formed: usize,
    alike: usize,
    lost: usize,
    repaired: usize,
    met: usize,
    expected: usize,
    slowest: Duration,
}

impl Row {
    fn of<'r>(read: impl Iterator<Item = &'r Read>) -> Self {
        let mut row = Self::default();
        for read in read {
            let entries = read.feed.as_ref().map_or(0, |feed| feed.entries.len());
            row.files += 1;
            row.parsed += usize::from(read.feed.is_some());
            row.well_formed += usize::from(read.well_formed);
            row.alike += usize::from(read.well_formed && entries == read.entries);
            row.lost += usize::from(entries == 0 && read.entries > 0);
            let repaired = read
                .feed
                .as_ref()
                .is_some_and(|feed| !feed.repairs.is_empty());
            row.repaired += usize::from(repaired);
            row.met += read.met.0;
            row.expected += read.met.1;
            row.slowest = row.slowest.max(read.took);
        }
        row
    }

    fn print(&self, name: &str) {
        println!(
            "{name:<32} {:>6} {:>7} {:>12} {:>5} {:>9} {:>12} {:>8.0?}",
            self.files,
            self.parsed,
            format!("{}/{}", self.alike, self.well_formed),
            self.lost,
            self.repaired,
            format!("{}/{}", self.met, self.expected),
            self.slowest
        );
    }
}

#[test]
fn feeds_by_what_is_odd_about_them() {
    let Some(folder) = corpus("feeds") else {
        return;
    };
    let all = read_all(&folder);
    let mut failed = Vec::new();
    println!(
        "{:<32} {:>6} {:>7} {:>12} {:>5} {:>9} {:>12} {:>8}",
        "class", "files", "parsed", "same entries", "lost", "repaired", "expected", "slowest"
    );
    for (name, belongs) in CLASSES {
        let row = Row::of(all.iter().filter(|read| belongs(read)));
        row.print(name);
        // Shares are only meaningful for many files. corpora.rs asserts stricter shares over all feeds.
        let few = |all: usize| all < 20;
        let same = row.alike * 100 >= row.well_formed * 97;
        let as_expected = row.met * 100 >= row.expected * 85;
        for (holds, what) in [
            (row.files > 0, "there is no such file"),
            (row.lost == 0, "entries were lost"),
            (row.parsed * 100 >= row.files * 99, "not all are read"),
            (same || few(row.well_formed), "other entries"),
            (as_expected || few(row.expected), "other contents"),
        ] {
            if !holds {
                failed.push(format!("{name}: {what}"));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
