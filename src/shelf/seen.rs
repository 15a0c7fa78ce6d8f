//! What a page covered, so that it can be marked later.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::codec::{put_varint, take_varint};
use crate::ids::FeedId;

/// What a page covered: for each feed with unread articles, the last number it knew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(Vec<(FeedId, u32)>);

impl Seen {
    pub(super) fn of(pairs: Vec<(FeedId, u32)>) -> Self {
        Self(pairs)
    }

    /// The feeds, each with the last number.
    pub fn feeds(&self) -> &[(FeedId, u32)] {
        &self.0
    }

    /// As text for a form: about six characters a feed, in the order of the feeds' numbers.
    pub fn to_text(&self) -> String {
        let mut pairs = self.0.clone();
        pairs.sort_unstable();
        let mut bytes = Vec::with_capacity(pairs.len() * 5);
        let mut before = 0;
        for (feed, last) in pairs {
            put_varint(&mut bytes, u64::from(feed.0 - before));
            put_varint(&mut bytes, u64::from(last));
            before = feed.0;
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Parses the output of [`to_text`](Self::to_text); `None` for any other text.
    pub fn from_text(text: &str) -> Option<Self> {
        // Of pages from before, that are still open.
        if text.contains('.') {
            return Self::from_older_text(text);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let mut rest = bytes.as_slice();
        let mut pairs = Vec::new();
        let mut feed = 0_u32;
        while !rest.is_empty() {
            let step = u32::try_from(take_varint(&mut rest)?).ok()?;
            let last = u32::try_from(take_varint(&mut rest)?).ok()?;
            feed = feed.checked_add(step)?;
            pairs.push((FeedId(feed), last));
        }
        Some(Self(pairs))
    }

    /// Parses `feed.last` pairs in hexadecimal.
    fn from_older_text(text: &str) -> Option<Self> {
        let pair = |pair: &str| {
            let (feed, last) = pair.split_once('.')?;
            let feed = FeedId::from_number(i64::from_str_radix(feed, 16).ok()?)?;
            Some((feed, u32::from_str_radix(last, 16).ok()?))
        };
        text.split('_')
            .map(pair)
            .collect::<Option<Vec<_>>>()
            .map(Self)
    }
}
