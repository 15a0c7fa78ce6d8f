//! What people call a feed when they don't know its address: `r/rust`, `@ann@social.example`, a channel's page.

use url::Url;

use super::address::{FeedAddress, cleaned};

/// Feeds that a shorthand stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shorthand {
    /// One feed.
    One(FeedAddress),
    /// Several, with their titles.
    Several(Vec<(FeedAddress, String)>),
}

/// The feeds that a shorthand stands for; `None` for anything else. Nothing is requested to find out.
pub fn expand(typed: &str) -> Option<Shorthand> {
    let text = cleaned(typed);
    let page = || by_page(FeedAddress::parse(&text).ok()?.url());
    by_name(&text).or_else(page)
}

fn one(address: &str) -> Option<Shorthand> {
    Some(Shorthand::One(FeedAddress::parse(address).ok()?))
}

fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let has_letters = name.chars().any(|c| c.is_ascii_alphanumeric());
    has_letters && name.len() <= 100 && name.chars().all(fits)
}

/// `r/name`, `u/name`, `@user@host`.
fn by_name(text: &str) -> Option<Shorthand> {
    if let Some((user, host)) = text.strip_prefix('@').and_then(|rest| rest.split_once('@')) {
        let is_account = is_name(user) && is_name(host) && host.contains('.');
        return one(&format!("https://{host}/@{user}.rss")).filter(|_| is_account);
    }
    let (kind, name) = text.trim_matches('/').split_once('/')?;
    let folder = match kind {
        "r" => "r",
        "u" | "user" => "user",
        _ => return None,
    };
    one(&format!("https://www.reddit.com/{folder}/{name}/.rss")).filter(|_| is_name(name))
}

/// What stands in an owner's place in addresses that are no repositories'.
const NO_OWNERS: [&str; 12] = [
    "topics",
    "orgs",
    "sponsors",
    "features",
    "collections",
    "explore",
    "marketplace",
    "settings",
    "trending",
    "about",
    "login",
    "users",
];

/// Pages whose sites give each a feed.
fn by_page(page: &Url) -> Option<Shorthand> {
    let host = page.host_str()?;
    let host = host
        .strip_prefix("www.")
        .or_else(|| host.strip_prefix("m."))
        .unwrap_or(host);
    let parts: Vec<&str> = page
        .path_segments()?
        .filter(|part| !part.is_empty())
        .collect();
    let parameter = |wanted: &str| {
        let mut pairs = page.query_pairs();
        pairs
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    let videos = |name: &str, id: &str| {
        one(&format!(
            "https://www.youtube.com/feeds/videos.xml?{name}={id}"
        ))
    };
    match (host, parts.as_slice()) {
        ("reddit.com" | "old.reddit.com", ["r" | "user" | "u", name]) if is_name(name) => {
            by_name(&parts.join("/"))
        }
        ("youtube.com", ["channel", id, ..]) if is_name(id) => videos("channel_id", id),
        ("youtube.com", ["user", name, ..]) if is_name(name) => videos("user", name),
        ("youtube.com", ["playlist"]) => {
            let list = parameter("list").filter(|list| is_name(list))?;
            videos("playlist_id", &list)
        }
        ("github.com", [owner, name])
            if is_name(owner) && is_name(name) && !NO_OWNERS.contains(owner) =>
        {
            let name = name
                .strip_suffix(".git")
                .filter(|name| is_name(name))
                .unwrap_or(name);
            let feed = |what: &str, title: &str| {
                let address =
                    FeedAddress::parse(&format!("https://github.com/{owner}/{name}/{what}.atom"))
                        .ok()?;
                Some((address, format!("{owner}/{name}: {title}")))
            };
            Some(Shorthand::Several(vec![
                feed("releases", "releases")?,
                feed("commits", "commits")?,
            ]))
        }
        ("bsky.app", ["profile", handle]) if is_name(handle) => {
            one(&format!("https://bsky.app/profile/{handle}/rss"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(typed: &str) -> Option<String> {
        match expand(typed)? {
            Shorthand::One(address) => Some(address.to_string()),
            Shorthand::Several(all) => Some(
                all.iter()
                    .map(|(address, _)| address.as_str())
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
        }
    }

    #[test]
    fn shorthands_have_addresses() {
        let channel = "https://www.youtube.com/feeds/videos.xml?channel_id=UCab-1";
        for (typed, expected) in [
            ("r/rust", Some("https://www.reddit.com/r/rust/.rss")),
            (" /r/rust/ ", Some("https://www.reddit.com/r/rust/.rss")),
            (
                "https://old.reddit.com/r/rust",
                Some("https://www.reddit.com/r/rust/.rss"),
            ),
            ("u/ann", Some("https://www.reddit.com/user/ann/.rss")),
            (
                "@ann@social.example",
                Some("https://social.example/@ann.rss"),
            ),
            (
                "https://www.youtube.com/channel/UCab-1/videos",
                Some(channel),
            ),
            ("youtube.com/channel/UCab-1", Some(channel)),
            (
                "https://www.youtube.com/playlist?list=PLab",
                Some("https://www.youtube.com/feeds/videos.xml?playlist_id=PLab"),
            ),
            (
                "github.com/ann/tool",
                Some(
                    "https://github.com/ann/tool/releases.atom https://github.com/ann/tool/commits.atom",
                ),
            ),
            ("https://www.youtube.com/@ann", None),
            ("https://github.com/ann/tool/releases.atom", None),
            ("@ann", None),
            ("s.example/r/rust", None),
            ("r/", None),
        ] {
            assert_eq!(address(typed).as_deref(), expected, "{typed}");
        }
    }
}
