//! Rewrites what needs a script or another site to show, before the HTML is cleaned.
//!
//! Feeds are copies of pages: pictures wait for a script to load them, films are frames of another site, and what is meant for
//! readers without scripts stands beside it. Here each picture gets its real address, each frame becomes a card with a link,
//! and `<noscript>` is only its content. Nothing here is trusted: what comes out is cleaned like any other HTML.

use std::collections::HashSet;
use std::fmt::Write as _;

use url::Url;

use super::srcset;
use crate::html::embeds::{self, Embed};
use crate::html::plain::escape;
use crate::html::tags::{Part, Tag, parts};

/// Most frames that become cards: a card is much longer than the shortest frame.
const MAX_CARDS: usize = 200;

/// Attributes that hold a lazy picture's real address, likeliest first.
const LAZY: [&str; 9] = [
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-orig-src",
    "data-lazy",
    "data-img-src",
    "data-full-src",
    "data-hi-res-src",
    "data-actualsrc",
];

/// The same for several sizes.
const LAZY_SETS: [&str; 2] = ["data-srcset", "data-lazy-srcset"];

/// The rewritten HTML, and the base that it declares itself.
pub(super) fn prepare(html: &str) -> (String, Option<String>) {
    let mut page = Page {
        out: String::with_capacity(html.len()),
        ..Page::default()
    };
    for part in parts(html) {
        page.part(part);
    }
    page.close_frame();
    page.close_picture();
    (page.out, page.base)
}

#[derive(Default)]
struct Page<'h> {
    out: String,
    base: Option<String>,
    cards: usize,
    /// Whether a `<noscript>` is open, and the pictures that such elements have shown.
    in_noscript: bool,
    from_noscript: HashSet<String>,
    /// Lazy pictures that have been given their source.
    from_lazy: HashSet<String>,
    /// The sources of the open `<picture>`.
    picture: Option<Picture>,
    /// The open frame, object or script, whose content isn't HTML or is only a substitute.
    frame: Option<Frame<'h>>,
}

#[derive(Default)]
struct Picture {
    best: Option<String>,
    has_image: bool,
}

struct Frame<'h> {
    /// The element that ends it.
    name: &'h str,
    address: Option<String>,
    title: Option<String>,
    picture: Option<String>,
    /// A link within it: some players name the page that they play.
    link: Option<String>,
    link_text: String,
    in_link: bool,
}

type Attributes<'h> = Vec<(&'h str, std::borrow::Cow<'h, str>)>;

/// The value of an attribute that has one.
fn value<'v>(attributes: &'v Attributes<'_>, name: &str) -> Option<&'v str> {
    let found = attributes
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    found
        .map(|(_, value)| value.trim())
        .filter(|value| !value.is_empty())
}

impl<'h> Page<'h> {
    fn part(&mut self, part: Part<'h>) {
        if self.frame.is_some() {
            return self.within_frame(part);
        }
        match part {
            Part::Text(text) => self.out.push_str(text),
            Part::Tag(tag) => self.tag(tag),
        }
    }

    fn tag(&mut self, tag: Tag<'h>) {
        match (tag.name.to_ascii_lowercase().as_str(), tag.closes) {
            ("noscript", closes) => self.in_noscript = !closes,
            ("base", false) => {
                let attributes = tag.attributes();
                let href = value(&attributes, "href").map(str::to_owned);
                self.base = self.base.take().or(href);
            }
            ("picture", false) => {
                self.close_picture();
                self.picture = Some(Picture::default());
            }
            ("picture", true) => self.close_picture(),
            ("source", _) if self.picture.is_some() => self.source(&tag.attributes()),
            ("img" | "amp-img" | "amp-anim", false) => self.image(&tag),
            ("amp-img" | "amp-anim", true) => {}
            ("amp-audio", _) => self.renamed(&tag, "audio"),
            ("amp-video", _) => self.renamed(&tag, "video"),
            ("a", false) => self.anchor(&tag),
            (
                "iframe" | "frame" | "object" | "embed" | "script" | "amp-iframe" | "amp-youtube"
                | "amp-vimeo",
                false,
            ) => {
                self.open_frame(tag);
            }
            // What only the end of a frame could be is nothing outside one.
            ("iframe" | "object" | "embed" | "amp-iframe" | "amp-youtube" | "amp-vimeo", true) => {}
            _ => self.out.push_str(tag.whole),
        }
    }

    fn renamed(&mut self, tag: &Tag<'_>, name: &str) {
        let (before, after) = if tag.closes {
            ("</", ">")
        } else {
            ("<", &tag.whole[1 + tag.name.len()..])
        };
        self.out.extend([before, name, after]);
    }

    /// An old page's `<a name>` is what its fragments lead to.
    fn anchor(&mut self, tag: &Tag<'_>) {
        let attributes = tag.attributes();
        match value(&attributes, "name") {
            Some(name) if value(&attributes, "id").is_none() => {
                let rest = &tag.whole[1 + tag.name.len()..];
                // Writing to a string cannot fail.
                let _ = write!(self.out, "<a id=\"{}\"{rest}", escape(name));
            }
            _ => self.out.push_str(tag.whole),
        }
    }

