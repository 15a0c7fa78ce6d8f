//! A client of the service: a browser that keeps cookies, or an API client with a token.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use axum::extract::ConnectInfo;
use dormouse::datastore::Cost;
use futures_util::StreamExt;
use http::{HeaderMap, Method, Request, header};
use serde_json::Value;
use tower::ServiceExt;

use super::app::TestApp;
use super::html::{self, Line, between, unescape};

/// A client.
#[derive(Debug)]
pub(crate) struct Client<'a> {
    pub(crate) app: &'a TestApp,
    cookies: Mutex<BTreeMap<String, String>>,
    token: Option<String>,
}

impl<'a> Client<'a> {
    /// A client without a session.
    pub(super) fn anonymous(app: &'a TestApp) -> Self {
        Self {
            app,
            cookies: Mutex::default(),
            token: None,
        }
    }

    /// An API client.
    pub(super) fn program(app: &'a TestApp, token: String) -> Self {
        Self {
            token: Some(token),
            ..Self::anonymous(app)
        }
    }

    /// The same browser at another instance over the same store.
    pub(crate) fn at<'b>(&self, app: &'b TestApp) -> Client<'b> {
        Client {
            app,
            cookies: Mutex::new(self.cookies()),
            token: self.token.clone(),
        }
    }

    /// Another window of the same browser, with a copy of its cookies.
    pub(crate) fn copy(&self) -> Self {
        Self {
            app: self.app,
            cookies: Mutex::new(self.cookies()),
            token: self.token.clone(),
        }
    }

    pub(crate) fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Begins a request.
    pub(crate) fn ask(&self, method: Method, path: &str) -> Ask<'_> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, self.app.host().parse().unwrap());
        Ask {
            client: self,
            method,
            path: path.to_owned(),
            headers,
            body: Vec::new(),
            peer: std::net::SocketAddr::from(([192, 0, 2, 7], 4_711)),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path).send().await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.ask(Method::POST, path).form(form).send().await
    }

    pub(crate) async fn post_json(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path).json(&body).send().await
    }

    /// Adds a feed through the form, and follows to its page. Returns the feed's id.
    pub(crate) async fn subscribes(&self, url: &str) -> String {
        self.subscribes_in(url, "").await
    }

    /// Adds a feed into a folder.
    pub(crate) async fn subscribes_in(&self, url: &str, folder: &str) -> String {
        let added = self.post("/add", &[("url", url), ("folder", folder)]).await;
        added.is(303);
        let feed = added.location().strip_prefix("/feed/").unwrap().to_owned();
        assert!(feed.parse::<u32>().is_ok(), "{feed}");
        feed
    }

    /// The titles of one page's list.
    pub(crate) async fn titles(&self, path: &str) -> Vec<String> {
        let lines = self.get(path).await.is(200).lines();
        lines.into_iter().map(|line| line.title).collect()
    }

    /// A whole list, page by page; no article comes twice.
    pub(crate) async fn whole_list(&self, path: &str) -> Vec<Line> {
        let mut all: Vec<Line> = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            let page = self.get(&path).await;
            for line in page.is(200).lines() {
                assert!(
                    all.iter().all(|known| known.id != line.id),
                    "{line:?} twice"
                );
                all.push(line);
            }
            next = page.next_page();
            assert!(all.len() < 10_000, "the list has no end");
        }
        all
    }

    /// The unread count shown on the Unread page.
    pub(crate) async fn unread(&self) -> usize {
        let page = self.get("/unread").await;
        let text = page.is(200).text();
        let sum = between(text, "<p class=\"list-sum\"", " unread").unwrap();
        let (_, sum) = sum.split_once('>').unwrap();
        sum.replace(',', "").parse().unwrap()
    }

    /// Searches a dead feed's site, and follows to what was found.
    pub(crate) async fn searches(&self, feed: &str) -> Answer {
        let sent = self.post(&format!("/feed/{feed}/replace"), &[]).await;
        self.get(sent.is(303).location()).await
    }

    /// Creates a token in the settings.
    pub(crate) async fn makes_token(&self) -> String {
        let name = [("name", "a test")];
        let mut made = self.post("/settings/tokens", &name).await;
        if made.is(303).location().starts_with("/confirm") {
            // The sign-in was a while ago.
            let form = [("password", super::app::PASSWORD), ("next", "/settings")];
            self.post("/confirm", &form).await.is(303);
            made = self.post("/settings/tokens", &name).await;
        }
        assert_eq!(made.is(303).location(), "/settings/apps?app=");
        let page = self.get("/settings/apps").await;
        let shown = html::attribute(page.is(200).text(), "id=\"new-token\"", "value");
        shown.unwrap()
    }
}

