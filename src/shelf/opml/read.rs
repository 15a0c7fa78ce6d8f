//! Parses a list, however badly it was written.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::text::{is_declared, is_name, mend_quotes, tidy};
use super::{DEEPEST, MAX_ATTRIBUTES, MAX_FILE_BYTES, Opml, OpmlError, Outline};
use crate::feeds::door::bare;
use crate::html::charset;
use crate::html::entities::Entities;
use crate::html::tags;

/// Parses a list.
///
/// If a value contains bare quotes, taking it as written loses feeds in some lists and repairing it loses feeds in
/// others, so both are tried, and the result with more feeds wins.
pub fn read(bytes: &[u8]) -> Result<Opml, OpmlError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(OpmlError::TooLarge);
    }
    let (text, _) = charset::decode(bytes, None);
    let as_written = scan(&text);
    let mended = scan(&mend_quotes(&text));
    let found =
        |list: &Result<Opml, OpmlError>| list.as_ref().map_or(0, |list| list.outlines.len());
    let odd = |list: &Result<Opml, OpmlError>| list.as_ref().map_or(0, |list| list.notes.len());
    let is_better = found(&mended) > found(&as_written)
        || (found(&mended) == found(&as_written) && odd(&mended) < odd(&as_written));
    if !is_better {
        return as_written;
    }
    mended.map(|mut list| {
        let note = "values with quotes in them were read as far as they seem to go; look whether the names are right";
        list.notes.push(note.to_owned());
        list
    })
}

fn scan(text: &str) -> Result<Opml, OpmlError> {
    let mut list = Listing {
        closing: Closing::of(text),
        ..Listing::default()
    };
    if let Some(doctype) = doctype(text) {
        list.entities.declare(doctype);
    }
    let mut lines = Lines {
        text: text.as_bytes(),
        seen: 0,
        line: 1,
    };
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => list.start(&tag, false, lines.at(&reader))?,
            Ok(Event::Empty(tag)) => list.start(&tag, true, lines.at(&reader))?,
            Ok(Event::End(tag)) => list.end(&tag.name().as_ref().to_ascii_lowercase()),
            Ok(Event::Text(part)) => list.text(&part),
            Ok(Event::CData(part)) => list.text(&part),
            Ok(Event::GeneralRef(name)) => {
                let text = list
                    .entities
                    .decode(&format!("&{};", name.as_ref()))
                    .into_owned();
                list.text(&text);
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => {
                let note = "the list is damaged; what follows the damage was not read";
                list.opml.notes.push(note.to_owned());
                break;
            }
        }
    }
    list.finish()
}

/// Counts the lines of a file while it is read.
struct Lines<'t> {
    text: &'t [u8],
    seen: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line that the reader has come to, from 1.
    fn at(&mut self, reader: &Reader<&[u8]>) -> usize {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let at = at.clamp(self.seen, self.text.len());
        let newlines = self.text[self.seen..at]
            .iter()
            .filter(|byte| **byte == b'\n');
        self.line += newlines.count();
        self.seen = at;
        self.line
    }
}

/// The document type declaration, whose entities the file may use.
fn doctype(text: &str) -> Option<&str> {
    /// How far from the beginning it is looked for, in bytes.
    const WITHIN: usize = 64 * 1_024;
    let start = &text[..text.floor_char_boundary(WITHIN)];
    let (_, declared) = start.split_once("<!DOCTYPE")?;
    Some(declared.split("]>").next().unwrap_or(declared))
}

/// Which outlines a file closes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Closing {
    /// All of them.
    #[default]
    All,
    /// Only folders: a feed ends where the next outline begins.
    Folders,
    /// Folders, and some of the feeds.
    Some,
    /// None: a folder ends where the next begins.
    Nothing,
}

impl Closing {
    fn of(text: &str) -> Self {
        let (mut folders, mut feeds, mut ends) = (0_usize, 0_usize, 0_usize);
        for part in tags::parts(text) {
            match part {
                tags::Part::Tag(tag) if tag.is("outline") => match () {
                    () if tag.closes => ends += 1,
                    () if tag.whole.ends_with("/>") => {}
                    () if tag.whole.to_ascii_lowercase().contains("xmlurl") => feeds += 1,
                    () => folders += 1,
                },
                _ => {}
            }
        }
        match ends {
            0 if folders + feeds > 1 => Self::Nothing,
            ends if ends >= folders + feeds => Self::All,
            ends if ends <= folders => Self::Folders,
            _ => Self::Some,
        }
    }
}

