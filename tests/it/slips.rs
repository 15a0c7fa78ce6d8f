//! Malformed feeds: one small document per kind of defect, fetched over HTTP, with the reason shown on the feed's page.

use serde_json::Value;

use crate::support::{Client, FakeWeb, Page, TestApp};

/// A document, and the expected result.
struct Slip {
    name: &'static str,
    /// The content type that the server sends.
    kind: &'static str,
    document: Vec<u8>,
    /// The first article's title.
    title: &'static str,
    /// Words of the automatic-fix notice on the feed's page; empty if nothing was fixed.
    mended: &'static str,
}

fn slip(
    name: &'static str,
    document: impl Into<Vec<u8>>,
    title: &'static str,
    mended: &'static str,
) -> Slip {
    Slip {
        name,
        kind: "application/rss+xml",
        document: document.into(),
        title,
        mended,
    }
}

/// An RSS document of one item with this content.
fn item(inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>\
         <title>Feed</title><link>http://s.example/</link><item>{inside}</item></channel></rss>"
    )
}

fn labelled(label: &str, title: &[u8]) -> Vec<u8> {
    let head = format!(
        "<?xml version=\"1.0\" encoding=\"{label}\"?><rss version=\"2.0\"><channel><title>Feed</title><item><title>"
    );
    [head.as_bytes(), title, b"</title></item></channel></rss>"].concat()
}

fn utf_16(text: &str, mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff_u16);
    mark.into_iter()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect()
}

fn slips() -> Vec<Slip> {
    let good = "<title>Café</title>";
    let typed = |kind| Slip {
        kind,
        ..slip(kind, item(good), "Café", "isn’t a feed’s type")
    };
    vec![
        slip("in order", item(good), "Café", ""),
        slip(
            "Latin 1, declared",
            labelled("iso-8859-1", b"Caf\xe9"),
            "Café",
            "",
        ),
        slip(
            "Cyrillic, declared",
            labelled("windows-1251", b"\xcc\xe8\xf0"),
            "Мир",
            "",
        ),
        slip(
            "Japanese, declared",
            labelled("shift_jis", b"\x93\xfa\x96\x7b"),
            "日本",
            "",
        ),
        slip(
            "declared wrongly",
            labelled("iso-8859-1", "Café".as_bytes()),
            "Café",
            "read as UTF-8",
        ),
        slip(
            "declared by no known name",
            labelled("x-unheard-of", "Café".as_bytes()),
            "Café",
            "names an encoding that doesn’t exist; its text was read as UTF-8",
        ),
        slip(
            "undeclared",
            item("<title>Caf\u{1}</title>")
                .replace('\u{1}', "X")
                .into_bytes()
                .iter()
                .map(|&b| if b == b'X' { 0xe9 } else { b })
                .collect::<Vec<_>>(),
            "Café",
            "read as windows-1252",
        ),
        slip(
            "windows-1252 taken for Latin 1",
            item("<title>don\u{92}t</title>"),
            "don’t",
            "read as windows-1252",
        ),
        slip("UTF-16 with a mark", utf_16(&item(good), true), "Café", ""),
        slip("UTF-16 without one", utf_16(&item(good), false), "Café", ""),
        slip("a mark", format!("\u{feff}{}", item(good)), "Café", ""),
        slip(
            "two marks and an empty line",
            format!("\u{feff}\u{feff}\n{}", item(good)),
            "Café",
            "text before the beginning",
        ),
        slip(
            "an empty line",
            format!("\n{}", item(good)),
            "Café",
            "text before the beginning",
        ),
        slip(
            "junk at the beginning",
            format!("Warning: x in y.php on line 3\n{}", item(good)),
            "Café",
            "text before the beginning",
        ),
        slip(
            "control characters",
            item("<title>Ca\u{8}f\u{1b}é</title>"),
            "Café",
            "control characters were left out",
        ),
        slip(
            "control characters by number",
            item("<title>Ca&#8;f&#x1b;é</title>"),
            "Café",
            "control characters were left out",
        ),
        slip(
            "a stray ampersand",
            item("<title>Salt & Pepper</title>"),
            "Salt & Pepper",
            "should be written “&amp;amp;”",
        ),
        slip(
            "an ampersand in a link",
            item("<title>Café</title><link>http://s.example/?a=1&b=2</link>"),
            "Café",
            "should be written “&amp;amp;”",
        ),
        slip(
            "an entity of HTML's",
            item("<title>Caf&eacute;</title>"),
            "Café",
            "an entity that the document doesn’t declare",
        ),
        slip(
            "an entity of nobody's",
            item("<title>Caf&bogus;</title>"),
            "Caf&bogus;",
            "an entity that the document doesn’t declare",
        ),
        slip(
            "an entity of its own",
            item("<title>&own;</title>")
                .replace("<rss", "<!DOCTYPE rss [<!ENTITY own \"Café\">]><rss"),
            "Café",
            "",
        ),
        typed("text/html"),
        typed("text/plain"),
        typed("application/octet-stream"),
        slip(
            "HTML in a title",
            item("<title>One &lt;b&gt;two&lt;/b&gt; &amp;amp; three</title>"),
            "One two & three",
            "",
        ),
        slip(
            "CDATA in a title",
            item("<title><![CDATA[One <i>two</i> &amp; three]]></title>"),
            "One two & three",
            "",
        ),
        slip(
            "an element never closed",
            "<rss version='2.0'><channel><title>Feed</title><item><title>Café<item><title>B</title></item></channel></rss>",
            "Café",
            "never closed",
        ),
        slip(
            "broken off",
            "<rss version='2.0'><channel><title>Feed</title><item><title>Café</title></item><item><title>B</ti",
            "Café",
            "breaks off",
        ),
        slip(
            "an impossible date",
            item("<title>Café</title><pubDate>Mon, 31 Feb 2026 25:00:00 GMT</pubDate>"),
            "Café",
            "date that can’t be understood",
        ),
        slip("no date", item(good), "Café", ""),
        slip(
            "Dublin Core alone",
            item("<dc:title>Café</dc:title><dc:creator>Ann</dc:creator>"),
            "Café",
            "",
        ),
        slip(
            "RSS of no version",
            item(good).replace("<rss version=\"2.0\"", "<rss"),
            "Café",
            "or one that doesn’t exist",
        ),
        slip(
            "RSS of a version that isn't",
            item(good).replace("<rss version=\"2.0\"", "<rss version=\"2.00\""),
            "Café",
            "or one that doesn’t exist",
        ),
        slip(
            "Atom of nobody's",
            "<feed xmlns='http://s.example/atom'><title>Feed</title><entry><id>1</id><title>Café</title></entry></feed>",
            "Café",
            "or one that doesn’t exist",
        ),
        slip(
            "JSON Feed 1.0",
            r#"{"version":"https://jsonfeed.org/version/1","title":"Feed","author":{"name":"Ann"},"items":[{"id":"1","title":"Café"}]}"#,
            "Café",
            "",
        ),
        slip(
            "JSON Feed 1.1",
            r#"{"version":"https://jsonfeed.org/version/1.1","title":"Feed","authors":[{"name":"Ann"}],"items":[{"id":"1","title":"Café"}]}"#,
            "Café",
            "",
        ),
        slip(
            "JSON Feed with slips",
            r#"{"version":"http://jsonfeed.org/version/1","title":"Feed","items":[{"id":1,"title":"Café"}]}"#,
            "Café",
            "unknown version or ids",
        ),
        slip(
            "a byte 0 behind JSON",
            "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"Feed\",\"items\":[{\"id\":\"1\",\"title\":\"Café\"}]}\0",
            "Café",
            "control characters were left out",
        ),
    ]
}

