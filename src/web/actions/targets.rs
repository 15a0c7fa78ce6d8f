//! The services that articles are sent to: adding one, and sending.

use http::StatusCode;
use url::Url;

use super::article::kept_article;
use super::asking::for_a_text;
use crate::app::AppState;
use crate::codec::cut;
use crate::html::visible::visible;
use crate::ids::{ArticleId, UserId};
use crate::sealed::Seal;
use crate::shelf::Shelf;
use crate::users::preferences::{MOST_TARGETS, Service, TARGET_PURPOSE, Target};
use crate::users::{self, User};
use crate::web::client_address::ClientAddress;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::sending::delivery::{Refusal, TIMEOUT, deliver};
use crate::web::words::{segment, t};

/// Longest name, address and secret, in bytes.
const NAME_BYTES: usize = 40;
const ADDRESS_BYTES: usize = 500;
const SECRET_BYTES: usize = 500;

/// An address with the article's own address and title in it.
pub(crate) fn expanded(address: &str, link: &str, title: &str) -> String {
    let address = address.replace("{url}", &segment(link));
    address.replace("{title}", &segment(title))
}

/// A service's address, with its places filled.
fn parsed_of(address: &str) -> Option<Url> {
    Url::parse(&expanded(address, "u", "t")).ok()
}

fn refused(title: &str, advice: &str) -> Problem {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Problem::new(status, "bad_target", title, advice)
}

/// A service as typed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'w> {
    pub name: &'w str,
    pub service: Service,
    pub address: &'w str,
    pub secret: &'w str,
}

/// Adds a service. One read and two writes: one is a line of the audit log.
///
/// # Errors
/// 422 if something in it can't be used, or without room for another.
pub(crate) async fn add(
    app: &AppState,
    user: UserId,
    from: ClientAddress,
    wanted: Wanted<'_>,
) -> HandlerResult<()> {
    let service = wanted.service;
    let name = cut(visible(wanted.name.trim()).trim(), NAME_BYTES);
    let address = wanted.address.trim();
    let parsed = parsed_of(address);
    let is_web = parsed.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if name.is_empty() || is_web.is_none() || address.len() > ADDRESS_BYTES {
        let advice = "Give it a name, and an address that begins with https://.";
        return Err(refused("That isn’t the address of a service", advice));
    }
    if service == Service::Link && !address.contains("{url}") {
        let advice = "Write url in curly brackets where the article’s address goes.";
        return Err(refused(
            "The address has no place for the article’s own",
            advice,
        ));
    }
    let secret = wanted.secret.trim();
    if secret.chars().any(char::is_control) {
        let advice = "Copy it again, without a line break in it.";
        return Err(refused(
            "The token has characters that can’t be sent",
            advice,
        ));
    }
    if parsed_of(address).is_some_and(|url| !url.username().is_empty() || url.password().is_some())
    {
        let advice = "Leave the name and password out of the address, and write them as the key.";
        return Err(refused("The address has a password in it", advice));
    }
    if secret.len() > SECRET_BYTES || (service != Service::Link && secret.is_empty()) {
        let advice = "Copy it from the service’s own settings.";
        return Err(refused("This service needs a token or a key", advice));
    }
    if service == Service::Wallabag && secret.split_whitespace().count() < 4 {
        let advice =
            "Write client id, client secret, user name and password, with spaces between them.";
        return Err(refused("wallabag needs four words as its key", advice));
    }
    let sealed = match secret {
        "" => String::new(),
        secret => {
            let seal = Seal::new(&app.secret, TARGET_PURPOSE);
            let sealed = seal.and_then(|seal| seal.close(&secret, &app.random));
            sealed.ok_or_else(|| refused("The key couldn’t be sealed", "Try again."))?
        }
    };
    let target = Target {
        name,
        service,
        address: address.to_owned(),
        secret: sealed,
    };
    let add = |user: &mut User| {
        let targets = &mut user.profile.preferences.targets;
        let has_room = targets.len() < MOST_TARGETS;
        has_room.then(|| targets.push(target.clone()))
    };
    let line = security::own_line(app, Event::ServiceAdded, from.0, (user, service.word()));
    let added = users::store::change_if_with(&app.store, user, &[line], add).await?;
    if added.is_none() {
        let advice = "Nothing was changed. Remove one first.";
        return Err(refused("There is room for eight services", advice));
    }
    security::note(Event::ServiceAdded, from.0, Some(user));
    Ok(())
}

/// Removes the service that `which` finds; false if it finds none. One read and two writes: one is a line of the audit log.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(crate) async fn remove(
    app: &AppState,
    user: UserId,
    from: ClientAddress,
    which: impl Fn(&[Target]) -> Option<usize>,
) -> HandlerResult<bool> {
    let line = |service: &Service| {
        let own = (user, service.word());
        vec![security::own_line(app, Event::ServiceRemoved, from.0, own)]
    };
    let remove = |user: &mut User| {
        let targets = &mut user.profile.preferences.targets;
        let place = which(targets).filter(|place| *place < targets.len())?;
        Some(targets.remove(place).service)
    };
    let gone = users::store::change_if_noting(&app.store, user, line, remove).await?;
    if gone.is_some() {
        security::note(Event::ServiceRemoved, from.0, Some(user));
    }
    Ok(gone.is_some())
}

/// Sends an article to one of the user's services, and returns what came of it. One request, two of wallabag.
///
/// # Errors
/// 404 if the article isn't there; 429 after too many within an hour.
pub(crate) async fn send(
    app: &AppState,
    user: &User,
    target: &Target,
    id: ArticleId,
) -> HandlerResult<Result<(), Refusal>> {
    for_a_text(app, user.id, app.quota_of(user)).await?;
    let shelf = Shelf::load_around(&app.store, user.id, &[id.feed]).await?;
    let article = kept_article(app, &shelf, id).await?.article;
    let context = app.refresh_context()?;
    let title = shelf.title(id.feed);
    let work = deliver(app, &context, target, &article, &title, app.clock.now());
    Ok(match tokio::time::timeout(TIMEOUT, work).await {
        Err(_) => Err(t("share-slow").to_owned()),
        Ok(said) => said,
    })
}