/// Whether an outline is a feed's.
fn is_feed(tag: &BytesStart<'_>) -> bool {
    let text: &str = tag.as_ref();
    text.to_ascii_lowercase().contains("xmlurl")
}

/// Most feeds of one file. No list in real use is longer.
const FEEDS: usize = 6_000;
/// Longest folder name, in bytes: it is repeated for every feed inside.
const NAME_BYTES: usize = 200;
/// Most namespaces kept from the root.
const NAMESPACES: usize = 64;

#[derive(Default)]
struct Listing<'t> {
    opml: Opml,
    entities: Entities<'t>,
    closing: Closing,
    /// Folders of a file that closes none.
    unclosed: usize,
    /// Whether the last tag began a feed.
    is_just_opened: bool,
    /// For each open outline, whether it is a folder.
    open: Vec<bool>,
    folder: Vec<String>,
    first_tag: Option<String>,
    is_opml: bool,
    in_title: bool,
}

impl Listing<'_> {
    fn start(&mut self, tag: &BytesStart<'_>, empty: bool, line: usize) -> Result<(), OpmlError> {
        let name = tag.name().as_ref().to_ascii_lowercase();
        match name.as_str() {
            "opml" => {
                self.is_opml = true;
                let declared = self.attributes(tag).0.into_iter();
                let prefixed = declared.filter_map(|(name, value)| {
                    let prefix = name.strip_prefix("xmlns:")?;
                    let is_prefix = is_name(prefix) && !prefix.contains(':');
                    is_prefix.then(|| (prefix.to_owned(), value))
                });
                if self.opml.namespaces.is_empty() {
                    self.opml.namespaces.extend(prefixed.take(NAMESPACES));
                }
            }
            "title" => self.in_title = !empty && self.open.is_empty(),
            "outline" => self.outline(tag, empty, line)?,
            _ => {}
        }
        self.first_tag.get_or_insert(name);
        Ok(())
    }

    fn outline(&mut self, tag: &BytesStart<'_>, empty: bool, at: usize) -> Result<(), OpmlError> {
        if self.closing != Closing::All && self.open.last() == Some(&false) {
            // No feed holds another: this one was never closed.
            self.open.pop();
        }
        if self.closing == Closing::Nothing {
            // Without ends nobody knows what a folder holds but what follows it.
            if !empty && !is_feed(tag) {
                self.unclosed += 1;
                self.open.clear();
                self.folder.clear();
            }
        } else if self.folder.len() >= DEEPEST || self.open.len() >= FEEDS {
            return Err(OpmlError::TooDeep);
        }
        let (all, is_malformed) = self.attributes(tag);
        if is_malformed {
            self.note_malformed(at, &all);
        }
        let line = u32::try_from(self.opml.outlines.len() + 1).unwrap_or(u32::MAX);
        let name = one_of(&all, "title")
            .or_else(|| one_of(&all, "text"))
            .unwrap_or_default()
            .to_owned();
        if self.opml.outlines.len() >= FEEDS {
            return Err(OpmlError::TooMany);
        }
        let name = crate::codec::cut(&name, NAME_BYTES);
        let feed = outline(all, &self.folder, line);
        let is_folder = feed.is_none() && !empty;
        if is_folder {
            self.folder.push(if name.is_empty() {
                "Unnamed".to_owned()
            } else {
                name
            });
        }
        if !empty {
            self.open.push(is_folder);
        }
        self.is_just_opened = !empty && !is_folder;
        self.opml.outlines.extend(feed);
        Ok(())
    }

    /// The attributes of a tag, and whether it isn't well-formed. What a strict reader can't read is read leniently.
    fn attributes(&self, tag: &BytesStart<'_>) -> (Vec<(String, String)>, bool) {
        let mut strict = tag.attributes();
        let is_malformed = strict.with_checks(false).any(|found| found.is_err());
        let decoded = |value: &str| tidy(&self.entities.decode(value));
        if is_malformed {
            let text: &str = tag.as_ref();
            let inner = text[tag.name().as_ref().len()..].trim_end_matches('/');
            let found = tags::attributes(inner).into_iter().take(MAX_ATTRIBUTES);
            let found = found.map(|(name, value)| (name.to_owned(), decoded(value)));
            return (found.collect(), true);
        }
        let mut strict = tag.attributes();
        let found = strict.with_checks(false).take(MAX_ATTRIBUTES).flatten();
        let found = found.map(|found| (found.key.as_ref().to_owned(), decoded(&found.value)));
        (found.collect(), false)
    }

    /// Tells the user which line of the file isn't well-formed, and what was made of it.
    fn note_malformed(&mut self, line: usize, all: &[(String, String)]) {
        /// Most lines that are named one by one.
        const NAMED: usize = 20;
        let of = |name| one_of(all, name).filter(|value| !value.is_empty());
        let name = of("title")
            .or(of("text"))
            .or(of("xmlurl"))
            .unwrap_or("nameless");
        let name = crate::codec::cut(&bare(name), NAME_BYTES);
        let made = match of("xmlurl") {
            Some(_) => "it was read all the same, so look whether it is right",
            None => "no address could be found in it",
        };
        match self.opml.notes.len() {
            ..NAMED => self
                .opml
                .notes
                .push(format!("line {line} (“{name}”) isn’t well-formed; {made}")),
            NAMED => self
                .opml
                .notes
                .push("more lines after these aren’t well-formed".to_owned()),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "outline" => self.end_outline(),
            "title" => self.in_title = false,
            _ => {}
        }
    }

    fn end_outline(&mut self) {
        let is_folders = match self.closing {
            Closing::All | Closing::Nothing => false,
            Closing::Folders => true,
            Closing::Some => !self.is_just_opened,
        };
        if is_folders && self.open.last() == Some(&false) {
            // The last feed before this folder's end was never closed.
            self.open.pop();
        }
        self.is_just_opened = false;
        if self.open.pop() == Some(true) {
            self.folder.pop();
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_title {
            self.opml.title.get_or_insert_default().push_str(text);
        }
    }

    fn finish(mut self) -> Result<Opml, OpmlError> {
        self.opml.title = self
            .opml
            .title
            .map(|title| tidy(&title))
            .filter(|title| !title.is_empty());
        let namespaces = &self.opml.namespaces;
        for outline in &mut self.opml.outlines {
            let attributes = &mut outline.attributes;
            attributes.retain(|(name, _)| is_declared(name, namespaces));
        }
        match (self.is_opml, self.first_tag) {
            (_, None) => Err(OpmlError::NotOpml("holds no XML at all".to_owned())),
            (false, Some(name)) if self.opml.outlines.is_empty() => {
                let name: String = name.chars().take(40).collect();
                Err(OpmlError::NotOpml(format!("begins with “<{name}>”")))
            }
            _ if self.opml.outlines.is_empty() && self.unclosed > DEEPEST => {
                Err(OpmlError::TooDeep)
            }
            _ if self.opml.outlines.is_empty() => Err(OpmlError::NoFeeds),
            _ => Ok(self.opml),
        }
    }
}

