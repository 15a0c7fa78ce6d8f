//! Which of an article's two texts the pane offers: the feed's own, or its page's.

use super::Shelf;
use super::list_address::{List, Text};
use crate::articles::{Article, Refusal};
use crate::full_text::is_resting;
use crate::timestamp::{Timestamp, minute_of};
use crate::web::view::{TextChoice, Trouble};
use crate::web::words::told;

/// The texts that the pane offers.
pub(super) fn choice(
    shelf: &Shelf,
    list: &List,
    article: &Article,
    text: Text,
    now: Timestamp,
) -> TextChoice {
    let body = &article.body;
    let here = list.article_href(article.id);
    let shows_full = body.full.is_some() && text == Text::Full;
    let is_wanted = is_wanted(shelf, article) && text == Text::Full;
    // Users who request the full text see the error once, when it happens; users who always want it see it every time.
    let refused = body
        .refused
        .as_ref()
        .filter(|_| is_wanted && body.full.is_none());
    TextChoice {
        has_page: body.link.is_some(),
        has_full: body.full.is_some(),
        shows_full,
        is_older: body.full.as_ref().is_some_and(|full| full.is_older),
        is_wanted: is_wanted && !is_resting(body, minute_of(now)),
        action: format!("/article/{}/full-text?{}", article.id, list.context()),
        other: if shows_full {
            format!("{here}&text=feed")
        } else {
            here.clone()
        },
        here,
        trouble: refused.map(trouble_of),
    }
}

/// Whether the user always wants this feed's full texts, and this one isn't stored, or is older than the feed's text.
pub(super) fn is_wanted(shelf: &Shelf, article: &Article) -> bool {
    let always = shelf
        .subscription(article.id.feed)
        .is_some_and(|one| one.full_text);
    let is_there = article
        .body
        .full
        .as_ref()
        .is_some_and(|full| !full.is_older);
    always && !is_there && article.body.link.is_some()
}

fn trouble_of(refusal: &Refusal) -> Trouble {
    Trouble {
        found: told(&refusal.found).into_owned(),
        advice: told(&refusal.advice).into_owned(),
        letter: None,
    }
}
