//! The service under test.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use chrono::TimeDelta;
use dormouse::app::{App, AppState, Parts, open_store};
use dormouse::clock::Clock;
use dormouse::config::{Config, Env};
use dormouse::datastore::embedded::Embedded;
use dormouse::datastore::{Datastore, IndexSet, Query, QueryLog};
use dormouse::doctor::examine;
use dormouse::ids::FeedId;
use dormouse::random::Random;
use dormouse::refresh::sweep::{Budget, Report, tick};
use dormouse::timestamp::Timestamp;
use dormouse::users::audit::page;
use dormouse::users::sign_up::{SignUpPolicy, create};
use dormouse::{feeds, web};
use serde_json::Value;
use url::Url;

use super::client::{Answer, Client};
use super::emulators::{Emulator, fresh_project, variable};

/// The scheduler's secret.
pub(crate) const CRON_SECRET: &str = "the dormouse sleeps";
/// Where Google's keys are, for a test: no setting, but passed as one.
pub(crate) const GOOGLES_KEYS: &str = "google's keys";
/// The password of all test accounts.
pub(crate) const PASSWORD: &str = "correct horse";
/// The service's host name.
const HOST: &str = "reader.example";

/// A time on the day of the tests.
pub(crate) fn at(hour: u32, minute: u32) -> Timestamp {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
    day.and_hms_opt(hour, minute, 0).unwrap().and_utc()
}

/// The whole service, on a test clock that starts at noon.
#[derive(Debug)]
pub(crate) struct TestApp {
    pub(crate) state: AppState,
    pub(crate) clock: Clock,
    router: Router,
    folder: Option<tempfile::TempDir>,
    watched: Mutex<Option<Vec<Asked>>>,
}

/// A request, and the acts of the lines that it wrote into the audit log.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) acts: Vec<String>,
}

/// How many lines of each act a log has.
type Lines = BTreeMap<String, usize>;