/// A request being built.
#[derive(Debug)]
#[must_use]
pub(crate) struct Ask<'c> {
    client: &'c Client<'c>,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
    peer: std::net::SocketAddr,
}

impl Ask<'_> {
    /// From another address.
    pub(crate) fn from(self, peer: std::net::SocketAddr) -> Self {
        Self { peer, ..self }
    }

    /// Without a header that it would have.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// With one more header of this name.
    pub(crate) fn and_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(name, value.parse().unwrap());
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub(crate) fn body(mut self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", kind)
    }

    pub(crate) fn form(self, form: &[(&str, &str)]) -> Self {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        self.body("application/x-www-form-urlencoded", body.finish())
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// A form with one file.
    pub(crate) fn file(self, field: &str, bytes: &[u8]) -> Self {
        let mut body = format!(
            "--frontier\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"list.opml\"\r\n\
             Content-Type: text/x-opml\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--frontier--\r\n");
        self.body("multipart/form-data; boundary=frontier", body)
    }

    /// Sends it, and waits for the whole response.
    pub(crate) async fn send(self) -> Answer {
        let Self {
            client,
            method,
            path,
            mut headers,
            body,
            peer,
        } = self;
        let cookies = client.cookies();
        if !cookies.is_empty() {
            let pairs: Vec<_> = cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            headers.insert(header::COOKIE, pairs.join("; ").parse().unwrap());
        }
        if let Some(token) = &client.token {
            // Another scheme is named with its token.
            let bearer = match token.contains(' ') {
                true => token.clone(),
                false => format!("Bearer {token}"),
            };
            headers
                .entry(header::AUTHORIZATION)
                .or_insert(bearer.parse().unwrap());
        }
        let mut request = Request::builder()
            .method(method.clone())
            .uri(&path)
            .body(Body::from(body))
            .unwrap();
        *request.headers_mut() = headers;
        request.extensions_mut().insert(ConnectInfo(peer));
        let lines = client.app.lines().await;
        let before = client.app.state.store.total_cost();
        let answered = client.app.router().oneshot(request).await;
        let (parts, body) = answered.unwrap().into_parts();
        let mut body = body.into_data_stream();
        let (mut bytes, mut is_whole) = (Vec::new(), true);
        while let Some(part) = body.next().await {
            match part {
                Ok(part) => bytes.extend_from_slice(&part),
                Err(_) => is_whole = false,
            }
        }
        let cost = client.app.state.store.total_cost() - before;
        if let Some(lines) = lines {
            let notes = client.app.notes(method.as_str(), &path, &lines);
            notes.await;
        }
        client.take_cookies(&parts.headers);
        Answer {
            asked: format!("{method} {path}"),
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: bytes,
            is_whole,
            cost,
        }
    }
}

impl Client<'_> {
    fn take_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for line in headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") || value.is_empty() {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    asked: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Whether it came to its end, and didn't break off.
    pub(crate) is_whole: bool,
    /// The store operations it cost.
    pub(crate) cost: Cost,
}

impl Answer {
    /// Fails unless the status is this.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        let text = String::from_utf8_lossy(&self.body);
        // The frame around the content is the same on all pages.
        let text = text.split_once("<main").map_or(&*text, |(_, main)| main);
        let text: String = text.chars().take(2_000).collect();
        assert_eq!(self.status, status, "{}: {text}", self.asked);
        self
    }

    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The text with character references resolved.
    #[track_caller]
    pub(crate) fn words(&self) -> String {
        unescape(self.text())
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        self.header("location").unwrap()
    }

    /// The status and error code of an API error.
    #[track_caller]
    pub(crate) fn error(&self) -> (u16, String) {
        let code = self.json()["error"]["code"].as_str().unwrap().to_owned();
        (self.status, code)
    }

    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Line> {
        html::lines(self.text())
    }

    /// The address of the list's next page.
    pub(crate) fn next_page(&self) -> Option<String> {
        html::attribute(self.text(), "id=\"next-page\"", "href")
    }

    /// The data of the page's form for marking everything as read.
    pub(crate) fn seen(&self) -> Option<String> {
        html::attribute(self.text(), "name=\"seen\"", "value")
    }
}
