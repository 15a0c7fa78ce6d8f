//! Saving a search.

use http::StatusCode;

use crate::app::App;
use crate::codec::cut;
use crate::html::visible::visible;
use crate::ids::ArticleId;
use crate::search::Question;
use crate::search::query::Leaf;
use crate::shelf::Shelf;
use crate::shelf::rulebook::saved::{MOST_HITS, NAME_BYTES};
use crate::shelf::search::{Answer, HitId, Order, Request, search};
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::t;

/// Pages that are looked at when a search is saved, and hits of each: a read for each that isn't remembered.
const PAGES: usize = 10;
const PAGE: usize = 100;
/// Longest query that is kept, in bytes.
const QUERY_BYTES: usize = 300;

/// The articles among hits.
pub(crate) fn articles(answer: &Answer) -> Vec<ArticleId> {
    let ids = answer.hits.iter().filter_map(|hit| match &hit.id {
        HitId::Article(id) if hit.feed.is_some() => Some(*id),
        _ => None,
    });
    ids.collect()
}

fn refused(title: String, advice: &'static str) -> Problem {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Problem::new(status, "bad_search", title, t(advice))
}

/// The unread hits among a query's newest, and whether there may be more. A read for each hit that isn't remembered.
async fn newest(app: &App, shelf: &Shelf, query: &str) -> HandlerResult<(Vec<ArticleId>, bool)> {
    let asked =
        Question::parse(query).map_err(|error| refused(error.to_string(), "search-save-again"))?;
    if asked.is_empty() || query.len() > QUERY_BYTES {
        return Err(refused(t("search-save-no").to_owned(), "search-save-again"));
    }
    let unread = asked.and(Leaf::Unread);
    let (mut hits, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        let request = Request {
            query: &unread,
            order: Order::Newest,
            after,
            limit: PAGE,
            now: app.clock.now(),
        };
        let answer = search(&app.store, shelf, request).await?;
        hits.extend(articles(&answer));
        after = answer.next;
        if after.is_none() || hits.len() as u64 >= MOST_HITS {
            break;
        }
    }
    Ok((hits, after.is_some()))
}

/// Saves a search, with the unread hits among its newest; without a name it is called as it asks. One write, and a read for each hit
/// that isn't remembered.
///
/// # Errors
/// 422 for a query that can't be kept, or without room for another.
pub(crate) async fn save(
    app: &App,
    shelf: &mut Shelf,
    query: &str,
    name: Option<&str>,
) -> HandlerResult<u32> {
    let (hits, more) = newest(app, shelf, query).await?;
    let name = cut(visible(name.unwrap_or(query).trim()).trim(), NAME_BYTES);
    let saved = shelf
        .save_search(&app.store, app.clock.now(), (&name, query), &hits, more)
        .await?;
    let Some(id) = saved else {
        return Err(refused(
            t("search-save-full").to_owned(),
            "search-save-full-advice",
        ));
    };
    Ok(id)
}

/// Has a saved search ask for something else; one that is called as it asks is called so then, too. As [`save`].
///
/// # Errors
/// 422 for a query that can't be kept, or that another saved search asks.
pub(crate) async fn ask(app: &App, shelf: &mut Shelf, id: u32, query: &str) -> HandlerResult<()> {
    let mut all = shelf.read.book().searches.iter();
    match all.find(|one| one.query == query) {
        Some(known) if known.id == id => return Ok(()),
        Some(known) => {
            let title = format!("“{}” asks for that already", known.name);
            return Err(refused(title, "search-save-again"));
        }
        None => {}
    }
    let (hits, more) = newest(app, shelf, query).await?;
    let changed = shelf.change_book(&app.store, app.clock.now(), |book| {
        if let Some(one) = book.searches.iter_mut().find(|one| one.id == id) {
            one.asks(query, &hits, more);
        }
    });
    Ok(changed.await?)
}