#[tokio::test]
async fn each_slip_is_mended_and_the_reason_shown() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for (index, slip) in slips().into_iter().enumerate() {
        let page = Page::of(slip.kind, slip.document);
        let feed = ann.subscribes(&web.put(&format!("/{index}"), page)).await;
        let titles = ann.titles(&format!("/feed/{feed}")).await;
        assert_eq!(
            titles.first().map(String::as_str),
            Some(slip.title),
            "{}",
            slip.name
        );
        let page = ann.get(&format!("/feed/{feed}/settings")).await;
        let page = page.is(200).text().to_owned();
        let (_, mended) = page
            .split_once("<dt>Fixed automatically</dt>")
            .unwrap_or_default();
        let mended = mended.split("</ul>").next().unwrap_or_default();
        let mended = mended.replace("&#38;", "&amp;").replace("&#39;", "'");
        // It is shown as a sentence.
        let mended = mended.to_lowercase();
        assert!(
            mended.contains(&slip.mended.to_lowercase()),
            "{}: {mended}",
            slip.name
        );
        assert_eq!(
            mended.is_empty(),
            slip.mended.is_empty(),
            "{}: {mended}",
            slip.name
        );
    }
    app.is_sound().await;
}

/// The first article of a feed, from the API.
async fn first(app: &TestApp, ann: &Client<'_>, web: &FakeWeb, document: &str) -> Value {
    let feed = ann
        .subscribes(&web.put(
            &format!("/{}/feed.xml", document.len()),
            Page::feed(document),
        ))
        .await;
    let page = ann.get(&format!("/feed/{feed}")).await;
    let id = page.lines()[0].id.clone();
    let program = app.program_of(ann).await;
    program.get(&format!("/api/v1/articles/{id}")).await.json()
}

