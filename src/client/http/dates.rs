//! How long a response is fresh, and when to retry: minutes from headers.

use http::header::{AGE, CACHE_CONTROL, DATE, EXPIRES};
use http::{HeaderMap, HeaderName};

use crate::timestamp::Timestamp;

/// How many minutes a response is fresh, rounded up; `None` if it doesn't say.
///
/// `max-age` minus `Age` if given; otherwise `Expires`, measured from the server's own `Date` (RFC 9111, sections 4.2
/// and 5.3). With `no-store` or `no-cache`, 0.
pub(crate) fn freshness(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let directives = headers.get_all(CACHE_CONTROL).iter();
    let directives: Vec<String> = directives
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|directive| directive.trim().to_ascii_lowercase())
        .collect();
    let is = |name: &str| directives.iter().any(|directive| directive == name);
    if is("no-store") || is("no-cache") {
        return Some(0);
    }
    let max_age = directives.iter().find_map(|directive| {
        let seconds = directive.strip_prefix("max-age=")?;
        seconds.trim_matches('"').parse::<i64>().ok()
    });
    let seconds = match max_age {
        Some(seconds) => {
            let age = text(AGE).and_then(|age| age.trim().parse::<i64>().ok());
            seconds.saturating_sub(age.unwrap_or(0).max(0))
        }
        None => {
            let expires = text(EXPIRES)?;
            let sent = text(DATE).and_then(http_date).unwrap_or(now);
            // Such as 0, which has expired by definition.
            http_date(expires).map_or(0, |expires| (expires - sent).num_seconds())
        }
    };
    Some(seconds.max(0).saturating_add(59) / 60)
}

/// A date in a header: the usual form, or either of the two obsolete ones, which recipients must accept (RFC 9110,
/// section 5.6.7).
fn http_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(date) = chrono::DateTime::parse_from_rfc2822(text) {
        return Some(date.to_utc());
    }
    // `Sunday, 06-Nov-94 08:49:37 GMT`, and `Sun Nov  6 08:49:37 1994`.
    let forms = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let mut dates = forms
        .iter()
        .filter_map(|form| chrono::NaiveDateTime::parse_from_str(text, form).ok());
    dates.next().map(|date| date.and_utc())
}

/// `Retry-After` in minutes, rounded up: seconds, or a date (RFC 9110, section 10.2.3).
pub(crate) fn minutes(text: &str, now: Timestamp) -> Option<i64> {
    let seconds = match text.trim().parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let date = http_date(text)?;
            (date - now).num_seconds()
        }
    };
    (seconds > 0).then_some(seconds.saturating_add(59) / 60)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use crate::client::http::dates::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = chrono::DateTime::parse_from_rfc2822("Sun, 22 Nov 2026 10:00:00 GMT")
            .unwrap()
            .to_utc();
        assert_eq!(minutes("120", now), Some(2));
        assert_eq!(minutes("61", now), Some(2));
        assert_eq!(minutes("Sun, 22 Nov 2026 12:00:00 GMT", now), Some(120));
        assert_eq!(minutes("Sun, 22 Nov 2026 09:00:00 GMT", now), None);
        assert_eq!(minutes("soon", now), None);
        assert_eq!(minutes("Sunday, 22-Nov-26 12:00:00 GMT", now), Some(120));
        assert_eq!(minutes("Sun Nov 22 12:00:00 2026", now), Some(120));
    }

    #[test]
    fn freshness_is_max_age_less_age_or_what_expires_says() {
        let now = chrono::DateTime::parse_from_rfc2822("Sun, 22 Nov 2026 10:00:00 GMT")
            .unwrap()
            .to_utc();
        for (headers, expected) in [
            (vec![], None),
            (vec![("cache-control", "max-age=3600")], Some(60)),
            (vec![("cache-control", "public, Max-Age=3601")], Some(61)),
            (
                vec![("cache-control", "max-age=3600"), ("age", "600")],
                Some(50),
            ),
            (
                vec![("cache-control", "max-age=60"), ("age", "600")],
                Some(0),
            ),
            (vec![("cache-control", "no-cache, max-age=3600")], Some(0)),
            (vec![("cache-control", "public")], None),
            (
                vec![("expires", "Sun, 22 Nov 2026 12:00:00 GMT")],
                Some(120),
            ),
            (
                // A server whose clock is an hour slow.
                vec![
                    ("date", "Sun, 22 Nov 2026 09:00:00 GMT"),
                    ("expires", "Sun, 22 Nov 2026 12:00:00 GMT"),
                ],
                Some(180),
            ),
            (vec![("expires", "0")], Some(0)),
            (
                vec![
                    ("cache-control", "max-age=60"),
                    ("expires", "Sun, 22 Nov 2026 12:00:00 GMT"),
                ],
                Some(1),
            ),
        ] {
            let pairs = headers.iter().map(|(name, value)| {
                let name = HeaderName::from_static(name);
                (name, HeaderValue::from_static(value))
            });
            let map: HeaderMap = pairs.collect();
            assert_eq!(freshness(&map, now), expected, "{headers:?}");
        }
    }
}
