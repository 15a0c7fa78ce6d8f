//! Rules meet what has arrived: once for each article, from cards, in the write that settles arrivals.

use std::sync::Arc;

use super::around::Around;
use super::coming::Coming;
use super::copies::copies;
use super::effect::{Effect, effect};
use super::hits::{hits, searching};
use super::matching::Ready;
pub use super::met::Met;
use super::news::{cards, news, texts};
use crate::datastore::{Datastore, StoreError};
use crate::ids::{ArticleId, Numbers};
use crate::shelf::Shelf;
use crate::timestamp::{Timestamp, minute_of};

/// Articles that one visit stars or tags, each for a read and a write; likewise.
const MOST_COPIED: usize = 20;

/// Meets what has arrived since the last time. `over` has what counts as read of new feeds. `None` if there is nothing.
///
/// One read for each 30 feeds with news, unless their cards are remembered; one for each feed whose text a rule asks for and that
/// isn't remembered; one for each article that is starred or tagged, two if it is kept already, and a write in `copies`.
pub async fn meet(
    store: &Datastore,
    shelf: &Shelf,
    over: &[(Numbers, u32)],
    now: Timestamp,
) -> Result<Option<Met>, StoreError> {
    let minute = minute_of(now);
    let book = shelf.read.book();
    let coming = Coming::of(over, minute);
    let rules: Vec<Ready<'_>> = book
        .rules
        .iter()
        .filter(|rule| coming.concerns(shelf, rule))
        .map(Ready::of)
        .collect();
    let searches = searching(book);
    let news = news(shelf, &rules, &searches, &coming);
    if news.is_empty() {
        return Ok(None);
    }
    let wanted: Vec<ArticleId> = news
        .iter()
        .flat_map(|one| {
            let feed = one.numbers.feed;
            (one.from..=one.upto).map(move |seq| ArticleId { feed, seq })
        })
        .collect();
    let cards = cards(store, &news, &wanted).await?;
    let texts = texts(store, &news, &rules, &searches).await?;
    let mut met = Met::default();
    let mut copied = Vec::new();
    for one in &news {
        let feed = one.numbers.feed;
        let around = Around::of(shelf, feed);
        let mut upto = one.upto;
        for seq in one.from..=one.upto {
            let Some(row) = cards.get(&ArticleId { feed, seq }) else {
                continue;
            };
            let words = texts.get(&feed).map(Arc::as_ref);
            let came = coming.minute(shelf, row);
            let effect = effect(&rules, &around, (row, words), (now, Some(came)));
            let effect = Effect {
                numbers: Some(one.numbers),
                searches: hits(&searches, &around, row, words, &mut met.dots),
                ..effect
            };
            if effect.is_copied() {
                if copied.len() == MOST_COPIED {
                    upto = seq - 1;
                    break;
                }
                copied.push(effect.clone());
            }
            if !effect.asked.is_empty() || !effect.searches.is_empty() {
                met.effects.push(effect);
            }
        }
        met.upto.insert(feed, upto);
    }
    met.copies = copies(store, shelf, &copied, now).await?;
    Ok(Some(met))
}
