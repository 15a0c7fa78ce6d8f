//! Letters, as plain text and as HTML.

use askama::Template;

use super::said::*;

/// What a letter says.
#[derive(Clone, Debug, Default)]
pub struct Says {
    pub subject: String,
    /// Its paragraphs.
    pub lines: Vec<String>,
    /// What to press, and where it leads.
    pub link: Option<(String, String)>,
    /// What comes after: an edition's articles, as text and as HTML of ours.
    pub text: String,
    pub html: String,
    /// Why it was sent, and what to do if it wasn't wanted.
    pub foot: String,
    /// Where no more of them are asked for.
    pub stop: Option<String>,
}

/// A letter's plain text.
#[derive(Clone, Debug, Template)]
#[template(path = "mail/letter.txt", whitespace = "preserve")]
pub struct PlainLetter<'s> {
    pub says: &'s Says,
}

/// The same as HTML, for programs that show it: no pictures, nothing that is fetched.
#[derive(Clone, Debug, Template)]
#[template(path = "mail/letter.html")]
pub struct HtmlLetter<'s> {
    pub says: &'s Says,
}

/// An edition's sections with their articles, as plain text.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "mail/edition.txt", whitespace = "preserve")]
pub struct EditionLetter {
    pub sections: Vec<(String, Vec<super::EditionLine>)>,
}
