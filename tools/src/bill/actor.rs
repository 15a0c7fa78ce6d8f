//! A simulated reader's browser: its state and the requests it sends.

use axum::body::Body;
use dormouse::tooling::ids::FeedId;
use dormouse::tooling::random::Random;
use http::{Request, header};

use super::phone::Phone;
use super::readers::What;

/// One reader with their browser's state.
pub(super) struct Actor {
    pub(super) cookie: String,
    pub(super) feeds: Vec<FeedId>,
    /// The article ids of the list last loaded; `seen` is the value of its form field.
    pub(super) list: Vec<String>,
    pub(super) seen: String,
    /// The path of the feed of what they have open to others; empty for nothing.
    pub(super) shared: String,
    /// The articles that their device has with their texts; `None` if it takes none along.
    pub(super) pack: Option<Vec<String>>,
    /// Their phone, if its app reads here.
    pub(super) phone: Option<Phone>,
}

/// How many of the newest unread articles a device takes along.
const PACK: u32 = 50;
/// Content type of a submitted form.
const FORM: &str = "application/x-www-form-urlencoded";

impl Actor {
    /// The request for an action; `None` if the list has no article at that position.
    pub(super) fn request(
        &self,
        what: What,
        random: &Random,
    ) -> Option<http::Result<Request<Body>>> {
        let at = |place: u32| self.list.get(place as usize);
        let (request, body) = match what {
            What::Unread => (Request::get("/unread"), String::new()),
            What::Icon(n) => {
                let feed = self.feeds.get(n as usize)?;
                (Request::get(format!("/feed/{feed}/icon")), String::new())
            }
            What::Open(place) => {
                let request = Request::get(format!("/article/{}?in=unread", at(place)?));
                (request.header("x-fragment", "article"), String::new())
            }
            What::Mark(place) => {
                let (id, batch) = (at(place)?, random.hex::<8>());
                let request = Request::post("/marks");
                (
                    request.header(header::CONTENT_TYPE, "application/json"),
                    format!("{{\"batch\":\"{batch}\",\"read\":[\"{id}\"]}}"),
                )
            }
            What::Play(place, second) => {
                let (id, batch) = (at(place)?, random.hex::<8>());
                let request = Request::post("/marks");
                let played = format!("{{\"id\":\"{id}\",\"at\":{second},\"speed\":120}}");
                (
                    request.header(header::CONTENT_TYPE, "application/json"),
                    format!("{{\"batch\":\"{batch}\",\"played\":[{played}]}}"),
                )
            }
            What::Star(place) => {
                let request = Request::post(format!("/article/{}/star", at(place)?));
                (request.header(header::CONTENT_TYPE, FORM), String::new())
            }
            What::Tag(place) => {
                let request = Request::post(format!("/article/{}/tags", at(place)?));
                let request = request.header(header::CONTENT_TYPE, FORM);
                (request, "tags=later".to_owned())
            }
            What::MarkPage => {
                let request = Request::post("/mark-all").header(header::CONTENT_TYPE, FORM);
                (request, format!("seen={}&what=all", self.seen))
            }
            What::Edition => (Request::get("/edition"), String::new()),
            What::EditionText => (Request::get("/edition/read"), String::new()),
            What::Search => (Request::get("/search?q=because"), String::new()),
            What::Rule => {
                let request = Request::post("/rules").header(header::CONTENT_TYPE, FORM);
                let rule = "what.0=title&how.0=words&text.0=sponsored&read=1&do=save";
                (request, rule.to_owned())
            }
            What::Insights => (Request::get("/insights"), String::new()),
            What::Journal => (Request::get("/journal"), String::new()),
            What::Share => {
                let request = Request::post("/settings/shared");
                let request = request.header(header::CONTENT_TYPE, FORM);
                (request, "what=starred".to_owned())
            }
            What::Address => (Request::get("/settings/shared"), String::new()),
            What::Follow if self.shared.is_empty() => return None,
            What::Follow => {
                let request = Request::get(&self.shared).header(header::HOST, "reader.example");
                return Some(request.body(Body::empty()));
            }
            What::Pack => {
                let have = self.pack.as_ref()?;
                let request = Request::post("/pack");
                let body = serde_json::json!({ "most": PACK, "have": have });
                (
                    request.header(header::CONTENT_TYPE, "application/json"),
                    body.to_string(),
                )
            }
            What::Pulse => (Request::post("/pulse"), String::new()),
            What::Phone(call) => return self.phone.as_ref()?.request(call, &self.feeds),
        };
        let request = request
            .header(header::COOKIE, &self.cookie)
            .header(header::HOST, "reader.example");
        Some(request.body(Body::from(body)))
    }

    /// Remembers where what they have open is found.
    pub(super) fn read_address(&mut self, page: &str) {
        let path = page.split_once("reader.example/s/");
        let token = path.and_then(|(_, rest)| rest.split_once('"'));
        self.shared = token.map_or_else(String::new, |(token, _)| format!("/s/{token}.atom"));
    }

    /// Remembers which articles the device has.
    pub(super) fn read_pack(&mut self, answer: &str) {
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap_or_default();
        let ids = answer["ids"].as_array().into_iter().flatten();
        self.pack = Some(ids.filter_map(|id| Some(id.as_str()?.to_owned())).collect());
    }

    /// Remembers a list page's article ids and its `seen` form field.
    pub(super) fn read_page(&mut self, page: &str) {
        let ids = page.split("data-id=\"").skip(1);
        let ids = ids.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()));
        self.list = ids.collect();
        let seen = page.split_once("name=\"seen\" value=\"");
        let seen = seen.and_then(|(_, rest)| rest.split_once('"'));
        self.seen = seen.map(|(seen, _)| seen.to_owned()).unwrap_or_default();
    }
}
