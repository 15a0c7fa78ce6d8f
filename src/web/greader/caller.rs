//! Who calls: the login, and the header that every other call carries.

use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};

use super::{json, plain};
use crate::app::AppState;
use crate::ids::UserId;
use crate::limits::{Origin, Wait};
use crate::sealed::signature;
use crate::shelf::Shelf;
use crate::shelf::streams::Library;
use crate::users;
use crate::users::token::{self, Owner, Scope};
use crate::web::by_token;
use crate::web::client_address::{self, ClientAddress};
use crate::web::params::Params;
use crate::web::problem::{CLIENT_LOGIN, HandlerResult, Problem};
use crate::web::request_log::RequestUser;
use crate::web::security::{self, Event};

/// What stands before the token in the value of `Auth`: clients expect `name/secret`.
const BEFORE: &str = "dormouse/";
/// The code of a problem on which clients log in again.
const BAD_TOKEN: &str = "bad_google_token";
/// The purpose of the signature of `T`.
const PURPOSE: &str = "google reader token";
/// Characters of `T`, and how many signatures have as many.
const TOKEN_CHARS: usize = 57;
const TOKEN_PARTS: u8 = 4;

/// The owner of the token in a request's `Authorization`.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub user: UserId,
    /// The token's own record.
    pub owner: Owner,
}

impl Caller {
    /// Whether the token may change subscriptions.
    ///
    /// # Errors
    /// 400 if not: clients take 401 and 403 for a reason to log in again.
    pub(super) fn manages(&self) -> HandlerResult<()> {
        by_token::reaches(&self.owner, Scope::Manage).map_err(|problem| Problem {
            status: StatusCode::BAD_REQUEST,
            ..problem
        })
    }

    /// The shelf with what is new on it, and what is known of its articles.
    pub(super) async fn library(&self, app: &AppState) -> HandlerResult<Library> {
        let shelf = by_token::arrives(app, self.user).await?;
        Ok(Library::of(&app.store, shelf).await?)
    }

    /// The same, only looked at: nothing is settled.
    pub(super) async fn shelf(&self, app: &AppState) -> HandlerResult<Shelf> {
        let shelf = Shelf::load(&app.store, self.user).await?;
        by_token::as_wanted(app, self.user, shelf).await
    }
}

impl Caller {
    /// The owner of a token, who may mark at least; everybody else is refused.
    async fn of(parts: &Parts, app: &AppState, value: Option<&str>) -> HandlerResult<Self> {
        let owner = match value.and_then(|value| value.strip_prefix(BEFORE)) {
            Some(token) => token::owner(&app.store, token).await?,
            None => None,
        };
        if let Some(owner) = &owner {
            by_token::lasts(app, owner, BAD_TOKEN)?;
            admitted(owner)?;
        }
        let owner = owner.filter(|owner| owner.scope >= Scope::Mark);
        let user = match &owner {
            Some(owner) => by_token::seen(app, owner.clone()).await?,
            None => None,
        };
        let (Some(owner), Some(user)) = (owner, user) else {
            let address = client_address::of(app, &parts.extensions, &parts.headers);
            security::note(Event::TokenRefused, address, None);
            return Err(refused());
        };
        if let Some(who) = parts.extensions.get::<RequestUser>() {
            who.is(user);
        }
        Ok(Self { user, owner })
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        Self::of(parts, app, sent(&parts.headers)).await
    }
}

/// Who calls, and with which parameters. Liferea sends some calls without the header, and the header's value as `T`.
#[derive(Debug)]
pub(super) struct Call {
    pub caller: Caller,
    pub params: Params,
}

impl FromRequest<AppState> for Call {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let known = match sent(&parts.headers) {
            Some(value) => Some(Caller::of(&parts, app, Some(value)).await?),
            None => None,
        };
        let whole = Request::from_parts(parts.clone(), body);
        let params = Params::from_request(whole, app).await?;
        let caller = match known {
            Some(caller) => caller,
            None => Caller::of(&parts, app, params.one("T")).await?,
        };
        Ok(Self { caller, params })
    }
}

