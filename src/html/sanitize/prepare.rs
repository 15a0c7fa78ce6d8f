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
const LAZY: [&str; 16] = [
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-orig-src",
    "data-lazy",
    "data-img-src",
    "data-full-src",
    "data-hi-res-src",
    "data-actualsrc",
    "data-orig-file",
    "data-original-src",
    "data-lazyload",
    "data-echo",
    "data-image",
    "data-full-url",
    "data-url",
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
    // A frame that is never closed would take the rest of the article with it.
    let rest = page
        .frame
        .as_mut()
        .map(|frame| std::mem::take(&mut frame.inner));
    page.close_frame();
    page.out.push_str(&rest.unwrap_or_default());
    page.close_picture();
    let out = match (page.lang, page.dir) {
        (None, None) => page.out,
        (lang, dir) => {
            let attribute = |name: &str, value: Option<String>| {
                value.map_or(String::new(), |value| {
                    format!(" {name}=\"{}\"", escape(&value))
                })
            };
            format!(
                "<div{}{}>{}</div>",
                attribute("lang", lang),
                attribute("dir", dir),
                page.out
            )
        }
    };
    (out, page.base)
}

#[derive(Default)]
struct Page<'h> {
    out: String,
    base: Option<String>,
    /// What the page's outermost elements say about all of it.
    lang: Option<String>,
    dir: Option<String>,
    cards: usize,
    /// The addresses of the frames shown so far.
    framed: HashSet<String>,
    /// The open element whose content is raw text: it is copied as it is.
    raw: Option<&'h str>,
    /// How many elements of a formula's picture for the eye are open: its markup is there, too.
    twin: usize,
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
    /// Whether it waited for a script, or stands in `<noscript>`: then it may be shown twice.
    may_repeat: bool,
    /// What stands within it, as written.
    inner: String,
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
        if let Some(raw) = self.raw {
            let (Part::Text(whole) | Part::Tag(Tag { whole, .. })) = part;
            if matches!(part, Part::Tag(tag) if tag.closes && tag.is(raw)) {
                self.raw = None;
            }
            return self.out.push_str(whole);
        }
        if self.twin > 0 {
            if let Part::Tag(tag) = part
                && tag.is("span")
            {
                self.twin = if tag.closes {
                    self.twin - 1
                } else {
                    self.twin + 1
                };
            }
            return;
        }
        match part {
            Part::Text(text) => self.out.push_str(text),
            Part::Tag(tag) => self.tag(tag),
        }
    }

    fn tag(&mut self, tag: Tag<'h>) {
        match (tag.name.to_ascii_lowercase().as_str(), tag.closes) {
            ("noscript", closes) => self.in_noscript = !closes,
            ("html" | "body", false) => {
                let attributes = tag.attributes();
                let of = |name: &str| value(&attributes, name).map(str::to_owned);
                self.lang = of("lang").or(of("xml:lang")).or(self.lang.take());
                self.dir = of("dir").or(self.dir.take());
            }
            ("style" | "textarea" | "title" | "xmp" | "noembed" | "noframes", false) => {
                self.raw = Some(tag.name);
                self.out.push_str(tag.whole);
            }
            ("span", false) if tag.whole.contains("katex-html") => self.twin = 1,
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
                "iframe" | "object" | "embed" | "script" | "amp-iframe" | "amp-youtube"
                | "amp-vimeo" | "lite-youtube",
                false,
            ) => {
                self.open_frame(tag);
            }
            // What only the end of a frame could be is nothing outside one.
            (
                "iframe" | "object" | "embed" | "amp-iframe" | "amp-youtube" | "amp-vimeo"
                | "lite-youtube",
                true,
            ) => {}
            ("audio" | "video" | "source", false) => self.media(&tag),
            _ if tag.whole.contains("xml:lang=") => {
                self.out.push_str(&tag.whole.replace("xml:lang=", "lang="));
            }
            _ => self.out.push_str(tag.whole),
        }
    }

    /// A sound or a film that waits for a script gets its real source.
    fn media(&mut self, tag: &Tag<'_>) {
        let attributes = tag.attributes();
        let lazy = real_source(&attributes).filter(|_| value(&attributes, "src").is_none());
        let Some(source) = lazy else {
            return self.out.push_str(tag.whole);
        };
        let rest = &tag.whole[1 + tag.name.len()..];
        let _ = write!(self.out, "<{} src=\"{}\"{rest}", tag.name, escape(&source));
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
        if is_hidden(&attributes) {
            return;
        }
        // Once: a picture has one image.
        let within = self.picture.as_mut().and_then(|picture| {
            picture.has_image = true;
            picture.best.take()
        });
        // What is written counts, unless it only holds the picture's place.
        let shown = written
            .filter(|src| !is_placeholder(src))
            .map(str::to_owned);
        let set = || value(&attributes, "srcset").and_then(srcset::best);
        let source = lazy.or(shown).or_else(set).or(within);
        let Some(source) = source.or_else(|| written.map(str::to_owned)) else {
            return;
        };
        let is_as_written = written == Some(source.as_str()) && tag.is("img");
        let place = place_of(&source).to_owned();
        if self.in_noscript {
            if self.from_lazy.contains(&place) {
                return;
            }
            self.from_noscript.insert(place);
        } else if !is_as_written {
            if self.from_noscript.contains(&place) {
                return;
            }
            self.from_lazy.insert(place);
        }
        if is_as_written {
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
            let mut found = names.iter().filter_map(|name| value(&attributes, name));
            found.next().map(str::to_owned)
        };
        let lazy = of(&[
            "data-src",
            "data-lazy-src",
            "data-litespeed-src",
            "data-cookieblock-src",
            "data-url",
        ]);
        let may_repeat = self.in_noscript || lazy.is_some();
        let written = of(&["src", "data"])
            .filter(|src| !src.starts_with("about:") && !src.starts_with("data:"));
        let by_id = |site: &str| of(&["data-videoid", "videoid"]).map(|id| format!("{site}{id}"));
        let address = match tag.name.to_ascii_lowercase().as_str() {
            "amp-youtube" | "lite-youtube" => by_id("https://www.youtube.com/embed/"),
            "amp-vimeo" => by_id("https://player.vimeo.com/video/"),
            _ => lazy.or(written),
        };
        let parsed = address
            .as_deref()
            .and_then(|address| Url::parse(&with_scheme(address)).ok());
        if tag.is("script") && parsed.as_ref().and_then(embeds::gist).is_none() {
            // Scripts are dropped with their content by the cleaner.
            self.raw = Some(tag.name);
            self.out.push_str(tag.whole);
            return;
        }
        // What shows nothing leaves nothing behind.
        let is_seen =
            |src: &String| !is_hidden(&attributes) && !src.contains("googletagmanager.com/");
        let is_alone = tag.is("embed") || tag.whole.ends_with("/>");
        self.frame = Some(Frame {
            name: tag.name,
            address: address.filter(is_seen),
            title: of(&["title"]),
            picture: of(&["data-picture"]),
            link: None,
            link_text: String::new(),
            in_link: false,
            may_repeat,
            inner: String::new(),
        });
        if is_alone {
            self.close_frame();
        }
    }

    /// What stands within a frame is for browsers without frames, but may name the page that it shows.
    fn within_frame(&mut self, part: Part<'h>) {
        let Some(frame) = &mut self.frame else { return };
        let (Part::Text(whole) | Part::Tag(Tag { whole, .. })) = part;
        if !matches!(part, Part::Tag(tag) if tag.closes && tag.is(frame.name)) {
            frame.inner.push_str(whole);
        }
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
        let address = frame.address.as_deref().map(with_scheme);
        let parsed = address
            .as_deref()
            .and_then(|address| Url::parse(address).ok());
        let found = parsed.as_ref().and_then(|url| {
            let is_script = frame.name.eq_ignore_ascii_case("script");
            embeds::gist(url).or_else(|| embeds::of_address(url).filter(|_| !is_script))
        });
        // An object that nobody knows shows its content instead.
        if frame.name.eq_ignore_ascii_case("object")
            && found.as_ref().is_none_or(|embed| embed.site.is_none())
        {
            self.out.push_str(&frame.inner);
        }
        let is_first = address
            .as_ref()
            .is_none_or(|address| self.framed.insert(address.clone()));
        if self.cards >= MAX_CARDS || (frame.may_repeat && !is_first) {
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

/// An address with the scheme that it leaves to its page.
fn with_scheme(address: &str) -> String {
    match address.strip_prefix("//") {
        Some(rest) => format!("https://{rest}"),
        None => address.to_owned(),
    }
}

/// Whether an element is there to be loaded, and not to be seen.
fn is_hidden(attributes: &Attributes<'_>) -> bool {
    let style = value(attributes, "style")
        .unwrap_or_default()
        .to_ascii_lowercase()
        .replace(' ', "");
    let is_pixel = |name: &str| {
        value(attributes, name).is_some_and(|size| matches!(size.trim_end_matches("px"), "1"))
    };
    style.contains("display:none")
        || style.contains("visibility:hidden")
        || (is_pixel("width") && is_pixel("height"))
}

/// What tells one picture from another: the file, or the whole address where no file is named.
fn place_of(address: &str) -> &str {
    const FILES: [&str; 6] = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"];
    let path = without_query(address);
    let lower = path.to_ascii_lowercase();
    if FILES.iter().any(|ending| lower.ends_with(ending)) {
        path
    } else {
        address
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
}