    fn source(&mut self, attributes: &Attributes<'_>) {
        let set = LAZY_SETS
            .iter()
            .chain(&["srcset"])
            .find_map(|name| value(attributes, name));
        let best = set.and_then(srcset::best);
        if let Some(picture) = &mut self.picture {
            picture.best = picture.best.take().or(best);
        }
    }

    fn close_picture(&mut self) {
        if let Some(Picture {
            best: Some(best),
            has_image: false,
        }) = self.picture.take()
        {
            let _ = write!(self.out, "<img src=\"{}\">", escape(&best));
        }
    }

    fn image(&mut self, tag: &Tag<'_>) {
        let attributes = tag.attributes();
        let written = value(&attributes, "src");
        let lazy = real_source(&attributes);
        let within = self.picture.as_mut().and_then(|picture| {
            picture.has_image = true;
            picture.best.clone()
        });
        // What is written counts, unless it only holds the picture's place.
        let shown = written
            .filter(|src| !is_placeholder(src))
            .map(str::to_owned);
        let set = || value(&attributes, "srcset").and_then(srcset::best);
        let source = lazy.clone().or(shown).or_else(set).or(within);
        let Some(source) = source.or_else(|| written.map(str::to_owned)) else {
            return;
        };
        let place = without_query(&source);
        if self.in_noscript {
            if self.from_lazy.contains(place) {
                return;
            }
            self.from_noscript.insert(place.to_owned());
        } else if written != Some(source.as_str()) {
            if self.from_noscript.contains(place) {
                return;
            }
            self.from_lazy.insert(place.to_owned());
        }
        if written == Some(source.as_str()) && tag.is("img") {
            self.out.push_str(tag.whole);
            return;
        }
        let _ = write!(self.out, "<img src=\"{}\"", escape(&source));
        for (name, value) in &attributes {
            let is_kept = ["alt", "title", "width", "height", "id"]
                .iter()
                .any(|kept| name.eq_ignore_ascii_case(kept));
            if is_kept {
                let _ = write!(
                    self.out,
                    " {}=\"{}\"",
                    name.to_ascii_lowercase(),
                    escape(value)
                );
            }
        }
        self.out.push('>');
    }

    fn open_frame(&mut self, tag: Tag<'h>) {
        let attributes = tag.attributes();
        let of = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| value(&attributes, name))
                .map(str::to_owned)
        };
        let lazy = of(&[
            "data-src",
            "data-lazy-src",
            "data-litespeed-src",
            "data-cookieblock-src",
            "data-url",
        ]);
        let written = of(&["src", "data"])
            .filter(|src| !src.starts_with("about:") && !src.starts_with("data:"));
        let address = match tag.name.to_ascii_lowercase().as_str() {
            "amp-youtube" => {
                of(&["data-videoid"]).map(|id| format!("https://www.youtube.com/embed/{id}"))
            }
            "amp-vimeo" => {
                of(&["data-videoid"]).map(|id| format!("https://player.vimeo.com/video/{id}"))
            }
            _ => lazy.or(written),
        };
        let is_script = tag.is("script");
        let is_gist = || {
            address
                .as_deref()
                .is_some_and(|src| src.contains("gist.github.com/"))
        };
        if is_script && !is_gist() {
            // Scripts are dropped with their content by the cleaner.
            self.out.push_str(tag.whole);
            return;
        }
        let is_alone = tag.is("embed") || tag.whole.ends_with("/>");
        self.frame = Some(Frame {
            name: tag.name,
            address,
            title: of(&["title"]).or_else(|| of(&["name"]).filter(|_| false)),
            picture: of(&["data-picture"]),
            link: None,
            link_text: String::new(),
            in_link: false,
        });
        if is_alone {
            self.close_frame();
        }
    }

    /// What stands within a frame is for browsers without frames, but may name the page that it shows.
    fn within_frame(&mut self, part: Part<'h>) {
        let Some(frame) = &mut self.frame else { return };
        match part {
            Part::Tag(tag) if tag.closes && tag.is(frame.name) => self.close_frame(),
            Part::Tag(tag) if tag.is("a") => {
                frame.in_link = !tag.closes;
                if !tag.closes && frame.link.is_none() {
                    frame.link = value(&tag.attributes(), "href").map(str::to_owned);
                }
            }
            Part::Tag(tag) if frame.address.is_none() && !tag.closes => {
                let attributes = tag.attributes();
                let is_movie = value(&attributes, "name")
                    .is_some_and(|name| name.eq_ignore_ascii_case("movie"));
                let named = match () {
                    () if tag.is("embed") || tag.is("iframe") => value(&attributes, "src"),
                    () if tag.is("param") && is_movie => value(&attributes, "value"),
                    () => None,
                };
                frame.address = named.map(str::to_owned);
            }
            Part::Text(text) if frame.in_link && frame.link_text.len() < 200 => {
                frame.link_text.push_str(text)
            }
            _ => {}
        }
    }

    fn close_frame(&mut self) {
        let Some(frame) = self.frame.take() else {
            return;
        };
        let address = frame
            .address
            .as_deref()
            .map(|address| match address.strip_prefix("//") {
                Some(rest) => format!("https://{rest}"),
                None => address.to_owned(),
            });
        let parsed = address
            .as_deref()
            .and_then(|address| Url::parse(address).ok());
        let found = parsed
            .as_ref()
            .and_then(|url| embeds::gist(url).or_else(|| embeds::of_address(url)));
        let is_script = frame.name.eq_ignore_ascii_case("script");
        if self.cards >= MAX_CARDS || (is_script && found.is_none()) {
            return;
        }
        self.cards += 1;
        match (found, address) {
            (Some(embed), _) => push_card(&mut self.out, &embed, &frame),
            // Relative: the cleaner knows the base.
            (None, Some(address)) if parsed.is_none() => {
                let text = frame.title.as_deref().unwrap_or(&address);
                let _ = write!(
                    self.out,
                    "<a href=\"{}\">{}</a>",
                    escape(&address),
                    escape(text)
                );
            }
            _ => {}
        }
    }
}

