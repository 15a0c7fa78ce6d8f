//! How answers are packed: by zstd where the client takes it, and nothing twice.

use std::io::Read;

use crate::support::{Answer, Client, FakeWeb, FeedText, Page, TestApp, at};

/// What Chrome, Firefox and Safari send today, and a program.
const BROWSERS: [(&str, &str); 5] = [
    ("gzip, deflate, br, zstd", "zstd"),
    ("gzip, deflate, br", "br"),
    ("gzip;q=1.0, zstd;q=0", "gzip"),
    ("gzip", "gzip"),
    ("identity", ""),
];

async fn get(client: &Client<'_>, path: &str, accepts: &str) -> Answer {
    let ask = client.ask(http::Method::GET, path);
    ask.header("accept-encoding", accepts).send().await
}

fn unpacked(answer: &Answer) -> Vec<u8> {
    let mut bytes = Vec::new();
    match answer.header("content-encoding").unwrap_or_default() {
        "zstd" => bytes = zstd::decode_all(answer.body.as_slice()).unwrap(),
        "br" => {
            let mut reader = brotli::Decompressor::new(answer.body.as_slice(), 4_096);
            reader.read_to_end(&mut bytes).unwrap();
        }
        "gzip" => {
            let mut reader = flate2::read::GzDecoder::new(answer.body.as_slice());
            reader.read_to_end(&mut bytes).unwrap();
        }
        "" => bytes.clone_from(&answer.body),
        other => panic!("{other}"),
    }
    bytes
}

#[tokio::test]
async fn pages_and_static_files_are_packed_as_the_client_likes_it() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let web = FakeWeb::start();
    let text = FeedText::hourly("News", 40, at(11, 0)).rss();
    ann.subscribes(&web.put("/f", Page::feed(text))).await;
    let page = ann.get("/unread").await;
    let hash = page.text().split("href=\"/static/").nth(1).unwrap();
    let css = format!("/static/{}/app.css", hash.split('/').next().unwrap());
    let scripts = css.replace("app.css", "js/main.js");
    for path in ["/unread", "/feeds", &css, &scripts] {
        let plain = get(&ann, path, "identity").await.is(200).body.clone();
        for (accepts, packing) in BROWSERS {
            let answer = get(&ann, path, accepts).await;
            answer.is(200);
            // What is shorter than a packet isn't worth it.
            if plain.len() > 1_000 {
                assert_eq!(
                    answer.header("content-encoding").unwrap_or_default(),
                    packing,
                    "{path} for {accepts}"
                );
                let varies = answer.header("vary").unwrap_or_default();
                assert!(varies.contains("accept-encoding"), "{path}: {varies}");
            }
            assert_eq!(unpacked(&answer).len(), plain.len(), "{path} for {accepts}");
        }
    }
    // Better than on the fly: they were packed once, at the highest level.
    let sheet = get(&ann, &css, "br").await;
    assert!(
        sheet.body.len() * 4 < unpacked(&sheet).len(),
        "{}",
        sheet.body.len()
    );
}

#[tokio::test]
async fn pictures_and_backups_are_not_packed_again() {
    let app = TestApp::on_disk_with(&[("IMAGES", "proxy")]).await;
    let ann = app.reader("ann").await;
    let web = FakeWeb::start();
    let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 20_000]].concat();
    let picture = web.put("/p.png", Page::of("image/png", png.clone()));
    let text = format!(
        "<rss><channel><title>F</title><item><title>A</title><guid>1</guid><description>&lt;img src='{picture}'&gt;</description></item></channel></rss>"
    );
    let feed = ann.subscribes(&web.put("/f", Page::feed(text))).await;
    let page = ann.get(&format!("/article/{feed}-1")).await;
    let ours = page.text().split("src=\"/image/").nth(1).unwrap();
    let ours = format!("/image/{}", ours.split('"').next().unwrap());
    for path in [ours.as_str(), "/admin/backup"] {
        let answer = get(&ann, path, "gzip, br, zstd").await;
        assert_eq!(answer.is(200).header("content-encoding"), None, "{path}");
    }
}
