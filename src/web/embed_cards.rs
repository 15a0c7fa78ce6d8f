//! The cards of films and songs that other sites play: pressed, one becomes the site's player, in a frame; without
//! scripts it leads there. Nothing is asked of the site before.
//!
//! The cleaner leaves `<a data-embed="site:id" href="page">picture, title, site</a>`. What no player of ours could play
//! stays that link.

use std::fmt::Write;

use crate::html::embeds::player;
use crate::html::plain::escape;
use crate::html::tags::{Part, Tag, parts};
use crate::web::assets::assets;
use crate::web::words::{language, msg, t};

/// A cleaned text with its cards. `length` is the episode's, in seconds: it is that of a film if there is only one.
pub(super) fn with_cards(html: String, length: Option<u32>) -> String {
    if !html.contains(" data-embed=\"") {
        return html;
    }
    let length = length.filter(|_| html.matches(" data-embed=\"").count() == 1);
    let mut out = String::with_capacity(html.len() * 2);
    let mut open: Option<(Tag<'_>, String)> = None;
    for part in parts(&html) {
        match (part, &mut open) {
            (Part::Tag(tag), None) if tag.is("a") && tag.whole.contains(" data-embed=\"") => {
                open = Some((tag, String::new()));
            }
            (Part::Tag(tag), Some((link, inside))) if tag.is("a") && tag.closes => {
                match Card::of(link, inside) {
                    Some(card) => card.write(length, &mut out),
                    None => {
                        // It opens in a tab of its own.
                        let (begin, rest) = link.whole.split_at(2);
                        let is_blank = rest.contains(" target=\"");
                        let target = if is_blank { "" } else { " target=\"_blank\"" };
                        let _ = write!(out, "{begin}{target}{rest}{inside}</a>");
                    }
                }
                open = None;
            }
            (Part::Tag(tag), Some((_, inside))) => inside.push_str(tag.whole),
            (Part::Text(text), Some((_, inside))) => inside.push_str(text),
            (Part::Tag(tag), None) => out.push_str(tag.whole),
            (Part::Text(text), None) => out.push_str(text),
        }
    }
    if let Some((link, inside)) = open {
        out.push_str(link.whole);
        out.push_str(&inside);
    }
    out
}

/// What a card says: all of it clean HTML but the addresses.
struct Card<'h> {
    frame: url::Url,
    page: String,
    is_video: bool,
    picture: &'h str,
    title: &'h str,
    site: &'h str,
}

impl<'h> Card<'h> {
    /// `None` for what isn't one of ours, or has no player.
    fn of(link: &Tag<'_>, inside: &'h str) -> Option<Self> {
        let attributes = link.attributes();
        let of = |name: &str| {
            let found = attributes.iter().find(|(known, _)| *known == name);
            found.map_or("", |(_, value)| value.as_ref())
        };
        let (key, page) = (of("data-embed"), of("href"));
        let frame = player(key, page)?;
        let (before, site) = inside.split_once("<span>")?;
        let site = site.strip_suffix("</span>")?;
        let (picture, title) = match before.split_once("<b>") {
            Some((picture, title)) => (picture, title.trim_end().strip_suffix("</b>")?),
            None => (before, ""),
        };
        if title.contains('<') {
            return None;
        }
        Some(Self {
            frame,
            page: page.to_owned(),
            is_video: key.starts_with("youtube:") || key.starts_with("vimeo:"),
            picture: picture.trim(),
            title: title.trim(),
            site,
        })
    }

    fn write(&self, length: Option<u32>, out: &mut String) {
        let (frame, page) = (escape(self.frame.as_str()), escape(&self.page));
        let name = if self.title.is_empty() {
            self.site
        } else {
            self.title
        };
        let away = "target=\"_blank\" rel=\"noopener noreferrer\"";
        let lang = language().tag();
        let said = match self.is_video {
            true => msg("media-video-on"),
            false => msg("media-audio-on"),
        };
        let host = self.frame.host_str().unwrap_or_default();
        let host = host.strip_prefix("www.").unwrap_or(host);
        let said = said.text("site", self.site).text("host", host);
        // The title's quotes are references already, as the cleaner writes text; those of an attribute needn't be.
        let name = name.replace('"', "&quot;");
        let press = msg("media-play").text("title", name.as_str());
        let _ = write!(
            out,
            "<span class=\"embed\" data-frame=\"{frame}\" data-name=\"{name}\">\
             <a class=\"embed-press\" href=\"{page}\" {away} aria-label=\"{press}\">{}\
             <span class=\"embed-play\"><svg class=\"icon\" aria-hidden=\"true\"><use href=\"{}#play\"></use></svg></span>",
            self.picture,
            assets().icons
        );
        if let Some(length) = length {
            let _ = write!(out, "<span class=\"embed-length\">{}</span>", clock(length));
        }
        out.push_str("</a><span class=\"embed-words\">");
        if !self.title.is_empty() {
            let _ = write!(out, "<b dir=\"auto\">{}</b>", self.title);
        }
        let _ = write!(
            out,
            "<span lang=\"{lang}\">{said} <a href=\"{page}\" {away}>{}</a></span></span></span>",
            t("media-open-there")
        );
    }
}

/// A length as players show it: `12:40`, `1:02:03`.
fn clock(seconds: u32) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILM: &str = r#"<p><a data-embed="youtube:abc" href="https://www.youtube.com/watch?v=abc" rel="noopener"><img src="https://x.test/p.png" alt=""><b>A &lt;walk&gt; "home"</b> <span>YouTube</span></a></p>"#;

    #[test]
    fn a_film_has_a_frame_that_isnt_there_yet() {
        let card = with_cards(FILM.to_owned(), Some(760));
        for part in [
            "data-frame=\"https://www.youtube-nocookie.com/embed/abc?autoplay=1\"",
            "href=\"https://www.youtube.com/watch?v=abc\" target=\"_blank\"",
            "<img src=\"https://x.test/p.png\" alt=\"\">",
            "<b dir=\"auto\">A &lt;walk&gt; \"home\"</b>",
            "data-name=\"A &lt;walk&gt; &quot;home&quot;\"",
            ">12:40</span>",
            "youtube-nocookie.com",
        ] {
            assert!(card.contains(part), "{part} isn’t in {card}");
        }
        assert!(
            !card.contains("<iframe") && !card.contains("data-embed"),
            "{card}"
        );
        assert!(
            card.starts_with("<p><span") && card.ends_with("</span></p>"),
            "{card}"
        );
        let two = with_cards(FILM.repeat(2), Some(760));
        assert!(!two.contains("12:40"), "of which film is unknown");
    }

    #[test]
    fn what_we_cannot_play_opens_in_a_tab() {
        let gist = r#"<a data-embed="page" href="https://gist.github.com/a/1"><span>GitHub Gist</span></a>"#;
        let expected = gist.replace("<a ", "<a target=\"_blank\" ");
        assert_eq!(with_cards(gist.to_owned(), None), expected);
        // A publisher’s own.
        let odd = r#"<a data-embed="youtube:abc" href="https://x.test/"><i>x</i></a>"#;
        assert!(!with_cards(odd.to_owned(), None).contains("data-frame"));
        let open = "<p>a</p><a data-embed=\"youtube:abc\" href=\"x\">b";
        assert_eq!(with_cards(open.to_owned(), None), open);
    }

    #[test]
    fn lengths_are_as_players_show_them() {
        assert_eq!([5, 760, 3_723].map(clock), ["0:05", "12:40", "1:02:03"]);
    }
}