/// The value that a request sends: `GoogleLogin auth=VALUE`.
fn sent(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let (scheme, rest) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("GoogleLogin") {
        return None;
    }
    let (name, value) = rest.trim().split_once('=')?;
    name.trim()
        .eq_ignore_ascii_case("auth")
        .then(|| value.trim().trim_matches('"'))
}

/// The answer to everybody who isn't known. Always 401, on which clients log in again.
fn refused() -> Problem {
    let advice = "Log in with your email address, and with an API token as the password: make one in the settings under Apps.";
    let status = StatusCode::UNAUTHORIZED;
    Problem::new(status, BAD_TOKEN, "Nobody is logged in", advice)
}

/// The answer to somebody who tried too often: what `ClientLogin` says when it can't be used now.
fn unavailable(wait: Wait) -> Problem {
    let title = "ServiceUnavailable";
    Problem {
        retry_after: Some(wait.seconds),
        ..Problem::new(StatusCode::TOO_MANY_REQUESTS, CLIENT_LOGIN, title, "")
    }
}

/// Whether the token's owner may come in.
///
/// # Errors
/// 401 if not, as the protocol has it.
fn admitted(owner: &Owner) -> HandlerResult<()> {
    by_token::admits(owner).map_err(|problem| Problem {
        status: StatusCode::UNAUTHORIZED,
        code: BAD_TOKEN,
        ..problem
    })
}

/// `ClientLogin`: a token is the password, and is given back as `Auth`. Two reads; nothing is written.
pub(super) async fn login(
    State(app): State<AppState>,
    address: ClientAddress,
    params: Params,
) -> HandlerResult<Response> {
    let email = params.one("Email").unwrap_or_default().trim();
    let token = params.one("Passwd").unwrap_or_default().trim();
    let origin = Origin {
        account: email,
        address: address.0,
        browser: None,
    };
    let now = app.clock.now();
    let delay = match app.sign_in_limit.attempt(origin, now) {
        Ok(delay) => delay,
        Err(wait) => {
            security::note(Event::SignInThrottled, address.0, None);
            return Err(unavailable(wait));
        }
    };
    tokio::time::sleep(delay).await;
    let owner = token::owner(&app.store, token).await?;
    if let Some(owner) = &owner {
        by_token::lasts(&app, owner, BAD_TOKEN)?;
    }
    if owner
        .as_ref()
        .is_some_and(|owner| owner.scope < Scope::Mark)
    {
        let advice = "Apps mark what you read: make a token that may read and mark, in the settings under Apps.";
        let title = "This token may read, and no more";
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            BAD_TOKEN,
            title,
            advice,
        ));
    }
    owner.as_ref().map(admitted).transpose()?;
    let user = match &owner {
        Some(owner) => users::cached::cached(&app.store, owner.user).await?,
        None => None,
    };
    let known = user.filter(|user| users::is_same_email(&user.profile.email, email));
    if known.is_none() {
        app.sign_in_limit.failed(origin, now);
        security::note(Event::TokenRefused, address.0, None);
        return Err(refused());
    }
    app.sign_in_limit.succeeded(origin, now);
    let auth = format!("{BEFORE}{token}");
    if params.one("output") == Some("json") {
        return json(&serde_json::json!({ "SID": auth, "LSID": auth, "Auth": auth }));
    }
    // One client takes everything behind `Auth=` to the end.
    Ok(plain(format!("SID={auth}\nLSID={auth}\nAuth={auth}\n")))
}

/// `token`: what clients send with their changes. It needn't be right, since the header is. No read, nothing stored.
pub(super) async fn token(State(app): State<AppState>, caller: Caller) -> Response {
    // As long as FreshRSS's: several short signatures.
    let parts = (0..TOKEN_PARTS).map(|part| {
        let text = format!("{part} {}", caller.user);
        crate::random::hex(&signature(&app.secret, PURPOSE, text.as_bytes()))
    });
    let token: String = parts
        .collect::<String>()
        .chars()
        .take(TOKEN_CHARS)
        .collect();
    plain(token)
}
