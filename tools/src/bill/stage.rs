//! Setup of a simulated day: the service with an in-memory store, feeds after their first fetch, and readers with their
//! subscriptions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use chrono::{DateTime, TimeDelta};
use dormouse::tooling::app::{App, AppState, Parts};
use dormouse::tooling::clock::Clock;
use dormouse::tooling::config::{Config, Env};
use dormouse::tooling::datastore::embedded::Embedded;
use dormouse::tooling::datastore::{Datastore, IndexSet, Mutation, StoreError};
use dormouse::tooling::feeds::{self, unknown};
use dormouse::tooling::icons::{self, Icon};
use dormouse::tooling::ids::{FeedId, UserId};
use dormouse::tooling::random::Random;
use dormouse::tooling::refresh::apply::apply;
use dormouse::tooling::refresh::sweep::{Budget, tick};
use dormouse::tooling::shelf::subscription::{Extra, Subscription};
use dormouse::tooling::shelf::{ReadShards, Shown, read_store, store as shelves};
use dormouse::tooling::timestamp::{Timestamp, minute_of};
use dormouse::tooling::update::decide::decide;
use dormouse::tooling::update::outcome::{Document, Outcome};
use dormouse::tooling::users::session::Sessions;
use dormouse::tooling::users::token::{self, Lifetime, NewToken, Scope};
use dormouse::tooling::users::{self, User};
use dormouse::tooling::{parse, session_cookie, web};
use tower_sessions::cookie::CookieJar;
use url::Url;

use super::Settings;
use super::actor::Actor;
use super::phone::Phone;
use super::town::Town;
use crate::simulate::postings;

/// Start of the simulated day in Unix seconds: a Thursday at midnight (arbitrary).
pub(super) const START: i64 = 20_454 * 24 * 3_600;
/// Hours simulated before anything is counted, so that every feed reaches its poll tier.
pub(super) const BEFORE: i64 = 60;
/// Bearer token of the cron requests.
pub(super) const SECRET: &str = "only for the estimate";

/// Why the simulation failed.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// The store failed under the simulated service.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The service rejected generated data, or the setup failed.
    #[error("{0}")]
    Town(String),
}

pub(super) fn unexpected(error: impl std::fmt::Display) -> PlayError {
    PlayError::Town(error.to_string())
}

pub(super) fn second(second: i64) -> Timestamp {
    DateTime::from_timestamp(START + second, 0).unwrap_or_default()
}

/// The service, its simulated environment, and counters.
pub(super) struct Stage {
    pub(super) app: AppState,
    pub(super) router: Router,
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) town: Arc<Town>,
    pub(super) readers: Vec<Actor>,
    pub(super) requests: u64,
    pub(super) egress: u64,
    pub(super) marks: u64,
    pub(super) busy: Vec<u32>,
}

impl Stage {
    pub(super) async fn set(settings: &Settings) -> Result<Self, PlayError> {
        let before = second(-BEFORE * 3_600);
        let clock = Clock::fixed(before);
        let random = Random::seeded(settings.seed);
        let (first, last) = (minute_of(before) - 14 * 24 * 60, START / 60 + 24 * 60);
        let lives = postings(
            settings.distinct_feeds,
            settings.mixture,
            settings.seed,
            first,
            last,
        );
        let town = Town::open(clock.clone(), lives).await.map_err(unexpected)?;
        let cache = settings.cache_mb.to_string();
        let env = Env::of([
            ("HOST_SPACING_MS", "0"),
            ("CRON_SECRET", SECRET),
            ("WEBSUB", "0"),
            ("ALLOW_PRIVATE_NETWORKS", "1"),
            ("SIGNUP", "open"),
            ("TICK_SECONDS", "540"),
            ("CACHE_MB", cache.as_str()),
        ]);
        let config = Config::from_env(&env).map_err(unexpected)?;
        let store = Datastore::new(Embedded::in_memory(IndexSet::ours()?)?, clock.clone());
        let base_url = Url::parse("http://reader.example/").map_err(unexpected)?;
        let parts = Parts {
            config,
            store,
            clock: clock.clone(),
            random: random.clone(),
            base_url,
            leaving: dormouse::refresh::leaving::Leaving::default(),
        };
        let app = AppState::new(App::new(parts).await.map_err(unexpected)?);
        let router = web::router(app.clone());
        let mut stage = Self {
            app,
            router,
            clock,
            random,
            town,
            readers: Vec::new(),
            requests: 0,
            egress: 0,
            marks: 0,
            busy: Vec::new(),
        };
        stage.publish(settings).await?;
        stage.enroll(settings).await?;
        Ok(stage)
    }

