//! The article pane.

use axum::response::{IntoResponse, Response};

use super::Shelf;
use super::list_address::{List, Text};
use super::list_lines::{is_undated, title_or_untitled};
use crate::app::App;
use crate::articles::{Article, Attachment};
use crate::feeds::podcast::Podcast;
use crate::html::direction::Direction;
use crate::timestamp::{Timestamp, rfc3339};
use crate::users::preferences::{Pictures, Preferences};
use crate::web::actions::stored_text;
use crate::web::as_wanted::as_wanted;
use crate::web::assets::assets;
use crate::web::embed_cards::with_cards;
use crate::web::frame::{feed_href, icon_href};
use crate::web::html::Html;
use crate::web::image::all_through;
use crate::web::view::{ArticlePart, ArticleView, Enclosure, EnclosureKind, Link};
use crate::web::words::{self, msg, t};

/// The article as the pane shows it.
pub(super) fn view(
    app: &App,
    shelf: &Shelf,
    list: &List,
    article: &Article,
    text: Text,
    (now, own): (Timestamp, &Preferences),
) -> ArticleView {
    let feed_title = shelf.title(article.id.feed);
    let date = article
        .body
        .published
        .and_then(|at| Timestamp::from_timestamp(at, 0));
    let date = date.unwrap_or_else(|| article.summary.at());
    let choice = crate::web::pages::text_choice::choice(shelf, list, article, text, now);
    let html = match &article.body.full {
        Some(full) if choice.shows_full => stored_text::clean(&full.html, full.sanitizer),
        _ => stored_text::clean(&article.body.html, article.body.sanitizer),
    };
    // The length is that of a file, if there is one, and of the only film otherwise.
    let podcast = article.body.podcast.as_ref();
    let has_file = || article.body.attachments.iter().any(is_played);
    let length = podcast.and_then(|podcast| podcast.duration);
    let length = length.filter(|_| !has_file());
    let html = as_wanted(all_through(app, html.into_string()), own);
    ArticleView {
        id: article.id.to_string(),
        title: title_or_untitled(&article.body.title),
        original: article.body.link.clone(),
        letter: words::letter(&feed_title),
        hue: words::hue(article.id.feed),
        icon: icon_href(article.id.feed),
        feed_title,
        feed_href: feed_href(article.id.feed),
        author: article.body.author.clone(),
        published: (!is_undated(shelf, article.id, article.body.published))
            .then(|| words::date_time(date)),
        datetime: rfc3339(date),
        html: with_cards(html, length),
        enclosures: article.body.attachments.iter().map(enclosure).collect(),
        lang: article.body.lang.clone().unwrap_or_default(),
        dir: article.body.dir.map_or("auto", Direction::as_str),
        episode: article
            .body
            .podcast
            .as_ref()
            .map(episode)
            .unwrap_or_default(),
        chapters: article
            .body
            .podcast
            .as_ref()
            .and_then(|podcast| podcast.chapters.clone()),
        reading: article.summary.words.and_then(words::reading_time),
        categories: categories(article),
        comments: comments(article),
        tags: Vec::new(),
        tags_typed: String::new(),
        note: String::new(),
        shares: crate::web::pages::share::links(article, own),
        played: shelf.read.played(article.id),
        read: shelf.is_read(article.id),
        starred: shelf.is_starred(article.id),
        linked: None,
        muted: crate::web::pages::muting::suggested(&article.body.title),
        has_state: true,
        place: format!("{}.{}", article.summary.order, article.id),
        previous: None,
        next: None,
        return_to: list.href(),
        shows_pictures: own.pictures == Pictures::AtOnce,
        text: choice,
    }
}

/// The publisher's categories, each leading to the feed's articles that have it.
fn categories(article: &Article) -> Vec<Link> {
    let feed = feed_href(article.id.feed);
    let named = article.body.categories.iter().take(12);
    // The cards know the first ones alone, so the others lead nowhere.
    let known = &article.summary.categories;
    let links = named.map(|name| Link {
        label: name.clone(),
        href: match known.contains(name) {
            true => format!("{feed}?state=all&category={}", words::segment(name)),
            false => String::new(),
        },
    });
    links.collect()
}

/// Where an article is discussed, if its feed says so: with the number of comments, if it says that.
fn comments(article: &Article) -> Option<Link> {
    let href = article.body.comments.clone()?;
    let label = match article.body.comment_count {
        Some(count) => words::count(u64::from(count), "count-comment"),
        None => t("article-comments").to_owned(),
    };
    Some(Link { label, href })
}

/// The article alone, for the pane.
pub(super) fn fragment(article: ArticleView) -> Response {
    let assets = assets().clone();
    Html(ArticlePart { assets, article }).into_response()
}

/// What a podcast's feed says of an episode, in words.
fn episode(podcast: &Podcast) -> Vec<String> {
    let parts = [
        podcast
            .season
            .map(|season| msg("article-season").text("n", season).into()),
        podcast
            .episode
            .map(|episode| msg("article-episode").text("n", episode).into()),
        podcast.duration.map(words::length),
    ];
    parts.into_iter().flatten().collect()
}

/// Whether an attachment is a film or a song.
fn is_played(attachment: &Attachment) -> bool {
    let kind = enclosure(attachment).kind;
    matches!(kind, EnclosureKind::Audio | EnclosureKind::Video)
}

fn enclosure(attachment: &Attachment) -> Enclosure {
    let mime = attachment.mime.as_deref().unwrap_or_default();
    let kind = match mime.split('/').next() {
        Some("audio") => EnclosureKind::Audio,
        Some("video") => EnclosureKind::Video,
        Some("image") => EnclosureKind::Image,
        _ => EnclosureKind::Other,
    };
    let name = attachment.url.split(['?', '#']).next().unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    let size = attachment
        .length
        .filter(|&bytes| bytes > 0)
        .map(|bytes| match bytes {
            ..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
            _ => format!("{:.1} MB", bytes as f64 / 1e6),
        });
    let parts = [name.to_owned(), mime.to_owned(), size.unwrap_or_default()];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Enclosure {
        url: attachment.url.clone(),
        label: parts.join(", "),
        kind,
    }
}
