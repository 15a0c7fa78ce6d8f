//! A book for e-readers: EPUB 3.3 with a table of contents for older ones, as one file in memory.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::html::xhtml::{escaped, xhtml};
use crate::timestamp::{Timestamp, rfc3339};

/// Largest book, in bytes: chapters beyond it keep their title and link.
pub const MOST_BYTES: usize = 25 * 1_000 * 1_000;

/// A chapter.
#[derive(Clone, Debug, Default)]
pub struct Chapter {
    /// Plain text.
    pub title: String,
    /// Feed, author, date: plain text.
    pub byline: String,
    /// The publisher's page; empty for none.
    pub link: String,
    /// Cleaned HTML.
    pub html: String,
    /// A BCP 47 tag; empty if unknown.
    pub lang: String,
}

/// A picture that goes into the book.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The address by which chapters name it.
    pub address: String,
    /// Its media type.
    pub mime: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A book.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// Plain text.
    pub title: String,
    /// What is said at its end.
    pub end: String,
    /// The words over the table of contents.
    pub contents: String,
    /// What leads to a publisher's page.
    pub original: String,
    /// A BCP 47 tag.
    pub language: String,
    /// By what it is told from others.
    pub id: String,
    /// In order.
    pub chapters: Vec<Chapter>,
    /// Pictures, as far as they are wanted.
    pub pictures: Vec<Picture>,
}

