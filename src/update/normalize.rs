//! Normalizes ids and links: removes what publishers change about all of them at once, which is scheme, host, case and
//! tracking parameters.

use url::Url;

/// Tracking parameters, which identify nothing. Each is widely used for tracking and for hardly anything else.
///
/// The doubtful ones are `ref` and `source`, which may name a branch or a list, and are here because blogs add them to
/// their feeds' links. Dropping one too many makes two entries look alike, and then neither is identified by it.
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
/// All parameters with this prefix are for tracking.
const TRACKING_PREFIX: &str = "utm_";
/// A name with at least this many letters and digits, one of them a letter, is unlikely to occur on another site.
const TELLING: usize = 8;
/// The same for digits alone: a date has eight, most counters fewer.
const TELLING_DIGITS: usize = 10;

/// An id or a link without its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Normalized {
    /// The normalized text.
    pub text: String,
    /// Whether it still identifies an entry without the host: a slug does, `/` or `?p=12` doesn't.
    pub is_telling: bool,
}

/// Removes scheme, host, case, tracking parameters, the order of the others and a trailing slash.
///
/// Of a `tag:` (RFC 4151) the authority is removed. Text that isn't an address only loses its case.
pub fn normalize(text: &str) -> Normalized {
    let text = text.trim();
    if let Some((authority, rest)) = text.strip_prefix("tag:").and_then(|t| t.split_once(':')) {
        let date = authority.split_once(',').map_or("", |(_, date)| date);
        let last = rest.rsplit(['/', ':', '=']).next().unwrap_or_default();
        return Normalized {
            text: format!("{date}:{rest}").to_lowercase(),
            is_telling: is_telling(last),
        };
    }
    match Url::parse(text) {
        Ok(url) if url.has_host() => of_url(&url),
        _ => Normalized {
            text: text.to_lowercase(),
            is_telling: true,
        },
    }
}

fn of_url(url: &Url) -> Normalized {
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
    Normalized {
        text: text.to_lowercase(),
        is_telling,
    }
}

/// A link without its tracking parameters, to detect whether it changed.
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
    // An anchor such as `#source` is not a parameter.
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
            assert_eq!(normalize(one).text, normalize(other).text);
        }
        let different = [
            ("http://a.example/x?id=1", "http://a.example/x?id=2"),
            ("http://a.example/x#part-1", "http://a.example/x#part-2"),
            ("http://a.example/x", "http://a.example/y"),
            ("tag:a.example,2026:1", "tag:a.example,2025:1"),
            ("1", "2"),
        ];
        for (one, other) in different {
            assert_ne!(normalize(one).text, normalize(other).text);
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
            assert!(!normalize(weak).is_telling, "{weak}");
        }
        for telling in [
            "http://a.example/2026/hello-world.html",
            "http://a.example/watch?v=dQw4w9WgXcQ",
            "http://a.example/n/1234567890",
            "5",
        ] {
            assert!(normalize(telling).is_telling, "{telling}");
        }
    }

    #[test]
    fn a_link_keeps_all_but_its_trackers() {
        let tracked = "http://a.example/X?b=1&utm_medium=feed&a=2#top";
        assert_eq!(untracked(tracked), "http://a.example/X?b=1&a=2#top");
        assert_eq!(untracked("http://a.example/?ref=rss"), "http://a.example/");
    }
}
