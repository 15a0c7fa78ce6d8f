//! Books: the edition, and how one is sent.

use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use http::{HeaderValue, header};
use tokio::time::{Duration, Instant};

use super::edition::{Edition, bodies, byline, title_of};
use super::stored_text;
use crate::app::App;
use crate::articles::Article;
use crate::html::pictures;
use crate::shelf::Shelf;
use crate::shelf::edition::epub::{Book, Chapter, MOST_BYTES, Picture};
use crate::timestamp::Timestamp;
use crate::users::User;
use crate::web::image::taken;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::{self, t};

/// Most pictures of a book, the largest of one, and how long all of them may take.
const PICTURES: usize = 100;
const PICTURE_BYTES: usize = 2_000_000;
const PICTURES_TIME: Duration = Duration::from_secs(20);
/// Pictures that are taken at the same time.
const AT_ONCE: usize = 4;

/// The edition of a user as a book. One read for each article that isn't cached, and a request for each picture.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(crate) async fn edition(
    app: &App,
    user: &User,
    shelf: &Shelf,
    edition: &Edition,
) -> HandlerResult<Book> {
    let bodies = bodies(app, &edition.issue).await?;
    let mut book = book_of(shelf, edition, &bodies);
    book.id = format!("{}/{}", user.id, edition.day);
    if user.profile.preferences.edition.pictures {
        book.pictures = pictures_of(app, user.id.0, &book).await;
    }
    Ok(book)
}

/// A book as a file.
///
/// # Errors
/// A [`Problem`] if it can't be packed.
pub(crate) fn as_book(book: &Book, name: &str, now: Timestamp) -> HandlerResult<Response> {
    let packed = book.to_epub(now);
    let packed = packed.map_err(|error| Problem::internal(&error))?;
    let mut response = packed.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/epub+zip"),
    );
    let name = format!("attachment; filename=\"{name}.epub\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// The edition as a book, without pictures.
pub(crate) fn book_of(shelf: &Shelf, edition: &Edition, bodies: &[Option<Article>]) -> Book {
    let chapters = edition
        .issue
        .pieces()
        .zip(bodies)
        .filter_map(|(piece, article)| {
            let body = &article.as_ref()?.body;
            let html = match &body.full {
                Some(full) => stored_text::clean(&full.html, full.sanitizer),
                None => stored_text::clean(&body.html, body.sanitizer),
            };
            let author = body
                .author
                .clone()
                .map(|author| format!(" · {author}"))
                .unwrap_or_default();
            Some(Chapter {
                title: title_of(&body.title),
                byline: byline(shelf, piece) + &author,
                link: body.link.clone().unwrap_or_default(),
                html: html.into_string(),
                lang: body.lang.clone().unwrap_or_default(),
            })
        });
    Book {
        title: format!("{} · {}", edition.title(), edition.date()),
        end: t("edition-end").to_owned(),
        contents: t("edition-contents").to_owned(),
        original: t("article-original").to_owned(),
        language: words::language().tag().to_owned(),
        id: edition.day.to_string(),
        chapters: chapters.collect(),
        pictures: Vec::new(),
    }
}

/// The pictures of a book, as far as they can be had in time and have room.
async fn pictures_of(app: &App, user: i64, book: &Book) -> Vec<Picture> {
    let deadline = Instant::now() + PICTURES_TIME;
    let mut addresses: Vec<String> = Vec::new();
    for chapter in &book.chapters {
        for address in pictures::addresses(&chapter.html) {
            if addresses.len() < PICTURES && !addresses.contains(&address) {
                addresses.push(address);
            }
        }
    }
    let loads = addresses.into_iter().map(|address| async move {
        let (mime, bytes) = taken(app, user, &address, PICTURE_BYTES, deadline).await?;
        // Not every reading device shows others (EPUB 3.3, 3.2).
        (mime != "image/avif").then_some(Picture {
            address,
            mime,
            bytes,
        })
    });
    let mut left = MOST_BYTES - 5_000_000;
    let mut kept = Vec::new();
    let mut loads = stream::iter(loads).buffered(AT_ONCE);
    while let Some(picture) = loads.next().await {
        if let Some(picture) = picture.filter(|picture| picture.bytes.len() <= left) {
            left -= picture.bytes.len();
            kept.push(picture);
        }
    }
    kept
}
