//! What of an article is searched, as plain text.

use super::{Article, Body};
use crate::html::sanitize::SafeHtml;
use crate::search::confirm::links_of;
use crate::search::stem::Language;
use crate::search::{Doc, Entry, Pieces};

/// An article's searched parts.
#[derive(Clone, Debug, Default)]
pub struct Searched {
    /// The whole title.
    pub title: String,
    author: String,
    categories: Vec<String>,
    /// The feed's own text, and the full one if it was fetched.
    pub texts: Vec<String>,
    links: Vec<String>,
}

impl Searched {
    /// Of a body: an article's, a star's or a kept page's.
    pub fn of(body: &Body) -> Self {
        let full = body.full.as_ref().map(|full| full.html.as_str());
        let html: Vec<&str> = std::iter::once(body.html.as_str()).chain(full).collect();
        let text = |html: &&str| SafeHtml::from_store((*html).to_owned()).text();
        let mut links = links_of(&html);
        links.extend(body.comments.clone());
        Self {
            title: body.title.clone(),
            author: body.author.clone().unwrap_or_default(),
            categories: body.categories.clone(),
            texts: html.iter().map(text).collect(),
            links,
        }
    }

    /// The same, borrowed. `texts` are [`Self::texts`].
    pub fn pieces<'t>(&'t self, texts: &'t [&'t str]) -> Pieces<'t> {
        Pieces {
            title: &self.title,
            author: &self.author,
            categories: &self.categories,
            texts,
            links: &self.links,
        }
    }

    /// The language that its words are stemmed by where it isn't known: the likeliest.
    pub fn likely(&self) -> Language {
        let text = self.texts.first().map_or("", String::as_str);
        let start = &text[..text.floor_char_boundary(1_000)];
        Language::of(crate::html::language::likely(&format!(
            "{} {start}",
            self.title
        )))
    }

    /// For confirming a query.
    pub fn texts(&self) -> crate::search::Texts {
        let texts: Vec<&str> = self.texts.iter().map(String::as_str).collect();
        crate::search::Texts::of(&self.pieces(&texts))
    }
}

/// What a list of words knows of an article besides them.
pub fn doc_of(article: &Article) -> Doc {
    let at = article.summary.order.div_euclid(1_000_000);
    Doc {
        seq: article.id.seq,
        at,
        published: article.body.published.unwrap_or(at),
        language: Language::of(article.summary.lang.as_deref()),
        media: article.summary.media.unwrap_or_default().0,
        is_part: false,
    }
}

/// An article's words, for its feed's list.
pub fn entry_of(article: &Article) -> Entry {
    let searched = Searched::of(&article.body);
    let texts: Vec<&str> = searched.texts.iter().map(String::as_str).collect();
    let mut doc = doc_of(article);
    if article.summary.lang.is_none() {
        doc.language = searched.likely();
    }
    Entry::of(doc, &searched.pieces(&texts))
}
