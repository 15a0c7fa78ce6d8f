//! The signed-in user of a request.

use axum::extract::{FromRequestParts, OriginalUri};
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{Method, StatusCode, header};
use tower_sessions::Session;

use super::barred::barred_problem;
use super::problem::Problem;
use super::request_log::RequestUser;
use super::sending::rule_hooks::{self, By};
pub use super::session_start::begin;
use super::session_start::{enter, session_problem};
use super::view::Flash;
use super::visitor::Visitor;
use super::words::{self, segment};
use super::{browser, client_address, flash, house_visit, proxy_sign_in};
use crate::app::AppState;
use crate::datastore::{StoreError, is_frozen};
use crate::ids::UserId;
use crate::maintenance;
use crate::shelf::{Shelf, pausing};
use crate::timestamp::{Timestamp, minute_of};
use crate::users::session::fields::{DAY, EPOCH, PROVEN, USER};
use crate::users::{self, User, day_of};

/// Minutes for which a proof counts.
const PROOF_MINUTES: i64 = 10;

/// A signed-in user. Two reads, the session and the account, unless they are cached.
#[derive(Clone, Debug)]
pub struct CurrentUser {
    /// The account.
    pub user: User,
    /// The session that the request's cookie names.
    pub session: Session,
    /// When the request arrived.
    pub now: Timestamp,
    /// The message about the last action, for the requested page.
    pub flash: Option<Flash>,
    /// Whether a trusted proxy says of this request that it is theirs.
    is_vouched: bool,
    request: Option<RequestUser>,
}

impl CurrentUser {
    /// The user's shelf, for a page that shows it; see [`Shelf::arrive`]. What rules want to be sent on is sent.
    ///
    /// # Errors
    /// A problem from the store's error.
    pub async fn arrives(&self, app: &AppState) -> Result<Shelf, Problem> {
        self.arrives_by(app, By::Visit).await
    }

    /// The same, for an open page's pulse: nobody waits for it.
    pub(super) async fn arrives_by(&self, app: &AppState, by: By) -> Result<Shelf, Problem> {
        let unread = self.unread_at_first(app);
        // Rare and large, so it is boxed to stay out of every page's future; whoever doesn't follow pays nothing.
        let note = match self.user.profile.house {
            Some(_) => Box::pin(house_visit::meet(app, &self.user)).await?,
            None => None,
        };
        let mut shelf = Shelf::arrive(&app.store, self.user.id, self.now, unread).await?;
        shelf.house = note;
        if returns(&self.user, self.now) && !is_frozen() {
            // Rare and large, so it is boxed to stay out of every page's future.
            Box::pin(settle(app, &self.user, &mut shelf, self.now)).await?;
        }
        if rule_hooks::is_due(app, &shelf) {
            // Rare, and large as well.
            Box::pin(rule_hooks::send_waiting(app, &self.user, &mut shelf, by)).await?;
        }
        if let Some(request) = self.request.as_ref().filter(|_| shelf.read.has_stars()) {
            request.has_starred();
        }
        Ok(shelf)
    }

    /// The user's shelf, for a response that shows counts, though its reader arrived before; see [`Shelf::meet_news`].
    ///
    /// # Errors
    /// A problem from the store's error.
    pub(super) async fn counted(&self, app: &AppState) -> Result<Shelf, Problem> {
        let mut shelf = Shelf::load(&app.store, self.user.id).await?;
        let unread = self.unread_at_first(app);
        shelf.meet_news(&app.store, self.now, unread).await?;
        Ok(shelf)
    }

    /// How many articles of a new feed are unread: no more than are kept.
    fn unread_at_first(&self, app: &AppState) -> u32 {
        let quota = app.quota_of(&self.user);
        quota.unread.min(app.config.fetch.keep.articles)
    }

    /// Whether the user has proven in the last ten minutes that they are the owner, by a password or a provider.
    ///
    /// # Errors
    /// A problem if the session can't be read.
    pub async fn is_proven(&self) -> Result<bool, Problem> {
        // Whom the proxy alone signs in has nothing to prove it by here.
        let profile = &self.user.profile;
        let has_proof =
            profile.has_password || !profile.passkeys.is_empty() || !profile.connected.is_empty();
        if self.is_vouched && !has_proof {
            return Ok(true);
        }
        let proven = self.session.get::<i64>(PROVEN).await;
        let age = |minute| minute_of(self.now) - minute;
        let is_fresh = |minute| (0..PROOF_MINUTES).contains(&age(minute));
        Ok(proven.map_err(session_problem)?.is_some_and(is_fresh))
    }

