//! Telling webhooks of news, inside the request that found them, and again what wasn't taken.

use std::ops::RangeInclusive;

use futures_util::future::join_all;
use serde_json::json;

use super::context::RefreshContext;
use crate::articles::{ArticleRow, store as articles};
use crate::datastore::StoreError;
use crate::feeds::{self, FeedSummary};
use crate::ids::{ArticleId, FeedId};
use crate::sealed::Seal;
use crate::timestamp::{Timestamp, minute_of, rfc3339};
use crate::webhooks::sender::post;
use crate::webhooks::store as hooks;
use crate::webhooks::{
    Hook, Lost, MOST_ARTICLES, PURPOSE, RETRIES_A_TICK, Told, Waiting, pause_after,
};

/// What a hook is told of.
struct News<'n> {
    summary: &'n FeedSummary,
    feed: FeedId,
    numbers: RangeInclusive<u32>,
    rows: &'n [ArticleRow],
}

/// Tells a feed's hooks of new articles. Two reads, and a read for each 30 articles beyond the first; a read and a write more if one
/// doesn't take it. What fails here never fails the refresh: the news are stored.
pub(crate) async fn announce(
    context: &RefreshContext,
    summary: &FeedSummary,
    feed: FeedId,
    numbers: RangeInclusive<u32>,
) {
    if let Err(error) = tell_all(context, summary, feed, numbers).await {
        tracing::warn!(feed.id = %feed, %error, "its webhooks weren’t told");
    }
}

async fn tell_all(
    context: &RefreshContext,
    summary: &FeedSummary,
    feed: FeedId,
    numbers: RangeInclusive<u32>,
) -> Result<(), StoreError> {
    let mut all = hooks::of_feed(&context.store, feed).await?;
    all.retain(|hook| !hook.body.is_barred);
    if all.is_empty() {
        return Ok(());
    }
    let rows = rows(context, feed, &numbers).await?;
    let now = context.clock.now();
    let news = News {
        summary,
        feed,
        numbers,
        rows: &rows,
    };
    let told = join_all(all.iter().map(|hook| tell(context, hook, &news, now))).await;
    let mut failed = Vec::new();
    for (hook, told) in all.iter().zip(told) {
        let wait = Waiting {
            hook: hook.id.clone(),
            user: hook.user.0,
            feed: feed.0,
            numbers: (*news.numbers.start(), *news.numbers.end()),
            ..Waiting::default()
        };
        failed.extend(settled(context, hook, wait, told, now).await?);
    }
    if !failed.is_empty() {
        hooks::change_waiting(&context.store, |waiting| waiting.extend(failed.clone())).await?;
        context.in_flight.hooks_wait(true);
    }
    Ok(())
}

/// The newest of some articles, as many as a hook is told of.
async fn rows(
    context: &RefreshContext,
    feed: FeedId,
    numbers: &RangeInclusive<u32>,
) -> Result<Vec<ArticleRow>, StoreError> {
    let newest = numbers.clone().rev().take(MOST_ARTICLES);
    let ids: Vec<ArticleId> = newest.map(|seq| ArticleId { feed, seq }).collect();
    let mut rows = articles::by_name(&context.store, &ids).await?;
    rows.sort_by_key(|row| row.id.seq);
    Ok(rows)
}

/// Notes what came of telling a hook: what is to be tried again is returned, and what is over stands in the hook's record.
async fn settled(
    context: &RefreshContext,
    hook: &Hook,
    mut wait: Waiting,
    told: Told,
    now: Timestamp,
) -> Result<Option<Waiting>, StoreError> {
    let why = match told {
        Told::Taken if hook.body.lost.is_none() => return Ok(None),
        Told::Taken => {
            hooks::note(&context.store, &hook.id, None).await?;
            return Ok(None);
        }
        Told::Refused(why) => {
            wait.tries = wait.tries.saturating_add(1);
            if let Some(pause) = pause_after(wait.tries) {
                wait.next = minute_of(now + pause);
                wait.why = why;
                return Ok(Some(wait));
            }
            why
        }
        Told::Over(why) => why,
    };
    tracing::warn!(feed.id = %hook.feed, "a webhook is given up");
    let at = now.timestamp();
    hooks::note(&context.store, &hook.id, Some(Lost { at, why })).await?;
    Ok(None)
}