#[tokio::test]
async fn a_podcast_keeps_its_sound_its_picture_and_its_text() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let document = r#"<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/">
        <channel><title>Cast</title><itunes:image href="http://s.example/cast.jpg"/><item><title>Episode</title>
        <itunes:author>Ann</itunes:author><itunes:summary>What was said</itunes:summary><itunes:duration>12:30</itunes:duration>
        <enclosure url="http://s.example/one.mp3" length="5000000" type="audio/mpeg"/>
        <media:group><media:content url="http://s.example/one.mp4" type="video/mp4" medium="video"/>
        <media:thumbnail url="http://s.example/one.jpg"/></media:group></item></channel></rss>"#;
    let article = first(&app, &ann, &web, document).await;
    assert_eq!(article["author"], "Ann");
    assert!(
        article["content"]
            .as_str()
            .unwrap()
            .contains("What was said"),
        "{article}"
    );
    let page = ann
        .get(&format!("/article/{}", article["id"].as_str().unwrap()))
        .await;
    let text = page.is(200).text();
    for shown in [
        r#"<audio controls preload="none" src="http://s.example/one.mp3""#,
        r#"<video controls preload="none" src="http://s.example/one.mp4""#,
        "http://s.example/one.jpg",
    ] {
        assert!(text.contains(shown), "{shown} is missing in {text}");
    }
}

#[tokio::test]
async fn the_links_of_threads_are_not_the_articles() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    // RFC 4685: what it replies to, and where its replies are.
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"><title>T</title>
        <entry><id>urn:2</id><title>An answer</title>
        <thr:in-reply-to ref="urn:1" type="text/html" href="http://o.example/question"/>
        <link rel="replies" type="application/atom+xml" href="http://s.example/2/replies.atom" thr:count="3"/>
        <link rel="related" href="http://o.example/related"/><link rel="self" href="http://s.example/2.atom"/>
        <link rel="edit" href="http://s.example/2/edit"/><link href="http://s.example/2"/><thr:total>3</thr:total></entry></feed>"#;
    let article = first(&app, &ann, &web, atom).await;
    assert_eq!(
        (&article["link"], &article["title"]),
        (&"http://s.example/2".into(), &"An answer".into())
    );
    let rss = r#"<rss version="2.0" xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
        <channel><title>T</title><item><title>A post</title><link>http://s.example/3</link><comments>http://s.example/3#comments</comments>
        <wfw:commentRss>http://s.example/3/feed</wfw:commentRss><slash:comments>7</slash:comments></item></channel></rss>"#;
    let article = first(&app, &ann, &web, rss).await;
    assert_eq!(
        (&article["link"], &article["title"]),
        (&"http://s.example/3".into(), &"A post".into())
    );
}

#[tokio::test]
async fn relative_links_are_resolved_where_they_stand() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://s.example/blog/"><title>T</title><entry xml:base="2026/">
        <id>urn:1</id><title>One</title><link href="one"/>
        <content type="html">&lt;a href="more"&gt;m&lt;/a&gt;&lt;img src="/p.png"&gt;</content></entry></feed>"#;
    let article = first(&app, &ann, &web, atom).await;
    assert_eq!(article["link"], "http://s.example/blog/2026/one");
    let html = article["content"].as_str().unwrap();
    assert!(
        html.contains("\"http://s.example/blog/2026/more\"")
            && html.contains("\"http://s.example/p.png\""),
        "{html}"
    );
    let rss = r#"<rss version="2.0"><channel><title>T</title><item><title>Two</title><link>two</link>
        <description>&lt;a href="more"&gt;m&lt;/a&gt;</description></item></channel></rss>"#;
    let article = first(&app, &ann, &web, rss).await;
    let folder = web.url(&format!("/{}/", rss.len()));
    assert_eq!(article["link"], format!("{folder}two"));
    let html = article["content"].as_str().unwrap();
    assert!(html.contains(&format!("{folder}more")), "{html}");
}

#[tokio::test]
async fn dates_are_read_in_a_dozen_spellings() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let spellings = [
        "Sun, 01 Mar 2026 10:15:00 GMT",
        "Sun, 1 Mar 26 10:15 +0000",
        "1 Mar 2026 11:15:00 +0100",
        "Sun, 01 Mar 2026 05:15:00 EST",
        "Sunday, 1 March 2026 10:15:00 GMT",
        "Mar 1, 2026 10:15 AM",
        "Sun Mar  1 10:15:00 2026",
        "01-Mar-2026 10:15:00",
        "2026-03-01T10:15:00Z",
        "2026-03-01T10:15:00.000+00:00",
        "2026-03-01T11:15+0100",
        "2026-03-01 10:15:00",
        "20260301T101500Z",
    ];
    let items = spellings
        .map(|date| format!("<item><title>{date}</title><pubDate>{date}</pubDate></item>"));
    let rss = format!(
        "<rss version='2.0'><channel><title>T</title>{}</channel></rss>",
        items.concat()
    );
    let feed = ann.subscribes(&web.put("/dates", Page::feed(rss))).await;
    let program = app.program_of(&ann).await;
    let list = program
        .get(&format!("/api/v1/articles?state=all&limit=50&feed={feed}"))
        .await
        .json();
    let articles = list["articles"].as_array().unwrap();
    assert_eq!(articles.len(), spellings.len());
    for article in articles {
        assert_eq!(article["published"], "2026-03-01T10:15:00Z", "{article}");
    }
}