impl TestApp {
    /// With a store in memory.
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With some settings.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let clock = Clock::fixed(at(12, 0));
        let store = empty_store(clock.clone());
        Self::over(store, clock, None, settings).await
    }

    /// With a store in memory, wherever the rest of the suite runs.
    pub(crate) async fn in_memory(settings: &[(&str, &str)]) -> Self {
        let clock = Clock::fixed(at(12, 0));
        let embedded = Embedded::in_memory(IndexSet::ours().unwrap()).unwrap();
        let store = Datastore::new(embedded, clock.clone());
        Self::over(store, clock, None, settings).await
    }

    /// With this store.
    pub(crate) async fn on(store: Datastore, clock: Clock) -> Self {
        Self::over(store, clock, None, &[]).await
    }

    /// With this store, and some settings.
    pub(crate) async fn on_with(store: Datastore, clock: Clock, settings: &[(&str, &str)]) -> Self {
        Self::over(store, clock, None, settings).await
    }

    /// With an in-memory store that records its operations.
    pub(crate) async fn with_query_log(query_log: QueryLog) -> Self {
        let clock = Clock::fixed(at(12, 0));
        let embedded = Embedded::in_memory(IndexSet::ours().unwrap()).unwrap();
        let store = Datastore::new(embedded, clock.clone()).with_query_log(query_log);
        Self::over(store, clock, None, &[]).await
    }

    /// With an empty database of Google's emulator, which must be there.
    pub(crate) async fn in_cloud(settings: &[(&str, &str)]) -> Self {
        let clock = Clock::fixed(at(12, 0));
        let store = Emulator::Firestore.store(IndexSet::ours().unwrap(), clock.clone());
        Self::over(store, clock, None, settings).await
    }

    /// With an empty database of the emulator, reached through `host`.
    pub(crate) async fn in_cloud_by(host: &str) -> Self {
        let clock = Clock::fixed(at(12, 0));
        let indexes = IndexSet::ours().unwrap();
        let project = fresh_project();
        let store = Emulator::Firestore.database(host, &project, indexes, clock.clone());
        Self::over(store, clock, None, &[]).await
    }

    /// With a store on disk.
    pub(crate) async fn on_disk() -> Self {
        Self::on_disk_with(&[]).await
    }

    /// With a store on disk, and some settings.
    pub(crate) async fn on_disk_with(more: &[(&str, &str)]) -> Self {
        let clock = Clock::fixed(at(12, 0));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap().to_owned();
        let settings = [&[("STORE", path.as_str())], more].concat();
        let store = open_store(&config(&settings), &clock, &Random::seeded(3)).unwrap();
        Self::over(store, clock, Some(folder), &settings).await
    }

    async fn over(
        store: Datastore,
        clock: Clock,
        folder: Option<tempfile::TempDir>,
        settings: &[(&str, &str)],
    ) -> Self {
        Self::over_with(store, clock, folder, settings, 11).await
    }

    async fn over_with(
        store: Datastore,
        clock: Clock,
        folder: Option<tempfile::TempDir>,
        settings: &[(&str, &str)],
        seed: u64,
    ) -> Self {
        let config = config(settings);
        let base = Url::parse(&format!("http://{HOST}/")).unwrap();
        let base = config.server.base_url.clone().unwrap_or(base);
        let random = Random::seeded(seed);
        let app = App::new(Parts {
            config,
            store,
            clock: clock.clone(),
            random,
            base_url: base,
            leaving: dormouse::refresh::leaving::Leaving::default(),
        });
        let state = AppState::new(app.await.unwrap());
        let router = web::router(state.clone());
        Self {
            state,
            clock,
            router,
            folder,
            watched: Mutex::default(),
        }
    }

    /// Notes of each request from now on which lines it writes.
    pub(crate) fn watches(&self) {
        *self.watched.lock().unwrap() = Some(Vec::new());
    }

    /// What was asked since.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.watched.lock().unwrap().clone().unwrap_or_default()
    }

    /// The lines of the log, while somebody watches.
    pub(super) async fn lines(&self) -> Option<Lines> {
        self.watched.lock().unwrap().as_ref()?;
        let (mut all, mut from) = (Lines::new(), None);
        loop {
            let page = page(&self.state.store, from.as_deref(), 200).await.unwrap();
            for line in page.lines {
                *all.entry(line.act).or_default() += 1;
            }
            from = page.next;
            if from.is_none() {
                return Some(all);
            }
        }
    }

    /// Notes a request, before which there were these lines.
    pub(super) async fn notes(&self, method: &str, path: &str, before: &Lines) {
        let after = self.lines().await.unwrap_or_default();
        let had = |act: &String| before.get(act).copied().unwrap_or_default();
        let new = after.iter().filter(|(act, count)| **count > had(act));
        let asked = Asked {
            method: method.to_owned(),
            path: path.to_owned(),
            acts: new.map(|(act, _)| act.clone()).collect(),
        };
        if let Some(watched) = self.watched.lock().unwrap().as_mut() {
            watched.push(asked);
        }
    }

    /// Another instance with the same store and clock, and an empty cache.
    pub(crate) async fn beside(&self) -> Self {
        self.beside_with(&[]).await
    }

    /// The same, one of several that are told apart by their random numbers.
    pub(crate) async fn beside_as(&self, seed: u64) -> Self {
        let store = self.state.store.clone();
        Self::over_with(store, self.clock.clone(), None, &[], seed).await
    }

    /// The same, with some settings.
    pub(crate) async fn beside_with(&self, settings: &[(&str, &str)]) -> Self {
        let store = self.state.store.clone();
        // An instance is identified by a random number.
        Self::over_with(store, self.clock.clone(), None, settings, 12).await
    }

    /// Listens on its own port, with some settings, until `work` ends: hubs call back.
    pub(crate) async fn online(settings: &[(&str, &str)], work: impl AsyncFnOnce(&Self)) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let app = Self::with(&[&[("BASE_URL", base.as_str())], settings].concat()).await;
        let serving = axum::serve(listener, app.router());
        tokio::select! {
            ended = serving.into_future() => panic!("the server ended: {ended:?}"),
            () = work(&app) => {}
        }
    }

    /// The host of the service's address, with its port.
    pub(super) fn host(&self) -> String {
        let base = self.state.base_url.as_str();
        let bare = base.split_once("://").map_or(base, |(_, bare)| bare);
        // Without a path.
        bare.split('/').next().unwrap_or_default().to_owned()
    }

    /// The folder of a store on disk.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.as_ref().unwrap().path()
    }

    pub(super) fn router(&self) -> Router {
        self.router.clone()
    }

    /// A client without an account.
    pub(crate) fn stranger(&self) -> Client<'_> {
        Client::anonymous(self)
    }

    /// A reader with a new account, signed in through the form. The first one is the administrator.
    pub(crate) async fn reader(&self, name: &str) -> Client<'_> {
        let email = format!("{name}@example.org");
        let form = [("email", email.as_str()), ("password", PASSWORD)];
        let client = self.stranger();
        if client.post("/signup", &form).await.status == 303 {
            return client;
        }
        let state = &self.state;
        let policy = SignUpPolicy {
            open: true,
            admin_email: None,
        };
        let now = self.clock.now();
        let made = create(&state.store, &state.random, now, policy, &email, PASSWORD);
        made.await.unwrap();
        client.post("/signin", &form).await.is(303);
        client
    }

    /// A reader's API client, with a token created in the settings.
    pub(crate) async fn program_of(&self, reader: &Client<'_>) -> Client<'_> {
        Client::program(self, reader.makes_token().await)
    }

    /// An API client with the given token.
    pub(crate) fn program(&self, token: &str) -> Client<'_> {
        Client::program(self, token.to_owned())
    }

    /// Clears the instance's cache, as if it had just started.
    pub(crate) fn forgets(&self) {
        self.state.store.cache().unwrap().clear();
    }

    /// Moves the clock.
    pub(crate) fn minutes_pass(&self, minutes: i64) {
        self.clock.advance(TimeDelta::minutes(minutes));
    }

    /// Response to the scheduler's refresh request.
    pub(crate) async fn cron(&self) -> Answer {
        let answer = self.calls().await;
        answer.is(200);
        answer
    }

    /// The same, if it may fail.
    pub(crate) async fn calls(&self) -> Answer {
        self.scheduled("/cron/refresh").await
    }

    /// Response to the scheduler's daily request.
    pub(crate) async fn daily(&self) -> Answer {
        let answer = self.scheduled("/cron/daily").await;
        answer.is(200);
        answer
    }

    async fn scheduled(&self, path: &str) -> Answer {
        let bearer = format!("Bearer {CRON_SECRET}");
        let stranger = self.stranger();
        let ask = stranger.ask(http::Method::GET, path);
        ask.header("authorization", &bearer).send().await
    }

    /// A scheduler request that must succeed; returns its report.
    pub(crate) async fn refresh(&self) -> Value {
        let report = self.cron().await.json();
        assert_eq!(report["declined_until"], Value::Null, "{report}");
        report
    }

    /// Runs a tick with this time budget.
    pub(crate) async fn tick(&self, time: Duration) -> Report {
        let context = self.state.refresh_context().unwrap();
        tick(&context, Budget { time }).await.unwrap()
    }

    /// A feed's record.
    pub(crate) async fn feed(&self, id: &str) -> feeds::Feed {
        let id: FeedId = id.parse().unwrap();
        let feed = feeds::store::get(&self.state.store, id).await;
        feed.unwrap().unwrap()
    }

    /// How many entities of a kind are in the store.
    pub(crate) async fn count(&self, kind: &str) -> u64 {
        let mut query = Query::kind(kind, 1_000).keys_only();
        let mut found = 0;
        loop {
            let page = self.state.store.run_query(&query).await.unwrap();
            found += page.rows.len() as u64;
            if page.next.is_none() {
                return found;
            }
            query = query.after(page.next);
        }
    }

    /// Fails if the store is inconsistent.
    pub(crate) async fn is_sound(&self) {
        let findings = examine(&self.state.store).await.unwrap();
        assert_eq!(findings.faults, Vec::<String>::new());
    }
}

/// An empty store: in memory, or in Google's emulator if `TEST_STORE` is `firestore`, so that the whole suite runs on
/// both.
fn empty_store(clock: Clock) -> Datastore {
    let indexes = IndexSet::ours().unwrap();
    match variable("TEST_STORE").as_deref() {
        None => Datastore::new(Embedded::in_memory(indexes).unwrap(), clock),
        Some("firestore") => Emulator::Firestore.store(indexes, clock),
        Some(other) => panic!("TEST_STORE is {other:?}"),
    }
}

/// The settings of tests, and these.
pub(crate) fn config(settings: &[(&str, &str)]) -> Config {
    let mut all = [("", ""); 12];
    let ours = [
        ("ALLOW_PRIVATE_NETWORKS", "1"),
        ("HOST_SPACING_MS", "0"),
        ("CRON_SECRET", CRON_SECRET),
    ];
    for (slot, setting) in all.iter_mut().zip(ours.iter().chain(settings)) {
        *slot = *setting;
    }
    let mut config = Config::from_env(&Env::of(all)).unwrap();
    if let Some((_, keys)) = settings.iter().find(|(name, _)| *name == GOOGLES_KEYS) {
        config.cron.keys = Url::parse(keys).unwrap();
    }
    config
}
