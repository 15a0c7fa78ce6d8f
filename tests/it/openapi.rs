//! The API's document: no call is missing from it, and what is answered has the form that it says. The page that shows it, and the
//! tags of answers.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, FakeWeb, FeedText, Page, TestApp, at};

const VERBS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

async fn document(app: &TestApp) -> Value {
    app.stranger()
        .get("/api/v1/openapi.json")
        .await
        .is(200)
        .json()
}

/// Method and path of every call of the document.
fn calls(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let calls = paths.flat_map(|(path, item)| {
        let verbs = item.as_object().unwrap().keys();
        let verbs = verbs.filter(|verb| VERBS.contains(&verb.as_str()));
        verbs.map(|verb| (verb.to_uppercase(), path.clone()))
    });
    calls.collect()
}

#[tokio::test]
async fn the_document_has_every_call_and_no_other() {
    let app = TestApp::start().await;
    let document = document(&app).await;
    let mut routes = BTreeSet::new();
    for route in dormouse::web::routes() {
        if route.path.starts_with("/api/") {
            let path = route.path.replace("{*", "{");
            let methods = route.methods.split(", ");
            routes.extend(methods.map(|method| (method.to_owned(), path.clone())));
        }
    }
    assert!(routes.len() >= 20, "{routes:?}");
    assert_eq!(calls(&document), routes);
}

/// Every reference in a document.
fn references<'d>(value: &'d Value, into: &mut BTreeSet<&'d str>) {
    match value {
        Value::Object(all) => {
            into.extend(all.get("$ref").and_then(Value::as_str));
            all.values().for_each(|one| references(one, into));
        }
        Value::Array(all) => all.iter().for_each(|one| references(one, into)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_is_whole() {
    let app = TestApp::start().await;
    let document = document(&app).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let mut all = BTreeSet::new();
    references(&document, &mut all);
    assert!(all.len() > 10);
    for place in all {
        let pointer = place.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{place}");
    }
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            let call = format!("{verb} {path}");
            assert!(
                ids.insert(operation["operationId"].as_str().unwrap()),
                "{call}"
            );
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{call}");
            let is_open = path.ends_with("/openapi.json");
            let scope = operation["x-scope"].as_str();
            assert_eq!(scope.is_none(), is_open, "{call}");
            if let Some(scope) = scope {
                assert!(["read", "mark", "manage"].contains(&scope), "{call}");
                assert_eq!(operation["security"][0]["token"][0], scope, "{call}");
                assert_eq!(
                    scope == "read",
                    verb == "get" || path.ends_with("/sync"),
                    "{call}"
                );
            }
            // What it costs is known, as the tests of the budgets hold it.
            assert!(
                operation["x-operations"]["warm"]["reads"].is_u64(),
                "{call}"
            );
            let params = operation["parameters"].as_array();
            let named = params.into_iter().flatten();
            let named = named.filter(|param| param["in"] == "path").count();
            assert_eq!(named, path.matches('{').count(), "{call}");
        }
    }
}

