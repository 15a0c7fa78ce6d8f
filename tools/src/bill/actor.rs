//! What a made-up reader's browser knows, and what it asks for.

use axum::body::Body;
use dormouse::tooling::ids::FeedId;
use dormouse::tooling::random::Chance;
use http::{Request, header};

use super::readers::What;

/// One reader and his browser.
pub(super) struct Actor {
    pub(super) cookie: String,
    pub(super) feeds: Vec<FeedId>,
    /// The list that he looks at: articles, and what its form says.
    pub(super) list: Vec<String>,
    pub(super) seen: String,
}

/// What a browser's form is sent as.
const FORM: &str = "application/x-www-form-urlencoded";

impl Actor {
    /// The request that a deed is; `None` where it has nothing to be done to.
    pub(super) fn asks(&self, what: What, chance: &Chance) -> Option<http::Result<Request<Body>>> {
        let at = |place: u32| self.list.get(place as usize);
        let (request, body) = match what {
            What::Unread => (Request::get("/unread"), String::new()),
            What::Icon(n) => {
                let feed = self.feeds.get(n as usize)?;
                (Request::get(format!("/icon/{feed}")), String::new())
            }
            What::Open(place) => {
                let request = Request::get(format!("/article/{}?in=unread", at(place)?));
                (request.header("x-fragment", "article"), String::new())
            }
            What::Mark(place) => {
                let (id, batch) = (at(place)?, chance.hex::<8>());
                let request = Request::post("/marks");
                (
                    request.header(header::CONTENT_TYPE, "application/json"),
                    format!("{{\"batch\":\"{batch}\",\"read\":[\"{id}\"]}}"),
                )
            }
            What::Star(place) => {
                let request = Request::post(format!("/article/{}/star", at(place)?));
                (request.header(header::CONTENT_TYPE, FORM), String::new())
            }
            What::MarkPage => {
                let request = Request::post("/mark-all").header(header::CONTENT_TYPE, FORM);
                (request, format!("seen={}&what=all", self.seen))
            }
            What::Pulse => (Request::post("/pulse"), String::new()),
        };
        let request = request
            .header(header::COOKIE, &self.cookie)
            .header(header::HOST, "reader.example");
        Some(request.body(Body::from(body)))
    }

    /// Takes in a list's page: its articles, and what its form says.
    pub(super) fn looks_at(&mut self, page: &str) {
        let ids = page.split("data-id=\"").skip(1);
        let ids = ids.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()));
        self.list = ids.collect();
        let seen = page.split_once("name=\"seen\" value=\"");
        let seen = seen.and_then(|(_, rest)| rest.split_once('"'));
        self.seen = seen.map(|(seen, _)| seen.to_owned()).unwrap_or_default();
    }
}
