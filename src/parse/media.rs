//! The files of an entry: which are attachments, and which is its picture.

use std::collections::HashSet;

use url::Url;

use super::Enclosure;
use crate::html::tags::{self, Part};

/// How an entry names a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// As an attachment, or as media.
    File,
    /// As a small picture for lists.
    Thumbnail,
    /// As the picture of a podcast's episode, or of the whole entry.
    Cover,
}

/// A file of an entry as the document names it.
#[derive(Clone, Debug)]
pub(super) struct Media {
    pub(super) role: Role,
    /// Absolute, http or https.
    pub(super) url: String,
    /// The type as declared; empty if it isn't.
    pub(super) mime: String,
    /// The kind as declared: `image`, `audio`, `video`, `document`, `executable`; empty if it isn't.
    pub(super) medium: String,
    /// In pixels; 0 if it isn't said.
    pub(super) width: u32,
    /// In pixels; 0 if it isn't said.
    pub(super) height: u32,
    pub(super) length: Option<u64>,
}

/// Widest thumbnail that is worth its transfer, in pixels.
const MAX_THUMBNAIL_WIDTH: u32 = 1_280;

/// Types by the ending of the address.
const ENDINGS: &[(&str, &str)] = &[
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("m4b", "audio/mp4"),
    ("aac", "audio/aac"),
    ("oga", "audio/ogg"),
    ("ogg", "audio/ogg"),
    ("opus", "audio/ogg"),
    ("flac", "audio/flac"),
    ("wav", "audio/wav"),
    ("weba", "audio/webm"),
    ("mp4", "video/mp4"),
    ("m4v", "video/mp4"),
    ("mov", "video/quicktime"),
    ("webm", "video/webm"),
    ("ogv", "video/ogg"),
    ("mkv", "video/x-matroska"),
    ("avi", "video/x-msvideo"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("svg", "image/svg+xml"),
    ("pdf", "application/pdf"),
    ("epub", "application/epub+zip"),
    ("zip", "application/zip"),
    ("torrent", "application/x-bittorrent"),
];

impl Media {
    /// The type: as declared, otherwise by the medium and the ending, otherwise by the ending alone.
    fn kind(&self) -> Option<String> {
        let declared = self.mime.trim().to_ascii_lowercase();
        if declared.contains('/') && declared != "application/octet-stream" {
            return Some(self.mime.trim().to_owned());
        }
        let by_ending = by_ending(&self.url);
        let by_medium = match self.medium.to_ascii_lowercase().as_str() {
            "image" => Some(("image/", "image/jpeg")),
            "audio" => Some(("audio/", "audio/mpeg")),
            "video" => Some(("video/", "video/mp4")),
            _ => None,
        };
        let found = match by_medium {
            Some((family, usual)) => by_ending
                .filter(|kind| kind.starts_with(family))
                .or(Some(usual)),
            None => by_ending,
        };
        found
            .map(str::to_owned)
            .or_else(|| Some(self.mime.trim().to_owned()).filter(|mime| !mime.is_empty()))
    }

    fn is_picture(&self) -> bool {
        self.role != Role::File || self.kind().is_some_and(|kind| kind.starts_with("image/"))
    }

    /// Whether a picture shows nothing of the article: a person's avatar, a pixel that counts readers.
    fn is_decoration(&self) -> bool {
        let is_pixel = |size: u32| size == 1;
        let lower = self.url.to_ascii_lowercase();
        let address = lower.split(['?', '#']).next().unwrap_or_default();
        let file = address.rsplit('/').next().unwrap_or_default();
        is_pixel(self.width)
            || is_pixel(self.height)
            || lower.contains("gravatar.com/")
            || address.contains("/avatar/")
            || address.contains("/avatars/")
            || ["avatar", "pixel.", "blank.gif", "spacer.", "1x1"]
                .iter()
                .any(|name| file.starts_with(name))
    }

    /// YouTube's films as Flash, which nothing can play.
    fn is_dead(&self) -> bool {
        self.mime
            .trim()
            .eq_ignore_ascii_case("application/x-shockwave-flash")
            && Url::parse(&self.url)
                .is_ok_and(|url| url.host_str().is_some_and(|host| host.contains("youtube")))
    }
}

/// A file's type by the ending of its address.
pub fn by_ending(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let (_, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
    let (_, kind) = ENDINGS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(ending))?;
    Some(kind)
}

/// The attachments among an entry's files, each address once. A picture is one only if it is declared as such and isn't in
/// the text already. `base` is what the text's addresses are relative to.
pub(super) fn attachments(media: &[Media], text: &str, base: Option<&Url>) -> Vec<Enclosure> {
    let mut found: Vec<Enclosure> = Vec::new();
    let mut in_text = None;
    for file in media
        .iter()
        .filter(|file| file.role == Role::File && !file.is_dead())
    {
        let kind = file.kind();
        if let Some(known) = found.iter_mut().find(|known| known.url == file.url) {
            known.mime = known.mime.take().or(kind);
            known.length = known.length.or(file.length);
            continue;
        }
        if file.is_picture() {
            let is_declared = file.mime.trim().to_ascii_lowercase().starts_with("image/");
            let in_text = in_text.get_or_insert_with(|| pictures_in(text, base));
            if !is_declared || file.is_decoration() || in_text.contains(without_scheme(&file.url)) {
                continue;
            }
        }
        found.push(Enclosure {
            url: file.url.clone(),
            mime: kind,
            length: file.length,
        });
    }
    found
}

/// The pictures that a text shows, without their schemes.
fn pictures_in(text: &str, base: Option<&Url>) -> HashSet<String> {
    let images = tags::parts(text).filter_map(|part| match part {
        Part::Tag(tag) if tag.is("img") || tag.is("amp-img") => Some(tag),
        _ => None,
    });
    let sources = images.flat_map(|tag| {
        let named = tag.attributes().into_iter();
        let named = named.filter(|(name, _)| name.to_ascii_lowercase().contains("src"));
        named
            .map(|(_, value)| value.into_owned())
            .collect::<Vec<_>>()
    });
    let absolute =
        sources.filter_map(|source| Url::options().base_url(base).parse(source.trim()).ok());
    absolute
        .map(|url| without_scheme(url.as_str()).to_owned())
        .collect()
}

fn without_scheme(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, rest)| rest)
}

