//! Feed documents: parsing is deterministic, and the output is proportional to the input.

use dormouse::parse::{ParsedFeed, parse, to_json};
use dormouse::update::entry_id;
use url::Url;

/// Maximum output bytes per input byte: a one-letter link is resolved to its full URL, and an entry of a few letters
/// has fields of its own.
const GROWTH: usize = 64;
/// Output bytes allowed for any document, however short: declared entities expand to 1 MiB at most.
const ALLOWANCE: usize = 2 * 1_024 * 1_024;

/// Parses `data` as a document from `http://site.example/feed`.
///
/// If the input begins with `type:`, the rest of its first line is the `Content-Type`.
///
/// # Panics
/// If two parses differ in anything, including ids and hashes; if texts are disproportionately large; if a link has a
/// scheme other than http and https; and if it takes too long.
pub fn check(data: &[u8]) {
    let (content_type, document) = parts(data);
    let base = Url::parse("http://site.example/feed").expect("a fixed URL");
    let read = || super::in_time(|| parse(document, content_type.as_deref(), &base));
    let (once, twice) = (read(), read());
    assert_eq!(once, twice, "two readings differ");
    let Ok(feed) = once else { return };
    let hashes = entry_id::of(&feed);
    let again = entry_id::of(&twice.expect("it equals the first"));
    assert_eq!(hashes, again, "two hashings differ");
    assert_eq!(
        entry_id::digest(&feed, &hashes),
        entry_id::digest(&feed, &again)
    );
    assert_eq!(hashes.len(), feed.entries.len());
    let size = size(&feed);
    let most = document.len() * GROWTH + ALLOWANCE;
    assert!(size <= most, "{} bytes became {size}", document.len());
    for entry in &feed.entries {
        for link in entry.link.iter().chain(&entry.image) {
            assert!(is_web(link), "the link {link}");
        }
        for file in &entry.enclosures {
            assert!(is_web(&file.url), "the enclosure {}", file.url);
        }
        assert_ne!(entry.id.as_deref(), Some(""), "an id that is none");
    }
    for line in [&feed.title, &feed.subtitle].into_iter().flatten() {
        assert!(
            !line.contains(['\n', '\r', '\0']),
            "{line:?} isn't one line"
        );
    }
    super::in_time(|| to_json(&feed, &base));
}

/// The content type, if the input has one, and the document.
fn parts(data: &[u8]) -> (Option<String>, &[u8]) {
    let Some(rest) = data.strip_prefix(b"type:") else {
        return (None, data);
    };
    let end = rest
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(rest.len());
    let name = String::from_utf8_lossy(&rest[..end]).into_owned();
    (Some(name), rest.get(end + 1..).unwrap_or_default())
}

fn is_web(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

/// Total size of the feed's texts in bytes.
fn size(feed: &ParsedFeed) -> usize {
    let of = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let own = of(&feed.id) + of(&feed.title) + of(&feed.subtitle) + of(&feed.link) + of(&feed.icon);
    let entries = feed.entries.iter().map(|entry| {
        let files = entry.enclosures.iter();
        let files = files
            .map(|file| file.url.len() + of(&file.mime))
            .sum::<usize>();
        of(&entry.id)
            + of(&entry.link)
            + of(&entry.title)
            + of(&entry.author)
            + of(&entry.summary)
            + of(&entry.content)
            + of(&entry.image)
            + entry.categories.iter().map(String::len).sum::<usize>()
            + files
    });
    own + entries.sum::<usize>()
}
