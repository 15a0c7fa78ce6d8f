//! Rewrites what needs a script or another site to show, before the HTML is cleaned.
//!
//! Feeds are copies of pages: pictures wait for a script to load them, films are frames of another site, and what is meant for
//! readers without scripts stands beside it. Here each picture gets its real address, each frame becomes a card with a link,
//! and `<noscript>` is only its content. Nothing here is trusted: what comes out is cleaned like any other HTML.

mod frames;

use super::last_look;
use std::collections::HashSet;
use std::fmt::Write as _;

use super::srcset;
use crate::html::plain::escape;
use crate::html::tags::{Part, Tag, parts};

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

/// An open frame.
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
}

/// Whether an element is there to be loaded, and not to be seen.
fn is_hidden(attributes: &Attributes<'_>) -> bool {
    let style = value(attributes, "style")
        .unwrap_or_default()
        .to_ascii_lowercase()
        .replace(' ', "");
    let is_pixel = |name: &str| value(attributes, name).is_some_and(last_look::is_tiny);
    let mut rules = style.split(';').filter_map(|rule| rule.split_once(':'));
    let hides = rules.any(|(name, value)| {
        let value = value.trim_end_matches("!important");
        match name {
            "display" => value == "none",
            "visibility" => value == "hidden" || value == "collapse",
            "opacity" => value.parse::<f32>().is_ok_and(|opacity| opacity == 0.0),
            "width" | "height" | "max-width" | "max-height" => last_look::is_tiny(value),
            _ => false,
        }
    });
    hides || is_pixel("width") || is_pixel("height")
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
mod tests;
