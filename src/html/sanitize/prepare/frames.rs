//! Frames, objects and scripts of other sites, as cards and links.

use std::fmt::Write as _;

use url::Url;

use super::{Frame, Page, is_hidden, value};
use crate::html::embeds::{self, Embed};
use crate::html::plain::escape;
use crate::html::tags::{Part, Tag};

/// Most frames that become cards: a card is much longer than the shortest frame.
pub(super) const MAX_CARDS: usize = 200;

impl<'h> Page<'h> {
    pub(super) fn open_frame(&mut self, tag: Tag<'h>) {
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
    pub(super) fn within_frame(&mut self, part: Part<'h>) {
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

    pub(super) fn close_frame(&mut self) {
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