    pub(super) fn clock_at(&self, at: Timestamp) {
        let by = at - self.clock.now();
        if by > TimeDelta::zero() {
            self.clock.advance(by);
        }
    }

    /// Stores all feeds as after their first fetch, and their sites' icons as fetched within the last week.
    async fn publish(&mut self, settings: &Settings) -> Result<(), PlayError> {
        let now = self.clock.now();
        let context = self.app.refresh_context().map_err(unexpected)?;
        for number in 0..settings.distinct_feeds as usize {
            let addresses = self.town.addresses;
            let url = Url::parse(&addresses.feed(number)).map_err(unexpected)?;
            let id = FeedId(u32::try_from(number + 1).unwrap_or(u32::MAX));
            let published = self.town.published(number);
            let (_, document) = published.ok_or_else(|| unexpected("a feed without a document"))?;
            let parsed = parse::parse(document.as_bytes(), None, &url).map_err(unexpected)?;
            let document = Document::new(parsed, feeds::Validators::default(), None);
            let mut feed = unknown(id, url.clone().try_into().map_err(unexpected)?);
            feed.summary.subscribers = 1;
            let plan = decide(&feed, Outcome::Parsed(Box::new(document)), now);
            apply(&context, plan, Vec::new(), true).await?;
            let fetched = minute_of(now) - (number as i64 * 97) % (6 * 24 * 60);
            let icon = Icon {
                picture: None,
                fetched,
            };
            icons::store::put(
                &self.app.store,
                addresses.site(number).trim_end_matches('/'),
                &icon,
            )
            .await?;
        }
        Ok(())
    }

    /// Creates all readers with their subscriptions and a session each.
    async fn enroll(&mut self, settings: &Settings) -> Result<(), PlayError> {
        let now = self.clock.now();
        for number in 0..settings.users {
            let email = format!("reader{number}@example.org");
            // Via OpenID: without passwords there is nothing to hash, which would be slow.
            let who = users::Connected {
                issuer: "https://accounts.example".to_owned(),
                subject: number.to_string(),
            };
            let policy = self.app.policy(&email);
            let (store, random) = (&self.app.store, &self.random);
            let identity = users::openid::VerifiedIdentity {
                who,
                email: email.clone(),
            };
            let user = users::openid::create(store, random, now, policy, identity).await;
            let user = user.map_err(unexpected)?;
            let mut mine = self.choose(number, settings);
            mine.sort_unstable();
            mine.dedup();
            let mut changes: Vec<Mutation> = Vec::new();
            for (place, &feed) in mine.iter().enumerate() {
                let folder = match place % 3 {
                    0 => Vec::new(),
                    _ => vec![format!("Folder {}", place % 8)],
                };
                let one = Subscription::new(feed, folder, place as i64, Some(0));
                changes.push(shelves::stage(user.id, &one, &Extra::default())?);
            }
            for part in changes.chunks(400) {
                self.app.store.commit(part.to_vec()).await?;
            }
            let cookie = open_session(&self.app, &user).await?;
            let phone = match number % 100 < settings.programs {
                true => Some(self.phone_of(&user).await?),
                false => None,
            };
            self.readers.push(Actor {
                cookie,
                feeds: mine,
                list: Vec::new(),
                seen: String::new(),
                shared: String::new(),
                pack: (number % 100 < settings.packs).then(Vec::new),
                phone,
            });
        }
        Ok(())
    }

