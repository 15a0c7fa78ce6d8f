//! The paths on which a token says who asks, and never a cookie.

/// Their beginnings. No other site's page can misuse them, their answers set no cookie, and their errors are JSON.
const PREFIXES: [&str; 4] = ["/api/", "/accounts/", "/reader/", "/fever"];

/// Whether a path is judged by a token.
pub(super) fn is_by_token(path: &str) -> bool {
    PREFIXES.iter().any(|prefix| path.starts_with(prefix))
}
