//! Signing in with OpenID Connect: the redirect to the provider, and the callback.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use tower_sessions::Session;

use super::attempt;
use super::entry::{Next, enter};
use crate::app::AppState;
use crate::config::OpenIdConfig;
use crate::limits::{Origin, Wait};
use crate::oidc::flow::{FlowError, Purpose};
use crate::oidc::provider::Unavailable;
use crate::oidc::{Person, Provider};
use crate::users::openid::VerifiedIdentity;
use crate::users::{self, Connected, User, UserError};
use crate::web::actions::proof;
use crate::web::client_address::ClientAddress;
use crate::web::current_user::{CurrentUser, NotSignedIn};
use crate::web::flash::{self, local};
use crate::web::pages::show_openid_error;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::request_guard::is_deliberate;
use crate::web::security::{self, Event};
use crate::web::session_start;
use crate::web::visitor::Visitor;
use crate::web::words;

/// The configured provider; a 404 if there is none.
fn provider(app: &AppState) -> HandlerResult<(&OpenIdConfig, &Provider)> {
    let set = app.config.openid.as_ref().zip(app.provider.as_ref());
    set.ok_or_else(Problem::not_found)
}

/// Redirects to the provider, to sign in. Nothing is stored.
pub(super) async fn start(
    State(app): State<AppState>,
    Query(next): Query<Next>,
) -> HandlerResult<Response> {
    send_there(&app, local(&next.next), Purpose::SignIn).await
}

/// Redirects a user to the provider, to prove that they are the owner: it asks them even if they are signed in there.
pub(super) async fn prove(
    State(app): State<AppState>,
    current: CurrentUser,
    Query(next): Query<Next>,
) -> HandlerResult<Response> {
    let purpose = Purpose::Prove(current.user.id.0);
    send_there(&app, local(&next.next), purpose).await
}

/// Redirects a user to the provider, to connect their account there. Other sites can't trigger this.
pub(super) async fn connect(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    if !is_deliberate(&headers) {
        let advice = "Open the settings, and connect your account from there.";
        return Err(Problem::forbidden("openid_connect", advice));
    }
    if let Some(question) = proof::needed(&current, "/auth/openid/connect").await? {
        return Ok(question);
    }
    let purpose = Purpose::Connect(current.user.id.0);
    send_there(&app, "/settings".into(), purpose).await
}

