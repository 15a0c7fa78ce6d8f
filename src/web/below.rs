//! An installation below a path: `BASE_URL` is `https://example.org/reader/`.
//!
//! Everything inside knows only paths without it. Here it is taken off what is asked for, and put before what pages and answers
//! lead to: addresses in attributes of our HTML, `Location`, `Link`, the manifest, and the pieces of pages that devices take along.
//! Cookies have the path by themselves, and scripts by `data-root`, which is put on `<html>`. Without a path, nothing of this is in
//! the way. See decision 0063.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{OriginalUri, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderName, HeaderValue, Uri, header};
use url::Url;

use super::problem::Problem;
use crate::config::ServerConfig;

/// Attributes that hold an address, or as `content` one after `url=`.
const ADDRESSES: [&str; 7] = [
    "href",
    "src",
    "action",
    "formaction",
    "poster",
    "data-list",
    "data-feeds",
];
/// Elements whose content is text up to their end, whatever is in it.
const RAW: [&str; 4] = ["script", "style", "textarea", "title"];

/// The path below which the service is.
#[derive(Clone, Debug)]
pub(super) struct Root {
    /// With a slash before it and none after it.
    path: Arc<str>,
    /// Hosts of shared pages, which have them at their own root.
    also: Arc<[String]>,
}

/// Marks a request whose path was taken off.
#[derive(Clone, Copy, Debug)]
struct Stripped;

impl Root {
    /// `None` if the service has a host to itself.
    pub(super) fn of(base: &Url, server: &ServerConfig) -> Option<Self> {
        let path = base.path().trim_end_matches('/');
        (!path.is_empty()).then(|| Self {
            path: path.into(),
            also: server.also_hosts.clone().into(),
        })
    }