/// A schema of the document in which nothing is allowed that it doesn't name.
fn strict(schema: &mut Value) {
    match schema {
        Value::Object(all) => {
            all.values_mut().for_each(strict);
            let is_object = all.contains_key("properties") && !all.contains_key("allOf");
            if is_object && !all.contains_key("additionalProperties") {
                all.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(all) => all.iter_mut().for_each(strict),
        _ => {}
    }
}

/// Judges answers by the document.
pub(crate) struct Judge {
    document: Value,
    seen: BTreeSet<(String, String)>,
}

impl Judge {
    pub(crate) async fn of(app: &TestApp) -> Self {
        let mut document = document(app).await;
        strict(&mut document["components"]["schemas"]);
        Self {
            document,
            seen: BTreeSet::new(),
        }
    }

    /// The path of the document that a request went to.
    fn path(&self, asked: &str) -> String {
        let asked: Vec<&str> = asked.split('?').next().unwrap().split('/').collect();
        let paths = self.document["paths"].as_object().unwrap().keys();
        let fits = |path: &&String| {
            let parts: Vec<&str> = path.split('/').collect();
            let same = |(one, other): (&&str, &&str)| one.starts_with('{') || one == other;
            parts.len() == asked.len() && parts.iter().zip(&asked).all(same)
        };
        // One without a parameter comes first.
        let all: Vec<&String> = paths.filter(fits).collect();
        let best = all.iter().min_by_key(|path| path.matches('{').count());
        best.unwrap_or_else(|| panic!("{asked:?}")).to_string()
    }

    /// Whether an answer has the form that the document gives for its status.
    pub(crate) fn judges(&mut self, method: &Method, asked: &str, answer: &Answer) {
        let path = self.path(asked);
        let verb = method.as_str().to_lowercase();
        let operation = &self.document["paths"][&path][&verb];
        let call = format!("{method} {asked}: {}", answer.status);
        let responses = operation["responses"].as_object().unwrap();
        let response = responses.get(&answer.status.to_string());
        let response = response.unwrap_or_else(|| panic!("{call} isn't in the document"));
        self.seen.insert((method.to_string(), path.clone()));
        let Some(content) = response["content"].as_object() else {
            return assert!(answer.body.is_empty(), "{call}");
        };
        let given = answer.header("content-type").unwrap_or_default();
        let given = given.split(';').next().unwrap_or_default();
        let content = content.get(given);
        let content = content.unwrap_or_else(|| panic!("{call} isn't to be {given}"));
        let body = match given.ends_with("json") {
            true => answer.json(),
            false => String::from_utf8_lossy(&answer.body).into(),
        };
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [content["schema"]],
            "components": self.document["components"],
        });
        let validator = jsonschema::validator_for(&schema).unwrap();
        let wrong: Vec<String> = validator
            .iter_errors(&body)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{call}: {wrong:#?}\n{body:#}");
    }

    /// Fails unless an answer of every call of the document was judged.
    pub(crate) fn has_seen_every_call(&self) {
        let all = calls(&self.document);
        let missed: Vec<_> = all.difference(&self.seen).collect();
        assert!(missed.is_empty(), "not judged: {missed:#?}");
    }

    pub(crate) async fn get(&mut self, who: &Client<'_>, path: &str) -> Answer {
        self.send(who, Method::GET, path, None).await
    }

    pub(crate) async fn send(
        &mut self,
        who: &Client<'_>,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let ask = who.ask(method.clone(), path);
        let answer = match body {
            Some(body) => ask.json(&body).send().await,
            None => ask.send().await,
        };
        self.judges(&method, path, &answer);
        answer
    }
}

#[tokio::test]
async fn answers_have_the_forms_that_the_document_says() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("News", 3, at(10, 0)).atom();
    let url = web.put("/f", Page::feed(text));
    let feed = ann.subscribes(&url).await;
    let program = app.program_of(&ann).await;
    let mut judge = Judge::of(&app).await;
    let one = format!("/api/v1/subscriptions/{feed}");
    let article = format!("{feed}-3");
    for path in [
        "/api/v1/subscriptions",
        &one,
        "/api/v1/articles?limit=2",
        &format!("/api/v1/articles/{article}"),
        "/api/v1/counts",
        "/api/v1/opml",
        "/api/v1/openapi.json",
        "/api/v1/search?q=news",
        "/api/v1/sync",
    ] {
        assert_eq!(judge.get(&program, path).await.status, 200, "{path}");
    }
    let links = r#"<link rel=alternate type="application/rss+xml" title=A href=/a><link rel=alternate type="application/rss+xml" title=B href=/b>"#;
    let several = web.put("/several", Page::html(links));
    for path in ["/a", "/b"] {
        web.put(path, Page::feed(FeedText::hourly(path, 1, at(9, 0)).rss()));
    }
    let all = "/api/v1/subscriptions";
    for (url, status) in [(&url, 200), (&web.url("/a"), 201), (&several, 409)] {
        let wanted = Some(json!({ "url": url, "folder": ["A"] }));
        let added = judge.send(&program, Method::POST, all, wanted).await;
        assert_eq!(added.status, status);
    }
    for (method, path, body, status) in [
        (
            Method::PATCH,
            one.clone(),
            json!({ "title": "Mine", "keep": 5 }),
            200,
        ),
        (Method::PATCH, one.clone(), json!({ "keep": 100_000 }), 422),
        (Method::POST, format!("{one}/refresh"), Value::Null, 200),
        (
            Method::POST,
            "/api/v1/marks".into(),
            json!({ "read": [article], "played": [{ "id": article, "at": 5 }] }),
            200,
        ),
        (
            Method::POST,
            "/api/v1/marks".into(),
            json!({ "read": ["x"] }),
            400,
        ),
        (
            Method::POST,
            format!("/api/v1/articles/{article}/open"),
            Value::Null,
            204,
        ),
        (
            Method::PUT,
            format!("/api/v1/stars/{article}"),
            Value::Null,
            204,
        ),
        (
            Method::PUT,
            format!("/api/v1/kept/{article}"),
            json!({ "tags": ["a"], "note": "n" }),
            204,
        ),
        (Method::GET, "/api/v1/stars".into(), Value::Null, 200),
        (Method::GET, "/api/v1/kept".into(), Value::Null, 200),
        (
            Method::GET,
            "/api/v1/articles?state=all".into(),
            Value::Null,
            200,
        ),
        (Method::GET, "/api/v1/sync".into(), Value::Null, 200),
        (
            Method::POST,
            "/api/v1/sync".into(),
            json!({ "limit": 1 }),
            200,
        ),
        (
            Method::DELETE,
            format!("/api/v1/kept/{article}"),
            Value::Null,
            204,
        ),
        (
            Method::DELETE,
            format!("/api/v1/stars/{article}"),
            Value::Null,
            204,
        ),
        (Method::DELETE, one.clone(), Value::Null, 204),
        (Method::GET, one.clone(), Value::Null, 404),
    ] {
        let body = (!body.is_null()).then_some(body);
        let answer = judge.send(&program, method.clone(), &path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.words());
    }
    let opml = "<opml><body><outline text='x' xmlUrl='https://x.example/f'/></body></opml>";
    let ask = program.ask(Method::POST, "/api/v1/opml");
    let imported = ask.body("text/x-opml", opml).send().await;
    judge.judges(&Method::POST, "/api/v1/opml", imported.is(200));
    for path in ["/api/v1/articles", "/api/v1/counts"] {
        let refused = app.program("dm_0").get(path).await;
        assert_eq!(refused.status, 401);
        judge.judges(&Method::GET, path, &refused);
    }
}

