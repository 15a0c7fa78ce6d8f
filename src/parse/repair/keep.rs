//! Where parsed values go: into the feed's draft, or the open entry's.

use url::Url;

use super::{MAX_ENTRIES, MAX_PARTS, MAX_PARTS_IN_ALL, Rewriter};
use crate::html::references::unescape;
use crate::parse::capture::{Capture, Permalink};
use crate::parse::draft::{Draft, Written, link_rank};
use crate::parse::media::{Media, Role};
use crate::parse::names::Field;
use crate::parse::{Repair, is_language, person, seconds};

impl Rewriter<'_> {
    pub(super) fn keep_entry(&mut self) {
        let Some(entry) = self.entry.take() else {
            return;
        };
        if self.entries.len() < MAX_ENTRIES {
            self.entries.push(entry);
        } else {
            self.repairs.insert(Repair::TooMany);
        }
    }

    pub(super) fn keep_captured(&mut self) {
        let Some(capture) = self.capture.take() else {
            return;
        };
        let (field, rank) = (capture.field, capture.rank);
        match field {
            Field::Title | Field::Subtitle => {
                let line = capture.line();
                if !line.is_empty() {
                    let target = self.target();
                    let place = if field == Field::Title {
                        &mut target.title
                    } else {
                        &mut target.subtitle
                    };
                    place.put(rank, line);
                }
            }
            Field::Summary | Field::Content => self.keep_text(capture),
            Field::Published | Field::Updated => {
                let text = capture.plain().to_owned();
                self.put_date(field, rank, &text);
                if field == Field::Updated && rank == 1 && self.entry.is_some() {
                    // RSS 1.0 has only one date, and means the publication date.
                    self.put_date(Field::Published, 2, &text);
                }
            }
            Field::Link => self.put_link(rank, capture.plain()),
            Field::Icon => self.put_icon(rank, capture.plain()),
            Field::Image => self.put_image(rank, capture.plain()),
            Field::Author => self.keep_people(&capture),
            Field::Category => self.add_category(capture.plain()),
            Field::Id => self.keep_id(&capture),
            Field::Language => {
                let lang = Some(capture.plain().trim().to_owned());
                let lang = lang.filter(|lang| is_language(lang));
                let target = self.target();
                target.lang = target.lang.take().or(lang);
            }
            Field::Hint => self.hints.take(&capture.name, capture.plain().trim()),
            Field::Duration => self.target().podcast.duration = seconds(capture.plain()),
            Field::Episode => self.target().podcast.episode = capture.plain().trim().parse().ok(),
            Field::Comments => {
                let page = self.absolute(capture.plain()).map(String::from);
                let target = self.target();
                target.comments = target.comments.take().or(page);
            }
            Field::CommentCount => {
                self.target().comment_count = capture.plain().trim().parse().ok();
            }
            Field::Season => self.target().podcast.season = capture.plain().trim().parse().ok(),
        }
    }

    fn keep_text(&mut self, capture: Capture) {
        let (field, rank) = (capture.field, capture.rank);
        let Some(text) = capture.written() else {
            return;
        };
        let base = self
            .scope
            .base()
            .cloned()
            .filter(|_| self.scope.has_own_base());
        let written = Written {
            text,
            base,
            lang: self.scope.lang(),
            dir: self.scope.dir(),
        };
        let target = self.target();
        let place = if field == Field::Content {
            &mut target.content
        } else {
            &mut target.summary
        };
        place.put(rank, written);
    }

    fn keep_people(&mut self, capture: &Capture) {
        for written in capture.people() {
            if let Some((name, is_name)) = person::name(written) {
                // An address is better than nothing, but worse than any name.
                const ADDRESS: u8 = 10;
                let rank = capture.rank + self.source_rank() + if is_name { 0 } else { ADDRESS };
                self.target().add_person(rank, name);
            }
        }
    }

    fn keep_id(&mut self, capture: &Capture) {
        let text = capture.plain().trim();
        if text.is_empty() {
            return;
        }
        self.target().id.put(capture.rank, text.to_owned());
        let is_address = Url::parse(text).is_ok();
        match capture.permalink {
            Permalink::Yes => self.put_link(link_rank::PERMALINK, text),
            Permalink::Unsaid if is_address || text.starts_with('/') => {
                self.put_link(link_rank::PERMALINK, text);
            }
            _ if is_address => self.put_link(link_rank::ID, text),
            _ => {}
        }
    }

    pub(super) fn put_link(&mut self, rank: u8, address: &str) {
        if let Some(url) = self.absolute(address) {
            self.target().link.put(rank, url.into());
        }
    }

    fn put_icon(&mut self, rank: u8, address: &str) {
        if let Some(url) = self.absolute(address) {
            self.target().icon.put(rank, url.into());
        }
    }

    /// A picture of the whole entry or feed.
    pub(super) fn put_image(&mut self, rank: u8, address: &str) {
        if self.entry.is_none() {
            self.put_icon(rank + 1, address);
        } else if let Some(url) = self.absolute(address) {
            self.add_media(Media {
                role: Role::Cover,
                url: url.into(),
                mime: String::new(),
                medium: String::new(),
                width: 0,
                height: 0,
                length: None,
            });
        }
    }

    pub(super) fn add_media(&mut self, media: Media) {
        if self.has_room_for_part()
            && let Some(entry) = &mut self.entry
        {
            entry.media.push(media);
        }
    }

    /// Adds a category of an entry, once. Those of the feed itself are not shown, so they are dropped.
    pub(super) fn add_category(&mut self, written: &str) {
        let name = unescape(written);
        let words: Vec<&str> = name.split_whitespace().collect();
        let name = words.join(" ");
        let is_new = |entry: &Draft| !name.is_empty() && !entry.categories.contains(&name);
        if self.entry.as_ref().is_some_and(is_new)
            && self.has_room_for_part()
            && let Some(entry) = &mut self.entry
        {
            entry.categories.push(name);
        }
    }

    fn has_room_for_part(&mut self) -> bool {
        let has_room = self.entry_parts < MAX_PARTS && self.all_parts < MAX_PARTS_IN_ALL;
        self.entry_parts += usize::from(has_room);
        self.all_parts += usize::from(has_room);
        has_room
    }

    pub(super) fn put_date(&mut self, field: Field, rank: u8, text: &str) {
        /// Most dates of one entry.
        const MOST: usize = 10;
        let dates = &mut self.target().dates;
        if !text.trim().is_empty() && dates.len() < MOST {
            let text = text[..text.floor_char_boundary(300)].to_owned();
            dates.push((field, rank, text));
        }
    }

    pub(super) fn absolute(&self, address: &str) -> Option<Url> {
        let address = Some(address.trim()).filter(|address| !address.is_empty())?;
        let url = self.scope.join(address)?;
        matches!(url.scheme(), "http" | "https").then_some(url)
    }

    pub(super) fn target(&mut self) -> &mut Draft {
        self.entry.as_mut().unwrap_or(&mut self.feed)
    }
}