fn push_card(out: &mut String, embed: &Embed, frame: &Frame<'_>) {
    let of_site = embed.site.unwrap_or_default();
    let named_page = frame
        .link
        .as_deref()
        .filter(|_| embed.site == Some("Bandcamp"));
    let page = named_page.unwrap_or(embed.page.as_str());
    let linked = named_page.map(|_| frame.link_text.trim());
    let title = frame
        .title
        .as_deref()
        .or(linked)
        .filter(|title| !is_generic(title, of_site));
    if embed.site.is_none() {
        let text = title.or(embed.page.host_str()).unwrap_or_default();
        let _ = write!(out, "<a href=\"{}\">{}</a>", escape(page), escape(text));
        return;
    }
    let key = embed.key.as_deref().unwrap_or("page");
    let _ = write!(
        out,
        "<a data-embed=\"{}\" href=\"{}\">",
        escape(key),
        escape(page)
    );
    if let Some(picture) = &frame.picture {
        let _ = write!(out, "<img src=\"{}\" alt=\"\">", escape(picture));
    }
    if let Some(title) = title {
        let _ = write!(out, "<b>{}</b> ", escape(title));
    }
    let _ = write!(out, "<span>{of_site}</span></a>");
}

/// Whether a frame's title says only what the site calls its player.
fn is_generic(title: &str, site: &str) -> bool {
    const GENERIC: [&str; 8] = [
        "video player",
        "embedded",
        "player",
        "youtube video",
        "embed",
        "iframe",
        "content from",
        "widget",
    ];
    let lower = title.to_lowercase();
    let bare = lower.replace(&site.to_lowercase(), "");
    let words = bare.split_whitespace().count();
    words == 0 || (words <= 3 && GENERIC.iter().any(|words| lower.contains(words)))
}

/// The real address of a picture that waits for a script.
fn real_source(attributes: &Attributes<'_>) -> Option<String> {
    let single = LAZY.iter().filter_map(|name| value(attributes, name));
    let mut single = single.filter(|address| is_address(address));
    let set = || {
        LAZY_SETS
            .iter()
            .find_map(|name| srcset::best(value(attributes, name)?))
    };
    single.next().map(str::to_owned).or_else(set)
}

/// Whether a value may be an address: some scripts put ids or JSON into the same attributes.
fn is_address(value: &str) -> bool {
    value.contains(['/', '.'])
        && !value.starts_with(['{', '['])
        && !value.contains(char::is_whitespace)
        && !value.starts_with("data:")
}

/// Whether a source only holds a lazy picture's place.
fn is_placeholder(src: &str) -> bool {
    const NAMES: [&str; 9] = [
        "blank.gif",
        "placeholder",
        "spacer.gif",
        "transparent.",
        "lazy.",
        "lazy-load",
        "lazyload",
        "loading.",
        "grey.gif",
    ];
    if let Some(data) = src.strip_prefix("data:") {
        // Real inline pictures are larger than one that shows nothing.
        return data.starts_with("image/svg") || data.len() < 200;
    }
    let file = without_query(src)
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    NAMES.iter().any(|name| file.contains(name))
}

fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or(address)
}

#[cfg(test)]
mod tests {
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
        assert!(many.len() < 20_000, "{} bytes", many.len());
        let many = of(&"<iframe src=//a.example></iframe>".repeat(1_000));
        assert_eq!(many.matches("<a ").count(), MAX_CARDS);
    }

    #[test]
    fn a_base_is_found_and_old_anchors_have_ids() {
        let (html, base) =
            prepare(r#"<base href="http://s.example/x/"><a name="n">1</a><a name=m id=o>2</a>"#);
        assert_eq!(base.as_deref(), Some("http://s.example/x/"));
        assert_eq!(html, r#"<a id="n" name="n">1</a><a name=m id=o>2</a>"#);
    }
}
