//! What is left of an id or a link without what publishers change about all of them at once: scheme, host, case, and
//! parameters that only count clicks.

use url::Url;

/// Parameters that count clicks, and name nothing. Each is in wide use for that and for hardly anything else; `ref` and
/// `source` are the doubtful ones, which may name a branch or a list, and are here because blogs put them behind their
/// feeds' links. Dropping one too many makes two entries look alike, and then neither is known by it.
const TRACKING: [&str; 29] = [
    "_hsenc",
    "_hsmi",
    "at_campaign",
    "at_medium",
    "cmpid",
    "dclid",
    "fbclid",
    "ftcamp",
    "gbraid",
    "gclid",
    "gclsrc",
    "igshid",
    "ito",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "mkwid",
    "msclkid",
    "ncid",
    "ns_campaign",
    "ns_mchannel",
    "ref",
    "ref_src",
    "rss",
    "source",
    "twclid",
    "wbraid",
    "xtor",
    "yclid",
];
/// All parameters that begin so count clicks.
const TRACKING_PREFIX: &str = "utm_";
/// A name of at least so many letters and digits, one of them a letter, is hardly another site's too.
const TELLING: usize = 8;
/// So many digits are as telling: a date has eight, most counters fewer.
const TELLING_DIGITS: usize = 10;

/// An id or a link without its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bare {
    /// What is left.
    pub text: String,
    /// Whether it still tells entries apart where the host is gone: a slug does, `/` or `?p=12` doesn't.
    pub is_telling: bool,
}

/// Strips scheme, host, case, tracking parameters, the other parameters' order and a slash at the end. Of a `tag:`
/// (RFC 4151) the authority goes. What is no address stays as it is, but for case.
pub fn bare(text: &str) -> Bare {
    let text = text.trim();
    if let Some((authority, rest)) = text.strip_prefix("tag:").and_then(|t| t.split_once(':')) {
        let date = authority.split_once(',').map_or("", |(_, date)| date);
        let last = rest.rsplit(['/', ':', '=']).next().unwrap_or_default();
        return Bare {
            text: format!("{date}:{rest}").to_lowercase(),
            is_telling: is_telling(last),
        };
    }
    match Url::parse(text) {
        Ok(url) if url.has_host() => of_url(&url),
        _ => Bare {
            text: text.to_lowercase(),
            is_telling: true,
        },
    }
}

fn of_url(url: &Url) -> Bare {
    let path = url.path().trim_end_matches('/');
    let mut query = kept(url.query().unwrap_or_default());
    query.sort_unstable();
    let fragment = kept(url.fragment().unwrap_or_default());
    let named: Vec<&str> = query.iter().chain(&fragment).copied().collect();
    let is_telling = if named.is_empty() {
        let last = path.rsplit('/').next().unwrap_or_default();
        is_telling(last.split_once('.').map_or(last, |(stem, _)| stem))
    } else {
        let value = |part: &str| {
            part.split_once('=')
                .map_or(part.len(), |(name, _)| name.len() + 1)
        };
        named.iter().all(|part| {
            is_telling(
                part.get(value(part)..)
                    .filter(|v| !v.is_empty())
                    .unwrap_or(part),
            )
        })
    };
    let text = format!("{path}?{}#{}", query.join("&"), fragment.join("&"));
    Bare {
        text: text.to_lowercase(),
        is_telling,
    }
}

/// A link without what only counts clicks, for telling whether it says something else.
pub fn untracked(link: &str) -> String {
    let (rest, fragment) = link.split_once('#').unwrap_or((link, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut out = path.to_owned();
    for (sign, part) in [('?', query), ('#', fragment)] {
        let kept = kept(part);
        if !kept.is_empty() {
            out.push(sign);
            out.push_str(&kept.join("&"));
        }
    }
    out
}

fn kept(parameters: &str) -> Vec<&str> {
    let parts = parameters.split('&');
    parts
        .filter(|part| !part.is_empty() && !is_tracking(part))
        .collect()
}

fn is_tracking(parameter: &str) -> bool {
    // An anchor such as `#source` is no parameter.
    let Some((name, _)) = parameter.split_once('=') else {
        return false;
    };
    let name = name.to_ascii_lowercase();
    name.starts_with(TRACKING_PREFIX) || TRACKING.contains(&name.as_str())
}

fn is_telling(name: &str) -> bool {
    let signs = name.chars().filter(|c| c.is_alphanumeric()).count();
    let least = if name.chars().any(char::is_alphabetic) {
        TELLING
    } else {
        TELLING_DIGITS
    };
    signs >= least
}

#[cfg(test)]
mod tests {
    use crate::update::normalize::*;

    #[test]
    fn place_case_and_trackers_go_and_the_rest_stays() {
        let same = [
            (
                "http://a.example/2026/hello-world",
                "https://www.b.example:8443/2026/Hello-World/",
            ),
            (
                "http://a.example/x?id=1",
                "http://a.example/x?utm_source=rss&id=1&FBCLID=abc",
            ),
            ("http://a.example/x?b=2&a=1", "http://a.example/x?a=1&b=2"),
            ("http://a.example/x", "http://a.example/x#xtor=RSS-1"),
            (
                "tag:a.example,2026:posts/one",
                "tag:b.example,2026:posts/one",
            ),
            ("URN:UUID:AB", "urn:uuid:ab"),
        ];
        for (one, other) in same {
            assert_eq!(bare(one).text, bare(other).text);
        }
        let different = [
            ("http://a.example/x?id=1", "http://a.example/x?id=2"),
            ("http://a.example/x#part-1", "http://a.example/x#part-2"),
            ("http://a.example/x", "http://a.example/y"),
            ("tag:a.example,2026:1", "tag:a.example,2025:1"),
            ("1", "2"),
        ];
        for (one, other) in different {
            assert_ne!(bare(one).text, bare(other).text);
        }
    }

    #[test]
    fn what_any_site_may_have_tells_nothing() {
        for weak in [
            "http://a.example/",
            "http://a.example/?p=123",
            "http://a.example/node/5",
            "http://a.example/article.php?id=5",
            "http://a.example/2026/03/index.html",
            "http://a.example/2026-03-01",
            "tag:a.example,2026:5",
        ] {
            assert!(!bare(weak).is_telling, "{weak}");
        }
        for telling in [
            "http://a.example/2026/hello-world.html",
            "http://a.example/watch?v=dQw4w9WgXcQ",
            "http://a.example/n/1234567890",
            "5",
        ] {
            assert!(bare(telling).is_telling, "{telling}");
        }
    }

    #[test]
    fn a_link_keeps_all_but_its_trackers() {
        let tracked = "http://a.example/X?b=1&utm_medium=feed&a=2#top";
        assert_eq!(untracked(tracked), "http://a.example/X?b=1&a=2#top");
        assert_eq!(untracked("http://a.example/?ref=rss"), "http://a.example/");
    }
}
