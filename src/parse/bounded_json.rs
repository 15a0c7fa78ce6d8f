//! Reads from a JSON document only what a feed may contain.
//!
//! Read whole, ten megabytes of `{"a":0},` would take nearly a gigabyte: each object has its own tree. So unknown
//! members and anything beyond the limits are skipped while the text is read, and never stored.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::repair::{MAX_ENTRIES, MAX_PARTS, MAX_PARTS_IN_ALL};

/// The JSON Feed members we use, at any level.
const MEMBERS: &[&str] = &[
    "attachments",
    "author",
    "authors",
    "banner_image",
    "content_html",
    "content_text",
    "date_modified",
    "date_published",
    "description",
    "duration_in_seconds",
    "external_url",
    "favicon",
    "feed_url",
    "home_page_url",
    "hubs",
    "icon",
    "id",
    "image",
    "items",
    "language",
    "mime_type",
    "name",
    "size_in_bytes",
    "summary",
    "tags",
    "title",
    "type",
    "url",
    "version",
];

/// The document, and whether items beyond the limit were left out.
pub(super) fn read(text: &str) -> Result<(Value, bool), serde_json::Error> {
    let limits = Limits::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Kept {
        depth: 0,
        limits: &limits,
    }
    .deserialize(&mut reader)?;
    reader.end()?;
    Ok((value, limits.too_many.get()))
}

#[derive(Default)]
struct Limits {
    /// Elements of arrays within items so far.
    parts: Cell<usize>,
    too_many: Cell<bool>,
}

#[derive(Clone, Copy)]
struct Kept<'l> {
    depth: usize,
    limits: &'l Limits,
}

impl Kept<'_> {
    fn within(self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self
        }
    }

    /// Whether one more element fits after `taken`. Items are one level below the document.
    fn has_room(&self, taken: usize) -> bool {
        if self.depth <= 1 {
            self.limits
                .too_many
                .set(self.limits.too_many.get() || taken >= MAX_ENTRIES);
            return taken < MAX_ENTRIES;
        }
        let all = self.limits.parts.get();
        let room = taken < MAX_PARTS && all < MAX_PARTS_IN_ALL;
        self.limits.parts.set(all + usize::from(room));
        room
    }
}

impl<'de> DeserializeSeed<'de> for Kept<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Kept<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut kept = Vec::new();
        while self.has_room(kept.len()) {
            match elements.next_element_seed(self.within())? {
                Some(element) => kept.push(element),
                None => return Ok(Value::Array(kept)),
            }
        }
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array(kept))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if MEMBERS.contains(&name.as_str()) {
                kept.insert(name, members.next_value_seed(self.within())?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Value::Object(kept))
    }
}

#[cfg(test)]
mod tests {
    use crate::parse::bounded_json::*;

    #[test]
    fn what_a_feed_has_no_use_for_is_passed_over() {
        let text = r#"{"title": "T", "x": {"title": [1]}, "items": [{"id": 1.5, "y": {}}, 0, null, true, -1]}"#;
        let kept = r#"{"items":[{"id":1.5},0,null,true,-1],"title":"T"}"#;
        let (value, too_many) = read(text).unwrap();
        assert_eq!((value.to_string().as_str(), too_many), (kept, false));
        assert!(read("{} {}").is_err());
    }

    #[test]
    fn no_array_is_longer_than_any_feeds() {
        let items = format!(r#"{{"items":[{}0]}}"#, "0,".repeat(MAX_ENTRIES));
        let (value, too_many) = read(&items).unwrap();
        assert_eq!(value["items"].as_array().unwrap().len(), MAX_ENTRIES);
        assert!(too_many);
        let tags = format!(r#"{{"items":[{{"tags":[{}0]}}]}}"#, "0,".repeat(MAX_PARTS));
        let (value, too_many) = read(&tags).unwrap();
        assert_eq!(
            value["items"][0]["tags"].as_array().unwrap().len(),
            MAX_PARTS
        );
        assert!(!too_many);
    }
}
