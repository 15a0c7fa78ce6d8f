use super::frames::MAX_CARDS;
use super::*;

fn of(html: &str) -> String {
    prepare(html).0
}

#[test]
fn lazy_pictures_get_their_real_source() {
    for (html, expected) in [
        (
            r#"<img src="blank.gif" data-src="/a.jpg" alt="x">"#,
            r#"<img src="/a.jpg" alt="x">"#,
        ),
        (r#"<img data-lazy-src='/a.jpg'>"#, r#"<img src="/a.jpg">"#),
        (
            r#"<img data-original="a.jpg" src="b.jpg">"#,
            r#"<img src="a.jpg">"#,
        ),
        (
            r#"<img data-srcset="/s.jpg 480w, /b.jpg 1200w" src="data:image/gif;base64,R0">"#,
            r#"<img src="/b.jpg">"#,
        ),
        (
            r#"<img srcset="/s.jpg 480w, /b.jpg 1200w">"#,
            r#"<img src="/b.jpg">"#,
        ),
        (
            r#"<img src="a.jpg" srcset="/b.jpg 1200w">"#,
            r#"<img src="a.jpg" srcset="/b.jpg 1200w">"#,
        ),
        (
            r#"<img data-src="{&quot;a&quot;:1}" src="a.jpg">"#,
            r#"<img data-src="{&quot;a&quot;:1}" src="a.jpg">"#,
        ),
        (
            r#"<picture><source data-srcset="/w.webp 2x"><img src="placeholder.png"></picture>"#,
            r#"<img src="/w.webp">"#,
        ),
        (
            r#"<picture><source srcset="/w.webp"></picture>"#,
            r#"<img src="/w.webp">"#,
        ),
        (
            r#"<picture><source srcset="/w.webp"><img src="a.jpg"></picture>"#,
            r#"<img src="a.jpg">"#,
        ),
        (
            r#"<amp-img src="a.jpg" width="3" layout="x"></amp-img>"#,
            r#"<img src="a.jpg" width="3">"#,
        ),
        (
            r#"<img src="blank.gif" data-src="/a.jpg"><noscript><img src="/a.jpg?w=1"></noscript>"#,
            r#"<img src="/a.jpg">"#,
        ),
        (
            r#"<noscript><img src="/a.jpg"></noscript><img src="blank.gif" data-src="/a.jpg">"#,
            r#"<img src="/a.jpg">"#,
        ),
        (r#"<noscript>a<p>b</p></noscript>"#, "a<p>b</p>"),
    ] {
        assert_eq!(of(html), expected, "{html}");
    }
}

#[test]
fn frames_leave_cards() {
    let youtube = r#"<a data-embed="youtube:abc" href="https://www.youtube.com/watch?v=abc">"#;
    for (html, expected) in [
        (
            r#"a<iframe src="//www.youtube.com/embed/abc" title="YouTube video player">x</iframe>b"#,
            format!("a{youtube}<span>YouTube</span></a>b"),
        ),
        (
            r#"<iframe data-src="https://www.youtube-nocookie.com/embed/abc" src="about:blank" title="A &amp; B"/>c"#,
            format!("{youtube}<b>A &amp; B</b> <span>YouTube</span></a>c"),
        ),
        (
            r#"<object><param name="movie" value="http://www.youtube.com/v/abc"><embed src="http://www.youtube.com/v/abc"></object>"#,
            format!("{youtube}<span>YouTube</span></a>"),
        ),
        (
            r#"<iframe src="https://bandcamp.com/EmbeddedPlayer/album=1/"><a href="https://x.bandcamp.com/album/y">Y by X</a></iframe>"#,
            r#"<a data-embed="bandcamp:album=1" href="https://x.bandcamp.com/album/y"><b>Y by X</b> <span>Bandcamp</span></a>"#.to_owned(),
        ),
        (r#"<iframe src="https://maps.example/e"></iframe>"#, r#"<a href="https://maps.example/e">maps.example</a>"#.to_owned()),
        (r#"<iframe src="/own/frame"></iframe>"#, r#"<a href="/own/frame">/own/frame</a>"#.to_owned()),
        (
            r#"<script src="https://gist.github.com/ann/1.js"></script>"#,
            r#"<a data-embed="page" href="https://gist.github.com/ann/1"><span>GitHub Gist</span></a>"#.to_owned(),
        ),
        (r#"<script>x</script><iframe></iframe><iframe src="javascript:x()"></iframe>"#, "<script>x</script>".to_owned()),
    ] {
        assert_eq!(of(html), expected, "{html}");
    }
    let many = of(&"<iframe src=//a.example>".repeat(1_000));
    assert!(many.len() < 40_000, "{} bytes", many.len());
    let many = of(&"<iframe src=//a.example></iframe>".repeat(1_000));
    assert_eq!(many.matches("<a ").count(), MAX_CARDS);
}

#[test]
fn nothing_takes_the_rest_of_the_article_with_it() {
    for html in [
        "<p>before</p><script>var h='<iframe src=\"https://ad.example/x\">';</script><p>after</p>",
        "<style>/* <iframe src=x> */</style><p>after</p>",
        "<textarea><iframe src=//x></textarea><p>after</p>",
        "<p>a</p><frame src=\"//x.example/a\"><p>after</p>",
        "<!--> <iframe src=\"https://www.youtube.com/embed/abc\"></iframe><p>after</p>",
        "<object data=x.svg><p>after</p>",
        "<object><p>after</p><img></object>",
        "<iframe src=//a.example><p>after</p>",
    ] {
        assert!(of(html).contains("<p>after</p>"), "{html}: {}", of(html));
    }
}

#[test]
fn a_picture_has_one_image_however_many_stand_in_it() {
    let address = format!("http://s.example/{}", "x".repeat(10_000));
    let html = format!(
        "<picture><source srcset=\"{address} 1x\">{}",
        "<img>".repeat(10_000)
    );
    assert!(
        of(&html).len() < 2 * html.len(),
        "{} bytes",
        of(&html).len()
    );
    // Programs that give pictures tell them apart by their queries.
    let html = "<noscript><img src=\"/i.php?id=1\"></noscript><img data-src=\"/i.php?id=2\">";
    assert_eq!(of(html).matches("<img").count(), 2);
}

#[test]
fn what_is_not_to_be_seen_leaves_nothing() {
    for html in [
        "<iframe src=\"https://www.googletagmanager.com/ns.html\"></iframe>",
        "<iframe src=//a.example width=1 height=1></iframe>",
        "<img src=//a.example/x style=\"display: none\">",
        "<script src=\"https://evil.example/gist.github.com/x.js\"></script>",
    ] {
        assert!(
            !of(html).contains("<a") && !of(html).contains("<img"),
            "{html}: {}",
            of(html)
        );
    }
}

#[test]
fn a_base_is_found_and_old_anchors_have_ids() {
    let (html, base) =
        prepare(r#"<base href="http://s.example/x/"><a name="n">1</a><a name=m id=o>2</a>"#);
    assert_eq!(base.as_deref(), Some("http://s.example/x/"));
    assert_eq!(html, r#"<a id="n" name="n">1</a><a name=m id=o>2</a>"#);
}
