//! Splits any text that looks like XML into tags and text. It never fails.
//!
//! A strict parser stops at the first bare `&` or missing quote, and one item in a hundred thousand feeds has it. This
//! one continues as a browser would: a `<` that begins no tag is text, end tags need not match, and an element cut off
//! by the end of the document ends there.

use crate::html::tags;

pub(super) enum Token<'a> {
    Start {
        name: &'a str,
        attributes: &'a str,
        empty: bool,
    },
    End(&'a str),
    /// Text with its references as written; see [`Entities::decode`](crate::html::entities::Entities::decode).
    Text(&'a str),
    Cdata(&'a str),
    Doctype(&'a str),
}

pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// Set once a quote was never closed. From then on a tag ends at the first `>`, so that such quotes cost one scan
    /// of the rest of the document rather than one each.
    quotes_broken: bool,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Tokens<'a> {
        Tokens {
            rest: text,
            quotes_broken: false,
        }
    }

    /// How far it has come in `text`, the whole it was made of.
    pub(super) fn at(&self, text: &str) -> usize {
        text.len() - self.rest.len()
    }

    /// Returns the text up to `end` and skips `end`; returns everything if there is none.
    fn take_until(&mut self, end: &str) -> &'a str {
        let (taken, rest) = self.rest.split_once(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn tag(&mut self) -> &'a str {
        let end = if self.quotes_broken {
            None
        } else {
            tags::end(self.rest).map(|end| end - 1)
        };
        let end = end.or_else(|| {
            self.quotes_broken = true;
            self.rest.find('>')
        });
        let (tag, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest.strip_prefix('>').unwrap_or(rest);
        tag
    }

    fn doctype(&mut self) -> &'a str {
        let subset = self
            .rest
            .find('[')
            .filter(|at| *at < self.rest.find('>').unwrap_or(usize::MAX));
        if subset.is_some() {
            let taken = self.take_until("]");
            self.take_until(">");
            return taken;
        }
        self.take_until(">")
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let Some(after) = self.rest.strip_prefix('<') else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                let (text, rest) = self.rest.split_at(end);
                self.rest = rest;
                return Some(Token::Text(text));
            };
            if let Some(rest) = after.strip_prefix("!--") {
                self.rest = rest;
                self.take_until("-->");
            } else if let Some(rest) = after.strip_prefix("![CDATA[") {
                self.rest = rest;
                return Some(Token::Cdata(self.take_until("]]>")));
            } else if after
                .get(..8)
                .is_some_and(|start| start.eq_ignore_ascii_case("!doctype"))
            {
                self.rest = &after[8..];
                return Some(Token::Doctype(self.doctype()));
            } else if after.starts_with('?') {
                self.take_until(">");
            } else if let Some(rest) = after.strip_prefix('/').filter(|rest| begins_name(rest)) {
                self.rest = rest;
                return Some(Token::End(self.take_until(">").trim()));
            } else if begins_name(after) {
                self.rest = after;
                let tag = self.tag();
                let (tag, empty) = tag
                    .strip_suffix('/')
                    .map_or((tag, false), |tag| (tag, true));
                let end = tag
                    .find(|c: char| c.is_ascii_whitespace() || c == '/')
                    .unwrap_or(tag.len());
                let (name, attributes) = tag.split_at(end);
                return Some(Token::Start {
                    name,
                    attributes,
                    empty,
                });
            } else {
                self.rest = after;
                return Some(Token::Text("<"));
            }
        }
    }
}

fn begins_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

#[cfg(test)]
mod tests {
    use crate::html::tags::attributes;
    use crate::parse::tokens::*;

    #[test]
    fn broken_markup_still_gives_its_parts() {
        let text = "<?xml?><a b='>' c=d e>1 < 2<!-- x --><![CDATA[<]]></a ><f/>";
        let parts: Vec<String> = Tokens::new(text)
            .map(|token| match token {
                Token::Start {
                    name,
                    attributes: all,
                    empty,
                } => format!("+{name}{:?}{empty}", attributes(all)),
                Token::End(name) => format!("-{name}"),
                Token::Text(text) | Token::Cdata(text) | Token::Doctype(text) => text.to_owned(),
            })
            .collect();
        assert_eq!(
            parts,
            [
                r#"+a[("b", ">"), ("c", "d"), ("e", "")]false"#,
                "1 ",
                "<",
                " 2",
                "<",
                "-a",
                "+f[]true"
            ]
        );
    }
}
