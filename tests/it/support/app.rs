//! The service under test.

use std::time::Duration;

use axum::Router;
use chrono::TimeDelta;
use dormouse::app::{App, AppState, Parts, open_store};
use dormouse::clock::Clock;
use dormouse::config::{Config, Env};
use dormouse::datastore::embedded::Embedded;
use dormouse::datastore::{Datastore, IndexSet, Journal, Query};
use dormouse::doctor::examine;
use dormouse::ids::FeedId;
use dormouse::random::Chance;
use dormouse::refresh::sweep::{Budget, Report, tick};
use dormouse::timestamp::Timestamp;
use dormouse::users::store::{Door, create};
use dormouse::{feeds, web};
use serde_json::Value;
use url::Url;

use super::client::{Answer, Client};
use super::emulators::{Emulator, fresh_project, variable};

/// What the scheduler sends.
pub(crate) const CRON_SECRET: &str = "the dormouse sleeps";
/// Where Google's keys are, for a test: no setting, but passed as one.
pub(crate) const GOOGLES_KEYS: &str = "google's keys";
/// Everybody's.
pub(crate) const PASSWORD: &str = "correct horse";
/// The name that the service goes by.
pub(super) const HOST: &str = "reader.example";

/// A moment on the day of the tests.
pub(crate) fn at(hour: u32, minute: u32) -> Timestamp {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
    day.and_hms_opt(hour, minute, 0).unwrap().and_utc()
}

/// The whole service, on a clock that stands at noon until it is moved.
#[derive(Debug)]
pub(crate) struct TestApp {
    pub(crate) state: AppState,
    pub(crate) clock: Clock,
    router: Router,
    folder: Option<tempfile::TempDir>,
}

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

    /// With a store in memory that notes what it is asked.
    pub(crate) async fn journaled(journal: Journal) -> Self {
        let clock = Clock::fixed(at(12, 0));
        let embedded = Embedded::in_memory(IndexSet::ours().unwrap()).unwrap();
        let store = Datastore::new(embedded, clock.clone()).journaled(journal);
        Self::over(store, clock, None, &[]).await
    }

    /// With an empty database of Google's emulator, which must be there.
    pub(crate) async fn in_cloud(settings: &[(&str, &str)]) -> Self {
        let clock = Clock::fixed(at(12, 0));
        let store = Emulator::Firestore.store(IndexSet::ours().unwrap(), clock.clone());
        Self::over(store, clock, None, settings).await
    }

    /// With an empty database of the emulator, reached by way of `host`.
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
        let store = open_store(&config(&settings), &clock, &Chance::seeded(3)).unwrap();
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
        let chance = Chance::seeded(seed);
        let app = App::new(Parts {
            config,
            store,
            clock: clock.clone(),
            chance,
            base_url: base,
        });
        let state = AppState::new(app.await.unwrap());
        let router = web::router(state.clone());
        Self {
            state,
            clock,
            router,
            folder,
        }
    }

    /// Another instance over the same store, by the same clock: it knows nothing but what is stored.
    pub(crate) async fn beside(&self) -> Self {
        self.beside_with(&[]).await
    }

    /// The same, with some settings.
    pub(crate) async fn beside_with(&self, settings: &[(&str, &str)]) -> Self {
        let store = self.state.store.clone();
        // An instance is known by a number that it has drawn.
        Self::over_with(store, self.clock.clone(), None, settings, 12).await
    }

    /// On a port of its own, with some settings, for as long as `work` takes: hubs call back.
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

    /// The folder of a store on disk.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.as_ref().unwrap().path()
    }

    pub(super) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Somebody without an account.
    pub(crate) fn stranger(&self) -> Client<'_> {
        Client::anonymous(self)
    }

    /// A reader with an account of her own, signed in by the form. The first is the administrator.
    pub(crate) async fn reader(&self, name: &str) -> Client<'_> {
        let email = format!("{name}@example.org");
        let form = [("email", email.as_str()), ("password", PASSWORD)];
        let client = self.stranger();
        if client.post("/signup", &form).await.status == 303 {
            return client;
        }
        let state = &self.state;
        let door = Door {
            open: true,
            admin_email: None,
        };
        let now = self.clock.now();
        let made = create(&state.store, &state.chance, now, door, &email, PASSWORD);
        made.await.unwrap();
        client.post("/signin", &form).await.is(303);
        client
    }

    /// A reader's program, with a token that she has made for it.
    pub(crate) async fn program_of(&self, reader: &Client<'_>) -> Client<'_> {
        Client::program(self, reader.makes_token().await)
    }

    /// Somebody with a token from elsewhere.
    pub(crate) fn program(&self, token: &str) -> Client<'_> {
        Client::program(self, token.to_owned())
    }

    /// Forgets what the instance remembers, as if it had just started.
    pub(crate) fn forgets(&self) {
        self.state.store.memory().unwrap().clear();
    }

    /// Moves the clock.
    pub(crate) fn minutes_pass(&self, minutes: i64) {
        self.clock.advance(TimeDelta::minutes(minutes));
    }

    /// What the scheduler's call answers with.
    pub(crate) async fn cron(&self) -> Answer {
        let answer = self.calls().await;
        answer.is(200);
        answer
    }

    /// The same, where it may fail.
    pub(crate) async fn calls(&self) -> Answer {
        self.scheduled("/cron/refresh").await
    }

    /// What the scheduler's daily call answers with.
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

    /// A call of the scheduler that isn't declined, as its report.
    pub(crate) async fn refresh(&self) -> Value {
        let report = self.cron().await.json();
        assert_eq!(report["declined_until"], Value::Null, "{report}");
        report
    }

    /// A tick that has this much time.
    pub(crate) async fn tick(&self, time: Duration) -> Report {
        let tools = self.state.tools().unwrap();
        tick(&tools, Budget { time }).await.unwrap()
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

    /// Fails if anything in the store doesn't fit together.
    pub(crate) async fn is_sound(&self) {
        let findings = examine(&self.state.store).await.unwrap();
        assert_eq!(findings.faults, Vec::<String>::new());
    }
}

/// An empty store: in memory, or, where `TEST_STORE` is `firestore`, in Google's emulator. So the whole suite runs on both.
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