    /// The minute of the last proof.
    ///
    /// # Errors
    /// A problem if the session can't be read.
    pub async fn proof(&self) -> Result<Option<i64>, Problem> {
        self.session.get(PROVEN).await.map_err(session_problem)
    }

    /// Has a session that began anew go on with the proof that it had: beginning counts as one otherwise.
    ///
    /// # Errors
    /// A problem if the session can't be written.
    pub async fn keep_proof(&self, proof: Option<i64>) -> Result<(), Problem> {
        let kept = match proof {
            Some(minute) => self.session.insert(PROVEN, minute).await,
            None => self.session.remove::<i64>(PROVEN).await.map(drop),
        };
        kept.map_err(session_problem)
    }

    /// Has the request be nobody's: the account is deleted by it, and nothing is to be counted for it.
    pub(super) fn departs(&self) {
        if let Some(request) = &self.request {
            request.leaves();
        }
    }

    /// Writes the session now, so that a new one has its id.
    ///
    /// # Errors
    /// A problem if the session can't be written.
    pub async fn save(&self) -> Result<(), Problem> {
        self.session.save().await.map_err(session_problem)
    }

    /// Notes that they have proven it now.
    ///
    /// # Errors
    /// A problem if the session can't be written.
    pub async fn note_proof(&self) -> Result<(), Problem> {
        let minute = minute_of(self.now);
        self.session
            .insert(PROVEN, minute)
            .await
            .map_err(session_problem)
    }
}

/// Nobody is signed in: page requests are redirected to the sign-in page, all others get a problem.
#[derive(Debug)]
pub enum NotSignedIn {
    /// A redirect to the sign-in page, and from there back to this address.
    Page(String),
    /// A 401, or a failure to read the session or the account.
    Problem(Problem),
}

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        match self {
            Self::Page(to) => {
                Redirect::to(&format!("/signin?next={}", segment(&to))).into_response()
            }
            Self::Problem(problem) => problem.into_response(),
        }
    }
}

impl FromRequestParts<AppState> for CurrentUser {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, NotSignedIn> {
        let session = Session::from_request_parts(parts, app).await;
        let session = session.map_err(|(_, text)| problem(&std::io::Error::other(text)))?;
        let early = async {
            let is_page = parts.method == Method::GET && shows_a_shelf(parts.uri.path());
            let known = browser::known(app, &parts.headers).filter(|_| is_page);
            if let Some(known) = known {
                Shelf::prefetch(&app.store, UserId(known.user), known.has_stars).await;
            }
        };
        // What is read ahead stays cached, or was for nothing: the session decides.
        let ((), loaded) = tokio::join!(early, session.load());
        loaded.map_err(|error| NotSignedIn::Problem(session_problem(error)))?;
        let user = signed_in(app, &session)
            .await
            .map_err(NotSignedIn::Problem)?;
        let vouched = proxy_sign_in::vouched(app, &parts.extensions, &parts.headers);
        let (user, untold) = match &vouched {
            Some(email)
                if user
                    .as_ref()
                    .is_none_or(|user| !users::is_same_email(&user.profile.email, email)) =>
            {
                // Once in the life of a session, so it is boxed to stay out of every page's future.
                let begun = Box::pin(by_proxy(app, parts, &session, user, email)).await;
                begun.map_err(NotSignedIn::Problem)?
            }
            _ => (user, None),
        };
        if let Some(user) = user {
            let now = app.clock.now();
            let request = parts.extensions.get::<RequestUser>().cloned();
            if let Some(request) = &request {
                request.is(user.id);
            }
            words::locale::speak_as(&user.profile.preferences);
            let untold = untold.map(|text| Flash {
                text,
                ..Flash::default()
            });
            let flash = untold.or_else(|| flash::take(app, &parts.headers));
            return Ok(Self {
                user,
                session,
                now,
                flash,
                is_vouched: vouched.is_some(),
                request,
            });
        }
        let wants_page = parts.method == Method::GET
            && parts
                .headers
                .get(header::ACCEPT)
                .and_then(|accept| accept.to_str().ok())
                .is_none_or(|accept| !accept.starts_with("application/json"));
        if wants_page {
            let uri = parts
                .extensions
                .get::<OriginalUri>()
                .map(|uri| uri.0.clone());
            let uri = uri.unwrap_or_else(|| parts.uri.clone());
            let path = uri.path_and_query().map_or("/unread", |path| path.as_str());
            return Err(NotSignedIn::Page(path.to_owned()));
        }
        let advice = "Your session has ended. Sign in, and try again.";
        let status = StatusCode::UNAUTHORIZED;
        let problem = Problem::new(status, "signed_out", "You are signed out", advice);
        Err(NotSignedIn::Problem(problem))
    }
}

