//! Sending an article on: to services of the user's own, inside the request, with the result said.
//!
//! The shapes are those of the services' documentation: wallabag's `POST /api/entries.json` after `POST /oauth/v2/token`,
//! Readeck's `POST /api/bookmarks`, linkding's `POST /api/bookmarks/`.

use std::time::Duration;

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use ring::hmac::{self, HMAC_SHA256, Key};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::app::{App, AppState};
use crate::articles::Article;
use crate::client::guard;
use crate::client::http::FetchError;
use crate::codec::cut;
use crate::html::visible::visible;
use crate::ids::ArticleId;
use crate::random::hex;
use crate::refresh::context::RefreshContext;
use crate::sealed::Seal;
use crate::shelf::Shelf;
use crate::timestamp::{Timestamp, rfc3339};
use crate::users::preferences::{MOST_TARGETS, Preferences, Service, Target};
use crate::users::{self, User};
use crate::web::actions::article::kept_article;
use crate::web::actions::asking::for_a_text;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::ShareLink;
use crate::web::words::{msg, segment, t, told};

/// What secrets are sealed for.
const PURPOSE: &str = "target";
/// Time limit for one service, all its requests together.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Longest name, address and secret, in bytes.
const NAME_BYTES: usize = 40;
const ADDRESS_BYTES: usize = 500;
const SECRET_BYTES: usize = 500;
/// The header with a webhook's signature: `sha256=` and the HMAC of the body.
const SIGNATURE: HeaderName = HeaderName::from_static("x-dormouse-signature");

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

/// Why a service didn't take an article, in words.
type Refusal = String;

async fn deliver(
    app: &App,
    context: &RefreshContext,
    target: &Target,
    article: &Article,
    feed: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let link = article.body.link.clone();
    let link = link.ok_or_else(|| t("share-no-page").to_owned())?;
    let opened = match target.secret.as_str() {
        "" => Some(String::new()),
        sealed => Seal::new(&app.secret, PURPOSE).and_then(|seal| seal.open(sealed)),
    };
    let secret = opened.ok_or_else(|| t("share-key-lost").to_owned())?;
    let to = address_of(context, target)?;
    let bookmark = json!({ "url": link, "title": article.body.title });
    let (path, headers, body) = match target.service {
        Service::Link => return Ok(()),
        Service::Webhook => {
            let body = webhook(article, feed, &link);
            let tag = hmac::sign(&Key::new(HMAC_SHA256, secret.as_bytes()), body.as_bytes());
            let signature = format!("sha256={}", hex(tag.as_ref()));
            ("", vec![(SIGNATURE, signature)], body)
        }
        Service::Readeck => (
            "api/bookmarks",
            vec![(AUTHORIZATION, format!("Bearer {secret}"))],
            bookmark.to_string(),
        ),
        Service::Linkding => (
            "api/bookmarks/",
            vec![(AUTHORIZATION, format!("Token {secret}"))],
            bookmark.to_string(),
        ),
        Service::Wallabag => {
            let token = wallabag_token(context, &to, &secret, now).await?;
            (
                "api/entries.json",
                vec![(AUTHORIZATION, format!("Bearer {token}"))],
                bookmark.to_string(),
            )
        }
    };
    let url = below(&to, path);
    let (status, _) = post(context, &url, headers, "application/json", body, now).await?;
    match status.is_success() {
        true => Ok(()),
        false => Err(msg("share-status").number("status", status.as_u16()).into()),
    }
}

/// The address of a service, if it may be asked.
fn address_of(context: &RefreshContext, target: &Target) -> Result<Url, Refusal> {
    let url = Url::parse(&target.address).map_err(|_| t("share-no-address").to_owned())?;
    let checked = guard::check_text(url.as_str(), context.web.allows_private());
    checked.map_err(|block| told(&block.to_string()).into_owned())?;
    Ok(url)
}

/// A path below a service's address.
fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    if !path.is_empty() {
        url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    }
    url
}

async fn post(
    context: &RefreshContext,
    url: &Url,
    headers: Vec<(HeaderName, String)>,
    kind: &'static str,
    body: String,
    now: Timestamp,
) -> Result<(StatusCode, Vec<u8>), Refusal> {
    let mut all = HeaderMap::new();
    all.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in headers {
        let mut value =
            HeaderValue::from_str(&value).map_err(|_| t("share-key-lost").to_owned())?;
        value.set_sensitive(true);
        all.insert(name, value);
    }
    let sent = context.web.post(url, all, body.into_bytes(), now).await;
    sent.map_err(|error: FetchError| {
        let error = error.for_a_stranger(url);
        told(&error.to_string()).into_owned()
    })
}

/// What a webhook is sent.
fn webhook(article: &Article, feed: &str, link: &str) -> String {
    let published = article.body.published;
    let published = published.and_then(|at| Timestamp::from_timestamp(at, 0));
    json!({
        "id": article.id.to_string(),
        "url": link,
        "title": article.body.title,
        "author": article.body.author,
        "feed": feed,
        "published": published.map(rfc3339),
    })
    .to_string()
}

/// A token of wallabag for an hour. The secret is four words: client id, client secret, user name, password.
async fn wallabag_token(
    context: &RefreshContext,
    to: &Url,
    secret: &str,
    now: Timestamp,
) -> Result<String, Refusal> {
    // A password may have spaces in it.
    let words: Vec<&str> = secret.splitn(4, ' ').collect();
    let [client, key, user, password] = words[..] else {
        return Err(t("share-wallabag-words").to_owned());
    };
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("grant_type", "password"),
            ("client_id", client),
            ("client_secret", key),
            ("username", user),
            ("password", password),
        ])
        .finish();
    let url = below(to, "oauth/v2/token");
    let kind = "application/x-www-form-urlencoded";
    let (status, answer) = post(context, &url, Vec::new(), kind, form, now).await?;
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap_or_default();
    match answer["access_token"].as_str() {
        Some(token) if status.is_success() => Ok(token.to_owned()),
        _ => Err(msg("share-status").number("status", status.as_u16()).into()),
    }
}