async fn tell(context: &RefreshContext, hook: &Hook, news: &News<'_>, now: Timestamp) -> Told {
    let opened = context.secret.as_ref().and_then(|secret| {
        let seal = Seal::new(secret, PURPOSE)?;
        seal.open::<String>(&hook.body.secret)
    });
    let Some(secret) = opened else {
        let why = "The installation’s key is another one by now: make the webhook anew.";
        return Told::Over(why.into());
    };
    let body = body(hook, news, now);
    post(&context.web, &hook.body.address, &secret, body, now).await
}

/// What a hook is sent.
fn body(hook: &Hook, news: &News<'_>, now: Timestamp) -> String {
    let count = news.numbers.clone().count();
    let articles = news.rows.iter().map(|row| {
        let card = &row.summary;
        let published = card
            .published
            .and_then(|at| Timestamp::from_timestamp(at, 0));
        json!({
            "id": row.id.to_string(),
            "title": card.title,
            "link": card.link,
            "author": card.author,
            "snippet": card.snippet,
            "image": card.image,
            "published": published.map(rfc3339),
            "at": rfc3339(card.at()),
        })
    });
    let articles: Vec<_> = articles.collect();
    json!({
        "event": "articles",
        "webhook": hook.id,
        // The same for the same news, however often they are sent.
        "delivery": format!("{}-{}-{}-{}", hook.id, news.feed, news.numbers.start(), news.numbers.end()),
        "sent": rfc3339(now),
        "feed": news.feed.to_string(),
        "feed_title": news.summary.title,
        "feed_url": news.summary.url.as_str(),
        "count": count,
        "articles": articles,
    })
    .to_string()
}

/// Tries again what wasn't taken, as far as it is due. No read while nothing waits, as far as this instance knows; otherwise one, and
/// for each attempt three; one write if anything was tried.
pub(super) async fn retry(context: &RefreshContext) {
    if !context.in_flight.may_hooks_wait() {
        return;
    }
    if let Err(error) = retry_some(context).await {
        tracing::warn!(%error, "webhooks weren’t tried again");
    }
}

async fn retry_some(context: &RefreshContext) -> Result<(), StoreError> {
    let now = context.clock.now();
    let minute = minute_of(now);
    let waiting = hooks::waiting(&context.store).await?;
    context.in_flight.hooks_wait(!waiting.is_empty());
    let due = waiting.iter().filter(|one| one.next <= minute);
    let due: Vec<Waiting> = due.take(RETRIES_A_TICK).cloned().collect();
    if due.is_empty() {
        return Ok(());
    }
    let done = join_all(due.iter().map(|one| again(context, one, now))).await;
    let done: Vec<Option<Waiting>> = done.into_iter().collect::<Result<_, _>>()?;
    let left = hooks::change_waiting(&context.store, |waiting| {
        waiting.retain(|one| !due.contains(one));
        waiting.extend(done.iter().flatten().cloned());
    });
    context.in_flight.hooks_wait(!left.await?.is_empty());
    Ok(())
}

/// One attempt; what is to be tried again.
async fn again(
    context: &RefreshContext,
    wait: &Waiting,
    now: Timestamp,
) -> Result<Option<Waiting>, StoreError> {
    let feed = FeedId(wait.feed);
    let hook = hooks::get(&context.store, &wait.hook).await?;
    let Some(hook) = hook.filter(|hook| !hook.body.is_barred) else {
        // It was removed meanwhile, or its user may not come in.
        return Ok(None);
    };
    let Some(known) = feeds::store::get(&context.store, feed).await? else {
        return Ok(None);
    };
    let numbers = wait.numbers.0.max(known.summary.first)..=wait.numbers.1;
    let rows = rows(context, feed, &numbers).await?;
    let news = News {
        summary: &known.summary,
        feed,
        numbers: wait.numbers.0..=wait.numbers.1,
        rows: &rows,
    };
    let told = tell(context, &hook, &news, now).await;
    settled(context, &hook, wait.clone(), told, now).await
}
