//! Sending on what rules ask for: what waits is sent by the reader's next visit, sync or pulse, where arrivals are settled; a few at a
//! time, with the result said.

use std::time::Duration;

use super::delivery::deliver;
use crate::app::App;
use crate::articles;
use crate::datastore::is_frozen;
use crate::ids::ArticleId;
use crate::shelf::Shelf;
use crate::shelf::rulebook::book::{Book, Waiting};
use crate::timestamp::minute_of;
use crate::users::User;
use crate::users::preferences::Service;
use crate::web::problem::HandlerResult;
use crate::web::words::{msg, t};

/// Articles sent by one request.
const A_REQUEST: usize = 5;
/// Time for all of them: somebody waits, and of a page the most impatiently.
const TIME: Duration = Duration::from_secs(8);
const PAGE_TIME: Duration = Duration::from_secs(3);
/// Attempts for one article; then it is given up, and counted for the page of rules.
const ATTEMPTS: u8 = 3;

/// Who waits for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// A page that is opened.
    Visit,
    /// A program, or an open page's pulse.
    Sync,
    /// Somebody who pressed the button: no service rests. Of each ten minutes, one attempt counts.
    Press,
}

/// Whether something waits that may be sent now. No read.
pub(crate) fn is_due(app: &App, shelf: &Shelf) -> bool {
    let book = shelf.read.book();
    !book.waiting.is_empty()
        && !is_frozen()
        && book.due(minute_of(app.clock.now())).next().is_some()
}

/// Sends some of what waits; returns how many are left. Two reads and a write for each request that sends anything, none where nothing
/// waits.
///
/// # Errors
/// Those of the store. What a service refuses is noted, and said on the page of rules.
pub(crate) async fn send_waiting(
    app: &App,
    user: &User,
    shelf: &mut Shelf,
    by: By,
) -> HandlerResult<usize> {
    let now = app.clock.now();
    let book = shelf.read.book();
    let these: Vec<Waiting> = match by {
        By::Press => book.waiting.iter().take(A_REQUEST).cloned().collect(),
        By::Visit | By::Sync if !is_due(app, shelf) => Vec::new(),
        By::Visit | By::Sync => {
            let due = book.due(minute_of(now));
            due.take(A_REQUEST).cloned().collect()
        }
    };
    if these.is_empty() {
        return Ok(book.waiting.len());
    }
    let time = match by {
        By::Visit => PAGE_TIME,
        By::Sync | By::Press => TIME,
    };
    let context = app.refresh_context()?;
    let ids = these
        .iter()
        .filter_map(|one| ArticleId::from_number(one.article));
    let ids: Vec<ArticleId> = ids.collect();
    let found = articles::store::cached_many(&app.store, &ids).await?;
    // Whether it is over with each, and why it wasn't taken.
    let each = these.iter().map(async |one| {
        let targets = &user.profile.preferences.targets;
        let target = targets.iter().find(|target| target.name == one.hook);
        let target = target.filter(|target| target.service != Service::Link);
        let Some(target) = target else {
            let gone = msg("rules-hook-gone").text("name", &one.hook);
            return (true, Some(gone.to_string()));
        };
        let article = found
            .iter()
            .find(|found| found.0.id.number() == one.article);
        let Some(article) = article else {
            return (true, Some(t("rules-hook-no-article").to_owned()));
        };
        let title = shelf.title(article.0.id.feed);
        let work = deliver(app, &context, target, &article.0, &title, now);
        match tokio::time::timeout(time, work).await {
            Ok(Ok(())) => (true, None),
            Ok(Err(why)) => (
                false,
                Some(
                    msg("share-failed")
                        .text("name", &one.hook)
                        .text("why", why)
                        .to_string(),
                ),
            ),
            Err(_) => {
                let slow = msg("share-failed").text("name", &one.hook);
                let slow = slow.text("why", t("rules-hook-slow"));
                (false, Some(slow.to_string()))
            }
        }
    });
    let done: Vec<(bool, Option<String>)> = futures_util::future::join_all(each).await;
    let minute = minute_of(now);
    let left = shelf.change_book(&app.store, now, |book| {
        for (one, (is_over, why)) in these.iter().zip(&done) {
            let place = book
                .waiting
                .iter()
                .position(|known| (known.article, &known.hook) == (one.article, &one.hook));
            let Some(place) = place else { continue };
            book.answered(&one.hook, why.as_deref(), minute);
            // By presses it is tried as often as one likes: of each ten minutes, one attempt counts.
            let known = &book.waiting[place];
            let (tries, at) = match Book::rests(known, minute) {
                true => (known.tries, known.at),
                false => (known.tries + 1, minute),
            };
            if *is_over || tries >= ATTEMPTS {
                book.waiting.remove(place);
                if why.is_some() {
                    book.give_up(&one.hook, minute);
                }
            } else {
                // The others come first.
                let mut again = book.waiting.remove(place);
                (again.tries, again.at) = (tries, at);
                book.waiting.push(again);
            }
        }
        book.waiting.len()
    });
    Ok(left.await?)
}