    /// A phone with a token of its own.
    async fn phone_of(&self, user: &User) -> Result<Phone, PlayError> {
        let (store, random) = (&self.app.store, &self.random);
        let new = NewToken {
            user: user.id,
            email: &user.profile.email,
            name: "phone",
            scope: Scope::Mark,
            lifetime: Lifetime::Endless,
        };
        let token = token::create(store, random, self.clock.now(), new).await;
        Ok(Phone::new(&token.map_err(unexpected)?))
    }

    /// One reader's feeds: some assigned in turn, so that every feed has a subscriber, the rest random and weighted
    /// towards low numbers.
    fn choose(&self, reader: u32, settings: &Settings) -> Vec<FeedId> {
        let count = u64::from(settings.distinct_feeds.max(1));
        let own = settings
            .distinct_feeds
            .div_ceil(settings.users.max(1))
            .min(settings.feeds_per_user);
        let in_turn = (0..own).map(|n| u64::from(reader * own + n) % count);
        let mut mine: BTreeSet<u64> = in_turn.collect();
        let wanted = u64::from(settings.feeds_per_user).min(count);
        while (mine.len() as u64) < wanted {
            let share = self.random.id(1 << 20) as f64 / f64::from(1 << 20);
            // Squaring a uniform share favours low numbers: a few popular feeds, many rare ones.
            mine.insert(((share * share * count as f64) as u64).min(count - 1));
        }
        mine.into_iter()
            .map(|n| FeedId(u32::try_from(n + 1).unwrap_or(1)))
            .collect()
    }

    /// Marks everything published so far as read by every reader.
    pub(super) async fn mark_all_read(&mut self) -> Result<(), PlayError> {
        let users = users::store::list(&self.app.store).await?;
        let users: BTreeMap<String, UserId> = users
            .into_iter()
            .map(|user: User| (user.profile.email, user.id))
            .collect();
        for number in 0..self.readers.len() {
            let Some(&user) = users.get(&format!("reader{number}@example.org")) else {
                continue;
            };
            let heads =
                feeds::store::cached_heads(&self.app.store, &self.readers[number].feeds).await?;
            let shown: Vec<Shown> = heads
                .iter()
                .map(|(id, summary)| Shown::all(summary.numbers(*id)))
                .collect();
            let far = self.clock.now() - TimeDelta::hours(1);
            let all = |reading: &mut ReadShards| reading.mark_all("yesterday", far, &shown);
            read_store::change(&self.app.store, user, self.clock.now(), all).await?;
        }
        Ok(())
    }

    pub(super) async fn sweep(&self) -> Result<(), PlayError> {
        let time = std::time::Duration::from_secs(500);
        let context = self.app.refresh_context().map_err(unexpected)?;
        tick(&context, Budget { time }).await?;
        Ok(())
    }
}

/// Starts a session as signing in does, and returns its cookie.
async fn open_session(app: &AppState, user: &User) -> Result<String, PlayError> {
    let sessions = Sessions::new(app.store.clone(), app.clock.clone());
    let session = tower_sessions::Session::new(None, Arc::new(sessions), None);
    let begun =
        web::current_user::begin(app, &session, user, &web::visitor::Visitor::default()).await;
    begun.map_err(|problem| unexpected(problem.title))?;
    session.save().await.map_err(unexpected)?;
    let id = session.id().map(|id| id.to_string()).unwrap_or_default();
    let mut jar = CookieJar::new();
    jar.signed_mut(&session_cookie::key(app))
        .add((session_cookie::COOKIE, id));
    let signed = jar.get(session_cookie::COOKIE);
    let signed = signed.map(|cookie| cookie.value().to_owned());
    Ok(format!(
        "{}={}",
        session_cookie::COOKIE,
        signed.unwrap_or_default()
    ))
}
