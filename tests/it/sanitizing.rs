//! Sanitized markup at every output: page, fragment, API, export.

use dormouse::articles::{FullText, store as articles};
use dormouse::ids::ArticleId;
use http::Method;

use crate::support::{FakeWeb, FeedText, Page, TestApp, at};

/// A text stored by an earlier version: markup that today's rules remove, and markup that they keep.
const OLDER: &str =
    r#"<p>kept <a href="javascript:alert(1)">link</a></p><img src="data:text/html,x">"#;

#[tokio::test]
async fn a_text_of_older_rules_is_cleaned_again_at_every_door() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = web.put(
        "/f",
        Page::feed(FeedText::hourly("News", 1, at(10, 0)).atom()),
    );
    let feed = ann.subscribes(&url).await;
    let id: ArticleId = format!("{feed}-1").parse().unwrap();
    for with_full_text in [false, true] {
        let stored = articles::get_version(&app.state.store, id).await.unwrap();
        let (mut article, version) = stored.unwrap();
        (article.body.html, article.body.sanitizer) = (OLDER.to_owned(), 2);
        article.body.full = with_full_text.then(|| FullText {
            html: OLDER.to_owned(),
            sanitizer: 2,
            ..FullText::default()
        });
        let put = articles::put_over(&article, version).unwrap();
        app.state.store.commit(vec![put]).await.unwrap();
        // A star copies the article as stored.
        for change in ["unstar", "star"] {
            ann.post(&format!("/article/{id}/{change}"), &[])
                .await
                .is(303);
        }

        let page = ann
            .get(&format!("/article/{id}"))
            .await
            .is(200)
            .text()
            .to_owned();
        let part = ann.ask(Method::GET, &format!("/article/{id}"));
        let part = part
            .header("x-fragment", "article")
            .send()
            .await
            .is(200)
            .text()
            .to_owned();
        let program = app.program_of(&ann).await;
        let api = program
            .get(&format!("/api/v1/articles/{id}"))
            .await
            .is(200)
            .text()
            .to_owned();
        let export = ann
            .get("/export/starred.json")
            .await
            .is(200)
            .text()
            .to_owned();
        for (policy, text) in [
            ("page", page),
            ("fragment", part),
            ("api", api),
            ("export", export),
        ] {
            assert!(text.contains("kept"), "{policy}: {text}");
            assert!(!text.contains("javascript:"), "{policy}: {text}");
            assert!(!text.contains("data:text"), "{policy}: {text}");
        }
    }
}
