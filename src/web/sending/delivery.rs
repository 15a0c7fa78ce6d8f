//! Sending an article on, to a service of the user's own: by their press, or by a rule of theirs.
//!
//! The shapes are those of the services' documentation: wallabag's `POST /api/entries.json` after `POST /oauth/v2/token`,
//! Readeck's `POST /api/bookmarks`, linkding's `POST /api/bookmarks/`.

use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use ring::hmac::{self, HMAC_SHA256, Key};
use serde_json::json;
use url::Url;

use crate::app::App;
use crate::articles::Article;
use crate::client::guard;
use crate::client::http::FetchError;
use crate::random::hex;
use crate::refresh::context::RefreshContext;
use crate::sealed::Seal;
use crate::timestamp::{Timestamp, rfc3339};
use crate::users::preferences::{Service, TARGET_PURPOSE, Target};
use crate::web::words::{msg, t, told};

/// Time limit for one service, all its requests together.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(15);
/// The header with a webhook's signature: `sha256=` and the HMAC of the body.
const SIGNATURE: HeaderName = HeaderName::from_static("x-dormouse-signature");

/// Why a service didn't take an article, in words.
pub(crate) type Refusal = String;

/// Sends an article to a service of the user's: one request, two of wallabag. Bounded by the caller.
///
/// # Errors
/// Why it wasn't taken, in the reader's language.
pub(crate) async fn deliver(
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
        sealed => Seal::new(&app.secret, TARGET_PURPOSE).and_then(|seal| seal.open(sealed)),
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