/// The feed that these attributes describe, if they do.
fn outline(all: Vec<(String, String)>, folder: &[String], line: u32) -> Option<Outline> {
    let xml_url = one_of(&all, "xmlurl")
        .map(|url| url.trim().to_owned())
        .filter(|url| !url.is_empty())?;
    let text = one_of(&all, "text").filter(|text| !text.is_empty());
    let mut feed = Outline {
        folder: folder.to_vec(),
        title: one_of(&all, "title")
            .filter(|title| !title.is_empty())
            .or(text)
            .map(str::to_owned),
        xml_url,
        html_url: one_of(&all, "htmlurl").map(str::to_owned),
        line,
        ..Outline::default()
    };
    let mut seen: Vec<String> = Vec::new();
    for (name, value) in all {
        let lower = name.to_ascii_lowercase();
        let implied = match lower.as_str() {
            "xmlurl" | "htmlurl" | "title" => true,
            "text" => value == feed.title.as_deref().unwrap_or_default(),
            "type" => value == "rss",
            _ => lower.starts_with("xmlns"),
        };
        // A name may occur only once on a tag, in whatever case the first was written.
        if !implied && !seen.contains(&lower) && is_name(&name) {
            feed.attributes.push((name, value));
        }
        seen.push(lower);
    }
    Some(feed)
}

fn one_of<'a>(all: &'a [(String, String)], wanted: &str) -> Option<&'a str> {
    all.iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
        .map(|(_, value)| value.as_str())
}
