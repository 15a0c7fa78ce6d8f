//! The canonical form of a link: one page under its many names.

use sha2::{Digest, Sha256};
use url::Url;

use super::normalize::untracked;

/// A hash of the page that a link leads to: equal for its mobile and AMP forms, with or without trackers, `www` and TLS.
/// `None` if it isn't a web address.
pub fn hash(link: &str) -> Option<u64> {
    let digest = Sha256::digest(canonical(link)?);
    Some(u64::from_le_bytes(digest.first_chunk::<8>().copied()?))
}

/// Host, path and query of the page.
fn canonical(link: &str) -> Option<String> {
    let url = Url::parse(&untracked(link.trim())).ok()?;
    let url = behind_amp(&url).unwrap_or(url);
    let host = url
        .host_str()
        .filter(|_| matches!(url.scheme(), "http" | "https"))?
        .to_ascii_lowercase();
    let bare = ["www.", "m.", "mobile.", "amp."]
        .iter()
        .find_map(|part| host.strip_prefix(part));
    // What would be left of `m.uk` is no site.
    let bare = bare.filter(|bare| bare.contains('.')).unwrap_or(&host);
    let path = url.path();
    let path = path.strip_suffix('/').unwrap_or(path);
    let path = path
        .strip_suffix("/amp")
        .or_else(|| path.strip_suffix(".amp"))
        .unwrap_or(path);
    let path = path
        .strip_prefix("/amp/")
        .map_or(path.to_owned(), |rest| format!("/{rest}"));
    let path = path.replace(".amp.html", ".html");
    let is_kept = |part: &&str| {
        !part.is_empty() && !matches!(*part, "amp" | "amp=1" | "amp=true" | "outputType=amp")
    };
    let query: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(is_kept)
        .collect();
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    Some(format!("{bare}{port}{path}?{}", query.join("&")))
}

/// The page behind an AMP cache's address.
fn behind_amp(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    let path = url.path();
    let rest = match host {
        "www.google.com" | "google.com" => path.strip_prefix("/amp/")?,
        _ if host.ends_with(".cdn.ampproject.org") => path
            .strip_prefix("/c/")
            .or_else(|| path.strip_prefix("/v/"))?,
        _ => return None,
    };
    let page = match rest.strip_prefix("s/") {
        Some(secure) => format!("https://{secure}"),
        None => format!("http://{rest}"),
    };
    let mut page = Url::parse(&page).ok()?;
    page.set_query(url.query());
    Some(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_has_one_hash() {
        let page = hash("https://news.example/2026/story?id=1");
        assert!(page.is_some());
        for same in [
            "http://www.news.example/2026/story/?id=1",
            "https://m.news.example/2026/story?utm_source=rss&id=1",
            "https://amp.news.example/2026/story?id=1&amp=1",
            "https://news.example/2026/story/amp/?id=1",
            "https://news.example/amp/2026/story?id=1#top",
            "https://www.google.com/amp/s/news.example/2026/story?id=1",
            "https://news-example.cdn.ampproject.org/c/s/news.example/2026/story?id=1",
        ] {
            assert_eq!(hash(same), page, "{same}");
        }
        for other in [
            "https://news.example/2026/story?id=2",
            "https://blog.news.example/2026/story?id=1",
            "https://news.example/2026/Story?id=1",
        ] {
            assert_ne!(hash(other), page, "{other}");
        }
        assert_eq!(hash("mailto:a@b.example"), None);
    }
}
