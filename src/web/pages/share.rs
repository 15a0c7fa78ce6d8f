//! Sending an article on: to services of the user's own, inside the request, with the result said.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use url::Url;

use crate::app::AppState;
use crate::articles::Article;
use crate::codec::cut;
use crate::html::visible::visible;
use crate::ids::ArticleId;
use crate::sealed::Seal;
use crate::shelf::Shelf;
use crate::users::preferences::{MOST_TARGETS, Preferences, Service, Target};
use crate::users::{self, User};
use crate::web::actions::article::kept_article;
use crate::web::actions::asking::for_a_text;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::sending::delivery::{PURPOSE, TIMEOUT, deliver};
use crate::web::view::ShareLink;
use crate::web::words::{msg, segment, t};

/// Longest name, address and secret, in bytes.
const NAME_BYTES: usize = 40;
const ADDRESS_BYTES: usize = 500;
const SECRET_BYTES: usize = 500;

/// Where an article can be sent: the user's services. Without a page of its own it can't be.
pub(super) fn links(article: &Article, own: &Preferences) -> Vec<ShareLink> {
    let Some(link) = &article.body.link else {
        return Vec::new();
    };
    let each = own.targets.iter().enumerate();
    each.map(|(number, target)| ShareLink {
        label: target.name.clone(),
        href: match target.service {
            Service::Link => expanded(&target.address, link, &article.body.title),
            _ => String::new(),
        },
        number,
    })
    .collect()
}

/// An address with the article's own address and title in it.
fn expanded(address: &str, link: &str, title: &str) -> String {
    let address = address.replace("{url}", &segment(link));
    address.replace("{title}", &segment(title))
}

/// A service as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    name: String,
    service: String,
    address: String,
    secret: String,
    /// The number of the one to remove.
    remove: Option<usize>,
}

/// A service's address, with its places filled.
fn parsed_of(address: &str) -> Option<Url> {
    Url::parse(&expanded(address, "u", "t")).ok()
}

fn refused(title: &str, advice: &str) -> Problem {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Problem::new(status, "bad_target", title, advice)
}

/// Adds a service, or removes one.
pub(super) async fn set(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let to = "/settings#targets";
    if let Some(number) = typed.remove {
        let remove = |user: &mut User| {
            let targets = &mut user.profile.preferences.targets;
            if number < targets.len() {
                targets.remove(number);
            }
        };
        users::store::change(&app.store, current.user.id, remove).await?;
        return Ok(flash::redirect(to, t("share-removed"), None));
    }
    let service = Service::ALL.iter().find(|one| one.word() == typed.service);
    let service = *service.ok_or_else(|| super::choices::wrong("service", &typed.service))?;
    let name = cut(visible(typed.name.trim()).trim(), NAME_BYTES);
    let address = typed.address.trim();
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
    let secret = typed.secret.trim();
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
            let seal = Seal::new(&app.secret, PURPOSE);
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
        if targets.len() < MOST_TARGETS {
            targets.push(target.clone());
        }
    };
    let user = users::store::change(&app.store, current.user.id, add).await?;
    if user.profile.preferences.targets.last() != Some(&target) {
        let advice = "Nothing was changed. Remove one first.";
        return Err(refused("There is room for eight services", advice));
    }
    Ok(flash::redirect(to, t("share-added"), None))
}

/// Which service, and where to go then.
#[derive(Debug, Deserialize)]
pub(super) struct Chosen {
    to: usize,
    #[serde(rename = "return", default)]
    return_to: String,
}

/// Sends an article to one of the user's services, and says what came of it.
pub(super) async fn send(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<ArticleId>,
    Form(chosen): Form<Chosen>,
) -> HandlerResult<Response> {
    let own = &current.user.profile.preferences;
    let target = own.targets.get(chosen.to);
    // A link is opened, and nothing is sent to it.
    let target = target.filter(|target| target.service != Service::Link);
    let target = target.ok_or_else(Problem::not_found)?;
    for_a_text(&app, current.user.id, current.user.profile.admin).await?;
    let shelf = Shelf::load_around(&app.store, current.user.id, &[id.feed]).await?;
    let article = kept_article(&app, &shelf, id).await?.article;
    let context = app.refresh_context()?;
    let title = shelf.title(id.feed);
    let work = deliver(&app, &context, target, &article, &title, current.now);
    let said = match tokio::time::timeout(TIMEOUT, work).await {
        Err(_) => Err(t("share-slow").to_owned()),
        Ok(said) => said,
    };
    let text: String = match said {
        Ok(()) => msg("share-sent").text("name", &target.name).into(),
        Err(why) => msg("share-failed")
            .text("name", &target.name)
            .text("why", why)
            .into(),
    };
    Ok(flash::redirect(
        &flash::local(&chosen.return_to),
        text,
        None,
    ))
}
