//! Webhooks: made, and removed.

use http::StatusCode;

use crate::app::App;
use crate::ids::{FeedId, UserId};
use crate::sealed::Seal;
use crate::shelf::store as shelves;
use crate::web::client_address::ClientAddress;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::webhooks::{
    ADDRESS_BYTES, Body, Hook, MOST_OF_A_FEED, MOST_OF_A_USER, PURPOSE, sender, store,
};

fn refused(code: &'static str, title: impl Into<String>, advice: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title, advice)
}

/// Makes a webhook of a feed on the user's shelf; returns it with its secret, which is shown once. Three reads and three writes.
///
/// # Errors
/// 404 if the feed isn't on the shelf; 422 for an address that can't be used, or too many webhooks.
pub(crate) async fn make(
    app: &App,
    user: UserId,
    feed: FeedId,
    address: &str,
    from: ClientAddress,
) -> HandlerResult<(Hook, String)> {
    if shelves::get(&app.store, user, feed).await?.is_none() {
        return Err(Problem::not_found());
    }
    let address = address.trim();
    let advice = "Nothing was made. It should look like https://example.org/hook.";
    if address.len() > ADDRESS_BYTES {
        return Err(refused("bad_address", "The address is too long", advice));
    }
    let url = sender::check(address, app.config.fetch.allow_private);
    let url = url.map_err(|why| refused("blocked_address", why, advice))?;
    if !url.username().is_empty() || url.password().is_some() {
        let title = "The address has a password in it";
        let advice = "Nothing was made. Judge requests by their signature instead.";
        return Err(refused("bad_address", title, advice));
    }
    if store::of_user(&app.store, user).await?.len() >= MOST_OF_A_USER {
        let title = format!("You have {MOST_OF_A_USER} webhooks, which is the limit");
        return Err(refused("too_many_webhooks", title, "Remove one first."));
    }
    let secret = app.random.hex::<24>();
    let sealed = Seal::new(&app.secret, PURPOSE).and_then(|seal| seal.close(&secret, &app.random));
    let sealed = sealed.ok_or_else(|| {
        refused(
            "bad_address",
            "The secret couldn’t be sealed",
            "Nothing was made. Try again.",
        )
    })?;
    let hook = Hook {
        id: app.random.hex::<8>(),
        user,
        feed,
        body: Body {
            address: url.into(),
            secret: sealed,
            made: app.clock.now().timestamp(),
            lost: None,
            is_barred: false,
        },
    };
    let line = security::own_line(app, Event::WebhookMade, from.0, (user, ""));
    match store::add(&app.store, &hook, &line).await? {
        true => {
            security::note(Event::WebhookMade, from.0, Some(user));
            Ok((hook, secret))
        }
        false => {
            let title = format!("This feed has {MOST_OF_A_FEED} webhooks, which is the limit");
            let advice = "Nothing was made. Somebody has to remove one first.";
            Err(refused("too_many_webhooks", title, advice))
        }
    }
}

/// Removes a user's webhook. Two reads, two writes and a delete.
///
/// # Errors
/// 404 if there is none such.
pub(crate) async fn remove(
    app: &App,
    user: UserId,
    id: &str,
    from: ClientAddress,
) -> HandlerResult<()> {
    let line = security::own_line(app, Event::WebhookRemoved, from.0, (user, ""));
    match store::remove(&app.store, user, id, Some(&line)).await? {
        true => {
            security::note(Event::WebhookRemoved, from.0, Some(user));
            Ok(())
        }
        false => Err(Problem::not_found()),
    }
}
