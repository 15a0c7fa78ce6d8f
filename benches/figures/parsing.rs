//! How fast documents are parsed: the real feeds of the corpus, and generated ones where it is missing.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use url::Url;

/// Rounds over all documents; the fastest counts, since other work on the machine only slows one.
const ROUNDS: usize = 15;

/// Documents and megabytes a second, for XML and for JSON.
pub(crate) fn figures() {
    let documents = documents();
    let (json, xml): (Vec<_>, Vec<_>) = documents
        .into_iter()
        .partition(|text| text.trim_ascii_start().starts_with(b"{"));
    for (name, documents) in [("XML", xml), ("JSON", json)] {
        if documents.is_empty() {
            continue;
        }
        let bytes: usize = documents.iter().map(Vec::len).sum();
        let took = (0..ROUNDS)
            .map(|_| round(&documents))
            .min()
            .unwrap_or(Duration::MAX);
        let seconds = took.as_secs_f64();
        println!(
            "parse: {} {name} documents, {:.1} MB: {:.0} documents and {:.1} MB a second",
            documents.len(),
            bytes as f64 / 1e6,
            documents.len() as f64 / seconds,
            bytes as f64 / 1e6 / seconds
        );
    }
}

#[expect(clippy::disallowed_methods, reason = "what real work took")]
fn round(documents: &[Vec<u8>]) -> Duration {
    let base = Url::parse("http://s.example/feed").unwrap();
    let began = Instant::now();
    for document in documents {
        let feed = dormouse::parse::parse(document, None, &base);
        std::hint::black_box(feed.is_ok());
    }
    began.elapsed()
}

/// The feeds that sites really serve, of the corpus beside the project; otherwise a hundred of our own.
fn documents() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/feeds");
    let mut files = Vec::new();
    for part in ["FeedReader-net", "feedjira"] {
        collect(&folder.join(part), &mut files);
    }
    files.sort();
    let found: Vec<Vec<u8>> = files
        .iter()
        .filter_map(|file| std::fs::read(file).ok())
        .collect();
    if found.is_empty() {
        println!("no corpus of feeds: generated ones are parsed");
        return (0..100).map(generated).collect();
    }
    found
}

pub(crate) fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_feed = ["xml", "json", "rss", "atom"]
            .iter()
            .any(|ending| path.extension().is_some_and(|one| one == *ending));
        if path.is_dir() {
            collect(&path, files);
        } else if is_feed {
            files.push(path);
        }
    }
}

fn generated(n: usize) -> Vec<u8> {
    let text =
        "&lt;p&gt;It began on a quiet morning, and nobody had expected it.&lt;/p&gt;".repeat(40);
    let items: String = (0..30)
        .map(|item| format!("<item><title>{n} {item}</title><guid>{n}-{item}</guid><description>{text}</description></item>"))
        .collect();
    format!("<rss version=\"2.0\"><channel><title>{n}</title>{items}</channel></rss>").into_bytes()
}