async fn send_there(app: &AppState, next: String, purpose: Purpose) -> HandlerResult<Response> {
    let (set, provider) = provider(app)?;
    let begun = provider.begin(&app.random, next, purpose).await;
    let (url, attempt) = begun.map_err(|error| unavailable(set, &error))?;
    let cookie = attempt::remember(app, &attempt).ok_or_else(Problem::not_found)?;
    let mut response = Redirect::to(url.as_str()).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// What the provider sends back.
#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Handles the provider's redirect back to us. Whatever the result, the sign-in attempt has expired.
pub(super) async fn callback(
    State(app): State<AppState>,
    session: Session,
    current: Result<CurrentUser, NotSignedIn>,
    address: ClientAddress,
    visitor: Visitor,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Response {
    let visit = Visit {
        app: &app,
        session,
        current: current.ok(),
        address,
        visitor,
        headers: &headers,
    };
    let mut response = visit.take_back(back).await.into_response();
    if let Some(gone) = attempt::forget(&app) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    response
}

/// A request that returns from the provider.
struct Visit<'v> {
    app: &'v AppState,
    session: Session,
    current: Option<CurrentUser>,
    address: ClientAddress,
    visitor: Visitor,
    headers: &'v HeaderMap,
}

impl Visit<'_> {
    async fn take_back(self, back: Back) -> HandlerResult<Response> {
        let app = self.app;
        let (set, provider) = provider(app)?;
        let attempt = attempt::recall(app, self.headers);
        let answered = attempt.filter(|attempt| attempt.is_answered_by(&back.state));
        let attempt = answered.ok_or_else(foreign)?;
        if back.error.is_some() {
            return Err(declined(set));
        }
        let code = back.code.filter(|_| provider.may_say(back.iss.as_deref()));
        let code =
            code.ok_or_else(|| unconfirmed(set, "its answer has no code of its own".into()))?;
        // Each callback costs two requests to the provider.
        let visit = app.sign_in_limit.visit(self.address.0, app.clock.now());
        visit.map_err(throttled)?;
        let secret = app.secrets.resolve(&set.client_secret).await;
        let secret = secret.map_err(|error| unavailable(set, &error))?;
        let person = provider.finish(&attempt, &code, secret).await;
        let person = person.map_err(|error| match error {
            FlowError::Over => foreign(),
            FlowError::Unavailable(error) => unavailable::<Unavailable>(set, &error),
            other => unconfirmed(set, other.to_string()),
        })?;
        match attempt.purpose {
            Purpose::Connect(id) => self.connect(set, person, id).await,
            Purpose::Prove(id) => self.prove(set, person, id, &attempt.next).await,
            Purpose::SignIn => self.sign_in(set, person, &attempt.next).await,
        }
    }

    /// Signs in a known user, or creates an account if the email address is verified.
    async fn sign_in(
        self,
        set: &OpenIdConfig,
        person: Person,
        next: &str,
    ) -> HandlerResult<Response> {
        let app = self.app;
        let who = connected(&person);
        let known = users::openid::find(&app.store, &who).await?;
        let is_new = known.is_none();
        let user = match known {
            Some(user) => user,
            None => {
                let invitation = invited_by(next);
                self.welcome(set, who, person.verified_email, invitation)
                    .await?
            }
        };
        let origin = Origin {
            account: &user.profile.email,
            address: self.address.0,
            browser: None,
        };
        app.sign_in_limit.succeeded(origin, app.clock.now());
        let to = match invited_by(next) {
            Some(_) => "/unread",
            None => next,
        };
        if is_new {
            // Nobody is told of the account that they have just made.
            session_start::start(app, &self.session, &user, (&self.visitor, self.address.0))
                .await?;
            return Ok(Redirect::to(&local(to)).into_response());
        }
        enter(app, &self.session, &user, (&self.visitor, self.address), to).await
    }

    async fn welcome(
        &self,
        set: &OpenIdConfig,
        who: Connected,
        email: Option<String>,
        invitation: Option<&str>,
    ) -> HandlerResult<User> {
        let app = self.app;
        let email = email.ok_or_else(|| unverified(set))?;
        let (store, policy) = (&app.store, app.policy(&email));
        let now = app.clock.now();
        let identity = VerifiedIdentity {
            who,
            email: email.clone(),
        };
        let made = match invitation.filter(|_| !policy.open) {
            Some(token) => {
                users::openid::create_invited(store, &app.random, now, token, identity).await
            }
            None => users::openid::create(store, &app.random, now, policy, identity).await,
        };
        made.map_err(|error| match error {
            UserError::Closed => crate::web::auth::entry::sign_up_closed(app, Some(&email)),
            UserError::Taken => taken(set, &email),
            other => other.into(),
        })
    }

    /// Notes the proof, if the account there opens the one that is signed in here, and its owner has just signed in.
    async fn prove(
        self,
        set: &OpenIdConfig,
        person: Person,
        id: i64,
        next: &str,
    ) -> HandlerResult<Response> {
        let same = self.current.filter(|current| current.user.id.0 == id);
        let current = same.ok_or_else(foreign)?;
        let opened = users::openid::find(&self.app.store, &connected(&person)).await?;
        let is_owner = opened.is_some_and(|user| user.id == current.user.id);
        if !is_owner || !person.has_just_signed_in(self.app.clock.now()) {
            return Err(unconfirmed(
                set,
                "another account, or an old sign-in".into(),
            ));
        }
        current.note_proof().await?;
        security::note(Event::Confirmed, self.address.0, Some(current.user.id));
        Ok(Redirect::to(&local(next)).into_response())
    }

    /// Connects the account, if the user who began the attempt is still signed in.
    async fn connect(self, set: &OpenIdConfig, person: Person, id: i64) -> HandlerResult<Response> {
        let same = self.current.filter(|current| current.user.id.0 == id);
        let current = same.ok_or_else(foreign)?;
        let who = connected(&person);
        let (id, address) = (current.user.id, self.address.0);
        let line = security::own_line(self.app, Event::Connected, address, (id, &who.issuer));
        match users::openid::connect(&self.app.store, id, &who, line).await {
            Ok(()) => {
                security::note(Event::Connected, self.address.0, Some(current.user.id));
                let text = format!("You can sign in with {} now", set.name);
                Ok(flash::redirect("/settings", text, None))
            }
            Err(UserError::Connected) => Err(connected_already(set)),
            Err(error) => Err(error.into()),
        }
    }
}