/// Why a book couldn't be made.
#[derive(Debug, thiserror::Error)]
#[error("the book can’t be packed: {0}")]
pub struct BookError(#[from] zip::result::ZipError);

impl From<std::io::Error> for BookError {
    fn from(error: std::io::Error) -> Self {
        Self(error.into())
    }
}

/// The style sheet: a reading device knows best, so there is little.
const CSS: &str = "h1{font-size:1.4em;line-height:1.25}p.by{font-size:.85em;color:#666}img{max-width:100%}\
pre{white-space:pre-wrap}blockquote{margin:1em 1.5em}";

impl Book {
    /// The book as a file.
    ///
    /// # Errors
    /// [`BookError`] in practice never: it is written to memory.
    pub fn to_epub(&self, now: Timestamp) -> Result<Vec<u8>, BookError> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        // First, and not packed (EPUB OCF 3.3, 4.3).
        zip.start_file("mimetype", stored)?;
        zip.write_all(b"application/epub+zip")?;
        let mut files: Vec<(String, Vec<u8>)> = vec![
            ("META-INF/container.xml".into(), CONTAINER.into()),
            ("OEBPS/style.css".into(), CSS.into()),
            ("OEBPS/content.opf".into(), self.package(now).into_bytes()),
            ("OEBPS/nav.xhtml".into(), self.contents().into_bytes()),
            ("OEBPS/toc.ncx".into(), self.old_contents().into_bytes()),
        ];
        let mut bytes: usize = self
            .pictures
            .iter()
            .map(|picture| picture.bytes.len())
            .sum();
        for (place, chapter) in self.chapters.iter().enumerate() {
            bytes += chapter.html.len();
            let page = self.chapter(chapter, bytes <= MOST_BYTES);
            files.push((format!("OEBPS/{}", chapter_file(place)), page.into_bytes()));
        }
        files.push(("OEBPS/end.xhtml".into(), self.last_page().into_bytes()));
        for (name, content) in files {
            zip.start_file(name, packed)?;
            zip.write_all(&content)?;
        }
        for (place, picture) in self.pictures.iter().enumerate() {
            zip.start_file(
                format!("OEBPS/{}", picture_file(place, picture.mime)),
                stored,
            )?;
            zip.write_all(&picture.bytes)?;
        }
        Ok(zip.finish()?.into_inner())
    }

    fn place_of(&self, address: &str) -> Option<String> {
        let place = self
            .pictures
            .iter()
            .position(|picture| picture.address == address)?;
        Some(picture_file(place, self.pictures[place].mime))
    }

    fn page(&self, title: &str, lang: &str, body: &str) -> String {
        let lang = escaped(lang);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" \
             xmlns:epub=\"http://www.idpf.org/2007/ops\" lang=\"{lang}\" xml:lang=\"{lang}\"><head><title>{}</title>\
             <link rel=\"stylesheet\" type=\"text/css\" href=\"style.css\"/></head><body>{body}</body></html>\n",
            escaped(title)
        )
    }

    fn chapter(&self, chapter: &Chapter, has_room: bool) -> String {
        let text = match has_room {
            true => xhtml(&chapter.html, |address| self.place_of(address)),
            false => String::new(),
        };
        let link = match chapter.link.is_empty() {
            true => String::new(),
            false => format!(
                "<p class=\"by\"><a href=\"{}\">{}</a></p>",
                escaped(&chapter.link),
                escaped(&self.original)
            ),
        };
        let lang = match chapter.lang.is_empty() {
            true => &self.language,
            false => &chapter.lang,
        };
        let title = escaped(&chapter.title);
        let byline = escaped(&chapter.byline);
        let body = format!("<h1>{title}</h1><p class=\"by\">{byline}</p><div>{text}</div>{link}");
        self.page(&chapter.title, lang, &body)
    }

    fn last_page(&self) -> String {
        let body = format!("<p>{}</p>", escaped(&self.end));
        self.page(&self.title, &self.language, &body)
    }

    fn contents(&self) -> String {
        let mut items = String::new();
        for (place, chapter) in self.chapters.iter().enumerate() {
            // Writing to a string can't fail.
            let _ = write!(
                items,
                "<li><a href=\"{}\">{}</a></li>",
                chapter_file(place),
                escaped(&chapter.title)
            );
        }
        let _ = write!(
            items,
            "<li><a href=\"end.xhtml\">{}</a></li>",
            escaped(&self.end)
        );
        let heading = escaped(&self.contents);
        let body = format!(
            "<h1>{}</h1><nav epub:type=\"toc\" id=\"toc\"><h2>{heading}</h2><ol>{items}</ol></nav>",
            escaped(&self.title)
        );
        self.page(&self.title, &self.language, &body)
    }

    /// For readers of EPUB 2.
    fn old_contents(&self) -> String {
        let mut points = String::new();
        for (place, chapter) in self.chapters.iter().enumerate() {
            let _ = write!(
                points,
                "<navPoint id=\"n{place}\" playOrder=\"{}\"><navLabel><text>{}</text></navLabel><content src=\"{}\"/></navPoint>",
                place + 1,
                escaped(&chapter.title),
                chapter_file(place)
            );
        }
        let _ = write!(
            points,
            "<navPoint id=\"end\" playOrder=\"{}\"><navLabel><text>{}</text></navLabel><content src=\"end.xhtml\"/></navPoint>",
            self.chapters.len() + 1,
            escaped(&self.end)
        );
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ncx xmlns=\"http://www.daisy.org/z3986/2005/ncx/\" version=\"2005-1\">\
             <head><meta name=\"dtb:uid\" content=\"{}\"/></head><docTitle><text>{}</text></docTitle><navMap>{points}</navMap></ncx>\n",
            self.urn(),
            escaped(&self.title)
        )
    }

    fn urn(&self) -> String {
        let hash = Sha256::digest(self.id.as_bytes());
        let hex = crate::random::hex(&hash[..16]);
        format!(
            "urn:uuid:{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }

    fn package(&self, now: Timestamp) -> String {
        let (mut manifest, mut spine) = (String::new(), String::new());
        for place in 0..self.chapters.len() {
            let _ = write!(
                manifest,
                "<item id=\"c{place}\" href=\"{}\" media-type=\"application/xhtml+xml\"{}/>",
                chapter_file(place),
                if self.chapters[place].html.contains("<math") {
                    " properties=\"mathml\""
                } else {
                    ""
                }
            );
            let _ = write!(spine, "<itemref idref=\"c{place}\"/>");
        }
        for (place, picture) in self.pictures.iter().enumerate() {
            let _ = write!(
                manifest,
                "<item id=\"p{place}\" href=\"{}\" media-type=\"{}\"/>",
                picture_file(place, picture.mime),
                picture.mime
            );
        }
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\" \
             unique-identifier=\"id\"><metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:identifier id=\"id\">{}</dc:identifier>\
             <dc:title>{}</dc:title><dc:language>{}</dc:language><dc:creator>Dormouse</dc:creator>\
             <meta property=\"dcterms:modified\">{}</meta></metadata><manifest>\
             <item id=\"nav\" href=\"nav.xhtml\" media-type=\"application/xhtml+xml\" properties=\"nav\"/>\
             <item id=\"ncx\" href=\"toc.ncx\" media-type=\"application/x-dtbncx+xml\"/>\
             <item id=\"css\" href=\"style.css\" media-type=\"text/css\"/>\
             <item id=\"end\" href=\"end.xhtml\" media-type=\"application/xhtml+xml\"/>{manifest}</manifest>\
             <spine toc=\"ncx\"><itemref idref=\"nav\"/>{spine}<itemref idref=\"end\"/></spine></package>\n",
            self.urn(),
            escaped(&self.title),
            escaped(&self.language),
            rfc3339(now)
        )
    }
}

/// Where the package stands (EPUB OCF 3.3, 4.2.6.3.1).
const CONTAINER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<container version=\"1.0\" \
xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\"><rootfiles><rootfile full-path=\"OEBPS/content.opf\" \
media-type=\"application/oebps-package+xml\"/></rootfiles></container>\n";

fn chapter_file(place: usize) -> String {
    format!("c{place}.xhtml")
}

fn picture_file(place: usize, mime: &str) -> String {
    let end = match mime {
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        _ => "jpg",
    };
    format!("p{place}.{end}")
}
