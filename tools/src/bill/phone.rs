//! A simulated reader's phone: what it knows, and the calls of each sync, as most Google Reader clients make them.

use std::collections::BTreeSet;

use axum::body::Body;
use dormouse::tooling::ids::FeedId;
use http::{Request, header};
use serde_json::Value;

/// Ids that one page has, as most apps ask for.
const PAGE: &str = "n=10000";
/// Texts that are asked for at once, as most apps do.
const BATCH: usize = 100;

/// A phone with its app.
#[derive(Debug)]
pub(super) struct Phone {
    /// The value of the `Authorization` header.
    pub(super) auth: String,
    /// The articles whose texts it has.
    known: BTreeSet<String>,
    /// Those that came with the last sync, not yet asked for.
    waiting: Vec<String>,
    /// The unread ones, newest first.
    unread: Vec<String>,
}

/// A call of a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Call {
    Subscriptions,
    Tags,
    Unread,
    Starred,
    /// The texts of what is new: one batch.
    Contents,
    /// The newest articles of a feed, at its place on the shelf, whether they are known or not.
    Newest(u32),
    /// The read marks of a session in which so many articles were read.
    Marks(u32),
}

impl Call {
    /// Those of one sync, in order.
    pub(super) const SYNC: [Self; 5] = [
        Self::Subscriptions,
        Self::Tags,
        Self::Unread,
        Self::Starred,
        Self::Contents,
    ];
}

impl Phone {
    pub(super) fn new(token: &str) -> Self {
        Self {
            auth: format!("GoogleLogin auth=dormouse/{token}"),
            known: BTreeSet::new(),
            waiting: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// The request of a call; `None` if there is nothing to ask for.
    pub(super) fn request(
        &self,
        call: Call,
        feeds: &[FeedId],
    ) -> Option<http::Result<Request<Body>>> {
        const API: &str = "/reader/api/0";
        let get = |path: &str| (Request::get(format!("{API}/{path}")), String::new());
        let post = |path: &str, form: String| {
            let kind = "application/x-www-form-urlencoded";
            let request = Request::post(format!("{API}/{path}"));
            (request.header(header::CONTENT_TYPE, kind), form)
        };
        let named =
            |ids: &[String]| -> String { ids.iter().map(|id| format!("i={id}&")).collect() };
        let (request, body) = match call {
            Call::Subscriptions => get("subscription/list?output=json"),
            Call::Tags => get("tag/list?output=json"),
            Call::Unread => get(&format!(
                "stream/items/ids?output=json&{PAGE}&s=user/-/state/com.google/reading-list&xt=user/-/state/com.google/read"
            )),
            Call::Starred => get(&format!(
                "stream/items/ids?output=json&{PAGE}&s=user/-/state/com.google/starred"
            )),
            Call::Newest(place) => {
                let feed = feeds.get(place as usize)?;
                get(&format!("stream/contents/feed/{feed}?n=20"))
            }
            Call::Contents if self.waiting.is_empty() => return None,
            Call::Contents => post("stream/items/contents", named(&self.waiting)),
            Call::Marks(_) if self.unread.is_empty() => return None,
            Call::Marks(count) => {
                let read: Vec<String> = self.unread.iter().take(count as usize).cloned().collect();
                post(
                    "edit-tag",
                    format!("{}a=user/-/state/com.google/read", named(&read)),
                )
            }
        };
        let request = request
            .header(header::AUTHORIZATION, &self.auth)
            .header(header::HOST, "reader.example");
        Some(request.body(Body::from(body)))
    }

    /// Learns what a call answered.
    pub(super) fn read(&mut self, call: Call, answer: &str) {
        match call {
            Call::Unread => {
                let answer: Value = serde_json::from_str(answer).unwrap_or_default();
                let refs = answer["itemRefs"].as_array().into_iter().flatten();
                let ids = refs.filter_map(|one| one["id"].as_str().map(str::to_owned));
                self.unread = ids.collect();
                let new = self.unread.iter().filter(|id| !self.known.contains(*id));
                self.waiting = new.take(BATCH).cloned().collect();
            }
            Call::Contents => self.known.extend(std::mem::take(&mut self.waiting)),
            _ => {}
        }
    }
}
