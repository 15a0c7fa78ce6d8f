//! The chapters of an episode: Podcasting 2.0's JSON, version 1.
//!
//! <https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md>

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::html::visible::visible;

/// Most chapters read.
pub const MAX_CHAPTERS: usize = 500;
/// Longest title, in characters.
const TITLE_CHARS: usize = 200;
/// The latest start, in seconds: eleven days.
const LAST: f64 = 1e6;

/// A chapter.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Chapter {
    /// Seconds from the episode's beginning.
    pub start: f64,
    /// Plain text on one line; empty if the publisher gives it none.
    pub title: String,
}

#[derive(Deserialize)]
struct Document {
    version: Value,
    chapters: Vec<Value>,
}

/// The chapters in a document, by their starts; `None` if it isn't one. What isn't a chapter in it is left out, and so are
/// those that the publisher keeps out of tables of contents.
pub fn chapters(document: &[u8]) -> Option<Vec<Chapter>> {
    let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
    let document: Document = serde_json::from_slice(document).ok()?;
    let version = match &document.version {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if version != "1" && !version.starts_with("1.") {
        return None;
    }
    let found = document.chapters.iter().take(MAX_CHAPTERS);
    let mut found: Vec<Chapter> = found.filter_map(chapter).collect();
    found.sort_by(|a, b| a.start.total_cmp(&b.start));
    Some(found)
}

fn chapter(value: &Value) -> Option<Chapter> {
    if value.get("toc") == Some(&Value::Bool(false)) {
        return None;
    }
    let start = match value.get("startTime")? {
        Value::String(text) => text.trim().parse().ok()?,
        number => number.as_f64()?,
    };
    let title = value.get("title").and_then(Value::as_str);
    let title = visible(title.unwrap_or_default());
    let words: Vec<&str> = title.split_whitespace().collect();
    let title = words.join(" ").chars().take(TITLE_CHARS).collect();
    (0.0..=LAST)
        .contains(&start)
        .then_some(Chapter { start, title })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(document: &str) -> Option<Vec<(f64, String)>> {
        let found = chapters(document.as_bytes())?.into_iter();
        Some(found.map(|one| (one.start, one.title)).collect())
    }

    #[test]
    fn what_isnt_a_chapter_is_left_out() {
        let document = r#"{"version": "1.2.0", "title": "t", "chapters": [
            {"startTime": 168.5, "title": "The  gauge\nat night"},
            {"startTime": 0, "title": "Hello"},
            {"startTime": "60", "img": "https://x.test/a.png"},
            {"startTime": 90, "title": "An advertisement", "toc": false},
            {"startTime": -1, "title": "x"}, {"startTime": 1e9}, {"title": "x"}, 7, null]}"#;
        let expected = [(0.0, "Hello"), (60.0, ""), (168.5, "The gauge at night")];
        let expected = expected.map(|(start, title)| (start, title.to_owned()));
        assert_eq!(of(document).unwrap(), expected);
    }

    #[test]
    fn other_documents_are_none() {
        for document in [
            "",
            "[]",
            "<html>",
            r#"{"chapters": []}"#,
            r#"{"version": "2.0.0", "chapters": []}"#,
            r#"{"version": "1.2.0"}"#,
            r#"{"version": "1.2.0", "chapters": {}}"#,
        ] {
            assert_eq!(of(document), None, "{document}");
        }
        assert_eq!(
            of("\u{feff}{\"version\":1.1,\"chapters\":[]}"),
            Some(vec![])
        );
    }

    #[test]
    fn there_are_at_most_500() {
        let each = r#"{"startTime":1,"title":"a"}"#;
        let all = [each; MAX_CHAPTERS + 20].join(",");
        let found = of(&format!(r#"{{"version":"1.0.0","chapters":[{all}]}}"#));
        assert_eq!(found.unwrap().len(), MAX_CHAPTERS);
    }
}