#[tokio::test]
async fn what_a_program_has_is_not_sent_again() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = web.put(
        "/f",
        Page::feed(FeedText::hourly("News", 3, at(10, 0)).atom()),
    );
    let feed = ann.subscribes(&url).await;
    let program = app.program_of(&ann).await;
    let mut count = 0;
    for route in dormouse::web::routes() {
        if !route.path.starts_with("/api/") || route.methods != "GET" {
            continue;
        }
        let path = route.path.replace("{feed}", &feed);
        let path = path.replace("{id}", &format!("{feed}-2"));
        let first = program.get(&path).await;
        if first.status != 200 {
            continue;
        }
        count += 1;
        let tag = first.header("etag").unwrap_or_else(|| panic!("{path}"));
        assert!(tag.starts_with("W/\""), "{path}: {tag}");
        let again = |tag: &str| {
            let ask = program.ask(Method::GET, &path);
            ask.header("if-none-match", tag).send()
        };
        let same = again(tag).await;
        assert_eq!((same.status, same.body.len()), (304, 0), "{path}");
        assert_eq!(same.header("etag"), Some(tag), "{path}");
        assert_eq!(again("W/\"other\"").await.status, 200, "{path}");
    }
    assert!(count >= 8, "{count}");
    // It is another one once something changed.
    let path = "/api/v1/articles";
    let before = program.get(path).await.header("etag").unwrap().to_owned();
    let marks = json!({ "read": [format!("{feed}-3")] });
    program.post_json("/api/v1/marks", marks).await.is(200);
    let ask = program.ask(Method::GET, path);
    let after = ask.header("if-none-match", &before).send().await;
    assert_eq!(
        after.is(200).json()["articles"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn the_page_shows_every_call_to_everybody() {
    let app = TestApp::start().await;
    let page = app.stranger().get("/api").await;
    let text = page.is(200).text().to_owned();
    for (method, path) in calls(&document(&app).await) {
        assert!(
            text.contains(&format!("{method} {path}")),
            "{method} {path}"
        );
    }
    assert!(text.contains("0 reads, 0 writes"), "what calls cost");
    assert_eq!(page.cost, dormouse::datastore::Cost::default());
}

/// What the document says of a number's bounds is what is taken.
#[tokio::test]
async fn a_limit_is_taken_within_its_bounds_alone() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let document = document(&app).await;
    let mut known = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let parameters = item["get"]["parameters"].as_array().into_iter().flatten();
        for one in parameters.filter(|one| one["name"] == "limit") {
            known += 1;
            let [least, most] = ["minimum", "maximum"].map(|end| one["schema"][end].as_u64());
            let (least, most) = (least.unwrap(), most.unwrap_or_else(|| panic!("{path}")));
            for (limit, status) in [(least, 200), (most, 200), (least - 1, 400), (most + 1, 400)] {
                let asked = program.get(&format!("{path}?q=a&limit={limit}")).await;
                assert_eq!(asked.status, status, "{path} {limit}");
            }
        }
    }
    assert!(known >= 5, "{known} limits");
}
