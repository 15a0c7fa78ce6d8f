//! Where parsed values go: into the feed's draft, or the open entry's.

use url::Url;

use super::{MAX_ENTRIES, MAX_PARTS, MAX_PARTS_IN_ALL, Rewriter};
use crate::parse::atom::{self, Draft};
use crate::parse::names::Field;
use crate::parse::{Repair, date};

impl Rewriter<'_> {
    pub(super) fn keep_entry(&mut self) {
        let Some(entry) = self.entry.take() else {
            return;
        };
        if self.entries.len() < MAX_ENTRIES {
            self.entries.push(entry.finish());
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
            Field::Title | Field::Subtitle | Field::Summary | Field::Content => {
                let html = capture.html();
                if !html.trim().is_empty() {
                    self.target().put(field, rank, atom::element(field, &html));
                    self.keep_base(field);
                }
            }
            Field::Published | Field::Updated => {
                let text = capture.plain();
                self.put_date(field, rank, &text);
                if field == Field::Updated && rank == 1 && self.entry.is_some() {
                    // RSS 1.0 has only one date, and means the publication date.
                    self.put_date(Field::Published, 2, &text);
                }
            }
            Field::Link | Field::Image | Field::Icon => self.put_url(field, rank, &capture.plain()),
            Field::Id | Field::Author | Field::Category => {
                let text = if field == Field::Author {
                    capture.person()
                } else {
                    capture.plain()
                };
                let text = text.trim();
                if text.is_empty() {
                    return;
                }
                if field == Field::Category {
                    self.add_part(atom::element(field, text));
                    return;
                }
                self.target().put(field, rank, atom::element(field, text));
                if field == Field::Id && capture.is_permalink && Url::parse(text).is_ok() {
                    self.put_url(Field::Link, 2, text);
                }
            }
        }
    }

    /// Records the base of the text that will be shown: the content's, otherwise the summary's.
    pub(super) fn keep_base(&mut self, field: Field) {
        if matches!(field, Field::Content | Field::Summary) && self.scope.has_own_base() {
            let base = self.scope.base().cloned();
            let target = self.target();
            if field == Field::Content || target.base.is_none() {
                target.base = base;
            }
        }
    }

    pub(super) fn put_url(&mut self, field: Field, rank: u8, address: &str) {
        if let Some(url) = self.absolute(address) {
            let xml = atom::element(field, url.as_str());
            self.target().put(field, rank, xml);
        }
    }

    /// Adds an element that an entry may have many of. Those of the feed itself are not shown, so they are dropped.
    pub(super) fn add_part(&mut self, xml: String) {
        if self.entry_parts < MAX_PARTS
            && self.all_parts < MAX_PARTS_IN_ALL
            && let Some(entry) = &mut self.entry
        {
            entry.add(&xml);
            self.entry_parts += 1;
            self.all_parts += 1;
        }
    }

    pub(super) fn put_date(&mut self, field: Field, rank: u8, text: &str) {
        match date::parse(text) {
            Some(date) => {
                let xml = atom::element(field, &date.to_rfc3339());
                self.target().put(field, rank, xml);
            }
            None if text.trim().is_empty() => {}
            None => {
                self.repairs.insert(Repair::Dates);
            }
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
