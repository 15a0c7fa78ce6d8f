//! Documents: read twice they are the same, and what comes out is in proportion to what went in.

use dormouse::parse::{ParsedFeed, parse, to_json};
use dormouse::update::entry_id;
use url::Url;

/// What each byte may become. A link of one letter is written out with its whole base, and an entry of a few letters has
/// fields of its own.
const GROWTH: usize = 64;
/// What any document may become: the entities that it declares expand to a mebibyte at most.
const ALLOWANCE: usize = 2 * 1_024 * 1_024;

/// Reads `data` as a document from `http://site.example/feed`.
///
/// An input that begins with `type:` says in its first line what the server called it.
///
/// # Panics
/// Where two readings differ in anything, ids and hashes included; where texts grow out of proportion; where a link is of
/// another kind than http and https; and where it takes too long.
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
    super::in_time(|| to_json(&feed));
}

/// The content type, if the input names one, and the document.
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

/// The bytes of all its texts.
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