    /// The path and query below the root; `None` for one that is elsewhere, as a proxy passes it that has taken it off.
    fn below<'p>(&self, whole: &'p str) -> Option<&'p str> {
        let rest = whole.strip_prefix(&*self.path)?;
        rest.starts_with('/').then_some(rest)
    }

    /// An address of ours with the root before it; any other as it is.
    fn with(&self, address: &str) -> String {
        match is_ours(address) {
            true => format!("{}{address}", self.path),
            false => address.to_owned(),
        }
    }

    /// Puts the root into an answer.
    pub(super) async fn put_into(&self, path: &str, mut response: Response) -> Response {
        let headers = response.headers_mut();
        for (name, how) in [
            (header::LOCATION, Self::with as fn(&Self, &str) -> String),
            (header::LINK, Self::link),
        ] {
            rewrite(headers, &name, |text| how(self, text));
        }
        if headers.contains_key(header::CONTENT_ENCODING) {
            return response;
        }
        let kind = headers.get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let how = match kind.split(';').next().unwrap_or_default() {
            "text/html" => Self::html,
            "application/manifest+json" => Self::manifest,
            "application/json" if path == "/pack" => Self::pack,
            "application/json" if path == "/api/v1/openapi.json" => Self::document,
            _ => return response,
        };
        let (mut parts, body) = response.into_parts();
        let whole = match to_bytes(body, usize::MAX).await {
            Ok(whole) => whole,
            Err(error) => return Problem::internal(&error).into_response(),
        };
        let Ok(text) = std::str::from_utf8(&whole) else {
            return Response::from_parts(parts, Body::from(whole));
        };
        parts.headers.remove(header::CONTENT_LENGTH);
        Response::from_parts(parts, Body::from(how(self, text)))
    }

    /// `</path>; rel="next"`.
    fn link(&self, text: &str) -> String {
        match text.strip_prefix('<') {
            Some(rest) => format!("<{}", self.with(rest)),
            None => text.to_owned(),
        }
    }

    /// All that begins with a slash in the manifest is an address.
    fn manifest(&self, text: &str) -> String {
        text.replace("\"/", &format!("\"{}/", self.path))
    }

    /// The API's description says where its server is.
    fn document(&self, text: &str) -> String {
        text.replace(
            "\"servers\":[{\"url\":\"/\"",
            &format!("\"servers\":[{{\"url\":\"{}/\"", self.path),
        )
    }

    /// Articles for a device: pieces of pages in JSON.
    fn pack(&self, text: &str) -> String {
        let Ok(mut whole) = serde_json::from_str::<serde_json::Value>(text) else {
            return text.to_owned();
        };
        let articles = whole["articles"].as_array_mut().into_iter().flatten();
        for article in articles {
            for name in ["line", "html"] {
                if let Some(piece) = article[name].as_str() {
                    article[name] = self.html(piece).into();
                }
            }
        }
        whole.to_string()
    }

    /// Puts the root before our own addresses in the tags of a page. Text, comments, other attributes and what leads elsewhere stay
    /// as they are, byte for byte.
    pub(super) fn html(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + text.len() / 16);
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            if rest.starts_with("<!--") {
                let end = rest.find("-->").map_or(rest.len(), |end| end + 3);
                out.push_str(&rest[..end]);
                rest = &rest[end..];
                continue;
            }
            if !rest[1..].starts_with(|first: char| first.is_ascii_alphabetic()) {
                out.push('<');
                rest = &rest[1..];
                continue;
            }
            let name_end = 1 + ends(&rest[1..], |c| {
                c.is_ascii_whitespace() || c == '/' || c == '>'
            });
            let name = rest[1..name_end].to_ascii_lowercase();
            out.push_str(&rest[..name_end]);
            if name == "html" {
                out.push_str(&format!(" data-root=\"{}\"", self.path));
            }
            rest = self.attributes(&rest[name_end..], &mut out);
            if RAW.contains(&name.as_str()) {
                let end = format!("</{name}");
                let lower = rest.to_ascii_lowercase();
                let end = lower.find(&end).unwrap_or(rest.len());
                out.push_str(&rest[..end]);
                rest = &rest[end..];
            }
        }
        out.push_str(rest);
        out
    }

    /// Copies a tag's attributes up to its end, and returns what comes after it.
    fn attributes<'t>(&self, mut rest: &'t str, out: &mut String) -> &'t str {
        loop {
            let between = ends(rest, |c| !(c.is_ascii_whitespace() || c == '/'));
            out.push_str(&rest[..between]);
            rest = &rest[between..];
            if let Some(after) = rest.strip_prefix('>') {
                out.push('>');
                return after;
            }
            if rest.is_empty() {
                return rest;
            }
            // A name has one character at least, even if that is an equals sign.
            let first = rest.chars().next().map_or(0, char::len_utf8);
            let name = first
                + ends(&rest[first..], |c| {
                    c.is_ascii_whitespace() || matches!(c, '/' | '>' | '=')
                });
            let attribute = rest[..name].to_ascii_lowercase();
            out.push_str(&rest[..name]);
            rest = &rest[name..];
            let spaces = ends(rest, |c| !c.is_ascii_whitespace());
            let Some(value) = rest[spaces..].strip_prefix('=') else {
                continue;
            };
            let more = ends(value, |c| !c.is_ascii_whitespace());
            out.push_str(&rest[..spaces + 1 + more]);
            rest = &value[more..];
            let (quote, end) = match rest.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let end = rest[1..].find(quote).map_or(rest.len(), |end| end + 1);
                    (1, end)
                }
                _ => (0, ends(rest, |c| c.is_ascii_whitespace() || c == '>')),
            };
            out.push_str(&rest[..quote]);
            out.push_str(&self.value(&attribute, &rest[quote.min(end)..end]));
            rest = &rest[end..];
            if quote == 1 && !rest.is_empty() {
                out.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }

    fn value(&self, attribute: &str, value: &str) -> String {
        if ADDRESSES.contains(&attribute) {
            return self.with(value);
        }
        match attribute {
            // A set of pictures: addresses with what they are for, and commas between.
            "srcset" if is_ours(value) || value.contains(", /") => {
                let all = value.split(", ").map(|one| self.with(one));
                all.collect::<Vec<_>>().join(", ")
            }
            // Where a page leads by itself.
            "content" => match value.split_once("; url=") {
                Some((seconds, address)) if seconds.bytes().all(|c| c.is_ascii_digit()) => {
                    format!("{seconds}; url={}", self.with(address))
                }
                _ => value.to_owned(),
            },
            _ => value.to_owned(),
        }
    }
}

/// Whether an address is one of our paths: two slashes lead to another host.
fn is_ours(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/\\")
}

/// The place of the first character of a kind, or the end.
fn ends(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(is).unwrap_or(text.len())
}

fn rewrite(headers: &mut http::HeaderMap, name: &HeaderName, how: impl Fn(&str) -> String) {
    let old: Vec<HeaderValue> = headers.get_all(name).iter().cloned().collect();
    let Some((first, more)) = old.split_first() else {
        return;
    };
    let new = |value: &HeaderValue| {
        let text = value.to_str().ok()?;
        HeaderValue::from_str(&how(text)).ok()
    };
    headers.insert(name, new(first).unwrap_or_else(|| first.clone()));
    for value in more {
        headers.append(name, new(value).unwrap_or_else(|| value.clone()));
    }
}