/// The invitation that a sign-in began with.
fn invited_by(next: &str) -> Option<&str> {
    next.strip_prefix("/invite/")
}

fn connected(person: &Person) -> Connected {
    Connected {
        issuer: person.issuer.clone(),
        subject: person.subject.clone(),
    }
}

/// Undoes what [`connect`] did.
pub(super) async fn disconnect(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
) -> HandlerResult<Response> {
    let (set, _) = provider(&app)?;
    let (id, issuer) = (current.user.id, &set.issuer);
    let line = security::own_line(&app, Event::Disconnected, address.0, (id, issuer));
    match users::openid::disconnect(&app.store, id, issuer, line).await {
        Ok(()) => {
            security::note(Event::Disconnected, address.0, Some(current.user.id));
            let text = format!("{} is disconnected", set.name);
            Ok(flash::redirect("/settings", text, None))
        }
        Err(UserError::Store(error)) => Err(error.into()),
        Err(error) => show_openid_error(&app, &current, &error).await,
    }
}

fn unavailable<E: std::error::Error>(set: &OpenIdConfig, error: &E) -> Problem {
    let title = format!("{} can’t be reached just now", set.name);
    let advice = "Try again in a minute. If you have a password here, it works meanwhile.";
    let status = StatusCode::SERVICE_UNAVAILABLE;
    Problem {
        log: Some(error.to_string()),
        retry_after: Some(30),
        ..Problem::new(status, "openid_unavailable", title, advice)
    }
}

/// The state is another browser's, was used, or is too old. The response doesn't tell which.
fn foreign() -> Problem {
    let advice = "It began in another browser or more than ten minutes ago, or it has ended already. Begin again.";
    let title = "We couldn’t finish this sign-in";
    Problem::new(StatusCode::FORBIDDEN, "openid_foreign", title, advice)
}

fn declined(set: &OpenIdConfig) -> Problem {
    let title = "You aren’t signed in";
    let advice = format!(
        "{} says that the sign-in was cancelled. If you didn’t mean to, begin again.",
        set.name
    );
    Problem::new(StatusCode::FORBIDDEN, "openid_declined", title, advice)
}

fn unconfirmed(set: &OpenIdConfig, log: String) -> Problem {
    let title = format!("{} didn’t confirm who you are", set.name);
    let advice = "The provider’s answer didn’t check out, so nothing was changed. Try again; if that doesn’t help, tell the administrator.";
    Problem {
        log: Some(log),
        ..Problem::new(StatusCode::FORBIDDEN, "openid_unconfirmed", title, advice)
    }
}

fn unverified(set: &OpenIdConfig) -> Problem {
    let advice = format!(
        "{} hasn’t checked that your email address is yours. Confirm it there, then begin again.",
        set.name
    );
    let title = "Your address isn’t verified";
    Problem::new(StatusCode::FORBIDDEN, "openid_unverified", title, advice)
}

/// The existing account isn't connected automatically: its creator may not own the address, and only its password or a
/// session proves that both have the same owner.
fn taken(set: &OpenIdConfig, email: &str) -> Problem {
    let advice = format!(
        "Sign in to it with its password, then choose “Connect {0}” in the settings: from then on, {0} opens it too. \
         If you don’t know of a password, ask the administrator to set one.",
        set.name
    );
    let title = format!("There is an account for {email} already");
    Problem::new(StatusCode::CONFLICT, "openid_taken", title, advice)
}

fn connected_already(set: &OpenIdConfig) -> Problem {
    let title = format!("{} isn’t connected", set.name);
    let advice = "That account opens another account here, or yours has one connected already. Disconnect it first.";
    Problem::new(StatusCode::CONFLICT, "openid_connect", title, advice)
}

fn throttled(wait: Wait) -> Problem {
    let advice = format!("Try again in {}.", words::wait(wait));
    Problem {
        retry_after: Some(wait.seconds),
        ..Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "openid_throttled",
            "Too many attempts",
            advice,
        )
    }
}