/// Whether a page has the shelf beside it, as all have but a few.
fn shows_a_shelf(path: &str) -> bool {
    let without = ["/auth/", "/confirm", "/admin/backup"];
    !path.ends_with("/icon") && !without.iter().any(|start| path.starts_with(start))
}

fn problem(error: &dyn std::error::Error) -> NotSignedIn {
    NotSignedIn::Problem(Problem::internal(error))
}

/// The account of a session; `None` if there is none, or its password has been changed since. Once a day, the visit is
/// recorded and the session extended: two writes.
async fn signed_in(app: &AppState, session: &Session) -> Result<Option<User>, Problem> {
    let id = session.get::<i64>(USER).await.map_err(session_problem)?;
    let Some(id) = id.map(UserId) else {
        return Ok(None);
    };
    let epoch = session.get::<u32>(EPOCH).await.map_err(session_problem)?;
    let user = users::cached::cached(&app.store, id).await?;
    let Some(user) = user.filter(|user| Some(user.profile.epoch) == epoch) else {
        return Ok(None);
    };
    let user = (*user).clone();
    if let Some(barred) = user.profile.barred() {
        return Err(barred_problem(barred));
    }
    let today = day_of(app.clock.now());
    let noted = session.get::<i64>(DAY).await.map_err(session_problem)?;
    if is_frozen() {
        return Ok(Some(user));
    }
    if noted != Some(today) {
        session.insert(DAY, today).await.map_err(session_problem)?;
    }
    if user.last_seen_day != today {
        let user = users::store::seen(&app.store, user, today).await?;
        if !app.config.cron.has_scheduler() {
            maintenance::in_passing(&app.store, &app.clock).await;
        }
        return Ok(user);
    }
    Ok(Some(user))
}

/// Signs in whom a trusted proxy vouches for, unless the session is theirs already; with words for the page, if their owner couldn't be
/// told of it.
async fn by_proxy(
    app: &AppState,
    parts: &mut Parts,
    session: &Session,
    known: Option<User>,
    email: &str,
) -> Result<(Option<User>, Option<String>), Problem> {
    if is_frozen() {
        return Ok((known, None));
    }
    let request = (&parts.extensions, &parts.headers);
    let (user, is_new) = proxy_sign_in::account(app, email, request).await?;
    if known.as_ref().is_some_and(|known| known.id == user.id) {
        return Ok((known, None));
    }
    let visitor = Visitor::from_request_parts(parts, app).await;
    let visitor = visitor.unwrap_or_default();
    let address = client_address::of(app, &parts.extensions, &parts.headers);
    let untold = match is_new {
        true => {
            begin(app, session, &user, &visitor).await?;
            None
        }
        false => enter(app, session, &user, (&visitor, address)).await?,
    };
    let today = day_of(app.clock.now());
    let user = users::store::seen(&app.store, user, today).await?;
    Ok((user, untold))
}

/// Whether a user's holiday is over, or feeds go on after a pause.
pub(super) fn returns(user: &User, now: Timestamp) -> bool {
    let profile = &user.profile;
    let until = profile.holiday.as_ref().and_then(|holiday| holiday.until);
    !profile.returning.is_empty() || until.is_some_and(|until| until <= minute_of(now))
}

/// Ends a holiday that is over, and settles the feeds that were fetched since their pause: of what came, the newest ten stay
/// unread. A write for the marks, and one for the account, where anything is settled.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub(super) async fn settle(
    app: &AppState,
    user: &User,
    shelf: &mut Shelf,
    now: Timestamp,
) -> Result<(), StoreError> {
    let until = user.profile.holiday.as_ref().and_then(|one| one.until);
    let mut returning = user.profile.returning.clone();
    if until.is_some_and(|until| until <= minute_of(now)) {
        let user = pausing::end_holiday(&app.store, user.id).await?;
        returning = user.profile.returning;
    }
    let act = app.random.hex::<8>();
    let settled = shelf.settle(&app.store, &returning, &act, now).await?;
    if settled.is_empty() {
        return Ok(());
    }
    let done = |user: &mut User| {
        user.profile
            .returning
            .retain(|feed, _| !settled.contains(feed));
    };
    users::store::change(&app.store, user.id, done).await?;
    Ok(())
}