/// Takes the root off what is asked for. The root itself without a slash leads to it with one. A path without it is taken as it
/// is: a proxy has taken it off.
pub(super) async fn strip(State(root): State<Root>, mut request: Request, next: Next) -> Response {
    if request.extensions().get::<Stripped>().is_some() {
        return next.run(request).await;
    }
    request.extensions_mut().insert(Stripped);
    let whole = request.uri().path_and_query().map(|whole| whole.as_str());
    let whole = whole.unwrap_or("/").to_owned();
    if request.uri().path() == &*root.path {
        return Redirect::permanent(&format!("{}/", root.path)).into_response();
    }
    if let Some(below) = root.below(&whole)
        && let Some(uri) = with_path(request.uri(), below)
    {
        request.extensions_mut().insert(OriginalUri(uri.clone()));
        *request.uri_mut() = uri;
    }
    next.run(request).await
}

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// Puts the root into answers before they are packed.
pub(super) async fn put(State(root): State<Root>, mut request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    // Under another name, shared pages are at its root.
    if root.also.iter().any(|also| also.eq_ignore_ascii_case(host)) {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    // Shared pages are kept packed: here they are wanted as they are.
    if path.starts_with("/s/") && !path.starts_with("/s/static/") {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    let response = next.run(request).await;
    root.put_into(&path, response).await
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn root() -> Root {
        Root {
            path: "/reader".into(),
            also: Arc::new([]),
        }
    }

    #[test]
    fn our_addresses_in_tags_get_the_root_and_nothing_else_does() {
        for (before, after) in [
            (r#"<a href="/unread">"#, r#"<a href="/reader/unread">"#),
            (
                r#"<A HREF='/x?a=1&amp;b'>"#,
                r#"<A HREF='/reader/x?a=1&amp;b'>"#,
            ),
            ("<a href=/x>", "<a href=/reader/x>"),
            (
                "<form action=\"/add\" method=post>",
                "<form action=\"/reader/add\" method=post>",
            ),
            ("<a href=\"/\">", "<a href=\"/reader/\">"),
            (
                "<use href=\"/static/1/i.svg#k\"/>",
                "<use href=\"/reader/static/1/i.svg#k\"/>",
            ),
            (
                "<button formaction = \"/x\">",
                "<button formaction = \"/reader/x\">",
            ),
            ("<ol data-list=\"/all\">", "<ol data-list=\"/reader/all\">"),
            (
                "<img srcset=\"/image/a 1x, /image/b 2x\">",
                "<img srcset=\"/reader/image/a 1x, /reader/image/b 2x\">",
            ),
            (
                "<meta content=\"0; url=/x\">",
                "<meta content=\"0; url=/reader/x\">",
            ),
            ("<html lang=en>", "<html data-root=\"/reader\" lang=en>"),
        ] {
            assert_eq!(root().html(before), after);
        }
    }

    #[test]
    fn what_isnt_an_address_of_ours_stays_as_it_is() {
        for same in [
            r#"<a href="//other.example/">"#,
            r#"<a href="https://reader.example/x">"#,
            r##"<a href="#top">"##,
            r#"<a href="relative/x">"#,
            r#"<a href="">"#,
            r#"<p title='<a href="/x">'>"#,
            r#"<p title="a > b" data-n="/x">text href="/x"</p>"#,
            r#"&lt;a href="/x"&gt; <code>href="/x"</code> 3 < 4 and 5 <= /6"#,
            r#"<textarea name="css"><a href="/x"></textarea>"#,
            r#"<title><a href="/x"></title>"#,
            r#"<!-- <a href="/x"> -->"#,
            r#"<input type="hidden" name="to" value="/feeds">"#,
            r#"<meta content="Read /x; url is">"#,
            "<a href",
            "<a href=",
            "<a href=\"/x",
            "<",
            "<a",
            "</a href=\"/x\">",
        ] {
            let expected = match same {
                // What is cut off in a value is one, too.
                "<a href=\"/x" => "<a href=\"/reader/x",
                other => other,
            };
            assert_eq!(root().html(same), expected);
        }
    }

    #[test]
    fn headers_manifest_and_pack() {
        let root = root();
        assert_eq!(root.with("/signin"), "/reader/signin");
        assert_eq!(root.with("https://a.example/"), "https://a.example/");
        assert_eq!(
            root.link("</j?x>; rel=\"next\""),
            "</reader/j?x>; rel=\"next\""
        );
        assert_eq!(
            root.manifest(r#"{"id":"/","n":"a/b"}"#),
            r#"{"id":"/reader/","n":"a/b"}"#
        );
        let pack =
            r#"{"articles":[{"html":"<a href=\"/x\">/y</a>","id":"/z","line":"<a href=\"/l\">"}]}"#;
        let put = r#"{"articles":[{"html":"<a href=\"/reader/x\">/y</a>","id":"/z","line":"<a href=\"/reader/l\">"}]}"#;
        assert_eq!(root.pack(pack), put);
        assert_eq!(root.below("/reader/x?y"), Some("/x?y"));
        for elsewhere in ["/readers", "/x", "/reader?x"] {
            assert_eq!(root.below(elsewhere), None);
        }
    }

    proptest! {
        #[test]
        fn whatever_a_page_is_the_rest_of_it_stays(text in "[<>a-c/=\"' \\n!-]{0,60}") {
            // Without an attribute for addresses in it, nothing changes.
            prop_assert_eq!(root().html(&text), text);
        }
    }
}
