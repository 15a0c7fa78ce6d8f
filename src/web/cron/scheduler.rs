//! Authenticates the scheduler: the platform's cron, Cloud Scheduler, or a caller with the secret.

use axum::extract::{FromRequestParts, OriginalUri};
use http::request::Parts;
use http::{StatusCode, header};
use sha2::{Digest, Sha256};

use crate::app::AppState;
use crate::oidc::token::{self, Expected, KeySet};
use crate::web::client_address;
use crate::web::problem::Problem;
use crate::web::security::{self, Event};

/// The issuer names in Google's tokens.
const ISSUERS: [&str; 2] = ["https://accounts.google.com", "accounts.google.com"];

/// An authenticated scheduler. All other callers get a 403, without any store operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scheduler;

impl FromRequestParts<AppState> for Scheduler {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let allowed = allowed(parts, app).await;
        if allowed.is_err() {
            let address = client_address::of(app, &parts.extensions, &parts.headers);
            security::note(Event::SchedulerRefused, address, None);
        }
        allowed.map(|()| Self)
    }
}

async fn allowed(parts: &Parts, app: &AppState) -> Result<(), Problem> {
    if is_app_engines_cron(parts, app) {
        return Ok(());
    }
    let sent = parts.headers.get(header::AUTHORIZATION);
    let sent = sent.and_then(|value| value.to_str().ok());
    let Some(sent) = sent.and_then(|value| value.strip_prefix("Bearer ")) else {
        return Err(refused(None));
    };
    // A token is recognized by its form, so that an unresolvable secret doesn't block Cloud Scheduler.
    let is_token = sent.matches('.').count() == 2 && app.config.cron.service_account.is_some();
    if is_token {
        is_cloud_scheduler(sent, parts, app).await?;
    } else if !is_the_secret(sent, app).await? {
        return Err(refused(None));
    }
    Ok(())
}

/// App Engine's front end removes this header from all requests but its own cron's. Elsewhere anyone can send it.
fn is_app_engines_cron(parts: &Parts, app: &AppState) -> bool {
    let mut sent = parts.headers.get_all("x-appengine-cron").iter();
    let says_so = sent.next().is_some_and(|value| value == "true") && sent.next().is_none();
    app.config.cron.on_app_engine && says_so
}

async fn is_the_secret(sent: &str, app: &AppState) -> Result<bool, Problem> {
    let Some(secret) = &app.config.cron.secret else {
        return Ok(false);
    };
    let secret = app.secrets.resolve(secret).await;
    let secret = secret.map_err(|error| refused(Some(format!("CRON_SECRET: {error}"))))?;
    // Digests are compared, so that timing reveals nothing about the secret. An empty secret never matches.
    Ok(!secret.is_empty() && Sha256::digest(&secret) == Sha256::digest(sent))
}

/// Verifies a token that Google signed for our service account and for us as audience. Keys are fetched only if
/// everything else matches.
async fn is_cloud_scheduler(sent: &str, parts: &Parts, app: &AppState) -> Result<(), Problem> {
    let cron = &app.config.cron;
    let Some(account) = &cron.service_account else {
        return Err(refused(None));
    };
    let expected = Expected {
        issuers: ISSUERS.map(str::to_owned).into(),
        audiences: match &cron.audience {
            Some(audience) => vec![audience.clone()],
            None => audiences(parts, app),
        },
        email: Some(account.clone()),
        ..Expected::default()
    };
    let keys = KeySet {
        keys: &app.google_keys,
        address: &cron.keys,
    };
    let verified = token::verify(sent, &expected, app.clock.now(), keys).await;
    match verified {
        Ok(_) => Ok(()),
        Err(error) => Err(refused(Some(format!("the scheduler’s token: {error}")))),
    }
}

/// The accepted audiences: our base address, as an operator may configure it, and the address that is called, which is
/// Cloud Scheduler's default.
fn audiences(parts: &Parts, app: &AppState) -> Vec<String> {
    let origin = app.base_url.origin().ascii_serialization();
    let uri = parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |uri| &uri.0);
    let called = uri.path_and_query().map_or("/", |path| path.as_str());
    let root = app.root();
    let full = [uri.path(), called].map(|path| format!("{origin}{root}{path}"));
    let mut all = vec![format!("{origin}{root}/"), format!("{origin}{root}")];
    all.extend(full);
    all
}

fn refused(log: Option<String>) -> Problem {
    let advice = "Send CRON_SECRET as “Authorization: Bearer …”, or an OIDC token of CRON_SERVICE_ACCOUNT that is \
                  meant for this address. Without either setting, only App Engine’s own cron may call.";
    Problem {
        log,
        ..Problem::new(
            StatusCode::FORBIDDEN,
            "not_the_scheduler",
            "Only the scheduler may call this",
            advice,
        )
    }
}