/// The entry's picture: the widest of its pictures, otherwise the largest thumbnail of a fitting size, otherwise its cover.
pub(super) fn picture(media: &[Media]) -> Option<String> {
    let pictures = || {
        media
            .iter()
            .filter(|file| file.is_picture() && !file.is_decoration())
    };
    let of = |role: Role| pictures().filter(move |file| file.role == role);
    // Of several alike the first.
    let widest = of(Role::File).rev_max_by_width();
    let fitting = of(Role::Thumbnail)
        .filter(|file| file.width <= MAX_THUMBNAIL_WIDTH)
        .rev_max_by_width();
    let smallest = || of(Role::Thumbnail).min_by_key(|file| file.width);
    let chosen = widest
        .or(fitting)
        .or_else(smallest)
        .or_else(|| of(Role::Cover).next());
    chosen.map(|file| file.url.clone())
}

trait Widest<'m>: Iterator<Item = &'m Media> + Sized {
    /// The widest; of several alike the first.
    fn rev_max_by_width(self) -> Option<&'m Media> {
        self.fold(None, |best: Option<&Media>, file| match best {
            Some(best) if best.width >= file.width => Some(best),
            _ => Some(file),
        })
    }
}

impl<'m, I: Iterator<Item = &'m Media>> Widest<'m> for I {}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(url: &str) -> Media {
        Media {
            role: Role::File,
            url: format!("http://s.example/{url}"),
            mime: String::new(),
            medium: String::new(),
            width: 0,
            height: 0,
            length: None,
        }
    }

    #[test]
    fn files_have_one_type_and_one_place() {
        let typed = |mime: &str, url| Media {
            mime: mime.into(),
            ..file(url)
        };
        let sound = file("a.mp3?x=1");
        let again = Media {
            length: Some(10),
            ..typed("audio/mpeg", "a.mp3?x=1")
        };
        let odd = Media {
            medium: "video".into(),
            ..file("b")
        };
        let shown = typed("image/png", "shown.png");
        let picture = typed("image/png", "p.png");
        let bare = file("q.png");
        let all = [sound, again, odd, shown, picture, bare];
        let found = attachments(
            &all,
            "<img src=\"/shown.png\"><img src=\"p.png?other\">",
            Url::parse("https://s.example/").ok().as_ref(),
        );
        let found: Vec<_> = found
            .iter()
            .map(|file| (&file.url[17..], file.mime.as_deref(), file.length))
            .collect();
        assert_eq!(
            found,
            [
                ("a.mp3?x=1", Some("audio/mpeg"), Some(10)),
                ("b", Some("video/mp4"), None),
                ("p.png", Some("image/png"), None),
            ]
        );
    }

    #[test]
    fn the_widest_picture_is_the_articles() {
        let wide = |url, width| Media { width, ..file(url) };
        let thumbnail = |url, width| Media {
            role: Role::Thumbnail,
            ..wide(url, width)
        };
        let of = |media: &[Media]| picture(media).map(|url| url[17..].to_owned());
        assert_eq!(
            of(&[wide("a.jpg", 140), wide("b.jpg", 700)]).as_deref(),
            Some("b.jpg")
        );
        assert_eq!(
            of(&[
                thumbnail("a", 120),
                thumbnail("b", 1_280),
                thumbnail("c", 4_000)
            ])
            .as_deref(),
            Some("b")
        );
        assert_eq!(
            of(&[thumbnail("a", 4_000), thumbnail("b", 2_000)]).as_deref(),
            Some("b")
        );
        assert_eq!(
            of(&[
                wide("avatar/x.jpg", 96),
                wide("pixel.gif", 0),
                wide("d.gif", 1)
            ]),
            None
        );
        let cover = Media {
            role: Role::Cover,
            ..file("cover")
        };
        assert_eq!(
            of(&[cover.clone(), thumbnail("t", 0)]).as_deref(),
            Some("t")
        );
        assert_eq!(of(&[cover, file("a.mp3")]).as_deref(), Some("cover"));
    }
}
